//! P values beside the counts, means and coefficients from which they come.
//!
//! The idea of recomputing them is statcheck's (Nuijten et al. 2016).

use super::published::{BaselineKind, BaselineRow};
use super::{Check, Finding, Printed, PublishedModel, Relation, Severity};
use ndarray::arr2;

use crate::stats::base::distributions::{normal_quantile, normal_two_sided, t_two_sided};
use crate::stats::compare::{Contingency, fisher};

/// The family's checks.
pub static CHECKS: &[Check] = &[
    Check {
        id: "p-of-counts",
        needs: "counts of two categories in two sets, and their P value",
        formula: "Pearson's chi-square, with Yates' correction, likelihood ratio, Fisher's exact test",
        source: "Pearson 1900; Yates 1934; Fisher 1935",
        severity: Severity::Doubtful,
        words: "The P value follows from the four counts; which test gives it says which was made.",
        run: of_counts,
    },
    Check {
        id: "p-of-means",
        needs: "mean and standard deviation in two sets, and their P value",
        formula: "t = (m₁ - m₂) / SE; Student with the pooled variance, Welch with each its own",
        source: "Student 1908; Welch 1947",
        severity: Severity::Doubtful,
        words: "The P value follows from means, standard deviations and numbers.",
        run: of_means,
    },
    Check {
        id: "p-of-coefficient",
        needs: "a predictor with two or more of coefficient, SE, z, P, odds ratio and interval",
        formula: "z = b / SE; P = 2 Φ(-|z|); OR = exp(b); interval = exp(b ± 1.96 SE); OR² = lower · upper",
        source: "Wald 1943",
        severity: Severity::Doubtful,
        words: "Coefficient, standard error, P value and odds ratio say one thing in four ways.",
        run: of_coefficient,
    },
    Check {
        id: "inverted-inequality",
        needs: "a sentence with a claim and a P value",
        formula: "significant: P < 0.05; not significant: P ≥ 0.05",
        source: "definition",
        severity: Severity::Impossible,
        words: "\"No significant difference (P < 0.05)\" says two opposite things.",
        run: inverted,
    },
    Check {
        id: "difference-after-random-split",
        needs: "P values of baseline rows and how the sets were made",
        formula: "after a random split all differences are by chance: P < 0.01 in one row of a hundred",
        source: "Altman 1985",
        severity: Severity::Doubtful,
        words: "If chance alone made the sets, they rarely differ much. A clear difference asks how they were made.",
        run: after_split,
    },
    Check {
        id: "p-range",
        needs: "P values",
        formula: "0 < P ≤ 1",
        source: "definition",
        severity: Severity::Impossible,
        words: "A probability lies between 0 and 1.",
        run: range,
    },
];

/// P values of a 2 x 2 table by each test, with the test's name; none where a row or column is empty.
pub fn two_by_two(a: [usize; 2], b: [usize; 2]) -> Vec<(&'static str, f64)> {
    let table = arr2(&[a, b]);
    let (Ok(tests), Ok(exact)) = (Contingency::new(table.view()), fisher(table.view(), 0.95)) else {
        return Vec::new();
    };
    let mut found = vec![("Pearson's chi-square", tests.p)];
    found.extend(tests.p_yates.map(|p| ("chi-square with Yates' correction", p)));
    found.push(("likelihood ratio", tests.p_likelihood_ratio));
    found.push(("Fisher's exact test", exact.p));
    found
}

/// The two sets of a row that has exactly two.
fn pair(row: &BaselineRow) -> Option<([&str; 2], [&[Printed]; 2])> {
    match row.values.as_slice() {
        [(a, x), (b, y)] => Some(([a, b], [x, y])),
        _ => None,
    }
}

