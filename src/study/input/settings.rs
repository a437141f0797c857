//! A study file, checked: raw values become valid types here, once.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::section::Section;
use super::yaml::{Document, put, words_of};
use crate::stats::base::random::SeedKind;
use crate::study::error::StudyError;

/// A table to be joined, and its own name of the id column.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSource {
    /// The file
    pub path: PathBuf,
    /// The column of the identifier where it is not [`Columns::id`]
    pub id: Option<String>,
}

/// A table of features that stands for the images.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSource {
    /// The file
    pub path: PathBuf,
    /// The column of the identifier where it is not [`Columns::id`]
    pub id: Option<String>,
    /// The features; every numeric column that the study does not use otherwise, if not given
    pub columns: Option<Vec<String>>,
    /// Columns that are no features
    pub exclude: Vec<String>,
}

/// A column's name, and whether the study file states it (then it has to be there).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name
    pub name: String,
    /// Whether the study file states it
    pub stated: bool,
}

/// The names of the cohort's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// The case's identifier
    pub id: Column,
    /// The patient
    pub patient: Column,
    /// The image file
    pub image: Column,
    /// The mask file
    pub mask: Column,
    /// The mask's label
    pub label: Column,
    /// Another reader's mask
    pub mask_reader2: Column,
    /// The same reader's second mask
    pub mask_repeat: Column,
}

/// The outcome's column and the value that is the event.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSettings {
    /// The column
    pub column: String,
    /// The event's value as text
    pub event: String,
    /// Whether the study file states the event
    pub event_stated: bool,
}

/// Which clinical predictors enter model 2.
#[derive(Debug, Clone, PartialEq)]
pub enum ClinicalRule {
    /// Those with P below the limit in the multivariable model of all candidates
    P(f64),
    /// Those that backward elimination by AIC leaves
    Stepwise,
    /// All
    All,
    /// The named ones
    Named(Vec<String>),
}

/// The clinical candidates and the rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ClinicalSettings {
    /// The candidates' columns
    pub columns: Vec<String>,
    /// Which of them enter model 2
    pub rule: ClinicalRule,
}

/// How training and test set are made.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitSettings {
    /// Parts of training
    pub training_parts: f64,
    /// Parts of test
    pub test_parts: f64,
    /// The column that holds the sides, instead of a random split
    pub column: Option<String>,
    /// The seed of a random split
    pub seed: u64,
}

/// The form of the intraclass correlation that gates features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementForm {
    /// Two-way random, absolute agreement, single measure
    Icc2,
    /// Two-way mixed, consistency, single measure
    Icc3,
}

impl AgreementForm {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Icc2 => "icc2_1",
            Self::Icc3 => "icc3_1",
        }
    }
}

/// The agreement gate.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementSettings {
    /// The form
    pub form: AgreementForm,
    /// What the lower confidence bound must reach
    pub threshold: f64,
}

/// Which lambda of the path is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LambdaRule {
    /// The best by cross-validation
    Minimum,
    /// The largest within one standard error of the best
    OneStandardError,
    /// A given one
    Given(f64),
}

/// LASSO and its cross-validation.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectSettings {
    /// mse, mae, deviance, class or auc
    pub measure: String,
    /// Which lambda
    pub lambda: LambdaRule,
    /// The elastic net's mixing
    pub alpha: f64,
    /// Whether the penalty sees standardised columns
    pub standardize: bool,
    /// Number of folds
    pub folds: usize,
    /// Seed of random folds
    pub fold_seed: u64,
    /// The column that holds the folds
    pub fold_column: Option<String>,
    /// Length of the path
    pub nlambda: usize,
    /// Smallest lambda as a part of the largest
    pub lambda_min_ratio: Option<f64>,
    /// Whether folds are solved at the path's lambdas
    pub cv_exact: bool,
}

/// The evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluateSettings {
    /// Resamples of the calibration
    pub bootstrap: usize,
    /// Their seed
    pub boot_seed: u64,
    /// A table of resamples instead
    pub resamples: Option<PathBuf>,
    /// Confidence level
    pub confidence: f64,
    /// Thresholds of the decision curve
    pub thresholds: Vec<f64>,
}

