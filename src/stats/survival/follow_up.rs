//! Follow-up: how long each case was seen, and whether the event ended it.

use crate::stats::StatsError;
use crate::stats::base::require;

/// Times and whether each ends in the event (or else in censoring), one a case.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    time: Vec<f64>,
    event: Vec<bool>,
}

impl FollowUp {
    /// Checked follow-up.
    ///
    /// # Errors
    /// Where there are no cases, the lengths differ, or a time is negative or not finite.
    pub fn new(time: Vec<f64>, event: Vec<bool>) -> Result<Self, StatsError> {
        require::at_least("Survival", "cases", 1, time.len())?;
        require::same_length("Survival", ("times", time.len()), ("events", event.len()))?;
        require::finite("The time of follow-up", &time)?;
        if let Some(row) = time.iter().position(|time| *time < 0.0) {
            return Err(StatsError::Impossible(format!(
                "The time of follow-up in row {} is {}, but it cannot be negative",
                row + 1,
                time[row]
            )));
        }
        Ok(Self { time, event })
    }

    /// Number of cases.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there are no cases: never, but for a selection of none.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Times of follow-up.
    pub fn time(&self) -> &[f64] {
        &self.time
    }

    /// Whether each case had the event at its time.
    pub fn event(&self) -> &[bool] {
        &self.event
    }

    /// Number of events.
    pub fn events(&self) -> usize {
        self.event.iter().filter(|event| **event).count()
    }

    /// At least one event is there.
    ///
    /// # Errors
    /// Where there is none.
    pub fn require_event(&self, what: &str) -> Result<(), StatsError> {
        require::at_least(what, "events", 1, self.events())
    }

    /// Some of the cases, in the order asked for.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            time: rows.iter().map(|row| self.time[*row]).collect(),
            event: rows.iter().map(|row| self.event[*row]).collect(),
        }
    }

    /// The cases by rising time, at equal times those with the event first.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| {
            let times = self.time[*a].total_cmp(&self.time[*b]);
            times.then(self.event[*b].cmp(&self.event[*a]))
        });
        order
    }

    /// The distinct times, rising, with their cases.
    pub(super) fn instants(&self) -> Vec<Instant> {
        let order = self.order();
        let mut instants: Vec<Instant> = Vec::new();
        for (at, row) in order.iter().enumerate() {
            let time = self.time[*row];
            match instants.last_mut().filter(|last| last.time == time) {
                Some(last) => last.censored += 1,
                None => instants.push(Instant {
                    time,
                    at_risk: self.len() - at,
                    events: 0,
                    censored: 1,
                }),
            }
            if self.event[*row]
                && let Some(last) = instants.last_mut()
            {
                last.events += 1;
                last.censored -= 1;
            }
        }
        instants
    }
}

/// A distinct time of follow-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Instant {
    pub time: f64,
    /// Cases with this time or a later one
    pub at_risk: usize,
    pub events: usize,
    pub censored: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_follow_up_is_refused_with_its_row() {
        let refused = |time: Vec<f64>, event: Vec<bool>| FollowUp::new(time, event).unwrap_err().to_string();
        assert!(refused(vec![1.0, -2.0], vec![true, false]).contains("row 2 is -2"));
        assert!(refused(vec![f64::NAN], vec![true]).contains("row 1"));
        assert!(refused(vec![1.0], vec![]).contains("differ in length"));
        assert!(refused(vec![], vec![]).contains("at least 1 cases"));
    }

    #[test]
    fn events_come_before_censorings_of_the_same_time() {
        let follow_up = FollowUp::new(vec![2.0, 1.0, 2.0, 2.0], vec![false, true, true, true]).unwrap();
        let instants = follow_up.instants();
        assert_eq!(instants.len(), 2);
        assert_eq!(
            (instants[1].at_risk, instants[1].events, instants[1].censored),
            (3, 2, 1)
        );
        assert_eq!(follow_up.order(), [1, 2, 3, 0]);
    }
}
