//! The IBSI's filters as image types of a parameter file: `Mean`, `LaplacianOfGaussian`, `Laws`, `Gabor`, `SeparableWavelet`, `Simoncelli`,
//! `Riesz`.
//!
//! With `force2D` they filter slices, else the volume (the Gabor filter: three orthogonal planes). Other keys: `boundary` and those of
//! each filter. The names of the images carry what distinguishes them: `laplacian-sigma-1-5-mm`, `laws-L5E5E5-energy-7`.

use std::borrow::Cow;

use super::convolution::Dimension;
use super::gabor::Gabor;
use super::laws::{Laws, split};
use super::response::ImageFilter;
use super::separable_wavelet::SeparableWavelet;
use super::wavelet_family::wavelet;
use super::{Filter, Filtered};
use crate::features::{FeatureError, Settings};
use crate::volume::{IndexBox, Mask, Samples, Volume};

/// An image type whose images are those of [`ImageFilter`]s.
pub struct IbsiFilter {
    image_type: &'static str,
    about: &'static str,
    make: fn(&Settings) -> Vec<(String, ImageFilter)>,
}

/// The mean filter.
pub static MEAN: IbsiFilter = IbsiFilter {
    image_type: "Mean",
    about: "mean of a cube or square (IBSI 2)",
    make: |settings| {
        let support = settings.ibsi.support;
        vec![(
            format!("mean-{support}"),
            ImageFilter::Mean {
                support,
                dimension: dimension(settings),
                boundary: settings.ibsi.boundary,
            },
        )]
    },
};

/// The Laplacian of Gaussian.
pub static LAPLACIAN: IbsiFilter = IbsiFilter {
    image_type: "LaplacianOfGaussian",
    about: "Laplacian of Gaussian with a sampled kernel (IBSI 2); one image for each sigma",
    make: |settings| {
        settings
            .sigma
            .iter()
            .map(|sigma| {
                (
                    format!("laplacian-sigma-{}-mm", dashes(&sigma.text)),
                    ImageFilter::Laplacian {
                        sigma: sigma.width,
                        truncate: settings.ibsi.truncate,
                        dimension: dimension(settings),
                        boundary: settings.ibsi.boundary,
                    },
                )
            })
            .collect()
    },
};

/// Laws' kernels.
pub static LAWS: IbsiFilter = IbsiFilter {
    image_type: "Laws",
    about: "Laws' kernels and their energy (IBSI 2)",
    make: |settings| {
        let own = &settings.ibsi;
        let energy = own
            .energy_distance
            .map_or(String::new(), |distance| format!("-energy-{distance}"));
        vec![(
            format!("laws-{}{energy}", own.kernels),
            ImageFilter::Laws(Laws {
                kernels: split(&own.kernels).unwrap_or_default(),
                rotation_invariance: own.rotation_invariance,
                energy_distance: own.energy_distance,
                boundary: own.boundary,
            }),
        )]
    },
};

/// Gabor filters.
pub static GABOR: IbsiFilter = IbsiFilter {
    image_type: "Gabor",
    about: "modulus of Gabor filters over half a turn (IBSI 2); one image for each sigma",
    make: |settings| {
        let own = &settings.ibsi;
        settings
            .sigma
            .iter()
            .map(|sigma| {
                (
                    format!(
                        "gabor-sigma-{}-lambda-{}-gamma-{}",
                        dashes(&sigma.text),
                        dashes(&own.lambda.to_string()),
                        dashes(&own.gamma.to_string())
                    ),
                    ImageFilter::Gabor(Gabor {
                        sigma: sigma.width,
                        lambda: own.lambda,
                        gamma: own.gamma,
                        directions: Gabor::half_turn(own.theta_step),
                        pooling: own.pooling,
                        three_planes: dimension(settings) == Dimension::Three,
                        boundary: own.boundary,
                    }),
                )
            })
            .collect()
    },
};

/// Separable wavelets.
pub static SEPARABLE_WAVELET: IbsiFilter = IbsiFilter {
    image_type: "SeparableWavelet",
    about: "separable wavelet, undecimated, with rotation invariance (IBSI 2)",
    make: |settings| {
        let own = &settings.ibsi;
        wavelet(&settings.wavelet)
            .map(|wavelet| {
                (
                    format!(
                        "separable-{}-{}-level-{}",
                        settings.wavelet, own.decomposition, settings.level
                    ),
                    ImageFilter::Wavelet(SeparableWavelet {
                        wavelet,
                        decomposition: own.decomposition.clone(),
                        level: settings.level.max(1),
                        rotation_invariance: own.rotation_invariance,
                        boundary: own.boundary,
                    }),
                )
            })
            .into_iter()
            .collect()
    },
};

/// Simoncelli's wavelet.
pub static SIMONCELLI: IbsiFilter = IbsiFilter {
    image_type: "Simoncelli",
    about: "non-separable wavelet of Simoncelli (IBSI 2)",
    make: |settings| {
        let level = settings.level.clamp(1, 16) as u32;
        vec![(
            format!("simoncelli-level-{level}"),
            ImageFilter::Simoncelli {
                level,
                dimension: dimension(settings),
            },
        )]
    },
};

/// The Riesz transform.
pub static RIESZ: IbsiFilter = IbsiFilter {
    image_type: "Riesz",
    about: "Riesz transform of Simoncelli's wavelet (IBSI 2)",
    make: |settings| {
        let level = settings.level.clamp(1, 16) as u32;
        let order = settings.ibsi.riesz_order;
        vec![(
            format!("riesz-{}-{}-{}-level-{level}", order[0], order[1], order[2]),
            ImageFilter::Riesz {
                order,
                level,
                dimension: dimension(settings),
            },
        )]
    },
};

impl Filter for IbsiFilter {
    fn image_type(&self) -> &'static str {
        self.image_type
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn names(&self, settings: &Settings) -> Vec<String> {
        (self.make)(settings).into_iter().map(|(name, _)| name).collect()
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
        let filters = (self.make)(settings);
        if filters.is_empty() {
            warnings.push(format!("{}: left out, no sigma is given", self.image_type));
        }
        for (name, filter) in filters {
            let values = filter.apply_in(&image.all_values(), needed, image.geometry.spacing);
            each(Filtered {
                name,
                image: Cow::Owned(Volume {
                    geometry: image.geometry.crop(needed),
                    samples: Samples::F64(values.iter().copied().collect()),
                }),
                start: needed.start,
            })?;
        }
        Ok(())
    }
}

fn dimension(settings: &Settings) -> Dimension {
    if settings.slice_axis.is_some() {
        Dimension::Two
    } else {
        Dimension::Three
    }
}

fn dashes(number: &str) -> String {
    number.replace('.', "-")
}
