//! The report of a study: `report.md` with its figures (SVG) and tables, or one page of HTML that holds everything, or a
//! manuscript for a word processor, or the figures of a paper; all from the artefacts, without time stamps, so that the same study gives the same bytes.

mod audited;
mod chapters;
#[cfg(feature = "docx")]
pub mod docx;
mod files;
mod html;
pub mod manuscript;
mod plates;
pub mod tables;
mod told;

use crate::message::language::{LANGUAGES, find, within};
use crate::study::engine::Study;

pub use files::write;
pub use html::html;
pub use plates::{Plate, captions, plates};

/// Writes in the language that the study asks of its report.
fn speaking<T>(study: &Study, work: impl FnOnce() -> T) -> T {
    within(find(study.config().report_language).unwrap_or(&LANGUAGES[0]), work)
}
