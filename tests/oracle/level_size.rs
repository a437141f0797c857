//! The matrices of grey level and size: run length (TP0I), size zone (9SAK), distance zone (VMDZ) and dependence (REK0).
//!
//! Entry `s(i, j)` counts the runs, zones or neighbourhoods of level `i` and length, size, distance or dependence `j`. The four
//! families share their formulas, which therefore stand here once. Symbols: `N = sum s`, `V` voxels that could have had one,
//! `p = s / N`, `mu` means under `p`. Reference: IBSI 1 manual, sections 3.7 to 3.9 and 3.11.

use std::collections::BTreeMap;

use ndarray::{ArrayView3, Axis};

use super::aggregation::{Merge, Part, directions, neighbours};
use super::{Row, cell};

/// Counts by level and size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LevelSize {
    counts: BTreeMap<(u32, u32), f64>,
    voxels: f64,
}

impl LevelSize {
    fn add(&mut self, level: u32, size: u32) {
        *self.counts.entry((level, size)).or_insert(0.0) += 1.0;
    }

    /// `((level, size), count)`, ascending.
    pub fn entries(&self) -> impl Iterator<Item = ((u32, u32), f64)> {
        self.counts.iter().map(|(key, count)| (*key, *count))
    }

    fn total(&self) -> f64 {
        self.counts.values().sum()
    }

    fn mean(&self, term: impl Fn(f64, f64) -> f64) -> f64 {
        self.entries()
            .map(|((level, size), count)| count * term(f64::from(level), f64::from(size)))
            .sum::<f64>()
            / self.total()
    }

    fn variance(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        let mean = self.mean(&of);
        self.mean(|level, size| (of(level, size) - mean).powi(2))
    }

    /// Sum over the marginal (of level, or of size) of its square.
    fn squares(&self, of: impl Fn((u32, u32)) -> u32) -> f64 {
        let mut marginal: BTreeMap<u32, f64> = BTreeMap::new();
        for (key, count) in self.entries() {
            *marginal.entry(of(key)).or_insert(0.0) += count;
        }
        marginal.values().map(|count| count * count).sum()
    }

    fn over_probabilities(&self, term: impl Fn(f64) -> f64) -> f64 {
        let total = self.total();
        if total == 0.0 {
            return f64::NAN;
        }
        self.counts.values().map(|count| term(count / total)).sum()
    }
}

impl Merge for LevelSize {
    fn merge(&mut self, other: &Self) {
        for (key, count) in other.entries() {
            *self.counts.entry(key).or_insert(0.0) += count;
        }
        self.voxels += other.voxels;
    }
}

type Value = fn(&LevelSize) -> f64;

/// Formula and function of the measures, in the order of the manual. The last is defined for dependence only.
const MEASURES: [(&str, Value); 17] = [
    ("sum s / j^2 / N", |m| m.mean(|_, j| 1.0 / (j * j))),
    ("sum s j^2 / N", |m| m.mean(|_, j| j * j)),
    ("sum s / i^2 / N", |m| m.mean(|i, _| 1.0 / (i * i))),
    ("sum s i^2 / N", |m| m.mean(|i, _| i * i)),
    ("sum s / (i^2 j^2) / N", |m| m.mean(|i, j| 1.0 / (i * i * j * j))),
    ("sum s i^2 / j^2 / N", |m| m.mean(|i, j| i * i / (j * j))),
    ("sum s j^2 / i^2 / N", |m| m.mean(|i, j| j * j / (i * i))),
    ("sum s i^2 j^2 / N", |m| m.mean(|i, j| i * i * j * j)),
    ("sum_i (sum_j s)^2 / N", |m| m.squares(|(i, _)| i) / m.total()),
    ("sum_i (sum_j s)^2 / N^2", |m| m.squares(|(i, _)| i) / m.total().powi(2)),
    ("sum_j (sum_i s)^2 / N", |m| m.squares(|(_, j)| j) / m.total()),
    ("sum_j (sum_i s)^2 / N^2", |m| m.squares(|(_, j)| j) / m.total().powi(2)),
    (
        "N / V",
        |m| {
            if m.voxels > 0.0 { m.total() / m.voxels } else { f64::NAN }
        },
    ),
    ("sum p (i - mu_i)^2", |m| m.variance(|i, _| i)),
    ("sum p (j - mu_j)^2", |m| m.variance(|_, j| j)),
    ("-sum p log2 p", |m| m.over_probabilities(|p| -p * p.log2())),
    ("sum p^2", |m| m.over_probabilities(|p| p * p)),
];

