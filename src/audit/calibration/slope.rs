//! A calibration slope against its interval, the area under the curve, the Brier score and the number of cases.
//!
//! The slope is the coefficient of a logistic regression of the outcome on the model's log-odds (Cox 1958). Where the area is
//! exactly 1 the log-odds separate the outcomes and that regression has no finite coefficient (Albert & Anderson 1984). What
//! else is said rests on log-odds that are normal with one variance in both groups: then area, prevalence and slope give the
//! Brier score, and the information of the regression the slope's standard error (Riley et al. 2021).

use crate::audit::auc::reachable_areas;
use crate::audit::published::{CaseSet, Performance};
use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::{share, short};
use crate::stats::validation::sample_size::{calibration_slope_error, expected_brier};

pub(super) static CHECK: Check = Check {
    id: "calibration-slope",
    needs: words::NEEDS_SLOPE,
    formula: "lower ≤ slope ≤ upper; no finite slope where A = 1; Brier = E[(p - y)²] for normal log-odds √2 Φ⁻¹(A) apart, divided by \
              the slope, within 3 standard errors; SE = slope · SE(Riley), within half and twice",
    source: "Cox 1958; Albert & Anderson 1984; Riley et al. 2021 (validation)",
    severity: Severity::Impossible,
    words: words::SLOPE_WHY,
    run: slope,
};

fn slope(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(printed) = &row.calibration_slope else {
            continue;
        };
        let slope = Range::of(printed);
        let set = (model.set(&row.set)).filter(|set| set.events > 0 && set.others() > 0);
        let finding = |severity, says| Finding::new(CHECK.id, severity, row.spot().key("calibration_slope"), says);
        let mut lines: Vec<Message> = Vec::new();
        if let Some([lower, upper]) = &row.calibration_slope_ci {
            let line = words::slope_interval(&printed.text, &lower.text, &upper.text);
            if slope.is_below(Range::of(lower)) || Range::of(upper).is_below(slope) {
                findings.push(
                    finding(Severity::Impossible, words::SLOPE_OUTSIDE)
                        .line(line)
                        .resolve(words::INTERVAL_AGAIN),
                );
                continue;
            }
            lines.push(line);
        }
        if let (Some(auc), Some(set)) = (&row.auc, set) {
            let areas = reachable_areas(auc, set.events, set.others());
            if areas.first().is_some_and(|least| *least >= 1.0) {
                findings.push(
                    finding(Severity::Impossible, words::SEPARATED)
                        .line(words::only_area_1(&auc.text, set.events, set.others()))
                        .resolve(words::SLOPE_SOURCE),
                );
                continue;
            }
        }
        let doubts = set.map(|set| doubts(model, row, set, slope)).unwrap_or_default();
        let doubtful: Vec<Message> = doubts
            .iter()
            .filter(|doubt| doubt.1)
            .map(|doubt| doubt.0.clone())
            .collect();
        findings.push(if !doubtful.is_empty() {
            finding(Severity::Doubtful, words::SLOPE_UNEXPECTED)
                .lines(doubtful)
                .resolve(words::SLOPE_SOURCE)
        } else if lines.is_empty() && doubts.is_empty() {
            continue;
        } else {
            lines.extend(doubts.into_iter().map(|doubt| doubt.0));
            finding(Severity::Passed, words::SLOPE_FITS).lines(lines)
        });
    }
    findings
}

