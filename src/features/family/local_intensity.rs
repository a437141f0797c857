//! Local intensity (9ST6): the mean in a sphere of 1 cubic centimetre around a voxel, as a peak that noise moves little.
//!
//! A voxel belongs to the sphere where its centre is within 6.2 mm. The sphere is a bundle of rows along `x`, and the sum of
//! each is the difference of two running sums. Reference: IBSI 1 manual, section 3.2.

use ndarray::{Array3, Axis};

use super::FeatureClass;
use super::row::{FeatureInfo, Row, infos, numbered, values};
use crate::features::FeatureError;
use crate::features::region::{Matrices, Region};

/// The class `localint`.
pub struct Local;

impl FeatureClass for Local {
    fn name(&self) -> &'static str {
        "localint"
    }

    fn about(&self) -> &'static str {
        "peaks of the mean in a cubic centimetre (IBSI)"
    }

    fn section(&self) -> Option<u8> {
        Some(2)
    }

    fn of_pyradiomics(&self) -> bool {
        false
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn matrices(&self) -> Matrices {
        Matrices {
            beyond: true,
            ..Matrices::default()
        }
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let Some(beyond) = region.beyond() else {
            return Err(FeatureError::region(
                "localint: its sphere reaches beyond the region's box, which is all that PyRadiomics' pipeline keeps; use \
                 convention: ibsi",
            ));
        };
        let peaks = LocalIntensity::new(&beyond.values, region.mask(), beyond.start, region.spacing());
        Ok(values(FEATURES, chosen, &peaks))
    }
}

/// The two peaks of a region.
#[derive(Debug, Clone, Copy)]
pub struct LocalIntensity {
    local: f64,
    global: f64,
}

impl LocalIntensity {
    /// Measures the region of a mask in an image `[z, y, x]`, in which the mask begins at `start`; `spacing` is in
    /// millimetres along `z, y, x`. The sphere reaches over the region's edge, not over the image's.
    pub fn new(image: &Array3<f64>, mask: &Array3<bool>, start: [usize; 3], spacing: [f64; 3]) -> Self {
        let rows = rows(spacing);
        let sums = RunningSums::new(image);
        let mut peaks = Self {
            local: f64::NAN,
            global: f64::NAN,
        };
        let mut highest = f64::NEG_INFINITY;
        for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
            let place = [z + start[0], y + start[1], x + start[2]];
            let mean = sums.mean_around(place, &rows);
            let value = image[place];
            if value > highest {
                highest = value;
                peaks.local = mean;
            } else if value == highest {
                peaks.local = peaks.local.max(mean);
            }
            peaks.global = peaks.global.max(mean);
        }
        peaks
    }
}

/// The cube of the radius of a sphere of 1 cubic centimetre in millimetres.
const RADIUS_CUBED: f64 = 1000.0 * 3.0 / (4.0 * std::f64::consts::PI);

/// A row of a sphere: its offset along `z` and `y`, and how far it reaches along `x` both ways, in voxels.
#[derive(Debug, Clone, Copy)]
struct SphereRow {
    z: isize,
    y: isize,
    reach: isize,
}

/// The rows of the voxels whose centres lie in a sphere of 1 cubic centimetre.
fn rows(spacing: [f64; 3]) -> Vec<SphereRow> {
    let radius = RADIUS_CUBED.cbrt();
    let [depth, height, width] = spacing.map(|spacing| (radius / spacing).floor() as isize);
    let mut rows = Vec::new();
    for z in -depth..=depth {
        for y in -height..=height {
            let within = |x: isize| {
                let squared: f64 = [z, y, x]
                    .into_iter()
                    .zip(spacing)
                    .map(|(offset, spacing)| (offset as f64 * spacing).powi(2))
                    .sum();
                squared <= radius * radius
            };
            if let Some(reach) = (0..=width).rev().find(|&x| within(x)) {
                rows.push(SphereRow { z, y, reach });
            }
        }
    }
    rows
}

/// Sums along `x`: at `[z, y, x]` that of the voxels before `x` in its row.
struct RunningSums {
    /// Of the values that are finite
    values: Array3<f64>,
    /// Of how many are not; `None` where all are
    broken: Option<Array3<f64>>,
}

impl RunningSums {
    fn new(image: &Array3<f64>) -> Self {
        let broken = image
            .iter()
            .any(|value| !value.is_finite())
            .then(|| sums_along(image, |value| f64::from(u8::from(!value.is_finite()))));
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        Self {
            values: sums_along(image, finite),
            broken,
        }
    }

