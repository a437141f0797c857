//! `radscore cox-lasso`: the LASSO path of a table's follow-up, with cross-validation if asked for.

use clap::{Args, ValueEnum};
use ndarray::ArrayView2;
use serde_json::{Map, Value, json};

use super::chart::ChartArguments;
use super::columns::aligned;
use super::follow_up::{FollowUpArguments, strata_of};
use super::missing::MissingArguments;
use super::penalised::{CandidateArguments, FoldArguments, PenaltyArguments, only_complete};
use super::printer::tell;
use super::{Global, Outcome};
use crate::figure::{Figure, cv, path};
use crate::message::english::output as heads;
use crate::message::english::statistics as lasso_words;
use crate::message::english::survival as words;
use crate::stats::base::number::significant;
use crate::stats::base::random::SeedKind;
use crate::stats::regression::lasso::Coefficients;
use crate::stats::survival::FollowUp;
use crate::stats::survival::penalised::{
    CoxCrossValidation, CoxMeasure, CoxPath, CoxPathSettings, cross_validate, fit,
};
use crate::study::table::Table;

/// What cross-validation averages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeasureChoice {
    /// The deviance of the partial likelihood
    Deviance,
    /// Harrell's C
    C,
}

/// What to fit on which table.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore cox-lasso features.csv --time months --outcome died --exclude id --cv --group patient\n  \
    radscore cox-lasso tests/golden/shipped/data/veteran.csv --time time --outcome status --cv --measure c\n\n\
    Breslow's ties and glmnet's sequence of penalties; every solution is the exact optimum. A column of words is no feature. What \
    is chosen here has been chosen on these rows: judge it on others."
)]
pub struct CoxLassoArguments {
    #[command(flatten)]
    follow_up: FollowUpArguments,
    #[command(flatten)]
    missing: MissingArguments,
    #[command(flatten)]
    candidates: CandidateArguments,
    /// The column of strata, each with a baseline hazard of its own
    #[arg(long, value_name = "COL")]
    strata: Option<String>,
    #[command(flatten)]
    penalty: PenaltyArguments,
    #[command(flatten)]
    folds: FoldArguments,
    /// What is averaged over folds
    #[arg(long, value_enum, default_value = "deviance", requires = "cv")]
    measure: MeasureChoice,
    #[command(flatten)]
    chart: ChartArguments,
}

/// Fits and prints.
pub fn run(arguments: &CoxLassoArguments, global: &Global) -> anyhow::Result<Outcome> {
    only_complete(&arguments.missing)?;
    arguments.chart.judge(arguments.follow_up.inputs())?;
    arguments.follow_up.have_one_part(&[("--strata", &arguments.strata)])?;
    let data = &arguments.follow_up.data;
    let beside: Vec<&String> = arguments.strata.iter().chain(arguments.folds.columns()).collect();
    let features = arguments.candidates.of(
        &data.table.open(&data.data, global)?,
        &[&data.outcome, &arguments.follow_up.time],
        &beside,
        &data.table,
        global,
    )?;
    let columns: Vec<&str> = features
        .iter()
        .chain(beside.iter().copied())
        .map(String::as_str)
        .collect();
    let (table, follow_up, left_out) = arguments.follow_up.read(&columns, global)?;
    let x = table.matrix(&features)?;
    let strata = strata_of(&table, arguments.strata.as_ref())?;
    let penalty = &arguments.penalty;
    let settings = CoxPathSettings {
        alpha: penalty.alpha,
        standardize: penalty.standardize,
        lambda_count: penalty.nlambda,
        lambda_min_ratio: penalty.lambda_min_ratio,
        lambda: penalty.lambda(),
        penalty_factors: penalty.factors(),
    };
    let (path, cv) = if arguments.folds.cv {
        let cv = validated(arguments, &table, x.view(), &follow_up, strata.as_deref(), &settings)?;
        (cv.path.clone(), Some(cv))
    } else {
        (fit(x.view(), &follow_up, strata.as_deref(), &settings)?, None)
    };
    let warnings = cv.as_ref().map_or(&path.warnings, |cv| &cv.warnings);
    for warning in warnings.iter().filter(|_| !global.quiet) {
        tell!("radscore: {warning}");
    }
    let drawn = drawn(&path, cv.as_ref(), &features);
    if let Some(drawn) = &drawn {
        arguments.chart.write(drawn, global)?;
    }
    if global.json {
        let mut document = document(&path, cv.as_ref(), &features);
        document["left_out"] = json!(left_out);
        document["warnings"] = json!(warnings);
        super::print_json(&document)?;
    } else {
        let chart = drawn.map_or_else(String::new, |drawn| arguments.chart.text(&drawn) + "\n");
        super::print(&(chart + &text(&path, cv.as_ref(), &features, &follow_up)))?;
    }
    Ok(Outcome::Done)
}