const fn row(measure: usize, name: &'static str, tag: &'static str) -> Row<LevelSize> {
    let (_, value) = MEASURES[measure];
    Row::new(name, tag, value)
}

/// The run length features: `i` level, `j` run length.
pub static RUN_LENGTH: &[Row<LevelSize>] = &[
    row(0, "ShortRunEmphasis", "rlm_sre"),
    row(1, "LongRunEmphasis", "rlm_lre"),
    row(2, "LowGrayLevelRunEmphasis", "rlm_lgre"),
    row(3, "HighGrayLevelRunEmphasis", "rlm_hgre"),
    row(4, "ShortRunLowGrayLevelEmphasis", "rlm_srlge"),
    row(5, "ShortRunHighGrayLevelEmphasis", "rlm_srhge"),
    row(6, "LongRunLowGrayLevelEmphasis", "rlm_lrlge"),
    row(7, "LongRunHighGrayLevelEmphasis", "rlm_lrhge"),
    row(8, "GrayLevelNonUniformity", "rlm_glnu"),
    row(9, "GrayLevelNonUniformityNormalized", "rlm_glnu_norm"),
    row(10, "RunLengthNonUniformity", "rlm_rlnu"),
    row(11, "RunLengthNonUniformityNormalized", "rlm_rlnu_norm"),
    row(12, "RunPercentage", "rlm_r_perc"),
    row(13, "GrayLevelVariance", "rlm_gl_var"),
    row(14, "RunVariance", "rlm_rl_var"),
    row(15, "RunEntropy", "rlm_rl_entr"),
];

/// The size zone features: `i` level, `j` number of linked voxels.
pub static SIZE_ZONE: &[Row<LevelSize>] = &[
    row(0, "SmallAreaEmphasis", "szm_sze"),
    row(1, "LargeAreaEmphasis", "szm_lze"),
    row(2, "LowGrayLevelZoneEmphasis", "szm_lgze"),
    row(3, "HighGrayLevelZoneEmphasis", "szm_hgze"),
    row(4, "SmallAreaLowGrayLevelEmphasis", "szm_szlge"),
    row(5, "SmallAreaHighGrayLevelEmphasis", "szm_szhge"),
    row(6, "LargeAreaLowGrayLevelEmphasis", "szm_lzlge"),
    row(7, "LargeAreaHighGrayLevelEmphasis", "szm_lzhge"),
    row(8, "GrayLevelNonUniformity", "szm_glnu"),
    row(9, "GrayLevelNonUniformityNormalized", "szm_glnu_norm"),
    row(10, "SizeZoneNonUniformity", "szm_zsnu"),
    row(11, "SizeZoneNonUniformityNormalized", "szm_zsnu_norm"),
    row(12, "ZonePercentage", "szm_z_perc"),
    row(13, "GrayLevelVariance", "szm_gl_var"),
    row(14, "ZoneVariance", "szm_zs_var"),
    row(15, "ZoneEntropy", "szm_zs_entr"),
];

/// The distance zone features: `i` level, `j` distance of the zone from the region's edge. PyRadiomics has none of them.
pub static DISTANCE_ZONE: &[Row<LevelSize>] = &[
    row(0, "SmallDistanceEmphasis", "dzm_sde"),
    row(1, "LargeDistanceEmphasis", "dzm_lde"),
    row(2, "LowGrayLevelZoneEmphasis", "dzm_lgze"),
    row(3, "HighGrayLevelZoneEmphasis", "dzm_hgze"),
    row(4, "SmallDistanceLowGrayLevelEmphasis", "dzm_sdlge"),
    row(5, "SmallDistanceHighGrayLevelEmphasis", "dzm_sdhge"),
    row(6, "LargeDistanceLowGrayLevelEmphasis", "dzm_ldlge"),
    row(7, "LargeDistanceHighGrayLevelEmphasis", "dzm_ldhge"),
    row(8, "GrayLevelNonUniformity", "dzm_glnu"),
    row(9, "GrayLevelNonUniformityNormalized", "dzm_glnu_norm"),
    row(10, "ZoneDistanceNonUniformity", "dzm_zdnu"),
    row(11, "ZoneDistanceNonUniformityNormalized", "dzm_zdnu_norm"),
    row(12, "ZonePercentage", "dzm_z_perc"),
    row(13, "GrayLevelVariance", "dzm_gl_var"),
    row(14, "ZoneDistanceVariance", "dzm_zd_var"),
    row(15, "ZoneDistanceEntropy", "dzm_zd_entr"),
];

