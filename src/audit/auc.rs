//! Areas under the ROC curve: are they on the grid that the sizes allow, do interval and point go together, does the
//! operating point lie under such a curve?

use serde::Serialize;

use super::arithmetic::counts_of;
use super::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::distributions::normal_quantile;
use crate::stats::validation::roc::hanley_mcneil_standard_error;
use crate::stats::validation::sample_size::independent_difference;

/// The family's checks.
pub static CHECKS: &[Check] = &[
    Check {
        id: "auc-grid",
        needs: "an AUC and the set's events and others",
        formula: "AUC = m / (2 n₁ n₀) for a whole m: wins count 2, ties 1",
        source: "Bamber 1975 (AUC = Mann-Whitney U / n₁n₀)",
        severity: Severity::Impossible,
        words: "The AUC counts pairs of a patient with and one without the event. In a small set only certain values exist.",
        run: grid,
    },
    Check {
        id: "auc-operating-point",
        needs: "an AUC, a sensitivity and a specificity",
        formula: "sens · spec ≤ AUC ≤ 1 - (1 - sens)(1 - spec); a curve without dents has AUC ≥ (sens + spec) / 2",
        source: "Zhang & Mueller 2005; Muschelli 2020",
        severity: Severity::Impossible,
        words: "A curve that goes through the printed point cannot have just any area. An area below the straight lines \
                through the point means that the curve has a deep dent.",
        run: operating_point,
    },
    Check {
        id: "auc-interval",
        needs: "an AUC and its interval",
        formula: "lower ≤ AUC ≤ upper, both within 0 and 1",
        source: "definition",
        severity: Severity::Impossible,
        words: "A confidence interval holds its own estimate, and an area is at most 1.",
        run: interval,
    },
    Check {
        id: "auc-interval-width",
        needs: "an AUC, its interval, the set's events and others",
        formula: "SE = (upper - lower) / (2 · 1.96), beside Hanley and McNeil's SE and the largest that any method can give, \
                  √(A(1 - A) / min(n₁, n₀))",
        source: "Hanley & McNeil 1982; van Dantzig 1951; Birnbaum & Klose 1957; DeLong et al. 1988",
        severity: Severity::Doubtful,
        words: "The width of the interval follows from the number of patients. One that is much narrower or wider came from \
                another method, other patients, or a slip.",
        run: width,
    },
    Check {
        id: "auc-test-above-training",
        needs: "AUCs with intervals of one model in a training and a test set",
        formula: "z = (A_test - A_training) / √(SE² + SE²) ≤ 1.64",
        source: "normal approximation for independent sets",
        severity: Severity::Doubtful,
        words: "A model does a little worse on new patients. If it does clearly better, the sets differ or were looked at \
                before.",
        run: test_above_training,
    },
    Check {
        id: "auc-comparison",
        needs: "a P value for two AUCs in one set and both intervals",
        formula: "z = Φ⁻¹(1 - P/2) fixes the correlation r in Var = SE₁² + SE₂² - 2 r SE₁ SE₂; |r| ≤ 1",
        source: "Hanley & McNeil 1983; DeLong et al. 1988",
        severity: Severity::Impossible,
        words: "Two models scored on the same patients rise and fall together. The P value of their difference says how much, \
                and more than wholly is impossible.",
        run: comparison,
    },
];

/// Everything that follows from an AUC, its interval and an operating point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucFigures {
    /// Middle of the interval less the AUC
    pub midpoint_minus_auc: f64,
    /// (upper - lower) / (2 z)
    pub implied_se: f64,
    /// Hanley and McNeil's standard error from the area alone
    pub hanley_mcneil_se: f64,
    /// Their 95 % interval
    pub hanley_mcneil_interval: [f64; 2],
    /// The interval that the implied standard error gives on the logit scale
    pub logit_interval: [f64; 2],
    /// √(A(1 - A) / min(n₁, n₀))
    pub se_upper_bound: f64,
    /// The standard error of an AUC of 0.5
    pub se_null: f64,
}

/// The figures of an AUC `auc` with the interval `ci` in `events` and `others` cases.
pub fn auc_figures(auc: f64, ci: [f64; 2], events: usize, others: usize) -> AucFigures {
    let z = normal_quantile(0.975);
    let implied_se = (ci[1] - ci[0]) / (2.0 * z);
    let hanley_mcneil_se = hanley_mcneil_standard_error(auc, events, others);
    let logit = (auc / (1.0 - auc)).ln();
    let on_logit = z * implied_se / (auc * (1.0 - auc));
    let inverse = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (n1, n0) = (events as f64, others as f64);
    AucFigures {
        midpoint_minus_auc: 0.5 * (ci[0] + ci[1]) - auc,
        implied_se,
        hanley_mcneil_se,
        hanley_mcneil_interval: [auc - z * hanley_mcneil_se, auc + z * hanley_mcneil_se],
        logit_interval: [inverse(logit - on_logit), inverse(logit + on_logit)],
        se_upper_bound: (auc * (1.0 - auc) / n1.min(n0)).sqrt(),
        se_null: ((n1 + n0 + 1.0) / (12.0 * n1 * n0)).sqrt(),
    }
}

