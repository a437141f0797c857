//! ROC curves in words.

use super::super::columns::aligned;
use super::arguments::RocArguments;
use super::judged::Judged;
use super::pairs::Pair;
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
        Some(first) if !own_rows => format!(
            "{} with the event, {} without it\n\n",
            first.curve.n_pos, first.curve.n_neg
        ),
        _ => "Each score on the rows that have it; two are compared on those that have both\n\n".to_owned(),
    };
    let rule = match arguments.patient {
        Some(_) => "over patients",
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
                    if judged.auto { " (auto)" } else { "" }
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
    let mut header = vec!["score", "direction", "AUC", "SE", &limits];
    if own_rows {
        header.push("events / others");
    }
    text.push_str(&aligned(&header, &rows));
    if judged.iter().any(|judged| judged.auto) {
        text.push_str(
            "auto: the direction was taken from the data, which lifts the area of a useless score above 0.5; of a risk say \
             --direction '<'\n",
        );
    }
    let mut rows = Vec::new();
    for judged in judged {
        let best = judged.curve.best_cutoff(CutoffRule::Youden);
        rows.push(cut_row(&judged.name, "Youden", &best, arguments.level));
        let near = judged.curve.best_cutoff(CutoffRule::ClosestTopLeft);
        rows.push(cut_row(&judged.name, "top left", &near, arguments.level));
        if let Some(stated) = &judged.stated {
            rows.push(cut_row(&judged.name, "stated", stated, arguments.level));
        }
    }
    text.push_str(&format!("\nCut-offs (Wilson {interval})\n"));
    let header = [
        "score",
        "rule",
        "cut-off",
        "sensitivity",
        "specificity",
        "PPV",
        "NPV",
        "accuracy",
        "TP/FP/TN/FN",
        "Youden",
    ];
    text.push_str(&aligned(&header, &rows));
    if !tests.is_empty() {
        text.push_str("\nDeLong's paired test\n");
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
        text.push_str(&aligned(&["scores", "difference", &interval, "z", "P"], &rows));
        for pair in tests {
            let (a, b) = (&pair.a, &pair.b);
            if let Some((_, _, p)) = &pair.bootstrap {
                text.push_str(&format!("{a} - {b}: bootstrap test P {}\n", probability(*p)));
            }
            if own_rows {
                text.push_str(&format!("{a} - {b}: on the {} rows that have both\n", pair.rows));
            }
            if pair.are_opposite {
                text.push_str(&format!(
                    "{a} - {b}: one speaks for the event by its higher values, the other by its lower ones: the test compares \
                     areas in opposite directions\n"
                ));
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
