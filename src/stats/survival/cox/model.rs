//! A design before its partial likelihood, the columns centred and scaled, and the maximum.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::risk_sets::{RiskSets, Ties};
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::require;
use crate::stats::design::Design;
use crate::stats::regression::newton::{End, Likelihood, Newton, Rest, Rules};
use crate::stats::survival::FollowUp;

/// Below this part of its square, a column is a combination of those before it.
const DEPENDENT: f64 = 1e-9;

const RULES: Rules = Rules {
    rounding: 1e-13,
    rest: Rest::Promise(1e-16),
    singular: 1e-13,
    longest_step: 5.0,
    steps: 60,
};

/// A last step of this part of a standard deviation means that the coefficient still goes somewhere.
const STILL_MOVING: f64 = 1e-3;
/// So many times the variance that a coefficient of 0 would have, it has none.
const INFORMATION_LOST: f64 = 1e6;

/// A design sorted into risk sets.
#[derive(Debug, Clone)]
pub(super) struct CoxModel {
    pub sets: RiskSets,
    /// Sorted rows, centred and scaled
    pub x: Vec<f64>,
    pub width: usize,
    pub centre: Vec<f64>,
    pub scale: Vec<f64>,
}

/// The maximum, on the scaled columns.
#[derive(Debug, Clone)]
pub(super) struct Maximum {
    pub coefficients: Vec<f64>,
    pub deviance: f64,
    pub null_deviance: f64,
    /// Chi-square of the score test
    pub score: f64,
    /// Inverse of the information
    pub covariance: Array2<f64>,
    pub iterations: usize,
    /// Columns along which the likelihood still rises: their coefficients have no finite maximum
    pub infinite: Vec<usize>,
}

/// Whether a column has one value in each stratum.
fn is_constant_within(values: &[f64], strata: &[usize]) -> bool {
    let mut of_stratum = BTreeMap::new();
    values
        .iter()
        .zip(strata)
        .all(|(value, stratum)| *of_stratum.entry(*stratum).or_insert(*value) == *value)
}

impl CoxModel {
    pub fn new(
        design: &Design,
        follow_up: &FollowUp,
        strata: Option<&[usize]>,
        weights: Option<&[f64]>,
        ties: Ties,
    ) -> Result<Self, StatsError> {
        let what = "Cox regression";
        let count = follow_up.len();
        require::same_length(what, ("cases", count), ("rows of predictors", design.rows()))?;
        if let Some(strata) = strata {
            require::same_length(what, ("cases", count), ("strata", strata.len()))?;
        }
        if let Some(weights) = weights {
            require::same_length(what, ("cases", count), ("weights", weights.len()))?;
            require::finite("The weight", weights)?;
            if let Some(row) = weights.iter().position(|weight| *weight <= 0.0) {
                return Err(StatsError::Impossible(format!(
                    "{what}: the weight in row {} is {}, but weights are positive; leave the row out",
                    row + 1,
                    weights[row]
                )));
            }
        }
        follow_up.require_event(what)?;
        let sets = RiskSets::new(follow_up, strata, weights, ties);
        let width = design.columns().len();
        let mut model = Self {
            sets,
            x: vec![0.0; count * width],
            width,
            centre: Vec::with_capacity(width),
            scale: Vec::with_capacity(width),
        };
        for (j, (values, name)) in design.columns().iter().zip(design.names()).enumerate() {
            let mean = values.iter().sum::<f64>() / count as f64;
            let square: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let scale = (square / count as f64).sqrt();
            if values.iter().all(|value| *value == values[0]) || scale == 0.0 {
                return Err(StatsError::Impossible(format!(
                    "{what}: the column \"{name}\" is the same in every row; leave it out"
                )));
            }
            if strata.is_some_and(|strata| is_constant_within(values, strata)) {
                return Err(StatsError::Impossible(format!(
                    "{what}: the column \"{name}\" is the same in every row of a stratum, so the baseline hazards explain all of it; leave \
                     it out"
                )));
            }
            for (at, row) in model.sets.order.iter().enumerate() {
                model.x[at * width + j] = (values[*row] - mean) / scale;
            }
            model.centre.push(mean);
            model.scale.push(scale);
        }
        Ok(model)
    }