fn of_counts(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in model.baseline.iter().filter(|row| row.kind == BaselineKind::Counts) {
        let (Some(p), Some((_, [a, b]))) = (&row.p, pair(row)) else {
            continue;
        };
        let ([a0, a1], [b0, b1]) = (a, b) else { continue };
        let count = |printed: &Printed| printed.value as usize;
        let (a, b) = ([count(a0), count(a1)], [count(b0), count(b1)]);
        if a[0] + b[0] == 0 || a[1] + b[1] == 0 || a[0] + a[1] == 0 || b[0] + b[1] == 0 {
            continue;
        }
        let tests = two_by_two(a, b);
        let fitting: Vec<&str> = tests
            .iter()
            .filter(|(_, value)| p.allows(*value))
            .map(|(name, _)| *name)
            .collect();
        let lines = [
            format!("{}/{} against {}/{}, printed P {}", a[0], a[1], b[0], b[1], p.text),
            tests
                .iter()
                .map(|(name, value)| format!("{name} {value:.4}"))
                .collect::<Vec<_>>()
                .join("; "),
        ];
        findings.push(if fitting.is_empty() {
            let crosses = tests.iter().all(|(_, value)| (*value < 0.05) != (p.value < 0.05));
            Finding::new(
                "p-of-counts",
                Severity::Doubtful,
                row.name.clone(),
                if crosses {
                    "no usual test gives this P value, and all of them fall on the other side of 0.05"
                } else {
                    "no usual test gives this P value"
                },
            )
            .lines(lines)
            .resolve("the test that was made, and the counts")
        } else {
            Finding::new(
                "p-of-counts",
                Severity::Passed,
                row.name.clone(),
                format!("the P value is that of {}", fitting.join(" and of ")),
            )
            .lines(lines)
        });
    }
    findings
}

/// Student's and Welch's P values from means, standard deviations and numbers.
pub fn t_tests(mean: [f64; 2], deviation: [f64; 2], n: [f64; 2]) -> [f64; 2] {
    let difference = mean[0] - mean[1];
    let variance = deviation.map(|deviation| deviation * deviation);
    let pooled = ((n[0] - 1.0) * variance[0] + (n[1] - 1.0) * variance[1]) / (n[0] + n[1] - 2.0);
    let student = difference / (pooled * (1.0 / n[0] + 1.0 / n[1])).sqrt();
    let parts = [variance[0] / n[0], variance[1] / n[1]];
    let sum = parts[0] + parts[1];
    let degrees = sum * sum / (parts[0] * parts[0] / (n[0] - 1.0) + parts[1] * parts[1] / (n[1] - 1.0));
    [
        t_two_sided(student, n[0] + n[1] - 2.0),
        t_two_sided(difference / sum.sqrt(), degrees),
    ]
}

fn of_means(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in model.baseline.iter().filter(|row| row.kind == BaselineKind::Mean) {
        let (Some(p), Some((sets, [a, b]))) = (&row.p, pair(row)) else {
            continue;
        };
        let ([mean_a, sd_a], [mean_b, sd_b]) = (a, b) else {
            continue;
        };
        let (Some(set_a), Some(set_b)) = (model.set(sets[0]), model.set(sets[1])) else {
            continue;
        };
        if set_a.cases < 2 || set_b.cases < 2 || sd_a.value <= 0.0 || sd_b.value <= 0.0 {
            continue;
        }
        let n = [set_a.cases as f64, set_b.cases as f64];
        let exact = t_tests([mean_a.value, mean_b.value], [sd_a.value, sd_b.value], n);
        // The largest and smallest P that rounding leaves: means as near and spreads as wide as they can be, and the reverse.
        let gap = (mean_a.value - mean_b.value).abs();
        let slack = mean_a.half_unit + mean_b.half_unit;
        let widest = t_tests([(gap - slack).max(0.0), 0.0], [sd_a.high(), sd_b.high()], n);
        let narrowest = t_tests([gap + slack, 0.0], [sd_a.low().max(1e-300), sd_b.low().max(1e-300)], n);
        let lines = vec![
            format!(
                "{} ± {} (n = {}) against {} ± {} (n = {}), printed P {}",
                mean_a.text, sd_a.text, set_a.cases, mean_b.text, sd_b.text, set_b.cases, p.text
            ),
            format!("Student {:.4}; Welch {:.4}", exact[0], exact[1]),
        ];
        let fits = [0, 1].map(|test| match p.relation {
            Relation::Equal => p.meets(narrowest[test], widest[test]),
            Relation::Below => narrowest[test] <= p.value,
            Relation::Above => widest[test] >= p.value,
        });
        let name = row.name.clone();
        findings.push(match fits {
            [false, false] => Finding::new("p-of-means", Severity::Doubtful, name, "no t-test gives this P value")
                .lines(lines)
                .resolve("the test that was made, and how many values are missing"),
            [true, true] => {
                Finding::new("p-of-means", Severity::Passed, name, "a t-test gives the P value").lines(lines)
            }
            [student, _] => Finding::new(
                "p-of-means",
                Severity::Passed,
                name,
                format!("the P value is {}'s", if student { "Student" } else { "Welch" }),
            )
            .lines(lines),
        });
    }
    findings
}

