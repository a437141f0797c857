//! Segmentations and contours of the series, and the list of a folder with them.

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::tags;
use radscore::study::new::found::look;
use radscore::volume::{
    Asked, Contours, DicomKind, LabelChoice, LoadOptions, Scan, VolumeError, list_dicom, load, load_regions,
    regions_of, segments,
};

use crate::objects::{EXPLICIT, SLICES, segmentation, series, slice, square, stored, structures, text, write};

/// The voxels of a region, as indices of the whole image.
pub fn inside(scan: &Scan) -> Vec<[usize; 3]> {
    let [a, b, c] = scan.start;
    scan.mask
        .voxels
        .indexed_iter()
        .filter(|(_, inside)| **inside)
        .map(|((z, y, x), _)| [x + a, y + b, z + c])
        .collect()
}

pub fn region(image: &Path, mask: &Path, label: LabelChoice) -> Result<Scan, VolumeError> {
    let options = LoadOptions {
        label,
        ..LoadOptions::default()
    };
    load(image, mask, &options)
}

pub fn by_name(name: &str) -> LabelChoice {
    LabelChoice::Segment(name.to_owned())
}

#[test]
fn overlapping_segments_with_frames_left_out_are_found_by_name_and_number() {
    let folder = series(EXPLICIT, |_, _| {});
    let place = tempfile::tempdir().unwrap();
    let mask = place.path().join("seg");
    write(&mask, &segmentation(), EXPLICIT);
    for choice in [by_name("liver"), LabelChoice::Value(1)] {
        let scan = region(folder.path(), &mask, choice).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(inside(&scan), [[0, 0, 1], [7, 6, 1], [1, 1, 3], [2, 1, 3], [3, 1, 3]]);
    }
    let lesion = region(folder.path(), &mask, by_name("lesion")).unwrap();
    assert_eq!(inside(&lesion), [[2, 1, 3]]);
    assert_eq!(lesion.image.samples.get(0), f64::from(stored(2, 1, 3)) - 24.0);
    let said = region(folder.path(), &mask, by_name("spleen")).unwrap_err().to_string();
    assert!(said.contains("\"liver\"") && said.contains("\"lesion\""), "{said}");
    let said = region(folder.path(), &mask, LabelChoice::Value(9))
        .unwrap_err()
        .to_string();
    assert!(said.contains("\"liver\""), "{said}");
    let names: Vec<String> = segments(&mask)
        .unwrap()
        .into_iter()
        .map(|segment| segment.name)
        .collect();
    assert_eq!(names, ["liver", "lesion"]);
}

#[test]
fn contours_are_filled_with_their_holes_and_what_is_remarkable_is_said() {
    let folder = series(EXPLICIT, |_, _| {});
    let place = tempfile::tempdir().unwrap();
    let mask = place.path().join("rs");
    let mut open = square([1.0, 1.0], [2.0, 2.0], 1.0);
    text(&mut open, tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, "POINT");
    write(
        &mask,
        &structures(vec![
            (
                4,
                "ring",
                vec![square([1.0, 1.0], [4.0, 4.0], 2.0), square([2.0, 2.0], [3.0, 3.0], 2.0)],
            ),
            (7, "marker", vec![open]),
            (
                9,
                "gap",
                vec![square([0.0, 0.0], [1.0, 0.0], 0.0), square([0.0, 0.0], [1.0, 0.0], 3.0)],
            ),
            (10, "off", vec![square([6.0, 0.0], [9.0, 1.0], 0.0)]),
            (11, "above", vec![square([1.0, 1.0], [2.0, 2.0], 9.0)]),
            (
                12,
                "between",
                vec![square([1.0, 1.0], [2.0, 2.0], 1.2), square([1.0, 1.0], [2.0, 2.0], 0.9)],
            ),
            (13, "empty", vec![]),
        ]),
        EXPLICIT,
    );
    let ring = region(folder.path(), &mask, by_name("ring")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ring.mask.count(), 12);
    assert!(!inside(&ring).contains(&[2, 2, 2]) && inside(&ring).contains(&[1, 1, 2]));
    assert!(
        ring.warnings
            .iter()
            .any(|warning| warning.contains("4 voxels on 1 slices")),
        "{:?}",
        ring.warnings
    );
    let adding = LoadOptions {
        label: by_name("ring"),
        contours: Contours::Or,
        ..LoadOptions::default()
    };
    let full = load(folder.path(), &mask, &adding).unwrap();
    assert_eq!(full.mask.count(), 16);
    let said = full.warnings.join("; ");
    assert!(said.contains("4 voxels on 1 slices would be outside"), "{said}");
    let gap = region(folder.path(), &mask, LabelChoice::Value(9)).unwrap();
    let asked = [by_name("ring"), by_name("gap")].map(|choice| (mask.clone(), choice));
    let together = load_regions(folder.path(), &asked, &LoadOptions::default());
    let said = together.scan(1).unwrap().warnings;
    assert_eq!(said, gap.warnings, "what is said of one region is not said of another");
    assert_eq!(inside(&gap), [[0, 0, 0], [1, 0, 0], [0, 0, 3], [1, 0, 3]]);
    assert!(gap.warnings.iter().any(|warning| warning.contains("2 of the 4 slices")));
    for (name, parts) in [
        ("marker", ["marker", "POINT"]),
        ("off", ["pixel 8, 0", "another scan"]),
        ("above", ["22.500 mm", "6 slices"]),
        ("between", ["0.750 mm apart", "slice 2"]),
        ("empty", ["empty", "no contours"]),
    ] {
        let said = region(folder.path(), &mask, by_name(name)).unwrap_err().to_string();
        assert!(parts.iter().all(|part| said.contains(part)), "{name}: {said}");
    }
    let said = region(folder.path(), &mask, LabelChoice::Value(1))
        .unwrap_err()
        .to_string();
    assert!(said.contains("\"ring\""), "{said}");
    let all = regions_of(&mask, &Asked::All).unwrap();
    assert_eq!((all.len(), &all[0].choice), (7, &LabelChoice::Value(4)));
    let some = regions_of(&mask, &Asked::of("*BO?E")).unwrap();
    assert_eq!((some.len(), &some[0].choice), (1, &by_name("above")));
    let said = regions_of(&mask, &Asked::of("liver*")).unwrap_err().to_string();
    assert!(said.contains("liver*") && said.contains("\"ring\""), "{said}");
    let alone = region(folder.path(), &mask, by_name("ri*")).unwrap();
    assert_eq!(inside(&alone), inside(&ring));
    // Another frame of reference is another scan.
    let other = series(EXPLICIT, |_, object| {
        text(object, tags::FRAME_OF_REFERENCE_UID, VR::UI, "9.9");
    });
    let said = region(other.path(), &mask, by_name("ring")).unwrap_err().to_string();
    assert!(said.contains("9.9") && said.contains("1.2.3.5"), "{said}");
}

