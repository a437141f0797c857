//! Firth's penalised logistic regression: finite estimates under separation, less bias in small samples.
//!
//! Maximises log-likelihood + 1/2 log |X'WX| (Firth 1993; Heinze and Schemper 2002): the score gets h_i (1/2 - p_i) for each
//! row, h the leverages. Standard errors come from the information matrix at the estimate, as in R's brglm2
//! (`type = "AS_mean"`) and logistf; intervals and P values by profile are those of the penalised likelihood.

use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::distributions::{chi_squared_upper, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::linalg::dot;
use crate::stats::base::logit::logistic;
use crate::stats::base::r_random::normal_quantile;
use crate::stats::base::require;
use crate::stats::design::{Design, INTERCEPT};
use crate::stats::regression::logistic::{LogisticTerm, Model};
use crate::stats::regression::newton::{End, Likelihood, Newton, Rest, Rules};

/// A penalised fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FirthFit {
    /// Coefficients with Wald tests and intervals; `ci_profile` is of the penalised likelihood
    pub terms: Vec<LogisticTerm>,
    /// P of each coefficient by the penalised likelihood ratio, the better test in small samples
    pub p_profile: Vec<f64>,
    /// Penalised log-likelihood
    pub penalised_log_likelihood: f64,
    /// -2 log-likelihood without the penalty
    pub deviance: f64,
    /// Risk of each row
    pub predicted: Vec<f64>,
    /// Linear predictor of each row
    pub linear_predictor: Vec<f64>,
    /// Steps made
    pub iterations: usize,
}

const RULES: Rules = Rules {
    rounding: 1e-13,
    rest: Rest::Promise(1e-20),
    singular: 1e-12,
    // Early steps can overshoot far where the likelihood is flat.
    longest_step: 5.0,
    steps: 500,
};
/// Half the distance of the scores that a second derivative is taken from, as a part of 1 + the coefficient's size.
const DIFFERENCE: f64 = 1e-5;

/// The coefficients alone, the intercept first.
///
/// # Errors
/// As [`fit`].
pub(in crate::stats) fn coefficients(design: &Design, event: &[bool]) -> Result<Vec<f64>, StatsError> {
    let model = Model::new(design, event)?;
    let best = maximise(&model, &model.start(), &model.every())?;
    Ok(model.unscale_coefficients(&best.coefficients))
}

/// Fits the outcome (true: event) on the columns of a design; errors as [`crate::stats::regression::logistic::fit`].
///
/// # Errors
/// As [`crate::stats::regression::logistic::fit`]; where the information has no inverse, or the penalised likelihood is not
/// maximised.
pub fn fit(design: &Design, event: &[bool], level: f64) -> Result<FirthFit, StatsError> {
    require::level(level)?;
    let model = Model::new(design, event)?;
    let every = model.every();
    let best = maximise(&model, &model.start(), &every)?;
    let coefficients = model.unscale_coefficients(&best.coefficients);
    let vcov = model.unscale_covariance(&best.factor.inverse());
    let z_level = normal_quantile(0.5 + 0.5 * level);
    let names = std::iter::once(INTERCEPT.to_owned()).chain(design.names().iter().cloned());
    let mut terms = Vec::new();
    let mut p_profile = Vec::new();
    for (j, term) in names.enumerate() {
        let (coef, se) = (coefficients[j], vcov[[j, j]].sqrt());
        let (ci_profile, p) = if j == 0 {
            // On centred columns the intercept is another quantity; its profile is rarely read.
            (None, normal_two_sided(coef / se))
        } else {
            let unit = coef / best.coefficients[j];
            let unit = if unit.is_finite() { unit } else { 1.0 };
            let scaled_se = se / unit.abs();
            let mut ends = [0.0; 2];
            for (end, sign) in ends.iter_mut().zip([-1.0, 1.0]) {
                *end = (unit * profile_end(&model, &best, j, scaled_se, sign, z_level)?).exp();
            }
            let mut null = best.coefficients.clone();
            null[j] = 0.0;
            let free: Vec<usize> = every.iter().copied().filter(|other| *other != j).collect();
            let held = maximise(&model, &null, &free)?;
            (
                Some(Interval::new(ends[0], ends[1], level)),
                chi_squared_upper((2.0 * (best.penalised - held.penalised)).max(0.0), 1.0),
            )
        };
        terms.push(LogisticTerm {
            term,
            coef,
            se,
            z: coef / se,
            p: normal_two_sided(coef / se),
            or: coef.exp(),
            ci: Interval::wald(coef, se, level).map(f64::exp),
            ci_profile,
        });
        p_profile.push(p);
    }
    let linear_predictor = model.linear_predictor(&best.coefficients);
    let (_, _, deviance) = model.evaluate(&linear_predictor);
    Ok(FirthFit {
        terms,
        p_profile,
        penalised_log_likelihood: best.penalised,
        deviance,
        predicted: linear_predictor.iter().copied().map(logistic).collect(),
        linear_predictor,
        iterations: best.iterations,
    })
}

