//! Intensity statistics (UHIW): what the distribution of the intensities in the region is like.
//!
//! The same formulas serve the discretised intensities (`histogram`) and filtered images (IBSI 2). Variance is that of the
//! population, kurtosis is excess kurtosis, percentiles interpolate linearly between order statistics. Reference: IBSI 1
//! manual, section 3.3.

use super::Row;

/// A sample of intensities, sorted, with its moments. NaN for all features where there is no value.
#[derive(Debug, Clone)]
pub struct Distribution {
    sorted: Vec<f64>,
    mean: f64,
    /// Central moments 2, 3 and 4.
    moments: [f64; 3],
    sum_of_squares: f64,
}

type Feature = Row<Distribution>;

/// The 18 intensity statistics in the order of the manual.
pub static STATISTICS: &[Row<Distribution>] = &[
    Feature::new("Mean", "stat_mean", |d| d.mean),
    Feature::new("Variance", "stat_var", |d| d.moments[0]),
    Feature::new("Skewness", "stat_skew", Distribution::skewness),
    Feature::new("Kurtosis", "stat_kurt", Distribution::excess_kurtosis),
    Feature::new("Median", "stat_median", |d| d.percentile(50.0)),
    Feature::new("Minimum", "stat_min", Distribution::minimum),
    Feature::new("10Percentile", "stat_p10", |d| d.percentile(10.0)),
    Feature::new("90Percentile", "stat_p90", |d| d.percentile(90.0)),
    Feature::new("Maximum", "stat_max", Distribution::maximum),
    Feature::new("InterquartileRange", "stat_iqr", Distribution::interquartile_range),
    Feature::new("Range", "stat_range", |d| d.maximum() - d.minimum()),
    Feature::new("MeanAbsoluteDeviation", "stat_mad", |d| {
        mean_distance(&d.sorted, d.mean)
    }),
    Feature::new(
        "RobustMeanAbsoluteDeviation",
        "stat_rmad",
        Distribution::robust_mean_absolute_deviation,
    ),
    Feature::new("MedianAbsoluteDeviation", "stat_medad", |d| {
        mean_distance(&d.sorted, d.percentile(50.0))
    }),
    Feature::new("CoefficientOfVariation", "stat_cov", |d| d.moments[0].sqrt() / d.mean),
    Feature::new(
        "QuartileCoefficientOfDispersion",
        "stat_qcod",
        Distribution::quartile_coefficient_of_dispersion,
    ),
    Feature::new("Energy", "stat_energy", |d| d.sum_of_squares),
    Feature::new("RootMeanSquared", "stat_rms", |d| {
        (d.sum_of_squares / d.sorted.len() as f64).sqrt()
    }),
];

impl Distribution {
    /// Sorts the values and takes their moments.
    pub fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let moment = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
        Self {
            mean,
            moments: [moment(2), moment(3), moment(4)],
            sum_of_squares: values.iter().map(|value| value * value).sum(),
            sorted: values,
        }
    }

    /// The arithmetic mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The smallest value; NaN where there is none.
    pub fn minimum(&self) -> f64 {
        self.sorted.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest value; NaN where there is none.
    pub fn maximum(&self) -> f64 {
        self.sorted.last().copied().unwrap_or(f64::NAN)
    }

    /// The values, ascending.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The percentile at rank `percent / 100 * (n - 1)`, linear between neighbours.
    pub fn percentile(&self, percent: f64) -> f64 {
        let Some(last) = self.sorted.len().checked_sub(1) else {
            return f64::NAN;
        };
        let rank = percent / 100.0 * last as f64;
        let low = rank.floor() as usize;
        let high = (low + 1).min(last);
        self.sorted[low] + (rank - low as f64) * (self.sorted[high] - self.sorted[low])
    }

    fn skewness(&self) -> f64 {
        let [second, third, _] = self.moments;
        if second == 0.0 { 0.0 } else { third / second.powf(1.5) }
    }

    fn excess_kurtosis(&self) -> f64 {
        let [second, _, fourth] = self.moments;
        if second == 0.0 {
            0.0
        } else {
            fourth / (second * second) - 3.0
        }
    }

    fn interquartile_range(&self) -> f64 {
        self.percentile(75.0) - self.percentile(25.0)
    }

    fn quartile_coefficient_of_dispersion(&self) -> f64 {
        self.interquartile_range() / (self.percentile(75.0) + self.percentile(25.0))
    }

    fn robust_mean_absolute_deviation(&self) -> f64 {
        let (low, high) = (self.percentile(10.0), self.percentile(90.0));
        let start = self.sorted.partition_point(|&value| value < low);
        let end = self.sorted.partition_point(|&value| value <= high);
        let kept = &self.sorted[start..end];
        mean_distance(kept, kept.iter().sum::<f64>() / kept.len() as f64)
    }
}

fn mean_distance(values: &[f64], centre: f64) -> f64 {
    values.iter().map(|value| (value - centre).abs()).sum::<f64>() / values.len() as f64
}
