//! Every setting acts or is refused or is said to do nothing, by name, on every road: PyRadiomics' features and the IBSI's, of
//! volumes, slices and planes, and maps. The settings are those of the program's own table, so that a new one is tested by
//! being declared; only another value than its default has to be written down here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::match_same_arms,
    reason = "a test fails by panicking; the values stand in the order of the settings"
)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use radscore::features::filter::FILTERS;
use radscore::features::maps::map_files;
use radscore::features::parameters::setting_rows;
use radscore::features::settings::VOXEL_SETTINGS;
use radscore::features::{Parameters, extract_files};
use radscore::volume::LabelChoice;
use serde_json::{Map, Value, json};

/// Values other than the default, of which each has to be noticed.
fn other_values(setting: &str) -> Vec<Value> {
    match setting {
        "minimumROIDimensions" => vec![json!(3)],
        "minimumROISize" => vec![json!(100_000)],
        "geometryTolerance" => vec![json!(0.1)],
        "correctMask" | "normalize" | "resegmentShape" | "preCrop" | "roundIntensities" => vec![json!(true)],
        "additionalInfo" | "symmetricalGLCM" | "maskedKernel" => vec![json!(false)],
        "label" | "volume" | "kernelRadius" | "level" | "start_level" => vec![json!(2)],
        "label_channel" => vec![json!(1)],
        "suv" => vec![json!("off"), json!("leanBodyMass")],
        "contours" => vec![json!("or")],
        "binWidth" => vec![json!(7)],
        "binCount" => vec![json!(9)],
        "normalizeScale" => vec![json!(30)],
        "removeOutliers" => vec![json!(0.5)],
        "resampledPixelSpacing" => vec![json!([1.4, 1.3, 1.6])],
        "interpolator" => vec![json!("sitkLinear"), json!("sitkGaussian")],
        "padDistance" => vec![json!(1)],
        "distances" => vec![json!([2]), json!([1, 2])],
        "force2D" => vec![json!(true), json!(false)],
        "force2Ddimension" => vec![json!(1), json!(2)],
        "resegmentRange" => vec![json!([85.0, 130.0]), json!([-0.7, 0.8])],
        "resegmentMode" => vec![json!("relative"), json!("sigma")],
        "voxelArrayShift" => vec![json!(10)],
        "weightingNorm" => vec![json!("euclidean"), json!("no_weighting")],
        "gldm_a" => vec![json!(1)],
        "aggregation" => vec![json!(["2D_avg", "2D"])],
        "maskInterpolator" => vec![json!("nearest")],
        "maskThreshold" => vec![json!(0.9)],
        "outlierSigma" => vec![json!(1)],
        "ivhBinWidth" => vec![json!(7)],
        "ivhBinCount" => vec![json!(11)],
        "initValue" => vec![json!(7)],
        "voxelBatch" => vec![json!(10)],
        "sigma" => vec![json!([1.5])],
        "wavelet" => vec![json!("haar")],
        "boundary" => vec![json!("zero")],
        "rotationInvariance" | "gradientUseSpacing" => vec![json!(false)],
        "pooling" => vec![json!("max"), json!("mean")],
        "lambda" => vec![json!(3)],
        "gamma" => vec![json!(0.7)],
        "thetaStep" => vec![json!(45)],
        "truncate" => vec![json!(1.5)],
        "kernels" => vec![json!("E5L5"), json!("E5L5S5")],
        "energyDistance" | "lbp2DRadius" | "lbp3DIcosphereRadius" => vec![json!(2)],
        "lbp2DSamples" => vec![json!(5)],
        "lbp2DMethod" => vec![json!("ror")],
        "lbp3DLevels" => vec![json!(1)],
        "lbp3DIcosphereSubdivision" => vec![json!(0)],
        "support" => vec![json!(3)],
        "rieszOrder" => vec![json!([0, 1, 0])],
        "decomposition" => vec![json!("HL"), json!("HLL")],
        other => panic!("{other} is a new setting: write down a value that is not its default"),
    }
}

/// The ways to features.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Road {
    PyRadiomics,
    Slices,
    Ibsi,
    IbsiSlices,
    Maps,
    MapsOfSlices,
    Plane,
}

const ROADS: [Road; 7] = [
    Road::PyRadiomics,
    Road::Slices,
    Road::Ibsi,
    Road::IbsiSlices,
    Road::Maps,
    Road::MapsOfSlices,
    Road::Plane,
];

