//! The LASSO with cross-validation, as cv.glmnet; ridge; the elastic net with a choice of its mixing, every one cross-validated on
//! the same folds.

mod account;

use account::TriedAlpha;
use ndarray::Array1;
use serde::Serialize;
use serde_json::Value;

use super::entry::Entry as LearnerEntry;
use super::tuning::Numbers;
use crate::figure::Results;
use crate::stats::base::number::short;
use crate::stats::regression::lasso::{Coefficients, Family, LassoSettings, coefficients_exact};
use crate::stats::validation::cross_validation::{CrossValidation, CrossValidationSettings, Measure, cross_validate};
use crate::study::artefact::{csv_of, number_text};
use crate::study::engine::stage::Made;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Account, Learner, Learnt, TrainingData};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::selected::SelectResult;
use crate::study::input::keys::{Form, Key, Row, Words, word_of};
use crate::study::input::settings::Config;
use crate::study::page::Page;

pub use account::LassoAccount;

/// Which lambda of the path is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LambdaRule {
    /// The best by cross-validation
    Minimum,
    /// The largest within one standard error of the best
    OneStandardError,
    /// A given one
    Given(f64),
}

/// The LASSO and the choice of its penalty.
#[derive(Debug, Clone)]
pub struct Lasso {
    /// The path
    pub path: LassoSettings,
    /// Its cross-validation
    pub cross_validation: CrossValidationSettings,
    /// The choice of lambda
    pub rule: LambdaRule,
    /// Whether the account is wanted, not the score alone: a given lambda is then cross-validated too, for the curves
    pub whole: bool,
}

/// The elastic net and the choice of its mixing and its penalty.
#[derive(Debug, Clone)]
pub struct ElasticNet {
    /// The path, its cross-validation and the choice of lambda, whatever the mixing
    pub lasso: Lasso,
    /// The mixings that are tried; of equally good ones the first is taken
    pub alphas: Vec<f64>,
}

/// The lines of the registry: one penalised regression, by who decides how its two penalties are mixed.
pub(super) enum Entry {
    /// The study file
    Lasso,
    /// Nobody: the penalty is ridge's
    Ridge,
    /// Cross-validation, among several mixings on the same folds
    ElasticNet,
}

impl LearnerEntry for Entry {
    fn name(&self) -> &'static str {
        match self {
            Self::Lasso => "lasso",
            Self::Ridge => "ridge",
            Self::ElasticNet => "elastic-net",
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Self::Lasso => "the LASSO, or the elastic net, with a cross-validated penalty",
            Self::Ridge => "ridge regression with a cross-validated penalty: keeps every candidate",
            Self::ElasticNet => "the elastic net, its mixing and its penalty cross-validated on the same folds",
        }
    }

    fn keys(&self) -> Vec<&'static Row> {
        let mixing = match self {
            Self::Lasso => Some(&ALPHA.row),
            Self::Ridge => None,
            Self::ElasticNet => Some(&ALPHAS.row),
        };
        let before = [&MEASURE.row, &LAMBDA.row];
        let after = [
            &STANDARDIZE.row,
            &PATH_LENGTH.row,
            &SMALLEST_LAMBDA.row,
            &EXACT_FOLDS.row,
        ];
        before.into_iter().chain(mixing).chain(after).collect()
    }

    fn read(&self, config: &Config) -> Result<Box<dyn Learner>, StudyError> {
        Ok(match self {
            Self::Lasso => Box::new(Lasso::of(config)?),
            Self::Ridge => Box::new(Lasso::mixed(config, 0.0)?),
            Self::ElasticNet => Box::new(ElasticNet::of(config)?),
        })
    }

    fn choice(&self, found: &SelectResult) -> String {
        found
            .own::<LassoAccount>()
            .map_or_else(String::new, |account| account.choice())
    }

    fn phrases(&self) -> &'static [(&'static str, &'static str)] {
        &[("the penalty was chosen by the rule {}", "/rule")]
    }

    fn reported(&self, found: &SelectResult) -> Vec<(&'static str, String)> {
        let said = found.own::<LassoAccount>().map(|account| {
            format!(
                "{} by {}, lambda {}",
                account.rule, account.measure_name, account.chosen_lambda
            )
        });
        said.map(|text| ("lambda_rule", text)).into_iter().collect()
    }

    fn makes(&self) -> &'static [&'static str] {
        &["select/path.csv", "select/cv.csv"]
    }

    fn present(&self, found: &SelectResult, made: &mut Made) {
        if let Some(account) = found.own::<LassoAccount>() {
            made.file("select/path.csv", account.path_table(&found.candidates).to_csv());
            made.file("select/cv.csv", csv_of(account.penalty_rows()));
        }
    }

    fn chapter(&self, found: &SelectResult, page: &mut Page) {
        if let Some(account) = found.own::<LassoAccount>() {
            account.chapter(
                match self {
                    Self::Lasso => "LASSO",
                    Self::Ridge => "Ridge regression",
                    Self::ElasticNet => "Elastic net",
                },
                (found.candidates.len(), found.rows.len(), found.coefficients.len()),
                page,
            );
        }
    }

    fn figures(&self, found: &SelectResult, results: &mut Results) {
        if let Some(account) = found.own::<LassoAccount>() {
            account.figures(&found.candidates, results);
        }
    }

    fn in_r(&self, config: &Config) -> Result<Option<Vec<(&'static str, String)>>, StudyError> {
        let text = |word: &str| format!("\"{word}\"");
        let logical = |value: bool| if value { "TRUE" } else { "FALSE" }.to_owned();
        Ok(Some(vec![
            ("measure", text(word_of(config.get(&MEASURE)?))),
            ("lambda_rule", text(&config.get(&LAMBDA)?.text())),
            (
                "alpha",
                match self {
                    Self::Lasso => number_text(config.get(&ALPHA)?),
                    Self::Ridge => "0".to_owned(),
                    Self::ElasticNet => {
                        let alphas: Vec<String> = config.get(&ALPHAS)?.0.into_iter().map(number_text).collect();
                        format!("c({})", alphas.join(", "))
                    }
                },
            ),
            ("standardize", logical(config.get(&STANDARDIZE)?)),
            ("nlambda", config.get(&PATH_LENGTH)?.to_string()),
            (
                "lambda_min_ratio",
                config.stated(&SMALLEST_LAMBDA)?.map_or("NULL".to_owned(), number_text),
            ),
            ("cv_exact", logical(config.get(&EXACT_FOLDS)?)),
        ]))
    }
}

