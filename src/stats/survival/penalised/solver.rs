//! The exact solution at one penalty after another.
//!
//! Proximal Newton steps over a working set with the full Hessian of the partial likelihood over it. The quadratic of a step
//! is solved by coordinate descent, and, once the signs are known, at once. The working set holds what the sequential strong
//! rule lets through (Tibshirani et al. 2012), and then whatever violates an optimality condition.

use super::problem::Problem;
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::kernels::{add_columns, inner_products};

/// Newton steps at one penalty, and rounds of entering columns.
const STEPS: usize = 200;
/// Sweeps over one quadratic.
const SWEEPS: usize = 20_000;
/// Sweeps after which the signs are tried.
const SWEEPS_TO_TRY: usize = 8;
/// A step is not halved below this part.
const SHORTEST: f64 = 1e-10;
/// Where rounding is all that is left, the conditions may be violated by this many times the tolerance.
const CLOSE_ENOUGH: f64 = 1e4;

/// One solution on the standardised scale.
pub(super) struct Solution {
    pub coefficients: Vec<(usize, f64)>,
    pub deviance_ratio: f64,
    pub violation: f64,
}

/// A problem, and where its solution stands.
pub(super) struct Solver<'a> {
    problem: &'a Problem,
    tolerance: f64,
    largest: f64,
    /// Members of the working set and their coefficients
    members: Vec<usize>,
    coefficients: Vec<f64>,
    eta: Vec<f64>,
    log_likelihood: f64,
    /// The slope of log-likelihood / n along each column
    gradient: Vec<f64>,
}

impl<'a> Solver<'a> {
    pub fn new(problem: &'a Problem, exactness: f64) -> Result<Self, StatsError> {
        let eta = vec![0.0; problem.rows];
        let mut solver = Self {
            problem,
            tolerance: 0.0,
            largest: 0.0,
            members: (0..problem.columns)
                .filter(|j| problem.included[*j] && problem.penalty[*j] == 0.0)
                .collect(),
            coefficients: Vec::new(),
            log_likelihood: problem.sets.log_likelihood(&eta),
            eta,
            gradient: vec![0.0; problem.columns],
        };
        solver.coefficients = vec![0.0; solver.members.len()];
        solver.set_gradient();
        let steepest = solver
            .gradient
            .iter()
            .fold(0.0_f64, |most, slope| most.max(slope.abs()));
        solver.tolerance = exactness * steepest;
        if !solver.members.is_empty() {
            solver.solve_members(0.0, 0.0, 1.0)?;
            solver.set_gradient();
        }
        let penalised = (0..problem.columns).filter(|j| problem.included[*j] && problem.penalty[*j] > 0.0);
        let steepest = penalised
            .map(|j| solver.gradient[j].abs() / problem.penalty[j])
            .fold(0.0, f64::max);
        solver.largest = steepest / problem.alpha.max(1e-3);
        if solver.largest <= 0.0 {
            return Err(StatsError::Impossible(
                "The penalised Cox regression has nothing to choose from: no feature goes with the events".into(),
            ));
        }
        Ok(solver)
    }

    /// The smallest penalty at which every penalised coefficient is 0.
    pub fn largest_penalty(&self) -> f64 {
        self.largest
    }

    /// The solution at a penalty below the one before.
    pub fn solve(&mut self, lambda: f64, previous: f64) -> Result<Solution, StatsError> {
        let problem = self.problem;
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let strong = problem.alpha * (2.0 * lambda - previous);
        self.leave_out_zeros();
        self.enter(|gradient, penalty| gradient.abs() > strong * penalty);
        for _ in 0..STEPS {
            self.solve_members(lambda, l1, l2)?;
            self.set_gradient();
            let least = self.tolerance;
            if !self.enter(|gradient, penalty| gradient.abs() > l1 * penalty + least) {
                return Ok(self.solution(l1, l2));
            }
        }
        Err(exhausted(lambda, STEPS))
    }

    fn solution(&self, l1: f64, l2: f64) -> Solution {
        let mut coefficients: Vec<(usize, f64)> = self
            .members
            .iter()
            .copied()
            .zip(self.coefficients.iter().copied())
            .collect();
        coefficients.retain(|(_, value)| *value != 0.0);
        coefficients.sort_unstable_by_key(|(j, _)| *j);
        let outside = (0..self.problem.columns).filter(|j| self.problem.included[*j]);
        let outside = outside.map(|j| (self.gradient[j].abs() - l1 * self.problem.penalty[j]).max(0.0));
        let beyond = if coefficients.len() < self.problem.columns {
            outside.fold(0.0, f64::max)
        } else {
            0.0
        };
        let slopes: Vec<f64> = self.members.iter().map(|j| self.gradient[*j]).collect();
        let inside = self.violation(&slopes, l1, l2);
        Solution {
            // A coefficient of an elastic net has a slope beyond l1: only what is 0 counts there.
            violation: if l2 == 0.0 { beyond.max(inside) } else { inside },
            coefficients,
            deviance_ratio: self.problem.explained(self.log_likelihood),
        }
    }

