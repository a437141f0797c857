//! `split`: training and test, all cases of a patient on one side; or the sides that a column gives.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::{Check, Verdict};
use super::extract::Extract;
use super::parts::Cases;
use crate::figure::Results;
use crate::figure::flow::{FlowGroup, FlowInput};
use crate::message::Message;
use crate::message::english::figure as figure_words;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::split::{SplitSettings, group_numbers, split};
use crate::study::artefact::csv_of;
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::partition::Partition;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Case, Side, some_of};
use crate::study::input::keys::{Form, Key, OUTCOME_COLUMN, Row, SEED_KIND};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Split;

/// How the cases are divided.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    ratio: Ratio,
    seed: u64,
    seed_kind: SeedKind,
    /// The outcome's column, for messages
    outcome: String,
    /// Whether the study knowingly lets a patient's cases lie on both sides
    torn_patients: bool,
}

/// Parts of training to parts of test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    training: f64,
    test: f64,
}

/// Training to test
pub(crate) static RATIO: Key<Ratio> = Key::form(
    "split.ratio",
    "split ratio",
    "2:1",
    "training to test, as 2:1; 1:0 lets every case train",
)
.on_screen();
/// The seed of a random split
pub(crate) static SEED: Key<u64> = Key::whole("split.seed", "split seed", "1", "seed of the split").on_screen();

impl Ratio {
    /// The share of the test set.
    pub fn test_fraction(self) -> f64 {
        self.test / (self.training + self.test)
    }

    /// Parts of training, parts of test.
    pub fn parts(self) -> (f64, f64) {
        (self.training, self.test)
    }
}

impl Serialize for Ratio {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        format!("{}:{}", self.training, self.test).serialize(serializer)
    }
}

impl Form for Ratio {
    fn read(value: &Value) -> Result<Self, String> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (training, test) = text.split_once(':').unwrap_or((text.as_str(), "1"));
        match (training.trim().parse::<f64>(), test.trim().parse::<f64>()) {
            (Ok(training), Ok(test)) if training > 0.0 && test >= 0.0 && training.is_finite() && test.is_finite() => {
                Ok(Self { training, test })
            }
            _ => Err(format!("\"{text}\" is not a ratio of training to test such as 2:1")),
        }
    }
}

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

    /// The cases' identifiers.
    pub fn ids(&self) -> Vec<String> {
        self.cases.iter().map(|case| case.id.clone()).collect()
    }

    /// The sides that have cases: where every case trains, there is no test.
    pub fn sides(&self) -> impl Iterator<Item = Side> + '_ {
        [Side::Training, Side::Test]
            .into_iter()
            .filter(|&side| self.cases.iter().any(|case| case.side == side))
    }

    /// Cases and events of a side.
    pub fn counts(&self, side: Side) -> (usize, usize) {
        let of = || self.cases.iter().filter(move |case| case.side == side);
        (of().count(), of().filter(|case| case.event).count())
    }
}

