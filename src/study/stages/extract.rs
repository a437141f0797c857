//! `extract`: the features of every good case, and of its second masks.
//!
//! Each case is a piece of work by itself: a pure function of its files, its label and the parameters. Finished cases are
//! journalled under a digest of these, so that a killed run loses only the cases that were running.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::case_files::{CaseFiles, CaseReading, Computed, Outcome, State, Work};
use super::check::{Check, Verdict, options_of};
use super::measured::{Entry, feature_table, measured};
use crate::features::{self, FeatureError};
use crate::message::english::stages as words;
use crate::study::artefact::{csv_of, digest, from_json};
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::journal::Journal;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::input::StudyInput;
use crate::study::input::cohort::Case;
use crate::study::input::settings::Config;
use crate::study::table::Table;
use crate::volume::{Regions, Scan, VolumeError, load_regions};

/// Finished masks, in the cohort's order
const FINISHED: &str = "extract/cases.jsonl";
/// Finished masks of a run that is under way
const RUNNING: &str = "extract.jsonl";

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
    /// The features, which have artefacts of their own
    #[serde(skip)]
    pub tables: FeatureTables,
    #[serde(skip)]
    left: Left,
}

/// The features of the cases' masks, of another reader's and of repeated ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureTables {
    /// Of the cases' own masks
    pub mask: Arc<FeatureTable>,
    /// Of another reader's
    pub reader2: Option<FeatureTable>,
    /// Of the same reader's second masks
    pub repeat: Option<FeatureTable>,
}

/// What a run leaves beside the result.
#[derive(Debug, Clone, Default, PartialEq)]
struct Left {
    lines: String,
    passing: usize,
    diagnostics: String,
    errors: String,
}

/// A mask that a case has: its kind and its file.
type Asked<'a> = (&'static str, &'a PathBuf);

type MaskOf = fn(&Case) -> Option<&PathBuf>;

/// The kinds of masks: name, and the case's file.
const MASKS: [(&str, MaskOf); 3] = [
    ("mask", |case| case.mask.as_ref()),
    ("reader2", |case| case.mask_reader2.as_ref()),
    ("repeat", |case| case.mask_repeat.as_ref()),
];

/// A finished piece of work: the case, the kind of mask, what came of it.
type Done<'a> = (&'a Case, &'a str, &'a Entry);

impl ExtractResult {
    /// The cases whose own masks gave features.
    pub fn extracted(&self) -> BTreeSet<&str> {
        self.cases
            .iter()
            .filter(|case| case.mask == "mask" && case.error.is_none())
            .map(|case| case.id.as_str())
            .collect()
    }

    /// The features of second masks, by kind.
    pub fn second(&self) -> Vec<(&'static str, &FeatureTable)> {
        [("reader2", &self.tables.reader2), ("repeat", &self.tables.repeat)]
            .into_iter()
            .filter_map(|(kind, table)| Some((kind, table.as_ref()?)))
            .collect()
    }
}

/// The second masks of the cases, and the settings by which features are computed.
pub struct ExtractedFiles<'s>(CaseReading<'s>);

impl<'s> Part<'s> for ExtractedFiles<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let input = sources.input();
        let keys: Vec<Vec<String>> = input
            .cohort()
            .cases
            .par_iter()
            .filter(|case| case.include)
            .map(|case| {
                MASKS[1..]
                    .iter()
                    .map(|(_, file)| match file(case) {
                        None => String::new(),
                        Some(mask) => files_of(case, mask).ingredient(input),
                    })
                    .collect()
            })
            .collect();
        input.files().save();
        let second = keys.iter().flatten().filter(|key| !key.is_empty()).count();
        Ok(Ingredients::default()
            .with_settings(&input.parameters().to_value())
            .with_many("second masks", second, &keys))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        CaseReading::take(sources).map(Self)
    }
}

