//! Work away from the screen: one thread a job, its progress and end as messages, a flag to cancel it.
//!
//! A panic of a job is caught and becomes its failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::thread;

use super::message::Message;
use super::screen::Sure;
use super::snapshot::{Picture, Snapshot};
use super::source::{Report, Source, Wire};

/// What a job tells the screen.
pub enum News {
    /// How far it is: done, of, what
    Progress(usize, usize, String),
    /// A line for the log
    Note(String),
    /// Something could not be read or done
    Trouble(String),
    /// The study as it is now
    Study(Box<Snapshot>),
    /// A study was opened
    Opened(Arc<dyn Source>, Box<Snapshot>),
    /// A scan was read
    Picture(String, Result<Arc<Picture>, String>),
    /// A question before something is done
    Asked(Box<Sure>),
    /// It ended, well or not
    Ended(Result<String, String>),
}

/// A handle for a job's own thread.
#[derive(Clone)]
pub struct Desk {
    sender: Sender<Message>,
    cancelled: Arc<AtomicBool>,
}

impl Desk {
    /// Sends news; a screen that is gone does not matter.
    pub fn tell(&self, news: News) {
        let _ = self.sender.send(Message::News(news));
    }

    /// The line for a study that runs on this thread; after each stage `source` shows what it found.
    pub fn wire(&self, source: Arc<dyn Source>) -> Wire {
        let desk = self.clone();
        Wire {
            cancel: Arc::clone(&self.cancelled),
            tell: Arc::new(move |report| match report {
                Report::Step(done, of, label) => desk.tell(News::Progress(done, of, label)),
                Report::Note(words) => desk.tell(News::Note(words)),
                Report::StageEnded => {
                    if let Ok(snapshot) = source.snapshot() {
                        desk.tell(News::Study(Box::new(snapshot)));
                    }
                }
            }),
        }
    }
}

/// The one place where jobs start.
pub struct Jobs {
    sender: Sender<Message>,
    /// Whether jobs run at once on the caller's thread, as tests want it
    at_once: bool,
}

impl Jobs {
    /// Jobs whose news go to a channel.
    pub fn new(sender: Sender<Message>, at_once: bool) -> Self {
        Self { sender, at_once }
    }

    /// Starts a job and gives the flag that cancels it. The end of the job is its result, or its panic as an error.
    pub fn start(&self, work: impl FnOnce(&Desk) -> Result<String, String> + Send + 'static) -> Arc<AtomicBool> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let desk = Desk {
            sender: self.sender.clone(),
            cancelled: Arc::clone(&cancelled),
        };
        let body = move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&desk))).unwrap_or_else(|_| {
                Err(super::terminal::take_panic().map_or_else(
                    || "the job broke off".to_owned(),
                    |panic| format!("the job broke off: {panic}"),
                ))
            });
            desk.tell(News::Ended(result));
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
                let _ = sender.send(Message::News(news));
            }
        };
        if self.at_once {
            body();
        } else {
            let _ = thread::Builder::new().name("fetch".to_owned()).spawn(body);
        }
    }
}
