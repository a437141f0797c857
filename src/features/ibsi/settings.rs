//! The settings that the IBSI's processing and filters have beyond PyRadiomics': keys of `setting` in a parameter file.

use serde_json::{Map, Value};

use crate::features::filter::convolution::{Boundary, Pooling};
use crate::features::matrix::aggregation::{Aggregation, DIRECTED, UNDIRECTED};
use crate::features::region::discretise::IntensityAxis;
use crate::features::region::interpolate::Interpolation;

/// The words for aggregations.
pub const AGGREGATIONS: &[&str] = &[
    "2D_avg",
    "2D_comb",
    "2_5D_avg",
    "2_5D_comb",
    "3D_avg",
    "3D_comb",
    "2D",
    "2_5D",
    "3D",
];

/// Settings with their defaults applied.
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
    /// `aggregation`; all of the slices with `force2D`, else all of the volume
    pub aggregations: Vec<Aggregation>,
    /// `boundary` of filters
    pub boundary: Boundary,
    /// `support` of the mean filter in voxels
    pub support: usize,
    /// `truncate` of the Laplacian of Gaussian in sigmas
    pub truncate: f64,
    /// `kernels` of Laws' filter, such as `L5E5E5`
    pub kernels: String,
    /// `rotationInvariance` and `pooling` of Laws' filter and the separable wavelet
    pub rotation_invariance: Option<Pooling>,
    /// `pooling`
    pub pooling: Pooling,
    /// `energyDistance` of Laws' filter in voxels
    pub energy_distance: Option<usize>,
    /// `lambda` of the Gabor filter in millimetres
    pub lambda: f64,
    /// `gamma` of the Gabor filter
    pub gamma: f64,
    /// `thetaStep` of the Gabor filter in degrees
    pub theta_step: f64,
    /// `decomposition` of the separable wavelet, such as `LLH`
    pub decomposition: String,
    /// `rieszOrder` along `x, y, z`
    pub riesz_order: [u32; 3],
}

impl IbsiSettings {
    /// The aggregations that are asked for among some.
    pub fn aggregations_of(&self, all: &[Aggregation]) -> Vec<Aggregation> {
        let asked = self.aggregations.iter().copied();
        asked.filter(|one| all.contains(one)).collect()
    }

    /// Reads checked values; `in_slice` says that `force2D` is set.
    pub fn from_map(values: &Map<String, Value>, in_slice: bool) -> Self {
        let number = |key: &str| match values.get(key) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        let word = |key: &str| values.get(key).and_then(Value::as_str);
        let switch = |key: &str| values.get(key).and_then(Value::as_bool);
        let pooling = match word("pooling") {
            Some("max") => Pooling::Maximum,
            _ => Pooling::Mean,
        };
        let all = || DIRECTED.into_iter().chain(UNDIRECTED);
        let aggregations = match values.get("aggregation").and_then(Value::as_array) {
            Some(list) if !list.is_empty() => all()
                .filter(|one| list.iter().any(|word| word.as_str() == Some(one.tag())))
                .collect(),
            _ => all().filter(|one| one.by_slice() == in_slice).collect(),
        };
        let round = switch("roundIntensities").unwrap_or(false);
        Self {
            round,
            mask_interpolation: match word("maskInterpolator") {
                Some("nearest") => Interpolation::Nearest,
                _ => Interpolation::Linear,
            },
            mask_threshold: number("maskThreshold").unwrap_or(0.5),
            outlier_sigma: number("outlierSigma"),
            axis: match (number("ivhBinCount"), number("ivhBinWidth")) {
                (Some(count), _) => IntensityAxis::Number(count as u32),
                (None, Some(width)) => IntensityAxis::Width(width),
                (None, None) if round => IntensityAxis::Unit,
                // Intensities of no unit, or finer than one: the manual's 1000 bins.
                (None, None) => IntensityAxis::Number(1000),
            },
            aggregations,
            boundary: word("boundary").and_then(Boundary::from_word).unwrap_or_default(),
            support: number("support").map_or(5, |support| support as usize),
            truncate: number("truncate").unwrap_or(4.0),
            kernels: word("kernels")
                .unwrap_or(if in_slice { "L5E5" } else { "L5E5E5" })
                .to_owned(),
            rotation_invariance: switch("rotationInvariance").unwrap_or(true).then_some(pooling),
            pooling,
            energy_distance: number("energyDistance").map(|distance| distance as usize),
            lambda: number("lambda").unwrap_or(2.0),
            gamma: number("gamma").unwrap_or(1.5),
            theta_step: number("thetaStep").unwrap_or(22.5),
            riesz_order: values
                .get("rieszOrder")
                .and_then(Value::as_array)
                .map(|list| {
                    list.iter()
                        .filter_map(Value::as_u64)
                        .map(|order| order as u32)
                        .collect::<Vec<_>>()
                })
                .and_then(|order| <[u32; 3]>::try_from(order).ok())
                .unwrap_or([1, 0, 0]),
            decomposition: word("decomposition")
                .unwrap_or(if in_slice { "LH" } else { "LLH" })
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value, in_slice: bool) -> IbsiSettings {
        IbsiSettings::from_map(value.as_object().unwrap(), in_slice)
    }

    #[test]
    fn without_words_all_aggregations_of_the_slices_or_the_volume_are_taken() {
        let tags = |settings: &IbsiSettings| settings.aggregations.iter().map(|one| one.tag()).collect::<Vec<_>>();
        assert_eq!(tags(&read(&json!({}), false)), ["3D_avg", "3D_comb", "3D"]);
        assert_eq!(tags(&read(&json!({}), true)).len(), 6);
        assert_eq!(
            tags(&read(&json!({"aggregation": ["3D", "2D_comb"]}), false)),
            ["2D_comb", "3D"]
        );
        let every: Vec<&str> = DIRECTED.into_iter().chain(UNDIRECTED).map(Aggregation::tag).collect();
        assert_eq!(every, AGGREGATIONS);
    }

    #[test]
    fn a_number_of_bins_wins_over_their_width() {
        assert_eq!(
            read(&json!({"ivhBinCount": 1000, "ivhBinWidth": 2.5}), false).axis,
            IntensityAxis::Number(1000)
        );
        assert_eq!(
            read(&json!({"ivhBinWidth": 2.5}), false).axis,
            IntensityAxis::Width(2.5)
        );
    }
}
