//! How hospitals lay out their folders, and what must come of each.

use super::*;

const PEOPLE: [&str; 6] = ["张三", "李四", "王五", "赵六", "孙七", "周八"];

/// Candidates as a look into the folder gives them.
fn candidates(paths: &[String]) -> Vec<Candidate> {
    let mut paths = paths.to_vec();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let ending = [".seg.nrrd", ".nii.gz", ".nrrd"]
                .into_iter()
                .find(|ending| path.ends_with(ending))
                .unwrap();
            Candidate {
                name: path.strip_suffix(ending).unwrap().to_owned(),
                path: path.clone(),
                role: (ending == ".seg.nrrd").then_some(Role::Mask),
            }
        })
        .collect()
}

/// Six cases of a layout: P is the number as P_001, Z a name, N and D digits.
fn layout(forms: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, person) in PEOPLE.iter().enumerate() {
        let number = at + 1;
        for form in forms {
            let path = form
                .replace("{P}", &format!("P_{number:03}"))
                .replace("{Z}", person)
                .replace("{N}", &format!("{number:03}"))
                .replace("{D}", &number.to_string());
            paths.push(path);
        }
    }
    paths
}

fn paired(paths: &[String]) -> Pairing {
    pair(&candidates(paths), None, &[])
}

#[test]
fn fourteen_layouts_of_hospitals_pair_without_a_pattern() {
    let numbers: Vec<String> = (1..=6).map(|number| format!("P_{number:03}")).collect();
    let cases: Vec<String> = (1..=6).map(|number| format!("case_{number:03}")).collect();
    let mut people: Vec<String> = PEOPLE.map(str::to_owned).to_vec();
    people.sort();
    for (name, forms, ids, masks) in [
        ("01", &["{P}/ct.nii.gz", "{P}/mask.nii.gz"][..], &numbers, 1),
        ("02", &["{P}/image.nii.gz", "{P}/label.nii.gz"], &numbers, 1),
        ("03", &["{Z}/平扫.nii.gz", "{Z}/标注.nii.gz"], &people, 1),
        ("04", &["{Z}_CT.nii.gz", "{Z}_mask.nii.gz"], &people, 1),
        ("05", &["{P}.nii.gz", "{P}_label.nii.gz"], &numbers, 1),
        (
            "06",
            &["imagesTr/case_{N}_0000.nii.gz", "labelsTr/case_{N}.nii.gz"],
            &cases,
            1,
        ),
        ("07", &["CT/{P}.nii.gz", "ROI/{P}_roi.nii.gz"], &numbers, 1),
        ("08", &["{P}/CT/{P}.nii.gz", "{P}/seg/{P}-label.nii.gz"], &numbers, 1),
        ("09", &["{P}/CT.nii.gz", "{P}/Segmentation.nii.gz"], &numbers, 1),
        ("10", &["{P} CT plain.nii.gz", "{P} CT plain-label.nii.gz"], &numbers, 1),
        (
            "11",
            &["{P}/{P}.nii.gz", "{P}/{P}_seg_zhang.nii.gz", "{P}/{P}_seg_li.nii.gz"],
            &numbers,
            2,
        ),
        (
            "12",
            &["{P}/2019-03-0{D}/CT.nii.gz", "{P}/2019-03-0{D}/VOI.nii.gz"],
            &numbers,
            1,
        ),
        ("13", &["{P}.nrrd", "{P}-seg.nrrd"], &numbers, 1),
        (
            "14",
            &["{P}/2 Lung 1.25.nrrd", "{P}/Segmentation.seg.nrrd"],
            &numbers,
            1,
        ),
    ] {
        let paths = layout(forms);
        let found = paired(&paths);
        assert_eq!(found.left_over, [], "{name}");
        let found_ids: Vec<&str> = found.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(found_ids, ids.iter().map(String::as_str).collect::<Vec<_>>(), "{name}");
        for case in &found.cases {
            // Image and masks of a case were written one after the other.
            let at = paths.iter().position(|path| *path == case.image).unwrap();
            let mut own: Vec<&str> = paths[at + 1..at + forms.len()].iter().map(String::as_str).collect();
            own.sort_unstable();
            let mut masks_found: Vec<&str> = case.masks.iter().map(|mask| mask.path.as_str()).collect();
            masks_found.sort_unstable();
            assert_eq!(masks_found, own, "{name} {}", case.id);
        }
        assert_eq!(found.has_choice(), masks > 1, "{name}");
    }
}

