//! The exact binomial solution at one penalty after another.
//!
//! Minimises -sum_i w_i log-likelihood_i + l1 sum_j v_j |b_j| + l2/2 sum_j v_j b_j^2 by proximal Newton steps over a
//! working set. Each penalty starts where the last two solutions point to.

use super::path_solver::{PathSolver, Solution};
use super::problem::{Problem, SMALLEST_PROBABILITY};
use super::proximal_newton::{INTERCEPT, ProximalNewton, Solved, State};
use super::strong_rules::{Candidate, RestrictedSolver, StrongRules};
use super::working_set::WorkingSet;
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, all_products, dot, inner_products};

pub(super) struct BinomialExact<'a> {
    members: ProximalNewton<'a>,
    strong_rules: StrongRules,
}

impl<'a> BinomialExact<'a> {
    pub fn new(problem: &'a Problem, exactness: f64) -> Self {
        let start = if problem.intercept {
            let prevalence = dot(&problem.weights, &problem.response);
            (prevalence / (1.0 - prevalence)).ln()
        } else {
            0.0
        };
        let state = State::new(problem, vec![start; problem.rows]);
        let mut gradient = vec![0.0; problem.columns];
        inner_products(
            &problem.matrix,
            problem.rows,
            (0..problem.columns).filter(|j| problem.included[*j]),
            [&state.residual],
            |j, [value]| gradient[j] = value,
        );
        let largest = gradient.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let tolerance = exactness * largest;
        let mut members = ProximalNewton {
            problem,
            set: WorkingSet::default(),
            within: vec![false; problem.columns],
            tolerance,
            hessian_weights: state.curvature.clone(),
            state,
            buffer: Vec::new(),
            fresh: true,
            steps: 0,
            lambda: 0.0,
            track: Vec::new(),
        };
        if problem.intercept {
            let curvature = members.hessian_weights.iter().sum();
            members.set.push(INTERCEPT, 0.0, 0.0, &[curvature]);
            members.set.coefficients[0] = start;
        }
        Self {
            members,
            strong_rules: StrongRules::new(gradient, tolerance),
        }
    }
}

