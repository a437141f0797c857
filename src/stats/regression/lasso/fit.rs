//! The path: its sequence of penalties, the solver of its family, and where it ends.

use ndarray::{ArrayView1, ArrayView2};

use super::binomial::BinomialExact;
use super::coordinate_descent::{BinomialSweeps, GaussianSweeps};
use super::gaussian::GaussianExact;
use super::path::{Coefficients, LassoPath};
use super::path_solver::{PathSolver, Solution};
use super::problem::Problem;
use super::settings::{Family, LassoSettings, check, check_classes};
use crate::stats::StatsError;

/// With this part of the largest penalty the optimality conditions are met by default.
pub const EXACT: f64 = 1e-11;
/// glmnet's "infinite" penalty for the first step of an automatic sequence.
const HUGE: f64 = 9.9e35;
/// An automatic path has at least this many penalties before it may stop.
const SHORTEST_PATH: usize = 5;
/// It stops when the explained part grows by less than this …
const SMALLEST_GAIN: f64 = 1e-5;
/// … or is above this.
const LARGEST_RATIO: f64 = 0.999;

/// Fits the path. Rows are cases; `y` is numeric, or 0/1 for the binomial family; weights are positive (or 0: left out).
///
/// # Errors
/// Where a setting is out of its range, lengths differ, a value is not finite, nothing varies, a binomial outcome is not 0
/// or 1 or has fewer than 2 cases of a kind, or the path cannot be followed.
pub fn fit(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    settings: &LassoSettings,
) -> Result<LassoPath, StatsError> {
    let warnings = check(x, y, weights, settings)?;
    let mut path = fit_rows(x, y, weights, None, settings, EXACT)?;
    path.warnings.splice(0..0, warnings);
    Ok(path)
}

/// The exact coefficients at one penalty: a fit with this penalty added to the sequence, as `coef.glmnet(exact = TRUE)`.
///
/// # Errors
/// Those of [`fit`].
pub fn coefficients_exact(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    settings: &LassoSettings,
    lambda: f64,
) -> Result<Coefficients, StatsError> {
    let settings = LassoSettings {
        lambda: Some(vec![lambda]),
        threshold: None,
        ..settings.clone()
    };
    let path = fit(x, y, weights, &settings)?;
    path.beta
        .into_iter()
        .next()
        .ok_or_else(|| StatsError::Impossible("The path is empty".into()))
}

/// Fits some rows of a table that has been checked, without `threshold` to the part `exactness` of the largest penalty.
pub(crate) fn fit_rows(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    rows: Option<&[usize]>,
    settings: &LassoSettings,
    exactness: f64,
) -> Result<LassoPath, StatsError> {
    if settings.family == Family::Binomial {
        let chosen: Vec<f64> = match rows {
            Some(rows) => rows.iter().map(|row| y[*row]).collect(),
            None => y.to_vec(),
        };
        check_classes(ArrayView1::from(&chosen))?;
    }
    let problem = Problem::new(x, y, weights, rows, settings)?;
    fit_problem(&problem, settings, exactness)
}