#[test]
fn two_readers_are_told_by_their_names() {
    let found = paired(&layout(&[
        "{P}/{P}.nii.gz",
        "{P}/{P}_seg_zhang.nii.gz",
        "{P}/{P}_seg_li.nii.gz",
    ]));
    let mut readers = found.readers();
    readers.sort();
    assert_eq!(readers, [("li".to_owned(), 6), ("zhang".to_owned(), 6)]);
    let folders = ["images/{P}.nii.gz", "masks/{P}.nii.gz", "masks-reader2/{P}.nii.gz"];
    let mut readers = paired(&layout(&folders)).readers();
    readers.sort();
    assert_eq!(readers, [("masks".to_owned(), 6), ("reader2".to_owned(), 6)]);
}

#[test]
fn what_fits_two_images_fits_none_until_a_word_tells_them_apart() {
    let forms = ["{P}_plain.nii.gz", "{P}_contrast.nii.gz", "{P}_mask.nii.gz"];
    let found = paired(&layout(&forms));
    assert!(found.cases.is_empty());
    assert_eq!(found.left_over.len(), 18);
    assert!(found.left_over.iter().any(|left| {
        left.why
            .contains("fits 2 images (P_001_contrast.nii.gz, P_001_plain.nii.gz)")
    }));
    let found = pair(&candidates(&layout(&forms)), Some("plain"), &[]);
    assert_eq!(found.cases.len(), 6);
    assert_eq!(found.cases[0].id, "P_001");
    assert!(
        found
            .left_over
            .iter()
            .all(|left| left.path.contains("contrast") && left.why.contains("\"plain\""))
    );
}

#[test]
fn what_has_no_partner_is_left_over_with_the_reason() {
    let mut paths = layout(&["{P}/ct.nii.gz", "{P}/mask.nii.gz"]);
    paths.retain(|path| path != "P_002/mask.nii.gz" && path != "P_005/ct.nii.gz");
    let found = paired(&paths);
    assert_eq!(found.cases.len(), 4);
    let left: Vec<(&str, &str)> = found
        .left_over
        .iter()
        .map(|left| (left.path.as_str(), left.why.as_str()))
        .collect();
    assert_eq!(
        left,
        [
            ("P_002/ct.nii.gz", "no mask goes with it"),
            ("P_005/mask.nii.gz", "no image goes with it")
        ]
    );
}

#[test]
fn several_cases_of_a_patient_have_ids_of_their_own() {
    let mut paths = Vec::new();
    for patient in ["P01", "P02"] {
        for level in ["T8", "T9"] {
            paths.push(format!("{patient}/{level}_ct.nii.gz"));
            paths.push(format!("{patient}/{level}_mask.nii.gz"));
        }
    }
    let found = paired(&paths);
    let ids: Vec<(&str, Option<&str>)> = found
        .cases
        .iter()
        .map(|case| (case.id.as_str(), case.patient.as_deref()))
        .collect();
    assert_eq!(
        ids,
        [
            ("P01 T8", Some("P01")),
            ("P01 T9", Some("P01")),
            ("P02 T8", Some("P02")),
            ("P02 T9", Some("P02"))
        ]
    );
}

#[test]
fn a_table_decides_what_of_a_name_is_the_case() {
    let paths = layout(&["{Z}/{P}_ct.nii.gz", "{Z}/{P}_mask.nii.gz"]);
    assert_eq!(paired(&paths).cases[0].id, "P_001");
    let known = PEOPLE.map(str::to_owned);
    let found = pair(&candidates(&paths), None, &known);
    assert!(known.contains(&found.cases[0].id), "{}", found.cases[0].id);
}

#[test]
fn one_case_alone_is_called_by_its_folder() {
    let paths = ["P_007/ct.nii.gz".to_owned(), "P_007/mask.nii.gz".to_owned()];
    assert_eq!(paired(&paths).cases[0].id, "P_007");
    assert_eq!(
        paired(&["ct.nii.gz".to_owned(), "mask.nii.gz".to_owned()]).cases[0].id,
        "case"
    );
    assert_eq!(paired(&[]), Pairing::default());
}

#[test]
fn names_of_earlier_readings_stay_as_they_are_written() {
    for (image, mask, id) in [
        ("STS_001_CT.nii.gz", "STS-001-mask.nii.gz", "STS_001"),
        ("1.2.840.1_ct.nii.gz", "1.2.840.1_seg.nii.gz", "1.2.840.1"),
        ("images/甲.nii.gz", "masks/甲.nii.gz", "甲"),
    ] {
        let found = paired(&[image.to_owned(), mask.to_owned()]);
        assert_eq!(found.cases.len(), 1, "{image}");
        assert_eq!(found.cases[0].id, id);
    }
}
