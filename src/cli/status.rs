//! `radscore status`: how every stage of a study stands, and why; or how the shards of a run stand.

use std::path::PathBuf;

use anyhow::bail;

use clap::Args;
use serde_json::json;

use super::{Global, Outcome, run::Opened, run_status};
use crate::study::engine::run::Standing;
use crate::study::guard::labels;
use crate::study::shards::folder::RunFolder;

/// Which study, or which run.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore status configs/study.yaml --set extraction.setting.binWidth=10\n  radscore status run --watch"
)]
pub struct StatusArguments {
    /// The study file, or a run folder
    #[arg(value_name = "STUDY|RUN")]
    study: PathBuf,
    /// Look again every ten seconds until all shards of a run are done
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    opened: Opened,
}

/// Prints the stages.
pub fn run(arguments: &StatusArguments, global: &Global) -> anyhow::Result<Outcome> {
    if RunFolder::is_one(&arguments.study) {
        if arguments.opened.is_changed() {
            bail!(
                "{}: --out, --set and --sheet are for a study; a run stands as it was planned",
                arguments.study.display()
            );
        }
        return run_status::run(&RunFolder::open(&arguments.study)?, arguments.watch, global);
    }
    if arguments.watch {
        bail!(
            "{}: --watch is for a run folder; a study shows its progress where it runs",
            arguments.study.display()
        );
    }
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
            text.push_str(&format!("{stage:<14} {}", standing.said()));
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
