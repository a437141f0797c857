//! The IBSI's consensus values: the digital phantom always, the CT phantom and the filters where their data are.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use radscore::features::difference::compare;
use radscore::features::ibsi::aggregation::{self, Aggregation};
use radscore::features::ibsi::catalogue::ENTRIES;
use radscore::features::ibsi::compliance;
use radscore::features::ibsi::cooccurrence::pairs;
use radscore::features::ibsi::level_size::{dependences, run_lengths, zones};
use radscore::features::ibsi::selftest::{self, Check, CtPhantom};
use radscore::features::ibsi::tone_difference::tone_differences;
use radscore::features::ibsi::{phantom, reference};
use radscore::features::{Parameters, column_names, extract, extract_files};
use radscore::study::config::read_value;
use radscore::volume::{LabelChoice, Mask, Samples, Scan, Volume};

fn data() -> Option<PathBuf> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/ibsi");
    let folder = std::env::var_os("RADSCORE_GOLDEN").map_or(shared, |golden| PathBuf::from(golden).join("ibsi"));
    if folder.join("ct_phantom/image.nii.gz").exists() {
        return Some(folder);
    }
    eprintln!("skipped: no IBSI CT phantom and filter phantoms beside the repository (../shared/golden/ibsi)");
    None
}

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

fn configuration(letter: char) {
    let Some(folder) = data() else { return };
    let ct = CtPhantom::read(&folder).unwrap();
    let table = std::fs::read_to_string(folder.join(format!("reference_ct_config{letter}.csv"))).unwrap();
    let parameters = parameters(&format!("ibsi-{}", letter.to_ascii_lowercase()));
    let checks = ct.configuration(letter, &table, &parameters).unwrap();
    // 346 or 210 values and 60 diagnostics, and 5 features without a value.
    let expected = if matches!(letter, 'A' | 'B') { 411 } else { 275 };
    assert_eq!(checks.len(), expected);
    assert_all(&checks);
}

#[test]
fn the_digital_phantom_gives_all_its_values() {
    let checks = selftest::digital();
    assert_eq!(checks.len(), 487);
    assert!(checks.iter().all(|check| check.value.is_finite()));
    assert_all(&checks);
}

/// The matrices of the phantom in 3D, made from the definitions by brute force.
#[test]
fn the_digital_phantom_gives_the_matrices_of_the_definitions() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ibsi/digital_phantom/texture_matrices_3d.json");
    let matrices: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mask = phantom::mask();
    let mut levels = phantom::image().mapv(|value| value as u32);
    levels.zip_mut_with(&mask, |level, &inside| *level *= u32::from(inside));
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let dense = |name: &str, direction: Option<&str>| -> Vec<((u32, u32), f64)> {
        let table = direction.map_or(&matrices[name], |direction| &matrices[name][direction]);
        let mut found = Vec::new();
        for (row, line) in table.as_array().unwrap().iter().enumerate() {
            for (column, count) in line.as_array().unwrap().iter().enumerate() {
                if number(count) > 0.0 {
                    found.push(((row as u32 + 1, column as u32 + 1), number(count)));
                }
            }
        }
        found
    };
    let sparse = |name: &str| -> Vec<((u32, u32), f64)> {
        let line = |line: &serde_json::Value| ((number(&line[0]) as u32, number(&line[1]) as u32), number(&line[2]));
        matrices[name].as_array().unwrap().iter().map(line).collect()
    };
    let all_pairs = pairs(&levels.view(), 1, false);
    let all_runs = run_lengths(&levels.view(), false);
    let mut directions = 0;
    for (index, step) in aggregation::directions(1, false).into_iter().enumerate() {
        let [z, y, x] = step;
        let name = [format!("({x}, {y}, {z})"), format!("({}, {}, {})", -x, -y, -z)]
            .into_iter()
            .find(|name| matrices["glcm_per_direction"].get(name).is_some())
            .unwrap();
        let found: Vec<_> = all_pairs[index].matrix.entries().collect();
        assert_eq!(found, dense("glcm_per_direction", Some(&name)), "{name}");
        let found: Vec<_> = all_runs[index].matrix.entries().collect();
        assert_eq!(found, dense("glrlm_per_direction", Some(&name)), "{name}");
        directions += 1;
    }
    assert_eq!(directions, 13);
    let merged = aggregation::merged(&all_pairs, Aggregation::VolumeMerged).remove(0);
    assert_eq!(merged.entries().collect::<Vec<_>>(), dense("glcm_merged", None));
    let merged = aggregation::merged(&all_runs, Aggregation::VolumeMerged).remove(0);
    assert_eq!(merged.entries().collect::<Vec<_>>(), dense("glrlm_merged", None));
    let (sizes, depths) = zones(&levels.view(), &mask.view(), false);
    assert_eq!(sizes[0].matrix.entries().collect::<Vec<_>>(), sparse("glszm"));
    assert_eq!(depths[0].matrix.entries().collect::<Vec<_>>(), sparse("gldzm"));
    let dependences = dependences(&levels.view(), 1, 0, false);
    assert_eq!(dependences[0].matrix.entries().collect::<Vec<_>>(), sparse("ngldm"));
    let tones = tone_differences(&levels.view(), 1, false);
    for (found, expected) in tones[0].matrix.entries().zip(matrices["ngtdm"].as_array().unwrap()) {
        assert_eq!(
            (f64::from(found.0), found.1),
            (number(&expected[0]), number(&expected[2]))
        );
        assert!((found.2 - number(&expected[1])).abs() < 1e-9);
    }
}

