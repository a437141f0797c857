//! The parameter file: which image types, which features, and every setting, checked before anything is computed.
//!
//! The keys and the rules are those of PyRadiomics 3.1.0's parameter schema (`imageType`, `featureClass`, `setting`,
//! `voxelSetting`), so that its files are read unchanged; `convention` is our own fifth top key. A raw document goes
//! through [`Parameters::from_value`] once; what comes out cannot be invalid, and nothing downstream checks again.
//!
//! [`SETTINGS`] has one row a setting: its name, its rule, its default and what it does. A new setting is one row there,
//! one field of [`Settings`] and one line where the field is read.

use serde_json::{Map, Value};

use super::family::row::{FeatureInfo, Offer};
use super::family::{CLASSES, FeatureClass};
use super::ibsi::settings::IbsiSettings;
pub use super::matrix::neighbours::Weighting;
use super::region::Matrices;
pub use super::region::discretise::Binning;
pub use super::region::resegment::ResegmentMode;
use super::{Convention, FeatureError};
use crate::features::filter::{FILTERS, Filter};

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// `true` or `false`
    Switch,
    /// A whole number between both bounds, both included
    Whole {
        /// the smallest value
        least: i64,
        /// the largest value
        most: i64,
    },
    /// A number above a bound
    Above(f64),
    /// Any number
    Number,
    /// A list of numbers, each at least (or, if `strict`, above) a bound
    Numbers {
        /// the bound
        least: f64,
        /// whether the bound itself is refused
        strict: bool,
    },
    /// A list of whole numbers of at least 1
    Steps,
    /// One of some words
    Word(&'static [&'static str]),
    /// A list of some words
    Words(&'static [&'static str]),
    /// One of some words, or a whole number between 1 and 10
    WordOrNumber(&'static [&'static str]),
    /// The name of a wavelet of PyWavelets
    Wavelet,
    /// Two or three of Laws' kernels
    Laws,
    /// Three whole numbers from 0 to 8
    Orders,
}

/// One setting of the parameter file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SettingInfo {
    /// The key
    pub name: &'static str,
    /// The values it takes
    pub rule: Rule,
    /// The default in words
    pub default: &'static str,
    /// What it does
    pub about: &'static str,
}

const fn setting(name: &'static str, rule: Rule, default: &'static str, about: &'static str) -> SettingInfo {
    SettingInfo {
        name,
        rule,
        default,
        about,
    }
}

const fn at_least(least: i64) -> Rule {
    Rule::Whole { least, most: i64::MAX }
}

/// Names of SimpleITK's interpolators that PyRadiomics accepts.
const INTERPOLATORS: &[&str] = &[
    "sitkNearestNeighbor",
    "sitkLinear",
    "sitkBSpline",
    "sitkGaussian",
    "sitkLabelGaussian",
    "sitkHammingWindowedSinc",
    "sitkCosineWindowedSinc",
    "sitkWelchWindowedSinc",
    "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
];

