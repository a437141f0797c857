//! DICOM series, segmentations and contours of many scanners and programs give the voxels that they should, or a telling
//! refusal. The files lie beside the repository (`../shared/data`, `../shared/golden`) and are not part of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "goldens/mod.rs"]
mod goldens;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use radscore::features::{Parameters, extract_files};
use radscore::volume::{
    Extent, LabelChoice, LoadOptions, SampleType, Scan, Volume, files, load, read_header, read_volume, segments,
};
use serde_json::Value;

use goldens::Suite;

/// Sum, least and greatest value.
fn summary(volume: &Volume) -> [f64; 3] {
    let values = volume.all_values();
    [
        values.sum(),
        values.iter().copied().fold(f64::INFINITY, f64::min),
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    ]
}

fn region(image: &Path, mask: &Path, label: LabelChoice) -> Scan {
    // Truths in NIfTI have their positions in single precision.
    let options = LoadOptions {
        label,
        geometry_tolerance: Some(1e-4),
        ..LoadOptions::default()
    };
    load(image, mask, &options).unwrap_or_else(|error| panic!("{error}"))
}

fn named(name: &str) -> LabelChoice {
    LabelChoice::Segment(name.to_owned())
}

/// Whether two masks cut the same region out of an image, and of how many voxels.
fn same_region(image: &Path, mask: (&Path, LabelChoice), truth: (&Path, LabelChoice), voxels: usize) {
    let got = region(image, mask.0, mask.1.clone());
    let wanted = region(image, truth.0, truth.1);
    assert_eq!(got.mask.count(), voxels, "{} {:?}", mask.0.display(), mask.1);
    assert_eq!(got.start, wanted.start, "{}", mask.0.display());
    assert!(got.mask.voxels == wanted.mask.voxels, "{}", mask.0.display());
    assert!(got.image == wanted.image, "{}", mask.0.display());
}

fn refusal(path: &Path, parts: &[&str]) {
    let said = read_volume(path).map(|_| ()).unwrap_err().to_string();
    for part in parts {
        assert!(said.contains(part), "{part} in: {said}");
    }
}

