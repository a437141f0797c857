//! From intensities to grey levels: where the bins begin and end.
//!
//! PyRadiomics: with a bin width `w` the edges are `low + k w`, where `low` is the largest multiple of `w` that is not above
//! the region's minimum; with a bin count `n` they divide `[min, max]` evenly and the maximum falls into the last bin. A
//! value on an edge belongs to the bin above. IBSI (sections 2.7.1 and 2.7.2): `floor((x - low) / w) + 1` from the lower end
//! of the resegmentation range or the minimum, and `floor(n (x - min) / (max - min)) + 1`, at most `n`. Levels start at 1.

use std::cmp::Ordering;

use ndarray::{ArrayView3, Zip};

use crate::features::FeatureError;
use crate::features::convention::{BinNumber, BinOrigin};
use crate::features::matrix::levels::Levels;
use crate::features::settings::choice::Binning;

/// A region's bins, but for the extremes of its intensities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discretisation {
    /// Width or count
    pub binning: Binning,
    /// Where bins of a width begin
    pub origin: BinOrigin,
    /// How a count of bins divides the range
    pub number: BinNumber,
    /// The lower end of the resegmentation range, where bins begin by [`BinOrigin::Range`]
    pub low: Option<f64>,
    /// Whether the image is stored in single precision, in which numpy then keeps the edges of a bin count
    pub single_precision: bool,
    /// The most levels that are possible
    pub most: u64,
}

/// The bins of a region.
#[derive(Debug, Clone, PartialEq)]
pub enum Bins {
    /// Edges at `low + k * step` for `k = 0, 1, …`
    Regular {
        /// the first edge
        low: f64,
        /// the second edge, from which the spacing of the others follows as it does in numpy's `arange`
        next: f64,
    },
    /// Every edge, ascending; the last bin holds everything from its lower edge on
    Listed(Vec<f64>),
    /// `floor((x - low) / width) + 1`
    Steps {
        /// where the first bin begins
        low: f64,
        /// how wide each is
        width: f64,
    },
    /// `floor(count (x - low) / (high - low)) + 1`, at most `count`
    Shares {
        /// the smallest intensity
        low: f64,
        /// the largest one
        high: f64,
        /// the number of bins
        count: u64,
    },
}

impl Bins {
    /// The bins for values between `minimum` and `maximum`.
    pub fn new(how: &Discretisation, minimum: f64, maximum: f64) -> Self {
        match (how.binning, how.origin, how.number) {
            (Binning::Width(width), BinOrigin::Multiple, _) => {
                let low = minimum - floored_remainder(minimum, width);
                Self::Regular { low, next: low + width }
            }
            (Binning::Width(width), BinOrigin::Range, _) => Self::Steps {
                low: how.low.unwrap_or(minimum),
                width,
            },
            (Binning::Count(count), _, BinNumber::Edges) => {
                Self::Listed(edges(count, minimum, maximum, how.single_precision))
            }
            (Binning::Count(count), _, BinNumber::Shares) => Self::Shares {
                low: minimum,
                high: maximum,
                count: count as u64,
            },
        }
    }

    /// The level of a value; 0 below the first edge of regular or listed ones.
    pub fn level(&self, value: f64) -> u64 {
        match self {
            Self::Regular { low, next } => {
                let step = next - low;
                let edge = |index: f64| if index == 1.0 { *next } else { low + index * step };
                let mut index = ((value - low) / step).floor();
                if index < 0.0 || index.is_nan() {
                    return 0;
                }
                while edge(index) > value {
                    index -= 1.0;
                }
                while edge(index + 1.0) <= value {
                    index += 1.0;
                }
                (index + 1.0).max(0.0) as u64
            }
            Self::Listed(edges) => edges.partition_point(|&edge| edge <= value) as u64,
            Self::Steps { low, width } => (((value - low) / width).floor().max(0.0) as u64).saturating_add(1),
            Self::Shares { low, high, .. } if high <= low => 1,
            Self::Shares { low, high, count } => {
                let place = (*count as f64 * (value - low) / (high - low)).floor() as u64;
                place.saturating_add(1).min(*count)
            }
        }
    }
}