/// The keys of `setting`, which an image type may override.
pub static SETTINGS: &[SettingInfo] = &[
    setting(
        "minimumROIDimensions",
        Rule::Whole { least: 1, most: 3 },
        "2",
        "how many axes of the region must be longer than one voxel",
    ),
    setting(
        "minimumROISize",
        at_least(1),
        "none",
        "a region of this many voxels or fewer is refused",
    ),
    setting(
        "geometryTolerance",
        Rule::Above(0.0),
        "1e-6",
        "how far the grids of image and mask may lie apart, in voxels",
    ),
    setting(
        "correctMask",
        Rule::Switch,
        "false",
        "resample a mask of another grid onto the image's",
    ),
    setting("additionalInfo", Rule::Switch, "true", "give the diagnostics_* columns"),
    setting("label", at_least(1), "1", "the mask value of the region"),
    setting(
        "label_channel",
        at_least(0),
        "0",
        "the channel of a mask with several values a voxel",
    ),
    setting(
        "binWidth",
        Rule::Above(0.0),
        "25",
        "width of a grey-level bin, in units of intensity",
    ),
    setting(
        "binCount",
        at_least(1),
        "none",
        "number of grey-level bins; wins over binWidth",
    ),
    setting(
        "normalize",
        Rule::Switch,
        "false",
        "centre the image at its mean and divide by its standard deviation",
    ),
    setting("normalizeScale", Rule::Above(0.0), "1", "factor after normalisation"),
    setting(
        "removeOutliers",
        Rule::Above(0.0),
        "none",
        "clip the normalised image to this many standard deviations",
    ),
    setting(
        "resampledPixelSpacing",
        Rule::Numbers {
            least: 0.0,
            strict: false,
        },
        "none",
        "new spacing in x, y, z; 0 keeps the mask's",
    ),
    setting(
        "interpolator",
        Rule::WordOrNumber(INTERPOLATORS),
        "sitkBSpline",
        "how the image is resampled; null turns resampling off",
    ),
    setting(
        "padDistance",
        at_least(0),
        "5",
        "voxels kept around the region by resampling and preCrop",
    ),
    setting("distances", Rule::Steps, "[1]", "neighbour distances in voxels"),
    setting("force2D", Rule::Switch, "false", "neighbours within slices only"),
    setting(
        "force2Ddimension",
        Rule::Whole { least: 0, most: 2 },
        "0",
        "the axis across the slices: 0 is z, 1 is y, 2 is x",
    ),
    setting(
        "resegmentRange",
        Rule::Numbers {
            least: f64::NEG_INFINITY,
            strict: false,
        },
        "none",
        "intensities that stay in the region: one lower bound, or both",
    ),
    setting(
        "resegmentMode",
        Rule::Word(&["absolute", "relative", "sigma"]),
        "absolute",
        "what resegmentRange is measured in",
    ),
    setting(
        "resegmentShape",
        Rule::Switch,
        "false",
        "shape features of the resegmented region too",
    ),
    setting(
        "preCrop",
        Rule::Switch,
        "false",
        "crop to the region and padDistance before filtering",
    ),
    setting(
        "sigma",
        Rule::Numbers {
            least: 0.0,
            strict: true,
        },
        "[]",
        "widths of the Laplacian of Gaussian in millimetres",
    ),
    setting(
        "start_level",
        at_least(0),
        "0",
        "wavelet levels that are thrown away first",
    ),
    setting("level", at_least(1), "1", "number of wavelet levels"),
    setting("wavelet", Rule::Wavelet, "coif1", "the wavelet's name"),
    setting(
        "gradientUseSpacing",
        Rule::Switch,
        "true",
        "gradient per millimetre, not per voxel",
    ),
    setting(
        "lbp2DRadius",
        Rule::Above(0.0),
        "1",
        "radius of the 2D local binary pattern in voxels",
    ),
    setting(
        "lbp2DSamples",
        at_least(1),
        "8",
        "samples of the 2D local binary pattern",
    ),
    setting(
        "lbp2DMethod",
        Rule::Word(&["default", "ror", "uniform", "var"]),
        "uniform",
        "which 2D local binary pattern",
    ),
    setting(
        "lbp3DLevels",
        at_least(1),
        "2",
        "degrees of spherical harmonics of the 3D local binary pattern",
    ),
    setting(
        "lbp3DIcosphereRadius",
        Rule::Above(0.0),
        "1",
        "radius of the 3D local binary pattern in voxels",
    ),
    setting(
        "lbp3DIcosphereSubdivision",
        at_least(0),
        "1",
        "subdivisions of the icosahedron of the 3D local binary pattern",
    ),
    setting(
        "voxelArrayShift",
        at_least(i64::MIN),
        "0",
        "added to the intensities for Energy, TotalEnergy and RootMeanSquared",
    ),
    setting(
        "symmetricalGLCM",
        Rule::Switch,
        "true",
        "count each pair of voxels in both orders",
    ),
    setting(
        "weightingNorm",
        Rule::Word(&["euclidean", "manhattan", "infinity", "no_weighting"]),
        "none",
        "merge the directions of GLCM and GLRLM, weighted by distance",
    ),
    setting(
        "gldm_a",
        at_least(0),
        "0",
        "level difference up to which a neighbour is dependent",
    ),
    setting(
        "aggregation",
        Rule::Words(super::ibsi::settings::AGGREGATIONS),
        "those of the volume, with force2D those of the slices",
        "how slices and directions are put together; for convention: ibsi",
    ),
    setting(
        "roundIntensities",
        Rule::Switch,
        "false",
        "intensities are whole numbers, as read and after interpolation; for convention: ibsi",
    ),
    setting(
        "maskInterpolator",
        Rule::Word(&["linear", "nearest"]),
        "linear",
        "how the mask is interpolated; for convention: ibsi",
    ),
    setting(
        "maskThreshold",
        Rule::Above(0.0),
        "0.5",
        "share of a voxel from which on it is in the interpolated mask; for convention: ibsi",
    ),
    setting(
        "outlierSigma",
        Rule::Above(0.0),
        "none",
        "leave out voxels further than so many standard deviations from the mean; for convention: ibsi",
    ),
    setting(
        "ivhBinWidth",
        Rule::Above(0.0),
        "none",
        "width of the bins of the intensity-volume histogram; without bins, steps of 1 with roundIntensities, else 1000 bins",
    ),
    setting(
        "ivhBinCount",
        at_least(1),
        "none",
        "number of bins of the intensity-volume histogram",
    ),
    setting(
        "boundary",
        Rule::Word(&["mirror", "nearest", "periodic", "zero"]),
        "mirror",
        "what lies beyond the image for the IBSI's filters",
    ),
    setting(
        "support",
        at_least(1),
        "5",
        "edge of the mean filter in voxels, an odd number",
    ),
    setting(
        "truncate",
        Rule::Above(0.0),
        "4",
        "sigmas after which the Laplacian of Gaussian ends",
    ),
    setting(
        "kernels",
        Rule::Laws,
        "L5E5E5, with force2D L5E5",
        "Laws' kernels along x, y (and z)",
    ),
    setting(
        "rotationInvariance",
        Rule::Switch,
        "true",
        "pool the responses over right-angle rotations (Laws, separable wavelet)",
    ),
    setting(
        "pooling",
        Rule::Word(&["mean", "max"]),
        "mean",
        "how responses of several orientations become one",
    ),
    setting(
        "energyDistance",
        at_least(1),
        "none",
        "voxels over which the absolute response to Laws' kernels is averaged; without it, the response itself",
    ),
    setting(
        "lambda",
        Rule::Above(0.0),
        "2",
        "wave length of the Gabor filter in millimetres",
    ),
    setting(
        "gamma",
        Rule::Above(0.0),
        "1.5",
        "how much narrower the Gabor filter is across its wave",
    ),
    setting(
        "thetaStep",
        Rule::Above(0.0),
        "22.5",
        "degrees between the directions of the Gabor filter",
    ),
    setting(
        "rieszOrder",
        Rule::Orders,
        "[1, 0, 0]",
        "order of the Riesz transform along x, y and z",
    ),
    setting(
        "decomposition",
        Rule::Word(&[
            "LL", "LH", "HL", "HH", "LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH",
        ]),
        "LLH, with force2D LH",
        "low and high pass along x, y (and z) of the separable wavelet",
    ),
];

