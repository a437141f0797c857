//! How far a LASSO result can be trusted: repeated and nested cross-validation, selection frequencies.
//!
//! One 10-fold cross-validation of 80 cases is one draw: other folds choose other penalties and features. Repeating it and
//! averaging the curves removes that noise (Roberts and Nowak 2014 take a percentile of lambda.min instead; both are here).
//! Nested cross-validation chooses the penalty anew inside each outer training part, so its predictions of the rows left out
//! are honest about the choice. Selection frequencies over bootstrap resamples, or over complementary half-samples (Shah and
//! Samworth 2013), say which features would be chosen again. Resamples are of patients where patients are given.

use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::stats::StatsError;
use crate::stats::base::logit::logistic;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::regression::lasso::{self, Family, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidation, CrossValidationSettings, choose, cross_validate};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::out_of_fold::out_of_fold;
use crate::stats::validation::roc::{Direction, auc};

/// Which penalty of a cross-validation is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PenaltyChoice {
    /// The least loss
    #[default]
    Minimum,
    /// Within one standard error of it
    OneStandardError,
}

impl PenaltyChoice {
    fn of(self, cv: &CrossValidation) -> f64 {
        match self {
            Self::Minimum => cv.lambda_min,
            Self::OneStandardError => cv.lambda_1se,
        }
    }
}

/// Everything that a cross-validated LASSO needs besides the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The fit
    pub lasso: LassoSettings,
    /// The loss
    pub cross_validation: CrossValidationSettings,
    /// The folds
    pub folds: FoldSettings,
    /// The penalty taken
    pub choice: PenaltyChoice,
}

