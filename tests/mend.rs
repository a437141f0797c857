//! `radscore mend`: masks mended from the command line, written beside the original with their history.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use radscore::volume::{Geometry, LabelChoice, LoadOptions, Samples, Volume, load, write_nifti, write_nrrd};
use serde_json::Value;

fn radscore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .output()
        .unwrap()
}

fn done(arguments: &[&str]) -> Value {
    let output = radscore(&[&["mend"], arguments, &["--json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = radscore(&[&["mend"], arguments].concat());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    error
}

/// A bright ball in noise, a mask of it with a hole, a crumb and label 3, and seeds.
struct Files {
    folder: tempfile::TempDir,
}

const SIZE: [usize; 3] = [24, 20, 15];

fn ball([x, y, z]: [usize; 3]) -> bool {
    let away = [(x, 12.0), (y, 10.0), (z, 7.0)].map(|(at, middle)| at as f64 - middle);
    (away[0] * 0.8).powi(2) + (away[1] * 0.8).powi(2) + (away[2] * 1.5).powi(2) <= 36.0
}

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let mut state = 1u32;
        let values = Files::made(|index| {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            i16::from(ball(index)) * 300 + (state >> 25) as i16
        });
        files.write("ct.nii.gz", Samples::I16(values));
        let mask = Files::made(|index| {
            let holds = ball(index) && index != [12, 10, 7] || index == [1, 1, 1];
            if holds { 3 } else { u8::from(index == [22, 18, 13]) }
        });
        files.write("mask.nii.gz", Samples::U8(mask));
        let seeds = Files::made(|index| match index {
            [10..=14, 9..=11, 7] => 1,
            [0 | 23, _, 7] | [_, 0 | 19, 7] | [11..=13, 9..=11, 0 | 14] => 2,
            _ => 0,
        });
        files.write("seeds.nii.gz", Samples::U8(seeds));
        files
    }

    fn made<T>(mut value: impl FnMut([usize; 3]) -> T) -> Vec<T> {
        let [size_x, size_y, _] = SIZE;
        let place = |at: usize| [at % size_x, at / size_x % size_y, at / (size_x * size_y)];
        (0..SIZE.iter().product()).map(|at| value(place(at))).collect()
    }

    fn geometry() -> Geometry {
        Geometry {
            size: SIZE,
            spacing: [0.8, 0.8, 1.5],
            origin: [-100.3, 40.7, 12.1],
            direction: [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        }
    }

    fn write(&self, name: &str, samples: Samples) {
        let volume = Volume {
            geometry: Self::geometry(),
            samples,
        };
        write_nifti(&self.folder.path().join(name), &volume).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn history(&self, name: &str) -> Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    /// The voxels of a label of a mask on the image's grid.
    fn region(&self, mask: &str, label: i64) -> usize {
        let options = LoadOptions {
            label: LabelChoice::Value(label),
            ..LoadOptions::default()
        };
        let image: PathBuf = self.path("ct.nii.gz").into();
        let scan = load(&image, Path::new(&self.path(mask)), &options).unwrap();
        scan.mask.count()
    }
}

#[test]
fn a_mask_is_mended_beside_the_original_with_its_history() {
    let files = Files::new();
    let (image, mask, new) = (
        files.path("ct.nii.gz"),
        files.path("mask.nii.gz"),
        files.path("new.nii.gz"),
    );
    let before = files.bytes("mask.nii.gz");
    let ball = Files::made(ball).into_iter().filter(|&inside| inside).count();
    let steps = ["--do", "largest", "--do", "fill", "--do", "grow=2", "--do", "shrink=2"];
    let given = [&[image.as_str(), &mask, "--label", "3", "-o", &new][..], &steps].concat();
    let told = done(&given);
    assert_eq!(files.bytes("mask.nii.gz"), before, "the original stays as it is");
    assert_eq!(told["steps"][0]["before"], ball);
    assert_eq!(told["steps"][0]["after"], ball - 1);
    assert_eq!(told["steps"][1]["after"], ball);
    assert_eq!(told["value"], 3);
    // Label 1 of the original was not asked for, and is not in the new mask.
    assert_eq!(files.region("new.nii.gz", 3), told["voxels"].as_u64().unwrap() as usize);
    let history = files.history("new.history.json");
    assert_eq!(
        history["steps"],
        serde_json::json!(["largest", "fill", "grow=2", "shrink=2"])
    );
    assert_eq!(history["mask"]["file"], "mask.nii.gz");
    assert_eq!(history["mask"]["label"], "3");
    assert_eq!(history["result"]["voxels"], told["voxels"]);
    for (part, file) in [
        ("image", "ct.nii.gz"),
        ("mask", "mask.nii.gz"),
        ("result", "new.nii.gz"),
    ] {
        let digest = history[part]["sha256"].as_str().unwrap();
        assert_eq!(digest, radscore::study::artefact::digest(&files.bytes(file)), "{part}");
    }
    // Mended again, the earlier history goes along, and the same steps make the same bytes.
    let (again, third) = (files.path("again.nii.gz"), files.path("third.nii.gz"));
    done(&[&image, &new, "--label", "3", "--do", "cut=z:-7", "-o", &again]);
    assert_eq!(files.history("again.history.json")["earlier"], history);
    done(&[&[image.as_str(), &mask, "--label", "3", "-o", &third][..], &steps].concat());
    assert_eq!(files.bytes("third.nii.gz"), files.bytes("new.nii.gz"));
}

#[test]
fn a_region_is_grown_from_seeds_where_there_is_no_mask() {
    let files = Files::new();
    let (image, seeds) = (files.path("ct.nii.gz"), files.path("seeds.nii.gz"));
    for name in ["grown.nii.gz", "kept.nrrd"] {
        let new = files.path(name);
        let told = done(&[&image, "--seeds", &seeds, "-o", &new]);
        let ball = Files::made(ball).into_iter().filter(|&inside| inside).count() as f64;
        let voxels = told["voxels"].as_f64().unwrap();
        assert!((voxels / ball - 1.0).abs() < 0.02, "{voxels} of {ball}");
        assert_eq!(files.region(name, 1) as f64, voxels);
    }
    assert_eq!(files.history("grown.history.json")["seeds"]["file"], "seeds.nii.gz");
    assert_eq!(files.history("grown.history.json")["mask"], Value::Null);
    // The same from strokes alone, as the screens write them.
    let strokes = files.path("strokes.nii.gz");
    let told = done(&[
        &image,
        "--do",
        "inside=2@13,11,8",
        "--do",
        "outside=1@1,1,1;24,20,15;1,20,1;24,1,15;13,1,8;13,20,8",
        "--do",
        "contour",
        "-o",
        &strokes,
    ]);
    let ball = Files::made(ball).into_iter().filter(|&inside| inside).count() as f64;
    assert!((told["voxels"].as_f64().unwrap() / ball - 1.0).abs() < 0.05, "{told}");
}

#[test]
fn the_original_is_never_written_over_and_what_cannot_be_done_is_said() {
    let files = Files::new();
    let (image, mask, new) = (
        files.path("ct.nii.gz"),
        files.path("mask.nii.gz"),
        files.path("new.nii.gz"),
    );
    let fill = ["--do", "fill"];
    for output in [&mask, &image] {
        for overwrite in [&[][..], &["--overwrite"]] {
            let error = refused(&[&[image.as_str(), &mask, "-o", output][..], &fill, overwrite].concat());
            assert!(error.contains("is read by this command"), "{error}");
        }
    }
    let said = |more: &[&str], what: &str| {
        let error = refused(&[&[image.as_str(), &mask, "-o", &new][..], more].concat());
        assert!(error.contains(what), "{error}");
        assert!(!Path::new(&new).exists(), "{more:?}");
    };
    said(&[], "nothing is to be done");
    said(&["--do", "erode=1"], "the steps are largest");
    said(
        &["--do", "cut=z:16-"],
        "slice 16 does not exist: the image has 15 along z",
    );
    said(&["--do", "contour"], "there are no seeds");
    said(&["--do", "shrink=50"], "has no voxels");
    said(&["--do", "fill", "--label", "7"], "label 7 is not there");
    said(&["--seeds", &mask], "label 2 is not there");
    said(&["--do", "fill", "--value", "0"], "0 is not in 1..");
    let odd = files.path("new.png");
    let error = refused(&[&image, &mask, "--do", "fill", "-o", &odd]);
    assert!(error.contains("ends with .nii.gz, .nii or .nrrd"), "{error}");
    done(&[&image, &mask, "--do", "fill", "-o", &new]);
    let error = refused(&[&image, &mask, "--do", "fill", "-o", &new]);
    assert!(error.contains("--overwrite"), "{error}");
    done(&[&image, &mask, "--do", "fill", "-o", &new, "--overwrite"]);
}

#[test]
fn a_grid_that_nifti_cannot_keep_is_said_and_nrrd_keeps_it() {
    let files = Files::new();
    let (image, grown, nrrd) = (
        files.path("far.nrrd"),
        files.path("far.nii.gz"),
        files.path("far-mask.nrrd"),
    );
    let volume = Volume {
        geometry: Geometry {
            origin: [123_456.789_012_345, -98_765.432_109_876, 0.1],
            ..Files::geometry()
        },
        samples: Samples::I16(vec![5; SIZE.iter().product()]),
    };
    write_nrrd(Path::new(&image), &volume).unwrap();
    let error = refused(&[&image, "--do", "paint=2@5,5,5", "-o", &grown]);
    assert!(error.contains("a name that ends with .nrrd keeps it"), "{error}");
    assert!(!Path::new(&grown).exists() && !Path::new(&files.path("far.history.json")).exists());
    done(&[&image, "--do", "paint=2@5,5,5", "-o", &nrrd]);
}
