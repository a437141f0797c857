//! Intensity histogram features (ZVCW): the statistics of the grey levels, and the shape of their histogram.
//!
//! The histogram has a bin for each level from 1 to the highest, also where it is empty. Reference: IBSI 1 manual,
//! section 3.4.

use super::FeatureClass;
use super::row::{FeatureInfo, Row, infos, numbered, values};
use crate::features::FeatureError;
use crate::features::convention::Kurtosis;
use crate::features::matrix::intensities::Intensities;
use crate::features::region::Region;

/// The class `intensity`.
pub struct Intensity;

impl FeatureClass for Intensity {
    fn name(&self) -> &'static str {
        "intensity"
    }

    fn about(&self) -> &'static str {
        "histogram of the grey levels (IBSI)"
    }

    fn section(&self) -> Option<u8> {
        Some(4)
    }

    fn of_pyradiomics(&self) -> bool {
        false
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let levels = region.levels()?;
        region.check_bins(f64::from(levels.highest()))?;
        let counts = levels.histogram().into_iter().zip(levels.values());
        let histogram = Histogram::new(counts.map(|(count, &level)| (level, count)), levels.highest());
        Ok(values(FEATURES, chosen, &histogram))
    }
}

/// How often each grey level of a region occurs.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// `counts[k]` voxels have level `k + 1`
    counts: Vec<f64>,
    levels: Intensities,
}

impl Histogram {
    /// From the levels (ascending; 0 is outside the region) with their counts, and the highest level.
    fn new(levels: impl Iterator<Item = (u32, u64)>, highest: u32) -> Self {
        let mut counts = vec![0.0; highest as usize];
        let mut sorted = Vec::new();
        for (level, count) in levels.filter(|&(level, _)| level > 0) {
            counts[level as usize - 1] = count as f64;
            sorted.extend(std::iter::repeat_n(f64::from(level), count as usize));
        }
        Self {
            levels: Intensities::of_sorted(&sorted, 0.0, 0.0, 0.0, 1.0).with_kurtosis(Kurtosis::Excess),
            counts,
        }
    }

