//! The tone difference matrix: for each level how far its voxels are from the mean of their neighbours.
//!
//! For each level `i` that occurs: `n_i` voxels, `p_i = n_i / N`, `s_i = sum |i - mean of the neighbours|` over them. A voxel
//! without neighbours adds nothing to `s_i`; whether it counts in `n_i` is where the conventions part.

use super::levels::Levels;
use super::surroundings::Surroundings;
use crate::features::convention::LonelyVoxels;

/// One level of the matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// `i`
    pub level: f64,
    /// `n_i`
    pub count: f64,
    /// `s_i`
    pub difference: f64,
}

/// The levels that occur.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ToneMatrix {
    /// Ascending by level; a level without voxels is left out of every sum
    pub tones: Vec<Tone>,
}

impl ToneMatrix {
    /// From what was found around the voxels of a region; `lonely` says whether voxels without neighbours count.
    pub fn new(levels: &Levels, around: &Surroundings, lonely: LonelyVoxels) -> Self {
        let counts = match lonely {
            LonelyVoxels::Count => levels.histogram(),
            LonelyVoxels::LeftOut => around.with_neighbours.clone(),
        };
        Self {
            tones: (1..counts.len())
                .map(|rank| Tone {
                    level: f64::from(levels.values()[rank]),
                    count: counts[rank] as f64,
                    difference: around.tone_differences[rank],
                })
                .collect(),
        }
    }

    /// What the features are made of; `None` without voxels.
    pub fn summary(&self) -> Option<ToneSummary> {
        let present: Vec<Tone> = self.tones.iter().copied().filter(|tone| tone.count > 0.0).collect();
        if present.is_empty() {
            return None;
        }
        let voxels: f64 = present.iter().map(|tone| tone.count).sum();
        let mut summary = ToneSummary {
            voxels,
            levels: present.len() as f64,
            ..ToneSummary::default()
        };
        for a in &present {
            let p = a.count / voxels;
            summary.difference += a.difference;
            summary.weighted_difference += p * a.difference;
            for b in &present {
                let q = b.count / voxels;
                let step = a.level - b.level;
                summary.spread += p * q * step * step;
                summary.rates += (a.level * p - b.level * q).abs();
                summary.complexity += step.abs() * (p * a.difference + q * b.difference) / (p + q);
                summary.strength += (p + q) * step * step;
            }
        }
        Some(summary)
    }
}

/// The sums of a [`ToneMatrix`] from which the features come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ToneSummary {
    /// `N`
    pub voxels: f64,
    /// Number of levels that occur
    pub levels: f64,
    /// `sum s_i`
    pub difference: f64,
    /// `sum p_i s_i`
    pub weighted_difference: f64,
    /// `sum_ij p_i p_j (i - j)^2`
    pub spread: f64,
    /// `sum_ij |i p_i - j p_j|`
    pub rates: f64,
    /// `sum_ij |i - j| (p_i s_i + p_j s_j) / (p_i + p_j)`
    pub complexity: f64,
    /// `sum_ij (p_i + p_j) (i - j)^2`
    pub strength: f64,
}
