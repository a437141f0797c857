//! Sorted rows and standardised columns of a penalised Cox regression.

use ndarray::ArrayView2;

use super::settings::CoxPathSettings;
use crate::stats::StatsError;
use crate::stats::survival::FollowUp;
use crate::stats::survival::cox::{RiskSets, Ties};

/// A checked and standardised problem.
pub(super) struct Problem {
    pub sets: RiskSets,
    pub rows: usize,
    pub columns: usize,
    /// Column by column, the rows sorted
    pub matrix: Vec<f64>,
    scale: Vec<f64>,
    /// Columns that vary
    pub included: Vec<bool>,
    pub penalty: Vec<f64>,
    pub alpha: f64,
    /// What the best possible model has above one without predictors, twice
    pub null_deviance: f64,
    saturated: f64,
}

impl Problem {
    pub fn new(
        x: ArrayView2<'_, f64>,
        follow_up: &FollowUp,
        strata: Option<&[usize]>,
        settings: &CoxPathSettings,
        penalty: Vec<f64>,
    ) -> Result<Self, StatsError> {
        let sets = RiskSets::new(follow_up, strata, None, Ties::Breslow);
        let (rows, columns) = x.dim();
        let mut matrix = vec![0.0; rows * columns];
        let (mut scale, mut included) = (vec![1.0; columns], vec![true; columns]);
        for (j, target) in matrix.chunks_exact_mut(rows).enumerate() {
            for (target, row) in target.iter_mut().zip(&sets.order) {
                *target = x[[*row, j]];
            }
            if penalty[j].is_infinite() || target.iter().all(|value| *value == target[0]) {
                included[j] = false;
                target.fill(0.0);
                continue;
            }
            let mean = target.iter().sum::<f64>() / rows as f64;
            for value in target.iter_mut() {
                *value -= mean;
            }
            if settings.standardize {
                let square: f64 = target.iter().map(|value| value * value).sum();
                scale[j] = (square / rows as f64).sqrt();
                for value in target.iter_mut() {
                    *value /= scale[j];
                }
            }
        }
        if !included.contains(&true) {
            return Err(StatsError::Impossible(
                "The penalised Cox regression has nothing to choose from: every feature is constant in these rows"
                    .into(),
            ));
        }
        let saturated = sets.saturated_log_likelihood();
        let null = sets.log_likelihood(&vec![0.0; rows]);
        Ok(Self {
            rows,
            columns,
            matrix,
            scale,
            included,
            penalty,
            alpha: settings.alpha,
            null_deviance: 2.0 * (saturated - null),
            saturated,
            sets,
        })
    }

    /// One standardised column.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.matrix[j * self.rows..(j + 1) * self.rows]
    }

    /// The part of the null deviance that a log-likelihood explains.
    pub fn explained(&self, log_likelihood: f64) -> f64 {
        1.0 - 2.0 * (self.saturated - log_likelihood) / self.null_deviance
    }

    /// Coefficients on the scale of the table.
    pub fn unscale(&self, coefficients: &[(usize, f64)]) -> Vec<(usize, f64)> {
        coefficients
            .iter()
            .map(|(j, value)| (*j, value / self.scale[*j]))
            .collect()
    }
}
