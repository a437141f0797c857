//! Newton's method with step halving, the one way in which every logistic likelihood here is maximised.
//!
//! A step solves information × step = gradient; where it does not raise the likelihood it is halved. What is maximised
//! ([`Likelihood`]) says what its derivatives are: those of a table of coefficients, of a resample, of a penalised
//! likelihood, of an intercept beside a given logit. How near the maximum counts as there is a [`Rules`] of each.

use crate::stats::base::cholesky::Cholesky;

/// A log-likelihood with its derivatives.
pub(in crate::stats) trait Likelihood {
    /// -2 log-likelihood at a point, infinite where it cannot be told. What the derivatives need is kept.
    fn deviance(&mut self, at: &[f64]) -> f64;

    /// Gradient of the log-likelihood and its negative Hessian (row by row, of which the lower triangle is read) at the
    /// point whose deviance was told last.
    fn derivatives(&mut self) -> (&[f64], &[f64]);

    /// What stands in for the negative Hessian where that is not positive definite, if anything does.
    fn expected_information(&mut self) -> Option<&[f64]> {
        None
    }

    /// Whether the likelihood grows without end from the point whose deviance was told last, so that nothing more is to be
    /// found.
    fn is_separated(&self, _deviance: f64) -> bool {
        false
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::stats) struct Rules {
    /// A step may raise the deviance by this part of it, which is rounding
    pub rounding: f64,
    /// What counts as rest
    pub rest: Rest,
    /// A pivot of the information below this part of its diagonal means that there is no step
    pub singular: f64,
    /// No step moves a coefficient further than this
    pub longest_step: f64,
    /// Steps made at most
    pub steps: usize,
}

/// When the maximum is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::stats) enum Rest {
    /// A step promises to raise the log-likelihood by no more than this
    Promise(f64),
    /// A step moves no coefficient by more than this part of 1 + its size. It is taken, and the likelihood is not told
    /// again: as steps shrink like their squares, the next would be below rounding
    Step(f64),
    /// A step has lowered the deviance by no more than this; one more is taken, and the likelihood is not told again
    Gain(f64),
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) enum End {
    /// At the maximum
    Converged,
    /// Where the information has no inverse
    Singular,
    /// Where the outcomes are separated, no shorter step helps, or the steps are used up
    Stopped,
}

/// The point reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::stats) struct Found {
    pub end: End,
    /// -2 log-likelihood there; with [`Rest::Step`] and [`Rest::Gain`] before the last step
    pub deviance: f64,
    /// Steps made
    pub steps: usize,
}

/// A step is not halved below this part.
const SHORTEST: f64 = 1e-10;
/// Where not even that helps, but the step promised less than this, the maximum is reached but for rounding.
const NOTHING_TO_GAIN: f64 = 1e-10;

/// The memory of searches of one width.
#[derive(Debug, Clone, Default)]
pub(in crate::stats) struct Newton {
    factor: Cholesky,
    gradient: Vec<f64>,
    /// The last step, before it was halved
    pub step: Vec<f64>,
    trial: Vec<f64>,
}

impl Newton {
    /// Goes to the maximum from (and in) `at`.
    pub fn maximise(&mut self, likelihood: &mut impl Likelihood, at: &mut [f64], rules: &Rules) -> Found {
        let mut deviance = likelihood.deviance(at);
        self.step.clear();
        self.step.resize(at.len(), 0.0);
        let found = |end, deviance, steps| Found { end, deviance, steps };
        if !deviance.is_finite() {
            return found(End::Singular, deviance, 0);
        }
        let mut gain = f64::INFINITY;
        for steps in 0..rules.steps {
            let Some(promise) = self.next_step(likelihood, rules) else {
                return found(End::Singular, deviance, steps);
            };
            let is_last = match rules.rest {
                Rest::Promise(_) => false,
                Rest::Gain(least) => gain <= least,
                Rest::Step(smallest) => {
                    let parts = self
                        .step
                        .iter()
                        .zip(at.iter())
                        .map(|(step, at)| step.abs() / (1.0 + at.abs()));
                    parts.fold(0.0, f64::max) < smallest
                }
            };
            if is_last {
                at.iter_mut().zip(&self.step).for_each(|(at, step)| *at += step);
                return found(End::Converged, deviance, steps + 1);
            }
            let before = deviance;
            let better = self.take_step(likelihood, at, &mut deviance, rules);
            gain = before - deviance;
            let at_rest = matches!(rules.rest, Rest::Promise(least) if promise < least);
            if at_rest || (!better && promise < NOTHING_TO_GAIN) {
                return found(End::Converged, deviance, steps + 1);
            }
            if !better || likelihood.is_separated(deviance) {
                return found(End::Stopped, deviance, steps + 1);
            }
        }
        found(End::Stopped, deviance, rules.steps)
    }

    /// Solves for the next step; the product of step and gradient, about twice what the log-likelihood gains by it.
    fn next_step(&mut self, likelihood: &mut impl Likelihood, rules: &Rules) -> Option<f64> {
        let width = self.step.len();
        let factor = &mut self.factor;
        let (gradient, information) = likelihood.derivatives();
        self.gradient.clear();
        self.gradient.extend_from_slice(gradient);
        if factor
            .factorise(width, rules.singular, |i, j| information[i * width + j])
            .is_err()
        {
            let information = likelihood.expected_information()?;
            factor.factorise(width, 0.0, |i, j| information[i * width + j]).ok()?;
        }
        self.step.copy_from_slice(&self.gradient);
        factor.solve_in_place(&mut self.step);
        let longest = self.step.iter().fold(0.0_f64, |longest, step| longest.max(step.abs()));
        if longest > rules.longest_step {
            let share = rules.longest_step / longest;
            self.step.iter_mut().for_each(|step| *step *= share);
        }
        Some(
            self.step
                .iter()
                .zip(&self.gradient)
                .map(|(step, slope)| step * slope)
                .sum(),
        )
    }

    /// Takes as much of the step as raises the likelihood. Whether any part did.
    fn take_step(
        &mut self,
        likelihood: &mut impl Likelihood,
        at: &mut [f64],
        deviance: &mut f64,
        rules: &Rules,
    ) -> bool {
        let mut share = 1.0;
        while share >= SHORTEST {
            let moved = at.iter().zip(&self.step).map(|(at, step)| at + share * step);
            self.trial.clear();
            self.trial.extend(moved);
            let next = likelihood.deviance(&self.trial);
            if next <= *deviance + rules.rounding * (1.0 + deviance.abs()) {
                at.copy_from_slice(&self.trial);
                *deviance = next;
                return true;
            }
            share *= 0.5;
        }
        false
    }
}
