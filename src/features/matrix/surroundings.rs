//! One pass over the neighbourhood of every voxel: how many neighbours depend on it (GLDM) and how far it is from their
//! mean (NGTDM).
//!
//! Row by row, each neighbour offset adds a shifted row to three short arrays (equal neighbours, neighbours, sum of their
//! levels), which the compiler turns into vector instructions.

use super::directional::Counts;
use super::levels::{Levels, Rank, with_ranks};
use super::neighbours::Offset;

/// What was found around the voxels of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// Rank, dependence (1 + number of dependent neighbours), count of voxels; ascending
    pub dependences: Counts,
    /// For each rank, `sum |i - mean of the neighbours|` over its voxels; those without a neighbour add 0
    pub tone_differences: Vec<f64>,
    /// For each rank, the number of its voxels that have a neighbour
    pub with_neighbours: Vec<u64>,
}

/// Looks around every voxel, along the given offsets (one of each pair of opposite ones) both ways.
///
/// A neighbour is dependent where its level differs by at most `tolerance`.
pub fn look_around(levels: &Levels, offsets: &[Offset], tolerance: u32) -> Surroundings {
    with_ranks!(levels, ranks => {
        // Levels side by side can be added up many at a time; looked up by rank they could not.
        let values: Vec<u32> = ranks.iter().map(|rank| levels.values()[rank.index()]).collect();
        if tolerance == 0 {
            pass(levels, ranks, &values, offsets, |here, there, _, _| here == there)
        } else {
            pass(levels, ranks, &values, offsets, |_, there, value, other| {
                there.index() > 0 && value.abs_diff(other) <= tolerance
            })
        }
    })
}

/// `values` are the levels of all voxels; `dependent` is handed the ranks and the levels of a voxel and its neighbour.
fn pass<R: Rank>(
    levels: &Levels,
    ranks: &[R],
    values: &[u32],
    offsets: &[Offset],
    dependent: impl Fn(R, R, u32, u32) -> bool,
) -> Surroundings {
    let most = 2 * offsets.len() + 2;
    let mut dependences = vec![0u32; levels.values().len() * most];
    let mut tone_differences = vec![0.0; levels.values().len()];
    let mut with_neighbours = vec![0u64; levels.values().len()];
    let steps: Vec<usize> = offsets
        .iter()
        .map(|&offset| levels.step(offset).unsigned_abs())
        .collect();
    let widest = levels.shape()[2];
    let (mut equal, mut count, mut sum) = (vec![0u32; widest], vec![0u32; widest], vec![0u32; widest]);
    let mut wide_sum = vec![0u64; widest];
    // Sums of levels fit into 32 bits unless levels or neighbours are very many.
    let narrow = u32::try_from(u64::from(levels.highest()) * (2 * offsets.len() as u64)).is_ok();
    for &(start, width) in levels.spans() {
        let here = &ranks[start..start + width];
        let own = &values[start..start + width];
        let (equal, count) = (&mut equal[..width], &mut count[..width]);
        let (sum, wide_sum) = (&mut sum[..width], &mut wide_sum[..width]);
        equal.fill(1);
        count.fill(0);
        sum.fill(0);
        wide_sum.fill(0);
        for &step in &steps {
            for begin in [start - step, start + step] {
                let there = &ranks[begin..begin + width];
                let others = &values[begin..begin + width];
                for x in 0..width {
                    equal[x] += u32::from(dependent(here[x], there[x], own[x], others[x]));
                    count[x] += u32::from(there[x].index() > 0);
                }
                if narrow {
                    for x in 0..width {
                        sum[x] += others[x];
                    }
                } else {
                    for x in 0..width {
                        wide_sum[x] += u64::from(others[x]);
                    }
                }
            }
        }
        for x in 0..width {
            let rank = here[x].index();
            if rank == 0 {
                continue;
            }
            dependences[rank * most + equal[x] as usize] += 1;
            if count[x] > 0 {
                let total = if narrow { f64::from(sum[x]) } else { wide_sum[x] as f64 };
                tone_differences[rank] += (f64::from(own[x]) - total / f64::from(count[x])).abs();
                with_neighbours[rank] += 1;
            }
        }
    }
    let dependences = dependences
        .chunks(most)
        .enumerate()
        .flat_map(|(rank, counts)| {
            counts
                .iter()
                .enumerate()
                .filter(|&(_, &count)| count > 0)
                .map(move |(dependence, &count)| (rank as u32, dependence as u32, count))
        })
        .collect();
    Surroundings {
        dependences,
        tone_differences,
        with_neighbours,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn a_row_of_three() {
        let mask = Array3::from_elem((1, 1, 3), true);
        let levels = Levels::from_levels(&[1, 1, 4], mask.view(), 1);
        let found = look_around(&levels, &[[0, 0, 1]], 0);
        assert_eq!(found.dependences, [(1, 2, 2), (2, 1, 1)]);
        assert_eq!(found.tone_differences, [0.0, 1.5, 3.0]);
        let found = look_around(&levels, &[[0, 0, 1]], 3);
        assert_eq!(found.dependences, [(1, 2, 1), (1, 3, 1), (2, 2, 1)]);
    }
}
