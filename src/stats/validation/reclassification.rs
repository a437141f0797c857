//! Net reclassification and integrated discrimination improvement of one set of risks over another.

use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::require;
use crate::stats::validation::roc::by_outcome;

/// An improvement with its standard error and test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Improvement {
    /// The estimate
    pub value: f64,
    /// Its standard error
    pub se: f64,
    /// value / se
    pub z: f64,
    /// Two-sided P value
    pub p: f64,
}

impl Improvement {
    fn new(value: f64, se: f64) -> Self {
        let z = value / se;
        Self {
            value,
            se,
            z,
            p: normal_two_sided(z),
        }
    }
}

/// The category-free NRI and the IDI (Pencina 2008, 2011), as Hmisc's `improveProb` gives them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reclassification {
    /// Cases with the event
    pub n_pos: usize,
    /// Cases without it
    pub n_neg: usize,
    /// Share of events whose risk rose
    pub up_events: f64,
    /// Share of events whose risk fell
    pub down_events: f64,
    /// Share of non-events whose risk rose
    pub up_nonevents: f64,
    /// Share of non-events whose risk fell
    pub down_nonevents: f64,
    /// NRI of the events, up - down
    pub nri_events: Improvement,
    /// NRI of the non-events, down - up
    pub nri_nonevents: Improvement,
    /// Their sum
    pub nri: Improvement,
    /// Mean rise of risk in events
    pub improved_sensitivity: f64,
    /// Mean fall of risk in non-events
    pub improved_specificity: f64,
    /// Integrated discrimination improvement, the sum of the two
    pub idi: Improvement,
}

/// Compares the risks of two models for the same cases, old to new. An unchanged risk counts neither way; where none
/// changes, the standard errors are 0 and z is NaN.
///
/// # Errors
/// Where lengths differ, a risk is no probability, or an outcome is missing.
pub fn reclassification(outcome: &[bool], from: &[f64], to: &[f64]) -> Result<Reclassification, StatsError> {
    let what = "the net reclassification";
    require::same_length(what, ("the outcome", outcome.len()), ("the first risks", from.len()))?;
    require::same_length(what, ("the first risks", from.len()), ("the second", to.len()))?;
    require::probabilities("the first risks", from)?;
    require::probabilities("the second risks", to)?;
    let (n_pos, n_neg) = require::both_outcomes(what, outcome)?;
    let change: Vec<f64> = from.iter().zip(to).map(|(old, new)| new - old).collect();
    let (events, nonevents) = by_outcome(outcome, &change);
    let count = |changes: &[f64], up: bool| {
        changes
            .iter()
            .filter(|&&change| if up { change > 0.0 } else { change < 0.0 })
            .count() as f64
    };
    let net = |gained: f64, lost: f64, n: f64| {
        let spread = (gained + lost) / (n * n) - (gained - lost) * (gained - lost) / (n * n * n);
        (gained / n - lost / n, spread)
    };
    let (up_ev, down_ev) = (count(&events, true), count(&events, false));
    let (up_ne, down_ne) = (count(&nonevents, true), count(&nonevents, false));
    let (events_count, nonevents_count) = (n_pos as f64, n_neg as f64);
    let (nri_ev, var_ev) = net(up_ev, down_ev, events_count);
    let (nri_ne, var_ne) = net(down_ne, up_ne, nonevents_count);
    let idi_se = (variance(&events) / events_count + variance(&nonevents) / nonevents_count).sqrt();
    Ok(Reclassification {
        n_pos,
        n_neg,
        up_events: up_ev / events_count,
        down_events: down_ev / events_count,
        up_nonevents: up_ne / nonevents_count,
        down_nonevents: down_ne / nonevents_count,
        nri_events: Improvement::new(nri_ev, var_ev.sqrt()),
        nri_nonevents: Improvement::new(nri_ne, var_ne.sqrt()),
        nri: Improvement::new(nri_ev + nri_ne, (var_ev + var_ne).sqrt()),
        improved_sensitivity: mean(&events),
        improved_specificity: -mean(&nonevents),
        idi: Improvement::new(mean(&events) - mean(&nonevents), idi_se),
    })
}
