//! The external validation as text: first the model as it is, then, as a second result, recalibrated.

use super::super::calibration::{curve, distances};
use super::super::columns::aligned;
use super::arguments::ExternalArguments;
use super::cohorts::{CaseMix, Cohort, Cohorts, JudgedModel, PooledCentres, Rows, area};
use super::forest::{Line, forest};
use super::training::Shared;
use crate::stats::base::interval::{Interval, interval_name};
use crate::stats::base::number::{
    percentage, probability, share, share_limits, share_with_limits, short, signed_share, significant,
};
use crate::stats::validation::calibration::frozen::Estimate;
use crate::stats::validation::external::{ExternalValidation, PooledQuantity};
use crate::stats::validation::recalibration::Recalibrated;

/// The whole text.
pub fn text(arguments: &ExternalArguments, found: &Cohorts, rows: &Rows, shared: &[Shared]) -> String {
    let mut text = String::new();
    for shared in shared {
        let reason = shared.reason.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "{} is broken knowingly ({reason}): {}\n",
            shared.rule,
            shared.says()
        ));
    }
    for model in &found.models {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&model_text(arguments, model, rows));
    }
    for (a, b, test) in &found.tests {
        text.push_str(&format!(
            "\n{a} against {b}: AUC {} and {}, difference {} ({} {}), DeLong's paired z {} (P {})\n",
            share(test.auc[0], 4),
            share(test.auc[1], 4),
            signed_share(test.difference, 4),
            test.ci_diff.name(),
            share_limits(test.ci_diff, 4),
            significant(test.statistic, 4),
            probability(test.p_value)
        ));
    }
    text.push_str(&benefit(found));
    text.push_str(&recalibrations(found));
    text
}

fn model_text(arguments: &ExternalArguments, model: &JudgedModel, rows: &Rows) -> String {
    let whole = &model.cohorts[0];
    let Ok(found) = &whole.found else {
        return String::new();
    };
    let calibration = &found.calibration;
    let mut text = format!(
        "External validation of {}, frozen: nothing is fitted to these patients\n{} rows, {} with the event ({}), mean risk {}{}\n\n",
        model.name,
        whole.n,
        whole.events,
        percentage(whole.events as f64 / whole.n as f64),
        share(calibration.mean_risk, 4),
        if rows.left_out > 0 {
            format!("; {} rows left out", rows.left_out)
        } else {
            String::new()
        }
    );
    let interval = interval_name(arguments.level);
    let line = |name: String, value: f64, limits: Interval, ideal: &str| {
        vec![name, share(value, 4), share_limits(limits, 4), ideal.to_owned()]
    };
    let estimate =
        |name: &str, estimate: &Estimate, ideal: &str| line(name.to_owned(), estimate.value, estimate.ci, ideal);
    let mut lines = vec![line("AUC (DeLong)".to_owned(), found.auc(), found.auc_ci, "")];
    if let Some(at) = &found.at_cutoff {
        let cut = significant(at.cutoff.threshold, 4);
        lines.push(line(
            format!("sensitivity, risk ≥ {cut}"),
            at.cutoff.sensitivity,
            at.sensitivity,
            "",
        ));
        lines.push(line(
            format!("specificity, risk ≥ {cut}"),
            at.cutoff.specificity,
            at.specificity,
            "",
        ));
        lines.push(line("positive predictive value".to_owned(), at.cutoff.ppv, at.ppv, ""));
        lines.push(line("negative predictive value".to_owned(), at.cutoff.npv, at.npv, ""));
    }
    lines.push(estimate("observed / expected", &calibration.oe, "1"));
    lines.push(estimate("intercept (slope 1)", &calibration.intercept, "0"));
    lines.push(estimate("slope", &calibration.slope, "1"));
    text.push_str(&aligned(&["", "value", &interval, "ideal"], &lines));
    if found.at_cutoff.is_none() {
        text.push_str("no cut-off is known: --cutoff X judges one\n");
    }
    text.push_str(&format!(
        "\nBrier {}   scaled {}\n{}",
        share(calibration.brier, 4),
        share(calibration.brier_scaled, 4),
        distances(calibration)
    ));
    text.push_str(&curve(&calibration.curve));
    text.push_str(&against_training(model));
    text.push_str(&case_mix(&model.case_mix));
    if let Some(pooled) = &model.pooled {
        text.push_str(&centres(arguments, model, pooled));
    }
    text
}

