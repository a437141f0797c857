//! One pass along a direction: the pairs of neighbours (GLCM) and the runs of equal levels (GLRLM) at once.
//!
//! In raster order the voxel before is done already, so a run's length is the one before plus one, and a run ends where
//! the next voxel has another level. The border of [`Levels`] makes the next voxel always exist.

use super::discretise::{Levels, Rank, with_ranks};
use super::neighbours::Offset;
use super::tally::{List, Table, Tally};

/// Rank, other rank or length, count; ascending.
pub type Counts = Vec<(u32, u32, u32)>;

/// What was counted along one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Directional {
    /// The direction
    pub offset: Offset,
    /// Rank of a voxel, rank of its neighbour in the direction, count
    pub pairs: Counts,
    /// Rank, length, count of the runs; empty where no line along the direction meets the region twice
    pub runs: Counts,
}

/// What is to be counted along a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// pairs of neighbours
    pub pairs: bool,
    /// runs of equal levels
    pub runs: bool,
}

/// Counts along each direction, each with what is wanted there. The offsets must be "forward" ones, as
/// [`super::neighbours::directions`] gives them, and no longer than the border of the levels.
pub fn count(levels: &Levels, directions: &[(Offset, Wanted)]) -> Vec<Directional> {
    let rows = levels.values().len();
    let longest = levels.shape().into_iter().max().unwrap_or(0) + 1;
    with_ranks!(levels, ranks => match (Table::new(rows, rows), Table::new(rows, longest)) {
        (Some(pairs), Some(runs)) => count_with(levels, ranks, directions, pairs, runs),
        (None, Some(runs)) => count_with(levels, ranks, directions, List::default(), runs),
        _ => count_with(levels, ranks, directions, List::default(), List::default()),
    })
}

fn count_with<R: Rank>(
    levels: &Levels,
    ranks: &[R],
    directions: &[(Offset, Wanted)],
    mut pairs: impl Tally,
    mut runs: impl Tally,
) -> Vec<Directional> {
    let mut lengths = vec![
        0u32;
        if directions.iter().any(|(_, wanted)| wanted.runs) {
            ranks.len()
        } else {
            0
        }
    ];
    directions
        .iter()
        .map(|&(offset, wanted)| {
            let step = levels.step(offset).unsigned_abs();
            match (wanted.pairs, wanted.runs) {
                (true, true) => pass::<R, true, true>(levels, ranks, step, &mut pairs, &mut runs, &mut lengths),
                (true, false) => pass::<R, true, false>(levels, ranks, step, &mut pairs, &mut runs, &mut lengths),
                (false, true) => pass::<R, false, true>(levels, ranks, step, &mut pairs, &mut runs, &mut lengths),
                (false, false) => {}
            }
            let mut runs = runs.take();
            let single = runs.iter().all(|&(_, length, _)| length == 1);
            if single && !some_line_meets_twice(levels, ranks, offset) {
                runs.clear();
            }
            Directional {
                offset,
                pairs: pairs.take(),
                runs,
            }
        })
        .collect()
}

/// `lengths` holds the length so far of each voxel's run; nothing counts there that was not written in this pass.
fn pass<R: Rank, const PAIRS: bool, const RUNS: bool>(
    levels: &Levels,
    ranks: &[R],
    step: usize,
    pairs: &mut impl Tally,
    runs: &mut impl Tally,
    lengths: &mut [u32],
) {
    let width = levels.shape()[2];
    for start in levels.rows() {
        let here = &ranks[start..start + width];
        let next = &ranks[start + step..start + step + width];
        let before = &ranks[start - step..start - step + width];
        for x in 0..width {
            let rank = here[x];
            if rank.index() == 0 {
                continue;
            }
            if PAIRS {
                pairs.add(rank.index(), next[x].index());
            }
            if RUNS {
                // Whether a run goes on is a guess that a processor gets wrong half the time, so nothing branches on it.
                let length = lengths[start + x - step] * u32::from(before[x] == rank) + 1;
                lengths[start + x] = length;
                runs.add(rank.index(), length as usize * usize::from(next[x] != rank));
            }
        }
    }
}

/// Whether some line along the direction holds two voxels of the region, adjacent or not.
fn some_line_meets_twice<R: Rank>(levels: &Levels, ranks: &[R], offset: Offset) -> bool {
    let step = levels.step(offset).unsigned_abs();
    let shape = levels.shape();
    levels.rows().enumerate().any(|(row, start)| {
        let (z, y) = (row / shape[1], row % shape[1]);
        (0..shape[2]).filter(|x| ranks[start + x].index() > 0).any(|x| {
            let mut place = [z as isize, y as isize, x as isize];
            let mut at = start + x;
            loop {
                for axis in 0..3 {
                    place[axis] += offset[axis];
                }
                let inside = (0..3).all(|axis| (0..shape[axis] as isize).contains(&place[axis]));
                if !inside {
                    return false;
                }
                at += step;
                if ranks[at].index() > 0 {
                    return true;
                }
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    const BOTH: Wanted = Wanted {
        pairs: true,
        runs: true,
    };

    #[test]
    fn pairs_and_runs_of_a_row() {
        let mask = Array3::from_shape_vec((1, 1, 7), vec![true, true, true, false, true, true, true]).unwrap();
        let levels = Levels::from_levels(&[1, 1, 2, 2, 2, 1], mask.view(), 1);
        let counted = count(&levels, &[([0, 0, 1], BOTH)]);
        assert_eq!(counted[0].pairs, [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]);
        assert_eq!(counted[0].runs, [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]);
    }

    #[test]
    fn a_direction_without_a_line_of_two_voxels_has_no_runs() {
        let mask = Array3::from_shape_vec((1, 2, 3), vec![true, false, true, false, false, true]).unwrap();
        let levels = Levels::from_levels(&[1, 2, 3], mask.view(), 1);
        let counted = count(&levels, &[([0, 0, 1], BOTH), ([0, 1, -1], BOTH), ([0, 1, 1], BOTH)]);
        assert_eq!(counted[0].runs.len(), 3);
        assert!(counted[0].pairs.is_empty());
        assert!(counted[1].runs.is_empty());
        assert!(counted[2].runs.is_empty());
    }
}
