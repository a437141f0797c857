//! radscore: radiomics from scans to a judged model, in one terminal.
//!
//! The crate is a house with four floors. A file uses its own folder and lower floors, never a higher one and never a
//! neighbour on its own floor:
//!
//! | floor | rooms | what passes upwards |
//! | --- | --- | --- |
//! | 1 | [`volume`], [`stats`] | images and masks; numbers in, structs out |
//! | 2 | [`features`], [`figure`], [`model`] | named numbers; charts without colours or cells; fitted models |
//! | 3 | [`study`], [`audit`] | the research and its artefacts; the judgement of a model |
//! | 4 | [`cli`], [`tui`] | the two faces of the same library |
//!
//! `tests/floors.rs` holds the floors.

pub mod audit;
pub mod cli;
pub mod features;
pub mod figure;
pub mod model;
pub mod stats;
pub mod study;
pub mod tui;
pub mod volume;