fn variants_of_a_series_give_its_volume_or_a_telling_refusal(folder: &Path) {
    let folder = folder.join("series-variants");
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let reference = &expected["reference"];
    let whole = read_volume(&folder.join("00-regular")).unwrap();
    assert_eq!(summary(&whole)[0], reference["sum"].as_f64().unwrap());
    assert_eq!(whole.geometry.size, [64, 64, 20]);
    assert_eq!(whole.geometry.spacing, [3.2, 3.2, 1.5]);
    assert_eq!(whole.geometry.origin, [0.0, 0.0, 45.0]);
    assert_eq!(whole.samples.sample_type(), SampleType::I16);
    for name in [
        "01-shuffled-names-no-extension",
        "02-instance-number-reversed",
        "06-per-slice-rescale-intercept",
        "08-localizer-in-series",
        "09-non-dicom-neighbours",
    ] {
        let volume = read_volume(&folder.join(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(volume.geometry, whole.geometry, "{name}");
        assert!(volume.all_values() == whole.all_values(), "{name}");
        let scan = region(&folder.join(name), &folder.join("mask.nii.gz"), LabelChoice::Value(1));
        assert_eq!(scan.mask.count(), 17_374);
    }
    let warnings = read_header(&folder.join("08-localizer-in-series")).unwrap().warnings;
    assert!(
        warnings.iter().any(|warning| warning.contains("localiser")),
        "{warnings:?}"
    );
    let halved = read_volume(&folder.join("07-slope-half")).unwrap();
    assert_eq!(halved.samples.sample_type(), SampleType::F64);
    assert!(halved.all_values() == whole.all_values().mapv(|stored| stored * 0.5 - 1024.0));
    refusal(&folder.join("03-missing-slice"), &["3.0 mm", "1.5 mm is usual", "IM00"]);
    refusal(&folder.join("04-duplicate-position"), &["both lie at", ".dcm and"]);
    let two = folder.join("05-two-series-one-folder");
    refusal(&two, &["2 series", "201.2", "any of them stands for its whole series"]);
    // Any file stands for its series, and only that.
    let mut sums: Vec<f64> = std::fs::read_dir(&two)
        .unwrap()
        .map(|entry| summary(&read_volume(&entry.unwrap().path()).unwrap())[0])
        .collect();
    sums.dedup();
    sums.sort_by(f64::total_cmp);
    sums.dedup();
    assert_eq!(sums, [38_989_314.0, 38_989_314.0 + 100.0 * 81_920.0]);
    let first = std::fs::read_dir(&two).unwrap().next().unwrap().unwrap().path();
    let all = files(&first).unwrap();
    assert_eq!((all.len(), &all[0]), (20, &first));
    assert_eq!(files(&folder.join("00-regular")).unwrap().len(), 20);
}

fn every_encoding_gives_its_values(folder: &Path) {
    let mr = [2_125_338.0, 127.0, 2_145.0];
    // What SimpleITK gives. no_meta.dcm, which it does not read, holds the bytes of CT_small.dcm from the last one of the meta
    // group on, which pads a value.
    for (name, sample_type, wanted) in [
        ("CT_small.dcm", SampleType::I32, [-1_950_906.0, -896.0, 1_167.0]),
        ("no_meta.dcm", SampleType::I32, [-1_950_906.0, -896.0, 1_167.0]),
        ("MR_small_RLE.dcm", SampleType::I16, mr),
        ("MR_small_bigendian.dcm", SampleType::I16, mr),
        ("MR_small_implicit.dcm", SampleType::I16, mr),
        ("MR_small_jp2klossless.dcm", SampleType::I16, mr),
        ("MR_small_jpeg_ls_lossless.dcm", SampleType::I16, mr),
        ("MR_small_padded.dcm", SampleType::I16, mr),
        ("image_dfl.dcm", SampleType::U8, [33_322_688.0, 0.0, 255.0]),
    ] {
        // By itself: the files are of one series.
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        std::fs::copy(folder.join("encodings").join(name), &path).unwrap();
        let volume = read_volume(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(summary(&volume), wanted, "{name}");
        assert_eq!(volume.samples.sample_type(), sample_type, "{name}");
    }
    // Irreversible: decoders may differ in the last digit, ours does in 350 of 262,144 pixels.
    let lossy = read_volume(&folder.join("encodings/JPEG2000.dcm")).unwrap();
    let [sum, least, most] = summary(&lossy);
    assert!(
        (sum - 3_527_976.0).abs() <= 350.0 && (least, most) == (-30.0, 245.0),
        "{sum}"
    );
    refusal(&folder.join("encodings/JPEG-lossy.dcm"), &["JPEG"]);
    let rtstruct = folder.join("encodings/rtstruct.dcm");
    let names: Vec<String> = segments(&rtstruct).unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["patient", "Isocenter 1", "Isocenter 2"]);
    refusal(&rtstruct, &["no grid of their own"]);
}

fn series_of_several_scanners_are_itks(folder: &Path) {
    let close = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
    for (name, size, spacing, sample_type, wanted) in [
        (
            "ts-ct-j2k/ct",
            [512, 512, 20],
            [0.976_562_5, 0.976_562_5, 2.0],
            SampleType::I16,
            [-3_272_217_339.0, -1024.0, 1839.0],
        ),
        (
            "sts002-ct-rtstruct/ct",
            [161, 143, 48],
            [0.976_562, 0.976_562, 3.27],
            SampleType::I16,
            [-322_176_927.0, -1000.0, 1156.0],
        ),
        (
            "dcmqi-ct3/ct",
            [512, 512, 3],
            [0.810_547, 0.810_547, 1.0],
            SampleType::I32,
            [-750_951_030.0, -3024.0, 1381.0],
        ),
        (
            "dcmqi-24x38x3/ct",
            [24, 38, 3],
            [0.7, 0.7, 2.5],
            SampleType::U16,
            [315.0, 0.0, 1.0],
        ),
        (
            "dcmqi-24x38x3/ct_multiframe.dcm",
            [24, 38, 3],
            [0.7, 0.7, 2.5],
            SampleType::U16,
            [315.0, 0.0, 1.0],
        ),
        (
            "enhanced-ct/eCT_Supplemental.dcm",
            [512, 512, 2],
            [0.388_672, 0.388_672, 10.0],
            SampleType::I32,
            [-337_621_504.0, -1024.0, 172.0],
        ),
        (
            "dicomdir/98892001/CT5N",
            [16, 16, 5],
            [0.488_281, 0.488_281, 2.5],
            SampleType::I32,
            [-177_320.0, -888.0, 85.0],
        ),
        (
            "highdicom/ct_image.dcm",
            [128, 128, 1],
            [0.661_468, 0.661_468, 5.0],
            SampleType::I32,
            [-1_950_906.0, -896.0, 1167.0],
        ),
    ] {
        let volume = read_volume(&folder.join(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(volume.geometry.size, size, "{name}");
        assert!(close(volume.geometry.spacing, spacing), "{name}: {:?}", volume.geometry);
        assert_eq!(volume.samples.sample_type(), sample_type, "{name}");
        assert_eq!(summary(&volume), wanted, "{name}");
    }
    refusal(&folder.join("gantry-tilt-ge"), &["18.5 degrees"]);
    refusal(&folder.join("dicomdir/77654033"), &["mm between", "usual"]);
    refusal(&folder.join("dicomdir"), &["series", "2 patients"]);
    refusal(&folder.join("dicomdir/98892001"), &["2 series", "CT5N"]);
}

fn segmentations_are_their_truths(folder: &Path) {
    let at = |name: &str| folder.join(name);
    let ct = at("ts-ct-j2k/ct");
    for mask in ["ts-ct-j2k/seg_binary_T12_T11.dcm", "ts-ct-j2k/seg_labelmap_T12_T11.dcm"] {
        for (name, number, truth, voxels) in [
            ("vertebrae_T12", 1, "ts-ct-j2k/truth_T12.nii.gz", 23_576),
            ("vertebrae_T11", 2, "ts-ct-j2k/truth_T11.nii.gz", 9_930),
        ] {
            for choice in [named(name), LabelChoice::Value(number)] {
                same_region(&ct, (&at(mask), choice), (&at(truth), LabelChoice::Value(1)), voxels);
            }
        }
        let options = LoadOptions {
            label: named("L1"),
            ..LoadOptions::default()
        };
        let said = load(&ct, &at(mask), &options).unwrap_err().to_string();
        assert!(said.contains("vertebrae_T12") && said.contains("L1"), "{said}");
    }
    let one = LabelChoice::Value(1);
    same_region(
        &at("dcmqi-24x38x3/ct"),
        (&at("dcmqi-24x38x3/seg.dcm"), named("Liver")),
        (&at("dcmqi-24x38x3/label_truth.nrrd"), one.clone()),
        315,
    );
    same_region(
        &at("dcmqi-ct3/ct"),
        (&at("dcmqi-ct3/liver_seg.dcm"), named("Liver")),
        (&at("dcmqi-ct3/nrrd/liver_seg.nrrd"), one.clone()),
        107_098,
    );
    // SimpleITK's sums of 255 a voxel.
    for (name, segment, voxels) in [
        ("seg_image_ct_binary.dcm", "first segment", 162_690 / 255),
        ("seg_image_ct_binary_single_frame.dcm", "first segment", 467_160 / 255),
    ] {
        let path = folder.join("highdicom").join(name);
        let mask = read_volume(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(summary(&mask)[0], f64::from(voxels), "{name}");
        assert_eq!(segments(&path).unwrap()[0].name, segment);
    }
    same_region(
        &at("highdicom/ct_image.dcm"),
        (&at("highdicom/seg_image_ct_binary_single_frame.dcm"), one.clone()),
        (
            &at("highdicom/seg_image_ct_binary_single_frame.dcm"),
            named("first segment"),
        ),
        1_832,
    );
    let over = at("highdicom/seg_image_ct_binary_overlap.dcm");
    let header = read_header(&over).unwrap();
    assert_eq!(header.components, 2, "two segments that overlap lie in two layers");
}

fn contours_are_their_truths(folder: &Path) {
    let at = |name: &str| folder.join(name);
    same_region(
        &at("sts002-ct-rtstruct/ct"),
        (&at("sts002-ct-rtstruct/rtstruct.dcm"), named("GTV_Mass_CT")),
        (&at("sts002-ct-rtstruct/mask_truth.nii.gz"), LabelChoice::Value(1)),
        17_090,
    );
    let mask = at("ts-ct-j2k/rtstruct_T12_T11.dcm");
    for (name, number, truth, voxels) in [
        ("vertebrae_T12", 1, "ts-ct-j2k/truth_T12.nii.gz", 23_576),
        ("vertebrae_T11", 2, "ts-ct-j2k/truth_T11.nii.gz", 9_930),
        (
            "T12 cortical shell (hole)",
            3,
            "ts-ct-j2k/truth_T12_shell.nii.gz",
            15_546,
        ),
    ] {
        for choice in [named(name), LabelChoice::Value(number)] {
            same_region(
                &at("ts-ct-j2k/ct"),
                (&mask, choice),
                (&at(truth), LabelChoice::Value(1)),
                voxels,
            );
        }
    }
    let shell = region(&at("ts-ct-j2k/ct"), &mask, LabelChoice::Value(3));
    assert!(
        shell.warnings.iter().any(|warning| warning.contains("exclusive or")),
        "{:?}",
        shell.warnings
    );
    let other = load(&at("dcmqi-ct3/ct"), &mask, &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(other.contains("another scan"), "{other}");
}

/// Only the slices that are needed are decoded: a slice outside of the region may even be damaged.
fn slices_that_nobody_needs_are_not_decoded(folder: &Path) {
    let place = tempfile::tempdir().unwrap();
    let ct = place.path().join("ct");
    std::fs::create_dir(&ct).unwrap();
    let source = folder.join("ts-ct-j2k");
    let mask = source.join("truth_T11.nii.gz");
    let whole = region(&source.join("ct"), &mask, LabelChoice::Value(1));
    let last = whole.start[2] + whole.image.geometry.size[2];
    assert!(whole.start[2] > 0 || last < 20);
    // The files in the order of their places, which is that of their names reversed or not: found by asking.
    let names: Vec<PathBuf> = files(&source.join("ct")).unwrap();
    let mut spoiled = 0;
    for path in &names {
        let mut bytes = std::fs::read(path).unwrap();
        let position = read_header(path).map(|_| ()).is_ok();
        assert!(position);
        // Whether it is needed shows by its own position.
        let z = position_of(&bytes);
        let index = ((z - whole.full.origin[2]) / whole.full.spacing[2]).round() as usize;
        if !(whole.start[2]..last).contains(&index) {
            // Behind the start of the code stream.
            let end = bytes.len();
            bytes[end - 20_000..end - 1000].fill(0xff);
            spoiled += 1;
        }
        std::fs::write(ct.join(path.file_name().unwrap()), bytes).unwrap();
    }
    assert!(spoiled > 0);
    let options = LoadOptions {
        facts: false,
        ..LoadOptions::default()
    };
    let scan = load(&ct, &mask, &options).unwrap_or_else(|error| panic!("{error}"));
    assert!(scan.image == whole.image);
}

/// The third number of ImagePositionPatient (0020,0032) in explicit little-endian.
fn position_of(bytes: &[u8]) -> f64 {
    let tag = [0x20, 0, 0x32, 0, b'D', b'S'];
    let at = bytes.windows(6).position(|window| window == tag).unwrap();
    let length = usize::from(u16::from_le_bytes([bytes[at + 6], bytes[at + 7]]));
    let text = std::str::from_utf8(&bytes[at + 8..at + 8 + length]).unwrap();
    text.split('\\').nth(2).unwrap().trim().parse().unwrap()
}

fn the_phantoms_series_and_contours_give_the_features_of_its_nifti(folder: &Path) {
    let phantom = folder.join("ct_phantom");
    let parameters = Parameters::default();
    let of = |image: &str, mask: &str| {
        extract_files(
            &phantom.join(image),
            &phantom.join(mask),
            LabelChoice::Value(1),
            &parameters,
        )
        .unwrap_or_else(|error| panic!("{error}"))
    };
    let (wanted, got) = (
        of("image.nii.gz", "mask.nii.gz"),
        of("dicom/image", "dicom/rtstruct.dcm"),
    );
    assert_eq!(wanted.features.len(), 107);
    for ((name, wanted), (other, got)) in wanted.features.iter().zip(&got.features) {
        assert_eq!(name, other);
        assert!((wanted - got).abs() <= 1e-12 * wanted.abs(), "{name}: {wanted} {got}");
    }
}

fn a_whole_region_is_kept_with_whole_extent(folder: &Path) {
    let options = LoadOptions {
        extent: Extent::Whole,
        facts: false,
        ..LoadOptions::default()
    };
    let scan = load(
        &folder.join("ts-ct-j2k/ct"),
        &folder.join("ts-ct-j2k/rtstruct_T12_T11.dcm"),
        &options,
    )
    .unwrap();
    assert_eq!(*scan.image, read_volume(&folder.join("ts-ct-j2k/ct")).unwrap());
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(
        suite, data "dicom";
        variants_of_a_series_give_its_volume_or_a_telling_refusal,
        every_encoding_gives_its_values,
        series_of_several_scanners_are_itks,
        segmentations_are_their_truths,
        contours_are_their_truths,
        slices_that_nobody_needs_are_not_decoded,
        a_whole_region_is_kept_with_whole_extent,
    );
    tests!(
        suite, golden "ibsi" "ct_phantom/dicom";
        the_phantoms_series_and_contours_give_the_features_of_its_nifti,
    );
    suite.finish()
}
