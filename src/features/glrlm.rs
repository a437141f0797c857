//! Grey level run length matrix: runs of equal level along lines (Galloway 1975; IBSI section 3.7).
//!
//! `P(i, j)` counts the runs of level `i` and length `j` in one direction; a voxel outside the region ends a run. Features
//! are computed for each direction and averaged, or, with `weightingNorm`, from the sum of the directions, each weighted
//! with its length in that norm (PyRadiomics weights with the length itself here, not with `exp(-d^2)` as for the GLCM).
//! A direction in which no line meets the region twice is left out.

use super::feature::{FeatureInfo, Row, infos, mean_values};
use super::level_size::{LevelSizeMatrix, LevelSizeSummary};
use super::neighbours::length;
use super::{FeatureClass, FeatureError, Region};

/// The class `glrlm`.
pub struct Glrlm;

impl FeatureClass for Glrlm {
    fn name(&self) -> &'static str {
        "glrlm"
    }

    fn about(&self) -> &'static str {
        "runs of equal grey level"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let values = region.levels()?.values();
        let directional = region.directional()?;
        let matrices = directional
            .iter()
            .filter(|direction| !direction.runs.is_empty())
            .map(|direction| (direction.offset, LevelSizeMatrix::from_ranks(&direction.runs, values)));
        let summaries: Vec<LevelSizeSummary> = match region.settings().weighting {
            None => matrices.filter_map(|(_, matrix)| matrix.summary()).collect(),
            Some(norm) => {
                let matrices: Vec<_> = matrices.collect();
                let spacing = region.spacing();
                LevelSizeMatrix::merge(
                    matrices
                        .iter()
                        .map(|(offset, matrix)| (matrix, length(*offset, spacing, norm))),
                )
                .summary()
                .into_iter()
                .collect()
            }
        };
        mean_values(self.name(), FEATURES, chosen, &summaries)
    }
}

pub(super) static FEATURES: &[Row<LevelSizeSummary>] = &[
    Row::new(
        "GrayLevelNonUniformity",
        "R5YN",
        "sum_i (sum_j P)^2 / N",
        "unevenness of the runs over the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Row::new(
        "GrayLevelNonUniformityNormalized",
        "OVBL",
        "sum_i (sum_j P)^2 / N^2",
        "the same, for any number of runs",
        LevelSizeSummary::level_non_uniformity_normalized,
    ),
    Row::new(
        "GrayLevelVariance",
        "8CE5",
        "sum p (i - mu)^2",
        "spread of the levels of the runs",
        |s| s.level_variance,
    ),
    Row::new(
        "HighGrayLevelRunEmphasis",
        "G3QZ",
        "sum P i^2 / N",
        "runs of high levels",
        |s| s.high,
    ),
    Row::new(
        "LongRunEmphasis",
        "W4KF",
        "sum P j^2 / N",
        "long runs, coarse texture",
        |s| s.large,
    ),
    Row::new(
        "LongRunHighGrayLevelEmphasis",
        "3KUM",
        "sum P i^2 j^2 / N",
        "long runs of high levels",
        |s| s.large_high,
    ),
    Row::new(
        "LongRunLowGrayLevelEmphasis",
        "IVPO",
        "sum P j^2 / i^2 / N",
        "long runs of low levels",
        |s| s.large_low,
    ),
    Row::new(
        "LowGrayLevelRunEmphasis",
        "V3SW",
        "sum P / i^2 / N",
        "runs of low levels",
        |s| s.low,
    ),
    Row::new(
        "RunEntropy",
        "HJ9O",
        "-sum p log2(p + eps)",
        "disorder of levels and lengths",
        |s| s.entropy,
    ),
    Row::new(
        "RunLengthNonUniformity",
        "W92Y",
        "sum_j (sum_i P)^2 / N",
        "unevenness of the run lengths",
        LevelSizeSummary::size_non_uniformity,
    ),
    Row::new(
        "RunLengthNonUniformityNormalized",
        "IC23",
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of runs",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Row::new(
        "RunPercentage",
        "9ZK5",
        "N / number of voxels",
        "share of runs among voxels, fine texture",
        LevelSizeSummary::percentage,
    ),
    Row::new(
        "RunVariance",
        "SXLW",
        "sum p (j - mu)^2",
        "spread of the run lengths",
        |s| s.size_variance,
    ),
    Row::new(
        "ShortRunEmphasis",
        "22OV",
        "sum P / j^2 / N",
        "short runs, fine texture",
        |s| s.small,
    ),
    Row::new(
        "ShortRunHighGrayLevelEmphasis",
        "GD3A",
        "sum P i^2 / j^2 / N",
        "short runs of high levels",
        |s| s.small_high,
    ),
    Row::new(
        "ShortRunLowGrayLevelEmphasis",
        "HTZT",
        "sum P / (i^2 j^2) / N",
        "short runs of low levels",
        |s| s.small_low,
    ),
];
