//! The cases of a study as the screens list them.

use std::collections::HashMap;

use crate::figure::nomogram::NomogramInput;
use crate::message::Message;
use crate::study::Study;
use crate::study::flags::flags;
use crate::study::input::cohort::Side;
use crate::study::stages::check::{CaseCheck, Verdict};
use crate::tui::snapshot::{Case, CaseState};

/// What a reviewer's "accept" leaves in the cohort.
pub(super) const ACCEPTED: &str = "accepted";

/// The cohort's columns and all cases with their cells, as they are now.
pub(super) fn cases(study: &Study) -> (Vec<String>, Vec<Case>) {
    let found = study.results();
    let check = found.check();
    let split = found.split();
    let score = found.score();
    let side_of: HashMap<&str, Side> = split
        .map(|split| split.cases.iter().map(|case| (case.id.as_str(), case.side)).collect())
        .unwrap_or_default();
    let score_of: HashMap<&str, f64> = score
        .map(|score| {
            score
                .cases
                .iter()
                .map(|case| (case.id.as_str(), case.radscore))
                .collect()
        })
        .unwrap_or_default();
    let check_of: HashMap<&str, &CaseCheck> = check
        .map(|check| check.cases.iter().map(|case| (case.id.as_str(), case)).collect())
        .unwrap_or_default();
    let cohort = study.cohort();
    let columns: Vec<String> = cohort.columns().into_iter().map(str::to_owned).collect();
    let odd = check.map(|check| flags(&cohort.cases, check)).unwrap_or_default();
    let cases = cohort
        .cases
        .iter()
        .enumerate()
        .map(|(place, case)| {
            let judged = check_of.get(case.id.as_str()).copied();
            let facts = judged.and_then(|judged| judged.facts.as_ref());
            let mut remarks: Vec<Message> = Vec::new();
            let state = if case.include {
                match judged {
                    None => CaseState::Unchecked,
                    Some(judged) if judged.verdict == Verdict::Bad => {
                        remarks.extend(judged.problem.as_deref().map(Message::read));
                        CaseState::Failed
                    }
                    Some(_) if case.reason == ACCEPTED => CaseState::Accepted,
                    Some(judged) if !judged.warnings.is_empty() || !flags_of(&odd, place).is_empty() => {
                        CaseState::Doubtful
                    }
                    Some(_) => CaseState::Good,
                }
            } else {
                remarks.push(Message::verbatim(&case.reason));
                CaseState::Dropped
            };
            if let Some(judged) = judged {
                remarks.extend(judged.warnings.iter().map(|warning| Message::read(warning)));
            }
            remarks.extend(flags_of(&odd, place).iter().cloned());
            Case {
                id: case.id.clone(),
                patient: case.patient.clone(),
                event: case.outcome,
                split: side_of
                    .get(case.id.as_str())
                    .map(|side| side.name().to_owned())
                    .unwrap_or_default(),
                voxels: facts.map(|facts| facts.voxels),
                spacing: facts.map(|facts| facts.spacing),
                size: facts.map(|facts| facts.size),
                state,
                remarks,
                comment: if case.reason == ACCEPTED {
                    String::new()
                } else {
                    case.reason.clone()
                },
                image: case.image.clone(),
                mask: case.mask.clone(),
                score: score_of.get(case.id.as_str()).copied(),
                predictors: Vec::new(),
                cells: columns
                    .iter()
                    .map(|column| cohort.cell(place, column).to_owned())
                    .collect(),
            }
        })
        .collect();
    (columns, cases)
}

fn flags_of(odd: &[Vec<Message>], place: usize) -> &[Message] {
    odd.get(place).map(Vec::as_slice).unwrap_or_default()
}

/// Gives each case its values of the nomogram's predictors.
pub(super) fn give_predictors(cases: &mut [Case], study: &Study, nomogram: &NomogramInput) {
    let cohort = study.cohort();
    let columns: Vec<Option<usize>> = nomogram
        .terms
        .iter()
        .map(|term| cohort.clinical.iter().position(|clinical| clinical.name == term.name))
        .collect();
    let is_of_words: Vec<bool> = nomogram
        .terms
        .iter()
        .map(|term| {
            let mut clinical = cohort.clinical.iter();
            clinical.any(|clinical| clinical.column == term.name && clinical.level.is_some())
        })
        .collect();
    for (place, (case, row)) in cases.iter_mut().zip(&cohort.cases).enumerate() {
        case.predictors = columns
            .iter()
            .zip(nomogram.terms.iter().zip(&is_of_words))
            .map(|(column, (term, &is_of_words))| {
                if is_of_words {
                    // On an axis of words a level's value is what it adds.
                    let cell = cohort.cell(place, &term.name);
                    let level = term.ticks.iter().find(|(_, label)| label == cell);
                    return level.map_or(f64::NAN, |(value, _)| *value);
                }
                column
                    .and_then(|place| row.clinical.get(place).copied())
                    .or(case.score)
                    .unwrap_or(f64::NAN)
            })
            .collect();
    }
}
