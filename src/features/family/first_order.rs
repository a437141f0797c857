//! First order statistics: the intensities of the region without regard to where they are (IBSI sections 3.3 and 3.4).
//!
//! The symbols are those of [`crate::features::matrix::intensities`]; `c` is `voxelArrayShift`, which the IBSI does not have.

use super::FeatureClass;
use super::row::{FeatureInfo, Offer, Row, functions, infos, numbered, values};
use crate::features::matrix::Job;
use crate::features::matrix::intensities::Intensities;
use crate::features::region::Region;
use crate::features::{Convention, FeatureError};

/// The class `firstorder`.
pub struct FirstOrder;

impl FeatureClass for FirstOrder {
    fn name(&self) -> &'static str {
        "firstorder"
    }

    fn about(&self) -> &'static str {
        "distribution of the intensities"
    }

    fn section(&self) -> Option<u8> {
        Some(3)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn reason_without_value(&self) -> Option<&'static str> {
        Some("no intensity lies between the 10th and the 90th percentile")
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::FirstOrder(functions(FEATURES, chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let levels = region.levels()?;
        let count = levels.count() as f64;
        let shares = levels.histogram().into_iter().map(|voxels| voxels as f64 / count);
        let shift = match region.rules().convention {
            Convention::PyRadiomics => region.settings().voxel_array_shift,
            Convention::Ibsi => 0.0,
        };
        let summary = Intensities::new(region.inside(), shares, shift, region.voxel_volume())
            .without_rounding(region.size_before_filter())
            .with_kurtosis(region.rules().kurtosis);
        Ok(values(FEATURES, chosen, &summary))
    }
}

type Feature = Row<Intensities>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<Intensities>] = &numbered([
    Feature::new("Mean", ["Q4LE", "stat_mean"], "sum X / n", "mean intensity", |s| s.mean),
    Feature::new(
        "Variance",
        ["ECT3", "stat_var"],
        "m2",
        "mean squared distance from the mean",
        |s| s.moments[0],
    ),
    Feature::new(
        "Skewness",
        ["KE2A", "stat_skew"],
        "m3 / m2^1.5; 0 if m2 = 0",
        "asymmetry",
        Intensities::skewness,
    ),
    Feature::new(
        "Kurtosis",
        ["IPH6", "stat_kurt"],
        "m4 / m2^2 (with convention: ibsi less 3); 0 if m2 = 0",
        "weight of the tails; 3 for a normal distribution",
        Intensities::kurtosis,
    ),
    Feature::new("Median", ["Y12H", "stat_median"], "P50 of X", "median intensity", |s| {
        s.percentiles[2]
    }),
    Feature::new("Minimum", ["1GSF", "stat_min"], "min X", "smallest intensity", |s| {
        s.minimum
    }),
    Feature::new(
        "10Percentile",
        ["QG58", "stat_p10"],
        "P10 of X",
        "10th percentile",
        |s| s.percentiles[0],
    ),
    Feature::new(
        "90Percentile",
        ["8DWT", "stat_p90"],
        "P90 of X",
        "90th percentile",
        |s| s.percentiles[4],
    ),
    Feature::new("Maximum", ["84IY", "stat_max"], "max X", "greatest intensity", |s| {
        s.maximum
    }),
    Feature::new(
        "InterquartileRange",
        ["SALO", "stat_iqr"],
        "P75 - P25",
        "range of the middle half",
        Intensities::interquartile_range,
    ),
    Feature::new(
        "Range",
        ["2OJQ", "stat_range"],
        "max X - min X",
        "range of intensities",
        |s| s.maximum - s.minimum,
    ),
    Feature::new(
        "MeanAbsoluteDeviation",
        ["4FUA", "stat_mad"],
        "sum |X - mean| / n",
        "mean distance from the mean",
        |s| s.absolute_deviation,
    ),
    Feature::new(
        "RobustMeanAbsoluteDeviation",
        ["1128", "stat_rmad"],
        "mean |X - mean| over P10 <= X <= P90",
        "mean distance from the mean, tails left out",
        |s| s.robust_absolute_deviation,
    ),
    Feature::of_ibsi(
        "MedianAbsoluteDeviation",
        ["N72L", "stat_medad"],
        "sum |x - P50| / n",
        "Intensity-based median absolute deviation",
        |s| s.median_absolute_deviation,
    ),
    Feature::of_ibsi(
        "CoefficientOfVariation",
        ["7TET", "stat_cov"],
        "sqrt(m2) / mean",
        "Intensity-based coefficient of variation",
        |s| s.moments[0].sqrt() / s.mean,
    ),
    Feature::of_ibsi(
        "QuartileCoefficientOfDispersion",
        ["9S40", "stat_qcod"],
        "(P75 - P25) / (P75 + P25)",
        "Intensity-based quartile coefficient of dispersion",
        Intensities::quartile_dispersion,
    ),
    Feature::new(
        "Energy",
        ["N8CA", "stat_energy"],
        "sum (X + c)^2",
        "magnitude of the intensities",
        |s| s.energy,
    ),
    Feature::new(
        "RootMeanSquared",
        ["5ZWQ", "stat_rms"],
        "sqrt(sum (X + c)^2 / n)",
        "magnitude of an intensity",
        |s| (s.energy / s.count).sqrt(),
    ),
    Feature::new(
        "Entropy",
        ["TLU2", "ih_entropy"],
        "-sum p log2(p + eps)",
        "disorder of the grey levels",
        |s| s.entropy,
    ),
    Feature::new(
        "Uniformity",
        ["BJ5W", "ih_uniformity"],
        "sum p^2",
        "homogeneity of the grey levels",
        |s| s.uniformity,
    ),
    Feature::new(
        "TotalEnergy",
        ["", ""],
        "sum (X + c)^2 times the voxel's volume",
        "energy for any voxel size",
        |s| s.energy * s.voxel_volume,
    ),
    Feature::new("StandardDeviation", ["", ""], "sqrt(m2)", "root of the variance", |s| {
        s.moments[0].sqrt()
    })
    .offer(Offer::Deprecated),
]);

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::features::Parameters;

    #[test]
    fn a_response_of_rounding_has_no_moments() {
        let parameters = Parameters::default();
        let noise = Array3::from_shape_fn((1, 1, 5), |(_, _, x)| (x as f64 - 1.5) * 1e-14);
        let mask = Array3::from_elem(noise.dim(), true);
        let region = Region::new(parameters.settings(), [1.0; 3], noise, mask, false);
        let chosen: Vec<_> = FirstOrder.features();
        let value = |region: &Region<'_>, name: &str| {
            let values = FirstOrder.compute(region, &chosen).unwrap();
            let place = chosen.iter().position(|info| info.name == name).unwrap();
            values[place]
        };
        assert!(region.rounding().is_none() && value(&region, "Kurtosis") > 1.0);
        let region = region.with_size_before_filter(100.0);
        assert!(region.rounding().is_some());
        for name in ["Variance", "Skewness", "Kurtosis"] {
            assert_eq!(value(&region, name), 0.0, "{name}");
        }
    }
}
