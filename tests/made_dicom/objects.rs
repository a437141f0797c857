//! The objects that the tests are made of: a small CT series, its enhanced form, a segmentation and contours on it.

use std::io::Write;
use std::path::Path;

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use tempfile::TempDir;

pub const COLUMNS: usize = 8;

pub const ROWS: usize = 7;

pub const SLICES: usize = 6;

pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";

pub type Object = InMemDicomObject;

pub fn text(object: &mut Object, tag: Tag, vr: VR, value: &str) {
    object.put(DataElement::new(tag, vr, value));
}

pub fn short(object: &mut Object, tag: Tag, value: u16) {
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
}

pub fn sequence(object: &mut Object, tag: Tag, items: Vec<Object>) {
    object.put(DataElement::new(
        tag,
        VR::SQ,
        DataSetSequence::new(items, Length::UNDEFINED),
    ));
}

pub fn item(fill: impl FnOnce(&mut Object)) -> Object {
    let mut object = Object::new_empty();
    fill(&mut object);
    object
}

/// The stored value of a voxel.
pub fn stored(x: usize, y: usize, z: usize) -> i16 {
    (x * 3 + y * 50 + z * 400) as i16 - 700
}

/// A CT slice of 2 x 1.5 mm pixels, 2.5 mm apart; HU = stored - 24.
pub fn slice(z: usize) -> Object {
    let mut object = Object::new_empty();
    let o = &mut object;
    text(o, tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.2");
    text(o, tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.3.{}", z + 1));
    text(o, tags::MODALITY, VR::CS, "CT");
    text(o, tags::SERIES_DESCRIPTION, VR::LO, "thorax");
    text(o, tags::PATIENT_ID, VR::LO, "P01");
    text(o, tags::KVP, VR::DS, "120");
    text(o, tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3");
    text(o, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.4");
    text(o, tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.5");
    text(o, tags::INSTANCE_NUMBER, VR::IS, &format!("{}", SLICES - z));
    place(o, z as f64 * 2.5);
    pixels(o, 16, 16, 1);
    text(o, tags::PIXEL_SPACING, VR::DS, "1.5\\2");
    text(o, tags::SLICE_THICKNESS, VR::DS, "3");
    text(o, tags::RESCALE_INTERCEPT, VR::DS, "-24");
    text(o, tags::RESCALE_SLOPE, VR::DS, "1");
    let values: Vec<u16> = (0..ROWS * COLUMNS)
        .map(|at| stored(at % COLUMNS, at / COLUMNS, z) as u16)
        .collect();
    o.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(values.into()),
    ));
    object
}

pub fn place(object: &mut Object, z: f64) {
    text(object, tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("-10\\5\\{z}"));
    text(object, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0");
}

pub fn pixels(object: &mut Object, allocated: u16, bits: u16, signed: u16) {
    short(object, tags::SAMPLES_PER_PIXEL, 1);
    text(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    short(object, tags::ROWS, ROWS as u16);
    short(object, tags::COLUMNS, COLUMNS as u16);
    short(object, tags::BITS_ALLOCATED, allocated);
    short(object, tags::BITS_STORED, bits);
    short(object, tags::HIGH_BIT, bits - 1);
    short(object, tags::PIXEL_REPRESENTATION, signed);
}

/// A file of an object; of the transfer syntax that its name is the UID of.
pub fn write(path: &Path, object: &Object, syntax: &str) {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    let mut uid = syntax.as_bytes().to_vec();
    if uid.len() % 2 == 1 {
        uid.push(0);
    }
    bytes.extend([2, 0, 0x10, 0, b'U', b'I', uid.len() as u8, 0]);
    bytes.extend(&uid);
    let mut body = Vec::new();
    match syntax {
        "1.2.840.10008.1.2" => object.write_dataset_with_ts(&mut body, &entries::IMPLICIT_VR_LITTLE_ENDIAN.erased()),
        "1.2.840.10008.1.2.2" => object.write_dataset_with_ts(&mut body, &entries::EXPLICIT_VR_BIG_ENDIAN.erased()),
        _ => object.write_dataset_with_ts(&mut body, &entries::EXPLICIT_VR_LITTLE_ENDIAN.erased()),
    }
    .unwrap();
    if syntax == "1.2.840.10008.1.2.1.99" {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&body).unwrap();
        body = encoder.finish().unwrap();
    }
    bytes.extend(body);
    std::fs::write(path, bytes).unwrap();
}

/// A folder with the whole series, each slice changed.
pub fn series(syntax: &str, change: impl Fn(usize, &mut Object)) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for z in 0..SLICES {
        let mut object = slice(z);
        change(z, &mut object);
        write(&folder.path().join(format!("{:X}", (z * 7 + 3) % 11)), &object, syntax);
    }
    folder
}

/// The series as one enhanced object, its frames out of order.
pub fn enhanced() -> Object {
    let mut object = slice(0);
    let order = [3, 0, 5, 1, 4, 2];
    for tag in [
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::PIXEL_SPACING,
        tags::SLICE_THICKNESS,
        tags::RESCALE_INTERCEPT,
        tags::RESCALE_SLOPE,
    ] {
        object.remove_element(tag);
    }
    text(&mut object, tags::NUMBER_OF_FRAMES, VR::IS, "6");
    let shared = item(|o| {
        sequence(
            o,
            tags::PLANE_ORIENTATION_SEQUENCE,
            vec![item(|o| {
                text(o, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0");
            })],
        );
        sequence(
            o,
            tags::PIXEL_MEASURES_SEQUENCE,
            vec![item(|o| text(o, tags::PIXEL_SPACING, VR::DS, "1.5\\2"))],
        );
    });
    let frames = order
        .iter()
        .map(|&z| {
            item(|o| {
                let at = format!("-10\\5\\{}", f64::from(z) * 2.5);
                sequence(
                    o,
                    tags::PLANE_POSITION_SEQUENCE,
                    vec![item(|o| text(o, tags::IMAGE_POSITION_PATIENT, VR::DS, &at))],
                );
                sequence(
                    o,
                    tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
                    vec![item(|o| {
                        text(o, tags::RESCALE_INTERCEPT, VR::DS, "-24");
                        text(o, tags::RESCALE_SLOPE, VR::DS, "1");
                    })],
                );
            })
        })
        .collect();
    sequence(&mut object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);
    sequence(&mut object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    let values: Vec<u16> = order
        .iter()
        .flat_map(|&z| (0..ROWS * COLUMNS).map(move |at| stored(at % COLUMNS, at / COLUMNS, z as usize) as u16))
        .collect();
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(values.into()),
    ));
    object
}

/// A segmentation: segment 1 fills pixels of slices 1 and 3 (slice 2 has no frame), segment 2 one pixel of slice 3 that is also
/// segment 1's.
pub fn segmentation() -> Object {
    let mut object = slice(0);
    text(&mut object, tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.66.4");
    text(&mut object, tags::MODALITY, VR::CS, "SEG");
    text(&mut object, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.7");
    object.remove_element(tags::IMAGE_POSITION_PATIENT);
    pixels(&mut object, 1, 1, 0);
    text(&mut object, tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    text(&mut object, tags::NUMBER_OF_FRAMES, VR::IS, "3");
    sequence(
        &mut object,
        tags::REFERENCED_SERIES_SEQUENCE,
        vec![item(|o| text(o, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.4"))],
    );
    let segment = |number: u16, name: &str| {
        item(|o| {
            short(o, tags::SEGMENT_NUMBER, number);
            text(o, tags::SEGMENT_LABEL, VR::LO, name);
        })
    };
    sequence(
        &mut object,
        tags::SEGMENT_SEQUENCE,
        vec![segment(1, "liver"), segment(2, "lesion")],
    );
    let shared = item(|o| {
        sequence(
            o,
            tags::PIXEL_MEASURES_SEQUENCE,
            vec![item(|o| {
                text(o, tags::PIXEL_SPACING, VR::DS, "1.5\\2");
                text(o, tags::SPACING_BETWEEN_SLICES, VR::DS, "2.5");
            })],
        );
    });
    sequence(&mut object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);
    let frames = [(3, 1u16), (1, 1), (3, 2)]
        .into_iter()
        .map(|(z, number)| {
            item(|o| {
                // As programs write it: rounded, so a little off the image's slices.
                let at = format!("-10\\5.0001\\{:.4}", f64::from(z) * 2.5 + 0.0002);
                sequence(
                    o,
                    tags::PLANE_POSITION_SEQUENCE,
                    vec![item(|o| text(o, tags::IMAGE_POSITION_PATIENT, VR::DS, &at))],
                );
                sequence(
                    o,
                    tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                    vec![item(|o| short(o, tags::REFERENCED_SEGMENT_NUMBER, number))],
                );
            })
        })
        .collect();
    sequence(&mut object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    let mut bits = [false; 3 * ROWS * COLUMNS];
    for (frame, inside) in [(0, vec![9, 10, 11]), (1, vec![0, 55]), (2, vec![10])] {
        for at in inside {
            bits[frame * ROWS * COLUMNS + at] = true;
        }
    }
    let bytes: Vec<u8> = bits
        .chunks(8)
        .map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)))
        .collect();
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PrimitiveValue::U8(bytes.into()),
    ));
    object
}

/// A closed contour around pixels, half a pixel out, on a slice.
pub fn square(low: [f64; 2], high: [f64; 2], z: f64) -> Object {
    let world = |x: f64, y: f64| format!("{}\\{}\\{}", x * 2.0 - 10.0, y * 1.5 + 5.0, z * 2.5);
    let points = [
        world(low[0] - 0.5, low[1] - 0.5),
        world(high[0] + 0.5, low[1] - 0.5),
        world(high[0] + 0.5, high[1] + 0.5),
        world(low[0] - 0.5, high[1] + 0.5),
    ];
    item(|o| {
        text(o, tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, "CLOSED_PLANAR");
        text(o, tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, "4");
        text(o, tags::CONTOUR_DATA, VR::DS, &points.join("\\"));
    })
}

pub fn structures(regions: Vec<(u16, &str, Vec<Object>)>) -> Object {
    let mut object = Object::new_empty();
    text(
        &mut object,
        tags::SOP_CLASS_UID,
        VR::UI,
        "1.2.840.10008.5.1.4.1.1.481.3",
    );
    text(&mut object, tags::MODALITY, VR::CS, "RTSTRUCT");
    text(&mut object, tags::PATIENT_ID, VR::LO, "P01");
    text(&mut object, tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3");
    text(&mut object, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.8");
    let names = regions
        .iter()
        .map(|(number, name, _)| {
            item(|o| {
                text(o, tags::ROI_NUMBER, VR::IS, &number.to_string());
                text(o, tags::REFERENCED_FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.5");
                text(o, tags::ROI_NAME, VR::LO, name);
            })
        })
        .collect();
    let drawn = regions
        .into_iter()
        .map(|(number, _, contours)| {
            item(|o| {
                sequence(o, tags::CONTOUR_SEQUENCE, contours);
                text(o, tags::REFERENCED_ROI_NUMBER, VR::IS, &number.to_string());
            })
        })
        .collect();
    sequence(&mut object, tags::STRUCTURE_SET_ROI_SEQUENCE, names);
    sequence(&mut object, tags::ROI_CONTOUR_SEQUENCE, drawn);
    object
}
