//! The likelihood of a design, and its maximum over all or some of the coefficients.

use ndarray::Array2;

use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::linalg::{add_scaled, dot};
use crate::stats::base::logit::LogisticRow;
use crate::stats::base::require;
use crate::stats::design::Design;
use crate::stats::regression::newton::{End, Likelihood, Newton, Rest, Rules};

/// The likelihood of a design, its columns centred and scaled.
#[derive(Debug, Clone)]
pub(in crate::stats) struct Model {
    pub rows: usize,
    /// Columns, the first all ones
    pub columns: Vec<Vec<f64>>,
    pub(super) centre: Vec<f64>,
    pub(super) scale: Vec<f64>,
    pub outcome: Vec<f64>,
}

/// The maximum, on the scaled columns.
#[derive(Debug, Clone)]
pub(in crate::stats) struct Maximum {
    pub coefficients: Vec<f64>,
    pub deviance: f64,
    /// Newton steps made
    pub iterations: usize,
    /// The last of them
    pub(super) step: Vec<f64>,
    pub(super) converged: bool,
}

/// Below this part of its square, a column is a combination of those before it.
const DEPENDENT: f64 = 1e-10;
/// Steps go on until one lowers the deviance by no more than rounding.
const RULES: Rules = Rules {
    rounding: 1e-13,
    rest: Rest::Promise(1e-22),
    // Separation drives the weights to 0 and with them the information.
    singular: 1e-14,
    longest_step: f64::INFINITY,
    steps: 100,
};
/// Where every linear predictor is as far as this from 0, or the deviance as near 0, all risks are 0 or 1 and nothing more
/// can be gained.
const CERTAIN: (f64, f64) = (40.0, 1e-10);

impl Model {
    /// Centres and scales a design. Errors: fewer than two outcomes, no rows left over, a column that is constant or a
    /// combination of others (named).
    pub fn new(design: &Design, event: &[bool]) -> Result<Self, StatsError> {
        let rows = event.len();
        require::same_length("Logistic regression", ("rows", design.rows()), ("outcomes", rows))?;
        require::both_outcomes("Logistic regression", event)?;
        let width = design.columns().len() + 1;
        require::at_least("Logistic regression with these terms", "rows", width + 1, rows)?;
        let mut columns = vec![vec![1.0; rows]];
        let (mut centre, mut scale) = (vec![0.0], vec![1.0]);
        for (values, name) in design.columns().iter().zip(design.names()) {
            let mean = values.iter().sum::<f64>() / rows as f64;
            let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
            let sd = (dot(&centred, &centred) / rows as f64).sqrt();
            if !sd.is_finite() {
                return Err(StatsError::Impossible(format!(
                    "Logistic regression: the squares of the column \"{name}\" are too large to be computed with (it reaches \
                     {:e}); give it in another unit, or look for a slip in it",
                    values.iter().fold(0.0_f64, |most, value| most.max(value.abs()))
                )));
            }
            if values.iter().all(|value| *value == values[0]) || sd == 0.0 {
                return Err(StatsError::Impossible(format!(
                    "Logistic regression: the column \"{name}\" is the same in every row; leave it out"
                )));
            }
            columns.push(centred.into_iter().map(|value| value / sd).collect());
            centre.push(mean);
            scale.push(sd);
        }
        let model = Self {
            rows,
            columns,
            centre,
            scale,
            outcome: event.iter().map(|event| f64::from(u8::from(*event))).collect(),
        };
        let even = vec![1.0; rows];
        Cholesky::new(model.information(&even).view(), DEPENDENT).map_err(|dependent| StatsError::Singular {
            what: "Logistic regression".into(),
            column: design
                .names()
                .get(dependent.column.saturating_sub(1))
                .cloned()
                .unwrap_or_default(),
        })?;
        Ok(model)
    }

    /// The numbers of all coefficients.
    pub fn every(&self) -> Vec<usize> {
        (0..self.columns.len()).collect()
    }

    /// The intercept's estimate with all other coefficients 0.
    pub fn start(&self) -> Vec<f64> {
        let prevalence = self.outcome.iter().sum::<f64>() / self.rows as f64;
        let mut start = vec![0.0; self.columns.len()];
        start[0] = (prevalence / (1.0 - prevalence)).ln();
        start
    }

    /// X' diag(weights) X.
    pub fn information(&self, weights: &[f64]) -> Array2<f64> {
        let (width, every) = (self.columns.len(), self.every());
        let mut information = Array2::zeros((width, width));
        self.information_of(weights, &every, |i, j, value| {
            information[[i, j]] = value;
            information[[j, i]] = value;
        });
        information
    }

    /// The lower triangle of X' diag(weights) X of some columns, by their places in the list.
    pub fn information_of(&self, weights: &[f64], of: &[usize], mut put: impl FnMut(usize, usize, f64)) {
        for (i, column) in of.iter().enumerate() {
            let column = self.columns[*column].iter();
            let weighted: Vec<f64> = column.zip(weights).map(|(x, weight)| x * weight).collect();
            for (j, other) in of.iter().enumerate().take(i + 1) {
                put(i, j, dot(&weighted, &self.columns[*other]));
            }
        }
    }

