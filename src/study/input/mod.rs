//! What a study is given: its file, its settings, its cases, its tables.

pub mod allowances;
pub mod changes;
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
pub(crate) mod subgroups;
pub mod virtual_reader;
pub mod yaml;
pub mod yaml_edit;
mod yaml_place;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::features::Parameters;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use changes::Changes;
use cohort::Cohort;
use files::Inputs;
use settings::Config;
use yaml::Document;

/// What a study is given. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct StudyInput {
    document: Arc<Document>,
    /// Settings that differ for this opening alone
    given: Vec<(String, Value)>,
    changes: Arc<Changes>,
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
    /// Takes a checked document with the settings that were given and what is changed, and reads its cohort. `work` is the
    /// folder of bookkeeping.
    pub fn new(
        document: Document,
        config: Config,
        given: &[(String, Value)],
        changes: Changes,
        work: &Path,
    ) -> Result<Self, StudyError> {
        Ok(Self {
            document: Arc::new(document),
            given: given.to_vec(),
            cohort: Arc::new(cohort_of(&config, &changes)?),
            changes: Arc::new(changes),
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            files: Arc::new(Inputs::open(&work.join("inputs.json"))),
            features: Arc::default(),
            other_folders: Arc::default(),
        })
    }

    /// The same study with other settings.
    pub fn with(&self, config: Config, given: Vec<(String, Value)>, changes: Changes) -> Result<Self, StudyError> {
        Ok(Self {
            given,
            cohort: Arc::new(cohort_of(&config, &changes)?),
            changes: Arc::new(changes),
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            features: Arc::default(),
            other_folders: Arc::default(),
            ..self.clone()
        })
    }

    /// The same study with other settings, none of which says anything about its cases.
    pub fn under(&self, config: Config, given: Vec<(String, Value)>) -> Result<Self, StudyError> {
        virtual_reader::refuse_beside_a_real_one(&config, &self.cohort)?;
        subgroups::judge(&config, &self.cohort)?;
        Ok(Self {
            given,
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            ..self.clone()
        })
    }

    /// The same study with the same settings and something else lying over its tables, which are not read again.
    pub fn with_changes(&self, changes: Changes) -> Result<Self, StudyError> {
        let same_cells = changes.cells() == self.changes.cells();
        Ok(Self {
            cohort: Arc::new(self.cohort.changed(&self.config, &changes)?),
            changes: Arc::new(changes),
            features: if same_cells {
                Arc::clone(&self.features)
            } else {
                Arc::default()
            },
            other_folders: Arc::default(),
            ..self.clone()
        })
    }

    /// The study file as it was read, or what stands for it where the study was opened from a table.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Settings that differ for this opening alone.
    pub fn given(&self) -> &[(String, Value)] {
        &self.given
    }

    /// What is changed of the study file and its tables.
    pub fn changes(&self) -> &Changes {
        &self.changes
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

    /// Every file and folder that the study reads: its own file, tables, settings, scans.
    pub fn paths(&self) -> Vec<&Path> {
        let tables = self
            .config
            .tables
            .iter()
            .chain(self.config.features.iter().map(|source| &source.table));
        let cases = self.cohort.cases.iter().flat_map(|case| {
            [&case.image, &case.mask, &case.mask_reader2, &case.mask_repeat]
                .into_iter()
                .flatten()
        });
        std::iter::once(self.document.path.as_path())
            .chain(tables.map(|table| table.path.as_path()))
            .chain(self.config.parameters_path.as_deref())
            .chain(cases.map(PathBuf::as_path))
            .collect()
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
            message = without(&message, &format!("{}/", folder.display()));
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

/// Reads the cohort, and holds it to what the settings ask of it.
fn cohort_of(config: &Config, changes: &Changes) -> Result<Cohort, StudyError> {
    let cohort = Cohort::open(config, changes)?;
    virtual_reader::refuse_beside_a_real_one(config, &cohort)?;
    subgroups::judge(config, &cohort)?;
    Ok(cohort)
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
/// A message without a folder where a path begins with it: `./` is no part of `../`.
fn without(message: &str, folder: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(folder) {
        kept.push_str(&rest[..start]);
        let inside = kept
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || "./\\_-~".contains(before));
        if inside {
            kept.push_str(folder);
        }
        rest = &rest[start + folder.len()..];
    }
    kept + rest
}

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
    fn a_folder_is_left_out_where_a_path_begins() {
        assert_eq!(without("./a.nii with ./b.nii", "./"), "a.nii with b.nii");
        assert_eq!(without("../a.nii with (./b.nii)", "./"), "../a.nii with (b.nii)");
        assert_eq!(
            without("x/data/a.nii and data/b.nii", "data/"),
            "x/data/a.nii and b.nii"
        );
    }

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