/// A rule of the guard that the study breaks knowingly.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowance {
    /// The rule, as L05
    pub rule: String,
    /// Why
    pub reason: String,
}

/// The robustness stage.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustnessSettings {
    /// Repeated splits
    pub resplits: usize,
    /// Outer folds of the nested cross-validation
    pub nested_folds: usize,
    /// Bootstrap resamples
    pub bootstrap: usize,
    /// The seed
    pub seed: u64,
}

/// What model 1 is fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitOn {
    /// The Rad-score
    Radscore,
    /// The selected features
    Features,
}

/// A study file, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it came from
    pub document: Document,
    /// The study's name
    pub title: String,
    /// The cohort's tables
    pub tables: Vec<TableSource>,
    /// A table of features instead of images
    pub features: Option<FeatureSource>,
    /// Names of columns
    pub columns: Columns,
    /// The outcome
    pub outcome: OutcomeSettings,
    /// Clinical predictors
    pub clinical: ClinicalSettings,
    /// PyRadiomics' parameters as the file or the study states them
    pub parameters: Value,
    /// The parameter file, if it is one
    pub parameters_path: Option<PathBuf>,
    /// Training and test
    pub split: SplitSettings,
    /// The agreement gate
    pub agreement: AgreementSettings,
    /// LASSO
    pub select: SelectSettings,
    /// What model 1 is fitted on
    pub fit_on: FitOn,
    /// Evaluation
    pub evaluate: EvaluateSettings,
    /// Where random draws come from
    pub seed_kind: SeedKind,
    /// Rules broken knowingly
    pub allow: Vec<Allowance>,
    /// Whether controls run
    pub controls: bool,
    /// Robustness
    pub robustness: RobustnessSettings,
    /// Folder of the results
    pub out: PathBuf,
}