/// The keys of `voxelSetting`.
pub static VOXEL_SETTINGS: &[SettingInfo] = &[
    setting(
        "kernelRadius",
        at_least(1),
        "1",
        "half the width of the box around a voxel",
    ),
    setting(
        "maskedKernel",
        Rule::Switch,
        "true",
        "only voxels of the region count in the box",
    ),
    setting("initValue", Rule::Number, "0", "the map's value outside the region"),
    setting(
        "voxelBatch",
        at_least(1),
        "none",
        "voxels at a time in PyRadiomics; accepted, changes nothing here",
    ),
];

/// One width of the Laplacian of Gaussian, with the text that PyRadiomics puts into the image type's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Sigma {
    /// In millimetres
    pub width: f64,
    /// `str(sigma)` of Python: `1` stays `1`, `1.0` stays `1.0`
    pub text: String,
}

/// Every setting with its value, checked. There is one for the whole extraction and one for each image type.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub(in crate::features) convention: Convention,
    pub(in crate::features) minimum_roi_dimensions: usize,
    pub(in crate::features) minimum_roi_size: Option<usize>,
    pub(in crate::features) geometry_tolerance: Option<f64>,
    pub(in crate::features) correct_mask: bool,
    pub(in crate::features) additional_info: bool,
    pub(in crate::features) label: i64,
    pub(in crate::features) label_channel: usize,
    pub(in crate::features) binning: Binning,
    pub(in crate::features) normalize: bool,
    pub(in crate::features) normalize_scale: f64,
    pub(in crate::features) remove_outliers: Option<f64>,
    /// In x, y, z; `None` where no resampling is asked for or `interpolator` is null
    pub(in crate::features) resampled_spacing: Option<[f64; 3]>,
    /// SimpleITK's name
    pub(in crate::features) interpolator: &'static str,
    pub(in crate::features) pad_distance: usize,
    pub(in crate::features) distances: Vec<usize>,
    /// The axis of `[z, y, x]` across the slices, where neighbours are taken within slices only
    pub(in crate::features) slice_axis: Option<usize>,
    pub(in crate::features) force_2d_dimension: usize,
    /// Lower bound, and upper bound if given
    pub(in crate::features) resegment_range: Option<(f64, Option<f64>)>,
    pub(in crate::features) resegment_mode: ResegmentMode,
    pub(in crate::features) resegment_shape: bool,
    pub(in crate::features) pre_crop: bool,
    pub(in crate::features) sigma: Vec<Sigma>,
    pub(in crate::features) start_level: usize,
    pub(in crate::features) level: usize,
    pub(in crate::features) wavelet: String,
    pub(in crate::features) gradient_use_spacing: bool,
    pub(in crate::features) lbp_2d_radius: f64,
    pub(in crate::features) lbp_2d_samples: usize,
    pub(in crate::features) lbp_2d_method: String,
    pub(in crate::features) lbp_3d_levels: usize,
    pub(in crate::features) lbp_3d_radius: f64,
    pub(in crate::features) lbp_3d_subdivision: usize,
    pub(in crate::features) voxel_array_shift: f64,
    pub(in crate::features) symmetrical_glcm: bool,
    pub(in crate::features) weighting: Option<Weighting>,
    pub(in crate::features) gldm_a: u32,
    pub(in crate::features) kernel_radius: usize,
    pub(in crate::features) masked_kernel: bool,
    pub(in crate::features) initial_value: f64,
    /// What the IBSI's chain and filters have beyond PyRadiomics
    pub(in crate::features) ibsi: IbsiSettings,
}

impl Settings {
    /// The mask value of the region.
    pub fn label(&self) -> i64 {
        self.label
    }

    /// The channel of a mask with several values a voxel.
    pub fn label_channel(&self) -> usize {
        self.label_channel
    }

    /// The tolerance for the grids of image and mask; `None` is the default.
    pub fn geometry_tolerance(&self) -> Option<f64> {
        self.geometry_tolerance
    }

    /// Whether a mask of another grid is resampled onto the image's.
    pub fn correct_mask(&self) -> bool {
        self.correct_mask
    }

    /// Whether the `diagnostics_*` values are given.
    pub fn additional_info(&self) -> bool {
        self.additional_info
    }