/// Cross-validations with different folds, and their average.
#[derive(Debug, Clone, PartialEq)]
pub struct RepeatedCrossValidation {
    /// Penalties
    pub lambda: Vec<f64>,
    /// Loss averaged over repeats
    pub cvm: Vec<f64>,
    /// Standard error averaged over repeats
    pub cvsd: Vec<f64>,
    /// Standard deviation of the loss between repeats: the noise of the folds alone
    pub between: Vec<f64>,
    /// The penalty with the least average loss
    pub lambda_min: f64,
    /// The largest penalty within one average standard error of it
    pub lambda_1se: f64,
    /// Each repeat's own penalty with the least loss
    pub each_lambda_min: Vec<f64>,
    /// Each repeat's number of features there
    pub each_nzero: Vec<usize>,
    /// Median of the repeats' penalties
    pub median_lambda_min: f64,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

/// Repeats the cross-validation with `repeats` draws of folds and averages.
///
/// # Errors
/// Those of [`folds`] and [`cross_validate`]; where there is no repeat, or no penalty has a loss.
pub fn repeated_cross_validation(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    groups: Option<&[usize]>,
    recipe: &Recipe,
    repeats: usize,
) -> Result<RepeatedCrossValidation, StatsError> {
    crate::stats::base::require::at_least("Repeated cross-validation", "repeats", 1, repeats)?;
    let event = events(y, recipe.lasso.family);
    let runs: Vec<CrossValidation> = (0..repeats)
        .into_par_iter()
        .map(|repeat| {
            let own = FoldSettings { repeat, ..recipe.folds };
            let fold = folds(x.nrows(), event.as_deref(), groups, &own)?;
            cross_validate(x, y, None, &fold, &recipe.lasso, &recipe.cross_validation)
        })
        .collect::<Result<_, StatsError>>()?;
    // A penalty may lack a loss in one repeat (AUC without both outcomes); what all have is averaged.
    let length = runs.iter().map(|run| run.lambda.len()).min().unwrap_or(0);
    let count = runs.len() as f64;
    let average = |pick: &dyn Fn(&CrossValidation) -> f64| runs.iter().map(pick).sum::<f64>() / count;
    let cvm: Vec<f64> = (0..length).map(|at| average(&|run| run.cvm[at])).collect();
    let cvsd: Vec<f64> = (0..length).map(|at| average(&|run| run.cvsd[at])).collect();
    let between = (0..length)
        .map(|at| {
            let squares: f64 = runs
                .iter()
                .map(|run| (run.cvm[at] - cvm[at]) * (run.cvm[at] - cvm[at]))
                .sum();
            if runs.len() > 1 {
                (squares / (count - 1.0)).sqrt()
            } else {
                f64::NAN
            }
        })
        .collect();
    // The folds have one size, so all repeats have come to the same measure.
    let (index_min, index_1se) = choose(&cvm, &cvsd, runs[0].measure)
        .ok_or_else(|| StatsError::Impossible("Repeated cross-validation gave no loss at any lambda".into()))?;
    let lambda = runs[0].lambda[..length].to_vec();
    let each_lambda_min: Vec<f64> = runs.iter().map(|run| run.lambda_min).collect();
    let mut warnings: Vec<String> = runs.iter().flat_map(|run| run.warnings.iter().cloned()).collect();
    warnings.sort();
    warnings.dedup();
    Ok(RepeatedCrossValidation {
        lambda_min: lambda[index_min],
        lambda_1se: lambda[index_1se],
        lambda,
        cvm,
        cvsd,
        between,
        each_nzero: runs.iter().map(|run| run.nzero[run.index_min]).collect(),
        median_lambda_min: quantile(&each_lambda_min, 0.5, QuantileRule::default()),
        each_lambda_min,
        warnings,
    })
}

/// Predictions by models that saw neither the row nor, in choosing their penalty, its fold.
#[derive(Debug, Clone, PartialEq)]
pub struct NestedCrossValidation {
    /// The outer fold of each row
    pub folds: Vec<usize>,
    /// Linear predictor of each row
    pub link: Vec<f64>,
    /// Risk (binomial) or value (gaussian) of each row
    pub predicted: Vec<f64>,
    /// The penalty of each outer fold
    pub lambda: Vec<f64>,
    /// The number of features of each outer fold
    pub nzero: Vec<usize>,
    /// Binomial: AUC of each outer fold, NaN where it lacks an outcome
    pub fold_auc: Vec<f64>,
    /// Binomial: their mean over folds that have one
    pub mean_auc: f64,
    /// Binomial: AUC of all rows' predictions together
    pub pooled_auc: f64,
    /// Mean squared error of the predictions (binomial: the Brier score)
    pub squared_error: f64,
}

/// Nested cross-validation: `outer` folds for performance, the recipe's folds inside each for the penalty.
///
/// # Errors
/// Those of [`folds`] and [`cross_validate`], for each of the outer folds.
pub fn nested_cross_validation(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    groups: Option<&[usize]>,
    outer: &FoldSettings,
    recipe: &Recipe,
) -> Result<NestedCrossValidation, StatsError> {
    let family = recipe.lasso.family;
    let event = events(y, family);
    let fold = folds(x.nrows(), event.as_deref(), groups, outer)?;
    let found = out_of_fold(&fold, outer.count, |number, inside, outside| {
        let (inner_x, inner_y) = (x.select(Axis(0), inside), y.select(Axis(0), inside));
        let inner_groups: Option<Vec<usize>> = groups.map(|groups| inside.iter().map(|row| groups[*row]).collect());
        let inner_event = events(inner_y.view(), family);
        let own = FoldSettings {
            repeat: recipe.folds.repeat + 1 + number,
            ..recipe.folds
        };
        let inner_fold = folds(inside.len(), inner_event.as_deref(), inner_groups.as_deref(), &own)?;
        let cv = cross_validate(
            inner_x.view(),
            inner_y.view(),
            None,
            &inner_fold,
            &recipe.lasso,
            &recipe.cross_validation,
        )?;
        let lambda = recipe.choice.of(&cv);
        let coefficients = cv.path.coefficients(lambda);
        let link = coefficients.linear_predictor(x.select(Axis(0), outside).view());
        Ok::<_, StatsError>((link.clone(), (lambda, coefficients.index.len())))
    })?;
    let fold_auc = match &event {
        Some(event) => found.areas(&fold, event)?,
        None => Vec::new(),
    };
    let (link, parts) = (found.scores, found.parts);
    let predicted: Vec<f64> = match family {
        Family::Gaussian => link.clone(),
        Family::Binomial => link.iter().map(|link| logistic(*link)).collect(),
    };
    let judged: Vec<f64> = fold_auc.iter().copied().filter(|area| !area.is_nan()).collect();
    let squares: f64 = predicted.iter().zip(y).map(|(p, y)| (p - y) * (p - y)).sum();
    Ok(NestedCrossValidation {
        pooled_auc: match &event {
            Some(event) => auc(event, &predicted, Direction::Higher)?,
            None => f64::NAN,
        },
        mean_auc: judged.iter().sum::<f64>() / judged.len() as f64,
        squared_error: squares / y.len() as f64,
        lambda: parts.iter().map(|part| part.0).collect(),
        nzero: parts.iter().map(|part| part.1).collect(),
        folds: fold,
        link,
        predicted,
        fold_auc,
    })
}

/// What is drawn for selection frequencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StabilityDraw {
    /// Patients with replacement, the penalty chosen by cross-validation in each resample
    Bootstrap,
    /// Pairs of halves without a patient in common, at one penalty
    ComplementaryPairs,
}

