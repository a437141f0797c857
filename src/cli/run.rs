//! `radscore run`: runs what is missing or stale of a study.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::merge::{Table, merge};
use super::opening::{Opening, opening};
use super::printer::tell;
use super::running::perform;
use super::submit::{Engine, SlurmArguments, SubmitArguments, submit};
use super::{Global, Outcome, progress, study_pieces};
use crate::message::english::run as words;
use crate::study::engine::run::{Plan, Standing};
use crate::study::guard;
use crate::study::input::changes::FILE;
use crate::study::input::yaml::value_of;
use crate::study::shards::standing::Look;
use crate::study::table::is_named_as_table;
use crate::study::{Study, StudyError};

/// What to run.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  radscore run configs/study.yaml --until select --set select.lambda=1se\n  radscore run configs/study.yaml --set select.lambda=1se --allow L09=\"planned beforehand\"\n  radscore run configs/study.yaml --engine slurm --shards 20 --throttle 10 --time 1:00:00"
)]
pub struct RunArguments {
    /// The study file, or a table of cases
    study: PathBuf,
    /// Run up to this stage, with all that it needs
    #[arg(long, value_name = "STAGE", conflicts_with = "only")]
    until: Option<String>,
    /// Run this stage alone
    #[arg(long, value_name = "STAGE")]
    only: Option<String>,
    /// Run fresh stages too
    #[arg(long)]
    force: bool,
    /// Break a rule of the guard knowingly; the reason is kept with the results, and whatever is shown carries the label
    #[arg(long, value_name = "RULE=REASON")]
    allow: Vec<String>,
    /// Have robustness done in shards: its re-splits, outer folds, bootstrap resamples and permutations. All before it is done
    /// here first; the results are the same bytes
    #[arg(long, conflicts_with_all = ["only", "force"])]
    engine: Option<Engine>,
    /// So many shards, instead of as many as take ten minutes each
    #[arg(long, value_name = "N", requires = "engine", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    shards: Option<u32>,
    /// Cores of a task
    #[arg(long, value_name = "N", requires = "engine", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    cpus: u16,
    #[command(flatten)]
    slurm: SlurmArguments,
    #[command(flatten)]
    opened: Opened,
}

/// How a study is opened.
#[derive(Debug, Args)]
pub struct Opened {
    /// The folder of the results; by default results/ beside the study file
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Another value for a key of the study file, as select.lambda=1se or extraction.setting.binWidth=10
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The sheet of a workbook that is opened instead of a study file, by its name or its number from 1
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl Opened {
    /// Whether anything was given.
    pub fn is_changed(&self) -> bool {
        self.out.is_some() || !self.settings.is_empty() || self.sheet.is_some()
    }

    /// Opens a study with these options.
    pub fn open(&self, path: &std::path::Path) -> anyhow::Result<Study> {
        let found;
        let path = if path.is_dir() {
            match opening(Some(path))? {
                Opening::Study(study) => {
                    found = study;
                    found.as_path()
                }
                Opening::New(folder, why) => {
                    anyhow::bail!("{why}; make a study of it with: radscore new {}", folder.display())
                }
                Opening::Nothing => path,
            }
        } else {
            path
        };
        let mut settings = self
            .settings
            .iter()
            .map(|setting| setting_of(setting))
            .collect::<anyhow::Result<Vec<_>>>()?;
        if let Some(sheet) = &self.sheet {
            let file = path.file_name().filter(|_| is_named_as_table(path)).ok_or_else(|| {
                anyhow::anyhow!(
                    "{}: --sheet is for a workbook; in a study file the sheet stands beside it, as cohort: {{file: cohort.xlsx, sheet: {sheet}}}",
                    path.display()
                )
            })?;
            let cohort = serde_json::json!({ "file": file.to_string_lossy(), "sheet": sheet });
            settings.push(("cohort".to_owned(), cohort));
        }
        let study = Study::open_with(path, self.out.as_deref(), &settings)?;
        if study.has_damaged_record() {
            tell!(
                "radscore: {}",
                words::damaged_record(study.out().join("state.json").display())
            );
        }
        let changes = study.changes();
        if !changes.is_empty() {
            let keys: Vec<&str> = changes.settings().keys().map(String::as_str).collect();
            tell!(
                "radscore: {} holds what was changed on the screens, which is in force: {} settings{}, {} cells, {} decisions on cases",
                study.out().join(FILE).display(),
                keys.len(),
                if keys.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", keys.join(", "))
                },
                changes.count_of_cells(),
                changes.picks().len(),
            );
        }
        Ok(study)
    }
}

