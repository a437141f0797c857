//! How a model was judged, as its file keeps it: on the rows that it was fitted on, and what a study found besides.

use serde::{Deserialize, Serialize};

/// What the risks say of the rows that a model was fitted on: apparent, and so too good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApparentCalibration {
    /// Events observed over events expected
    pub observed_expected: f64,
    /// Brier's score: the mean squared difference of outcome and risk
    pub brier: f64,
}

impl ApparentCalibration {
    /// Of outcomes and risks, one a row; `None` without rows or without a risk above 0.
    pub fn new(events: &[bool], risks: &[f64]) -> Option<Self> {
        let expected: f64 = risks.iter().sum();
        if events.is_empty() || events.len() != risks.len() || expected <= 0.0 {
            return None;
        }
        let observed = events.iter().filter(|event| **event).count() as f64;
        let squares: f64 = events
            .iter()
            .zip(risks)
            .map(|(&event, risk)| (f64::from(u8::from(event)) - risk).powi(2))
            .sum();
        Some(Self {
            observed_expected: observed / expected,
            brier: squares / events.len() as f64,
        })
    }
}

/// How a model was judged on some rows of its study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The rows: training or test
    pub set: String,
    /// How they were judged: apparent or by resampling, or frozen on rows that it has not seen
    pub way: String,
    /// Cases
    pub cases: usize,
    /// Cases with the event
    pub events: usize,
    /// Area under the ROC curve
    pub auc: f64,
    /// The area's confidence limits
    pub auc_limits: [Option<f64>; 2],
    /// Their level
    pub level: f64,
    /// Brier's score
    pub brier: f64,
    /// Intercept of the calibration; the slope is 1
    pub calibration_intercept: Option<f64>,
    /// Slope of the calibration
    pub calibration_slope: Option<f64>,
    /// Events observed over events expected
    pub observed_expected: Option<f64>,
}
