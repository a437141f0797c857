//! P values of means.

use super::recomputed::{pair, t_tests};
use crate::audit::place::Spot;
use crate::audit::published::BaselineKind;
use crate::audit::{Check, Finding, PublishedModel, Relation, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::probability;

pub(super) static CHECK: Check = Check {
    id: "p-of-means",
    needs: words::NEEDS_MEANS,
    formula: "t = (m₁ - m₂) / SE; Student with the pooled variance, Welch with each its own",
    source: "Student 1908; Welch 1947",
    severity: Severity::Doubtful,
    words: words::FROM_MEANS,
    run: of_means,
};

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
            words::means_printed(
                &mean_a.text,
                &sd_a.text,
                set_a.cases,
                &mean_b.text,
                &sd_b.text,
                set_b.cases,
                &p.text,
            ),
            words::student_welch(probability(exact[0]), probability(exact[1])),
        ];
        let fits = [0, 1].map(|test| match p.relation {
            Relation::Equal => p.meets(narrowest[test], widest[test]),
            Relation::Below => narrowest[test] <= p.value,
            Relation::Above => widest[test] >= p.value,
        });
        let name = Spot::new(row.name.clone(), &row.at);
        findings.push(match fits {
            [false, false] => Finding::new(CHECK.id, Severity::Doubtful, name, words::NO_T_TEST)
                .lines(lines)
                .resolve(words::TEST_AND_MISSING),
            [true, true] => Finding::new(CHECK.id, Severity::Passed, name, words::A_T_TEST).lines(lines),
            [student, _] => Finding::new(
                CHECK.id,
                Severity::Passed,
                name,
                words::p_is_of(if student { "Student" } else { "Welch" }),
            )
            .lines(lines),
        });
    }
    findings
}