    /// Reads checked values; absent and null ones take their default.
    fn from_map(values: &Map<String, Value>, convention: Convention) -> Self {
        let read = Reader { values };
        let range = read.numbers("resegmentRange").map(|mut range| {
            range.sort_by(f64::total_cmp);
            (range[0], range.get(1).copied())
        });
        let resampling = !matches!(values.get("interpolator"), Some(Value::Null));
        Settings {
            convention,
            minimum_roi_dimensions: read.count("minimumROIDimensions").unwrap_or(2),
            minimum_roi_size: read.count("minimumROISize"),
            geometry_tolerance: read.number("geometryTolerance"),
            correct_mask: read.switch("correctMask", false),
            additional_info: read.switch("additionalInfo", true),
            label: values.get("label").and_then(Value::as_i64).unwrap_or(1),
            label_channel: read.count("label_channel").unwrap_or(0),
            binning: match read.count("binCount") {
                Some(count) => Binning::Count(count),
                None => Binning::Width(read.number("binWidth").unwrap_or(25.0)),
            },
            normalize: read.switch("normalize", false),
            normalize_scale: read.number("normalizeScale").unwrap_or(1.0),
            remove_outliers: read.number("removeOutliers"),
            resampled_spacing: read
                .numbers("resampledPixelSpacing")
                .filter(|_| resampling)
                .and_then(|spacing| <[f64; 3]>::try_from(spacing).ok()),
            interpolator: read.interpolator(),
            pad_distance: read.count("padDistance").unwrap_or(5),
            distances: read
                .numbers("distances")
                .map_or_else(|| vec![1], |all| all.into_iter().map(|one| one as usize).collect()),
            slice_axis: read
                .switch("force2D", false)
                .then(|| read.count("force2Ddimension").unwrap_or(0)),
            force_2d_dimension: read.count("force2Ddimension").unwrap_or(0),
            resegment_range: range,
            resegment_mode: match read.word("resegmentMode") {
                Some("relative") => ResegmentMode::Relative,
                Some("sigma") => ResegmentMode::Sigma,
                _ => ResegmentMode::Absolute,
            },
            resegment_shape: read.switch("resegmentShape", false),
            pre_crop: read.switch("preCrop", false),
            sigma: values
                .get("sigma")
                .and_then(Value::as_array)
                .map(|all| {
                    all.iter()
                        .filter_map(|one| {
                            Some(Sigma {
                                width: number(one)?,
                                text: python_text(one),
                            })
                        })
                        .collect()
                })
                .unwrap_or_default(),
            start_level: read.count("start_level").unwrap_or(0),
            level: read.count("level").unwrap_or(1),
            wavelet: read.word("wavelet").unwrap_or("coif1").to_owned(),
            gradient_use_spacing: read.switch("gradientUseSpacing", true),
            lbp_2d_radius: read.number("lbp2DRadius").unwrap_or(1.0),
            lbp_2d_samples: read.count("lbp2DSamples").unwrap_or(8),
            lbp_2d_method: read.word("lbp2DMethod").unwrap_or("uniform").to_owned(),
            lbp_3d_levels: read.count("lbp3DLevels").unwrap_or(2),
            lbp_3d_radius: read.number("lbp3DIcosphereRadius").unwrap_or(1.0),
            lbp_3d_subdivision: read.count("lbp3DIcosphereSubdivision").unwrap_or(1),
            voxel_array_shift: read.number("voxelArrayShift").unwrap_or(0.0),
            symmetrical_glcm: read.switch("symmetricalGLCM", true),
            weighting: match read.word("weightingNorm") {
                Some("no_weighting") => Some(Weighting::None),
                Some("euclidean") => Some(Weighting::Euclidean),
                Some("manhattan") => Some(Weighting::Manhattan),
                Some("infinity") => Some(Weighting::Infinity),
                _ => None,
            },
            gldm_a: read.count("gldm_a").unwrap_or(0).min(u32::MAX as usize) as u32,
            kernel_radius: read.count("kernelRadius").unwrap_or(1),
            masked_kernel: read.switch("maskedKernel", true),
            initial_value: read.number("initValue").unwrap_or(0.0),
            ibsi: IbsiSettings::from_map(values, read.switch("force2D", false)),
        }
    }
}

/// Reads values whose form has been checked.
struct Reader<'a> {
    values: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn switch(&self, key: &str, default: bool) -> bool {
        self.values.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.values.get(key).and_then(number)
    }

    fn count(&self, key: &str) -> Option<usize> {
        self.values
            .get(key)
            .and_then(Value::as_i64)
            .and_then(|count| usize::try_from(count).ok())
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(Value::as_str)
    }

    /// A list with at least one number.
    fn numbers(&self, key: &str) -> Option<Vec<f64>> {
        let list: Vec<f64> = self.values.get(key)?.as_array()?.iter().filter_map(number).collect();
        (!list.is_empty()).then_some(list)
    }

    /// SimpleITK numbers its interpolators; those between 4 and 10 follow the names of PyRadiomics' list.
    fn interpolator(&self) -> &'static str {
        match self.values.get("interpolator") {
            Some(Value::String(name)) => INTERPOLATORS.iter().find(|known| *known == name).copied(),
            Some(value) => value.as_i64().and_then(|number| match number {
                1 => Some("sitkNearestNeighbor"),
                2 => Some("sitkLinear"),
                3 => Some("sitkBSpline"),
                other => INTERPOLATORS.get(usize::try_from(other - 1).ok()?).copied(),
            }),
            None => None,
        }
        .unwrap_or("sitkBSpline")
    }
}

/// A number, or text that reads as one (a YAML parser of version 1.1 takes `1e-6` for text).
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// An image type that is asked for: the filter and its settings.
#[derive(Clone)]
pub struct ImageType {
    pub(in crate::features) filter: &'static dyn Filter,
    pub(in crate::features) custom: Map<String, Value>,
    pub(in crate::features) settings: Settings,
}

