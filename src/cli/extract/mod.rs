//! `radscore extract`: features of one case or of a batch, in the manner of the `pyradiomics` command.
//!
//! - [`batch`]: which cases there are, and what their row says beside the features.
//! - [`row`]: what came of a case, as named cells.
//! - [`output`]: rows as text, CSV, JSON or Parquet.
//! - [`maps`]: feature maps (`--mode voxel`).
//! - [`resume`]: the journal `FILE.part` of finished cases.
//!
//! With `-o FILE` every finished case goes to the journal at once; the file itself appears whole at the end.

mod arguments;
pub mod batch;
mod columns;
pub mod maps;
pub mod output;
#[cfg(feature = "parquet")]
mod parquet;
pub mod resume;
pub mod row;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

pub use self::arguments::ExtractArguments;
use self::arguments::Mode;
use self::batch::{Case, cases};
use self::output::Format;
use self::resume::{Finished, Known};
use self::row::Row;
use super::{Global, Outcome};
use crate::features::{FeatureError, Parameters, extract_files};
use crate::study::input::yaml::read_value;
use crate::volume::VolumeError;

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
    let parameters = parameters(arguments)?;
    let format = match arguments.format {
        Some(format) => format,
        None if global.json => Format::Json,
        None => arguments
            .out
            .as_deref()
            .and_then(Format::of_path)
            .unwrap_or(Format::Txt),
    };
    let cases = cases(arguments, &parameters)?;
    if cases.is_empty() {
        bail!("{}: the table has no cases", arguments.input.display());
    }
    if arguments.validate {
        return validate(&cases);
    }
    judge_target(arguments, format)?;
    let finished = finished(arguments, &parameters, &cases)?;
    let log = Log::new(arguments, global)?;
    for doubt in finished.iter().flat_map(Finished::doubts) {
        log.say(log.warnings, doubt);
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The second signal ends the program at once.
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&interrupted))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&interrupted)))
            .context("signals cannot be caught")?;
    }
    let work = || extract_all(arguments, &parameters, &cases, finished.as_ref(), &log, &interrupted);
    let rows = match arguments.jobs {
        Some(jobs) => rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(jobs))
            .build()
            .context("the worker threads cannot be started")?
            .install(work),
        None => work(),
    }?;
    log.finish();
    let Some(done) = rows.into_iter().collect::<Option<Vec<Done>>>() else {
        if let Some(path) = part_path(arguments) {
            eprintln!(
                "interrupted; the finished cases are in {}, go on with --resume",
                path.display()
            );
        }
        return Ok(Outcome::Interrupted);
    };
    let passing = done.iter().filter(|done| done.passing).count();
    let rows: Vec<Row> = done.into_iter().map(|done| done.row).collect();
    let single = arguments.mask.is_some() && cases.len() == 1;
    output::write(&rows, format, single, arguments.out.as_deref(), arguments.append)?;
    if let Some(path) = part_path(arguments)
        && passing == 0
    {
        let _ = std::fs::remove_file(path);
    }
    let failed = rows.iter().filter(|row| row.error.is_some()).count();
    if failed > 0 && !global.quiet {
        eprintln!("{failed} of {} cases failed; the column \"error\" says why", rows.len());
    }
    if passing > 0 && !global.quiet && part_path(arguments).is_some() {
        eprintln!(
            "{passing} of them could not be read for now and may be readable later; the same command with --resume does only these"
        );
    }
    Ok(if failed > 0 { Outcome::Failed } else { Outcome::Done })
}

/// The parameter file with the settings of the command line over it.
fn parameters(arguments: &ExtractArguments) -> anyhow::Result<Parameters> {
    let mut parameters = match &arguments.param {
        Some(path) => Parameters::from_value(&read_value(path)?).with_context(|| format!("{}", path.display()))?,
        None => Parameters::default(),
    };
    for given in &arguments.setting {
        let Some((name, text)) = given.split_once(':') else {
            bail!("--setting {given}: a setting is given as NAME:VALUE, such as binWidth:10");
        };
        parameters = parameters
            .with_setting_text(name.trim(), text.trim())
            .with_context(|| format!("--setting {given}"))?;
    }
    Ok(parameters)
}

fn validate(cases: &[Case]) -> anyhow::Result<Outcome> {
    let mut missing = 0;
    for case in cases {
        for path in [&case.image, &case.mask] {
            if !path.is_file() {
                missing += 1;
                eprintln!("case {}: {} is not a file", case.number, path.display());
            }
        }
    }
    super::print(&format!("{} cases, {missing} missing files\n", cases.len()))?;
    Ok(if missing > 0 { Outcome::Failed } else { Outcome::Done })
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
    if out.exists() && !arguments.append && !arguments.overwrite && !unfinished {
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
        (Some(out), _) => Some(beside(out)),
        (None, Some(folder)) => Some(folder.join("extract.part")),
        (None, None) => None,
    }
}