impl Road {
    fn is_maps(self) -> bool {
        matches!(self, Self::Maps | Self::MapsOfSlices)
    }

    /// The document that the road begins from.
    fn document(self) -> Value {
        match self {
            Self::PyRadiomics | Self::Plane => json!({"setting": {}}),
            // Without shape2D, which a volume does not have.
            Self::Slices => json!({
                "setting": {"force2D": true},
                "featureClass": {"shape": [], "firstorder": [], "glcm": [], "glrlm": [], "gldm": [], "ngtdm": []},
            }),
            Self::Ibsi => json!({"convention": "ibsi", "setting": {}}),
            Self::IbsiSlices => json!({"convention": "ibsi", "setting": {"force2D": true}}),
            Self::Maps => {
                json!({"setting": {}, "featureClass": {"firstorder": ["Energy", "Entropy"], "glcm": ["Contrast"], "gldm": ["DependenceEntropy"]}})
            }
            Self::MapsOfSlices => {
                json!({"setting": {"force2D": true}, "featureClass": {"firstorder": ["Energy"], "gldm": []}})
            }
        }
    }
}

/// What settings are toggled in: alone, and among the settings without which others do nothing.
fn surroundings(road: Road) -> Vec<Value> {
    let plain = road.document();
    let mut found = vec![plain.clone()];
    if road != Road::Plane {
        let spacing = json!([1.2, 1.2, 1.5]);
        found.push(with(
            &plain,
            "setting",
            &json!({"resampledPixelSpacing": spacing, "normalize": true, "normalizeScale": 40, "resegmentRange": [-30, 40]}),
        ));
    }
    let mut cut = plain;
    if !matches!(road, Road::Ibsi | Road::IbsiSlices) {
        cut = with(&cut, "setting", &json!({"preCrop": true}));
    }
    cut = with(&cut, "setting", &json!({"binWidth": 2}));
    cut["imageType"] = json!({"LoG": {"sigma": [2.0]}});
    found.push(cut);
    found
}

/// A document with more keys in a section.
fn with(document: &Value, section: &str, more: &Value) -> Value {
    let mut changed = document.clone();
    let mut keys = changed[section].as_object().cloned().unwrap_or_default();
    keys.extend(more.as_object().unwrap().clone());
    changed[section] = Value::Object(keys);
    changed
}