impl Config {
    /// Reads and checks a study file.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        Self::check(Document::read(path)?, &[])
    }

    /// Reads and checks a study file in which some keys, as `select.lambda`, have other values.
    pub fn read_with(path: &Path, settings: &[(String, Value)]) -> Result<Self, StudyError> {
        Self::check(Document::read(path)?, settings)
    }

    /// Checks a document as a study file.
    pub fn check(mut document: Document, settings: &[(String, Value)]) -> Result<Self, StudyError> {
        if !document.value.is_object() {
            return Err(document.fault(&[], "a study file is a list of keys and values, as cohort: cohort.csv"));
        }
        let mut parameter_settings = Vec::new();
        for (name, value) in settings {
            let keys: Vec<&str> = name.split('.').collect();
            if keys[0] == "extraction" && keys.len() > 1 {
                parameter_settings.push((keys[1..].iter().map(ToString::to_string).collect::<Vec<_>>(), value));
            } else {
                put(&mut document.value, &keys, value);
            }
        }
        let root = Section {
            document: &document,
            keys: Vec::new(),
            map: document.value.as_object(),
        };
        root.only_known()?;
        let folder = match document.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };

        let features = features_of(&root, &folder)?;
        let tables = tables_of(&root, &folder)?;
        if tables.is_empty() && features.is_none() {
            return Err(document.fault(
                &[],
                "there is neither cohort: (a table of cases) nor features: (a table of features)",
            ));
        }
        let columns = columns_of(&root)?;
        let outcome = root.section("outcome")?;
        let event = outcome.scalar("event")?;
        let outcome = OutcomeSettings {
            column: outcome.text("column")?.unwrap_or_else(|| "outcome".to_owned()),
            event_stated: event.is_some(),
            event: event.unwrap_or_else(|| "1".to_owned()),
        };
        let clinical = clinical_of(&root)?;

        let (mut parameters, parameters_path) = match root.value("extraction") {
            None => (Value::Object(Map::new()), None),
            Some(Value::String(file)) => {
                let path = folder.join(file);
                (Document::read(&path)?.value, Some(path))
            }
            Some(value @ Value::Object(_)) => (value.clone(), None),
            Some(other) => {
                return Err(document.fault(
                    &["extraction"],
                    format!("{} is neither a file nor a set of parameters", words_of(other)),
                ));
            }
        };
        for (keys, value) in parameter_settings {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            put(&mut parameters, &keys, value);
        }

        let split = root.section("split")?;
        let (training_parts, test_parts) = ratio_of(&split)?;
        let split = SplitSettings {
            training_parts,
            test_parts,
            column: split.text("column")?,
            seed: split.whole("seed")?.unwrap_or(1),
        };
        let agreement = root.section("agreement")?;
        let agreement = AgreementSettings {
            form: match agreement.choice("form", &["icc2_1", "icc3_1"])?.as_deref() {
                Some("icc3_1") => AgreementForm::Icc3,
                _ => AgreementForm::Icc2,
            },
            threshold: agreement.number("threshold", -1.0, 1.0)?.unwrap_or(0.75),
        };
        let select = select_of(&root)?;
        let fit_on = match root.section("fit")?.choice("on", &["radscore", "features"])?.as_deref() {
            Some("features") => FitOn::Features,
            _ => FitOn::Radscore,
        };
        let evaluate = evaluate_of(&root, &folder)?;
        let seed_kind = match root.choice("seed_kind", &["own", "r"])?.as_deref() {
            Some("r") => SeedKind::R,
            _ => SeedKind::Own,
        };
        let allow = allowances_of(&root)?;
        let controls = root.flag("controls")?.unwrap_or(false);
        let robustness = root.section("robustness")?;
        let robustness = RobustnessSettings {
            resplits: robustness.count("resplits", 0)?.unwrap_or(200),
            nested_folds: robustness.count("nested_folds", 2)?.unwrap_or(10),
            bootstrap: robustness.count("bootstrap", 0)?.unwrap_or(100),
            seed: robustness.whole("seed")?.unwrap_or(1),
        };
        let title = match root.text("title")? {
            Some(title) => title,
            None => document
                .path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let out = folder.join(root.text("out")?.unwrap_or_else(|| "results".to_owned()));
        Ok(Self {
            document,
            title,
            tables,
            features,
            columns,
            outcome,
            clinical,
            parameters,
            parameters_path,
            split,
            agreement,
            select,
            fit_on,
            evaluate,
            seed_kind,
            allow,
            controls,
            robustness,
            out,
        })
    }
}

fn tables_of(root: &Section, folder: &Path) -> Result<Vec<TableSource>, StudyError> {
    let entry = |value: &Value| match value {
        Value::String(file) => Ok(TableSource {
            path: folder.join(file),
            id: None,
        }),
        Value::Object(map) => {
            if let Some(unknown) = map.keys().find(|key| !["file", "id"].contains(&key.as_str())) {
                return Err(root.document.fault(
                    &["cohort", unknown],
                    "unknown key; a table of the cohort has file and id",
                ));
            }
            match map.get("file") {
                Some(Value::String(file)) => Ok(TableSource {
                    path: folder.join(file),
                    id: map.get("id").and_then(Value::as_str).map(str::to_owned),
                }),
                _ => Err(root
                    .document
                    .fault(&["cohort"], "a table of the cohort needs file: NAME.csv")),
            }
        }
        other => Err(root
            .document
            .fault(&["cohort"], format!("{} is not the name of a table", words_of(other)))),
    };
    match root.value("cohort") {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(entry).collect(),
        Some(value) => Ok(vec![entry(value)?]),
    }
}

