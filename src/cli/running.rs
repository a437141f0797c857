//! Running a study and printing what it has found: for every command that does.

use serde_json::json;

use super::printer::tell;
use super::{Global, Outcome, progress, summary};
use crate::message::english::run as words;
use crate::study::engine::run::Plan;
use crate::study::{Study, StudyError};

/// Runs a plan and prints the results.
pub fn perform(study: &mut Study, plan: &Plan, global: &Global) -> anyhow::Result<Outcome> {
    let mut watch = progress::watch(global)?;
    let done = match study.run(plan, &mut watch) {
        Err(StudyError::Cancelled) => {
            tell!("radscore: {}", StudyError::Cancelled);
            return Ok(Outcome::Interrupted);
        }
        other => other?,
    };
    if global.json {
        let failed = done
            .failed
            .as_ref()
            .map(|(stage, message)| json!({ "stage": stage, "message": message }));
        let document = json!({
            "ran": done.ran,
            "fresh": done.fresh,
            "failed_cases": done.failed_cases,
            "failed": failed,
            "results": summary::json(study),
        });
        super::print_json(&document)?;
    } else {
        summary::print(study)?;
    }
    if let Some((stage, message)) = &done.failed {
        tell!("radscore: {stage}: {message}");
        return Ok(Outcome::Failed);
    }
    if done.failed_cases > 0 {
        tell!("radscore: {}", words::cases_failed(done.failed_cases));
        return Ok(Outcome::Failed);
    }
    Ok(Outcome::Done)
}
