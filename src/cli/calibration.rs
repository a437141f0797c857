//! `radscore calibration`: how a frozen model's risks fare on new data.

use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::{Value, json};

use super::chart::ChartFiles;
use super::columns::{TableArguments, aligned, complete_rows, ends, events, exact, exacts, lower_ends, upper_ends};
use super::frozen::{Frozen, outcome_of};
use super::{Global, Outcome};
use crate::figure::calibration::{self, CalibrationInput};
use crate::message::english::figure as drawn_words;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::{common_level, common_name, interval_name};
use crate::stats::base::number::{probability, share, share_limits, significant};
use crate::stats::validation::calibration::curve::{CurveDistances, SmoothCurve};
use crate::stats::validation::calibration::frozen::{Estimate, FrozenCalibration, frozen_calibration, frozen_grid};
use crate::stats::validation::calibration::hosmer_lemeshow::hosmer_lemeshow;
use crate::study::table::Table;

/// What `radscore calibration` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "A model is a file that a study wrote, as results/fit/model-2.json.\n\nExample:\n  radscore calibration tests/golden/stats/data/roc_pair40.csv --risk m2 --outcome y"
)]
pub struct CalibrationArguments {
    /// A fitted model and a table, or with --risk a table alone
    #[arg(value_name = "[MODEL.json] DATA.csv", num_args = 1..=2, required = true)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    table: TableArguments,
    /// The column with the predicted risks, instead of a model
    #[arg(long, value_name = "COL")]
    risk: Option<String>,
    /// The column with the outcome; the model's own where it is not given
    #[arg(long, value_name = "COL")]
    outcome: Option<String>,
    /// The value of the outcome that is the event; the model's own, or 1
    #[arg(long, value_name = "VALUE")]
    event: Option<String>,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,
    #[command(flatten)]
    chart: ChartFiles,
}

/// Runs `radscore calibration`.
pub fn run(arguments: &CalibrationArguments, global: &Global) -> anyhow::Result<Outcome> {
    let read: Vec<&Path> = (arguments.inputs.iter().map(PathBuf::as_path))
        .chain(arguments.table.joined())
        .collect();
    arguments.chart.judge(read)?;
    let (whole, source) = inputs(arguments, global)?;
    let sources = [source];
    let (column, event) = outcome_of(arguments.outcome.as_deref(), arguments.event.as_deref(), &sources)?;
    let [source] = &sources;
    let predictors = source.columns(&whole)?;
    let needed: Vec<&str> = std::iter::once(column)
        .chain(predictors.iter().map(String::as_str))
        .collect();
    let table = whole.select_rows(&complete_rows(&whole, &needed, global)?);
    let left_out = whole.rows.len() - table.rows.len();
    let outcome: Vec<bool> = events(&table, column, event)?
        .into_iter()
        .map(|event| event == Some(true))
        .collect();
    let risks = source.risks(&table)?;
    let name = source.name();
    let found = frozen_calibration(&outcome, &risks, arguments.level)?;
    let on_grid = (risks.len() > 10).then(|| frozen_grid(&outcome, &risks)).transpose()?;
    let groups = hosmer_lemeshow(&outcome, &risks, 10, false).ok();
    let chart = || {
        let input = CalibrationInput {
            name: name.to_owned(),
            predicted: found.curve.predicted.clone(),
            apparent: found.curve.observed.clone(),
            corrected: Vec::new(),
            risks: risks.clone(),
            figures: vec![
                (drawn_words::SLOPE.into(), found.slope.value),
                (drawn_words::INTERCEPT.into(), found.intercept.value),
                (drawn_words::BRIER.into(), found.brier),
            ],
            remark: Some(drawn_words::FROZEN.into()),
        };
        calibration::figure(&input)
    };
    arguments.chart.draw(chart, global)?;
    if global.json {
        let mut document = document(&found);
        document["left_out"] = json!(left_out);
        document["remarks"] = source.remarks().iter().cloned().collect();
        if let Some(on_grid) = &on_grid {
            document["grid"] = json!({"predy": exacts(&on_grid.predy), "curve": exacts(&on_grid.curve),
                "mae": exact(on_grid.errors.mae), "mse": exact(on_grid.errors.mse), "q90": exact(on_grid.errors.q90), "n_used": on_grid.errors.n_used});
        }
        if let Some(groups) = &groups {
            document["hosmer_lemeshow"] =
                json!({"statistic": exact(groups.statistic), "df": groups.df, "p": exact(groups.p_value)});
        }
        super::print_json(&document)?;
        return Ok(Outcome::Done);
    }
    let remarks = source.remarks().iter();
    let mut text = remarks.fold(String::new(), |text, remark| text + remark + "\n");
    text.push_str(&format!(
        "{}\n{}\n\n",
        words::frozen_calibration(name),
        words::rows_events_risk(found.n, found.events, share(found.mean_risk, 4))
    ));
    let interval = interval_name(arguments.level);
    let row = |name: &str, estimate: &Estimate, ideal: &str| {
        vec![
            name.to_owned(),
            share(estimate.value, 4),
            share_limits(estimate.ci, 4),
            ideal.to_owned(),
        ]
    };
    let rows = vec![
        row(words::OBSERVED_EXPECTED.text(), &found.oe, "1"),
        row(words::INTERCEPT_AT_SLOPE_1.text(), &found.intercept, "0"),
        row(heads::SLOPE.text(), &found.slope, "1"),
    ];
    text.push_str(&aligned(
        &["", heads::VALUE.text(), &interval, heads::IDEAL.text()],
        &rows,
    ));
    if found.without_logit > 0 {
        text.push_str(&format!("{}\n", words::without_logit(found.without_logit)));
    }
    text.push_str(&format!(
        "\n{}\n",
        words::brier(share(found.brier, 4), share(found.brier_scaled, 4), share(found.c, 4))
    ));
    text.push_str(&distances(&found));
    text.push_str(&format!(
        "{}\n",
        words::spiegelhalter(
            significant(found.spiegelhalter_z, 4),
            probability(found.spiegelhalter_p),
            significant(found.u_chi_squared, 4),
            probability(found.u_p)
        )
    ));
    if let Some(groups) = &groups {
        text.push_str(&format!(
            "{}\n",
            words::hosmer_lemeshow(significant(groups.statistic, 4), groups.df, probability(groups.p_value))
        ));
    }
    if let Some(on_grid) = &on_grid {
        text.push_str(&format!(
            "{}\n",
            words::distance_by_rms(share(on_grid.errors.mae, 4), share(on_grid.errors.mse, 5))
        ));
    }
    text.push_str(&curve(&found.curve));
    super::print(&text)?;
    Ok(Outcome::Done)
}

