//! Precision against recall, the ROC curve's companion for rare events.

use super::{Direction, check, score_steps};
use crate::stats::StatsError;

/// A precision-recall curve, from the strictest cut downwards.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionRecall {
    /// The distinct scores, each the cut of its point (positive is at or beyond it)
    pub thresholds: Vec<f64>,
    /// Share of events among those called positive
    pub precision: Vec<f64>,
    /// Share of events called positive
    pub recall: Vec<f64>,
    /// The area by steps, Σ (gain of recall) × precision
    pub average_precision: f64,
    /// The area by straight lines from (0, 1); too hopeful, since precision is not linear between points
    pub trapezoid: f64,
}

/// The precision-recall curve of a score.
///
/// # Errors
/// Where lengths differ, a score is not finite, or an outcome is missing.
pub fn precision_recall(outcome: &[bool], scores: &[f64], direction: Direction) -> Result<PrecisionRecall, StatsError> {
    let (n_pos, _) = check(outcome, scores)?;
    let mut curve = PrecisionRecall {
        thresholds: Vec::new(),
        precision: Vec::new(),
        recall: Vec::new(),
        average_precision: 0.0,
        trapezoid: 0.0,
    };
    let (mut found, mut called) = (0, 0);
    let (mut last_recall, mut last_precision) = (0.0, 1.0);
    for step in score_steps(outcome, scores, direction).into_iter().rev() {
        found += step.cases;
        called += step.cases + step.controls;
        let precision = found as f64 / called as f64;
        let recall = found as f64 / n_pos as f64;
        curve.average_precision += (recall - last_recall) * precision;
        curve.trapezoid += (recall - last_recall) * (precision + last_precision) / 2.0;
        curve.thresholds.push(direction.orient(step.score));
        curve.precision.push(precision);
        curve.recall.push(recall);
        (last_recall, last_precision) = (recall, precision);
    }
    Ok(curve)
}
