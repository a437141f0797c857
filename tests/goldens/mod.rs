//! Tests against goldens and data that may be absent: reported as ignored then, with a count, never as passed.
//!
//! `RADSCORE_GOLDEN` names a folder with any of `radiomics`, `stats`, `ibsi`, laid out as below `tests/golden`; a test runs
//! every case of its family there. Unset, the families lie in `tests/golden` of the repository (not in a published package)
//! and, more of them, in `../shared/golden` where that is there. Scans and cohorts lie in `../shared/data`.
//!
//! A binary of such tests has `harness = false` and its own list of tests; what is not in the list is unused code, which the
//! lints refuse.

#![allow(dead_code, reason = "not every binary has every kind of test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// The families of goldens.
const FAMILIES: [&str; 3] = ["radiomics", "stats", "ibsi"];

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder beside the repository, by its name in messages, and whether it is there.
pub fn shared_data(name: &str) -> Source {
    Source::of(&format!("../shared/data/{name}"))
}

/// Where the goldens of a family may lie.
pub fn golden(family: &str) -> Vec<Source> {
    match std::env::var_os("RADSCORE_GOLDEN") {
        Some(folder) => vec![Source {
            name: format!("RADSCORE_GOLDEN/{family}"),
            path: PathBuf::from(folder).join(family),
        }],
        None => vec![
            Source::of(&format!("tests/golden/{family}")),
            Source::of(&format!("../shared/golden/{family}")),
        ],
    }
}

/// A folder, or a file in it, that tests compare with.
#[derive(Debug, Clone)]
pub struct Source {
    /// What messages call it
    pub name: String,
    /// Where it is, if it is
    pub path: PathBuf,
}

impl Source {
    fn of(path: &str) -> Self {
        Self {
            name: path.to_owned(),
            path: repository(path),
        }
    }
}

/// The tests of a binary.
#[derive(Default)]
pub struct Suite {
    trials: Vec<Trial>,
    /// What is absent, and how many tests are ignored for it
    absent: BTreeMap<String, usize>,
}

impl Suite {
    /// No tests but one: that `RADSCORE_GOLDEN`, where it is set, names a folder of goldens.
    pub fn new() -> Self {
        let mut suite = Self::default();
        if let Some(folder) = std::env::var_os("RADSCORE_GOLDEN").map(PathBuf::from) {
            suite.test("radscore_golden_names_a_folder_of_goldens", move || {
                assert!(
                    FAMILIES.iter().any(|family| folder.join(family).is_dir()),
                    "{} has none of {}",
                    folder.display(),
                    FAMILIES.join(", ")
                );
            });
        }
        suite
    }

    /// A test that needs nothing.
    pub fn test(&mut self, name: &str, run: impl FnOnce() + Send + 'static) {
        self.trials.push(Trial::test(name, move || {
            run();
            Ok(())
        }));
    }

    /// A test on what is in a folder; ignored where `needed` is not there. `needed` is a path in it, or empty.
    pub fn on(&mut self, name: &str, source: &Source, needed: &str, run: impl FnOnce(&Path) + Send + 'static) {
        let there = source.path.join(needed).exists();
        if !there {
            let absent = [source.name.as_str(), needed].join("/");
            *self.absent.entry(absent.trim_end_matches('/').to_owned()).or_default() += 1;
        }
        let Source { name: place, path } = source.clone();
        let trial = Trial::test(name, move || {
            if !there {
                return Err(Failed::from(format!("{place} is not there")));
            }
            run(&path);
            Ok(())
        });
        self.trials.push(trial.with_ignored_flag(!there));
    }

    /// A test on each place of a family of goldens.
    pub fn on_golden(&mut self, name: &str, family: &str, needed: &str, run: fn(&Path)) {
        for source in golden(family) {
            self.on(&format!("{name} [{}]", source.name), &source, needed, run);
        }
    }

    /// A test on a folder of the repository that a published package does not have.
    pub fn on_repository(&mut self, name: &str, path: &str, run: fn(&Path)) {
        self.on(name, &Source::of(path), "", run);
    }

    /// Runs the tests as the command line asks and says what was absent.
    pub fn finish(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let conclusion = libtest_mimic::run(&arguments, self.trials);
        if !arguments.list {
            for (absent, count) in &self.absent {
                let tests = if *count == 1 { "test" } else { "tests" };
                println!("{count} {tests} ignored: {absent} is not there");
            }
        }
        conclusion.exit_code()
    }
}

/// Adds functions to a suite under their names: `tests!(suite; one, module::two)` those that need nothing,
/// `tests!(suite, golden "stats" "data"; …)` those on each place of a family, `tests!(suite, data "formats"; …)` those on a
/// folder of data, `tests!(suite, repository "tests/golden"; …)` those on a folder of the repository.
#[macro_export]
macro_rules! tests {
    ($suite:ident; $($function:path),* $(,)?) => {
        $($suite.test($crate::goldens::name_of(stringify!($function)), || $function());)*
    };
    ($suite:ident, golden $family:literal $needed:literal; $($function:path),* $(,)?) => {
        $($suite.on_golden($crate::goldens::name_of(stringify!($function)), $family, $needed, $function);)*
    };
    ($suite:ident, data $name:literal; $($function:path),* $(,)?) => {
        $($suite.on($crate::goldens::name_of(stringify!($function)), &$crate::goldens::shared_data($name), "", $function);)*
    };
    ($suite:ident, repository $path:literal; $($function:path),* $(,)?) => {
        $($suite.on_repository($crate::goldens::name_of(stringify!($function)), $path, $function);)*
    };
}

/// The name of a function without its modules.
pub fn name_of(path: &'static str) -> &'static str {
    path.rsplit(':').next().unwrap_or(path).trim()
}
