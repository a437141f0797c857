//! `radscore extract`: features of one case or of a batch, in the manner of the `pyradiomics` command.
//!
//! - `batch`: which cases there are, and what their row says beside the features.
//! - `parameters`: the parameter file and the settings over it.
//! - `row`: what came of a case, as named cells.
//! - `output`: rows as text, CSV, JSON or Parquet.
//! - `maps`: feature maps (`--mode voxel`).
//! - `resume`: the rows on disk, in the journal `FILE.part` where there is a FILE.
//! - `shard`: a part of a large batch on some machine of a cluster, and the rows of all parts as one table.
//!
//! Every finished case goes to the disk at once; the results themselves are written, whole, at the end.

mod arguments;
pub mod batch;
mod columns;
mod extraction;
mod group;
mod log;
pub mod maps;
pub mod output;
pub mod parameters;
#[cfg(feature = "parquet")]
mod parquet;
pub mod resume;
pub mod row;
pub mod shard;
pub mod shard_rows;
pub mod slice;
mod validate;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use anyhow::bail;

use self::arguments::Mode;
pub use self::arguments::{CaseArguments, ExtractArguments, Sayings};
use self::batch::{Case, cases};
use self::extraction::{Extraction, Work};
pub use self::group::groups;
use self::log::Log;
use self::output::{Format, Target};
use self::parameters::{judge_parameters, parameters};
use self::resume::Finished;
use super::{Global, Outcome};
use crate::cli::output_file::never_an_input;
use crate::cli::printer::tell;
use crate::cli::progress::interruption;
use crate::features::Parameters;
use crate::file::replaces;
use crate::message::Message;
use crate::message::english::extraction as words;
use crate::study::table::Table;

/// PyRadiomics' two-letter options, which begin with one dash, in the form that can be parsed.
pub fn plain_options(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.iter().skip(1).any(|argument| argument == "extract") {
        for argument in &mut arguments {
            if argument == "-od" {
                *argument = "--out-dir".into();
            } else if argument == "-up" {
                *argument = "--unix-path".into();
            }
        }
    }
    arguments
}

/// Extracts, and writes what came of it.
pub fn run(arguments: &ExtractArguments, global: &Global) -> anyhow::Result<Outcome> {
    match (&arguments.run, arguments.shard, &arguments.input) {
        (Some(run), Some(shard), _) => shard::run(run, shard, arguments.jobs, &arguments.sayings, global),
        (_, _, Some(input)) => extract(input, arguments, global),
        // The parser asks for one or the other.
        (_, _, None) => bail!("name an image with its mask, or a table of cases"),
    }
}

fn extract(input: &Path, arguments: &ExtractArguments, global: &Global) -> anyhow::Result<Outcome> {
    let asked = &arguments.asked;
    let parameters = parameters(asked)?;
    let format = match arguments.format {
        Some(format) => format,
        None if global.json => Format::Json,
        None => arguments
            .out
            .as_deref()
            .and_then(Format::of_path)
            .unwrap_or(Format::Txt),
    };
    let cases = cases_of_table_or_scan(input, arguments.mask.as_deref(), asked, &parameters, global)?;
    if arguments.mode == Mode::Segment {
        judge_parameters(&parameters)?;
    }
    if arguments.validate {
        return validate::run(&cases, &parameters, arguments.mode.road());
    }
    if let Some(said) = finished_before(input, arguments, format, &cases)? {
        if !global.quiet {
            tell!("{said}");
        }
        return Ok(Outcome::Done);
    }
    judge_target(arguments, format)?;
    let files = cases
        .iter()
        .flat_map(|case| [case.image.as_path(), case.mask.as_path()]);
    let read = std::iter::once(input).chain(asked.param.as_deref()).chain(files);
    for path in arguments.out.iter().chain(&arguments.sayings.log_file) {
        never_an_input(path, read.clone())?;
    }
    let finished = finished(arguments, &parameters, &cases)?;
    let log = Log::new(&arguments.sayings, global)?;
    for doubt in finished.doubts() {
        log.say(log.warnings, &Message::verbatim(doubt));
    }
    let interrupted = interruption()?;
    let work = Work {
        mode: arguments.mode,
        map_format: arguments.map_format,
        skip_nans: asked.skip_nans,
        folder: arguments.out_dir.as_deref(),
    };
    let extraction = Extraction::new(work, &parameters, &cases, &finished, &log, &interrupted);
    let complete = extraction.all_with(arguments.jobs)?;
    log.finish();
    if complete {
        written_by_case(arguments, &cases)?;
    } else {
        if let Some(path) = part_path(arguments) {
            tell!("{}", words::interrupted(path.display()));
        }
        return Ok(Outcome::Interrupted);
    }
    let passing = extraction.passing.into_inner();
    let columns = extraction.columns.into_inner().unwrap_or_else(PoisonError::into_inner);
    let target = Target {
        format,
        single: arguments.mask.is_some(),
        out: arguments.out.as_deref(),
        append: arguments.append,
    };
    output::write(&finished, &columns, &target)?;
    if let Some(path) = part_path(arguments)
        && passing == 0
    {
        let _ = std::fs::remove_file(path);
    }
    let failed = columns.failed();
    if failed > 0 {
        tell!("{}", words::failed(failed, cases.len()));
    }
    if passing > 0 && !global.quiet && part_path(arguments).is_some() {
        tell!("{}", words::passing(passing));
    }
    Ok(if failed > 0 { Outcome::Failed } else { Outcome::Done })
}

