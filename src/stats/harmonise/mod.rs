//! Features of several centres made comparable, without a look at the outcome.

pub mod adjustment;
pub mod combat;
pub mod explained;
pub mod harmoniser;
