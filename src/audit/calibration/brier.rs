//! A Brier score between what its area under the curve and its prevalence allow.
//!
//! With π the share of events, A the area, and risks in [0, 1]:
//!
//! - *Any* risks have a Brier score of at least (1 - A) π (1 - π). Proof: in a pair of an event and another case that is ranked
//!   wrongly or tied, the event's risk p is at most the other's q, so w (1 - p)² + v q² ≥ w v / (w + v) for all weights. With
//!   w = 1/n₀ and v = 1/n₁ the sum over these pairs, of which there are at least (1 - A) n₁ n₀, is at most the sum of all squared
//!   errors; divide by n.
//! - *Calibrated* risks have the score π (1 - π) - Var(p) (Brier 1950; Murphy 1973) and E|p - p'| = 2 π (1 - π) (2 A - 1), for a
//!   pair is ranked rightly rather than wrongly with probability p - p'. From (p - p')² ≤ |p - p'| the score is at least
//!   2 (1 - A) π (1 - π); from Gini's mean difference being at most 2 SD / √3 it is at most
//!   π (1 - π) (1 - 3 (2 A - 1)² π (1 - π)).

use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "brier-score",
    needs: words::NEEDS_BRIER,
    formula: "any risks: Brier ≥ (1 - A) π(1 - π); calibrated ones: 2 (1 - A) π(1 - π) ≤ Brier ≤ π(1 - π)(1 - 3 (2A - 1)² π(1 - π)); \
              knowing nothing: π(1 - π)",
    source: "Brier 1950; Murphy 1973; the inequality of a pair ranked wrongly, summed",
    severity: Severity::Impossible,
    words: words::BRIER_WHY,
    run: brier,
};

/// The least score of any risks, the least and the most of calibrated ones.
fn bounds(area: f64, prevalence: f64) -> [f64; 3] {
    let spread = prevalence * (1.0 - prevalence);
    let lead = 2.0 * area - 1.0;
    [
        (1.0 - area) * spread,
        2.0 * (1.0 - area) * spread,
        spread * (1.0 - 3.0 * lead * lead * spread),
    ]
}