/// A feature class that is asked for, with its features in the order of the columns.
#[derive(Clone)]
pub struct ChosenClass {
    pub(in crate::features) class: &'static dyn FeatureClass,
    pub(in crate::features) features: Vec<&'static FeatureInfo>,
    /// What was asked for by name and has no value under the convention
    pub(in crate::features) left_out: Vec<&'static FeatureInfo>,
}

/// A checked parameter file.
#[derive(Clone)]
pub struct Parameters {
    raw: Map<String, Value>,
    convention: Convention,
    /// PyRadiomics' defaults, then `setting`, then `voxelSetting`: the dictionary that its diagnostics print
    dictionary: Map<String, Value>,
    settings: Settings,
    image_types: Vec<ImageType>,
    classes: Vec<ChosenClass>,
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Parameters").field(&self.raw).finish()
    }
}

impl PartialEq for Parameters {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Default for Parameters {
    /// The original image, every class but `shape2D`, every setting at its default: what PyRadiomics does without a file.
    fn default() -> Self {
        Self {
            raw: Map::new(),
            convention: Convention::PyRadiomics,
            dictionary: default_dictionary(),
            settings: Settings::from_map(&Map::new(), Convention::PyRadiomics),
            image_types: FILTERS
                .iter()
                .filter(|filter| filter.image_type() == "Original")
                .map(|&filter| ImageType {
                    filter,
                    custom: Map::new(),
                    settings: Settings::from_map(&Map::new(), Convention::PyRadiomics),
                })
                .collect(),
            classes: default_classes(Convention::PyRadiomics, false),
        }
    }
}

impl Parameters {
    /// Checks a whole parameter document.
    ///
    /// An unknown key, a value of the wrong form or out of range is an error that names the key, the value and the rule.
    /// As in PyRadiomics a document without `imageType` means the original image, and one without `featureClass` every
    /// class, `shape2D` included.
    ///
    /// # Errors
    /// [`FeatureError::UnknownKey`] or [`FeatureError::Setting`], with the key, the value and what would do.
    pub fn from_value(document: &Value) -> Result<Self, FeatureError> {
        let raw = match document {
            Value::Null => Map::new(),
            Value::Object(map) => map.clone(),
            other => return Err(wrong("the parameter file", "keys and values", other)),
        };
        for key in raw.keys() {
            known(key, TOP_KEYS.iter().copied(), "the parameter file")?;
        }
        let convention = match raw.get("convention") {
            None | Some(Value::Null) => Convention::PyRadiomics,
            Some(Value::String(word)) if word == "pyradiomics" => Convention::PyRadiomics,
            Some(Value::String(word)) if word == "ibsi" => Convention::Ibsi,
            Some(other) => return Err(wrong("convention", "pyradiomics or ibsi", other)),
        };
        let global = section(&raw, "setting")?;
        check_settings(&global, SETTINGS, "setting")?;
        let voxel = section(&raw, "voxelSetting")?;
        check_settings(&voxel, VOXEL_SETTINGS, "voxelSetting")?;

        let mut dictionary = default_dictionary();
        dictionary.extend(global);
        dictionary.extend(voxel);
        let settings = Settings::from_map(&dictionary, convention);
        let image_types = image_types(&raw, &dictionary, convention)?;
        let classes = classes(&raw, convention)?;
        Ok(Self {
            raw,
            convention,
            dictionary,
            settings,
            image_types,
            classes,
        })
    }

    /// The document that these parameters were made from.
    pub fn to_value(&self) -> Value {
        Value::Object(self.raw.clone())
    }

    /// These parameters with one key of `setting` (or of `voxelSetting`) replaced, as `--setting NAME:VALUE` does.
    ///
    /// Unlike a document, which turns `shape2D` on when it names no class, this leaves the classes as they are.
    ///
    /// # Errors
    /// As [`Parameters::from_value`].
    pub fn with_setting(&self, name: &str, value: &Value) -> Result<Self, FeatureError> {
        let all = || SETTINGS.iter().chain(VOXEL_SETTINGS).map(|info| info.name);
        known(name, all(), "setting")?;
        let section = if VOXEL_SETTINGS.iter().any(|info| info.name == name) {
            "voxelSetting"
        } else {
            "setting"
        };
        let mut raw = self.raw.clone();
        match raw.get_mut(section) {
            Some(Value::Object(map)) => {
                map.insert(name.to_owned(), value.clone());
            }
            _ => {
                raw.insert(
                    section.to_owned(),
                    Value::Object(Map::from_iter([(name.to_owned(), value.clone())])),
                );
            }
        }
        let mut changed = Self::from_value(&Value::Object(raw))?;
        changed.classes.clone_from(&self.classes);
        Ok(changed)
    }

    /// Whose rules are followed.
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// The settings of the whole extraction.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// PyRadiomics' dictionary of settings, for `diagnostics_Configuration_Settings`.
    pub fn dictionary(&self) -> &Map<String, Value> {
        &self.dictionary
    }

    /// The image types with their own settings, for `diagnostics_Configuration_EnabledImageTypes`.
    pub fn image_type_dictionary(&self) -> Map<String, Value> {
        self.image_types
            .iter()
            .map(|image_type| {
                (
                    image_type.filter.image_type().to_owned(),
                    Value::Object(image_type.custom.clone()),
                )
            })
            .collect()
    }