fn features_of(root: &Section, folder: &Path) -> Result<Option<FeatureSource>, StudyError> {
    match root.value("features") {
        None => Ok(None),
        Some(Value::String(file)) => Ok(Some(FeatureSource {
            path: folder.join(file),
            id: None,
            columns: None,
            exclude: Vec::new(),
        })),
        Some(Value::Object(map)) => {
            let known = ["file", "id", "columns", "exclude"];
            let section = Section {
                document: root.document,
                keys: vec!["features"],
                map: Some(map),
            };
            section.only(&known)?;
            let Some(file) = section.text("file")? else {
                return Err(root
                    .document
                    .fault(&["features"], "a table of features needs file: NAME.csv"));
            };
            Ok(Some(FeatureSource {
                path: folder.join(file),
                id: section.text("id")?,
                columns: section.texts("columns")?,
                exclude: section.texts("exclude")?.unwrap_or_default(),
            }))
        }
        Some(other) => Err(root
            .document
            .fault(&["features"], format!("{} is not the name of a table", words_of(other)))),
    }
}

fn columns_of(root: &Section) -> Result<Columns, StudyError> {
    let section = root.section("columns")?;
    let column = |key: &str| -> Result<Column, StudyError> {
        Ok(match section.text(key)? {
            Some(name) => Column { name, stated: true },
            None => Column {
                name: key.to_owned(),
                stated: false,
            },
        })
    };
    Ok(Columns {
        id: column("id")?,
        patient: column("patient")?,
        image: column("image")?,
        mask: column("mask")?,
        label: column("label")?,
        mask_reader2: column("mask_reader2")?,
        mask_repeat: column("mask_repeat")?,
    })
}

fn clinical_of(root: &Section) -> Result<ClinicalSettings, StudyError> {
    let section = root.section("clinical")?;
    let columns = section.texts("columns")?.unwrap_or_default();
    let limit = section.number("p", 0.0, 1.0)?.unwrap_or(0.05);
    let rule = match section.value("rule") {
        Some(Value::Array(_)) => {
            let names = section.texts("rule")?.unwrap_or_default();
            if let Some(name) = names.iter().find(|name| !columns.contains(name)) {
                return Err(section.fault(
                    "rule",
                    format!("\"{name}\" is not one of clinical.columns ({})", columns.join(", ")),
                ));
            }
            ClinicalRule::Named(names)
        }
        _ => match section.choice("rule", &["p", "stepwise", "all"])?.as_deref() {
            Some("stepwise") => ClinicalRule::Stepwise,
            Some("all") => ClinicalRule::All,
            _ => ClinicalRule::P(limit),
        },
    };
    Ok(ClinicalSettings { columns, rule })
}

fn ratio_of(split: &Section) -> Result<(f64, f64), StudyError> {
    let Some(text) = split.scalar("ratio")? else {
        return Ok((2.0, 1.0));
    };
    let (training, test) = text.split_once(':').unwrap_or((text.as_str(), "1"));
    match (training.trim().parse::<f64>(), test.trim().parse::<f64>()) {
        (Ok(training), Ok(test)) if training > 0.0 && test > 0.0 && training.is_finite() && test.is_finite() => {
            Ok((training, test))
        }
        _ => Err(split.fault(
            "ratio",
            format!("\"{text}\" is not a ratio of training to test such as 2:1"),
        )),
    }
}

fn select_of(root: &Section) -> Result<SelectSettings, StudyError> {
    let section = root.section("select")?;
    let lambda = match section.value("lambda") {
        Some(Value::Number(number)) if number.as_f64().is_some_and(|value| value > 0.0) => {
            LambdaRule::Given(number.as_f64().unwrap_or_default())
        }
        _ => match section.choice("lambda", &["min", "1se"])?.as_deref() {
            Some("1se") => LambdaRule::OneStandardError,
            _ => LambdaRule::Minimum,
        },
    };
    Ok(SelectSettings {
        measure: section
            .choice("measure", &["mse", "mae", "deviance", "class", "auc"])?
            .unwrap_or_else(|| "mse".to_owned()),
        lambda,
        alpha: section.number("alpha", 0.0, 1.0)?.unwrap_or(1.0),
        standardize: section.flag("standardize")?.unwrap_or(true),
        folds: section.count("folds", 3)?.unwrap_or(10),
        fold_seed: section.whole("fold_seed")?.unwrap_or(1),
        fold_column: section.text("fold_column")?,
        nlambda: section.count("nlambda", 2)?.unwrap_or(100),
        lambda_min_ratio: section.number("lambda_min_ratio", 0.0, 1.0)?,
        cv_exact: section.flag("cv_exact")?.unwrap_or(false),
    })
}

