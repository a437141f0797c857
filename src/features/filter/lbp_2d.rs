//! The local binary pattern of slices.
//!
//! As scikit-image's `local_binary_pattern`, which PyRadiomics calls for every slice: samples on a circle around the voxel
//! (their places rounded to 5 decimals, bilinear, 0 outside of the slice) are compared with it. The codes are written back in
//! the image's own type, so those of an integer image are cut to whole numbers.

use std::borrow::Cow;
use std::f64::consts::PI;

use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::kind::{Above, Count, Whole, Word};
use crate::features::settings::{Row, Setting, Settings, setting};
use crate::volume::{Extent, IndexBox, Mask, Samples, Volume};

static RADIUS: Setting<Above> = setting(
    "lbp2DRadius",
    Above(0.0),
    "1",
    "radius of the 2D local binary pattern in voxels",
);

static SAMPLES: Setting<Count> = setting(
    "lbp2DSamples",
    Count(Whole { least: 1, most: 1000 }),
    "8",
    "samples of the 2D local binary pattern",
);

static METHOD: Setting<Word<Method>> =
    setting("lbp2DMethod", Word(METHODS), "uniform", "which 2D local binary pattern");

static SETTINGS: &[&dyn Row] = &[&RADIUS, &SAMPLES, &METHOD];

/// The local binary pattern of slices.
pub struct LocalBinaryPattern2d;

/// How the comparisons become a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Method {
    /// As bits
    Plain,
    /// As bits, turned to the smallest number
    Rotated,
    /// The number of ones, or samples + 1 where they change more than twice
    #[default]
    Uniform,
    /// The variance of the samples instead
    Variance,
}

const METHODS: &[(&str, Method)] = &[
    ("default", Method::Plain),
    ("ror", Method::Rotated),
    ("uniform", Method::Uniform),
    ("var", Method::Variance),
];

impl Filter for LocalBinaryPattern2d {
    fn image_type(&self) -> &'static str {
        "LBP2D"
    }

    fn about(&self) -> &'static str {
        "local binary pattern of each slice across force2Ddimension"
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        SETTINGS
    }

    fn names(&self, _: &Settings) -> Vec<String> {
        vec!["lbp-2D".to_owned()]
    }

    fn reach(&self, settings: &Settings) -> Extent {
        Extent::Margin(settings.get(&RADIUS).ceil() as usize + 2)
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        warnings: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        if settings.slice_axis.is_none() && !settings.plane {
            warnings.push("LBP2D codes slices, but the features are those of the volume (force2D is off)".to_owned());
        }
        let samples = settings.get(&SAMPLES);
        let method = settings.get(&METHOD);
        if samples > 63 && matches!(method, Method::Plain | Method::Rotated) {
            return Err(FeatureError::region(format!(
                "lbp2DSamples is {samples}, but a code of the method \"{}\" has no more than 63 bits",
                if method == Method::Plain { "default" } else { "ror" }
            )));
        }
        // Rows and columns of a slice as axes x, y, z: numpy swaps the slice axis with the first.
        let (rows, columns) = match settings.force_2d_dimension {
            0 => (1, 0),
            1 => (2, 0),
            _ => (1, 2),
        };
        let radius = settings.get(&RADIUS);
        let reach = radius.ceil() as usize + 1;
        let size = image.geometry.size;
        let mut around = *needed;
        let wide = needed.widened(reach, size);
        for axis in [rows, columns] {
            around.start[axis] = wide.start[axis];
            around.size[axis] = wide.size[axis];
        }
        let values = image.values(&around);
        let circle: Vec<(f64, f64)> = (0..samples)
            .map(|sample| {
                let angle = 2.0 * PI * sample as f64 / samples as f64;
                (
                    five_decimals(-radius * angle.sin()),
                    five_decimals(radius * angle.cos()),
                )
            })
            .collect();
        let mut codes = Vec::with_capacity(needed.size.iter().product());
        let mut texture = vec![0.0; samples];
        for z in needed.start[2]..needed.end()[2] {
            for y in needed.start[1]..needed.end()[1] {
                for x in needed.start[0]..needed.end()[0] {
                    let at = [x, y, z];
                    let pixel = |row: f64, column: f64| {
                        if row < 0.0 || column < 0.0 || row >= size[rows] as f64 || column >= size[columns] as f64 {
                            return 0.0;
                        }
                        let mut there = at;
                        there[rows] = row as usize;
                        there[columns] = column as usize;
                        values[[2, 1, 0].map(|axis| there[axis] - around.start[axis])]
                    };
                    for (value, &(row, column)) in texture.iter_mut().zip(&circle) {
                        *value = bilinear(&pixel, at[rows] as f64 + row, at[columns] as f64 + column);
                    }
                    codes.push(code(&texture, pixel(at[rows] as f64, at[columns] as f64), method));
                }
            }
        }
        each(Filtered {
            name: "lbp-2D".to_owned(),
            image: Cow::Owned(Volume {
                geometry: image.geometry.crop(needed),
                samples: Samples::from_doubles(image.samples.sample_type(), &codes),
            }),
            start: needed.start,
        })
    }
}

/// As numpy rounds: scaled, to even at a half, scaled back.
fn five_decimals(value: f64) -> f64 {
    (value * 1e5).round_ties_even() / 1e5
}

fn bilinear(pixel: &dyn Fn(f64, f64) -> f64, row: f64, column: f64) -> f64 {
    let (top, left) = (row.floor(), column.floor());
    let (bottom, right) = (row.ceil(), column.ceil());
    let (down, along) = (row - top, column - left);
    let upper = (1.0 - along) * pixel(top, left) + along * pixel(top, right);
    let lower = (1.0 - along) * pixel(bottom, left) + along * pixel(bottom, right);
    (1.0 - down) * upper + down * lower
}

fn code(texture: &[f64], centre: f64, method: Method) -> f64 {
    let count = texture.len();
    let one = |value: &f64| *value - centre >= 0.0;
    let bits = || {
        texture
            .iter()
            .enumerate()
            .map(|(place, value)| u64::from(one(value)) << place)
            .sum::<u64>()
    };
    match method {
        Method::Plain => bits() as f64,
        Method::Rotated => {
            let mut turned = bits();
            let mut least = turned;
            for _ in 1..count {
                turned = turned >> 1 | (turned & 1) << (count - 1);
                least = least.min(turned);
            }
            least as f64
        }
        Method::Uniform => {
            let changes = texture.windows(2).filter(|pair| one(&pair[0]) != one(&pair[1])).count();
            if changes <= 2 {
                texture.iter().filter(|value| one(value)).count() as f64
            } else {
                (count + 1) as f64
            }
        }
        Method::Variance => {
            let sum: f64 = texture.iter().sum();
            let squares: f64 = texture.iter().map(|value| value * value).sum();
            let variance = (squares - sum * sum / count as f64) / count as f64;
            if variance == 0.0 { f64::NAN } else { variance }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_turned_to_its_smallest_number() {
        let texture = [0.0, 0.0, 1.0, 1.0];
        assert_eq!(code(&texture, 0.5, Method::Plain), 12.0);
        assert_eq!(code(&texture, 0.5, Method::Rotated), 3.0);
        assert_eq!(code(&texture, 0.5, Method::Uniform), 2.0);
        assert_eq!(code(&[1.0, 0.0, 1.0, 0.0], 0.5, Method::Uniform), 5.0);
    }

    #[test]
    fn a_flat_place_has_no_variance() {
        assert!(code(&[2.0; 8], 2.0, Method::Variance).is_nan());
        assert_eq!(code(&[0.0, 2.0], 2.0, Method::Variance), 1.0);
    }
}