/// The dependence features: `i` level, `j` 1 + number of neighbours of about the same level.
pub static DEPENDENCE: &[Row<LevelSize>] = &[
    row(0, "SmallDependenceEmphasis", "ngl_lde"),
    row(1, "LargeDependenceEmphasis", "ngl_hde"),
    row(2, "LowGrayLevelEmphasis", "ngl_lgce"),
    row(3, "HighGrayLevelEmphasis", "ngl_hgce"),
    row(4, "SmallDependenceLowGrayLevelEmphasis", "ngl_ldlge"),
    row(5, "SmallDependenceHighGrayLevelEmphasis", "ngl_ldhge"),
    row(6, "LargeDependenceLowGrayLevelEmphasis", "ngl_hdlge"),
    row(7, "LargeDependenceHighGrayLevelEmphasis", "ngl_hdhge"),
    row(8, "GrayLevelNonUniformity", "ngl_glnu"),
    row(9, "GrayLevelNonUniformityNormalized", "ngl_glnu_norm"),
    row(10, "DependenceNonUniformity", "ngl_dcnu"),
    row(11, "DependenceNonUniformityNormalized", "ngl_dcnu_norm"),
    row(12, "DependencePercentage", "ngl_dc_perc"),
    row(13, "GrayLevelVariance", "ngl_gl_var"),
    row(14, "DependenceVariance", "ngl_dc_var"),
    row(15, "DependenceEntropy", "ngl_dc_entr"),
    row(16, "DependenceEnergy", "ngl_dc_energy"),
];

fn voxels(levels: &ArrayView3<u32>) -> f64 {
    levels.iter().filter(|&&level| level > 0).count() as f64
}

/// The slices of the region (`in_slice`), or the region as one.
fn pieces<'a>(levels: &ArrayView3<'a, u32>, in_slice: bool) -> Vec<(usize, ArrayView3<'a, u32>)> {
    let whole = *levels;
    if !in_slice {
        return vec![(0, whole)];
    }
    whole
        .axis_chunks_iter(Axis(0), 1)
        .enumerate()
        .filter(|(_, slice)| slice.iter().any(|&level| level > 0))
        .map(|(index, _)| (index, (*levels).slice_move(ndarray::s![index..=index, .., ..])))
        .collect()
}

/// Runs of equal level along each direction; a voxel outside the region (level 0) ends a run.
pub fn run_lengths(levels: &ArrayView3<u32>, in_slice: bool) -> Vec<Part<LevelSize>> {
    let mut parts = Vec::new();
    for (slice, piece) in pieces(levels, in_slice) {
        for (direction, step) in directions(1, in_slice).into_iter().enumerate() {
            let mut matrix = LevelSize {
                voxels: voxels(&piece),
                ..LevelSize::default()
            };
            let back = step.map(|step| -step);
            for (place, &level) in piece.indexed_iter() {
                if level == 0 || cell(&piece, place, back) == Some(level) {
                    continue;
                }
                let mut length = 1;
                while cell(&piece, place, step.map(|step| step * i64::from(length))) == Some(level) {
                    length += 1;
                }
                matrix.add(level, length);
            }
            parts.push(Part {
                slice,
                direction,
                matrix,
            });
        }
    }
    parts
}

