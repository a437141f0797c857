//! `radscore cancel`: ends the jobs of a run.

use std::path::PathBuf;

use clap::Args;

use super::printer::tell;
use super::submit::queue;
use super::{Global, Outcome};
use crate::study::shards::engine::{command, slurm};
use crate::study::shards::folder::RunFolder;

/// Which run.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  radscore cancel run       (what is finished stays: radscore submit run --engine slurm --resume)"
)]
pub struct CancelArguments {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

/// Ends every job that has the run's name, whatever number it has.
pub fn run(arguments: &CancelArguments, global: &Global) -> anyhow::Result<Outcome> {
    let folder = RunFolder::open(&arguments.run)?;
    let queued = queue(&folder)?;
    if !queued.is_empty() {
        command::output("scancel", &slurm::cancel_arguments(folder.plan()), folder.path())?;
    }
    if !global.quiet {
        match queued.len() {
            0 => tell!("no job of this run is in the queue"),
            _ => tell!("the jobs of this run were told to end; radscore submit RUN --engine slurm --resume goes on"),
        }
    }
    Ok(Outcome::Done)
}
