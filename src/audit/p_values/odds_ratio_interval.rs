//! An odds ratio in the middle of its interval, on the scale of logarithms.
//!
//! A Wald interval is exp(b ± z SE), so that OR² = lower · upper. One that is symmetrical about the odds ratio itself was made
//! with a standard error of the wrong scale, and may even reach 0.

use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "odds-ratio-interval",
    needs: words::NEEDS_OR_INTERVAL,
    formula: "0 < lower ≤ OR ≤ upper; OR = √(lower · upper), not (lower + upper) / 2",
    source: "Woolf 1955; Bland & Altman 2000",
    severity: Severity::Impossible,
    words: words::OR_INTERVAL_WHY,
    run: odds_ratio_interval,
};

fn odds_ratio_interval(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.predictors {
        let (Some(or), Some([lower, upper])) = (&row.odds_ratio, &row.ci) else {
            continue;
        };
        let (ratio, low, high) = (Range::of(or), Range::of(lower), Range::of(upper));
        let finding =
            |severity, says| Finding::new(CHECK.id, severity, Spot::new(row.name.clone(), &row.at).key("or"), says);
        let zero = Range::exactly(0.0);
        if low.is_below(zero) || ratio.is_below(zero) || ratio.is_below(low) || high.is_below(ratio) {
            findings.push(
                finding(Severity::Impossible, words::OR_OUTSIDE)
                    .line(words::or_with_interval(&or.text, &lower.text, &upper.text))
                    .resolve(words::REGRESSION_OUTPUT),
            );
            continue;
        }
        let positive = |range: Range| range.within(0.0, f64::MAX);
        let middle = (positive(low) * positive(high)).map(f64::sqrt);
        let line = words::or_middle(share(middle.low, 4), share(middle.high, 4), &or.text);
        let arithmetic = (low + high).map(|sum| 0.5 * sum);
        findings.push(if middle.meets(ratio) {
            finding(Severity::Passed, words::OR_IN_MIDDLE).line(line)
        } else if arithmetic.meets(ratio) {
            finding(Severity::Doubtful, words::OR_WRONG_SCALE)
                .line(line)
                .line(words::or_arithmetic(
                    share(arithmetic.low, 4),
                    share(arithmetic.high, 4),
                ))
                .resolve(words::REGRESSION_OUTPUT)
        } else {
            finding(Severity::Doubtful, words::OR_NOT_IN_MIDDLE)
                .line(line)
                .line(words::PROFILE_MAY_DIFFER)
                .resolve(words::REGRESSION_OUTPUT)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(or: &str, low: &str, high: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!("{{model: m, predictors: [{{name: smoking, or: \"{or}\", ci: [\"{low}\", \"{high}\"]}}]}}"),
        )
        .unwrap()
    }

    #[test]
    fn an_interval_that_no_rounding_can_save_and_one_that_rounding_explains() {
        assert_eq!(found("3.00", "1.50", "6.00"), Severity::Passed);
        // √(1.10 · 3.20) is 1.88.
        assert_eq!(found("3.00", "1.10", "3.20"), Severity::Doubtful);
        assert_eq!(found("3.00", "1.00", "5.00"), Severity::Doubtful);
        // A lower limit of 0.1 may be 0.149, and √(0.149 · 4.05) is 0.78.
        assert_eq!(found("0.7", "0.1", "4.0"), Severity::Passed);
        assert_eq!(found("3.00", "3.10", "6.00"), Severity::Impossible);
        assert_eq!(found("3.0", "3.0", "6.0"), Severity::Doubtful);
        assert_eq!(found("1.20", "-0.40", "2.80"), Severity::Impossible);
        assert_eq!(found("0.02", "0.00", "0.41"), Severity::Passed);
    }
}
