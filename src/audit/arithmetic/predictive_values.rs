//! Predictive values from sensitivity, specificity and a prevalence.
//!
//! Bayes: PPV = sens π / (sens π + (1 - spec)(1 - π)), NPV = spec (1 - π) / (spec (1 - π) + (1 - sens) π). Each rises or falls with
//! each of the three, so that the ends of their ranges give the ends of its own. Where no prevalence is known, each predictive
//! value says which prevalence it needs, and the two must be one.

use super::shares::share_range;
use crate::audit::published::CaseSet;
use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "predictive-values",
    needs: words::NEEDS_PREDICTIVE,
    formula: "PPV = sens π/(sens π + (1 - spec)(1 - π)); NPV = spec (1 - π)/(spec (1 - π) + (1 - sens) π)",
    source: "Bayes; Altman & Bland 1994",
    severity: Severity::Impossible,
    words: words::PREDICTIVE_WHY,
    run: predictive_values,
};

/// The share a / (a + b); anything where both are 0.
fn part(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { a / (a + b) } else { f64::NAN }
}

/// The range of a part, anything from 0 to 1 where it is not defined at an end.
fn parts(rising: [f64; 2], falling: [f64; 2]) -> Range {
    let [low, high] = [part(rising[0], falling[1]), part(rising[1], falling[0])];
    if low.is_nan() || high.is_nan() {
        Range::new(0.0, 1.0)
    } else {
        Range::new(low, high)
    }
}

fn ppv(sensitivity: Range, specificity: Range, prevalence: Range) -> Range {
    let of = |sensitivity: f64, prevalence: f64| sensitivity * prevalence;
    let false_positives = |specificity: f64, prevalence: f64| (1.0 - specificity) * (1.0 - prevalence);
    parts(
        [
            of(sensitivity.low, prevalence.low),
            of(sensitivity.high, prevalence.high),
        ],
        [
            false_positives(specificity.high, prevalence.high),
            false_positives(specificity.low, prevalence.low),
        ],
    )
}

fn npv(sensitivity: Range, specificity: Range, prevalence: Range) -> Range {
    let without = prevalence.map(|prevalence| 1.0 - prevalence);
    ppv(specificity, sensitivity, without)
}

/// The prevalences at which sensitivity and specificity give a PPV.
fn needed_by_ppv(sensitivity: Range, specificity: Range, value: Range) -> Range {
    // π = PPV (1 - spec) / (PPV (1 - spec) + (1 - PPV) sens)
    parts(
        [
            value.low * (1.0 - specificity.high),
            value.high * (1.0 - specificity.low),
        ],
        [
            (1.0 - value.high) * sensitivity.low,
            (1.0 - value.low) * sensitivity.high,
        ],
    )
}

fn predictive_values(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(sensitivity), Some(specificity)) = (&row.sensitivity, &row.specificity) else {
            continue;
        };
        if row.ppv.is_none() && row.npv.is_none() {
            continue;
        }
        let set = (model.set(&row.set)).filter(|set| set.events > 0 && set.others() > 0);
        let (sens, spec) = (
            share_range(sensitivity, set.map(|set| set.events)),
            share_range(specificity, set.map(CaseSet::others)),
        );
        let finding = |severity, says| Finding::new(CHECK.id, severity, row.spot(), says);
        let Some(prevalence) = &row.prevalence else {
            // In a set whose sizes are known the confusion table says more (the check of counts).
            if let (Some(positive), Some(negative), None) = (&row.ppv, &row.npv, set) {
                let first = needed_by_ppv(sens, spec, Range::of_share(positive));
                let second = needed_by_ppv(spec, sens, Range::of_share(negative)).map(|without| 1.0 - without);
                let line = words::prevalences_needed(
                    &positive.text,
                    share(first.low, 3),
                    share(first.high, 3),
                    &negative.text,
                    share(second.low, 3),
                    share(second.high, 3),
                );
                findings.push(if first.meets(second) {
                    finding(Severity::Passed, words::ONE_PREVALENCE).line(line)
                } else {
                    finding(Severity::Impossible, words::TWO_PREVALENCES)
                        .line(line)
                        .resolve(words::PREVALENCE_USED)
                });
            }
            continue;
        };
        let stated = Range::of_share(prevalence);
        let (mut lines, mut wrong) = (Vec::new(), Vec::new());
        for (name, printed, range) in [
            (words::PPV, &row.ppv, ppv(sens, spec, stated)),
            (words::NPV, &row.npv, npv(sens, spec, stated)),
        ] {
            let Some(printed) = printed else { continue };
            let line = words::predictive_is(
                name,
                &sensitivity.text,
                &specificity.text,
                &prevalence.text,
                share(range.low, 4),
                share(range.high, 4),
                &printed.text,
            );
            if range.meets(Range::of_share(printed)) {
                lines.push(line);
            } else {
                wrong.push(line);
            }
        }
        findings.push(if wrong.is_empty() {
            finding(Severity::Passed, words::PREDICTIVE_FIT).lines(lines)
        } else {
            finding(Severity::Impossible, words::PREDICTIVE_DO_NOT)
                .lines(wrong)
                .resolve(words::PREVALENCE_USED)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(figures: &str) -> Option<Severity> {
        worst_of(
            &CHECK,
            &format!("{{model: m, performance: [{{model: m, set: test, {figures}}}]}}"),
        )
    }

    #[test]
    fn values_that_no_rounding_can_save_and_values_that_rounding_explains() {
        // 0.9 · 0.1 / (0.9 · 0.1 + 0.2 · 0.9) = 1/3; at a prevalence of one half it is 0.818.
        let with = |ppv: &str| {
            found(&format!(
                "sensitivity: \"0.900\", specificity: \"0.800\", prevalence: \"0.100\", ppv: \"{ppv}\""
            ))
        };
        assert_eq!(with("0.818"), Some(Severity::Impossible));
        assert_eq!(with("0.340"), Some(Severity::Impossible));
        assert_eq!(with("0.333"), Some(Severity::Passed));
        // With fewer digits 0.39 is possible: 0.949 · 0.149 / (0.949 · 0.149 + 0.15 · 0.851) is 0.53.
        let coarse = found("sensitivity: \"0.9\", specificity: \"0.8\", prevalence: \"0.1\", ppv: \"0.39\"");
        assert_eq!(coarse, Some(Severity::Passed));
        let npv = |npv: &str| {
            found(&format!(
                "sensitivity: \"0.900\", specificity: \"0.800\", prevalence: \"0.100\", npv: \"{npv}\""
            ))
        };
        assert_eq!(npv("0.986"), Some(Severity::Passed));
        assert_eq!(npv("0.950"), Some(Severity::Impossible));
    }

    #[test]
    fn two_predictive_values_need_one_prevalence() {
        let with = |ppv: &str, npv: &str| {
            found(&format!(
                "sensitivity: \"0.900\", specificity: \"0.800\", ppv: \"{ppv}\", npv: \"{npv}\""
            ))
        };
        assert_eq!(with("0.333", "0.986"), Some(Severity::Passed));
        assert_eq!(with("0.333", "0.889"), Some(Severity::Impossible));
        assert_eq!(with("0.818", "0.889"), Some(Severity::Passed));
        assert_eq!(found("sensitivity: \"0.900\", specificity: \"0.800\""), None);
    }
}
