//! Feature maps: every feature around every voxel of the region, in a box of `2 kernelRadius + 1` voxels a side.
//!
//! Grey levels are those of the whole region (of the whole cropped image with `maskedKernel: false`), so the boxes share
//! their bins; a box is cut at the border of the image, and, with `force2D`, to the slice of its centre. One box slides along
//! each row of voxels ([`super::matrix::kernel`]); where that cannot be done, each box is a small [`Region`] whose levels are given,
//! and the classes compute it like any other. The maps lie on the region's box widened by `kernelRadius`; voxels outside of
//! the region hold `initValue`. Shape has no maps.
//!
//! Reference: PyRadiomics 3.1.0, voxel-based extraction. `voxelBatch` only bounds its memory and changes nothing here.

use std::path::Path;

use ndarray::{Array3, Axis, s};
use rayon::prelude::*;

use super::convention::{Convention, Rules};
use super::matrix::kernel::{Plan, Reach, Slider};
use super::matrix::levels::Levels;
use super::parameters::ChosenClass;
use super::prepare::report::Diagnostic;
use super::prepare::{Prepared, load_options};
use super::region::discretise::discretised;
use super::region::{Region, discretisation};
use super::remarks::Road;
use super::{FeatureError, Parameters, Settings};
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
    if !parameters.settings().pre_crop {
        let radius = parameters.settings().kernel_radius;
        options.extent = match options.extent {
            Extent::Whole => Extent::Whole,
            // A filter has to give its answer in the kernels too.
            Extent::Margin(margin) => Extent::Margin(margin.saturating_add(radius)),
            Extent::Within(reach) => Extent::Within(volume::Reach {
                voxels: reach.voxels.saturating_add(radius),
                ..reach
            }),
        };
    }
    options
}