/// What cross-validation minimises
pub static MEASURE: Key<Measure> = Key::word(
    "select.measure",
    "measure",
    "mse",
    "what cross-validation minimises: mse, mae, deviance, class or auc",
)
.on_screen();
/// The penalty
pub static LAMBDA: Key<LambdaRule> = Key::form(
    "select.lambda",
    "lambda rule",
    "min",
    "the penalty: min, 1se, or a number",
)
.on_screen();
/// The elastic net's mixing
pub static ALPHA: Key<f64> = Key::number(
    "select.alpha",
    "alpha",
    "1",
    (0.0, 1.0),
    "1 is the LASSO, 0 ridge, between them the elastic net",
)
.on_screen();
/// The elastic net's mixings
static ALPHAS: Key<Numbers> = Key::form(
    "select.alphas",
    "alphas",
    "[0, 0.25, 0.5, 0.75, 1]",
    "the mixings that the elastic net tries on the same folds: 1 is the LASSO, 0 ridge",
);
/// Whether the penalty sees standardised columns
static STANDARDIZE: Key<bool> = Key::flag(
    "select.standardize",
    "standardize",
    "true",
    "whether the penalty sees standardised columns, as glmnet's option",
);
/// Length of the path
static PATH_LENGTH: Key<usize> = Key::count("select.nlambda", "length of the path", "100", 2, "length of the path");
/// Where the path ends
static SMALLEST_LAMBDA: Key<f64> = Key::number(
    "select.lambda_min_ratio",
    "smallest lambda",
    "",
    (0.0, 1.0),
    "smallest lambda of the path as a part of the largest; as glmnet where it is not stated",
);
/// Whether folds are solved at the path's own lambdas
static EXACT_FOLDS: Key<bool> = Key::flag(
    "select.cv_exact",
    "exact folds",
    "false",
    "solve the folds at the path's own lambdas instead of interpolating as glmnet does",
);

impl Words for Measure {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("mse", Self::Mse),
        ("mae", Self::Mae),
        ("deviance", Self::Deviance),
        ("class", Self::Class),
        ("auc", Self::Auc),
    ];
}

impl LambdaRule {
    /// The rule as a study file has it.
    pub fn text(self) -> String {
        match self {
            Self::Minimum => "min".to_owned(),
            Self::OneStandardError => "1se".to_owned(),
            Self::Given(lambda) => number_text(lambda),
        }
    }
}

