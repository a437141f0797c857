//! What a fitted model is: one readable JSON file that says everything needed to apply it to a new scan.

mod cutoff;
mod development;
mod error;
mod example;
pub mod export;
mod fitted;
mod harmonisation;
mod judgement;
mod made_up;
pub mod predict;
mod provenance;
pub mod radscore;
mod range;
mod scaler;
pub mod score;
pub mod seal;
mod term;
pub mod verify;

pub use cutoff::Cutoff;
pub use development::{Development, TrainingRange};
pub use error::ModelError;
pub use example::Example;
pub use fitted::{FORMAT, Model};
pub use harmonisation::{Covariate, Harmonisation};
pub use judgement::{ApparentCalibration, Judgement};
pub use predict::Prediction;
pub use provenance::{Outcome, TrainingCases};
pub use radscore::{Radscore, RadscoreTerm};
pub use range::Outside;
pub use score::{LearntScore, Score};
pub use term::{Number, Term, TermSource};
