//! The command line: one file a subcommand, one line here for each.

pub mod agree;
pub mod audit;
pub mod calibrate;
pub mod calibration;
pub mod cancel;
mod chart;
pub mod check;
mod choice;
pub mod columns;
pub mod combat;
pub mod compare;
pub mod compare_models;
pub mod cox;
pub mod cox_lasso;
pub mod decide;
pub mod dice;
#[cfg(feature = "dicom")]
pub mod dicom;
pub mod explain;
pub mod export;
pub mod external;
pub mod extract;
pub mod features;
mod follow_up;
mod frozen;
pub mod generate;
mod global;
mod guard;
pub mod icc;
pub mod imputed;
mod interactive;
pub mod km;
pub mod lasso;
mod lasso_resampling;
pub mod leave_out;
pub mod logistic;
pub mod mend;
pub mod merge;
pub mod missing;
pub mod multiverse;
pub mod new;
pub mod nomogram;
mod opening;
mod output_file;
mod paper;
mod penalised;
mod picture;
pub mod plan;
pub mod predict;
mod printer;
pub mod progress;
mod reclassified;
pub mod report;
pub mod roc;
pub mod run;
mod run_status;
mod running;
pub mod samplesize;
pub mod screen;
pub mod selftest;
pub mod show;
pub mod stages;
pub mod status;
mod study_pieces;
pub mod submit;
pub mod summary;
pub mod table1;
mod terms;
pub mod validate;
pub mod verify;
pub mod view;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{FromArgMatches, Parser, Subcommand};

use crate::message::nearest::nearest;
use crate::study::Study;
use crate::study::engine::run::Plan;
use global::at_a_terminal;
use opening::Opening;
use printer::{print, print_data, print_json, tell};

pub use global::{ColorWord, Global, Look, Outcome, ThemeWord};
pub use interactive::{Interactive, Screens};

