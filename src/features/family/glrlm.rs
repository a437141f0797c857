//! Grey level run length matrix: runs of equal level along lines (Galloway 1975; IBSI section 3.7).
//!
//! `P(i, j)` counts the runs of level `i` and length `j` in one direction; a voxel outside the region ends a run. Features
//! are computed for each direction and averaged, or from the sum of the directions: those of an aggregation of the IBSI that
//! merges them, or, with `weightingNorm`, each weighted with its length in that norm (PyRadiomics weights with the length
//! itself here, not with `exp(-d^2)` as for the GLCM). In PyRadiomics a direction in which no line meets the region twice is
//! left out.

use super::row::{FeatureInfo, Row, functions, infos, numbered};
use super::{FeatureClass, in_each_aggregation};
use crate::features::FeatureError;
use crate::features::matrix::Job;
use crate::features::matrix::aggregation::{Aggregation, DIRECTED};
use crate::features::matrix::level_size::{LevelSizeMatrix, LevelSizeSummary};
use crate::features::matrix::neighbours::length;
use crate::features::region::{Matrices, Region};

/// The class `glrlm`.
pub struct Glrlm;

impl FeatureClass for Glrlm {
    fn name(&self) -> &'static str {
        "glrlm"
    }

    fn about(&self) -> &'static str {
        "runs of equal grey level"
    }

    fn section(&self) -> Option<u8> {
        Some(7)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &DIRECTED
    }

    fn matrices(&self) -> Matrices {
        Matrices {
            runs: true,
            ..Matrices::default()
        }
    }

    fn reason_without_value(&self) -> Option<&'static str> {
        Some("no line in any direction meets the region twice")
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::Runs(functions(FEATURES, chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        in_each_aggregation(self, region, &functions(FEATURES, chosen), |aggregation| {
            summaries(region, aggregation)
        })
    }
}

/// One summary for each matrix that is left after merging.
fn summaries(region: &Region<'_>, aggregation: Aggregation) -> Result<Vec<LevelSizeSummary>, FeatureError> {
    let mut found = Vec::new();
    for (levels, directions) in region.directional(aggregation.extent())? {
        let matrices = directions
            .iter()
            .filter(|direction| !direction.runs.is_empty())
            .map(|direction| {
                let voxels = levels.count() as f64;
                let matrix = LevelSizeMatrix::from_ranks(&direction.runs, levels.values(), voxels);
                (direction.offset, matrix)
            });
        match region.weighting(aggregation) {
            None => found.extend(matrices.filter_map(|(_, matrix)| matrix.summary())),
            Some(norm) => {
                let matrices: Vec<_> = matrices.collect();
                let weighted = matrices
                    .iter()
                    .map(|(offset, matrix)| (matrix, length(*offset, region.spacing(), norm)));
                found.extend(LevelSizeMatrix::merge(weighted).summary());
            }
        }
    }
    Ok(found)
}

type Feature = Row<LevelSizeSummary>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<LevelSizeSummary>] = &numbered([
    Feature::new(
        "ShortRunEmphasis",
        ["22OV", "rlm_sre"],
        "sum P / j^2 / N",
        "short runs, fine texture",
        |s| s.small,
    ),
    Feature::new(
        "LongRunEmphasis",
        ["W4KF", "rlm_lre"],
        "sum P j^2 / N",
        "long runs, coarse texture",
        |s| s.large,
    ),
    Feature::new(
        "LowGrayLevelRunEmphasis",
        ["V3SW", "rlm_lgre"],
        "sum P / i^2 / N",
        "runs of low levels",
        |s| s.low,
    ),
    Feature::new(
        "HighGrayLevelRunEmphasis",
        ["G3QZ", "rlm_hgre"],
        "sum P i^2 / N",
        "runs of high levels",
        |s| s.high,
    ),
    Feature::new(
        "ShortRunLowGrayLevelEmphasis",
        ["HTZT", "rlm_srlge"],
        "sum P / (i^2 j^2) / N",
        "short runs of low levels",
        |s| s.small_low,
    ),
    Feature::new(
        "ShortRunHighGrayLevelEmphasis",
        ["GD3A", "rlm_srhge"],
        "sum P i^2 / j^2 / N",
        "short runs of high levels",
        |s| s.small_high,
    ),
    Feature::new(
        "LongRunLowGrayLevelEmphasis",
        ["IVPO", "rlm_lrlge"],
        "sum P j^2 / i^2 / N",
        "long runs of low levels",
        |s| s.large_low,
    ),
    Feature::new(
        "LongRunHighGrayLevelEmphasis",
        ["3KUM", "rlm_lrhge"],
        "sum P i^2 j^2 / N",
        "long runs of high levels",
        |s| s.large_high,
    ),
    Feature::new(
        "GrayLevelNonUniformity",
        ["R5YN", "rlm_glnu"],
        "sum_i (sum_j P)^2 / N",
        "unevenness of the runs over the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Feature::new(
        "GrayLevelNonUniformityNormalized",
        ["OVBL", "rlm_glnu_norm"],
        "sum_i (sum_j P)^2 / N^2",
        "the same, for any number of runs",
        LevelSizeSummary::level_non_uniformity_normalized,
    ),
    Feature::new(
        "RunLengthNonUniformity",
        ["W92Y", "rlm_rlnu"],
        "sum_j (sum_i P)^2 / N",
        "unevenness of the run lengths",
        LevelSizeSummary::size_non_uniformity,
    ),
    Feature::new(
        "RunLengthNonUniformityNormalized",
        ["IC23", "rlm_rlnu_norm"],
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of runs",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Feature::new(
        "RunPercentage",
        ["9ZK5", "rlm_r_perc"],
        "N / number of voxels",
        "share of runs among voxels, fine texture",
        LevelSizeSummary::percentage,
    ),
    Feature::new(
        "GrayLevelVariance",
        ["8CE5", "rlm_gl_var"],
        "sum p (i - mu)^2",
        "spread of the levels of the runs",
        |s| s.level_variance,
    ),
    Feature::new(
        "RunVariance",
        ["SXLW", "rlm_rl_var"],
        "sum p (j - mu)^2",
        "spread of the run lengths",
        |s| s.size_variance,
    ),
    Feature::new(
        "RunEntropy",
        ["HJ9O", "rlm_rl_entr"],
        "-sum p log2(p + eps)",
        "disorder of levels and lengths",
        |s| s.entropy,
    ),
]);
