//! What is counted along a direction: the pairs of neighbours (GLCM) and the runs of equal levels (GLRLM).
//!
//! The border of [`Levels`] makes the next voxel and the one before always exist.

use super::levels::{Levels, Rank, with_ranks};
use super::neighbours::Offset;
use super::tally::{List, Table, Tally};
use crate::features::convention::Lines;

/// Rank, other rank or length, count; ascending.
pub type Counts = Vec<(u32, u32, u32)>;

/// What was counted along one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Directional {
    /// The direction
    pub offset: Offset,
    /// Rank of a voxel, rank of its neighbour in the direction, count
    pub pairs: Counts,
    /// Rank, length, count of the runs; empty for a direction that has none by [`Lines`]
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
/// [`super::neighbours::directions`] gives them, and no longer than the border of the levels; `lines` says which of them
/// have runs.
pub fn count(levels: &Levels, directions: &[(Offset, Wanted)], lines: Lines) -> Vec<Directional> {
    let rows = levels.values().len();
    let longest = levels.shape().into_iter().max().unwrap_or(0) + 1;
    with_ranks!(levels, ranks => match (Table::new(rows, rows), Table::new(rows, longest)) {
        (Some(pairs), Some(runs)) => count_with(levels, ranks, (directions, lines), pairs, runs),
        (None, Some(runs)) => count_with(levels, ranks, (directions, lines), List::default(), runs),
        _ => count_with(levels, ranks, (directions, lines), List::default(), List::default()),
    })
}

fn count_with<R: Rank>(
    levels: &Levels,
    ranks: &[R],
    (directions, lines): (&[(Offset, Wanted)], Lines),
    mut pairs: impl Tally,
    mut runs: impl Tally,
) -> Vec<Directional> {
    let any_runs = directions.iter().any(|(_, wanted)| wanted.runs);
    let voxels = if any_runs { levels.histogram() } else { Vec::new() };
    let mut goes_on = vec![0u8; if any_runs { ranks.len() } else { 0 }];
    directions
        .iter()
        .map(|&(offset, wanted)| {
            let step = levels.step(offset).unsigned_abs();
            if wanted.pairs {
                count_pairs(levels, ranks, step, &mut pairs);
            }
            let mut found = Vec::new();
            if wanted.runs {
                let longer = count_runs(levels, ranks, step, &voxels, &mut goes_on, &mut runs);
                found = runs.take();
                if lines == Lines::OfTwoVoxels && !longer && !some_line_meets_twice(levels, ranks, offset) {
                    found.clear();
                }
            }
            Directional {
                offset,
                pairs: pairs.take(),
                runs: found,
            }
        })
        .collect()
}

fn count_pairs<R: Rank>(levels: &Levels, ranks: &[R], step: usize, pairs: &mut impl Tally) {
    for &(start, width) in levels.spans() {
        let here = &ranks[start..start + width];
        let next = &ranks[start + step..start + step + width];
        for (rank, next) in here.iter().zip(next) {
            if rank.index() > 0 {
                pairs.add(rank.index(), next.index());
            }
        }
    }
}

/// Counts the runs along a step; gives whether one is longer than a voxel.
///
/// Most voxels of a natural image are runs of their own, so only the longer runs are looked for: a first pass notes where
/// a run goes on to the next voxel (which the compiler turns into vector instructions), a second one finds where such runs
/// end and goes back to their beginnings. What is left of a rank's voxels are its single ones. `goes_on` is as long as
/// `ranks` and 0 where this does not write.
fn count_runs<R: Rank>(
    levels: &Levels,
    ranks: &[R],
    step: usize,
    voxels: &[u64],
    goes_on: &mut [u8],
    runs: &mut impl Tally,
) -> bool {
    // From the first voxel to the last in one go: rows are short, and what lies between them is of no level.
    let (Some(first), Some(last)) = (levels.spans().first(), levels.spans().last()) else {
        return false;
    };
    let (from, to) = (first.0, last.0 + last.1);
    let nexts = &ranks[from + step..to + step];
    for ((goes_on, rank), next) in goes_on[from..to].iter_mut().zip(&ranks[from..to]).zip(nexts) {
        *goes_on = u8::from(rank == next) & u8::from(rank.index() > 0);
    }
    let mut single = voxels.to_vec();
    let mut longer = false;
    let mut ends = [0u8; BLOCK];
    for start in (from..to).step_by(BLOCK) {
        let width = BLOCK.min(to - start);
        let before = &goes_on[start - step..start - step + width];
        let here = &goes_on[start..start + width];
        for ((end, before), here) in ends.iter_mut().zip(before).zip(here) {
            *end = before & !here;
        }
        ends[width..].fill(0);
        for (block, eight) in ends.as_chunks::<EIGHT>().0.iter().enumerate() {
            let mut left = u64::from_le_bytes(*eight);
            while left != 0 {
                let end = start + EIGHT * block + left.trailing_zeros() as usize / 8;
                left &= left - 1;
                let mut length = 2;
                let mut at = end - step;
                while goes_on[at - step] > 0 {
                    at -= step;
                    length += 1;
                }
                let rank = ranks[end].index();
                runs.add(rank, length);
                single[rank] -= length as u64;
                longer = true;
            }
        }
    }
    for (rank, &count) in single.iter().enumerate().filter(|&(_, &count)| count > 0) {
        runs.add_many(rank, 1, count as u32);
    }
    longer
}