/// The finished cases of an interrupted extraction, and the journal to which more are added; none where there is no file.
fn finished(arguments: &ExtractArguments, parameters: &Parameters, cases: &[Case]) -> anyhow::Result<Option<Finished>> {
    let Some(path) = part_path(arguments) else {
        if arguments.resume {
            bail!("--resume goes on with FILE.part: name FILE with -o");
        }
        return Ok(None);
    };
    let asked = resume::asked(&format!("{:?}", arguments.mode), arguments.skip_nans, parameters, cases);
    if arguments.resume {
        return Ok(Some(Finished::resume(&path, asked)?));
    }
    if path.exists() && !arguments.overwrite {
        bail!(
            "{} is left of an interrupted extraction; --resume goes on with it, --overwrite begins anew",
            path.display()
        );
    }
    Ok(Some(Finished::anew(&path, asked)?))
}

/// A case that is done.
struct Done {
    row: Row,
    /// Whether it failed for a reason that may pass
    passing: bool,
}

/// Every case, in parallel; `None` for those that were not begun before an interruption.
fn extract_all(
    arguments: &ExtractArguments,
    parameters: &Parameters,
    cases: &[Case],
    finished: Option<&Finished>,
    log: &Log,
    interrupted: &AtomicBool,
) -> anyhow::Result<Vec<Option<Done>>> {
    let count = AtomicUsize::new(0);
    if let Some(folder) = &arguments.out_dir {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    cases
        .par_iter()
        .with_max_len(1)
        .map(|case| {
            let known = finished.map_or(Known::Nothing, |finished| finished.row(case));
            let done = if let Known::Finished(row) = known {
                Done { row, passing: false }
            } else {
                if known == Known::Changed {
                    let text = format!(
                        "case {}: its files have changed since it was finished; it is done again",
                        case.number
                    );
                    log.say(log.warnings, &text);
                }
                if interrupted.load(Ordering::Relaxed) {
                    return Ok(None);
                }
                let files = finished.and_then(|_| resume::files(case));
                let done = one(arguments, parameters, case);
                if let (Some(finished), Some(files), false) = (finished, files, done.passing) {
                    finished.keep(case, &done.row, files)?;
                }
                if let (Mode::Segment, Some(folder)) = (arguments.mode, &arguments.out_dir) {
                    let path = folder.join(format!("features_{}.csv", case.number));
                    output::write(std::slice::from_ref(&done.row), Format::Csv, false, Some(&path), false)?;
                }
                done
            };
            log.case(case, &done.row, count.fetch_add(1, Ordering::Relaxed) + 1, cases.len());
            Ok(Some(done))
        })
        .collect()
}

/// One case; what goes wrong is in the row.
fn one(arguments: &ExtractArguments, parameters: &Parameters, case: &Case) -> Done {
    let mut row = Row::new(case.cells.clone());
    let of_case = || -> anyhow::Result<()> {
        if let Some(fault) = &case.fault {
            bail!("{fault}");
        }
        let parameters = case.parameters(parameters)?;
        match arguments.mode {
            Mode::Segment => {
                let found = extract_files(&case.image, &case.mask, case.label.clone(), &parameters)?;
                row.add(found, parameters.settings().additional_info(), arguments.skip_nans);
            }
            Mode::Voxel => {
                let folder = arguments.out_dir.as_deref().unwrap_or(Path::new("."));
                maps::write(&mut row, case, &parameters, folder, arguments.map_format)?;
            }
        }
        Ok(())
    };
    let result = { of_case }();
    let mut passing = false;
    if let Err(error) = result {
        passing = error.downcast_ref().is_some_and(FeatureError::is_of_the_system)
            || error.downcast_ref().is_some_and(VolumeError::is_of_the_system);
        row.error = Some(format!("{error:#}"));
    }
    Done { row, passing }
}

/// Progress on standard error, and messages there and in a file.
struct Log {
    bar: Option<ProgressBar>,
    warnings: bool,
    errors: bool,
    file: Option<std::sync::Mutex<std::fs::File>>,
}

impl Log {
    fn new(arguments: &ExtractArguments, global: &Global) -> anyhow::Result<Self> {
        let file = arguments
            .log_file
            .as_ref()
            .map(|path| {
                std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(path)
                    .with_context(|| format!("{} cannot be opened", path.display()))
            })
            .transpose()?
            .map(std::sync::Mutex::new);
        let bar = (!global.quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("extract {bar:30} {pos}/{len} {per_sec} {eta} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Ok(Self {
            bar,
            warnings: !global.quiet && arguments.verbosity >= 3,
            errors: !global.quiet && arguments.verbosity >= 2,
            file,
        })
    }

    fn case(&self, case: &Case, row: &Row, done: usize, of: usize) {
        for warning in &row.warnings {
            self.say(self.warnings, &format!("case {}: {warning}", case.number));
        }
        if let Some(error) = &row.error {
            self.say(self.errors, &format!("case {} failed: {error}", case.number));
        }
        if let Some(bar) = &self.bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }

    fn say(&self, aloud: bool, text: &str) {
        if aloud {
            match &self.bar {
                Some(bar) => bar.suspend(|| eprintln!("{text}")),
                None => eprintln!("{text}"),
            }
        }
        if let Some(Ok(mut file)) = self.file.as_ref().map(|file| file.lock()) {
            use std::io::Write;
            let _ = writeln!(file, "{text}");
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
