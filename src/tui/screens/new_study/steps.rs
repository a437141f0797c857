//! The steps, each as lines that can be acted on.

use std::path::PathBuf;

use super::making::{Making, Use};
use crate::message::english::new_study as words;
use crate::message::{Id, Message};
use crate::study::new::answers::ClinicalKind;
use crate::study::new::material::{facts, holds_paths, sheet_of};
use crate::study::table::{Kind, Table, number};
use crate::tui::effect::Asked;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Step {
    /// Folders and tables
    #[default]
    Given,
    /// Which mask goes with which image
    Pairing,
    /// The columns of the ids, and of the files where a table names them
    Ids,
    /// The outcome's column
    Outcome,
    /// Which value is the event
    Event,
    /// The clinical columns
    Clinical,
    /// The patient's column
    Patient,
    /// Check and write
    Finish,
}

/// A line of a step.
pub(super) struct Line {
    /// Whether it is chosen, where it can be
    pub(super) chosen: Option<bool>,
    pub(super) text: Message,
    pub(super) detail: Message,
    /// What Enter does
    pub(super) act: Option<Act>,
}

/// What a line does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// Add a folder or a table
    Add(PathBuf),
    /// Take one away
    Drop(PathBuf),
    /// Ask for a line of text
    Ask(Asked),
    /// The next use of a reader's masks or of a column
    NextUse(String, &'static [Use]),
    /// The column of a table's ids
    Identify(usize, String),
    /// Ids that differ in how they are written alone are the same, or not
    SameIds,
    /// The outcome's column; none where there is no outcome
    Outcome(Option<String>),
    /// The event
    Event(String),
    /// Take a clinical column or leave it
    NextKind(String),
    /// Take words for missing
    Missing(Vec<String>),
    /// The patient's column
    Patient(Option<String>),
    /// The centre's column
    Centre(Option<String>),
    /// The table of features that stands for the scans, or none
    Features(Option<PathBuf>),
    /// Check the study
    Check,
    /// Go without the cases that cannot be used
    LeaveOut,
    /// Write it
    Write,
}

/// What masks may be used as.
const MASKS: &[Use] = &[Use::Mask, Use::SecondReader, Use::Repeat];
/// What a column of files may be used as.
const FILES: &[Use] = &[Use::Image, Use::Mask, Use::SecondReader, Use::Repeat];

impl Step {
    /// All of them, in order.
    const ALL: [Self; 8] = [
        Self::Given,
        Self::Pairing,
        Self::Ids,
        Self::Outcome,
        Self::Event,
        Self::Clinical,
        Self::Patient,
        Self::Finish,
    ];

    /// The steps that this study has.
    pub(super) fn all(making: &Making) -> Vec<Self> {
        let there = |step: &Self| match step {
            Self::Pairing => making.material.found.is_some(),
            Self::Event | Self::Clinical => !making.answers.without_outcome,
            Self::Given | Self::Ids | Self::Outcome | Self::Patient | Self::Finish => true,
        };
        Self::ALL.into_iter().filter(there).collect()
    }

    /// Its name, and a line about it.
    pub(super) fn names(self) -> (Id, Id) {
        match self {
            Self::Given => (words::GIVEN, words::GIVEN_ABOUT),
            Self::Pairing => (words::PAIRING, words::PAIRING_ABOUT),
            Self::Ids => (words::IDS, words::IDS_ABOUT),
            Self::Outcome => (words::OUTCOME, words::OUTCOME_ABOUT),
            Self::Event => (words::EVENT, words::EVENT_ABOUT),
            Self::Clinical => (words::CLINICAL, words::CLINICAL_ABOUT),
            Self::Patient => (words::PATIENT, words::PATIENT_ABOUT),
            Self::Finish => (words::FINISH, words::FINISH_ABOUT),
        }
    }