    fn mode(&self) -> f64 {
        let most = self.counts.iter().copied().fold(0.0, f64::max);
        let mean = self.levels.mean;
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

type Feature = Row<Histogram>;

/// Its features, in the order of the manual.
pub(in crate::features) static FEATURES: &[Row<Histogram>] = &numbered([
    Feature::of_ibsi(
        "Mode",
        ["AMMC", "ih_mode"],
        "the most frequent level; of several the one nearest the mean",
        "Intensity histogram mode",
        Histogram::mode,
    ),
    Feature::of_ibsi(
        "MaximumGradient",
        ["12CE", "ih_max_grad"],
        "max of the counts' central differences (one-sided at the ends)",
        "Maximum histogram gradient",
        |h| h.steepest(1.0).1,
    ),
    Feature::of_ibsi(
        "MaximumGradientLevel",
        ["8E6O", "ih_max_grad_g"],
        "the level of the largest gradient",
        "Maximum histogram gradient intensity",
        |h| h.steepest(1.0).0,
    ),
    Feature::of_ibsi(
        "MinimumGradient",
        ["VQB3", "ih_min_grad"],
        "min of the counts' central differences (one-sided at the ends)",
        "Minimum histogram gradient",
        |h| -h.steepest(-1.0).1,
    ),
    Feature::of_ibsi(
        "MinimumGradientLevel",
        ["RHQZ", "ih_min_grad_g"],
        "the level of the smallest gradient",
        "Minimum histogram gradient intensity",
        |h| h.steepest(-1.0).0,
    ),
    Feature::of_ibsi(
        "Mean",
        ["X6K6", "ih_mean"],
        "sum x / n",
        "Mean discretised intensity",
        |h| h.levels.mean,
    ),
    Feature::of_ibsi(
        "Variance",
        ["CH89", "ih_var"],
        "sum (x - mean)^2 / n",
        "Discretised intensity variance",
        |h| h.levels.moments[0],
    ),
    Feature::of_ibsi(
        "Skewness",
        ["88K1", "ih_skew"],
        "m3 / m2^1.5; 0 where m2 = 0",
        "Discretised intensity skewness",
        |h| h.levels.skewness(),
    ),
    Feature::of_ibsi(
        "Kurtosis",
        ["C3I7", "ih_kurt"],
        "m4 / m2^2 - 3; 0 where m2 = 0",
        "(Excess) discretised intensity kurtosis",
        |h| h.levels.kurtosis(),
    ),
    Feature::of_ibsi(
        "Median",
        ["WIFQ", "ih_median"],
        "P50",
        "Median discretised intensity",
        |h| h.levels.percentiles[2],
    ),
    Feature::of_ibsi(
        "Minimum",
        ["1PR8", "ih_min"],
        "min x",
        "Minimum discretised intensity",
        |h| h.levels.minimum,
    ),
    Feature::of_ibsi(
        "10Percentile",
        ["GPMT", "ih_p10"],
        "P10",
        "10th discretised intensity percentile",
        |h| h.levels.percentiles[0],
    ),
    Feature::of_ibsi(
        "90Percentile",
        ["OZ0C", "ih_p90"],
        "P90",
        "90th discretised intensity percentile",
        |h| h.levels.percentiles[4],
    ),
    Feature::of_ibsi(
        "Maximum",
        ["3NCY", "ih_max"],
        "max x",
        "Maximum discretised intensity",
        |h| h.levels.maximum,
    ),
    Feature::of_ibsi(
        "InterquartileRange",
        ["WR0O", "ih_iqr"],
        "P75 - P25",
        "Discretised intensity interquartile range",
        |h| h.levels.interquartile_range(),
    ),
    Feature::of_ibsi(
        "Range",
        ["5Z3W", "ih_range"],
        "max x - min x",
        "Discretised intensity range",
        |h| h.levels.maximum - h.levels.minimum,
    ),
    Feature::of_ibsi(
        "MeanAbsoluteDeviation",
        ["D2ZX", "ih_mad"],
        "sum |x - mean| / n",
        "Intensity histogram mean absolute deviation",
        |h| h.levels.absolute_deviation,
    ),
    Feature::of_ibsi(
        "RobustMeanAbsoluteDeviation",
        ["WRZB", "ih_rmad"],
        "mean absolute deviation of the values from P10 to P90",
        "Intensity histogram robust mean absolute deviation",
        |h| h.levels.robust_absolute_deviation,
    ),
    Feature::of_ibsi(
        "MedianAbsoluteDeviation",
        ["4RNL", "ih_medad"],
        "sum |x - P50| / n",
        "Intensity histogram median absolute deviation",
        |h| h.levels.median_absolute_deviation,
    ),
    Feature::of_ibsi(
        "CoefficientOfVariation",
        ["CWYJ", "ih_cov"],
        "sqrt(m2) / mean",
        "Intensity histogram coefficient of variation",
        |h| h.levels.moments[0].sqrt() / h.levels.mean,
    ),
    Feature::of_ibsi(
        "QuartileCoefficientOfDispersion",
        ["SLWD", "ih_qcod"],
        "(P75 - P25) / (P75 + P25)",
        "Intensity histogram quartile coefficient of dispersion",
        |h| h.levels.quartile_dispersion(),
    ),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_modes_the_one_nearest_the_mean_is_taken() {
        let histogram = Histogram::new([(0, 1), (1, 2), (2, 1), (5, 2), (6, 2)].into_iter(), 6);
        assert_eq!(histogram.mode(), 5.0);
        assert_eq!(histogram.levels.minimum, 1.0);
    }

    #[test]
    fn one_level_has_no_gradient() {
        let histogram = Histogram::new([(1, 7)].into_iter(), 1);
        assert!(histogram.steepest(1.0).1.is_nan());
    }
}