struct Maximum {
    coefficients: Vec<f64>,
    penalised: f64,
    factor: Cholesky,
    iterations: usize,
}

fn no_inverse() -> StatsError {
    StatsError::Impossible("Firth's fit: the information matrix has no inverse; leave out some of the terms".into())
}

/// A point on the penalised likelihood.
struct Evaluated {
    /// Penalised log-likelihood
    penalised: f64,
    /// Of the information
    factor: Cholesky,
    /// The modified score
    gradient: Vec<f64>,
}

fn evaluate(model: &Model, coefficients: &[f64]) -> Result<Evaluated, StatsError> {
    let link = model.linear_predictor(coefficients);
    let (residuals, weights, deviance) = model.evaluate(&link);
    let factor = Cholesky::new(model.information(&weights).view(), 0.0).map_err(|_| no_inverse())?;
    let inverse = factor.inverse();
    let width = model.columns.len();
    let mut score = residuals.clone();
    for row in 0..model.rows {
        let mut leverage = 0.0;
        for i in 0..width {
            for j in 0..width {
                leverage += model.columns[i][row] * inverse[[i, j]] * model.columns[j][row];
            }
        }
        let risk = model.outcome[row] - residuals[row];
        score[row] += weights[row] * leverage * (0.5 - risk);
    }
    Ok(Evaluated {
        penalised: -0.5 * deviance + 0.5 * factor.log_determinant(),
        gradient: model.columns.iter().map(|column| dot(column, &score)).collect(),
        factor,
    })
}

/// Maximises over some of the coefficients, the others held.
fn maximise(model: &Model, start: &[f64], free: &[usize]) -> Result<Maximum, StatsError> {
    let mut over = OverSome {
        model,
        free,
        coefficients: start.to_vec(),
        evaluated: None,
        gradient: vec![0.0; free.len()],
        hessian: vec![0.0; free.len() * free.len()],
    };
    let mut at: Vec<f64> = free.iter().map(|j| start[*j]).collect();
    let found = Newton::default().maximise(&mut over, &mut at, &RULES);
    if found.end == End::Stopped {
        return Err(StatsError::NotConverged {
            what: "Firth's penalised logistic regression".into(),
            iterations: found.steps,
            advice: "take fewer terms".into(),
        });
    }
    over.set(&at);
    let coefficients = over.coefficients;
    let evaluated = evaluate(model, &coefficients)?;
    if found.end == End::Singular {
        return Err(no_inverse());
    }
    Ok(Maximum {
        coefficients,
        penalised: evaluated.penalised,
        factor: evaluated.factor,
        iterations: found.steps,
    })
}

/// A model's penalised likelihood as a function of some of its coefficients.
struct OverSome<'a> {
    model: &'a Model,
    free: &'a [usize],
    coefficients: Vec<f64>,
    evaluated: Option<Evaluated>,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl OverSome<'_> {
    fn set(&mut self, at: &[f64]) {
        for (j, value) in self.free.iter().zip(at) {
            self.coefficients[*j] = *value;
        }
    }

    /// The score at the present point, one coefficient moved; NaN where it cannot be told.
    fn score_beside(&self, j: usize, shift: f64) -> Vec<f64> {
        let mut point = self.coefficients.clone();
        point[j] += shift;
        evaluate(self.model, &point).map_or_else(|_| vec![f64::NAN; point.len()], |evaluated| evaluated.gradient)
    }
}

