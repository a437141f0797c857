//! `evaluate`: both models judged in training and in test, nothing refitted on test rows. A stage each for what depends on
//! other things: risks, discrimination, subgroups, calibration, decision curves, nomogram, other patients. `evaluate` is the name of them all, and of the
//! last, which gathers what they have found in one file.

pub mod calibration;
pub mod decision;
pub mod discrimination;
pub mod gathered;
pub mod nomogram;
pub mod risks;
pub mod settings;
pub mod subgroups;
pub mod terms;
pub mod validation;
