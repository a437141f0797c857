//! What a checklist is: rows, and how they are counted.

use super::evidence::Evidence;
use crate::study::input::reporting::Question;

/// A checklist.
#[derive(Debug)]
pub struct Checklist {
    /// What it is asked for by
    pub name: &'static str,
    /// Its name and version
    pub title: &'static str,
    /// Who made it
    pub citation: &'static str,
    /// How it is counted
    pub scoring: Scoring,
    /// Its rows
    pub items: &'static [Item],
}

/// How a list is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoring {
    /// It is not
    Unscored,
    /// Weight of what is met, per cent of the weight of what applies
    PerCent,
    /// Points
    Points,
}

/// A row of a checklist.
#[derive(Debug)]
pub struct Item {
    /// Its number in the standard
    pub id: &'static str,
    /// What it asks for, in our words
    pub words: &'static str,
    /// What shows that it is met
    pub mark: Mark,
    /// What it counts
    pub points: Points,
}

/// What shows that a row is met.
#[derive(Debug)]
pub enum Mark {
    /// Results, all of them
    Proved(&'static [&'static Evidence]),
    /// Results, and the authors' words
    Partly(&'static [&'static Evidence], &'static Question),
    /// Results where the study has such, else the authors' words
    Either(&'static [&'static Evidence], &'static Question),
    /// The authors' words
    Authors(&'static Question),
    /// The authors' words, for these modalities alone
    Imaging(&'static [&'static str], &'static Question),
    /// It does not apply unless the authors say so
    Unless(&'static Question),
    /// It never applies to such a study; why
    Never(&'static str),
}

/// What a row counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Points {
    /// By results
    pub proved: f64,
    /// At least, once the authors have said that it is met
    pub answered: f64,
    /// At most
    pub most: f64,
}

impl Points {
    const fn all(points: f64) -> Self {
        Self {
            proved: points,
            answered: points,
            most: points,
        }
    }
}

impl Item {
    /// The same row with points that it counts as a whole.
    pub(super) const fn worth(self, points: f64) -> Self {
        Self {
            points: Points::all(points),
            ..self
        }
    }

    /// The same row with points by results, by an answer, and at most.
    pub(super) const fn counts(self, proved: f64, answered: f64, most: f64) -> Self {
        Self {
            points: Points { proved, answered, most },
            ..self
        }
    }
}

const fn item(id: &'static str, mark: Mark, words: &'static str) -> Item {
    Item {
        id,
        words,
        mark,
        points: Points::all(0.0),
    }
}

/// A row that results prove.
pub(super) const fn proved(id: &'static str, evidence: &'static [&'static Evidence], words: &'static str) -> Item {
    item(id, Mark::Proved(evidence), words)
}

/// A row that results prove in part.
pub(super) const fn partly(
    id: &'static str,
    evidence: &'static [&'static Evidence],
    question: &'static Question,
    words: &'static str,
) -> Item {
    item(id, Mark::Partly(evidence, question), words)
}

/// A row that results prove in studies that do it, and that elsewhere only the authors know.
pub(super) const fn either(
    id: &'static str,
    evidence: &'static [&'static Evidence],
    question: &'static Question,
    words: &'static str,
) -> Item {
    item(id, Mark::Either(evidence, question), words)
}

/// A row that only the authors know.
pub(super) const fn authors(id: &'static str, question: &'static Question, words: &'static str) -> Item {
    item(id, Mark::Authors(question), words)
}

/// A row about images of some modalities.
pub(super) const fn imaging(
    id: &'static str,
    modalities: &'static [&'static str],
    question: &'static Question,
    words: &'static str,
) -> Item {
    item(id, Mark::Imaging(modalities, question), words)
}

/// A row that applies only if the authors answer.
pub(super) const fn unless(id: &'static str, question: &'static Question, words: &'static str) -> Item {
    item(id, Mark::Unless(question), words)
}

/// A row that does not apply.
pub(super) const fn never(id: &'static str, why: &'static str, words: &'static str) -> Item {
    item(id, Mark::Never(why), words)
}