/// Radiomics from scans to a judged model, in one terminal.
#[derive(Debug, Parser)]
#[command(
    version,
    override_usage = "radscore [OPTIONS] [STUDY]\n       radscore [OPTIONS] <COMMAND>"
)]
struct Arguments {
    /// The study to open, or a folder with one; the study here if not given
    study: Option<PathBuf>,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a study of your own scans and tables
    New(Box<new::NewArguments>),
    /// Run what is missing or stale of a study
    Run(run::RunArguments),
    /// Write the report of a study: report.md with its figures and tables
    Report(report::ReportArguments),
    /// How the stages of a study stand, and why; or the shards of a run
    Status(status::StatusArguments),
    /// Read and judge every case without extracting
    Check(check::CheckArguments),
    /// Apply a fitted model to a new scan or to a table of features
    Predict(predict::PredictArguments),
    /// Whether what a model's file says of itself holds
    Verify(verify::VerifyArguments),
    /// A model as a page that calculates, as a script in R or Python, or as one file that travels
    Export(export::ExportArguments),
    /// Judge a published or fitted model from what is printed about it
    Audit(audit::AuditArguments),
    /// The series in a folder of DICOM files, and a table of cases made of them
    #[cfg(feature = "dicom")]
    Dicom(dicom::DicomArguments),
    /// Features of an image and a mask, or of a batch, as pyradiomics gives them
    Extract(Box<extract::ExtractArguments>),
    /// Cut a large batch into shards for a cluster, and say what it is going to cost
    Plan(Box<plan::PlanArguments>),
    /// Have the shards of a run done: by Slurm, here, or by job files for other schedulers
    Submit(submit::SubmitArguments),
    /// The rows of all shards of a run as one table
    Merge(merge::MergeArguments),
    /// End the jobs of a run; what is finished stays
    Cancel(cancel::CancelArguments),
    /// Every feature, image type and setting
    Features(features::FeaturesArguments),
    /// What the stages are
    Stages(stages::StagesArguments),
    /// One figure or table of a study, as text, picture or CSV
    Show(show::ShowArguments),
    /// Slices of a scan with its mask; interactive on a terminal
    View(view::ViewArguments),
    /// Why the features of two extractions differ
    Explain(explain::ExplainArguments),
    /// Hold the program to the values of a standard
    Selftest(selftest::SelftestArguments),
    /// The LASSO path of a table, cross-validated if asked for
    Lasso(lasso::LassoArguments),
    /// Logistic regression of a table's outcome
    Logistic(logistic::LogisticArguments),
    /// Kaplan-Meier curves of groups with numbers at risk, and the log-rank test
    Km(km::KmArguments),
    /// Cox regression of a table's follow-up
    Cox(cox::CoxArguments),
    /// The LASSO path of a table's follow-up, cross-validated if asked for
    CoxLasso(Box<cox_lasso::CoxLassoArguments>),
    /// ROC curves, areas with intervals, cut-offs, DeLong's tests
    Roc(roc::RocArguments),
    /// Calibration of a model on its own rows, corrected for optimism (rms)
    Calibrate(calibrate::CalibrateArguments),
    /// Calibration of a frozen model on new data
    Calibration(calibration::CalibrationArguments),
    /// A frozen model on other people's patients: discrimination, calibration, benefit, case-mix, centres
    External(Box<external::ExternalArguments>),
    /// A model's indices, corrected for optimism (rms)
    Validate(validate::ValidateArguments),
    /// Decision curves of frozen risks
    Decide(decide::DecideArguments),
    /// A nomogram's points, total points and risk
    Nomogram(nomogram::NomogramArguments),
    /// The table of patients' characteristics
    Table1(table1::Table1Arguments),
    /// Intraclass correlations of readers' features
    Icc(icc::IccArguments),
    /// Agreement of two columns: kappa, concordance, Bland-Altman
    Agree(agree::AgreeArguments),
    /// Overlap of two masks
    Dice(dice::DiceArguments),
    /// Mend a mask step by step, or grow one from seeds, and write it beside the original
    Mend(mend::MendArguments),
    /// A first look at features against the outcome
    Screen(screen::ScreenArguments),
    /// The features of several centres made comparable (ComBat)
    Combat(combat::CombatArguments),
    /// The learners side by side, by outer folds of a study's training cases
    CompareModels(compare_models::CompareModelsArguments),
    /// The study under every combination of other choices, judged on its training cases
    Multiverse(multiverse::MultiverseArguments),
    /// Every test of a variable between groups, named
    Compare(compare::CompareArguments),
    /// How many cases a model needs
    Samplesize(samplesize::SampleSizeArguments),
    /// Make the sample study, the manual page or the completions of a shell
    Generate(generate::GenerateArguments),
}