fn against_training(model: &JudgedModel) -> String {
    match &model.against_training {
        None => "\nThe risks of its training rows are not known: --training TABLE compares with them\n".to_owned(),
        Some(against) => format!(
            "\nIn training ({} rows, {} with the event) the apparent AUC was {}: difference {} ({} {}), DeLong's test of different patients t {} on {} (P {})\n",
            against.n,
            against.events,
            share(against.test.auc[1], 4),
            signed_share(against.test.difference, 4),
            against.test.ci_diff.name(),
            share_limits(against.test.ci_diff, 4),
            significant(against.test.statistic, 4),
            significant(against.test.df.unwrap_or(f64::NAN), 4),
            probability(against.test.p_value)
        ),
    }
}

fn case_mix(predictors: &[CaseMix]) -> String {
    let moments = |[mean, sd]: [f64; 2]| {
        if mean.is_nan() {
            "not known".to_owned()
        } else {
            format!("{} ± {}", significant(mean, 4), significant(sd, 3))
        }
    };
    let rows: Vec<Vec<String>> = predictors
        .iter()
        .map(|predictor| {
            vec![
                predictor.name.clone(),
                moments(predictor.training),
                moments(predictor.here),
                if predictor.difference.is_nan() {
                    "–".to_owned()
                } else {
                    signed_share(predictor.difference, 2)
                },
                predictor.range.map_or_else(
                    || "not known".to_owned(),
                    |[low, high]| format!("{} to {}", significant(low, 4), significant(high, 4)),
                ),
                predictor
                    .outside
                    .map_or_else(|| "–".to_owned(), |count| count.to_string()),
            ]
        })
        .collect();
    let header = ["predictor", "training", "here", "SMD", "range in training", "outside"];
    format!(
        "\nCase-mix (mean ± SD; SMD here minus training)\n{}",
        aligned(&header, &rows)
    )
}

/// A quantity of a cohort with its interval, where it has one.
type Quantity = fn(&Result<ExternalValidation, String>) -> Option<(f64, Interval)>;

fn centres(arguments: &ExternalArguments, model: &JudgedModel, pooled: &PooledCentres) -> String {
    let mut text = String::new();
    for (title, quantity, centre, of, over) in [
        ("AUC by centre", "AUC", 0.5, area as Quantity, &pooled.auc),
        (
            "Observed / expected by centre",
            "O:E",
            1.0,
            observed_expected,
            &pooled.observed_expected,
        ),
    ] {
        let mut lines: Vec<Line> = model.cohorts[1..]
            .iter()
            .map(|cohort| centre_line(cohort, of))
            .collect();
        if let Ok(over) = over {
            lines.extend(pooled_lines(over));
        }
        text.push_str(&format!("\n{}", forest(title, quantity, centre, &lines)));
        text.push_str(&match over {
            Err(problem) => format!("not pooled: {problem}\n"),
            Ok(over) => format!(
                "random effects ({}, Hartung-Knapp): {}; another centre {}; τ² {}, I² {}, Q {} (P {})\n",
                arguments.pooling.name(),
                share_with_limits(over.value, over.ci, 3),
                share_limits(over.prediction, 3),
                significant(over.transformed.tau_squared, 3),
                percentage(over.transformed.i_squared),
                significant(over.transformed.q, 3),
                probability(over.transformed.q_p)
            ),
        });
    }
    for cohort in &model.cohorts[1..] {
        if let Err(problem) = &cohort.found {
            text.push_str(&format!("{} is not judged: {problem}\n", cohort.name));
        }
    }
    text
}

