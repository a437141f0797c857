//! PET images as uptake values: the factor by hand, and what is refused by its tag.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use radscore::volume::{
    LabelChoice, LoadOptions, Samples, Scan, Uptake, Volume, VolumeError, load, read_volume, write_nrrd,
};
use tempfile::TempDir;

use super::objects::{EXPLICIT, Object, item, sequence, series, stored, text};

const HALF_LIFE: f64 = 6586.2;

/// When, within a frame of 180 s, the activity was its mean.
fn mean_of_frame() -> f64 {
    let decay = std::f64::consts::LN_2 / HALF_LIFE;
    (180.0 * decay / (1.0 - (-180.0 * decay).exp())).ln() / decay
}

/// A tracer that was injected an hour before the scan.
fn tracer(object: &mut Object, change: &dyn Fn(&mut Object)) {
    let told = item(|o| {
        text(o, tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, "370000000");
        text(o, tags::RADIONUCLIDE_HALF_LIFE, VR::DS, "6586.2");
        text(o, tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, "091500.000");
        change(o);
    });
    sequence(object, tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![told]);
}

/// A PET of two beds of 180 s, corrected to the start of the first; Bq/ml = 2 * stored.
fn pet(change: &dyn Fn(&mut Object)) -> TempDir {
    series(EXPLICIT, |z, object| {
        let o = object;
        text(o, tags::MODALITY, VR::CS, "PT");
        text(o, tags::RESCALE_SLOPE, VR::DS, "2");
        text(o, tags::RESCALE_INTERCEPT, VR::DS, "0");
        text(o, tags::UNITS, VR::CS, "BQML");
        text(o, tags::CORRECTED_IMAGE, VR::CS, "DECY\\ATTN\\SCAT");
        text(o, tags::DECAY_CORRECTION, VR::CS, "START");
        text(o, tags::PATIENT_WEIGHT, VR::DS, "70");
        text(o, tags::PATIENT_SIZE, VR::DS, "1.75");
        text(o, tags::PATIENT_SEX, VR::CS, "M");
        text(o, tags::ACQUISITION_DATE, VR::DA, "20240110");
        let bed = f64::from(u8::from(z >= 3)) * 180.0;
        text(
            o,
            tags::ACQUISITION_TIME,
            VR::TM,
            if z < 3 { "101500" } else { "101800.0" },
        );
        text(o, tags::ACTUAL_FRAME_DURATION, VR::IS, "180000");
        let offset = (mean_of_frame() + bed) * 1000.0;
        text(o, tags::FRAME_REFERENCE_TIME, VR::DS, &format!("{offset:.6}"));
        tracer(o, &|_| {});
        change(o);
    })
}

fn scan(image: &TempDir, uptake: Uptake) -> Result<Scan, VolumeError> {
    let mask = image.path().join("mask.nrrd");
    let geometry = read_volume(image.path())?.geometry;
    let count = geometry.size.iter().product();
    let samples = Samples::U8(vec![1; count]);
    write_nrrd(&mask, &Volume { geometry, samples })?;
    let options = LoadOptions {
        label: LabelChoice::Value(1),
        uptake: Some(uptake),
        ..LoadOptions::default()
    };
    load(image.path(), &mask, &options)
}

/// The factor of all values.
fn factor(image: &TempDir, uptake: Uptake) -> f64 {
    let scan = scan(image, uptake).unwrap_or_else(|error| panic!("{error}"));
    let values = scan.image.all_values();
    let factor = values[[1, 2, 3]] / (2.0 * f64::from(stored(3, 2, 1)));
    for ((z, y, x), value) in values.indexed_iter() {
        let wanted = 2.0 * f64::from(stored(x, y, z)) * factor;
        assert!((value - wanted).abs() <= 1e-12 * wanted.abs(), "{x} {y} {z}");
    }
    factor
}

fn close(found: f64, wanted: f64) {
    assert!((found / wanted - 1.0).abs() < 1e-9, "{found} {wanted}");
}

