//! `split`: training and test, all cases of a patient on one side; or the sides that a column gives.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::baseline::{BaselineRow, baseline, table as baseline_table};
use super::check::Verdict;
use super::needed;
use crate::stats::validation::split::{SplitSettings, group_numbers, split};
use crate::study::artefact::json_bytes;
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::Partition;
use crate::study::input::cohort::{Case, Side, some_of};
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Split;

/// A case and its side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCase {
    /// The case
    pub id: String,
    /// Its patient
    pub patient: String,
    /// Whether the event happened
    pub event: bool,
    /// Its side
    pub side: Side,
}

/// Training and test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitResult {
    /// The cases that take part, in the cohort's order
    pub cases: Vec<SplitCase>,
    /// Whether a column gave the sides
    pub given: bool,
    /// Whether a column says which patient a case belongs to; if not, each case is its own
    pub patients_stated: bool,
    /// Table 1: training against test
    #[serde(default)]
    pub table1: Vec<BaselineRow>,
}

impl SplitResult {
    /// The cases as rows that may be learnt from and rows that may not.
    pub fn partition(&self) -> Partition {
        Partition::new(
            self.cases.iter().map(|case| case.id.clone()).collect(),
            self.cases.iter().map(|case| case.side).collect(),
        )
    }

    /// Each case's outcome.
    pub fn events(&self) -> Vec<bool> {
        self.cases.iter().map(|case| case.event).collect()
    }

    /// Each case's patient as a number, in order of first appearance.
    pub fn patients(&self) -> Vec<usize> {
        group_numbers(&self.cases.iter().map(|case| case.patient.as_str()).collect::<Vec<_>>())
    }

    /// Cases and events of a side.
    pub fn counts(&self, side: Side) -> (usize, usize) {
        let of = || self.cases.iter().filter(move |case| case.side == side);
        (of().count(), of().filter(|case| case.event).count())
    }
}

impl Stage for Split {
    fn name(&self) -> &'static str {
        "split"
    }

    fn about(&self) -> &'static str {
        "divides the patients into training and test, stratified by outcome"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &["split/split.csv", "split/table1.csv", "split/result.json"]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let config = study.config();
        let cases: Vec<_> = study
            .cohort()
            .taking_part()
            .map(|case| (&case.id, &case.patient, case.outcome, case.side))
            .collect();
        let columns = &config.clinical.columns;
        let clinical: Vec<Vec<&str>> = (0..study.cohort().cases.len())
            .map(|case| columns.iter().map(|column| study.cohort().cell(case, column)).collect())
            .collect();
        let mut ingredients = Ingredients::new()
            .with_many("the cases", cases.len(), &cases)
            .with_many("the clinical values", clinical.len(), &clinical);
        if !study.cohort().split_stated {
            ingredients = ingredients
                .with(
                    "split ratio",
                    format!("{}:{}", config.split.training_parts, config.split.test_parts),
                )
                .with("split seed", config.split.seed)
                .with("seed kind", seed_kind_name(study));
        }
        Ok(ingredients)
    }

    fn run(&self, study: &Study, _watch: &Watch) -> Result<Made, StudyError> {
        let cases = cases_of(study)?;
        let given = study.cohort().split_stated;
        let sides = if given {
            given_sides(study, &cases)?
        } else {
            drawn_sides(study, &cases)?
        };
        let mut result = SplitResult {
            cases: cases
                .iter()
                .zip(sides)
                .map(|(case, side)| SplitCase {
                    id: case.id.clone(),
                    patient: case.patient.clone(),
                    event: case.outcome == Some(true),
                    side,
                })
                .collect(),
            given,
            patients_stated: study.cohort().patients_stated,
            table1: Vec::new(),
        };
        let mut made = Made::default();
        for side in [Side::Training, Side::Test] {
            let (count, events) = result.counts(side);
            let patients: BTreeSet<&str> = result
                .cases
                .iter()
                .filter(|case| case.side == side)
                .map(|case| case.patient.as_str())
                .collect();
            if count == 0 || events == 0 || events == count {
                return Err(StudyError::Stage(format!(
                    "the {} set has {count} cases, {events} with the event; both sets need cases with and without it",
                    side.name()
                )));
            }
            made.note(format!(
                "{}: {count} cases of {} patients, {events} with the event",
                side.name(),
                patients.len()
            ));
        }
        if given {
            made.note("the sides are those of the cohort's column");
        }
        if !result.patients_stated {
            made.note("no column says which patient a case belongs to: each case counts as its own patient");
        }
        result.table1 = baseline(study, &result.cases)?;
        made.file("split/table1.csv", baseline_table(&result.table1).to_csv());
        made.file("split/split.csv", table(&result).to_csv());
        made.file("split/result.json", json_bytes(&result));
        Ok(made)
    }
}

