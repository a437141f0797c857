//! What keeps a result honest: rows that may be learnt from, and the one procedure from features to models, taken step by step
//! by the stages and at once by every resample.

pub mod bootstrap;
pub mod clinical;
pub mod gate;
pub mod harmonise;
pub mod learner;
pub mod models;
pub mod nested;
pub mod partition;
pub mod piece;
pub mod procedure;
pub mod regression;
pub mod resample;
pub mod resplits;
pub mod selected;
