//! P values of counts.

use super::recomputed::{pair, two_by_two};
use crate::audit::published::BaselineKind;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::stats::base::number::probability;

pub(super) static CHECK: Check = Check {
    id: "p-of-counts",
    needs: "counts of two categories in two sets, and their P value",
    formula: "Pearson's chi-square, with Yates' correction, likelihood ratio, Fisher's exact test",
    source: "Pearson 1900; Yates 1934; Fisher 1935",
    severity: Severity::Doubtful,
    words: "The P value follows from the four counts; which test gives it says which was made.",
    run: of_counts,
};

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
                .map(|(name, value)| format!("{name} {}", probability(*value)))
                .collect::<Vec<_>>()
                .join("; "),
        ];
        findings.push(if fitting.is_empty() {
            let crosses = tests.iter().all(|(_, value)| (*value < 0.05) != (p.value < 0.05));
            Finding::new(
                CHECK.id,
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
                CHECK.id,
                Severity::Passed,
                row.name.clone(),
                format!("the P value is that of {}", fitting.join(" and of ")),
            )
            .lines(lines)
        });
    }
    findings
}
