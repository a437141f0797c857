//! `radscore submit`: has the shards of a run done that are not done yet.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::extract::Sayings;
use super::extract::shard::{self, Ended};
use super::merge::{Table, merge};
use super::printer::tell;
use super::progress::interruption;
use super::study_pieces;
use super::{Global, Outcome};
use crate::file::write_whole;
use crate::message::english::extraction as words;
use crate::study::StudyError;
use crate::study::shards::engine::ledger::Submitted;
use crate::study::shards::engine::queue::{self, Queued};
use crate::study::shards::engine::slurm::{self, Request};
use crate::study::shards::engine::{command, script};
use crate::study::shards::folder::RunFolder;
use crate::study::shards::numbers::ranges;
use crate::study::shards::standing::{Look, Tally};

/// What is submitted, and to whom.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  radscore submit run --engine slurm --throttle 32 --time 2:00:00 --mem 16G
  radscore submit run --engine slurm --resume       (what is missing, invalid, or could not be read)
  radscore submit run --engine local
  radscore submit run --engine script               (job files for PBS, SGE, LSF, HyperQueue, GNU parallel)")]
pub struct SubmitArguments {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Who does the shards
    #[arg(long, default_value = "slurm")]
    engine: Engine,
    #[command(flatten)]
    slurm: SlurmArguments,
    /// Go on with a run that was submitted before: shards that are missing or invalid, and those with cases that could not be read
    #[arg(long)]
    resume: bool,
    /// Only say what would be submitted
    #[arg(long)]
    dry_run: bool,
}

/// What Slurm alone is asked for.
#[derive(Debug, Clone, Default, Args)]
pub struct SlurmArguments {
    /// How many tasks run at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    throttle: Option<u32>,
    /// Slurm's partition
    #[arg(long, value_name = "P")]
    partition: Option<String>,
    /// Slurm's account
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// The time limit of a task, as Slurm writes it: 2:00:00
    #[arg(long, value_name = "T")]
    time: Option<String>,
    /// The memory of a task, as Slurm writes it: 16G
    #[arg(long, value_name = "M")]
    mem: Option<String>,
}

impl SlurmArguments {
    /// What an engine does not know is refused.
    pub fn judge(&self, engine: Option<Engine>) -> anyhow::Result<()> {
        let given = [
            ("--throttle", self.throttle.is_some()),
            ("--partition", self.partition.is_some()),
            ("--account", self.account.is_some()),
            ("--time", self.time.is_some()),
            ("--mem", self.mem.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) if engine != Some(Engine::Slurm) => {
                bail!("{option} is for --engine slurm; other schedulers are told on their own command lines")
            }
            _ => Ok(()),
        }
    }
}

impl SubmitArguments {
    /// What is not done yet of a run, to be done by an engine.
    pub fn new(run: &Path, engine: Engine, slurm: SlurmArguments) -> Self {
        Self {
            run: run.to_owned(),
            engine,
            slurm,
            resume: true,
            dry_run: false,
        }
    }
}

/// Who does the shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Slurm's job arrays, and a job that merges when they have ended
    Slurm,
    /// this machine, shard after shard; then the rows are merged
    Local,
    /// nobody yet: job files for other schedulers are written
    Script,
    /// nobody yet: a pipeline for an existing Nextflow is written
    Nextflow,
}

