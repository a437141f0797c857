//! What the families share: coefficients, the order of entry, candidates, passes, and the update of one coordinate.

use crate::stats::StatsError;
use crate::stats::regression::lasso::path_solver::Solution;
use crate::stats::regression::lasso::problem::Problem;
use crate::stats::regression::lasso::working_set::violation;

/// What the three variants share: coefficients, the order of entry, candidates, passes.
pub(super) struct Sweeps {
    pub coefficients: Vec<f64>,
    pub ever: Vec<usize>,
    pub is_ever: Vec<bool>,
    pub candidate: Vec<bool>,
    /// |gradient| of the variables that are no candidates
    pub gradient: Vec<f64>,
    pub passes: usize,
    maximum: usize,
}

impl Sweeps {
    pub fn new(problem: &Problem, gradient: Vec<f64>, maximum: usize) -> Self {
        Self {
            coefficients: vec![0.0; problem.columns],
            ever: Vec::new(),
            is_ever: vec![false; problem.columns],
            candidate: vec![false; problem.columns],
            gradient,
            passes: 0,
            maximum,
        }
    }

    pub fn pass(&mut self) -> Result<(), StatsError> {
        self.passes += 1;
        if self.passes > self.maximum {
            return Err(StatsError::NotConverged {
                what: "The LASSO at glmnet's threshold".into(),
                iterations: self.maximum,
                advice: "glmnet would return a shorter path here; leave the threshold out to get the exact optimum"
                    .into(),
            });
        }
        Ok(())
    }

    pub fn note(&mut self, j: usize) {
        if !self.is_ever[j] {
            self.is_ever[j] = true;
            self.ever.push(j);
        }
    }

    pub fn admit_strong(&mut self, problem: &Problem, strong: f64) {
        for j in 0..problem.columns {
            if problem.included[j] && self.gradient[j].abs() > strong * problem.penalty[j] {
                self.candidate[j] = true;
            }
        }
    }

    pub fn solution(
        &self,
        problem: &Problem,
        intercept: f64,
        deviance_ratio: f64,
        gradient: &[f64],
        l: [f64; 2],
    ) -> Solution {
        let mut worst = 0.0_f64;
        for j in 0..problem.columns {
            if problem.included[j] {
                let factor = problem.penalty[j];
                worst = worst.max(violation(
                    gradient[j],
                    self.coefficients[j],
                    l[0] * factor,
                    l[1] * factor,
                ));
            }
        }
        let mut active: Vec<(usize, f64)> = self
            .ever
            .iter()
            .filter(|j| self.coefficients[**j] != 0.0)
            .map(|j| (*j, self.coefficients[*j]))
            .collect();
        active.sort_unstable_by_key(|(j, _)| *j);
        Solution {
            intercept,
            coefficients: active,
            deviance_ratio,
            violation: worst,
            saturated: false,
        }
    }
}

/// The soft-thresholded coordinate update.
pub(super) fn update(gradient: f64, old: f64, curvature: f64, l1: f64, l2: f64) -> f64 {
    let pull = gradient + old * curvature;
    let magnitude = pull.abs() - l1;
    if magnitude > 0.0 {
        magnitude.copysign(pull) / (curvature + l2)
    } else {
        0.0
    }
}
