//! Grey level dependence matrix: how many neighbours have the level of a voxel (Sun and Wee 1983; IBSI section 3.11, there
//! the neighbouring grey level dependence matrix).
//!
//! `P(i, j)` counts the voxels of level `i` that have `j - 1` neighbours whose level differs by at most `gldm_a`;
//! `N` is the number of voxels.

use super::row::{FeatureInfo, Offer, Row, functions, infos, numbered};
use super::{FeatureClass, in_each_aggregation};
use crate::features::FeatureError;
use crate::features::matrix::Job;
use crate::features::matrix::aggregation::{Aggregation, UNDIRECTED};
use crate::features::matrix::level_size::{LevelSizeMatrix, LevelSizeSummary};
use crate::features::region::Region;

/// The class `gldm`.
pub struct Gldm;

impl FeatureClass for Gldm {
    fn name(&self) -> &'static str {
        "gldm"
    }

    fn about(&self) -> &'static str {
        "neighbours of equal grey level around a voxel"
    }

    fn section(&self) -> Option<u8> {
        Some(11)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &UNDIRECTED
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::Dependences(functions(FEATURES, chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        in_each_aggregation(self, region, &functions(FEATURES, chosen), |aggregation| {
            let pieces = region.surroundings(aggregation.extent())?;
            Ok(pieces
                .into_iter()
                .filter_map(|(levels, around)| {
                    LevelSizeMatrix::from_ranks(&around.dependences, levels.values(), levels.count() as f64).summary()
                })
                .collect())
        })
    }
}

type Feature = Row<LevelSizeSummary>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<LevelSizeSummary>] = &numbered([
    Feature::new(
        "SmallDependenceEmphasis",
        ["SODN", "ngl_lde"],
        "sum P / j^2 / N",
        "small dependence, varied texture",
        |s| s.small,
    ),
    Feature::new(
        "LargeDependenceEmphasis",
        ["IMOQ", "ngl_hde"],
        "sum P j^2 / N",
        "large dependence, homogeneous texture",
        |s| s.large,
    ),
    Feature::new(
        "LowGrayLevelEmphasis",
        ["TL9H", "ngl_lgce"],
        "sum P / i^2 / N",
        "low levels",
        |s| s.low,
    ),
    Feature::new(
        "HighGrayLevelEmphasis",
        ["OAE7", "ngl_hgce"],
        "sum P i^2 / N",
        "high levels",
        |s| s.high,
    ),
    Feature::new(
        "SmallDependenceLowGrayLevelEmphasis",
        ["EQ3F", "ngl_ldlge"],
        "sum P / (i^2 j^2) / N",
        "small dependence at low levels",
        |s| s.small_low,
    ),
    Feature::new(
        "SmallDependenceHighGrayLevelEmphasis",
        ["JA6D", "ngl_ldhge"],
        "sum P i^2 / j^2 / N",
        "small dependence at high levels",
        |s| s.small_high,
    ),
    Feature::new(
        "LargeDependenceLowGrayLevelEmphasis",
        ["NBZI", "ngl_hdlge"],
        "sum P j^2 / i^2 / N",
        "large dependence at low levels",
        |s| s.large_low,
    ),
    Feature::new(
        "LargeDependenceHighGrayLevelEmphasis",
        ["9QMG", "ngl_hdhge"],
        "sum P i^2 j^2 / N",
        "large dependence at high levels",
        |s| s.large_high,
    ),
    Feature::new(
        "GrayLevelNonUniformity",
        ["FP8K", "ngl_glnu"],
        "sum_i (sum_j P)^2 / N",
        "unevenness of the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Feature::new(
        "GrayLevelNonUniformityNormalized",
        ["5SPA", "ngl_glnu_norm"],
        "sum_i (sum_j P)^2 / N^2",
        "it is firstorder Uniformity",
        LevelSizeSummary::level_non_uniformity_normalized,
    )
    .offer(Offer::Retired),
    Feature::new(
        "DependenceNonUniformity",
        ["Z87G", "ngl_dcnu"],
        "sum_j (sum_i P)^2 / N",
        "unevenness of the dependences",
        LevelSizeSummary::size_non_uniformity,
    ),
    Feature::new(
        "DependenceNonUniformityNormalized",
        ["OKJI", "ngl_dcnu_norm"],
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of voxels",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Feature::new(
        "DependencePercentage",
        ["6XV8", "ngl_dc_perc"],
        "N / number of voxels",
        "it is always 1",
        LevelSizeSummary::percentage,
    )
    .offer(Offer::Retired),
    Feature::new(
        "GrayLevelVariance",
        ["1PFV", "ngl_gl_var"],
        "sum p (i - mu)^2",
        "spread of the levels",
        |s| s.level_variance,
    ),
    Feature::new(
        "DependenceVariance",
        ["DNX2", "ngl_dc_var"],
        "sum p (j - mu)^2",
        "spread of the dependences",
        |s| s.size_variance,
    ),
    Feature::new(
        "DependenceEntropy",
        ["FCBV", "ngl_dc_entr"],
        "-sum p log2(p + eps)",
        "disorder of levels and dependences",
        |s| s.entropy,
    ),
    Feature::of_ibsi(
        "DependenceEnergy",
        ["CAS9", "ngl_dc_energy"],
        "sum p^2",
        "Dependence count energy",
        |s| s.energy,
    ),
]);
