//! `radscore merge`: the rows of all shards of a run as the table that `radscore extract` would have written.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::extract::output::{self, Format, Target};
use super::extract::shard_rows::{self, Merged};
use super::output_file::Overwriting;
use super::printer::tell;
use super::running::perform;
use super::study_pieces::{self, Asked};
use super::{Global, Outcome};
use crate::message::english::extraction as words;
use crate::study::engine::run::Plan;
use crate::study::shards::folder::RunFolder;
use crate::study::shards::numbers::ranges;
use crate::study::shards::standing::Look;

/// How often it is looked again whether missing shards have come.
const BETWEEN_LOOKS: Duration = Duration::from_secs(3);

/// Which run, and where its table goes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  radscore merge run                          (writes run/features.csv)
  radscore merge run -o features.parquet

Of a study's run the study goes on with what its shards have done.
Leaves with 3 where shards are missing, and names them, and with 1 where cases failed.")]
pub struct MergeArguments {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The table; features.csv in the run folder if not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
    /// Format of the table; by default that of FILE's ending, else csv
    #[arg(long, short)]
    format: Option<Format>,
    /// Wait so many seconds for missing shards: another machine's files may show late
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

/// Writes the table, or says what is missing.
pub fn run(arguments: &MergeArguments, global: &Global) -> anyhow::Result<Outcome> {
    let folder = RunFolder::open(&arguments.run)?;
    if Asked::of_plan(folder.plan()).is_some() && (arguments.out.is_some() || arguments.format.is_some()) {
        bail!(
            "{}: --out and --format are for a table of cases; a study has its results where it was opened",
            arguments.run.display()
        );
    }
    if let Some(out) = &arguments.out {
        let files = folder.files();
        arguments.overwriting.judge(out, files.iter().map(PathBuf::as_path))?;
    }
    let out = arguments.out.clone().unwrap_or_else(|| Table::of(&folder).out);
    let format = arguments
        .format
        .or_else(|| Format::of_path(&out))
        .unwrap_or(Format::Csv);
    format.judge()?;
    let begun = Instant::now();
    while !folder.tally(Look::Length).left.is_empty() && begun.elapsed() < Duration::from_secs(arguments.wait) {
        sleep(BETWEEN_LOOKS);
    }
    merge(&folder, &Table { out, format }, global)
}

/// Where the table of a run goes.
pub struct Table {
    /// The file
    pub out: PathBuf,
    /// Its format
    pub format: Format,
}

impl Table {
    /// Where it goes unless something else is said.
    pub fn of(folder: &RunFolder) -> Self {
        Self {
            out: folder.path().join("features.csv"),
            format: Format::Csv,
        }
    }
}

/// Goes on with a study whose shards are all done.
fn go_on(folder: &RunFolder, asked: &Asked, global: &Global) -> anyhow::Result<Outcome> {
    let tally = folder.tally(Look::Content);
    for doubt in &tally.doubts {
        tell!("{doubt}");
    }
    if !tally.left.is_empty() {
        return incomplete(folder, &tally.left, global);
    }
    let mut study = study_pieces::gather(folder, asked)?;
    for path in folder.differences() {
        tell!("{}", words::different_bytes(path.display()));
    }
    let plan = Plan {
        until: asked.until.clone(),
        ..Plan::default()
    };
    perform(&mut study, &plan, global)
}

/// Names the shards that are missing.
fn incomplete(folder: &RunFolder, missing: &[usize], global: &Global) -> anyhow::Result<Outcome> {
    let shards = folder.plan().shards.len();
    if global.json {
        super::print_json(&json!({ "shards": shards, "missing": missing, "out": null }))?;
    }
    tell!(
        "{}",
        words::shards_missing(missing.len(), shards, ranges(missing), folder.path().display())
    );
    Ok(Outcome::Incomplete)
}

/// Writes the table of a run whose shards are all done.
pub fn merge(folder: &RunFolder, table: &Table, global: &Global) -> anyhow::Result<Outcome> {
    if let Some(asked) = Asked::of_plan(folder.plan()) {
        return go_on(folder, &asked, global);
    }
    let shards = folder.plan().shards.len();
    let (columns, missing) = shard_rows::look(folder)?;
    let numbers: Vec<usize> = missing.iter().map(|(shard, _)| *shard).collect();
    if !missing.is_empty() {
        for (shard, why) in &missing {
            if let Some(why) = why {
                tell!("{}", words::shard_says(shard, why));
            }
        }
        return incomplete(folder, &numbers, global);
    }
    let target = Target {
        format: table.format,
        single: false,
        out: Some(&table.out),
        append: false,
    };
    let rows = Merged::new(folder)?;
    output::write(&rows, &columns, &target)?;
    for path in folder.differences() {
        tell!("{}", words::different_bytes(path.display()));
    }
    let tally = folder.tally(Look::Length);
    if tally.rows != folder.plan().rows() {
        bail!(
            "the shards have {} rows, {} were planned",
            tally.rows,
            folder.plan().rows()
        );
    }
    folder.sweep((0..shards).filter(|shard| !tally.may_pass.contains(shard)));
    if global.json {
        super::print_json(&json!({
            "shards": shards,
            "missing": numbers,
            "rows": tally.rows,
            "errors": tally.errors,
            "out": table.out,
        }))?;
    } else if !global.quiet {
        tell!("{}", words::table_rows(table.out.display(), tally.rows));
    }
    if tally.errors > 0 {
        tell!("{}", words::cases_failed(tally.errors));
    }
    if tally.passing > 0 {
        tell!("{}", words::passing_shards(tally.passing, folder.path().display()));
    }
    Ok(if tally.errors > 0 {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}
