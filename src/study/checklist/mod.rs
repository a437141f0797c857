//! Checklists of reporting and quality: what a study's results prove, what only its authors can say, and what is missing.
//!
//! A list is a table of rows in `lists`, in our own words; a row names what would prove it (`evidence.rs`) or what is to be
//! answered (`study::input::reporting`). A mark is never asserted: each piece of evidence points to an artefact that is there and
//! to a value that was read of it, and without the artefact the mark is gone.

mod evidence;
mod item;
mod judge;
mod lists;
mod write;

pub use evidence::Evidence;
pub use item::{Checklist, Item, Mark, Points, Scoring};
pub use judge::{Judged, JudgedItem, Pointer, Score, State, judge};
pub use lists::{CHECKLISTS, named};
pub use write::{csv, page, questions, shown, summary};
