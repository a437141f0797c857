//! The area over a part of the curve (McClish 1989; pROC's `auc(partial.auc = )`).

use super::RocCurve;
use crate::stats::StatsError;

/// The axis on which the part is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PartialFocus {
    /// Between two specificities
    #[default]
    Specificity,
    /// Between two sensitivities
    Sensitivity,
}

/// The area between two specificities (or sensitivities), the curve joined by straight lines.
///
/// `corrected` rescales it so that chance gives 0.5 and a perfect score 1; below chance that is not defined and NaN.
///
/// # Errors
/// Where the two ends are not two different numbers between 0 and 1.
pub fn partial_auc(curve: &RocCurve, focus: PartialFocus, range: [f64; 2], corrected: bool) -> Result<f64, StatsError> {
    let [low, high] = if range[0] <= range[1] {
        range
    } else {
        [range[1], range[0]]
    };
    if !(0.0..1.0).contains(&low) || high > 1.0 || low >= high || high.is_nan() {
        return Err(StatsError::Setting {
            setting: "the range of a partial area".to_owned(),
            value: format!("{low} to {high}"),
            allowed: "two different numbers between 0 and 1".to_owned(),
        });
    }
    let points: Vec<(f64, f64)> = match focus {
        PartialFocus::Specificity => curve
            .specificities
            .iter()
            .copied()
            .zip(curve.sensitivities.iter().copied())
            .collect(),
        PartialFocus::Sensitivity => curve
            .sensitivities
            .iter()
            .copied()
            .zip(curve.specificities.iter().copied())
            .rev()
            .collect(),
    };
    let mut area = 0.0;
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let (from, to) = (x0.max(low), x1.min(high));
        if to > from {
            let height = |x: f64| y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
            area += (to - from) * (height(from) + height(to)) / 2.0;
        }
    }
    if !corrected {
        return Ok(area);
    }
    let chance = ((1.0 - low) * (1.0 - low) - (1.0 - high) * (1.0 - high)) / 2.0;
    let most = high - low;
    Ok(if area < chance {
        f64::NAN
    } else {
        f64::midpoint(1.0, (area - chance) / (most - chance))
    })
}
