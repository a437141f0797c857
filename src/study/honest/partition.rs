//! Rows that may be fitted on and rows that may not: what keeps a study from leaking.
//!
//! Whatever learns from data (a scaler, the agreement gate, the selection, a model, a cut-off) is made by [`Fitted::on`]
//! from [`TrainingRows`], which only a [`Partition`] gives, and remembers the cases that it has seen.
//! [`Fitted::for_unseen`] hands it out for [`UnseenRows`] only if none of them is among those: scoring training cases as if
//! they were new is refused, and fitting on test rows does not compile.

use std::collections::BTreeSet;

use crate::study::error::StudyError;
use crate::study::input::cohort::Side;

/// Cases divided into those that are learnt from and those that are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    ids: Vec<String>,
    sides: Vec<Side>,
}

/// Rows that may be learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingRows {
    rows: Vec<usize>,
    ids: Vec<String>,
}

/// Rows that nothing may be learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenRows {
    rows: Vec<usize>,
    ids: Vec<String>,
}

/// Something that was learnt, and from which cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted<T> {
    what: &'static str,
    value: T,
    seen: BTreeSet<String>,
}

impl Partition {
    /// A division of cases; `sides` has one entry a case.
    pub fn new(ids: Vec<String>, sides: Vec<Side>) -> Self {
        debug_assert_eq!(ids.len(), sides.len());
        Self { ids, sides }
    }

    /// The cases, in row order.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Each case's side.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// The rows to learn from.
    pub fn training(&self) -> TrainingRows {
        let (rows, ids) = self.of(Side::Training);
        TrainingRows { rows, ids }
    }

    /// The rows to judge by.
    pub fn test(&self) -> UnseenRows {
        let (rows, ids) = self.of(Side::Test);
        UnseenRows { rows, ids }
    }

    fn of(&self, side: Side) -> (Vec<usize>, Vec<String>) {
        let rows: Vec<usize> = (0..self.ids.len()).filter(|&row| self.sides[row] == side).collect();
        let ids = rows.iter().map(|&row| self.ids[row].clone()).collect();
        (rows, ids)
    }
}

impl TrainingRows {
    /// Row numbers in the partition.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The cases.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Fewer of them, as when some lack a value.
    pub fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.rows.len()).filter(|&at| keep(self.rows[at])).collect();
        Self {
            rows: kept.iter().map(|&at| self.rows[at]).collect(),
            ids: kept.iter().map(|&at| self.ids[at].clone()).collect(),
        }
    }
}

impl UnseenRows {
    /// Row numbers in the partition.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The cases.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }
}

impl<T> Fitted<T> {
    /// Learns from training rows; `what` names the result in messages.
    pub fn on<E>(
        what: &'static str,
        rows: &TrainingRows,
        learn: impl FnOnce(&TrainingRows) -> Result<T, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            what,
            value: learn(rows)?,
            seen: rows.ids.iter().cloned().collect(),
        })
    }

    /// What an artefact holds, with the cases that it says it was learnt from.
    pub fn remembered(what: &'static str, value: T, seen: impl IntoIterator<Item = String>) -> Self {
        Self {
            what,
            value,
            seen: seen.into_iter().collect(),
        }
    }

    /// The value, to describe it or to apply it to the rows that it was learnt from.
    pub fn apparent(&self) -> &T {
        &self.value
    }

    /// The value, to describe it or to keep it with the cases that it was learnt from.
    pub fn into_apparent(self) -> T {
        self.value
    }

    /// The value, to be applied to rows that it has not seen; refused if it has seen one of them.
    pub fn for_unseen(&self, rows: &UnseenRows) -> Result<&T, StudyError> {
        match rows.ids.iter().find(|id| self.seen.contains(*id)) {
            Some(case) => Err(StudyError::Leak {
                what: self.what.to_owned(),
                case: case.clone(),
            }),
            None => Ok(&self.value),
        }
    }

    /// The cases that it was learnt from, in alphabetical order.
    pub fn seen(&self) -> impl Iterator<Item = &str> {
        self.seen.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_seen_a_case_does_not_score_it_as_unseen() {
        let ids: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let honest = Partition::new(ids.clone(), vec![Side::Training, Side::Training, Side::Test]);
        let scaler = Fitted::on("the scaler", &honest.training(), |rows| {
            Ok::<_, StudyError>(rows.rows().len())
        })
        .unwrap();
        assert_eq!(*scaler.for_unseen(&honest.test()).unwrap(), 2);
        let leaky = Partition::new(ids, vec![Side::Training, Side::Test, Side::Test]);
        let message = scaler.for_unseen(&leaky.test()).unwrap_err().to_string();
        assert!(message.contains("the scaler was fitted on case b"), "{message}");
    }
}
