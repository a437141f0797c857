//! Grey level distance zone matrix: how deep in the region zones of equal level lie (Thibault 2014; IBSI section 3.9).
//!
//! `s(i, j)` counts the zones of level `i` whose least distance from the region's edge is `j`, in steps over faces from the
//! outside of the morphological mask. `N = sum s`, `V` is the number of voxels, `p = s / N`.

use super::row::{FeatureInfo, Row, functions, infos, numbered};
use super::{FeatureClass, in_zones};
use crate::features::FeatureError;
use crate::features::matrix::aggregation::{Aggregation, UNDIRECTED};
use crate::features::matrix::level_size::LevelSizeSummary;
use crate::features::matrix::zones::by_depth;
use crate::features::region::{Matrices, Region};

/// The class `gldzm`.
pub struct Gldzm;

impl FeatureClass for Gldzm {
    fn name(&self) -> &'static str {
        "gldzm"
    }

    fn about(&self) -> &'static str {
        "zones of one grey level by their distance from the region's edge (IBSI)"
    }

    fn section(&self) -> Option<u8> {
        Some(9)
    }

    fn of_pyradiomics(&self) -> bool {
        false
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &UNDIRECTED
    }

    fn matrices(&self) -> Matrices {
        Matrices {
            depths: true,
            ..Matrices::default()
        }
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        in_zones(self, region, &functions(FEATURES, chosen), by_depth)
    }
}

type Feature = Row<LevelSizeSummary>;

/// Its features, in the order of the manual.
pub(in crate::features) static FEATURES: &[Row<LevelSizeSummary>] = &numbered([
    Feature::of_ibsi(
        "SmallDistanceEmphasis",
        ["0GBI", "dzm_sde"],
        "sum s / j^2 / N",
        "Small distance emphasis",
        |s| s.small,
    ),
    Feature::of_ibsi(
        "LargeDistanceEmphasis",
        ["MB4I", "dzm_lde"],
        "sum s j^2 / N",
        "Large distance emphasis",
        |s| s.large,
    ),
    Feature::of_ibsi(
        "LowGrayLevelZoneEmphasis",
        ["S1RA", "dzm_lgze"],
        "sum s / i^2 / N",
        "Low grey level zone emphasis",
        |s| s.low,
    ),
    Feature::of_ibsi(
        "HighGrayLevelZoneEmphasis",
        ["K26C", "dzm_hgze"],
        "sum s i^2 / N",
        "High grey level zone emphasis",
        |s| s.high,
    ),
    Feature::of_ibsi(
        "SmallDistanceLowGrayLevelEmphasis",
        ["RUVG", "dzm_sdlge"],
        "sum s / (i^2 j^2) / N",
        "Small distance low grey level emphasis",
        |s| s.small_low,
    ),
    Feature::of_ibsi(
        "SmallDistanceHighGrayLevelEmphasis",
        ["DKNJ", "dzm_sdhge"],
        "sum s i^2 / j^2 / N",
        "Small distance high grey level emphasis",
        |s| s.small_high,
    ),
    Feature::of_ibsi(
        "LargeDistanceLowGrayLevelEmphasis",
        ["A7WM", "dzm_ldlge"],
        "sum s j^2 / i^2 / N",
        "Large distance low grey level emphasis",
        |s| s.large_low,
    ),
    Feature::of_ibsi(
        "LargeDistanceHighGrayLevelEmphasis",
        ["KLTH", "dzm_ldhge"],
        "sum s i^2 j^2 / N",
        "Large distance high grey level emphasis",
        |s| s.large_high,
    ),
    Feature::of_ibsi(
        "GrayLevelNonUniformity",
        ["VFT7", "dzm_glnu"],
        "sum_i (sum_j s)^2 / N",
        "Grey level non-uniformity",
        LevelSizeSummary::level_non_uniformity,
    ),
    Feature::of_ibsi(
        "GrayLevelNonUniformityNormalized",
        ["7HP3", "dzm_glnu_norm"],
        "sum_i (sum_j s)^2 / N^2",
        "Normalised grey level non-uniformity",
        LevelSizeSummary::level_non_uniformity_normalized,
    ),
    Feature::of_ibsi(
        "ZoneDistanceNonUniformity",
        ["V294", "dzm_zdnu"],
        "sum_j (sum_i s)^2 / N",
        "Zone distance non-uniformity",
        LevelSizeSummary::size_non_uniformity,
    ),
    Feature::of_ibsi(
        "ZoneDistanceNonUniformityNormalized",
        ["IATH", "dzm_zdnu_norm"],
        "sum_j (sum_i s)^2 / N^2",
        "Normalised zone distance non-uniformity",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Feature::of_ibsi(
        "ZonePercentage",
        ["VIWW", "dzm_z_perc"],
        "N / V",
        "Zone percentage",
        LevelSizeSummary::percentage,
    ),
    Feature::of_ibsi(
        "GrayLevelVariance",
        ["QK93", "dzm_gl_var"],
        "sum p (i - mu_i)^2",
        "Grey level variance",
        |s| s.level_variance,
    ),
    Feature::of_ibsi(
        "ZoneDistanceVariance",
        ["7WT1", "dzm_zd_var"],
        "sum p (j - mu_j)^2",
        "Zone distance variance",
        |s| s.size_variance,
    ),
    Feature::of_ibsi(
        "ZoneDistanceEntropy",
        ["GBDU", "dzm_zd_entr"],
        "-sum p log2 p",
        "Zone distance entropy",
        |s| s.entropy,
    ),
]);