/// The bounds that an operating point of `tp` of `events` and `tn` of `others` sets for the area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucBounds {
    /// sens · spec: no curve through the point has less
    pub minimum: f64,
    /// 1 - (1 - sens)(1 - spec): no curve through the point has more
    pub maximum: f64,
    /// (sens + spec) / 2: no curve without dents has less
    pub minimum_concave: f64,
    /// 1 - (1 - J)² / 2: no curve whose best point this is has more (for a continuous score)
    pub maximum_if_best: f64,
}

/// The bounds of an operating point.
pub fn auc_bounds(tp: usize, events: usize, tn: usize, others: usize) -> AucBounds {
    let sensitivity = tp as f64 / events as f64;
    let specificity = tn as f64 / others as f64;
    let youden = sensitivity + specificity - 1.0;
    AucBounds {
        minimum: sensitivity * specificity,
        maximum: 1.0 - (1.0 - sensitivity) * (1.0 - specificity),
        minimum_concave: 0.5 * (sensitivity + specificity),
        maximum_if_best: 1.0 - (1.0 - youden) * (1.0 - youden) / 2.0,
    }
}

/// The areas m / (2 n₁ n₀) that could have been printed so, in rising order.
pub fn reachable_areas(auc: &super::Printed, events: usize, others: usize) -> Vec<f64> {
    let whole = 2 * events * others;
    let low = (auc.low() * whole as f64).floor().max(0.0) as usize;
    let high = ((auc.high() * whole as f64).ceil() as usize).min(whole);
    (low..=high)
        .map(|m| m as f64 / whole as f64)
        .filter(|&area| auc.allows(area))
        .collect()
}

fn grid(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some(set)) = (&row.auc, model.set(&row.set)) else {
            continue;
        };
        let (events, others) = (set.events, set.others());
        if events == 0 || others == 0 {
            continue;
        }
        let areas = reachable_areas(auc, events, others);
        let grid = format!(
            "steps of 1/(2 · {events} · {others}) = {:.6}",
            0.5 / (events * others) as f64
        );
        findings.push(match areas.as_slice() {
            [] => {
                let m = (auc.value * (2 * events * others) as f64).floor();
                let whole = (2 * events * others) as f64;
                Finding::new(
                    "auc-grid",
                    Severity::Impossible,
                    row.place(),
                    format!(
                        "no ranking of {events} events and {others} others has the area {}",
                        auc.text
                    ),
                )
                .line(grid)
                .line(format!("the nearest are {:.5} and {:.5}", m / whole, (m + 1.0) / whole))
                .resolve("the scores behind the curve, or the number of cases that were scored")
            }
            [area] => Finding::new(
                "auc-grid",
                Severity::Passed,
                row.place(),
                "the area is on the grid of the sizes",
            )
            .line(grid)
            .line(format!(
                "{area:.6} = {:.0}/{}",
                area * (2 * events * others) as f64,
                2 * events * others
            )),
            many => Finding::new(
                "auc-grid",
                Severity::Passed,
                row.place(),
                "the area is on the grid of the sizes",
            )
            .line(grid)
            .line(format!("{} values could be printed so", many.len())),
        });
    }
    findings
}

