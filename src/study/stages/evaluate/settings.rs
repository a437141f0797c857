//! What the stages of the evaluation share.

use crate::study::input::keys::Key;

/// The name of all of them, in commands and in the results' folder.
pub(crate) const GROUP: &str = "evaluate";

/// The seed of all resamples
pub(crate) static BOOT_SEED: Key<u64> =
    Key::whole("evaluate.boot_seed", "bootstrap seed", "1", "seed of the resamples");
