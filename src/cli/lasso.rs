//! `radscore lasso`: the LASSO path of a table, with cross-validation if asked for.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ndarray::Array1;
use serde_json::{Map, Value, json};

use super::chart::ChartFiles;
use super::columns::{TableArguments, complete_rows, events, right};
use super::lasso_resampling::{Resampled, ResamplingArguments};
use super::missing::MissingArguments;
use super::penalised::{CandidateArguments, FoldArguments, PenaltyArguments, only_complete};
use super::printer::tell;
use super::{Global, Outcome};
use crate::figure::{self, Figure};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::message::foreign::shown_name;
use crate::stats::base::number::{share, significant};
use crate::stats::base::random::SeedKind;
use crate::stats::design::INTERCEPT;
use crate::stats::regression::lasso::{self, Coefficients, Family, LassoPath, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidation, CrossValidationSettings, Measure, cross_validate};
use crate::stats::validation::resampling::{PenaltyChoice, Recipe};

/// The distribution of the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FamilyChoice {
    /// Two-valued
    Binomial,
    /// A number
    Gaussian,
}

/// The loss of cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeasureChoice {
    /// Squared error
    Mse,
    /// Absolute error
    Mae,
    /// -2 log-likelihood
    Deviance,
    /// Wrong classes
    Class,
    /// Area under the ROC curve
    Auc,
}

/// Whose random numbers make the folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeedKindChoice {
    /// The program's own: stratified by outcome
    Own,
    /// R's: set.seed(N), then cv.glmnet's folds
    R,
}

/// What to fit on which table.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore lasso features.csv --outcome y --exclude id,patient --cv --group patient\n  \
    radscore lasso tests/golden/stats/data/rad80.csv --outcome y_bin --exclude y_num,fold5,loo --cv --measure mse \
    --fold-column fold10\n  \
    radscore lasso tests/golden/stats/data/rad80.csv --outcome y_bin --exclude y_num,fold5,fold10,loo --cv --repeats 20 \
    --nested 5 --stability 50\n\nWithout --thresh every solution is the exact optimum; --thresh 1e-7 stops where R's glmnet does \
    by default."
)]
pub struct LassoArguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    data: PathBuf,
    #[command(flatten)]
    table: TableArguments,
    #[command(flatten)]
    missing: MissingArguments,
    /// The column of the outcome
    #[arg(long, value_name = "COL")]
    outcome: String,
    /// The value of the outcome that is the event (binomial), where the values are not 0 and 1
    #[arg(long, value_name = "VALUE")]
    event: Option<String>,
    #[command(flatten)]
    candidates: CandidateArguments,
    /// Distribution of the outcome
    #[arg(long, value_enum, default_value = "binomial")]
    family: FamilyChoice,
    #[command(flatten)]
    penalty: PenaltyArguments,
    /// Fit an intercept
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    intercept: bool,
    /// A column of weights
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
    /// Stop as R's glmnet does with this threshold, instead of at the exact optimum
    #[arg(long, value_name = "X")]
    thresh: Option<f64>,
    /// glmnet's limit on passes, with --thresh
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    maxit: usize,
    #[command(flatten)]
    folds: FoldArguments,
    /// The loss; by default deviance (gaussian: mse)
    #[arg(long, value_enum, requires = "cv")]
    measure: Option<MeasureChoice>,
    /// Whose random numbers
    #[arg(long, value_enum, default_value = "own")]
    seed_kind: SeedKindChoice,
    /// Solve the folds at the common penalties instead of interpolating as cv.glmnet does
    #[arg(long, requires = "cv")]
    cv_exact: bool,
    #[command(flatten)]
    resampling: ResamplingArguments,
    #[command(flatten)]
    chart: ChartFiles,
}

