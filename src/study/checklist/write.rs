//! A judged checklist as text: a page, a table, a line; and what is still to be answered.

use serde::Serialize;

use super::item::Checklist;
use super::judge::{Judged, JudgedItem, State};
use crate::stats::base::number::share;
use crate::study::artefact::csv_of;
use crate::study::input::reporting::{Answers, QUESTIONS};
use crate::study::page::Page;

/// The states, in the order in which they are counted.
const STATES: [State; 6] = [
    State::Proved,
    State::Partly,
    State::Refuted,
    State::Authors,
    State::Open,
    State::NotApplicable,
];

/// How many rows stand how, and the score.
pub fn summary(judged: &Judged) -> String {
    let mut parts: Vec<String> = STATES
        .iter()
        .filter_map(|state| {
            let count = judged.items.iter().filter(|item| item.state == *state).count();
            (count > 0).then(|| format!("{count} {}", state.word()))
        })
        .collect();
    let waiting = judged
        .items
        .iter()
        .filter(|item| item.question.is_some() && item.answer.is_none() && item.state != State::NotApplicable)
        .count();
    if waiting > 0 {
        parts.push(format!("{waiting} of these wait for an answer"));
    }
    format!("{}{}", parts.join(", "), score_words(judged))
}

fn score_words(judged: &Judged) -> String {
    let Some(score) = judged.score else {
        return String::new();
    };
    let unit = if score.of == 100.0 { " %" } else { "" };
    let number = |value: f64| share(value, usize::from(!unit.is_empty()));
    if score.at_least == score.at_most {
        format!("; {}{unit} of {}", number(score.at_least), number(score.of))
    } else {
        format!(
            "; at least {}{unit}, at most {}{unit} of {}",
            number(score.at_least),
            number(score.at_most),
            number(score.of)
        )
    }
}

/// The list as a page.
pub fn page(judged: &Judged) -> Page {
    let mut page = Page::new(Vec::new(), Vec::new());
    page.say(&format!(
        "# {}\n\n{}. The rows are in radscore's words; the standard's own text is what counts.\n\n{}.\n\n",
        judged.title,
        judged.citation,
        summary(judged)
    ));
    let rows = judged
        .items
        .iter()
        .map(|item| {
            vec![
                item.item.to_owned(),
                item.asks.to_owned(),
                item.state.word().to_owned(),
                shown(item),
            ]
        })
        .collect();
    page.table(
        &["item", "asks for", "state", "evidence, answer, or what is missing"],
        rows,
    );
    page
}

/// What stands behind a row, in one cell.
pub fn shown(item: &JudgedItem) -> String {
    let mut parts: Vec<String> = item
        .evidence
        .iter()
        .map(|pointer| format!("{} ({}: {})", pointer.value, pointer.file, pointer.key))
        .collect();
    parts.extend(item.answer.clone());
    if !item.missing.is_empty() {
        parts.push(format!("not there: {}", item.missing.join(", ")));
    }
    if let (Some(question), None) = (item.question, &item.answer) {
        let asked = match item.state {
            State::NotApplicable => "unless answered",
            State::Proved | State::Partly | State::Refuted | State::Authors | State::Open => "to be answered",
        };
        parts.push(format!("{asked}: reporting.{question}"));
    }
    parts.join("; ")
}

/// A row of the lists as CSV.
#[derive(Default, Serialize)]
struct Row<'a> {
    checklist: &'a str,
    item: &'a str,
    asks: &'a str,
    state: &'a str,
    met: Option<bool>,
    chapter: String,
    evidence: String,
    files: String,
    question: &'a str,
    answer: &'a str,
}

/// Every list's rows as one table.
pub fn csv(lists: &[Judged]) -> String {
    csv_of(lists.iter().flat_map(|judged| {
        judged.items.iter().map(|item| Row {
            checklist: judged.checklist,
            item: item.item,
            asks: item.asks,
            state: item.state.word(),
            met: item.met,
            chapter: chapters(item),
            evidence: joined(item.evidence.iter().map(|pointer| pointer.value.as_str())),
            files: joined(item.evidence.iter().map(|pointer| pointer.file)),
            question: item.question.unwrap_or_default(),
            answer: item.answer.as_deref().unwrap_or_default(),
        })
    }))
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join("; ")
}

/// The chapters of the report in which the evidence stands: those of the stages that made it.
fn chapters(item: &JudgedItem) -> String {
    let mut found: Vec<&str> = item
        .evidence
        .iter()
        .filter_map(|pointer| Some(pointer.file.split_once('/')?.0))
        .collect();
    found.dedup();
    found.join("; ")
}

/// What some lists ask the authors and a study does not answer yet, as the section of a study file.
pub fn questions(lists: &[&Checklist], judged: &[Judged], answers: &Answers) -> String {
    let mut text = String::new();
    let mut waiting = 0;
    for question in QUESTIONS.iter().filter(|question| !answers.contains_key(question.key)) {
        let asked: Vec<String> = judged
            .iter()
            .filter_map(|list| {
                let items: Vec<&str> = list
                    .items
                    .iter()
                    .filter(|item| item.question == Some(question.key) && item.answer.is_none())
                    .map(|item| item.item)
                    .collect();
                (!items.is_empty()).then(|| format!("{} {}", list.checklist, items.join(", ")))
            })
            .collect();
        if asked.is_empty() {
            continue;
        }
        waiting += 1;
        text.push_str(&format!(
            "  # {}\n  # asked by {}\n  {}:\n",
            question.asks,
            asked.join("; "),
            question.key
        ));
    }
    let names: Vec<&str> = lists.iter().map(|list| list.name).collect();
    if waiting == 0 {
        return format!("Every question of {} is answered.\n", names.join(", "));
    }
    format!(
        "# {waiting} questions of {} that no result answers. Put this into the study file and answer in your own\n# words, or with no; what is left empty stays open. One answer serves every list.\nreporting:\n{text}",
        names.join(", ")
    )
}
