//! The command line: one file a subcommand, one line here for each.

pub mod audit;
pub mod check;
pub mod generate;
pub mod progress;
pub mod run;
pub mod samplesize;
pub mod stages;
pub mod status;
pub mod summary;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use clap::{Args, Parser, Subcommand};

use crate::study::Study;
use crate::study::stage::Plan;

/// The study that is opened if none is named.
const SAMPLE_STUDY: &str = "configs/study.yaml";

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
    /// Run what is missing or stale of a study
    Run(run::RunArguments),
    /// How the stages of a study stand, and why
    Status(status::StatusArguments),
    /// Read and judge every case without extracting
    Check(check::CheckArguments),
    /// What the stages are
    Stages(stages::StagesArguments),
    /// Make the sample study
    Generate(generate::GenerateArguments),
    /// Judge a published or fitted model from what is printed about it
    Audit(audit::AuditArguments),
    /// How many cases a model needs
    Samplesize(samplesize::SampleSizeArguments),
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
    let global = &arguments.global;
    if let Some(threads) = global.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .context("the worker threads cannot be started")?;
    }
    match &arguments.command {
        Some(command) => match command {
            Command::Run(given) => run::run(given, global),
            Command::Status(given) => status::run(given, global),
            Command::Check(given) => check::run(given, global),
            Command::Stages(given) => stages::run(given, global),
            Command::Generate(given) => generate::run(given, global),
            Command::Audit(given) => audit::run(given, global),
            Command::Samplesize(given) => samplesize::run(given, global),
        },
        None => open(arguments.study.as_deref(), global),
    }
}

/// No subcommand: the terminal program, or, where there is no terminal, the study from end to end.
fn open(study: Option<&Path>, global: &Global) -> anyhow::Result<Outcome> {
    let path = study.unwrap_or(Path::new(SAMPLE_STUDY));
    if study.is_none() && !path.exists() {
        anyhow::bail!(
            "there is no {SAMPLE_STUDY} here; name a study file or a table of cases, or write the sample study here with: radscore generate sample-cases"
        );
    }
    let mut study = Study::open(path)?;
    run::perform(&mut study, &Plan::default(), global)
}

/// Prints text; a reader who has gone away (`| head`) is no error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output cannot be written")
        }
        _ => Ok(()),
    }
}

/// Prints one JSON document.
fn print_json(document: &serde_json::Value) -> anyhow::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(document)?))
}
