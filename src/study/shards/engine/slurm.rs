//! Slurm's job arrays: argument vectors for `sbatch`, and the script that an element runs.
//!
//! Everybody sees names and arguments of jobs: there is nothing in them but the run's own name and numbers of shards. An
//! element that may succeed later asks to be requeued, by its own array number and element: the plain job number would restart
//! the whole array for one of them.

use std::path::Path;

use super::script::quoted;
use crate::study::shards::numbers::ranges;
use crate::study::shards::plan::Plan;

/// The script of an array's element.
const ELEMENT: &str = include_str!("slurm_element.sh");
/// The script of the job that merges.
const MERGE: &str = include_str!("slurm_merge.sh");

/// Slurm's limit where it does not say.
const USUAL_ARRAY_SIZE: usize = 1001;

/// What is asked of Slurm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// How many elements run at a time
    pub throttle: Option<usize>,
    /// The partition
    pub partition: Option<String>,
    /// The account
    pub account: Option<String>,
    /// The time limit of an element, as Slurm writes it
    pub time: Option<String>,
    /// The memory of an element, as Slurm writes it
    pub memory: Option<String>,
}

/// A job array to be submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// What is added to an element's number to get its shard's
    pub offset: usize,
    /// The elements
    pub elements: Vec<usize>,
}

/// The largest number of an element and one more, of `scontrol show config`.
pub fn array_size(config: &str) -> usize {
    config
        .lines()
        .filter_map(|line| line.split_once('='))
        .find(|(key, _)| key.trim() == "MaxArraySize")
        .and_then(|(_, value)| value.trim().parse().ok())
        .filter(|&size| size > 1)
        .unwrap_or(USUAL_ARRAY_SIZE)
}

/// Shards, ascending, as arrays whose elements have numbers below `size`.
pub fn arrays(shards: &[usize], size: usize) -> Vec<Array> {
    let mut found: Vec<Array> = Vec::new();
    for &shard in shards {
        let offset = shard / size * size;
        match found.last_mut().filter(|array| array.offset == offset) {
            Some(array) => array.elements.push(shard - offset),
            None => found.push(Array {
                offset,
                elements: vec![shard - offset],
            }),
        }
    }
    found
}

/// The arguments of `sbatch` for an array, one of which has `share` of all `shards` to be done. It is called in the run folder.
pub fn array_arguments(plan: &Plan, request: &Request, array: &Array, shards: usize) -> Vec<String> {
    let mut elements = ranges(&array.elements);
    if let Some(throttle) = request.throttle {
        // Arrays beside each other share what may run at a time.
        let share = throttle * array.elements.len() / shards.max(1);
        elements.push_str(&format!("%{}", share.max(1)));
    }
    let mut arguments = common(plan, request);
    arguments.extend([
        format!("--array={elements}"),
        format!("--cpus-per-task={}", plan.estimate.cores),
        "--requeue".to_owned(),
        "--open-mode=append".to_owned(),
        "--output=logs/%A_%a.log".to_owned(),
    ]);
    if let Some(memory) = &request.memory {
        arguments.push(format!("--mem={memory}"));
    }
    if let Some(time) = &request.time {
        arguments.push(format!("--time={time}"));
    }
    arguments.extend(["jobs/element.sh".to_owned(), array.offset.to_string()]);
    arguments
}

/// The arguments of `sbatch` for the job that merges when these jobs have come to an end, whatever came of them.
pub fn merge_arguments(plan: &Plan, request: &Request, jobs: &[String]) -> Vec<String> {
    let mut arguments = common(plan, request);
    arguments.extend([
        format!("--dependency=afterany:{}", jobs.join(":")),
        "--output=logs/merge_%j.log".to_owned(),
        "jobs/merge.sh".to_owned(),
    ]);
    arguments
}

/// The arguments of `scancel` for all jobs of a run.
pub fn cancel_arguments(plan: &Plan) -> Vec<String> {
    vec![format!("--name={}", plan.job_name())]
}

/// The arguments of `squeue` for all jobs of a run.
pub fn queue_arguments(plan: &Plan) -> Vec<String> {
    vec![
        "--noheader".to_owned(),
        format!("--name={}", plan.job_name()),
        format!("--format={}", super::queue::FORM),
    ]
}

fn common(plan: &Plan, request: &Request) -> Vec<String> {
    let mut arguments = vec![
        "--parsable".to_owned(),
        format!("--job-name={}", plan.job_name()),
        // The submitting machine's folders for temporary files, and its secrets, are not those of a node.
        "--export=NONE".to_owned(),
    ];
    if let Some(partition) = &request.partition {
        arguments.push(format!("--partition={partition}"));
    }
    if let Some(account) = &request.account {
        arguments.push(format!("--account={account}"));
    }
    arguments
}

/// The script of an element; `binary` is the program's place on every node.
pub fn element_script(binary: &Path) -> String {
    ELEMENT.replace("@BINARY@", &quoted(binary))
}

/// The script of the job that merges.
pub fn merge_script(binary: &Path) -> String {
    MERGE.replace("@BINARY@", &quoted(binary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_above_the_limit_is_several_arrays_with_offsets() {
        let all: Vec<usize> = (0..1100).collect();
        let found = arrays(&all, 1001);
        let shape: Vec<_> = found
            .iter()
            .map(|array| (array.offset, ranges(&array.elements)))
            .collect();
        assert_eq!(shape, [(0, "0-1000".to_owned()), (1001, "0-98".to_owned())]);
        assert_eq!(arrays(&[6, 7, 2005], 1001)[1].elements, [3]);
        assert!(arrays(&[], 1001).is_empty());
    }

    #[test]
    fn the_limit_is_read_from_the_configuration() {
        assert_eq!(array_size("MaxArraySize            = 501\nMaxJobCount = 10000\n"), 501);
        assert_eq!(array_size(""), USUAL_ARRAY_SIZE);
    }
}
