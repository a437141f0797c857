//! Neighbouring grey tone difference matrix: how far a voxel is from the mean of its neighbours (Amadasun and King 1989;
//! IBSI section 3.10).
//!
//! For each level `i` that occurs: `n_i` voxels, `p_i = n_i / N`, `s_i = sum |i - mean of the neighbours|` over them. In
//! PyRadiomics a voxel without neighbours counts in `n_i` and adds nothing to `s_i`. Double sums run over both orders.

use super::feature::{FeatureInfo, Row, infos, mean_values};
use super::{FeatureClass, FeatureError, Region};

/// The class `ngtdm`.
pub struct Ngtdm;

impl FeatureClass for Ngtdm {
    fn name(&self) -> &'static str {
        "ngtdm"
    }

    fn about(&self) -> &'static str {
        "difference of a voxel from the mean of its neighbours"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let levels = region.levels()?;
        let counts = levels.histogram();
        let differences = &region.surroundings()?.tone_differences;
        let tones = ToneMatrix {
            tones: (1..counts.len())
                .map(|rank| Tone {
                    level: f64::from(levels.values()[rank]),
                    count: counts[rank] as f64,
                    difference: differences[rank],
                })
                .collect(),
        };
        mean_values(self.name(), FEATURES, chosen, &[tones.summary()])
    }
}

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
    /// The sum of several matrices (of slices).
    pub fn merge<'a>(matrices: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut merged: Vec<Tone> = Vec::new();
        for tone in matrices.into_iter().flat_map(|matrix| &matrix.tones) {
            match merged.binary_search_by(|known| known.level.total_cmp(&tone.level)) {
                Ok(at) => {
                    merged[at].count += tone.count;
                    merged[at].difference += tone.difference;
                }
                Err(at) => merged.insert(at, *tone),
            }
        }
        Self { tones: merged }
    }

    /// What the features are made of.
    pub fn summary(&self) -> ToneSummary {
        let present: Vec<Tone> = self.tones.iter().copied().filter(|tone| tone.count > 0.0).collect();
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
        summary
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

pub(super) static FEATURES: &[Row<ToneSummary>] = &[
    Row::new(
        "Busyness",
        "NQ30",
        "sum p s / sum_ij |i p_i - j p_j|; 0 if that is 0",
        "rapid changes from voxel to voxel",
        |s| {
            if s.rates == 0.0 {
                0.0
            } else {
                s.weighted_difference / s.rates
            }
        },
    ),
    Row::new(
        "Coarseness",
        "QCDE",
        "1 / sum p s; 1e6 if that is 0",
        "small difference from the neighbours",
        |s| {
            if s.weighted_difference == 0.0 {
                1e6
            } else {
                1.0 / s.weighted_difference
            }
        },
    ),
    Row::new(
        "Complexity",
        "HDEZ",
        "sum_ij |i - j| (p_i s_i + p_j s_j) / (p_i + p_j) / N",
        "many rapid changes",
        |s| s.complexity / s.voxels,
    ),
    Row::new(
        "Contrast",
        "65HE",
        "sum_ij p_i p_j (i - j)^2 sum s / (N n (n - 1)), n levels; 0 for one level",
        "large differences between regions",
        |s| {
            if s.levels > 1.0 {
                s.spread * s.difference / (s.voxels * s.levels * (s.levels - 1.0))
            } else {
                0.0
            }
        },
    ),
    Row::new(
        "Strength",
        "1X9X",
        "sum_ij (p_i + p_j) (i - j)^2 / sum s; 0 if that is 0",
        "distinct regions of slow change",
        |s| {
            if s.difference == 0.0 {
                0.0
            } else {
                s.strength / s.difference
            }
        },
    ),
];
