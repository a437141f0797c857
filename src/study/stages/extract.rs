//! `extract`: the features of every good case, and of its second masks.
//!
//! Each case is a piece of work by itself: a pure function of its files, its label and the parameters. Finished cases are
//! journalled under a digest of these, so that a killed run loses only the cases that were running.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check::{Verdict, label_of};
use super::needed;
use crate::features::{self, Diagnostic};
use crate::study::artefact::{digest, json_bytes, number_text};
use crate::study::case_files::{CaseFiles, Computed, Outcome, Work};
use crate::study::feature_table::FeatureTable;
use crate::study::input::cohort::Case;
use crate::study::journal::Journal;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::{Table, number};
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Extract;

/// How the extraction of one mask went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseExtraction {
    /// The case
    pub id: String,
    /// Which mask: `mask`, `reader2` or `repeat`
    pub mask: String,
    /// Why it failed, if it did
    pub error: Option<String>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
}

/// How the extraction went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExtractResult {
    /// Each mask of each case, in the cohort's order
    pub cases: Vec<CaseExtraction>,
    /// The features' names, in order
    pub features: Vec<String>,
}

/// What the journal keeps of a mask.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    error: Option<String>,
    warnings: Vec<String>,
    /// One a column; `null` where the feature has no value
    values: Vec<Option<f64>>,
    /// Columns that the region does not have at all
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    absent: Vec<usize>,
    diagnostics: Vec<(String, String)>,
}

type MaskOf = fn(&Case) -> Option<&PathBuf>;

/// The kinds of masks: name, and the case's file.
const MASKS: [(&str, MaskOf); 3] = [
    ("mask", |case| case.mask.as_ref()),
    ("reader2", |case| case.mask_reader2.as_ref()),
    ("repeat", |case| case.mask_repeat.as_ref()),
];

/// A finished piece of work: the case, the kind of mask, what came of it.
type Done<'a> = (&'a Case, &'a str, &'a Entry);

impl Stage for Extract {
    fn name(&self) -> &'static str {
        "extract"
    }

    fn about(&self) -> &'static str {
        "computes the features of every good case, as PyRadiomics does"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["check"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "extract/features.csv",
            "extract/features_reader2.csv",
            "extract/features_repeat.csv",
            "extract/diagnostics.csv",
            "extract/errors.csv",
            "extract/result.json",
            "extract/cases.jsonl",
        ]
    }

    fn applies(&self, study: &Study) -> bool {
        study.config().features.is_none()
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let keys: Vec<Vec<String>> = study
            .cohort()
            .cases
            .par_iter()
            .filter(|case| case.include)
            .map(|case| {
                MASKS[1..]
                    .iter()
                    .map(|(_, file)| match file(case) {
                        None => String::new(),
                        Some(mask) => files_of(case, mask).ingredient(study),
                    })
                    .collect()
            })
            .collect();
        study.inputs().save();
        let second = keys.iter().flatten().filter(|key| !key.is_empty()).count();
        Ok(Ingredients::new()
            .with_settings(&study.parameters().to_value())
            .with_many("second masks", second, &keys))
    }

    fn run(&self, study: &Study, watch: &Watch) -> Result<Made, StudyError> {
        let check = needed(study.results().check(), "check")?;
        let columns = features::column_names(study.parameters());
        let settings = digest(study.parameters().to_value().to_string().as_bytes());
        let finished = study.out().join("extract/cases.jsonl");
        let running = study.work("extract.jsonl");
        let journal: Journal<Entry> = if watch.anew() {
            Journal::anew(&running)
        } else {
            Journal::open(&finished, &running)
        };
        for doubt in journal.doubts() {
            watch.note(study.without_folders(doubt));
        }
        let mut work = Vec::new();
        for case in &study.cohort().cases {
            if check.case(&case.id).is_none_or(|found| found.verdict != Verdict::Good) {
                continue;
            }
            for (kind, file) in MASKS {
                if let Some(mask) = file(case) {
                    work.push((case, kind, mask));
                }
            }
        }
        let done = AtomicUsize::new(0);
        let entries: Vec<Work<Entry>> = work
            .par_iter()
            .map(|(case, kind, mask)| {
                watch.check()?;
                let asked = format!("{kind}\n{settings}");
                let done_work = files_of(case, mask)
                    .recall_or_compute(study, &journal, &asked, || extract(study, case, mask, &columns))?;
                let label = if *kind == "mask" {
                    case.id.clone()
                } else {
                    format!("{} ({kind})", case.id)
                };
                watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, work.len(), &label)?;
                Ok(done_work)
            })
            .collect::<Result<_, StudyError>>()?;
        study.inputs().save();

        let mut made = Made::default();
        let lines: String = entries.iter().filter_map(|work| work.line.as_deref()).collect();
        made.passing = entries.iter().filter(|work| work.passing).count();
        made.file("extract/cases.jsonl", lines);
        made.leftovers.push(running);
        let results: Vec<Done> = work
            .iter()
            .zip(&entries)
            .map(|((case, kind, _), work)| (*case, *kind, &work.entry))
            .collect();
        let kept = kept_columns(&results, columns.len());
        let names: Vec<String> = kept.iter().map(|&column| columns[column].clone()).collect();
        for (kind, file) in [
            ("mask", "extract/features.csv"),
            ("reader2", "extract/features_reader2.csv"),
            ("repeat", "extract/features_repeat.csv"),
        ] {
            let of_kind: Vec<Done> = results
                .iter()
                .filter(|(_, other, entry)| *other == kind && entry.error.is_none())
                .copied()
                .collect();
            if kind == "mask" || !of_kind.is_empty() {
                made.file(file, feature_table(&of_kind, &kept, &names).to_table().to_csv());
            }
        }
        made.file("extract/diagnostics.csv", diagnostics(&results).to_csv());
        made.file("extract/errors.csv", errors(&results).to_csv());
        let result = ExtractResult {
            cases: results
                .iter()
                .map(|(case, kind, entry)| CaseExtraction {
                    id: case.id.clone(),
                    mask: (*kind).to_owned(),
                    error: entry.error.clone(),
                    warnings: entry.warnings.clone(),
                })
                .collect(),
            features: names,
        };
        made.file("extract/result.json", json_bytes(&result));
        notes(&result, &mut made);
        Ok(made)
    }
}

