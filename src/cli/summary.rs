//! The results of a study in a page: coefficients, areas under the curve, calibration, decision table.

use serde_json::{Value, json};

use super::columns::{left, right};
use crate::message::Message;
use crate::message::english::{output as heads, run as words};
use crate::stats::base::interval::common_name;
use crate::stats::base::number::{limits, p_equals, probability, settled, share, share_limits, significant};
use crate::stats::design::INTERCEPT;
use crate::study::Study;
use crate::study::engine::stage::Stage as _;
use crate::study::guard;
use crate::study::honest::selected::SelectResult;
use crate::study::stages::evaluate::discrimination::AtCutoff;
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
            text.push_str(&format!("{}\n", words::sides(left(side.said(), 9), cases, events)));
        }
        if !split.patients_stated {
            text.push_str(&format!("{}\n", words::EACH_CASE_A_PATIENT));
        }
    }
    if let Some(agreement) = results.agreement()
        && !agreement.assessed
    {
        text.push_str(&format!("{}\n", words::NOT_ASSESSED));
    }
    if let Some(select) = results.select() {
        text.push_str(&format!("\n{}\n", words::selection_by(&select.learner, kept(select))));
        for line in select.warnings.iter().chain(&select.advice) {
            text.push_str(&format!("  {line}\n"));
        }
        if select.left_out.is_some() {
            text.push_str(&format!("  {}\n", words::SCORED_UNSEEN));
        }
        text.push_str(&score_table(select));
    }
    if let Some(fit) = results.fit() {
        for model in &fit.models {
            text.push_str(&format!("\n{}\n", model.model.name));
            text.push_str(&format!(
                "  {} {:>10} {:>10} {:>22} {:>9}\n",
                left(heads::TERM, 40),
                "coef",
                "OR",
                common_name(model.rows.iter().map(|row| row.interval)),
                "P"
            ));
            for row in &model.rows {
                text.push_str(&format!(
                    "  {} {:>10} {:>10} {:>22} {:>9}\n",
                    left(&row.term, 40),
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
            "\n{} {} {:>7} {:>17} {} {} {:>8} {}\n",
            left(heads::MODEL, 9),
            left(heads::SET, 9),
            "AUC",
            common_name(evaluate.roc.iter().map(|roc| roc.interval)),
            right(heads::SENSITIVITY, 12),
            right(heads::SPECIFICITY, 12),
            "Brier",
            right(words::CALIBRATION_ERROR, 12)
        ));
        for roc in &evaluate.roc {
            let mse = evaluate
                .calibration
                .iter()
                .find(|calibration| calibration.model == roc.model && calibration.side == roc.side)
                .map_or(f64::NAN, |calibration| calibration.mse);
            let at = |of: fn(&AtCutoff) -> f64| share(roc.at_cutoff.as_ref().map_or(f64::NAN, of), 4);
            text.push_str(&format!(
                "{} {} {:>7} {:>17} {:>12} {:>12} {:>8} {}\n",
                left(&roc.model, 9),
                left(roc.side.said(), 9),
                share(roc.auc, 4),
                share_limits(roc.interval, 4),
                at(|at| at.sensitivity),
                at(|at| at.specificity),
                share(roc.brier, 4),
                right(calibration_error(mse), 12)
            ));
        }
        for test in &evaluate.comparisons {
            text.push_str(&format!(
                "{}\n",
                words::compared(
                    &test.a.0,
                    test.a.1.said(),
                    &test.b.0,
                    test.b.1.said(),
                    share(test.difference, 4),
                    p_equals(test.p),
                    if test.paired {
                        Message::default()
                    } else {
                        words::UNPAIRED.into()
                    }
                )
            ));
        }
        text.push_str(&decision_table(evaluate));
        for warning in &evaluate.warnings {
            text.push_str(&format!("{warning}\n"));
        }
    }
    if let Some(record) = study.record("robustness").filter(|record| record.failed.is_none()) {
        text.push_str(&format!("\n{}\n", words::HOW_FAR));
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
        text.push_str(&format!("\n{}\n", words::GUARD));
        for line in super::guard::text(&breaches).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push_str(&format!("\n{}\n", words::results_in(study.out().display())));
    text
}

/// The score as its coefficients; of a score that is no sum the features that it reads.
/// So many features of a score without coefficients are named.
const SHOWN: usize = 10;

fn score_table(select: &SelectResult) -> String {
    let line = |name: &str, value: String| format!("  {} {value:>13}\n", left(name, 56));
    if select.score.is_some() {
        let kept = select.kept();
        let names = kept.iter().take(SHOWN).map(|(feature, ..)| format!("  {feature}\n"));
        let mut text = format!("{}\n", words::no_coefficients(&select.learner)) + &names.collect::<String>();
        if kept.len() > SHOWN {
            text.push_str(&format!("  {}\n", words::and_more(kept.len() - SHOWN)));
        }
        return text;
    }
    let mut text = line(INTERCEPT, significant(select.intercept, 8));
    for term in &select.coefficients {
        text.push_str(&line(&term.feature, significant(term.coefficient, 8)));
    }
    text
}

/// The mean squared error of a curve of calibration, where there is a curve.
fn calibration_error(mse: f64) -> String {
    if mse.is_nan() {
        words::NO_CURVE.text().to_owned()
    } else {
        share(mse, 6)
    }
}

fn decision_table(evaluate: &crate::study::stages::evaluate::gathered::EvaluateResult) -> String {
    let shown: Vec<f64> = (1..10).map(|tenth| f64::from(tenth) / 10.0).collect();
    let mut text = format!("\n{}", left(words::NET_BENEFIT_AT, 19));
    for threshold in &shown {
        text.push_str(&format!("{threshold:>8.1}"));
    }
    text.push('\n');
    for curve in &evaluate.decision {
        text.push_str(&format!("{}{}", left(&curve.model, 10), left(curve.side.said(), 9)));
        for threshold in &shown {
            let at = curve
                .thresholds
                .iter()
                .position(|other| (other - threshold).abs() < 1e-9);
            match at {
                Some(at) => text.push_str(&format!("{:>8}", share(settled(curve.net_benefit[at]), 4))),
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
