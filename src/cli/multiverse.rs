//! `radscore multiverse`: the study under every combination of the choices that its file declares, on its training rows alone.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::columns::{aligned, exact};
use super::printer::tell;
use super::run::Opened;
use super::{Global, Outcome, progress};
use crate::stats::base::number::{percentage, share, share_limits};
use crate::study::StudyError;
use crate::study::multiverse::result::MultiverseResult;
use crate::study::multiverse::{self, Asked, Counts, Done, RESULT, TABLE};

/// What is run.
#[derive(Debug, Args)]
#[command(
    after_help = "The study file says under multiverse.choices what is varied: keys and their values, as select.lambda: [min, 1se]. Each combination is judged by nested cross-validation of its training cases; no test case is read. A run that was ended goes on\nwhere it was. No best specification is named: whoever took it would report the luckiest of many.\n\nExamples:\n  radscore multiverse study.yaml --count\n  radscore multiverse study.yaml --shard 1/4\n  radscore show multiverse study.yaml"
)]
pub struct MultiverseArguments {
    /// The study file
    study: PathBuf,
    /// Only say how many specifications there are
    #[arg(long)]
    count: bool,
    /// Judge this part of the specifications, as 2/4; the parts share one folder of results, and who is last writes the tables
    #[arg(long, value_name = "K/N", value_parser = shard_of, conflicts_with = "count")]
    shard: Option<(usize, usize)>,
    /// Score test cases too, once the study's own test set was looked at; the guard logs it as a look
    #[arg(long, conflicts_with = "count")]
    test_set: bool,
    #[command(flatten)]
    opened: Opened,
}

fn shard_of(text: &str) -> Result<(usize, usize), String> {
    let found = text
        .split_once('/')
        .and_then(|(shard, of)| Some((shard.trim().parse().ok()?, of.trim().parse().ok()?)));
    match found {
        Some((shard, of)) if shard >= 1 && shard <= of => Ok((shard, of)),
        _ => Err("a part is a number and how many there are, as 2/4".to_owned()),
    }
}

/// Runs the multiverse, or says how much it would be.
pub fn run(arguments: &MultiverseArguments, global: &Global) -> anyhow::Result<Outcome> {
    let mut study = arguments.opened.open(&arguments.study)?;
    let counts = multiverse::counts(&study)?;
    if arguments.count {
        if global.json {
            super::print_json(&json!({
                "combinations": counts.combinations,
                "specifications": counts.specifications,
                "extractions": counts.extractions,
            }))?;
        } else {
            super::print(&format!("{}\n", text_of_counts(counts)))?;
        }
        return Ok(Outcome::Done);
    }
    if !global.quiet {
        tell!("radscore: {}", text_of_counts(counts));
    }
    let asked = Asked {
        shard: arguments.shard,
        test: arguments.test_set,
    };
    let mut watch = progress::watch_without_findings(global)?;
    let done = match multiverse::run(&mut study, asked, &mut watch) {
        Err(StudyError::Cancelled) => {
            tell!("radscore: {}", StudyError::Cancelled);
            return Ok(Outcome::Interrupted);
        }
        other => other?,
    };
    match done {
        Done::Left { judged, left } if global.json => super::print_json(&json!({ "judged": judged, "left": left }))?,
        Done::Left { judged, left } => super::print(&format!(
            "{judged} specifications are judged, {left} are left to the other parts; who runs last writes {TABLE}\n"
        ))?,
        Done::Whole(found) if global.json => super::print_json(&json_of(&found))?,
        Done::Whole(found) => super::print(&text_of(&found, &study.out().display().to_string()))?,
    }
    Ok(Outcome::Done)
}

fn text_of_counts(counts: Counts) -> String {
    let combinations = counts
        .combinations
        .map_or_else(|| "countless".to_owned(), |all| all.to_string());
    let features = if counts.extractions > 1 {
        format!("; the features are extracted under {} settings", counts.extractions)
    } else {
        String::new()
    };
    format!(
        "{} specifications of {combinations} combinations{features}",
        counts.specifications
    )
}

/// What a multiverse has shown, for a person.
fn text_of(found: &MultiverseResult, out: &str) -> String {
    let mut text = format!("{} specifications judged on training cases", found.judged);
    if found.failed > 0 {
        text.push_str(&format!(", {} could not be (their rows say why)", found.failed));
    }
    text.push('\n');
    if let [low, lower, middle, upper, high] = found.quantiles.as_slice() {
        let three = |value: &f64| share(*value, 3);
        text.push_str(&format!(
            "resampled AUC: median {}, half of them {} to {}, 95 % {} to {}\n",
            three(middle),
            three(lower),
            three(upper),
            three(low),
            three(high)
        ));
    }
    if let Some(own) = found.own() {
        text.push_str(&format!(
            "the study itself: {} ({} {}), above {} of all\n",
            share(own.judged.auc, 3),
            own.judged.interval.name(),
            share_limits(own.judged.interval, 3),
            percentage(found.own_rank)
        ));
    }
    text.push_str(&format!(
        "headline: {}; so in {} of the specifications\n\n",
        found.headline,
        percentage(found.headline_holds)
    ));
    let mut rows: Vec<Vec<String>> = (found.choices.iter())
        .map(|choice| vec![choice.name.clone(), choice.levels.join(", "), percentage(choice.share)])
        .collect();
    rows.push(vec!["together only".to_owned(), String::new(), percentage(found.rest)]);
    text.push_str(&aligned(&["choice", "levels", "of variance"], &rows));
    text.push_str(&format!(
        "\nof variance: what a choice explains of the AUC's variance beyond the others. No specification is the best one: whoever took\n\
         the highest would report luck. Every specification: {out}/{TABLE}\n"
    ));
    text
}

/// The same for a program: without the rows, which are a file.
fn json_of(found: &MultiverseResult) -> Value {
    let choices: Vec<Value> = (found.choices.iter())
        .map(|choice| {
            json!({
                "name": choice.name,
                "levels": choice.levels,
                "own": choice.own,
                "share": exact(choice.share),
            })
        })
        .collect();
    json!({
        "combinations": found.combinations,
        "drawn_by_seed": found.drawn_by_seed,
        "judged": found.judged,
        "failed": found.failed,
        "headline": found.headline,
        "headline_holds": exact(found.headline_holds),
        "own_auc": found.own().map(|own| exact(own.judged.auc)),
        "own_rank": exact(found.own_rank),
        "quantiles": found.quantiles.iter().map(|&value| exact(value)).collect::<Vec<_>>(),
        "choices": choices,
        "rest": exact(found.rest),
        "method": found.method,
        "files": [RESULT, TABLE],
    })
}