    fn leave_out_zeros(&mut self) {
        let penalty = &self.problem.penalty;
        let kept = |(j, value): &(usize, f64)| *value != 0.0 || penalty[*j] == 0.0;
        let pairs = self.members.iter().copied().zip(self.coefficients.iter().copied());
        (self.members, self.coefficients) = pairs.filter(kept).unzip();
    }

    /// Brings columns outside the set into it; whether there were any.
    fn enter(&mut self, lets_in: impl Fn(f64, f64) -> bool) -> bool {
        let problem = self.problem;
        let mut within = vec![false; problem.columns];
        for member in &self.members {
            within[*member] = true;
        }
        let before = self.members.len();
        let new = (0..problem.columns)
            .filter(|j| problem.included[*j] && !within[*j] && lets_in(self.gradient[*j], problem.penalty[*j]));
        self.members.extend(new);
        self.coefficients.resize(self.members.len(), 0.0);
        self.members.len() > before
    }

    fn set_gradient(&mut self) {
        let problem = self.problem;
        let residuals = problem.sets.residuals(&self.eta);
        let count = problem.rows as f64;
        let gradient = &mut self.gradient;
        let included = (0..problem.columns).filter(|j| problem.included[*j]);
        inner_products(&problem.matrix, problem.rows, included, [&residuals], |j, [value]| {
            gradient[j] = value / count;
        });
    }

    fn objective(&self, log_likelihood: f64, coefficients: &[f64], l1: f64, l2: f64) -> f64 {
        let penalties = self.members.iter().zip(coefficients);
        let penalty: f64 = penalties
            .map(|(j, b)| self.problem.penalty[*j] * (l1 * b.abs() + 0.5 * l2 * b * b))
            .sum();
        penalty - log_likelihood / self.problem.rows as f64
    }

    /// The largest violation among the members, at their slopes.
    fn violation(&self, slopes: &[f64], l1: f64, l2: f64) -> f64 {
        let members = self.members.iter().zip(&self.coefficients).zip(slopes);
        let of = |((j, b), slope): ((&usize, &f64), &f64)| {
            let factor = self.problem.penalty[*j];
            let slope = slope - factor * l2 * b;
            if *b == 0.0 {
                (slope.abs() - factor * l1).max(0.0)
            } else {
                (slope - factor * l1 * b.signum()).abs()
            }
        };
        members.map(of).fold(0.0, f64::max)
    }

    /// Goes to the optimum over the members.
    fn solve_members(&mut self, lambda: f64, l1: f64, l2: f64) -> Result<(), StatsError> {
        let size = self.members.len();
        if size == 0 {
            return Ok(());
        }
        let problem = self.problem;
        let count = problem.rows as f64;
        let mut x = vec![0.0; problem.rows * size];
        for (i, member) in self.members.iter().enumerate() {
            for (at, value) in problem.column(*member).iter().enumerate() {
                x[at * size + i] = *value;
            }
        }
        let mut least = f64::INFINITY;
        for step in 0..STEPS {
            let (mut slopes, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
            problem
                .sets
                .each_event_time(&self.eta, &x, size, |_, slope, curvature| {
                    slopes
                        .iter_mut()
                        .zip(slope)
                        .for_each(|(sum, part)| *sum += part / count);
                    hessian
                        .iter_mut()
                        .zip(curvature)
                        .for_each(|(sum, part)| *sum += part / count);
                });
            let now = self.violation(&slopes, l1, l2);
            if now <= 0.5 * self.tolerance {
                return Ok(());
            }
            // Below this, steps move within rounding.
            if now >= 0.5 * least && now <= CLOSE_ENOUGH * self.tolerance && step > 2 {
                return Ok(());
            }
            least = least.min(now);
            let quadratic = Quadratic {
                hessian: &hessian,
                slopes: &slopes,
                from: &self.coefficients,
                factors: self.members.iter().map(|j| problem.penalty[*j]).collect(),
                l1,
                l2,
            };
            let target = quadratic.minimise(0.1 * self.tolerance);
            let before = self.objective(self.log_likelihood, &self.coefficients, l1, l2);
            let mut share = 1.0;
            loop {
                let to: Vec<f64> = if share == 1.0 {
                    target.clone()
                } else {
                    let ends = self.coefficients.iter().zip(&target);
                    ends.map(|(from, target)| from + share * (target - from)).collect()
                };
                let mut eta = vec![0.0; problem.rows];
                let terms = self.members.iter().copied().zip(to.iter().copied());
                add_columns(&mut eta, &problem.matrix, problem.rows, terms);
                let log_likelihood = problem.sets.log_likelihood(&eta);
                let after = self.objective(log_likelihood, &to, l1, l2);
                if after <= before + 1e-14 * before.abs() {
                    (self.eta, self.log_likelihood, self.coefficients) = (eta, log_likelihood, to);
                    break;
                }
                share *= 0.5;
                if share < SHORTEST {
                    return if now <= CLOSE_ENOUGH * self.tolerance {
                        Ok(())
                    } else {
                        Err(exhausted(lambda, step))
                    };
                }
            }
        }
        Err(exhausted(lambda, STEPS))
    }
}

/// The penalised quadratic of a Newton step.
struct Quadratic<'a> {
    /// Row by row, the lower triangle
    hessian: &'a [f64],
    slopes: &'a [f64],
    from: &'a [f64],
    factors: Vec<f64>,
    l1: f64,
    l2: f64,
}

