//! What parameters would compute, and what in them has no effect, in words.

use serde_json::{Map, Value};

use super::columns::column_names;
use super::convention::Convention;
use super::family::row::Offer;
use super::parameters::{ImageType, Parameters, setting_rows};
use super::settings::choice::{Binning, Interpolation};
use super::settings::{ReadBy, Row, VOXEL_SETTINGS, rows};
use crate::volume::Extent;

/// Settings that are those of the case, whatever image type is filtered from it.
const OF_THE_CASE: &[&dyn Row] = &[
    &rows::MINIMUM_ROI_DIMENSIONS,
    &rows::MINIMUM_ROI_SIZE,
    &rows::GEOMETRY_TOLERANCE,
    &rows::CORRECT_MASK,
    &rows::ADDITIONAL_INFO,
    &rows::LABEL,
    &rows::LABEL_CHANNEL,
    &rows::VOLUME,
    &rows::SUV,
    &rows::CONTOURS,
    &rows::NORMALIZE,
    &rows::NORMALIZE_SCALE,
    &rows::REMOVE_OUTLIERS,
    &rows::RESAMPLED_PIXEL_SPACING,
    &rows::INTERPOLATOR,
    &rows::PAD_DISTANCE,
    &rows::RESEGMENT_RANGE,
    &rows::RESEGMENT_MODE,
    &rows::RESEGMENT_SHAPE,
    &rows::PRE_CROP,
    &rows::MASK_INTERPOLATOR,
    &rows::MASK_THRESHOLD,
    &rows::OUTLIER_SIGMA,
];

/// Settings that only some classes read, with the names of these.
const OF_CLASSES: &[(&dyn Row, &[&str])] = &[
    (&rows::SYMMETRICAL_GLCM, &["glcm"]),
    (&rows::WEIGHTING_NORM, &["glcm", "glrlm"]),
    (&rows::GLDM_A, &["gldm"]),
    (&rows::VOXEL_ARRAY_SHIFT, &["firstorder"]),
    (&rows::IVH_BIN_WIDTH, &["ivh"]),
    (&rows::IVH_BIN_COUNT, &["ivh"]),
];

/// What is made of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// Features of the region
    Regions,
    /// Maps of features
    Maps,
}