/// The maps of a loaded case.
pub fn map(scan: &Scan, parameters: &Parameters) -> Result<FeatureMaps, FeatureError> {
    if parameters.convention() != RULES.convention {
        return Err(FeatureError::Setting {
            key: "convention".to_owned(),
            expected: format!(
                "{} for maps (--mode voxel), which the IBSI does not define",
                RULES.convention.name()
            ),
            found: parameters.convention().name().to_owned(),
        });
    }
    let parameters = parameters.for_image(scan.plane)?;
    let prepared = Prepared::new(scan, &parameters, RULES).map_err(|error| error.with_doubt(scan.doubt.as_deref()))?;
    let diagnostics = prepared.diagnostics.clone();
    let mut warnings = parameters.warnings(Road::Maps);
    warnings.extend(prepared.warnings.iter().chain(&prepared.ties).cloned());
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
                let names: Vec<String> = classes
                    .iter()
                    .flat_map(|chosen| {
                        let (image, class) = (&filtered.name, chosen.class.name());
                        chosen
                            .features
                            .iter()
                            .map(move |info| format!("{image}_{class}_{}", info.name))
                    })
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

/// Maps are PyRadiomics': the IBSI does not define any.
const RULES: Rules = Convention::PyRadiomics.rules();

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
        let levels = self.levels()?;
        let plan = self.plan(&levels, classes);
        let rows: Vec<(usize, usize, Vec<usize>)> = region
            .lanes(Axis(2))
            .into_iter()
            .enumerate()
            .map(|(row, inside)| {
                let places = inside.iter().enumerate().filter(|&(_, &inside)| inside);
                (
                    row / region.dim().1,
                    row % region.dim().1,
                    places.map(|(x, _)| x).collect(),
                )
            })
            .filter(|(_, _, places): &(_, _, Vec<usize>)| !places.is_empty())
            .collect();
        // Each row by itself, so the number of threads changes nothing.
        let values: Vec<Vec<f64>> = rows
            .par_iter()
            .with_max_len(1)
            .map_init(Slider::default, |slider, (z, y, places)| {
                if let Some(plan) = &plan
                    && let Some(values) = plan.row(slider, *z, *y, places)?
                {
                    return Ok(values);
                }
                let mut values = Vec::with_capacity(places.len() * columns);
                for &x in places {
                    values.extend(self.around([*z, *y, x], &levels, classes)?);
                }
                Ok(values)
            })
            .collect::<Result<_, FeatureError>>()?;
        let mut maps = vec![Array3::from_elem(region.dim(), self.settings.initial_value); columns];
        for ((z, y, places), values) in rows.iter().zip(&values) {
            for (&x, values) in places.iter().zip(values.chunks(columns.max(1))) {
                for (map, &value) in maps.iter_mut().zip(values) {
                    map[[*z, *y, x]] = value;
                }
            }
        }
        Ok(maps)
    }

    /// How a kernel slides; `None` where a class or the settings ask for what it does not do.
    fn plan<'a>(&'a self, levels: &'a Levels, classes: &[&ChosenClass]) -> Option<Plan<'a>> {
        let settings = self.settings;
        if !settings.symmetrical_glcm || settings.weighting.is_some() {
            return None;
        }
        let jobs = classes.iter().map(|chosen| chosen.class.slide(&chosen.features));
        let reach = Reach {
            radius: settings.kernel_radius,
            distances: settings.distances.clone(),
            slice_axis: settings.slice_axis,
            tolerance: settings.gldm_a,
            shift: settings.voxel_array_shift,
            voxel_volume: self.spacing.iter().product(),
        };
        Plan::new(reach, self.values.view(), levels, jobs.collect::<Option<_>>()?)
    }

    /// The grey levels of the whole region, which all kernels share.
    fn levels(&self) -> Result<Levels, FeatureError> {
        let distance = self.settings.distances.iter().copied().max().unwrap_or(1).max(1);
        let border = distance.min(2 * self.settings.kernel_radius + 1);
        let how = discretisation(self.settings, &RULES, None, self.single_precision);
        discretised(self.values.view(), self.mask.view(), &how, border)
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
        .by(RULES)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Every feature around every voxel, by sliding and by computing each kernel as a region.
    fn both_ways(kernels: &Kernels<'_>, parameters: &Parameters) -> Result<Vec<(String, f64, f64)>, FeatureError> {
        let classes: Vec<&ChosenClass> = parameters
            .classes()
            .iter()
            .filter(|chosen| !chosen.class.of_mask())
            .collect();
        let names: Vec<String> = classes
            .iter()
            .flat_map(|chosen| {
                let names = chosen.features.iter().map(|info| info.name);
                names.map(move |name| format!("{}_{name}", chosen.class.name()))
            })
            .collect();
        let levels = kernels.levels()?;
        let plan = kernels.plan(&levels, &classes).unwrap();
        let mut slider = Slider::default();
        let mut found = Vec::new();
        let (depth, height, width) = kernels.mask.dim();
        for (z, y) in (0..depth).flat_map(|z| (0..height).map(move |y| (z, y))) {
            let places: Vec<usize> = (0..width).filter(|&x| kernels.mask[[z, y, x]]).collect();
            let row = plan.row(&mut slider, z, y, &places)?.unwrap();
            for (x, values) in places.into_iter().zip(row.chunks(names.len())) {
                let expected = kernels.around([z, y, x], &levels, &classes)?;
                let pairs = values.iter().zip(expected);
                found.extend(names.iter().zip(pairs).map(|(name, (a, b))| (name.clone(), *a, b)));
            }
        }
        Ok(found)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn sliding_gives_what_each_kernel_gives_by_itself(
            values in prop::collection::vec(0..9i32, 3 * 5 * 8),
            holes in prop::collection::vec(prop::bool::weighted(0.8), 3 * 5 * 8),
            radius in 1..4usize,
            scale in prop::sample::select(vec![1.0, 7.5, 30.0]),
            distances in prop::sample::select(vec![json!([1]), json!([1, 2]), json!([2])]),
            plane in prop::sample::select(vec![None, Some(0), Some(1), Some(2)]),
            tolerance in 0..3,
        ) {
            prop_assume!(distances != json!([2]) || radius > 1);
            let parameters = Parameters::from_value(&json!({
                "setting": {
                    "binWidth": 10, "distances": distances, "gldm_a": tolerance, "voxelArrayShift": 5,
                    "force2D": plane.is_some(), "force2Ddimension": plane.unwrap_or(0),
                },
                "voxelSetting": {"kernelRadius": radius},
                "featureClass": {"firstorder": [], "glcm": [], "glrlm": [], "glszm": [], "gldm": [], "ngtdm": []},
            })).unwrap();
            let mut mask = Array3::from_shape_vec((3, 5, 8), holes).unwrap();
            mask[[0, 0, 0]] = true;
            let kernels = Kernels {
                settings: parameters.settings(),
                spacing: [1.0; 3],
                values: Array3::from_shape_vec((3, 5, 8), values).unwrap().mapv(|value| f64::from(value) * scale),
                mask,
                single_precision: false,
            };
            for (name, found, expected) in both_ways(&kernels, &parameters).unwrap() {
                // The root of an eigenvalue that is 0 but for rounding is what is left of it.
                let least = if name == "glcm_MCC" { 2e-7 } else { 1e-9 };
                let same = found.is_nan() && expected.is_nan()
                    || (found - expected).abs() <= 1e-9 * found.abs().max(expected.abs()) + least;
                prop_assert!(same, "{name}: {found:?} sliding, {expected:?} by itself");
            }
        }
    }
}