    /// The mean of the image in the sphere around a voxel; NaN where a value in it is not finite.
    fn mean_around(&self, [z, y, x]: [usize; 3], rows: &[SphereRow]) -> f64 {
        let (depth, height, ends) = self.values.dim();
        let (mut sum, mut count, mut broken) = (0.0, 0, 0.0);
        for row in rows {
            let place = (
                z.checked_add_signed(row.z).filter(|&z| z < depth),
                y.checked_add_signed(row.y).filter(|&y| y < height),
            );
            if let (Some(z), Some(y)) = place {
                let first = x.saturating_add_signed(-row.reach);
                let end = x.saturating_add_signed(row.reach + 1).min(ends - 1);
                sum += self.values[[z, y, end]] - self.values[[z, y, first]];
                count += end - first;
                if let Some(known) = &self.broken {
                    broken += known[[z, y, end]] - known[[z, y, first]];
                }
            }
        }
        if broken > 0.0 { f64::NAN } else { sum / count as f64 }
    }
}

fn sums_along(image: &Array3<f64>, term: impl Fn(f64) -> f64) -> Array3<f64> {
    let (depth, height, width) = image.dim();
    let mut sums = Array3::zeros((depth, height, width + 1));
    for (mut sums, row) in sums.lanes_mut(Axis(2)).into_iter().zip(image.lanes(Axis(2))) {
        let mut sum = 0.0;
        for (x, &value) in row.iter().enumerate() {
            sum += term(value);
            sums[x + 1] = sum;
        }
    }
    sums
}

type Feature = Row<LocalIntensity>;

/// Its features, in the order of the manual.
pub(in crate::features) static FEATURES: &[Row<LocalIntensity>] = &numbered([
    Feature::of_ibsi(
        "LocalPeak",
        ["VJGA", "loc_peak_loc"],
        "mean in the sphere around the most intense voxel of the region; the highest where several are",
        "Local intensity peak",
        |l| l.local,
    ),
    Feature::of_ibsi(
        "GlobalPeak",
        ["0F91", "loc_peak_glob"],
        "highest mean in a sphere around any voxel of the region",
        "Global intensity peak",
        |l| l.global,
    ),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sphere_has_a_cubic_centimetre() {
        let voxels: isize = rows([0.5; 3]).iter().map(|row| 2 * row.reach + 1).sum();
        let voxels = voxels as f64;
        assert!((voxels * 0.125 - 1000.0).abs() < 20.0);
    }

    #[test]
    fn a_flat_image_has_its_value_as_peaks() {
        let image = Array3::from_elem((3, 4, 5), 2.5);
        let peaks = LocalIntensity::new(&image, &Array3::from_elem((1, 2, 5), true), [1, 1, 0], [2.0; 3]);
        assert_eq!((peaks.local, peaks.global), (2.5, 2.5));
    }

    #[test]
    fn sums_along_rows_are_those_voxel_by_voxel() {
        let image = Array3::from_shape_fn((5, 9, 8), |(z, y, x)| ((z * 37 + y * 11 + x * 5) % 23) as f64);
        let mask = Array3::from_elem((3, 4, 5), true);
        let (start, spacing) = ([1, 3, 2], [2.5, 1.5, 2.0]);
        let (mut highest, mut local, mut global) = (f64::MIN, f64::MIN, f64::MIN);
        for (place, _) in mask.indexed_iter() {
            let centre = [place.0 + start[0], place.1 + start[1], place.2 + start[2]];
            let (mut sum, mut count) = (0.0, 0.0);
            for ((z, y, x), value) in image.indexed_iter() {
                let steps = [z, y, x].into_iter().zip(centre).zip(spacing);
                let square: f64 = steps.map(|((a, b), step)| ((a as f64 - b as f64) * step).powi(2)).sum();
                if square <= RADIUS_CUBED.cbrt().powi(2) {
                    sum += value;
                    count += 1.0;
                }
            }
            let (mean, value) = (sum / count, image[centre]);
            if value > highest {
                (highest, local) = (value, mean);
            } else if value == highest {
                local = local.max(mean);
            }
            global = global.max(mean);
        }
        let peaks = LocalIntensity::new(&image, &mask, start, spacing);
        assert!((peaks.local - local).abs() < 1e-12 && (peaks.global - global).abs() < 1e-12);
    }
}