/// The features of the cases: those extracted, or those of the study's feature table.
pub(in crate::study) fn features_of(study: &Study) -> Result<Arc<FeatureTable>, StudyError> {
    let Some(source) = &study.config().features else {
        return needed(study.results().features().map(Arc::clone), "extract");
    };
    let names = match &source.columns {
        Some(names) => names.clone(),
        None => candidate_columns(study, &Table::read(&source.path)?.header),
    };
    if names.is_empty() {
        return Err(StudyError::Cohort(format!(
            "{}: no column is left that could be a feature; name them, as features: {{file: …, columns: […]}}",
            source.path.display()
        )));
    }
    let cases = &study.cohort().cases;
    let mut values = Array2::from_elem((cases.len(), names.len()), f64::NAN);
    for (column, name) in names.iter().enumerate() {
        for (row, value) in study.cohort().numbers(name)?.into_iter().enumerate() {
            values[[row, column]] = value;
        }
    }
    Ok(Arc::new(FeatureTable {
        ids: cases.iter().map(|case| case.id.clone()).collect(),
        names,
        values,
    }))
}

/// The columns of a feature table that the study does not use otherwise and that hold numbers.
fn candidate_columns(study: &Study, header: &[String]) -> Vec<String> {
    let config = study.config();
    let columns = &config.columns;
    let mut taken: Vec<&str> = [
        &columns.id,
        &columns.patient,
        &columns.image,
        &columns.mask,
        &columns.label,
        &columns.mask_reader2,
        &columns.mask_repeat,
    ]
    .iter()
    .map(|column| column.name.as_str())
    .collect();
    taken.extend(["split", "include", "reason", config.outcome.column.as_str()]);
    taken.extend(config.clinical.columns.iter().map(String::as_str));
    taken.extend(config.split.column.as_deref());
    taken.extend(config.select.fold_column.as_deref());
    if let Some(source) = &config.features {
        taken.extend(source.exclude.iter().map(String::as_str));
        taken.extend(source.id.as_deref());
    }
    header
        .iter()
        .filter(|name| !taken.contains(&name.as_str()) && !name.starts_with("diagnostics_"))
        .filter(|name| mostly_numbers(study, name))
        .cloned()
        .collect()
}

/// Whether most cells of a column are numbers: a column of words is no feature, a number column with a slip is an error.
fn mostly_numbers(study: &Study, column: &str) -> bool {
    let cohort = study.cohort();
    let (mut numbers, mut words) = (0, 0);
    for row in 0..cohort.cases.len() {
        match number(cohort.cell(row, column)) {
            Some(value) if value.is_nan() => {}
            Some(_) => numbers += 1,
            None => words += 1,
        }
    }
    numbers > words
}

fn files_of<'a>(case: &'a Case, mask: &'a Path) -> CaseFiles<'a> {
    CaseFiles {
        image: case.image.as_deref(),
        mask: Some(mask),
        label: case.label.as_deref(),
    }
}

