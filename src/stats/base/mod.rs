//! What every other part of statistics stands on: distributions, ranks, quantiles, random draws, linear algebra.

pub(crate) mod cholesky;
pub mod descriptive;
pub mod distributions;
pub mod interpolate;
pub mod interval;
pub(crate) mod kernels;
pub mod linalg;
pub mod logit;
pub mod number;
pub mod pretty;
pub mod proportion;
pub mod quantile;
pub mod r_random;
pub mod random;
pub mod rank;
pub mod require;
pub mod root;