    /// What the reader of the numbers should know about these parameters.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for chosen in &self.classes {
            let class = chosen.class.name();
            match self.convention {
                Convention::PyRadiomics => {
                    for info in chosen.features.iter().filter(|info| info.offer == Offer::Deprecated) {
                        warnings.push(format!("{class}: {} is deprecated in PyRadiomics", info.name));
                    }
                    for info in &chosen.left_out {
                        warnings.push(format!(
                            "{class}: PyRadiomics no longer computes {}, so it has no column: {}",
                            info.name, info.about
                        ));
                    }
                }
                Convention::Ibsi if !chosen.class.offered(self.convention) => {
                    warnings.push(format!("{class}: left out, the IBSI has no such class"));
                }
                Convention::Ibsi => {
                    for info in &chosen.left_out {
                        warnings.push(format!(
                            "{class}: {} is left out, the IBSI does not define it",
                            info.name
                        ));
                    }
                }
            }
        }
        if self.convention == Convention::PyRadiomics && matches!(self.settings.binning, Binning::Count(_)) {
            let words = "binCount: a fixed number of bins makes grey levels of different scans hard to compare";
            warnings.insert(0, words.to_owned());
        }
        warnings
    }

    /// What the chosen classes ask of a region.
    pub(in crate::features) fn matrices(&self) -> Matrices {
        self.classes
            .iter()
            .filter(|chosen| !chosen.features.is_empty())
            .fold(Matrices::default(), |all, chosen| all.or(chosen.class.matrices()))
    }

    pub(in crate::features) fn image_types(&self) -> &[ImageType] {
        &self.image_types
    }

    pub(in crate::features) fn classes(&self) -> &[ChosenClass] {
        &self.classes
    }
}

const TOP_KEYS: &[&str] = &["imageType", "featureClass", "setting", "voxelSetting", "convention"];

/// The settings that PyRadiomics' extractor starts from, in its order.
fn default_dictionary() -> Map<String, Value> {
    let Value::Object(map) = serde_json::json!({
        "minimumROIDimensions": 2,
        "minimumROISize": null,
        "normalize": false,
        "normalizeScale": 1,
        "removeOutliers": null,
        "resampledPixelSpacing": null,
        "interpolator": "sitkBSpline",
        "preCrop": false,
        "padDistance": 5,
        "distances": [1],
        "force2D": false,
        "force2Ddimension": 0,
        "resegmentRange": null,
        "label": 1,
        "additionalInfo": true,
    }) else {
        return Map::new();
    };
    map
}

fn section(raw: &Map<String, Value>, key: &str) -> Result<Map<String, Value>, FeatureError> {
    match raw.get(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(other) => Err(wrong(key, "keys and values", other)),
    }
}

fn image_types(
    raw: &Map<String, Value>,
    dictionary: &Map<String, Value>,
    convention: Convention,
) -> Result<Vec<ImageType>, FeatureError> {
    let mut asked = match raw.get("imageType") {
        None => Map::new(),
        Some(Value::Object(map)) => map.clone(),
        Some(other) => return Err(wrong("imageType", "image types and their settings", other)),
    };
    if asked.is_empty() {
        asked.insert("Original".to_owned(), Value::Null);
    }
    let mut found = Vec::new();
    for (name, custom) in &asked {
        known(name, FILTERS.iter().map(|filter| filter.image_type()), "imageType")?;
        let custom = match custom {
            Value::Null => Map::new(),
            Value::Object(map) => map.clone(),
            other => return Err(wrong(&format!("imageType.{name}"), "settings", other)),
        };
        check_settings(&custom, SETTINGS, &format!("imageType.{name}"))?;
        let mut merged = dictionary.clone();
        merged.extend(custom.clone());
        if let Some(&filter) = FILTERS.iter().find(|filter| filter.image_type() == name) {
            found.push(ImageType {
                filter,
                custom,
                settings: Settings::from_map(&merged, convention),
            });
        }
    }
    Ok(found)
}

fn default_classes(convention: Convention, with_shape_2d: bool) -> Vec<ChosenClass> {
    in_order(convention)
        .into_iter()
        .filter(|class| class.offered(convention) && (with_shape_2d || class.has_columns_by_default()))
        .map(|class| ChosenClass {
            class,
            features: default_features(class, convention),
            left_out: Vec::new(),
        })
        .collect()
}

/// The classes in the order of their columns, where a parameter file does not say another.
fn in_order(convention: Convention) -> Vec<&'static dyn FeatureClass> {
    let mut classes = CLASSES.to_vec();
    if convention == Convention::Ibsi {
        classes.sort_by_key(|class| class.section().unwrap_or(u8::MAX));
    }
    classes
}

fn default_features(class: &dyn FeatureClass, convention: Convention) -> Vec<&'static FeatureInfo> {
    let mut features = class.features();
    match convention {
        Convention::PyRadiomics => {
            // A class that is offered by name only, once named, is asked for as a whole.
            let by_name = !class.offered(convention);
            features.retain(|info| info.offer == Offer::Default || (by_name && info.offer == Offer::Named));
            if !by_name {
                // PyRadiomics goes by the names of its methods.
                features.sort_by_key(|info| format!("get{}FeatureValue", info.name));
            }
        }
        Convention::Ibsi => features.retain(|info| info.defined(convention)),
    }
    features
}