struct Files {
    folder: tempfile::TempDir,
    /// What came of documents before a setting was toggled
    known: RefCell<HashMap<String, Run>>,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Self {
            folder,
            known: RefCell::default(),
        };
        let directions = "space: left-posterior-superior\nspace directions: (1,0,0) (0,1.5,0) (0,0,2)\n";
        let grid = format!("{directions}space origin: (0,0,0)\n");
        let values = |count: usize| -> Vec<u8> {
            let mut state = 7u32;
            let next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let low = f64::from(state >> 8) / f64::from(1 << 24);
                (80.3 + 60.0 * low) as f32
            };
            std::iter::repeat_with(next)
                .take(count)
                .flat_map(f32::to_le_bytes)
                .collect()
        };
        files.write("image.nrrd", "float", "12 11 9", &grid, &values(12 * 11 * 9));
        files.write(
            "plane_image.nrrd",
            "float",
            "12 11",
            "space dimension: 2\nspace directions: (1,0) (0,1.5)\nspace origin: (0,0)\n",
            &values(12 * 11),
        );
        let region = |x: usize, y: usize, z: usize| u8::from(x.abs_diff(3) + y.abs_diff(5) + z.abs_diff(4) < 4);
        let mask = |label: &dyn Fn(usize, usize, usize) -> u8| -> Vec<u8> {
            let places = (0..9).flat_map(|z| (0..11).flat_map(move |y| (0..12).map(move |x| (x, y, z))));
            places.map(|(x, y, z)| label(x, y, z)).collect()
        };
        let two = |x: usize, y: usize, z: usize| {
            if x >= 3 && y > 5 {
                2 * region(x, y, z)
            } else {
                region(x, y, z)
            }
        };
        files.write("mask.nrrd", "uint8", "12 11 9", &grid, &mask(&two));
        files.write(
            "flat.nrrd",
            "uint8",
            "12 11 9",
            &grid,
            &mask(&|x, y, z| if z == 4 { region(x, y, z) } else { 0 }),
        );
        let moved = format!("{directions}space origin: (0.01,0,0)\n");
        files.write("moved.nrrd", "uint8", "12 11 9", &moved, &mask(&region));
        let away = format!("{directions}space origin: (1,1.5,0)\n");
        files.write("away.nrrd", "uint8", "12 11 9", &away, &mask(&region));
        let both: Vec<u8> = mask(&|x, y, z| region(x, y, z))
            .into_iter()
            .zip(mask(&|x, y, z| u8::from(x > 3) * region(x, y, z)))
            .flat_map(|(one, other)| [one, other])
            .collect();
        let vector = format!(
            "{}kinds: vector domain domain domain\nspace origin: (0,0,0)\n",
            directions.replace("directions: ", "directions: none ")
        );
        files.write("channels.nrrd", "uint8", "2 12 11 9", &vector, &both);
        let plane = |label: &dyn Fn(usize, usize) -> u8| -> Vec<u8> {
            (0..11)
                .flat_map(|y| (0..12).map(move |x| (x, y)))
                .map(|(x, y)| label(x, y))
                .collect()
        };
        for (name, origin) in [("mask", "0,0"), ("moved", "0.01,0"), ("away", "1,1.5")] {
            let grid = format!("space dimension: 2\nspace directions: (1,0) (0,1.5)\nspace origin: ({origin})\n");
            let voxels = plane(&|x, y| two(x, y, 4));
            files.write(&format!("plane_{name}.nrrd"), "uint8", "12 11", &grid, &voxels);
        }
        files
    }

    fn write(&self, name: &str, kind: &str, sizes: &str, geometry: &str, bytes: &[u8]) {
        let axes = sizes.split(' ').count();
        let mut file = format!(
            "NRRD0004\ntype: {kind}\ndimension: {axes}\nsizes: {sizes}\n{geometry}endian: little\nencoding: raw\n\n"
        )
        .into_bytes();
        file.extend(bytes);
        fs::write(self.folder.path().join(name), file).unwrap();
    }

    /// Image and mask with which a setting can be noticed.
    fn of(&self, road: Road, setting: &str) -> [PathBuf; 2] {
        let mask = match (road, setting) {
            (Road::Plane, "geometryTolerance") => "plane_moved.nrrd",
            (Road::Plane, "correctMask") => "plane_away.nrrd",
            (Road::Plane, _) => "plane_mask.nrrd",
            (_, "minimumROIDimensions") => "flat.nrrd",
            (_, "geometryTolerance") => "moved.nrrd",
            (_, "correctMask") => "away.nrrd",
            (_, "label_channel") => "channels.nrrd",
            _ => "mask.nrrd",
        };
        let image = if road == Road::Plane {
            "plane_image.nrrd"
        } else {
            "image.nrrd"
        };
        [image, mask].map(|name| self.folder.path().join(name))
    }
}

/// What comes of a document: values by name, and what was recorded on the way to them.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    values: Vec<(String, Vec<u64>)>,
    diagnostics: Vec<String>,
}

type Run = Result<(Found, Vec<String>), String>;

fn run(document: &Value, road: Road, [image, mask]: &[PathBuf; 2]) -> Run {
    let parameters = Parameters::from_value(document).map_err(|error| error.to_string())?;
    let label = LabelChoice::Value(parameters.settings().label());
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    let (values, diagnostics, warnings) = if road.is_maps() {
        let found = map_files(image, mask, label, &parameters).map_err(|error| error.to_string())?;
        let maps = found.maps.iter();
        let values = maps.map(|(name, map)| (name.clone(), bits(&map.all_values().into_raw_vec_and_offset().0)));
        (values.collect(), found.diagnostics, found.warnings)
    } else {
        let found = extract_files(image, mask, label, &parameters).map_err(|error| error.to_string())?;
        let values = found
            .features
            .iter()
            .map(|(name, value)| (name.clone(), bits(&[*value])));
        (values.collect(), found.diagnostics, found.warnings)
    };
    // The settings themselves are recorded too, whatever they do.
    let recorded = diagnostics.iter().filter(|(name, _)| !name.contains("Configuration"));
    let found = Found {
        values,
        diagnostics: recorded.map(|one| format!("{one:?}")).collect(),
    };
    Ok((found, warnings))
}

/// Whether a setting was noticed: by other values, or by a refusal or a word that names it.
fn noticed(setting: &str, before: &Run, after: &Run) -> bool {
    match (before, after) {
        (Ok((before, said)), Ok((after, saying))) => {
            before != after
                || saying
                    .iter()
                    .any(|words| words.contains(setting) && !said.contains(words))
        }
        (_, Err(words)) => words.contains(setting),
        (Err(_), Ok(_)) => true,
    }
}

