//! The results of a study in a page: coefficients, areas under the curve, calibration, decision table.

use serde_json::{Value, json};

use crate::stats::base::interval::common_name;
use crate::stats::base::number::{limits, p_equals, probability, share, share_limits, significant};
use crate::stats::design::INTERCEPT;
use crate::study::Study;
use crate::study::engine::stage::Stage as _;
use crate::study::guard;
use crate::study::honest::selected::SelectResult;
use crate::study::stages::robustness::Robustness;
use crate::study::stages::select::kept;

/// Prints what a study has found so far.
pub fn print(study: &Study) -> anyhow::Result<()> {
    super::print(&text(study))
}

/// What a study has found so far, as text.
pub fn text(study: &Study) -> String {
    let stale = guard::stale_labels(study);
    let study = &study.without_stale_results();
    let results = study.results();
    let mut text = format!("{}\n", study.config().title);
    for label in guard::labels(study) {
        text.push_str(&format!("{label}\n"));
    }
    if let Some(split) = results.split() {
        for side in split.sides() {
            let (cases, events) = split.counts(side);
            text.push_str(&format!("{:<9} {cases} cases, {events} with the event\n", side.name()));
        }
        if !split.patients_stated {
            text.push_str("No column says which patient a case belongs to: each case counts as its own patient.\n");
        }
    }
    if let Some(agreement) = results.agreement()
        && !agreement.assessed
    {
        text.push_str("Agreement between readers: not assessed.\n");
    }
    if let Some(select) = results.select() {
        text.push_str(&format!("\nSelection by {}: {}\n", select.learner, kept(select)));
        for line in select.warnings.iter().chain(&select.advice) {
            text.push_str(&format!("  {line}\n"));
        }
        text.push_str(&score_table(select));
    }
    if let Some(fit) = results.fit() {
        for model in &fit.models {
            text.push_str(&format!("\n{}\n", model.model.name));
            text.push_str(&format!(
                "  {:<40} {:>10} {:>10} {:>22} {:>9}\n",
                "term",
                "coef",
                "OR",
                common_name(model.rows.iter().map(|row| row.interval)),
                "P"
            ));
            for row in &model.rows {
                text.push_str(&format!(
                    "  {:<40} {:>10} {:>10} {:>22} {:>9}\n",
                    row.term,
                    significant(row.coefficient, 4),
                    significant(row.odds_ratio, 4),
                    limits(row.interval, 4),
                    probability(row.p)
                ));
            }
        }
        for warning in &fit.warnings {
            text.push_str(&format!("  {warning}\n"));
        }
    }
    if let Some(evaluate) = results.evaluate() {
        text.push_str(&format!(
            "\n{:<9} {:<9} {:>7} {:>17} {:>12} {:>12} {:>8} {:>12}\n",
            "model",
            "set",
            "AUC",
            common_name(evaluate.roc.iter().map(|roc| roc.interval)),
            "sensitivity",
            "specificity",
            "Brier",
            "calibr. MSE"
        ));
        for roc in &evaluate.roc {
            let mse = evaluate
                .calibration
                .iter()
                .find(|calibration| calibration.model == roc.model && calibration.side == roc.side)
                .map_or(f64::NAN, |calibration| calibration.mse);
            text.push_str(&format!(
                "{:<9} {:<9} {:>7} {:>17} {:>12} {:>12} {:>8} {:>12}\n",
                roc.model,
                roc.side.name(),
                share(roc.auc, 4),
                share_limits(roc.interval, 4),
                share(roc.at_cutoff.sensitivity, 4),
                share(roc.at_cutoff.specificity, 4),
                share(roc.brier, 4),
                calibration_error(mse)
            ));
        }
        for test in &evaluate.comparisons {
            text.push_str(&format!(
                "{} {} against {} {}: difference {}, {} (DeLong{})\n",
                test.a.0,
                test.a.1.name(),
                test.b.0,
                test.b.1.name(),
                share(test.difference, 4),
                p_equals(test.p),
                if test.paired { "" } else { ", unpaired" }
            ));
        }
        text.push_str(&decision_table(evaluate));
        for warning in &evaluate.warnings {
            text.push_str(&format!("{warning}\n"));
        }
    }
    if let Some(record) = study.record("robustness").filter(|record| record.failed.is_none()) {
        text.push_str("\nHow far this may be trusted\n");
        if let Some((_, label)) = stale.iter().find(|(stage, _)| *stage == Robustness::NAME) {
            text.push_str(&format!("  {label}\n"));
        } else {
            for note in &record.notes {
                text.push_str(&format!("  {note}\n"));
            }
        }
    }
    let breaches = guard::judge(study);
    if !breaches.is_empty() {
        text.push_str("\nGuard\n");
        for line in super::guard::text(&breaches).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push_str(&format!("\nResults in {}\n", study.out().display()));
    text
}

/// The score as its coefficients; of a score that is no sum the features that it reads.
fn score_table(select: &SelectResult) -> String {
    let line = |name: &str, value: String| format!("  {name:<56} {value:>13}\n");
    if select.score.is_some() {
        let lines = select
            .kept()
            .into_iter()
            .map(|(feature, ..)| line(feature, String::new()));
        return lines.collect();
    }
    let mut text = line(INTERCEPT, significant(select.intercept, 8));
    for term in &select.coefficients {
        text.push_str(&line(&term.feature, significant(term.coefficient, 8)));
    }
    text
}

/// The mean squared error of a curve of calibration, where there is a curve.
fn calibration_error(mse: f64) -> String {
    if mse.is_nan() { "none".to_owned() } else { share(mse, 6) }
}

fn decision_table(evaluate: &crate::study::stages::evaluate::gathered::EvaluateResult) -> String {
    let shown: Vec<f64> = (1..10).map(|tenth| f64::from(tenth) / 10.0).collect();
    let mut text = format!("\n{:<19}", "net benefit at");
    for threshold in &shown {
        text.push_str(&format!("{threshold:>8.1}"));
    }
    text.push('\n');
    for curve in &evaluate.decision {
        text.push_str(&format!("{:<10}{:<9}", curve.model, curve.side.name()));
        for threshold in &shown {
            let at = curve
                .thresholds
                .iter()
                .position(|other| (other - threshold).abs() < 1e-9);
            match at {
                Some(at) => text.push_str(&format!("{:>8}", share(curve.net_benefit[at], 4))),
                None => text.push_str("       -"),
            }
        }
        text.push('\n');
    }
    text
}

/// What a study has found so far, as one JSON value.
pub fn json(study: &Study) -> Value {
    let study = &study.without_stale_results();
    let results = study.results();
    json!({
        "select": results.select(),
        "clinical": results.clinical(),
        "fit": results.fit(),
        "evaluate": results.evaluate(),
        "robustness": results.robustness(),
        "guard": guard::judge(study),
        "labels": guard::labels(study),
    })
}
