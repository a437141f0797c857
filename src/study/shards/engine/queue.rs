//! What `squeue` says of a run, read from its text: the form of its JSON changes with every version of Slurm.
//!
//! The jobs are asked for by the name that only this run has, not by their numbers: a controller that was killed may hand out
//! a number twice, and asking for one that is gone is an error.

use super::ledger::Submission;
use crate::study::shards::numbers::numbers;

/// What `squeue` is asked to print.
pub const FORM: &str = "%F|%K|%i|%T|%r|%N|%M|%j";

/// A row of the queue: an element of an array, or several that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The array's number
    pub job: String,
    /// Its elements; none for a job that is no array, such as the one that merges
    pub elements: Vec<usize>,
    /// How it stands
    pub state: State,
    /// Why it waits
    pub reason: String,
    /// Where it runs
    pub node: String,
    /// Since when it runs, as `squeue` writes it
    pub time: String,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for its turn
    Waiting,
    /// It runs
    Running,
    /// It comes to its end
    Ending,
    /// It was held or stopped
    Held,
}

/// The rows that belong to jobs of this name; what belongs to others, or cannot be read, is left out.
pub fn parse(text: &str, name: &str) -> Vec<Queued> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.trim().split('|').collect();
            let &[job, elements, _, state, reason, node, time, found] = fields.as_slice() else {
                return None;
            };
            (found == name).then(|| Queued {
                job: job.to_owned(),
                elements: numbers(elements).unwrap_or_default(),
                state: state_of(state, reason),
                reason: reason.to_owned(),
                node: node.to_owned(),
                time: time.to_owned(),
            })
        })
        .collect()
}

fn state_of(word: &str, reason: &str) -> State {
    match word {
        "RUNNING" | "CONFIGURING" | "STAGE_OUT" | "SIGNALING" => State::Running,
        "COMPLETING" | "COMPLETED" | "CANCELLED" | "FAILED" | "TIMEOUT" | "NODE_FAIL" | "OUT_OF_MEMORY"
        | "PREEMPTED" | "BOOT_FAIL" | "DEADLINE" => State::Ending,
        "SUSPENDED" | "STOPPED" | "REQUEUE_HOLD" | "SPECIAL_EXIT" | "RESV_DEL_HOLD" => State::Held,
        // JobHeldUser, JobHeldAdmin, "job requeued in held state".
        _ if reason.to_ascii_lowercase().contains("held") => State::Held,
        _ => State::Waiting,
    }
}

/// The shards of the rows that wait, run or are held, by what was submitted.
pub fn shards(queue: &[Queued], submissions: &[Submission]) -> Vec<usize> {
    let arrays = || submissions.iter().flat_map(|submission| &submission.arrays);
    let mut found: Vec<usize> = queue
        .iter()
        .filter(|queued| queued.state != State::Ending)
        .filter_map(|queued| {
            // Of numbers that were handed out twice the later one stands.
            let offset = arrays().rfind(|array| array.job == queued.job)?.offset;
            Some(queued.elements.iter().map(move |element| element + offset))
        })
        .flatten()
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Submitted;
    use super::*;

    const NAME: &str = "radscore-0a1b2c3d";

    #[test]
    fn recorded_rows_are_read() {
        assert!(parse("", NAME).is_empty());
        let text = "7|2|7_2|RUNNING|None|n1|0:12|radscore-0a1b2c3d\n\
                    7|4-9%4|7_[4-9%4]|PENDING|JobArrayTaskLimit||0:00|radscore-0a1b2c3d\n\
                    7|3|7_3|PENDING|JobHeldUser||0:00|radscore-0a1b2c3d\n\
                    7|1|7_1|COMPLETING|None|n2|0:40|radscore-0a1b2c3d\n\
                    7|0|7_0|PENDING|job requeued in held state||0:00|radscore-0a1b2c3d\n\
                    8|N/A|8|PENDING|Dependency||0:00|radscore-0a1b2c3d\n\
                    9|0|9_0|RUNNING|None|n2|1:00|radscore-ffffffff\n\
                    slurm_load_jobs error: Invalid job id specified\n";
        let queue = parse(text, NAME);
        let states: Vec<State> = queue.iter().map(|queued| queued.state).collect();
        use State::{Ending, Held, Running, Waiting};
        assert_eq!(states, [Running, Waiting, Held, Ending, Held, Waiting]);
        assert_eq!(queue[1].elements, (4..=9).collect::<Vec<_>>());
        assert!(queue[5].elements.is_empty());
        let submission = |job: &str, offset| Submission {
            at: 0,
            arrays: vec![Submitted {
                job: job.to_owned(),
                offset,
                elements: "0-9".to_owned(),
            }],
            merge: Some("8".to_owned()),
        };
        // The number 7 was handed out before, to an array that began elsewhere.
        assert_eq!(
            shards(&queue, &[submission("7", 0), submission("7", 1000)]),
            [1000, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009]
        );
        assert!(shards(&queue, &[submission("6", 0)]).is_empty());
    }
}
