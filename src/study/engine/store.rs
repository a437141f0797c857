//! The results of the stages by type, read from their artefacts when they are first asked for.
//!
//! The store knows no stage: a result is asked for by the type that says where it lies.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::state::State;

/// Something that a stage has left in the results' folder.
pub trait Stored: 'static {
    /// The stage that makes it
    const STAGE: &'static str;
    /// What it is
    type Value: Send + Sync + 'static;
    /// Reads it below the folder of the results; `None` if it is not there or cannot be read.
    fn read(out: &Path) -> Option<Self::Value>;
}

/// What the stages have found so far. A stage that has not run, or whose artefact cannot be read, has no result here;
/// whether a result is fresh is said by the study's standings.
#[derive(Debug, Default)]
pub struct Store {
    out: PathBuf,
    slots: Vec<Slot>,
}

/// A result whose type its reader knows.
type Found = Arc<dyn Any + Send + Sync>;

#[derive(Debug, Clone)]
struct Slot {
    stage: &'static str,
    hidden: bool,
    /// Shared with every store that was made of this one: a result is in memory once, whoever asks
    result: Arc<OnceLock<Option<Found>>>,
}

impl Store {
    /// The results of some stages below a folder.
    pub fn new(out: &Path, stages: impl Iterator<Item = &'static str>) -> Self {
        Self {
            out: out.to_owned(),
            slots: stages
                .map(|stage| Slot {
                    stage,
                    hidden: false,
                    result: Arc::default(),
                })
                .collect(),
        }
    }

    /// The results of those stages of which it is remembered what they were made from: whose a file is that nobody remembers
    /// is not known.
    pub(super) fn remembered(out: &Path, stages: impl Iterator<Item = &'static str> + Clone, state: &State) -> Self {
        let unknown: Vec<&str> = stages.clone().filter(|stage| state.record(stage).is_none()).collect();
        Self::new(out, stages).hiding(&unknown)
    }

    /// The same results without some stages, as if those had not run.
    pub fn hiding(&self, stages: &[&str]) -> Self {
        let mut store = Self {
            out: self.out.clone(),
            slots: self.slots.clone(),
        };
        for slot in &mut store.slots {
            slot.hidden |= stages.contains(&slot.stage);
        }
        store
    }

    /// The same results but for one stage, whose artefacts have changed.
    pub fn without(&self, stage: &str) -> Self {
        let mut store = self.hiding(&[]);
        for slot in store.slots.iter_mut().filter(|slot| slot.stage == stage) {
            slot.hidden = false;
            slot.result = Arc::default();
        }
        store
    }

    /// The result of a type.
    pub fn get<A: Stored>(&self) -> Option<&A::Value> {
        let slot = self.slots.iter().find(|slot| slot.stage == A::STAGE && !slot.hidden)?;
        slot.result
            .get_or_init(|| A::read(&self.out).map(|value| Arc::new(value) as Found))
            .as_deref()?
            .downcast_ref()
    }
}
