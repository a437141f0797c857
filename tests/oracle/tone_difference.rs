//! Neighbourhood grey tone difference (IPET): how far a voxel's level is from the mean level of its neighbours.
//!
//! Symbols: `n_i` voxels of level `i` that have a neighbour in the region, `s_i` sum of their differences, `p_i = n_i / N`, `L` the
//! number of levels that occur. Reference: IBSI 1 manual, section 3.10.

use std::collections::BTreeMap;

use ndarray::{ArrayView3, Axis, s};

use super::aggregation::{Merge, Part, neighbours};
use super::{Row, cell};

/// For each level that occurs: voxels and sum of differences.
#[derive(Debug, Clone, Default)]
pub struct ToneDifference {
    levels: BTreeMap<u32, (f64, f64)>,
}

type Feature = Row<ToneDifference>;

/// The tone difference features.
pub static TONE_DIFFERENCE: &[Row<ToneDifference>] = &[
    Feature::new("Coarseness", "ngt_coarseness", |m| {
        let sum = m.over(|_, p, s| p * s);
        if sum == 0.0 { 1e6 } else { 1.0 / sum }
    }),
    Feature::new("Contrast", "ngt_contrast", ToneDifference::contrast),
    Feature::new("Busyness", "ngt_busyness", |m| {
        let below = m.over_pairs(|(i, p, _), (j, q, _)| (i * p - j * q).abs());
        if below == 0.0 {
            0.0
        } else {
            m.over(|_, p, s| p * s) / below
        }
    }),
    Feature::new("Complexity", "ngt_complexity", |m| {
        m.over_pairs(|(i, p, s), (j, q, t)| (i - j).abs() * (p * s + q * t) / (p + q)) / m.total()
    }),
    Feature::new("Strength", "ngt_strength", |m| {
        let below = m.over(|_, _, s| s);
        if below == 0.0 {
            0.0
        } else {
            m.over_pairs(|(i, p, _), (j, q, _)| (p + q) * (i - j).powi(2)) / below
        }
    }),
];

impl ToneDifference {
    /// `(level, voxels, sum of differences)`, ascending.
    pub fn entries(&self) -> impl Iterator<Item = (u32, f64, f64)> {
        self.levels.iter().map(|(&level, &(n, s))| (level, n, s))
    }

    fn total(&self) -> f64 {
        self.levels.values().map(|(n, _)| n).sum()
    }

    /// Level, probability and sum of differences of each level.
    fn terms(&self) -> Vec<(f64, f64, f64)> {
        let total = self.total();
        self.entries()
            .map(|(level, n, s)| (f64::from(level), n / total, s))
            .collect()
    }

    /// NaN where no voxel has a neighbour.
    fn over(&self, term: impl Fn(f64, f64, f64) -> f64) -> f64 {
        if self.levels.is_empty() {
            return f64::NAN;
        }
        self.terms().into_iter().map(|(level, p, s)| term(level, p, s)).sum()
    }

    fn over_pairs(&self, term: impl Fn((f64, f64, f64), (f64, f64, f64)) -> f64) -> f64 {
        if self.levels.is_empty() {
            return f64::NAN;
        }
        let terms = self.terms();
        let mut sum = 0.0;
        for &a in &terms {
            for &b in &terms {
                sum += term(a, b);
            }
        }
        sum
    }

    fn contrast(&self) -> f64 {
        let count = self.levels.len() as f64;
        if count == 1.0 {
            return 0.0;
        }
        let spread = self.over_pairs(|(i, p, _), (j, q, _)| p * q * (i - j).powi(2)) / (count * (count - 1.0));
        spread * self.over(|_, _, s| s) / self.total()
    }
}

impl Merge for ToneDifference {
    fn merge(&mut self, other: &Self) {
        for (level, n, s) in other.entries() {
            let found = self.levels.entry(level).or_insert((0.0, 0.0));
            found.0 += n;
            found.1 += s;
        }
    }
}

/// The differences of each slice or of the volume, with neighbours up to Chebyshev distance `distance`.
pub fn tone_differences(levels: &ArrayView3<u32>, distance: i64, in_slice: bool) -> Vec<Part<ToneDifference>> {
    let offsets = neighbours(1, distance, in_slice);
    let slices = if in_slice { levels.len_of(Axis(0)) } else { 1 };
    (0..slices)
        .map(|slice| {
            let piece = if in_slice {
                levels.slice(s![slice..=slice, .., ..])
            } else {
                levels.view()
            };
            let mut matrix = ToneDifference::default();
            for (place, &level) in piece.indexed_iter() {
                if level == 0 {
                    continue;
                }
                let (mut sum, mut count) = (0.0, 0.0);
                for offset in &offsets {
                    if let Some(other) = cell(&piece, place, *offset).filter(|&other| other > 0) {
                        sum += f64::from(other);
                        count += 1.0;
                    }
                }
                if count > 0.0 {
                    let found = matrix.levels.entry(level).or_insert((0.0, 0.0));
                    found.0 += 1.0;
                    found.1 += (f64::from(level) - sum / count).abs();
                }
            }
            Part {
                slice,
                direction: 0,
                matrix,
            }
        })
        .collect()
}
