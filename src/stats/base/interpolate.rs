//! Straight-line interpolation as R's `approx`.

/// The value at `at` on the line through points whose `x` rise; of tied x the first counts. NaN outside the range, and
/// where there is no point.
pub fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let (Some(&first), Some(&last)) = (x.first(), x.last()) else {
        return f64::NAN;
    };
    if at.is_nan() || at < first || at > last {
        return f64::NAN;
    }
    // The first point not below `at`; of several with its x this is the first.
    let right = x.partition_point(|&value| value < at);
    if x[right] == at {
        return y[right];
    }
    // The point to the left may be one of several with one x: the first of them counts.
    let left_x = x[right - 1];
    let left = x.partition_point(|&value| value < left_x);
    y[left] + (y[right] - y[left]) * ((at - left_x) / (x[right] - left_x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_tied_points_the_first_counts() {
        let (x, y) = ([0.0, 1.0, 1.0, 2.0], [0.0, 1.0, 5.0, 3.0]);
        assert_eq!(interpolate(&x, &y, 1.0), 1.0);
        assert_eq!(interpolate(&x, &y, 1.5), 2.0);
        assert_eq!(interpolate(&x, &y, 2.0), 3.0);
        assert!(interpolate(&x, &y, 2.1).is_nan());
        assert!(interpolate(&[], &[], 0.0).is_nan());
    }
}