impl RestrictedSolver for ProximalNewton<'_> {
    fn holds(&self, column: usize) -> bool {
        self.within[column]
    }

    fn enter(&mut self, columns: &[(usize, f64)]) {
        if columns.is_empty() {
            return;
        }
        let problem = self.problem;
        let first_column = self.first_column();
        let present = self.set.len();
        let weighted: Vec<Vec<f64>> = columns
            .iter()
            .map(|(j, _)| {
                let column = problem.column(*j).iter();
                column
                    .zip(&self.hessian_weights)
                    .map(|(x, weight)| x * weight)
                    .collect()
            })
            .collect();
        let vectors: Vec<&[f64]> = weighted.iter().map(Vec::as_slice).collect();
        let mut products = vec![vec![0.0; first_column]; columns.len()];
        if first_column == 1 {
            for (products, weighted) in products.iter_mut().zip(&weighted) {
                products[0] = weighted.iter().sum();
            }
        }
        let among = self.columns().iter().copied().chain(columns.iter().map(|(j, _)| *j));
        all_products(&problem.matrix, problem.rows, among, &vectors, |_, k, value| {
            products[k].push(value);
        });
        for (k, (j, gradient)) in columns.iter().enumerate() {
            self.set
                .push(*j, *gradient, problem.penalty[*j], &products[k][..=present + k]);
            self.within[*j] = true;
        }
    }

    /// Goes on in the direction from the last solution but one to the last.
    fn predict(&mut self, lambda: f64) {
        self.lambda = lambda;
        let [first, second] = &self.track[..] else {
            return;
        };
        let share = (second.lambda - lambda) / (first.lambda - second.lambda);
        if !(share > 0.0 && share <= 1.5) {
            return;
        }
        let etas = first.eta.iter().zip(&second.eta);
        let mut eta: Vec<f64> = etas.map(|(old, new)| new + share * (new - old)).collect();
        let mut mended = Vec::new();
        for i in 0..self.set.len() {
            let member = self.set.members[i];
            let (old, new) = (first.of(member), second.of(member));
            let there = new + share * (new - old);
            let penalised = self.set.factor[i] != 0.0;
            let value = if penalised && there * new <= 0.0 { 0.0 } else { there };
            self.set.coefficients[i] = value;
            if value != there {
                mended.push((member, value - there));
            }
        }
        let gone = first
            .coefficients
            .iter()
            .filter(|(member, _)| *member != INTERCEPT && !self.within[*member]);
        mended.extend(gone.map(|(member, value)| (*member, share * value)));
        let problem = self.problem;
        add_columns(&mut eta, &problem.matrix, problem.rows, mended.into_iter());
        self.move_to(eta);
    }

    fn solve_members(&mut self, lambda: f64) -> Result<(), StatsError> {
        let (l1, l2) = self.penalties(lambda);
        let (coefficients, eta) = (self.set.coefficients.clone(), self.state.eta.clone());
        let members = self.set.members.clone();
        if self.solve_by_full_steps(l1, l2) {
            return Ok(());
        }
        // From where the plain steps began, with the Hessian there, unless the objective is less here.
        let here = self.objective(&self.state.eta, &self.set.coefficients, l1, l2);
        let now = self.set.coefficients.clone();
        let mut listed: Vec<(usize, f64)> = members.into_iter().zip(coefficients).collect();
        listed.sort_unstable_by_key(|(member, _)| *member);
        let missing: Vec<(usize, f64)> = listed
            .iter()
            .filter(|(member, value)| *member != INTERCEPT && *value != 0.0 && !self.within[*member])
            .map(|(member, _)| (*member, 0.0))
            .collect();
        self.enter(&missing);
        self.set.set_coefficients(&listed);
        if here < self.objective(&eta, &self.set.coefficients, l1, l2) {
            self.set.coefficients.fill(0.0);
            self.set.coefficients[..now.len()].copy_from_slice(&now);
        } else {
            self.move_to(eta);
        }
        self.set_gradient();
        self.refresh(l1);
        self.solve_by_descending_steps(lambda, l1, l2)
    }

    fn residual(&mut self) -> &[f64] {
        &self.state.residual
    }

    fn candidate(&mut self) -> Candidate {
        let problem = self.problem;
        let mut coefficients = self.set.non_zero();
        if self.track.len() == 2 {
            self.track.remove(0);
        }
        self.track.push(Solved {
            lambda: self.lambda,
            coefficients: coefficients.clone(),
            eta: self.state.eta.clone(),
        });
        coefficients.retain(|(member, _)| *member != INTERCEPT);
        let null = problem.null_deviance / problem.total_weight;
        Candidate {
            lambda: self.lambda,
            intercept: if problem.intercept {
                self.set.coefficients[0]
            } else {
                0.0
            },
            coefficients,
            residual: self.state.residual.clone(),
            linear_predictor: self.state.eta.clone(),
            deviance_ratio: 1.0 - problem.binomial_deviance(&self.state.eta) / null,
            saturated: self.state.curvature.iter().sum::<f64>() <= SMALLEST_PROBABILITY,
            intercept_violation: if problem.intercept {
                self.state.residual.iter().sum::<f64>().abs()
            } else {
                0.0
            },
        }
    }

    fn restore(&mut self, point: &Candidate) {
        // A member that has been left out since comes in again.
        let missing: Vec<(usize, f64)> = point
            .coefficients
            .iter()
            .filter(|(j, _)| !self.within[*j])
            .map(|(j, _)| (*j, 0.0))
            .collect();
        self.enter(&missing);
        let mut listed = point.coefficients.clone();
        if self.problem.intercept {
            listed.push((INTERCEPT, point.intercept));
        }
        self.set.set_coefficients(&listed);
        self.move_to(point.linear_predictor.clone());
        self.track.clear();
    }
}

impl PathSolver for BinomialExact<'_> {
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError> {
        let problem = self.members.problem;
        self.strong_rules.solve(&mut self.members, problem, lambdas, previous)
    }

    fn gradient(&self) -> &[f64] {
        &self.strong_rules.gradient
    }

    fn sweeps(&self) -> usize {
        self.members.set.sweeps + self.members.steps
    }
}