/// Fits and prints.
pub fn run(arguments: &LassoArguments, global: &Global) -> anyhow::Result<Outcome> {
    let inputs: Vec<&Path> = std::iter::once(arguments.data.as_path())
        .chain(arguments.table.joined())
        .collect();
    arguments.chart.judge(inputs)?;
    let whole = arguments.table.open(&arguments.data, global)?;
    let outcome = &arguments.outcome;
    let beside: Vec<&String> = arguments.weights.iter().chain(arguments.folds.columns()).collect();
    let features = arguments
        .candidates
        .of(&whole, &[outcome], &beside, &arguments.table, global)?;
    let needed: Vec<&str> = std::iter::once(outcome)
        .chain(beside.iter().copied())
        .chain(&features)
        .map(String::as_str)
        .collect();
    only_complete(&arguments.missing)?;
    let table = whole.select_rows(&complete_rows(&whole, &needed, global)?);
    let x = table.matrix(&features)?;
    let gaussian = arguments.family == FamilyChoice::Gaussian;
    let y = if gaussian {
        table.numbers(&arguments.outcome)?
    } else {
        events(&table, &arguments.outcome, arguments.event.as_deref())?
            .into_iter()
            .map(|event| f64::from(u8::from(event == Some(true))))
            .collect()
    };
    let weights = arguments
        .weights
        .as_ref()
        .map(|column| table.numbers(column))
        .transpose()?
        .map(Array1::from);
    let y = Array1::from(y);
    let penalty = &arguments.penalty;
    let settings = LassoSettings {
        family: if gaussian { Family::Gaussian } else { Family::Binomial },
        alpha: penalty.alpha,
        standardize: penalty.standardize,
        intercept: arguments.intercept,
        lambda_count: penalty.nlambda,
        lambda_min_ratio: penalty.lambda_min_ratio,
        lambda: penalty.lambda(),
        penalty_factors: penalty.factors(),
        threshold: arguments.thresh,
        maximum_passes: arguments.maxit,
        end_where_exhausted: false,
    };
    let weights = weights.as_ref().map(|weights| weights.view());
    let mut resampled = Resampled::default();
    let (path, cv, mut warnings) = if arguments.folds.cv {
        let event: Option<Vec<bool>> = (!gaussian).then(|| y.iter().map(|y| *y == 1.0).collect());
        let kind = seed_kind(arguments);
        let fold = arguments.folds.of_rows(&table, event.as_deref(), kind)?;
        let cv_settings = CrossValidationSettings {
            measure: measure(arguments),
            exact: arguments.cv_exact,
            ..CrossValidationSettings::default()
        };
        let cv = cross_validate(x.view(), y.view(), weights, &fold, &settings, &cv_settings)?;
        let recipe = Recipe {
            lasso: settings,
            cross_validation: cv_settings,
            folds: arguments.folds.settings(kind),
            choice: PenaltyChoice::Minimum,
        };
        let groups = arguments.folds.groups(&table)?;
        resampled = arguments
            .resampling
            .run(&x, &y, groups.as_deref(), &recipe, cv.lambda_min)?;
        (cv.path.clone(), Some(cv.clone()), cv.warnings)
    } else {
        let path = lasso::fit(x.view(), y.view(), weights, &settings)?;
        let warnings = path.warnings.clone();
        (path, None, warnings)
    };
    let duplicates = path.duplicates.iter().map(|(later, first)| {
        let (later, first) = (&features[*later], &features[*first]);
        words::says_the_same(later, first).to_string()
    });
    warnings.extend(duplicates);
    if !global.quiet {
        for warning in &warnings {
            tell!("radscore: {warning}");
        }
    }
    if !arguments.chart.is_empty()
        && let Some(figure) = drawn(&path, cv.as_ref(), &features)
    {
        arguments.chart.write(&figure, global)?;
    }
    if global.json {
        let mut document = document(&path, cv.as_ref(), &features, &warnings);
        document["left_out"] = json!(whole.rows.len() - table.rows.len());
        resampled.add_to(&mut document, &features);
        super::print_json(&document)?;
    } else {
        super::print(&(text(&path, cv.as_ref(), &features) + &resampled.text(&features)))?;
    }
    Ok(Outcome::Done)
}

/// The cross-validated curve, or the coefficients along the path where there is none.
fn drawn(path: &LassoPath, cv: Option<&CrossValidation>, features: &[String]) -> Option<Figure> {
    match cv {
        Some(cv) => figure::cv::figure(&figure::cv::CvInput {
            measure: cv.measure_name.clone(),
            lambda: cv.lambda.clone(),
            mean: cv.cvm.clone(),
            standard_error: cv.cvsd.clone(),
            counts: cv.nzero.clone(),
            lambda_min: Some(cv.lambda_min),
            lambda_1se: Some(cv.lambda_1se),
            chosen: None,
        }),
        None => figure::path::figure(&figure::path::PathInput {
            features: features.to_vec(),
            lambda: path.lambda.clone(),
            intercept: path.a0.clone(),
            coefficients: super::penalised::pairs(&path.beta),
            ..figure::path::PathInput::default()
        }),
    }
}

fn measure(arguments: &LassoArguments) -> Measure {
    match arguments.measure {
        None if arguments.family == FamilyChoice::Gaussian => Measure::Mse,
        None | Some(MeasureChoice::Deviance) => Measure::Deviance,
        Some(MeasureChoice::Mse) => Measure::Mse,
        Some(MeasureChoice::Mae) => Measure::Mae,
        Some(MeasureChoice::Class) => Measure::Class,
        Some(MeasureChoice::Auc) => Measure::Auc,
    }
}