impl Quadratic<'_> {
    fn entry(&self, i: usize, j: usize) -> f64 {
        self.hessian[i.max(j) * self.from.len() + i.min(j)]
    }

    /// The coefficients at its minimum, to a violation of `tolerance`, or as near as the sweeps come.
    fn minimise(&self, tolerance: f64) -> Vec<f64> {
        let size = self.from.len();
        let mut at = self.from.to_vec();
        let mut slopes = self.slopes.to_vec();
        for sweep in 1..=SWEEPS {
            let mut worst = 0.0_f64;
            for i in 0..size {
                let curvature = self.entry(i, i);
                let (l1, l2) = (self.l1 * self.factors[i], self.l2 * self.factors[i]);
                if curvature + l2 <= 0.0 {
                    continue;
                }
                let pull = slopes[i] + curvature * at[i];
                let new = (pull.abs() - l1).max(0.0).copysign(pull) / (curvature + l2);
                let step = new - at[i];
                if step != 0.0 {
                    worst = worst.max(step.abs() * (curvature + l2));
                    at[i] = new;
                    for (j, slope) in slopes.iter_mut().enumerate() {
                        *slope -= step * self.entry(i, j);
                    }
                }
            }
            if worst <= tolerance {
                break;
            }
            if sweep % SWEEPS_TO_TRY == 0
                && let Some(found) = self.with_signs_of(&at, tolerance)
            {
                return found;
            }
        }
        at
    }

    /// The minimum, if its signs are those of a point: the solution of linear equations, held to every condition.
    fn with_signs_of(&self, point: &[f64], tolerance: f64) -> Option<Vec<f64>> {
        let active: Vec<usize> = (0..point.len())
            .filter(|i| point[*i] != 0.0 || self.factors[*i] == 0.0)
            .collect();
        let mut factor = Cholesky::default();
        let ridge = |i: usize| self.l2 * self.factors[i];
        let entry = |i: usize, j: usize| {
            let (i, j) = (active[i], active[j]);
            self.entry(i, j) + if i == j { ridge(i) } else { 0.0 }
        };
        factor.factorise(active.len(), 1e-12, entry).ok()?;
        // H b = slopes + H from - l1 sign
        let mut solved: Vec<f64> = active
            .iter()
            .map(|i| {
                let pull: f64 = (0..point.len()).map(|j| self.entry(*i, j) * self.from[j]).sum();
                let sign = if point[*i] == 0.0 { 0.0 } else { point[*i].signum() };
                self.slopes[*i] + pull - self.l1 * self.factors[*i] * sign
            })
            .collect();
        factor.solve_in_place(&mut solved);
        let mut found = vec![0.0; point.len()];
        for (i, value) in active.iter().zip(&solved) {
            if self.factors[*i] != 0.0 && value * point[*i] <= 0.0 {
                return None;
            }
            found[*i] = *value;
        }
        let moved: Vec<f64> = found.iter().zip(self.from).map(|(to, from)| to - from).collect();
        let holds = |i: usize| {
            found[i] != 0.0 || {
                let slope = self.slopes[i] - (0..found.len()).map(|j| self.entry(i, j) * moved[j]).sum::<f64>();
                slope.abs() <= self.l1 * self.factors[i] + tolerance
            }
        };
        (0..found.len()).all(holds).then_some(found)
    }
}

fn exhausted(lambda: f64, iterations: usize) -> StatsError {
    StatsError::NotConverged {
        what: format!("The penalised Cox regression at lambda {lambda:.6}"),
        iterations,
        advice: "the columns may be nearly combinations of each other, or tell the events apart completely; drop duplicates, or \
                 stop at a larger lambda"
            .into(),
    }
}