impl Stage for Extract {
    const NAME: &'static str = "extract";
    const ABOUT: &'static str = "computes the features of every good case, as PyRadiomics does";
    const MAKES: &'static [&'static str] = &[
        "extract/features.csv",
        "extract/features_reader2.csv",
        "extract/features_repeat.csv",
        "extract/diagnostics.csv",
        "extract/errors.csv",
        FINISHED,
    ];
    const RESULT: &'static str = "extract/result.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Check>, ExtractedFiles<'s>);
    type Output = ExtractResult;

    fn applies(input: &StudyInput) -> bool {
        input.config().features.is_none()
    }

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run(
        (check, ExtractedFiles(reading)): Self::Input<'_>,
        (): &(),
        watch: &Watch,
    ) -> Result<ExtractResult, StudyError> {
        let input = reading.input();
        let columns = features::column_names(input.parameters());
        let settings = digest(input.parameters().to_value().to_string().as_bytes());
        let journal: Journal<Entry> = reading.journal(FINISHED, RUNNING, watch);
        let judged = check.by_id();
        let work: Vec<(&Case, Vec<Asked>)> = input
            .cohort()
            .cases
            .iter()
            .filter(|case| {
                judged
                    .get(case.id.as_str())
                    .is_some_and(|found| found.verdict == Verdict::Good)
            })
            .map(|case| {
                let masks = MASKS.iter().filter_map(|(kind, file)| Some((*kind, file(case)?)));
                (case, masks.collect())
            })
            .collect();
        let of = work.iter().map(|(_, masks)| masks.len()).sum();
        let done = AtomicUsize::new(0);
        let entries: Vec<Vec<Work<Entry>>> = work
            .par_iter()
            .map(|(case, masks)| {
                // Every file is looked at before the first is read: the masks of a case are read together.
                let states: Vec<State> = masks
                    .iter()
                    .map(|(_, mask)| files_of(case, mask).state(input))
                    .collect();
                let regions = OnceCell::new();
                let of_mask = |(number, (state, (kind, mask))): (usize, (State, &Asked))| {
                    watch.check()?;
                    let asked = format!("{kind}\n{settings}");
                    let done_work =
                        files_of(case, mask).recall_or_compute_from(state, input, &journal, &asked, || {
                            let read = || regions.get_or_init(|| read(input, case, masks)).scan(number);
                            extract(input, case, mask, &columns, read)
                        })?;
                    let label = if *kind == "mask" {
                        case.id.clone()
                    } else {
                        format!("{} ({kind})", case.id)
                    };
                    watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, of, &label)?;
                    Ok(done_work)
                };
                states.into_iter().zip(masks).enumerate().map(of_mask).collect()
            })
            .collect::<Result<_, StudyError>>()?;
        input.files().save();
        let entries: Vec<Work<Entry>> = entries.into_iter().flatten().collect();

        let results: Vec<Done> = work
            .iter()
            .flat_map(|(case, masks)| masks.iter().map(move |(kind, _)| (*case, *kind)))
            .zip(&entries)
            .map(|((case, kind), work)| (case, kind, &work.entry))
            .collect();
        let kept = kept_columns(&results, columns.len());
        let names: Vec<String> = kept.iter().map(|&column| columns[column].clone()).collect();
        let table_of = |kind: &str| {
            let of_kind: Vec<(&str, &Entry)> = results
                .iter()
                .filter(|(_, other, entry)| *other == kind && entry.error.is_none())
                .map(|(case, _, entry)| (case.id.as_str(), *entry))
                .collect();
            (kind == "mask" || !of_kind.is_empty()).then(|| feature_table(&of_kind, &kept, &names))
        };
        Ok(ExtractResult {
            cases: results
                .iter()
                .map(|(case, kind, entry)| CaseExtraction {
                    id: case.id.clone(),
                    mask: (*kind).to_owned(),
                    error: entry.error.clone(),
                    warnings: entry.warnings.clone(),
                })
                .collect(),
            tables: FeatureTables {
                mask: Arc::new(table_of("mask").unwrap_or_default()),
                reader2: table_of("reader2"),
                repeat: table_of("repeat"),
            },
            left: Left {
                lines: entries.iter().filter_map(|work| work.line.as_deref()).collect(),
                passing: entries.iter().filter(|work| work.passing).count(),
                diagnostics: diagnostics(&results).to_csv(),
                errors: csv_of(errors(&results)),
            },
            features: names,
        })
    }

    fn present(result: &ExtractResult, made: &mut Made) {
        made.passing = result.left.passing;
        made.file(FINISHED, result.left.lines.as_str());
        made.leftovers.push(RUNNING.to_owned());
        let tables = &result.tables;
        made.file("extract/features.csv", tables.mask.to_table().to_csv());
        for (file, table) in [
            ("extract/features_reader2.csv", &tables.reader2),
            ("extract/features_repeat.csv", &tables.repeat),
        ] {
            if let Some(table) = table {
                made.file(file, table.to_table().to_csv());
            }
        }
        made.file("extract/diagnostics.csv", result.left.diagnostics.as_str());
        made.file("extract/errors.csv", result.left.errors.as_str());
        notes(result, made);
    }

    fn read(out: &Path) -> Option<ExtractResult> {
        let mut result: ExtractResult = from_json(&crate::file::read(&out.join(Self::RESULT)).ok()?)?;
        let table = |file: &str| FeatureTable::from_artefact(&Table::read(&out.join(file)).ok()?).ok();
        result.tables = FeatureTables {
            mask: Arc::new(table("extract/features.csv")?),
            reader2: table("extract/features_reader2.csv"),
            repeat: table("extract/features_repeat.csv"),
        };
        Some(result)
    }
}