/// The grey levels of the voxels of a mask, both arrays indexed `[z, y, x]` and of one shape.
///
/// The extremes that set the bins are those of the mask's voxels; `border` is the largest neighbour distance to come.
/// A region without voxels, with a value that is not a number or is infinite, or with too many levels is an error.
pub fn discretised(
    values: ArrayView3<'_, f64>,
    mask: ArrayView3<'_, bool>,
    how: &Discretisation,
    border: usize,
) -> Result<Levels, FeatureError> {
    let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut count, mut broken) = (0usize, 0usize);
    Zip::from(values).and(mask).for_each(|&value, &inside| {
        if inside {
            count += 1;
            broken += usize::from(!value.is_finite());
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
    });
    if count == 0 {
        return Err(FeatureError::region("the region has no voxel"));
    }
    if broken > 0 {
        return Err(FeatureError::region(format!(
            "{broken} of the {count} voxels of the region have no finite intensity (NaN or infinite), so they have no \
             grey level; mend the image, or leave these voxels out of the mask"
        )));
    }
    check_number(how, minimum, maximum)?;
    let bins = Bins::new(how, minimum, maximum);
    let levels = values_to_levels(values, mask, &bins, count);
    Ok(Levels::from_levels(&levels, mask, border))
}

/// Refuses more levels than are possible, and a width that is lost beside the intensities, before a bin is made.
fn check_number(how: &Discretisation, minimum: f64, maximum: f64) -> Result<(), FeatureError> {
    let most = how.most as f64;
    let (asked, setting, mend) = match how.binning {
        Binning::Width(width) => {
            let low = how.low.unwrap_or(minimum).min(minimum);
            // Bins that begin at a multiple of the width begin up to one width lower.
            let number = ((maximum - low) / width).floor() + 1.0;
            (
                number,
                format!("binWidth {}", short(width)),
                "a larger binWidth, or a binCount,",
            )
        }
        Binning::Count(count) => (count as f64, format!("binCount {count}"), "a smaller binCount"),
    };
    // A number that is not one is refused too.
    if !matches!(asked.partial_cmp(&most), Some(Ordering::Less | Ordering::Equal)) {
        return Err(FeatureError::region(format!(
            "{setting}: the intensities from {} to {} make {} grey levels, of which at most {} are possible; {mend} is needed",
            short(minimum),
            short(maximum),
            short(asked),
            how.most
        )));
    }
    if let Binning::Width(width) = how.binning
        && [minimum, maximum]
            .iter()
            .any(|&end| end + width <= end || end - width >= end)
    {
        return Err(FeatureError::region(format!(
            "binWidth {}: beside the intensities from {} to {} it is less than the step from one number to the next, so that \
             grey levels cannot be told apart; a larger binWidth is needed",
            short(width),
            short(minimum),
            short(maximum)
        )));
    }
    Ok(())
}