impl Likelihood for OverSome<'_> {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        self.set(at);
        self.evaluated = evaluate(self.model, &self.coefficients).ok();
        self.evaluated
            .as_ref()
            .map_or(f64::INFINITY, |evaluated| -2.0 * evaluated.penalised)
    }

    /// The Hessian is had by central differences of the score.
    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        let size = self.free.len();
        if let Some(evaluated) = &self.evaluated {
            for (slope, j) in self.gradient.iter_mut().zip(self.free) {
                *slope = evaluated.gradient[*j];
            }
        }
        let mut differences = vec![0.0; size * size];
        for (column, j) in self.free.iter().enumerate() {
            let width = DIFFERENCE * (1.0 + self.coefficients[*j].abs());
            let (above, below) = (self.score_beside(*j, width), self.score_beside(*j, -width));
            for (row, i) in self.free.iter().enumerate() {
                differences[row * size + column] = (below[*i] - above[*i]) / (2.0 * width);
            }
        }
        for row in 0..size {
            for column in 0..=row {
                self.hessian[row * size + column] =
                    0.5 * (differences[row * size + column] + differences[column * size + row]);
            }
        }
        (&self.gradient, &self.hessian)
    }

    /// The information of the likelihood without its penalty (Fisher's scoring): always points upwards, but comes to rest
    /// slowly where the outcomes are separated.
    fn expected_information(&mut self) -> Option<&[f64]> {
        let (_, weights, _) = self.model.evaluate(&self.model.linear_predictor(&self.coefficients));
        let (size, hessian) = (self.free.len(), &mut self.hessian);
        self.model
            .information_of(&weights, self.free, |i, j, value| hessian[i * size + j] = value);
        Some(&self.hessian)
    }
}

/// Where the penalised profile deviance has risen by z², in units of the scaled coefficient.
fn profile_end(model: &Model, best: &Maximum, j: usize, se: f64, sign: f64, z_level: f64) -> Result<f64, StatsError> {
    let free: Vec<usize> = (0..model.columns.len()).filter(|other| *other != j).collect();
    let estimate = best.coefficients[j];
    let root = |distance: f64, start: &[f64]| -> Result<(f64, Vec<f64>), StatsError> {
        let mut start = start.to_vec();
        start[j] = estimate + sign * distance;
        let held = maximise(model, &start, &free)?;
        Ok((
            (2.0 * (best.penalised - held.penalised)).max(0.0).sqrt() - z_level,
            held.coefficients,
        ))
    };
    let mut low = 0.0;
    let mut high = z_level * se;
    let mut start = best.coefficients.clone();
    for _ in 0..60 {
        let (value, next) = root(high, &start)?;
        start = next;
        if value >= 0.0 {
            break;
        }
        low = high;
        high *= 1.5;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        let (value, next) = root(middle, &start)?;
        start = next;
        if value.abs() < 1e-10 || high - low <= 1e-12 * (1.0 + high) {
            return Ok(estimate + sign * middle);
        }
        if value < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(estimate + sign * 0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separated_outcomes_get_finite_estimates() {
        let x: Vec<f64> = (0..16).map(f64::from).collect();
        let event: Vec<bool> = (0..16).map(|i| i >= 7).collect();
        let design = Design::numbers(16, [("x", x.as_slice())]).unwrap();
        let found = fit(&design, &event, 0.95).unwrap();
        assert!(found.terms[1].coef > 0.0 && found.terms[1].coef < 10.0);
        let interval = found.terms[1].ci_profile.unwrap();
        assert!(interval.lower > 1.0 && interval.lower < found.terms[1].or && interval.upper > found.terms[1].or);
        assert!(found.p_profile[1] < 0.01);
    }

    #[test]
    fn a_table_gets_half_a_case_in_each_cell() {
        // For a saturated 2x2 table Firth's estimate is the odds ratio after adding 1/2 to each cell.
        let x: Vec<f64> = (0..30).map(|i| f64::from(u8::from(i < 12))).collect();
        let event: Vec<bool> = (0..30).map(|i| i < 9 || (12..16).contains(&i)).collect();
        let design = Design::numbers(30, [("x", x.as_slice())]).unwrap();
        let found = fit(&design, &event, 0.95).unwrap();
        let odds: f64 = (9.5 / 3.5) / (4.5 / 14.5);
        assert!(
            (found.terms[1].or / odds - 1.0).abs() < 1e-9,
            "{} {odds}",
            found.terms[1].or
        );
    }
}
