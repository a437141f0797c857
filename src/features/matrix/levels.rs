//! The padded array of grey levels that every texture matrix is counted from.

use ndarray::ArrayView3;

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
            $crate::features::matrix::levels::Ranks::Narrow($ranks) => $body,
            $crate::features::matrix::levels::Ranks::Wide($ranks) => $body,
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

    /// The slices across an axis (0 is `z`) that hold voxels, each with its index and ranked anew.
    pub fn slices(&self, axis: usize) -> Vec<(usize, Self)> {
        let mut shape = self.shape;
        shape[axis] = 1;
        (0..self.shape[axis])
            .map(|slice| {
                let mut start = [0; 3];
                start[axis] = slice;
                (slice, self.part(start, shape))
            })
            .filter(|(_, levels)| levels.count > 0)
            .collect()
    }

    /// An array of the box's shape with the border of these levels, 0 there; `x` is fastest.
    pub fn padded(&self, values: ArrayView3<'_, u32>) -> Vec<u32> {
        let mut padded = vec![0; self.shape.map(|size| size + 2 * self.border).iter().product()];
        for (start, row) in self.rows().zip(values.rows()) {
            for (padded, value) in padded[start..].iter_mut().zip(row) {
                *padded = *value;
            }
        }
        padded
    }
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
    use ndarray::array;

    use super::*;

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
        let known: Vec<_> = slices
            .iter()
            .map(|(slice, levels)| (*slice, levels.count(), levels.values().to_vec(), levels.highest()))
            .collect();
        assert_eq!(known, [(0, 1, vec![0, 5], 9), (2, 3, vec![0, 5, 7, 9], 9)]);
        assert_eq!(levels.slices(2).len(), 2);
    }
}
