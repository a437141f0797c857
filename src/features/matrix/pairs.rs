//! The co-occurrence matrix of grey levels: `P(i, j)` counts the pairs of a voxel of level `i` and its neighbour of level `j`.
//!
//! PyRadiomics keeps a full matrix a direction; here it is a sorted list of the cells that occur, so that many grey levels
//! cost what the region has, not their square.

use std::sync::Arc;

use super::directional::Counts;
use super::levels::Levels;
use super::neighbours::Offset;

/// The co-occurrences in one direction, or in several merged.
#[derive(Debug, Clone, PartialEq)]
pub struct PairMatrix {
    /// The direction; of a merged matrix, the first
    pub offset: Offset,
    /// Rank of the voxel, rank of the neighbour, count or weight; ascending
    pub(super) cells: Vec<(u32, u32, f64)>,
    /// The grey level of each rank
    pub(super) values: Arc<[u32]>,
    pub(super) highest: u32,
    /// How many grey levels the whole region has
    pub(super) occurring: usize,
}

impl PairMatrix {
    /// From the counted pairs of one direction; in both orders if `symmetrical`.
    pub fn new(offset: Offset, pairs: &Counts, levels: &Levels, symmetrical: bool) -> Self {
        let mut cells: Vec<(u32, u32, f64)> = pairs
            .iter()
            .map(|&(rank, neighbour, count)| (rank, neighbour, f64::from(count)))
            .collect();
        if symmetrical {
            cells.extend(
                pairs
                    .iter()
                    .map(|&(rank, neighbour, count)| (neighbour, rank, f64::from(count))),
            );
            cells = add_equal(cells);
        }
        Self {
            offset,
            cells,
            values: levels.values().into(),
            highest: levels.highest(),
            occurring: levels.occurring(),
        }
    }

    /// From cells by rank (voxel, neighbour, count), ascending; `values` has the grey level of each rank, `highest` and
    /// `occurring` are the highest grey level of the whole region and how many it has.
    pub fn of_cells(
        offset: Offset,
        cells: Vec<(u32, u32, f64)>,
        values: Arc<[u32]>,
        highest: u32,
        occurring: usize,
    ) -> Self {
        Self {
            offset,
            cells,
            values,
            highest,
            occurring,
        }
    }

    /// The sum of several matrices of one region, each times its weight; `None` where there is none.
    pub fn merge<'a>(matrices: impl IntoIterator<Item = (&'a Self, f64)>) -> Option<Self> {
        let mut merged: Option<Self> = None;
        for (matrix, weight) in matrices {
            let weighted = matrix.cells.iter().map(|&(i, j, count)| (i, j, weight * count));
            match &mut merged {
                Some(merged) => merged.cells.extend(weighted),
                None => {
                    merged = Some(Self {
                        cells: weighted.collect(),
                        ..matrix.clone()
                    });
                }
            }
        }
        merged.map(|mut merged| {
            merged.cells = add_equal(std::mem::take(&mut merged.cells));
            merged
        })
    }

    /// Grey level of the voxel, grey level of the neighbour, count or weight; ascending.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        self.cells
            .iter()
            .map(|&(i, j, count)| (self.values[i as usize], self.values[j as usize], count))
    }
}

/// Sorts the cells and adds up those of one place, in the order in which they came.
fn add_equal(mut cells: Vec<(u32, u32, f64)>) -> Vec<(u32, u32, f64)> {
    cells.sort_by_key(|&(i, j, _)| (i, j));
    cells.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    cells
}
