//! Grey level dependence matrix: how many neighbours have the level of a voxel (Sun and Wee 1983; IBSI section 3.11, there
//! the neighbouring grey level dependence matrix).
//!
//! `P(i, j)` counts the voxels of level `i` that have `j - 1` neighbours whose level differs by at most `gldm_a`;
//! `N` is the number of voxels.

use super::feature::{FeatureInfo, Offer, Row, infos, mean_values};
use super::level_size::{LevelSizeMatrix, LevelSizeSummary};
use super::{FeatureClass, FeatureError, Region};

/// The class `gldm`.
pub struct Gldm;

impl FeatureClass for Gldm {
    fn name(&self) -> &'static str {
        "gldm"
    }

    fn about(&self) -> &'static str {
        "neighbours of equal grey level around a voxel"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        super::ibsi::catalogue::extended("gldm", infos(FEATURES))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let values = region.levels()?.values();
        let summary = LevelSizeMatrix::from_ranks(&region.surroundings()?.dependences, values).summary();
        mean_values(self.name(), FEATURES, chosen, summary.as_slice())
    }
}

pub(super) static FEATURES: &[Row<LevelSizeSummary>] = &[
    Row::new(
        "DependenceEntropy",
        "FCBV",
        "-sum p log2(p + eps)",
        "disorder of levels and dependences",
        |s| s.entropy,
    ),
    Row::new(
        "DependenceNonUniformity",
        "Z87G",
        "sum_j (sum_i P)^2 / N",
        "unevenness of the dependences",
        LevelSizeSummary::size_non_uniformity,
    ),
    Row::new(
        "DependenceNonUniformityNormalized",
        "OKJI",
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of voxels",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Row::new(
        "DependenceVariance",
        "DNX2",
        "sum p (j - mu)^2",
        "spread of the dependences",
        |s| s.size_variance,
    ),
    Row::new(
        "GrayLevelNonUniformity",
        "FP8K",
        "sum_i (sum_j P)^2 / N",
        "unevenness of the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Row::new(
        "GrayLevelVariance",
        "1PFV",
        "sum p (i - mu)^2",
        "spread of the levels",
        |s| s.level_variance,
    ),
    Row::new("HighGrayLevelEmphasis", "OAE7", "sum P i^2 / N", "high levels", |s| {
        s.high
    }),
    Row::new(
        "LargeDependenceEmphasis",
        "IMOQ",
        "sum P j^2 / N",
        "large dependence, homogeneous texture",
        |s| s.large,
    ),
    Row::new(
        "LargeDependenceHighGrayLevelEmphasis",
        "9QMG",
        "sum P i^2 j^2 / N",
        "large dependence at high levels",
        |s| s.large_high,
    ),
    Row::new(
        "LargeDependenceLowGrayLevelEmphasis",
        "NBZI",
        "sum P j^2 / i^2 / N",
        "large dependence at low levels",
        |s| s.large_low,
    ),
    Row::new("LowGrayLevelEmphasis", "TL9H", "sum P / i^2 / N", "low levels", |s| {
        s.low
    }),
    Row::new(
        "SmallDependenceEmphasis",
        "SODN",
        "sum P / j^2 / N",
        "small dependence, varied texture",
        |s| s.small,
    ),
    Row::new(
        "SmallDependenceHighGrayLevelEmphasis",
        "JA6D",
        "sum P i^2 / j^2 / N",
        "small dependence at high levels",
        |s| s.small_high,
    ),
    Row::new(
        "SmallDependenceLowGrayLevelEmphasis",
        "EQ3F",
        "sum P / (i^2 j^2) / N",
        "small dependence at low levels",
        |s| s.small_low,
    ),
    Row::new(
        "DependencePercentage",
        "6XV8",
        "N / number of voxels",
        "it is always 1",
        |_| f64::NAN,
    )
    .offer(Offer::Retired),
    Row::new(
        "GrayLevelNonUniformityNormalized",
        "5SPA",
        "sum_i (sum_j P)^2 / N^2",
        "it is firstorder Uniformity",
        |_| f64::NAN,
    )
    .offer(Offer::Retired),
];
