//! The research: what is run, on whom, and what came of it.

pub mod artefact;
pub mod sample;
pub mod table;