fn observed_expected(found: &Result<ExternalValidation, String>) -> Option<(f64, Interval)> {
    let oe = found.as_ref().ok()?.calibration.oe;
    Some((oe.value, oe.ci))
}

fn centre_line(cohort: &Cohort, of: Quantity) -> Line {
    let (value, interval) = of(&cohort.found).unwrap_or((f64::NAN, Interval::none(f64::NAN)));
    Line {
        name: cohort.name.clone(),
        counts: format!("{} ({})", cohort.n, cohort.events),
        value,
        interval,
        is_pooled: false,
    }
}

fn pooled_lines(over: &PooledQuantity) -> [Line; 2] {
    let line = |name: &str, value: f64, interval: Interval| Line {
        name: name.to_owned(),
        counts: String::new(),
        value,
        interval,
        is_pooled: true,
    };
    [
        line("pooled", over.value, over.ci),
        line("another centre", over.value, over.prediction),
    ]
}

/// The net benefit of every model on all rows, beside treating all and none.
fn benefit(found: &Cohorts) -> String {
    let curves: Vec<_> = found
        .models
        .iter()
        .map(|model| &model.benefit)
        .chain(&found.references)
        .collect();
    let Some(first) = curves.first() else {
        return String::new();
    };
    let mut header = vec!["threshold"];
    header.extend(curves.iter().map(|curve| curve.model.name()));
    let rows: Vec<Vec<String>> = (0..first.threshold.len())
        .map(|at| {
            let mut cells = vec![short(first.threshold[at], 3)];
            cells.extend(curves.iter().map(|curve| match &curve.limits {
                None => share(curve.net_benefit[at], 4),
                Some(band) => share_with_limits(curve.net_benefit[at], band.net_benefit[at], 3),
            }));
            cells
        })
        .collect();
    let mut text = format!("\nNet benefit (risk above the threshold)\n{}", aligned(&header, &rows));
    for (a, b, curve) in &found.differences {
        let rows: Vec<Vec<String>> = (0..curve.threshold.len())
            .map(|at| {
                vec![
                    short(curve.threshold[at], 3),
                    share_with_limits(curve.difference[at], curve.limits[at], 4),
                ]
            })
            .collect();
        text.push_str(&format!(
            "\nDifference of net benefit, {a} - {b}\n{}",
            aligned(&["threshold", "difference"], &rows)
        ));
    }
    text
}

/// The second result.
fn recalibrations(found: &Cohorts) -> String {
    let mut rows = Vec::new();
    for model in &found.models {
        let Ok(whole) = &model.cohorts[0].found else { continue };
        let before = &whole.calibration;
        rows.push(vec![
            format!("{}, as it is", model.name),
            "0".to_owned(),
            "1".to_owned(),
            share(before.brier, 4),
            share(before.by_loess.ici, 4),
        ]);
        for (name, new) in [
            ("intercept", &whole.in_the_large),
            ("intercept and slope", &whole.with_slope),
        ] {
            rows.push(recalibration(&format!("  new {name}"), new));
        }
    }
    format!(
        "\nSecond result: recalibrated, risk = logistic(intercept + slope × logit of the risk)\n{}The new numbers are fitted to these patients and judged on them: the next cohort shows what they are worth.\n",
        aligned(&["", "intercept", "slope", "Brier", "ICI (loess)"], &rows)
    )
}

fn recalibration(name: &str, new: &Recalibrated) -> Vec<String> {
    let (brier, ici) = new
        .calibration
        .as_ref()
        .map_or((f64::NAN, f64::NAN), |again| (again.brier, again.by_loess.ici));
    vec![
        name.to_owned(),
        share_with_limits(new.intercept.value, new.intercept.ci, 3),
        new.slope
            .map_or_else(|| "1".to_owned(), |slope| share_with_limits(slope.value, slope.ci, 3)),
        share(brier, 4),
        share(ici, 4),
    ]
}
