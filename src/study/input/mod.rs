//! What a study is given: its file, its settings, its cases.

pub mod cohort;
pub mod keys;
pub mod pairing;
mod section;
pub mod settings;
pub mod yaml;
