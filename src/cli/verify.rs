//! `radscore verify`: whether what a model's file says of itself holds.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::printer::tell;
use super::{Global, Outcome};
use crate::message::english::run as words;
use crate::message::foreign::shown_name;
use crate::model::Model;
use crate::model::verify::{Check, Verdict};
use crate::study::extraction_rules::extraction_again;
use crate::study::learner::Recalled;

/// Which files.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  radscore verify results/fit/model-2.json")]
pub struct VerifyArguments {
    /// Model files, as a study's fit/model-1.json
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<PathBuf>,
}

/// Checks each file and prints what became of each check; a check that fails is exit code 1.
pub fn run(arguments: &VerifyArguments, global: &Global) -> anyhow::Result<Outcome> {
    let mut failed = false;
    let mut unread = Vec::new();
    let mut documents = Vec::new();
    let mut text = String::new();
    for path in &arguments.models {
        let (model, checks) = match checks_of(path) {
            Ok(found) => found,
            // One file that cannot be read keeps nothing of the others.
            Err(error) => {
                documents.push(json!({ "file": path.display().to_string(), "error": format!("{error:#}") }));
                unread.push(format!("{error:#}"));
                continue;
            }
        };
        let fails = checks
            .iter()
            .filter(|check| matches!(check.verdict, Verdict::Fails(_)))
            .count();
        failed |= fails > 0;
        if global.json {
            documents.push(json!({
                "file": path.display().to_string(),
                "model": model.name,
                "holds": fails == 0,
                "checks": checks.iter().map(document).collect::<Vec<_>>(),
            }));
            continue;
        }
        let lengths = |of: &dyn Fn(&Check) -> usize| checks.iter().map(of).max().unwrap_or_default();
        let width = lengths(&|check| check.name.len());
        let state = lengths(&|check| words(&check.verdict).0.len());
        let rows: Vec<String> = checks
            .iter()
            .map(|check| {
                let (word, says) = words(&check.verdict);
                // What it says is told whole, however long it is.
                format!("  {:<width$}  {word:<state$}  {says}\n", check.name)
            })
            .collect();
        let end = match fails {
            0 => words::NOTHING_CONTRADICTS.text().to_owned(),
            1 => words::ONE_CHECK_FAILS.text().to_owned(),
            several => words::checks_fail(several).to_string(),
        };
        text.push_str(&format!(
            "{}: {}\n{}{end}\n",
            shown_name(&path.display().to_string()),
            shown_name(&model.name),
            rows.concat()
        ));
    }
    if global.json {
        super::print_json(&json!({ "models": documents }))?;
    } else {
        super::print(&text)?;
    }
    anyhow::ensure!(unread.is_empty(), "{}", unread.join("; "));
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// A model that is going to be used, and what in its file does not hold, a remark each: said on standard error even where
/// remarks are not asked for, since numbers of a changed model are nobody's.
pub(super) fn read_checked(path: &Path) -> anyhow::Result<(Model, Vec<String>)> {
    let (model, checks) = checks_of(path)?;
    let mut remarks = Vec::new();
    for check in checks {
        if let Verdict::Fails(says) = check.verdict {
            remarks.push(format!("{}: {} fails: {says}", path.display(), check.name));
        }
    }
    for remark in &remarks {
        tell!("radscore: {remark}");
    }
    Ok((model, remarks))
}

fn checks_of(path: &Path) -> anyhow::Result<(Model, Vec<Check>)> {
    let (model, document) = Model::read_with_document(path)?;
    let mut checks = {
        let radscore = Recalled::new(&model.radscore)?;
        model.verify(&document, &|value| radscore.score(value))
    };
    checks.push(Check {
        name: "extraction",
        verdict: extraction_again(&model),
    });
    Ok((model, checks))
}

fn words(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Holds(says) => (words::HOLDS.text(), says),
        Verdict::Fails(says) => (words::FAILS.text(), says),
        Verdict::Silent(says) => (words::NOT_STATED.text(), says),
    }
}

fn document(check: &Check) -> Value {
    let state = match check.verdict {
        Verdict::Holds(_) => "holds",
        Verdict::Fails(_) => "fails",
        Verdict::Silent(_) => "not stated",
    };
    json!({ "name": check.name, "state": state, "says": words(&check.verdict).1 })
}
