//! Time until an event, where some cases are censored: curves, tests, Cox models and what judges them.
//!
//! Follow-up ([`FollowUp`]) is right-censored. Times are tied where they are equal as numbers; among tied times events come
//! before censorings, so that a case censored at a time is at risk there. Matches R's package `survival` (`survfit`,
//! `survdiff`, `coxph`, `cox.zph`, `concordance`).

pub mod brier;
mod censoring;
pub mod concordance;
pub mod cox;
mod follow_up;
pub mod kaplan_meier;
pub mod log_rank;
pub mod penalised;
pub mod restricted_mean;
pub mod time_roc;

pub use follow_up::FollowUp;
