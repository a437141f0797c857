//! The base tests of a clinical paper, each with the reference whose digits it gives.
//!
//! Where R and SPSS differ, both are here and the choice is named: chi-squared with and without Yates' correction,
//! Mann-Whitney exact, normal with and without continuity correction, t with pooled and separate variances, Levene about
//! the mean (SPSS) and the median. Missing values are refused: the caller leaves them out and counts them.

mod adjust;
mod anova;
mod contingency;
mod correlation;
mod effect;
mod fisher;
mod fisher_simulated;
mod kolmogorov;
mod normality;
mod rank_sum;
mod signed_rank;
mod spread;
mod student;
pub mod table1;
mod variance_shares;

pub use adjust::{Adjustment, adjust};
pub use anova::{anova, anova_welch, kruskal_wallis};
pub use contingency::{Contingency, McNemar, mcnemar};
pub use correlation::{kendall, pearson, spearman};
pub use effect::{standardised_difference, standardised_difference_of_shares};
pub use fisher::{Fisher, fisher};
pub use fisher_simulated::fisher_simulated;
pub use kolmogorov::kolmogorov_smirnov;
pub use normality::{anderson_darling, lilliefors, shapiro_wilk};
pub use rank_sum::{MannWhitney, Shift, mann_whitney};
pub use signed_rank::{SignedRank, signed_rank};
pub use spread::{LeveneCentre, bartlett, levene, variance_ratio};
pub use student::{paired_t, student_t, welch_t};
pub use variance_shares::{VarianceShares, variance_shares};

use crate::stats::base::interval::Interval;

/// The result of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The test's name, as a table's footnote says it
    pub method: &'static str,
    /// The statistic
    pub statistic: f64,
    /// Degrees of freedom, as many as the statistic has
    pub df: Vec<f64>,
    /// Two-sided P value
    pub p: f64,
    /// What is estimated: a mean of each group, a difference, a ratio, a correlation
    pub estimate: Vec<f64>,
    /// Confidence limits of what is tested, where there are any
    pub ci: Option<Interval>,
}
