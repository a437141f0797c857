//! ROC curves in words.

use super::super::columns::aligned;
use super::arguments::RocArguments;
use super::judged::Judged;
use super::pairs::Pair;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::{Interval, interval_name};
use crate::stats::base::number::{probability, share, share_limits, significant};
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::validation::roc::{Cutoff, CutoffRule};

/// The curves, their cut-offs and their comparison.
pub fn text(arguments: &RocArguments, judged: &[Judged], tests: &[Pair]) -> String {
    let interval = interval_name(arguments.level);
    let counts = |judged: &Judged| (judged.curve.n_pos, judged.curve.n_neg);
    let own_rows = judged.iter().any(|other| counts(other) != counts(&judged[0]));
    let mut text = match judged.first() {
        Some(first) if !own_rows => format!("{}\n\n", words::with_and_without(first.curve.n_pos, first.curve.n_neg)),
        _ => format!("{}\n\n", words::EACH_ON_ITS_ROWS),
    };
    let rule = match arguments.patient {
        Some(_) => words::OVER_PATIENTS.text(),
        None => arguments.interval.name(),
    };
    let rows: Vec<Vec<String>> = judged
        .iter()
        .map(|judged| {
            let mut cells = vec![
                judged.name.clone(),
                format!(
                    "{}{}",
                    judged.curve.direction.sign(),
                    if judged.auto { words::AUTO.text() } else { "" }
                ),
                share(judged.curve.auc, 4),
                share(judged.se, 4),
                share_limits(judged.ci, 4),
            ];
            if own_rows {
                cells.push(format!("{} / {}", judged.curve.n_pos, judged.curve.n_neg));
            }
            cells
        })
        .collect();
    let limits = format!("{interval} ({rule})");
    let mut header = vec![heads::SCORE.text(), heads::DIRECTION.text(), "AUC", "SE", &limits];
    if own_rows {
        header.push(heads::EVENTS_OTHERS.text());
    }
    text.push_str(&aligned(&header, &rows));
    if judged.iter().any(|judged| judged.auto) {
        text.push_str(&format!("{}\n", words::DIRECTION_FROM_DATA));
    }
    let mut rows = Vec::new();
    for judged in judged {
        let best = judged.curve.best_cutoff(CutoffRule::Youden);
        rows.push(cut_row(&judged.name, heads::YOUDEN.text(), &best, arguments.level));
        let near = judged.curve.best_cutoff(CutoffRule::ClosestTopLeft);
        rows.push(cut_row(&judged.name, words::TOP_LEFT.text(), &near, arguments.level));
        if let Some(stated) = &judged.stated {
            rows.push(cut_row(&judged.name, words::STATED.text(), stated, arguments.level));
        }
    }
    text.push_str(&format!("\n{}\n", words::cut_offs(&interval)));
    let header = [
        heads::SCORE.text(),
        heads::RULE.text(),
        heads::CUT_OFF.text(),
        heads::SENSITIVITY.text(),
        heads::SPECIFICITY.text(),
        "PPV",
        "NPV",
        heads::ACCURACY.text(),
        "TP/FP/TN/FN",
        heads::YOUDEN.text(),
    ];
    text.push_str(&aligned(&header, &rows));
    if !tests.is_empty() {
        text.push_str(&format!("\n{}\n", words::DELONG_PAIRED));
        let rows: Vec<Vec<String>> = tests
            .iter()
            .map(|Pair { a, b, test, .. }| {
                vec![
                    format!("{a} - {b}"),
                    share(test.difference, 4),
                    share_limits(test.ci_diff, 4),
                    significant(test.statistic, 4),
                    probability(test.p_value),
                ]
            })
            .collect();
        text.push_str(&aligned(
            &[heads::SCORES.text(), heads::DIFFERENCE.text(), &interval, "z", "P"],
            &rows,
        ));
        for pair in tests {
            let (a, b) = (&pair.a, &pair.b);
            if let Some((_, _, p)) = &pair.bootstrap {
                text.push_str(&format!("{}\n", words::bootstrap_test(a, b, probability(*p))));
            }
            if own_rows {
                text.push_str(&format!("{}\n", words::rows_with_both(a, b, pair.rows)));
            }
            if pair.are_opposite {
                text.push_str(&format!("{}\n", words::opposite(a, b)));
            }
        }
    }
    for line in judged.iter().flat_map(|judged| &judged.lines) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

fn cut_row(name: &str, rule: &str, cut: &Cutoff, level: f64) -> Vec<String> {
    let with = |value: f64, interval: Result<Interval, crate::stats::StatsError>| match interval {
        Ok(ci) => format!("{} ({}-{})", share(value, 3), share(ci.lower, 3), share(ci.upper, 3)),
        Err(_) => share(value, 3),
    };
    let wilson = ProportionInterval::Wilson;
    vec![
        name.to_owned(),
        rule.to_owned(),
        significant(cut.threshold, 4),
        with(cut.sensitivity, cut.sensitivity_interval(level, wilson)),
        with(cut.specificity, cut.specificity_interval(level, wilson)),
        with(cut.ppv, cut.ppv_interval(level, wilson)),
        with(cut.npv, cut.npv_interval(level, wilson)),
        with(cut.accuracy, cut.accuracy_interval(level, wilson)),
        format!(
            "{}/{}/{}/{}",
            cut.true_positives, cut.false_positives, cut.true_negatives, cut.false_negatives
        ),
        share(cut.youden, 3),
    ]
}