fn extract(study: &Study, case: &Case, mask: &Path, columns: &[String]) -> Computed<Entry> {
    let failed_by = |error: String, outcome| Computed {
        entry: Entry {
            error: Some(error),
            warnings: Vec::new(),
            values: Vec::new(),
            absent: Vec::new(),
            diagnostics: Vec::new(),
        },
        outcome,
    };
    let failed = |error| failed_by(error, Outcome::Unusable);
    let Some(image) = &case.image else {
        return failed("the cohort names no image".to_owned());
    };
    let label = label_of(case, study.parameters());
    let extraction = match features::extract_files(image, mask, label, study.parameters()) {
        Err(error) => {
            let outcome = if error.is_of_the_system() {
                Outcome::Refused
            } else {
                Outcome::Unusable
            };
            return failed_by(study.without_folders(&error.to_string()), outcome);
        }
        Ok(extraction) => extraction,
    };
    let mut values = Vec::with_capacity(columns.len());
    let mut absent = Vec::new();
    let mut given = extraction.features.iter().peekable();
    for (number, column) in columns.iter().enumerate() {
        if let Some((_, value)) = given.next_if(|(name, _)| name == column) {
            values.push(value.is_finite().then_some(*value));
        } else {
            absent.push(number);
            values.push(None);
        }
    }
    if let Some((name, _)) = given.next() {
        return failed(format!("the feature {name} came out of order"));
    }
    let entry = Entry {
        error: None,
        warnings: extraction
            .warnings
            .iter()
            .map(|warning| study.without_folders(warning))
            .collect(),
        values,
        absent,
        diagnostics: extraction
            .diagnostics
            .iter()
            .map(|(name, value)| (name.clone(), diagnostic_text(value)))
            .collect(),
    };
    Computed {
        entry,
        outcome: Outcome::Done,
    }
}

fn diagnostic_text(value: &Diagnostic) -> String {
    let tuple = |values: Vec<String>| format!("({})", values.join(", "));
    match value {
        Diagnostic::Text(text) => text.clone(),
        Diagnostic::Whole(number) => number.to_string(),
        Diagnostic::Number(number) => number_text(*number),
        Diagnostic::Wholes(numbers) => tuple(numbers.iter().map(ToString::to_string).collect()),
        Diagnostic::Numbers(numbers) => tuple(numbers.iter().map(|&number| number_text(number)).collect()),
        Diagnostic::Settings(value) => value.to_string(),
    }
}

/// Columns that some case has: shape2D of volumes is no column.
fn kept_columns(results: &[Done], columns: usize) -> Vec<usize> {
    let whole: Vec<&Entry> = results
        .iter()
        .map(|(_, _, entry)| *entry)
        .filter(|entry| entry.error.is_none())
        .collect();
    (0..columns)
        .filter(|column| whole.is_empty() || whole.iter().any(|entry| !entry.absent.contains(column)))
        .collect()
}

fn feature_table(of_kind: &[Done], kept: &[usize], names: &[String]) -> FeatureTable {
    let mut values = Array2::from_elem((of_kind.len(), kept.len()), f64::NAN);
    for (row, (_, _, entry)) in of_kind.iter().enumerate() {
        for (column, &from) in kept.iter().enumerate() {
            values[[row, column]] = entry.values.get(from).copied().flatten().unwrap_or(f64::NAN);
        }
    }
    FeatureTable {
        ids: of_kind.iter().map(|(case, _, _)| case.id.clone()).collect(),
        names: names.to_vec(),
        values,
    }
}

fn diagnostics(results: &[Done]) -> Table {
    let of_masks: Vec<&Done> = results
        .iter()
        .filter(|(_, kind, entry)| *kind == "mask" && entry.error.is_none())
        .collect();
    let mut names: Vec<&str> = Vec::new();
    for (_, _, entry) in &of_masks {
        for (name, _) in &entry.diagnostics {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let mut header = vec!["id".to_owned()];
    header.extend(names.iter().map(|&name| name.to_owned()));
    let rows = of_masks
        .iter()
        .map(|(case, _, entry)| {
            let mut row = vec![case.id.clone()];
            row.extend(names.iter().map(|name| {
                entry
                    .diagnostics
                    .iter()
                    .find(|(other, _)| other == name)
                    .map_or_else(String::new, |(_, value)| value.clone())
            }));
            row
        })
        .collect();
    Table {
        header,
        rows,
        ..Table::default()
    }
}

fn errors(results: &[Done]) -> Table {
    let mut rows = Vec::new();
    for (case, kind, entry) in results {
        let said = entry
            .error
            .iter()
            .map(|error| ("error", error))
            .chain(entry.warnings.iter().map(|text| ("warning", text)));
        for (level, text) in said {
            rows.push(vec![
                case.id.clone(),
                (*kind).to_owned(),
                level.to_owned(),
                text.clone(),
            ]);
        }
    }
    Table {
        header: ["id", "mask", "level", "message"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    }
}

fn notes(result: &ExtractResult, made: &mut Made) {
    let masks = |kind: &str| {
        result
            .cases
            .iter()
            .filter(|case| case.mask == kind && case.error.is_none())
            .count()
    };
    made.note(format!("{} features of {} cases", result.features.len(), masks("mask")));
    for (kind, words) in [("reader2", "another reader's"), ("repeat", "the same reader's second")] {
        if masks(kind) > 0 {
            made.note(format!("{} cases have {words} mask too", masks(kind)));
        }
    }
    for case in &result.cases {
        if let Some(error) = &case.error {
            made.failed_cases += usize::from(case.mask == "mask");
            let mask = if case.mask == "mask" {
                String::new()
            } else {
                format!(" ({})", case.mask)
            };
            made.note(format!("{}{mask}: {error}", case.id));
        }
    }
}
