//! What the LASSO has found besides the score: the path, its cross-validation and the choice; how it is said, tabled and drawn.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::figure::Results;
use crate::figure::cv::CvInput;
use crate::figure::path::PathInput;
use crate::stats::base::number::significant;
use crate::stats::validation::cross_validation::CrossValidation;
use crate::study::artefact::{Exact, number_text};
use crate::study::page::Page;
use crate::study::table::{Table, table_of};

/// The path, its cross-validation and the choice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LassoAccount {
    /// What cross-validation measured, as asked: mse, mae, deviance, class, auc
    pub measure: String,
    /// What it measured in fact, in words
    pub measure_name: String,
    /// The elastic net's mixing
    pub alpha: f64,
    /// The path
    pub lambda: Vec<f64>,
    /// Intercepts along it
    pub a0: Vec<f64>,
    /// Non-zero coefficients along it
    pub df: Vec<usize>,
    /// Share of deviance explained along it
    pub dev_ratio: Vec<f64>,
    /// Non-zero coefficients along it: candidate's index and coefficient of the standardised feature
    pub beta: Vec<Vec<(usize, f64)>>,
    /// The lambdas of the path that have a cross-validated measure
    pub cv_lambda: Vec<f64>,
    /// Cross-validated measure at them
    pub cvm: Vec<f64>,
    /// Its standard error
    pub cvsd: Vec<f64>,
    /// Non-zero coefficients of the fit on all training rows at them
    pub nzero: Vec<usize>,
    /// The best lambda
    pub lambda_min: f64,
    /// The largest within one standard error of the best
    pub lambda_1se: f64,
    /// Position of the best among `cv_lambda`
    pub index_min: usize,
    /// Position of the one-standard-error one
    pub index_1se: usize,
    /// The study's rule: min, 1se or a number
    pub rule: String,
    /// The lambda taken
    pub chosen_lambda: f64,
    /// The mixings that were tried on the same folds; none where there was no choice
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alphas: Vec<TriedAlpha>,
    /// The greatest violation of the optimality conditions along the path, as a part of the largest lambda
    pub kkt_gap: f64,
}

/// A mixing that was tried.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TriedAlpha {
    /// The mixing
    pub alpha: f64,
    /// Its best lambda
    pub lambda_min: f64,
    /// The cross-validated measure there
    pub cvm: f64,
}

/// A row of `select/cv.csv`.
#[derive(Default, Serialize)]
pub(super) struct PenaltyRow {
    lambda: Exact,
    cvm: Exact,
    cvsd: Exact,
    rule: &'static str,
}

impl LassoAccount {
    /// What a cross-validation has found.
    pub(super) fn new(cross: CrossValidation) -> Self {
        Self {
            measure_name: cross.measure_name,
            kkt_gap: cross.path.largest_violation(),
            beta: cross
                .path
                .beta
                .iter()
                .map(|beta| beta.index.iter().copied().zip(beta.value.iter().copied()).collect())
                .collect(),
            lambda: cross.path.lambda,
            a0: cross.path.a0,
            df: cross.path.df,
            dev_ratio: cross.path.dev_ratio,
            cv_lambda: cross.lambda,
            cvm: cross.cvm,
            cvsd: cross.cvsd,
            nzero: cross.nzero,
            lambda_min: cross.lambda_min,
            lambda_1se: cross.lambda_1se,
            index_min: cross.index_min,
            index_1se: cross.index_1se,
            ..Self::default()
        }
    }

    /// The keys under which an artefact keeps it.
    pub(super) fn keys(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// The choice in words.
    pub(super) fn choice(&self) -> String {
        let alpha = if self.alphas.is_empty() {
            String::new()
        } else {
            format!("alpha {}, ", number_text(self.alpha))
        };
        format!(
            "{alpha}lambda {} (rule {}, {})",
            significant(self.chosen_lambda, 6),
            self.rule,
            self.measure_name
        )
    }

    pub(super) fn chapter(&self, name: &str, (candidates, rows, kept): (usize, usize, usize), page: &mut Page) {
        page.say(&format!(
            "{name} on {candidates} standardised candidates, {rows} training cases; cross-validated by {}; lambda {} ({}), best lambda {}, one-standard-error lambda {}. {kept} features kept.\n\n",
            self.measure_name,
            number_text(self.chosen_lambda),
            self.rule,
            number_text(self.lambda_min),
            number_text(self.lambda_1se),
        ));
        if !self.alphas.is_empty() {
            page.say(&format!(
                "Alpha {} has the best cross-validated measure of those tried on the same folds.\n\n",
                number_text(self.alpha)
            ));
            let rows = self.alphas.iter();
            page.table(
                &["alpha", "best lambda", &self.measure_name],
                rows.map(|tried| [tried.alpha, tried.lambda_min, tried.cvm].map(number_text).to_vec())
                    .collect(),
            );
        }
    }

    pub(super) fn figures(self, candidates: &[String], results: &mut Results) {
        let marks = (Some(self.lambda_min), Some(self.lambda_1se), Some(self.chosen_lambda));
        results.put(PathInput {
            features: candidates.to_vec(),
            lambda: self.lambda,
            intercept: self.a0,
            coefficients: self.beta,
            lambda_min: marks.0,
            lambda_1se: marks.1,
            chosen: marks.2,
        });
        results.put(CvInput {
            measure: self.measure_name,
            lambda: self.cv_lambda,
            mean: self.cvm,
            standard_error: self.cvsd,
            counts: self.nzero,
            lambda_min: marks.0,
            lambda_1se: marks.1,
            chosen: marks.2,
        });
    }

    pub(super) fn path_table(&self, candidates: &[String]) -> Table {
        let used: BTreeSet<usize> = self.beta.iter().flatten().map(|(column, _)| *column).collect();
        let mut header = vec!["lambda", "df", "dev_ratio", "(Intercept)"];
        header.extend(
            used.iter()
                .filter_map(|&column| candidates.get(column))
                .map(String::as_str),
        );
        let rows = (0..self.lambda.len())
            .map(|at| {
                let beta: BTreeMap<usize, f64> = self.beta[at].iter().copied().collect();
                let mut row = vec![
                    number_text(self.lambda[at]),
                    self.df[at].to_string(),
                    number_text(self.dev_ratio[at]),
                    number_text(self.a0[at]),
                ];
                let coefficients = used.iter().map(|column| beta.get(column).copied().unwrap_or(0.0));
                row.extend(coefficients.map(number_text));
                row
            })
            .collect();
        table_of(&header, rows)
    }

    pub(super) fn penalty_rows(&self) -> impl Iterator<Item = PenaltyRow> {
        (0..self.cvm.len()).map(|at| {
            let lambda = self.cv_lambda[at];
            PenaltyRow {
                lambda: Exact(lambda),
                cvm: Exact(self.cvm[at]),
                cvsd: Exact(self.cvsd[at]),
                rule: match (lambda == self.lambda_min, lambda == self.lambda_1se) {
                    (true, true) => "min 1se",
                    (true, false) => "min",
                    (false, true) => "1se",
                    (false, false) => "",
                },
            }
        })
    }
}
