//! The exact gaussian solution at one penalty after another.
//!
//! Minimises 1/2 |y - Xb|^2 + l1 sum_j v_j |b_j| + l2/2 sum_j v_j b_j^2 for the standardised problem. Variables enter the
//! working set when their gradient exceeds the penalty, and the optimality conditions of all columns are checked: after each
//! penalty where all inner products are at hand, otherwise after a few (see `strong_rules`).

use super::path_solver::{PathSolver, Solution, exhausted};
use super::problem::Problem;
use super::strong_rules::{Candidate, RestrictedSolver, StrongRules};
use super::working_set::{WorkingSet, violation};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, all_products};

/// No more sweeps are made at one penalty.
const MAXIMUM_SWEEPS: usize = 200_000;

/// Up to this many columns are all in the set where their inner products are at hand.
const FEW_COLUMNS: usize = 256;

pub(super) struct GaussianExact<'a> {
    members: RestrictedGaussian<'a>,
    strong_rules: StrongRules,
}

struct RestrictedGaussian<'a> {
    problem: &'a Problem,
    set: WorkingSet,
    /// Where each column is in the set
    place: Vec<Option<usize>>,
    residual: Vec<f64>,
    tolerance: f64,
    /// The penalty of the solution that the set holds; 0 before the first
    lambda: f64,
}

impl<'a> GaussianExact<'a> {
    pub fn new(problem: &'a Problem, exactness: f64) -> Self {
        let largest = (0..problem.columns)
            .filter(|j| problem.included[*j])
            .fold(0.0_f64, |largest, j| largest.max(problem.linear[j].abs()));
        let tolerance = exactness * largest;
        Self {
            members: RestrictedGaussian {
                problem,
                set: WorkingSet::default(),
                place: vec![None; problem.columns],
                residual: problem.response.clone(),
                tolerance,
                lambda: 0.0,
            },
            strong_rules: StrongRules::new(problem.linear.clone(), tolerance),
        }
    }

    /// Solves with every column in the set from the start.
    fn solve_by_members(&mut self, lambda: f64) -> Result<Solution, StatsError> {
        let (members, gradient) = (&mut self.members, &mut self.strong_rules.gradient);
        let problem = members.problem;
        if members.set.len() == 0 {
            let every = (0..problem.columns).filter(|j| problem.included[*j]);
            members.enter(&every.map(|j| (j, problem.linear[j])).collect::<Vec<_>>());
        }
        members.solve_members(lambda)?;
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let mut explained = 0.0;
        let set = &members.set;
        for (at, member) in set.members.iter().enumerate() {
            gradient[*member] = set.gradient[at];
            explained += set.coefficients[at] * (problem.linear[*member] + set.gradient[at]);
        }
        Ok(Solution {
            intercept: 0.0,
            coefficients: set.non_zero(),
            deviance_ratio: explained,
            violation: set.violation(l1, l2),
            saturated: false,
        })
    }

    /// Solves with all inner products at hand.
    fn solve_by_gram(&mut self, gram: &[f64], lambda: f64) -> Result<Solution, StatsError> {
        let (members, gradient) = (&mut self.members, &mut self.strong_rules.gradient);
        let problem = members.problem;
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let mut solved = false;
        loop {
            let entering: Vec<(usize, f64)> = (0..problem.columns)
                .filter(|j| problem.included[*j] && !members.holds(*j))
                .filter(|j| gradient[*j].abs() > l1 * problem.penalty[*j] + members.tolerance)
                .map(|j| (j, gradient[j]))
                .collect();
            // The first round brings in what the last penalty's gradients say.
            if solved && entering.is_empty() {
                break;
            }
            members.enter(&entering);
            members.solve_members(lambda)?;
            solved = true;
            gradient.copy_from_slice(&problem.linear);
            let moves = members.set.members.iter().zip(&members.set.coefficients);
            add_columns(
                gradient,
                gram,
                problem.columns,
                moves.map(|(member, value)| (*member, -value)),
            );
            for (at, member) in members.set.members.iter().enumerate() {
                members.set.gradient[at] = gradient[*member];
            }
        }
        let mut worst = 0.0_f64;
        let mut explained = 0.0;
        let mut values = vec![0.0; problem.columns];
        for (member, value) in members.set.members.iter().zip(&members.set.coefficients) {
            values[*member] = *value;
            explained += value * (problem.linear[*member] + gradient[*member]);
        }
        for j in 0..problem.columns {
            if problem.included[j] {
                let factor = problem.penalty[j];
                worst = worst.max(violation(gradient[j], values[j], l1 * factor, l2 * factor));
            }
        }
        Ok(Solution {
            intercept: 0.0,
            coefficients: members.set.non_zero(),
            deviance_ratio: explained,
            violation: worst,
            saturated: false,
        })
    }
}

