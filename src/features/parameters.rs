//! The parameter file: which image types, which features, and every setting, checked before anything is computed.
//!
//! The keys and the rules are those of PyRadiomics 3.1.0's parameter schema (`imageType`, `featureClass`, `setting`,
//! `voxelSetting`), so that its files are read unchanged; `convention` is our own fifth top key. A raw document goes
//! through [`Parameters::from_value`] once; what comes out cannot be invalid, and nothing downstream checks again.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::FeatureError;
use super::checks::{check_convention, check_settings, known, unknown, wrong};
use super::convention::Convention;
use super::family::row::{FeatureInfo, Offer};
use super::family::{CLASSES, FeatureClass};
use super::filter::{FILTERS, Filter};
use super::region::Matrices;
use super::settings::{Row, SETTINGS, Settings, VOXEL_SETTINGS, pyradiomics_defaults, rows};

/// An image type that is asked for: the filter and its settings.
#[derive(Clone)]
pub struct ImageType {
    pub(in crate::features) filter: &'static dyn Filter,
    pub(in crate::features) custom: Map<String, Value>,
    pub(in crate::features) settings: Settings,
}

impl ImageType {
    /// Whether the image type gives a setting a value of its own.
    pub(in crate::features) fn gives(&self, key: &str) -> bool {
        self.custom.get(key).is_some_and(|value| !value.is_null())
    }
}

/// A feature class that is asked for, with its features in the order of the columns.
#[derive(Clone)]
pub struct ChosenClass {
    pub(in crate::features) class: &'static dyn FeatureClass,
    pub(in crate::features) features: Vec<&'static FeatureInfo>,
    /// What was asked for by name and has no value under the convention
    pub(in crate::features) left_out: Vec<&'static FeatureInfo>,
}

/// Every key of `setting`: those of the extraction, then those of the filters, each once.
pub fn setting_rows() -> Vec<&'static dyn Row> {
    let mut rows: Vec<&'static dyn Row> = SETTINGS.to_vec();
    for row in FILTERS.iter().flat_map(|filter| filter.settings()) {
        if !rows.iter().any(|known| known.name() == row.name()) {
            rows.push(*row);
        }
    }
    rows
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
            dictionary: pyradiomics_defaults(),
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
        check_settings(&global, &setting_rows(), "setting")?;
        check_convention(&global, convention, "setting")?;
        let voxel = section(&raw, "voxelSetting")?;
        check_settings(&voxel, VOXEL_SETTINGS, "voxelSetting")?;

        let mut dictionary = pyradiomics_defaults();
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

    /// These parameters with one key of `setting` (or of `voxelSetting`) replaced.
    ///
    /// Unlike a document, which turns `shape2D` on when it names no class, this leaves the classes as they are.
    ///
    /// # Errors
    /// As [`Parameters::from_value`].
    pub fn with_setting(&self, name: &str, value: &Value) -> Result<Self, FeatureError> {
        let (section, _) = section_of(name)?;
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

    /// The same with the value as a command line gives it (`--setting NAME:VALUE`), in the type that PyRadiomics turns it
    /// into: `sigma:1` is 1.0.
    ///
    /// # Errors
    /// A [`FeatureError`] that names the setting, if there is none of that name or if it does not take this value.
    pub fn with_setting_text(&self, name: &str, text: &str) -> Result<Self, FeatureError> {
        let (_, row) = section_of(name)?;
        self.with_setting(name, &row.text_value(text))
    }

    /// These parameters as they are meant for an image that is a plane, or for a volume.
    ///
    /// # Errors
    /// [`FeatureError::Setting`] where a setting speaks of an axis that the image does not have, or leaves one out.
    pub(in crate::features) fn for_image(&self, plane: bool) -> Result<Cow<'_, Self>, FeatureError> {
        let all = || self.image_types.iter().map(|one| &one.settings).chain([&self.settings]);
        if !plane {
            return match all().find(|settings| settings.spacing_of_plane).and(self.given(None)) {
                Some(given) => Err(wrong(
                    "setting.resampledPixelSpacing",
                    "three numbers, for x, y and z: the image is a volume",
                    given.get(rows::RESAMPLED_PIXEL_SPACING.name).unwrap_or(&Value::Null),
                )),
                None => Ok(Cow::Borrowed(self)),
            };
        }
        if let Some(settings) = all().find(|one| one.slice_axis.is_some_and(|axis| axis > 1)) {
            return Err(wrong(
                "setting.force2Ddimension",
                "0 (y) or 1 (x): the image is a plane",
                &Value::from(settings.force_2d_dimension),
            ));
        }
        let mut changed = self.clone();
        changed.settings = changed.settings.in_plane();
        for image_type in &mut changed.image_types {
            image_type.settings = image_type.settings.in_plane();
        }
        Ok(Cow::Owned(changed))
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

    /// What the chosen classes ask of a region.
    pub(in crate::features) fn matrices(&self) -> Matrices {
        self.classes
            .iter()
            .filter(|chosen| !chosen.features.is_empty())
            .fold(Matrices::default(), |all, chosen| all.or(chosen.class.matrices()))
    }

    /// The keys of `voxelSetting` as they are given.
    pub(in crate::features) fn given_for_maps(&self) -> Option<&Map<String, Value>> {
        self.raw.get("voxelSetting")?.as_object()
    }

    /// Whether classes are named.
    pub(in crate::features) fn names_classes(&self) -> bool {
        let classes = self.raw.get("featureClass").and_then(Value::as_object);
        classes.is_some_and(|classes| !classes.is_empty())
    }

    /// Whether `setting` holds a value for a setting.
    pub(in crate::features) fn is_given(&self, row: &dyn Row) -> bool {
        let value = self.given(None).and_then(|given| given.get(row.name()));
        value.is_some_and(|value| !value.is_null())
    }

    /// The settings as they are given: those of `setting`, or of an image type by its name.
    pub(in crate::features) fn given(&self, image_type: Option<&str>) -> Option<&Map<String, Value>> {
        match image_type {
            None => self.raw.get("setting")?.as_object(),
            Some(name) => self.raw.get("imageType")?.get(name)?.as_object(),
        }
    }

    pub(in crate::features) fn image_types(&self) -> &[ImageType] {
        &self.image_types
    }

    pub(in crate::features) fn classes(&self) -> &[ChosenClass] {
        &self.classes
    }
}