#[test]
fn a_folder_is_listed_with_its_masks() {
    let folder = tempfile::tempdir().unwrap();
    let (ct, rest) = (folder.path().join("a/ct"), folder.path().join("a/rest"));
    std::fs::create_dir_all(&ct).unwrap();
    std::fs::create_dir_all(&rest).unwrap();
    for z in 0..SLICES {
        write(&ct.join(z.to_string()), &slice(z), EXPLICIT);
    }
    write(&rest.join("seg"), &segmentation(), EXPLICIT);
    let ring = structures(vec![(1, "ring", vec![square([1.0, 1.0], [4.0, 4.0], 2.0)])]);
    write(&rest.join("rs"), &ring, EXPLICIT);
    // Within the series' description.
    let cut_off = std::fs::read(rest.join("seg")).unwrap();
    let within = cut_off.windows(6).position(|word| word == b"thorax").unwrap() + 3;
    std::fs::write(rest.join("broken"), &cut_off[..within]).unwrap();
    let listing = list_dicom(folder.path()).unwrap();
    assert_eq!(listing.unreadable.len(), 1);
    assert!(listing.unreadable[0].contains("broken"), "{:?}", listing.unreadable);
    let kinds: Vec<DicomKind> = listing.series.iter().map(|series| series.kind).collect();
    assert_eq!(kinds, [DicomKind::Image, DicomKind::Segmentation, DicomKind::Contours]);
    let image = &listing.series[0];
    assert_eq!(image.path, ct);
    assert_eq!(
        (image.value("KVP"), image.patient.as_str(), image.files),
        ("120", "P01", SLICES)
    );
    assert_eq!(image.geometry.unwrap().spacing, [2.0, 1.5, 2.5]);
    assert_eq!(listing.series[1].belongs_to.as_deref(), Some("1.2.3.4"));
    assert_eq!(listing.series[1].regions, ["liver", "lesion"]);
    assert_eq!(listing.series[2].frame_of_reference.as_deref(), Some("1.2.3.5"));
}

#[test]
fn a_region_that_two_segmentations_have_is_called_by_their_kinds() {
    let folder = tempfile::tempdir().unwrap();
    for z in 0..SLICES {
        write(&folder.path().join(z.to_string()), &slice(z), EXPLICIT);
    }
    write(&folder.path().join("seg"), &segmentation(), EXPLICIT);
    let liver = structures(vec![(1, "liver", vec![square([1.0, 1.0], [4.0, 4.0], 2.0)])]);
    write(&folder.path().join("rs"), &liver, EXPLICIT);
    let found = look(folder.path()).unwrap();
    let mut names: Vec<&str> = found.linked[0].masks.iter().map(|mask| mask.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["lesion", "liver RTSTRUCT", "liver SEG"]);
}
