//! Who is at risk at each time, and the partial likelihood over these sets.
//!
//! Rows are sorted by stratum and time, so that one pass from the last time to the first adds each row to the set once.
//! Tied events by Efron: of d events at a time the k-th (from 0) sees the set less k/d of those who have the event there; by
//! Breslow each sees the whole set. A weight counts a row that often; by Efron each of tied events gets their mean weight, as
//! in R's `coxph`.

use crate::stats::survival::FollowUp;

/// What tied events see of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Efron's approximation, R's default
    #[default]
    Efron,
    /// Breslow's, that of penalised fits
    Breslow,
}

/// The rows with one time in one stratum, those with the event first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::stats::survival) struct Instant {
    pub time: f64,
    pub stratum: usize,
    pub from: usize,
    pub events_end: usize,
    pub to: usize,
    /// Whether the stratum ends here
    pub is_last: bool,
}

/// Sorted rows with their times, strata and weights.
#[derive(Debug, Clone)]
pub(in crate::stats::survival) struct RiskSets {
    /// The row at each sorted place
    pub order: Vec<usize>,
    pub instants: Vec<Instant>,
    /// Weights of the sorted rows
    pub weights: Vec<f64>,
    ties: Ties,
}

/// A denominator of the likelihood: how much of those with the event there has left the set, and how much of the events sees it.
type Share = (f64, f64);

impl RiskSets {
    /// The sets of checked follow-up; strata and weights have its length.
    pub fn new(follow_up: &FollowUp, strata: Option<&[usize]>, weights: Option<&[f64]>, ties: Ties) -> Self {
        let stratum = |row: usize| strata.map_or(0, |strata| strata[row]);
        let mut order = follow_up.order();
        order.sort_by_key(|row| stratum(*row));
        let mut instants: Vec<Instant> = Vec::new();
        for (at, &row) in order.iter().enumerate() {
            let (time, stratum) = (follow_up.time()[row], stratum(row));
            let event = usize::from(follow_up.event()[row]);
            let current = instants
                .last_mut()
                .filter(|last| last.time == time && last.stratum == stratum);
            if let Some(last) = current {
                last.to += 1;
                last.events_end += event;
                continue;
            }
            if let Some(last) = instants.last_mut() {
                last.is_last = last.stratum != stratum;
            }
            instants.push(Instant {
                time,
                stratum,
                from: at,
                events_end: at + event,
                to: at + 1,
                is_last: true,
            });
        }
        Self {
            weights: order
                .iter()
                .map(|row| weights.map_or(1.0, |weights| weights[*row]))
                .collect(),
            order,
            instants,
            ties,
        }
    }

    /// The weight of the events of an instant, and the denominators that they see.
    fn shares(&self, instant: &Instant) -> impl Iterator<Item = Share> + use<> {
        let events = instant.events_end - instant.from;
        let weight: f64 = self.weights[instant.from..instant.events_end].iter().sum();
        let (denominators, each) = match self.ties {
            Ties::Breslow => (events.min(1), weight),
            Ties::Efron => (events, weight / events as f64),
        };
        (0..denominators).map(move |k| (k as f64 / denominators as f64, each))
    }

    /// Weight times relative risk of each sorted row, and the log of what all are divided by.
    fn risks(&self, eta: &[f64]) -> (Vec<f64>, f64) {
        let largest = eta.iter().fold(f64::NEG_INFINITY, |largest, eta| largest.max(*eta));
        let risks = eta.iter().zip(&self.weights);
        (
            risks.map(|(eta, weight)| weight * (eta - largest).exp()).collect(),
            largest,
        )
    }

    /// The log partial likelihood at linear predictors of the sorted rows; not finite where a set has no risk left.
    pub fn log_likelihood(&self, eta: &[f64]) -> f64 {
        let (risks, largest) = self.risks(eta);
        let (mut set, mut sum) = (0.0, 0.0);
        for instant in self.instants.iter().rev() {
            if instant.is_last {
                set = 0.0;
            }
            set += risks[instant.from..instant.to].iter().sum::<f64>();
            if instant.events_end == instant.from {
                continue;
            }
            let events = instant.from..instant.events_end;
            let dying: f64 = risks[events.clone()].iter().sum();
            sum += events.map(|at| self.weights[at] * (eta[at] - largest)).sum::<f64>();
            for (gone, weight) in self.shares(instant) {
                sum -= weight * (set - gone * dying).ln();
            }
        }
        sum
    }

