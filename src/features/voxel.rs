//! Feature maps: every feature around every voxel of the region, in a box of `2 kernelRadius + 1` voxels a side.
//!
//! Grey levels are those of the whole region (of the whole cropped image with `maskedKernel: false`), so the boxes share
//! their bins; a box is cut at the border of the image, and, with `force2D`, to the slice of its centre. Each box is a
//! small [`Region`] whose levels are given, and the classes compute it like any other. The maps lie on the region's box
//! widened by `kernelRadius`; voxels outside of the region hold `initValue`. Shape has no maps.
//!
//! Reference: PyRadiomics 3.1.0, voxel-based extraction. `voxelBatch` only bounds its memory and changes nothing here.

use std::path::Path;

use ndarray::{Array3, s};
use rayon::prelude::*;

use super::discretise::{Levels, Origin};
use super::extract::{Diagnostic, Prepared};
use super::settings::ChosenClass;
use super::{FeatureError, Parameters, Region, Settings, load_options};
use crate::volume::{self, Extent, IndexBox, LabelChoice, LoadOptions, SampleType, Samples, Scan, Volume};

/// The maps of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMaps {
    /// Column name and map, in the order of the columns
    pub maps: Vec<(String, Volume)>,
    /// `diagnostics_*`, as of the features of the region
    pub diagnostics: Vec<(String, Diagnostic)>,
    /// What the reader of the maps should know
    pub warnings: Vec<String>,
}

/// Reads a case with what the parameters need of it, and maps its features.
pub fn map_files(
    image: &Path,
    mask: &Path,
    label: LabelChoice,
    parameters: &Parameters,
) -> Result<FeatureMaps, FeatureError> {
    let scan = volume::load(image, mask, &map_options(label, parameters))?;
    map(&scan, parameters)
}

/// How a case must be loaded for its maps: with the kernel's radius around the region, at least.
pub fn map_options(label: LabelChoice, parameters: &Parameters) -> LoadOptions {
    let mut options = load_options(label, parameters);
    if let Extent::Margin(margin) = options.extent
        && !parameters.settings().pre_crop
    {
        options.extent = Extent::Margin(margin.max(parameters.settings().kernel_radius));
    }
    options
}

/// The maps of a loaded case.
pub fn map(scan: &Scan, parameters: &Parameters) -> Result<FeatureMaps, FeatureError> {
    let prepared = Prepared::new(scan, parameters)?;
    let (diagnostics, mut warnings) = prepared.report();
    let mut maps = Vec::new();
    let radius = parameters.settings().kernel_radius;
    let part = prepared.part.widened(radius, prepared.image.geometry.size);
    let region = prepared.mask.crop(&part).voxels;
    for image_type in parameters.image_types() {
        image_type.filter.apply(
            &prepared.image,
            &prepared.mask,
            &part,
            &image_type.settings,
            &mut warnings,
            &mut |filtered| {
                let [x, y, z] = filtered.image.geometry.spacing;
                let box_of_image = Kernels {
                    settings: &image_type.settings,
                    spacing: [z, y, x],
                    values: filtered.image.values(&filtered.within(&part)),
                    mask: if image_type.settings.masked_kernel {
                        region.clone()
                    } else {
                        Array3::from_elem(region.dim(), true)
                    },
                    single_precision: filtered.image.samples.sample_type() == SampleType::F32,
                };
                let classes: Vec<&ChosenClass> = parameters
                    .classes()
                    .iter()
                    .filter(|chosen| !chosen.class.of_mask() && !chosen.features.is_empty())
                    .collect();
                let names = classes.iter().flat_map(|chosen| {
                    let class = chosen.class.name();
                    let ends = chosen.class.columns(&chosen.features, &image_type.settings);
                    ends.into_iter().map(move |end| (class, end))
                });
                let names: Vec<String> = names
                    .map(|(class, end)| format!("{}_{class}_{end}", filtered.name))
                    .collect();
                let found = box_of_image.maps(&region, &classes, names.len())?;
                let geometry = prepared.image.geometry.crop(&part);
                maps.extend(names.into_iter().zip(found).map(|(name, values)| {
                    let volume = Volume {
                        geometry,
                        samples: Samples::F64(values.into_raw_vec_and_offset().0),
                    };
                    (name, volume)
                }));
                Ok(())
            },
        )?;
    }
    Ok(FeatureMaps {
        maps,
        diagnostics,
        warnings,
    })
}

/// An image's box, in which kernels are cut out; arrays are indexed `[z, y, x]`.
struct Kernels<'a> {
    settings: &'a Settings,
    spacing: [f64; 3],
    values: Array3<f64>,
    /// The voxels that count in a kernel
    mask: Array3<bool>,
    single_precision: bool,
}

impl Kernels<'_> {
    /// One array a column.
    fn maps(
        &self,
        region: &Array3<bool>,
        classes: &[&ChosenClass],
        columns: usize,
    ) -> Result<Vec<Array3<f64>>, FeatureError> {
        let border = self.settings.distances.iter().copied().max().unwrap_or(1).max(1);
        let levels = Levels::new(
            self.values.view(),
            self.mask.view(),
            self.settings.binning,
            Origin::Multiple,
            self.single_precision,
            border.min(2 * self.settings.kernel_radius + 1),
        )?;
        let voxels: Vec<[usize; 3]> = region
            .indexed_iter()
            .filter(|&(_, &inside)| inside)
            .map(|((z, y, x), _)| [z, y, x])
            .collect();
        // Each voxel by itself, so the number of threads changes nothing.
        let values: Vec<Vec<f64>> = voxels
            .par_iter()
            .map(|&voxel| self.around(voxel, &levels, classes))
            .collect::<Result<_, _>>()?;
        let mut maps = vec![Array3::from_elem(region.dim(), self.settings.initial_value); columns];
        for (&voxel, values) in voxels.iter().zip(&values) {
            for (map, &value) in maps.iter_mut().zip(values) {
                map[voxel] = value;
            }
        }
        Ok(maps)
    }

    /// The features in the kernel around a voxel.
    fn around(&self, voxel: [usize; 3], levels: &Levels, classes: &[&ChosenClass]) -> Result<Vec<f64>, FeatureError> {
        let IndexBox { start, size } = self.kernel(voxel);
        let part = s![
            start[0]..start[0] + size[0],
            start[1]..start[1] + size[1],
            start[2]..start[2] + size[2]
        ];
        let region = Region::new(
            self.settings,
            self.spacing,
            self.values.slice(part).to_owned(),
            self.mask.slice(part).to_owned(),
            self.single_precision,
        )
        .with_levels(levels.part(start, size));
        let mut values = Vec::new();
        for chosen in classes {
            values.extend(chosen.class.compute(&region, &chosen.features)?);
        }
        Ok(values)
    }

    /// The kernel's box, `z, y, x`.
    fn kernel(&self, voxel: [usize; 3]) -> IndexBox {
        let shape = self.values.shape();
        let mut kernel = IndexBox {
            start: voxel,
            size: [1; 3],
        };
        for axis in (0..3).filter(|&axis| self.settings.slice_axis != Some(axis)) {
            let first = voxel[axis].saturating_sub(self.settings.kernel_radius);
            let last = (voxel[axis] + self.settings.kernel_radius).min(shape[axis] - 1);
            kernel.start[axis] = first;
            kernel.size[axis] = last - first + 1;
        }
        kernel
    }
}
