//! Choice of the LASSO's penalty by cross-validation, as R's cv.glmnet.
//!
//! Each fold's training rows get a fit of their own, with their own sequence of penalties, standardisation and early stop;
//! its coefficients are interpolated linearly at the penalties of the whole data's path and judged on the rows left out.
//! cvm is the weighted mean of the folds' losses, cvsd its standard error over folds; lambda.min is the largest penalty with
//! the least cvm, lambda.1se the largest whose cvm is within one cvsd of it. cv.glmnet's rules for small folds hold: below
//! 3 rows a fold, losses are averaged over rows and not over folds; below 10, AUC becomes deviance; both are said in a
//! warning. A fold without both outcomes has no AUC and is left out of the mean. With `exact` the folds are solved at the
//! whole data's penalties instead, which is slightly different and free of interpolation.

mod measure;
mod scores;

pub use measure::{Measure, measure_name};
pub(crate) use scores::{Scores, Summary, choose, mean_and_spread};

use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

use crate::stats::StatsError;
use crate::stats::base::kernels::add_columns;
use crate::stats::regression::lasso::fold_gram::{FoldGram, pays};
use crate::stats::regression::lasso::{self, Coefficients, EXACT, LassoPath, LassoSettings};

/// With this part of the largest penalty the folds' optimality conditions are met: it leaves a mean loss the same to more
/// digits than it is compared by, and saves a fifth of the time.
const EXACT_IN_FOLDS: f64 = 1e-9;

/// How fold fits are brought to the penalties of the whole data's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// By the value of the penalty
    #[default]
    Lambda,
    /// By the place in the sequence
    Fraction,
}

/// What to do with the folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossValidationSettings {
    /// The loss
    pub measure: Measure,
    /// Bringing fold fits to the common penalties
    pub alignment: Alignment,
    /// Average within folds first
    pub grouped: bool,
    /// Solve the folds at the whole data's penalties instead of interpolating
    pub exact: bool,
}

impl Default for CrossValidationSettings {
    fn default() -> Self {
        Self {
            measure: Measure::Deviance,
            alignment: Alignment::Lambda,
            grouped: true,
            exact: false,
        }
    }
}

/// A cross-validated path.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossValidation {
    /// The fit on all rows
    pub path: LassoPath,
    /// The loss that was used, in glmnet's words
    pub measure_name: String,
    /// The loss that was used
    pub measure: Measure,
    /// Penalties (those with a standard error)
    pub lambda: Vec<f64>,
    /// Mean loss
    pub cvm: Vec<f64>,
    /// Its standard error
    pub cvsd: Vec<f64>,
    /// Non-zero coefficients of the fit on all rows
    pub nzero: Vec<usize>,
    /// The penalty with the least loss
    pub lambda_min: f64,
    /// The largest penalty within one standard error of it
    pub lambda_1se: f64,
    /// Where `lambda_min` is, from 0
    pub index_min: usize,
    /// Where `lambda_1se` is, from 0
    pub index_1se: usize,
    /// The fold of each row, from 0
    pub folds: Vec<usize>,
    /// Linear predictor of each row (down) by the fit that did not see it, at each penalty of the path (across)
    pub out_of_fold: Array2<f64>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl CrossValidation {
    /// Coefficients at `lambda_min`.
    pub fn coefficients_min(&self) -> Coefficients {
        self.path.coefficients(self.lambda_min)
    }

    /// Coefficients at `lambda_1se`.
    pub fn coefficients_1se(&self) -> Coefficients {
        self.path.coefficients(self.lambda_1se)
    }
}

