//! P values of counts.

use super::recomputed::{pair, two_by_two};
use crate::audit::place::Spot;
use crate::audit::published::BaselineKind;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::probability;

pub(super) static CHECK: Check = Check {
    id: "p-of-counts",
    needs: words::NEEDS_COUNTS,
    formula: "Pearson's chi-square, with Yates' correction, likelihood ratio, Fisher's exact test",
    source: "Pearson 1900; Yates 1934; Fisher 1935",
    severity: Severity::Doubtful,
    words: words::FROM_FOUR_COUNTS,
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
        let fitting = tests
            .iter()
            .filter(|(_, value)| p.allows(*value))
            .map(|(name, _)| Message::from(*name))
            .reduce(words::and_of);
        let lines = [
            words::counts_printed(a[0], a[1], b[0], b[1], &p.text),
            tests
                .iter()
                .map(|(name, value)| words::named_p(*name, probability(*value)))
                .reduce(words::and_then)
                .unwrap_or_default(),
        ];
        findings.push(if let Some(fitting) = fitting {
            Finding::new(
                CHECK.id,
                Severity::Passed,
                Spot::new(row.name.clone(), &row.at),
                words::p_is_that_of(fitting),
            )
            .lines(lines)
        } else {
            let crosses = tests.iter().all(|(_, value)| (*value < 0.05) != (p.value < 0.05));
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                Spot::new(row.name.clone(), &row.at),
                if crosses {
                    words::NO_TEST_CROSSES
                } else {
                    words::NO_TEST
                },
            )
            .lines(lines)
            .resolve(words::TEST_AND_COUNTS)
        });
    }
    findings
}
