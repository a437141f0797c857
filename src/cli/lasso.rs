//! `radscore lasso`: the LASSO path of a table, with cross-validation if asked for.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use ndarray::Array1;
use serde_json::{Map, Value, json};

use super::columns::{TableArguments, complete_rows, events};
use super::lasso_resampling::{Resampled, ResamplingArguments};
use super::missing::{MissingArguments, MissingRule};
use super::printer::tell;
use super::{Global, Outcome};
use crate::message::foreign::shown_name;
use crate::stats::base::number::{share, significant};
use crate::stats::base::random::SeedKind;
use crate::stats::design::INTERCEPT;
use crate::stats::regression::lasso::{self, Coefficients, Family, LassoPath, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidation, CrossValidationSettings, Measure, cross_validate};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::resampling::{PenaltyChoice, Recipe};
use crate::stats::validation::split::group_numbers;
use crate::study::table::Table;

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
    /// The columns to choose from; all others of numbers if not given
    #[arg(long, value_delimiter = ',', value_name = "COL,…", conflicts_with = "exclude")]
    features: Vec<String>,
    /// Columns to leave out
    #[arg(long, value_delimiter = ',', value_name = "COL,…")]
    exclude: Vec<String>,
    /// Distribution of the outcome
    #[arg(long, value_enum, default_value = "binomial")]
    family: FamilyChoice,
    /// 1 is the LASSO, 0 ridge, between them the elastic net
    #[arg(long, default_value_t = 1.0)]
    alpha: f64,
    /// Penalise coefficients of columns brought to standard deviation 1
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    standardize: bool,
    /// Fit an intercept
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    intercept: bool,
    /// Length of the sequence of penalties
    #[arg(long, default_value_t = 100, value_name = "N")]
    nlambda: usize,
    /// The smallest penalty as a part of the largest (0.01 if rows are fewer than features, otherwise 0.0001)
    #[arg(long, value_name = "R")]
    lambda_min_ratio: Option<f64>,
    /// Penalties of your own
    #[arg(long, value_delimiter = ',', value_name = "L1,L2,…")]
    lambda: Vec<f64>,
    /// A column of weights
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
    /// Factors on the features' penalties, in the features' order: 0 is never penalised
    #[arg(long, value_delimiter = ',', value_name = "F1,F2,…")]
    penalty_factor: Vec<f64>,
    /// Stop as R's glmnet does with this threshold, instead of at the exact optimum
    #[arg(long, value_name = "X")]
    thresh: Option<f64>,
    /// glmnet's limit on passes, with --thresh
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    maxit: usize,
    /// Cross-validate the penalty
    #[arg(long)]
    cv: bool,
    /// The loss; by default deviance (gaussian: mse)
    #[arg(long, value_enum, requires = "cv")]
    measure: Option<MeasureChoice>,
    /// How many folds
    #[arg(long, default_value_t = 10, value_name = "K")]
    folds: usize,
    /// A column with each row's fold
    #[arg(long, value_name = "COL", requires = "cv")]
    fold_column: Option<String>,
    /// A column of patients: all rows of one stay in one fold
    #[arg(long, value_name = "COL", requires = "cv")]
    group: Option<String>,
    /// The seed of the folds
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Whose random numbers
    #[arg(long, value_enum, default_value = "own")]
    seed_kind: SeedKindChoice,
    /// Solve the folds at the common penalties instead of interpolating as cv.glmnet does
    #[arg(long, requires = "cv")]
    cv_exact: bool,
    #[command(flatten)]
    resampling: ResamplingArguments,
}

