//! What a study is given: its file, its settings, its cases, its tables.

pub mod allowances;
mod clinical_terms;
pub mod cohort;
pub mod files;
mod joined;
pub mod keys;
mod outcomes;
mod own_features;
pub mod reporting;
mod section;
pub mod settings;
pub mod stamp;
pub mod yaml;

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::features::Parameters;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use cohort::Cohort;
use files::Inputs;
use settings::Config;
use yaml::Document;

/// What a study is given. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct StudyInput {
    document: Arc<Document>,
    changed: Vec<(String, Value)>,
    config: Arc<Config>,
    cohort: Arc<Cohort>,
    parameters: Arc<Parameters>,
    files: Arc<Inputs>,
    /// The features of the study's own table, once they are read
    features: Arc<OnceLock<Arc<FeatureTable>>>,
    /// Folders that messages leave out, once they are gathered
    other_folders: Arc<OnceLock<HashSet<String>>>,
}

impl StudyInput {
    /// Takes a checked document with the settings that were changed, and reads its cohort. `picks` is the study's own copy of
    /// the cohort, `work` the folder of bookkeeping.
    pub fn new(
        document: Document,
        config: Config,
        changed: &[(String, Value)],
        picks: &Path,
        work: &Path,
    ) -> Result<Self, StudyError> {
        Ok(Self {
            document: Arc::new(document),
            changed: changed.to_vec(),
            cohort: Arc::new(Cohort::open(&config, picks)?),
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            files: Arc::new(Inputs::open(&work.join("inputs.json"))),
            features: Arc::default(),
            other_folders: Arc::default(),
        })
    }

    /// The same study with other settings.
    pub fn with(&self, config: Config, changed: Vec<(String, Value)>, picks: &Path) -> Result<Self, StudyError> {
        Ok(Self {
            changed,
            cohort: Arc::new(Cohort::open(&config, picks)?),
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            features: Arc::default(),
            other_folders: Arc::default(),
            ..self.clone()
        })
    }

    /// The study file as it was read, or what stands for it where the study was opened from a table.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Settings that differ from the study file's.
    pub fn changed(&self) -> &[(String, Value)] {
        &self.changed
    }

    /// The settings of the study itself.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The cases.
    pub fn cohort(&self) -> &Cohort {
        &self.cohort
    }

    /// PyRadiomics' parameters, checked.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The content of input files as digests.
    pub fn files(&self) -> &Inputs {
        &self.files
    }

    /// The SHA-256 of an input file.
    pub fn digest(&self, path: &Path) -> Result<String, StudyError> {
        self.files.digest(path).map_err(|error| StudyError::Read {
            path: path.to_owned(),
            error,
        })
    }

    pub(crate) fn set_config(&mut self, config: Config) {
        self.config = Arc::new(config);
    }

    pub(crate) fn set_cohort(&mut self, cohort: Cohort) {
        self.cohort = Arc::new(cohort);
        self.other_folders = Arc::default();
    }

    /// A path as the study's tables give it: below the folder of one of them where it lies there, else whole.
    pub fn path_in_table<'a>(&self, path: &'a Path) -> &'a Path {
        self.config
            .tables
            .iter()
            .find_map(|table| path.strip_prefix(table.path.parent()?).ok())
            .unwrap_or(path)
    }

    /// The features of the study's own table, a row a case; `None` in a study of images.
    pub fn own_features(&self) -> Option<Result<Arc<FeatureTable>, StudyError>> {
        let source = self.config.features.as_ref()?;
        if let Some(table) = self.features.get() {
            return Some(Ok(Arc::clone(table)));
        }
        Some(
            own_features::read(&self.config, source, &self.cohort)
                .map(|table| Arc::clone(self.features.get_or_init(|| Arc::new(table)))),
        )
    }

    /// A message without the folders of the study's tables, so that artefacts are the same wherever the study lies.
    pub fn without_folders(&self, message: &str) -> String {
        let mut tables: Vec<&Path> = self.table_folders().collect();
        tables.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        let mut message = message.to_owned();
        for folder in tables.into_iter().filter(|folder| !folder.as_os_str().is_empty()) {
            message = message.replace(&format!("{}/", folder.display()), "");
        }
        without_any(&message, self.other_folders())
    }

    fn table_folders(&self) -> impl Iterator<Item = &Path> {
        self.config.tables.iter().filter_map(|table| table.path.parent())
    }

    /// The folders of the cases' files that lie below no table's folder: what lies below one keeps the path that the table
    /// gives it.
    fn other_folders(&self) -> &HashSet<String> {
        self.other_folders.get_or_init(|| {
            let files = self
                .cohort
                .cases
                .iter()
                .flat_map(|case| [&case.image, &case.mask, &case.mask_reader2, &case.mask_repeat])
                .flatten();
            files
                .filter(|path| path.is_absolute() && !self.table_folders().any(|folder| path.starts_with(folder)))
                .filter_map(|path| Some(path.parent()?.display().to_string()))
                .collect()
        })
    }
}

/// Checks PyRadiomics' parameters; a fault is said with the file that holds them.
fn parameters_of(config: &Config) -> Result<Parameters, StudyError> {
    if config.parameters.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(Parameters::default());
    }
    Parameters::from_value(&config.parameters).map_err(|error| match &config.parameters_path {
        Some(path) => StudyError::Config {
            path: path.clone(),
            line: None,
            key: String::new(),
            problem: error.to_string(),
        },
        None => config.document.fault(&["extraction"], error.to_string()),
    })
}

/// A message without the folders among some, each with the separator behind it.
fn without_any(message: &str, folders: &HashSet<String>) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('/').filter(|_| !folders.is_empty()) {
        let path = &rest[start..];
        let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).skip(1).collect();
        if let Some(end) = ends.into_iter().rev().find(|&end| folders.contains(&path[..end])) {
            kept.push_str(&rest[..start]);
            rest = &path[end + 1..];
        } else {
            kept.push_str(&rest[..=start]);
            rest = &path[1..];
        }
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_left_out_wherever_they_stand() {
        let folders = ["/data/a".to_owned(), "/data/a/b".to_owned()].into();
        for (message, left) in [
            ("/data/a/b/x.nii: bad", "x.nii: bad"),
            (
                "image /data/a/x.nii and mask /data/c/y.nii",
                "image x.nii and mask /data/c/y.nii",
            ),
            ("/data/ab/x.nii", "/data/ab/x.nii"),
            ("a/b", "a/b"),
        ] {
            assert_eq!(without_any(message, &folders), left);
        }
        assert_eq!(without_any("/data/a/x", &HashSet::new()), "/data/a/x");
    }
}
