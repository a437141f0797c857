//! What `radscore lasso` does beyond one cross-validation: repeats of it, nested cross-validation, selection frequencies.

use clap::Args;
use ndarray::{Array1, Array2};
use serde_json::{Map, Value, json};

use super::columns::{aligned, count, exact, exacts};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::{share, significant};
use crate::stats::validation::folds::FoldSettings;
use crate::stats::validation::resampling::{
    NestedCrossValidation, Recipe, RepeatedCrossValidation, Stability, StabilityDraw, nested_cross_validation,
    repeated_cross_validation, selection_stability,
};

/// The frequency from which a feature counts as stable in the bound on false selections.
const STABLE: f64 = 0.75;

/// How often to do it again.
#[derive(Debug, Args)]
pub struct ResamplingArguments {
    /// Cross-validate with this many draws of folds, and average
    #[arg(long, value_name = "N", value_parser = count::<1>, requires = "cv", conflicts_with = "fold_column")]
    repeats: Option<usize>,
    /// Nested cross-validation: this many outer folds judge what the inner ones chose
    #[arg(long, value_name = "K", value_parser = count::<2>, requires = "cv", conflicts_with = "fold_column")]
    nested: Option<usize>,
    /// How often each feature is selected in this many bootstrap resamples of the patients, each with its own penalty
    #[arg(long, value_name = "N", value_parser = count::<1>, requires = "cv", conflicts_with = "fold_column")]
    stability: Option<usize>,
    /// Draw pairs of halves for --stability, at the penalty of the cross-validation, instead of bootstrap resamples
    #[arg(long, requires = "stability")]
    halves: bool,
}

/// What was asked for and found.
#[derive(Debug, Default)]
pub struct Resampled {
    repeated: Option<RepeatedCrossValidation>,
    nested: Option<NestedCrossValidation>,
    stability: Option<Stability>,
}

impl ResamplingArguments {
    /// Does what is asked for; `lambda` is the cross-validation's penalty.
    pub fn run(
        &self,
        x: &Array2<f64>,
        y: &Array1<f64>,
        groups: Option<&[usize]>,
        recipe: &Recipe,
        lambda: f64,
    ) -> anyhow::Result<Resampled> {
        let mut found = Resampled::default();
        if let Some(repeats) = self.repeats {
            found.repeated = Some(repeated_cross_validation(x.view(), y.view(), groups, recipe, repeats)?);
        }
        if let Some(count) = self.nested {
            let outer = FoldSettings { count, ..recipe.folds };
            found.nested = Some(nested_cross_validation(x.view(), y.view(), groups, &outer, recipe)?);
        }
        if let Some(draws) = self.stability {
            let draw = if self.halves {
                StabilityDraw::ComplementaryPairs
            } else {
                StabilityDraw::Bootstrap
            };
            found.stability = Some(selection_stability(
                x.view(),
                y.view(),
                groups,
                recipe,
                draw,
                draws,
                lambda,
            )?);
        }
        Ok(found)
    }
}

impl Resampled {
    /// Adds what was found to the document.
    pub fn add_to(&self, document: &mut Value, features: &[String]) {
        if let Some(repeated) = &self.repeated {
            document["repeated"] = json!({
                "lambda": repeated.lambda,
                "cvm": exacts(&repeated.cvm),
                "cvsd": exacts(&repeated.cvsd),
                "between": exacts(&repeated.between),
                "lambda_min": repeated.lambda_min,
                "lambda_1se": repeated.lambda_1se,
                "median_lambda_min": repeated.median_lambda_min,
                "each_lambda_min": repeated.each_lambda_min,
                "each_nzero": repeated.each_nzero,
                "warnings": repeated.warnings,
            });
        }
        if let Some(nested) = &self.nested {
            document["nested"] = json!({
                "pooled_auc": exact(nested.pooled_auc),
                "mean_auc": exact(nested.mean_auc),
                "fold_auc": exacts(&nested.fold_auc),
                "squared_error": exact(nested.squared_error),
                "lambda": nested.lambda,
                "nzero": nested.nzero,
                "folds": nested.folds,
                "predicted": nested.predicted,
            });
        }
        if let Some(stability) = &self.stability {
            let by_feature = |values: &[f64]| -> Map<String, Value> {
                features
                    .iter()
                    .zip(values)
                    .map(|(feature, value)| (feature.clone(), exact(*value)))
                    .collect()
            };
            document["stability"] = json!({
                "frequency": by_feature(&stability.frequency),
                "positive": by_feature(&stability.positive),
                "selected": stability.selected,
                "failed": stability.failed,
                "expected_false": exact(stability.expected_false(STABLE)),
            });
        }
    }

    /// What was found, to be read.
    pub fn text(&self, features: &[String]) -> String {
        let mut out = String::new();
        if let Some(repeated) = &self.repeated {
            let count = repeated.each_lambda_min.len();
            let least = repeated.each_lambda_min.iter().copied().fold(f64::INFINITY, f64::min);
            let most = repeated.each_lambda_min.iter().copied().fold(0.0, f64::max);
            let fewest = repeated.each_nzero.iter().min().copied().unwrap_or_default();
            let largest = repeated.each_nzero.iter().max().copied().unwrap_or_default();
            out += &format!(
                "\n{}\n{}\n",
                words::repeats(
                    count,
                    significant(least, 6),
                    significant(most, 6),
                    significant(repeated.median_lambda_min, 6),
                    fewest,
                    largest
                ),
                words::least_average(significant(repeated.lambda_min, 6), significant(repeated.lambda_1se, 6))
            );
        }
        if let Some(nested) = &self.nested {
            let fewest = nested.nzero.iter().min().copied().unwrap_or_default();
            let largest = nested.nzero.iter().max().copied().unwrap_or_default();
            out += &format!(
                "\n{}",
                words::nested(nested.lambda.len(), significant(nested.squared_error, 4))
            );
            if !nested.pooled_auc.is_nan() {
                out += &words::nested_auc(share(nested.pooled_auc, 4), share(nested.mean_auc, 4)).to_string();
            }
            out += &format!("{}\n", words::features_from_to(fewest, largest));
        }
        if let Some(stability) = &self.stability {
            let mut order: Vec<usize> = (0..features.len()).filter(|&j| stability.frequency[j] > 0.0).collect();
            order.sort_by(|&a, &b| stability.frequency[b].total_cmp(&stability.frequency[a]));
            let rows: Vec<Vec<String>> = order
                .iter()
                .take(20)
                .map(|&j| {
                    vec![
                        features[j].clone(),
                        share(stability.frequency[j], 3),
                        share(stability.positive[j], 3),
                    ]
                })
                .collect();
            out += &format!(
                "\n{}\n{}",
                words::selected_in(
                    stability.selected.len(),
                    stability.failed,
                    STABLE,
                    share(stability.expected_false(STABLE), 2)
                ),
                aligned(
                    &[
                        heads::FEATURE.text(),
                        heads::FREQUENCY.text(),
                        heads::POSITIVE_SHARE.text()
                    ],
                    &rows
                )
            );
            if order.len() > 20 {
                out += &format!("{}\n", words::less_often(order.len() - 20));
            }
        }
        out
    }
}
