//! Shares of whole cases, Youden's index, cut-offs, totals: what counting alone can decide.
//!
//! GRIM, the idea that a printed share must be a whole number of cases, is Brown and Heathers' (2017).

use super::published::{BaselineKind, Performance};
use super::{Check, Finding, Printed, PublishedModel, Severity};

/// The family's checks.
pub static CHECKS: &[Check] = &[
    Check {
        id: "counts",
        needs: "sensitivity, specificity, predictive values or accuracy, and the set's cases and events",
        formula: "some whole TP ≤ events and TN ≤ others give every printed share at once: sens = TP/n₁, spec = TN/n₀, \
                  PPV = TP/(TP + n₀ - TN), NPV = TN/(TN + n₁ - TP), accuracy = (TP + TN)/n, F1 = 2TP/(2TP + FP + FN)",
        source: "Brown & Heathers 2017 (GRIM), for a 2 x 2 table",
        severity: Severity::Impossible,
        words: "A sensitivity is so many of so many patients. If no whole number of patients gives the printed share, the \
                share or the number of patients is wrong.",
        run: counts,
    },
    Check {
        id: "youden",
        needs: "Youden index, sensitivity and specificity",
        formula: "J = sensitivity + specificity - 1",
        source: "Youden 1950",
        severity: Severity::Impossible,
        words: "Youden's index is sensitivity plus specificity less one. Programs print the cut-off, or J + 1, beside it, and \
                those are easily copied in its place.",
        run: youden,
    },
    Check {
        id: "cut-off-chosen-again",
        needs: "a cut-off (or what can only be one) of the same model in two sets",
        formula: "one model has one cut-off, fixed before the test set is opened",
        source: "Leeflang et al. 2008; TRIPOD+AI 2024",
        severity: Severity::Doubtful,
        words: "A cut-off that was chosen again on the test patients fits them by design: sensitivity and specificity there \
                look better than they will be in the next patient.",
        run: cutoffs,
    },
    Check {
        id: "confusion",
        needs: "tp, fp, fn, tn and the set's cases and events",
        formula: "TP + FN = events; TN + FP = others",
        source: "definition",
        severity: Severity::Impossible,
        words: "The four cells of the table must add up to the patients of the set.",
        run: confusion,
    },
    Check {
        id: "totals",
        needs: "counts in the baseline table and the sets' sizes",
        formula: "the categories of a row sum to the cases of the set",
        source: "definition",
        severity: Severity::Impossible,
        words: "Every patient belongs to one category; more patients than there are cannot be.",
        run: totals,
    },
    Check {
        id: "sets",
        needs: "the sizes of the sets and of the whole sample",
        formula: "Σ cases of the sets = cases; Σ events = events",
        source: "definition",
        severity: Severity::Impossible,
        words: "Training and test patients together are all patients.",
        run: sets,
    },
    Check {
        id: "calibration-error",
        needs: "a calibration MSE or MAE, a Brier score or an AUC",
        formula: "MAE ≤ √MSE; Brier of a calibrated model = π(1 - π) - Var(p), far above 0.02 unless it separates almost \
                  perfectly",
        source: "Harrell, rms::calibrate; Brier 1950",
        severity: Severity::Impossible,
        words: "The \"mean squared error\" under a calibration curve is the squared distance between two smooth curves. It is \
                small for almost every model and is not the error of the predictions.",
        run: calibration_error,
    },
];

/// The whole counts of `n` that a printed share allows.
pub fn counts_of(share: &Printed, n: usize) -> Vec<usize> {
    (0..=n).filter(|&k| share.allows(k as f64 / n as f64)).collect()
}

