//! Grey level size zone matrix: connected zones of equal level (Thibault 2009; IBSI section 3.8).
//!
//! `P(i, j)` counts the zones of level `i` and `j` voxels; voxels are connected with all 26 neighbours (8 within slices). `N` is
//! the number of zones.

use super::row::{FeatureInfo, Row, functions, infos, numbered};
use super::{FeatureClass, in_zones};
use crate::features::FeatureError;
use crate::features::matrix::Job;
use crate::features::matrix::aggregation::{Aggregation, UNDIRECTED};
use crate::features::matrix::level_size::LevelSizeSummary;
use crate::features::matrix::zones::by_size;
use crate::features::region::Region;

/// The class `glszm`.
pub struct Glszm;

impl FeatureClass for Glszm {
    fn name(&self) -> &'static str {
        "glszm"
    }

    fn about(&self) -> &'static str {
        "connected zones of equal grey level"
    }

    fn section(&self) -> Option<u8> {
        Some(8)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &UNDIRECTED
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::Zones(functions(FEATURES, chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        in_zones(self, region, &functions(FEATURES, chosen), by_size)
    }
}

type Feature = Row<LevelSizeSummary>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<LevelSizeSummary>] = &numbered([
    Feature::new(
        "SmallAreaEmphasis",
        ["5QRC", "szm_sze"],
        "sum P / j^2 / N",
        "small zones, fine texture",
        |s| s.small,
    ),
    Feature::new(
        "LargeAreaEmphasis",
        ["48P8", "szm_lze"],
        "sum P j^2 / N",
        "large zones, coarse texture",
        |s| s.large,
    ),
    Feature::new(
        "LowGrayLevelZoneEmphasis",
        ["XMSY", "szm_lgze"],
        "sum P / i^2 / N",
        "zones of low levels",
        |s| s.low,
    ),
    Feature::new(
        "HighGrayLevelZoneEmphasis",
        ["5GN9", "szm_hgze"],
        "sum P i^2 / N",
        "zones of high levels",
        |s| s.high,
    ),
    Feature::new(
        "SmallAreaLowGrayLevelEmphasis",
        ["5RAI", "szm_szlge"],
        "sum P / (i^2 j^2) / N",
        "small zones of low levels",
        |s| s.small_low,
    ),
    Feature::new(
        "SmallAreaHighGrayLevelEmphasis",
        ["HW1V", "szm_szhge"],
        "sum P i^2 / j^2 / N",
        "small zones of high levels",
        |s| s.small_high,
    ),
    Feature::new(
        "LargeAreaLowGrayLevelEmphasis",
        ["YH51", "szm_lzlge"],
        "sum P j^2 / i^2 / N",
        "large zones of low levels",
        |s| s.large_low,
    ),
    Feature::new(
        "LargeAreaHighGrayLevelEmphasis",
        ["J17V", "szm_lzhge"],
        "sum P i^2 j^2 / N",
        "large zones of high levels",
        |s| s.large_high,
    ),
    Feature::new(
        "GrayLevelNonUniformity",
        ["JNSA", "szm_glnu"],
        "sum_i (sum_j P)^2 / N",
        "unevenness of the zones over the levels",
        LevelSizeSummary::level_non_uniformity,
    ),
    Feature::new(
        "GrayLevelNonUniformityNormalized",
        ["Y1RO", "szm_glnu_norm"],
        "sum_i (sum_j P)^2 / N^2",
        "the same, for any number of zones",
        LevelSizeSummary::level_non_uniformity_normalized,
    ),
    Feature::new(
        "SizeZoneNonUniformity",
        ["4JP3", "szm_zsnu"],
        "sum_j (sum_i P)^2 / N",
        "unevenness of the zone sizes",
        LevelSizeSummary::size_non_uniformity,
    ),
    Feature::new(
        "SizeZoneNonUniformityNormalized",
        ["VB3A", "szm_zsnu_norm"],
        "sum_j (sum_i P)^2 / N^2",
        "the same, for any number of zones",
        LevelSizeSummary::size_non_uniformity_normalized,
    ),
    Feature::new(
        "ZonePercentage",
        ["P30P", "szm_z_perc"],
        "N / number of voxels",
        "share of zones among voxels, fine texture",
        LevelSizeSummary::percentage,
    ),
    Feature::new(
        "GrayLevelVariance",
        ["BYLV", "szm_gl_var"],
        "sum p (i - mu)^2",
        "spread of the levels of the zones",
        |s| s.level_variance,
    ),
    Feature::new(
        "ZoneVariance",
        ["3NSA", "szm_zs_var"],
        "sum p (j - mu)^2",
        "spread of the zone sizes",
        |s| s.size_variance,
    ),
    Feature::new(
        "ZoneEntropy",
        ["GU8N", "szm_zs_entr"],
        "-sum p log2(p + eps)",
        "disorder of levels and sizes",
        |s| s.entropy,
    ),
]);