fn seed_kind(arguments: &LassoArguments) -> SeedKind {
    match arguments.seed_kind {
        SeedKindChoice::Own => SeedKind::Own,
        SeedKindChoice::R => SeedKind::R,
    }
}

fn named(coefficients: &Coefficients, features: &[String]) -> Map<String, Value> {
    coefficients
        .index
        .iter()
        .zip(&coefficients.value)
        .map(|(j, value)| (features[*j].clone(), json!(value)))
        .collect()
}

fn with_intercept(coefficients: &Coefficients, features: &[String]) -> Value {
    let mut all = Map::new();
    all.insert(INTERCEPT.into(), json!(coefficients.intercept));
    all.extend(named(coefficients, features));
    Value::Object(all)
}

fn document(path: &LassoPath, cv: Option<&CrossValidation>, features: &[String], warnings: &[String]) -> Value {
    let mut document = json!({
        "lambda": path.lambda,
        "a0": path.a0,
        "df": path.df,
        "dev_ratio": path.dev_ratio,
        "nulldev": path.nulldev,
        "beta": path.beta.iter().map(|beta| Value::Object(named(beta, features))).collect::<Vec<_>>(),
        "kkt_violation": path.kkt_violation,
        "warnings": warnings,
    });
    if let Some(cv) = cv {
        document["cv"] = json!({
            "measure_name": cv.measure_name,
            "lambda": cv.lambda,
            "cvm": cv.cvm,
            "cvsd": cv.cvsd,
            "nzero": cv.nzero,
            "lambda_min": cv.lambda_min,
            "lambda_1se": cv.lambda_1se,
            "index_min": cv.index_min,
            "index_1se": cv.index_1se,
            "folds": cv.folds,
            "coef_min": with_intercept(&cv.coefficients_min(), features),
            "coef_1se": with_intercept(&cv.coefficients_1se(), features),
        });
    }
    document
}

/// The path at about twenty penalties, then what cross-validation chose.
fn text(path: &LassoPath, cv: Option<&CrossValidation>, features: &[String]) -> String {
    let mut out = String::new();
    let family = match path.family {
        Family::Gaussian => "gaussian",
        Family::Binomial => "binomial",
    };
    out += &format!(
        "{}\n{}\n\n",
        words::lasso_path(family, path.lambda.len(), features.len()),
        words::violation(significant(path.largest_violation(), 2))
    );
    let loss = cv.map_or(String::new(), |cv| format!("  {:>24}", cv.measure_name));
    out += &format!(
        "{:>5}  {:>12}  {:>4}  {}{loss}\n",
        "",
        "lambda",
        "df",
        right(heads::EXPLAINED, 10)
    );
    let stride = path.lambda.len().div_ceil(20).max(1);
    for at in 0..path.lambda.len() {
        let chosen = cv.map_or("", |cv| {
            if at == cv.index_min {
                "  <- min"
            } else if at == cv.index_1se {
                "  <- 1se"
            } else {
                ""
            }
        });
        if at % stride != 0 && at + 1 != path.lambda.len() && chosen.is_empty() {
            continue;
        }
        let loss = cv.filter(|cv| at < cv.cvm.len()).map_or(String::new(), |cv| {
            format!(
                "  {:>12} ± {:>9}",
                significant(cv.cvm[at], 5),
                significant(cv.cvsd[at], 4)
            )
        });
        out += &format!(
            "{:>5}  {:>12}  {:>4}  {:>9}%{loss}{chosen}\n",
            at + 1,
            significant(path.lambda[at], 6),
            path.df[at],
            share(100.0 * path.dev_ratio[at], 2)
        );
    }
    if let Some(cv) = cv {
        for (name, lambda, coefficients) in [
            (words::LEAST_LOSS.text(), cv.lambda_min, cv.coefficients_min()),
            (words::ONE_STANDARD_ERROR.text(), cv.lambda_1se, cv.coefficients_1se()),
        ] {
            out += &format!(
                "\n{}\n",
                words::at_lambda(name, significant(lambda, 6), coefficients.index.len())
            );
            let names: Vec<_> = coefficients.index.iter().map(|&j| shown_name(&features[j])).collect();
            let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(11);
            out += &format!(
                "  {:<widest$}  {:>14}\n",
                INTERCEPT,
                significant(coefficients.intercept, 6)
            );
            for (name, value) in names.iter().zip(&coefficients.value) {
                out += &format!("  {name:<widest$}  {:>14}\n", significant(*value, 6));
            }
            if coefficients.index.is_empty() {
                out += &format!("  {}\n  {}\n", words::NO_FEATURE_KEPT, words::SMALLER_ALPHA);
            }
        }
    }
    out
}
