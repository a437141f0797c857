//! Work away from the screen: one thread a job, its progress and end as messages, a flag to cancel it.
//!
//! A panic of a job is caught and becomes its failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::thread;

use super::incoming::{Ended, Incoming, News};
use super::source::{JobLine, Report, Source};
use crate::message::english::program as words;

/// A handle for a job's own thread.
#[derive(Clone)]
pub struct JobHandle {
    sender: Sender<Incoming>,
    cancelled: Arc<AtomicBool>,
}

impl JobHandle {
    /// Sends news; a screen that is gone does not matter.
    pub fn tell(&self, news: News) {
        let _ = self.sender.send(Incoming::News(news));
    }

    /// The line for a study that runs on this thread; after each stage `source`, where there is one, shows what it found.
    pub fn line(&self, source: Option<Arc<dyn Source>>) -> JobLine {
        let handle = self.clone();
        JobLine {
            cancel: Arc::clone(&self.cancelled),
            tell: Arc::new(move |report| match report {
                Report::Step { stage, label, done, of } => handle.tell(News::Progress { stage, label, done, of }),
                Report::Note(words) => handle.tell(News::Note(words)),
                Report::StageEnded => {
                    if let Some(Ok(snapshot)) = source.as_ref().map(|source| source.snapshot()) {
                        handle.tell(News::Study(Box::new(snapshot)));
                    }
                }
            }),
        }
    }
}

/// The one place where jobs start.
pub struct Jobs {
    sender: Sender<Incoming>,
    /// Whether jobs run at once on the caller's thread, as tests want it
    at_once: bool,
}

impl Jobs {
    /// Jobs whose news go to a channel.
    pub fn new(sender: Sender<Incoming>, at_once: bool) -> Self {
        Self { sender, at_once }
    }

    /// Starts a job and gives the flag that cancels it. The end of the job is its result, or its panic as an error.
    pub fn start(&self, work: impl FnOnce(&JobHandle) -> Ended + Send + 'static) -> Arc<AtomicBool> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let handle = JobHandle {
            sender: self.sender.clone(),
            cancelled: Arc::clone(&cancelled),
        };
        let body = move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&handle))).unwrap_or_else(|_| {
                Err(super::terminal::take_panic().map_or_else(|| words::JOB_BROKE_OFF.into(), words::job_broke_off))
            });
            handle.tell(News::Ended(result));
        };
        if self.at_once {
            body();
        } else {
            let _ = thread::Builder::new().name("job".to_owned()).spawn(body);
        }
        cancelled
    }

    /// Starts a quiet job that is not shown and cannot be cancelled, such as reading a scan.
    pub fn fetch(&self, work: impl FnOnce() -> News + Send + 'static) {
        let sender = self.sender.clone();
        let body = move || {
            if let Ok(news) = catch_unwind(AssertUnwindSafe(work)) {
                let _ = sender.send(Incoming::News(news));
            }
        };
        if self.at_once {
            body();
        } else {
            let _ = thread::Builder::new().name("fetch".to_owned()).spawn(body);
        }
    }
}
