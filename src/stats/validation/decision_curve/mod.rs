//! Decision curves: what a model is worth to those who would treat above a threshold risk (Vickers & Elkin 2006).
//!
//! The net benefit at threshold t is TPR ρ - t/(1 - t) FPR (1 - ρ), with prevalence ρ; standardised it is divided by ρ.
//! "All" treats everyone, "None" no one (net benefit 0). Two conventions differ where risks tie with a threshold:
//!
//! - rmda: high risk is risk > t. Its TNR and FNR count risk < t, so that rows exactly at t are in neither; at t = 1 every
//!   net benefit is NaN (0 × ∞).
//! - dcurves: high risk is risk ≥ t, a risk of exactly 0 never is, and it adds the net interventions avoided,
//!   (NB - NB of "All") / (t/(1 - t)).
//!
//! Risks must be **frozen**: a curve of a model refitted on the rows that judge it (rmda's default, fed with a test set)
//! looks better than the model is. [`RiskSource::Refitted`] exists for the rows that the model was made from, to resample
//! its fitting; a curve from it says so in `refitted`.

mod cost_benefit;
mod resampled;

pub use cost_benefit::{COST_BENEFIT_RATIOS, cost_benefit_ratio, cost_benefit_ticks};
pub use resampled::{
    DifferenceCurve, Limits, RiskSource, cross_validated_decision_curve, decision_curves_with_intervals,
    net_benefit_difference,
};

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::stats::StatsError;
use crate::stats::base::number::short;
use crate::stats::base::require;

/// Which program's rule for ties and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Convention {
    /// rmda: risk > t
    #[default]
    Rmda,
    /// dcurves: risk ≥ t
    Dcurves,
}

/// What the model decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Whom to treat, when no one is treated now
    #[default]
    OptIn,
    /// Whom to spare, when everyone is treated now: TNR (1 - ρ) - FNR ρ (1 - t)/t, standardised by 1 - ρ
    OptOut,
}

/// How decision curves are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionSettings {
    thresholds: Vec<f64>,
    convention: Convention,
    policy: Policy,
    prevalence: Option<f64>,
}

impl DecisionSettings {
    /// Checked settings: thresholds within 0…1, rising. `prevalence` replaces the sample's in a case-control design, where
    /// the shares of cases and controls were chosen by the study.
    ///
    /// # Errors
    /// Where there is no threshold, the thresholds do not rise within 0 and 1, or the prevalence is no share.
    pub fn new(
        thresholds: Vec<f64>,
        convention: Convention,
        policy: Policy,
        prevalence: Option<f64>,
    ) -> Result<Self, StatsError> {
        require::at_least("a decision curve", "thresholds", 1, thresholds.len())?;
        if let Some(threshold) = thresholds.iter().find(|threshold| !(0.0..=1.0).contains(*threshold)) {
            return Err(StatsError::Setting {
                setting: "a threshold of the decision curve".to_owned(),
                value: short(*threshold, 6),
                allowed: "between 0 and 1".to_owned(),
            });
        }
        if let Some(at) = (1..thresholds.len()).find(|&at| thresholds[at - 1] >= thresholds[at]) {
            return Err(StatsError::Setting {
                setting: "the decision curve's thresholds".to_owned(),
                value: format!("{} before {}", short(thresholds[at - 1], 6), short(thresholds[at], 6)),
                allowed: "rising".to_owned(),
            });
        }
        if let Some(prevalence) = prevalence.filter(|prevalence| !(*prevalence > 0.0 && *prevalence < 1.0)) {
            return Err(StatsError::Setting {
                setting: "the population's prevalence".to_owned(),
                value: short(prevalence, 6),
                allowed: "between 0 and 1".to_owned(),
            });
        }
        Ok(Self {
            thresholds,
            convention,
            policy,
            prevalence,
        })
    }

    /// Steps of 0.01 over the convention's usual range, the numbers of R's `seq`: 0…1 (rmda), 0…0.99 (dcurves).
    pub fn usual(convention: Convention) -> Self {
        let last = match convention {
            Convention::Rmda => 100,
            Convention::Dcurves => 99,
        };
        Self {
            thresholds: (0..=last).map(|step| f64::from(step) * 0.01).collect(),
            convention,
            policy: Policy::OptIn,
            prevalence: None,
        }
    }

    /// The thresholds.
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// The convention.
    pub fn convention(&self) -> Convention {
        self.convention
    }
}

/// Whom a curve would treat. As text it is the model's name, `All` or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Strategy {
    /// Those whose risk by this model is high
    Model(String),
    /// Everyone
    All,
    /// No one
    None,
}