    /// What has to be answered before the next step.
    pub(super) fn open(self, making: &Making) -> Option<Message> {
        let said = |error: String| Message::verbatim(error);
        let cases = making.known_cases();
        match self {
            Self::Given => making.paths.is_empty().then(|| words::GIVE_SOMETHING.into()),
            Self::Pairing => match &making.pairing {
                Some(Err(error)) => Some(said(error.clone())),
                Some(Ok(pairing)) if pairing.has_choice() && making.answers.mask.is_none() => {
                    Some(words::CHOOSE_READER.into())
                }
                Some(Ok(_)) | None => None,
            },
            Self::Ids => match &making.cases {
                Some(Err(error)) => Some(said(error.clone())),
                Some(Ok(_)) | None => None,
            },
            Self::Outcome => {
                let (material, answers) = (&making.material, &making.answers);
                let open = cases.is_some_and(|cases| {
                    answers.outcome.is_none() && !answers.without_outcome && cases.outcome(material, answers).is_err()
                });
                open.then(|| words::CHOOSE_OUTCOME.into())
            }
            Self::Event => cases.and_then(|cases| {
                Some(said(
                    cases.outcome(&making.material, &making.answers).err()?.to_string(),
                ))
            }),
            Self::Clinical => cases.and_then(|cases| {
                Some(said(
                    cases.clinical(&making.material, &making.answers).err()?.to_string(),
                ))
            }),
            Self::Patient => None,
            Self::Finish => Some(words::LAST_STEP.into()),
        }
    }

    /// Its lines.
    pub(super) fn lines(self, making: &Making) -> Vec<Line> {
        match self {
            Self::Given => given(making),
            Self::Pairing => pairing(making),
            Self::Ids => ids(making),
            Self::Outcome => outcome(making),
            Self::Event => event(making),
            Self::Clinical => clinical(making),
            Self::Patient => patient(making),
            Self::Finish => finish(making),
        }
    }
}

impl Line {
    fn new(text: impl Into<Message>, detail: impl Into<Message>) -> Self {
        Self {
            chosen: None,
            text: text.into(),
            detail: detail.into(),
            act: None,
        }
    }

    fn does(self, act: Act) -> Self {
        Self { act: Some(act), ..self }
    }

    fn chosen(self, chosen: bool) -> Self {
        Self {
            chosen: Some(chosen),
            ..self
        }
    }
}

fn nothing() -> Message {
    Message::default()
}

fn given(making: &Making) -> Vec<Line> {
    let mut lines = vec![Line::new(words::ADD, nothing()).does(Act::Ask(Asked::Path))];
    for path in &making.paths {
        let file = sheet_of(path).0;
        let table = making.material.tables.iter().find(|table| table.source == file);
        let found = making.material.found.as_ref().filter(|found| found.folder == *path);
        let (name, detail) = match (table, found) {
            (Some(table), _) => (Message::verbatim(path.display().to_string()), read_as(table)),
            (None, Some(found)) => (
                words::scans_in(path.display().to_string()),
                words::scans_found(found.candidates.len(), found.linked.len(), found.others),
            ),
            (None, None) => (Message::verbatim(path.display().to_string()), nothing()),
        };
        lines.push(Line::new(name, detail).chosen(true).does(Act::Drop(path.clone())));
    }
    for path in making.material.found.iter().flat_map(|found| &found.tables) {
        if !making.paths.contains(path) {
            let line = Line::new(Message::verbatim(path.display().to_string()), words::FOUND_THERE);
            lines.push(line.chosen(false).does(Act::Add(path.clone())));
        }
    }
    lines
}

/// How large a table is, and how it was read where it might have been read otherwise.
fn read_as(table: &Table) -> Message {
    let size = words::rows_of(table.rows.len(), table.header.len());
    if table.understood.is_empty() {
        size
    } else {
        Message::verbatim(format!("{size}; {}", table.understood.join(", ")))
    }
}

