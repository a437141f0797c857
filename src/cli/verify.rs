//! `radscore verify`: whether what a model's file says of itself holds.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::columns::aligned;
use super::{Global, Outcome};
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
    let mut documents = Vec::new();
    let mut text = String::new();
    for path in &arguments.models {
        let (model, checks) = checks_of(path)?;
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
        let rows: Vec<Vec<String>> = checks
            .iter()
            .map(|check| {
                let (word, says) = words(&check.verdict);
                vec![format!("  {}", check.name), word.to_owned(), says.to_owned()]
            })
            .collect();
        let end = match fails {
            0 => "nothing contradicts what the file says".to_owned(),
            1 => "one check fails".to_owned(),
            several => format!("{several} checks fail"),
        };
        text.push_str(&format!(
            "{}: {}\n{}{end}\n",
            shown_name(&path.display().to_string()),
            shown_name(&model.name),
            aligned(&["  check", "", ""], &rows)
        ));
    }
    if global.json {
        super::print_json(&json!({ "models": documents }))?;
    } else {
        super::print(&text)?;
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
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
        Verdict::Holds(says) => ("holds", says),
        Verdict::Fails(says) => ("FAILS", says),
        Verdict::Silent(says) => ("not stated", says),
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