fn evaluate_of(root: &Section, folder: &Path) -> Result<EvaluateSettings, StudyError> {
    let section = root.section("evaluate")?;
    let thresholds = section.text("thresholds")?.unwrap_or_else(|| "0:1:0.01".to_owned());
    let parts: Vec<Option<f64>> = thresholds.split(':').map(|part| part.trim().parse().ok()).collect();
    let thresholds = match parts[..] {
        [Some(from), Some(to), Some(step)]
            if 0.0 <= from && from < to && to <= 1.0 && step > 0.0 && (to - from) / step < 1e5 =>
        {
            let count = ((to - from) / step + 1e-9).floor() as usize;
            (0..=count)
                .map(|index| ((from + index as f64 * step) * 1e12).round() / 1e12)
                .collect()
        }
        _ => {
            return Err(section.fault(
                "thresholds",
                format!("\"{thresholds}\" is not from:to:step within 0 and 1, such as 0:1:0.01"),
            ));
        }
    };
    Ok(EvaluateSettings {
        bootstrap: section.count("bootstrap", 0)?.unwrap_or(1000),
        boot_seed: section.whole("boot_seed")?.unwrap_or(1),
        resamples: section.text("resamples")?.map(|file| folder.join(file)),
        confidence: section.number("confidence", 0.5, 0.999_999)?.unwrap_or(0.95),
        thresholds,
    })
}

fn allowances_of(root: &Section) -> Result<Vec<Allowance>, StudyError> {
    let guard = root.section("guard")?;
    let Some(value) = guard.value("allow") else {
        return Ok(Vec::new());
    };
    let wrong = || {
        guard.fault(
            "allow",
            "an allowance is {rule: L05, reason: why}; the reason cannot be left out",
        )
    };
    let list = value.as_array().ok_or_else(wrong)?;
    list.iter()
        .map(|entry| {
            let map = entry.as_object().ok_or_else(wrong)?;
            match (
                map.get("rule").and_then(Value::as_str),
                map.get("reason").and_then(Value::as_str),
            ) {
                (Some(rule), Some(reason)) if map.len() == 2 && !reason.trim().is_empty() => Ok(Allowance {
                    rule: rule.to_owned(),
                    reason: reason.trim().to_owned(),
                }),
                _ => Err(wrong()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Config, StudyError> {
        Config::check(Document::parse(Path::new("dir/study.yaml"), text.as_bytes())?, &[])
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
        assert_eq!((config.split.training_parts, config.split.test_parts), (2.0, 1.0));
        assert_eq!(config.select.measure, "mse");
        assert_eq!(config.select.lambda, LambdaRule::Minimum);
        assert_eq!(config.evaluate.thresholds.len(), 101);
        assert_eq!(config.out, Path::new("dir/results"));
        assert_eq!(config.tables[0].path, Path::new("dir/a.csv"));
    }

    #[test]
    fn one_standard_error_is_no_number_and_a_lambda_may_be_one() {
        let rule = |text: &str| {
            check(&format!("cohort: a.csv\nselect: {{lambda: {text}}}\n")).map(|config| config.select.lambda)
        };
        assert_eq!(rule("1se").unwrap(), LambdaRule::OneStandardError);
        assert_eq!(rule("0.1058").unwrap(), LambdaRule::Given(0.1058));
        assert!(rule("2se").is_err());
    }

    #[test]
    fn settings_may_be_overridden_by_name() {
        let document = Document::parse(Path::new("s.yaml"), b"cohort: a.csv\n").unwrap();
        let settings = [
            ("select.lambda".to_owned(), Value::from("1se")),
            ("extraction.setting.binWidth".to_owned(), Value::from(10)),
        ];
        let config = Config::check(document, &settings).unwrap();
        assert_eq!(config.select.lambda, LambdaRule::OneStandardError);
        assert_eq!(config.parameters["setting"]["binWidth"], 10);
    }
}
