//! The command line: one file a subcommand, one line here for each.

pub mod generate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// How a command ended, as an exit code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done: 0
    Done,
    /// A case or a stage failed: 1
    Failed,
    /// Interrupted: 130
    Interrupted,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// No messages and no progress on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// More messages on standard error
    #[arg(long, global = true)]
    pub verbose: bool,
    /// Colours: auto, always, never, 16, 256 or true
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub color: String,
    /// Worker threads; all cores if not given
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

/// Radiomics from scans to a judged model, in one terminal.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The study to open; the sample study if not given
    study: Option<PathBuf>,
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the sample study
    Generate(generate::GenerateArguments),
}

/// Parses the arguments, runs the command, prints the error chain, and gives the exit code of the contract.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("radscore: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        Some(command) => match command {
            Command::Generate(given) => generate::run(given, &arguments.global),
        },
        None => anyhow::bail!("no study can be opened yet"),
    }
}