/// A number as it is, without its zeros where there are many of them.
fn short(value: f64) -> String {
    if value == 0.0 || (1e-5..1e15).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// The level of each voxel of the mask, in the order of the array.
fn values_to_levels(values: ArrayView3<'_, f64>, mask: ArrayView3<'_, bool>, bins: &Bins, count: usize) -> Vec<u32> {
    let mut levels = Vec::with_capacity(count);
    Zip::from(values).and(mask).for_each(|&value, &inside| {
        if inside {
            levels.push(bins.level(value).max(1) as u32);
        }
    });
    levels
}

/// numpy's edges of so many bins, the last one moved up so that the maximum lies inside the last bin.
fn edges(count: usize, minimum: f64, maximum: f64, single: bool) -> Vec<f64> {
    let (mut low, mut high) = (minimum, maximum);
    if low == high {
        low -= 0.5;
        high += 0.5;
    }
    let step = (high - low) / count as f64;
    let mut edges: Vec<f64> = (0..=count)
        .map(|index| {
            let edge = if index == count {
                high
            } else {
                index as f64 * step + low
            };
            if single { f64::from(edge as f32) } else { edge }
        })
        .collect();
    edges[count] += 1.0;
    edges
}

/// `a mod b` with the sign of `b`, exact as Python's `%` is.
fn floored_remainder(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder != 0.0 && (remainder < 0.0) != (b < 0.0) {
        remainder + b
    } else {
        remainder
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use proptest::prelude::*;

    use super::*;
    use crate::features::Convention;
    use crate::features::matrix::levels::{Rank, with_ranks};

    fn how(binning: Binning, convention: Convention, low: Option<f64>) -> Discretisation {
        let rules = convention.rules();
        Discretisation {
            binning,
            origin: rules.bin_origin,
            number: rules.bin_number,
            low,
            single_precision: false,
            most: u64::from(u32::MAX),
        }
    }

    #[test]
    fn the_ibsis_bins_begin_at_the_range_or_the_minimum_and_the_maximum_falls_in_the_last() {
        let levels = |binning, low| {
            let bins = Bins::new(&how(binning, Convention::Ibsi, low), -3.0, 7.0);
            [-3.0, 0.0, 2.0, 7.0].map(|value| bins.level(value))
        };
        assert_eq!(levels(Binning::Width(5.0), Some(-10.0)), [2, 3, 3, 4]);
        assert_eq!(levels(Binning::Width(5.0), None), [1, 1, 2, 3]);
        assert_eq!(levels(Binning::Count(2), None), [1, 1, 2, 2]);
        assert_eq!(
            Bins::new(&how(Binning::Count(9), Convention::Ibsi, None), 4.0, 4.0).level(4.0),
            1
        );
    }

    fn levels_of(values: Vec<f64>, binning: Binning) -> Vec<u32> {
        let count = values.len();
        let values = Array3::from_shape_vec((1, 1, count), values).unwrap();
        let mask = Array3::from_elem(values.dim(), true);
        let levels = discretised(
            values.view(),
            mask.view(),
            &how(binning, Convention::PyRadiomics, None),
            1,
        )
        .unwrap();
        let start = levels.rows().next().unwrap();
        with_ranks!(levels, ranks => ranks[start..start + count]
            .iter()
            .map(|rank| levels.values()[rank.index()])
            .collect())
    }

    #[test]
    fn bins_of_a_width_begin_at_multiples_of_it_and_an_edge_belongs_above() {
        assert_eq!(
            levels_of(vec![-30.0, -25.0, -0.5, 0.0, 24.9, 25.0, 100.0], Binning::Width(25.0)),
            [1, 2, 2, 3, 3, 4, 7]
        );
    }

    #[test]
    fn a_count_of_bins_puts_the_maximum_into_the_last() {
        assert_eq!(
            levels_of(vec![0.0, 1.0, 2.4, 2.5, 5.0, 10.0], Binning::Count(4)),
            [1, 1, 1, 2, 3, 4]
        );
        assert_eq!(levels_of(vec![3.0, 3.0], Binning::Count(4)), [3, 3]);
    }

    #[test]
    fn many_levels_are_ranked_without_a_table() {
        assert_eq!(
            levels_of(vec![0.0, 3.0e9, 1.0e9, 3.0e9], Binning::Width(1.0)),
            [1, 3_000_000_001, 1_000_000_001, 3_000_000_001]
        );
    }

    #[test]
    fn levels_without_number_are_refused_before_they_are_counted() {
        let refused = |values: [f64; 2], binning, convention| {
            let values = Array3::from_shape_vec((1, 1, 2), values.to_vec()).unwrap();
            let mask = Array3::from_elem(values.dim(), true);
            discretised(values.view(), mask.view(), &how(binning, convention, None), 1)
                .unwrap_err()
                .to_string()
        };
        for convention in [Convention::PyRadiomics, Convention::Ibsi] {
            for (values, width) in [
                ([0.0, 3e38], 25.0),
                ([-3e38, 3e38], 25.0),
                ([-f64::MAX, f64::MAX], 25.0),
                ([40.0, 1e18], 25.0),
                ([40.0, 90.0], 1e-300),
                ([1e17, 1e17 + 1e6], 1e-5),
            ] {
                let message = refused(values, Binning::Width(width), convention);
                assert!(message.contains("binWidth") && message.contains(" make "), "{message}");
            }
            for flat in [1e20, -1e20, 1e300] {
                let message = refused([flat, flat], Binning::Width(25.0), convention);
                assert!(message.contains("told apart"), "{message}");
            }
        }
        // An edge is as far from the next one as the numbers allow.
        assert_eq!(levels_of(vec![1e17, 1e17 + 3200.0], Binning::Width(25.0)).len(), 2);
    }

    #[test]
    fn values_without_a_level_are_refused() {
        for value in [f64::NAN, f64::INFINITY] {
            let values = Array3::from_shape_vec((1, 1, 2), vec![1.0, value]).unwrap();
            let mask = Array3::from_elem(values.dim(), true);
            let error = discretised(
                values.view(),
                mask.view(),
                &how(Binning::Width(1.0), Convention::PyRadiomics, None),
                1,
            );
            assert!(error.unwrap_err().to_string().contains("1 of the 2 voxels"));
        }
    }

    proptest! {
        #[test]
        fn a_level_counts_the_edges_at_or_below(value in -1e4..1e4f64, low in -1e4..1e4f64, width in 0.01..100.0f64) {
            let (minimum, maximum) = (value.min(low), value.max(low));
            let bins = Bins::new(&how(Binning::Width(width), Convention::PyRadiomics, None), minimum, maximum);
            let Bins::Regular { low, next } = bins else { unreachable!() };
            let edge = |k: u64| match k { 1 => next, k => low + k as f64 * (next - low) };
            let level = bins.level(value);
            prop_assert!(level >= 1 && edge(level - 1) <= value && value < edge(level));
        }
    }
}