    /// Linear predictors of the sorted rows.
    pub fn eta(&self, coefficients: &[f64]) -> Vec<f64> {
        if self.width == 0 {
            return vec![0.0; self.sets.order.len()];
        }
        let rows = self.x.chunks_exact(self.width);
        rows.map(|row| row.iter().zip(coefficients).map(|(x, b)| x * b).sum())
            .collect()
    }

    /// The maximum of the partial likelihood; `names` are the columns'.
    pub fn maximise(&self, names: &[String]) -> Result<Maximum, StatsError> {
        let width = self.width;
        let mut likelihood = PartialLikelihood::new(self);
        let mut coefficients = vec![0.0; width];
        let null_deviance = likelihood.deviance(&coefficients);
        let (gradient, information) = likelihood.derivatives();
        let mut step = gradient.to_vec();
        let factor = |information: &[f64]| {
            let mut factor = Cholesky::default();
            factor
                .factorise(width, DEPENDENT, |i, j| information[i * width + j])
                .map(|()| factor)
        };
        let start = factor(information).map_err(|dependent| StatsError::Singular {
            what: "Cox regression".into(),
            column: names.get(dependent.column).cloned().unwrap_or_default(),
        })?;
        start.solve_in_place(&mut step);
        let score = gradient.iter().zip(&step).map(|(left, right)| left * right).sum();
        let mut newton = Newton::default();
        let found = newton.maximise(&mut likelihood, &mut coefficients, &RULES);
        let deviance = likelihood.deviance(&coefficients);
        let (_, information) = likelihood.derivatives();
        let mut last = Cholesky::default();
        let covariance = match last.factorise(width, 0.0, |i, j| information[i * width + j]) {
            Ok(()) => last.inverse(),
            Err(_) => Array2::from_elem((width, width), f64::INFINITY),
        };
        // At rest for want of digits, or still under way: the information along a column has gone.
        let begun = start.inverse();
        let is_infinite = |j: &usize| {
            let moves = newton.step[*j].abs() > STILL_MOVING * (1.0 + coefficients[*j].abs());
            moves || covariance[[*j, *j]].is_nan() || covariance[[*j, *j]] > INFORMATION_LOST * begun[[*j, *j]]
        };
        let infinite: Vec<usize> = (0..width).filter(is_infinite).collect();
        if infinite.is_empty() && found.end != End::Converged {
            return Err(StatsError::NotConverged {
                what: "Cox regression".into(),
                iterations: found.steps,
                advice: "take fewer predictors, or look for one that tells nearly all events apart".into(),
            });
        }
        Ok(Maximum {
            coefficients,
            deviance,
            null_deviance,
            score,
            covariance,
            iterations: found.steps,
            infinite,
        })
    }
}

/// The partial likelihood of a model at a point.
struct PartialLikelihood<'a> {
    model: &'a CoxModel,
    eta: Vec<f64>,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl<'a> PartialLikelihood<'a> {
    fn new(model: &'a CoxModel) -> Self {
        let width = model.width;
        Self {
            model,
            eta: Vec::new(),
            gradient: vec![0.0; width],
            information: vec![0.0; width * width],
        }
    }
}

impl Likelihood for PartialLikelihood<'_> {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        self.eta = self.model.eta(at);
        let deviance = -2.0 * self.model.sets.log_likelihood(&self.eta);
        if deviance.is_nan() { f64::INFINITY } else { deviance }
    }

    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        let Self {
            model,
            eta,
            gradient,
            information,
        } = self;
        gradient.fill(0.0);
        information.fill(0.0);
        model
            .sets
            .each_event_time(eta, &model.x, model.width, |_, slope, curvature| {
                gradient.iter_mut().zip(slope).for_each(|(sum, part)| *sum += part);
                information
                    .iter_mut()
                    .zip(curvature)
                    .for_each(|(sum, part)| *sum += part);
            });
        (&self.gradient, &self.information)
    }
}
