//! The IBSI's consensus values: the digital phantom always, the CT phantom and the filters where their data are.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "goldens/mod.rs"]
mod goldens;

use std::path::Path;
use std::process::ExitCode;

use radscore::features::columns::columns;
use radscore::features::difference::compare;
use radscore::features::ibsi::compliance;
use radscore::features::ibsi::selftest::{self, Check, CtPhantom};
use radscore::features::ibsi::{phantom, reference};
use radscore::features::matrix::aggregation::Aggregation;
use radscore::features::{Parameters, column_names, extract, extract_files};
use radscore::study::input::yaml::read_value;
use radscore::volume::{LabelChoice, Mask, Samples, Scan, Volume};

use goldens::Suite;

/// The phantom that is no part of the repository.
const CT: &str = "ct_phantom/image.nii.gz";

/// A test on the IBSI's data: its name, what it needs of them, the test.
type OnData = (&'static str, &'static str, fn(&Path));

/// Those tests.
const ON_DATA: [OnData; 4] = [
    (
        "extraction_gives_the_reference_values_in_its_columns",
        CT,
        extraction_gives_the_reference_values_in_its_columns,
    ),
    (
        "the_bin_origin_explains_the_grey_levels_of_configuration_c",
        "ct_phantom/interpolated",
        the_bin_origin_explains_the_grey_levels_of_configuration_c,
    ),
    ("response_maps", "ibsi2", response_maps),
    (
        "filtered_features",
        "ibsi2/reference_features_ct_phantom.csv",
        filtered_features,
    ),
];

fn assert_all(checks: &[Check]) {
    let faults: Vec<String> = checks
        .iter()
        .filter(|check| !check.pass)
        .map(|check| {
            format!(
                "{} {} {}: {} reference {:?} +- {} ({})",
                check.data,
                check.tag,
                check.aggregation,
                check.value,
                check.reference,
                check.tolerance,
                check.consensus
            )
        })
        .collect();
    eprintln!("{} of {} agree", checks.len() - faults.len(), checks.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // The table of compliance says what has just been found.
    let stated: Vec<_> = compliance::compliance()
        .into_iter()
        .filter(|family| family.data == checks[0].data)
        .collect();
    assert_eq!(stated, compliance::by_family(checks));
}

fn parameters(name: &str) -> Parameters {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("configs/extraction/{name}.yaml"));
    Parameters::from_value(&read_value(&file).unwrap()).unwrap()
}

fn configuration(folder: &Path, letter: char) {
    let ct = CtPhantom::read(folder).unwrap();
    let table = std::fs::read_to_string(folder.join(format!("reference_ct_config{letter}.csv"))).unwrap();
    let parameters = parameters(&format!("ibsi-{}", letter.to_ascii_lowercase()));
    let checks = ct.configuration(letter, &table, &parameters).unwrap();
    // 346 or 210 values and 60 diagnostics, and 5 features without a value.
    let expected = if matches!(letter, 'A' | 'B') { 411 } else { 275 };
    assert_eq!(checks.len(), expected);
    assert_all(&checks);
}

fn the_digital_phantom_gives_all_its_values() {
    let checks = selftest::digital().unwrap();
    assert_eq!(checks.len(), 487);
    assert!(checks.iter().all(|check| check.value.is_finite()));
    assert_all(&checks);
}

fn phantom_scan() -> Scan {
    let geometry = phantom::geometry();
    Scan::of(
        Volume {
            geometry,
            samples: Samples::I16(phantom::image().iter().map(|value| *value as i16).collect()),
        },
        Mask {
            geometry,
            voxels: phantom::mask(),
        },
    )
}

/// By name, PyRadiomics' pipeline gives what the IBSI adds to it; not by name, nothing is added.
fn the_ibsis_features_come_by_name_under_pyradiomics() {
    assert_eq!(column_names(&Parameters::default()).len(), 107);
    let parameters = Parameters::from_value(&serde_json::json!({
        "setting": {"binWidth": 1, "roundIntensities": true},
        "featureClass": {
            "gldzm": null,
            "ivh": [],
            "intensity": null,
            "shape": ["MoranI", "MeshVolume", "VolumeDensityConvexHull", "GearyC"],
            "firstorder": ["MedianAbsoluteDeviation", "Mean"],
            "gldm": ["DependenceEnergy"],
        },
    }))
    .unwrap();
    let extraction = extract(&phantom_scan(), &parameters).unwrap();
    let names: Vec<&str> = extraction.features.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, column_names(&parameters));
    let references = reference::parse(reference::DIGITAL_PHANTOM);
    let mut compared = 0;
    for (column, (name, value)) in columns(&parameters).iter().zip(&extraction.features) {
        let tag = column.tag().unwrap();
        let tag = if column.class.aggregations().is_empty() {
            tag
        } else {
            format!("{tag}_3D")
        };
        let row = references.iter().find(|row| row.tag == tag).unwrap();
        assert!(row.agrees(*value), "{name}: {value}, reference {:?}", row.value);
        compared += 1;
    }
    assert_eq!(compared, 16 + 7 + 21 + 4 + 2 + 1);
}

