//! What a feature class is handed: the box around the region, with what several classes share made once, when first asked
//! for.

use std::cell::OnceCell;

use ndarray::Array3;

use super::directional::{self, Directional, Wanted};
use super::discretise::{Levels, Origin};
use super::neighbours::directions;
use super::surroundings::{Surroundings, look_around};
use super::{FeatureError, Settings};

/// The box around a region: its voxels and what classes make of them.
#[derive(Debug)]
pub struct Region<'a> {
    settings: &'a Settings,
    spacing: [f64; 3],
    values: Array3<f64>,
    mask: Array3<bool>,
    single_precision: bool,
    wanted: Wanted,
    levels: OnceCell<Levels>,
    directional: OnceCell<Vec<Directional>>,
    surroundings: OnceCell<Surroundings>,
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
            wanted: Wanted {
                pairs: true,
                runs: true,
            },
            levels: OnceCell::new(),
            directional: OnceCell::new(),
            surroundings: OnceCell::new(),
        }
    }

    /// Gives the grey levels instead of making them from the intensities: those of a part of a larger region.
    pub fn with_levels(self, levels: Levels) -> Self {
        Self {
            levels: OnceCell::from(levels),
            ..self
        }
    }

    /// Says what [`Region::directional`] need not count, because no class will ask for it.
    pub fn wanting(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    /// The settings of the image type.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// Millimetres along `z, y, x`.
    pub fn spacing(&self) -> [f64; 3] {
        self.spacing
    }

    /// The volume of one voxel in cubic millimetres.
    pub fn voxel_volume(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// The intensities of the box, indexed `[z, y, x]`.
    pub fn values(&self) -> &Array3<f64> {
        &self.values
    }

    /// Whether a voxel of the box belongs to the region, indexed `[z, y, x]`.
    pub fn mask(&self) -> &Array3<bool> {
        &self.mask
    }

    /// The intensities of the region's voxels, in raster order.
    pub fn inside(&self) -> Vec<f64> {
        self.values
            .iter()
            .zip(&self.mask)
            .filter(|&(_, &inside)| inside)
            .map(|(&value, _)| value)
            .collect()
    }

    /// Whether the image is stored in single precision.
    pub fn single_precision(&self) -> bool {
        self.single_precision
    }

    /// The grey levels.
    pub fn levels(&self) -> Result<&Levels, FeatureError> {
        once(&self.levels, || {
            let border = self.settings.distances.iter().copied().max().unwrap_or(1).max(1);
            let largest = self.mask.shape().iter().copied().max().unwrap_or(1);
            Levels::new(
                self.values.view(),
                self.mask.view(),
                self.settings.binning,
                Origin::Multiple,
                self.single_precision,
                border.min(largest),
            )
        })
    }

    /// Pairs and runs along each direction: runs along those at distance 1, pairs along those of `distances`.
    pub fn directional(&self) -> Result<&[Directional], FeatureError> {
        once(&self.directional, || {
            let levels = self.levels()?;
            let mut all: Vec<_> = Vec::new();
            if self.wanted.pairs {
                for offset in directions(&self.settings.distances, levels.shape(), self.settings.slice_axis)? {
                    let runs = self.wanted.runs && offset.iter().all(|step| step.abs() <= 1);
                    all.push((offset, Wanted { pairs: true, runs }));
                }
            }
            if self.wanted.runs {
                for offset in directions(&[1], levels.shape(), self.settings.slice_axis)? {
                    if !all.iter().any(|&(known, _)| known == offset) {
                        all.push((
                            offset,
                            Wanted {
                                pairs: false,
                                runs: true,
                            },
                        ));
                    }
                }
            }
            Ok(directional::count(levels, &all))
        })
        .map(Vec::as_slice)
    }

    /// Dependences and tone differences around each voxel, at `distances`.
    pub fn surroundings(&self) -> Result<&Surroundings, FeatureError> {
        once(&self.surroundings, || {
            let levels = self.levels()?;
            let offsets = directions(&self.settings.distances, levels.shape(), self.settings.slice_axis)?;
            Ok(look_around(levels, &offsets, self.settings.gldm_a))
        })
    }
}

/// What the cell holds, made now if it holds nothing; an error is not kept.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, FeatureError>) -> Result<&T, FeatureError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