fn brier(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(printed), Some(set)) = (&row.brier, model.set(&row.set)) else {
            continue;
        };
        if set.events == 0 || set.others() == 0 {
            continue;
        }
        let prevalence = set.prevalence();
        let score = Range::of(printed);
        let nothing = prevalence * (1.0 - prevalence);
        let area = row.auc.as_ref().map(Range::of_share);
        let mut lines = vec![words::brier_nothing(
            set.events,
            set.cases,
            share(nothing, 4),
            &printed.text,
        )];
        let (mut least, mut least_calibrated, mut most_calibrated) = (0.0, 0.0, nothing);
        if let (Some(area), Some(auc)) = (area, &row.auc) {
            // The kindest area for each bound: the highest for the lower ones, the one nearest to 0.5 for the upper one.
            [least, least_calibrated, _] = bounds(area.high, prevalence);
            [_, _, most_calibrated] = bounds(0.5f64.clamp(area.low, area.high), prevalence);
            lines.push(words::brier_bounds(
                &auc.text,
                share(least, 4),
                share(least_calibrated, 4),
                share(most_calibrated, 4),
            ));
        }
        let finding = |severity, says| Finding::new(CHECK.id, severity, row.spot().key("brier"), says);
        let below = |bound: f64| score.is_below(Range::exactly(bound));
        let above = |bound: f64| Range::exactly(bound).is_below(score);
        findings.push(if below(least) || above(1.0) {
            finding(Severity::Impossible, words::NO_RISKS_SCORE_SO)
                .lines(lines)
                .resolve(words::RISKS_BEHIND)
        } else if above(nothing) {
            finding(Severity::Doubtful, words::WORSE_THAN_NOTHING)
                .lines(lines)
                .resolve(words::CALIBRATION_IN_TEST)
        } else if below(least_calibrated) {
            finding(Severity::Doubtful, words::BETTER_THAN_CALIBRATED)
                .lines(lines)
                .resolve(words::RISKS_BEHIND)
        } else if above(most_calibrated) {
            finding(Severity::Note, words::NOT_CALIBRATED)
                .lines(lines)
                .resolve(words::CALIBRATION_IN_TEST)
        } else {
            finding(Severity::Passed, words::BRIER_FITS).lines(lines)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(auc: &str, score: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, sample: {{sets: {{test: {{cases: 30, events: 10}}}}}}, performance: [{{model: m, set: test, auc: \"{auc}\", brier: \"{score}\"}}]}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_score_that_no_rounding_can_save_and_one_that_rounding_explains() {
        // At 10 of 30 and an area of 0.700 any risks have at least 0.3 · 2/9 = 0.0667.
        assert_eq!(found("0.700", "0.050"), Severity::Impossible);
        assert_eq!(found("0.700", "0.065"), Severity::Impossible);
        // With fewer digits the area may be 0.7499 and the score 0.0649.
        assert_ne!(found("0.7", "0.060"), Severity::Impossible);
        assert_ne!(found("0.700", "0.07"), Severity::Impossible);
        assert_eq!(found("0.700", "0.260"), Severity::Doubtful);
        assert_eq!(found("0.700", "0.100"), Severity::Doubtful);
        assert_eq!(found("0.900", "0.205"), Severity::Note);
        assert_eq!(found("0.800", "0.150"), Severity::Passed);
    }

    /// The bounds hold for risks of any kind, and those of calibrated risks for calibrated ones.
    #[test]
    fn no_risks_break_the_bounds() {
        let mut state = 1u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for round in 0..400 {
            let n = 4 + round % 9;
            let coarse = (round % 3) as f64;
            let risks: Vec<f64> = (0..n)
                .map(|_| {
                    if coarse > 0.0 {
                        (draw() * 2.0 * coarse).round() / (2.0 * coarse)
                    } else {
                        draw()
                    }
                })
                .collect();
            let events: Vec<bool> = (0..n).map(|case| case == 0 || (case > 1 && draw() < 0.4)).collect();
            let (mut right, mut pairs, mut score) = (0.0, 0.0, 0.0);
            for (p, event) in risks.iter().zip(&events) {
                score += (p - f64::from(u8::from(*event))).powi(2) / n as f64;
                for (q, other) in risks.iter().zip(&events).filter(|_| *event) {
                    if !other {
                        pairs += 1.0;
                        right += if p > q {
                            1.0
                        } else if p == q {
                            0.5
                        } else {
                            0.0
                        };
                    }
                }
            }
            let prevalence = events.iter().filter(|event| **event).count() as f64 / n as f64;
            let [least, ..] = bounds(right / pairs, prevalence);
            assert!(score >= least - 1e-12, "{score} {least}");
        }
        // Calibrated: groups of cases in which the share of events is the risk.
        for round in 0..400 {
            let groups: Vec<(f64, f64)> = (0..2 + round % 4).map(|_| (draw(), draw())).collect();
            let weight: f64 = groups.iter().map(|group| group.1).sum();
            let over = |of: &dyn Fn(f64) -> f64| groups.iter().map(|(p, w)| w / weight * of(*p)).sum::<f64>();
            let prevalence = over(&|p| p);
            let score = over(&|p| p * (1.0 - p));
            let right = over(&|p| {
                over(&|q| {
                    p * (1.0 - q)
                        * if p > q {
                            1.0
                        } else if p == q {
                            0.5
                        } else {
                            0.0
                        }
                })
            });
            let [_, least, most] = bounds(right / (prevalence * (1.0 - prevalence)), prevalence);
            assert!(
                score >= least - 1e-12 && score <= most + 1e-12,
                "{least} {score} {most}"
            );
        }
    }
}
