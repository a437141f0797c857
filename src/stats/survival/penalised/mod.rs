//! Penalised Cox regression: the LASSO, ridge and what lies between, over a sequence of penalties.
//!
//! Minimises -log partial likelihood / n + lambda (alpha |b| + (1 - alpha) / 2 b²) by Breslow's ties, columns brought to
//! standard deviation 1 (denominator n) before. Sequence, early stop, interpolation and cross-validation are those of R's glmnet
//! (`family = "cox"`; Simon et al., J Stat Softw 2011;39(5)); each solution is the exact optimum.

mod cross_validation;
mod path;
mod problem;
mod settings;
mod solver;

pub use cross_validation::{CoxCrossValidation, CoxMeasure, cross_validate};
pub use path::{CoxPath, fit};
pub use settings::CoxPathSettings;
