//! The magnitude of the gradient.
//!
//! As ITK's `GradientMagnitudeImageFilter`: central differences, the border voxel repeated, `sqrt` of the sum of squares in
//! double precision, stored in single precision.

use std::borrow::Cow;

use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::kind::Switch;
use crate::features::settings::{Row, Setting, Settings, setting};
use crate::volume::{Extent, IndexBox, Mask, Samples, Volume};

static USE_SPACING: Setting<Switch> = setting(
    "gradientUseSpacing",
    Switch,
    "true",
    "gradient per millimetre, not per voxel",
);

static SETTINGS: &[&dyn Row] = &[&USE_SPACING];

/// The magnitude of the gradient, per millimetre or per voxel.
pub struct Gradient;

impl Filter for Gradient {
    fn image_type(&self) -> &'static str {
        "Gradient"
    }

    fn about(&self) -> &'static str {
        "the magnitude of the gradient, per millimetre (per voxel with gradientUseSpacing: false)"
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        SETTINGS
    }

    fn names(&self, _: &Settings) -> Vec<String> {
        vec!["gradient".to_owned()]
    }

    fn reach(&self, _: &Settings) -> Extent {
        Extent::Margin(1)
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        _: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let size = image.geometry.size;
        let around = needed.widened(1, size);
        let values = image.values(&around);
        let use_spacing = settings.get(&USE_SPACING);
        let scale = image
            .geometry
            .spacing
            .map(|spacing| if use_spacing { 0.5 / spacing } else { 0.5 });
        let mut magnitudes = Vec::with_capacity(needed.size.iter().product());
        let end = around.end();
        for z in needed.start[2]..needed.end()[2] {
            for y in needed.start[1]..needed.end()[1] {
                for x in needed.start[0]..needed.end()[0] {
                    let at = [x, y, z];
                    let mut sum = 0.0;
                    for axis in 0..3 {
                        let value = |place: usize| {
                            let mut there = at;
                            there[axis] = place;
                            values[[2, 1, 0].map(|k| there[k] - around.start[k])]
                        };
                        let before = value(at[axis].saturating_sub(1).max(around.start[axis]));
                        let after = value((at[axis] + 1).min(end[axis] - 1));
                        let difference = scale[axis] * after - scale[axis] * before;
                        sum += difference * difference;
                    }
                    magnitudes.push(sum.sqrt() as f32);
                }
            }
        }
        each(Filtered {
            name: "gradient".to_owned(),
            image: Cow::Owned(Volume {
                geometry: image.geometry.crop(needed),
                samples: Samples::F32(magnitudes),
            }),
            start: needed.start,
        })
    }
}
