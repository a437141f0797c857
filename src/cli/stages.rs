//! `radscore stages`: what the stages are, what each needs and makes.

use clap::Args;
use serde_json::json;

use super::{Global, Outcome};
use crate::message::english::run as words;
use crate::study::stages::STAGES;

/// No options of its own.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  radscore stages --json")]
pub struct StagesArguments {}

/// Prints the registry of stages.
pub fn run(_arguments: &StagesArguments, global: &Global) -> anyhow::Result<Outcome> {
    if global.json {
        let stages: Vec<_> = STAGES
            .iter()
            .map(|stage| {
                json!({
                    "name": stage.name(),
                    "about": stage.about(),
                    "needs": stage.needs(),
                    "makes": stage.makes(),
                })
            })
            .collect();
        super::print_json(&json!({ "stages": stages }))?;
    } else {
        super::print(&table())?;
    }
    Ok(Outcome::Done)
}

/// The stages as text.
fn table() -> String {
    let mut text = String::new();
    for stage in STAGES {
        let needs = if stage.needs().is_empty() {
            String::new()
        } else {
            format!(" {}", words::needs(stage.needs().join(", ")))
        };
        text.push_str(&format!("{:<14} {}{needs}\n", stage.name(), stage.about()));
    }
    text
}
