//! Neighbouring grey tone difference matrix: how far a voxel is from the mean of its neighbours (Amadasun and King 1989;
//! IBSI section 3.10).
//!
//! The symbols are those of [`crate::features::matrix::tone_difference`]. Double sums run over both orders.

use super::row::{FeatureInfo, Row, functions, infos, numbered};
use super::{FeatureClass, in_each_aggregation};
use crate::features::FeatureError;
use crate::features::matrix::Job;
use crate::features::matrix::aggregation::{Aggregation, UNDIRECTED};
use crate::features::matrix::tone_difference::{ToneMatrix, ToneSummary};
use crate::features::region::Region;

/// The class `ngtdm`.
pub struct Ngtdm;

impl FeatureClass for Ngtdm {
    fn name(&self) -> &'static str {
        "ngtdm"
    }

    fn about(&self) -> &'static str {
        "difference of a voxel from the mean of its neighbours"
    }

    fn section(&self) -> Option<u8> {
        Some(10)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &UNDIRECTED
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::Tones(functions(FEATURES, chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        in_each_aggregation(self, region, &functions(FEATURES, chosen), |aggregation| {
            let lonely = region.rules().lonely_voxels;
            let pieces = region.surroundings(aggregation.extent())?;
            Ok(pieces
                .into_iter()
                .filter_map(|(levels, around)| ToneMatrix::new(levels, around, lonely).summary())
                .collect())
        })
    }
}

type Feature = Row<ToneSummary>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<ToneSummary>] = &numbered([
    Feature::new(
        "Coarseness",
        ["QCDE", "ngt_coarseness"],
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
    Feature::new(
        "Contrast",
        ["65HE", "ngt_contrast"],
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
    Feature::new(
        "Busyness",
        ["NQ30", "ngt_busyness"],
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
    Feature::new(
        "Complexity",
        ["HDEZ", "ngt_complexity"],
        "sum_ij |i - j| (p_i s_i + p_j s_j) / (p_i + p_j) / N",
        "many rapid changes",
        |s| s.complexity / s.voxels,
    ),
    Feature::new(
        "Strength",
        ["1X9X", "ngt_strength"],
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
]);