/// What both conventions compute is the same number on the phantom, but for the known ways in which they part.
fn the_conventions_agree_on_the_phantom_where_they_should() {
    let settings = serde_json::json!({"binWidth": 1});
    let pyradiomics = Parameters::from_value(&serde_json::json!({"setting": settings.clone(),
        "featureClass": {"firstorder": null, "shape": null, "glcm": null, "glrlm": null, "glszm": null, "gldm": null, "ngtdm": null}}))
    .unwrap();
    let ibsi = Parameters::from_value(&serde_json::json!({"convention": "ibsi", "setting": settings})).unwrap();
    let scan = phantom_scan();
    let one = extract(&scan, &pyradiomics).unwrap();
    let other = extract(&scan, &ibsi).unwrap();
    let mut parted = Vec::new();
    let mut compared = 0;
    for (column, (_, b)) in columns(&ibsi).iter().zip(&other.features) {
        let averaged = [None, Some(Aggregation::VolumeAveraged), Some(Aggregation::Volume)];
        let Some(twin) = column
            .pyradiomics_name()
            .filter(|_| averaged.contains(&column.aggregation))
        else {
            continue;
        };
        let Some((_, a)) = one.features.iter().find(|(name, _)| *name == twin) else {
            continue;
        };
        compared += 1;
        if (a - b).abs() > 1e-9 * a.abs().max(1.0) {
            parted.push(twin);
        }
    }
    assert_eq!(compared, 102);
    assert_eq!(
        parted,
        [
            "original_shape_MajorAxisLength",
            "original_shape_MinorAxisLength",
            "original_shape_LeastAxisLength",
            "original_firstorder_Kurtosis"
        ]
    );
}

/// The columns of `convention: ibsi`, from the files to the table: those of configuration E, and of the filters.
fn extraction_gives_the_reference_values_in_its_columns(folder: &Path) {
    let parameters = parameters("ibsi-e");
    let extraction = extract_files(
        &folder.join("ct_phantom/image.nii.gz"),
        &folder.join("ct_phantom/mask.nii.gz"),
        LabelChoice::Value(1),
        &parameters,
    )
    .unwrap();
    let names: Vec<&str> = extraction.features.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, column_names(&parameters));
    let table = std::fs::read_to_string(folder.join("reference_ct_configE.csv")).unwrap();
    let mut compared = 0;
    let columns = columns(&parameters);
    for row in reference::parse(&table)
        .iter()
        .filter(|row| row.family != "diagnostics")
    {
        let place = columns
            .iter()
            .position(|column| column.tag().as_ref() == Some(&row.tag))
            .unwrap();
        let (name, value) = &extraction.features[place];
        assert!(row.agrees(*value), "{name}: {value}, reference {:?}", row.value);
        compared += 1;
    }
    assert_eq!(compared, 215);
}

/// Bins that begin at the range's lower end explain what parts the conventions in configuration C, and nothing stays unexplained that
/// has only that cause.
fn the_bin_origin_explains_the_grey_levels_of_configuration_c(folder: &Path) {
    // The volumes of configuration C after interpolation: what is left to differ is how they are measured.
    let image = folder.join("ct_phantom/interpolated/configC_image.nii.gz");
    let mask = folder.join("ct_phantom/interpolated/configC_intensity_mask.nii.gz");
    let classes = serde_json::json!({"firstorder": null, "glcm": ["JointAverage", "Autocorrelation", "Contrast"]});
    let pyradiomics = Parameters::from_value(&serde_json::json!({
        "setting": {"binWidth": 25, "resegmentRange": [-1000, 400]}, "featureClass": classes.clone()}))
    .unwrap();
    let ibsi = Parameters::from_value(&serde_json::json!({"convention": "ibsi",
        "setting": {"binWidth": 25, "resegmentRange": [-1000, 400]}, "featureClass": classes}))
    .unwrap();
    let found = compare(&image, &mask, &LabelChoice::Value(1), &pyradiomics, &ibsi).unwrap();
    let explained: Vec<(&str, &str)> = found
        .differences
        .iter()
        .map(|difference| {
            assert!(difference.together, "{difference:?}");
            let cause = difference.causes.iter().find(|cause| cause.alone).unwrap();
            let choice = cause.choice.split(':').next().unwrap();
            (difference.feature.as_str(), choice)
        })
        .collect();
    assert_eq!(
        explained,
        [
            ("original_firstorder_Kurtosis", "kurtosis"),
            ("original_glcm_JointAverage", "bin origin"),
            ("original_glcm_Autocorrelation", "bin origin"),
        ]
    );
}

fn response_maps(folder: &Path) {
    let checks = selftest::response_maps(folder).unwrap();
    assert_eq!(checks.len(), 14);
    assert_all(&checks);
}

fn filtered_features(folder: &Path) {
    let ct = CtPhantom::read(folder).unwrap();
    let table = std::fs::read_to_string(folder.join("ibsi2/reference_features_ct_phantom.csv")).unwrap();
    let checks = selftest::filtered_features(&ct, &table);
    assert_all(&checks);
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(
        suite;
        the_digital_phantom_gives_all_its_values,
        the_ibsis_features_come_by_name_under_pyradiomics,
        the_conventions_agree_on_the_phantom_where_they_should
    );
    for source in goldens::golden("ibsi")
        .into_iter()
        .filter(|source| !source.name.starts_with("tests/"))
    {
        for letter in ['A', 'B', 'C', 'D', 'E'] {
            let name = format!("configuration_{letter}");
            suite.on(&name, &source, CT, move |folder| configuration(folder, letter));
        }
        for (name, needed, run) in ON_DATA {
            suite.on(name, &source, needed, run);
        }
    }
    suite.finish()
}