/// Fits a standardised problem.
pub(super) fn fit_problem(
    problem: &Problem,
    settings: &LassoSettings,
    exactness: f64,
) -> Result<LassoPath, StatsError> {
    let mut solver: Box<dyn PathSolver + '_> = match (settings.family, settings.threshold) {
        (Family::Gaussian, None) => Box::new(GaussianExact::new(problem, exactness)),
        (Family::Binomial, None) => Box::new(BinomialExact::new(problem, exactness)),
        (Family::Gaussian, Some(threshold)) => {
            Box::new(GaussianSweeps::new(problem, threshold, settings.maximum_passes))
        }
        (Family::Binomial, Some(threshold)) => {
            Box::new(BinomialSweeps::new(problem, threshold, settings.maximum_passes))
        }
    };
    let mut builder = PathBuilder::new(problem, settings);
    let (sequence, mut at, unit) = if let Some(own) = &settings.lambda {
        let mut sequence: Vec<f64> = own.iter().map(|lambda| lambda / problem.response_scale).collect();
        sequence.sort_by(|a, b| b.total_cmp(a));
        let unit = largest_penalty(problem, solver.gradient());
        (sequence, 0, unit)
    } else {
        let first = solver.solve(&[HUGE], 0.0)?.remove(0);
        let unit = largest_penalty(problem, solver.gradient());
        builder.push(unit, &first, unit);
        (automatic_sequence(problem, settings, unit), 1, unit)
    };
    'path: while at < sequence.len() {
        let previous = if at > 0 { sequence[at - 1] } else { 0.0 };
        let solutions = match solver.solve(&sequence[at..], previous) {
            Ok(solutions) => solutions,
            Err(StatsError::NotConverged { .. }) if settings.end_where_exhausted && builder.has_solutions() => {
                builder.warn_exhausted();
                break;
            }
            Err(error) => return Err(error),
        };
        for solution in &solutions {
            let gain = solution.deviance_ratio - builder.explained();
            builder.push(sequence[at], solution, unit);
            at += 1;
            if solution.saturated {
                builder.warn_saturated();
                break 'path;
            }
            let least = match settings.family {
                Family::Gaussian => SMALLEST_GAIN * solution.deviance_ratio,
                Family::Binomial => SMALLEST_GAIN,
            };
            let enough = gain < least || solution.deviance_ratio > LARGEST_RATIO;
            if settings.lambda.is_none() && at >= SHORTEST_PATH && enough {
                break 'path;
            }
        }
    }
    let passes = solver.sweeps();
    let mut path = builder.finish(passes);
    if let Some(own) = &settings.lambda {
        // As they were given, to the last bit
        let mut own = own.clone();
        own.sort_by(|a, b| b.total_cmp(a));
        own.truncate(path.lambda.len());
        path.lambda = own;
    }
    Ok(path)
}

/// Penalties from the largest down by a constant ratio, on the inner scale.
fn automatic_sequence(problem: &Problem, settings: &LassoSettings, unit: f64) -> Vec<f64> {
    let ratio = settings
        .lambda_min_ratio
        .unwrap_or(if problem.rows < problem.columns { 0.01 } else { 1e-4 })
        .max(1e-6);
    let step = ratio.ln() / (settings.lambda_count - 1) as f64;
    (0..settings.lambda_count)
        .map(|at| if at == 0 { unit } else { unit * (step * at as f64).exp() })
        .collect()
}

/// The smallest penalty at which every penalised coefficient is 0, on the inner scale.
fn largest_penalty(problem: &Problem, gradient: &[f64]) -> f64 {
    let largest = (0..problem.columns)
        .filter(|j| problem.included[*j] && problem.penalty[*j] > 0.0)
        .fold(0.0_f64, |largest, j| {
            largest.max(gradient[j].abs() / problem.penalty[j])
        });
    largest / problem.alpha.max(1e-3)
}

struct PathBuilder<'a> {
    problem: &'a Problem,
    path: LassoPath,
}

impl<'a> PathBuilder<'a> {
    fn new(problem: &'a Problem, settings: &LassoSettings) -> Self {
        let path = LassoPath {
            family: settings.family,
            lambda: Vec::new(),
            a0: Vec::new(),
            df: Vec::new(),
            dev_ratio: Vec::new(),
            nulldev: problem.null_deviance,
            beta: Vec::new(),
            kkt_violation: Vec::new(),
            passes: 0,
            duplicates: problem.duplicates.clone(),
            warnings: Vec::new(),
        };
        Self { problem, path }
    }

    fn has_solutions(&self) -> bool {
        !self.path.lambda.is_empty()
    }

    fn warn_exhausted(&mut self) {
        self.path.warnings.push(format!(
            "the path ends at its solution {}: the next one did not converge",
            self.path.lambda.len()
        ));
    }

    /// What the last solution explains.
    fn explained(&self) -> f64 {
        self.path.dev_ratio.last().copied().unwrap_or_default()
    }

