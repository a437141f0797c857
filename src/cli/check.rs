//! `radscore check`: every case read and judged without extracting.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::columns::{left, width};
use super::{Global, Outcome, progress, run::Opened};
use crate::message::english::run as words;
use crate::message::foreign::shown_name;
use crate::stats::base::number::share;
use crate::study::StudyError;
use crate::study::engine::run::Plan;
use crate::study::guard::{self, Breach};
use crate::study::stages::check::{CheckResult, Verdict};

/// Bytes of lines that are printed together.
const AT_ONCE: usize = 1 << 16;

/// Which study or table of cases.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  radscore check sample-cases/cohort.csv")]
pub struct CheckArguments {
    /// The study file, or a table of cases with the columns id, image, mask
    study: PathBuf,
    #[command(flatten)]
    opened: Opened,
}

/// Judges the cases and prints what is wrong.
pub fn run(arguments: &CheckArguments, global: &Global) -> anyhow::Result<Outcome> {
    let mut study = arguments.opened.open(&arguments.study)?;
    if study.config().features.is_some() {
        // A table of features has been read and its columns found by opening the study: what is left is to look at it.
        let features = study.features()?;
        super::print(&format!(
            "{}\n",
            words::nothing_to_check(features.ids.len(), features.names.len())
        ))?;
        return Ok(Outcome::Done);
    }
    let quiet = Global {
        quiet: true,
        ..global.clone()
    };
    let mut watch = progress::watch_without_findings(if global.json { &quiet } else { global })?;
    let plan = Plan {
        until: Some("check".to_owned()),
        ..Plan::default()
    };
    match study.run(&plan, &mut watch) {
        Err(StudyError::Cancelled) => return Ok(Outcome::Interrupted),
        other => other?,
    };
    let breaches = guard::judge(&study);
    let Some(result) = study.results().check() else {
        anyhow::bail!("the judgement cannot be read back from {}", study.out().display());
    };
    if global.json {
        super::printer::print_json_of(&Document {
            result,
            guard: &breaches,
        })?;
    } else {
        print_table(result)?;
        super::print(&super::guard::text(&breaches))?;
    }
    let bad = result.cases.iter().any(|case| case.verdict == Verdict::Bad);
    Ok(if bad || breaches.iter().any(Breach::stops) {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

/// What programs read.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    result: &'a CheckResult,
    guard: &'a [Breach],
}

/// Prints a line for each case and for each of its warnings, some cases at a time.
fn print_table(result: &CheckResult) -> anyhow::Result<()> {
    let wide = result.cases.iter().map(|case| width(&shown_name(&case.id)));
    let wide = wide.max().unwrap_or(2);
    let mut text = String::new();
    for case in &result.cases {
        let judgement = match (case.verdict, &case.problem, &case.facts) {
            (Verdict::Bad, Some(problem), _) => words::bad(problem.clone()).to_string(),
            (Verdict::Excluded, problem, _) => words::out(problem.as_deref().unwrap_or_default()).to_string(),
            (_, _, Some(facts)) => words::good(
                facts.size[0],
                facts.size[1],
                facts.size[2],
                share(facts.spacing[0], 3),
                share(facts.spacing[1], 3),
                share(facts.spacing[2], 3),
                facts.voxels,
                share(facts.millilitres, 2),
                if facts.at_border { words::AT_BORDER.text() } else { "" },
            )
            .to_string(),
            _ => String::new(),
        };
        text.push_str(&format!("{}  {judgement}\n", left(shown_name(&case.id), wide)));
        for warning in &case.warnings {
            text.push_str(&format!("{:<wide$}        {warning}\n", ""));
        }
        if text.len() > AT_ONCE {
            super::print(&text)?;
            text.clear();
        }
    }
    let count = |verdict| result.cases.iter().filter(|case| case.verdict == verdict).count();
    text.push_str(&format!(
        "{}\n",
        words::judged(count(Verdict::Good), count(Verdict::Bad), count(Verdict::Excluded))
    ));
    super::print(&text)
}
