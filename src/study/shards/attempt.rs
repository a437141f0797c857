//! Who does a shard: machine, job and process. An attempt has a name that no other has, whatever becomes of it.

use std::env;

use serde::{Deserialize, Serialize};

use crate::study::input::stamp::now;

/// One attempt at a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The machine, or the node's name where a scheduler gives one
    pub host: String,
    /// The processor's name
    pub processor: String,
    /// The scheduler's number of the job, if there is one
    pub job: Option<String>,
    /// How often the scheduler has begun it anew
    pub restart: u32,
    /// Its name among the attempts
    pub name: String,
}

impl Attempt {
    /// The attempt of this process.
    pub fn here() -> Self {
        let host = of_environment("SLURMD_NODENAME")
            .or_else(|| first_line("/proc/sys/kernel/hostname"))
            .or_else(|| of_environment("HOSTNAME"))
            .or_else(|| of_environment("COMPUTERNAME"))
            .unwrap_or_else(|| "host".to_owned());
        let job = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID", "HQ_JOB_ID"]
            .into_iter()
            .find_map(of_environment);
        let restart = of_environment("SLURM_RESTART_COUNT")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let plain = |text: &str| -> String {
            text.chars()
                .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
                .take(40)
                .collect()
        };
        let name = format!(
            "{}.{}.{restart}.{}.{}",
            plain(&host),
            plain(job.as_deref().unwrap_or("0")),
            std::process::id(),
            now()
        );
        Self {
            host,
            processor: processor(),
            job,
            restart,
            name,
        }
    }
}

fn of_environment(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

fn first_line(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().next().map(str::to_owned).filter(|line| !line.is_empty())
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    });
    named.unwrap_or_else(|| env::consts::ARCH.to_owned())
}
