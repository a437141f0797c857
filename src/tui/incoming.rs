//! All that reaches the program, on one channel.

use std::path::PathBuf;
use std::sync::Arc;

use super::effect::Confirmation;
use super::snapshot::{Picture, Snapshot};
use super::source::Source;
use crate::message::Message;
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;

/// How a job ended: with something to say or not, or why it failed.
pub type Ended = Result<Option<Message>, Message>;

/// What reaches the main loop.
pub enum Incoming {
    /// From the keyboard, the mouse, or the window's size
    Input(crossterm::event::Event),
    /// From a job
    News(News),
    /// From the system: the program is to end
    Signal(i32),
}

/// What a job tells the screen.
pub enum News {
    /// How far a stage is
    Progress {
        /// The stage
        stage: String,
        /// What it is at, such as a case
        label: String,
        /// How much is done
        done: usize,
        /// Of how much
        of: usize,
    },
    /// A line for the log
    Note(Message),
    /// Something could not be read or done
    Trouble(Message),
    /// The study as it is now
    Study(Box<Snapshot>),
    /// What lies in folders and tables that a study is to be made of
    Material(Vec<PathBuf>, Box<Material>),
    /// What the check of a study that is being made has found
    Checked(Box<Draft>, Box<Checked>),
    /// A study was opened
    Opened(Arc<dyn Source>, Box<Snapshot>),
    /// A scan was read
    Picture(String, Result<Arc<Picture>, Message>),
    /// The mended mask of a case lies in its file
    Mended(String),
    /// A question before something is done
    Asked(Box<Confirmation>),
    /// It ended, well or not
    Ended(Ended),
}
