//! Where R's `glm` takes its standard errors: at the point where its last step began.

use ndarray::ArrayView1;

use super::model::Model;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::linalg::dot;

/// Steps of R's `glm` at most, here.
const MAXIMUM_ITERATIONS: usize = 100;

impl Model {
    /// The weights with which the last step of R's `glm(epsilon = 1e-14)` begins, from its start (risks of 1/4 and 3/4) on;
    /// `None` where it does not come to rest.
    pub(super) fn weights_before_last_step(&self) -> Option<Vec<f64>> {
        let start = 3.0_f64.ln();
        let mut link: Vec<f64> = self
            .outcome
            .iter()
            .map(|y| if *y == 1.0 { start } else { -start })
            .collect();
        let (mut residuals, mut weights, _) = self.evaluate(&link);
        let mut deviance = self.deviance_as_r(&link);
        for _ in 0..MAXIMUM_ITERATIONS {
            let factor = Cholesky::new(self.information(&weights).view(), 1e-14).ok()?;
            let working: Vec<f64> = residuals
                .iter()
                .zip(&weights)
                .zip(&link)
                .map(|((residual, weight), link)| weight * link + residual)
                .collect();
            let right: Vec<f64> = self.columns.iter().map(|column| dot(column, &working)).collect();
            link = self.linear_predictor(&factor.solve(ArrayView1::from(&right)).to_vec());
            let now = self.deviance_as_r(&link);
            if (now - deviance).abs() / (now.abs() + 0.1) < 1e-14 {
                return Some(weights);
            }
            (residuals, weights, _) = self.evaluate(&link);
            deviance = now;
        }
        None
    }

    /// The deviance as R sums it, from the risks and with more digits than a double has: whether the last change is below
    /// 1e-14 hangs on its last bits.
    fn deviance_as_r(&self, link: &[f64]) -> f64 {
        let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
        for (link, y) in link.iter().zip(&self.outcome) {
            let odds = link.exp();
            let p = odds / (1.0 + odds);
            let term = 2.0 * (1.0 / if *y == 1.0 { p } else { 1.0 - p }).ln();
            let next = sum + term;
            // Neumaier's compensation
            lost += if sum.abs() >= term.abs() {
                (sum - next) + term
            } else {
                (term - next) + sum
            };
            sum = next;
        }
        sum + lost
    }
}
