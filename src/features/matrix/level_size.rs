//! The matrix of grey level by size that GLRLM (run length), GLSZM (zone size), GLDZM (zone distance) and GLDM (dependence)
//! are, and what their features are made of.
//!
//! `P(i, j)` counts the groups (runs, zones, voxels) of grey level `i` and size `j`; `N` is the number of groups, `V` that of
//! the voxels that they were made of, and `p = P / N`.

use std::collections::BTreeMap;

/// Sparse counts `P(i, j)`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LevelSizeMatrix {
    /// Grey level, size, count; ascending by level, then size
    cells: Vec<(u32, u32, f64)>,
    /// `V`
    voxels: f64,
}

impl LevelSizeMatrix {
    /// From ranks, sizes and counts, ascending; `values` has the grey level of each rank, `voxels` is how many voxels the
    /// groups were made of.
    pub fn from_ranks(counts: &[(u32, u32, u32)], values: &[u32], voxels: f64) -> Self {
        Self {
            voxels,
            cells: counts
                .iter()
                .map(|&(rank, size, count)| (values[rank as usize], size, f64::from(count)))
                .collect(),
        }
    }

    /// The sum of several matrices, each times its weight.
    pub fn merge<'a>(matrices: impl IntoIterator<Item = (&'a Self, f64)>) -> Self {
        let mut sums: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let mut voxels = 0.0;
        for (matrix, weight) in matrices {
            voxels += weight * matrix.voxels;
            for &(level, size, count) in &matrix.cells {
                *sums.entry((level, size)).or_default() += weight * count;
            }
        }
        Self {
            voxels,
            cells: sums
                .into_iter()
                .map(|((level, size), count)| (level, size, count))
                .collect(),
        }
    }

    /// Grey level, size, count of every cell that is not 0; ascending by level, then size.
    pub fn cells(&self) -> &[(u32, u32, f64)] {
        &self.cells
    }

    /// What the features are made of; `None` for a matrix without groups.
    pub fn summary(&self) -> Option<LevelSizeSummary> {
        LevelSizeSummary::new(&self.cells, self.voxels, &mut Sizes::default())
    }
}

/// Counts by size, kept between summaries so that none of them takes memory anew.
#[derive(Debug, Default)]
pub struct Sizes {
    /// Count of each size below [`Sizes::TABLE`]
    table: Vec<f64>,
    /// The larger ones
    more: BTreeMap<u32, f64>,
}

impl Sizes {
    const TABLE: u32 = 1024;

    fn add(&mut self, size: u32, count: f64) {
        if size < Self::TABLE {
            let place = size as usize;
            if self.table.len() <= place {
                self.table.resize(place + 1, 0.0);
            }
            self.table[place] += count;
        } else {
            *self.more.entry(size).or_default() += count;
        }
    }

    /// Hands on every size and its count, ascending, and forgets them.
    fn drain(&mut self, mut each: impl FnMut(f64, f64)) {
        for (size, count) in self.table.iter().enumerate().filter(|&(_, &count)| count != 0.0) {
            each(size as f64, *count);
        }
        self.table.clear();
        for (size, count) in std::mem::take(&mut self.more) {
            each(f64::from(size), count);
        }
    }
}

/// What the features of a [`LevelSizeMatrix`] are made of; emphases are divided by the number of groups already.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LevelSizeSummary {
    /// Number of groups `N`
    pub groups: f64,
    /// Number of voxels `V`
    pub voxels: f64,
    /// `sum_i (sum_j P)^2`
    pub level_squares: f64,
    /// `sum_j (sum_i P)^2`
    pub size_squares: f64,
    /// `sum P / j^2 / N`
    pub small: f64,
    /// `sum P j^2 / N`
    pub large: f64,
    /// `sum P / i^2 / N`
    pub low: f64,
    /// `sum P i^2 / N`
    pub high: f64,
    /// `sum P / (i^2 j^2) / N`
    pub small_low: f64,
    /// `sum P i^2 / j^2 / N`
    pub small_high: f64,
    /// `sum P j^2 / i^2 / N`
    pub large_low: f64,
    /// `sum P i^2 j^2 / N`
    pub large_high: f64,
    /// Variance of `i` under `p`
    pub level_variance: f64,
    /// Variance of `j` under `p`
    pub size_variance: f64,
    /// `-sum p log2(p + eps)`
    pub entropy: f64,
    /// `sum p^2`
    pub energy: f64,
}

impl LevelSizeSummary {
    /// From grey level, size and count of every cell, ascending by level; `None` where there are no groups.
    pub fn new(cells: &[(u32, u32, f64)], voxels: f64, by_size: &mut Sizes) -> Option<Self> {
        let groups: f64 = cells.iter().map(|&(_, _, count)| count).sum();
        if cells.is_empty() || groups <= 0.0 {
            return None;
        }
        let mut summary = Self {
            groups,
            voxels,
            ..Self::default()
        };
        let (mut mean_level, mut mean_size) = (0.0, 0.0);
        let share_of_one = 1.0 / groups;
        for row in cells.chunk_by(|a, b| a.0 == b.0) {
            let level = f64::from(row[0].0);
            let level_square = level * level;
            // Sums over the sizes of one level; the level comes in afterwards.
            let (mut of_level, mut small, mut large) = (0.0, 0.0, 0.0);
            for &(_, size, count) in row {
                by_size.add(size, count);
                let size = f64::from(size);
                let size_square = size * size;
                let share = count / groups;
                of_level += count;
                mean_size += share * size;
                small += count / size_square;
                large += count * size_square;
                summary.entropy -= share * (share + f64::EPSILON).log2();
                summary.energy += share * share;
            }
            summary.small_low += small / level_square;
            summary.small_high += small * level_square;
            summary.large_low += large / level_square;
            summary.large_high += large * level_square;
            mean_level += of_level * share_of_one * level;
            summary.low += of_level / level_square;
            summary.high += of_level * level_square;
            summary.level_squares += of_level * of_level;
        }
        by_size.drain(|size, of_size| {
            summary.small += of_size / (size * size);
            summary.large += of_size * size * size;
            summary.size_squares += of_size * of_size;
            summary.size_variance += of_size * share_of_one * (size - mean_size) * (size - mean_size);
        });
        for &(level, _, count) in cells {
            let step = f64::from(level) - mean_level;
            summary.level_variance += count * share_of_one * step * step;
        }
        for emphasis in [
            &mut summary.small,
            &mut summary.large,
            &mut summary.low,
            &mut summary.high,
            &mut summary.small_low,
            &mut summary.small_high,
            &mut summary.large_low,
            &mut summary.large_high,
        ] {
            *emphasis /= groups;
        }
        Some(summary)
    }

    /// `sum_i (sum_j P)^2 / N`
    pub fn level_non_uniformity(&self) -> f64 {
        self.level_squares / self.groups
    }

    /// `sum_i (sum_j P)^2 / N^2`
    pub fn level_non_uniformity_normalized(&self) -> f64 {
        self.level_squares / (self.groups * self.groups)
    }

    /// `sum_j (sum_i P)^2 / N`
    pub fn size_non_uniformity(&self) -> f64 {
        self.size_squares / self.groups
    }

    /// `sum_j (sum_i P)^2 / N^2`
    pub fn size_non_uniformity_normalized(&self) -> f64 {
        self.size_squares / (self.groups * self.groups)
    }

    /// `N / V`
    pub fn percentage(&self) -> f64 {
        self.groups / self.voxels
    }
}
