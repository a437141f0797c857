//! Fits: the penalised path, logistic regression by maximum likelihood and by Firth's penalty, selection step by step,
//! the local regression that smooths a curve, and the nomogram of a fitted model.

pub mod firth;
pub mod lasso;
pub mod loess;
pub mod logistic;
pub mod lowess;
pub(crate) mod newton;
pub mod nomogram;
pub(crate) mod refit;
pub mod stepwise;