/// What normal log-odds let one expect, and whether it is far from what is printed.
fn doubts(model: &PublishedModel, row: &Performance, set: &CaseSet, slope: Range) -> Vec<(Message, bool)> {
    let Some(auc) = &row.auc else { return Vec::new() };
    let area = Range::of_share(auc);
    if area.low <= 0.5 || area.high >= 1.0 || slope.low <= 0.0 || !slope.high.is_finite() {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    let slopes = [slope.low, 1.0f64.clamp(slope.low, slope.high), slope.high];
    if let Some(printed) = &row.brier {
        let mut expected = Range::exactly(f64::NAN);
        for area in [area.low, area.high] {
            for slope in slopes {
                let Ok((mean, deviation)) = expected_brier(area, set.prevalence(), slope) else {
                    continue;
                };
                let far = 3.0 * deviation / (set.cases as f64).sqrt();
                expected = Range {
                    low: expected.low.min(mean - far),
                    high: expected.high.max(mean + far),
                };
            }
        }
        if expected.low.is_finite() {
            let line = words::brier_expected(
                &auc.text,
                row.calibration_slope.as_ref().map_or("", |slope| slope.text.as_str()),
                share(expected.low.max(0.0), 3),
                share(expected.high, 3),
                &printed.text,
            );
            doubts.push((line, !expected.meets(Range::of(printed))));
        }
    }
    if let Some([lower, upper]) = &row.calibration_slope_ci {
        let implied = (Range::of(upper) - Range::of(lower)).map(|width| width / (2.0 * model.interval_quantile()));
        let errors: Vec<f64> = [area.low, area.high]
            .iter()
            .filter_map(|area| calibration_slope_error(*area, set.prevalence(), set.cases).ok())
            .collect();
        if let [one, other] = errors.as_slice() {
            let expected = Range::new(*one, *other) * slope;
            let line = words::slope_error(
                short(0.5 * (implied.low + implied.high), 3),
                short(0.5 * (expected.low + expected.high), 3),
            );
            let far = implied.high < 0.5 * expected.low || implied.low > 2.0 * expected.high;
            doubts.push((line, far));
        }
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(figures: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, sample: {{sets: {{test: {{cases: 200, events: 80}}}}}}, performance: [{{model: m, set: test, {figures}}}]}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_slope_that_no_rounding_can_save_and_one_that_rounding_explains() {
        let ci = "calibration_slope_ci: [\"0.60\", \"1.10\"]";
        assert_eq!(
            found(&format!("calibration_slope: \"1.20\", {ci}")),
            Severity::Impossible
        );
        assert_eq!(found(&format!("calibration_slope: \"1.1\", {ci}")), Severity::Passed);
        assert_eq!(
            found(&format!("calibration_slope: \"1.12\", {ci}")),
            Severity::Impossible
        );
        // 1.00000 of 80 · 120 pairs is 1 itself; 1.00 may be 9552 of 9600 pairs.
        assert_eq!(
            found("auc: \"1.00000\", calibration_slope: \"2.1\""),
            Severity::Impossible
        );
        let rounded = worst_of(
            &CHECK,
            "{model: m, sample: {sets: {test: {cases: 200, events: 80}}}, performance: [{model: m, set: test, auc: \"1.00\", calibration_slope: \"2.1\", calibration_slope_ci: [\"1.2\", \"3.0\"]}]}",
        );
        assert_eq!(rounded, Some(Severity::Passed));
    }

    #[test]
    fn a_brier_score_that_does_not_go_with_slope_and_area() {
        // Calibrated at an area of 0.80 and 40 % events the score is near 0.18; log-odds ten times too steep cost much more.
        assert_eq!(
            found("auc: \"0.800\", brier: \"0.178\", calibration_slope: \"1.00\""),
            Severity::Passed
        );
        assert_eq!(
            found("auc: \"0.800\", brier: \"0.140\", calibration_slope: \"0.10\""),
            Severity::Doubtful
        );
        // With one digit the slope may be anything up to 0.15, the score up to 0.25.
        assert_eq!(
            found("auc: \"0.8\", brier: \"0.2\", calibration_slope: \"1\""),
            Severity::Passed
        );
        let narrow = "auc: \"0.800\", calibration_slope: \"1.00\", calibration_slope_ci: [\"0.98\", \"1.02\"]";
        assert_eq!(found(narrow), Severity::Doubtful);
        let wide = "auc: \"0.800\", calibration_slope: \"1.00\", calibration_slope_ci: [\"0.70\", \"1.30\"]";
        assert_eq!(found(wide), Severity::Passed);
    }
}