    /// The largest that the likelihood could be (a model with a parameter an event), by Breslow: what a deviance is taken from.
    pub fn saturated_log_likelihood(&self) -> f64 {
        let of = |instant: &Instant| {
            let weight: f64 = self.weights[instant.from..instant.events_end].iter().sum();
            if weight > 0.0 { weight * weight.ln() } else { 0.0 }
        };
        -self.instants.iter().map(of).sum::<f64>()
    }

    /// The rise of the baseline cumulative hazard at each instant, where linear predictors are 0.
    pub fn hazard_rises(&self, eta: &[f64]) -> Vec<f64> {
        let (risks, largest) = self.risks(eta);
        let scale = largest.exp();
        let mut set = 0.0;
        let mut rises = vec![0.0; self.instants.len()];
        for (rise, instant) in rises.iter_mut().zip(&self.instants).rev() {
            if instant.is_last {
                set = 0.0;
            }
            set += risks[instant.from..instant.to].iter().sum::<f64>();
            let dying: f64 = risks[instant.from..instant.events_end].iter().sum();
            for (gone, weight) in self.shares(instant) {
                *rise += weight / (set - gone * dying);
            }
            *rise /= scale;
        }
        rises
    }

    /// By Breslow: weight times (event less the hazard that the row has been under), the slope of the log-likelihood along
    /// each linear predictor.
    pub fn residuals(&self, eta: &[f64]) -> Vec<f64> {
        let rises = self.hazard_rises(eta);
        let mut residuals = vec![0.0; eta.len()];
        let mut hazard = 0.0;
        let mut begins = true;
        for (instant, rise) in self.instants.iter().zip(rises) {
            if begins {
                hazard = 0.0;
            }
            begins = instant.is_last;
            hazard += rise;
            for at in instant.from..instant.to {
                let event = f64::from(u8::from(at < instant.events_end));
                residuals[at] = self.weights[at] * (event - eta[at].exp() * hazard);
            }
        }
        residuals
    }

    /// Calls `visit` for each time with events, from the last to the first of each stratum, with its part of the gradient and
    /// of the information (row by row, the lower triangle) along the columns of `x` (sorted rows, `width` numbers each).
    pub fn each_event_time(
        &self,
        eta: &[f64],
        x: &[f64],
        width: usize,
        mut visit: impl FnMut(&Instant, &[f64], &[f64]),
    ) {
        let (risks, _) = self.risks(eta);
        let mut set = Sums::new(width);
        let mut dying = Sums::new(width);
        let (mut gradient, mut information) = (vec![0.0; width], vec![0.0; width * width]);
        let mut mean = vec![0.0; width];
        for instant in self.instants.iter().rev() {
            if instant.is_last {
                set.clear();
            }
            for at in instant.from..instant.to {
                set.add(risks[at], &x[at * width..(at + 1) * width]);
            }
            if instant.events_end == instant.from {
                continue;
            }
            dying.clear();
            gradient.fill(0.0);
            information.fill(0.0);
            for at in instant.from..instant.events_end {
                let row = &x[at * width..(at + 1) * width];
                dying.add(risks[at], row);
                for (gradient, x) in gradient.iter_mut().zip(row) {
                    *gradient += self.weights[at] * x;
                }
            }
            for (gone, weight) in self.shares(instant) {
                let denominator = set.risk - gone * dying.risk;
                for (j, mean) in mean.iter_mut().enumerate() {
                    *mean = (set.first[j] - gone * dying.first[j]) / denominator;
                    gradient[j] -= weight * *mean;
                }
                for i in 0..width {
                    for j in 0..=i {
                        let at = i * width + j;
                        let second = (set.second[at] - gone * dying.second[at]) / denominator;
                        information[at] += weight * (second - mean[i] * mean[j]);
                    }
                }
            }
            visit(instant, &gradient, &information);
        }
    }
}

/// Sums over a set: of risks, of risk times x, and of risk times x x' (the lower triangle).
struct Sums {
    risk: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Sums {
    fn new(width: usize) -> Self {
        Self {
            risk: 0.0,
            first: vec![0.0; width],
            second: vec![0.0; width * width],
        }
    }

    fn clear(&mut self) {
        self.risk = 0.0;
        self.first.fill(0.0);
        self.second.fill(0.0);
    }

    fn add(&mut self, risk: f64, row: &[f64]) {
        self.risk += risk;
        let width = row.len();
        for (i, x) in row.iter().enumerate() {
            let product = risk * x;
            self.first[i] += product;
            let target = &mut self.second[i * width..=i * width + i];
            for (target, other) in target.iter_mut().zip(row) {
                *target += product * other;
            }
        }
    }
}