/// The section that holds a setting, and its row.
fn section_of(name: &str) -> Result<(&'static str, &'static dyn Row), FeatureError> {
    let sections = [("setting", setting_rows()), ("voxelSetting", VOXEL_SETTINGS.to_vec())];
    sections
        .iter()
        .find_map(|(section, rows)| Some((*section, *rows.iter().find(|row| row.name() == name)?)))
        .ok_or_else(|| {
            let names = sections.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.name()));
            unknown(name, names, "setting")
        })
}

const TOP_KEYS: &[&str] = &["imageType", "featureClass", "setting", "voxelSetting", "convention"];

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
    let rows = setting_rows();
    let mut found = Vec::new();
    for (name, custom) in &asked {
        known(name, FILTERS.iter().map(|filter| filter.image_type()), "imageType")?;
        let custom = match custom {
            Value::Null => Map::new(),
            Value::Object(map) => map.clone(),
            other => return Err(wrong(&format!("imageType.{name}"), "settings", other)),
        };
        check_settings(&custom, &rows, &format!("imageType.{name}"))?;
        check_convention(&custom, convention, &format!("imageType.{name}"))?;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::features::Road;
    use crate::features::settings::choice::Binning;

    fn refusal(document: &Value) -> String {
        Parameters::from_value(document).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_one() {
        let text = refusal(&json!({"setting": {"binwidht": 25}}));
        assert!(text.contains("binwidht") && text.contains("binWidth"), "{text}");
        let text = refusal(&json!({"settings": {}}));
        assert!(text.contains("setting"), "{text}");
        let text = refusal(&json!({"featureClass": {"shape": ["Volume"]}}));
        assert!(
            text.contains("did you mean \"MeshVolume\"") || text.contains("\"VoxelVolume\""),
            "{text}"
        );
        let text = refusal(&json!({"featureClass": {"shape": [""]}}));
        assert!(!text.contains("did you mean") && text.contains("known are"), "{text}");
        let text = refusal(&json!({"setting": {"x".repeat(1_000_000): 25}}));
        assert!(text.len() < 2000, "{} letters", text.len());
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
            ("resampledPixelSpacing", json!([1])),
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
    fn every_setting_takes_its_own_default_and_refuses_another_kind() {
        for row in setting_rows().iter().chain(VOXEL_SETTINGS) {
            for in_slices in [false, true] {
                let default = row.default().value(in_slices);
                assert!(row.check("setting", &default).is_ok(), "{} {default}", row.name());
            }
            let text = row.check("setting", &json!({"a": 1})).unwrap_err().to_string();
            assert!(text.contains(row.name()) && text.contains("must be"), "{text}");
            assert!(row.about().len() > 10, "{}", row.name());
        }
        let mut names: Vec<&str> = setting_rows().iter().map(|row| row.name()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn without_words_all_aggregations_of_the_slices_or_the_volume_are_taken() {
        let tags = |setting: Value| -> Vec<&str> {
            let parameters = Parameters::from_value(&json!({"setting": setting})).unwrap();
            let aggregations = &parameters.settings().ibsi.aggregations;
            aggregations.iter().map(|one| one.tag()).collect()
        };
        assert_eq!(tags(json!({})), ["3D_avg", "3D_comb", "3D"]);
        assert_eq!(tags(json!({"force2D": true})).len(), 6);
        assert_eq!(tags(json!({"aggregation": ["3D", "2D_comb"]})), ["2D_comb", "3D"]);
    }

    #[test]
    fn a_setting_that_the_convention_does_not_read_is_said() {
        let warnings = |convention: &str| {
            let document = json!({"convention": convention, "setting": {"maskThreshold": 0.4, "resampledPixelSpacing": [1, 1, 1]}});
            let parameters = Parameters::from_value(&document).unwrap();
            parameters.warnings(Road::Regions).join("\n")
        };
        assert!(warnings("pyradiomics").contains("maskThreshold"));
        assert!(!warnings("ibsi").contains("maskThreshold"));
    }

    #[test]
    fn a_setting_of_the_command_line_has_the_type_that_pyradiomics_gives_it() {
        let value = |name: &str, text: &str| {
            let changed = Parameters::default().with_setting_text(name, text).unwrap();
            changed.to_value()["setting"][name].clone()
        };
        assert_eq!(value("sigma", "1,2"), json!([1.0, 2.0]));
        assert_eq!(value("distances", "1,2"), json!([1, 2]));
        assert_eq!(value("force2D", "yes"), json!(true));
        assert_eq!(value("interpolator", "3"), json!(3));
        assert_eq!(value("binCount", "none"), Value::Null);
        assert!(Parameters::default().with_setting_text("binWidht", "1").is_err());
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
}