impl Stage for Split {
    const NAME: &'static str = "split";
    const ABOUT: &'static str = "divides the patients into training and test, stratified by outcome";
    const MAKES: &'static [&'static str] = &["split/split.csv"];
    const RESULT: &'static str = "split/result.json";
    type Settings = Division;
    type Input<'s> = (Cases<'s>, Option<Of<'s, Check>>, Option<Of<'s, Extract>>);
    type Output = SplitResult;

    fn keys() -> Vec<&'static Row> {
        vec![&RATIO.row, &SEED.row, &SEED_KIND.row]
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        if input.cohort().split_stated {
            Self::keys().iter().map(|row| row.name).collect()
        } else {
            Vec::new()
        }
    }

    fn settings(config: &Config) -> Result<Division, StudyError> {
        Ok(Division {
            ratio: config.get(&RATIO)?,
            seed: config.get(&SEED)?,
            seed_kind: config.get(&SEED_KIND)?,
            outcome: config.get(&OUTCOME_COLUMN)?,
            torn_patients: config.allows("L01"),
        })
    }

    fn run(
        (cases, check, extract): Self::Input<'_>,
        settings: &Division,
        _watch: &Watch,
    ) -> Result<SplitResult, StudyError> {
        if cases.outcome_values().is_none() {
            return Err(StudyError::Cohort(format!(
                "the cohort has no column \"{}\" with cases with and without the event; fill it in, or name the outcome's column, as outcome: {{column: NAME, event: 1}}",
                settings.outcome
            )));
        }
        let there = match &extract {
            None => cases.taking_part().collect(),
            Some(extract) => {
                let extracted = extract.extracted();
                cases
                    .taking_part()
                    .filter(|case| extracted.contains(case.id.as_str()))
                    .collect::<Vec<_>>()
            }
        };
        if there.is_empty() && extract.is_some() {
            let bad = check.map_or(0, |check| {
                check.cases.iter().filter(|case| case.verdict == Verdict::Bad).count()
            });
            return Err(StudyError::Stage(format!(
                "no case has features and an outcome ({bad} cases are bad; see check/check.csv)"
            )));
        }
        let given = cases.split_stated();
        let sides = if given {
            given_sides(&there, settings)?
        } else {
            drawn_sides(&there, settings)?
        };
        let result = SplitResult {
            cases: there
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
            patients_stated: cases.patients_stated(),
        };
        // A study without a test set is judged by resampling, and on other patients; one without training is none.
        let training = (result.counts(Side::Training).0 == 0).then_some(Side::Training);
        for side in training.into_iter().chain(result.sides()) {
            let (count, events) = result.counts(side);
            if events == 0 || events == count {
                return Err(StudyError::Stage(format!(
                    "the {} set has {count} cases, {events} with the event; it needs cases with and without it",
                    side.name()
                )));
            }
        }
        Ok(result)
    }

    fn present(result: &SplitResult, made: &mut Made) {
        for side in result.sides() {
            let (count, events) = result.counts(side);
            let patients: BTreeSet<&str> = result
                .cases
                .iter()
                .filter(|case| case.side == side)
                .map(|case| case.patient.as_str())
                .collect();
            made.note(words::side_of(side.said(), count, patients.len(), events));
        }
        if result.counts(Side::Test).0 == 0 {
            made.note(words::NO_TEST_SET);
        }
        if result.given {
            made.note(words::SIDES_OF_COHORT);
        }
        if !result.patients_stated {
            made.note(words::NO_PATIENT_COLUMN);
        }
        made.file("split/split.csv", csv_of(result.cases.iter().map(case_row)));
    }

    fn figures(result: &SplitResult, sources: &Sources, results: &mut Results) {
        results.put(flow(result, sources));
    }

    fn chapter(split: &SplitResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", page_words::CASES_CHAPTER));
        let rows = split
            .sides()
            .map(|side| {
                let (cases, events) = split.counts(side);
                vec![
                    side.said().to_string(),
                    cases.to_string(),
                    events.to_string(),
                    (cases - events).to_string(),
                ]
            })
            .collect();
        page.table(
            &[
                page_words::SET.text(),
                page_words::CASES.text(),
                page_words::WITH_EVENT.text(),
                page_words::WITHOUT.text(),
            ],
            rows,
        );
        if split.counts(Side::Test).0 == 0 {
            page.say(&format!("> {}\n\n", words::NO_TEST_SET));
        }
    }
}

fn given_sides(cases: &[&Case], settings: &Division) -> Result<Vec<Side>, StudyError> {
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
    if !both.is_empty() && !settings.torn_patients {
        return Err(StudyError::Cohort(format!(
            "the given split puts cases of one patient on both sides: {}; move them to one side, or allow it with a reason, as guard: {{allow: [{{rule: L01, reason: …}}]}}",
            some_of(&both)
        )));
    }
    Ok(cases.iter().filter_map(|case| case.side).collect())
}

