//! `radscore report`: the report of a study, and what checklists of reporting say of it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::output_file::Overwriting;
use super::paper;
use super::picture::{Kind, PrintArguments};
use super::printer::tell;
use super::view::window;
use super::{Global, Outcome, run::Opened};
use crate::figure::section::Window;
use crate::message::english::run as words;
use crate::study::artefact::{json_bytes, write_whole};
use crate::study::checklist::{self, CHECKLISTS, Checklist, Judged, judge, named, questions, summary};
use crate::study::engine::run::Standing;
use crate::study::{Study, report};

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// report.md, with figures and tables beside it
    Md,
    /// One page that holds figures, tables, calculators and checklists, and asks nothing of any host
    Html,
    /// Methods and Results for a word processor, with what only the authors can write as marked gaps
    Docx,
}

/// Which study.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore report configs/study.yaml\n  radscore report configs/study.yaml --format html -o report.html\n  radscore report configs/study.yaml --figures figures --as tiff,pdf --width 174mm --dpi 600\n  radscore report configs/study.yaml --tables tables.xlsx\n  radscore report configs/study.yaml --checklist clear,metrics\n  radscore report configs/study.yaml --questions\n  radscore report configs/study.yaml --answer \"ethics=Committee of the hospital, 2024-17\" --answer registration=no"
)]
pub struct ReportArguments {
    /// The study file
    study: PathBuf,
    /// The form of the report
    #[arg(long, value_enum, default_value = "md", value_name = "FORM")]
    format: Form,
    /// Fill in checklists instead: clear, metrics, tripod-ai, claim, rqs2, probast-ai, stard-ai, ibsi, or all
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "format")]
    checklist: Vec<String>,
    /// Print what the checklists ask and no result answers, as the section of the study file that takes the answers
    #[arg(long, conflicts_with_all = ["format", "output"])]
    questions: bool,
    /// Write what only the authors know into the study file, in their words or as no; --questions lists the names
    #[arg(long = "answer", value_name = "NAME=TEXT", conflicts_with_all = ["format", "output", "checklist", "questions"])]
    answers: Vec<String>,
    /// The file of the page or the manuscript; by default report.html or manuscript.docx among the results
    #[arg(short = 'o', long = "output", value_name = "FILE", conflicts_with = "checklist")]
    output: Option<PathBuf>,
    /// Write the paper's figures instead, composed of panels, and captions.md beside them
    #[arg(long, value_name = "DIR", conflicts_with_all = ["format", "output", "checklist", "questions"])]
    figures: Option<PathBuf>,
    /// A case whose scan is among these figures: three planes with the outline of its region
    #[arg(long, value_name = "ID", requires = "figures")]
    case: Option<String>,
    /// Its grey window as WIDTH/LEVEL; 1000/400, for bone, without it
    #[arg(long, value_name = "W/L", value_parser = window, requires = "case")]
    window: Option<Window>,
    /// What each figure is written as
    #[arg(
        long = "as",
        value_enum,
        value_name = "KIND,…",
        value_delimiter = ',',
        default_value = "png,pdf",
        requires = "figures"
    )]
    kinds: Vec<Kind>,
    #[command(flatten)]
    print: PrintArguments,
    /// Write the paper's tables instead: as FILE.xlsx, .docx, .tex or .md, or as a folder of CSV files where DIR has no ending
    #[arg(long, value_name = "FILE", conflicts_with_all = ["figures", "format", "output", "checklist", "questions"])]
    tables: Option<PathBuf>,
    /// Decimals of areas, rates and errors in the tables; coefficients and ratios have one more significant digit
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8), requires = "tables")]
    digits: u8,
    #[command(flatten)]
    overwriting: Overwriting,
    #[command(flatten)]
    opened: Opened,
}

impl ReportArguments {
    fn asked(&self) -> paper::Asked<'_> {
        paper::Asked {
            figures: self.figures.is_some(),
            manuscript: matches!(self.format, Form::Docx),
            case: self.case.as_deref().map(|id| (id, self.window.unwrap_or(Window::BONE))),
            kinds: &self.kinds,
            print: &self.print,
            overwriting: self.overwriting,
        }
    }
}