/// Toggles a setting in a section of a document and adds what went unnoticed.
fn toggle(files: &Files, road: Road, document: &Value, section: &str, setting: &str, unnoticed: &mut Vec<String>) {
    let paths = files.of(road, setting);
    let key = format!("{document} {paths:?}");
    let known = files.known.borrow().get(&key).cloned();
    let before = known.unwrap_or_else(|| run(document, road, &paths));
    files.known.borrow_mut().insert(key, before.clone());
    // An image type that the image does not allow is left out as a whole, by its name.
    if let (Ok((found, said)), Some(types)) = (&before, document["imageType"].as_object())
        && found.values.is_empty()
        && types.keys().any(|name| {
            said.iter()
                .any(|words| words.starts_with(&format!("{name} is left out")))
        })
    {
        return;
    }
    let name = section.rsplit('.').next().unwrap();
    for value in other_values(setting) {
        let changed = match section.strip_prefix("imageType.") {
            Some(image_type) => {
                let own = with(
                    &document["imageType"],
                    image_type,
                    &Value::Object(Map::from_iter([(setting.to_owned(), value.clone())])),
                );
                with(document, "imageType", &own)
            }
            None => with(document, section, &json!({setting: value})),
        };
        // What is done anyway cannot be noticed.
        let done = document["setting"].get(setting) == Some(&value)
            || document["imageType"][name].get(setting) == Some(&value)
            || (setting == "force2D" && value == json!(false) && document["setting"].get(setting).is_none())
            || (setting == "pooling" && value == json!("mean") && document["imageType"][name].get(setting).is_none());
        if done || (setting == "minimumROIDimensions" && is_thick_anyway(document)) {
            continue;
        }
        let after = run(&changed, road, &paths);
        if !noticed(setting, &before, &after) {
            unnoticed.push(format!("{road:?}: {section}.{setting}: {value} in {document}"));
        }
    }
}

/// Whether the flat region becomes several voxels thick before its axes are counted: the IBSI resamples flat regions too.
fn is_thick_anyway(document: &Value) -> bool {
    document["convention"] == "ibsi" && document["setting"].get("resampledPixelSpacing").is_some()
}

#[test]
fn every_setting_acts_or_is_named_on_every_road() {
    let files = Files::new();
    let of_filters: Vec<&str> = FILTERS
        .iter()
        .flat_map(|filter| filter.settings())
        .map(|row| row.name())
        .collect();
    let mut unnoticed = Vec::new();
    for road in ROADS {
        for document in surroundings(road) {
            for row in setting_rows().iter().filter(|row| !of_filters.contains(&row.name())) {
                toggle(&files, road, &document, "setting", row.name(), &mut unnoticed);
                let own = document["imageType"].as_object().and_then(|types| types.keys().next());
                let image_type = own.map_or("Original", String::as_str);
                toggle(
                    &files,
                    road,
                    &document,
                    &format!("imageType.{image_type}"),
                    row.name(),
                    &mut unnoticed,
                );
            }
            for row in VOXEL_SETTINGS {
                toggle(&files, road, &document, "voxelSetting", row.name(), &mut unnoticed);
            }
        }
    }
    assert!(
        unnoticed.is_empty(),
        "{} went unnoticed:\n{}",
        unnoticed.len(),
        unnoticed.join("\n")
    );
}

#[test]
fn every_setting_of_a_filter_acts_or_is_named_on_every_road() {
    let files = Files::new();
    let mut unnoticed = Vec::new();
    for road in ROADS {
        for filter in FILTERS.iter().filter(|filter| !filter.settings().is_empty()) {
            let name = filter.image_type();
            let mut document = with(&road.document(), "imageType", &json!({name: {"sigma": [2.0]}}));
            if !filter.settings().iter().any(|row| row.name() == "sigma") {
                document["imageType"][name] = json!({});
            }
            // The mean over all turns of an odd kernel is 0 whatever the image.
            if name == "Laws" {
                document["imageType"][name] = json!({"pooling": "max"});
            }
            document["featureClass"] = json!({"firstorder": ["Energy", "Variance"]});
            for row in filter.settings() {
                toggle(&files, road, &document, "setting", row.name(), &mut unnoticed);
                toggle(
                    &files,
                    road,
                    &document,
                    &format!("imageType.{name}"),
                    row.name(),
                    &mut unnoticed,
                );
            }
        }
    }
    assert!(
        unnoticed.is_empty(),
        "{} went unnoticed:\n{}",
        unnoticed.len(),
        unnoticed.join("\n")
    );
}