/// A key and its value, as select.lambda=1se.
pub(super) fn setting_of(setting: &str) -> anyhow::Result<(String, Value)> {
    let (name, value) = setting
        .split_once('=')
        .ok_or_else(|| anyhow::anyhow!("--set {setting}: a setting is KEY=VALUE, as select.lambda=1se"))?;
    let list = || value.trim_start().starts_with(['[', '{']).then(|| value_of(value));
    // A list may be written as the study file has it, without quotes.
    let value = (serde_json::from_str(value).ok())
        .or_else(|| list().flatten())
        .unwrap_or_else(|| Value::from(value));
    Ok((name.trim().to_owned(), value))
}

/// Runs the study and prints its results.
pub fn run(arguments: &RunArguments, global: &Global) -> anyhow::Result<Outcome> {
    let mut study = arguments.opened.open(&arguments.study)?;
    for allowance in &arguments.allow {
        let (rule, reason) = allowance.split_once('=').ok_or_else(|| {
            anyhow::anyhow!("--allow {allowance}: a reason is RULE=REASON, as L09=\"planned beforehand\"")
        })?;
        guard::allow(&mut study, rule.trim(), reason)?;
    }
    let plan = Plan {
        until: arguments.until.clone(),
        only: arguments.only.clone(),
        force: arguments.force,
        ..Plan::default()
    };
    arguments.slurm.judge(arguments.engine)?;
    match arguments.engine {
        Some(engine) => in_shards(arguments, engine, study, &plan, global),
        None => perform(&mut study, &plan, global),
    }
}

/// Runs what comes before robustness, and has this done in shards.
fn in_shards(
    arguments: &RunArguments,
    engine: Engine,
    mut study: Study,
    plan: &Plan,
    global: &Global,
) -> anyhow::Result<Outcome> {
    if let Some(until) = &plan.until
        && !plan.includes(&study, study_pieces::STAGE)?
    {
        anyhow::bail!(
            "--engine {} has {} done in shards, which --until {until} does not reach",
            engine.name(),
            study_pieces::STAGE
        );
    }
    let before = Plan {
        until: Some(study_pieces::STAGE.to_owned()),
        without_last: true,
        ..Plan::default()
    };
    let done = match study.run(&before, &mut progress::watch(global)?) {
        Err(StudyError::Cancelled) => {
            tell!("radscore: {}", StudyError::Cancelled);
            return Ok(Outcome::Interrupted);
        }
        other => other?,
    };
    let fresh = (study.standings().into_iter())
        .any(|(stage, standing)| stage == study_pieces::STAGE && standing == Standing::Fresh);
    if done.failed.is_some() || fresh {
        // What there is to be said of it is said there.
        return perform(&mut study, plan, global);
    }
    let cut = study_pieces::Cut {
        shards: arguments.shards.map(|shards| shards as usize),
        cores: usize::from(arguments.cpus),
        until: arguments.until.clone(),
    };
    let folder = study_pieces::plan(&study, cut)?;
    if folder.tally(Look::Content).left.is_empty() {
        return merge(&folder, &Table::of(&folder), global);
    }
    let arguments = SubmitArguments::new(folder.path(), engine, arguments.slurm.clone());
    submit(&folder, &arguments, global)
}
