//! Small sound files of every kind, from which mutants are made: written by radscore where it writes the kind, and taken from
//! the repository where it lies there.

use std::fs;
use std::path::Path;

use radscore::volume::{Geometry, Samples, Volume, write_nifti, write_nrrd};

/// The seeds of a target; files in `corpus/TARGET` are taken too.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = match target {
        "nifti" => images("nii").into_iter().chain(images("nii.gz")).collect(),
        "nrrd" => images("nrrd").into_iter().chain(text_nrrds()).collect(),
        _ => Vec::new(),
    };
    let folder = Path::new("corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    match target {
        "parameters" => files.extend(below("../configs/extraction")),
        "audit" => files.extend(below("../configs/models")),
        "study" => files.push("../configs/study.yaml".into()),
        "workbook" => files.extend(tables(&["xlsx", "ods"])),
        "old-workbook" => files.extend(tables(&["xls"])),
        "spss" => files.extend(tables(&["sav", "zsav"])),
        "stata" => files.extend(tables(&["dta"])),
        "table" => files.push("../sample-cases/cohort.csv".into()),
        _ => {}
    }
    files.sort();
    seeds.extend(files.iter().filter_map(|file| fs::read(file).ok()));
    assert!(!seeds.is_empty(), "there is no seed for {target}");
    seeds
}

/// The tables of the goldens with some endings.
fn tables(endings: &[&str]) -> Vec<std::path::PathBuf> {
    let mut files = below("../tests/golden/tables");
    files.retain(|file| {
        file.extension()
            .is_some_and(|ending| endings.iter().any(|known| ending == *known))
    });
    files
}

fn below(folder: &str) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

/// A small volume in several types, as bytes of files.
fn images(ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new("found");
    [
        Samples::U8((0..60).map(|at| at % 3).collect()),
        Samples::I16((0..60).map(|at| at * 17 - 400).collect()),
        Samples::F32((0..60u8).map(|at| f32::from(at) / 7.0).collect()),
    ]
    .into_iter()
    .map(|samples| {
        let volume = Volume {
            geometry: Geometry {
                size: [5, 4, 3],
                spacing: [0.8, 0.9, 2.5],
                origin: [-10.0, 4.0, 7.5],
                direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            },
            samples,
        };
        let path = folder.join(format!("seed.{ending}"));
        let written = if ending == "nrrd" {
            write_nrrd(&path, &volume)
        } else {
            write_nifti(&path, &volume)
        };
        written.expect("a seed can be written");
        let bytes = fs::read(&path).expect("a seed can be read");
        let _ = fs::remove_file(&path);
        bytes
    })
    .collect()
}

/// Headers of other encodings, planes and several files.
fn text_nrrds() -> Vec<Vec<u8>> {
    let head = "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 3 2 2\n\
                space directions: (1,0,0) (0,1,0) (0,0,2)\nspace origin: (0,0,0)\nendian: little\n";
    let plane = "NRRD0004\ntype: uchar\ndimension: 2\nspace dimension: 2\nsizes: 3 2\nspace directions: (1,0) (0,1)\n\
                 space origin: (0,0)\nencoding: ascii\n\n0 1 1 0 2 2\n";
    vec![
        format!("{head}encoding: ascii\n\n1 2 3 4 5 6 7 8 9 10 11 12\n").into_bytes(),
        format!("{head}encoding: hex\n\n{}\n", "0100".repeat(12)).into_bytes(),
        format!("{head}encoding: raw\nbyte skip: -1\n\n{}", "ab".repeat(13)).into_bytes(),
        format!("{head}encoding: raw\ndata file: LIST\na.raw\nb.raw\n").into_bytes(),
        format!("{head}encoding: raw\ndata file: slice%03d.raw 1 2 1\n").into_bytes(),
        plane.as_bytes().to_vec(),
    ]
}