fn role(role: Option<Use>) -> Message {
    match role {
        None => words::ROLE_NONE,
        Some(Use::Image) => words::ROLE_IMAGE,
        Some(Use::Mask) => words::ROLE_MASK,
        Some(Use::SecondReader) => words::ROLE_SECOND,
        Some(Use::Repeat) => words::ROLE_REPEAT,
    }
    .into()
}

fn pairing(making: &Making) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some(Ok(pairing)) = &making.pairing else {
        return by_hand(making);
    };
    if pairing.has_choice() {
        for (name, count) in pairing.readers() {
            let used = making.use_of(&name);
            let line = Line::new(words::readers_masks(&name), words::on_images(count, role(used)));
            lines.push(line.chosen(used.is_some()).does(Act::NextUse(name, MASKS)));
        }
    }
    lines.extend(by_hand(making));
    for case in &pairing.cases {
        let masks: Vec<&str> = case.masks.iter().map(|mask| mask.path.as_str()).collect();
        lines.push(Line::new(
            Message::verbatim(&case.id),
            Message::verbatim(format!("{}  {}", case.image, masks.join("  "))),
        ));
    }
    for left in &pairing.left_over {
        lines.push(Line::new(words::left_over(&left.path), Message::verbatim(&left.why)));
    }
    lines
}

/// How names can be read by hand.
fn by_hand(making: &Making) -> Vec<Line> {
    let answers = &making.answers;
    let said = |word: &Option<String>| word.as_ref().map_or_else(nothing, Message::verbatim);
    let patterns = match (&answers.image, &answers.mask) {
        (Some(image), Some(mask)) if image.contains('{') => Message::verbatim(format!("{image} | {mask}")),
        _ => words::BY_NAMES.into(),
    };
    let word = answers.image.clone().filter(|word| !word.contains('{'));
    vec![
        Line::new(words::WORD, said(&word)).does(Act::Ask(Asked::Word)),
        Line::new(words::PATTERNS, patterns).does(Act::Ask(Asked::Patterns)),
    ]
}