/// How many voxels' ends of runs are found before they are looked at: as many as stay in the nearest cache.
const BLOCK: usize = 4096;
/// How many bytes are looked at in one go.
const EIGHT: usize = 8;

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
        let counted = count(&levels, &[([0, 0, 1], BOTH)], Lines::OfTwoVoxels);
        assert_eq!(counted[0].pairs, [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]);
        assert_eq!(counted[0].runs, [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]);
    }

    #[test]
    fn runs_are_those_of_a_walk_along_each_line() {
        // Flat patches, noise and holes in one block, wider than a machine word.
        let shape = (5, 7, 19);
        let value = |z: usize, y: usize, x: usize| (z * z * 3 + y * x * 5 + x * x) % 11;
        let mask = Array3::from_shape_fn(shape, |(z, y, x)| value(z, y, x) != 3);
        let level = |z: usize, y: usize, x: usize| {
            if y < 4 {
                1 + (x / 8) as u32
            } else {
                1 + value(z, y, x) as u32 % 3
            }
        };
        let inside: Vec<u32> = mask
            .indexed_iter()
            .filter(|&(_, &inside)| inside)
            .map(|((z, y, x), _)| level(z, y, x))
            .collect();
        let levels = Levels::from_levels(&inside, mask.view(), 1);
        for offset in [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, -1, 1], [0, 1, -1]] {
            let at = |place: [isize; 3]| {
                let [z, y, x] = place.map(|index| usize::try_from(index).unwrap_or(usize::MAX));
                (mask.get([z, y, x]) == Some(&true)).then(|| level(z, y, x))
            };
            let moved = |place: [isize; 3], by: isize| [0, 1, 2].map(|axis| place[axis] + by * offset[axis]);
            let mut expected = std::collections::BTreeMap::new();
            for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
                let place = [z as isize, y as isize, x as isize];
                if at(moved(place, -1)) == at(place) {
                    continue;
                }
                let length = (1..99).find(|&by| at(moved(place, by)) != at(place)).unwrap();
                *expected.entry((level(z, y, x), length as u32)).or_insert(0) += 1;
            }
            let expected: Counts = expected
                .into_iter()
                .map(|((level, length), count)| (level, length, count))
                .collect();
            assert_eq!(
                count(&levels, &[(offset, BOTH)], Lines::OfTwoVoxels)[0].runs,
                expected,
                "{offset:?}"
            );
        }
    }

    #[test]
    fn a_direction_without_a_line_of_two_voxels_has_no_runs() {
        let mask = Array3::from_shape_vec((1, 2, 3), vec![true, false, true, false, false, true]).unwrap();
        let levels = Levels::from_levels(&[1, 2, 3], mask.view(), 1);
        let counted = count(
            &levels,
            &[([0, 0, 1], BOTH), ([0, 1, -1], BOTH), ([0, 1, 1], BOTH)],
            Lines::OfTwoVoxels,
        );
        assert_eq!(counted[0].runs.len(), 3);
        assert!(counted[0].pairs.is_empty());
        assert!(counted[1].runs.is_empty());
        assert!(counted[2].runs.is_empty());
    }
}