/// Fits and prints.
pub fn run(arguments: &LassoArguments, global: &Global) -> anyhow::Result<Outcome> {
    let whole = arguments.table.open(&arguments.data, global)?;
    let features = features(arguments, &whole)?;
    let needed: Vec<&str> = std::iter::once(&arguments.outcome)
        .chain(&arguments.weights)
        .chain(&arguments.fold_column)
        .chain(&arguments.group)
        .chain(&features)
        .map(String::as_str)
        .collect();
    for rule in [MissingRule::Available, MissingRule::Impute] {
        arguments.missing.rule.refuse(
            rule,
            "the LASSO needs every column in every row; say complete, or leave out columns with many gaps",
        )?;
    }
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
    let settings = LassoSettings {
        family: if gaussian { Family::Gaussian } else { Family::Binomial },
        alpha: arguments.alpha,
        standardize: arguments.standardize,
        intercept: arguments.intercept,
        lambda_count: arguments.nlambda,
        lambda_min_ratio: arguments.lambda_min_ratio,
        lambda: (!arguments.lambda.is_empty()).then(|| arguments.lambda.clone()),
        penalty_factors: (!arguments.penalty_factor.is_empty()).then(|| arguments.penalty_factor.clone()),
        threshold: arguments.thresh,
        maximum_passes: arguments.maxit,
        end_where_exhausted: false,
    };
    let weights = weights.as_ref().map(|weights| weights.view());
    let mut resampled = Resampled::default();
    let (path, cv, mut warnings) = if arguments.cv {
        let fold = fold_of_rows(arguments, &table, &y)?;
        let cv_settings = CrossValidationSettings {
            measure: measure(arguments),
            exact: arguments.cv_exact,
            ..CrossValidationSettings::default()
        };
        let cv = cross_validate(x.view(), y.view(), weights, &fold, &settings, &cv_settings)?;
        let recipe = Recipe {
            lasso: settings,
            cross_validation: cv_settings,
            folds: fold_settings(arguments),
            choice: PenaltyChoice::Minimum,
        };
        let groups = groups(arguments, &table)?;
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
        format!("\"{later}\" says the same as \"{first}\" (their standardised values are equal) and is left aside")
    });
    warnings.extend(duplicates);
    if !global.quiet {
        for warning in &warnings {
            tell!("radscore: {warning}");
        }
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

/// The columns to choose from: those named, or every column of numbers that has no other part.
fn features(arguments: &LassoArguments, table: &Table) -> anyhow::Result<Vec<String>> {
    if !arguments.features.is_empty() {
        for name in &arguments.features {
            table.column(name)?;
        }
        return Ok(arguments.features.clone());
    }
    for name in &arguments.exclude {
        table.column(name)?;
    }
    let taken: Vec<&str> = std::iter::once(&arguments.outcome)
        .chain(&arguments.exclude)
        .chain(&arguments.weights)
        .chain(&arguments.fold_column)
        .chain(&arguments.group)
        .map(String::as_str)
        .collect();
    let features = table.number_columns(&taken);
    anyhow::ensure!(
        !features.is_empty(),
        "{}: no columns of numbers are left to choose from",
        table.source.display()
    );
    Ok(features)
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

fn fold_of_rows(arguments: &LassoArguments, table: &Table, y: &Array1<f64>) -> anyhow::Result<Vec<usize>> {
    if let Some(column) = &arguments.fold_column {
        let labels = table.texts(column)?;
        let mut order: Vec<&str> = labels.clone();
        order.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => a.cmp(b),
        });
        order.dedup();
        return Ok(labels
            .iter()
            .map(|label| order.iter().position(|known| known == label).unwrap_or_default())
            .collect());
    }
    let groups = groups(arguments, table)?;
    let event: Option<Vec<bool>> =
        (arguments.family == FamilyChoice::Binomial).then(|| y.iter().map(|y| *y == 1.0).collect());
    folds(
        table.rows.len(),
        event.as_deref(),
        groups.as_deref(),
        &fold_settings(arguments),
    )
    .context("the folds cannot be made")
}

fn fold_settings(arguments: &LassoArguments) -> FoldSettings {
    FoldSettings {
        count: arguments.folds,
        seed: arguments.seed,
        seed_kind: match arguments.seed_kind {
            SeedKindChoice::Own => SeedKind::Own,
            SeedKindChoice::R => SeedKind::R,
        },
        repeat: 0,
    }
}

/// Each row's patient, where a column says so.
fn groups(arguments: &LassoArguments, table: &Table) -> anyhow::Result<Option<Vec<usize>>> {
    let column = arguments.group.as_ref().map(|column| table.texts(column)).transpose()?;
    Ok(column.map(|labels| group_numbers(&labels)))
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
        "LASSO path ({family}): {} penalties, {} features to choose from\nlargest violation of an optimality condition: {} of the largest penalty\n\n",
        path.lambda.len(),
        features.len(),
        significant(path.largest_violation(), 2)
    );
    let loss = cv.map_or(String::new(), |cv| format!("  {:>24}", cv.measure_name));
    out += &format!("{:>5}  {:>12}  {:>4}  {:>10}{loss}\n", "", "lambda", "df", "explained");
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
            ("least loss (lambda.min)", cv.lambda_min, cv.coefficients_min()),
            ("one standard error (lambda.1se)", cv.lambda_1se, cv.coefficients_1se()),
        ] {
            out += &format!(
                "\n{name}: {}, {} features\n",
                significant(lambda, 6),
                coefficients.index.len()
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
                out += "  No feature is kept: there is no reproducible signal at this size. Try repeated cross-validation, a\n  \
                        smaller alpha (elastic net), or fewer correlated features.\n";
            }
        }
    }
    out
}