fn drawn_sides(cases: &[&Case], settings: &Division) -> Result<Vec<Side>, StudyError> {
    if settings.ratio.test_fraction() <= 0.0 {
        return Ok(vec![Side::Training; cases.len()]);
    }
    let events: Vec<bool> = cases.iter().map(|case| case.outcome == Some(true)).collect();
    let patients = group_numbers(&cases.iter().map(|case| case.patient.as_str()).collect::<Vec<_>>());
    let settings = SplitSettings {
        test_fraction: settings.ratio.test_fraction(),
        seed: settings.seed,
        seed_kind: settings.seed_kind,
    };
    let test = split(&events, Some(&patients), &settings)?;
    Ok(test
        .into_iter()
        .map(|test| if test { Side::Test } else { Side::Training })
        .collect())
}

/// The flow of the cases to the sets of a split.
fn flow(split: &SplitResult, sources: &Sources) -> FlowInput {
    let cohort = sources.input().cohort();
    let there: BTreeSet<&str> = split.cases.iter().map(|case| case.id.as_str()).collect();
    let check = sources.store().check();
    let verdicts: HashMap<&str, Verdict> = check
        .map(|check| {
            check
                .cases
                .iter()
                .map(|case| (case.id.as_str(), case.verdict))
                .collect()
        })
        .unwrap_or_default();
    let mut reasons: BTreeMap<String, (Message, usize)> = BTreeMap::new();
    for case in cohort.cases.iter().filter(|case| !there.contains(case.id.as_str())) {
        let reason = reason(case, verdicts.get(case.id.as_str()).copied());
        reasons.entry(reason.to_string()).or_insert((reason, 0)).1 += 1;
    }
    let mut left_out: Vec<(Message, usize)> = reasons.into_values().collect();
    left_out.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let whole = FlowGroup {
        cases: cohort.cases.len(),
        patients: split.patients_stated.then(|| {
            let patients: BTreeSet<&str> = cohort.cases.iter().map(|case| case.patient.as_str()).collect();
            patients.len()
        }),
        events: left_out
            .is_empty()
            .then(|| split.cases.iter().filter(|case| case.event).count()),
    };
    let group = |cases: &mut dyn Iterator<Item = &SplitCase>| {
        let cases: Vec<&SplitCase> = cases.collect();
        let patients: BTreeSet<&str> = cases.iter().map(|case| case.patient.as_str()).collect();
        FlowGroup {
            cases: cases.len(),
            patients: split.patients_stated.then_some(patients.len()),
            events: Some(cases.iter().filter(|case| case.event).count()),
        }
    };
    FlowInput {
        cohort: whole,
        left_out,
        taking_part: group(&mut split.cases.iter()),
        sets: split
            .sides()
            .map(|side| {
                let of_side = group(&mut split.cases.iter().filter(|case| case.side == side));
                (side.said().to_string(), of_side)
            })
            .collect(),
    }
}

/// Why a case is in no set.
fn reason(case: &Case, verdict: Option<Verdict>) -> Message {
    match (case.include, case.outcome, verdict) {
        (false, ..) if case.reason.is_empty() => figure_words::LEFT_OUT_BY_HAND.into(),
        (false, ..) => figure_words::left_out_because(&case.reason),
        (true, None, _) => figure_words::NO_OUTCOME.into(),
        (true, Some(_), Some(Verdict::Bad)) => figure_words::CANNOT_BE_USED.into(),
        (true, Some(_), _) => figure_words::NO_FEATURES.into(),
    }
}

/// A row of `split/split.csv`.
#[derive(Default, Serialize)]
struct CaseRow<'a> {
    id: &'a str,
    patient: &'a str,
    event: u8,
    split: &'a str,
}

fn case_row(case: &SplitCase) -> CaseRow<'_> {
    CaseRow {
        id: &case.id,
        patient: &case.patient,
        event: case.event.into(),
        split: case.side.name(),
    }
}
