//! Decision curves under resampling: pointwise limits, the difference of two models, cross-validation.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::{
    DecisionCurve, DecisionSettings, Rates, Strategy, all_rates, check, curve, net_benefit, prevalence, references,
    standardized,
};
use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::require;
use crate::stats::regression::refit::Refit;
use crate::stats::regression::refit::full_fit;

/// Where a model's risks come from.
#[derive(Debug, Clone, Copy)]
pub enum RiskSource<'a> {
    /// Stated beforehand; resampling takes them along
    Frozen(&'a [f64]),
    /// A logistic model of these columns, fitted to these very rows and anew in every resample
    Refitted(ArrayView2<'a, f64>),
}

/// Pointwise limits, one entry a threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Of the net benefit
    pub net_benefit: Vec<Interval>,
    /// Of the standardised net benefit
    pub standardized_net_benefit: Vec<Interval>,
    /// Of the share of events at high risk
    pub tpr: Vec<Interval>,
    /// Of the share of non-events at high risk
    pub fpr: Vec<Interval>,
    /// Of the share of non-events at low risk
    pub tnr: Vec<Interval>,
    /// Of the share of events at low risk
    pub fnr: Vec<Interval>,
    /// Of the share of all at high risk
    pub high_risk: Vec<Interval>,
    /// Of the prevalence
    pub prevalence: Interval,
    /// Resamples that count; the others had one outcome only, or no fit
    pub n: usize,
}

