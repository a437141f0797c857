//! The baseline hazard of a fitted model, and the survival that it gives a case.

use super::CoxFit;

/// The baseline of a stratum: that of a case with the columns' means.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// The stratum's number
    pub stratum: usize,
    /// The cumulative hazard at each distinct time, rising
    pub points: Vec<BaselinePoint>,
}

/// A cumulative hazard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselinePoint {
    /// The time
    pub time: f64,
    /// The hazard summed up to it
    pub cumulative_hazard: f64,
}

impl Baseline {
    /// The cumulative hazard at a time.
    pub fn cumulative_hazard(&self, time: f64) -> f64 {
        let after = self.points.partition_point(|point| point.time <= time);
        self.points[..after].last().map_or(0.0, |point| point.cumulative_hazard)
    }

    /// The survival at a time of a case with a linear predictor (0 at the columns' means): exp(-H0(t) exp(eta)).
    pub fn survival(&self, time: f64, linear_predictor: f64) -> f64 {
        (-self.cumulative_hazard(time) * linear_predictor.exp()).exp()
    }
}

impl CoxFit {
    /// The baseline of each stratum, as `survfit` of a Cox model: ties as in the fit.
    pub fn baselines(&self) -> Vec<Baseline> {
        let sets = &self.model.sets;
        let rises = sets.hazard_rises(&self.model.eta(&self.scaled));
        let mut baselines: Vec<Baseline> = Vec::new();
        for (instant, rise) in sets.instants.iter().zip(rises) {
            if baselines.last().is_none_or(|last| last.stratum != instant.stratum) {
                baselines.push(Baseline {
                    stratum: instant.stratum,
                    points: Vec::new(),
                });
            }
            if let Some(last) = baselines.last_mut() {
                let before = last.points.last().map_or(0.0, |point| point.cumulative_hazard);
                last.points.push(BaselinePoint {
                    time: instant.time,
                    cumulative_hazard: before + rise,
                });
            }
        }
        baselines
    }
}
