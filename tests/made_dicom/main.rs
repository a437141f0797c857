//! DICOM files made here, each with one thing that real ones have or get wrong: what is read is what was written, and what is
//! wrong is refused by file and tag, without a panic and without waiting.

#![cfg(feature = "dicom")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod hostile;
mod masks;
mod objects;
mod pet;

use std::path::Path;

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use radscore::volume::{SampleType, VolumeError, files, read_header, read_volume};

use objects::{COLUMNS, EXPLICIT, ROWS, SLICES, enhanced, pixels, series, short, slice, stored, text, write};

fn is_the_series(path: &Path) {
    let volume = read_volume(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(volume.geometry.size, [COLUMNS, ROWS, SLICES]);
    assert_eq!(volume.geometry.spacing, [2.0, 1.5, 2.5]);
    assert_eq!(volume.geometry.origin, [-10.0, 5.0, 0.0]);
    for ((z, y, x), value) in volume.all_values().indexed_iter() {
        assert_eq!(*value, f64::from(stored(x, y, z)) - 24.0, "{x} {y} {z}");
    }
}

/// What reading an image is refused with; every part is in it.
///
/// # Panics
/// If it is read, or refused in other words.
pub fn refusal(path: &Path, parts: &[&str]) -> String {
    let said = read_volume(path).map(|_| ()).unwrap_err().to_string();
    for part in parts {
        assert!(said.contains(part), "{part} in: {said}");
    }
    said
}

#[test]
fn every_uncompressed_transfer_syntax_gives_the_series() {
    for syntax in [
        EXPLICIT,
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.1.99",
    ] {
        let folder = series(syntax, |_, _| {});
        is_the_series(folder.path());
        // A file stands for its series; by itself it is one of six.
        let first = folder.path().join("3");
        is_the_series(&first);
        assert_eq!(files(&first).unwrap().len(), SLICES);
        assert_eq!(read_header(folder.path()).unwrap().sample_type, SampleType::I32);
    }
}

#[test]
fn files_without_preamble_and_without_meta_group_are_read() {
    for syntax in [EXPLICIT, "1.2.840.10008.1.2"] {
        let folder = series(syntax, |_, _| {});
        for path in files(folder.path()).unwrap() {
            let bytes = std::fs::read(&path).unwrap();
            let meta = 132 + 8 + syntax.len() + syntax.len() % 2;
            std::fs::write(&path, &bytes[meta..]).unwrap();
        }
        is_the_series(folder.path());
    }
}

#[test]
fn each_slice_has_its_own_rescaling_and_only_its_stored_bits() {
    let folder = series(EXPLICIT, |z, object| {
        text(object, tags::RESCALE_INTERCEPT, VR::DS, &format!("{}", z * 10));
        let values: Vec<u16> = (0..ROWS * COLUMNS)
            .map(|at| (stored(at % COLUMNS, at / COLUMNS, z) - 24 - z as i16 * 10) as u16)
            .collect();
        object.put(DataElement::new(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(values.into()),
        ));
    });
    is_the_series(folder.path());
    // Twelve bits with a sign, the four above them full of an old overlay.
    let folder = series(EXPLICIT, |z, object| {
        pixels(object, 16, 12, 1);
        let values: Vec<u16> = (0..ROWS * COLUMNS)
            .map(|at| (stored(at % COLUMNS, at / COLUMNS, z) as u16 & 0xfff) | 0xa000)
            .collect();
        object.put(DataElement::new(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(values.into()),
        ));
    });
    let volume = read_volume(folder.path()).unwrap();
    let values = volume.all_values();
    assert_eq!(values[[2, 1, 3]], f64::from(stored(3, 1, 2)) - 24.0);
    assert_eq!(volume.samples.sample_type(), SampleType::I16);
    let halves = series(EXPLICIT, |_, object| text(object, tags::RESCALE_SLOPE, VR::DS, "0.5"));
    let volume = read_volume(halves.path()).unwrap();
    assert_eq!(volume.samples.sample_type(), SampleType::F64);
    assert_eq!(volume.all_values()[[5, 6, 7]], f64::from(stored(7, 6, 5)) * 0.5 - 24.0);
}

#[test]
fn run_lengths_and_fragments_give_the_series() {
    let folder = series(EXPLICIT, |_, _| {});
    for path in files(folder.path()).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        let size = 2 * ROWS * COLUMNS;
        let (header, raw) = bytes.split_at(bytes.len() - size);
        // The head of the pixel data, twelve bytes in explicit syntax, is written anew.
        let mut made = header[..header.len() - 12].to_vec();
        let uid = b"1.2.840.10008.1.2.5\0";
        made.splice(
            132..132 + 8 + 20,
            [&[2, 0, 0x10, 0, b'U', b'I', 20, 0], &uid[..]].concat(),
        );
        made.extend([0xe0, 0x7f, 0x10, 0, b'O', b'B', 0, 0, 0xff, 0xff, 0xff, 0xff]);
        made.extend([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
        let mut frame = vec![0u8; 64];
        frame[0] = 2;
        let planes = [1, 0].map(|byte| raw.iter().skip(byte).step_by(2).copied().collect::<Vec<u8>>());
        for (number, plane) in planes.iter().enumerate() {
            let start = frame.len() as u32;
            frame[4 + 4 * number..8 + 4 * number].copy_from_slice(&start.to_le_bytes());
            frame.push(plane.len() as u8 - 1);
            frame.extend(plane);
            frame.resize(frame.len().next_multiple_of(2), 128);
        }
        // In two fragments.
        for part in [&frame[..70], &frame[70..]] {
            made.extend([0xfe, 0xff, 0, 0xe0]);
            made.extend((part.len() as u32).to_le_bytes());
            made.extend(part);
        }
        made.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
        std::fs::write(&path, made).unwrap();
    }
    is_the_series(folder.path());
}

#[test]
fn an_enhanced_object_is_the_series() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("enhanced");
    write(&path, &enhanced(), EXPLICIT);
    is_the_series(&path);
    is_the_series(folder.path());
}

#[test]
fn what_is_wrong_with_a_series_is_said_with_its_numbers() {
    let missing = series(EXPLICIT, |_, _| {});
    std::fs::remove_file(missing.path().join(format!("{:X}", (2 * 7 + 3) % 11))).unwrap();
    refusal(missing.path(), &["5.0 mm between", "2.5 mm is usual", "(0020,0032)"]);
    let twice = series(EXPLICIT, |_, _| {});
    write(&twice.path().join("again"), &slice(4), EXPLICIT);
    refusal(twice.path(), &["again", "both lie at -10\\5\\10 mm"]);
    let tilted = series(EXPLICIT, |z, object| {
        let at = format!("-10\\{}\\{}", 5.0 + z as f64, z as f64 * 2.5);
        text(object, tags::IMAGE_POSITION_PATIENT, VR::DS, &at);
    });
    refusal(tilted.path(), &["21.8 degrees", "5.0 mm over 12.5 mm"]);
    let patients = series(EXPLICIT, |z, object| {
        if z > 2 {
            text(object, tags::PATIENT_ID, VR::LO, "P02");
        }
    });
    refusal(patients.path(), &["2 patients", "P01", "P02"]);
    let two = series(EXPLICIT, |z, object| {
        if z > 2 {
            text(object, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.9");
        }
    });
    refusal(two.path(), &["2 series", "1.2.3.9", "radscore dicom"]);
    let sizes = series(EXPLICIT, |z, object| {
        if z % 2 == 0 {
            text(object, tags::PIXEL_SPACING, VR::DS, "1\\1");
        }
    });
    refusal(sizes.path(), &["2 stacks", "1 x 1 mm", "2 x 1.5 mm"]);
    let colours = series(EXPLICIT, |_, object| short(object, tags::SAMPLES_PER_PIXEL, 3));
    refusal(colours.path(), &["colours"]);
    let unknown = series("1.2.840.10008.1.2.4.100", |_, _| {});
    refusal(unknown.path(), &["1.2.840.10008.1.2.4.100"]);
    let words = series(EXPLICIT, |_, object| text(object, tags::PIXEL_SPACING, VR::DS, "a\\b"));
    refusal(words.path(), &["(0028,0030) PixelSpacing", "not a number"]);
    // Empty UIDs: one folder is one series, and it is said.
    let nameless = series(EXPLICIT, |_, object| {
        text(object, tags::SERIES_INSTANCE_UID, VR::UI, "");
    });
    is_the_series(nameless.path());
    let warnings = read_header(nameless.path()).unwrap().warnings;
    assert!(warnings.iter().any(|warning| warning.contains("SeriesInstanceUID")));
}

#[test]
fn a_localiser_and_files_of_other_kinds_are_left_out() {
    let folder = series(EXPLICIT, |_, _| {});
    let mut localiser = slice(0);
    text(
        &mut localiser,
        tags::IMAGE_ORIENTATION_PATIENT,
        VR::DS,
        "0\\1\\0\\0\\0\\-1",
    );
    write(&folder.path().join("scout"), &localiser, EXPLICIT);
    std::fs::write(folder.path().join("notes.txt"), "not DICOM").unwrap();
    is_the_series(folder.path());
    let warnings = read_header(folder.path()).unwrap().warnings;
    assert!(warnings.iter().any(|warning| warning.contains("scout")), "{warnings:?}");
    let none = tempfile::tempdir().unwrap();
    std::fs::write(none.path().join("notes.txt"), "not DICOM").unwrap();
    assert!(matches!(read_volume(none.path()), Err(VolumeError::NotAFile { .. })));
}