/// Parses the arguments, runs the command, prints the error chain, and gives the exit code of the contract.
pub fn main(screens: Screens) -> ExitCode {
    if let Some(meant) = std::env::args().nth(1).and_then(|word| misspelt(&word)) {
        tell!("radscore: {meant}");
        return ExitCode::from(2);
    }
    let given = command_line().get_matches_from(extract::plain_options(std::env::args_os()));
    let arguments = Arguments::from_arg_matches(&given).unwrap_or_else(|error| error.exit());
    if let (Some(study), Some(command)) = (&arguments.study, given.subcommand_name()) {
        tell!(
            "radscore: \"{}\" stands before the command {command}; what a command reads stands behind it: radscore {command} …",
            study.display()
        );
        return ExitCode::from(2);
    }
    match run(&arguments, screens) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) => {
            tell!("radscore: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// What to say of a first word that is neither a command nor anything that could be opened, but nearly a command.
fn misspelt(word: &str) -> Option<String> {
    let known = command_line();
    if word.starts_with('-') || word.contains(['/', '.', '\\']) || word == "help" || Path::new(word).exists() {
        return None;
    }
    if known.find_subcommand(word).is_some() {
        return None;
    }
    let near = nearest(word, known.get_subcommands().map(clap::Command::get_name))?;
    Some(format!(
        "there is no command \"{word}\", and nothing of that name to open; did you mean: radscore {near}?"
    ))
}

fn run(arguments: &Arguments, screens: Screens) -> anyhow::Result<Outcome> {
    let global = &arguments.global;
    global.choose_language();
    if let Some(threads) = global.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build_global()
            .context("the worker threads cannot be started")?;
    }
    match &arguments.command {
        Some(command) => match command {
            Command::Lasso(given) => lasso::run(given, global),
            Command::Logistic(given) => logistic::run(given, global),
            Command::New(given) => new::run(given, &arguments.look, global, screens),
            Command::Run(given) => run::run(given, global),
            Command::Report(given) => report::run(given, global),
            Command::Status(given) => status::run(given, global),
            Command::Check(given) => check::run(given, global),
            Command::Predict(given) => predict::run(given, global),
            Command::Verify(given) => verify::run(given, global),
            Command::Export(given) => export::run(given, global),
            #[cfg(feature = "dicom")]
            Command::Dicom(given) => dicom::run(given, global),
            Command::Extract(given) => extract::run(given, global),
            Command::Plan(given) => plan::run(given, global),
            Command::Submit(given) => submit::run(given, global),
            Command::Merge(given) => merge::run(given, global),
            Command::Cancel(given) => cancel::run(given, global),
            Command::Features(given) => features::run(given, global),
            Command::Stages(given) => stages::run(given, global),
            Command::Show(given) => show::run(given, global, screens),
            Command::View(given) => view::run(given, global, screens),
            Command::Explain(given) => explain::run(given, global),
            Command::Selftest(given) => selftest::run(given, global),
            Command::Km(given) => km::run(given, global),
            Command::Cox(given) => cox::run(given, global),
            Command::CoxLasso(given) => cox_lasso::run(given, global),
            Command::Roc(given) => roc::run(given, global),
            Command::Calibrate(given) => calibrate::run(given, global),
            Command::Calibration(given) => calibration::run(given, global),
            Command::External(given) => external::run(given, global),
            Command::Validate(given) => validate::run(given, global),
            Command::Decide(given) => decide::run(given, global),
            Command::Nomogram(given) => nomogram::run(given, global),
            Command::Table1(given) => table1::run(given, global),
            Command::Icc(given) => icc::run(given, global),
            Command::Agree(given) => agree::run(given, global),
            Command::Dice(given) => dice::run(given, global),
            Command::Mend(given) => mend::run(given, global),
            Command::Screen(given) => screen::run(given, global),
            Command::Compare(given) => compare::run(given, global),
            Command::Combat(given) => combat::run(given, global),
            Command::CompareModels(given) => compare_models::run(given, global),
            Command::Multiverse(given) => multiverse::run(given, global),
            Command::Generate(given) => generate::run(given, &command_line(), global),
            Command::Audit(given) => audit::run(given, global, screens),
            Command::Samplesize(given) => samplesize::run(given, global),
        },
        None => open(arguments.study.as_deref(), &arguments.look, global, screens),
    }
}

/// No subcommand: the terminal program, or, where there is no terminal, the study from end to end.
fn open(study: Option<&Path>, look: &Look, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    let opening = opening::opening(study)?;
    if at_a_terminal(global) {
        let plain = Interactive::plain(look, global);
        return (screens.open)(&match opening {
            Opening::Study(study) => Interactive {
                study: Some(study),
                ..plain
            },
            Opening::New(path, _) => Interactive {
                new: Some(vec![path]),
                ..plain
            },
            Opening::Nothing => plain,
        });
    }
    match opening {
        Opening::Study(path) => running::perform(&mut Study::open(&path)?, &Plan::default(), global),
        Opening::New(path, why) => anyhow::bail!("{why}; make a study of it with: radscore new {}", path.display()),
        Opening::Nothing => anyhow::bail!(
            "there is no study here; name a study file, make one of your own scans with: radscore new FOLDER TABLE, or write the sample study here with: radscore generate sample-cases"
        ),
    }
}

/// Says a line on standard output, if anybody is there to read it.
pub fn say(line: &str) {
    let _ = print(&format!("{line}\n"));
}

/// The whole command line: for the manual page, the completions, and whoever checks what a text says of it.
pub fn command_line() -> clap::Command {
    numeric(<Arguments as clap::CommandFactory>::command())
}

/// A command and those below it, in which -5 is a number and no option: whoever reads it says what it may be.
fn numeric(command: clap::Command) -> clap::Command {
    command.allow_negative_numbers(true).mut_subcommands(numeric)
}
