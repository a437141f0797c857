//! The P value of a difference of AUCs.

use crate::audit::{Check, Finding, Printed, PublishedModel, Relation, Severity};
use crate::stats::base::distributions::normal_quantile;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-comparison",
    needs: "a P value for two AUCs in one set and both intervals",
    formula: "z = Φ⁻¹(1 - P/2) fixes the correlation r in Var = SE₁² + SE₂² - 2 r SE₁ SE₂; |r| ≤ 1",
    source: "Hanley & McNeil 1983; DeLong et al. 1988",
    severity: Severity::Impossible,
    words: "Two models scored on the same patients rise and fall together. The P value of their difference says how much, \
            and more than wholly is impossible.",
    run: comparison,
};

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
        let error = |ci: &[Printed; 2]| (ci[1].value - ci[0].value) / (2.0 * model.interval_quantile());
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
            Relation::Equal => (test.p.low().max(1e-300), test.p.high().min(1.0)),
            Relation::Below => (1e-300, test.p.value),
            Relation::Above => (test.p.value, 1.0 - 1e-12),
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
            "difference {}, SEs {} and {}, P {}: the correlation lies between {} and {}",
            share(difference, 3),
            share(se_a, 4),
            share(se_b, 4),
            test.p.text,
            share(low, 2),
            share(high, 2)
        );
        findings.push(if high < -1.0 || low > 1.0 {
            Finding::new(
                CHECK.id,
                Severity::Impossible,
                place,
                "no correlation between the two areas gives this P value",
            )
            .line(line)
            .resolve("the test that was made, and the scores")
        } else if high < 0.2 || low > 0.99 {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                place,
                "the P value needs an unusual correlation between two models in the same cases",
            )
            .line(line)
            .resolve("the test that was made")
        } else {
            Finding::new(CHECK.id, Severity::Passed, place, "the P value fits the intervals").line(line)
        });
    }
    findings
}