/// The cases; that there are none is an error.
pub fn cases_of_table_or_scan(
    input: &Path,
    mask: Option<&Path>,
    asked: &CaseArguments,
    parameters: &Parameters,
    global: &Global,
) -> anyhow::Result<Vec<Case>> {
    let cases = cases(input, mask, asked, parameters, global)?;
    if cases.is_empty() {
        bail!("{}: the table has no cases", input.display());
    }
    Ok(cases)
}

/// Whether the files by case are where they were written: a folder that was removed meanwhile took finished work with it.
fn written_by_case(arguments: &ExtractArguments, cases: &[Case]) -> anyhow::Result<()> {
    let (Mode::Segment, Some(folder)) = (arguments.mode, &arguments.out_dir) else {
        return Ok(());
    };
    let lost = cases.iter().filter(|case| !case.file_in(folder).exists()).count();
    if lost > 0 {
        bail!(
            "{}: {lost} of the {} files features_ROW.csv that were written here are gone; was the folder removed?",
            folder.display(),
            cases.len()
        );
    }
    Ok(())
}

/// What is said where an extraction that is to be gone on with has come to its end before: its table is there and nothing is left
/// to do.
fn finished_before(
    input: &Path,
    arguments: &ExtractArguments,
    format: Format,
    cases: &[Case],
) -> anyhow::Result<Option<String>> {
    let Some(out) = &arguments.out else {
        return Ok(None);
    };
    let left = part_path(arguments).is_some_and(|part| part.exists());
    if !arguments.resume || arguments.overwriting.overwrite || left || !out.exists() {
        return Ok(None);
    }
    if format == Format::Csv {
        let table = Table::read(out)?;
        let given = &cases[0].header;
        let columns: Option<Vec<usize>> = given.iter().map(|name| table.find_column(name)).collect();
        let same = table.rows.len() == cases.len()
            && columns.is_some_and(|columns| {
                let rows = table.rows.iter().zip(cases);
                rows.into_iter().all(|(row, case)| {
                    columns
                        .iter()
                        .zip(&case.cells)
                        .all(|(&at, cell)| row[at].trim() == cell.trim())
                })
            });
        if !same {
            bail!(
                "{} has other cases than {}; --overwrite replaces it",
                out.display(),
                input.display()
            );
        }
    }
    Ok(Some(words::finished(out.display()).to_string()))
}

/// An existing file is not touched unless the user says how.
fn judge_target(arguments: &ExtractArguments, format: Format) -> anyhow::Result<()> {
    format.judge()?;
    let Some(out) = &arguments.out else {
        if format == Format::Parquet {
            bail!("Parquet goes to a file: give one with -o");
        }
        return Ok(());
    };
    let unfinished = arguments.resume && part_path(arguments).is_some_and(|part| part.exists());
    if replaces(out) && !arguments.append && !arguments.overwriting.overwrite && !unfinished {
        bail!("{} exists; --append adds to it, --overwrite replaces it", out.display());
    }
    if arguments.append && !format.can_append() {
        bail!(
            "{}: {} cannot be appended to; use csv or txt, or another file",
            out.display(),
            format.name()
        );
    }
    Ok(())
}

/// The journal's path, where there is one: beside the target, or in the folder for results by case.
fn part_path(arguments: &ExtractArguments) -> Option<PathBuf> {
    let beside = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        PathBuf::from(name)
    };
    match (&arguments.out, &arguments.out_dir) {
        // Beside a device or a pipe there is no place for it.
        (Some(out), _) => (replaces(out) || out.is_dir() || !out.exists()).then(|| beside(out)),
        (None, Some(folder)) => Some(folder.join("extract.part")),
        (None, None) => None,
    }
}

/// The rows on disk: those that an interrupted extraction has left, or none yet.
fn finished(arguments: &ExtractArguments, parameters: &Parameters, cases: &[Case]) -> anyhow::Result<Finished> {
    let Some(path) = part_path(arguments) else {
        if arguments.resume {
            bail!("--resume goes on with FILE.part: name FILE with -o");
        }
        return Finished::nameless(cases.len());
    };
    let asked = resume::asked(
        &format!("{:?}", arguments.mode),
        arguments.asked.skip_nans,
        parameters,
        cases,
    )?;
    if arguments.resume {
        return Finished::resume(&path, asked, cases.len());
    }
    if path.exists() && !arguments.overwriting.overwrite {
        bail!(
            "{} is left of an interrupted extraction; --resume goes on with it, --overwrite begins anew",
            path.display()
        );
    }
    Finished::anew(&path, asked, cases.len())
}
