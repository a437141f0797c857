//! First order statistics: the intensities of the region without regard to where they are (IBSI sections 3.3 and 3.4).
//!
//! `X` are the `n` intensities of the region, `c` is `voxelArrayShift`, `p` the share of each grey level. Moments are those
//! of the population (divided by `n`); kurtosis is not excess. Percentiles interpolate linearly at rank `q (n - 1)`.

use super::feature::{FeatureInfo, Offer, Row, infos, mean_values};
use super::{FeatureClass, FeatureError, Region};

/// The class `firstorder`.
pub struct FirstOrder;

impl FeatureClass for FirstOrder {
    fn name(&self) -> &'static str {
        "firstorder"
    }

    fn about(&self) -> &'static str {
        "distribution of the intensities"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        super::ibsi::catalogue::extended("firstorder", infos(FEATURES))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let levels = region.levels()?;
        let count = levels.count() as f64;
        let shares = levels.histogram().into_iter().map(|voxels| voxels as f64 / count);
        let summary = Intensities::new(
            region.inside(),
            shares,
            region.settings().voxel_array_shift,
            region.voxel_volume(),
        );
        mean_values(self.name(), FEATURES, chosen, &[summary])
    }
}

/// What the first order features are made of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Intensities {
    /// `n`
    pub count: f64,
    /// Cubic millimetres
    pub voxel_volume: f64,
    /// `sum (X + c)^2`
    pub energy: f64,
    /// Mean of `X`
    pub mean: f64,
    /// Smallest `X`
    pub minimum: f64,
    /// Greatest `X`
    pub maximum: f64,
    /// Percentiles 10, 25, 50, 75, 90
    pub percentiles: [f64; 5],
    /// Mean of `|X - mean|`
    pub absolute_deviation: f64,
    /// The same over the values between the percentiles 10 and 90, both included, around their own mean
    pub robust_absolute_deviation: f64,
    /// Central moments 2, 3 and 4
    pub moments: [f64; 3],
    /// `-sum p log2(p + eps)`
    pub entropy: f64,
    /// `sum p^2`
    pub uniformity: f64,
}

impl Intensities {
    /// From the intensities (at least one) and the shares of the grey levels.
    pub fn new(values: Vec<f64>, shares: impl Iterator<Item = f64>, shift: f64, voxel_volume: f64) -> Self {
        let (mut entropy, mut uniformity) = (0.0, 0.0);
        for p in shares.filter(|&p| p > 0.0) {
            entropy -= p * (p + f64::EPSILON).log2();
            uniformity += p * p;
        }
        let sums = Self::sums(&values, shift);
        let mut order = values;
        let percentiles = SHARES.map(|share| percentile(&mut order, share));
        Self {
            voxel_volume,
            percentiles,
            robust_absolute_deviation: robust_deviation(order.iter().copied(), percentiles[0], percentiles[4]),
            entropy,
            uniformity,
            ..sums
        }
    }

    /// The same from ascending intensities, entropy and uniformity being known.
    pub fn of_sorted(values: &[f64], entropy: f64, uniformity: f64, shift: f64, voxel_volume: f64) -> Self {
        let percentiles = SHARES.map(|share| {
            let (below, part) = rank(values.len(), share);
            interpolated(values[below], values.get(below + 1).copied(), part)
        });
        let first = values.partition_point(|&value| value < percentiles[0]);
        let end = values.partition_point(|&value| value <= percentiles[4]);
        Self {
            voxel_volume,
            percentiles,
            robust_absolute_deviation: robust_deviation(
                values[first..end.max(first)].iter().copied(),
                percentiles[0],
                percentiles[4],
            ),
            entropy,
            uniformity,
            ..Self::sums(values, shift)
        }
    }