impl Strategy {
    /// The model's name, `All` or `None`.
    pub fn name(&self) -> &str {
        match self {
            Self::Model(name) => name,
            Self::All => "All",
            Self::None => "None",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl From<Strategy> for String {
    fn from(strategy: Strategy) -> Self {
        strategy.name().to_owned()
    }
}

impl From<String> for Strategy {
    fn from(name: String) -> Self {
        match name.as_str() {
            "All" => Self::All,
            "None" => Self::None,
            _ => Self::Model(name),
        }
    }
}

/// One curve; vectors have one entry a threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionCurve {
    /// Whom it treats
    pub model: Strategy,
    /// Whether the model was fitted to the rows that judge it
    pub refitted: bool,
    /// Threshold risks
    pub threshold: Vec<f64>,
    /// Net benefit
    pub net_benefit: Vec<f64>,
    /// Net benefit over its greatest possible value
    pub standardized_net_benefit: Vec<f64>,
    /// Share of events at high risk
    pub tpr: Vec<f64>,
    /// Share of non-events at high risk
    pub fpr: Vec<f64>,
    /// Share of non-events at low risk
    pub tnr: Vec<f64>,
    /// Share of events at low risk
    pub fnr: Vec<f64>,
    /// Share of all at high risk
    pub high_risk: Vec<f64>,
    /// Net interventions avoided per case, against treating everyone (times 100 for "per 100 patients")
    pub interventions_avoided: Vec<f64>,
    /// The prevalence that the curve uses
    pub prevalence: f64,
    /// Pointwise limits, where resamples were given
    pub limits: Option<Limits>,
}

/// The curves of frozen risks, one a model, then "All" and "None".
///
/// Risks outside 0…1 and NaN are refused with their row; both outcomes must occur.
///
/// # Errors
/// Where lengths differ, a risk is no probability (its row is said), or an outcome is missing.
pub fn decision_curves(
    outcome: &[bool],
    models: &[(String, &[f64])],
    settings: &DecisionSettings,
) -> Result<Vec<DecisionCurve>, StatsError> {
    check(outcome, models)?;
    let mut curves: Vec<DecisionCurve> = models
        .iter()
        .map(|(name, risks)| {
            curve(
                Strategy::Model(name.clone()),
                false,
                &all_rates(outcome, risks, settings),
                prevalence(outcome, settings),
                settings,
            )
        })
        .collect();
    curves.extend(references(outcome, settings));
    Ok(curves)
}

fn check(outcome: &[bool], models: &[(String, &[f64])]) -> Result<(), StatsError> {
    require::both_outcomes("a decision curve", outcome)?;
    for (name, risks) in models {
        let what = format!("the decision curve of {name}");
        require::same_length(&what, ("the outcome", outcome.len()), ("the risks", risks.len()))?;
        require::probabilities(&what, risks)?;
    }
    Ok(())
}

/// "All" and "None".
fn references(outcome: &[bool], settings: &DecisionSettings) -> [DecisionCurve; 2] {
    let draw = |of: Strategy, rates: Vec<Rates>| curve(of, false, &rates, prevalence(outcome, settings), settings);
    let each = |risk: f64| {
        settings
            .thresholds
            .iter()
            .map(|&threshold| reference_rates(risk, threshold, settings))
            .collect()
    };
    [draw(Strategy::All, each(1.0)), draw(Strategy::None, each(0.0))]
}

fn prevalence(outcome: &[bool], settings: &DecisionSettings) -> f64 {
    settings
        .prevalence
        .unwrap_or_else(|| outcome.iter().filter(|&&event| event).count() as f64 / outcome.len() as f64)
}

/// What a threshold makes of a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Rates {
    tpr: f64,
    fpr: f64,
    tnr: f64,
    fnr: f64,
}

/// Everyone has the risk 1 ("All") or 0 ("None").
fn reference_rates(risk: f64, threshold: f64, settings: &DecisionSettings) -> Rates {
    let high = f64::from(u8::from(is_high(risk, threshold, settings.convention)));
    let low = f64::from(u8::from(is_low(risk, threshold, settings.convention)));
    Rates {
        tpr: high,
        fpr: high,
        tnr: low,
        fnr: low,
    }
}

fn is_high(risk: f64, threshold: f64, convention: Convention) -> bool {
    match convention {
        Convention::Rmda => risk > threshold,
        Convention::Dcurves => risk >= threshold && risk > 0.0,
    }
}

fn is_low(risk: f64, threshold: f64, convention: Convention) -> bool {
    match convention {
        Convention::Rmda => risk < threshold,
        Convention::Dcurves => !is_high(risk, threshold, convention),
    }
}

/// The rates at every threshold, from the sorted risks of either outcome.
fn all_rates(outcome: &[bool], risks: &[f64], settings: &DecisionSettings) -> Vec<Rates> {
    let (mut cases, mut controls) = crate::stats::validation::roc::by_outcome(outcome, risks);
    cases.sort_by(f64::total_cmp);
    controls.sort_by(f64::total_cmp);
    settings
        .thresholds
        .iter()
        .map(|&threshold| {
            let rates = |sorted: &[f64]| {
                let low = sorted.partition_point(|&risk| is_low(risk, threshold, settings.convention));
                let high = sorted.partition_point(|&risk| !is_high(risk, threshold, settings.convention));
                let n = sorted.len() as f64;
                ((sorted.len() - high) as f64 / n, low as f64 / n)
            };
            let ((tpr, fnr), (fpr, tnr)) = (rates(&cases), rates(&controls));
            Rates { tpr, fpr, tnr, fnr }
        })
        .collect()
}

fn net_benefit(rates: Rates, threshold: f64, prevalence: f64, settings: &DecisionSettings) -> f64 {
    match settings.policy {
        Policy::OptIn => rates.tpr * prevalence - threshold / (1.0 - threshold) * rates.fpr * (1.0 - prevalence),
        Policy::OptOut => rates.tnr * (1.0 - prevalence) - rates.fnr * prevalence * (1.0 - threshold) / threshold,
    }
}

fn standardized(benefit: f64, prevalence: f64, settings: &DecisionSettings) -> f64 {
    match settings.policy {
        Policy::OptIn => benefit / prevalence,
        Policy::OptOut => benefit / (1.0 - prevalence),
    }
}

fn curve(
    model: Strategy,
    refitted: bool,
    rates: &[Rates],
    prevalence: f64,
    settings: &DecisionSettings,
) -> DecisionCurve {
    let thresholds = &settings.thresholds;
    let points = || thresholds.iter().zip(rates);
    let benefits: Vec<f64> = points()
        .map(|(&at, &rates)| net_benefit(rates, at, prevalence, settings))
        .collect();
    DecisionCurve {
        model,
        refitted,
        threshold: thresholds.clone(),
        standardized_net_benefit: benefits
            .iter()
            .map(|&benefit| standardized(benefit, prevalence, settings))
            .collect(),
        interventions_avoided: points()
            .map(|(&at, rates)| {
                let odds = at / (1.0 - at);
                let model = rates.tpr * prevalence - odds * rates.fpr * (1.0 - prevalence);
                let all = prevalence - odds * (1.0 - prevalence);
                (model - all) / odds
            })
            .collect(),
        net_benefit: benefits,
        tpr: rates.iter().map(|rates| rates.tpr).collect(),
        fpr: rates.iter().map(|rates| rates.fpr).collect(),
        tnr: rates.iter().map(|rates| rates.tnr).collect(),
        fnr: rates.iter().map(|rates| rates.fnr).collect(),
        high_risk: rates
            .iter()
            .map(|rates| rates.tpr * prevalence + rates.fpr * (1.0 - prevalence))
            .collect(),
        prevalence,
        limits: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn none_has_no_benefit_and_all_starts_at_the_prevalence(
            rows in prop::collection::vec((any::<bool>(), 0.0..=1.0_f64), 2..40),
        ) {
            let outcome: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let risks: Vec<f64> = rows.iter().map(|row| row.1).collect();
            prop_assume!(outcome.contains(&true) && outcome.contains(&false));
            for convention in [Convention::Rmda, Convention::Dcurves] {
                let settings = DecisionSettings::usual(convention);
                let curves = decision_curves(&outcome, &[("m".to_owned(), &risks)], &settings).unwrap();
                let (model, all, none) = (&curves[0], &curves[1], &curves[2]);
                for at in 0..99 {
                    prop_assert_eq!(none.net_benefit[at], 0.0);
                    prop_assert!(model.net_benefit[at] <= model.prevalence + 1e-12);
                }
                prop_assert!((all.net_benefit[0] - all.prevalence).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn bad_settings_are_refused() {
        for thresholds in [vec![], vec![0.5, 0.4], vec![1.5]] {
            assert!(DecisionSettings::new(thresholds, Convention::Rmda, Policy::OptIn, None).is_err());
        }
        assert!(DecisionSettings::new(vec![0.5], Convention::Rmda, Policy::OptIn, Some(1.0)).is_err());
        let settings = DecisionSettings::usual(Convention::Rmda);
        let error = decision_curves(&[true, false], &[("m".to_owned(), &[0.5, 1.5])], &settings).unwrap_err();
        assert!(error.to_string().contains("row 2"), "{error}");
    }
}
