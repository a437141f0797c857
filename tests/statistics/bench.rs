//! Runs the program on tables made here or on R's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The goldens made from R's own data sets.
pub fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/shipped")
}

/// A folder with one table, `t.csv`.
pub struct Bench(pub tempfile::TempDir);

impl Bench {
    pub fn new(table: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.write("t.csv", table);
        bench
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        run_in(self.0.path(), arguments)
    }

    /// Standard output; the call must succeed.
    pub fn text(&self, arguments: &[&str]) -> String {
        text_of(self.run(arguments))
    }

    /// Standard error; the call must fail.
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        json_in(self.0.path(), arguments)
    }
}

pub fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

pub fn text_of(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn json_in(folder: &Path, arguments: &[&str]) -> Value {
    let text = text_of(run_in(folder, &[arguments, &["--json", "--quiet"]].concat()));
    serde_json::from_str(&text).unwrap()
}
