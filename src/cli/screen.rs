//! `radscore screen`: a first look at features against the outcome; never before the split.

use ndarray::{Array2, Axis};
use serde_json::json;

use super::columns::{Complete, OutcomeArguments, aligned, exacts, not_the_outcome};
use super::missing::{MissingArguments, MissingRule, rows_with_outcome};
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::{probability, share, significant};
use crate::stats::selection::screening::{
    CorrelationFilter, FeatureScreen, correlations, find_correlation, rank_correlations, screen,
};
use crate::study::table::Table;

/// What `radscore screen` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Screening against the outcome belongs inside the training rows: on all rows, before a split, it leaks.\n\nExample:\n  radscore screen tests/golden/stats/data/rad80.csv --outcome y_bin --exclude y_num,fold10,fold5,loo --correlation 0.9"
)]
pub struct ScreenArguments {
    #[command(flatten)]
    data: OutcomeArguments,
    #[command(flatten)]
    missing: MissingArguments,
    /// The features; all other columns of numbers where none is named
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    features: Vec<String>,
    /// Columns that are no features
    #[arg(long, value_name = "COL,…", value_delimiter = ',', conflicts_with = "features")]
    exclude: Vec<String>,
    /// Remove features until no two correlate above this (caret's findCorrelation)
    #[arg(long, value_name = "X", default_value_t = 0.9)]
    correlation: f64,
    /// Spearman's rank correlation instead of Pearson's
    #[arg(long)]
    spearman: bool,
}

/// Runs `radscore screen`.
pub fn run(arguments: &ScreenArguments, global: &Global) -> anyhow::Result<Outcome> {
    let table = arguments.data.table.open(&arguments.data.data, global)?;
    let mut except: Vec<&str> = arguments.exclude.iter().map(String::as_str).collect();
    except.push(&arguments.data.outcome);
    not_the_outcome(&arguments.data.outcome, &arguments.features)?;
    let features = if arguments.features.is_empty() {
        arguments
            .data
            .table
            .without_names(table.number_columns(&except), global)
    } else {
        arguments.features.clone()
    };
    let outcome = (arguments.data.outcome.as_str(), arguments.data.event.as_deref());
    let Rows {
        design,
        outcome,
        left_out,
    } = rows(&table, outcome, &features, arguments.missing.rule, global)?;
    let found = screen(design.view(), &outcome)?;
    let counts: Vec<usize> = design
        .columns()
        .into_iter()
        .map(|column| column.iter().filter(|value| !value.is_nan()).count())
        .collect();
    let own_rows = counts.iter().any(|count| *count != outcome.len());
    let constant: Vec<&str> = features
        .iter()
        .zip(&found)
        .filter(|(_, found)| found.variance == 0.0)
        .map(|(name, _)| name.as_str())
        .collect();
    let varying: Vec<usize> = (0..found.len()).filter(|&at| found[at].variance > 0.0).collect();
    let kept = design.select(Axis(1), &varying);
    let matrix = if arguments.spearman {
        rank_correlations(kept.view())
    } else {
        correlations(kept.view())
    };
    // caret's default: exact below 100 columns.
    let removed: Vec<usize> = if varying.len() < 2 {
        Vec::new()
    } else {
        find_correlation(
            matrix.view(),
            arguments.correlation,
            CorrelationFilter::of_caret(varying.len()),
        )?
        .into_iter()
        .map(|at| varying[at])
        .collect()
    };
    if global.json {
        let of = |value: &dyn Fn(&FeatureScreen) -> f64| exacts(&found.iter().map(value).collect::<Vec<f64>>());
        super::print_json(&json!({
            "features": features,
            "variance": of(&|found| found.variance), "constant": constant,
            "wilcoxon_p_nocorrect": of(&|found| found.mann_whitney_p), "wilcoxon_bh": of(&|found| found.mann_whitney_bh),
            "welch_p": of(&|found| found.welch_p), "welch_bh": of(&|found| found.welch_bh),
            "auc": of(&|found| found.auc),
            "direction": found.iter().map(|found| found.direction.sign()).collect::<Vec<_>>(),
            "find_correlation_removed0": removed,
            "find_correlation_removed": removed.iter().map(|&at| &features[at]).collect::<Vec<_>>(),
            "n": counts, "left_out": left_out,
        }))?;
        return Ok(Outcome::Done);
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&left, &right| found[left].mann_whitney_p.total_cmp(&found[right].mann_whitney_p));
    let rows: Vec<Vec<String>> = order
        .iter()
        .map(|&at| {
            let one = &found[at];
            let mut cells = vec![
                features[at].clone(),
                significant(one.variance, 5),
                probability(one.mann_whitney_p),
                probability(one.mann_whitney_bh),
                probability(one.welch_p),
                probability(one.welch_bh),
                format!("{} {}", share(one.auc, 4), one.direction.sign()),
                if removed.contains(&at) {
                    words::REMOVED.text()
                } else {
                    ""
                }
                .to_owned(),
            ];
            if own_rows {
                cells.push(counts[at].to_string());
            }
            cells
        })
        .collect();
    let mut text = format!("{}\n\n", words::features_rows(features.len(), outcome.len()));
    let filter = format!("|r| > {}", arguments.correlation);
    let mut header = vec![
        "feature",
        heads::VARIANCE.text(),
        heads::MANN_WHITNEY_P.text(),
        "BH",
        "Welch P",
        "BH",
        heads::AUC_AUTO.text(),
        &filter,
    ];
    if own_rows {
        header.push(heads::ROWS.text());
    }
    text.push_str(&aligned(&header, &rows));
    if own_rows {
        text.push_str(&format!("{}\n", words::EACH_FEATURE_ON_ITS_ROWS));
    }
    if !constant.is_empty() {
        text.push_str(&format!("\n{}\n", words::constant(constant.join(", "))));
    }
    text.push_str(&format!("\n{}\n{}\n", words::ADJUSTED, words::FOR_TRAINING_ROWS));
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// The features of the rows that count.
struct Rows {
    design: Array2<f64>,
    outcome: Vec<bool>,
    left_out: usize,
}

fn rows(
    table: &Table,
    outcome: (&str, Option<&str>),
    features: &[String],
    rule: MissingRule,
    global: &Global,
) -> anyhow::Result<Rows> {
    rule.refuse(
        MissingRule::Impute,
        "a feature that is looked at by itself is not imputed by others; say available",
    )?;
    if rule == MissingRule::Complete {
        let complete = Complete::new(table, outcome.0, outcome.1, features, global)?;
        return Ok(Rows {
            design: complete.design(),
            left_out: complete.left_out,
            outcome: complete.outcome,
        });
    }
    let (rows, outcome) = rows_with_outcome(table, outcome, global)?;
    Ok(Rows {
        design: table.matrix(features)?.select(Axis(0), &rows),
        left_out: table.rows.len() - rows.len(),
        outcome,
    })
}
