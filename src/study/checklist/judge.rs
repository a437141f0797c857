//! A study held to a checklist.

use serde::Serialize;

use super::evidence::{Evidence, Seen};
use super::item::{Checklist, Item, Mark, Scoring};
use crate::study::engine::Study;
use crate::study::input::reporting::{Answer, MODALITY, Question};

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum State {
    /// The results show it
    #[serde(rename = "proved")]
    Proved,
    /// The results show a part
    #[serde(rename = "partly")]
    Partly,
    /// The results show the opposite
    #[serde(rename = "refuted")]
    Refuted,
    /// Only the authors know
    #[serde(rename = "author's")]
    Authors,
    /// Results could show it, but are not there
    #[serde(rename = "open")]
    Open,
    /// It does not apply
    #[serde(rename = "not applicable")]
    NotApplicable,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Partly => "partly",
            Self::Refuted => "refuted",
            Self::Authors => "author's",
            Self::Open => "open",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// Where a number stands that shows something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pointer {
    /// The artefact, below the results
    pub file: &'static str,
    /// The column or key in it
    pub key: &'static str,
    /// What stands there
    pub value: String,
}

/// A row and how it stands.
#[derive(Debug, Clone, Serialize)]
pub struct JudgedItem {
    /// The row's number
    pub item: &'static str,
    /// What it asks for
    pub asks: &'static str,
    /// How it stands
    pub state: State,
    /// Whether it is met; unknown while something is missing
    pub met: Option<bool>,
    /// What shows it
    pub evidence: Vec<Pointer>,
    /// Artefacts that would show it and are not there
    pub missing: Vec<&'static str>,
    /// The name of the answer that it takes, under `reporting`
    pub question: Option<&'static str>,
    /// The authors' answer, or why the row does not apply
    pub answer: Option<String>,
    #[serde(skip)]
    points: (f64, f64, f64),
}

/// What a list counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// With what is shown and answered
    pub at_least: f64,
    /// If all that is open were met
    pub at_most: f64,
    /// The greatest that can be reached
    pub of: f64,
}

/// A study held to a list.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The list's name
    pub checklist: &'static str,
    /// Its title
    pub title: &'static str,
    /// Who made it
    pub citation: &'static str,
    /// What it counts, where it does
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// Its rows
    pub items: Vec<JudgedItem>,
}