fn inputs(arguments: &CalibrationArguments, global: &Global) -> anyhow::Result<(Table, Frozen)> {
    match (arguments.inputs.as_slice(), &arguments.risk) {
        ([data], Some(column)) => Ok((arguments.table.open(data, global)?, Frozen::Column(column.clone()))),
        ([model, data], None) => {
            let model = Frozen::read(model)?;
            Ok((arguments.table.open(data, global)?, model))
        }
        _ => bail!("give a model and a table, or a table and --risk COL"),
    }
}

/// How far the risks lie from either curve, in lines.
pub(super) fn distances(found: &FrozenCalibration) -> String {
    let line = |name: &str, from: &CurveDistances| {
        format!(
            "{}\n",
            words::distances(
                name,
                share(from.ici, 4),
                share(from.e50, 4),
                share(from.e90, 4),
                share(from.emax, 4)
            )
        )
    };
    line(words::BY_LOESS.text(), &found.by_loess) + &line(words::BY_LOWESS.text(), &found.by_lowess)
}

/// Some points of both curves, in lines.
pub(super) fn curve(curve: &SmoothCurve) -> String {
    let rows: Vec<Vec<String>> = (0..curve.predicted.len())
        .step_by(10)
        .map(|point| {
            vec![
                share(curve.predicted[point], 4),
                share(curve.observed[point], 4),
                share_limits(curve.limits[point], 4),
                share(curve.by_loess[point], 4),
            ]
        })
        .collect();
    let interval = common_name(curve.limits.iter().copied());
    format!(
        "\n{}",
        aligned(
            &[
                heads::RISK.text(),
                heads::OBSERVED_LOWESS.text(),
                &interval,
                heads::LOESS.text()
            ],
            &rows
        )
    )
}

/// Calibration as JSON.
pub(super) fn document(found: &FrozenCalibration) -> Value {
    let limits = &found.curve.limits;
    let estimate = |estimate: &Estimate| json!({"value": exact(estimate.value), "se": exact(estimate.se), "ci": ends(estimate.ci), "level": estimate.ci.level});
    json!({
        "n": found.n, "events": found.events, "mean_risk": exact(found.mean_risk),
        "oe_ratio": exact(found.oe.value), "oe": estimate(&found.oe),
        "calib_intercept_offset": exact(found.intercept.value), "intercept": estimate(&found.intercept),
        "calib_slope": exact(found.slope.value), "slope": estimate(&found.slope),
        "brier": exact(found.brier), "brier_scaled": exact(found.brier_scaled),
        "ici": exact(found.by_loess.ici), "e50": exact(found.by_loess.e50), "e90": exact(found.by_loess.e90),
        "emax": exact(found.by_loess.emax), "smoother_of_ici": "loess",
        "curve": {"predicted": exacts(&found.curve.predicted), "observed": exacts(&found.curve.observed),
                  "lower": lower_ends(limits),
                  "upper": upper_ends(limits),
                  "level": common_level(limits.iter().copied()), "smoother": "lowess",
                  "observed_by_loess": exacts(&found.curve.by_loess)},
        "without_logit": found.without_logit,
        "val_prob": {
            "Dxy": exact(found.dxy), "C (ROC)": exact(found.c), "R2": exact(found.r2), "D": exact(found.d),
            "D:Chi-sq": exact(found.d_chi_squared), "U": exact(found.u), "U:Chi-sq": exact(found.u_chi_squared),
            "U:p": exact(found.u_p), "Q": exact(found.q), "Brier": exact(found.brier),
            "Intercept": exact(found.joint_intercept.value), "Slope": exact(found.slope.value),
            "Emax": exact(found.by_lowess.emax), "E90": exact(found.by_lowess.e90), "Eavg": exact(found.by_lowess.ici),
            "S:z": exact(found.spiegelhalter_z), "S:p": exact(found.spiegelhalter_p),
        },
    })
}
