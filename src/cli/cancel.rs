//! `radscore cancel`: ends the jobs of a run.

use std::path::PathBuf;

use clap::Args;

use super::printer::tell;
use super::submit::queue;
use super::{Global, Outcome};
use crate::message::english::extraction as words;
use crate::study::shards::engine::{command, slurm};
use crate::study::shards::folder::RunFolder;
use crate::study::shards::standing::Look;

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
    if folder.tally(Look::Length).left.is_empty() {
        if !global.quiet {
            tell!("every shard of this run is done: there is nothing to end");
        }
        return Ok(Outcome::Done);
    }
    let arrays = folder
        .submissions()
        .into_iter()
        .any(|submission| !submission.arrays.is_empty());
    let queued = match queue(&folder) {
        Ok(queued) => queued,
        // Without a word of Slurm in its ledger the run was done here, or by another scheduler, which is to be asked itself.
        Err(error) if !arrays => anyhow::bail!(
            "{}: nothing of this run was given to Slurm; end what runs where it was started (Ctrl-C here, or the other scheduler's own command). Slurm itself does not answer: {error}",
            arguments.run.display()
        ),
        Err(error) => return Err(error.into()),
    };
    if !queued.is_empty() {
        command::output("scancel", &slurm::cancel_arguments(folder.plan()), folder.path())?;
    }
    if !global.quiet {
        match queued.len() {
            0 => tell!("{}", words::NO_JOB_IN_QUEUE),
            _ => tell!("{}", words::TOLD_TO_END),
        }
    }
    Ok(Outcome::Done)
}