/// Holds a study to some lists.
pub fn judge(study: &Study, lists: &[&'static Checklist]) -> Vec<Judged> {
    let current = study.without_stale_results();
    let seen = Seen::new(&current);
    lists
        .iter()
        .map(|list| {
            let items: Vec<JudgedItem> = list.items.iter().map(|item| judge_item(&seen, item)).collect();
            Judged {
                checklist: list.name,
                title: list.title,
                citation: list.citation,
                score: score(list.scoring, &items),
                items,
            }
        })
        .collect()
}

fn judge_item(seen: &Seen, item: &'static Item) -> JudgedItem {
    let mut judged = JudgedItem {
        item: item.id,
        asks: item.words,
        state: State::Authors,
        met: None,
        evidence: Vec::new(),
        missing: Vec::new(),
        question: None,
        answer: None,
        points: (0.0, 0.0, 0.0),
    };
    match &item.mark {
        Mark::Proved(evidence) => prove(seen, evidence, &mut judged),
        Mark::Either(evidence, question) => {
            prove(seen, evidence, &mut judged);
            if judged.evidence.is_empty() {
                judged.missing.clear();
                judged.state = State::Authors;
                answer(seen, question, &mut judged);
            }
        }
        Mark::Partly(evidence, question) => {
            let refuted = look(seen, evidence, &mut judged);
            answer(seen, question, &mut judged);
            judged.state = if judged.evidence.is_empty() {
                State::Authors
            } else if refuted {
                judged.met = Some(false);
                State::Refuted
            } else {
                State::Partly
            };
        }
        Mark::Authors(question) => answer(seen, question, &mut judged),
        Mark::Imaging(modalities, question) => {
            answer(seen, question, &mut judged);
            if let Some(Answer::Said(modality)) = seen.answer(&MODALITY)
                && !modalities.iter().any(|known| modality.eq_ignore_ascii_case(known))
            {
                judged.state = State::NotApplicable;
                judged.met = None;
                judged.answer = Some(format!("the images are {modality}"));
            }
        }
        Mark::Unless(question) => {
            answer(seen, question, &mut judged);
            if judged.met != Some(true) {
                judged.state = State::NotApplicable;
                judged.met = None;
            }
        }
        Mark::Never(why) => {
            judged.state = State::NotApplicable;
            judged.answer = Some((*why).to_owned());
        }
    }
    judged.points = points(item, &judged);
    judged
}

/// What results say of a row that they alone prove.
fn prove(seen: &Seen, evidence: &[&'static Evidence], judged: &mut JudgedItem) {
    let refuted = look(seen, evidence, judged);
    judged.state = match (judged.evidence.len(), judged.missing.len()) {
        (0, _) => State::Open,
        _ if refuted => State::Refuted,
        (_, 0) => State::Proved,
        _ => State::Partly,
    };
    judged.met = match judged.state {
        State::Proved => Some(true),
        State::Refuted => Some(false),
        State::Partly | State::Authors | State::Open | State::NotApplicable => None,
    };
}

/// Gathers what is there and what is not; whether any of it says the opposite of what the row asks for.
fn look(seen: &Seen, evidence: &[&'static Evidence], judged: &mut JudgedItem) -> bool {
    let mut refuted = false;
    for one in evidence {
        match seen.find(one) {
            Some(value) => {
                refuted |= seen.refutes(one);
                judged.evidence.push(Pointer {
                    file: one.file,
                    key: one.key,
                    value,
                });
            }
            None => judged.missing.push(one.file),
        }
    }
    refuted
}

fn answer(seen: &Seen, question: &'static Question, judged: &mut JudgedItem) {
    judged.question = Some(question.key);
    match seen.answer(question) {
        None => {}
        Some(Answer::No) => {
            judged.met = Some(false);
            judged.answer = Some("no".to_owned());
        }
        Some(Answer::Said(text)) => {
            judged.met = Some(true);
            judged.answer = Some(text.clone());
        }
    }
}

/// At least, at most, and of how many points.
fn points(item: &Item, judged: &JudgedItem) -> (f64, f64, f64) {
    let counts = item.points;
    match (judged.state, judged.met) {
        (State::NotApplicable, _) => (0.0, 0.0, 0.0),
        (State::Proved, _) => (counts.proved, counts.most.max(counts.proved), counts.most),
        (State::Authors | State::Partly, Some(true)) => (counts.answered, counts.most, counts.most),
        (State::Partly, None) if counts.proved < counts.answered => (counts.proved, counts.most, counts.most),
        (State::Refuted, _) | (State::Authors | State::Partly, Some(false)) => (0.0, 0.0, counts.most),
        (State::Authors | State::Partly | State::Open, _) => (0.0, counts.most, counts.most),
    }
}

fn score(scoring: Scoring, items: &[JudgedItem]) -> Option<Score> {
    let sum = |of: fn(&JudgedItem) -> f64| items.iter().map(of).sum::<f64>();
    let (least, most, all) = (
        sum(|item| item.points.0),
        sum(|item| item.points.1),
        sum(|item| item.points.2),
    );
    match scoring {
        Scoring::PerCent if all > 0.0 => Some(Score {
            at_least: 100.0 * least / all,
            at_most: 100.0 * most / all,
            of: 100.0,
        }),
        Scoring::Points => Some(Score {
            at_least: least,
            at_most: most,
            of: all,
        }),
        Scoring::Unscored | Scoring::PerCent => None,
    }
}
