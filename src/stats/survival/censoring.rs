//! The censoring distribution, by which the cases that were seen stand for those that were not (IPCW).
//!
//! G(t) is the Kaplan-Meier curve of censoring, events of the same time coming first: a case with an event at t counts
//! 1 / G(t-), one still seen after t counts 1 / G(t).

use super::FollowUp;

/// The distribution of the time of censoring.
#[derive(Debug, Clone)]
pub(super) struct Censoring {
    times: Vec<f64>,
    /// The share that is not censored by each time
    kept: Vec<f64>,
}

impl Censoring {
    pub fn new(follow_up: &FollowUp) -> Self {
        Self::weighted(follow_up, None)
    }

    /// That of cases each of which counts as often as its weight says.
    pub fn weighted(follow_up: &FollowUp, weights: Option<&[f64]>) -> Self {
        let (time, event) = (follow_up.time(), follow_up.event());
        let order = follow_up.order();
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let mut at_risk: f64 = order.iter().map(|row| weight(*row)).sum();
        let (mut times, mut kept) = (Vec::new(), Vec::new());
        let mut share = 1.0;
        for instant in order.chunk_by(|a, b| time[*a] == time[*b]) {
            let of = |ended: bool| -> f64 {
                let rows = instant.iter().filter(|row| event[**row] == ended);
                rows.map(|row| weight(*row)).sum()
            };
            let (events, censored) = (of(true), of(false));
            if censored > 0.0 {
                share *= (at_risk - events - censored) / (at_risk - events);
                times.push(time[instant[0]]);
                kept.push(share);
            }
            at_risk -= events + censored;
        }
        Self { times, kept }
    }

    /// G just before a time.
    pub fn before(&self, time: f64) -> f64 {
        self.last(self.times.partition_point(|known| *known < time))
    }

    /// G at a time.
    pub fn at(&self, time: f64) -> f64 {
        self.last(self.times.partition_point(|known| *known <= time))
    }

    fn last(&self, count: usize) -> f64 {
        count.checked_sub(1).map_or(1.0, |last| self.kept[last])
    }
}