impl Engine {
    /// Its name, as it is given.
    pub fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// Submits what is not done.
pub fn run(arguments: &SubmitArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.slurm.judge(Some(arguments.engine))?;
    submit(&RunFolder::open_to_work(&arguments.run)?, arguments, global)
}

/// The same of a run folder that is open.
pub fn submit(folder: &RunFolder, arguments: &SubmitArguments, global: &Global) -> anyhow::Result<Outcome> {
    let tally = folder.tally(Look::Content);
    for doubt in &tally.doubts {
        tell!("{}", words::done_again(doubt));
    }
    let submissions = folder.submissions();
    let begun = tally.done > 0 || tally.invalid > 0 || !submissions.is_empty();
    let in_queue = submissions.iter().any(|submission| !submission.arrays.is_empty());
    let queued = if arguments.engine == Engine::Slurm && in_queue && !tally.left.is_empty() {
        queue(folder)?
    } else {
        Vec::new()
    };
    let left = left(arguments, folder, &tally, &queued)?;
    if left.is_empty() {
        if tally.left.is_empty() {
            tell!("{}", words::nothing_missing(folder.path().display()));
        } else {
            tell!("{}", words::IN_QUEUE_ALREADY);
        }
        return Ok(Outcome::Done);
    }
    if begun && !arguments.resume {
        bail!(
            "{}: the run was begun before, {} of {} shards are done; --resume does the others",
            folder.path().display(),
            tally.done,
            tally.shards
        );
    }
    if !global.quiet {
        let throttle = arguments.slurm.throttle.map(|throttle| throttle as usize);
        let words = study_pieces::estimate(folder.plan())
            .unwrap_or_else(|| folder.plan().estimate.words(tally.shards, throttle));
        tell!("{}", words.trim_end());
        if arguments.engine != Engine::Local && folder.plan().estimate.one_node_would_do() {
            tell!("{}", super::plan::advice(folder).trim_end());
        }
    }
    if !arguments.dry_run {
        // What these shards have finished is kept; only what could not be read is done again.
        for &shard in tally.may_pass.iter().filter(|shard| left.contains(shard)) {
            folder
                .reopen(shard)
                .with_context(|| format!("shard {shard} cannot be done again"))?;
        }
    }
    match arguments.engine {
        Engine::Slurm => to_slurm(arguments, folder, &left, global),
        Engine::Local => here(arguments, folder, &left, global),
        Engine::Script | Engine::Nextflow => as_files(arguments, folder, &left),
    }
}

/// The shards to be done: what is missing or invalid, on request what could not be read, without what is in the queue.
fn left(
    arguments: &SubmitArguments,
    folder: &RunFolder,
    tally: &Tally,
    queued: &[Queued],
) -> anyhow::Result<Vec<usize>> {
    let busy = queue::shards(queued, &folder.submissions());
    let mut left = tally.left.clone();
    if arguments.resume {
        left.extend(&tally.may_pass);
    }
    left.sort_unstable();
    let all = left.len();
    left.retain(|shard| !busy.contains(shard));
    if left.len() < all && !arguments.resume {
        bail!(
            "{}: {} shards are in the queue already (radscore status shows them); --resume submits those that are not",
            folder.path().display(),
            all - left.len()
        );
    }
    Ok(left)
}

/// The run's jobs in Slurm's queue.
pub(super) fn queue(folder: &RunFolder) -> Result<Vec<Queued>, StudyError> {
    let text = command::output("squeue", &slurm::queue_arguments(folder.plan()), folder.path())?;
    Ok(queue::parse(&text, &folder.plan().job_name()))
}

fn to_slurm(
    arguments: &SubmitArguments,
    folder: &RunFolder,
    left: &[usize],
    global: &Global,
) -> anyhow::Result<Outcome> {
    let plan = folder.plan();
    let request = Request {
        throttle: arguments
            .slurm
            .throttle
            .map(|throttle| throttle as usize)
            .or_else(|| plan.estimate.throttle()),
        partition: arguments.slurm.partition.clone(),
        account: arguments.slurm.account.clone(),
        time: arguments.slurm.time.clone(),
        memory: arguments.slurm.mem.clone(),
    };
    let config = command::output("scontrol", &["show".to_owned(), "config".to_owned()], folder.path());
    let config = match config {
        // A dry run says what Slurm would be asked where there is none.
        Err(_) if arguments.dry_run => String::new(),
        config => config?,
    };
    let arrays = slurm::arrays(left, slurm::array_size(&config));
    let vectors: Vec<Vec<String>> = arrays
        .iter()
        .map(|array| slurm::array_arguments(plan, &request, array, left.len()))
        .collect();
    if arguments.dry_run {
        let jobs: Vec<String> = (1..=arrays.len()).map(|number| format!("JOB{number}")).collect();
        let merging = slurm::merge_arguments(plan, &request, &jobs);
        let lines: Vec<String> = vectors
            .iter()
            .chain([&merging])
            .map(|vector| format!("sbatch {}", vector.join(" ")))
            .collect();
        if global.json {
            super::print_json(&json!({ "submit": vectors, "merge": merging }))?;
        } else {
            super::print(&(lines.join("\n") + "\n"))?;
        }
        return Ok(Outcome::Done);
    }
    let binary = std::env::current_exe().context("the program's own place cannot be found")?;
    for (name, text) in [
        ("element.sh", slurm::element_script(&binary)),
        ("merge.sh", slurm::merge_script(&binary)),
    ] {
        let path = folder.path().join("jobs").join(name);
        write_whole(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let mut submitted = Vec::new();
    for (array, vector) in arrays.iter().zip(&vectors) {
        let job = match sbatch(vector, folder) {
            Ok(job) => job,
            Err(error) => {
                // What Slurm has taken is kept, so that it is not submitted twice.
                folder.keep_submission(submitted, None)?;
                return Err(error.into());
            }
        };
        submitted.push(Submitted {
            job,
            offset: array.offset,
            elements: ranges(&array.elements),
        });
    }
    let jobs: Vec<String> = submitted.iter().map(|array| array.job.clone()).collect();
    let merging = sbatch(&slurm::merge_arguments(plan, &request, &jobs), folder);
    folder.keep_submission(submitted, merging.as_ref().ok().cloned())?;
    let merging = merging?;
    if global.json {
        super::print_json(&json!({ "shards": left.len(), "jobs": jobs, "merge": merging }))?;
    } else if !global.quiet {
        tell!(
            "{}",
            words::in_queue(
                left.len(),
                plan.job_name(),
                jobs.join(", "),
                merging,
                folder.path().display()
            )
        );
    }
    Ok(Outcome::Done)
}

/// Submits a job; its number.
fn sbatch(arguments: &[String], folder: &RunFolder) -> Result<String, StudyError> {
    let said = command::output("sbatch", arguments, folder.path())?;
    // The cluster's name follows where there are several.
    let number = said.trim().split(';').next().unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(StudyError::Scheduler {
            program: "sbatch".to_owned(),
            problem: format!("said no job number, but \"{}\"", said.trim()),
        });
    }
    Ok(number.to_owned())
}

/// Shard after shard in this process.
fn here(arguments: &SubmitArguments, folder: &RunFolder, left: &[usize], global: &Global) -> anyhow::Result<Outcome> {
    if arguments.dry_run {
        super::print(&format!("{}\n", words::shards_here(left.len(), ranges(left))))?;
        return Ok(Outcome::Done);
    }
    folder.keep_submission(Vec::new(), None)?;
    let interrupted = interruption()?;
    let sayings = Sayings {
        verbosity: 2,
        logging_level: None,
        log_file: None,
    };
    for &shard in left {
        // Troubles that may pass are tried again as often as a shard allows.
        let ended = loop {
            match shard::perform(folder, shard, None, &sayings, global, &interrupted) {
                Ok(Ended::TryAgain(_)) => {}
                Ok(ended) => break ended,
                Err(error) => {
                    let outcome = shard::outcome_of(&error);
                    tell!("shard {shard}: {error:#}");
                    return outcome.map_or_else(|| Err(error), Ok);
                }
            }
        };
        match ended {
            Ended::Interrupted => {
                tell!("{}", words::INTERRUPTED);
                return Ok(Outcome::Interrupted);
            }
            Ended::Published(published) if !global.quiet => {
                tell!("{}", words::shard_says(shard, shard::words(&published)));
            }
            Ended::Published(_) | Ended::Already | Ended::TryAgain(_) => {}
        }
    }
    merge(folder, &Table::of(folder), global)
}

/// Job files for other engines.
fn as_files(arguments: &SubmitArguments, folder: &RunFolder, left: &[usize]) -> anyhow::Result<Outcome> {
    let binary = std::env::current_exe().context("the program's own place cannot be found")?;
    let path = folder
        .path()
        .canonicalize()
        .unwrap_or_else(|_| folder.path().to_owned());
    let pending: Vec<String> = left.iter().map(ToString::to_string).collect();
    let pending = pending.join("\n") + "\n";
    let mut files = vec![("pending.txt", pending), ("task.sh", script::task(&path, &binary))];
    let how = if arguments.engine == Engine::Nextflow {
        files.push(("radscore.nf", script::nextflow(folder.plan(), left.len(), &binary)));
        "Nextflow      nextflow run jobs/radscore.nf\n".to_owned()
    } else {
        script::how(folder.plan(), left.len())
    };
    if !arguments.dry_run {
        for (name, text) in &files {
            let path = folder.path().join("jobs").join(name);
            write_whole(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        folder.keep_submission(Vec::new(), None)?;
    }
    let merging = if arguments.engine == Engine::Nextflow {
        String::new()
    } else {
        format!("{}\n", words::THEN_MERGE)
    };
    super::print(&format!(
        "{}\n{how}{merging}",
        words::tasks(left.len(), folder.path().display())
    ))?;
    Ok(Outcome::Done)
}