fn of_coefficient(model: &PublishedModel) -> Vec<Finding> {
    let z975 = normal_quantile(0.975);
    let mut findings = Vec::new();
    for row in &model.predictors {
        let mut lines = Vec::new();
        let mut wrong = Vec::new();
        let mut compare = |what: String, low: f64, high: f64, printed: &Printed| {
            let fits = match printed.relation {
                Relation::Equal => printed.meets(low, high),
                Relation::Below => low <= printed.value,
                Relation::Above => high >= printed.value,
            };
            let text = format!("{what}: {low:.4} to {high:.4}, printed {}", printed.text);
            if fits { lines.push(text) } else { wrong.push(text) }
        };
        // The range of |z| that the printed numbers leave, from whatever is there.
        let mut z_range = None;
        if let (Some(b), Some(se)) = (&row.coefficient, &row.se)
            && se.low() > 0.0
        {
            let (low, high) = quotient(b, se);
            z_range = Some((low, high));
            if let Some(z) = &row.z {
                compare("z = b / SE".to_owned(), low, high, z);
            }
        } else if let Some(z) = &row.z {
            z_range = Some((z.low(), z.high()));
        } else if let (Some(or), Some([lower, upper])) = (&row.odds_ratio, &row.ci)
            && lower.low() > 0.0
            && or.low() > 0.0
        {
            let widest = (upper.high() / lower.low()).ln() / (2.0 * z975);
            let narrowest = (upper.low() / lower.high()).ln() / (2.0 * z975);
            if narrowest > 0.0 {
                let (low, high) = (or.low().ln(), or.high().ln());
                z_range = Some((
                    (low / widest).min(low / narrowest),
                    (high / widest).max(high / narrowest),
                ));
            }
        }
        if let (Some((low, high)), Some(p)) = (z_range, &row.p) {
            let (least, most) = if low <= 0.0 && high >= 0.0 {
                (0.0, low.abs().max(high.abs()))
            } else {
                (low.abs().min(high.abs()), low.abs().max(high.abs()))
            };
            compare(
                "P = 2 Φ(-|z|)".to_owned(),
                normal_two_sided(most),
                normal_two_sided(least),
                p,
            );
        }
        if let (Some(b), Some(or)) = (&row.coefficient, &row.odds_ratio) {
            compare("OR = exp(b)".to_owned(), b.low().exp(), b.high().exp(), or);
        }
        if let (Some(or), Some([lower, upper])) = (&row.odds_ratio, &row.ci)
            && lower.low() > 0.0
        {
            compare(
                "OR = √(lower · upper)".to_owned(),
                (lower.low() * upper.low()).sqrt(),
                (lower.high() * upper.high()).sqrt(),
                or,
            );
        }
        if lines.is_empty() && wrong.is_empty() {
            continue;
        }
        let name = row.name.clone();
        findings.push(if wrong.is_empty() {
            Finding::new(
                "p-of-coefficient",
                Severity::Passed,
                name,
                "coefficient, test and odds ratio agree",
            )
            .lines(lines)
        } else {
            Finding::new(
                "p-of-coefficient",
                Severity::Doubtful,
                name,
                "coefficient, test and odds ratio do not agree as Wald's do",
            )
            .lines(wrong)
            .line("a likelihood-ratio test or a profile interval may differ a little")
            .resolve("the regression's own output")
        });
    }
    findings
}

