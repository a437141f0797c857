//! Mean, variance and standard deviation of a sample.

/// The arithmetic mean, in two passes as R's `mean`. NaN of nothing.
pub fn mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let first = values.iter().sum::<f64>() / n;
    if !first.is_finite() {
        return first;
    }
    first + values.iter().map(|value| value - first).sum::<f64>() / n
}

/// The variance with n - 1 in the denominator. NaN of fewer than two values.
pub fn variance(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    values
        .iter()
        .map(|value| (value - centre) * (value - centre))
        .sum::<f64>()
        / (values.len() as f64 - 1.0)
}

/// The standard deviation with n - 1 in the denominator. NaN of fewer than two values.
pub fn standard_deviation(values: &[f64]) -> f64 {
    variance(values).sqrt()
}

/// The covariance with n - 1 in the denominator, of two samples of one length. NaN of fewer than two pairs.
pub fn covariance(left: &[f64], right: &[f64]) -> f64 {
    if left.len() < 2 || left.len() != right.len() {
        return f64::NAN;
    }
    let (left_mean, right_mean) = (mean(left), mean(right));
    left.iter()
        .zip(right)
        .map(|(x, y)| (x - left_mean) * (y - right_mean))
        .sum::<f64>()
        / (left.len() as f64 - 1.0)
}