fn classes(raw: &Map<String, Value>, convention: Convention) -> Result<Vec<ChosenClass>, FeatureError> {
    let asked = match raw.get("featureClass") {
        None => Map::new(),
        Some(Value::Object(map)) => map.clone(),
        Some(other) => return Err(wrong("featureClass", "classes and their features", other)),
    };
    if asked.is_empty() {
        return Ok(default_classes(convention, true));
    }
    let mut found = Vec::new();
    for (name, features) in &asked {
        known(name, CLASSES.iter().map(|class| class.name()), "featureClass")?;
        let Some(&class) = CLASSES.iter().find(|class| class.name() == name) else {
            continue;
        };
        let names = match features {
            Value::Null => Vec::new(),
            Value::Array(names) => names.clone(),
            other => return Err(wrong(&format!("featureClass.{name}"), "a list of features", other)),
        };
        let mut chosen: Vec<&'static FeatureInfo> = Vec::new();
        let mut left_out: Vec<&'static FeatureInfo> = Vec::new();
        for feature in &names {
            let place = format!("featureClass.{name}");
            let Some(feature) = feature.as_str() else {
                return Err(wrong(&place, "names of features", feature));
            };
            let all = class.features();
            known(feature, all.iter().map(|info| info.name), &place)?;
            if let Some(&info) = all.iter().find(|info| info.name == feature) {
                let list = if info.defined(convention) {
                    &mut chosen
                } else {
                    &mut left_out
                };
                if !list.iter().any(|known| known.name == info.name) {
                    list.push(info);
                }
            }
        }
        if names.is_empty() {
            chosen = default_features(class, convention);
        }
        found.push(ChosenClass {
            class,
            features: chosen,
            left_out,
        });
    }
    if convention == Convention::Ibsi {
        found.sort_by_key(|chosen| chosen.class.section().unwrap_or(u8::MAX));
    }
    Ok(found)
}

/// Refuses a key that is not among the known ones, naming the nearest.
fn known(key: &str, names: impl Iterator<Item = &'static str>, place: &str) -> Result<(), FeatureError> {
    let names: Vec<&str> = names.collect();
    if names.contains(&key) {
        return Ok(());
    }
    let nearest = names
        .iter()
        .max_by(|a, b| {
            let score = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &key.to_lowercase());
            score(a).total_cmp(&score(b))
        })
        .copied()
        .unwrap_or_default();
    Err(FeatureError::UnknownKey {
        place: place.to_owned(),
        key: key.to_owned(),
        nearest: nearest.to_owned(),
    })
}

fn check_settings(values: &Map<String, Value>, infos: &[SettingInfo], place: &str) -> Result<(), FeatureError> {
    for (key, value) in values {
        known(
            key,
            infos
                .iter()
                .map(|info| info.name)
                .collect::<Vec<&'static str>>()
                .into_iter(),
            place,
        )?;
        if let Some(info) = infos.iter().find(|info| info.name == key) {
            check_value(info, value, place)?;
        }
    }
    Ok(())
}

fn check_value(info: &SettingInfo, value: &Value, place: &str) -> Result<(), FeatureError> {
    if value.is_null() {
        return Ok(());
    }
    let key = format!("{place}.{}", info.name);
    let refuse = |expected: &str| Err(wrong(&key, expected, value));
    match info.rule {
        Rule::Switch if value.is_boolean() => Ok(()),
        Rule::Switch => refuse("true or false"),
        Rule::Whole { least, most } => match value.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(()),
            _ if most < i64::MAX => refuse(&format!("a whole number from {least} to {most}")),
            _ if least > i64::MIN => refuse(&format!("a whole number of at least {least}")),
            _ => refuse("a whole number"),
        },
        Rule::Above(bound) => match number(value) {
            Some(number) if number > bound && number.is_finite() => Ok(()),
            _ => refuse(&format!("a number above {bound}")),
        },
        Rule::Number => match number(value) {
            Some(_) => Ok(()),
            None => refuse("a number"),
        },
        Rule::Numbers { least, strict } => {
            let fits = |one: &Value| {
                number(one)
                    .is_some_and(|number| !number.is_nan() && if strict { number > least } else { number >= least })
            };
            let length = match info.name {
                "resampledPixelSpacing" => 3..=3,
                "resegmentRange" => 1..=2,
                _ => 0..=usize::MAX,
            };
            match value.as_array() {
                Some(list) if list.iter().all(fits) && length.contains(&list.len()) => Ok(()),
                _ if info.name == "resampledPixelSpacing" => {
                    refuse("three numbers of at least 0, for x, y and z, such as [1, 1, 1]")
                }
                _ if info.name == "resegmentRange" => refuse("one number or two, such as [-100, 200]"),
                _ if strict => refuse(&format!("a list of numbers above {least}")),
                _ => refuse("a list of numbers"),
            }
        }
        Rule::Steps => match value.as_array() {
            Some(list)
                if !list.is_empty()
                    && list
                        .iter()
                        .all(|one| one.as_i64().is_some_and(|number| (1..=1_000_000).contains(&number))) =>
            {
                Ok(())
            }
            _ => refuse("a list of whole numbers of at least 1, such as [1]"),
        },
        Rule::Word(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(()),
            _ => refuse(&format!("one of {}", words.join(", "))),
        },
        Rule::Words(words) => match value.as_array() {
            Some(list)
                if !list.is_empty()
                    && list
                        .iter()
                        .all(|one| one.as_str().is_some_and(|word| words.contains(&word))) =>
            {
                Ok(())
            }
            _ => refuse(&format!("a list of some of {}", words.join(", "))),
        },
        Rule::WordOrNumber(words) => match value {
            Value::String(word) if words.contains(&word.as_str()) => Ok(()),
            Value::Number(number) if number.as_i64().is_some_and(|number| (1..=10).contains(&number)) => Ok(()),
            _ => refuse(&format!("one of {} or a number from 1 to 10", words.join(", "))),
        },
        Rule::Wavelet => match value.as_str() {
            Some(name) if super::filter::is_wavelet(name) => Ok(()),
            _ => refuse("the name of a discrete wavelet such as coif1, haar, db2, sym4, bior2.2, rbio1.3 or dmey"),
        },
        Rule::Orders => match value.as_array() {
            Some(list) if list.len() == 3 && list.iter().all(|one| one.as_u64().is_some_and(|order| order <= 8)) => {
                Ok(())
            }
            _ => refuse("three whole numbers from 0 to 8, for x, y and z, such as [1, 0, 0]"),
        },
        Rule::Laws => match value.as_str().and_then(super::filter::laws::split) {
            Some(_) => Ok(()),
            None => refuse("two or three of L5, E5, S5, W5, R5, L3, E3 and S3, such as L5E5E5"),
        },
    }
}