/// Columns with their coefficients.
type Selection = Vec<(usize, f64)>;

/// How often each feature is selected.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Part of the fits in which each column has a coefficient
    pub frequency: Vec<f64>,
    /// Part of the fits that select it in which its coefficient is positive; NaN if it never is selected
    pub positive: Vec<f64>,
    /// Features selected by each fit
    pub selected: Vec<usize>,
    /// Fits that could not be made (one outcome only), left out
    pub failed: usize,
}

impl Stability {
    /// Meinshausen and Bühlmann's bound on the expected number of false selections at a frequency threshold above 1/2:
    /// q² / ((2 threshold - 1) p), q the mean number selected.
    pub fn expected_false(&self, threshold: f64) -> f64 {
        let mean = self.selected.iter().sum::<usize>() as f64 / self.selected.len().max(1) as f64;
        if threshold > 0.5 {
            mean * mean / ((2.0 * threshold - 1.0) * self.frequency.len() as f64)
        } else {
            f64::NAN
        }
    }
}

/// Selection frequencies over `draws` resamples (or pairs of halves). Every draw has its own stream of the recipe's seed, so
/// the result does not depend on the number of threads. For half-samples `lambda` is the penalty; a bootstrap resample
/// chooses its own.
///
/// # Errors
/// Where there is no draw, a resample cannot have both outcomes, or no draw has a fit.
pub fn selection_stability(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    groups: Option<&[usize]>,
    recipe: &Recipe,
    draw: StabilityDraw,
    draws: usize,
    lambda: f64,
) -> Result<Stability, StatsError> {
    crate::stats::base::require::at_least("Selection frequency", "resamples", 1, draws)?;
    let every: Vec<usize> = (0..x.nrows()).collect();
    let groups = groups.unwrap_or(&every);
    let patients = groups.iter().max().map_or(0, |largest| largest + 1);
    let rows_of: Vec<Vec<usize>> = (0..patients)
        .map(|patient| every.iter().copied().filter(|row| groups[*row] == patient).collect())
        .collect();
    let fits: Vec<Vec<Option<Selection>>> = (0..draws)
        .into_par_iter()
        .map(|number| {
            let purpose = if draw == StabilityDraw::Bootstrap {
                Purpose::Bootstrap
            } else {
                Purpose::Stability
            };
            let mut stream = RandomStream::repeated(recipe.folds.seed, purpose, number);
            let samples: Vec<Vec<usize>> = match draw {
                StabilityDraw::Bootstrap => vec![stream.resample(patients)],
                StabilityDraw::ComplementaryPairs => {
                    let order = stream.permutation(patients);
                    let half = patients / 2;
                    vec![order[..half].to_vec(), order[half..2 * half].to_vec()]
                }
            };
            samples
                .into_iter()
                .map(|sample| {
                    let rows: Vec<usize> = sample
                        .iter()
                        .flat_map(|patient| rows_of[*patient].iter().copied())
                        .collect();
                    // Copies of a patient stay together in the folds.
                    let own: Vec<usize> = sample
                        .iter()
                        .flat_map(|patient| rows_of[*patient].iter().map(|_| *patient))
                        .collect();
                    select_once(x, y, &rows, &own, recipe, draw, lambda)
                })
                .collect::<Result<Vec<_>, StatsError>>()
        })
        .collect::<Result<_, StatsError>>()?;
    let (mut counts, mut positive) = (vec![0_usize; x.ncols()], vec![0_usize; x.ncols()]);
    let (mut selected, mut failed) = (Vec::new(), 0);
    for fit in fits.into_iter().flatten() {
        let Some(chosen) = fit else {
            failed += 1;
            continue;
        };
        selected.push(chosen.len());
        for (j, value) in chosen {
            counts[j] += 1;
            positive[j] += usize::from(value > 0.0);
        }
    }
    if selected.is_empty() {
        return Err(StatsError::Impossible(
            "No resample could be fitted: too few cases of one outcome to draw from".into(),
        ));
    }
    let total = selected.len() as f64;
    Ok(Stability {
        frequency: counts.iter().map(|count| *count as f64 / total).collect(),
        positive: counts
            .iter()
            .zip(&positive)
            .map(|(count, positive)| *positive as f64 / *count as f64)
            .collect(),
        selected,
        failed,
    })
}

