//! Making a study of one's own: what lies in a folder, which mask goes with which image, what the tables hold, and the study file
//! that comes of it.
//!
//! The command and the screens ask the same questions here: what can be decided is decided by the files and tables alone, what
//! cannot is an error that names the choices.

pub mod answers;
pub mod columns;
pub mod draft;
mod feature_names;
pub mod found;
mod identity;
pub mod joining;
pub mod material;
mod names;
pub mod pairing;
mod path;
pub mod pattern;
pub mod scans;
pub mod study_file;
