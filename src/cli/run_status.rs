//! `radscore status RUN`: the shards of a run by their files, and what its jobs do by the queue.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::printer::tell;
use super::progress::interruption;
use super::submit::queue;
use super::{Global, Outcome};
use crate::message::english::run as said;
use crate::study::shards::engine::queue::{Queued, State};
use crate::study::shards::folder::RunFolder;
use crate::study::shards::numbers::ranges;
use crate::study::shards::standing::{Look, Tally};

/// How often a run is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);
/// How often once it has been for an hour: the queue is everybody's.
const BETWEEN_LATE_LOOKS: Duration = Duration::from_mins(1);

/// How wide the bar is.
const BAR: usize = 30;

/// What is known of the queue.
enum Queue {
    /// The run was not given to Slurm
    None,
    /// Its jobs
    Jobs(Vec<Queued>),
    /// Slurm does not answer
    Silent(String),
}

/// Prints how a run stands; again and again where it is watched.
pub(super) fn run(folder: &RunFolder, watch: bool, global: &Global) -> anyhow::Result<Outcome> {
    let stop = interruption()?;
    let begun = Instant::now();
    loop {
        let tally = folder.tally(Look::Length);
        let queue = look(folder);
        let last = !watch || tally.left.is_empty();
        if global.json {
            // One document, whatever was watched.
            if last {
                super::print_json(&document(&tally, &queue))?;
            }
        } else {
            if watch && std::io::stdout().is_terminal() {
                super::print(&format!("{}\n", folder.path().display()))?;
            }
            super::print(&words(folder, &tally, &queue))?;
        }
        if last {
            return Ok(Outcome::Done);
        }
        let pause = if begun.elapsed() < Duration::from_hours(1) {
            BETWEEN_LOOKS
        } else {
            BETWEEN_LATE_LOOKS
        };
        let waiting = Instant::now();
        while waiting.elapsed() < pause {
            if stop.load(Ordering::Relaxed) {
                tell!("{}", said::NOT_WATCHED);
                return Ok(Outcome::Interrupted);
            }
            sleep(Duration::from_millis(100));
        }
    }
}

fn look(folder: &RunFolder) -> Queue {
    let by_slurm = folder
        .submissions()
        .iter()
        .any(|submission| !submission.arrays.is_empty());
    if !by_slurm {
        return Queue::None;
    }
    match queue(folder) {
        Ok(jobs) => Queue::Jobs(jobs),
        Err(error) => Queue::Silent(error.to_string()),
    }
}

/// How many elements of arrays there are of each state.
fn count(jobs: &[Queued], state: State) -> usize {
    jobs.iter()
        .filter(|job| job.state == state)
        .map(|job| job.elements.len())
        .sum()
}

fn document(tally: &Tally, queue: &Queue) -> Value {
    let mut document = json!({
        "shards": tally.shards,
        "done": tally.done,
        "invalid": tally.invalid,
        "rows": tally.rows,
        "errors": tally.errors,
        "passing": tally.passing,
        "left": ranges(&tally.left),
    });
    document["queue"] = match queue {
        Queue::None => Value::Null,
        Queue::Silent(why) => json!({ "error": why }),
        Queue::Jobs(jobs) => json!({
            "running": count(jobs, State::Running),
            "waiting": count(jobs, State::Waiting),
            "held": count(jobs, State::Held),
        }),
    };
    document
}

fn words(folder: &RunFolder, tally: &Tally, queue: &Queue) -> String {
    let filled = BAR * tally.done / tally.shards.max(1);
    let bar = "#".repeat(filled) + &".".repeat(BAR - filled);
    let rows = folder.plan().rows();
    let standing = said::standing_bar(bar, tally.done, tally.shards, tally.rows, rows, tally.errors);
    let mut text = format!("{standing}\n");
    for doubt in &tally.doubts {
        text.push_str(&format!("{doubt}\n"));
    }
    match queue {
        Queue::None => {}
        Queue::Silent(why) => text.push_str(&format!("{}\n", said::queue_unknown(why))),
        Queue::Jobs(jobs) => {
            text.push_str(&format!(
                "{}\n",
                said::queue_holds(
                    count(jobs, State::Running),
                    count(jobs, State::Waiting),
                    count(jobs, State::Held)
                )
            ));
            let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
            for job in jobs
                .iter()
                .filter(|job| matches!(job.state, State::Waiting | State::Held))
            {
                *reasons.entry(&job.reason).or_default() += job.elements.len();
            }
            for (reason, elements) in reasons.into_iter().filter(|(_, elements)| *elements > 0) {
                text.push_str(&format!("         {}\n", said::held_for(elements, reason)));
            }
        }
    }
    let path = folder.path().display();
    if tally.left.is_empty() {
        text.push_str(&format!("{}\n", said::complete(path)));
    } else {
        text.push_str(&format!("{}\n", said::shards_left(ranges(&tally.left))));
        let idle = matches!(queue, Queue::Jobs(jobs) if jobs.iter().all(|job| job.elements.is_empty()));
        if idle {
            text.push_str(&format!("{}\n", said::not_in_queue(path)));
        }
    }
    text
}
