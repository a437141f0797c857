//! What a fitted model is: one readable JSON file that says everything needed to apply it to a new scan.

mod cutoff;
mod development;
mod error;
mod fitted;
pub mod predict;
mod provenance;
pub mod radscore;
mod scaler;
pub mod score;
mod term;

pub use cutoff::Cutoff;
pub use development::{Development, TrainingRange};
pub use error::ModelError;
pub use fitted::{FORMAT, Model};
pub use predict::Prediction;
pub use provenance::{Outcome, TrainingCases};
pub use radscore::{Radscore, RadscoreTerm};
pub use score::{LearntScore, Score};
pub use term::{Number, Term, TermSource};
