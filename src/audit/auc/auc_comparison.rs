//! The P value of a difference of AUCs.
//!
//! z = |A₁ - A₂| / SD with SD² = SE₁² + SE₂² - 2 r SE₁ SE₂, so that |SE₁ - SE₂| ≤ SD ≤ SE₁ + SE₂ whatever the correlation r. The
//! areas, the limits that the standard errors come from and the P value are all taken with their rounding.

use crate::audit::place::Spot;
use crate::audit::{Check, Finding, Printed, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::stats::base::distributions::normal_quantile;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-comparison",
    needs: words::NEEDS_TWO_AUCS,
    formula: "z = Φ⁻¹(1 - P/2) fixes the correlation r in Var = SE₁² + SE₂² - 2 r SE₁ SE₂; |r| ≤ 1",
    source: "Hanley & McNeil 1983; DeLong et al. 1988",
    severity: Severity::Impossible,
    words: words::RISE_AND_FALL,
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
        let quantile = 2.0 * model.interval_quantile();
        let error = |ci: &[Printed; 2]| (Range::of(&ci[1]) - Range::of(&ci[0])).map(|width| width / quantile);
        let (se_a, se_b) = (error(ci_a), error(ci_b));
        if se_a.low <= 0.0 || se_b.low <= 0.0 {
            continue;
        }
        let place = Spot::new(words::against_in(&test.a, &test.b, &test.set), &test.at).key("p");
        let apart = Range::of_share(a) - Range::of_share(b);
        let difference = if apart.meets(Range::exactly(0.0)) {
            Range::new(0.0, apart.low.abs().max(apart.high.abs()))
        } else {
            apart.map(f64::abs)
        };
        // A P value of 1 asks for no difference, and of nearly 0 for any.
        let z = (Range::of(&test.p).within(1e-300, 1.0)).map(|p| normal_quantile(1.0 - 0.5 * p).clamp(1e-12, 38.0));
        let deviation = Range {
            low: difference.low / z.high,
            high: difference.high / z.low,
        };
        let [low, high] = correlations(se_a, se_b, deviation);
        let middle = |range: Range| share(0.5 * (range.low + range.high), 4);
        let line = words::correlation_between(
            share((a.value - b.value).abs(), 3),
            middle(se_a),
            middle(se_b),
            &test.p.text,
            share(low.max(-9.99), 2),
            share(high.min(9.99), 2),
        );
        findings.push(if high < -1.0 || low > 1.0 {
            Finding::new(CHECK.id, Severity::Impossible, place, words::NO_CORRELATION)
                .line(line)
                .resolve(words::TEST_AND_SCORES)
        } else if high < 0.2 || low > 0.99 {
            Finding::new(CHECK.id, Severity::Doubtful, place, words::UNUSUAL_CORRELATION)
                .line(line)
                .resolve(words::TEST_MADE)
        } else {
            Finding::new(CHECK.id, Severity::Passed, place, words::P_FITS_INTERVALS).line(line)
        });
    }
    findings
}

/// The correlations that standard errors and the deviation of the difference leave: the lowest and the highest.
///
/// r = (x² + y² - s²) / (2 x y) falls with s. Over x it has one minimum, at √(y² - s²), and likewise over y; within the box
/// there is none, so that the ends lie on edges.
fn correlations(one: Range, other: Range, deviation: Range) -> [f64; 2] {
    let r = |x: f64, y: f64, s: f64| (x * x + y * y - s * s) / (2.0 * x * y);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut take = |value: f64| {
        low = low.min(value);
        high = high.max(value);
    };
    let inside =
        |fixed: f64, s: f64, range: Range| (fixed * fixed - s * s).max(0.0).sqrt().clamp(range.low, range.high);
    for s in [deviation.low, deviation.high] {
        for x in [one.low, one.high] {
            for y in [other.low, other.high] {
                take(r(x, y, s));
            }
            take(r(x, inside(x, s, other), s));
        }
        for y in [other.low, other.high] {
            take(r(inside(y, s, one), y, s));
        }
    }
    [low, high]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(a: &str, b: &str, p: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, performance: [{{model: a, set: test, auc: {a}}}, {{model: b, set: test, auc: {b}}}], comparisons: [{{a: a, b: b, set: test, p: \"{p}\"}}]}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_p_value_that_no_rounding_can_save_and_one_that_rounding_explains() {
        // Standard errors of 0.051 each: a difference of 0.05 has at most P = 0.62, at a correlation of -1.
        let (a, b) = (
            "\"0.700\", ci: [\"0.600\", \"0.800\"]",
            "\"0.750\", ci: [\"0.650\", \"0.850\"]",
        );
        assert_eq!(found(a, b, "0.900"), Severity::Impossible);
        assert_eq!(found(a, b, "0.317"), Severity::Passed);
        assert_eq!(found(a, b, "> 0.05"), Severity::Passed);
        // With two digits the areas may be 0.7049 and 0.745, a tenth nearer to each other.
        let (a, b) = ("\"0.7\", ci: [\"0.6\", \"0.8\"]", "\"0.8\", ci: [\"0.7\", \"0.9\"]");
        assert_ne!(found(a, b, "0.900"), Severity::Impossible);
        // Equal to the last digit: anything but a P near 1 needs a correlation of nearly 1.
        let (a, b) = (
            "\"0.750\", ci: [\"0.650\", \"0.850\"]",
            "\"0.750\", ci: [\"0.650\", \"0.850\"]",
        );
        assert_eq!(found(a, b, "0.001"), Severity::Doubtful);
        // Standard errors that lie far apart cannot give so small a deviation.
        let (a, b) = (
            "\"0.700\", ci: [\"0.680\", \"0.720\"]",
            "\"0.750\", ci: [\"0.550\", \"0.950\"]",
        );
        assert_eq!(found(a, b, "0.0001"), Severity::Impossible);
    }

    #[test]
    fn the_ends_are_those_of_a_grid() {
        let (one, other, s) = (Range::new(0.02, 0.05), Range::new(0.03, 0.09), Range::new(0.01, 0.06));
        let [low, high] = correlations(one, other, s);
        let at = |range: Range, step: i32| range.low + (range.high - range.low) * f64::from(step) / 60.0;
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for i in 0..=60 {
            for j in 0..=60 {
                for k in 0..=60 {
                    let (x, y, s) = (at(one, i), at(other, j), at(s, k));
                    let r = (x * x + y * y - s * s) / (2.0 * x * y);
                    least = least.min(r);
                    most = most.max(r);
                }
            }
        }
        assert!(low <= least + 1e-12 && least - low < 0.01, "{low} {least}");
        assert!(high >= most - 1e-12 && high - most < 0.01, "{high} {most}");
    }
}
