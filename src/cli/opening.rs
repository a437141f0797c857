//! What `radscore` and `radscore PATH` open: a study file, the study of a folder, or what a study can be made of.

use std::fs;
use std::path::{Path, PathBuf};

use crate::study::Study;
use crate::study::input::yaml::read_value;
use crate::study::table::is_named_as_table;

/// The usual name of a study file.
const STUDY: &str = "study.yaml";

/// Where else a folder keeps its study: that of the repository, and that of the sample.
const ELSEWHERE: [&str; 2] = ["configs/study.yaml", "sample-cases/study.yaml"];

/// What a path is to be opened as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// A study file, or a table that is a study as it stands
    Study(PathBuf),
    /// A folder or table that a study can be made of, and why it is none
    New(PathBuf, String),
    /// Nothing
    Nothing,
}

/// What is to be opened: what is named, else what lies here.
///
/// # Errors
/// If a folder holds several study files, none of them with the usual name.
pub fn opening(path: Option<&Path>) -> anyhow::Result<Opening> {
    let Some(path) = path else {
        return Ok(study_in(Path::new("."))?.map_or(Opening::Nothing, Opening::Study));
    };
    if path.is_dir() {
        return Ok(match study_in(path)? {
            Some(study) => Opening::Study(study),
            None => Opening::New(
                path.to_owned(),
                format!("{} is a folder without a study file", path.display()),
            ),
        });
    }
    if path.is_file() && is_named_as_table(path) {
        // A table whose columns are called as a study calls them, with an outcome of 0 and 1, needs no study file.
        return Ok(match Study::open(path) {
            Ok(study) if study.cohort().outcome_values.is_some() => Opening::Study(path.to_owned()),
            Ok(_) => Opening::New(
                path.to_owned(),
                format!("{} has no outcome that could be told", path.display()),
            ),
            Err(error) => Opening::New(path.to_owned(), error.to_string()),
        });
    }
    Ok(Opening::Study(path.to_owned()))
}

/// The study of a folder: `study.yaml`, else the only study file, else one where samples lie.
fn study_in(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let in_folder = |name: &str| {
        if folder == Path::new(".") {
            PathBuf::from(name)
        } else {
            folder.join(name)
        }
    };
    if in_folder(STUDY).is_file() {
        return Ok(Some(in_folder(STUDY)));
    }
    let mut files: Vec<String> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .filter_map(Result::ok)
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect()
        })
        .unwrap_or_default();
    files.retain(|name| {
        ["yaml", "yml"]
            .iter()
            .any(|end| Path::new(name).extension().is_some_and(|found| found == *end))
    });
    files.retain(|name| is_study(&folder.join(name)));
    files.sort();
    match &files[..] {
        [] => {}
        [only] => return Ok(Some(in_folder(only))),
        several => anyhow::bail!(
            "{} holds several study files ({}); name one",
            folder.display(),
            several.join(", ")
        ),
    }
    Ok(ELSEWHERE.iter().map(|name| in_folder(name)).find(|path| path.is_file()))
}

/// Whether a file of settings says where cases are.
fn is_study(path: &Path) -> bool {
    read_value(path).is_ok_and(|value| value.get("cohort").is_some() || value.get("features").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_opened_by_its_only_study() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let open = || opening(Some(folder.path())).unwrap();
        file("params.yaml", "setting: {binWidth: 10}\n");
        assert!(matches!(open(), Opening::New(_, why) if why.contains("without a study file")));
        let sample = file("sample-cases/study.yaml", "cohort: cohort.csv\n");
        assert_eq!(open(), Opening::Study(sample));
        let own = file("mine.yaml", "cohort: a.csv\n");
        assert_eq!(open(), Opening::Study(own));
        file("other.yml", "features: a.csv\n");
        let error = opening(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("mine.yaml, other.yml"), "{error}");
        let usual = file("study.yaml", "cohort: a.csv\n");
        assert_eq!(open(), Opening::Study(usual));
        let table = file("t.csv", "who,y\na,1\n");
        assert!(matches!(opening(Some(&table)).unwrap(), Opening::New(path, _) if path == table));
    }
}
