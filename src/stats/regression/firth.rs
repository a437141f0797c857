//! Firth's penalised logistic regression: finite estimates under separation, less bias in small samples.
//!
//! Maximises log-likelihood + 1/2 log |X'WX| (Firth 1993; Heinze and Schemper 2002): the score gets h_i (1/2 - p_i) for each
//! row, h the leverages. Standard errors come from the information matrix at the estimate, as in R's brglm2
//! (`type = "AS_mean"`) and logistf; intervals and P values by profile are those of the penalised likelihood.

use ndarray::{Array2, ArrayView1};

use crate::stats::StatsError;
use crate::stats::base::distributions::{chi_squared_upper, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::linalg::{Cholesky, dot};
use crate::stats::base::r_random::normal_quantile;
use crate::stats::base::require;
use crate::stats::design::Design;
use crate::stats::regression::logistic::{LogisticTerm, Model};

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

const MAXIMUM_ITERATIONS: usize = 500;

/// Fits the outcome (true: event) on the columns of a design; errors as [`crate::stats::regression::logistic::fit`].
pub fn fit(design: &Design, event: &[bool], level: f64) -> Result<FirthFit, StatsError> {
    require::level(level)?;
    let model = Model::new(design, event)?;
    let every: Vec<usize> = (0..model.columns.len()).collect();
    let best = maximise(&model, &model.start(), &every)?;
    let coefficients = model.unscale_coefficients(&best.coefficients);
    let vcov = model.unscale_covariance(&best.factor.inverse());
    let z_level = normal_quantile(0.5 + 0.5 * level);
    let names = std::iter::once("(Intercept)".to_owned()).chain(design.names().iter().cloned());
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
        predicted: linear_predictor
            .iter()
            .map(|link| crate::stats::regression::lasso::probability(*link))
            .collect(),
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

/// Penalised log-likelihood, factor of the information, and the modified score at a point.
fn evaluate(model: &Model, coefficients: &[f64]) -> Result<(f64, Cholesky, Vec<f64>), StatsError> {
    let link = model.linear_predictor(coefficients);
    let (residuals, weights, deviance) = model.evaluate(&link);
    let information = model.information(&weights);
    let factor = Cholesky::new(information.view(), 0.0).map_err(|_| {
        StatsError::Impossible("Firth's fit: the information matrix has no inverse; leave out some of the terms".into())
    })?;
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
    let gradient = model.columns.iter().map(|column| dot(column, &score)).collect();
    Ok((-0.5 * deviance + 0.5 * factor.log_determinant(), factor, gradient))
}

fn maximise(model: &Model, start: &[f64], free: &[usize]) -> Result<Maximum, StatsError> {
    let mut coefficients = start.to_vec();
    let (mut penalised, mut factor, mut gradient) = evaluate(model, &coefficients)?;
    for iteration in 1..=MAXIMUM_ITERATIONS {
        let slope: Vec<f64> = free.iter().map(|j| gradient[*j]).collect();
        let mut step = match newton_step(model, &coefficients, free, &slope)? {
            Some(step) => step,
            None => scoring_step(model, &coefficients, free, &slope)?,
        };
        // Early steps can overshoot far where the likelihood is flat.
        let longest = step.iter().fold(0.0_f64, |longest, step| longest.max(step.abs()));
        if longest > 5.0 {
            for step in &mut step {
                *step *= 5.0 / longest;
            }
        }
        let promise: f64 = step.iter().zip(&slope).map(|(step, slope)| step * slope).sum();
        let mut share = 1.0;
        loop {
            let mut trial = coefficients.clone();
            for (j, step) in free.iter().zip(&step) {
                trial[*j] += share * step;
            }
            if let Ok(evaluated) = evaluate(model, &trial)
                && evaluated.0 >= penalised - 1e-13 * penalised.abs()
            {
                coefficients = trial;
                (penalised, factor, gradient) = evaluated;
                break;
            }
            share *= 0.5;
            if share < 1e-10 {
                break;
            }
        }
        if promise < 1e-20 || (share < 1e-10 && promise < 1e-10) {
            return Ok(Maximum {
                coefficients,
                penalised,
                factor,
                iterations: iteration,
            });
        }
        if share < 1e-10 {
            break;
        }
    }
    Err(StatsError::NotConverged {
        what: "Firth's penalised logistic regression".into(),
        iterations: MAXIMUM_ITERATIONS,
        advice: "take fewer terms".into(),
    })
}

/// Fisher's scoring: the information of the unpenalised likelihood in place of the Hessian. Always points upwards, but comes
/// to rest slowly where the outcomes are separated.
fn scoring_step(model: &Model, coefficients: &[f64], free: &[usize], slope: &[f64]) -> Result<Vec<f64>, StatsError> {
    let (_, weights, _) = model.evaluate(&model.linear_predictor(coefficients));
    let part = model
        .information(&weights)
        .select(ndarray::Axis(0), free)
        .select(ndarray::Axis(1), free);
    let factor = Cholesky::new(part.view(), 0.0)
        .map_err(|_| StatsError::Impossible("Firth's fit: the information matrix has no inverse".into()))?;
    Ok(factor.solve(ArrayView1::from(slope)).to_vec())
}

/// Newton's step with the Hessian of the penalised likelihood, by central differences of the score; `None` where that is
/// not negative definite.
fn newton_step(
    model: &Model,
    coefficients: &[f64],
    free: &[usize],
    slope: &[f64],
) -> Result<Option<Vec<f64>>, StatsError> {
    let size = free.len();
    let mut hessian = Array2::zeros((size, size));
    for (column, j) in free.iter().enumerate() {
        let width = 1e-5 * (1.0 + coefficients[*j].abs());
        let at = |shift: f64| {
            let mut point = coefficients.to_vec();
            point[*j] += shift;
            evaluate(model, &point).map(|(_, _, gradient)| gradient)
        };
        let (above, below) = (at(width)?, at(-width)?);
        for (row, i) in free.iter().enumerate() {
            hessian[[row, column]] = (below[*i] - above[*i]) / (2.0 * width);
        }
    }
    let symmetric = 0.5 * (&hessian + &hessian.t());
    Ok(Cholesky::new(symmetric.view(), 1e-12)
        .ok()
        .map(|factor| factor.solve(ArrayView1::from(slope)).to_vec()))
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
