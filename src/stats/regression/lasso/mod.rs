//! The LASSO, the elastic net and ridge regression along a path of penalties: glmnet's problem, solved exactly.
//!
//! Gaussian: minimises 1/(2n) RSS + lambda (alpha |b|_1 + (1 - alpha)/2 |b|_2^2 / sd(y)), sd with denominator n. Binomial:
//! minimises -(1/n) log-likelihood + lambda (alpha |b|_1 + (1 - alpha)/2 |b|_2^2). With `standardize` the penalty is on
//! coefficients of columns with standard deviation 1 (denominator n); results are on the scale of the table. Sequence of
//! penalties, early stopping, deviance ratio and rules for odd columns are those of R's glmnet 4.1 (Friedman, Hastie and
//! Tibshirani, J Stat Softw 33, 2010).
//!
//! Without `threshold` each solution meets the optimality (KKT) conditions to [`EXACT`] of the largest penalty (a fold of a
//! cross-validation less closely), and what remains is reported; with it, glmnet's loose stopping rule and order of work.
//! NaN and infinite values, a constant outcome, a missing class and only constant columns are errors; single constant
//! columns get coefficient 0. Of columns that are equal once they are standardised the LASSO takes the first of the table,
//! where any split would be a solution.

mod binomial;
mod coordinate_descent;
mod duplicate_columns;
mod fit;
pub(crate) mod fold_gram;
mod gaussian;
mod homotopy;
mod lbfgs;
mod path;
mod path_segment;
mod path_solver;
mod problem;
mod proximal_newton;
mod settings;
mod strong_rules;
mod working_set;

pub(crate) use fit::fit_rows;
pub use fit::{EXACT, coefficients_exact, fit};
pub(crate) use path::interpolated;
pub use path::{Coefficients, LassoPath};
pub use settings::{Family, LassoSettings};
pub(crate) use settings::{check, check_path, penalty_factors, refuse};