/// As [`super::decision_curves`], with limits from resamples of the rows: the same resamples for every curve, quantiles
/// of type 1, as rmda. Each resample has its own prevalence, unless one is given.
///
/// # Errors
/// Those of [`super::decision_curves`]; where there is no resample, one names a row that is not there, the level is not
/// between 0 and 1, or a model has no fit.
pub fn decision_curves_with_intervals(
    outcome: &[bool],
    models: &[(String, RiskSource<'_>)],
    settings: &DecisionSettings,
    resamples: &[Vec<usize>],
    level: f64,
) -> Result<Vec<DecisionCurve>, StatsError> {
    require::level(level)?;
    require::at_least("the limits of a decision curve", "resamples", 1, resamples.len())?;
    check_rows(resamples, outcome.len())?;
    let mut curves = Vec::with_capacity(models.len() + 2);
    for (name, source) in models {
        let risks = stated(name, outcome, *source)?;
        check(outcome, &[(name.clone(), &risks)])?;
        let refitted = matches!(source, RiskSource::Refitted(_));
        let mut drawn = curve(
            Strategy::Model(name.clone()),
            refitted,
            &all_rates(outcome, &risks, settings),
            prevalence(outcome, settings),
            settings,
        );
        drawn.limits = Some(limits(
            &draws(outcome, &risks, *source, settings, resamples)?,
            settings,
            level,
        ));
        curves.push(drawn);
    }
    for (mut reference, risk) in references(outcome, settings).into_iter().zip([1.0, 0.0]) {
        let risks = vec![risk; outcome.len()];
        let drawn = draws(outcome, &risks, RiskSource::Frozen(&risks), settings, resamples)?;
        reference.limits = Some(limits(&drawn, settings, level));
        curves.push(reference);
    }
    Ok(curves)
}

/// The difference of two models' net benefit with its limits: whether one is better is not to be read off two bands.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferenceCurve {
    /// Threshold risks
    pub threshold: Vec<f64>,
    /// First minus second
    pub difference: Vec<f64>,
    /// Pointwise limits (quantile type 1)
    pub limits: Vec<Interval>,
}

/// The difference of the net benefits of two sets of frozen risks.
///
/// # Errors
/// Those of [`super::decision_curves`]; where there is no resample or the level is not between 0 and 1.
pub fn net_benefit_difference(
    outcome: &[bool],
    first: &[f64],
    second: &[f64],
    settings: &DecisionSettings,
    resamples: &[Vec<usize>],
    level: f64,
) -> Result<DifferenceCurve, StatsError> {
    require::level(level)?;
    require::at_least("the limits of a difference", "resamples", 1, resamples.len())?;
    check(
        outcome,
        &[
            ("the first model".to_owned(), first),
            ("the second model".to_owned(), second),
        ],
    )?;
    check_rows(resamples, outcome.len())?;
    let benefits = |outcome: &[bool], risks: &[f64]| -> Vec<f64> {
        let share = prevalence(outcome, settings);
        let rates = all_rates(outcome, risks, settings);
        settings
            .thresholds()
            .iter()
            .zip(rates)
            .map(|(&at, rates)| net_benefit(rates, at, share, settings))
            .collect()
    };
    let difference = |outcome: &[bool], first: &[f64], second: &[f64]| -> Vec<f64> {
        let pairs = benefits(outcome, first).into_iter().zip(benefits(outcome, second));
        pairs.map(|(first, second)| first - second).collect()
    };
    let drawn: Vec<Vec<f64>> = resamples
        .par_iter()
        .filter_map(|rows| {
            let sampled: Vec<bool> = rows.iter().map(|&row| outcome[row]).collect();
            let pick = |risks: &[f64]| -> Vec<f64> { rows.iter().map(|&row| risks[row]).collect() };
            two_sided(&sampled).then(|| difference(&sampled, &pick(first), &pick(second)))
        })
        .collect();
    Ok(DifferenceCurve {
        threshold: settings.thresholds().to_vec(),
        difference: difference(outcome, first, second),
        limits: band(settings.thresholds().len(), level, |at| {
            drawn.iter().map(|values| values[at]).collect()
        }),
    })
}

/// A logistic model's curve by cross-validation, as rmda's `cv_decision_curve`: fitted on the other folds, rates on the
/// fold, and the rates (not the predictions) averaged over the folds. `folds` names each row's fold, from 0.
///
/// rmda asks for at least 5 rows of either outcome in each fold; here a fold without one of them is refused.
///
/// # Errors
/// Where lengths differ, there are fewer than 2 folds, a fold lacks an outcome, or a fit does not exist.
pub fn cross_validated_decision_curve(
    name: &str,
    outcome: &[bool],
    design: ArrayView2<'_, f64>,
    folds: &[usize],
    settings: &DecisionSettings,
) -> Result<DecisionCurve, StatsError> {
    let what = format!("the cross-validated decision curve of {name}");
    require::same_length(&what, ("the outcome", outcome.len()), ("the folds", folds.len()))?;
    require::same_length(&what, ("the outcome", outcome.len()), ("the design", design.nrows()))?;
    let count = folds.iter().max().map_or(0, |last| last + 1);
    require::at_least(&what, "folds", 2, count)?;
    let full = full_fit(&what, design, outcome)?;
    let mut sums = vec![Rates::default(); settings.thresholds().len()];
    for fold in 0..count {
        let weights: Vec<f64> = folds.iter().map(|&of| if of == fold { 0.0 } else { 1.0 }).collect();
        let mut refitter = full.refitter.clone();
        let mut coefficients = full.coefficients.clone();
        if refitter.fit(&weights, &mut coefficients) == Refit::Failed {
            return Err(StatsError::Impossible(format!(
                "{what}: without fold {} the model has no maximum-likelihood fit",
                fold + 1
            )));
        }
        let (left_out, risks): (Vec<bool>, Vec<f64>) = (0..outcome.len())
            .filter(|&row| folds[row] == fold)
            .map(|row| (outcome[row], logistic(refitter.linear[row])))
            .unzip();
        if !two_sided(&left_out) {
            return Err(StatsError::Impossible(format!(
                "{what}: fold {} of {count} lacks one of the outcomes; use fewer folds, or stratify them",
                fold + 1
            )));
        }
        for (sum, rates) in sums.iter_mut().zip(all_rates(&left_out, &risks, settings)) {
            sum.tpr += rates.tpr;
            sum.fpr += rates.fpr;
            sum.tnr += rates.tnr;
            sum.fnr += rates.fnr;
        }
    }
    let share = 1.0 / count as f64;
    for sum in &mut sums {
        *sum = Rates {
            tpr: sum.tpr * share,
            fpr: sum.fpr * share,
            tnr: sum.tnr * share,
            fnr: sum.fnr * share,
        };
    }
    Ok(curve(
        Strategy::Model(name.to_owned()),
        false,
        &sums,
        prevalence(outcome, settings),
        settings,
    ))
}

fn stated(name: &str, outcome: &[bool], source: RiskSource<'_>) -> Result<Vec<f64>, StatsError> {
    match source {
        RiskSource::Frozen(risks) => Ok(risks.to_vec()),
        RiskSource::Refitted(design) => {
            let what = format!("the decision curve of {name}");
            require::same_length(&what, ("the outcome", outcome.len()), ("the design", design.nrows()))?;
            let full = full_fit(&what, design, outcome)?;
            Ok(full.linear.iter().map(|&linear| logistic(linear)).collect())
        }
    }
}

fn check_rows(resamples: &[Vec<usize>], n: usize) -> Result<(), StatsError> {
    for (number, rows) in resamples.iter().enumerate() {
        if let Some(row) = rows.iter().find(|row| **row >= n) {
            return Err(StatsError::Impossible(format!(
                "resample {} names row {row} (counted from 0), but there are only {n} rows",
                number + 1
            )));
        }
    }
    Ok(())
}

fn two_sided(outcome: &[bool]) -> bool {
    outcome.contains(&true) && outcome.contains(&false)
}

/// The rates and the prevalence of one resample.
struct Draw {
    rates: Vec<Rates>,
    prevalence: f64,
}

fn draws(
    outcome: &[bool],
    risks: &[f64],
    source: RiskSource<'_>,
    settings: &DecisionSettings,
    resamples: &[Vec<usize>],
) -> Result<Vec<Draw>, StatsError> {
    let full = match source {
        RiskSource::Frozen(_) => None,
        RiskSource::Refitted(design) => Some(full_fit("a decision curve", design, outcome)?),
    };
    Ok(resamples
        .par_iter()
        .filter_map(|rows| {
            let sampled: Vec<bool> = rows.iter().map(|&row| outcome[row]).collect();
            if !two_sided(&sampled) {
                return None;
            }
            let drawn: Vec<f64> = match &full {
                None => rows.iter().map(|&row| risks[row]).collect(),
                Some(full) => {
                    let mut weights = vec![0.0; outcome.len()];
                    for &row in rows {
                        weights[row] += 1.0;
                    }
                    let mut refitter = full.refitter.clone();
                    let mut coefficients = full.coefficients.clone();
                    if refitter.fit(&weights, &mut coefficients) == Refit::Failed {
                        return None;
                    }
                    rows.iter().map(|&row| logistic(refitter.linear[row])).collect()
                }
            };
            Some(Draw {
                rates: all_rates(&sampled, &drawn, settings),
                prevalence: prevalence(&sampled, settings),
            })
        })
        .collect())
}

fn limits(draws: &[Draw], settings: &DecisionSettings, level: f64) -> Limits {
    let thresholds = settings.thresholds();
    let benefit = |draw: &Draw, at: usize| net_benefit(draw.rates[at], thresholds[at], draw.prevalence, settings);
    let bands = |value: &dyn Fn(&Draw, usize) -> f64| {
        band(thresholds.len(), level, |at| {
            draws.iter().map(|draw| value(draw, at)).collect()
        })
    };
    Limits {
        net_benefit: bands(&benefit),
        standardized_net_benefit: bands(&|draw, at| standardized(benefit(draw, at), draw.prevalence, settings)),
        tpr: bands(&|draw, at| draw.rates[at].tpr),
        fpr: bands(&|draw, at| draw.rates[at].fpr),
        tnr: bands(&|draw, at| draw.rates[at].tnr),
        fnr: bands(&|draw, at| draw.rates[at].fnr),
        high_risk: bands(&|draw, at| {
            draw.rates[at].tpr * draw.prevalence + draw.rates[at].fpr * (1.0 - draw.prevalence)
        }),
        prevalence: percentile_limits(&draws.iter().map(|draw| draw.prevalence).collect::<Vec<_>>(), level),
        n: draws.len(),
    }
}

fn band(points: usize, level: f64, values: impl Fn(usize) -> Vec<f64>) -> Vec<Interval> {
    (0..points).map(|at| percentile_limits(&values(at), level)).collect()
}

fn percentile_limits(values: &[f64], level: f64) -> Interval {
    let tail = (1.0 - level) / 2.0;
    Interval::new(
        quantile(values, tail, QuantileRule::Inverse),
        quantile(values, 1.0 - tail, QuantileRule::Inverse),
        level,
    )
}