/// Zones of linked voxels (26 neighbours, 8 in a slice) of equal level, by size and by distance from the region's edge.
///
/// `region` is the morphological mask on the same grid; the distance is counted in steps between voxels that share a face, 1 for a
/// voxel at the edge.
pub fn zones(
    levels: &ArrayView3<u32>,
    region: &ArrayView3<bool>,
    in_slice: bool,
) -> (Vec<Part<LevelSize>>, Vec<Part<LevelSize>>) {
    let distances = edge_distances(region, in_slice);
    let mut sizes_parts = Vec::new();
    let mut distance_parts = Vec::new();
    for (slice, piece) in pieces(levels, in_slice) {
        let mut sizes = LevelSize {
            voxels: voxels(&piece),
            ..LevelSize::default()
        };
        let mut depths = sizes.clone();
        let offsets = neighbours(1, 1, in_slice);
        let mut seen = ndarray::Array3::from_elem(piece.raw_dim(), false);
        let mut front = Vec::new();
        for (start, &level) in piece.indexed_iter() {
            if level == 0 || seen[start] {
                continue;
            }
            seen[start] = true;
            front.push(start);
            let (mut size, mut nearest) = (0, u32::MAX);
            while let Some(place) = front.pop() {
                size += 1;
                nearest = nearest.min(distances[[place.0 + slice, place.1, place.2]]);
                for offset in &offsets {
                    if cell(&piece, place, *offset) == Some(level) {
                        let next = moved(place, *offset);
                        if !seen[next] {
                            seen[next] = true;
                            front.push(next);
                        }
                    }
                }
            }
            sizes.add(level, size);
            depths.add(level, nearest);
        }
        sizes_parts.push(Part {
            slice,
            direction: 0,
            matrix: sizes,
        });
        distance_parts.push(Part {
            slice,
            direction: 0,
            matrix: depths,
        });
    }
    (sizes_parts, distance_parts)
}

/// Neighbours within Chebyshev distance `distance` whose level differs by at most `coarseness`, by level and their number + 1.
pub fn dependences(levels: &ArrayView3<u32>, distance: i64, coarseness: u32, in_slice: bool) -> Vec<Part<LevelSize>> {
    let offsets = neighbours(1, distance, in_slice);
    pieces(levels, in_slice)
        .into_iter()
        .map(|(slice, piece)| {
            let mut matrix = LevelSize {
                voxels: voxels(&piece),
                ..LevelSize::default()
            };
            for (place, &level) in piece.indexed_iter() {
                if level == 0 {
                    continue;
                }
                let like = offsets
                    .iter()
                    .filter_map(|offset| cell(&piece, place, *offset))
                    .filter(|&other| other > 0 && other.abs_diff(level) <= coarseness)
                    .count();
                matrix.add(level, like as u32 + 1);
            }
            Part {
                slice,
                direction: 0,
                matrix,
            }
        })
        .collect()
}

fn moved((z, y, x): (usize, usize, usize), [dz, dy, dx]: [i64; 3]) -> (usize, usize, usize) {
    (
        z.wrapping_add_signed(dz as isize),
        y.wrapping_add_signed(dy as isize),
        x.wrapping_add_signed(dx as isize),
    )
}

/// Steps over shared faces from each voxel of the region to the outside (the outside of the array included); 0 outside.
fn edge_distances(region: &ArrayView3<bool>, in_slice: bool) -> ndarray::Array3<u32> {
    let faces: Vec<[i64; 3]> = neighbours(1, 1, in_slice)
        .into_iter()
        .filter(|offset| offset.iter().map(|step| step.abs()).sum::<i64>() == 1)
        .collect();
    let mut distances = region.mapv(|inside| if inside { u32::MAX } else { 0 });
    let mut front: Vec<(usize, usize, usize)> = Vec::new();
    for (place, &inside) in region.indexed_iter() {
        if inside && faces.iter().any(|face| cell(region, place, *face) != Some(true)) {
            distances[place] = 1;
            front.push(place);
        }
    }
    let mut distance = 1;
    while !front.is_empty() {
        distance += 1;
        let mut next = Vec::new();
        for place in front {
            for face in &faces {
                let neighbour = moved(place, *face);
                if let Some(found) = distances.get_mut(neighbour)
                    && *found == u32::MAX
                {
                    *found = distance;
                    next.push(neighbour);
                }
            }
        }
        front = next;
    }
    distances
}
