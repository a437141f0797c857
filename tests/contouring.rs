//! A vertebra contoured from nothing by keys alone, against the mask that comes with the scan. The scan lies beside the repository
//! (`../shared/data`) and is no part of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "screens/driver.rs"]
#[allow(dead_code, reason = "the screens' tests need all of it")]
mod driver;
#[path = "goldens/mod.rs"]
mod goldens;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use radscore::figure::section::{Aim, Plane, index_of, whole};
use radscore::tui::opened::StudyOpener;
use radscore::volume::{Extent, LabelChoice, LoadOptions, Volume, load, overlap, read_volume};

use driver::{Driver, Kind};
use goldens::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(suite, data "spine-ct"; a_vertebra_is_contoured_from_nothing_by_keys_alone);
    suite.finish()
}

/// Where a session by keys is: the crosshair, the slice, and how the picture lies.
struct Hand {
    image: Volume,
    aim: Aim,
    cross: (usize, usize),
}

/// The picture at 80 x 24, in pixels.
const PICTURE: (usize, usize) = (56, 40);

impl Hand {
    /// The keys that bring the crosshair to a voxel, counted from 0.
    fn to(&mut self, [x, y, z]: [usize; 3]) -> String {
        let by = |from: usize, to: usize, back: &str, on: &str| {
            if to < from {
                back.repeat(from - to)
            } else {
                on.repeat(to - from)
            }
        };
        let mut keys = by(self.aim.slice, z, "[", "]");
        self.aim.slice = z;
        let (columns, rows) = PICTURE;
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let away = |(row, column): (usize, usize)| {
            let index = index_of(&self.image, &self.aim, columns, rows, column, row);
            (index[0] - x as f64).abs() + (index[1] - y as f64).abs()
        };
        let nearest = places.min_by(|one, other| away(*one).total_cmp(&away(*other))).unwrap();
        assert!(away(nearest) < 1.1, "{x} {y} is not on the picture");
        keys.push_str(&by(self.cross.0, nearest.0, "<Up>", "<Down>"));
        keys.push_str(&by(self.cross.1, nearest.1, "<Left>", "<Right>"));
        self.cross = nearest;
        keys
    }
}

fn a_vertebra_is_contoured_from_nothing_by_keys_alone(data: &Path) {
    let data = data.join("ts01");
    let folder = tempfile::tempdir().unwrap();
    fs::copy(data.join("ct.nii.gz"), folder.path().join("ct.nii.gz")).unwrap();
    let cohort = folder.path().join("cohort.csv");
    fs::write(
        &cohort,
        "id,patient,outcome,image,mask\nL3,1,0,ct.nii.gz,none.nii.gz\nL4,2,1,ct.nii.gz,none.nii.gz\n",
    )
    .unwrap();
    let image = read_volume(&data.join("ct.nii.gz")).unwrap();
    let driver = Driver::opening((80, 24), Kind::Terminal, None, Arc::new(StudyOpener::default()));
    let mut driver = driver.keys(&format!("<Down><Enter>{}<Enter>1v", cohort.display()));
    driver.buffer();
    driver = driver.keys("mzzzz");
    driver.buffer();
    let (columns, rows) = PICTURE;
    let mut aim = whole(&image, Plane::Axial, image.geometry.size[2] / 2, columns, rows);
    aim.pitch /= 1.25f64.powi(4);
    let mut hand = Hand {
        image,
        aim,
        cross: (rows / 2, columns / 2),
    };
    // A broad brush in the middle of the third lumbar vertebra, and in its neighbours; a narrower one around it.
    let mut keys = ".........".to_owned();
    for at in [[58, 43, 74], [55, 43, 74], [61, 43, 74]] {
        keys.push_str(&hand.to(at));
        keys.push_str("<Space>");
    }
    keys.push('t');
    for at in [
        [58, 40, 85],
        [53, 40, 85],
        [63, 40, 85],
        [53, 45, 63],
        [63, 45, 63],
        [58, 45, 63],
    ] {
        keys.push_str(&hand.to(at));
        keys.push_str("<Space>");
    }
    keys.push_str(",,,,,,");
    let around = [
        [46, 43],
        [70, 43],
        [58, 32],
        [58, 55],
        [48, 36],
        [69, 36],
        [48, 50],
        [69, 50],
        [52, 32],
        [64, 32],
        [52, 54],
        [64, 54],
    ];
    for z in [71, 74, 77] {
        for [x, y] in around {
            keys.push_str(&hand.to([x, y, z]));
            keys.push_str("<Space>");
        }
    }
    keys.push_str("g-I+");
    let mut driver = driver.keys(&keys).keys("a");
    assert!(
        driver.text().contains("takes the place of its mask"),
        "{}",
        driver.text()
    );
    let options = |label| LoadOptions {
        label: LabelChoice::Value(label),
        extent: Extent::Whole,
        ..LoadOptions::default()
    };
    let given = load(
        &data.join("ct.nii.gz"),
        &data.join("vertebral_bodies.nii.gz"),
        &options(22),
    )
    .unwrap();
    let made = load(
        &data.join("ct.nii.gz"),
        &folder.path().join("ct.mended.nii.gz"),
        &options(1),
    )
    .unwrap();
    let dice = overlap::agreement(&given.mask, &made.mask).unwrap().dice;
    assert!(dice > 0.85, "{dice}");
    println!("Dice {dice:.3}");
}
