//! What the IBSI's processing chain has beyond PyRadiomics'.

use super::choice::{IntensityAxis, Interpolation};
use super::reading::Reading;
use super::rows;
use crate::features::matrix::aggregation::Aggregation;

/// Settings of the chain with their defaults applied.
#[derive(Debug, Clone, PartialEq)]
pub struct IbsiSettings {
    /// `roundIntensities`: intensities are whole numbers (CT), as read and after interpolation
    pub round: bool,
    /// `maskInterpolator`
    pub mask_interpolation: Interpolation,
    /// `maskThreshold`: the share from which on a voxel belongs to the interpolated mask
    pub mask_threshold: f64,
    /// `outlierSigma`: re-segmentation by outliers, after the range
    pub outlier_sigma: Option<f64>,
    /// `ivhBinWidth`, `ivhBinCount`
    pub axis: IntensityAxis,
    /// `aggregation`, each once, in the order of the columns
    pub aggregations: Vec<Aggregation>,
}

impl IbsiSettings {
    /// The aggregations that are asked for among some.
    pub fn aggregations_of(&self, all: &[Aggregation]) -> Vec<Aggregation> {
        let asked = self.aggregations.iter().copied();
        asked.filter(|one| all.contains(one)).collect()
    }

    pub(super) fn read(read: &Reading<'_>) -> Self {
        let round = read.get(&rows::ROUND_INTENSITIES);
        let mut aggregations = read.get(&rows::AGGREGATION);
        aggregations.sort_unstable();
        aggregations.dedup();
        Self {
            round,
            mask_interpolation: read.get(&rows::MASK_INTERPOLATOR),
            mask_threshold: read.get(&rows::MASK_THRESHOLD),
            outlier_sigma: read.get(&rows::OUTLIER_SIGMA),
            axis: match (read.get(&rows::IVH_BIN_COUNT), read.get(&rows::IVH_BIN_WIDTH)) {
                (Some(count), _) => IntensityAxis::Number(u32::try_from(count).unwrap_or(u32::MAX)),
                (None, Some(width)) => IntensityAxis::Width(width),
                (None, None) if round => IntensityAxis::Unit,
                // Intensities of no unit, or finer than one: the manual's 1000 bins.
                (None, None) => IntensityAxis::Number(1000),
            },
            aggregations,
        }
    }
}
