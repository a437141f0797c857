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
    Feature::new("Mean", "stat_mean", "Q4LE", "sum x / n", |d| d.mean).twin("firstorder_Mean"),
    Feature::new("Variance", "stat_var", "ECT3", "sum (x - mean)^2 / n", |d| d.moments[0]).twin("firstorder_Variance"),
    Feature::new(
        "Skewness",
        "stat_skew",
        "KE2A",
        "m3 / m2^1.5; 0 where m2 = 0",
        Distribution::skewness,
    )
    .twin("firstorder_Skewness"),
    Feature::new(
        "Kurtosis",
        "stat_kurt",
        "IPH6",
        "m4 / m2^2 - 3; 0 where m2 = 0",
        Distribution::excess_kurtosis,
    )
    .twin("firstorder_Kurtosis"),
    Feature::new("Median", "stat_median", "Y12H", "P50", |d| d.percentile(50.0)).twin("firstorder_Median"),
    Feature::new("Minimum", "stat_min", "1GSF", "min x", Distribution::minimum).twin("firstorder_Minimum"),
    Feature::new("10Percentile", "stat_p10", "QG58", "P10", |d| d.percentile(10.0)).twin("firstorder_10Percentile"),
    Feature::new("90Percentile", "stat_p90", "8DWT", "P90", |d| d.percentile(90.0)).twin("firstorder_90Percentile"),
    Feature::new("Maximum", "stat_max", "84IY", "max x", Distribution::maximum).twin("firstorder_Maximum"),
    Feature::new(
        "InterquartileRange",
        "stat_iqr",
        "SALO",
        "P75 - P25",
        Distribution::interquartile_range,
    )
    .twin("firstorder_InterquartileRange"),
    Feature::new("Range", "stat_range", "2OJQ", "max x - min x", |d| {
        d.maximum() - d.minimum()
    })
    .twin("firstorder_Range"),
    Feature::new("MeanAbsoluteDeviation", "stat_mad", "4FUA", "sum |x - mean| / n", |d| {
        mean_distance(&d.sorted, d.mean)
    })
    .twin("firstorder_MeanAbsoluteDeviation"),
    Feature::new(
        "RobustMeanAbsoluteDeviation",
        "stat_rmad",
        "1128",
        "mean absolute deviation of the values from P10 to P90",
        Distribution::robust_mean_absolute_deviation,
    )
    .twin("firstorder_RobustMeanAbsoluteDeviation"),
    Feature::new(
        "MedianAbsoluteDeviation",
        "stat_medad",
        "N72L",
        "sum |x - P50| / n",
        |d| mean_distance(&d.sorted, d.percentile(50.0)),
    ),
    Feature::new("CoefficientOfVariation", "stat_cov", "7TET", "sqrt(m2) / mean", |d| {
        d.moments[0].sqrt() / d.mean
    }),
    Feature::new(
        "QuartileCoefficientOfDispersion",
        "stat_qcod",
        "9S40",
        "(P75 - P25) / (P75 + P25)",
        Distribution::quartile_coefficient_of_dispersion,
    ),
    Feature::new("Energy", "stat_energy", "N8CA", "sum x^2", |d| d.sum_of_squares).twin("firstorder_Energy"),
    Feature::new("RootMeanSquared", "stat_rms", "5ZWQ", "sqrt(sum x^2 / n)", |d| {
        (d.sum_of_squares / d.sorted.len() as f64).sqrt()
    })
    .twin("firstorder_RootMeanSquared"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_region_has_neither_skewness_nor_kurtosis() {
        let flat = Distribution::new(vec![7.0; 5]);
        let value = |name: &str| (STATISTICS.iter().find(|row| row.name == name).unwrap().value)(&flat);
        assert_eq!(
            [value("Skewness"), value("Kurtosis"), value("Variance")],
            [0.0, 0.0, 0.0]
        );
        assert_eq!([value("Median"), value("Energy")], [7.0, 245.0]);
    }

    #[test]
    fn nothing_gives_nan() {
        let empty = Distribution::new(Vec::new());
        assert!(
            STATISTICS
                .iter()
                .filter(|row| row.name != "Energy")
                .all(|row| (row.value)(&empty).is_nan())
        );
    }
}
