//! What features of a distribution of intensities are made of: moments, percentiles, deviations.
//!
//! `X` are the `n` intensities, `c` is a shift, `p` the share of each grey level. Moments are those of the population
//! (divided by `n`). Percentiles interpolate linearly at rank `q (n - 1)`.

use crate::features::convention::Kurtosis;

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
    /// Mean of `|X - P50|`
    pub median_absolute_deviation: f64,
    /// What the convention takes off the kurtosis
    kurtosis_taken_off: f64,
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
            median_absolute_deviation: mean_distance(&order, percentiles[2]),
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
            median_absolute_deviation: mean_distance(values, percentiles[2]),
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
        .without_rounding(mean)
    }

    /// The same with moments of 0 where the intensities are one, or differ by rounding only beside numbers of this size; the
    /// shape of such a distribution would be that of the rounding, of the mean's where the intensities are one.
    #[must_use]
    pub fn without_rounding(self, size: f64) -> Self {
        if self.minimum == self.maximum || self.is_rounding(size) {
            Self {
                moments: [0.0; 3],
                ..self
            }
        } else {
            self
        }
    }

    /// Whether the intensities differ, but by rounding only, beside numbers of this size.
    pub fn is_rounding(&self, size: f64) -> bool {
        self.minimum < self.maximum && self.moments[0] <= ROUNDING * size * size
    }

    /// The same with the kurtosis of a convention.
    #[must_use]
    pub fn with_kurtosis(self, kurtosis: Kurtosis) -> Self {
        Self {
            kurtosis_taken_off: kurtosis.taken_off(),
            ..self
        }
    }

    /// `m3 / m2^1.5`, 0 where `m2` is 0.
    pub fn skewness(&self) -> f64 {
        if self.moments[0] == 0.0 {
            0.0
        } else {
            self.moments[1] / self.moments[0].powf(1.5)
        }
    }

    /// `m4 / m2^2`, with the IBSI less 3; 0 where `m2` is 0.
    pub fn kurtosis(&self) -> f64 {
        if self.moments[0] == 0.0 {
            0.0
        } else {
            self.moments[2] / self.moments[0].powf(2.0) - self.kurtosis_taken_off
        }
    }

    /// `P75 - P25`
    pub fn interquartile_range(&self) -> f64 {
        self.percentiles[3] - self.percentiles[1]
    }

    /// `(P75 - P25) / (P75 + P25)`
    pub fn quartile_dispersion(&self) -> f64 {
        self.interquartile_range() / (self.percentiles[3] + self.percentiles[1])
    }
}

/// The variance, relative to the square of their size, below which numbers differ by rounding: some hundred last bits.
const ROUNDING: f64 = 1e-26;

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

fn mean_distance(values: &[f64], centre: f64) -> f64 {
    values.iter().map(|value| (value - centre).abs()).sum::<f64>() / values.len() as f64
}

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
        assert_eq!((flat.skewness(), flat.kurtosis(), flat.moments[0]), (0.0, 0.0, 0.0));
        assert_eq!(flat.with_kurtosis(Kurtosis::Excess).kurtosis(), 0.0);
        assert!(flat.entropy < 0.0 && flat.entropy > -1e-15);
        assert_eq!((flat.energy, flat.voxel_volume), (45.0, 2.0));
        // A third of three times a number need not be that number, so each would lie the same step from the mean.
        for value in [1e-14 / 3.0, -0.1, 282.842_712_474_619_1] {
            let flat = Intensities::new(vec![value; 216], [1.0].into_iter(), 0.0, 1.0);
            assert_eq!((flat.skewness(), flat.kurtosis(), flat.moments[0]), (0.0, 0.0, 0.0));
        }
    }

    #[test]
    fn what_differs_by_rounding_has_no_moments() {
        let noise = |size: f64| {
            vec![
                size,
                size * (1.0 + f64::EPSILON),
                size,
                size * (1.0 - f64::EPSILON),
                size,
            ]
        };
        let flat = Intensities::new(noise(141.4), [1.0].into_iter(), 0.0, 1.0);
        assert!(flat.is_rounding(flat.mean) && flat.minimum < flat.maximum);
        assert_eq!((flat.skewness(), flat.kurtosis(), flat.moments[0]), (0.0, 0.0, 0.0));
        // Of a response around 0 only the image that was filtered tells the size.
        let response = Intensities::new(vec![1e-14, -1e-14, 0.0, 4e-14], [1.0].into_iter(), 0.0, 1.0);
        assert!(response.skewness() != 0.0 && response.without_rounding(100.0).skewness() == 0.0);
        let real = Intensities::new(vec![1000.0, 1000.001], [1.0].into_iter(), 0.0, 1.0);
        assert!(!real.is_rounding(1000.0) && real.kurtosis() > 0.9);
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