impl Parameters {
    /// What the reader of the numbers should know about these parameters.
    pub fn warnings(&self, road: Road) -> Vec<String> {
        let mut warnings = self.unread(road);
        warnings.extend(self.without_effect(road));
        for chosen in self.classes() {
            let class = chosen.class.name();
            if road == Road::Maps && chosen.class.of_mask() && self.names_classes() {
                warnings.push(format!("{class}: left out, there are no maps of it"));
            }
            match self.convention() {
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
                Convention::Ibsi if !chosen.class.offered(self.convention()) => {
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
        if self.convention() == Convention::PyRadiomics && matches!(self.settings().binning, Binning::Count(_)) {
            let words = "binCount: a fixed number of bins makes grey levels of different scans hard to compare";
            warnings.insert(0, words.to_owned());
        }
        warnings
    }

    /// The sections that hold settings, by name, with what is given there.
    fn sections(&self) -> Vec<(String, &Map<String, Value>)> {
        let own = |name: &str| Some((format!("imageType.{name}"), self.given(Some(name))?));
        let global = self.given(None).map(|given| ("setting".to_owned(), given));
        let types = self.image_types().iter();
        global
            .into_iter()
            .chain(types.filter_map(|image_type| own(image_type.filter.image_type())))
            .collect()
    }

    /// The settings that are given and that neither the convention nor the road reads.
    fn unread(&self, road: Road) -> Vec<String> {
        let mut said = Vec::new();
        let given = |values: &Map<String, Value>, row: &dyn Row| {
            let value = values.get(row.name());
            value.is_some_and(|value| !value.is_null())
        };
        let of_ibsi: Vec<_> = setting_rows()
            .into_iter()
            .filter(|row| row.read_by() == ReadBy::Ibsi)
            .collect();
        for (section, values) in self.sections() {
            for row in of_ibsi.iter().filter(|row| given(values, **row)) {
                if self.convention() == Convention::PyRadiomics {
                    said.push(format!(
                        "{section}.{}: only convention: ibsi reads it, so it changes nothing here",
                        row.name()
                    ));
                }
            }
        }
        let Some(values) = self.given_for_maps() else {
            return said;
        };
        for row in VOXEL_SETTINGS.iter().filter(|row| given(values, **row)) {
            let name = row.name();
            if road == Road::Regions {
                said.push(format!(
                    "voxelSetting.{name}: only maps (--mode voxel) have it, so it has no effect"
                ));
            } else if row.read_by() == ReadBy::Nobody {
                said.push(format!(
                    "voxelSetting.{name}: it bounds PyRadiomics' memory and changes nothing here"
                ));
            }
        }
        said
    }

    /// The settings that are given and that nothing asked for reads.
    fn without_effect(&self, road: Road) -> Vec<String> {
        let mut said = Vec::new();
        for image_type in self.image_types() {
            let filter = image_type.filter;
            let name = filter.image_type();
            if filter.names(&image_type.settings).is_empty() {
                said.push(format!(
                    "imageType.{name}: it gives no image, so it has no features; give it sigma"
                ));
            }
            for (key, _) in self
                .given(Some(name))
                .into_iter()
                .flatten()
                .filter(|(_, value)| !value.is_null())
            {
                if OF_THE_CASE.iter().any(|row| row.name() == key) {
                    said.push(format!(
                        "imageType.{name}.{key}: it has no effect under an image type; give it under setting"
                    ));
                } else if is_of_filters(key) && !filter.settings().iter().any(|row| row.name() == key) {
                    said.push(format!(
                        "imageType.{name}.{key}: {name} does not read it, so it has no effect"
                    ));
                }
            }
        }
        let Some(given) = self.given(None) else {
            return said;
        };
        for (key, _) in given.iter().filter(|(_, value)| !value.is_null()) {
            let read = |image_type: &super::parameters::ImageType| {
                image_type.filter.settings().iter().any(|row| row.name() == key)
            };
            if is_of_filters(key) && !self.image_types().iter().any(read) {
                said.push(format!(
                    "setting.{key}: no image type that is asked for reads it, so it has no effect"
                ));
            } else if is_of_filters(key)
                && self
                    .image_types()
                    .iter()
                    .filter(|one| read(one))
                    .all(|one| one.gives(key))
            {
                said.push(format!(
                    "setting.{key}: every image type that reads it has a value of its own, so it has no effect"
                ));
            }
        }
        said.extend(self.without_condition(road));
        said.extend(self.without_class());
        said.extend(self.without_slices());
        said
    }

    /// The settings of slices that are given where nothing looks at slices, or something else says which.
    fn without_slices(&self) -> Vec<String> {
        let ibsi = self.convention() == Convention::Ibsi;
        let mut said = Vec::new();
        for (section, values) in self.sections() {
            let own: Vec<&ImageType> = self
                .image_types()
                .iter()
                .filter(|one| section == "setting" || section == format!("imageType.{}", one.filter.image_type()))
                .collect();
            let given = |row: &dyn Row| values.get(row.name()).is_some_and(|value| !row.is_default(value));
            let in_slices = |one: &&ImageType| {
                let by_slice = || one.settings.ibsi.aggregations.iter().any(|one| one.by_slice());
                let codes_slices = one.filter.image_type() == "LBP2D";
                codes_slices || one.settings.slice_axis.is_some() || (ibsi && by_slice())
            };
            if given(&rows::FORCE_2D_DIMENSION) && !own.iter().any(in_slices) {
                let why = if ibsi {
                    "no aggregation of slices is asked for"
                } else {
                    "force2D is not true"
                };
                said.push(format!(
                    "{section}.{}: {why}, so it has no effect",
                    rows::FORCE_2D_DIMENSION.name
                ));
            }
            let told = |one: &ImageType| one.filter.unchanged() && one.settings.gives(&rows::AGGREGATION);
            if ibsi && given(&rows::FORCE_2D) && own.iter().all(|one| told(one)) {
                said.push(format!(
                    "{section}.{}: aggregation is given and says what is looked at, so it has no effect",
                    rows::FORCE_2D.name
                ));
            }
        }
        said
    }

    /// The settings that are given and that only classes read which are not asked for.
    fn without_class(&self) -> Vec<String> {
        let asked = |class: &&str| self.classes().iter().any(|chosen| chosen.class.name() == *class);
        let mut said = Vec::new();
        for (section, values) in self.sections() {
            for (row, classes) in OF_CLASSES.iter().filter(|(_, classes)| !classes.iter().any(asked)) {
                let value = values.get(row.name());
                if value.is_some_and(|value| !row.is_default(value)) {
                    said.push(format!(
                        "{section}.{}: no feature of {} is asked for, so it has no effect",
                        row.name(),
                        classes.join(" or ")
                    ));
                }
            }
        }
        said
    }

    /// The settings that are given and whose condition is not.
    fn without_condition(&self, road: Road) -> Vec<String> {
        let settings = self.settings();
        let ibsi = self.convention() == Convention::Ibsi;
        let shape = road == Road::Regions && self.classes().iter().any(|chosen| chosen.class.of_mask());
        let mut said = Vec::new();
        let mut no_effect = |row: &dyn Row, why: &str| {
            if self.is_given(row) {
                said.push(format!("setting.{}: {why}, so it has no effect", row.name()));
            }
        };
        if !settings.normalize {
            no_effect(&rows::NORMALIZE_SCALE, "normalize is not true");
            no_effect(&rows::REMOVE_OUTLIERS, "normalize is not true");
        }
        if settings.resampled_spacing.is_none() {
            no_effect(
                &rows::RESAMPLED_PIXEL_SPACING,
                "interpolator is empty, which turns resampling off",
            );
            no_effect(&rows::INTERPOLATOR, "resampledPixelSpacing is not given");
            if ibsi {
                no_effect(&rows::MASK_INTERPOLATOR, "resampledPixelSpacing is not given");
                no_effect(&rows::MASK_THRESHOLD, "resampledPixelSpacing is not given");
            } else if !settings.pre_crop {
                no_effect(&rows::PAD_DISTANCE, "there is neither resampling nor preCrop");
            } else if !self.image_types().iter().any(looks_beyond) {
                let why = "no image type that is asked for looks beyond the region's box";
                no_effect(&rows::PAD_DISTANCE, why);
                no_effect(&rows::PRE_CROP, why);
            }
        } else {
            no_effect(&rows::PRE_CROP, "resampling cuts the image already");
            if !ibsi {
                no_effect(&rows::CORRECT_MASK, "resampling brings image and mask onto one grid");
            }
            if ibsi && settings.ibsi.mask_interpolation == Interpolation::Nearest {
                no_effect(
                    &rows::MASK_THRESHOLD,
                    "maskInterpolator is nearest, which leaves no shares",
                );
            }
        }
        if settings.resegment_range.is_none() {
            no_effect(&rows::RESEGMENT_MODE, "resegmentRange is not given");
            if !ibsi || settings.ibsi.outlier_sigma.is_none() {
                no_effect(&rows::RESEGMENT_SHAPE, "resegmentRange is not given");
            } else if !shape {
                no_effect(&rows::RESEGMENT_SHAPE, "no shape feature is asked for");
            }
        } else if !shape {
            no_effect(&rows::RESEGMENT_SHAPE, "no shape feature is asked for");
        }
        if self.is_given(&rows::BIN_COUNT) {
            no_effect(&rows::BIN_WIDTH, "binCount is given and wins");
        }
        if self.is_given(&rows::IVH_BIN_COUNT) {
            no_effect(&rows::IVH_BIN_WIDTH, "ivhBinCount is given and wins");
        }
        said
    }

    /// What would be computed, a line each.
    pub fn summary(&self) -> Vec<String> {
        let settings = self.settings();
        let mut steps = Vec::new();
        if settings.normalize {
            steps.push(format!("normalise to {}", settings.normalize_scale));
        }
        if let Some([x, y, z]) = settings.resampled_spacing {
            steps.push(format!(
                "resample to {x} x {y} x {z} mm by {}",
                settings.interpolator.name()
            ));
        }
        if let Some((low, high)) = settings.resegment_range {
            let high = high.map_or_else(|| "on".to_owned(), |high| format!("to {high}"));
            steps.push(format!("keep intensities from {low} {high}"));
        }
        steps.push(match settings.binning {
            Binning::Width(width) => format!("bins of width {width}"),
            Binning::Count(count) => format!("{count} bins"),
        });
        let images = self.image_types().iter().map(|image_type| {
            let names = image_type.filter.names(&image_type.settings);
            format!("{} ({})", image_type.filter.image_type(), names.join(", "))
        });
        let classes = self
            .classes()
            .iter()
            .map(|chosen| format!("{} ({})", chosen.class.name(), chosen.features.len()));
        vec![
            format!(
                "convention: {}",
                match self.convention() {
                    Convention::PyRadiomics => "pyradiomics",
                    Convention::Ibsi => "ibsi",
                }
            ),
            format!("steps: {}", steps.join("; ")),
            format!("image types: {}", images.collect::<Vec<_>>().join("; ")),
            format!("classes: {}", classes.collect::<Vec<_>>().join(", ")),
            format!("features: {}", column_names(self).len()),
        ]
    }
}

/// Whether an image type depends on more than the region's box.
fn looks_beyond(image_type: &ImageType) -> bool {
    image_type.filter.reach(&image_type.settings) != Extent::Margin(0)
}

/// Whether a setting belongs to filters.
fn is_of_filters(key: &str) -> bool {
    setting_rows().iter().any(|row| row.name() == key) && !super::settings::SETTINGS.iter().any(|row| row.name() == key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn warnings(document: &Value) -> String {
        Parameters::from_value(document)
            .unwrap()
            .warnings(Road::Regions)
            .join("\n")
    }

    #[test]
    fn what_has_no_effect_is_said_by_name() {
        for (document, words) in [
            (json!({"imageType": {"LoG": {}}}), "imageType.LoG: it gives no image"),
            (
                json!({"imageType": {"Original": {"resampledPixelSpacing": [1, 1, 1]}}}),
                "imageType.Original.resampledPixelSpacing",
            ),
            (
                json!({"imageType": {"Wavelet": {"sigma": [1]}}}),
                "imageType.Wavelet.sigma",
            ),
            (json!({"setting": {"sigma": [1]}}), "setting.sigma"),
            (json!({"setting": {"removeOutliers": 3}}), "setting.removeOutliers"),
            (
                json!({"setting": {"interpolator": null, "resampledPixelSpacing": [1, 1, 1]}}),
                "setting.resampledPixelSpacing: interpolator is empty",
            ),
            (
                json!({"setting": {"binCount": 8, "binWidth": 25}}),
                "setting.binWidth: binCount",
            ),
            (json!({"setting": {"resegmentShape": true}}), "setting.resegmentShape"),
            (
                json!({"setting": {"gldm_a": 1}, "featureClass": {"glcm": []}}),
                "setting.gldm_a: no feature of gldm",
            ),
        ] {
            assert!(
                warnings(&document).contains(words),
                "{document}: {}",
                warnings(&document)
            );
        }
        let all_read = json!({
            "imageType": {"Original": {"binWidth": 10}, "LoG": {"sigma": [1]}},
            "setting": {"normalize": true, "removeOutliers": 3, "resampledPixelSpacing": [1, 1, 1], "interpolator": "sitkLinear"},
        });
        assert_eq!(warnings(&all_read), "");
    }

    #[test]
    fn the_summary_says_what_is_computed() {
        let document = json!({"imageType": {"LoG": {"sigma": [1, 2]}}, "featureClass": {"ngtdm": []}});
        let summary = Parameters::from_value(&document).unwrap().summary().join("\n");
        for words in ["log-sigma-2-mm-3D", "ngtdm (5)", "features: 10", "bins of width 25"] {
            assert!(summary.contains(words), "{words}: {summary}");
        }
    }
}
