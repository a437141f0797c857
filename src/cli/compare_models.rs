//! `radscore compare-models`: the learners side by side, on the training rows of a study alone.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::columns::{aligned, exact, exacts};
use super::printer::tell;
use super::run::Opened;
use super::{Global, Outcome, progress};
use crate::stats::base::number::{share, share_limits, short_probability, signed_share, significant};
use crate::study::engine::run::Plan;
use crate::study::engine::stage::Stage;
use crate::study::engine::watch::Watch;
use crate::study::stages::robustness::comparison::{Compared, Comparison, compare};
use crate::study::stages::select::Select;
use crate::study::{Study, StudyError};

/// What is compared.
#[derive(Debug, Args)]
#[command(
    after_help = "Each learner is tuned and judged inside the same outer folds of the training cases, with the settings that the study file\ngives it. No test case is read, and nothing is chosen: the study's learner stays the one that its file names.\n\nExample:\n  radscore compare-models configs/study.yaml --learners ridge,random-forest"
)]
pub struct CompareModelsArguments {
    /// The study file, or a table of cases
    study: PathBuf,
    /// Which learners are compared with the study's own; all by default
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    learners: Vec<String>,
    /// Outer folds; as robustness.nested_folds by default
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=1000))]
    folds: Option<usize>,
    #[command(flatten)]
    opened: Opened,
}

/// Compares the learners.
pub fn run(arguments: &CompareModelsArguments, global: &Global) -> anyhow::Result<Outcome> {
    let mut study = arguments.opened.open(&arguments.study)?;
    let mut watch = progress::watch_without_findings(global)?;
    let plan = Plan {
        until: Some(Select::NAME.to_owned()),
        ..Plan::default()
    };
    let found = match study.run(&plan, &mut watch) {
        Ok(done) => {
            if let Some((stage, message)) = done.failed {
                anyhow::bail!("{stage}: {message}");
            }
            compared(arguments, &study, &watch)
        }
        Err(error) => Err(error),
    };
    let found = match found {
        Err(StudyError::Cancelled) => {
            tell!("radscore: {}", StudyError::Cancelled);
            return Ok(Outcome::Interrupted);
        }
        other => other?,
    };
    if global.json {
        super::print_json(&json_of(&found))?;
    } else {
        super::print(&text_of(&found))?;
    }
    Ok(Outcome::Done)
}

fn compared(arguments: &CompareModelsArguments, study: &Study, watch: &Watch) -> Result<Comparison, StudyError> {
    let asked = Compared {
        learners: arguments.learners.clone(),
        folds: arguments.folds,
    };
    compare(study, &asked, watch)
}

fn text_of(found: &Comparison) -> String {
    let level = found
        .learners
        .first()
        .map_or_else(String::new, |own| own.interval.name());
    let mut text = format!(
        "{} training cases, {} with the event; {} outer folds by patient\n\n",
        found.cases, found.events, found.folds
    );
    let auc = format!("AUC ({level})");
    let rows: Vec<Vec<String>> = (found.learners.iter())
        .map(|one| {
            let mut cells = vec![
                one.learner.clone(),
                format!("{} ({})", share(one.auc, 3), share_limits(one.interval, 3)),
                significant(one.slope, 3),
                share(one.brier, 3),
                format!("{:.1} s", one.seconds),
            ];
            cells.extend(match &one.against {
                Some(against) => [signed_share(against.difference, 3), short_probability(against.folds.p)],
                None => [String::new(), String::new()],
            });
            cells
        })
        .collect();
    text.push_str(&aligned(
        &["learner", &auc, "slope", "Brier", "time", "AUC +/-", "P"],
        &rows,
    ));
    text.push_str(&format!(
        "\nThe first is the study's own ({} learners were tried here). slope: of the calibration, 1 is perfect. AUC +/-: against\n\
         the study's own, all left-out cases together. P: of the folds' AUCs, by the t test corrected for overlapping folds\n\
         (Nadeau & Bengio 2003). No test case was read. Whoever changes the learner because of this table reports that it\n\
         was chosen among these. The nested cross-validation of the study (robustness) is another: it learns from all cases.\n",
        found.learners.len()
    ));
    text
}

fn json_of(found: &Comparison) -> serde_json::Value {
    let learners: Vec<_> = (found.learners.iter())
        .map(|one| {
            json!({
                "learner": one.learner,
                "auc": exact(one.auc),
                "lower": exact(one.interval.lower),
                "upper": exact(one.interval.upper),
                "level": exact(one.interval.level),
                "auc_of_folds": exacts(&one.areas),
                "calibration_intercept": exact(one.intercept),
                "calibration_slope": exact(one.slope),
                "brier": exact(one.brier),
                "seconds": exact(one.seconds),
                "against_own": one.against.map(|against| json!({
                    "difference": exact(against.difference),
                    "lower": exact(against.interval.lower),
                    "upper": exact(against.interval.upper),
                    "mean_of_folds": exact(against.folds.difference),
                    "t": exact(against.folds.t),
                    "p": exact(against.folds.p),
                })),
            })
        })
        .collect();
    json!({ "cases": found.cases, "events": found.events, "folds": found.folds, "learners": learners })
}
