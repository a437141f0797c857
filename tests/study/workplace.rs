//! A folder to run studies in, and small made-up inputs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use radscore::study::engine::run::{Plan, Summary};
use radscore::study::engine::watch::Watch;
use radscore::study::{Study, StudyError};
use tempfile::TempDir;

/// A folder that is removed in the end.
pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

/// Runs all stages of a study.
pub fn run(path: &Path) -> Result<(Study, Summary), StudyError> {
    run_plan(path, &Plan::default())
}

/// Runs some stages of a study.
pub fn run_plan(path: &Path, plan: &Plan) -> Result<(Study, Summary), StudyError> {
    let mut study = Study::open(path)?;
    let summary = study.run(plan, &mut Watch::silent())?;
    Ok((study, summary))
}

/// The message with which a study cannot be opened, or with which its run fails.
pub fn complaint(path: &Path) -> String {
    match run(path) {
        Err(error) => error.to_string(),
        Ok((_, summary)) => {
            let (stage, message) = summary.failed.expect("the study should not have worked");
            format!("{stage}: {message}")
        }
    }
}

/// The built program.
pub fn radscore() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_radscore"));
    command.env_remove("RADSCORE_GOLDEN");
    command
}

/// What the built program says to some arguments.
pub fn said(arguments: &[&str]) -> Output {
    radscore().args(arguments).output().unwrap()
}

/// Every artefact below a folder: its path and its bytes; the work folder is no artefact.
pub fn artefacts(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap() == ".work" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Panics with the first file that differs.
pub fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (artefacts(left), artefacts(right));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    assert!(!left.is_empty());
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        assert!(left == right, "{} differs", name.display());
    }
}

/// A table of features with an outcome that two of them predict a little, one row a case, two cases a patient.
pub fn feature_table(cases: usize) -> String {
    let mut state = 12345_u64;
    let mut noise = move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) as f64) / f64::from(1_u32 << 31) - 0.5
    };
    let mut text = "id,patient,outcome,age,f1,f2,f3,f4,f5,f6\n".to_owned();
    for case in 0..cases {
        let event = u8::from(case % 4 < 2);
        let shift = f64::from(event) * 0.35;
        let mut row = format!("c{case},p{},{event},{}", case / 2, 50 + case % 17);
        for feature in 0..6 {
            let signal = if feature < 2 { shift } else { 0.0 };
            row.push_str(&format!(",{:.6}", noise() + signal));
        }
        text.push_str(&row);
        text.push('\n');
    }
    text
}

/// A small image study: `cases` cubes in NIfTI, every second one with the event.
pub fn image_study(place: &Workplace, cases: usize) -> PathBuf {
    let mut table = "id,image,mask,patient,outcome\n".to_owned();
    for case in 0..cases {
        let event = case % 2;
        let image = nifti(|x, y, z| {
            let wave = (x * 7 + y * 13 + z * 29 + case * 31) % 23;
            (100 + wave * (10 + event) + case % 5) as i16
        });
        let mask = nifti(|x, y, z| i16::from((2..10).contains(&x) && (2..10).contains(&y) && (2..8).contains(&z)));
        place.write(&format!("images/{case}.nii"), image);
        place.write(&format!("masks/{case}.nii"), mask);
        table.push_str(&format!("c{case},images/{case}.nii,masks/{case}.nii,p{case},{event}\n"));
    }
    place.write("cohort.csv", table);
    place.write(
        "study.yaml",
        "cohort: cohort.csv\nselect: {folds: 3}\nevaluate: {bootstrap: 20}\nrobustness: {resplits: 4, nested_folds: 3, bootstrap: 4}\n",
    )
}

/// A NIfTI-1 file of 12 x 12 x 10 voxels of 1 mm in 16-bit integers.
pub fn nifti(value: impl Fn(usize, usize, usize) -> i16) -> Vec<u8> {
    let mut header = vec![0_u8; 352];
    let mut put16 = |at: usize, value: i16| header[at..at + 2].copy_from_slice(&value.to_le_bytes());
    for (at, value) in [
        (40, 3),
        (42, 12),
        (44, 12),
        (46, 10),
        (48, 1),
        (50, 1),
        (52, 1),
        (54, 1),
        (70, 4),
        (72, 16),
        (252, 0),
        (254, 1),
    ] {
        put16(at, value);
    }
    header[..4].copy_from_slice(&348_i32.to_le_bytes());
    let mut put32 = |at: usize, value: f32| header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    for (at, value) in [
        (76, 1.0),
        (80, 1.0),
        (84, 1.0),
        (88, 1.0),
        (108, 352.0),
        (112, 1.0),
        (280, 1.0),
        (300, 1.0),
        (320, 1.0),
    ] {
        put32(at, value);
    }
    header[344..348].copy_from_slice(b"n+1\0");
    for z in 0..10 {
        for y in 0..12 {
            for x in 0..12 {
                header.extend_from_slice(&value(x, y, z).to_le_bytes());
            }
        }
    }
    header
}
