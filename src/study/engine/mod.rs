//! What runs a study: what a stage is, what its input is made of, what is remembered, which stages are fresh, running the
//! others. It knows no stage by name.

pub mod attended;
pub mod changing;
pub mod ingredients;
pub mod journal;
mod lock;
pub mod part;
pub mod pieces;
pub mod run;
pub mod sources;
pub mod stage;
pub mod state;
pub mod store;
mod study;
pub mod watch;

pub use study::{Registry, Study};
