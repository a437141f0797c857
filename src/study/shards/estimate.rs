//! What a run is going to cost, before it is begun: bytes, core-hours, time.

use serde::{Deserialize, Serialize};

/// What a case costs beside the bytes of its files, in seconds of one core: opening, cutting, 107 features of a small region.
const SECONDS_A_CASE: f64 = 0.05;

/// How many bytes of packed images one core decodes and sees through in a second.
const BYTES_A_SECOND: f64 = 4e7;

/// The features without a filter, to which the measure above belongs.
const FEATURES: f64 = 107.0;

/// What a byte of CSV is to a value at full precision, and to the columns before the features.
const BYTES_A_VALUE: u64 = 20;
const BYTES_A_ROW: u64 = 2_000;

/// How long one node may take that nobody needs a cluster for, in seconds.
const ONE_NODE: f64 = 4.0 * 3600.0;

/// The seconds of one core that a case takes by rule of thumb, for the bytes of its files and the features of its row.
pub fn seconds_of_case(bytes: u64, features: usize) -> f64 {
    let of_features = (features as f64 / FEATURES).max(1.0);
    // A further feature is one of a filtered image, which costs the filter and the features, but nobody reads it again.
    (SECONDS_A_CASE + bytes as f64 / BYTES_A_SECOND) * (1.0 + 0.5 * (of_features - 1.0))
}

/// What a run is going to cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Cases, a row each
    pub cases: usize,
    /// Bytes of images and masks, each file once
    pub bytes: u64,
    /// Files that are opened
    pub files: u64,
    /// Seconds of one core
    pub core_seconds: f64,
    /// How many cases were timed for it; by rule of thumb if none
    pub timed: usize,
    /// Features of a row
    pub features: usize,
    /// Cores of a task
    pub cores: usize,
    /// Gigabytes a second that the file server gives, where that is known
    pub bandwidth: Option<f64>,
}

impl Estimate {
    /// Seconds from begin to end with that many tasks at a time: computing, or reading where the server is slower.
    pub fn wall_seconds(&self, tasks: usize) -> f64 {
        let computing = self.core_seconds / (tasks.max(1) * self.cores.max(1)) as f64;
        computing.max(self.reading_seconds().unwrap_or(0.0))
    }

    /// Seconds in which the file server gives all bytes.
    fn reading_seconds(&self) -> Option<f64> {
        self.bandwidth.map(|gigabytes| self.bytes as f64 / (gigabytes * 1e9))
    }

    /// How many tasks at a time the file server feeds, where its bandwidth is known: more only wait for it.
    pub fn throttle(&self) -> Option<usize> {
        let bandwidth = self.bandwidth?;
        let of_core = self.bytes as f64 / self.core_seconds.max(1e-3);
        Some(((bandwidth * 1e9 / of_core.max(1.0) / self.cores.max(1) as f64) as usize).max(1))
    }

    /// Whether a single task on a single node is enough.
    pub fn one_node_would_do(&self) -> bool {
        self.wall_seconds(1) <= ONE_NODE
    }

    /// The estimate in lines, for so many shards of which so many are done at a time.
    pub fn words(&self, shards: usize, throttle: Option<usize>) -> String {
        let tasks = throttle
            .or_else(|| self.throttle())
            .unwrap_or(shards)
            .min(shards)
            .max(1);
        let how = match self.timed {
            0 => "by rule of thumb; plan --measure N times some".to_owned(),
            1 => "one case was timed".to_owned(),
            timed => format!("{timed} cases were timed"),
        };
        let each = self.core_seconds / shards.max(1) as f64 / self.cores.max(1) as f64;
        let written = self.cases as u64 * (BYTES_A_ROW + self.features as u64 * BYTES_A_VALUE);
        let mut text = format!(
            "cases   {}, in {} of about {} on {}\n",
            self.cases,
            counted(shards, "shard"),
            duration(each),
            counted(self.cores, "core")
        );
        text.push_str(&format!("reads   {} in {} files\n", size(self.bytes), self.files));
        text.push_str(&format!(
            "work    {:.2} core-hours ({how})\n",
            self.core_seconds / 3600.0
        ));
        text.push_str(&format!(
            "time    {} with one task, {} with {tasks} at a time",
            duration(self.wall_seconds(1)),
            duration(self.wall_seconds(tasks)),
        ));
        let needed = self.bytes as f64 / self.wall_seconds(tasks).max(1e-3);
        match self.bandwidth {
            Some(bandwidth) => text.push_str(&format!(" (the file server gives {bandwidth} GB/s)\n")),
            None => text.push_str(&format!(", if the file server gives {}/s\n", size(needed as u64))),
        }
        text.push_str(&format!(
            "writes  about {} in {} files\n",
            size(2 * written),
            2 * shards + 4
        ));
        text
    }
}

/// A number of things.
fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A time as a person says it.
pub fn duration(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{} s", seconds.ceil())
    } else if seconds < 5400.0 {
        format!("{} min", (seconds / 60.0).ceil())
    } else if seconds < 172_800.0 {
        format!("{:.1} h", seconds / 3600.0)
    } else {
        format!("{:.1} days", seconds / 86_400.0)
    }
}

/// An amount of bytes as a person says it.
pub fn size(bytes: u64) -> String {
    let mut amount = bytes as f64;
    let mut units = ["bytes", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if amount < 1000.0 {
            break;
        }
        amount /= 1000.0;
        unit = next;
    }
    if amount < 10.0 && unit != "bytes" {
        format!("{amount:.1} {unit}")
    } else {
        format!("{amount:.0} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate() -> Estimate {
        Estimate {
            cases: 50_000,
            bytes: 7_500_000_000_000,
            files: 100_000,
            core_seconds: 600_000.0,
            timed: 3,
            features: 107,
            cores: 64,
            bandwidth: Some(1.0),
        }
    }

    #[test]
    fn one_node_is_enough_for_fifty_thousand_cases() {
        // 50,000 cases of 12 s are 167 core-hours: 2.6 hours on 64 cores, and a server of 1 GB/s takes 2.1 for their bytes.
        let estimate = estimate();
        assert!(estimate.one_node_would_do());
        assert_eq!(duration(estimate.wall_seconds(1)), "2.6 h");
        assert_eq!(duration(estimate.wall_seconds(100)), "2.1 h");
        // One core draws 12.5 MB/s, so that 1 GB/s feeds 80 cores: one task of 64.
        assert_eq!(estimate.throttle(), Some(1));
        let words = estimate.words(1000, None);
        assert!(words.contains("166.67 core-hours (3 cases were timed)"), "{words}");
        assert!(words.contains("reads   7.5 TB in 100000 files"), "{words}");
    }

    #[test]
    fn amounts_are_said_in_their_units() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(1_500_000_000_000_000), "1500 TB");
        assert_eq!(duration(0.2), "1 s");
        assert_eq!(duration(600.0), "10 min");
    }
}
