//! `radscore status`: how every stage of a study stands, and why.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Global, Outcome, run::Opened};
use crate::study::engine::run::Standing;
use crate::study::guard::labels;

/// Which study.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  radscore status configs/study.yaml --set extraction.setting.binWidth=10")]
pub struct StatusArguments {
    /// The study file
    study: PathBuf,
    #[command(flatten)]
    opened: Opened,
}

/// Prints the stages.
pub fn run(arguments: &StatusArguments, global: &Global) -> anyhow::Result<Outcome> {
    let study = arguments.opened.open(&arguments.study)?;
    let standings = study.standings();
    if global.json {
        let stages: Vec<_> = standings
            .iter()
            .map(|(stage, standing)| {
                let notes = study
                    .record(stage)
                    .map(|record| record.notes.clone())
                    .unwrap_or_default();
                json!({ "stage": stage, "state": standing.word(), "reason": standing.reason(), "notes": notes })
            })
            .collect();
        super::print_json(&json!({ "study": study.config().title, "labels": labels(&study), "stages": stages }))?;
    } else {
        let mut text = labels(&study)
            .iter()
            .fold(String::new(), |text, label| text + &label.to_string() + "\n");
        for (stage, standing) in &standings {
            text.push_str(&format!("{stage:<14} {}", standing.word()));
            if let Some(reason) = standing.reason() {
                text.push_str(&format!(" ({reason})"));
            }
            text.push('\n');
            if *standing == Standing::Fresh
                && let Some(record) = study.record(stage)
            {
                for note in &record.notes {
                    text.push_str(&format!("{:<14}   {note}\n", ""));
                }
            }
        }
        super::print(&text)?;
    }
    Ok(Outcome::Done)
}