/// The files of a case with one of its masks.
pub(super) fn files_of<'a>(case: &'a Case, mask: &'a Path) -> CaseFiles<'a> {
    CaseFiles {
        image: case.image.as_deref(),
        mask: Some(mask),
        label: case.label.as_deref(),
        volume: case.volume,
    }
}

/// Reads the regions of all masks of a case.
fn read(input: &StudyInput, case: &Case, masks: &[Asked]) -> Regions {
    let options = options_of(case, input.parameters());
    let asked: Vec<_> = masks
        .iter()
        .map(|(_, mask)| ((*mask).clone(), options.label.clone()))
        .collect();
    load_regions(case.image.as_deref().unwrap_or(Path::new("")), &asked, &options)
}

fn extract(
    input: &StudyInput,
    case: &Case,
    mask: &Path,
    columns: &[String],
    read: impl FnOnce() -> Result<Scan, VolumeError>,
) -> Computed<Entry> {
    let Some(image) = &case.image else {
        return Entry::failed("the cohort names no image".to_owned(), Outcome::Unusable);
    };
    let extracted = read()
        .map_err(FeatureError::from)
        .and_then(|scan| features::extract(&scan, input.parameters()).map_err(|error| error.of_files(image, mask)));
    measured(input, columns, extracted)
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

/// A row of `extract/errors.csv`.
#[derive(Default, Serialize)]
struct ErrorRow<'a> {
    id: &'a str,
    mask: &'a str,
    level: &'a str,
    message: &'a str,
}

fn errors<'a>(results: &'a [Done]) -> impl Iterator<Item = ErrorRow<'a>> {
    results.iter().flat_map(|(case, mask, entry)| {
        let errors = entry.error.iter().map(|text| ("error", text));
        let said = errors.chain(entry.warnings.iter().map(|text| ("warning", text)));
        said.map(|(level, message)| ErrorRow {
            id: &case.id,
            mask,
            level,
            message,
        })
    })
}

/// So many failures are named in words.
const NAMED: usize = 20;

fn notes(result: &ExtractResult, made: &mut Made) {
    let masks = |kind: &str| {
        result
            .cases
            .iter()
            .filter(|case| case.mask == kind && case.error.is_none())
            .count()
    };
    made.note(words::features_of_cases(result.features.len(), masks("mask")));
    for (kind, words) in [
        ("reader2", words::ANOTHER_READERS),
        ("repeat", words::SAME_READERS_SECOND),
    ] {
        if masks(kind) > 0 {
            made.note(words::cases_have_mask(masks(kind), words));
        }
    }
    let mut named = 0;
    for case in &result.cases {
        if let Some(error) = &case.error {
            made.failed_cases += usize::from(case.mask == "mask");
            named += 1;
            if named > NAMED {
                continue;
            }
            let mask = if case.mask == "mask" {
                String::new()
            } else {
                format!(" ({})", case.mask)
            };
            made.note(format!("{}{mask}: {error}", case.id));
        }
    }
    if named > NAMED {
        made.note(words::more_failed(named - NAMED, Extract::RESULT));
    }
}
