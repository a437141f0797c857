//! Outcomes that a combination of predictors separates, so that the likelihood has no maximum (Albert and Anderson,
//! Biometrika 71, 1984).

use serde::{Deserialize, Serialize};

use super::model::{Maximum, Model};
use crate::stats::design::Design;

/// A combination of predictors that separates the outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Separation {
    /// Every case is on its side (complete), or some cases lie on the boundary (quasi-complete)
    pub complete: bool,
    /// Columns whose coefficients grow without end
    pub columns: Vec<String>,
}

impl Separation {
    /// What happened, for the reader of a report.
    pub fn words(&self) -> String {
        format!(
            "{} separation: {} predict{} the outcome {}, so the maximum-likelihood estimates are infinite and their \
             intervals and P values mean nothing; use Firth's penalised fit",
            if self.complete { "Complete" } else { "Quasi-complete" },
            self.columns.join(", "),
            if self.columns.len() == 1 { "s" } else { "" },
            if self.complete {
                "perfectly"
            } else {
                "perfectly for some of the cases"
            },
        )
    }
}

impl Model {
    /// Whether the last step of a fit that did not come to rest separates the outcomes.
    pub(super) fn separation(&self, design: &Design, maximum: &Maximum) -> Option<Separation> {
        let link = self.linear_predictor(&maximum.coefficients);
        let extreme = link.iter().fold(0.0_f64, |extreme, link| extreme.max(link.abs()));
        if maximum.converged && extreme < 25.0 {
            return None;
        }
        let growth = self.linear_predictor(&maximum.step);
        let sided: Vec<f64> = growth
            .iter()
            .zip(&self.outcome)
            .map(|(growth, y)| if *y == 1.0 { *growth } else { -growth })
            .collect();
        let largest = sided.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if sided.iter().any(|value| *value < -1e-3 * largest) {
            return None;
        }
        let complete = maximum.deviance < 1e-4;
        let size = maximum
            .step
            .iter()
            .skip(1)
            .fold(0.0_f64, |size, step| size.max(step.abs()));
        let columns = (1..maximum.step.len())
            .filter(|j| maximum.step[*j].abs() > 1e-3 * size)
            .map(|j| design.names()[j - 1].clone())
            .collect();
        Some(Separation { complete, columns })
    }

    /// Which way coefficient `j` goes on growing under separation: its sign, or 0 where it rests.
    pub(super) fn growth(&self, j: usize, maximum: &Maximum) -> f64 {
        let step = self.unscale_coefficients(&maximum.step);
        let moving = step[j].abs() > 1e-3 * self.unscale_coefficients(&maximum.coefficients)[j].abs().min(1.0);
        if moving { step[j].signum() } else { 0.0 }
    }
}
