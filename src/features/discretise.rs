//! From intensities to grey levels, and the padded array of levels that every texture matrix is counted from.
//!
//! PyRadiomics' rules (IBSI's differ in the origin of the bins, [`Origin`]): with a bin width `w` the edges are
//! `low + k w`, where `low` is the largest multiple of `w` that is not above the region's minimum; with a bin count `n`
//! they divide `[min, max]` evenly and the maximum falls into the last bin. A value on an edge belongs to the bin above.
//! Levels start at 1.

use ndarray::{ArrayView3, Zip};

use super::FeatureError;
use super::settings::Binning;

/// Where the first bin begins when bins have a fixed width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin {
    /// At the largest multiple of the width that is not above the minimum (PyRadiomics)
    Multiple,
    /// At a given intensity, such as the lower bound of the resegmentation range or the minimum (IBSI)
    At(f64),
}

/// The edges of the bins.
#[derive(Debug, Clone, PartialEq)]
pub enum Edges {
    /// `low + k * step` for `k = 0, 1, …`
    Regular {
        /// the first edge
        low: f64,
        /// the second edge, from which the spacing of the others follows as it does in numpy's `arange`
        next: f64,
        /// the width asked for
        width: f64,
    },
    /// Every edge, ascending; the last bin holds everything from its lower edge on
    Listed(Vec<f64>),
}

impl Edges {
    /// The edges for values between `minimum` and `maximum`.
    ///
    /// `single` says that the image is stored in single precision: numpy then keeps the edges of a bin count in it.
    pub fn new(binning: Binning, origin: Origin, minimum: f64, maximum: f64, single: bool) -> Self {
        match binning {
            Binning::Width(width) => {
                let low = match origin {
                    Origin::Multiple => minimum - floored_remainder(minimum, width),
                    Origin::At(low) => low,
                };
                Self::Regular {
                    low,
                    next: low + width,
                    width,
                }
            }
            Binning::Count(count) => {
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
                // The last edge is moved up so that the maximum lies inside the last bin.
                edges[count] += 1.0;
                Self::Listed(edges)
            }
        }
    }

