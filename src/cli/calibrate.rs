//! `radscore calibrate`: calibration of a model on its own rows, corrected for optimism, as rms does.

use std::path::PathBuf;

use serde_json::json;

use super::chart::ChartFiles;
use super::choice::{Seeds, SeparatedResamples};
use super::columns::{OutcomeArguments, ResampleArguments, aligned, count, exact, exacts};
use super::missing::MissingArguments;
use super::terms::{ModelRows, TermOptions};
use super::{Global, Outcome};
use crate::figure::calibration::{self, CalibrationInput};
use crate::message::Message;
use crate::message::english::figure as drawn_words;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::share;
use crate::stats::validation::calibration::corrected::calibrate;
use crate::stats::validation::refitting::{Resampling, Separated, cross_validation_groups};
use crate::study::resample_table::read_resamples;

/// Rows, terms and resamples of a model that is fitted again and again.
#[derive(Debug, Clone, clap::Args)]
pub struct ResampledModelArguments {
    #[command(flatten)]
    pub(super) data: OutcomeArguments,
    /// The terms of the logistic model: columns, a:b for an interaction, a*b for both with theirs
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    pub(super) terms: Vec<String>,
    #[command(flatten)]
    pub(super) options: TermOptions,
    #[command(flatten)]
    missing: MissingArguments,
    #[command(flatten)]
    pub(super) resample: ResampleArguments,
    /// A table of resamples: one a row, row indices from 0
    #[arg(long, value_name = "INDICES.csv", conflicts_with = "bootstrap")]
    pub(super) resamples: Option<PathBuf>,
    /// Cross-validation in this many groups instead of the bootstrap
    #[arg(long, value_name = "GROUPS", value_parser = count::<2>, conflicts_with_all = ["bootstrap", "resamples"])]
    pub(super) cross_validation: Option<usize>,
    /// What becomes of a resample in which the outcome is separated, so that the model has no fit: left-out, or kept as rms 6
    /// keeps it (rms), or with Firth's penalty (firth). Without it: rms where --seed-kind is r, else left-out
    #[arg(long, value_name = "RULE")]
    separated: Option<SeparatedResamples>,
}

/// How a model is resampled.
pub(super) enum Drawn {
    Bootstrap(Vec<Vec<usize>>),
    CrossValidation(Vec<Vec<usize>>),
}

impl ResampledModelArguments {
    /// The complete rows and the model's design on them.
    pub(super) fn read(&self, global: &Global) -> anyhow::Result<ModelRows> {
        self.read_beside(&[], global)
    }

    /// The rows that have a value of further columns too.
    pub(super) fn read_beside(&self, beside: &[String], global: &Global) -> anyhow::Result<ModelRows> {
        self.missing.of_one_model()?;
        self.options.read(&self.data, &self.terms, beside, global)
    }

    /// What becomes of separated resamples: R's seed asks for R's answer.
    pub(super) fn separated(&self) -> Separated {
        match (self.separated, self.resample.seed_kind) {
            (Some(asked), _) => asked.value(),
            (None, Seeds::R) => Separated::AsRms,
            (None, Seeds::Own) => Separated::LeftOut,
        }
    }

    /// What became of resamples that the model does not fit, in lines.
    pub(super) fn unfitted_words(&self, separated: usize, failed: usize) -> String {
        let mut text = String::new();
        if separated > 0 {
            let how = match self.separated() {
                Separated::AsRms => words::AS_RMS.text(),
                Separated::Firth => words::WITH_FIRTH.text(),
                Separated::LeftOut => words::LEFT_OUT.text(),
            };
            text.push_str(&format!("{}\n", words::separated(separated, how)));
        }
        if failed > 0 {
            text.push_str(&format!("{}\n", words::resamples_left_out(failed)));
        }
        text
    }