fn counts(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(set) = model.set(&row.set) else { continue };
        let (events, others) = (set.events, set.others());
        let printed = [
            &row.sensitivity,
            &row.specificity,
            &row.ppv,
            &row.npv,
            &row.accuracy,
            &row.f1,
        ];
        if printed.iter().all(|share| share.is_none()) || events == 0 || others == 0 {
            continue;
        }
        let mut alone = true;
        for (share, n, name, what) in [
            (&row.sensitivity, events, "sensitivity", "events"),
            (&row.specificity, others, "specificity", "cases without the event"),
        ] {
            let Some(share) = share else { continue };
            if counts_of(share, n).is_empty() {
                alone = false;
                let near = (share.value * n as f64).round() as usize;
                findings.push(
                    Finding::new(
                        "counts",
                        Severity::Impossible,
                        row.place(),
                        format!("the {name} {} is no whole number of {n} {what}", share.text),
                    )
                    .lines(
                        (near.saturating_sub(1)..=(near + 1).min(n))
                            .map(|k| format!("{k}/{n} = {:.4}", k as f64 / n as f64)),
                    )
                    .resolve("the confusion table behind it, or the number of cases that were scored"),
                );
            }
        }
        if !alone {
            continue;
        }
        let tables = tables(row, events, others);
        let place = row.place();
        findings.push(match tables.as_slice() {
            [] => Finding::new(
                "counts",
                Severity::Impossible,
                place,
                "no confusion table gives all the printed shares at once",
            )
            .line(format!(
                "tried all {} tables of {events} events and {others} others",
                (events + 1) * (others + 1)
            ))
            .lines(
                [
                    ("sensitivity", &row.sensitivity),
                    ("specificity", &row.specificity),
                    ("PPV", &row.ppv),
                    ("NPV", &row.npv),
                    ("accuracy", &row.accuracy),
                    ("F1", &row.f1),
                ]
                .iter()
                .filter_map(|(name, share)| share.as_ref().map(|share| format!("{name} {} as printed", share.text))),
            )
            .resolve("the confusion table"),
            [(tp, tn)] => Finding::new("counts", Severity::Passed, place, "the shares are whole counts").line(format!(
                "sensitivity {tp}/{events} = {:.4}; specificity {tn}/{others} = {:.4}",
                *tp as f64 / events as f64,
                *tn as f64 / others as f64
            )),
            many => Finding::new("counts", Severity::Passed, place, "the shares can be whole counts")
                .line(format!("{} tables give them all", many.len())),
        });
    }
    findings
}

/// Every (TP, TN) that gives all the printed shares.
fn tables(row: &Performance, events: usize, others: usize) -> Vec<(usize, usize)> {
    let allows = |share: &Option<Printed>, part: usize, whole: usize| {
        share
            .as_ref()
            .is_none_or(|share| whole > 0 && share.allows(part as f64 / whole as f64))
    };
    let mut tables = Vec::new();
    for tp in 0..=events {
        if !allows(&row.sensitivity, tp, events) {
            continue;
        }
        for tn in 0..=others {
            let (fp, missed) = (others - tn, events - tp);
            if allows(&row.specificity, tn, others)
                && allows(&row.ppv, tp, tp + fp)
                && allows(&row.npv, tn, tn + missed)
                && allows(&row.accuracy, tp + tn, events + others)
                && allows(&row.f1, 2 * tp, 2 * tp + fp + missed)
            {
                tables.push((tp, tn));
            }
        }
    }
    tables
}

/// Youden's index from the parts of a row: the range that their rounding leaves, narrowed to whole counts where the sizes
/// are known; with the words for the arithmetic.
fn youden_range(model: &PublishedModel, row: &Performance) -> Option<(f64, f64, Vec<String>)> {
    let (sensitivity, specificity) = (row.sensitivity.as_ref()?, row.specificity.as_ref()?);
    let mut lines = vec![format!(
        "{} + {} - 1 = {:.3}",
        sensitivity.text,
        specificity.text,
        sensitivity.value + specificity.value - 1.0
    )];
    let (mut low, mut high) = (
        sensitivity.low() + specificity.low() - 1.0,
        sensitivity.high() + specificity.high() - 1.0,
    );
    if let Some(set) = model.set(&row.set).filter(|set| set.events > 0 && set.others() > 0) {
        let (events, others) = (set.events, set.others());
        let (tp, tn) = (counts_of(sensitivity, events), counts_of(specificity, others));
        if let (Some(&tp_low), Some(&tp_high), Some(&tn_low), Some(&tn_high)) =
            (tp.first(), tp.last(), tn.first(), tn.last())
        {
            let index = |tp: usize, tn: usize| tp as f64 / events as f64 + tn as f64 / others as f64 - 1.0;
            (low, high) = (index(tp_low, tn_low), index(tp_high, tn_high));
            if tp.len() == 1 && tn.len() == 1 {
                lines.push(format!(
                    "from counts: {tp_low}/{events} + {tn_low}/{others} - 1 = {low:.4}"
                ));
            }
        }
    }
    Some((low, high, lines))
}

/// Whether a row's "Youden index" cannot be it.
fn is_not_youden(model: &PublishedModel, row: &Performance) -> bool {
    match (&row.youden, youden_range(model, row)) {
        (Some(youden), Some((low, high, _))) => !youden.meets(low, high),
        _ => false,
    }
}