/// Writes the report from what the study has found so far.
pub fn run(arguments: &ReportArguments, global: &Global) -> anyhow::Result<Outcome> {
    let lists = lists_of(&arguments.checklist)?;
    paper::obeyed(&arguments.asked())?;
    let study = arguments.opened.open(&arguments.study)?;
    if !arguments.answers.is_empty() {
        return answer(study, &arguments.answers, global);
    }
    if arguments.questions {
        global.refuse_json("--questions prints a section of a study file")?;
        let judged = judge(&study, &lists);
        super::print(&questions(&lists, &judged, &study.config().answers))?;
        return Ok(Outcome::Done);
    }
    if !arguments.checklist.is_empty() {
        return fill_in(&study, &lists, global);
    }
    if study.results().split().is_none() {
        anyhow::bail!(
            "{} has no results to report yet; run: radscore run {}",
            study.out().display(),
            arguments.study.display()
        );
    }
    let standings = study.standings();
    let those = |wanted: fn(&Standing) -> bool| -> Vec<&str> {
        let found = standings.iter().filter(|(_, standing)| wanted(standing));
        found.map(|(stage, _)| *stage).collect()
    };
    let missing = those(|standing| matches!(standing, Standing::Missing));
    if !missing.is_empty() {
        tell!(
            "radscore: {}",
            words::missing_in_a_report(missing.join(", "), arguments.study.display())
        );
    }
    let stale = those(|standing| matches!(standing, Standing::Stale(_)));
    if !stale.is_empty() {
        tell!(
            "radscore: {}",
            words::stale_in_a_report(stale.join(", "), arguments.study.display())
        );
    }
    if let Some(path) = &arguments.output {
        arguments.overwriting.judge_beside(&study, path)?;
    }
    if let Some(folder) = &arguments.figures {
        return paper::figures(&study, folder, &arguments.asked(), global);
    }
    if let Some(path) = &arguments.tables {
        return paper::tables(
            &study,
            path,
            usize::from(arguments.digits),
            arguments.overwriting,
            global,
        );
    }
    let (name, bytes) = match arguments.format {
        Form::Md if arguments.output.is_some() => {
            anyhow::bail!(
                "--output is for one file; report.md has figures beside it and lies among the results: --out DIR moves them"
            )
        }
        Form::Md => {
            let files = report::write(&study)?;
            return paper::written(&files, &study.out().join("report.md"), global);
        }
        Form::Html => ("report.html", report::html(&study).into_bytes()),
        Form::Docx => ("manuscript.docx", manuscript(&study, arguments, global)?),
    };
    let path = arguments.output.clone().unwrap_or_else(|| study.out().join(name));
    write_whole(&path, &bytes).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    paper::written(std::slice::from_ref(&path), &path, global)
}

/// Writes answers into the study file; none where one of them cannot be taken.
fn answer(mut study: Study, answers: &[String], global: &Global) -> anyhow::Result<Outcome> {
    let given: Vec<(String, &str)> = answers
        .iter()
        .map(|answer| {
            let (name, text) = answer.split_once('=').ok_or_else(|| {
                anyhow::anyhow!(
                    "--answer {answer}: write NAME=TEXT, as --answer \"ethics=Committee of the hospital, 2024-17\" or --answer registration=no"
                )
            })?;
            Ok((format!("reporting.{}", name.trim()), text.trim()))
        })
        .collect::<anyhow::Result<_>>()?;
    let tried: Vec<(String, Value)> = given
        .iter()
        .map(|(key, text)| (key.clone(), Value::from(*text)))
        .collect();
    study.under(&tried)?;
    for (key, value) in tried {
        study.set(&key, value)?;
    }
    let saved = study.save_answers()?;
    if !saved.left.is_empty() {
        anyhow::bail!(
            "{} has no line in which {} could be written; write reporting: as a section of its own, a line a name",
            study.config().document.path.display(),
            saved.left.join(", ")
        );
    }
    if global.json {
        super::print_json(&json!({ "written": saved.written, "file": study.config().document.path }))?;
    } else if !global.quiet {
        tell!(
            "wrote {}: {}",
            study.config().document.path.display(),
            saved.written.join(", ")
        );
    }
    Ok(Outcome::Done)
}

#[cfg(feature = "docx")]
fn manuscript(study: &Study, arguments: &ReportArguments, global: &Global) -> anyhow::Result<Vec<u8>> {
    Ok(report::docx::docx(study, arguments.print.printer(global)?.font())?)
}

#[cfg(not(feature = "docx"))]
fn manuscript(_study: &Study, _arguments: &ReportArguments, _global: &Global) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("this radscore was built without word processing; build it with the Cargo feature docx")
}

/// The lists of some names; all of them for none, or for `all`.
fn lists_of(names: &[String]) -> anyhow::Result<Vec<&'static Checklist>> {
    if names.is_empty() || names.iter().any(|name| name == "all") {
        return Ok(CHECKLISTS.to_vec());
    }
    names
        .iter()
        .map(|name| {
            named(name).ok_or_else(|| {
                let known: Vec<&str> = CHECKLISTS.iter().map(|list| list.name).collect();
                anyhow::anyhow!(
                    "--checklist {name}: there is no such checklist; there are {} and all",
                    known.join(", ")
                )
            })
        })
        .collect()
}

/// Writes each list, all of them as one table and as JSON, and prints how they stand.
fn fill_in(study: &Study, lists: &[&'static Checklist], global: &Global) -> anyhow::Result<Outcome> {
    let judged = judge(study, lists);
    let mut files: Vec<(String, Vec<u8>)> = judged
        .iter()
        .map(|list| {
            let page = checklist::page(list).into_text();
            (format!("{}.md", list.checklist), page.into_bytes())
        })
        .collect();
    files.push(("checklists.csv".to_owned(), checklist::csv(&judged).into_bytes()));
    files.push(("reporting.json".to_owned(), json_bytes(&judged)));
    let folder = study.out().join("checklists");
    for (name, bytes) in &files {
        let path = folder.join(name);
        write_whole(&path, bytes).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    }
    if global.json {
        super::print_json(&json!({ "checklists": judged }))?;
        return Ok(Outcome::Done);
    }
    super::print(&standings(&judged))?;
    if !global.quiet {
        tell!("wrote {}", folder.display());
    }
    Ok(Outcome::Done)
}

fn standings(judged: &[Judged]) -> String {
    let line = |list: &Judged| format!("{:<10}  {} items: {}", list.checklist, list.items.len(), summary(list));
    let lines: Vec<String> = judged.iter().map(line).collect();
    lines.join("\n") + "\n"
}