    /// The level of a value: the number of edges that are not above it. 0 below the first edge.
    pub fn level(&self, value: f64) -> u64 {
        match self {
            Self::Regular { low, next, width } => {
                let step = next - low;
                let edge = |index: f64| if index == 1.0 { *next } else { low + index * step };
                let mut index = ((value - low) / width).floor();
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
        }
    }
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

/// A rank as it is stored: 16 bits where they suffice.
pub trait Rank: Copy + Eq + Send + Sync {
    /// As an index.
    fn index(self) -> usize;
}

impl Rank for u16 {
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Rank for u32 {
    fn index(self) -> usize {
        self as usize
    }
}

/// Ranks with border, `x` fastest.
#[derive(Debug, Clone, PartialEq)]
pub enum Ranks {
    /// At most 65535 different levels
    Narrow(Vec<u16>),
    /// More
    Wide(Vec<u32>),
}

/// Runs an expression on the ranks of a [`Levels`], whatever their width.
macro_rules! with_ranks {
    ($levels:expr, $ranks:ident => $body:expr) => {
        match $levels.ranks() {
            $crate::features::discretise::Ranks::Narrow($ranks) => $body,
            $crate::features::discretise::Ranks::Wide($ranks) => $body,
        }
    };
}
pub(in crate::features) use with_ranks;

/// The grey levels of a region in a box with a border of nothing around it.
///
/// A voxel holds the *rank* of its level among the levels that occur, from 1; 0 is outside the region. The border is as
/// wide as the largest neighbour distance, so that no neighbour needs a check of bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Size of the box without border, `z, y, x`
    shape: [usize; 3],
    border: usize,
    ranks: Ranks,
    /// The grey level of each rank; `values[0]` is 0
    values: Vec<u32>,
    /// The highest grey level of the whole region
    highest: u32,
    /// How many grey levels the whole region has
    occurring: usize,
    /// Number of voxels in the region
    count: usize,
    /// For each row along `x` that meets the region, in raster order: where its first voxel lies in the padded array, and
    /// how many there are from it to its last one
    spans: Vec<(usize, usize)>,
}

impl Levels {
    /// The grey levels of the voxels of a mask, both arrays indexed `[z, y, x]` and of one shape.
    ///
    /// The extremes that set the bins are those of the mask's voxels; `border` is the largest neighbour distance to come.
    /// A region without voxels, with a value that is not a number or is infinite, or with more than 2^32 levels is an
    /// error.
    pub fn new(
        values: ArrayView3<'_, f64>,
        mask: ArrayView3<'_, bool>,
        binning: Binning,
        origin: Origin,
        single_precision: bool,
        border: usize,
    ) -> Result<Self, FeatureError> {
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
        let edges = Edges::new(binning, origin, minimum, maximum, single_precision);
        let top = edges.level(maximum);
        if top > u64::from(u32::MAX) {
            return Err(FeatureError::region(format!(
                "the intensities from {minimum} to {maximum} make {top} grey levels; a larger binWidth, or a binCount, is \
                 needed"
            )));
        }
        let levels = values_to_levels(values, mask, &edges, count);
        Ok(Self::from_levels(&levels, mask, border))
    }

    /// From grey levels that are known already: one for each voxel of the mask, in the order of the array, each at least 1.
    pub fn from_levels(levels: &[u32], mask: ArrayView3<'_, bool>, border: usize) -> Self {
        let highest = levels.iter().copied().max().unwrap_or(0);
        let ranking = Ranking::new(levels, highest);
        let occurring = ranking.values.len() - 1;
        let (depth, height, width) = mask.dim();
        let shape = [depth, height, width];
        let padded = shape.map(|size| size + 2 * border);
        let total = padded.iter().product();
        let ranks = if u16::try_from(ranking.values.len()).is_ok() {
            Ranks::Narrow(place(levels, mask, border, vec![0u16; total], |level| {
                ranking.rank(level) as u16
            }))
        } else {
            Ranks::Wide(place(levels, mask, border, vec![0u32; total], |level| {
                ranking.rank(level)
            }))
        };
        Self {
            shape,
            border,
            ranks,
            values: ranking.values,
            highest,
            occurring,
            count: levels.len(),
            spans: Vec::new(),
        }
        .with_spans()
    }

    /// Size of the box without border, `z, y, x`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The ranks with border, `x` fastest.
    pub fn ranks(&self) -> &Ranks {
        &self.ranks
    }

    /// The grey level of each rank; the first, for outside, is 0.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// How many different grey levels occur.
    pub fn distinct(&self) -> usize {
        self.values.len() - 1
    }

    /// How many different grey levels the whole region has, of which this may be a part.
    pub fn occurring(&self) -> usize {
        self.occurring
    }

    /// Whether no level is missing, so that ranks are levels.
    pub fn contiguous(&self) -> bool {
        self.distinct() == self.highest as usize
    }

    /// The highest grey level (of the whole region, for a slice of it).
    pub fn highest(&self) -> u32 {
        self.highest
    }

    /// Number of voxels in the region.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Distance in the padded array between neighbours along `z, y, x`.
    pub fn strides(&self) -> [usize; 3] {
        let width = self.shape[2] + 2 * self.border;
        [(self.shape[1] + 2 * self.border) * width, width, 1]
    }

    /// The step in the padded array for an offset `z, y, x`, of which no component exceeds the border.
    pub fn step(&self, offset: [isize; 3]) -> isize {
        let strides = self.strides();
        (0..3).map(|axis| offset[axis] * strides[axis] as isize).sum()
    }

    /// Where each row along `x` begins in the padded array, in raster order; a row has `shape()[2]` voxels.
    pub fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        let [slice, row, _] = self.strides();
        let (border, [depth, height, _]) = (self.border, self.shape);
        (0..depth).flat_map(move |z| (0..height).map(move |y| (z + border) * slice + (y + border) * row + border))
    }

    /// Every row along `x` that meets the region, in raster order: where its first voxel lies in the padded array, and how
    /// many voxels there are from it to its last one.
    pub fn spans(&self) -> &[(usize, usize)] {
        &self.spans
    }

    fn with_spans(mut self) -> Self {
        let width = self.shape[2];
        let mut spans = Vec::new();
        with_ranks!(&self, ranks => {
            for start in self.rows() {
                let row = &ranks[start..start + width];
                if let Some(first) = row.iter().position(|rank| rank.index() > 0) {
                    let last = row.iter().rposition(|rank| rank.index() > 0).unwrap_or(first);
                    spans.push((start + first, last + 1 - first));
                }
            }
        });
        self.spans = spans;
        self
    }

    /// Where the row along `x` at `z, y` begins in the padded array.
    pub fn row(&self, z: usize, y: usize) -> usize {
        let [slice, row, _] = self.strides();
        (z + self.border) * slice + (y + self.border) * row + self.border
    }

    /// How many voxels have each rank; the first entry, for outside, is 0.
    pub fn histogram(&self) -> Vec<u64> {
        let mut counts = vec![0u64; self.values.len()];
        with_ranks!(self, ranks => {
            for &(start, width) in &self.spans {
                for &rank in &ranks[start..start + width] {
                    counts[rank.index()] += 1;
                }
            }
        });
        counts[0] = 0;
        counts
    }

    /// The levels of a box inside this one (`z, y, x`), ranked anew, with the highest level of the whole region.
    pub fn part(&self, start: [usize; 3], shape: [usize; 3]) -> Self {
        let border = self.border;
        let [slice, row, _] = self.strides();
        let mut present: Vec<u32> = Vec::with_capacity(shape.iter().product());
        with_ranks!(self, all => {
            for z in start[0]..start[0] + shape[0] {
                for y in start[1]..start[1] + shape[1] {
                    let first = (z + border) * slice + (y + border) * row + start[2] + border;
                    present.extend(all[first..first + shape[2]].iter().map(|rank| rank.index() as u32));
                }
            }
        });
        let mut known: Vec<u32> = present.iter().copied().filter(|&rank| rank > 0).collect();
        let count = known.len();
        known.sort_unstable();
        known.dedup();
        let padded = shape.map(|size| size + 2 * border);
        let total = padded.iter().product();
        let mut values = Vec::with_capacity(known.len() + 1);
        values.push(0);
        values.extend(known.iter().map(|&rank| self.values[rank as usize]));
        let place = |at: usize| {
            let (x, y, z) = (at % shape[2], at / shape[2] % shape[1], at / (shape[2] * shape[1]));
            ((z + border) * padded[1] + y + border) * padded[2] + x + border
        };
        let rank = |old: u32| known.partition_point(|&other| other < old) as u32 + 1;
        let inside = present.iter().enumerate().filter(|&(_, &old)| old > 0);
        let ranks = if u16::try_from(values.len()).is_ok() {
            let mut ranks = vec![0u16; total];
            inside.for_each(|(at, &old)| ranks[place(at)] = rank(old) as u16);
            Ranks::Narrow(ranks)
        } else {
            let mut ranks = vec![0u32; total];
            inside.for_each(|(at, &old)| ranks[place(at)] = rank(old));
            Ranks::Wide(ranks)
        };
        Self {
            shape,
            border,
            ranks,
            values,
            highest: self.highest,
            occurring: self.occurring,
            count,
            spans: Vec::new(),
        }
        .with_spans()
    }

    /// The same levels slice by slice across an axis (0 is `z`), empty slices left out.
    ///
    /// The slices keep the ranks and the highest level of the whole region.
    pub fn slices(&self, axis: usize) -> Vec<Self> {
        let strides = self.strides();
        let mut shape = self.shape;
        shape[axis] = 1;
        let border = self.border;
        let padded = shape.map(|size| size + 2 * border);
        (0..self.shape[axis])
            .filter_map(|slice| {
                let mut count = 0;
                let mut ranks = vec![0u32; padded.iter().product()];
                with_ranks!(self, all => {
                    for z in 0..shape[0] {
                        for y in 0..shape[1] {
                            for x in 0..shape[2] {
                                let mut from = [z, y, x];
                                from[axis] = slice;
                                let source: usize = (0..3).map(|k| (from[k] + border) * strides[k]).sum();
                                let rank = all[source].index();
                                count += usize::from(rank > 0);
                                let target =
                                    ((z + border) * padded[1] + y + border) * padded[2] + x + border;
                                ranks[target] = rank as u32;
                            }
                        }
                    }
                });
                let ranks = match self.ranks {
                    Ranks::Narrow(_) => Ranks::Narrow(ranks.into_iter().map(|rank| rank as u16).collect()),
                    Ranks::Wide(_) => Ranks::Wide(ranks),
                };
                (count > 0).then(|| {
                    Self {
                        shape,
                        border,
                        ranks,
                        values: self.values.clone(),
                        highest: self.highest,
                        occurring: self.occurring,
                        count,
                        spans: Vec::new(),
                    }
                    .with_spans()
                })
            })
            .collect()
    }
}

/// The level of each voxel of the mask, in the order of the array.
fn values_to_levels(values: ArrayView3<'_, f64>, mask: ArrayView3<'_, bool>, edges: &Edges, count: usize) -> Vec<u32> {
    let mut levels = Vec::with_capacity(count);
    Zip::from(values).and(mask).for_each(|&value, &inside| {
        if inside {
            levels.push(edges.level(value).max(1) as u32);
        }
    });
    levels
}

/// The levels that occur, in ascending order, and the way from a level to its rank.
struct Ranking {
    values: Vec<u32>,
    /// Rank of each level, where the levels are few enough for a table
    table: Option<Vec<u32>>,
}

impl Ranking {
    fn new(levels: &[u32], highest: u32) -> Self {
        let mut values = vec![0];
        if highest as usize <= 4 * levels.len() + 65_536 {
            let mut table = vec![0u32; highest as usize + 1];
            for &level in levels {
                table[level as usize] = 1;
            }
            for (level, rank) in table.iter_mut().enumerate().skip(1) {
                if *rank > 0 {
                    *rank = values.len() as u32;
                    values.push(level as u32);
                }
            }
            Self {
                values,
                table: Some(table),
            }
        } else {
            let mut sorted = levels.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            values.extend(sorted);
            Self { values, table: None }
        }
    }