impl Serialize for LambdaRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text().serialize(serializer)
    }
}

impl Form for LambdaRule {
    fn read(value: &Value) -> Result<Self, String> {
        let wrong = |text: &str| format!("\"{text}\" is not one of min, 1se, or a number above 0");
        match value {
            Value::Number(number) => match number.as_f64() {
                Some(lambda) if lambda > 0.0 => Ok(Self::Given(lambda)),
                _ => Err(wrong(&number.to_string())),
            },
            Value::String(text) => match text.as_str() {
                "min" => Ok(Self::Minimum),
                "1se" => Ok(Self::OneStandardError),
                other => Err(wrong(other)),
            },
            other => Err(wrong(&other.to_string())),
        }
    }
}

impl Lasso {
    /// What a study file asks for.
    pub fn of(config: &Config) -> Result<Self, StudyError> {
        Self::mixed(config, config.get(&ALPHA)?)
    }

    /// What a study file asks for, with a mixing that it does not decide.
    fn mixed(config: &Config, alpha: f64) -> Result<Self, StudyError> {
        Ok(Self {
            path: LassoSettings {
                family: Family::Binomial,
                alpha,
                standardize: config.get(&STANDARDIZE)?,
                lambda_count: config.get(&PATH_LENGTH)?,
                lambda_min_ratio: config.stated(&SMALLEST_LAMBDA)?,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings {
                measure: config.get(&MEASURE)?,
                exact: config.get(&EXACT_FOLDS)?,
                ..CrossValidationSettings::default()
            },
            rule: config.get(&LAMBDA)?,
            whole: true,
        })
    }

    /// The penalised regression at one lambda, without cross-validation.
    pub fn at(lambda: f64) -> Self {
        Self {
            path: LassoSettings {
                family: Family::Binomial,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings::default(),
            rule: LambdaRule::Given(lambda),
            whole: false,
        }
    }

    /// What to try where nothing was kept.
    fn advice(&self, cross: &CrossValidation) -> Vec<String> {
        if let LambdaRule::Given(lambda) = self.rule
            && cross.nzero.get(cross.index_min).is_some_and(|count| *count > 0)
        {
            return vec![format!(
                "no feature was kept: the penalty that the study states (select.lambda: {}) leaves none, which says nothing of the features; the best by cross-validation is {}, with {} features (select.lambda: min). The study goes on with a constant Rad-score (AUC 0.5).",
                short(lambda, 6),
                short(cross.lambda_min, 6),
                cross.nzero[cross.index_min]
            )];
        }
        let mut advice = vec![
            "no feature was kept: at this size the features do not predict the outcome reproducibly. The study goes on with a constant Rad-score (AUC 0.5), which is the honest result.".to_owned(),
        ];
        if self.rule == LambdaRule::OneStandardError && cross.nzero.get(cross.index_min).is_some_and(|count| *count > 0)
        {
            advice.push(format!(
                "to try: select.lambda: min keeps {} features here, at the price of a less stable choice",
                cross.nzero[cross.index_min]
            ));
        }
        let measure = if cross.measure == Measure::Deviance {
            ""
        } else {
            " select.measure: deviance;"
        };
        advice.push(format!(
            "to try, decided before looking at the test set: more cases; fewer and less correlated candidates; select.alpha: 0.5 (elastic net) or 0 (ridge);{measure} repeated cross-validation (stage robustness)"
        ));
        advice
    }
}

impl Learner for Lasso {
    fn fit(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError> {
        if let (LambdaRule::Given(lambda), false) = (self.rule, self.whole) {
            return Ok(Learnt {
                scorer: Box::new(self.given(data, lambda)?),
                left_out: None,
                account: Account::default(),
            });
        }
        self.chosen(data, self.cross_validated(data, &(data.folds)()?)?, Vec::new())
    }

    fn in_resamples(&self, training: usize, candidates: usize) -> Box<dyn Learner> {
        Box::new(self.shortened(training, candidates))
    }
}

fn outcome(data: &TrainingData<'_>) -> Array1<f64> {
    data.events.iter().map(|&event| f64::from(u8::from(event))).collect()
}

impl Lasso {
    /// The coefficients at a penalty that the study file gives.
    fn given(&self, data: &TrainingData<'_>, lambda: f64) -> Result<Coefficients, StudyError> {
        Ok(coefficients_exact(
            data.values,
            outcome(data).view(),
            None,
            &self.path,
            lambda,
        )?)
    }

    /// The path and its cross-validation on given folds.
    fn cross_validated(&self, data: &TrainingData<'_>, folds: &[usize]) -> Result<CrossValidation, StudyError> {
        let outcome = outcome(data);
        Ok(cross_validate(
            data.values,
            outcome.view(),
            None,
            folds,
            &self.path,
            &self.cross_validation,
        )?)
    }

    /// The score at the penalty that the rule takes; `tried` are the mixings of which this one is the best.
    fn chosen(
        &self,
        data: &TrainingData<'_>,
        cross: CrossValidation,
        tried: Vec<TriedAlpha>,
    ) -> Result<Learnt, StudyError> {
        let (chosen_lambda, coefficients): (f64, Coefficients) = match self.rule {
            LambdaRule::Minimum => (cross.lambda_min, cross.coefficients_min()),
            LambdaRule::OneStandardError => (cross.lambda_1se, cross.coefficients_1se()),
            LambdaRule::Given(lambda) => (lambda, self.given(data, lambda)?),
        };
        let nothing = coefficients.value.iter().all(|value| *value == 0.0);
        let account = if self.whole {
            Account {
                warnings: cross.warnings.clone(),
                advice: if nothing { self.advice(&cross) } else { Vec::new() },
                own: LassoAccount {
                    measure: word_of(self.cross_validation.measure).to_owned(),
                    alpha: self.path.alpha,
                    rule: self.rule.text(),
                    chosen_lambda,
                    alphas: tried,
                    ..LassoAccount::new(cross)
                }
                .keys(),
            }
        } else {
            Account::default()
        };
        Ok(Learnt {
            scorer: Box::new(coefficients),
            left_out: None,
            account,
        })
    }

    /// The same as resamples use it.
    fn shortened(&self, training: usize, candidates: usize) -> Self {
        // glmnet ends a path earlier where there are fewer rows than columns. A resample has other rows than the study's
        // split, but follows the path as far as the study did.
        let reach = if training < candidates { 0.01 } else { 1e-4 };
        Self {
            path: LassoSettings {
                // A resample is one of hundreds: what lies before the end of its path is good enough to choose from.
                end_where_exhausted: true,
                lambda_min_ratio: self.path.lambda_min_ratio.or(Some(reach)),
                ..self.path.clone()
            },
            whole: false,
            ..self.clone()
        }
    }
}

impl ElasticNet {
    /// What a study file asks for.
    pub fn of(config: &Config) -> Result<Self, StudyError> {
        let alphas = config.get(&ALPHAS)?.0;
        if alphas.iter().any(|alpha| *alpha > 1.0) {
            return Err(config.fault(&ALPHAS.row, "a mixing lies within 0 and 1"));
        }
        let lasso = Lasso::mixed(config, 1.0)?;
        if let LambdaRule::Given(lambda) = lasso.rule {
            let problem = format!(
                "{lambda} is a penalty for one mixing only; take min or 1se, or select.learner: lasso with select.alpha"
            );
            return Err(config.fault(&LAMBDA.row, problem));
        }
        Ok(Self { lasso, alphas })
    }

    fn with(&self, alpha: f64) -> Lasso {
        let mut lasso = self.lasso.clone();
        lasso.path.alpha = alpha;
        lasso
    }
}

impl Learner for ElasticNet {
    fn fit(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError> {
        let folds = (data.folds)()?;
        let mut tried = Vec::with_capacity(self.alphas.len());
        let mut best: Option<(f64, f64, CrossValidation)> = None;
        for &alpha in &self.alphas {
            let cross = self.with(alpha).cross_validated(data, &folds)?;
            let cvm = cross.cvm.get(cross.index_min).copied().unwrap_or(f64::NAN);
            tried.push(TriedAlpha {
                alpha,
                lambda_min: cross.lambda_min,
                cvm,
            });
            let loss = match cross.measure {
                Measure::Auc => -cvm,
                Measure::Mse | Measure::Mae | Measure::Deviance | Measure::Class => cvm,
            };
            if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
                best = Some((loss, alpha, cross));
            }
        }
        let Some((_, alpha, cross)) = best else {
            return Err(StudyError::Stage("the elastic net has no mixing to try".to_owned()));
        };
        self.with(alpha).chosen(data, cross, tried)
    }

    fn in_resamples(&self, training: usize, candidates: usize) -> Box<dyn Learner> {
        Box::new(Self {
            lasso: self.lasso.shortened(training, candidates),
            alphas: self.alphas.clone(),
        })
    }
}
