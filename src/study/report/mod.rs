//! The report of a study: `report.md` with its figures (SVG) and tables, or one page of HTML that holds everything, or a
//! manuscript for a word processor; all from the artefacts, without time stamps, so that the same study gives the same bytes.

mod chapters;
#[cfg(feature = "docx")]
pub mod docx;
mod files;
mod html;
pub mod manuscript;

pub use files::write;
pub use html::html;
