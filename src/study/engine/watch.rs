//! Progress out, cancel in: what a running stage tells its watchers, and how they stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::message::Message;
use crate::message::language::as_chosen;
use crate::study::error::StudyError;

/// What a watcher is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A stage begins, and why it has to run.
    Started {
        /// The stage
        stage: &'static str,
        /// "missing", or what made it stale
        reason: String,
    },
    /// A stage has done `done` of `of` pieces of work; `label` names the last one, a case as a rule.
    Step {
        /// The stage
        stage: &'static str,
        /// Pieces done
        done: usize,
        /// Pieces in all
        of: usize,
        /// The last piece
        label: String,
        /// Pieces a second since the stage began
        rate: f64,
    },
    /// Something that a reader should know; the stage goes on.
    Note {
        /// The stage
        stage: &'static str,
        /// In words
        text: Message,
    },
    /// A stage is done; its artefacts are written.
    Finished {
        /// The stage
        stage: &'static str,
        /// What it found, in words
        notes: Vec<Message>,
        /// Cases that failed in it
        failed_cases: usize,
    },
    /// A stage has nothing to do.
    Fresh {
        /// The stage
        stage: &'static str,
    },
    /// A stage could not be done.
    Failed {
        /// The stage
        stage: &'static str,
        /// Why, in words
        message: String,
    },
}

/// What a stage reports to and asks whether to go on. It is shared by all threads of a stage.
#[derive(Clone)]
pub struct Watch {
    cancel: Arc<AtomicBool>,
    listener: Arc<dyn Fn(Event) + Send + Sync>,
    /// Whether nobody waits for the stage any more
    left: Arc<AtomicBool>,
    stage: &'static str,
    begun: Instant,
    anew: bool,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Watch")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::silent()
    }
}

impl Watch {
    /// A watch that tells `listener` everything and stops once `cancel` is true.
    pub fn new(cancel: Arc<AtomicBool>, listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self {
            cancel,
            listener: Arc::new(listener),
            left: Arc::default(),
            stage: "",
            begun: Instant::now(),
            anew: false,
        }
    }

    /// A watch that nobody listens to and that never stops.
    pub fn silent() -> Self {
        Self::new(Arc::default(), |_| {})
    }

    /// The same run with nobody to tell: for work whose steps are parts of another's.
    pub fn quietly(&self) -> Self {
        Self {
            listener: Arc::new(|_| {}),
            ..self.clone()
        }
    }

    /// The stage that reports from now on; its clock starts.
    pub(crate) fn begin(&mut self, stage: &'static str, anew: bool) {
        self.stage = stage;
        self.left = Arc::default();
        self.anew = anew;
        self.begun = Instant::now();
    }

    /// Reports a piece of work and gives [`StudyError::Cancelled`] if the work is to stop.
    pub fn step(&self, done: usize, of: usize, label: &str) -> Result<(), StudyError> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        self.tell(Event::Step {
            stage: self.stage,
            done,
            of,
            label: label.to_owned(),
            rate,
        });
        self.check()
    }

    /// Says something that a reader should know.
    pub fn note(&self, text: impl Into<Message>) {
        self.tell(Event::Note {
            stage: self.stage,
            text: text.into(),
        });
    }

    /// Whether finished cases are to be done again.
    pub fn anew(&self) -> bool {
        self.anew
    }

    /// Whether the work is to stop.
    pub fn cancelled(&self) -> bool {
        self.left.load(Ordering::Relaxed) || self.cancel.load(Ordering::Relaxed)
    }

    /// Nobody waits for the stage any more: it is to stop, and what it says is not heard.
    pub(super) fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
    }

    /// [`StudyError::Cancelled`] if the work is to stop.
    pub fn check(&self) -> Result<(), StudyError> {
        if self.cancelled() {
            Err(StudyError::Cancelled)
        } else {
            Ok(())
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        if !self.left.load(Ordering::Relaxed) {
            // A stage works in English, its watcher reads the language that was chosen.
            as_chosen(|| (self.listener)(event));
        }
    }
}