/// The range of a quotient of two printed numbers, the second above 0.
fn quotient(numerator: &Printed, denominator: &Printed) -> (f64, f64) {
    let corners = [
        numerator.low() / denominator.low(),
        numerator.low() / denominator.high(),
        numerator.high() / denominator.low(),
        numerator.high() / denominator.high(),
    ];
    (
        corners.iter().copied().fold(f64::INFINITY, f64::min),
        corners.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    )
}

fn inverted(model: &PublishedModel) -> Vec<Finding> {
    model
        .statements
        .iter()
        .map(|statement| {
            let p = &statement.p;
            let below = match p.relation {
                Relation::Equal => p.value < 0.05,
                Relation::Below => p.value <= 0.05,
                Relation::Above => false,
            };
            let above = match p.relation {
                Relation::Equal | Relation::Above => p.value >= 0.05,
                Relation::Below => false,
            };
            let contradicts = if statement.significant { above } else { below };
            let claim = if statement.significant {
                "significant"
            } else {
                "not significant"
            };
            let line = format!("claim: {claim}; P {}", p.text);
            if contradicts {
                Finding::new(
                    "inverted-inequality",
                    Severity::Impossible,
                    statement.text.clone(),
                    "the sentence contradicts its own P value: the inequality is inverted",
                )
                .line(line)
                .resolve("the P values themselves")
            } else {
                Finding::new(
                    "inverted-inequality",
                    Severity::Passed,
                    statement.text.clone(),
                    "claim and P value agree",
                )
                .line(line)
            }
        })
        .collect()
}

fn after_split(model: &PublishedModel) -> Vec<Finding> {
    let random = model
        .sample
        .split
        .as_deref()
        .is_some_and(|split| split.to_lowercase().contains("random"));
    if !random {
        return Vec::new();
    }
    let rows: Vec<_> = model.baseline.iter().filter(|row| row.p.is_some()).collect();
    let mut findings = Vec::new();
    for row in &rows {
        let Some(p) = row
            .p
            .as_ref()
            .filter(|p| p.relation != Relation::Above && p.high() < 0.01)
        else {
            continue;
        };
        let values = row
            .values
            .iter()
            .map(|(set, cells)| {
                format!(
                    "{set} {}",
                    cells
                        .iter()
                        .map(|cell| cell.text.as_str())
                        .collect::<Vec<_>>()
                        .join(" / ")
                )
            })
            .collect::<Vec<_>>()
            .join("; ");
        let any = 1.0 - (1.0 - p.value).powi(rows.len() as i32);
        findings.push(
            Finding::new(
                "difference-after-random-split",
                Severity::Doubtful,
                row.name.clone(),
                format!("the sets differ (P {}) although the split was random", p.text),
            )
            .line(values)
            .line(format!("the chance of such a row among {} is about {any:.3}", rows.len()))
            .resolve("how the split was made (by date, by patient, or again), and an analysis that allows for the difference"),
        );
    }
    if findings.is_empty() && !rows.is_empty() {
        findings.push(Finding::new(
            "difference-after-random-split",
            Severity::Passed,
            "baseline table",
            "no clear difference between the sets",
        ));
    }
    findings
}

fn range(model: &PublishedModel) -> Vec<Finding> {
    let all = model
        .baseline
        .iter()
        .filter_map(|row| Some((row.name.clone(), row.p.as_ref()?)))
        .chain(
            model
                .predictors
                .iter()
                .filter_map(|row| Some((row.name.clone(), row.p.as_ref()?))),
        )
        .chain(
            model
                .comparisons
                .iter()
                .map(|row| (format!("{} against {}", row.a, row.b), &row.p)),
        )
        .chain(model.statements.iter().map(|row| (row.text.clone(), &row.p)));
    all.filter(|(_, p)| p.low() > 1.0 || p.value < 0.0)
        .map(|(place, p)| {
            Finding::new("p-range", Severity::Impossible, place, "a P value outside 0 to 1")
                .line(p.text.clone())
                .resolve("the P value")
        })
        .collect()
}