/// Columns with a coefficient in one resample; `None` where it lacks an outcome.
fn select_once(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    rows: &[usize],
    groups: &[usize],
    recipe: &Recipe,
    draw: StabilityDraw,
    lambda: f64,
) -> Result<Option<Selection>, StatsError> {
    let (own_x, own_y) = (x.select(Axis(0), rows), y.select(Axis(0), rows));
    let result = match draw {
        StabilityDraw::ComplementaryPairs => {
            let settings = LassoSettings {
                lambda: Some(vec![lambda]),
                ..recipe.lasso.clone()
            };
            lasso::fit(own_x.view(), own_y.view(), None, &settings).map(|path| path.coefficients(lambda))
        }
        StabilityDraw::Bootstrap => {
            let event = events(own_y.view(), recipe.lasso.family);
            let numbers = crate::stats::validation::split::group_numbers(groups);
            folds(rows.len(), event.as_deref(), Some(&numbers), &recipe.folds).and_then(|fold| {
                let cv = cross_validate(
                    own_x.view(),
                    own_y.view(),
                    None,
                    &fold,
                    &recipe.lasso,
                    &recipe.cross_validation,
                )?;
                Ok(cv.path.coefficients(recipe.choice.of(&cv)))
            })
        }
    };
    match result {
        Ok(coefficients) => Ok(Some(coefficients.index.into_iter().zip(coefficients.value).collect())),
        // A resample without enough of one outcome is a property of chance, not a fault.
        Err(StatsError::Impossible(_) | StatsError::TooFew { .. } | StatsError::OneClass { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn events(y: ArrayView1<'_, f64>, family: Family) -> Option<Vec<bool>> {
    (family == Family::Binomial).then(|| y.iter().map(|y| *y == 1.0).collect())
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;

    fn example(signal: f64) -> (Array2<f64>, Array1<f64>) {
        let mut stream = RandomStream::new(11, Purpose::Other(2));
        let x = Array2::from_shape_simple_fn((80, 12), || stream.normal());
        let y = (0..80)
            .map(|i| f64::from(u8::from(signal * x[[i, 0]] + stream.normal() > 0.0)))
            .collect();
        (x, y)
    }

    fn recipe() -> Recipe {
        Recipe {
            lasso: LassoSettings {
                lambda_count: 30,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings::default(),
            folds: FoldSettings {
                count: 5,
                ..FoldSettings::default()
            },
            choice: PenaltyChoice::Minimum,
        }
    }

    #[test]
    fn repeats_differ_and_their_average_is_between_them() {
        let (x, y) = example(2.0);
        let found = repeated_cross_validation(x.view(), y.view(), None, &recipe(), 4).unwrap();
        assert_eq!(found.each_lambda_min.len(), 4);
        assert!(found.between.iter().any(|spread| *spread > 0.0));
        let again = repeated_cross_validation(x.view(), y.view(), None, &recipe(), 4).unwrap();
        assert_eq!(found, again);
    }

    #[test]
    fn nested_performance_of_noise_is_chance_and_of_signal_is_not() {
        let outer = FoldSettings {
            count: 5,
            seed: 9,
            ..FoldSettings::default()
        };
        let area = |signal| {
            let (x, y) = example(signal);
            nested_cross_validation(x.view(), y.view(), None, &outer, &recipe())
                .unwrap()
                .pooled_auc
        };
        assert!(area(3.0) > 0.85);
        assert!(area(0.0) < 0.65);
    }

    #[test]
    fn the_true_feature_is_selected_most_often() {
        let (x, y) = example(2.0);
        for draw in [StabilityDraw::Bootstrap, StabilityDraw::ComplementaryPairs] {
            let found = selection_stability(x.view(), y.view(), None, &recipe(), draw, 12, 0.12).unwrap();
            assert!(found.frequency[0] > 0.9, "{draw:?} {:?}", found.frequency);
            assert!(
                found.frequency[1..]
                    .iter()
                    .all(|frequency| *frequency <= found.frequency[0])
            );
            assert!((found.positive[0] - 1.0).abs() < 1e-15);
            assert!(found.expected_false(0.8) > 0.0);
        }
    }
}
