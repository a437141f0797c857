//! Studies as a person would write them, before and after the program has run them.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::study::Study;
use crate::study::engine::run::Plan;
use crate::study::engine::watch::Watch;

/// A study that has run, in a folder of its own.
pub(super) struct Proof {
    pub(super) folder: TempDir,
    pub(super) study: Study,
    /// Why the run stopped, if it did
    pub(super) stopped: Option<String>,
}

/// A number between -1 and 1 that depends on nothing else.
pub(super) fn noise(case: usize, column: usize) -> f64 {
    let mut state =
        (case as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (column as u64 + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
    for _ in 0..3 {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// A study on a table of features, before it is written.
pub(super) struct Bench {
    pub(super) settings: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Bench {
    /// Enough cases for few candidates, two of which tell the outcome and none of which is the volume.
    pub(super) fn sound() -> Self {
        let header = ["id", "patient", "outcome", "age", "scanner", "f1", "f2", "f3"];
        let rows = (0..160)
            .map(|case| {
                let event = case % 2;
                let shift = event as f64;
                let mut row = vec![format!("c{case:03}"), format!("p{case:03}"), event.to_string()];
                row.push(format!("{:.1}", 60.0 + 10.0 * noise(case, 0)));
                row.push(["A", "B"][case / 2 % 2].to_owned());
                row.extend(
                    [shift, 0.6 * shift, 0.0]
                        .iter()
                        .enumerate()
                        .map(|(column, signal)| format!("{:.6}", 3.0 + signal + noise(case, column + 1))),
                );
                row
            })
            .collect();
        Self {
            settings: String::new(),
            header: header.map(str::to_owned).to_vec(),
            rows,
        }
    }

    pub(super) fn setting(&mut self, line: &str) {
        self.settings.push_str(line);
        self.settings.push('\n');
    }

    /// Changes a column, or adds it.
    pub(super) fn column(&mut self, name: &str, cell: impl Fn(usize) -> String) {
        let at = self.header.iter().position(|other| other == name).unwrap_or_else(|| {
            self.header.push(name.to_owned());
            self.rows.iter_mut().for_each(|row| row.push(String::new()));
            self.header.len() - 1
        });
        for (case, row) in self.rows.iter_mut().enumerate() {
            row[at] = cell(case);
        }
    }

    pub(super) fn write(&self, folder: &Path) {
        let mut settings =
            "features: {file: features.csv, exclude: [scanner]}\nclinical: {columns: [age], rule: all}\n".to_owned();
        for (section, keys) in [
            ("select", "{folds: 5, lambda: 0.02}"),
            ("evaluate", "{bootstrap: 10}"),
            ("robustness", "{resplits: 5, nested_folds: 3, bootstrap: 2}"),
        ] {
            if !self.settings.contains(&format!("{section}:")) {
                settings.push_str(&format!("{section}: {keys}\n"));
            }
        }
        fs::write(folder.join("study.yaml"), settings + &self.settings).unwrap();
        let lines: Vec<String> = [&self.header]
            .into_iter()
            .chain(&self.rows)
            .map(|row| row.join(","))
            .collect();
        fs::write(folder.join("features.csv"), lines.join("\n")).unwrap();
    }

    pub(super) fn run(&self, until: &str) -> Proof {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        run(folder, until, &[])
    }
}

pub(super) fn run(folder: TempDir, until: &str, settings: &[(&str, &str)]) -> Proof {
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), serde_json::from_str(value).unwrap()))
        .collect();
    let mut study = Study::open_with(&folder.path().join("study.yaml"), None, &settings).unwrap();
    let plan = Plan {
        until: Some(until.to_owned()),
        ..Plan::default()
    };
    let summary = study.run(&plan, &mut Watch::silent()).unwrap();
    Proof {
        folder,
        study,
        stopped: summary.failed.map(|(_, message)| message),
    }
}

/// One change to the sound study, run up to a stage.
pub(super) fn changed(until: &str, change: impl FnOnce(&mut Bench)) -> Proof {
    let mut bench = Bench::sound();
    change(&mut bench);
    bench.run(until)
}

/// Sides by a column: training where `training` says so.
pub(super) fn split_by(bench: &mut Bench, training: impl Fn(usize) -> bool) {
    bench.setting("split: {column: side}");
    bench.column("side", |case| {
        if training(case) { "training" } else { "test" }.to_owned()
    });
}

/// A study with images, before it is written: cubes of 12 voxels with a box as region.
pub(super) struct Images {
    pub(super) cases: usize,
    pub(super) settings: &'static str,
    pub(super) spacing: fn(usize) -> f64,
    pub(super) image: fn(usize, [usize; 3]) -> i64,
    pub(super) mask: fn(usize, [usize; 3]) -> bool,
}

impl Images {
    pub(super) fn sound() -> Self {
        Self {
            cases: 12,
            settings: "",
            spacing: |_| 1.0,
            image: |case, [x, y, z]| 40 + ((x * 7 + y * 13 + z * 29 + case * 31) % 23) as i64 * 40,
            mask: |_, [x, y, z]| (2..10).contains(&x) && (2..10).contains(&y) && (2..10).contains(&z),
        }
    }

    pub(super) fn write(&self, folder: &Path) {
        let mut table = "id,patient,outcome,side,image,mask,mask_reader2\n".to_owned();
        for case in 0..self.cases {
            let voxel = |kind: &str, value: &dyn Fn([usize; 3]) -> i64| {
                let values: Vec<String> = (0..12 * 12 * 12)
                    .map(|at| value([at % 12, at / 12 % 12, at / 144]).to_string())
                    .collect();
                let text = format!(
                    "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 12 12 12\nspace directions: (1,0,0) (0,1,0) \
                     (0,0,{})\nspace origin: (0,0,0)\nencoding: ascii\n\n{}\n",
                    (self.spacing)(case),
                    values.join(" ")
                );
                fs::write(folder.join(format!("{case}-{kind}.nrrd")), text).unwrap();
            };
            voxel("image", &|at| (self.image)(case, at));
            voxel("mask", &|at| i64::from((self.mask)(case, at)));
            voxel("reader2", &|at| {
                i64::from((self.mask)(case, at) && at[0] != case % 3 + 2)
            });
            let side = if case % 3 == 2 { "test" } else { "training" };
            table.push_str(&format!(
                "c{case},p{case},{},{side},{case}-image.nrrd,{case}-mask.nrrd,{case}-reader2.nrrd\n",
                case % 2
            ));
        }
        fs::write(folder.join("cohort.csv"), table).unwrap();
        let settings = format!(
            "cohort: cohort.csv\nsplit: {{column: side}}\n{}",
            if self.settings.is_empty() {
                "extraction: {featureClass: {firstorder: [Mean, Range]}}\n"
            } else {
                self.settings
            }
        );
        fs::write(folder.join("study.yaml"), settings).unwrap();
    }

    pub(super) fn run(&self, until: &str) -> Proof {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        run(folder, until, &[])
    }
}

pub(super) fn images(change: impl FnOnce(&mut Images)) -> Proof {
    let mut images = Images::sound();
    change(&mut images);
    images.run("check")
}

/// Lays one result of another study over that of this one.
pub(super) fn with_result_of(proof: Proof, other: &Proof, file: &str) -> Proof {
    fs::copy(other.study.out().join(file), proof.study.out().join(file)).unwrap();
    Proof {
        study: Study::open(&proof.folder.path().join("study.yaml")).unwrap(),
        ..proof
    }
}
