//! What runs the stages: progress and cancelling.

pub mod watch;