    /// The resamples of `rows` rows; `usual` is how many where no number is given.
    pub(super) fn draw(&self, rows: usize, usual: usize) -> anyhow::Result<Drawn> {
        if let Some(groups) = self.cross_validation {
            return Ok(Drawn::CrossValidation(cross_validation_groups(
                &self.resample.permutation(rows),
                groups,
            )?));
        }
        Ok(Drawn::Bootstrap(match &self.resamples {
            Some(path) => read_resamples(path, rows)?,
            None => self.resample.resamples(rows, self.resample.bootstrap.unwrap_or(usual)),
        }))
    }
}

impl Drawn {
    pub(super) fn resampling(&self) -> Resampling<'_> {
        match self {
            Self::Bootstrap(sets) => Resampling::Bootstrap(sets),
            Self::CrossValidation(sets) => Resampling::CrossValidation(sets),
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Bootstrap(sets) => words::bootstrap_resamples(sets.len()).to_string(),
            Self::CrossValidation(sets) => words::cross_validation(sets.len()).to_string(),
        }
    }
}

/// What `radscore calibrate` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Example:\n  radscore calibrate tests/golden/stats/data/clin80.csv --outcome y --terms radscore,smoking,nerve --bootstrap 1000"
)]
pub struct CalibrateArguments {
    #[command(flatten)]
    model: ResampledModelArguments,
    #[command(flatten)]
    chart: ChartFiles,
}

/// Runs `radscore calibrate`.
pub fn run(arguments: &CalibrateArguments, global: &Global) -> anyhow::Result<Outcome> {
    let model = &arguments.model;
    arguments.chart.judge(model.data.inputs())?;
    let complete = model.read(global)?;
    let drawn = model.draw(complete.outcome.len(), 1000)?;
    let design = complete.design.matrix();
    let found = calibrate(design.view(), &complete.outcome, drawn.resampling(), model.separated())?;
    let chart = || {
        let input = CalibrationInput {
            name: complete.formula(),
            predicted: found.predy.clone(),
            apparent: found.apparent.clone(),
            corrected: found.corrected.clone(),
            risks: found.predicted.clone(),
            figures: vec![
                (drawn_words::MAE.into(), found.mae),
                (drawn_words::MSE.into(), found.mse),
            ],
            remark: Some(Message::verbatim(drawn.words())),
        };
        calibration::figure(&input)
    };
    arguments.chart.draw(chart, global)?;
    if global.json {
        super::print_json(&json!({
            "predy": exacts(&found.predy), "apparent": exacts(&found.apparent), "optimism": exacts(&found.optimism),
            "corrected": exacts(&found.corrected), "n": found.n, "predicted": exacts(&found.predicted),
            "mae": exact(found.mae), "mse": exact(found.mse), "q90": exact(found.q90), "n_used": found.n_used,
            "training": exacts(&found.training), "test": exacts(&found.test),
            "resamples": found.resamples, "failed": found.failed, "separated": found.separated, "left_out": complete.left_out,
            "coding": complete.coding_json(),
        }))?;
        return Ok(Outcome::Done);
    }
    let mut text = format!(
        "{}\n{}\n",
        words::calibration_of(
            &model.data.outcome,
            complete.formula(),
            complete.outcome.len(),
            drawn.words()
        ),
        complete.coding()
    );
    let rows: Vec<Vec<String>> = (0..found.predy.len())
        .filter(|point| point % 7 == 0)
        .map(|point| {
            vec![
                share(found.predy[point], 4),
                share(found.apparent[point], 4),
                share(found.optimism[point], 4),
                share(found.corrected[point], 4),
                found.n[point].to_string(),
            ]
        })
        .collect();
    text.push_str(&aligned(
        &[
            heads::RISK.text(),
            heads::APPARENT.text(),
            heads::OPTIMISM.text(),
            heads::CORRECTED.text(),
            heads::RESAMPLES.text(),
        ],
        &rows,
    ));
    text.push_str(&format!(
        "\n{}\n",
        words::calibration_errors(
            found.predicted.len(),
            share(found.mae, 3),
            share(found.mse, 5),
            share(found.q90, 3)
        )
    ));
    text.push_str(&format!("{}\n", words::SQUARED_ERROR));
    text.push_str(&model.unfitted_words(found.separated, found.failed));
    super::print(&text)?;
    Ok(Outcome::Done)
}
