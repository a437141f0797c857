//! The research: what is run, on whom, and what came of it.
//!
//! [`Study::open`] reads a study file, its cohort and what is remembered of earlier runs; [`Study::run`] runs the stages
//! that are missing or stale; [`Study::results`] gives their results as types. Everything that was found lies in artefacts
//! (CSV and JSON) below [`Study::out`]; nothing else is kept.

pub mod artefact;
pub mod checklist;
pub mod engine;
pub mod error;
pub mod extraction_rules;
pub mod feature_table;
pub mod figures;
pub mod flags;
pub mod forecast;
pub mod guard;
pub mod honest;
pub mod input;
mod json;
pub mod learner;
pub mod mended;
pub mod multiverse;
pub mod new;
pub mod outcome;
pub mod page;
pub mod r_script;
pub mod report;
pub mod resample_table;
pub mod sample;
pub mod shards;
pub mod stages;
pub mod table;
pub mod travel;

use std::path::Path;

use serde_json::Value;

pub use engine::Study;
pub use error::StudyError;

use engine::Registry;
use input::keys::Row;
use input::settings::{self, Config};
use input::yaml::Document;

/// Who runs a study.
static REGISTRY: Registry = Registry {
    stages: stages::STAGES,
    refusal: guard::refusal,
    refusal_to_look: guard::refusal_to_look,
    before_results: guard::remember_look,
};

/// Every key that a study file may have.
pub fn keys() -> Vec<&'static Row> {
    REGISTRY.keys()
}

/// Reads and checks a study file; its cohort is not looked at.
pub fn read_config(path: &Path) -> Result<Config, StudyError> {
    REGISTRY.check(settings::open(path)?, &[])
}

impl Study {
    /// Opens a study file, or a table of cases as a study with default settings.
    pub fn open(path: &Path) -> Result<Self, StudyError> {
        Self::open_with(path, None, &[])
    }

    /// Opens a study file with another folder for the results, and with some settings, as `select.lambda`, changed.
    pub fn open_with(path: &Path, out: Option<&Path>, settings: &[(String, Value)]) -> Result<Self, StudyError> {
        Self::open_document(settings::open(path)?, out, settings)
    }

    /// Opens what a study file says before it is written.
    pub fn open_document(
        document: Document,
        out: Option<&Path>,
        settings: &[(String, Value)],
    ) -> Result<Self, StudyError> {
        let study = Self::of_document(&REGISTRY, document, out, settings)?;
        for allowance in &study.config().allow {
            guard::known(&allowance.rule)
                .map_err(|problem| study.config().document.fault(&["guard", "allow"], problem))?;
        }
        Ok(study)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::validation::cross_validation::Measure;
    use crate::study::learner::{LambdaRule, Lasso};
    use crate::study::stages::evaluate::decision::THRESHOLDS;
    use crate::study::stages::split::RATIO;

    fn check_with(text: &str, settings: &[(String, Value)]) -> Result<Config, StudyError> {
        REGISTRY.check(Document::parse(Path::new("dir/study.yaml"), text.as_bytes())?, settings)
    }

    fn check(text: &str) -> Result<Config, StudyError> {
        check_with(text, &[])
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest() {
        let message = check("cohort: a.csv\nselect:\n  measure: mse\n  lamda: min\n")
            .unwrap_err()
            .to_string();
        assert!(message.starts_with("dir/study.yaml:4: select.lamda"), "{message}");
        assert!(message.contains("did you mean \"lambda\""), "{message}");
        let message = check("cohort: a.csv\nselekt: {measure: mse}\n")
            .unwrap_err()
            .to_string();
        assert!(message.starts_with("dir/study.yaml:2: selekt"), "{message}");
        let message = check("cohort: a.csv\nselect: {mesure: mse}\n").unwrap_err().to_string();
        assert!(message.starts_with("dir/study.yaml:2: select.mesure"), "{message}");
    }

    #[test]
    fn wrong_values_are_named_with_what_would_do() {
        for (text, words) in [
            (
                "cohort: a.csv\nselect:\n  measure: mes\n",
                "3: select.measure: \"mes\" is not one of",
            ),
            (
                "cohort: a.csv\nsplit:\n  ratio: two\n",
                "3: split.ratio: \"two\" is not a ratio",
            ),
            (
                "cohort: a.csv\nselect:\n  folds: 2\n",
                "3: select.folds: 2 is not within 3",
            ),
            (
                "cohort: a.csv\nagreement:\n  threshold: high\n",
                "3: agreement.threshold: \"high\" is not a number",
            ),
            (
                "cohort: a.csv\nselect: mse\n",
                "2: select: \"mse\" stands where keys are expected",
            ),
            (
                "cohort: a.csv\nselect:\n  learner: lassi\n",
                "3: select.learner: \"lassi\" is not one of lasso, ridge",
            ),
            ("title: x\n", "neither cohort"),
            ("cohort: a.csv\ncohort: b.csv\n", "occurs twice"),
            ("cohort: [a.csv\n", "study.yaml:"),
        ] {
            let message = check(text).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_published_method() {
        let config = check("cohort: a.csv\n").unwrap();
        assert_eq!(config.get(&RATIO).unwrap().parts(), (2.0, 1.0));
        let lasso = Lasso::of(&config).unwrap();
        assert_eq!(lasso.cross_validation.measure, Measure::Mse);
        assert_eq!(lasso.rule, LambdaRule::Minimum);
        assert_eq!(config.get(&THRESHOLDS).unwrap().values().len(), 101);
        assert_eq!(config.out, Path::new("dir/results"));
        assert_eq!(config.tables[0].path, Path::new("dir/a.csv"));
    }

    #[test]
    fn one_standard_error_is_no_number_and_a_lambda_may_be_one() {
        let rule = |text: &str| {
            check(&format!("cohort: a.csv\nselect: {{lambda: {text}}}\n"))
                .and_then(|config| Lasso::of(&config))
                .map(|lasso| lasso.rule)
        };
        assert_eq!(rule("1se").unwrap(), LambdaRule::OneStandardError);
        assert_eq!(rule("0.1058").unwrap(), LambdaRule::Given(0.1058));
        assert!(rule("2se").is_err());
    }

    #[test]
    fn settings_may_be_overridden_by_name() {
        let settings = [
            ("select.lambda".to_owned(), Value::from("1se")),
            ("extraction.setting.binWidth".to_owned(), Value::from(10)),
        ];
        let config = check_with("cohort: a.csv\n", &settings).unwrap();
        assert_eq!(Lasso::of(&config).unwrap().rule, LambdaRule::OneStandardError);
        assert_eq!(config.parameters["setting"]["binWidth"], 10);
    }
}
