//! `radscore export`: a model for those who have no radscore, or as one file that travels with all that is known of it.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output_file::{self, Overwriting};
use super::printer::{print_data, tell};
use super::verify::read_checked;
use super::{Global, Outcome};
use crate::message::english::run as words;
use crate::model::Model;
use crate::model::export::{html, python, r};
use crate::study::artefact::json_bytes;
use crate::study::travel;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A page that calculates, in one file that asks nothing of any host
    Html,
    /// A script in base R
    R,
    /// A script in Python without packages
    Python,
    /// The model's file with how its study has judged it, licence and citation
    Json,
}

/// The model and the form.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore export results/fit/model-2.json --to html -o calculator.html\n  radscore export results/fit/model-2.json --to r > model.R"
)]
pub struct ExportArguments {
    /// The model, as a study's fit/model-1.json
    model: PathBuf,
    /// What to write
    #[arg(long, value_name = "FORM")]
    to: Form,
    /// Write to this file; standard output by default
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
    /// Under which licence others may use the model
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// How the model is to be cited
    #[arg(long, value_name = "TEXT")]
    citation: Option<String>,
}

/// Writes the model.
pub fn run(arguments: &ExportArguments, global: &Global) -> anyhow::Result<Outcome> {
    if arguments.to != Form::Json {
        global.refuse_json("a page or a script is written")?;
    }
    if let Some(path) = &arguments.output {
        arguments.overwriting.judge(path, [arguments.model.as_path()])?;
    }
    let model = equipped(arguments, global)?;
    let text = match arguments.to {
        Form::Html => html::html(&model)?,
        Form::R => r(&model)?,
        Form::Python => python(&model)?,
        Form::Json => String::from_utf8(json_bytes(&model))?,
    };
    match &arguments.output {
        None => print_data(&text)?,
        Some(path) => output_file::write(path, text.as_bytes(), global)?,
    }
    Ok(Outcome::Done)
}

/// The model with licence, citation, and the judgement of the study that it lies in.
fn equipped(arguments: &ExportArguments, global: &Global) -> anyhow::Result<Model> {
    let path: &Path = &arguments.model;
    let (mut model, remarks) = read_checked(path)?;
    if arguments.licence.is_some() {
        model.licence.clone_from(&arguments.licence);
    }
    if arguments.citation.is_some() {
        model.citation.clone_from(&arguments.citation);
    }
    match travel::judged_beside(path, &model) {
        travel::Beside::Nothing => {}
        travel::Beside::AnotherFit(place) => {
            if !global.quiet {
                tell!("{}", words::judges_another(place.display().to_string()));
            }
        }
        travel::Beside::Judged(judged) => model.judged = judged,
    }
    // A seal says that the contents are what a study made: what is no longer so keeps the one that it broke. A script is no file
    // of the model, and names the one that it was made from.
    if remarks.is_empty() && arguments.to == Form::Json {
        model.seal();
    }
    Ok(model)
}