fn wrong(key: &str, expected: &str, found: &Value) -> FeatureError {
    FeatureError::Setting {
        key: key.to_owned(),
        expected: expected.to_owned(),
        found: python_text(found),
    }
}

/// A value as Python's `str()` writes it: what PyRadiomics puts into names and diagnostics.
pub fn python_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => python_literal(other),
    }
}

/// A value as Python's `repr()` writes it.
pub fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => python_float(float),
            _ => number.to_string(),
        },
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::Array(list) => format!("[{}]", list.iter().map(python_literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => format!(
            "{{{}}}",
            map.iter()
                .map(|(key, value)| format!("'{key}': {}", python_literal(value)))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// A double as Python's `repr()` writes it: the shortest digits that read back, an exponent below 1e-4 and from 1e16.
pub fn python_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        let text = format!("{value}");
        return if text.contains('.') { text } else { format!("{text}.0") };
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(document: &Value) -> String {
        Parameters::from_value(document).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_one() {
        let text = refusal(&json!({"setting": {"binwidht": 25}}));
        assert!(text.contains("binwidht") && text.contains("binWidth"), "{text}");
        let text = refusal(&json!({"settings": {}}));
        assert!(text.contains("setting"), "{text}");
        let text = refusal(&json!({"imageType": {"Orginal": null}}));
        assert!(text.contains("Original"), "{text}");
    }

    #[test]
    fn a_value_out_of_its_rule_is_refused_with_the_rule() {
        for (key, value) in [
            ("binWidth", json!(0)),
            ("binWidth", json!("wide")),
            ("binCount", json!(1.5)),
            ("binCount", json!(true)),
            ("minimumROIDimensions", json!(4)),
            ("resampledPixelSpacing", json!([1, 1])),
            ("resegmentMode", json!("standard")),
            ("interpolator", json!("sitkCubic")),
            ("interpolator", json!(11)),
            ("distances", json!([0])),
            ("sigma", json!([0.0])),
            ("weightingNorm", json!("chebyshev")),
            ("wavelet", json!("coif99")),
        ] {
            let mut setting = Map::new();
            setting.insert(key.to_owned(), value);
            let text = refusal(&json!({"setting": setting}));
            assert!(text.contains(key), "{text}");
        }
    }

    #[test]
    fn a_document_without_classes_means_every_class() {
        let named = |parameters: &Parameters| -> Vec<&str> {
            parameters.classes().iter().map(|chosen| chosen.class.name()).collect()
        };
        assert!(!named(&Parameters::default()).contains(&"shape2D"));
        let changed = Parameters::default().with_setting("binWidth", &json!(10)).unwrap();
        assert!(!named(&changed).contains(&"shape2D"));
        assert_eq!(changed.settings().binning, Binning::Width(10.0));
    }

    #[test]
    fn an_image_type_overrides_the_settings() {
        let parameters = Parameters::from_value(
            &json!({"imageType": {"Original": {}}, "setting": {"binWidth": 10, "binCount": null}}),
        )
        .unwrap();
        assert_eq!(parameters.image_types()[0].settings.binning, Binning::Width(10.0));
        let parameters =
            Parameters::from_value(&json!({"imageType": {"Original": {"binWidth": 5}}, "setting": {"binWidth": 10}}))
                .unwrap();
        assert_eq!(parameters.settings().binning, Binning::Width(10.0));
        assert_eq!(parameters.image_types()[0].settings.binning, Binning::Width(5.0));
    }

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.7, "0.7"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e16, "1e+16"),
            (123456789.25, "123456789.25"),
            (-0.0, "-0.0"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(python_float(value), text);
        }
        assert_eq!(
            python_literal(&json!({"a": [1, 2.0, null], "b": "x", "c": true})),
            "{'a': [1, 2.0, None], 'b': 'x', 'c': True}"
        );
    }
}
