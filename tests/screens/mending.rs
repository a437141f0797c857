//! Masks mended by keys: what is drawn, what is refused meanwhile, and what is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use radscore::tui::opened::StudyOpener;
use radscore::volume::geometry::IDENTITY;
use radscore::volume::{Geometry, LabelChoice, LoadOptions, Samples, Volume, load, write_nifti};

use crate::driver::{Driver, Kind};
use crate::made_up::plain;

#[test]
fn strokes_and_steps_are_said_taken_back_and_kept() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("v");
    driver.buffer();
    let mut driver = driver.keys("m");
    assert!(driver.text().contains("seeds inside, 3 mm"), "{}", driver.text());
    let mut driver = driver.keys("<Space>");
    assert!(driver.text().contains("inside=3: "), "{}", driver.text());
    // What is known of the case is not shown to whoever draws: no other screen, no run.
    for key in ["5", "H", "R", "r"] {
        driver = driver.keys(key);
        let text = driver.text();
        assert!(text.contains("a mask is being mended"), "{key}: {text}");
    }
    let mut driver = driver.keys("u");
    assert!(driver.text().contains("inside=3 taken back"), "{}", driver.text());
    let mut driver = driver.keys("<C-r>");
    assert!(driver.text().contains("inside=3 done again"), "{}", driver.text());
    let mut driver = driver.keys("E<C-u>erode=1<Enter>");
    assert!(driver.text().contains("is no step"), "{}", driver.text());
    let mut driver = driver.keys("Ecut=z:2-<Enter>b.<Space>");
    assert!(driver.text().contains("paint=4: "), "{}", driver.text());
    let mut driver = driver.keys("<Esc>");
    assert!(driver.text().contains("Esc again"), "{}", driver.text());
    let mut driver = driver.keys("I+-FMa");
    let asked = driver.asked();
    let (case, steps) = asked[0].split_once(": ").unwrap();
    assert_eq!(case, "mend case-000");
    let steps: Vec<&str> = steps.split(' ').collect();
    assert!(
        steps[0].starts_with("inside=3@") && steps[2].starts_with("paint=4@"),
        "{steps:?}"
    );
    assert_eq!(
        (steps[1], &steps[3..]),
        ("cut=z:2-", &["largest", "grow=1", "shrink=1", "fill", "smooth=1"][..])
    );
    let text = driver.text();
    assert!(
        text.contains("the mask is kept") && !text.contains("mending the mask"),
        "{text}"
    );
    // Esc leaves at once where nothing was done, and after it was said once.
    let mut driver = driver.keys("m<Esc>");
    assert!(!driver.text().contains("mending the mask"));
    let mut driver = driver.keys("m<Space><Esc><Esc>");
    assert!(!driver.text().contains("mending the mask") && driver.asked().len() == 1);
}

#[test]
fn a_held_brush_draws_as_the_crosshair_moves() {
    let mut driver = Driver::new((80, 24), Kind::Ascii, Some(plain())).keys("v");
    driver.buffer();
    let mut driver = driver.keys("m,,,,,v<Right><Right><Down>v<Right>tv<Left>a");
    assert!(driver.text().is_ascii());
    let asked = driver.asked().join(" ");
    let strokes = |tool: &str| {
        let (_, rest) = asked.split_once(tool).unwrap();
        rest.split(' ').next().unwrap().matches(';').count() + 1
    };
    assert_eq!(strokes("inside=0.5@"), 4, "{asked}");
    assert_eq!(strokes("outside=0.5@"), 2, "{asked}");
}

/// A table of two cases: one with a mask, one whose mask is not there.
fn cohort(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder.join("scans")).unwrap();
    let geometry = Geometry {
        size: [30, 30, 10],
        spacing: [1.0, 1.0, 2.0],
        origin: [0.0; 3],
        direction: IDENTITY,
    };
    let write = |name: &str, value: &dyn Fn(f64) -> u8| {
        let mut values = Vec::new();
        for z in 0..10 {
            for y in 0..30 {
                for x in 0..30 {
                    let away = [(x, 15.0, 1.0), (y, 15.0, 1.0), (z, 5.0, 2.0)];
                    values.push(value(
                        away.map(|(at, middle, step)| ((f64::from(at) - middle) * step).powi(2))
                            .iter()
                            .sum::<f64>()
                            .sqrt(),
                    ));
                }
            }
        }
        let samples = Samples::U8(values);
        write_nifti(&folder.join("scans").join(name), &Volume { geometry, samples }).unwrap();
    };
    write("a.nii.gz", &|away| if away < 7.0 { 200 } else { 20 });
    write("b.nii.gz", &|away| if away < 7.0 { 200 } else { 20 });
    write("a-mask.nii.gz", &|away| if away < 6.0 { 4 } else { 0 });
    let path = folder.join("cohort.csv");
    fs::write(
        &path,
        "id,patient,outcome,image,mask,label\na,1,0,scans/a.nii.gz,scans/a-mask.nii.gz,4\nb,2,1,scans/b.nii.gz,scans/b-mask.nii.gz,1\n",
    )
    .unwrap();
    path
}

fn open(path: &Path) -> Driver {
    let driver = Driver::opening((80, 24), Kind::Terminal, None, Arc::new(StudyOpener::default()));
    driver.keys(&format!("<Down><Enter>{}<Enter>1", path.display()))
}

fn voxels(image: &Path, mask: &Path, label: i64) -> usize {
    let options = LoadOptions {
        label: LabelChoice::Value(label),
        ..LoadOptions::default()
    };
    load(image, mask, &options).unwrap().mask.count()
}

#[test]
fn a_mended_mask_takes_the_place_of_the_original_and_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = cohort(folder.path());
    let scan = |name: &str| folder.path().join("scans").join(name);
    let original = fs::read(scan("a-mask.nii.gz")).unwrap();
    let mut driver = open(&path).keys("v");
    driver.buffer();
    let mut driver = driver.keys("m+a");
    assert!(
        driver.text().contains("takes the place of its mask"),
        "{}",
        driver.text()
    );
    assert_eq!(fs::read(scan("a-mask.nii.gz")).unwrap(), original);
    let (before, after) = (
        voxels(&scan("a.nii.gz"), &scan("a-mask.nii.gz"), 4),
        voxels(&scan("a.nii.gz"), &scan("a-mask.mended.nii.gz"), 4),
    );
    assert!(after > before, "{before} {after}");
    assert!(scan("a-mask.mended.history.json").is_file());
    let mut driver = driver.keys("<Esc>");
    assert!(driver.text().contains("mended"), "{}", driver.text());
    // Mended again, the new mask is mended, under a name that is free.
    let mut driver = driver.keys("v");
    driver.buffer();
    let mut driver = driver.keys("m-a<Esc>");
    driver.buffer();
    assert!(scan("a-mask.mended-2.nii.gz").is_file());
    let mut driver = driver.keys("u");
    assert!(driver.text().contains("a-mask.mended-2.nii.gz → "), "{}", driver.text());
    let mut driver = driver.keys("u");
    let text = driver.text();
    assert!(text.contains("a: its mended mask"), "{text}");
    assert_eq!(text.matches("mended").count(), 1, "{text}");
    // A case without a mask gets one from nothing.
    let mut driver = driver.keys("jv");
    assert!(driver.text().contains("contoured from nothing"), "{}", driver.text());
    let mut driver = driver.keys("mb<Space>a");
    assert!(
        driver.text().contains("takes the place of its mask"),
        "{}",
        driver.text()
    );
    assert!(voxels(&scan("b.nii.gz"), &scan("b.mended.nii.gz"), 1) > 10);
}
