//! The exact gaussian solution at one penalty after another.
//!
//! Minimises 1/2 |y - Xb|^2 + l1 sum_j v_j |b_j| + l2/2 sum_j v_j b_j^2 for the standardised problem. Variables enter the
//! working set when their gradient exceeds the penalty; the sequential strong rule (Tibshirani et al. 2012) says which of
//! the others to look at first, and the optimality conditions of all are checked at the end of each step.

use super::problem::Problem;
use super::working_set::{WorkingSet, violation};
use super::{PathSolver, Solution, exhausted};
use crate::stats::StatsError;
use crate::stats::linalg::{add_scaled, dot};

/// No more sweeps are made at one penalty.
const MAXIMUM_SWEEPS: usize = 200_000;

pub(super) struct GaussianExact<'a> {
    problem: &'a Problem,
    set: WorkingSet,
    within: Vec<bool>,
    gradient: Vec<f64>,
    tolerance: f64,
}

impl<'a> GaussianExact<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        let largest = (0..problem.columns)
            .filter(|j| problem.included[*j])
            .fold(0.0_f64, |largest, j| largest.max(problem.linear[j].abs()));
        Self {
            problem,
            set: WorkingSet::default(),
            within: vec![false; problem.columns],
            gradient: problem.linear.clone(),
            tolerance: super::EXACT * largest,
        }
    }

    fn enter(&mut self, j: usize) {
        let problem = self.problem;
        let mut products: Vec<f64> = match &problem.gram {
            Some(gram) => {
                let row = &gram[j * problem.columns..(j + 1) * problem.columns];
                self.set.members.iter().map(|member| row[*member]).collect()
            }
            None => self
                .set
                .members
                .iter()
                .map(|member| dot(problem.column(j), problem.column(*member)))
                .collect(),
        };
        products.push(problem.curvature[j]);
        self.set.push(j, problem.linear[j], problem.penalty[j], &products);
        self.within[j] = true;
    }

    fn residual(&self) -> Vec<f64> {
        let mut residual = self.problem.response.clone();
        for (member, value) in self.set.members.iter().zip(&self.set.coefficients) {
            if *value != 0.0 {
                add_scaled(&mut residual, -value, self.problem.column(*member));
            }
        }
        residual
    }

    /// Takes in every variable outside the set (of those wanted) that violates its condition; whether there was one.
    fn admit(&mut self, l1: f64, wanted: impl Fn(usize, f64) -> bool, residual: Option<&[f64]>) -> bool {
        let mut found = false;
        for j in 0..self.problem.columns {
            if self.within[j] || !self.problem.included[j] || !wanted(j, self.gradient[j]) {
                continue;
            }
            if let Some(residual) = residual {
                self.gradient[j] = dot(self.problem.column(j), residual);
            }
            if self.gradient[j].abs() > l1 * self.problem.penalty[j] + self.tolerance {
                self.enter(j);
                found = true;
            }
        }
        found
    }
}

impl PathSolver for GaussianExact<'_> {
    fn solve(&mut self, lambda: f64, previous: f64) -> Result<Solution, StatsError> {
        let problem = self.problem;
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let strong = problem.alpha * (2.0 * lambda - previous);
        let strong_set: Vec<bool> = (0..problem.columns)
            .map(|j| self.gradient[j].abs() > strong * problem.penalty[j])
            .collect();
        self.admit(l1, |_, _| true, None);
        loop {
            self.set
                .solve(l1, l2, 0.5 * self.tolerance, MAXIMUM_SWEEPS)
                .map_err(|_| exhausted(lambda, self.set.sweeps))?;
            if let Some(gram) = &problem.gram {
                self.gradient.copy_from_slice(&problem.linear);
                for (member, value) in self.set.members.iter().zip(&self.set.coefficients) {
                    if *value != 0.0 {
                        let row = &gram[member * problem.columns..(member + 1) * problem.columns];
                        add_scaled(&mut self.gradient, -value, row);
                    }
                }
                if !self.admit(l1, |_, _| true, None) {
                    break;
                }
            } else {
                let residual = self.residual();
                if self.admit(l1, |j, _| strong_set[j], Some(&residual)) {
                    continue;
                }
                if !self.admit(l1, |j, _| !strong_set[j], Some(&residual)) {
                    for member in &self.set.members {
                        self.gradient[*member] = dot(problem.column(*member), &residual);
                    }
                    break;
                }
            }
        }
        let mut worst = 0.0_f64;
        let mut explained = 0.0;
        let mut values = vec![0.0; problem.columns];
        for (member, value) in self.set.members.iter().zip(&self.set.coefficients) {
            values[*member] = *value;
            explained += value * (problem.linear[*member] + self.gradient[*member]);
        }
        for j in 0..problem.columns {
            if problem.included[j] {
                let factor = problem.penalty[j];
                worst = worst.max(violation(self.gradient[j], values[j], l1 * factor, l2 * factor));
            }
        }
        let coefficients = values
            .into_iter()
            .enumerate()
            .filter(|(_, value)| *value != 0.0)
            .collect();
        Ok(Solution {
            intercept: 0.0,
            coefficients,
            deviance_ratio: explained,
            violation: worst,
            saturated: false,
        })
    }

    fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    fn sweeps(&self) -> usize {
        self.set.sweeps
    }
}
