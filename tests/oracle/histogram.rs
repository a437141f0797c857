//! Intensity histogram features (ZVCW): the statistics of the grey levels, and the shape of their histogram.
//!
//! The histogram has a bin for each level from 1 to the number of levels, also where it is empty. Reference: IBSI 1 manual,
//! section 3.4.

use super::Row;
use super::statistics::{Distribution, STATISTICS};

/// The grey levels of a region and how often each occurs.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// `counts[k]` voxels have level `k + 1`
    counts: Vec<f64>,
    levels: Distribution,
}

type Feature = Row<Histogram>;

/// The histogram's own features; the statistics of the levels come from [`DISCRETISED`].
pub static HISTOGRAM: &[Row<Histogram>] = &[
    Feature::new("Mode", "ih_mode", Histogram::mode),
    Feature::new("Entropy", "ih_entropy", Histogram::entropy),
    Feature::new("Uniformity", "ih_uniformity", Histogram::uniformity),
    Feature::new("MaximumGradient", "ih_max_grad", |h| h.steepest(1.0).1),
    Feature::new("MaximumGradientLevel", "ih_max_grad_g", |h| h.steepest(1.0).0),
    Feature::new("MinimumGradient", "ih_min_grad", |h| -h.steepest(-1.0).1),
    Feature::new("MinimumGradientLevel", "ih_min_grad_g", |h| h.steepest(-1.0).0),
];

/// The statistics that are also taken of the grey levels: name in [`STATISTICS`], tag and code of its discretised form.
pub static DISCRETISED: &[(&str, &str, &str)] = &[
    ("Mean", "ih_mean", "X6K6"),
    ("Variance", "ih_var", "CH89"),
    ("Skewness", "ih_skew", "88K1"),
    ("Kurtosis", "ih_kurt", "C3I7"),
    ("Median", "ih_median", "WIFQ"),
    ("Minimum", "ih_min", "1PR8"),
    ("10Percentile", "ih_p10", "GPMT"),
    ("90Percentile", "ih_p90", "OZ0C"),
    ("Maximum", "ih_max", "3NCY"),
    ("InterquartileRange", "ih_iqr", "WR0O"),
    ("Range", "ih_range", "5Z3W"),
    ("MeanAbsoluteDeviation", "ih_mad", "D2ZX"),
    ("RobustMeanAbsoluteDeviation", "ih_rmad", "WRZB"),
    ("MedianAbsoluteDeviation", "ih_medad", "4RNL"),
    ("CoefficientOfVariation", "ih_cov", "CWYJ"),
    ("QuartileCoefficientOfDispersion", "ih_qcod", "SLWD"),
];

impl Histogram {
    /// Counts levels (1 to `count`; 0 is outside the region).
    pub fn new(levels: impl Iterator<Item = u32>, count: u32) -> Self {
        let inside: Vec<u32> = levels.filter(|&level| level > 0).collect();
        let mut counts = vec![0.0; count as usize];
        for &level in &inside {
            counts[level as usize - 1] += 1.0;
        }
        Self {
            counts,
            levels: Distribution::new(inside.into_iter().map(f64::from).collect()),
        }
    }

    /// A statistic of the levels by its name in [`STATISTICS`]; NaN for an unknown name.
    pub fn statistic(&self, name: &str) -> f64 {
        STATISTICS
            .iter()
            .find(|row| row.name == name)
            .map_or(f64::NAN, |row| (row.value)(&self.levels))
    }

    fn probabilities(&self) -> impl Iterator<Item = f64> {
        let n: f64 = self.counts.iter().sum();
        self.counts.iter().map(move |count| count / n).filter(|&p| p > 0.0)
    }

    fn entropy(&self) -> f64 {
        -self.probabilities().map(|p| p * p.log2()).sum::<f64>()
    }

    fn uniformity(&self) -> f64 {
        self.probabilities().map(|p| p * p).sum()
    }

    fn mode(&self) -> f64 {
        let most = self.counts.iter().copied().fold(0.0, f64::max);
        let mean = self.levels.mean();
        let mut best = f64::NAN;
        for (index, &count) in self.counts.iter().enumerate() {
            let level = index as f64 + 1.0;
            if count == most && (best.is_nan() || (level - mean).abs() < (best - mean).abs()) {
                best = level;
            }
        }
        best
    }

    /// Level and size of the largest gradient times `sign`; the first of equals. NaN where there is one level only.
    fn steepest(&self, sign: f64) -> (f64, f64) {
        let n = self.counts.len();
        let mut best = (f64::NAN, f64::NAN);
        if n < 2 {
            return best;
        }
        for index in 0..n {
            let gradient = sign
                * match index {
                    0 => self.counts[1] - self.counts[0],
                    _ if index == n - 1 => self.counts[n - 1] - self.counts[n - 2],
                    _ => (self.counts[index + 1] - self.counts[index - 1]) / 2.0,
                };
            if best.1.is_nan() || gradient > best.1 {
                best = (index as f64 + 1.0, gradient);
            }
        }
        best
    }
}