fn operating_point(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some(sensitivity), Some(specificity)) = (&row.auc, &row.sensitivity, &row.specificity) else {
            continue;
        };
        // The kindest point that rounding, or whole counts where the sizes are known, leaves.
        let (mut low, mut high) = (
            (sensitivity.low().max(0.0), specificity.low().max(0.0)),
            (sensitivity.high().min(1.0), specificity.high().min(1.0)),
        );
        let mut point = format!("sensitivity {}, specificity {}", sensitivity.text, specificity.text);
        if let Some(set) = model.set(&row.set).filter(|set| set.events > 0 && set.others() > 0) {
            let (tp, tn) = (counts_of(sensitivity, set.events), counts_of(specificity, set.others()));
            if let (Some(tp_low), Some(tp_high), Some(tn_low), Some(tn_high)) =
                (tp.first(), tp.last(), tn.first(), tn.last())
            {
                let (n1, n0) = (set.events as f64, set.others() as f64);
                low = (*tp_low as f64 / n1, *tn_low as f64 / n0);
                high = (*tp_high as f64 / n1, *tn_high as f64 / n0);
                if tp.len() == 1 && tn.len() == 1 {
                    point = format!("sensitivity {tp_low}/{n1}, specificity {tn_low}/{n0}");
                }
            }
        }
        let minimum = low.0 * low.1;
        let maximum = 1.0 - (1.0 - high.0) * (1.0 - high.1);
        let concave = 0.5 * (low.0 + low.1);
        let lines = [
            format!("{point}: the area lies between {minimum:.3} and {maximum:.3}"),
            format!("without dents it is at least {concave:.3}; printed {}", auc.text),
        ];
        findings.push(if auc.high() < minimum - 1e-12 || auc.low() > maximum + 1e-12 {
            Finding::new(
                "auc-operating-point",
                Severity::Impossible,
                row.place(),
                "no curve through the printed point has the printed area",
            )
            .lines(lines)
            .resolve("the ROC curve's points")
        } else if auc.high() < concave - 1e-12 {
            Finding::new(
                "auc-operating-point",
                Severity::Doubtful,
                row.place(),
                "the printed point lies above what a curve without dents of this area reaches",
            )
            .lines(lines)
            .line("the missed events rank below most cases without the event; in small sets a cut-off chosen again finds such points")
            .resolve("the ROC curve's points, and sensitivity and specificity at a cut-off fixed beforehand")
        } else {
            Finding::new(
                "auc-operating-point",
                Severity::Passed,
                row.place(),
                "the point lies under a curve of this area",
            )
            .lines(lines)
        });
    }
    findings
}

fn interval(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([low, high])) = (&row.auc, &row.ci) else {
            continue;
        };
        let line = format!("AUC {}, interval {} to {}", auc.text, low.text, high.text);
        let finding =
            |severity, says: &str| Finding::new("auc-interval", severity, row.place(), says).line(line.clone());
        findings.push(
            if low.low() > auc.high() || high.high() < auc.low() || low.low() > high.high() {
                finding(Severity::Impossible, "the AUC lies outside its own interval")
                    .resolve("the interval, computed again")
            } else if low.high() < 0.0 || high.low() > 1.0 {
                finding(Severity::Doubtful, "the interval leaves the range from 0 to 1")
                    .line("a normal interval near 1 does so; one on the logit scale, or a bootstrap, does not")
                    .resolve("an interval that respects the bounds")
            } else {
                let middle = 0.5 * (low.value + high.value) - auc.value;
                let slack = 0.5 * (low.half_unit + high.half_unit) + auc.half_unit;
                let shape = if middle.abs() <= slack + 1e-12 {
                    "symmetric: a normal interval on the AUC's own scale (DeLong, Hanley-McNeil or SPSS), no logit, no bootstrap percentiles"
                } else {
                    "not symmetric: a logit scale, a bootstrap, or an interval cut off at 1"
                };
                finding(Severity::Passed, "the interval holds its AUC")
                    .line(format!("midpoint - AUC = {middle:+.4}: {shape}"))
            },
        );
    }
    findings
}

fn width(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([low, high]), Some(set)) = (&row.auc, &row.ci, model.set(&row.set)) else {
            continue;
        };
        let (events, others) = (set.events, set.others());
        if events < 2 || others < 2 || !(auc.value > 0.0 && auc.value < 1.0) {
            continue;
        }
        let figures = auc_figures(auc.value, [low.value, high.value], events, others);
        let [expected_low, expected_high] = figures.hanley_mcneil_interval;
        let ratio = figures.implied_se / figures.hanley_mcneil_se;
        let lines = [
            format!(
                "implied SE = ({} - {}) / 3.92 = {:.4}; Hanley-McNeil {:.4} (ratio {ratio:.2}); upper bound {:.4}",
                high.text, low.text, figures.implied_se, figures.hanley_mcneil_se, figures.se_upper_bound
            ),
            format!(
                "printed {} to {}; Hanley-McNeil {expected_low:.3} to {expected_high:.3}",
                low.text, high.text
            ),
        ];
        // The bound is for the variance over repeated samples; an estimate from min(n) cases divides by min(n) - 1.
        let least = events.min(others) as f64;
        let bound = figures.se_upper_bound * (least / (least - 1.0)).sqrt();
        let least_se = (high.low() - low.high()) / (2.0 * normal_quantile(0.975));
        let near = (expected_low - low.value).abs().max((expected_high - high.value).abs());
        let clipped = high.value >= 1.0;
        findings.push(if least_se > bound {
            Finding::new(
                "auc-interval-width",
                Severity::Doubtful,
                row.place(),
                "the interval is wider than any that treats the cases as independent",
            )
            .lines(lines)
            .resolve("the method of the interval; an interval for repeated cases of a patient may be so wide")
        } else if near <= 0.0025 {
            Finding::new(
                "auc-interval-width",
                Severity::Passed,
                row.place(),
                "the interval agrees with Hanley and McNeil's within 0.0025",
            )
            .lines(lines)
        } else if (0.6..=1.6).contains(&ratio) || clipped {
            Finding::new(
                "auc-interval-width",
                Severity::Note,
                row.place(),
                format!(
                    "the interval is {} than Hanley and McNeil's from these sizes",
                    if ratio > 1.0 { "wider" } else { "narrower" }
                ),
            )
            .lines(lines)
            .line("DeLong's or SPSS's intervals depend on the scores and may differ so")
            .resolve("the method of the interval")
        } else {
            Finding::new(
                "auc-interval-width",
                Severity::Doubtful,
                row.place(),
                format!(
                    "the interval is far {} than these sizes give",
                    if ratio > 1.0 { "wider" } else { "narrower" }
                ),
            )
            .lines(lines)
            .resolve("the method of the interval and the number of cases behind it")
        });
    }
    findings
}

