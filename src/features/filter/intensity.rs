//! Filters of single intensities: square, square root, logarithm and exponential, each scaled by the greatest magnitude of
//! the whole image.
//!
//! As PyRadiomics 3.1.0 computes them (`getSquareImage` and its kin): in double precision, the square without a sign.

use std::borrow::Cow;

use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::Settings;
use crate::volume::{IndexBox, Mask, Sample, Samples, Volume, each_type};

/// `(x / sqrt(M))^2` with the greatest magnitude `M`.
pub struct Square;

/// `sign(x) sqrt(|x| M)`.
pub struct SquareRoot;

/// `sign(x) log(|x| + 1) M / log(M + 1)`.
pub struct Logarithm;

/// `exp(x log(M) / M)`.
pub struct Exponential;

macro_rules! intensity_filter {
    ($filter:ty, $image_type:literal, $name:literal, $about:literal, $function:expr) => {
        impl Filter for $filter {
            fn image_type(&self) -> &'static str {
                $image_type
            }

            fn about(&self) -> &'static str {
                $about
            }

            fn names(&self, _: &Settings) -> Vec<String> {
                vec![$name.to_owned()]
            }

            fn apply(
                &self,
                image: &Volume,
                _: &Mask,
                needed: &IndexBox,
                _: &Settings,
                _: &mut Vec<String>,
                each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
            ) -> Result<(), FeatureError> {
                let greatest = greatest_magnitude(&image.samples);
                let function: fn(f64) -> Box<dyn Fn(f64) -> f64> = $function;
                let function = function(greatest);
                let values = image.values(needed);
                each(Filtered {
                    name: $name.to_owned(),
                    image: Cow::Owned(Volume {
                        geometry: image.geometry.crop(needed),
                        samples: Samples::F64(values.iter().map(|&value| function(value)).collect()),
                    }),
                    start: needed.start,
                })
            }
        }
    };
}

intensity_filter!(
    Square,
    "Square",
    "square",
    "the square of the intensities, scaled to their range",
    |greatest| {
        let scale = 1.0 / greatest.sqrt();
        Box::new(move |value| {
            let scaled = scale * value;
            scaled * scaled
        })
    }
);

intensity_filter!(
    SquareRoot,
    "SquareRoot",
    "squareroot",
    "the square root of the intensities' magnitude with their sign, scaled to their range",
    |greatest| {
        Box::new(move |value| {
            if value > 0.0 {
                (value * greatest).sqrt()
            } else if value < 0.0 {
                -(-value * greatest).sqrt()
            } else {
                value
            }
        })
    }
);

intensity_filter!(
    Logarithm,
    "Logarithm",
    "logarithm",
    "the logarithm of the intensities' magnitude plus 1 with their sign, scaled to their range",
    |greatest| {
        let scale = greatest / (greatest + 1.0).ln();
        Box::new(move |value| {
            let logarithm = if value > 0.0 {
                (value + 1.0).ln()
            } else if value < 0.0 {
                -(-(value - 1.0)).ln()
            } else {
                value
            };
            logarithm * scale
        })
    }
);

intensity_filter!(
    Exponential,
    "Exponential",
    "exponential",
    "the exponential of the intensities, scaled to their range",
    |greatest| {
        let scale = greatest.ln() / greatest;
        Box::new(move |value| (scale * value).exp())
    }
);

/// The greatest magnitude of all samples; NaN where one is NaN.
fn greatest_magnitude(samples: &Samples) -> f64 {
    each_type!(samples, values => greatest_of(values))
}

fn greatest_of<T: Sample>(values: &[T]) -> f64 {
    let (Some(&first), rest) = (values.first(), values) else {
        return f64::NAN;
    };
    let (mut low, mut high) = (first, first);
    for &value in rest {
        // A NaN is neither below nor above anything; it is looked for apart.
        low = if value < low { value } else { low };
        high = if value > high { value } else { high };
    }
    let greatest = low.to_double().abs().max(high.to_double().abs());
    if !T::whole() && values.iter().any(|value| value.to_double().is_nan()) {
        return f64::NAN;
    }
    greatest
}
