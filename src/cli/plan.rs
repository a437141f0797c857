//! `radscore plan`: cuts the cases of a table into shards of like cost, and says what the run is going to cost.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use rayon::prelude::*;
use serde_json::json;

use super::extract::batch::Case;
use super::extract::parameters::{judge_parameters, parameters};
use super::extract::slice::{self, Question};
use super::extract::{self, CaseArguments, shard};
use super::printer::tell;
use super::{Global, Outcome};
use crate::features::{Parameters, column_names};
use crate::message::english::extraction as words;
use crate::study::shards::balance::balance;
use crate::study::shards::estimate::{Estimate, seconds_of_case};
use crate::study::shards::folder::RunFolder;
use crate::study::shards::plan::{FORM, Plan, Slice, new_id};
use crate::study::table::is_named_as_table;

/// A run has no more shards than a scheduler takes well, unless more are asked for.
const MOST_SHARDS: usize = 1000;

/// From so many cases on, images as folders of single slices are refused: their number is more than file servers bear.
const MANY_CASES: usize = 1_000_000;

/// What is planned.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  radscore plan cases.csv --out run -p params.yaml --measure 5
  radscore submit run --engine slurm --throttle 32
  radscore status run --watch
  radscore merge run")]
pub struct PlanArguments {
    /// A table of cases with the columns Image and Mask, as radscore extract takes it
    #[arg(value_name = "CASES.csv")]
    input: PathBuf,
    #[command(flatten)]
    asked: CaseArguments,
    /// The run folder to make, on a disk that all machines see; only you can read it
    #[arg(long, value_name = "RUN")]
    out: PathBuf,
    /// How long a shard is to take, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 10.0, value_parser = positive)]
    target_min: f64,
    /// Cores of a task
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    cpus: u16,
    /// So many shards, instead of as many as fit --target-min
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    shards: Option<u32>,
    /// Time so many cases here for the estimate
    #[arg(long, value_name = "N", default_value_t = 0)]
    measure: u16,
    /// What a case costs, in seconds of one core, where that is known
    #[arg(long, value_name = "S", conflicts_with = "measure", value_parser = positive)]
    seconds_per_case: Option<f64>,
    /// Gigabytes a second that the file server gives to all machines together
    #[arg(long, value_name = "GB/S", value_parser = positive)]
    bandwidth: Option<f64>,
    /// Plan folders of single slices for more than a million cases too
    #[arg(long)]
    force: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number > 0.0)
        .ok_or_else(|| "a number above 0 is needed".to_owned())
}

/// Plans, and prints the estimate.
pub fn run(arguments: &PlanArguments, global: &Global) -> anyhow::Result<Outcome> {
    let asked = &arguments.asked;
    if !is_named_as_table(&arguments.input) && arguments.input.as_os_str() != "-" {
        bail!(
            "{}: a run is planned from a table of cases (columns Image and Mask); for a study's features, plan its cohort's table with its extraction settings (-p), and give the merged table to the study as features: FILE.csv; its robustness is done in shards by radscore run STUDY --engine slurm",
            arguments.input.display()
        );
    }
    let parameters = parameters(asked)?;
    judge_parameters(&parameters)?;
    let cases = extract::cases_of_table_or_scan(&arguments.input, None, asked, &parameters, global)?;
    let question = Question::new(asked, &cases)?;
    let sizes = Sizes::look(&cases);
    if cases.len() > MANY_CASES && sizes.folders > 0 && !arguments.force {
        bail!(
            "{} of the images are folders of single slices: with {} cases that is more files than file servers bear; pack them (NIfTI, NRRD, multi-frame DICOM), or take --force",
            sizes.folders,
            cases.len()
        );
    }
    let features = column_names(&parameters).len();
    let mut seconds: Vec<f64> = cases
        .iter()
        .map(|case| {
            arguments
                .seconds_per_case
                .unwrap_or_else(|| seconds_of_case(sizes.of(case), features))
        })
        .collect();
    let timed = measure(arguments, &cases, &mut seconds, &parameters, &question, global)?;
    let estimate = Estimate {
        cases: cases.len(),
        bytes: sizes.bytes(),
        files: sizes.files(),
        core_seconds: seconds.iter().sum(),
        timed,
        features,
        cores: usize::from(arguments.cpus),
        bandwidth: arguments.bandwidth,
    };
    let parts = parts(arguments, &cases, &seconds, &estimate);
    let plan = Plan {
        form: FORM,
        id: new_id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: extract::resume::asked("Segment", asked.skip_nans, &parameters, &cases)?,
        asked: serde_json::to_value(&question)?,
        estimate,
        shards: parts
            .iter()
            .map(|part| Slice::planned(part.len(), part.iter().map(|&case| seconds[case]).sum()))
            .collect(),
    };
    let folder = RunFolder::create(&arguments.out, plan, |shard, file| {
        for &case in &parts[shard] {
            file.write_all(slice::line(&cases[case], &question)?.as_bytes())?;
        }
        Ok(())
    })?;
    for (path, why) in sizes.missing.iter().take(3).filter(|_| !global.quiet) {
        tell!("{}", words::case_with_error(path.display(), why));
    }
    if sizes.missing.len() > 3 && !global.quiet {
        tell!("{}", words::and_other_files(sizes.missing.len() - 3));
    }
    print(&folder, global)
}