fn phantom_scan() -> Scan {
    let geometry = phantom::geometry();
    Scan {
        image: Volume {
            geometry,
            samples: Samples::I16(phantom::image().iter().map(|value| *value as i16).collect()),
        },
        mask: Mask {
            geometry,
            voxels: phantom::mask(),
        },
        start: [0; 3],
        full: geometry,
        mask_start: [0; 3],
        mask_full: geometry,
        image_facts: None,
        mask_facts: None,
        corrected_mask_facts: None,
        warnings: Vec::new(),
    }
}

/// By name, PyRadiomics' pipeline gives what the IBSI adds to it; not by name, nothing is added.
#[test]
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
    for (name, value) in &extraction.features {
        let entry = ENTRIES
            .iter()
            .find(|entry| *name == format!("original_{}_{}", entry.class, entry.info.name))
            .unwrap();
        let tag = if entry.aggregations.is_empty() {
            entry.tag.to_owned()
        } else {
            format!("{}_3D", entry.tag)
        };
        let row = references.iter().find(|row| row.tag == tag).unwrap();
        assert!(row.agrees(*value), "{name}: {value}, reference {:?}", row.value);
        compared += 1;
    }
    assert_eq!(compared, 16 + 7 + 21 + 4 + 2 + 1);
}

/// What both conventions compute is the same number on the phantom, but for the known ways in which they part.
#[test]
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
    for entry in ENTRIES.iter() {
        let Some(twin) = entry.twin else { continue };
        let Some((_, a)) = one
            .features
            .iter()
            .find(|(name, _)| *name == format!("original_{twin}"))
        else {
            continue;
        };
        let (end, _) = entry
            .columns(&[Aggregation::VolumeAveraged, Aggregation::Volume])
            .remove(0);
        let (_, b) = other
            .features
            .iter()
            .find(|(name, _)| *name == format!("original_{}_{end}", entry.class))
            .unwrap();
        compared += 1;
        if (a - b).abs() > 1e-9 * a.abs().max(1.0) {
            parted.push(twin);
        }
    }
    assert_eq!(compared, 102);
    assert_eq!(
        parted,
        [
            "shape_MajorAxisLength",
            "shape_MinorAxisLength",
            "shape_LeastAxisLength",
            "firstorder_Kurtosis"
        ]
    );
}

/// The columns of `convention: ibsi`, from the files to the table: those of configuration E, and of the filters.
#[test]
fn extraction_gives_the_reference_values_in_its_columns() {
    let Some(folder) = data() else { return };
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
    for row in reference::parse(&table)
        .iter()
        .filter(|row| row.family != "diagnostics")
    {
        let (name, _) = ENTRIES
            .iter()
            .flat_map(|entry| {
                entry
                    .columns(&aggregation::ALL)
                    .into_iter()
                    .map(move |(name, tag)| (format!("original_{}_{name}", entry.class), tag))
            })
            .find(|(_, tag)| *tag == row.tag)
            .unwrap();
        let (_, value) = extraction.features.iter().find(|(known, _)| *known == name).unwrap();
        assert!(row.agrees(*value), "{name}: {value}, reference {:?}", row.value);
        compared += 1;
    }
    assert_eq!(compared, 215);
}

/// Bins that begin at the range's lower end explain what parts the conventions in configuration C, and nothing stays unexplained that
/// has only that cause.
#[test]
fn the_bin_origin_explains_the_grey_levels_of_configuration_c() {
    let Some(folder) = data() else { return };
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

#[test]
fn configuration_a() {
    configuration('A');
}

#[test]
fn configuration_b() {
    configuration('B');
}

#[test]
fn configuration_c() {
    configuration('C');
}

#[test]
fn configuration_d() {
    configuration('D');
}

#[test]
fn configuration_e() {
    configuration('E');
}

#[test]
fn response_maps() {
    let Some(folder) = data() else { return };
    let checks = selftest::response_maps(&folder).unwrap();
    assert_eq!(checks.len(), 14);
    assert_all(&checks);
}

#[test]
fn filtered_features() {
    let Some(folder) = data() else { return };
    let ct = CtPhantom::read(&folder).unwrap();
    let table = std::fs::read_to_string(folder.join("ibsi2/reference_features_ct_phantom.csv")).unwrap();
    let checks = selftest::filtered_features(&ct, &table);
    assert_all(&checks);
}