    /// What is added up over the values in their order.
    fn sums(values: &[f64], shift: f64) -> Self {
        let count = values.len() as f64;
        let (mut sum, mut energy) = (0.0, 0.0);
        let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
        for &value in values {
            sum += value;
            energy += (value + shift) * (value + shift);
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        let mean = sum / count;
        let mut moments = [0.0; 3];
        let mut absolute_deviation = 0.0;
        for &value in values {
            let step = value - mean;
            let square = step * step;
            absolute_deviation += step.abs();
            moments[0] += square;
            moments[1] += square * step;
            moments[2] += square * square;
        }
        Self {
            count,
            energy,
            mean,
            minimum,
            maximum,
            absolute_deviation: absolute_deviation / count,
            moments: moments.map(|moment| moment / count),
            ..Self::default()
        }
    }

    fn standardised_moment(&self, moment: f64, power: f64) -> f64 {
        if self.moments[0] == 0.0 {
            0.0
        } else {
            moment / self.moments[0].powf(power)
        }
    }
}

/// The percentiles that are taken.
const SHARES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// The percentile as numpy interpolates it; the values are put into another order.
fn percentile(values: &mut [f64], share: f64) -> f64 {
    let (below, part) = rank(values.len(), share);
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = (part != 0.0 && !above.is_empty()).then(|| above.iter().copied().fold(f64::INFINITY, f64::min));
    interpolated(low, high, part)
}

/// The place of a percentile among so many ascending values, and how far on it is to the next.
fn rank(count: usize, share: f64) -> (usize, f64) {
    let rank = share * (count - 1) as f64;
    (rank.floor() as usize, rank - rank.floor())
}

fn interpolated(low: f64, high: Option<f64>, part: f64) -> f64 {
    let Some(high) = high.filter(|_| part != 0.0) else {
        return low;
    };
    let step = high - low;
    // numpy interpolates from the nearer end, so that the result is monotone.
    if part >= 0.5 {
        high - step * (1.0 - part)
    } else {
        low + step * part
    }
}

fn robust_deviation(values: impl Iterator<Item = f64> + Clone, low: f64, high: f64) -> f64 {
    let kept = values.filter(|value| (low..=high).contains(value));
    let (mut sum, mut count) = (0.0, 0.0);
    for value in kept.clone() {
        sum += value;
        count += 1.0;
    }
    let mean = sum / count;
    kept.map(|value| (value - mean).abs()).sum::<f64>() / count
}

pub(super) static FEATURES: &[Row<Intensities>] = &[
    Row::new("10Percentile", "QG58", "P10 of X", "10th percentile", |s| {
        s.percentiles[0]
    }),
    Row::new("90Percentile", "8DWT", "P90 of X", "90th percentile", |s| {
        s.percentiles[4]
    }),
    Row::new("Energy", "N8CA", "sum (X + c)^2", "magnitude of the intensities", |s| {
        s.energy
    }),
    Row::new(
        "Entropy",
        "TLU2",
        "-sum p log2(p + eps)",
        "disorder of the grey levels",
        |s| s.entropy,
    ),
    Row::new(
        "InterquartileRange",
        "SALO",
        "P75 - P25",
        "range of the middle half",
        |s| s.percentiles[3] - s.percentiles[1],
    ),
    Row::new(
        "Kurtosis",
        "IPH6",
        "m4 / m2^2; 0 if m2 = 0",
        "weight of the tails; 3 for a normal distribution",
        |s| s.standardised_moment(s.moments[2], 2.0),
    ),
    Row::new("Maximum", "84IY", "max X", "greatest intensity", |s| s.maximum),
    Row::new(
        "MeanAbsoluteDeviation",
        "4FUA",
        "sum |X - mean| / n",
        "mean distance from the mean",
        |s| s.absolute_deviation,
    ),
    Row::new("Mean", "Q4LE", "sum X / n", "mean intensity", |s| s.mean),
    Row::new("Median", "Y12H", "P50 of X", "median intensity", |s| s.percentiles[2]),
    Row::new("Minimum", "1GSF", "min X", "smallest intensity", |s| s.minimum),
    Row::new("Range", "2OJQ", "max X - min X", "range of intensities", |s| {
        s.maximum - s.minimum
    }),
    Row::new(
        "RobustMeanAbsoluteDeviation",
        "1128",
        "mean |X - mean| over P10 <= X <= P90",
        "mean distance from the mean, tails left out",
        |s| s.robust_absolute_deviation,
    ),
    Row::new(
        "RootMeanSquared",
        "5ZWQ",
        "sqrt(sum (X + c)^2 / n)",
        "magnitude of an intensity",
        |s| (s.energy / s.count).sqrt(),
    ),
    Row::new("Skewness", "KE2A", "m3 / m2^1.5; 0 if m2 = 0", "asymmetry", |s| {
        s.standardised_moment(s.moments[1], 1.5)
    }),
    Row::new(
        "TotalEnergy",
        "",
        "sum (X + c)^2 times the voxel's volume",
        "energy for any voxel size",
        |s| s.energy * s.voxel_volume,
    ),
    Row::new("Uniformity", "BJ5W", "sum p^2", "homogeneity of the grey levels", |s| {
        s.uniformity
    }),
    Row::new("Variance", "ECT3", "m2", "mean squared distance from the mean", |s| {
        s.moments[0]
    }),
    Row::new(
        "StandardDeviation",
        "",
        "sqrt(m2)",
        "root of the variance",
        |s: &Intensities| s.moments[0].sqrt(),
    )
    .offer(Offer::Deprecated),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_numpys() {
        let mut values = vec![7.0, 1.0, 4.0, 2.0];
        assert_eq!(percentile(&mut values, 0.5), 3.0);
        assert!((percentile(&mut values, 0.1) - 1.3).abs() < 1e-15);
        assert!((percentile(&mut values, 0.9) - 6.1).abs() < 1e-15);
        assert_eq!(percentile(&mut [5.0], 0.9), 5.0);
    }

    #[test]
    fn a_flat_region_has_no_moments() {
        let flat = Intensities::new(vec![3.0; 5], [1.0].into_iter(), 0.0, 2.0);
        let value = |name: &str| (FEATURES.iter().find(|row| row.info.name == name).unwrap().value)(&flat);
        assert_eq!(
            (value("Skewness"), value("Kurtosis"), value("Variance")),
            (0.0, 0.0, 0.0)
        );
        assert!(value("Entropy") < 0.0 && value("Entropy") > -1e-15);
        assert_eq!(value("TotalEnergy"), 90.0);
    }

    proptest! {
        #[test]
        fn the_shift_moves_energy_only(values in prop::collection::vec(-100.0..100.0f64, 2..50), shift in -50.0..50.0f64) {
            let plain = Intensities::new(values.clone(), [1.0].into_iter(), 0.0, 1.0);
            let shifted = Intensities::new(values.clone(), [1.0].into_iter(), shift, 1.0);
            let expected: f64 = values.iter().map(|value| (value + shift).powi(2)).sum();
            prop_assert!((shifted.energy - expected).abs() <= 1e-9 * expected.abs() + 1e-9);
            // As text, because a deviation over no value is NaN.
            prop_assert_eq!(format!("{:?}", Intensities { energy: plain.energy, ..shifted }), format!("{plain:?}"));
        }
    }
}
