//! Standardising a feature by the training rows.

/// `(value - mean) / sd`; a feature that was constant in training only loses its mean.
pub fn standardise(value: f64, mean: f64, sd: f64) -> f64 {
    if sd > 0.0 { (value - mean) / sd } else { value - mean }
}