    /// The linear predictor of each row.
    pub fn linear_predictor(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut link = vec![0.0; self.rows];
        for (column, coefficient) in self.columns.iter().zip(coefficients) {
            add_scaled(&mut link, *coefficient, column);
        }
        link
    }

    /// Residuals y - p, weights p (1 - p), and the deviance, without cancellation at extreme risks.
    pub fn evaluate(&self, link: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
        let mut residuals = Vec::with_capacity(self.rows);
        let mut weights = Vec::with_capacity(self.rows);
        let mut deviance = 0.0;
        for (link, y) in link.iter().zip(&self.outcome) {
            let row = LogisticRow::at(*link);
            residuals.push(row.residual(*y));
            weights.push(row.curvature());
            deviance += 2.0 * row.loss(*link, *y);
        }
        (residuals, weights, deviance)
    }

    /// Maximises the likelihood.
    pub fn maximise(&self, start: &[f64]) -> Maximum {
        self.maximise_free(start, &self.every())
    }

    /// Maximises over some of the coefficients, the others held.
    pub(super) fn maximise_free(&self, start: &[f64], free: &[usize]) -> Maximum {
        let mut newton = Newton::default();
        let mut at: Vec<f64> = free.iter().map(|j| start[*j]).collect();
        let mut over = OverSome::new(self, start, free);
        let found = newton.maximise(&mut over, &mut at, &RULES);
        let mut coefficients = start.to_vec();
        let mut step = vec![0.0; start.len()];
        for ((j, value), own) in free.iter().zip(at).zip(&newton.step) {
            coefficients[*j] = value;
            step[*j] = *own;
        }
        Maximum {
            coefficients,
            deviance: found.deviance,
            iterations: found.steps,
            step,
            converged: found.end == End::Converged,
        }
    }

    /// Coefficients and their covariance on the columns' own scale.
    pub fn unscale(&self, maximum: &Maximum) -> (Vec<f64>, Array2<f64>) {
        let (_, weights, _) = self.evaluate(&self.linear_predictor(&maximum.coefficients));
        (
            self.unscale_coefficients(&maximum.coefficients),
            self.covariance(&weights),
        )
    }

    /// The covariance of the coefficients on the columns' own scale, given the weights of the rows; infinite where the
    /// information has no inverse.
    pub(super) fn covariance(&self, weights: &[f64]) -> Array2<f64> {
        let width = self.columns.len();
        let information = self.information(weights);
        let scaled = Cholesky::new(information.view(), 0.0).map_or_else(
            |_| Array2::from_elem((width, width), f64::INFINITY),
            |factor| factor.inverse(),
        );
        self.unscale_covariance(&scaled)
    }

    /// Coefficients on the columns' own scale.
    pub fn unscale_coefficients(&self, scaled: &[f64]) -> Vec<f64> {
        let mut coefficients: Vec<f64> = scaled.iter().zip(&self.scale).map(|(b, scale)| b / scale).collect();
        let shift: f64 = coefficients
            .iter()
            .zip(&self.centre)
            .skip(1)
            .map(|(b, mean)| b * mean)
            .sum();
        coefficients[0] -= shift;
        coefficients
    }

    /// A covariance on the columns' own scale.
    pub fn unscale_covariance(&self, scaled: &Array2<f64>) -> Array2<f64> {
        let width = self.columns.len();
        // b = T s: the intercept takes the shift of every column
        let mut transform = Array2::eye(width);
        for j in 1..width {
            transform[[j, j]] = 1.0 / self.scale[j];
            transform[[0, j]] = -self.centre[j] / self.scale[j];
        }
        transform.dot(scaled).dot(&transform.t())
    }
}

/// A model's likelihood as a function of some of its coefficients.
struct OverSome<'a> {
    model: &'a Model,
    free: &'a [usize],
    coefficients: Vec<f64>,
    link: Vec<f64>,
    residuals: Vec<f64>,
    weights: Vec<f64>,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl<'a> OverSome<'a> {
    fn new(model: &'a Model, held: &[f64], free: &'a [usize]) -> Self {
        Self {
            model,
            free,
            coefficients: held.to_vec(),
            link: Vec::new(),
            residuals: Vec::new(),
            weights: Vec::new(),
            gradient: vec![0.0; free.len()],
            information: vec![0.0; free.len() * free.len()],
        }
    }
}

impl Likelihood for OverSome<'_> {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        for (j, value) in self.free.iter().zip(at) {
            self.coefficients[*j] = *value;
        }
        self.link = self.model.linear_predictor(&self.coefficients);
        let deviance;
        (self.residuals, self.weights, deviance) = self.model.evaluate(&self.link);
        deviance
    }

    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        for (slope, j) in self.gradient.iter_mut().zip(self.free) {
            *slope = dot(&self.model.columns[*j], &self.residuals);
        }
        let (width, information) = (self.free.len(), &mut self.information);
        self.model.information_of(&self.weights, self.free, |i, j, value| {
            information[i * width + j] = value;
        });
        (&self.gradient, &self.information)
    }

    fn is_separated(&self, deviance: f64) -> bool {
        deviance < CERTAIN.1 || self.link.iter().all(|link| link.abs() > CERTAIN.0)
    }
}
