//! Every encoding of one volume gives the same voxels in the same place, or a telling refusal; every segment of a
//! segmentation is found. The files lie beside the repository (`../shared/data`) and are not part of it.

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

use radscore::volume::{
    Extent, LabelChoice, LoadOptions, Scan, Volume, VolumeError, labels, load, read_header, read_volume, segments,
};
use serde_json::Value;

use goldens::Suite;

fn expected(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

fn at(volume: &Volume, lps: &[f64]) -> f64 {
    let index = volume.geometry.world_to_index([lps[0], lps[1], lps[2]]).unwrap();
    let nearest = index.map(f64::round);
    for axis in 0..3 {
        assert!(
            (index[axis] - nearest[axis]).abs() < 1e-3,
            "{index:?} is between voxels"
        );
    }
    let [x, y, z] = nearest.map(|part| part as usize);
    let size = volume.geometry.size;
    volume.samples.get((z * size[1] + y) * size[0] + x)
}

/// Whether a volume is the reference: sum, extremes, and the probes where they are to be compared.
fn check_volume(file: &str, volume: &Volume, reference: &Value, probes: bool, value: impl Fn(f64) -> f64) {
    let values = volume.all_values();
    assert_eq!(
        values.sum(),
        reference["sum"]
            .as_f64()
            .map(|sum| {
                let count = values.len() as f64;
                // `value` is linear, so the sum follows from it.
                value(0.0) * count + (value(1.0) - value(0.0)) * sum
            })
            .unwrap(),
        "{file}: sum"
    );
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(least, value(reference["min"].as_f64().unwrap()), "{file}: minimum");
    assert_eq!(most, value(reference["max"].as_f64().unwrap()), "{file}: maximum");
    let mut spacing = volume.geometry.spacing;
    let mut wanted = numbers(&reference["spacing_mm"]);
    spacing.sort_by(f64::total_cmp);
    wanted.sort_by(f64::total_cmp);
    for (got, wanted) in spacing.iter().zip(&wanted) {
        assert!((got - wanted).abs() < 1e-9, "{file}: spacing {spacing:?}");
    }
    if probes {
        for probe in reference["probes_lps"].as_array().unwrap() {
            assert_eq!(
                at(volume, &numbers(&probe["lps_mm"])),
                value(probe["hu"].as_f64().unwrap()),
                "{file}: {probe}"
            );
        }
    }
}

fn every_encoding_gives_the_same_volume_or_a_telling_refusal(folder: &Path) {
    let expected = expected(folder);
    let reference = &expected["reference"];
    let mut seen = 0;
    for row in expected["files"].as_array().unwrap() {
        let file = row["file"].as_str().unwrap();
        let path = folder.join(file);
        let read = read_volume(&path);
        match row["expect"].as_str().unwrap() {
            "same volume" => check_volume(
                file,
                &read.unwrap_or_else(|error| panic!("{error}")),
                reference,
                true,
                |hu| hu,
            ),
            "same values; oblique geometry" => {
                let volume = read.unwrap();
                check_volume(file, &volume, reference, false, |hu| hu);
                assert!(volume.geometry.direction[0][1] != 0.0, "{file}");
            }
            "same values; geometry from pixdim with a warning" => {
                check_volume(file, &read.unwrap(), reference, false, |hu| hu);
                let warnings = read_header(&path).unwrap().warnings;
                assert!(
                    warnings.iter().any(|warning| warning.contains("orientation")),
                    "{warnings:?}"
                );
            }
            "values = (HU + 1024) / 8" => {
                check_volume(file, &read.unwrap(), reference, true, |hu| (hu + 1024.0) / 8.0);
            }
            "error: 4-D image with 2 volumes" => {
                let message = read.unwrap_err().to_string();
                for part in ["two_time_points", "dim[4]", "2 volumes"] {
                    assert!(message.contains(part), "{message}");
                }
            }
            "error: RGB data type is not supported" => {
                let message = read.unwrap_err().to_string();
                assert!(message.contains("RGB data type is not supported"), "{message}");
            }
            "error as an image (2 components); valid only as a .seg.nrrd layer list" => {
                let message = read.unwrap_err().to_string();
                assert!(message.contains("2 components"), "{message}");
            }
            other => panic!("{file}: no test for \"{other}\""),
        }
        seen += 1;
    }
    assert!(seen >= 41, "{seen} files");
}

/// The reference image with one of its masks.
fn with_mask(folder: &Path, image: &str, mask: &str, label: LabelChoice) -> Result<Scan, VolumeError> {
    let options = LoadOptions {
        label,
        extent: Extent::Margin(1),
        ..LoadOptions::default()
    };
    load(&folder.join(image), &folder.join(mask), &options)
}

fn roi_sum(scan: &Scan) -> f64 {
    let values = scan.image.all_values();
    assert_eq!(values.dim(), scan.mask.voxels.dim());
    values
        .iter()
        .zip(&scan.mask.voxels)
        .filter(|(_, inside)| **inside)
        .map(|(value, _)| value)
        .sum()
}

fn every_mask_cuts_out_the_same_region(folder: &Path) {
    let expected = expected(folder);
    let reference = &expected["reference"];
    let voxels = reference["mask_voxels"].as_u64().unwrap() as usize;
    let core = reference["core_voxels"].as_u64().unwrap() as usize;
    let sum = reference["roi_sum"].as_f64().unwrap();
    let named = |name: &str| LabelChoice::Segment(name.to_string());
    let cases = [
        ("mask.nii.gz", LabelChoice::Value(1), Some(voxels)),
        ("mask_float32.nii.gz", LabelChoice::Value(1), Some(voxels)),
        ("mask_stored_PIR.nii.gz", LabelChoice::Value(1), Some(voxels)),
        ("seg/overlapping_layers.seg.nrrd", named("T12 vertebra"), Some(voxels)),
        ("seg/overlapping_layers.seg.nrrd", named("core"), None),
        ("seg/overlapping_layers.seg.nrrd", LabelChoice::Value(1), Some(voxels)),
        ("seg/cropped_extent.seg.nrrd", named("T12 vertebra"), Some(voxels)),
        ("seg/cropped_extent.seg.nrrd", LabelChoice::Value(1), Some(voxels)),
        ("seg/flipped_axes.seg.nrrd", named("Segment_1"), Some(voxels)),
        ("seg/legacy_no_layer_keys.seg.nrrd", named("T12"), Some(voxels)),
        ("seg/legacy_no_layer_keys.seg.nrrd", named("core"), None),
        ("seg/two_segments.seg.nrrd", LabelChoice::Any, Some(voxels)),
        ("seg/two_segments.seg.nrrd", named("core"), None),
        ("seg/two_segments.seg.nrrd", LabelChoice::Value(2), None),
    ];
    let mut core_sum = None;
    for (mask, label, whole) in cases {
        let scan =
            with_mask(folder, "nrrd/ref_gzip.nrrd", mask, label.clone()).unwrap_or_else(|error| panic!("{error}"));
        let facts = scan.mask_facts.as_ref().unwrap();
        if let Some(voxels) = whole {
            assert_eq!(
                (scan.mask.count(), facts.voxel_count),
                (voxels, voxels),
                "{mask} {label:?}"
            );
            assert_eq!(roi_sum(&scan), sum, "{mask} {label:?}");
        } else {
            assert_eq!(scan.mask.count(), core, "{mask} {label:?}");
            assert_eq!(*core_sum.get_or_insert(roi_sum(&scan)), roi_sum(&scan), "{mask}");
        }
    }
    // Label 1 of the two is the whole without the core.
    let scan = with_mask(
        folder,
        "nifti/ref_int16.nii.gz",
        "seg/two_segments.seg.nrrd",
        LabelChoice::Value(1),
    )
    .unwrap();
    assert_eq!(scan.mask.count(), voxels - core);
    assert_eq!(roi_sum(&scan), sum - core_sum.unwrap());
}

fn an_image_in_any_storage_order_goes_with_the_mask(folder: &Path) {
    let expected = expected(folder);
    for row in expected["files"].as_array().unwrap() {
        let file = row["file"].as_str().unwrap();
        if row["expect"] != "same volume" {
            continue;
        }
        let scan =
            with_mask(folder, file, "mask.nii.gz", LabelChoice::Value(1)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            Some(scan.mask.count() as u64),
            expected["reference"]["mask_voxels"].as_u64(),
            "{file}"
        );
        assert_eq!(
            Some(roi_sum(&scan)),
            expected["reference"]["roi_sum"].as_f64(),
            "{file}"
        );
        let facts = scan.image_facts.unwrap();
        assert_eq!(Some(facts.minimum), expected["reference"]["min"].as_f64(), "{file}");
        assert_eq!(Some(facts.maximum), expected["reference"]["max"].as_f64(), "{file}");
        let mean = expected["reference"]["sum"].as_f64().unwrap() / f64::from(44 * 40 * 12);
        assert!((facts.mean - mean).abs() < 1e-9, "{file}");
    }
}

fn what_is_wrong_with_a_pair_is_said_with_its_mend(folder: &Path) {
    let refused = |image: &str, mask: &str, label| with_mask(folder, image, mask, label).unwrap_err().to_string();
    let message = refused("nrrd/oblique.nrrd", "mask.nii.gz", LabelChoice::Value(1));
    for part in ["space origin", "srow", "geometryTolerance", "correctMask", "-12.93"] {
        assert!(message.contains(part), "{message}");
    }
    let message = refused("nrrd/ref_gzip.nrrd", "mask.nii.gz", LabelChoice::Value(2));
    assert!(
        message.contains("label 2") && message.contains("1 (8084 voxels)"),
        "{message}"
    );
    let message = refused(
        "nrrd/ref_gzip.nrrd",
        "seg/two_segments.seg.nrrd",
        LabelChoice::Segment("L1".to_string()),
    );
    assert!(
        message.contains("\"L1\"") && message.contains("T12 vertebra"),
        "{message}"
    );
    // A tolerance or a correction that accepts the pair is obeyed.
    let options = LoadOptions {
        geometry_tolerance: Some(1e3),
        ..LoadOptions::default()
    };
    let scan = load(&folder.join("nrrd/oblique.nrrd"), &folder.join("mask.nii.gz"), &options).unwrap();
    assert_eq!(scan.mask.count(), 8084);
    let options = LoadOptions {
        correct_mask: true,
        ..LoadOptions::default()
    };
    let scan = load(
        &folder.join("nrrd/ref_gzip.nrrd"),
        &folder.join("mask_stored_PIR.nii.gz"),
        &options,
    )
    .unwrap();
    assert_eq!(scan.mask.count(), 8084);
    assert_eq!(scan.corrected_mask_facts.unwrap().voxel_count, 8084);
}

fn every_segment_of_slicers_files_is_found(folder: &Path) {
    for (file, count) in [("Segmentation.seg.nrrd", 7), ("SegmentationOverlapping.seg.nrrd", 8)] {
        let path = folder.join(file);
        let named = segments(&path).unwrap();
        assert_eq!(named.len(), count, "{file}");
        let counts = labels(&path).unwrap();
        for segment in &named {
            let there = counts
                .iter()
                .find(|count| count.layer == segment.layer && count.label == segment.label)
                .map(|count| count.voxels);
            for choice in [&segment.name, &segment.id] {
                let options = LoadOptions {
                    label: LabelChoice::Segment(choice.clone()),
                    ..LoadOptions::default()
                };
                let loaded = load(&folder.join("CTChest4.nrrd"), &path, &options);
                match there {
                    Some(voxels) => {
                        let scan = loaded.unwrap_or_else(|error| panic!("{error}"));
                        assert_eq!(scan.mask.count() as u64, voxels, "{file} {choice}");
                    }
                    // Slicer's sample has named segments without a voxel.
                    None => assert!(
                        loaded.unwrap_err().to_string().contains("is not there"),
                        "{file} {choice}"
                    ),
                }
            }
        }
    }
    let counts = labels(&folder.join("SegmentationOverlapping.seg.nrrd")).unwrap();
    let overlapping = counts.iter().find(|count| count.layer == 1).unwrap();
    assert_eq!(overlapping.name.as_deref(), Some("overlapping sphere"));
}

/// The goldens' facts of whole images and masks.
fn facts_are_pyradiomics(folder: &Path) {
    let mut seen = 0;
    let listed = [folder.join("features"), folder.join("features_nii")]
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten();
    for entry in listed {
        let path = entry.unwrap().path();
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !(name.contains("__a_") || name.contains("__m_") || name.contains("__o_")) {
            continue;
        }
        let options = LoadOptions {
            label: LabelChoice::Value(case["label"].as_i64().unwrap()),
            ..LoadOptions::default()
        };
        let file = |key: &str| folder.join(case[key].as_str().unwrap());
        let scan = load(&file("image"), &file("mask"), &options).unwrap_or_else(|error| panic!("{error}"));
        let image = scan.image_facts.as_ref().unwrap();
        let mask = scan.mask_facts.as_ref().unwrap();
        let said = |key: &str| case["diagnostics"][format!("diagnostics_{key}")].clone();
        assert_eq!(
            said("Image-original_Hash").as_str(),
            Some(image.hash.as_str()),
            "{name}"
        );
        assert_eq!(said("Mask-original_Hash").as_str(), Some(mask.hash.as_str()), "{name}");
        // A plane's have two axes; ours a third of one voxel.
        let axes = numbers(&said("Image-original_Spacing")).len();
        assert_eq!(
            numbers(&said("Image-original_Spacing")),
            image.spacing[..axes],
            "{name}"
        );
        assert_eq!(numbers(&said("Mask-original_Spacing")), mask.spacing[..axes], "{name}");
        let close = |key: &str, got: f64| {
            let wanted = said(key).as_f64().unwrap();
            assert!(
                (got - wanted).abs() <= 1e-12 * wanted.abs(),
                "{name} {key}: {got} {wanted}"
            );
        };
        close("Image-original_Mean", image.mean);
        close("Image-original_Minimum", image.minimum);
        close("Image-original_Maximum", image.maximum);
        let part = mask.bounding_box;
        let corners: Vec<f64> = part.start[..axes]
            .iter()
            .chain(&part.size[..axes])
            .map(|&at| at as f64)
            .collect();
        assert_eq!(numbers(&said("Mask-original_BoundingBox")), corners, "{name}");
        assert_eq!(
            said("Mask-original_VoxelNum").as_u64(),
            Some(mask.voxel_count as u64),
            "{name}"
        );
        assert_eq!(
            said("Mask-original_VolumeNum").as_u64(),
            Some(mask.volume_count as u64),
            "{name}"
        );
        assert_eq!(mask.voxel_count, scan.mask.count(), "{name}");
        for (key, got) in [
            ("Mask-original_CenterOfMassIndex", mask.centre_of_mass_index),
            ("Mask-original_CenterOfMass", mask.centre_of_mass),
        ] {
            for (wanted, got) in numbers(&said(key)).iter().zip(got) {
                assert!((wanted - got).abs() < 1e-9, "{name} {key}: {wanted} {got}");
            }
        }
        seen += 1;
    }
    assert!(seen > 0, "no golden case in {}", folder.display());
}

fn resampling_is_itks(folder: &Path) {
    use radscore::volume::resample::{Interpolator, resample};
    let options = LoadOptions {
        extent: Extent::Whole,
        separate_grids: true,
        ..LoadOptions::default()
    };
    let scan = load(
        &folder.join("images/tiny_image.nrrd"),
        &folder.join("images/tiny_mask.nrrd"),
        &options,
    )
    .unwrap();
    let mut doubles = scan.clone();
    std::sync::Arc::make_mut(&mut doubles.image).samples =
        radscore::volume::Samples::F64(scan.image.all_values().into_iter().collect());
    for (name, spacing, pad, interpolator) in [
        ("resample1_bspline", [1.0; 3], 5, Interpolator::BSpline),
        ("resample_odd_bspline", [0.83, 1.07, 1.9], 5, Interpolator::BSpline),
        ("resample2_linear", [2.0; 3], 5, Interpolator::Linear),
        ("resample_odd_linear", [1.37, 1.61, 2.3], 4, Interpolator::Linear),
    ] {
        let read =
            |end: &str| read_volume(&folder.join(format!("intermediate/volumes/tiny_{name}_{end}.nrrd"))).unwrap();
        let (image, mask, before) = (read("image"), read("mask"), read("image_before_int16_truncation"));
        let wanted = image.geometry;
        let got = resample(&scan, &scan.image, spacing, interpolator, pad).unwrap();
        assert_eq!(got.image.geometry.size, wanted.size, "{name}");
        for axis in 0..3 {
            assert!(
                (got.image.geometry.origin[axis] - wanted.origin[axis]).abs() < 1e-9,
                "{name}"
            );
        }
        let exact = resample(&doubles, &doubles.image, spacing, interpolator, pad).unwrap();
        for (index, (got, wanted)) in exact
            .image
            .all_values()
            .iter()
            .zip(before.all_values().iter())
            .enumerate()
        {
            assert!((got - wanted).abs() < 1e-8, "{name} {index}: {got} {wanted}");
        }
        for (index, before) in before.all_values().iter().enumerate() {
            // An interpolated whole number may be cut to itself or to the next one.
            let (got, wanted) = (got.image.samples.get(index), image.samples.get(index));
            let certain = (before - before.round()).abs() > 1e-9;
            assert!(
                got == wanted || (!certain && (got - wanted).abs() == 1.0),
                "{name} {index}: {got} {wanted}"
            );
        }
        let differing = got
            .mask
            .voxels
            .iter()
            .zip(mask.all_values().iter())
            .filter(|(inside, label)| **inside != (**label == 1.0))
            .count();
        // Ties of the oblique grid are decided by the last bit of ITK's matrix inverse; only the odd spacings have none.
        if name.contains("odd") {
            assert_eq!(differing, 0, "{name}");
        } else {
            println!(
                "{name}: {differing} of {} voxels of the mask differ at ties",
                got.mask.count()
            );
        }
    }
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(
        suite, data "formats";
        every_encoding_gives_the_same_volume_or_a_telling_refusal,
        every_mask_cuts_out_the_same_region,
        an_image_in_any_storage_order_goes_with_the_mask,
        what_is_wrong_with_a_pair_is_said_with_its_mend,
    );
    tests!(suite, data "slicer-seg-nrrd"; every_segment_of_slicers_files_is_found);
    tests!(suite, golden "radiomics" "features"; facts_are_pyradiomics);
    tests!(suite, golden "radiomics" "intermediate/volumes"; resampling_is_itks);
    suite.finish()
}
