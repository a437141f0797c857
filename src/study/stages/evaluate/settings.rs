//! What the stages of the evaluation share.

use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};
use crate::study::input::keys::Key;

/// The name of all of them, in commands and in the results' folder.
pub(crate) const GROUP: &str = "evaluate";

/// The seed of all resamples
pub(crate) static BOOT_SEED: Key<u64> =
    Key::whole("evaluate.boot_seed", "bootstrap seed", "1", "seed of the resamples");

/// So many resamples of rows, by R's random numbers or by our own.
pub(super) fn drawn_rows(kind: SeedKind, seed: u64, rows: usize, count: usize) -> Vec<Vec<usize>> {
    match kind {
        SeedKind::R => {
            let mut stream = RRandom::set_seed(seed as i64);
            (0..count).map(|_| stream.sample_with_replacement(rows, rows)).collect()
        }
        SeedKind::Own => {
            let mut stream = RandomStream::new(seed, Purpose::Bootstrap);
            (0..count).map(|_| stream.resample(rows)).collect()
        }
    }
}
