//! Choice among many columns before a model is fitted: one column at a time against the outcome, and against each other.

pub mod cluster;
pub mod mrmr;
pub mod screening;
