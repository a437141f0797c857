//! `radscore report`: the report of a study, with its figures and tables.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Global, Outcome, run::Opened};
use crate::study::report;

/// Which study.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  radscore report configs/study.yaml")]
pub struct ReportArguments {
    /// The study file
    study: PathBuf,
    #[command(flatten)]
    opened: Opened,
}

/// Writes the report from what the study has found so far.
pub fn run(arguments: &ReportArguments, global: &Global) -> anyhow::Result<Outcome> {
    let study = arguments.opened.open(&arguments.study)?;
    if study.results().split().is_none() {
        anyhow::bail!(
            "{} has no results to report yet; run: radscore run {}",
            study.out().display(),
            arguments.study.display()
        );
    }
    let files = report::write(&study)?;
    if global.json {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        super::print_json(&json!({ "files": files }))?;
    } else {
        super::print(&format!("{}\n", study.out().join("report.md").display()))?;
    }
    Ok(Outcome::Done)
}