#[test]
fn a_pet_is_given_as_uptake_values() {
    let image = pet(&|_| {});
    let decayed = 370e6 * (-3600.0 / HALF_LIFE).exp2();
    close(factor(&image, Uptake::BodyWeight), 70_000.0 / decayed);
    close(factor(&image, Uptake::LeanBodyMass), 56_520.0 / decayed);
    close(
        factor(&image, Uptake::IdealBodyWeight),
        (48.0 + 1.06 * 23.0) * 1000.0 / decayed,
    );
    let index = 70.0 / (1.75 * 1.75);
    let lean = 9270.0 * 70.0 / (6680.0 + 216.0 * index);
    close(
        factor(&image, Uptake::LeanBodyMassJanmahasatian),
        lean * 1000.0 / decayed,
    );
    let area = 0.007_184 * 70f64.powf(0.425) * 175f64.powf(0.725);
    close(factor(&image, Uptake::BodySurfaceArea), area * 1e4 / decayed);
    close(factor(&image, Uptake::Stored), 1.0);
    let said = scan(&image, Uptake::Stored).unwrap().warnings.join("; ");
    assert!(said.contains("BQML") && said.contains("not standardised"), "{said}");
    let said = scan(&image, Uptake::BodyWeight).unwrap().warnings.join("; ");
    assert!(said.contains("70 kg, 370 MBq, decayed for 3600 s"), "{said}");
    // Corrected to the injection, and values that are uptake values already.
    let injection = pet(&|o| text(o, tags::DECAY_CORRECTION, VR::CS, "ADMIN"));
    close(factor(&injection, Uptake::BodyWeight), 70_000.0 / 370e6);
    let already = pet(&|o| text(o, tags::UNITS, VR::CS, "GML"));
    close(factor(&already, Uptake::BodyWeight), 1.0);
    close(factor(&already, Uptake::LeanBodyMass), 56.52 / 70.0);
    // Philips' counts, by factors of its own.
    let counts = |with: bool| {
        pet(&|o| {
            text(o, tags::UNITS, VR::CS, "CNTS");
            text(o, dicom_core::Tag(0x7053, 0x0010), VR::LO, "Philips PET Private Group");
            text(
                o,
                dicom_core::Tag(0x7053, 0x1000),
                VR::DS,
                if with { "0.00025" } else { "0" },
            );
            text(o, dicom_core::Tag(0x7053, 0x1009), VR::DS, "1.5");
        })
    };
    close(factor(&counts(true), Uptake::BodyWeight), 0.00025);
    close(factor(&counts(false), Uptake::BodyWeight), 1.5 * 70_000.0 / decayed);
    // Injected before midnight, and with a date.
    let night = pet(&|o| {
        let late = o
            .element(tags::ACQUISITION_TIME)
            .unwrap()
            .to_str()
            .unwrap()
            .replace("101", "001");
        text(o, tags::ACQUISITION_TIME, VR::TM, &late);
        tracer(o, &|o| text(o, tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, "231500"));
    });
    close(factor(&night, Uptake::BodyWeight), 70_000.0 / decayed);
    let dated = pet(&|o| {
        tracer(o, &|o| {
            text(
                o,
                tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
                VR::DT,
                "20240110091500.00+0100",
            );
        });
    });
    close(factor(&dated, Uptake::BodyWeight), 70_000.0 / decayed);
}

#[test]
fn what_a_pet_does_not_say_is_refused_by_its_tag() {
    let refused = |image: &TempDir, parts: &[&str]| {
        let said = scan(image, Uptake::BodyWeight).unwrap_err().to_string();
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?}: {said}");
        // As they are stored they can be had.
        scan(image, Uptake::Stored).unwrap();
    };
    for (tag, name) in [
        (tags::UNITS, "(0054,1001) Units"),
        (tags::CORRECTED_IMAGE, "(0028,0051) CorrectedImage"),
        (tags::DECAY_CORRECTION, "(0054,1102) DecayCorrection"),
        (tags::PATIENT_WEIGHT, "(0010,1030) PatientWeight"),
        (tags::ACQUISITION_TIME, "(0008,0032) AcquisitionTime"),
        (tags::FRAME_REFERENCE_TIME, "(0054,1300) FrameReferenceTime"),
        (tags::ACTUAL_FRAME_DURATION, "(0018,1242) ActualFrameDuration"),
    ] {
        let image = pet(&|o| {
            o.remove_element(tag);
        });
        refused(&image, &[name, "missing", "suv: off"]);
    }
    for (tag, name) in [
        (tags::RADIONUCLIDE_TOTAL_DOSE, "RadionuclideTotalDose"),
        (tags::RADIONUCLIDE_HALF_LIFE, "RadionuclideHalfLife"),
        (tags::RADIOPHARMACEUTICAL_START_TIME, "RadiopharmaceuticalStartTime"),
    ] {
        let image = pet(&|o| {
            tracer(o, &|o| {
                o.remove_element(tag);
            });
        });
        refused(&image, &[name, "missing"]);
    }
    let changed = |tag, vr, value: &str, parts: &[&str]| {
        refused(&pet(&|o| text(o, tag, vr, value)), parts);
    };
    changed(tags::PATIENT_WEIGHT, VR::DS, "0", &["PatientWeight", "above 0"]);
    changed(tags::DECAY_CORRECTION, VR::CS, "NONE", &["DecayCorrection", "NONE"]);
    changed(tags::CORRECTED_IMAGE, VR::CS, "DECY", &["CorrectedImage", "ATTN"]);
    changed(tags::UNITS, VR::CS, "PROPCPS", &["Units", "PROPCPS"]);
    changed(
        tags::FRAME_REFERENCE_TIME,
        VR::DS,
        "0",
        &["FrameReferenceTime", "apart"],
    );
    let of_tracer = |tag, vr, value: &str, parts: &[&str]| {
        refused(&pet(&|o| tracer(o, &|o| text(o, tag, vr, value))), parts);
    };
    of_tracer(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, "370", &["TotalDose", "MBq"]);
    let dated = tags::RADIOPHARMACEUTICAL_START_DATE_TIME;
    of_tracer(
        dated,
        VR::DT,
        "20190110091500",
        &["StartDateTime", "dates or times were changed"],
    );
    of_tracer(dated, VR::DT, "20240110111500", &["StartDateTime", "-1.0 h"]);
}