    /// Adds a solution; the penalty is on the inner scale.
    fn push(&mut self, lambda: f64, solution: &Solution, unit: f64) {
        let (intercept, coefficients) = self.problem.unscale(&solution.coefficients, solution.intercept);
        let (index, value): (Vec<usize>, Vec<f64>) = coefficients.into_iter().unzip();
        self.path.lambda.push(lambda * self.problem.response_scale);
        self.path.a0.push(intercept);
        self.path.df.push(index.len());
        self.path.dev_ratio.push(solution.deviance_ratio);
        self.path
            .kkt_violation
            .push(if unit > 0.0 { solution.violation / unit } else { 0.0 });
        self.path.beta.push(Coefficients {
            intercept,
            index,
            value,
        });
    }

    fn warn_saturated(&mut self) {
        self.path.warnings.push(
            "The outcomes are separated completely: every fitted probability has reached 0 or 1, so the path ends here"
                .into(),
        );
    }

    fn finish(mut self, passes: usize) -> LassoPath {
        self.path.passes = passes;
        self.path
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};
    use proptest::prelude::*;

    use super::*;
    use crate::stats::base::logit::logistic;
    use crate::stats::base::random::{Purpose, RandomStream};

    fn example(seed: u64, n: usize, p: usize, family: Family) -> (Array2<f64>, Array1<f64>) {
        let mut stream = RandomStream::new(seed, Purpose::Other(3));
        let shared: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let x = Array2::from_shape_fn((n, p), |(i, j)| {
            10_f64.powi(j as i32 % 5 - 2) * (0.8 * shared[i] + stream.normal() + j as f64)
        });
        let y = (0..n)
            .map(|i| {
                let signal = shared[i] + stream.normal();
                match family {
                    Family::Gaussian => 3.0 * signal,
                    // Both classes at least twice, whatever the draw
                    Family::Binomial => f64::from(u8::from(if i < 4 { i % 2 == 0 } else { signal > 0.0 })),
                }
            })
            .collect();
        (x, y)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Optimality, worked out afresh from the table and the coefficients alone.
        #[test]
        fn every_solution_meets_the_optimality_conditions(
            seed in any::<u64>(), n in 12_usize..50, p in 1_usize..60, binomial in any::<bool>(),
            alpha in prop_oneof![Just(1.0), 0.05_f64..1.0], standardize in any::<bool>()
        ) {
            let family = if binomial { Family::Binomial } else { Family::Gaussian };
            let (x, y) = example(seed, n, p, family);
            let settings = LassoSettings { family, alpha, standardize, lambda_count: 25, ..LassoSettings::default() };
            let path = fit(x.view(), y.view(), None, &settings).unwrap();
            let count = n as f64;
            let moments = |values: &[f64]| {
                let mean = values.iter().sum::<f64>() / count;
                (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt())
            };
            let spread_y = if binomial { 1.0 } else { moments(&y.to_vec()).1 };
            for (beta, lambda) in path.beta.iter().zip(&path.lambda) {
                let link = beta.linear_predictor(x.view());
                let residual: Vec<f64> = (0..n)
                    .map(|i| y[i] - if binomial { logistic(link[i]) } else { link[i] })
                    .collect();
                for j in 0..p {
                    let column = x.column(j).to_vec();
                    let (mean, sd) = moments(&column);
                    let scale = if standardize { sd } else { 1.0 };
                    let b = beta.of(j) * scale;
                    let gradient = (0..n).map(|i| (column[i] - mean) / scale * residual[i]).sum::<f64>() / count
                        - lambda * (1.0 - alpha) * b / spread_y;
                    let failure = if b == 0.0 {
                        (gradient.abs() - lambda * alpha).max(0.0)
                    } else {
                        (gradient - lambda * alpha * b.signum()).abs()
                    };
                    prop_assert!(failure <= 1e-8 * path.lambda[0], "{failure} at {lambda} of column {j}");
                }
                prop_assert!((residual.iter().sum::<f64>() / count).abs() <= 1e-8 * (1.0 + spread_y));
            }
            prop_assert!(path.largest_violation() <= 1e-9);
        }

        #[test]
        fn a_smaller_penalty_explains_no_less(seed in any::<u64>(), binomial in any::<bool>()) {
            let family = if binomial { Family::Binomial } else { Family::Gaussian };
            let (x, y) = example(seed, 30, 12, family);
            let path = fit(x.view(), y.view(), None, &LassoSettings { family, ..LassoSettings::default() }).unwrap();
            prop_assert!(path.dev_ratio.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
            prop_assert_eq!(path.df[0], 0);
        }
    }

    #[test]
    fn a_huge_penalty_leaves_the_intercept_alone() {
        for family in [Family::Gaussian, Family::Binomial] {
            let (x, y) = example(1, 40, 5, family);
            let settings = LassoSettings {
                family,
                lambda: Some(vec![1e6]),
                ..LassoSettings::default()
            };
            let path = fit(x.view(), y.view(), None, &settings).unwrap();
            assert!(path.beta[0].index.is_empty());
            let mean = y.sum() / 40.0;
            let expected = if family == Family::Binomial {
                (mean / (1.0 - mean)).ln()
            } else {
                mean
            };
            assert!((path.a0[0] - expected).abs() < 1e-9);
        }
    }

    /// The work is counted, not timed: rounds that change their mind about many variables at every penalty once cost ten
    /// times as much here.
    #[test]
    fn a_path_near_saturation_takes_few_rounds() {
        for columns in [60, 300] {
            let (x, y) = example(5, 40, columns, Family::Gaussian);
            let settings = LassoSettings {
                family: Family::Gaussian,
                lambda_min_ratio: Some(1e-3),
                ..LassoSettings::default()
            };
            let path = fit(x.view(), y.view(), None, &settings).unwrap();
            let variables = path.df.last().copied().unwrap_or_default();
            assert!(variables > 30, "{variables}");
            let usual = 2 * path.lambda.len() + 5 * variables;
            assert!(path.passes < usual, "{} rounds, usual {usual}", path.passes);
        }
    }

    #[test]
    fn columns_that_differ_by_little_more_than_rounding_are_no_reason_to_give_up() {
        let mut stream = RandomStream::new(2, Purpose::Other(5));
        let base = Array2::from_shape_simple_fn((60, 134), || stream.normal());
        // Of three columns the second is the first but for the ninth digit, the third a sum of two.
        let x = Array2::from_shape_fn((60, 400), |(i, j)| match j % 3 {
            0 => base[[i, j / 3]],
            1 => base[[i, j / 3]] * 1.0000001 + 1e-9 * ((i * j) % 7) as f64,
            _ => base[[i, j / 3]] + base[[i, (j / 3 + 1) % 134]],
        });
        let y: Array1<f64> = (0..60)
            .map(|i| x[[i, 0]] - x[[i, 200]] + stream.below(3) as f64)
            .collect();
        let settings = LassoSettings {
            family: Family::Gaussian,
            ..LassoSettings::default()
        };
        let path = fit(x.view(), y.view(), None, &settings).unwrap();
        assert_eq!(path.lambda.len(), 100);
        assert!(path.largest_violation() <= 1e-7, "{}", path.largest_violation());
    }

    #[test]
    fn an_exhausted_limit_is_an_error_in_words() {
        let (x, y) = example(2, 40, 30, Family::Gaussian);
        let settings = LassoSettings {
            family: Family::Gaussian,
            threshold: Some(1e-12),
            maximum_passes: 20,
            ..LassoSettings::default()
        };
        let words = fit(x.view(), y.view(), None, &settings).unwrap_err().to_string();
        assert!(
            words.contains("did not converge after 20") && words.contains("shorter path"),
            "{words}"
        );
    }

    #[test]
    fn bad_input_is_refused_in_words() {
        let (mut x, mut y) = example(3, 20, 3, Family::Binomial);
        let run = |x: &Array2<f64>, y: &Array1<f64>| {
            fit(x.view(), y.view(), None, &LassoSettings::default())
                .unwrap_err()
                .to_string()
        };
        y[7] = 2.0;
        assert!(run(&x, &y).contains("row 8 has 2"));
        y[7] = 1.0;
        x[[4, 1]] = f64::NAN;
        assert!(run(&x, &y).contains("Feature 2 of the LASSO: the value in row 5"));
        x.fill(1.0);
        assert!(run(&x, &y).contains("every feature is constant"));
        y.fill(0.0);
        assert!(run(&x, &y).contains("at least 2 cases of each outcome"));
    }
}
