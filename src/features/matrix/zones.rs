//! Connected zones of equal level, and how deep in the region they begin.
//!
//! A zone is found by union-find: it cannot be taken apart again voxel by voxel, so a kernel that slides finds its zones from
//! nothing as well. The depth of a voxel is the number of steps over faces from it to the outside, 1 at the edge.

use std::borrow::Cow;
use std::sync::OnceLock;

use ndarray::{Array3, ArrayView3, Axis};

use super::directional::Counts;
use super::levels::{Levels, Rank, with_ranks};
use super::neighbours::Offset;

/// A connected zone of equal level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Rank of its level
    pub rank: u32,
    /// Number of its voxels
    pub size: u32,
    /// Least of its voxels' depths; 0 where none were given
    pub depth: u32,
}

/// The zones counted: rank, size, count; ascending.
pub fn by_size(zones: &[Zone]) -> Counts {
    counted(zones, |zone| zone.size)
}

/// The zones counted: rank, depth, count; ascending.
pub fn by_depth(zones: &[Zone]) -> Counts {
    counted(zones, |zone| zone.depth)
}

fn counted(zones: &[Zone], column: fn(&Zone) -> u32) -> Counts {
    let mut places: Vec<(u32, u32)> = zones.iter().map(|zone| (zone.rank, column(zone))).collect();
    places.sort_unstable();
    places
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0].0, same[0].1, same.len() as u32))
        .collect()
}

/// Every zone of voxels that are connected along the given offsets (one of each pair of opposite ones), in the raster
/// order of their first voxels; `depths` has a depth for each voxel of the padded array.
pub fn zones(levels: &Levels, offsets: &[Offset], depths: Option<&[u32]>) -> Vec<Zone> {
    with_ranks!(levels, ranks => join(levels, ranks, offsets, depths))
}

/// Union-find over the voxels in raster order. The parent of a voxel is never behind it, so a root is a zone's first
/// voxel.
///
/// Row by row, which neighbours before have the voxel's level is noted for all voxels at once (which the compiler turns
/// into vector instructions); then a voxel is joined with one neighbour of each group that is connected already.
fn join<R: Rank>(levels: &Levels, ranks: &[R], offsets: &[Offset], depths: Option<&[u32]>) -> Vec<Zone> {
    let steps: Vec<usize> = offsets
        .iter()
        .map(|&offset| levels.step(offset).unsigned_abs())
        .collect();
    let enough = representatives(offsets);
    let mut equal = vec![0u16; levels.shape()[2]];
    let mut parent: Vec<u32> = vec![0; ranks.len()];
    for &(start, width) in levels.spans() {
        let here = &ranks[start..start + width];
        let equal = &mut equal[..width];
        equal.fill(0);
        for (bit, &step) in steps.iter().enumerate() {
            let before = &ranks[start - step..start - step + width];
            for ((equal, rank), before) in equal.iter_mut().zip(here).zip(before) {
                *equal |= u16::from(rank == before) << bit;
            }
        }
        for (x, &equal) in equal.iter().enumerate() {
            if here[x].index() == 0 {
                continue;
            }
            let at = start + x;
            let mut root = at as u32;
            parent[at] = root;
            let mut left = enough[usize::from(equal)];
            while left != 0 {
                let other = find(&mut parent, (at - steps[left.trailing_zeros() as usize]) as u32);
                left &= left - 1;
                if other != root {
                    let (first, second) = if other < root { (other, root) } else { (root, other) };
                    parent[second as usize] = first;
                    root = first;
                }
            }
        }
    }
    let mut sizes = vec![0u32; ranks.len()];
    let mut roots = Vec::new();
    for &(start, width) in levels.spans() {
        for at in start..start + width {
            if ranks[at].index() > 0 {
                // Parents come first, so theirs are roots by now.
                let root = parent[parent[at] as usize];
                parent[at] = root;
                if root as usize == at {
                    roots.push(root);
                }
                sizes[root as usize] += 1;
            }
        }
    }
    let mut least = vec![u32::MAX; if depths.is_some() { ranks.len() } else { 0 }];
    if let Some(depths) = depths {
        for &(start, width) in levels.spans() {
            for at in (start..start + width).filter(|&at| ranks[at].index() > 0) {
                let least = &mut least[parent[at] as usize];
                *least = depths[at].min(*least);
            }
        }
    }
    roots
        .into_iter()
        .map(|root| Zone {
            rank: ranks[root as usize].index() as u32,
            size: sizes[root as usize],
            depth: least.get(root as usize).copied().unwrap_or(0),
        })
        .collect()
}

/// For every set of neighbours before a voxel (a bit each, in the order of the offsets) that have its level: one of each
/// group that is connected without the voxel. Two of them that are neighbours of each other were joined when the later one
/// was reached.
fn representatives(offsets: &[Offset]) -> Cow<'static, [u16]> {
    static ALL: OnceLock<Vec<u16>> = OnceLock::new();
    let neighbours = |a: Offset, b: Offset| {
        let step = [0, 1, 2].map(|axis| a[axis] - b[axis]);
        offsets.contains(&step) || offsets.contains(&step.map(|part| -part))
    };
    let adjacent: Vec<u16> = offsets
        .iter()
        .map(|&a| {
            offsets
                .iter()
                .enumerate()
                .fold(0, |bits, (bit, &b)| bits | u16::from(neighbours(a, b)) << bit)
        })
        .collect();
    let table = || {
        (0..1u32 << offsets.len())
            .map(|set| {
                let (mut left, mut chosen) = (set as u16, 0);
                while left != 0 {
                    let first = left & left.wrapping_neg();
                    chosen |= first;
                    let mut group = first;
                    loop {
                        let grown = adjacent
                            .iter()
                            .enumerate()
                            .filter(|(bit, _)| group >> bit & 1 == 1)
                            .fold(group, |grown, (_, bits)| grown | bits & left);
                        if grown == group {
                            break;
                        }
                        group = grown;
                    }
                    left &= !group;
                }
                chosen
            })
            .collect()
    };
    // All 13 directions of a volume are by far the commonest, and their table is large.
    if offsets.len() == FULL {
        Cow::Borrowed(ALL.get_or_init(table))
    } else {
        Cow::Owned(table())
    }
}