/// The cases that take part: included, with an outcome, and (in a study of images) extracted.
fn cases_of(study: &Study) -> Result<Vec<&Case>, StudyError> {
    let outcome = &study.config().outcome.column;
    if study.cohort().outcome_values.is_none() {
        return Err(StudyError::Cohort(format!(
            "the cohort has no column \"{outcome}\" with cases with and without the event; fill it in, or name the outcome's column, as outcome: {{column: NAME, event: 1}}"
        )));
    }
    if study.config().features.is_some() {
        return Ok(study.cohort().taking_part().collect());
    }
    let extracted: BTreeSet<&str> = needed(study.results().extract(), "extract")?
        .cases
        .iter()
        .filter(|case| case.mask == "mask" && case.error.is_none())
        .map(|case| case.id.as_str())
        .collect();
    let cases: Vec<&Case> = study
        .cohort()
        .taking_part()
        .filter(|case| extracted.contains(case.id.as_str()))
        .collect();
    if cases.is_empty() {
        let bad = study.results().check().map_or(0, |check| {
            check.cases.iter().filter(|case| case.verdict == Verdict::Bad).count()
        });
        return Err(StudyError::Stage(format!(
            "no case has features and an outcome ({bad} cases are bad; see check/check.csv)"
        )));
    }
    Ok(cases)
}

fn given_sides(study: &Study, cases: &[&Case]) -> Result<Vec<Side>, StudyError> {
    let without: Vec<&str> = cases
        .iter()
        .filter(|case| case.side.is_none())
        .map(|case| case.id.as_str())
        .collect();
    if !without.is_empty() {
        return Err(StudyError::Cohort(format!(
            "the split's column says neither train nor test for {}",
            some_of(&without)
        )));
    }
    let mut sides: BTreeMap<&str, BTreeSet<Side>> = BTreeMap::new();
    for case in cases {
        sides.entry(&case.patient).or_default().extend(case.side);
    }
    let both: Vec<&str> = sides
        .iter()
        .filter(|(_, sides)| sides.len() > 1)
        .map(|(patient, _)| *patient)
        .collect();
    if !both.is_empty() && !study.config().allow.iter().any(|allowance| allowance.rule == "L01") {
        return Err(StudyError::Cohort(format!(
            "the given split puts cases of one patient on both sides: {}; move them to one side, or allow it with a reason, as guard: {{allow: [{{rule: L01, reason: …}}]}}",
            some_of(&both)
        )));
    }
    Ok(cases.iter().filter_map(|case| case.side).collect())
}

fn drawn_sides(study: &Study, cases: &[&Case]) -> Result<Vec<Side>, StudyError> {
    let config = study.config();
    let events: Vec<bool> = cases.iter().map(|case| case.outcome == Some(true)).collect();
    let patients = group_numbers(&cases.iter().map(|case| case.patient.as_str()).collect::<Vec<_>>());
    let settings = SplitSettings {
        test_fraction: config.split.test_parts / (config.split.training_parts + config.split.test_parts),
        seed: config.split.seed,
        seed_kind: config.seed_kind,
    };
    let test = split(&events, Some(&patients), &settings)?;
    Ok(test
        .into_iter()
        .map(|test| if test { Side::Test } else { Side::Training })
        .collect())
}

/// The name of the random numbers' source in ingredients.
pub(super) fn seed_kind_name(study: &Study) -> &'static str {
    match study.config().seed_kind {
        crate::stats::base::random::SeedKind::Own => "own",
        crate::stats::base::random::SeedKind::R => "R",
    }
}

fn table(result: &SplitResult) -> Table {
    let rows = result
        .cases
        .iter()
        .map(|case| {
            vec![
                case.id.clone(),
                case.patient.clone(),
                u8::from(case.event).to_string(),
                case.side.name().to_owned(),
            ]
        })
        .collect();
    Table {
        header: ["id", "patient", "event", "split"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    }
}

/// The rows of a feature table in the order of the split's cases.
pub(super) fn rows_in(ids: &[String], table: &[String]) -> Result<Vec<usize>, StudyError> {
    let positions: HashMap<&str, usize> = table.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
    ids.iter()
        .map(|id| {
            positions
                .get(id.as_str())
                .copied()
                .ok_or_else(|| StudyError::Stage(format!("case {id} has no row in the table of features")))
        })
        .collect()
}