fn youden(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(printed) = &row.youden else { continue };
        let Some((low, high, lines)) = youden_range(model, row) else {
            continue;
        };
        if printed.meets(low, high) {
            findings.push(
                Finding::new(
                    "youden",
                    Severity::Passed,
                    row.place(),
                    "the Youden index is sensitivity + specificity - 1",
                )
                .lines(lines),
            );
            continue;
        }
        let mut finding = Finding::new(
            "youden",
            Severity::Impossible,
            row.place(),
            format!(
                "{} is not the Youden index of this sensitivity and specificity",
                printed.text
            ),
        )
        .lines(lines)
        .line(format!(
            "off by {:+.3}; rounding could explain {:.4} at most",
            printed.value - 0.5 * (low + high),
            printed.half_unit + 0.5 * (high - low)
        ));
        let readings = readings(printed, low, high);
        if !readings.is_empty() {
            finding = finding.line(format!("it could be {}", readings.join(", or ")));
        }
        findings.push(finding.resolve("say what the number is; give the cut-off and the index apart"));
    }
    findings
}

/// What else a number under the heading "Youden index" may be.
fn readings(printed: &Printed, low: f64, high: f64) -> Vec<&'static str> {
    let mut readings = Vec::new();
    if printed.meets(low + 1.0, high + 1.0) {
        readings.push("sensitivity + specificity, as pROC prints it (J + 1)");
    }
    if printed.meets(0.5 * (low + 1.0), 0.5 * (high + 1.0)) {
        readings.push("the balanced accuracy, (J + 1) / 2");
    }
    if readings.is_empty() && printed.value > 0.0 && printed.value < 1.0 {
        readings.push("the cut-off on the risk scale");
    }
    readings
}

fn cutoffs(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for row in &model.performance {
        if seen.contains(&row.model.as_str()) {
            continue;
        }
        seen.push(&row.model);
        let rows: Vec<_> = model
            .performance
            .iter()
            .filter(|other| other.model == row.model)
            .collect();
        let cutoffs: Vec<(&str, &Printed, bool)> = rows
            .iter()
            .filter_map(|row| {
                if let Some(cutoff) = &row.cutoff {
                    return Some((row.set.as_str(), cutoff, true));
                }
                let youden = row.youden.as_ref()?;
                is_not_youden(model, row).then_some((row.set.as_str(), youden, false))
            })
            .collect();
        let Some(&(first_set, first, _)) = cutoffs.first() else {
            continue;
        };
        let other = cutoffs[1..]
            .iter()
            .find(|(_, cutoff, _)| !cutoff.meets(first.low(), first.high()));
        let Some(&(other_set, other, stated)) = other else {
            if cutoffs.len() > 1 {
                findings.push(
                    Finding::new(
                        "cut-off-chosen-again",
                        Severity::Passed,
                        row.model.clone(),
                        "one cut-off for all sets",
                    )
                    .line(first.text.clone()),
                );
            }
            continue;
        };
        let says = if stated {
            "the cut-off is another one in each set: it was chosen again"
        } else {
            "if the numbers called Youden index are cut-offs, each set has its own: it was chosen again"
        };
        findings.push(
            Finding::new("cut-off-chosen-again", Severity::Doubtful, row.model.clone(), says)
                .line(format!("{first_set} {}, {other_set} {}", first.text, other.text))
                .resolve("sensitivity and specificity in the test set at the training set's cut-off"),
        );
    }
    findings
}

fn confusion(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some([tp, fp, missed, tn]), Some(set)) = (row.confusion, model.set(&row.set)) else {
            continue;
        };
        let mut wrong = Vec::new();
        if tp + missed != set.events {
            wrong.push(format!(
                "TP + FN = {tp} + {missed} = {}, but there are {} events",
                tp + missed,
                set.events
            ));
        }
        if tn + fp != set.others() {
            wrong.push(format!(
                "TN + FP = {tn} + {fp} = {}, but {} have no event",
                tn + fp,
                set.others()
            ));
        }
        for (name, share, part, whole) in [
            ("sensitivity", &row.sensitivity, tp, tp + missed),
            ("specificity", &row.specificity, tn, tn + fp),
            ("PPV", &row.ppv, tp, tp + fp),
            ("NPV", &row.npv, tn, tn + missed),
            ("accuracy", &row.accuracy, tp + tn, tp + fp + missed + tn),
        ] {
            if let Some(share) = share.as_ref().filter(|_| whole > 0) {
                let value = part as f64 / whole as f64;
                if !share.allows(value) {
                    wrong.push(format!("{name} {part}/{whole} = {value:.4}, printed {}", share.text));
                }
            }
        }
        findings.push(if wrong.is_empty() {
            Finding::new(
                "confusion",
                Severity::Passed,
                row.place(),
                "the confusion table adds up",
            )
        } else {
            Finding::new(
                "confusion",
                Severity::Impossible,
                row.place(),
                "the confusion table does not add up",
            )
            .lines(wrong)
            .resolve("the confusion table, counted again")
        });
    }
    findings
}

