//! The long part of a study in shards: its robustness, whose re-splits, outer folds, bootstrap resamples and permutations know
//! nothing of each other. A shard opens the study and does some of them; when all are done they are laid beside the study, and
//! the stage takes them from there instead of doing them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::progress::interruption;
use crate::message::english::extraction as words;
use crate::study::engine::journal::Journal;
use crate::study::engine::pieces::name;
use crate::study::engine::stage::Stage;
use crate::study::engine::watch::Watch;
use crate::study::honest::piece::Piece;
use crate::study::shards::attempt::Attempt;
use crate::study::shards::balance::balance;
use crate::study::shards::estimate::{Estimate, duration};
use crate::study::shards::folder::RunFolder;
use crate::study::shards::plan::{FORM, Plan, Slice, new_id};
use crate::study::shards::publish::Published;
use crate::study::shards::standing::Counts;
use crate::study::stages::robustness::{self, Robustness};
use crate::study::{Study, StudyError};

/// The stage whose pieces these are.
pub const STAGE: &str = Robustness::NAME;

/// How long a shard is to take where nobody says how many there are, in seconds.
const TARGET: f64 = 600.0;

/// How much finished work a lost node costs. A process that is killed loses none.
const BETWEEN_SYNCS: Duration = Duration::from_secs(20);

/// What is asked of every piece of a run: which study, as it was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    study: PathBuf,
    out: PathBuf,
    given: Vec<(String, Value)>,
    /// How far the study goes on when its pieces are gathered
    pub until: Option<String>,
}

impl Asked {
    /// That of a run that is a study's; `None` for a table of cases.
    pub fn of_plan(plan: &Plan) -> Option<Self> {
        serde_json::from_value(plan.asked.clone()).ok()
    }

    fn open(&self) -> Result<Study, StudyError> {
        Study::open_with(&self.study, Some(&self.out), &self.given)
    }
}

/// How a study is cut.
pub struct Cut {
    /// So many shards, instead of as many as take ten minutes each
    pub shards: Option<usize>,
    /// Cores of a task
    pub cores: usize,
    /// How far the study goes on
    pub until: Option<String>,
}

/// The run folder of a study's pieces, among its results; that of an earlier call for the same is taken up again.
pub fn plan(study: &Study, cut: Cut) -> anyhow::Result<RunFolder> {
    let sources = study.sources();
    let (question, pieces) = robustness::pieces(sources)?;
    let path = sources.work(&format!("{STAGE}-{}", &question[..8.min(question.len())]));
    if RunFolder::is_one(&path) {
        let folder = RunFolder::open_to_work(&path)?;
        if folder.plan().fingerprint == question {
            return Ok(folder);
        }
    }
    let Some((first, _)) = pieces.first() else {
        bail!("{STAGE}: there is nothing to be done in shards");
    };
    let begun = Instant::now();
    // One thread, as the estimate is in seconds of one core.
    threads(Some(1))?.install(|| robustness::perform(sources, &[*first], &watch()?, |_, _| Ok(())))?;
    let each = begun.elapsed().as_secs_f64();
    let costs: Vec<u64> = pieces.iter().map(|(_, cost)| *cost).collect();
    let work = each * costs.iter().sum::<u64>() as f64;
    let shards = cut
        .shards
        .unwrap_or_else(|| (work / cut.cores as f64 / TARGET).ceil() as usize);
    let parts = balance(&costs, shards);
    let plan = Plan {
        form: FORM,
        id: new_id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: question,
        asked: serde_json::to_value(Asked {
            study: absolute(&sources.input().document().path)?,
            out: absolute(study.out())?,
            given: sources.input().given().to_vec(),
            until: cut.until,
        })?,
        estimate: Estimate {
            cases: pieces.len(),
            bytes: 0,
            files: 0,
            core_seconds: work,
            timed: 1,
            features: 0,
            cores: cut.cores,
            bandwidth: None,
        },
        shards: parts
            .iter()
            .map(|part| {
                let costs: u64 = part.iter().map(|&piece| costs[piece]).sum();
                Slice::planned(part.len(), each * costs as f64)
            })
            .collect(),
    };
    Ok(RunFolder::create(&path, plan, |shard, file| {
        for &piece in &parts[shard] {
            writeln!(file, "{}", name(&pieces[piece].0))?;
        }
        Ok(())
    })?)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{}: its place cannot be found", path.display()))
}