    fn rank(&self, level: u32) -> u32 {
        match &self.table {
            Some(table) => table[level as usize],
            None => self.values.partition_point(|&value| value < level) as u32,
        }
    }
}

fn place<R: Copy>(
    levels: &[u32],
    mask: ArrayView3<'_, bool>,
    border: usize,
    mut padded: Vec<R>,
    rank: impl Fn(u32) -> R,
) -> Vec<R> {
    let (_, height, width) = mask.dim();
    let (rows, columns) = (height + 2 * border, width + 2 * border);
    let mut next = levels.iter();
    for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
        if let Some(&level) = next.next() {
            padded[((z + border) * rows + y + border) * columns + x + border] = rank(level);
        }
    }
    padded
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, array};
    use proptest::prelude::*;

    use super::*;

    fn levels_of(values: Vec<f64>, binning: Binning) -> Vec<u32> {
        let count = values.len();
        let values = Array3::from_shape_vec((1, 1, count), values).unwrap();
        let mask = Array3::from_elem(values.dim(), true);
        let levels = Levels::new(values.view(), mask.view(), binning, Origin::Multiple, false, 1).unwrap();
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
    fn values_without_a_level_are_refused() {
        for value in [f64::NAN, f64::INFINITY] {
            let values = Array3::from_shape_vec((1, 1, 2), vec![1.0, value]).unwrap();
            let mask = Array3::from_elem(values.dim(), true);
            let error = Levels::new(
                values.view(),
                mask.view(),
                Binning::Width(1.0),
                Origin::Multiple,
                false,
                1,
            );
            assert!(error.unwrap_err().to_string().contains("1 of the 2 voxels"));
        }
    }

    #[test]
    fn slices_hold_what_the_whole_holds() {
        let mask = array![
            [[true, false], [false, false]],
            [[false, false], [false, false]],
            [[true, true], [false, true]]
        ];
        let levels = Levels::from_levels(&[5, 9, 7, 5], mask.view(), 1);
        let slices = levels.slices(0);
        assert_eq!(slices.len(), 2);
        assert_eq!(slices.iter().map(Levels::count).sum::<usize>(), 4);
        let mut sum = vec![0; levels.values().len()];
        for slice in &slices {
            assert_eq!((slice.highest(), slice.values()), (9, levels.values()));
            for (all, part) in sum.iter_mut().zip(slice.histogram()) {
                *all += part;
            }
        }
        assert_eq!(sum, levels.histogram());
        assert_eq!(levels.slices(2).len(), 2);
    }

    proptest! {
        #[test]
        fn a_level_counts_the_edges_at_or_below(value in -1e4..1e4f64, low in -1e4..1e4f64, width in 0.01..100.0f64) {
            let (minimum, maximum) = (value.min(low), value.max(low));
            let edges = Edges::new(Binning::Width(width), Origin::Multiple, minimum, maximum, false);
            let Edges::Regular { low, next, .. } = edges else { unreachable!() };
            let edge = |k: u64| match k { 1 => next, k => low + k as f64 * (next - low) };
            let level = edges.level(value);
            prop_assert!(level >= 1 && edge(level - 1) <= value && value < edge(level));
        }
    }
}