fn totals(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_order = 0;
    for row in model.baseline.iter().filter(|row| row.kind == BaselineKind::Counts) {
        for (name, counts) in &row.values {
            let Some(set) = model.set(name) else { continue };
            let sum: f64 = counts.iter().map(|count| count.value).sum();
            let words = counts
                .iter()
                .map(|count| count.text.as_str())
                .collect::<Vec<_>>()
                .join(" + ");
            let line = format!("{words} = {sum}; the set has {} cases", set.cases);
            let place = format!("{}, {name}", row.name);
            if sum > set.cases as f64 {
                findings.push(
                    Finding::new("totals", Severity::Impossible, place, "more cases than the set has")
                        .line(line)
                        .resolve("the counts, made again"),
                );
            } else if sum < set.cases as f64 {
                findings.push(
                    Finding::new("totals", Severity::Doubtful, place, "some cases are in no category")
                        .line(line)
                        .resolve("how many values are missing"),
                );
            } else {
                in_order += 1;
            }
        }
    }
    if in_order > 0 {
        findings.push(Finding::new(
            "totals",
            Severity::Passed,
            "baseline table",
            format!("{in_order} cells add up to their sets"),
        ));
    }
    findings
}

fn sets(model: &PublishedModel) -> Vec<Finding> {
    if model.sample.sets.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let names = |of: fn(&super::published::CaseSet) -> usize| {
        model
            .sample
            .sets
            .iter()
            .map(|set| format!("{} {}", set.name, of(set)))
            .collect::<Vec<_>>()
            .join(" + ")
    };
    for (what, stated, words, sum) in [
        (
            "cases",
            model.sample.cases,
            names(|set| set.cases),
            model.sample.sets.iter().map(|set| set.cases).sum::<usize>(),
        ),
        (
            "events",
            model.sample.events,
            names(|set| set.events),
            model.sample.sets.iter().map(|set| set.events).sum::<usize>(),
        ),
    ] {
        let Some(stated) = stated else { continue };
        let line = format!("{words} = {sum}; stated {stated}");
        findings.push(match sum.cmp(&stated) {
            std::cmp::Ordering::Equal => {
                Finding::new("sets", Severity::Passed, what, "the sets make up the whole").line(line)
            }
            std::cmp::Ordering::Greater => Finding::new(
                "sets",
                Severity::Impossible,
                what,
                format!("the sets hold more {what} than the whole"),
            )
            .line(line)
            .resolve("a flow chart of the cases"),
            std::cmp::Ordering::Less => {
                Finding::new("sets", Severity::Doubtful, what, format!("some {what} are in no set"))
                    .line(line)
                    .resolve("a flow chart of the cases")
            }
        });
    }
    findings
}

fn calibration_error(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        if let (Some(mse), Some(mae)) = (&row.calibration_mse, &row.calibration_mae)
            && mae.low() > mse.high().sqrt() + 1e-12
        {
            findings.push(
                Finding::new(
                    "calibration-error",
                    Severity::Impossible,
                    row.place(),
                    "the mean absolute error is above the root of the mean squared error",
                )
                .line(format!(
                    "√{} = {:.4}, but MAE = {}",
                    mse.text,
                    mse.value.sqrt(),
                    mae.text
                ))
                .resolve("both errors, from the same predictions"),
            );
        }
        let Some(mse) = &row.calibration_mse else { continue };
        let (Some(auc), Some(set)) = (&row.auc, model.set(&row.set)) else {
            continue;
        };
        let prevalence = set.events as f64 / set.cases as f64;
        if mse.high() < 0.02 && auc.high() < 0.95 && (0.2..=0.8).contains(&prevalence) {
            findings.push(
                Finding::new(
                    "calibration-error",
                    Severity::Note,
                    row.place(),
                    format!(
                        "the \"MSE\" {} is the distance between two calibration curves, not the error of the predictions",
                        mse.text
                    ),
                )
                .line(format!("√{} = {:.3}: the typical distance between the curves", mse.text, mse.value.sqrt()))
                .line(format!(
                    "a Brier score at prevalence {prevalence:.2} starts from {:.2} for a model that knows nothing",
                    prevalence * (1.0 - prevalence)
                ))
                .resolve("intercept and slope in the test set, and the Brier score"),
            );
        }
    }
    findings
}