impl RestrictedSolver for RestrictedGaussian<'_> {
    fn holds(&self, column: usize) -> bool {
        self.place[column].is_some()
    }

    fn enter(&mut self, columns: &[(usize, f64)]) {
        let problem = self.problem;
        let present = self.set.len();
        for (k, (j, _)) in columns.iter().enumerate() {
            self.place[*j] = Some(present + k);
        }
        let entering = || columns.iter().map(|(j, _)| *j);
        let among = self.set.members.iter().copied().chain(entering());
        let mut products = vec![vec![0.0; present + columns.len()]; columns.len()];
        if let Some(gram) = &problem.gram {
            for (j, products) in entering().zip(&mut products) {
                let row = &gram[j * problem.columns..(j + 1) * problem.columns];
                for (product, member) in products.iter_mut().zip(among.clone()) {
                    *product = row[member];
                }
            }
        } else {
            let vectors: Vec<&[f64]> = entering().map(|j| problem.column(j)).collect();
            all_products(&problem.matrix, problem.rows, among, &vectors, |member, k, value| {
                if let Some(at) = self.place[member] {
                    products[k][at] = value;
                }
            });
        }
        for (k, (j, mut products)) in entering().zip(products).enumerate() {
            products.truncate(present + k + 1);
            products[present + k] = problem.curvature[j];
            self.set.push(j, problem.linear[j], problem.penalty[j], &products);
        }
    }

    fn predict(&mut self, _lambda: f64) {}

    fn solve_members(&mut self, lambda: f64) -> Result<(), StatsError> {
        let (l1, l2) = (lambda * self.problem.alpha, lambda * (1.0 - self.problem.alpha));
        if self.lambda > 0.0 && l2 == 0.0 {
            self.set.follow(self.lambda, l1, self.tolerance);
        }
        self.set
            .solve(l1, l2, 0.5 * self.tolerance, MAXIMUM_SWEEPS)
            .map_err(|_| exhausted(lambda, self.set.sweeps))?;
        self.lambda = lambda;
        Ok(())
    }

    fn residual(&mut self) -> &[f64] {
        self.residual.copy_from_slice(&self.problem.response);
        let moves = self.set.members.iter().zip(&self.set.coefficients);
        add_columns(
            &mut self.residual,
            &self.problem.matrix,
            self.problem.rows,
            moves.map(|(member, value)| (*member, -value)),
        );
        &self.residual
    }

    fn candidate(&mut self) -> Candidate {
        let coefficients = self.set.non_zero();
        let explained = self
            .set
            .members
            .iter()
            .zip(&self.set.coefficients)
            .zip(&self.set.gradient);
        let explained = explained
            .map(|((member, value), gradient)| value * (self.problem.linear[*member] + gradient))
            .sum();
        Candidate {
            lambda: self.lambda,
            intercept: 0.0,
            coefficients,
            residual: self.residual.clone(),
            linear_predictor: Vec::new(),
            deviance_ratio: explained,
            saturated: false,
            intercept_violation: 0.0,
        }
    }

    fn restore(&mut self, point: &Candidate) {
        self.set.set_coefficients(&point.coefficients);
        self.set.refresh_gradient();
        self.lambda = point.lambda;
    }
}

impl PathSolver for GaussianExact<'_> {
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError> {
        let problem = self.members.problem;
        match &problem.gram {
            Some(_) if problem.columns <= FEW_COLUMNS => Ok(vec![self.solve_by_members(lambdas[0])?]),
            Some(gram) => Ok(vec![self.solve_by_gram(gram, lambdas[0])?]),
            None => self.strong_rules.solve(&mut self.members, problem, lambdas, previous),
        }
    }

    fn gradient(&self) -> &[f64] {
        &self.strong_rules.gradient
    }

    fn sweeps(&self) -> usize {
        self.members.set.sweeps
    }
}