fn ids(making: &Making) -> Vec<Line> {
    let mut lines = Vec::new();
    let material = &making.material;
    let cases = making.known_cases();
    let joints = cases.map(|cases| cases.joints.as_slice()).unwrap_or_default();
    let file = |table: usize| {
        let source = &material.tables[table].source;
        source
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    for (at, table) in material.tables.iter().enumerate() {
        let joint = joints.iter().find(|joint| joint.table == at);
        for column in &table.header {
            let name = words::file_column(file(at), column);
            if holds_paths(table, column) {
                if material.found.is_none() {
                    let used = making.use_of(column);
                    let line = Line::new(name, role(used)).chosen(used.is_some());
                    lines.push(line.does(Act::NextUse(column.clone(), FILES)));
                }
                continue;
            }
            let chosen = joint.is_some_and(|joint| joint.column == *column);
            let detail = match (joint, cases) {
                (Some(joint), Some(cases)) if chosen => words::ids_found(joint.matched(), cases.ids.len()),
                _ => Message::verbatim(facts(column, &table.texts(column).unwrap_or_default(), &[]).words()),
            };
            lines.push(
                Line::new(name, detail)
                    .chosen(chosen)
                    .does(Act::Identify(at, column.clone())),
            );
        }
    }
    let open = matches!(&making.cases, Some(Err(_)));
    if material.found.is_none() && (open || cases.is_some_and(|cases| cases.features.is_some())) {
        for (at, table) in material.tables.iter().enumerate() {
            let chosen = cases.is_some_and(|cases| cases.features == Some(at));
            let next = (!chosen).then(|| table.source.clone());
            let line = Line::new(words::holds_features(file(at)), words::NO_SCANS);
            lines.insert(at, line.chosen(chosen).does(Act::Features(next)));
        }
    }
    let several = material.tables.len() + usize::from(material.found.is_some()) > 1;
    if several && (open || making.answers.same_ids) {
        let same: usize = joints.iter().map(|joint| joint.same.len()).sum();
        let detail = if making.answers.same_ids {
            words::ids_alike(same)
        } else {
            nothing()
        };
        lines.insert(
            0,
            Line::new(words::SAME_IDS, detail)
                .chosen(making.answers.same_ids)
                .does(Act::SameIds),
        );
    }
    lines
}

fn outcome(making: &Making) -> Vec<Line> {
    let Some(cases) = making.known_cases() else {
        return Vec::new();
    };
    let (material, answers) = (&making.material, &making.answers);
    let now = answers.outcome.clone().or_else(|| {
        cases
            .outcome(material, answers)
            .ok()
            .flatten()
            .map(|found| found.column)
    });
    let mut lines: Vec<Line> = cases
        .possible_outcomes(material, answers)
        .into_iter()
        .map(|facts| {
            let line = Line::new(Message::verbatim(&facts.name), Message::verbatim(facts.words()));
            line.chosen(now.as_ref() == Some(&facts.name))
                .does(Act::Outcome(Some(facts.name)))
        })
        .collect();
    let none = Line::new(words::NO_OUTCOME, words::NO_OUTCOME_DETAIL);
    lines.push(none.chosen(answers.without_outcome).does(Act::Outcome(None)));
    lines
}

fn event(making: &Making) -> Vec<Line> {
    let Some(cases) = making.known_cases() else {
        return Vec::new();
    };
    let (material, answers) = (&making.material, &making.answers);
    let settled = cases.outcome(material, answers).ok().flatten();
    let column = answers
        .outcome
        .clone()
        .or_else(|| settled.as_ref().map(|outcome| outcome.column.clone()));
    let Some(column) = column else { return Vec::new() };
    let values = cases.facts(material, answers, &column).values;
    let line = |(value, count): (String, usize)| {
        let chosen = settled.as_ref().is_some_and(|outcome| outcome.event == value);
        Line::new(Message::verbatim(format!("{column} = {value}")), words::cases(count))
            .chosen(chosen)
            .does(Act::Event(value))
    };
    values.into_iter().map(line).collect()
}

fn clinical(making: &Making) -> Vec<Line> {
    let Some(cases) = making.known_cases() else {
        return Vec::new();
    };
    let (material, answers) = (&making.material, &making.answers);
    let mut lines = Vec::new();
    for facts in cases.possible_predictors(material, answers) {
        let kind = making.taken(&facts.name).map(|clinical| clinical.kind);
        let shown = match (kind, facts.kind) {
            (None, _) => nothing(),
            (Some(Some(ClinicalKind::Category)), _) | (Some(None), Kind::Words) => words::CATEGORY.into(),
            (Some(_), _) => words::NUMBER.into(),
        };
        let detail = Message::verbatim(format!("{shown:<10} {}", facts.words()));
        let line = Line::new(Message::verbatim(&facts.name), detail).chosen(kind.is_some());
        lines.push(line.does(Act::NextKind(facts.name)));
    }
    // A column of numbers in which some cells hold words can be taken once these are known to be missing.
    for facts in cases.free_columns(material, answers) {
        if facts.kind == Kind::MostlyNumbers {
            let strange = |cell: &&str| number(cell).is_none();
            let mut cells: Vec<String> = cases
                .cells(material, &facts.name)
                .into_iter()
                .filter(strange)
                .map(str::to_owned)
                .collect();
            cells.sort();
            cells.dedup();
            let shown = cells.iter().take(4).cloned().collect::<Vec<_>>();
            let line = Line::new(words::words_missing(&facts.name, shown), nothing());
            lines.push(line.chosen(false).does(Act::Missing(cells)));
        }
    }
    lines
}

fn patient(making: &Making) -> Vec<Line> {
    let Some(cases) = making.known_cases() else {
        return Vec::new();
    };
    let (material, answers) = (&making.material, &making.answers);
    let now = cases.patient(material, answers).ok().flatten();
    let scans = cases.scans.iter().any(|row| row.patient.is_some());
    let mut lines = Vec::new();
    let has_usual = now.as_deref() == Some("patient") && answers.patient.is_none();
    if !has_usual && !scans {
        lines.push(
            Line::new(words::EACH_A_PATIENT, nothing())
                .chosen(now.is_none())
                .does(Act::Patient(None)),
        );
    }
    for column in cases.possible_patients(material) {
        let mut cells = cases.cells(material, &column);
        cells.sort_unstable();
        cells.dedup();
        let line = Line::new(Message::verbatim(&column), words::patients(cells.len()));
        lines.push(
            line.chosen(now.as_ref() == Some(&column))
                .does(Act::Patient(Some(column))),
        );
    }
    let centre = &answers.centre;
    lines.push(
        Line::new(words::ONE_CENTRE, nothing())
            .chosen(centre.is_none())
            .does(Act::Centre(None)),
    );
    for facts in cases.possible_centres(material, answers) {
        let line = Line::new(words::centre_column(&facts.name), Message::verbatim(facts.words()));
        let chosen = centre.as_ref() == Some(&facts.name);
        lines.push(line.chosen(chosen).does(Act::Centre(Some(facts.name))));
    }
    lines
}

fn finish(making: &Making) -> Vec<Line> {
    let path = making.out.display().to_string();
    let mut lines = Vec::new();
    let passes = making.checked.as_ref().is_some_and(|(_, checked)| checked.passes());
    if passes {
        lines.push(Line::new(words::write_to(&path), nothing()).does(Act::Write));
    } else {
        lines.push(Line::new(words::CHECK, nothing()).does(Act::Check));
        lines.push(Line::new(words::write_to(&path), words::CHECK_FIRST));
    }
    if let Some((_, checked)) = &making.checked
        && !passes
        && checked.can_go_without_bad()
    {
        let line = Line::new(words::leave_out(checked.bad.len()), words::LEAVE_OUT_DETAIL);
        lines.push(line.does(Act::LeaveOut));
    }
    lines.push(Line::new(words::OTHER_NAME, nothing()).does(Act::Ask(Asked::Out)));
    let Some((draft, checked)) = &making.checked else {
        match making.draft() {
            Err(why) => lines.push(Line::new(Message::verbatim(why), nothing())),
            Ok(draft) => lines.extend(draft.notes.iter().map(|note| Line::new(note.clone(), nothing()))),
        }
        return lines;
    };
    lines.push(Line::new(
        if passes { words::PASSES } else { words::PASSES_NOT },
        nothing(),
    ));
    let [with, without] = checked.events;
    lines.push(Line::new(words::cases(checked.cases), words::events(with, without)));
    lines.push(match checked.patients {
        Some(patients) => Line::new(words::patients(patients), nothing()),
        None => Line::new(words::EACH_A_PATIENT, nothing()),
    });
    let [second, repeat] = checked.again;
    if second + repeat > 0 {
        lines.push(Line::new(words::read_twice(second, repeat), nothing()));
    }
    for (name, count) in checked.missing.iter().filter(|(_, count)| *count > 0) {
        lines.push(Line::new(words::lacks(name, *count), nothing()));
    }
    for (case, why) in &checked.bad {
        lines.push(Line::new(words::bad_case(case, why), nothing()));
    }
    for breach in &checked.breaches {
        lines.push(Line::new(
            Message::verbatim(format!("{} {}", breach.rule, breach.says)),
            nothing(),
        ));
    }
    for note in draft.notes.iter().chain(&checked.notes) {
        lines.push(Line::new(note.clone(), nothing()));
    }
    lines.extend(
        draft
            .text
            .lines()
            .map(|line| Line::new(Message::verbatim(line), nothing())),
    );
    lines
}
