//! The external validation as JSON.

use serde_json::{Value, json};

use super::super::calibration;
use super::super::columns::{exact, exacts, lower_ends, upper_ends};
use super::cohorts::{CaseMix, Cohort, Cohorts, JudgedModel, PooledCentres, Rows};
use super::training::Shared;
use crate::stats::base::interval::Interval;
use crate::stats::validation::decision_curve::DecisionCurve;
use crate::stats::validation::external::{AtCutoff, PooledQuantity};
use crate::stats::validation::recalibration::Recalibrated;
use crate::stats::validation::roc::AucTest;

/// The whole document.
pub fn document(found: &Cohorts, rows: &Rows, shared: &[Shared]) -> Value {
    let cohorts: Vec<Value> = found
        .models
        .iter()
        .flat_map(|model| {
            let benefit =
                std::iter::once(Some(benefit(&model.benefit, &found.references))).chain(std::iter::repeat(None));
            model
                .cohorts
                .iter()
                .zip(benefit)
                .map(|(cohort, benefit)| cohort_of(model, cohort, benefit))
        })
        .collect();
    let recalibrated = cohorts
        .first()
        .map_or(Value::Null, |cohort| cohort["recalibrated"].clone());
    json!({
        "models": found.models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(),
        "left_out": rows.left_out,
        "cohorts": cohorts,
        "recalibrated": recalibrated,
        "against_training": found.models.iter().filter_map(against_training).collect::<Vec<_>>(),
        "tests": found.tests.iter().map(|(a, b, test)| {
            let mut value = tested(test);
            (value["a"], value["b"], value["method"]) = (json!(a), json!(b), json!("DeLong, paired"));
            value
        }).collect::<Vec<_>>(),
        "net_benefit_differences": found.differences.iter().map(|(a, b, curve)| json!({
            "a": a, "b": b, "threshold": exacts(&curve.threshold), "difference": exacts(&curve.difference),
            "lower": lower_ends(&curve.limits), "upper": upper_ends(&curve.limits),
        })).collect::<Vec<_>>(),
        "case_mix": found.models.iter().flat_map(|model| {
            model.case_mix.iter().map(|predictor| case_mix(&model.name, predictor))
        }).collect::<Vec<_>>(),
        "pooled": found.models.iter().filter_map(|model| Some(pooled(&model.name, model.pooled.as_ref()?))).collect::<Vec<_>>(),
        "shared_with_training": shared.iter().map(|shared| json!({
            "rule": shared.rule, "cases": shared.cases, "says": shared.says(), "reason": shared.reason,
        })).collect::<Vec<_>>(),
    })
}

fn limits(interval: Interval) -> Value {
    json!({"lower": exact(interval.lower), "upper": exact(interval.upper), "level": interval.level})
}

/// A cohort; the curve of net benefit is of all rows.
fn cohort_of(model: &JudgedModel, cohort: &Cohort, benefit: Option<Value>) -> Value {
    let mut value = json!({"model": model.name, "name": cohort.name, "n": cohort.n, "events": cohort.events});
    let found = match &cohort.found {
        Ok(found) => found,
        Err(problem) => {
            value["problem"] = json!(problem);
            return value;
        }
    };
    let calibration = &found.calibration;
    value["auc"] = exact(found.auc());
    value["auc_se"] = exact(found.auc_se());
    value["ci"] = limits(found.auc_ci);
    value["at_cutoff"] = found.at_cutoff.as_ref().map_or(Value::Null, at_cutoff);
    for (name, estimate) in [
        ("intercept", &calibration.intercept),
        ("slope", &calibration.slope),
        ("oe", &calibration.oe),
    ] {
        value[name] = exact(estimate.value);
        value[format!("{name}_ci")] = limits(estimate.ci);
    }
    value["brier"] = exact(calibration.brier);
    value["calibration"] = calibration::document(calibration);
    value["recalibrated"] = json!({
        "intercept_only": recalibrated(&found.in_the_large),
        "intercept_and_slope": recalibrated(&found.with_slope),
    });
    if let Some(benefit) = benefit {
        value["net_benefit"] = benefit;
    }
    value
}

