//! `radscore extract --run RUN --shard K`: the cases of one shard, wherever this runs.
//!
//! What is finished stands in the attempt's own journal at once, and the next attempt takes over what others have left. When
//! all cases are done the rows are published in the order of the table, without times and machines: whoever writes them, the
//! bytes are the same.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::arguments::{MapFormat, Mode, Sayings};
use super::batch::Case;
use super::extraction::{Extraction, Work};
use super::log::Log;
use super::resume::{self, Finished};
use super::row::Rows;
use super::shard_rows;
use super::slice::{self, Question};
use crate::cli::printer::tell;
use crate::cli::progress::interruption;
use crate::cli::study_pieces::{self, Asked};
use crate::cli::{Global, Outcome};
use crate::features::Parameters;
use crate::file::write_whole;
use crate::message::Message;
use crate::message::english::extraction as words;
use crate::study::StudyError;
use crate::study::shards::attempt::Attempt;
use crate::study::shards::folder::RunFolder;
use crate::study::shards::publish::Published;
use crate::study::shards::standing::{Counts, Look, Standing};

/// How often a shard is tried again for a trouble that may pass; then its rows say that it has not.
const TRIES: usize = 3;

/// How much finished work a lost node costs. A process that is killed loses none.
const BETWEEN_SYNCS: Duration = Duration::from_secs(20);

/// What came of a shard.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// It was done before
    Already,
    /// It was published, or found to be
    Published(Published),
    /// So many cases had a trouble that may pass
    TryAgain(usize),
    /// The process was asked to stop
    Interrupted,
}

/// Does a shard, and says what should become of its job.
pub(super) fn run(
    run: &Path,
    shard: usize,
    jobs: Option<u16>,
    sayings: &Sayings,
    global: &Global,
) -> anyhow::Result<Outcome> {
    let interrupted = interruption()?;
    let ended = RunFolder::open_to_work(run)
        .map_err(anyhow::Error::from)
        .and_then(|folder| perform(&folder, shard, jobs, sayings, global, &interrupted));
    let say = |text: String| {
        if !global.quiet {
            tell!("{}", words::shard_says(shard, text));
        }
    };
    match ended {
        Ok(Ended::Already) => say(words::DONE_BEFORE.text().to_owned()),
        Ok(Ended::Published(published)) => say(words(&published)),
        Ok(Ended::TryAgain(passing)) => {
            tell!("{}", words::shard_again(shard, passing));
            return Ok(Outcome::TryAgain);
        }
        Ok(Ended::Interrupted) => {
            tell!("{}", words::shard_interrupted(shard));
            return Ok(Outcome::Interrupted);
        }
        Err(error) => {
            let Some(outcome) = outcome_of(&error) else {
                return Err(error);
            };
            tell!("shard {shard}: {error:#}");
            return Ok(outcome);
        }
    }
    Ok(Outcome::Done)
}

/// What is said of a shard that is done.
pub fn words(published: &Published) -> String {
    match published {
        Published::Now(marker) => words::shard_rows(
            marker.counts.rows,
            marker.counts.errors,
            format!("{:.1}", marker.seconds),
        )
        .to_string(),
        Published::Before => words::SAME_BYTES.text().to_owned(),
        Published::Differs => words::OTHER_BYTES.text().to_owned(),
    }
}

/// What a trouble with files asks of the scheduler: hold the job until there is room, or try again. `None` for what would fail
/// again.
pub fn outcome_of(error: &anyhow::Error) -> Option<Outcome> {
    let of_io = error.chain().find_map(|cause| {
        let of_study = cause.downcast_ref().and_then(|error| match error {
            StudyError::Read { error, .. } | StudyError::Write { error, .. } => Some(error),
            _ => None,
        });
        of_study.or_else(|| cause.downcast_ref::<io::Error>())
    })?;
    match of_io.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Outcome::Hold),
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => None,
        _ => of_io.raw_os_error().map(|_| Outcome::TryAgain),
    }
}

/// Does a shard unless it is done.
pub fn perform(
    folder: &RunFolder,
    shard: usize,
    jobs: Option<u16>,
    sayings: &Sayings,
    global: &Global,
    interrupted: &AtomicBool,
) -> anyhow::Result<Ended> {
    let begun = Instant::now();
    folder.slice(shard)?;
    if let Standing::Done(_) = folder.standing(shard, Look::Content) {
        return Ok(Ended::Already);
    }
    if let Some(asked) = Asked::of_plan(folder.plan()) {
        let published = study_pieces::perform(folder, &asked, shard, jobs, begun)?;
        return Ok(published.map_or(Ended::Interrupted, Ended::Published));
    }
    let question = Question::of_plan(folder.plan())?;
    let parameters = question.parameters()?;
    let cases = slice::cases(&folder.lines(shard)?, &question)?;
    let attempt = Attempt::here();
    let part = folder.part(shard, &attempt.name);
    let asked = resume::asked(&format!("{:?}", Mode::Segment), question.skip_nans, &parameters, &cases)?;
    let finished = Finished::after(&folder.left(shard, "part"), &part, asked, BETWEEN_SYNCS)?;
    let log = Log::new(sayings, global)?;
    for doubt in finished.doubts() {
        log.say(log.warnings, &Message::verbatim(doubt));
    }
    let extraction = Extraction::new(work(&question), &parameters, &cases, &finished, &log, interrupted);
    let complete = extraction.all_with(jobs)?;
    log.finish();
    if !complete || interrupted.load(Ordering::Relaxed) {
        return Ok(Ended::Interrupted);
    }
    let passing = extraction.passing.into_inner();
    if passing > 0 && folder.left(shard, "again").len() < TRIES {
        write_whole(&folder.again(shard, &attempt.name), b"")?;
        return Ok(Ended::TryAgain(passing));
    }
    let published = folder.publish(shard, &attempt, begun.elapsed().as_secs_f64(), |file| {
        let mut counts = Counts {
            passing,
            ..Counts::default()
        };
        let mut rows = shard_rows::Writer::new(file);
        for case in &cases {
            let row = finished.row(case.number - 1)?;
            counts.rows += 1;
            counts.errors += usize::from(row.error.is_some());
            rows.write(case.number, row)?;
        }
        anyhow::Ok(counts)
    })?;
    if passing == 0 {
        // Others may still write to theirs; the merge sweeps them.
        let _ = std::fs::remove_file(part);
    }
    Ok(Ended::Published(published))
}

/// Seconds of one core that some cases take here, all together.
pub fn time(cases: &[Case], parameters: &Parameters, question: &Question, global: &Global) -> anyhow::Result<f64> {
    let interrupted = interruption()?;
    let finished = Finished::nameless(cases.len())?;
    let silent = Sayings {
        verbosity: 1,
        logging_level: None,
        log_file: None,
    };
    let log = Log::new(&silent, global)?;
    let begun = Instant::now();
    Extraction::new(work(question), parameters, cases, &finished, &log, &interrupted)
        .all_with(Some(1))
        .context("the cases cannot be timed")?;
    log.finish();
    Ok(begun.elapsed().as_secs_f64())
}

fn work(question: &Question) -> Work<'static> {
    Work {
        mode: Mode::Segment,
        map_format: MapFormat::Nrrd,
        skip_nans: question.skip_nans,
        folder: None,
    }
}
