//! A scheduler's command: a vector of arguments, no shell, and none of the variables that would change what it does.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::study::error::StudyError;

/// Variables by which a user, or the job that this runs in, would change what the command does or prints.
const CHANGING: [&str; 5] = ["SQUEUE_", "SBATCH_", "SCANCEL_", "SLURM_JOB", "SLURM_ARRAY"];

/// What a command prints.
///
/// # Errors
/// Where it cannot be started or fails, with what it said.
pub fn output(program: &str, arguments: &[String], folder: &Path) -> Result<String, StudyError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if CHANGING.iter().any(|beginning| text.starts_with(beginning)) {
            command.env_remove(&name);
        }
    }
    // Long lists of array elements are otherwise cut off, with points.
    command.env("LC_ALL", "C").env("SLURM_BITSTR_LEN", "0");
    let ended = command.output().map_err(|error| StudyError::Scheduler {
        program: program.to_owned(),
        problem: format!("cannot be started ({error}); is this machine one from which jobs are submitted?"),
    })?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    Err(StudyError::Scheduler {
        program: program.to_owned(),
        // What it says first is the cause; each line begins with the command's name again.
        problem: match said.lines().map(str::trim).find(|line| !line.is_empty()) {
            None => format!("failed ({})", ended.status),
            Some(line) => line.strip_prefix(&format!("{program}: ")).unwrap_or(line).to_owned(),
        },
    })
}
