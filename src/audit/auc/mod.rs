//! Areas under the ROC curve: are they on the grid that the sizes allow, do interval and point go together, does the
//! operating point lie under such a curve?

mod auc_comparison;
mod auc_grid;
mod auc_interval;
mod auc_interval_asymmetry;
mod auc_interval_width;
mod auc_operating_point;
mod auc_test_above_training;
mod bounds;

pub use self::bounds::{AucBounds, AucFigures, auc_bounds, auc_figures, reachable_areas};
use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &auc_grid::CHECK,
    &auc_operating_point::CHECK,
    &auc_interval::CHECK,
    &auc_interval_asymmetry::CHECK,
    &auc_interval_width::CHECK,
    &auc_test_above_training::CHECK,
    &auc_comparison::CHECK,
];