fn at_cutoff(found: &AtCutoff) -> Value {
    let cutoff = &found.cutoff;
    json!({
        "cutoff": exact(cutoff.threshold), "tp": cutoff.true_positives, "fp": cutoff.false_positives,
        "tn": cutoff.true_negatives, "fn": cutoff.false_negatives,
        "sensitivity": exact(cutoff.sensitivity), "sensitivity_ci": limits(found.sensitivity),
        "specificity": exact(cutoff.specificity), "specificity_ci": limits(found.specificity),
        "ppv": exact(cutoff.ppv), "ppv_ci": limits(found.ppv), "npv": exact(cutoff.npv), "npv_ci": limits(found.npv),
        "accuracy": exact(cutoff.accuracy), "interval": "Wilson",
    })
}

fn recalibrated(new: &Recalibrated) -> Value {
    let mut value = json!({
        "intercept": exact(new.intercept.value),
        "intercept_ci": limits(new.intercept.ci),
        "slope": exact(new.slope.map_or(1.0, |slope| slope.value)),
    });
    if let Some(slope) = new.slope {
        value["slope_ci"] = limits(slope.ci);
    }
    if let Some(again) = &new.calibration {
        value["brier"] = exact(again.brier);
        value["ici"] = exact(again.by_loess.ici);
        value["e90"] = exact(again.by_loess.e90);
    }
    value
}

fn benefit(model: &DecisionCurve, references: &[DecisionCurve]) -> Value {
    let mut value = json!({
        "threshold": exacts(&model.threshold), "model": exacts(&model.net_benefit),
        "standardized": exacts(&model.standardized_net_benefit), "convention": "rmda",
    });
    for reference in references {
        value[reference.model.name().to_lowercase()] = exacts(&reference.net_benefit);
    }
    if let Some(band) = &model.limits {
        value["lower"] = lower_ends(&band.net_benefit);
        value["upper"] = upper_ends(&band.net_benefit);
        value["level"] = json!(band.prevalence.level);
    }
    value
}

fn tested(test: &AucTest) -> Value {
    json!({
        "difference": exact(test.difference), "se": exact(test.se), "ci": limits(test.ci_diff),
        "statistic": exact(test.statistic), "df": test.df.map(exact), "p": exact(test.p_value),
    })
}

fn against_training(model: &JudgedModel) -> Option<Value> {
    let against = model.against_training.as_ref()?;
    let mut value = tested(&against.test);
    value["model"] = json!(model.name);
    value["n"] = json!(against.n);
    value["events"] = json!(against.events);
    value["auc"] = exact(against.test.auc[1]);
    value["method"] = json!("DeLong, unpaired");
    Some(value)
}

fn case_mix(model: &str, predictor: &CaseMix) -> Value {
    json!({
        "model": model, "predictor": predictor.name,
        "mean": exact(predictor.here[0]), "sd": exact(predictor.here[1]),
        "training_mean": exact(predictor.training[0]), "training_sd": exact(predictor.training[1]),
        "training_range": predictor.range.map(|range| exacts(&range)),
        "smd": exact(predictor.difference), "outside_training_range": predictor.outside,
    })
}

fn pooled(model: &str, centres: &PooledCentres) -> Value {
    let quantity = |found: &Result<PooledQuantity, String>, scale: &str| match found {
        Err(problem) => json!({"problem": problem}),
        Ok(found) => {
            let inside = &found.transformed;
            json!({
                "value": exact(found.value), "ci": limits(found.ci), "prediction": limits(found.prediction),
                "centres": inside.cohorts, "scale": scale,
                "mean": exact(inside.mean), "se": exact(inside.se), "wald_se": exact(inside.wald_se),
                "wald_ci": limits(inside.wald_ci), "tau_squared": exact(inside.tau_squared),
                "i_squared": exact(inside.i_squared), "q": exact(inside.q), "q_p": exact(inside.q_p),
                "interval": "Hartung-Knapp",
            })
        }
    };
    json!({"model": model, "auc": quantity(&centres.auc, "logit"), "oe": quantity(&centres.observed_expected, "log")})
}