/// What a run of a study's pieces is going to cost; `None` for a table of cases.
pub fn estimate(plan: &Plan) -> Option<String> {
    Asked::of_plan(plan)?;
    let (estimate, shards) = (&plan.estimate, plan.shards.len());
    let each = estimate.core_seconds / shards as f64 / estimate.cores.max(1) as f64;
    Some(
        words::pieces_planned(
            STAGE,
            plan.rows(),
            shards,
            duration(each),
            estimate.cores,
            format!("{:.2}", estimate.core_seconds / 3600.0),
        )
        .to_string(),
    )
}

/// The study of a run, which must be the one that was planned.
fn study_of(folder: &RunFolder, asked: &Asked) -> anyhow::Result<Study> {
    let study = asked.open()?;
    let (question, _) = robustness::pieces(study.sources())?;
    if question != folder.plan().fingerprint {
        bail!(
            "{}: the study {} has changed since its pieces were planned, so that they are no part of it; radscore run plans them anew",
            folder.path().display(),
            asked.study.display()
        );
    }
    Ok(study)
}

/// Does the pieces of a shard and publishes what they give; `None` where it was asked to stop.
pub fn perform(
    folder: &RunFolder,
    asked: &Asked,
    shard: usize,
    jobs: Option<u16>,
    begun: Instant,
) -> anyhow::Result<Option<Published>> {
    let study = study_of(folder, asked)?;
    let pieces: Vec<Piece> = (folder.lines(shard)?.lines())
        .map(|line| serde_json::from_str(line).context("cases.jsonl: a line is no piece"))
        .collect::<Result<_, _>>()?;
    let attempt = Attempt::here();
    let part = folder.part(shard, &attempt.name);
    let journal: Journal<Value> = Journal::after(&folder.left(shard, "part"), &part).syncing_every(BETWEEN_SYNCS);
    let missing: Vec<Piece> = pieces
        .iter()
        .copied()
        .filter(|piece| journal.get(&name(piece)).is_none())
        .collect();
    let done = threads(jobs)?.install(|| {
        robustness::perform(study.sources(), &missing, &watch()?, |place, found| {
            journal.append(&name(&missing[place]), &found)
        })
    });
    match done {
        Err(StudyError::Cancelled) => return Ok(None),
        done => done?,
    }
    let published = folder.publish(shard, &attempt, begun.elapsed().as_secs_f64(), |file| {
        for piece in &pieces {
            let key = name(piece);
            let found = journal
                .get(&key)
                .with_context(|| format!("what {key} has given cannot be read back; was its file removed?"))?;
            writeln!(file, "{}", serde_json::to_string(&(piece, found))?)?;
        }
        anyhow::Ok(Counts {
            rows: pieces.len(),
            ..Counts::default()
        })
    })?;
    // Others may still write to theirs; they are swept when all is gathered.
    let _ = std::fs::remove_file(part);
    Ok(Some(published))
}

/// Lays what all shards have given beside the study, which is given back to be run.
pub fn gather(folder: &RunFolder, asked: &Asked) -> anyhow::Result<Study> {
    let study = study_of(folder, asked)?;
    let mut pieces = Map::new();
    for shard in 0..folder.plan().shards.len() {
        let path = folder.data(shard);
        for line in crate::file::read_text(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?
            .lines()
        {
            let (piece, found): (Piece, Value) =
                serde_json::from_str(line).with_context(|| format!("{}: a line is no piece", path.display()))?;
            pieces.insert(name(&piece), found);
        }
    }
    if pieces.len() != folder.plan().rows() {
        bail!(
            "{}: the shards have {} pieces, {} were planned",
            folder.path().display(),
            pieces.len(),
            folder.plan().rows()
        );
    }
    robustness::gather(study.sources(), &folder.plan().fingerprint, pieces)?;
    folder.sweep(0..folder.plan().shards.len());
    Ok(study)
}

/// A watch that says nothing and stops at Ctrl-C or SIGTERM.
fn watch() -> Result<Watch, StudyError> {
    let stop = interruption().map_err(|error| StudyError::Stage(error.to_string()))?;
    Ok(Watch::new(stop, |_| {}))
}

fn threads(jobs: Option<u16>) -> anyhow::Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.map_or(0, usize::from))
        .build()
        .context("the worker threads cannot be started")
}