fn validated(
    arguments: &CoxLassoArguments,
    table: &Table,
    x: ArrayView2<'_, f64>,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    settings: &CoxPathSettings,
) -> anyhow::Result<CoxCrossValidation> {
    let fold = arguments.folds.of_rows(table, Some(follow_up.event()), SeedKind::Own)?;
    let measure = match arguments.measure {
        MeasureChoice::Deviance => CoxMeasure::Deviance,
        MeasureChoice::C => CoxMeasure::Concordance,
    };
    Ok(cross_validate(x, follow_up, strata, &fold, settings, (measure, true))?)
}

fn measure_name(measure: CoxMeasure) -> &'static str {
    match measure {
        CoxMeasure::Deviance => "Partial Likelihood Deviance",
        CoxMeasure::Concordance => "C-index",
    }
}

/// The cross-validated curve, or the coefficients along the path where there is none.
fn drawn(of: &CoxPath, cv: Option<&CoxCrossValidation>, features: &[String]) -> Option<Figure> {
    match cv {
        Some(cv) => cv::figure(&cv::CvInput {
            measure: measure_name(cv.measure).to_owned(),
            lambda: cv.lambda.clone(),
            mean: cv.cvm.clone(),
            standard_error: cv.cvsd.clone(),
            counts: cv.nzero.clone(),
            lambda_min: Some(cv.lambda_min()),
            lambda_1se: Some(cv.lambda_1se()),
            chosen: None,
        }),
        None => path::figure(&path::PathInput {
            features: features.to_vec(),
            lambda: of.lambda.clone(),
            intercept: vec![0.0; of.lambda.len()],
            coefficients: super::penalised::pairs(&of.beta),
            ..path::PathInput::default()
        }),
    }
}

fn named(coefficients: &Coefficients, features: &[String]) -> Map<String, Value> {
    let pairs = coefficients.index.iter().zip(&coefficients.value);
    pairs.map(|(j, value)| (features[*j].clone(), json!(value))).collect()
}

fn document(path: &CoxPath, cv: Option<&CoxCrossValidation>, features: &[String]) -> Value {
    let mut document = json!({
        "lambda": path.lambda, "df": path.df, "dev_ratio": path.dev_ratio, "nulldev": path.nulldev,
        "beta": path.beta.iter().map(|beta| Value::Object(named(beta, features))).collect::<Vec<_>>(),
        "kkt_violation": path.kkt_violation,
    });
    if let Some(cv) = cv {
        document["cv"] = json!({
            "measure_name": measure_name(cv.measure), "lambda": cv.lambda, "cvm": cv.cvm, "cvsd": cv.cvsd, "nzero": cv.nzero,
            "lambda_min": cv.lambda_min(), "lambda_1se": cv.lambda_1se(), "index_min": cv.index_min, "index_1se": cv.index_1se,
            "folds": cv.folds,
            "coef_min": named(&path.coefficients(cv.lambda_min()), features),
            "coef_1se": named(&path.coefficients(cv.lambda_1se()), features),
        });
    }
    document
}

fn text(path: &CoxPath, cv: Option<&CoxCrossValidation>, features: &[String], follow_up: &FollowUp) -> String {
    let worst = path
        .kkt_violation
        .iter()
        .fold(0.0_f64, |worst, value| worst.max(*value));
    let mut text = format!(
        "{}\n{}\n",
        words::cox_path(follow_up.len(), follow_up.events(), path.lambda.len(), features.len()),
        lasso_words::violation(significant(worst, 2))
    );
    let Some(cv) = cv else {
        let stride = path.lambda.len().div_ceil(20).max(1);
        let rows: Vec<Vec<String>> = (0..path.lambda.len())
            .step_by(stride)
            .map(|at| {
                vec![
                    significant(path.lambda[at], 4),
                    path.df[at].to_string(),
                    significant(path.dev_ratio[at], 4),
                ]
            })
            .collect();
        return format!("{text}\n{}", aligned(&["lambda", "df", heads::EXPLAINED.text()], &rows));
    };
    for (name, at) in [("lambda.min", cv.index_min), ("lambda.1se", cv.index_1se)] {
        let coefficients = path.coefficients(cv.lambda[at]);
        text += &format!(
            "\n{}\n",
            words::chosen(
                name,
                significant(cv.lambda[at], 5),
                measure_name(cv.measure),
                significant(cv.cvm[at], 5),
                significant(cv.cvsd[at], 3),
                coefficients.index.len()
            )
        );
        let pairs = coefficients.index.iter().zip(&coefficients.value);
        let rows: Vec<Vec<String>> = pairs
            .map(|(j, value)| {
                vec![
                    features[*j].clone(),
                    significant(*value, 5),
                    significant(value.exp(), 4),
                ]
            })
            .collect();
        if !rows.is_empty() {
            text += &aligned(
                &[heads::FEATURE.text(), "coef", words::HAZARD_RATIO_A_UNIT.text()],
                &rows,
            );
        }
    }
    text
}
