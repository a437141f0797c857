//! One value from the matrices of several directions or slices.

/// What gives a feature's value from its class's summary.
pub type Function<S> = fn(&S) -> f64;

/// The mean over several summaries (directions, slices) of each feature, leaving out those that are NaN; NaN where there
/// is no summary or every value is NaN.
pub fn means<S>(functions: &[Function<S>], summaries: &[S]) -> impl Iterator<Item = f64> {
    functions.iter().map(|function| {
        let (mut sum, mut count) = (0.0, 0usize);
        for value in summaries.iter().map(function) {
            if !value.is_nan() {
                sum += value;
                count += 1;
            }
        }
        sum / count as f64
    })
}
