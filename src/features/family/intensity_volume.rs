//! Intensity-volume histogram (P88C): which share of the region has at least a given intensity.
//!
//! Three kinds of intensities (IBSI 1 manual, section 3.5): intensities in steps of one unit (a calibrated modality, no
//! discretisation); centres of bins of fixed width; and bin numbers of a fixed number of bins. The intensity axis runs over the
//! re-segmentation range where there is one, else from the smallest to the largest intensity of the region.

use super::FeatureClass;
use super::row::{FeatureInfo, Row, infos, numbered, values};
use crate::features::FeatureError;
use crate::features::region::Region;
use crate::features::settings::choice::IntensityAxis;

/// The class `ivh`.
pub struct IntensityVolume;

impl FeatureClass for IntensityVolume {
    fn name(&self) -> &'static str {
        "ivh"
    }

    fn about(&self) -> &'static str {
        "which share of the region has at least an intensity (IBSI)"
    }

    fn section(&self) -> Option<u8> {
        Some(5)
    }

    fn of_pyradiomics(&self) -> bool {
        false
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let mut intensities = region.inside();
        intensities.sort_unstable_by(f64::total_cmp);
        let (axis, range) = (region.settings().ibsi.axis, region.bin_range());
        region.check_axis(axis)?;
        Ok(values(
            FEATURES,
            chosen,
            &VolumeHistogram::new(&intensities, axis, range),
        ))
    }
}

/// Intensities, ascending, and the share of the region at or above each.
#[derive(Debug, Clone)]
pub struct VolumeHistogram {
    intensities: Vec<f64>,
    shares: Vec<f64>,
}

impl VolumeHistogram {
    /// Counts the intensities (ascending) of a region. A fractional intensity counts for the step that it lies in.
    pub fn new(sorted: &[f64], axis: IntensityAxis, range: Option<[f64; 2]>) -> Self {
        let (Some(&minimum), Some(&maximum)) = (sorted.first(), sorted.last()) else {
            return Self {
                intensities: Vec::new(),
                shares: Vec::new(),
            };
        };
        let finite = |end: usize, other: f64| {
            range
                .map(|range| range[end])
                .filter(|end| end.is_finite())
                .unwrap_or(other)
        };
        let (low, high) = (finite(0, minimum), finite(1, maximum));
        let (edges, intensities): (Vec<f64>, Vec<f64>) = match axis {
            IntensityAxis::Unit => {
                let steps = ((high - low).ceil() as usize).max(1);
                let edges: Vec<f64> = (0..=steps).map(|step| low + step as f64).collect();
                (edges.clone(), edges)
            }
            IntensityAxis::Width(width) => {
                let bins = (((high - low) / width).ceil() as usize).max(1);
                let edges: Vec<f64> = (0..bins).map(|bin| low + bin as f64 * width).collect();
                let centres = edges.iter().map(|edge| edge + width / 2.0).collect();
                (edges, centres)
            }
            IntensityAxis::Number(bins) => {
                let width = (maximum - minimum) / f64::from(bins.max(1));
                let edges = (0..bins.max(1)).map(|bin| minimum + f64::from(bin) * width).collect();
                (edges, (1..=bins.max(1)).map(f64::from).collect())
            }
        };
        let n = sorted.len() as f64;
        let shares = edges
            .iter()
            .map(|&edge| (sorted.len() - sorted.partition_point(|&value| value < edge)) as f64 / n)
            .collect();
        Self { intensities, shares }
    }

    /// The intensities as shares of their range.
    fn fractions(&self) -> impl Iterator<Item = f64> {
        let low = self.intensities.first().copied().unwrap_or(f64::NAN);
        let high = self.intensities.last().copied().unwrap_or(f64::NAN);
        self.intensities
            .iter()
            .map(move |intensity| (intensity - low) / (high - low))
    }

    fn volume_at(&self, fraction: f64) -> f64 {
        self.fractions()
            .zip(&self.shares)
            .find(|(place, _)| *place >= fraction)
            .map_or(f64::NAN, |(_, &share)| share)
    }

    fn intensity_at(&self, volume: f64) -> f64 {
        let found = self.shares.iter().position(|&share| share <= volume);
        match (found, self.intensities.last()) {
            (Some(index), _) => self.intensities[index],
            // More than this share has the largest intensity: the next step would be the first with less.
            (None, Some(&last)) => last + self.step(),
            (None, None) => f64::NAN,
        }
    }

    fn step(&self) -> f64 {
        match self.intensities[..] {
            [first, second, ..] => second - first,
            _ => 1.0,
        }
    }

    fn area(&self) -> f64 {
        let points: Vec<(f64, f64)> = self.fractions().zip(self.shares.iter().copied()).collect();
        if points.len() < 2 {
            return f64::NAN;
        }
        points
            .windows(2)
            .map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0)
            .sum()
    }
}

type Feature = Row<VolumeHistogram>;

/// Its features, in the order of the manual.
pub(in crate::features) static FEATURES: &[Row<VolumeHistogram>] = &numbered([
    Feature::of_ibsi(
        "VolumeAtIntensityFraction10",
        ["BC2M", "ivh_v10"],
        "share of the volume with at least 10 % of the intensity range",
        "Volume at intensity fraction",
        |h| h.volume_at(0.1),
    ),
    Feature::of_ibsi(
        "VolumeAtIntensityFraction90",
        ["BC2M", "ivh_v90"],
        "share of the volume with at least 90 % of the intensity range",
        "Volume at intensity fraction",
        |h| h.volume_at(0.9),
    ),
    Feature::of_ibsi(
        "IntensityAtVolumeFraction10",
        ["GBPN", "ivh_i10"],
        "smallest intensity that at most 10 % of the volume reach",
        "Intensity at volume fraction",
        |h| h.intensity_at(0.1),
    ),
    Feature::of_ibsi(
        "IntensityAtVolumeFraction90",
        ["GBPN", "ivh_i90"],
        "smallest intensity that at most 90 % of the volume reach",
        "Intensity at volume fraction",
        |h| h.intensity_at(0.9),
    ),
    Feature::of_ibsi(
        "VolumeFractionDifference",
        ["DDTU", "ivh_diff_v10_v90"],
        "V10 - V90",
        "Volume fraction difference between intensity fractions",
        |h| h.volume_at(0.1) - h.volume_at(0.9),
    ),
    Feature::of_ibsi(
        "IntensityFractionDifference",
        ["CNV2", "ivh_diff_i10_i90"],
        "I10 - I90",
        "Intensity fraction difference between volume fractions",
        |h| h.intensity_at(0.1) - h.intensity_at(0.9),
    ),
    Feature::of_ibsi(
        "AreaUnderCurve",
        ["9CMM", "ivh_auc"],
        "area under volume share against intensity fraction (trapezium); no consensus value exists",
        "Area under the IVH curve",
        VolumeHistogram::area,
    ),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_spread_falls_along_the_diagonal() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        let histogram = VolumeHistogram::new(&values, IntensityAxis::Unit, None);
        assert!((histogram.volume_at(0.1) - 91.0 / 101.0).abs() < 1e-12);
        assert_eq!(histogram.intensity_at(0.1), 91.0);
        assert!((histogram.area() - 0.5 - 0.5 / 101.0).abs() < 1e-12);
    }
}