/// The directions of a volume: half of the 26 neighbours.
const FULL: usize = 13;

/// The root of a voxel's zone; the path to it is halved on the way.
fn find(parent: &mut [u32], mut at: u32) -> u32 {
    loop {
        let up = parent[at as usize];
        if up == at {
            return at;
        }
        let further = parent[up as usize];
        parent[at as usize] = further;
        at = further;
    }
}

/// Steps over shared faces from each voxel of a region to the outside (beyond the array included), 0 outside; across
/// `slice_axis` no step is taken.
pub fn depths(region: ArrayView3<'_, bool>, slice_axis: Option<usize>) -> Array3<u32> {
    let mut depths = region.mapv(|inside| if inside { u32::MAX } else { 0 });
    // The distance in steps is the sum of those along the axes, so one axis can be done after the other, both ways.
    for axis in (0..3).filter(|&axis| slice_axis != Some(axis)) {
        for mut lane in depths.lanes_mut(Axis(axis)) {
            let mut reached = 0u32;
            for depth in &mut lane {
                reached = reached.saturating_add(1).min(*depth);
                *depth = reached;
            }
            reached = 0;
            for depth in lane.iter_mut().rev() {
                reached = reached.saturating_add(1).min(*depth);
                *depth = reached;
            }
        }
    }
    depths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::matrix::neighbours::directions;

    /// Zones by flooding from every voxel in turn.
    fn flooded(level: &Array3<u32>, offsets: &[Offset]) -> Vec<(u32, u32)> {
        let mut seen = Array3::from_elem(level.dim(), false);
        let mut found = Vec::new();
        for ((z, y, x), &own) in level.indexed_iter().filter(|&(_, &own)| own > 0) {
            if seen[[z, y, x]] {
                continue;
            }
            seen[[z, y, x]] = true;
            let (mut stack, mut size) = (vec![[z as isize, y as isize, x as isize]], 0);
            while let Some(place) = stack.pop() {
                size += 1;
                for offset in offsets.iter().flat_map(|&offset| [offset, offset.map(|part| -part)]) {
                    let next = [0, 1, 2].map(|axis| place[axis] + offset[axis]);
                    let index = next.map(|part| usize::try_from(part).unwrap_or(usize::MAX));
                    if level.get(index) == Some(&own) && !std::mem::replace(&mut seen[index], true) {
                        stack.push(next);
                    }
                }
            }
            found.push((own, size));
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn zones_are_those_of_flooding() {
        let mut state = 7u32;
        for (shape, levels) in [((6, 9, 21), 2), ((6, 9, 21), 5), ((1, 12, 17), 3), ((9, 1, 8), 2)] {
            let level = Array3::from_shape_simple_fn(shape, || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 16) % (levels + 1)
            });
            let mask = level.mapv(|level| level > 0);
            let inside: Vec<u32> = level.iter().copied().filter(|&level| level > 0).collect();
            let padded = Levels::from_levels(&inside, mask.view(), 1);
            for axis in [None, Some(0)] {
                let Ok(offsets) = directions(&[1], padded.shape(), axis) else {
                    continue;
                };
                let mut found: Vec<_> = zones(&padded, &offsets, None)
                    .iter()
                    .map(|zone| (zone.rank, zone.size))
                    .collect();
                found.sort_unstable();
                assert_eq!(
                    found,
                    flooded(&level, &offsets),
                    "{shape:?}, {levels} levels, slices {axis:?}"
                );
            }
        }
    }

    #[test]
    fn zones_meet_at_corners_and_join_late() {
        // A U whose arms meet in the last row, and one voxel of another level between them.
        let mask = Array3::from_elem((1, 3, 3), true);
        let levels = Levels::from_levels(&[1, 2, 1, 1, 2, 1, 2, 1, 2], mask.view(), 1);
        let offsets = directions(&[1], levels.shape(), None).unwrap();
        let mut found = zones(&levels, &offsets, None);
        found.sort_by_key(|zone| (zone.rank, zone.size));
        assert_eq!(by_size(&found), [(1, 5, 1), (2, 4, 1)]);
    }

    #[test]
    fn a_plate_is_as_deep_as_half_its_width_in_a_slice_and_one_deep_in_the_volume() {
        let region = Array3::from_elem((1, 5, 5), true);
        assert_eq!(depths(region.view(), Some(0))[[0, 2, 2]], 3);
        assert_eq!(depths(region.view(), None)[[0, 2, 2]], 1);
    }

    #[test]
    fn a_zone_is_as_deep_as_its_least_deep_voxel() {
        let mask = Array3::from_elem((5, 5, 5), true);
        let mut level = vec![1; 125];
        level[62] = 2;
        let levels = Levels::from_levels(&level, mask.view(), 1);
        let depths = levels.padded(depths(mask.view(), None).view());
        let offsets = directions(&[1], levels.shape(), None).unwrap();
        assert_eq!(
            by_depth(&zones(&levels, &offsets, Some(&depths))),
            [(1, 1, 1), (2, 3, 1)]
        );
    }
}
