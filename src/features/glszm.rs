//! Grey level size zone matrix: connected zones of equal level (Thibault 2009; IBSI section 3.8).
//!
//! `P(i, j)` counts the zones of level `i` and `j` voxels; voxels are connected with all 26 neighbours (8 within slices).

use std::borrow::Cow;
use std::sync::OnceLock;

use super::discretise::{Levels, Rank, with_ranks};
use super::feature::{FeatureInfo, Row, infos, mean_values};
use super::level_size::{LevelSizeMatrix, LevelSizeSummary};
use super::neighbours::{Offset, directions};
use super::{FeatureClass, FeatureError, Region};

/// The class `glszm`.
pub struct Glszm;

impl FeatureClass for Glszm {
    fn name(&self) -> &'static str {
        "glszm"
    }

    fn about(&self) -> &'static str {
        "connected zones of equal grey level"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let levels = region.levels()?;
        let offsets = directions(&[1], levels.shape(), region.settings().slice_axis)?;
        let summary = matrix(levels, &offsets).summary();
        mean_values(self.name(), FEATURES, chosen, summary.as_slice())
    }
}

/// The zones of equal level whose voxels are connected along the given offsets (one of each pair of opposite ones).
pub fn matrix(levels: &Levels, offsets: &[Offset]) -> LevelSizeMatrix {
    let mut zones: Vec<(u32, u32)> = zones(levels, offsets)
        .into_iter()
        .map(|zone| (zone.rank, zone.size))
        .collect();
    zones.sort_unstable();
    let counts: Vec<(u32, u32, u32)> = zones
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0].0, same[0].1, same.len() as u32))
        .collect();
    LevelSizeMatrix::from_ranks(&counts, levels.values())
}

/// A connected zone of equal level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Rank of its level
    pub rank: u32,
    /// Number of its voxels
    pub size: u32,
}

/// Every zone, in the raster order of their first voxels.
pub fn zones(levels: &Levels, offsets: &[Offset]) -> Vec<Zone> {
    with_ranks!(levels, ranks => join(levels, ranks, offsets))
}

/// Union-find over the voxels in raster order. The parent of a voxel is never behind it, so a root is a zone's first
/// voxel.
///
/// Row by row, which neighbours before have the voxel's level is noted for all voxels at once (which the compiler turns
/// into vector instructions); then a voxel is joined with one neighbour of each group that is connected already.
fn join<R: Rank>(levels: &Levels, ranks: &[R], offsets: &[Offset]) -> Vec<Zone> {
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
    roots
        .into_iter()
        .map(|root| Zone {
            rank: ranks[root as usize].index() as u32,
            size: sizes[root as usize],
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

pub(super) static FEATURES: &[Row<LevelSizeSummary>] = &[
    Row::new(
        "GrayLevelNonUniformity",
        "JNSA",
        "sum_i (sum_j P)^2 / N",
        "unevenness of the zones over the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Row::new(
        "GrayLevelNonUniformityNormalized",
        "Y1RO",
        "sum_i (sum_j P)^2 / N^2",
        "the same, for any number of zones",
        LevelSizeSummary::level_non_uniformity_normalized,
    ),
    Row::new(
        "GrayLevelVariance",
        "BYLV",
        "sum p (i - mu)^2",
        "spread of the levels of the zones",
        |s| s.level_variance,
    ),
    Row::new(
        "HighGrayLevelZoneEmphasis",
        "5GN9",
        "sum P i^2 / N",
        "zones of high levels",
        |s| s.high,
    ),
    Row::new(
        "LargeAreaEmphasis",
        "48P8",
        "sum P j^2 / N",
        "large zones, coarse texture",
        |s| s.large,
    ),
    Row::new(
        "LargeAreaHighGrayLevelEmphasis",
        "J17V",
        "sum P i^2 j^2 / N",
        "large zones of high levels",
        |s| s.large_high,
    ),
    Row::new(
        "LargeAreaLowGrayLevelEmphasis",
        "YH51",
        "sum P j^2 / i^2 / N",
        "large zones of low levels",
        |s| s.large_low,
    ),
    Row::new(
        "LowGrayLevelZoneEmphasis",
        "XMSY",
        "sum P / i^2 / N",
        "zones of low levels",
        |s| s.low,
    ),
    Row::new(
        "SizeZoneNonUniformity",
        "4JP3",
        "sum_j (sum_i P)^2 / N",
        "unevenness of the zone sizes",
        LevelSizeSummary::size_non_uniformity,
    ),
    Row::new(
        "SizeZoneNonUniformityNormalized",
        "VB3A",
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of zones",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Row::new(
        "SmallAreaEmphasis",
        "5QRC",
        "sum P / j^2 / N",
        "small zones, fine texture",
        |s| s.small,
    ),
    Row::new(
        "SmallAreaHighGrayLevelEmphasis",
        "HW1V",
        "sum P i^2 / j^2 / N",
        "small zones of high levels",
        |s| s.small_high,
    ),
    Row::new(
        "SmallAreaLowGrayLevelEmphasis",
        "5RAI",
        "sum P / (i^2 j^2) / N",
        "small zones of low levels",
        |s| s.small_low,
    ),
    Row::new(
        "ZoneEntropy",
        "GU8N",
        "-sum p log2(p + eps)",
        "disorder of levels and sizes",
        |s| s.entropy,
    ),
    Row::new(
        "ZonePercentage",
        "P30P",
        "N / number of voxels",
        "share of zones among voxels, fine texture",
        LevelSizeSummary::percentage,
    ),
    Row::new(
        "ZoneVariance",
        "3NSA",
        "sum p (j - mu)^2",
        "spread of the zone sizes",
        |s| s.size_variance,
    ),
];

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

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
                let mut found: Vec<_> = zones(&padded, &offsets)
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
        let mut found = zones(&levels, &offsets);
        found.sort_by_key(|zone| (zone.rank, zone.size));
        assert_eq!(found, [Zone { rank: 1, size: 5 }, Zone { rank: 2, size: 4 }]);
    }
}
