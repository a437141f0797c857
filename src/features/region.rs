//! What a feature class is handed: the box around the region, with what classes share made once.

use ndarray::Array3;

use super::Settings;

/// The box around a region: its voxels and, made when first asked for, what several classes need.
#[derive(Debug)]
pub struct Region<'a> {
    settings: &'a Settings,
    /// Millimetres along `z, y, x`
    spacing: [f64; 3],
    values: Array3<f64>,
    mask: Array3<bool>,
    single_precision: bool,
}

impl<'a> Region<'a> {
    /// A region from the intensities and the mask of its box, both indexed `[z, y, x]` and of one shape.
    ///
    /// `spacing` is in millimetres along `z, y, x`; `single_precision` says that the image is stored as `float32`, in which
    /// PyRadiomics keeps some intermediate results.
    pub fn new(
        settings: &'a Settings,
        spacing: [f64; 3],
        values: Array3<f64>,
        mask: Array3<bool>,
        single_precision: bool,
    ) -> Self {
        Self {
            settings,
            spacing,
            values,
            mask,
            single_precision,
        }
    }

    /// The settings of the image type.
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// Millimetres along `z, y, x`.
    pub fn spacing(&self) -> [f64; 3] {
        self.spacing
    }

    /// The intensities of the box, indexed `[z, y, x]`.
    pub fn values(&self) -> &Array3<f64> {
        &self.values
    }

    /// Whether a voxel of the box belongs to the region, indexed `[z, y, x]`.
    pub fn mask(&self) -> &Array3<bool> {
        &self.mask
    }

    /// Whether the image is stored in single precision.
    pub fn single_precision(&self) -> bool {
        self.single_precision
    }
}
