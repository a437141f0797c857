//! The external validation as text: first the model as it is, then, as a second result, recalibrated.

use super::super::calibration::{curve, distances};
use super::super::columns::aligned;
use super::arguments::ExternalArguments;
use super::cohorts::{CaseMix, Cohort, Cohorts, JudgedModel, PooledCentres, Rows, area};
use super::forest::{Line, forest};
use super::training::Shared;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::{Interval, interval_name};
use crate::stats::base::number::{
    percentage, probability, settled, share, share_limits, share_with_limits, short, signed_share, significant,
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
            "{}\n",
            words::allowed_knowingly(shared.rule, reason, shared.says())
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
            "\n{}\n",
            words::delong_paired(
                a,
                b,
                share(test.auc[0], 4),
                share(test.auc[1], 4),
                signed_share(test.difference, 4),
                test.ci_diff.name(),
                share_limits(test.ci_diff, 4),
                significant(test.statistic, 4),
                probability(test.p_value)
            )
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
        "{}\n{}\n\n",
        words::external_of(&model.name),
        words::external_rows(
            whole.n,
            whole.events,
            percentage(whole.events as f64 / whole.n as f64),
            share(calibration.mean_risk, 4),
            if rows.left_out > 0 {
                words::and_left_out(rows.left_out).to_string()
            } else {
                String::new()
            }
        )
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
            words::sensitivity_at(&cut).to_string(),
            at.cutoff.sensitivity,
            at.sensitivity,
            "",
        ));
        lines.push(line(
            words::specificity_at(cut).to_string(),
            at.cutoff.specificity,
            at.specificity,
            "",
        ));
        lines.push(line(words::PPV.text().to_owned(), at.cutoff.ppv, at.ppv, ""));
        lines.push(line(words::NPV.text().to_owned(), at.cutoff.npv, at.npv, ""));
    }
    lines.push(estimate(words::OBSERVED_EXPECTED.text(), &calibration.oe, "1"));
    lines.push(estimate(
        words::INTERCEPT_AT_SLOPE_1.text(),
        &calibration.intercept,
        "0",
    ));
    lines.push(estimate(heads::SLOPE.text(), &calibration.slope, "1"));
    text.push_str(&aligned(
        &["", heads::VALUE.text(), &interval, heads::IDEAL.text()],
        &lines,
    ));
    if found.at_cutoff.is_none() {
        text.push_str(&format!("{}\n", words::NO_CUT_OFF));
    }
    text.push_str(&format!(
        "\n{}\n{}",
        words::brier_scaled(share(calibration.brier, 4), share(calibration.brier_scaled, 4)),
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
        None => format!("\n{}\n", words::TRAINING_UNKNOWN),
        Some(against) => format!(
            "\n{}\n",
            words::against_training(
                against.n,
                against.events,
                share(against.test.auc[1], 4),
                signed_share(against.test.difference, 4),
                against.test.ci_diff.name(),
                share_limits(against.test.ci_diff, 4),
                significant(against.test.statistic, 4),
                significant(against.test.df.unwrap_or(f64::NAN), 4),
                probability(against.test.p_value)
            )
        ),
    }
}

fn case_mix(predictors: &[CaseMix]) -> String {
    let moments = |[mean, sd]: [f64; 2]| {
        if mean.is_nan() {
            words::NOT_KNOWN.text().to_owned()
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
                    || words::NOT_KNOWN.text().to_owned(),
                    |[low, high]| words::from_to(significant(low, 4), significant(high, 4)).to_string(),
                ),
                predictor
                    .outside
                    .map_or_else(|| "–".to_owned(), |count| count.to_string()),
            ]
        })
        .collect();
    let header = [
        heads::PREDICTOR.text(),
        heads::TRAINING.text(),
        heads::HERE.text(),
        "SMD",
        heads::RANGE_IN_TRAINING.text(),
        heads::OUTSIDE.text(),
    ];
    format!("\n{}\n{}", words::CASE_MIX, aligned(&header, &rows))
}

/// A quantity of a cohort with its interval, where it has one.
type Quantity = fn(&Result<ExternalValidation, String>) -> Option<(f64, Interval)>;

fn centres(arguments: &ExternalArguments, model: &JudgedModel, pooled: &PooledCentres) -> String {
    let mut text = String::new();
    for (title, quantity, centre, of, over) in [
        (words::AUC_BY_CENTRE.text(), "AUC", 0.5, area as Quantity, &pooled.auc),
        (
            words::OE_BY_CENTRE.text(),
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
            Err(problem) => format!("{}\n", words::not_pooled(problem)),
            Ok(over) => format!(
                "{}\n",
                words::random_effects_q(
                    arguments.pooling.name(),
                    share_with_limits(over.value, over.ci, 3),
                    share_limits(over.prediction, 3),
                    significant(over.transformed.tau_squared, 3),
                    percentage(over.transformed.i_squared),
                    significant(over.transformed.q, 3),
                    probability(over.transformed.q_p)
                )
            ),
        });
    }
    for cohort in &model.cohorts[1..] {
        if let Err(problem) = &cohort.found {
            text.push_str(&format!("{}\n", words::not_judged(&cohort.name, problem)));
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
        line(words::POOLED.text(), over.value, over.ci),
        line(words::ANOTHER_CENTRE.text(), over.value, over.prediction),
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
    let mut header = vec![heads::THRESHOLD.text()];
    header.extend(curves.iter().map(|curve| curve.model.name()));
    let rows: Vec<Vec<String>> = (0..first.threshold.len())
        .map(|at| {
            let mut cells = vec![short(first.threshold[at], 3)];
            cells.extend(curves.iter().map(|curve| match &curve.limits {
                None => share(settled(curve.net_benefit[at]), 4),
                Some(band) => share_with_limits(settled(curve.net_benefit[at]), band.net_benefit[at], 3),
            }));
            cells
        })
        .collect();
    let mut text = format!("\n{}\n{}", words::NET_BENEFIT_ABOVE, aligned(&header, &rows));
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
            "\n{}\n{}",
            words::net_benefit_difference(a, b),
            aligned(&[heads::THRESHOLD.text(), heads::DIFFERENCE.text()], &rows)
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
            words::as_it_is(&model.name).to_string(),
            "0".to_owned(),
            "1".to_owned(),
            share(before.brier, 4),
            share(before.by_loess.ici, 4),
        ]);
        for (name, new) in [
            (words::INTERCEPT.text(), &whole.in_the_large),
            (words::INTERCEPT_AND_SLOPE.text(), &whole.with_slope),
        ] {
            rows.push(recalibration(&format!("  {}", words::new_fit(name)), new));
        }
    }
    format!(
        "\n{}\n{}{}\n",
        words::RECALIBRATED,
        aligned(
            &[
                "",
                heads::INTERCEPT.text(),
                heads::SLOPE.text(),
                "Brier",
                heads::ICI_LOESS.text()
            ],
            &rows
        ),
        words::FITTED_HERE
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