/// Cross-validates the path over given folds (numbers from 0, none left out; at least 3).
///
/// # Errors
/// Those of [`lasso::fit`]; where folds are fewer than 3, empty or not one a row, the family has no such measure, or no
/// penalty has a loss.
pub fn cross_validate(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    folds: &[usize],
    lasso_settings: &LassoSettings,
    settings: &CrossValidationSettings,
) -> Result<CrossValidation, StatsError> {
    let mut warnings = lasso::check(x, y, weights, lasso_settings)?;
    let count = check_folds(x.nrows(), folds)?;
    measure::check_measure(settings.measure, lasso_settings.family)?;
    let shared = pays(x, count, lasso_settings).then(|| FoldGram::new(x, y, weights, folds, count));
    let whole = || match &shared {
        Some(shared) => shared.fit(None, lasso_settings, EXACT),
        None => lasso::fit_rows(x, y, weights, None, lasso_settings, EXACT),
    };
    let each = |settings: &LassoSettings| match &shared {
        Some(shared) => (0..count)
            .into_par_iter()
            .map(|fold| {
                shared
                    .fit(Some(fold), settings, EXACT_IN_FOLDS)
                    .map_err(|error| in_fold(fold, error))
            })
            .collect(),
        None => fit_folds(x, y, weights, folds, count, settings),
    };
    let (path, fold_paths) = if settings.exact {
        let path = whole()?;
        let own = LassoSettings {
            lambda: Some(path.lambda.clone()),
            ..lasso_settings.clone()
        };
        let fold_paths = each(&own);
        (path, fold_paths)
    } else {
        let (path, fold_paths) = rayon::join(whole, || each(lasso_settings));
        (path?, fold_paths)
    };
    warnings.extend(path.warnings.iter().cloned());
    let fold_paths = fold_paths?;
    for (fold, path) in fold_paths.iter().enumerate() {
        warnings.extend(
            path.warnings
                .iter()
                .map(|warning| format!("Fold {}: {warning}", fold + 1)),
        );
    }
    let out_of_fold = predictions(x, folds, &path.lambda, &fold_paths, settings.alignment);
    let scores = Scores {
        y,
        weights,
        folds,
        count,
        out_of_fold: &out_of_fold,
        family: lasso_settings.family,
    };
    let summary = scores.summarise(settings.measure, settings.grouped, &mut warnings);
    result_of(summary, path, folds.to_vec(), out_of_fold, warnings)
}

/// The penalties with a standard error, and which of them are chosen.
fn result_of(
    summary: Summary,
    path: LassoPath,
    folds: Vec<usize>,
    out_of_fold: Array2<f64>,
    mut warnings: Vec<String>,
) -> Result<CrossValidation, StatsError> {
    let kept: Vec<usize> = (0..summary.cvsd.len())
        .filter(|at| !summary.cvsd[*at].is_nan())
        .collect();
    let pick = |values: &[f64]| kept.iter().map(|at| values[*at]).collect::<Vec<f64>>();
    let (lambda, cvm, cvsd) = (pick(&path.lambda), pick(&summary.cvm), pick(&summary.cvsd));
    let nzero = kept.iter().map(|at| path.df[*at]).collect();
    let Some((index_min, index_1se)) = choose(&cvm, &cvsd, summary.measure) else {
        return Err(StatsError::Impossible(
            "Cross-validation gave no loss at any lambda: no fold has both outcomes among its rows".into(),
        ));
    };
    if index_min > 0 && index_min + 1 == lambda.len() {
        warnings.push(
            "The least loss lies at the end of the path: lambda.min is the smallest penalty that was tried and no minimum; a \
             smaller lambda_min_ratio follows the path further"
                .to_owned(),
        );
    }
    Ok(CrossValidation {
        measure_name: measure_name(summary.measure, path.family).into(),
        measure: summary.measure,
        lambda_min: lambda[index_min],
        lambda_1se: lambda[index_1se],
        path,
        lambda,
        cvm,
        cvsd,
        nzero,
        index_min,
        index_1se,
        folds,
        out_of_fold,
        warnings,
    })
}

/// The fits that leave one fold out each, in parallel.
fn fit_folds(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    folds: &[usize],
    count: usize,
    settings: &LassoSettings,
) -> Result<Vec<LassoPath>, StatsError> {
    (0..count)
        .into_par_iter()
        .map(|fold| {
            let rows: Vec<usize> = (0..folds.len()).filter(|row| folds[*row] != fold).collect();
            lasso::fit_rows(x, y, weights, Some(&rows), settings, EXACT_IN_FOLDS).map_err(|error| in_fold(fold, error))
        })
        .collect()
}

fn in_fold(fold: usize, error: StatsError) -> StatsError {
    match error {
        StatsError::Impossible(words) => StatsError::Impossible(format!("With fold {} left out: {words}", fold + 1)),
        other => other,
    }
}

/// The number of folds, if each has rows and every row one.
pub(crate) fn check_folds(rows: usize, folds: &[usize]) -> Result<usize, StatsError> {
    if folds.len() != rows {
        return Err(StatsError::LengthMismatch {
            what: "Cross-validation".into(),
            left: "rows".into(),
            right: "folds".into(),
            left_length: rows,
            right_length: folds.len(),
        });
    }
    let count = folds.iter().max().map_or(0, |largest| largest + 1);
    if count < 3 {
        return Err(StatsError::TooFew {
            what: "Cross-validation".into(),
            unit: "folds".into(),
            needed: 3,
            found: count,
        });
    }
    let mut sizes = vec![0_usize; count];
    for fold in folds {
        sizes[*fold] += 1;
    }
    match sizes.iter().position(|size| *size == 0) {
        Some(empty) => Err(StatsError::Impossible(format!(
            "Fold {} of {count} has no rows; number the folds without a gap",
            empty + 1
        ))),
        None => Ok(count),
    }
}

