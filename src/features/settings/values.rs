//! The settings with their values, as the computation reads them.

use serde_json::{Map, Value};

use super::choice::{Binning, ResegmentMode};
use super::ibsi::IbsiSettings;
use super::kind::Kind;
use super::reading::Reading;
use super::rows;
use super::setting::{Row, Setting};
use crate::features::convention::Convention;
use crate::features::matrix::neighbours::Weighting;
use crate::volume::resample::Interpolator;
use crate::volume::{Contours, Uptake};

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
    /// Counted from 1
    pub(in crate::features) volume: Option<usize>,
    /// What a PET image's values are given as
    pub(in crate::features) uptake: Uptake,
    pub(in crate::features) contours: Contours,
    pub(in crate::features) binning: Binning,
    pub(in crate::features) normalize: bool,
    pub(in crate::features) normalize_scale: f64,
    pub(in crate::features) remove_outliers: Option<f64>,
    /// In x, y, z; `None` where no resampling is asked for or `interpolator` is null
    pub(in crate::features) resampled_spacing: Option<[f64; 3]>,
    /// Whether that spacing has no third number
    pub(in crate::features) spacing_of_plane: bool,
    pub(in crate::features) interpolator: Interpolator,
    pub(in crate::features) pad_distance: usize,
    pub(in crate::features) distances: Vec<usize>,
    /// The axis of `[z, y, x]` across the slices, where neighbours are taken within slices only
    pub(in crate::features) slice_axis: Option<usize>,
    pub(in crate::features) force_2d_dimension: usize,
    /// Whether the image is a plane, with no axis z
    pub(in crate::features) plane: bool,
    /// Lower bound, and upper bound if given
    pub(in crate::features) resegment_range: Option<(f64, Option<f64>)>,
    pub(in crate::features) resegment_mode: ResegmentMode,
    pub(in crate::features) resegment_shape: bool,
    pub(in crate::features) pre_crop: bool,
    pub(in crate::features) voxel_array_shift: f64,
    pub(in crate::features) symmetrical_glcm: bool,
    pub(in crate::features) weighting: Option<Weighting>,
    pub(in crate::features) gldm_a: u32,
    pub(in crate::features) kernel_radius: usize,
    pub(in crate::features) masked_kernel: bool,
    pub(in crate::features) initial_value: f64,
    /// What the IBSI's chain has beyond PyRadiomics
    pub(in crate::features) ibsi: IbsiSettings,
    /// As the file has them, for the settings that a filter declares
    values: Map<String, Value>,
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

    /// Whether the file has a value for a setting.
    pub(in crate::features) fn gives(&self, row: &dyn Row) -> bool {
        self.values.get(row.name()).is_some_and(|value| !value.is_null())
    }

    /// These settings for a plane, whose axes PyRadiomics counts without z: `force2Ddimension` 0 is y there and 1 is x.
    pub(in crate::features) fn in_plane(&self) -> Self {
        Self {
            plane: true,
            slice_axis: match self.convention {
                Convention::PyRadiomics => self.slice_axis.map(|axis| axis + 1),
                Convention::Ibsi => self.slice_axis,
            },
            force_2d_dimension: 0,
            ..self.clone()
        }
    }

    /// The value of a setting, as a filter asks for its own.
    pub(in crate::features) fn get<K: Kind>(&self, setting: &Setting<K>) -> K::Value {
        setting.read(&self.values, self.slice_axis.is_some())
    }

    /// Reads checked values; absent and null ones take their default.
    pub(in crate::features) fn from_map(values: &Map<String, Value>, convention: Convention) -> Self {
        let in_slices = rows::FORCE_2D.read(values, false);
        let read = Reading { values, in_slices };
        let resampling = !matches!(values.get(rows::INTERPOLATOR.name), Some(Value::Null));
        let force_2d_dimension = read.get(&rows::FORCE_2D_DIMENSION);
        let spacing = read.get(&rows::RESAMPLED_PIXEL_SPACING).filter(|_| resampling);
        Settings {
            convention,
            minimum_roi_dimensions: read.get(&rows::MINIMUM_ROI_DIMENSIONS),
            minimum_roi_size: read.get(&rows::MINIMUM_ROI_SIZE),
            geometry_tolerance: read.get(&rows::GEOMETRY_TOLERANCE),
            correct_mask: read.get(&rows::CORRECT_MASK),
            additional_info: read.get(&rows::ADDITIONAL_INFO),
            label: read.get(&rows::LABEL),
            label_channel: read.get(&rows::LABEL_CHANNEL),
            volume: read.get(&rows::VOLUME),
            uptake: read.get(&rows::SUV),
            contours: read.get(&rows::CONTOURS),
            binning: match read.get(&rows::BIN_COUNT) {
                Some(count) => Binning::Count(count),
                None => Binning::Width(read.get(&rows::BIN_WIDTH)),
            },
            normalize: read.get(&rows::NORMALIZE),
            normalize_scale: read.get(&rows::NORMALIZE_SCALE),
            remove_outliers: read.get(&rows::REMOVE_OUTLIERS),
            spacing_of_plane: spacing.as_ref().is_some_and(|list| list.len() == 2),
            resampled_spacing: spacing.map(|list| [0, 1, 2].map(|axis| list.get(axis).copied().unwrap_or(0.0))),
            interpolator: read.get(&rows::INTERPOLATOR),
            pad_distance: read.get(&rows::PAD_DISTANCE),
            distances: read.get(&rows::DISTANCES),
            slice_axis: in_slices.then_some(force_2d_dimension),
            force_2d_dimension,
            plane: false,
            resegment_range: read.get(&rows::RESEGMENT_RANGE),
            resegment_mode: read.get(&rows::RESEGMENT_MODE),
            resegment_shape: read.get(&rows::RESEGMENT_SHAPE),
            pre_crop: read.get(&rows::PRE_CROP),
            voxel_array_shift: read.get(&rows::VOXEL_ARRAY_SHIFT) as f64,
            symmetrical_glcm: read.get(&rows::SYMMETRICAL_GLCM),
            weighting: read.get(&rows::WEIGHTING_NORM),
            gldm_a: u32::try_from(read.get(&rows::GLDM_A)).unwrap_or(u32::MAX),
            kernel_radius: read.get(&rows::KERNEL_RADIUS),
            masked_kernel: read.get(&rows::MASKED_KERNEL),
            initial_value: read.get(&rows::INIT_VALUE),
            ibsi: IbsiSettings::read(&read),
            values: values.clone(),
        }
    }
}