/// Reversed, impossible and endless values of every kind of setting.
#[test]
fn what_cannot_be_is_refused_by_name() {
    for (setting, values) in [
        (
            "resegmentRange",
            vec![
                json!([100, -100]),
                json!([5, 5]),
                json!([]),
                json!([1, 2, 3]),
                json!(["nan", 3]),
            ],
        ),
        ("binWidth", vec![json!(0), json!(-25), json!("inf"), json!("nan")]),
        (
            "binCount",
            vec![json!(0), json!(-1), json!(1e9), json!(2_000_000), json!(1.5)],
        ),
        ("ivhBinCount", vec![json!(0), json!(2_000_000)]),
        ("ivhBinWidth", vec![json!(0), json!(-1)]),
        (
            "resampledPixelSpacing",
            vec![json!([1, 1, -1]), json!([1]), json!([1e-9, 1, 1]), json!(["inf", 1, 1])],
        ),
        ("distances", vec![json!([]), json!([0]), json!([-1]), json!([1e12])]),
        ("maskThreshold", vec![json!(0), json!(-0.5), json!(1.5), json!(50)]),
        ("removeOutliers", vec![json!(0), json!(-3)]),
        ("normalizeScale", vec![json!(0), json!(-1)]),
        ("minimumROIDimensions", vec![json!(0), json!(4)]),
        ("minimumROISize", vec![json!(0), json!(-1)]),
        ("force2Ddimension", vec![json!(-1), json!(3)]),
        ("sigma", vec![json!([0]), json!([-1]), json!(["inf"])]),
        ("outlierSigma", vec![json!(0), json!(-1)]),
        ("padDistance", vec![json!(-1)]),
        ("level", vec![json!(0), json!(100)]),
        ("lbp2DSamples", vec![json!(0), json!(-1)]),
        ("label", vec![json!(0), json!(-1)]),
    ] {
        for value in values {
            let document = json!({"convention": "ibsi", "setting": {setting: value}});
            let words = Parameters::from_value(&document).unwrap_err().to_string();
            assert!(
                words.contains(setting) && words.contains("must be"),
                "{document}: {words}"
            );
        }
    }
    for (setting, value) in [
        ("kernelRadius", json!(0)),
        ("kernelRadius", json!(1000)),
        ("initValue", json!("seven")),
    ] {
        let words = Parameters::from_value(&json!({"voxelSetting": {setting: value}}))
            .unwrap_err()
            .to_string();
        assert!(words.contains(setting), "{words}");
    }
}

/// What a range beyond all voxels asks for is cut to the image, not reckoned until it wraps.
#[test]
fn a_distance_beyond_all_voxels_ends_at_the_image() {
    let files = Files::new();
    let paths = files.of(Road::PyRadiomics, "padDistance");
    let document = json!({"setting": {"preCrop": true, "padDistance": 9_000_000_000_000_000_000u64}, "imageType": {"LoG": {"sigma": [1.0]}}});
    let whole = json!({"imageType": {"LoG": {"sigma": [1.0]}}});
    let values = |document: &Value| run(document, Road::PyRadiomics, &paths).map(|(found, _)| found.values);
    assert_eq!(values(&document), values(&whole));
    let resampled = |pad: u64| {
        with(
            &document,
            "setting",
            &json!({"resampledPixelSpacing": [2, 2, 2], "padDistance": pad}),
        )
    };
    assert_eq!(values(&resampled(9_000_000_000_000_000_000)), values(&resampled(1000)));
}

/// Who looks at an image asks nothing of uptake; who sets it is told where it does nothing.
#[test]
fn of_uptake_is_spoken_only_where_it_is_asked_for() {
    use radscore::volume::{LoadOptions, Uptake, load};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ct.nrrd");
    let header = "NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nspacings: 1 1 1\nencoding: ascii\n\n";
    std::fs::write(&path, format!("{header}0 1 1 1 1 1 1 1\n")).unwrap();
    let spoken = |uptake| {
        let options = LoadOptions {
            uptake,
            ..LoadOptions::default()
        };
        let scan = load(&path, &path, &options).unwrap();
        scan.warnings.iter().any(|warning| warning.contains("suv"))
    };
    assert!(!spoken(LoadOptions::default().uptake), "a view of a CT");
    assert!(!spoken(Some(Uptake::BodyWeight)));
    assert!(spoken(Some(Uptake::Stored)));
}
