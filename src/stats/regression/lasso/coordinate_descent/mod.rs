//! glmnet's own stopping rule: cyclic coordinate descent until no coefficient moves the fit by more than `threshold`.
//!
//! The order of work is glmnet's (Friedman, Hastie and Tibshirani 2010; Tibshirani et al. 2012), since at its loose default
//! the answer depends on it: warm starts along the path; sweeps over all candidates in column order, then over the variables
//! ever active in order of entry until they rest, then over all again; covariance updates for the gaussian family below 500
//! columns, residual updates and strong rules otherwise. A sweep rests when the largest v_j (change of b_j)^2 is below the
//! threshold (binomial: times the null deviance per case).

mod binomial;
mod gaussian;
mod sweeps;

pub(super) use binomial::BinomialSweeps;
pub(super) use gaussian::GaussianSweeps;