fn print(folder: &RunFolder, global: &Global) -> anyhow::Result<Outcome> {
    let plan = folder.plan();
    let estimate = &plan.estimate;
    if global.json {
        super::print_json(&json!({
            "run": folder.path(),
            "id": plan.id,
            "shards": plan.shards.len(),
            "rows": plan.rows(),
            "estimate": estimate,
            "throttle": estimate.throttle(),
            "one_node": estimate.one_node_would_do(),
        }))?;
    } else {
        super::print(&format!(
            "{}{}",
            estimate.words(plan.shards.len(), None),
            advice(folder)
        ))?;
    }
    Ok(Outcome::Done)
}

/// How to go on: on this machine where that is enough.
pub(super) fn advice(folder: &RunFolder) -> String {
    let (plan, path) = (folder.plan(), folder.path().display());
    if plan.estimate.one_node_would_do() {
        return format!("{}\n", words::one_node(plan.estimate.cores, path));
    }
    match plan.estimate.throttle() {
        Some(throttle) => format!("{}\n", words::next_throttled(path, throttle)),
        None => format!("{}\n", words::next(path)),
    }
}

/// Times some cases from the cheapest to the dearest, and sets all estimates right by them; how many were timed.
fn measure(
    arguments: &PlanArguments,
    cases: &[Case],
    seconds: &mut [f64],
    parameters: &Parameters,
    question: &Question,
    global: &Global,
) -> anyhow::Result<usize> {
    let count = usize::from(arguments.measure).min(cases.len());
    if count == 0 {
        return Ok(0);
    }
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|&a, &b| seconds[a].total_cmp(&seconds[b]).then(a.cmp(&b)));
    let chosen: Vec<usize> = (0..count)
        .map(|number| order[(2 * number + 1) * order.len() / (2 * count)])
        .collect();
    let some: Vec<Case> = chosen.iter().map(|&case| cases[case].clone()).collect();
    let taken = shard::time(&some, parameters, question, global)?;
    let expected: f64 = chosen.iter().map(|&case| seconds[case]).sum();
    let factor = taken / expected.max(1e-9);
    for seconds in seconds.iter_mut() {
        *seconds *= factor;
    }
    Ok(count)
}

/// The cases of each shard, ascending. Those of one image stay together: it is read once.
fn parts(arguments: &PlanArguments, cases: &[Case], seconds: &[f64], estimate: &Estimate) -> Vec<Vec<usize>> {
    let groups = extract::groups(cases);
    let wanted = if let Some(shards) = arguments.shards {
        shards as usize
    } else {
        let of_shard = arguments.target_min * 60.0 * estimate.cores as f64;
        ((estimate.core_seconds / of_shard).ceil() as usize).clamp(1, MOST_SHARDS)
    };
    let costs: Vec<u64> = (0..groups.len())
        .map(|group| (1e6 * groups.get(group).iter().map(|&case| seconds[case]).sum::<f64>()) as u64)
        .collect();
    let mut parts: Vec<Vec<usize>> = balance(&costs, wanted)
        .into_iter()
        .map(|units| units.into_iter().flat_map(|unit| groups.get(unit)).copied().collect())
        .collect();
    for part in &mut parts {
        part.sort_unstable();
    }
    parts
}

/// The sizes of the files of all cases; each is looked at once.
struct Sizes {
    of: HashMap<PathBuf, (u64, u64)>,
    /// How many images are folders
    folders: usize,
    missing: Vec<(PathBuf, String)>,
}

impl Sizes {
    fn look(cases: &[Case]) -> Self {
        let mut known: HashSet<&Path> = HashSet::new();
        let paths: Vec<&Path> = cases
            .iter()
            .flat_map(|case| [case.image.as_path(), case.mask.as_path()])
            .filter(|path| known.insert(path))
            .collect();
        let found: Vec<std::io::Result<(u64, u64, bool)>> = paths.par_iter().map(|path| size(path)).collect();
        let mut sizes = Self {
            of: HashMap::new(),
            folders: 0,
            missing: Vec::new(),
        };
        for (path, found) in paths.into_iter().zip(found) {
            match found {
                Ok((bytes, files, is_folder)) => {
                    sizes.folders += usize::from(is_folder);
                    sizes.of.insert(path.to_owned(), (bytes, files));
                }
                Err(error) => sizes.missing.push((path.to_owned(), error.to_string())),
            }
        }
        sizes
    }

    fn of(&self, case: &Case) -> u64 {
        [&case.image, &case.mask]
            .into_iter()
            .filter_map(|path| self.of.get(path))
            .map(|(bytes, _)| bytes)
            .sum()
    }

    fn bytes(&self) -> u64 {
        self.of.values().map(|(bytes, _)| bytes).sum()
    }

    fn files(&self) -> u64 {
        self.of.values().map(|(_, files)| files).sum()
    }
}

/// Bytes and files of an image or a mask, and whether it is a folder of slices.
fn size(path: &Path) -> std::io::Result<(u64, u64, bool)> {
    let facts = std::fs::metadata(path)?;
    if !facts.is_dir() {
        return Ok((facts.len(), 1, false));
    }
    let mut sum = (0, 0, true);
    for entry in std::fs::read_dir(path)? {
        let facts = entry?.metadata()?;
        if facts.is_file() {
            sum.0 += facts.len();
            sum.1 += 1;
        }
    }
    Ok(sum)
}