fn test_above_training(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let standard_error = |row: &super::published::Performance| {
        let [low, high] = row.ci.as_ref()?;
        Some((high.value - low.value) / (2.0 * normal_quantile(0.975)))
    };
    for test in model.performance.iter().filter(|row| row.set != "training") {
        let training = model
            .performance
            .iter()
            .find(|row| row.model == test.model && row.set == "training");
        let Some(training) = training else { continue };
        let (Some(a_test), Some(a_training), Some(se_test), Some(se_training)) =
            (&test.auc, &training.auc, standard_error(test), standard_error(training))
        else {
            continue;
        };
        if se_test <= 0.0 || se_training <= 0.0 {
            continue;
        }
        let (z, _) = independent_difference((a_test.value, se_test), (a_training.value, se_training));
        let line = format!(
            "({} - {}) / √({se_test:.4}² + {se_training:.4}²) = {z:.2}",
            a_test.text, a_training.text
        );
        findings.push(if z > 1.64 {
            Finding::new(
                "auc-test-above-training",
                Severity::Doubtful,
                test.place(),
                "clearly better in the test set than in training",
            )
            .line(line)
            .resolve("how the sets were made, and whether the test set was looked at before")
        } else {
            Finding::new(
                "auc-test-above-training",
                Severity::Passed,
                test.place(),
                "training and test go together",
            )
            .line(line)
        });
    }
    findings
}

fn comparison(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for test in &model.comparisons {
        let find = |name: &str| {
            model
                .performance
                .iter()
                .find(|row| row.model == name && row.set == test.set)
                .and_then(|row| Some((row.auc.as_ref()?, row.ci.as_ref()?)))
        };
        let (Some((a, ci_a)), Some((b, ci_b))) = (find(&test.a), find(&test.b)) else {
            continue;
        };
        let error = |ci: &[super::Printed; 2]| (ci[1].value - ci[0].value) / (2.0 * normal_quantile(0.975));
        let (se_a, se_b) = (error(ci_a), error(ci_b));
        let place = format!("{} against {}, {}", test.a, test.b, test.set);
        let difference = (a.value - b.value).abs();
        let slack = a.half_unit + b.half_unit;
        if se_a <= 0.0 || se_b <= 0.0 {
            continue;
        }
        // The correlation for the kindest difference and P value that rounding leaves.
        let correlation = |difference: f64, p: f64| {
            let z = normal_quantile(1.0 - 0.5 * p.clamp(1e-300, 1.0));
            (se_a * se_a + se_b * se_b - (difference / z).powi(2)) / (2.0 * se_a * se_b)
        };
        let (p_low, p_high) = match test.p.relation {
            super::Relation::Equal => (test.p.low().max(1e-300), test.p.high().min(1.0)),
            super::Relation::Below => (1e-300, test.p.value),
            super::Relation::Above => (test.p.value, 1.0 - 1e-12),
        };
        let corners = [
            correlation((difference - slack).max(0.0), p_low),
            correlation((difference - slack).max(0.0), p_high),
            correlation(difference + slack, p_low),
            correlation(difference + slack, p_high),
        ];
        let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
        let high = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let line = format!(
            "difference {difference:.3}, SEs {se_a:.4} and {se_b:.4}, P {}: the correlation lies between {low:.2} and {high:.2}",
            test.p.text
        );
        findings.push(if high < -1.0 || low > 1.0 {
            Finding::new(
                "auc-comparison",
                Severity::Impossible,
                place,
                "no correlation between the two areas gives this P value",
            )
            .line(line)
            .resolve("the test that was made, and the scores")
        } else if high < 0.2 || low > 0.99 {
            Finding::new(
                "auc-comparison",
                Severity::Doubtful,
                place,
                "the P value needs an unusual correlation between two models in the same cases",
            )
            .line(line)
            .resolve("the test that was made")
        } else {
            Finding::new(
                "auc-comparison",
                Severity::Passed,
                place,
                "the P value fits the intervals",
            )
            .line(line)
        });
    }
    findings
}