/// Linear predictors of left-out rows at the common penalties.
fn predictions(
    x: ArrayView2<'_, f64>,
    folds: &[usize],
    lambda: &[f64],
    paths: &[LassoPath],
    alignment: Alignment,
) -> Array2<f64> {
    let of_fold = |(fold, path): (usize, &LassoPath)| {
        let rows: Vec<usize> = (0..folds.len()).filter(|row| folds[*row] == fold).collect();
        let mut used: Vec<usize> = path.beta.iter().flat_map(|beta| &beta.index).copied().collect();
        used.sort_unstable();
        used.dedup();
        // The columns that the path uses, one after another, and where each column is among them.
        let mut place = vec![0; x.ncols()];
        let mut columns = vec![0.0; used.len() * rows.len()];
        for (at, column) in used.iter().enumerate() {
            place[*column] = at;
        }
        for (i, row) in rows.iter().enumerate() {
            let values = x.row(*row);
            for (at, column) in used.iter().enumerate() {
                columns[at * rows.len() + i] = values[*column];
            }
        }
        let links: Vec<Vec<f64>> = lambda
            .iter()
            .enumerate()
            .map(|(at, lambda)| {
                let coefficients = match alignment {
                    Alignment::Lambda => path.coefficients(*lambda),
                    Alignment::Fraction => path.beta[at.min(path.beta.len() - 1)].clone(),
                };
                let mut links = vec![coefficients.intercept; rows.len()];
                let terms = coefficients.index.iter().map(|column| place[*column]);
                let terms = terms.zip(coefficients.value.iter().copied());
                add_columns(&mut links, &columns, rows.len(), terms);
                links
            })
            .collect();
        (rows, links)
    };
    let each: Vec<_> = paths.par_iter().enumerate().map(of_fold).collect();
    let mut predicted = Array2::zeros((x.nrows(), lambda.len()));
    for (rows, links) in each {
        for (at, links) in links.iter().enumerate() {
            for (row, link) in rows.iter().zip(links) {
                predicted[[*row, at]] = *link;
            }
        }
    }
    predicted
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};

    fn example(n: usize, p: usize) -> (Array2<f64>, Array1<f64>) {
        let mut stream = RandomStream::new(4, Purpose::Other(1));
        let x = Array2::from_shape_simple_fn((n, p), || stream.normal());
        let y = (0..n)
            .map(|i| f64::from(u8::from(x[[i, 0]] + stream.normal() > 0.0)))
            .collect();
        (x, y)
    }

    #[test]
    fn solving_at_the_common_penalties_is_near_interpolating() {
        let (x, y) = example(90, 6);
        let folds: Vec<usize> = (0..90).map(|row| row % 5).collect();
        let run = |exact| {
            let settings = CrossValidationSettings {
                exact,
                ..CrossValidationSettings::default()
            };
            cross_validate(x.view(), y.view(), None, &folds, &LassoSettings::default(), &settings).unwrap()
        };
        let (exact, interpolated) = (run(true), run(false));
        assert_eq!(exact.lambda, interpolated.lambda);
        let largest = exact
            .cvm
            .iter()
            .zip(&interpolated.cvm)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(largest > 0.0 && largest < 1e-2, "{largest}");
    }

    #[test]
    fn bad_folds_are_told_in_words() {
        let (x, y) = example(30, 3);
        let run = |folds: &[usize]| {
            cross_validate(
                x.view(),
                y.view(),
                None,
                folds,
                &LassoSettings::default(),
                &CrossValidationSettings::default(),
            )
            .unwrap_err()
            .to_string()
        };
        assert!(run(&[0; 30]).contains("at least 3 folds"));
        let gap: Vec<usize> = (0..30).map(|row| if row % 2 == 0 { 0 } else { 3 }).collect();
        assert!(run(&gap).contains("Fold 2 of 4"));
        // All events but one in one fold: its training part has a single event.
        let mut seen = 0;
        let lonely: Vec<usize> = y
            .iter()
            .enumerate()
            .map(|(row, y)| {
                seen += usize::from(*y == 1.0);
                if *y == 1.0 && seen > 1 { 0 } else { 1 + row % 2 }
            })
            .collect();
        let words = run(&lonely);
        assert!(words.starts_with("With fold 1 left out"), "{words}");
    }
}
