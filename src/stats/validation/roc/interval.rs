//! Confidence intervals for the area under the curve.

use super::{Direction, Placements, by_outcome, check};
use crate::stats::StatsError;
use crate::stats::base::distributions::normal_quantile;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::rank::compare;
use crate::stats::base::require;

/// The rule of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AucInterval {
    /// Area ± z SE by DeLong, clipped to 0…1: pROC's default
    #[default]
    DeLong,
    /// DeLong's SE on the logit scale; better near 1
    Logit,
    /// Area ± z SE by the formula of Hanley & McNeil 1982 that needs the area only
    HanleyMcNeil,
    /// Area ± z SE by their distribution-free formula with counted Q₁ and Q₂: SPSS's "nonparametric"
    Counted,
}

/// The limits of the area at a confidence level.
///
/// An area of 1 has a DeLong variance of 0: the interval is then 1…1 by DeLong's rule, as pROC gives it, and NaN on the
/// logit scale; [`perfect_lower_limit`] says what the data support. A constant score has no interval: its area of one half
/// is no measurement.
///
/// # Errors
/// Where lengths differ, a score is not finite, an outcome is missing, or the level is not between 0 and 1.
pub fn auc_interval(
    outcome: &[bool],
    scores: &[f64],
    direction: Direction,
    level: f64,
    rule: AucInterval,
) -> Result<Interval, StatsError> {
    let placements = Placements::new(outcome, scores, direction)?;
    auc_interval_of(&placements, outcome, scores, direction, level, rule)
}

/// [`auc_interval`], given the score's placements.
///
/// # Errors
/// As [`auc_interval`].
pub fn auc_interval_of(
    placements: &Placements,
    outcome: &[bool],
    scores: &[f64],
    direction: Direction,
    level: f64,
    rule: AucInterval,
) -> Result<Interval, StatsError> {
    require::level(level)?;
    if scores.iter().all(|score| *score == scores[0]) {
        return Ok(Interval::none(level));
    }
    let z = normal_quantile(0.5 + level / 2.0);
    let area = placements.auc;
    let wald = |se: f64| Interval::around(area, z * se, level);
    Ok(match rule {
        AucInterval::DeLong => wald(placements.variance().sqrt()).clamp(0.0, 1.0),
        AucInterval::Logit => {
            let centre = (area / (1.0 - area)).ln();
            let half = z * placements.variance().sqrt() / (area * (1.0 - area));
            Interval::around(centre, half, level).map(logistic)
        }
        AucInterval::HanleyMcNeil => wald(hanley_mcneil_standard_error(
            area,
            placements.cases.len(),
            placements.controls.len(),
        )),
        AucInterval::Counted => wald(counted_standard_error(outcome, scores, direction)?),
    })
}

/// The one-sided lower limit of an observed area of 1: every one of min(n₁, n₀) independent pairs was ordered rightly,
/// so the limit is (1 - level)^(1 / min(n₁, n₀)), as Clopper and Pearson's for n of n.
pub fn perfect_lower_limit(n_pos: usize, n_neg: usize, level: f64) -> f64 {
    (1.0 - level).powf(1.0 / n_pos.min(n_neg) as f64)
}

/// Hanley & McNeil's standard error from the area alone, with Q₁ = A/(2 - A) and Q₂ = 2A²/(1 + A) (their negative
/// exponential model).
pub fn hanley_mcneil_standard_error(auc: f64, n_pos: usize, n_neg: usize) -> f64 {
    spread(
        auc,
        auc / (2.0 - auc),
        2.0 * auc * auc / (1.0 + auc),
        n_pos as f64,
        n_neg as f64,
    )
}

/// Hanley & McNeil's distribution-free standard error: Q₁ and Q₂ are counted from the scores.
///
/// # Errors
/// Where lengths differ, a score is not finite, or an outcome is missing.
pub fn counted_standard_error(outcome: &[bool], scores: &[f64], direction: Direction) -> Result<f64, StatsError> {
    let (n_pos, n_neg) = check(outcome, scores)?;
    let oriented: Vec<f64> = scores.iter().map(|&score| direction.orient(score)).collect();
    let (mut cases, mut controls) = by_outcome(outcome, &oriented);
    cases.sort_by(|left, right| compare(*left, *right));
    controls.sort_by(|left, right| compare(*left, *right));
    let (cases_count, controls_count) = (n_pos as f64, n_neg as f64);
    // For each member of one group: how many of the other lie beyond it, and how many tie with it.
    let squares = |beyond: f64, tied: f64| beyond * beyond + beyond * tied + tied * tied / 3.0;
    let mut q1 = 0.0;
    for control in &controls {
        let below = cases.partition_point(|case| case < control);
        let up_to = cases.partition_point(|case| case <= control);
        q1 += squares((n_pos - up_to) as f64, (up_to - below) as f64);
    }
    let mut q2 = 0.0;
    let mut pairs = 0.0;
    for case in &cases {
        let below = controls.partition_point(|control| control < case);
        let up_to = controls.partition_point(|control| control <= case);
        q2 += squares(below as f64, (up_to - below) as f64);
        pairs += below as f64 + 0.5 * (up_to - below) as f64;
    }
    let area = pairs / (cases_count * controls_count);
    Ok(spread(
        area,
        q1 / (controls_count * cases_count * cases_count),
        q2 / (cases_count * controls_count * controls_count),
        cases_count,
        controls_count,
    ))
}

fn spread(area: f64, q1: f64, q2: f64, cases: f64, controls: f64) -> f64 {
    let square = area * area;
    ((area * (1.0 - area) + (cases - 1.0) * (q1 - square) + (controls - 1.0) * (q2 - square)) / (cases * controls))
        .sqrt()
}
