//! DeLong's variance, covariance and test (DeLong, DeLong & Clarke-Pearson 1988), in n log n by ranks (Sun & Xu 2014).
//!
//! The placement of an event is the share of non-events that it beats (ties one half), that of a non-event the share of
//! events that beat it. The mean of either is the area; var = var(events)/n₁ + var(non-events)/n₀, with n - 1 in each.

use super::{Direction, RocCurve, check};
use crate::stats::StatsError;
use crate::stats::base::descriptive::{covariance, variance};
use crate::stats::base::distributions::{normal_quantile, normal_two_sided, t_quantile, t_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::rank::tie_groups;
use crate::stats::base::require;

/// The placement values of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Placements {
    /// The area under the curve, their mean
    pub auc: f64,
    /// One value an event, in row order
    pub cases: Vec<f64>,
    /// One value a non-event, in row order
    pub controls: Vec<f64>,
}

impl Placements {
    /// The placements of `scores` for `outcome`.
    ///
    /// # Errors
    /// Where lengths differ, a score is not finite, or an outcome is missing.
    pub fn new(outcome: &[bool], scores: &[f64], direction: Direction) -> Result<Self, StatsError> {
        let (n_pos, n_neg) = check(outcome, scores)?;
        let oriented: Vec<f64> = scores.iter().map(|&score| direction.orient(score)).collect();
        let mut placed = vec![0.0; scores.len()];
        let (mut cases_below, mut controls_below) = (0_usize, 0_usize);
        let mut doubled_pairs = 0_u64;
        for group in tie_groups(&oriented).iter() {
            let cases = group.members.iter().filter(|&&row| outcome[row]).count();
            let controls = group.members.len() - cases;
            let beaten = (controls_below as f64 + 0.5 * controls as f64) / n_neg as f64;
            let cases_above = (n_pos - cases_below - cases) as f64;
            let beating = (cases_above + 0.5 * cases as f64) / n_pos as f64;
            doubled_pairs += cases as u64 * (2 * controls_below as u64 + controls as u64);
            for row in group.members {
                placed[*row] = if outcome[*row] { beaten } else { beating };
            }
            cases_below += cases;
            controls_below += controls;
        }
        let (cases, controls) = super::by_outcome(outcome, &placed);
        Ok(Self {
            auc: doubled_pairs as f64 / (2.0 * n_pos as f64 * n_neg as f64),
            cases,
            controls,
        })
    }

    /// The placements along a curve's own direction.
    ///
    /// # Errors
    /// As [`Placements::new`].
    pub fn of_curve(curve: &RocCurve, outcome: &[bool], scores: &[f64]) -> Result<Self, StatsError> {
        Self::new(outcome, scores, curve.direction)
    }

    /// DeLong's variance of the area. NaN where an outcome occurs only once.
    pub fn variance(&self) -> f64 {
        variance(&self.cases) / self.cases.len() as f64 + variance(&self.controls) / self.controls.len() as f64
    }

    /// The covariance with the area of another score of the same cases.
    pub fn covariance(&self, other: &Self) -> f64 {
        covariance(&self.cases, &other.cases) / self.cases.len() as f64
            + covariance(&self.controls, &other.controls) / self.controls.len() as f64
    }
}

/// The comparison of two areas.
#[derive(Debug, Clone, PartialEq)]
pub struct AucTest {
    /// The two areas
    pub auc: [f64; 2],
    /// First minus second
    pub difference: f64,
    /// The standard error of the difference
    pub se: f64,
    /// z of the paired test, t of the unpaired one
    pub statistic: f64,
    /// Degrees of freedom of the unpaired test
    pub df: Option<f64>,
    /// Two-sided P value
    pub p_value: f64,
    /// Confidence interval of the difference
    pub ci_diff: Interval,
    /// The variances of both areas
    pub var: [f64; 2],
    /// Their covariance, where the same cases were scored
    pub cov: Option<f64>,
}

/// DeLong's test of two scores of the same cases: z = difference / √(v₁ + v₂ - 2 cov). Scores that rank alike give z = 0
/// and P = 1.
///
/// # Errors
/// Where the scores are not of the same cases, or the level is not between 0 and 1.
pub fn auc_test_paired(a: &Placements, b: &Placements, level: f64) -> Result<AucTest, StatsError> {
    let what = "DeLong's paired test";
    require::level(level)?;
    require::same_length(
        what,
        ("the first score's events", a.cases.len()),
        ("the second's", b.cases.len()),
    )?;
    require::same_length(
        what,
        ("the first score's non-events", a.controls.len()),
        ("the second's", b.controls.len()),
    )?;
    let (first, second, shared) = (a.variance(), b.variance(), a.covariance(b));
    let difference = a.auc - b.auc;
    let se = (first + second - 2.0 * shared).max(0.0).sqrt();
    let (statistic, p_value) = if difference == 0.0 && (se == 0.0 || a == b) {
        (0.0, 1.0)
    } else {
        let z = difference / se;
        (z, normal_two_sided(z))
    };
    let half = normal_quantile(0.5 + level / 2.0) * if a == b { 0.0 } else { se };
    Ok(AucTest {
        auc: [a.auc, b.auc],
        difference,
        se,
        statistic,
        df: None,
        p_value,
        ci_diff: Interval::around(difference, half, level),
        var: [first, second],
        cov: Some(shared),
    })
}

/// DeLong's test of scores of different cases: t = difference / √(v₁ + v₂) with
/// (v₁ + v₂)² / (v₁²/(N₁ - 1) + v₂²/(N₂ - 1)) degrees of freedom.
///
/// # Errors
/// Where the level is not between 0 and 1.
pub fn auc_test_unpaired(a: &Placements, b: &Placements, level: f64) -> Result<AucTest, StatsError> {
    require::level(level)?;
    let (first, second) = (a.variance(), b.variance());
    let difference = a.auc - b.auc;
    let se = (first + second).sqrt();
    let rows = |placements: &Placements| (placements.cases.len() + placements.controls.len()) as f64 - 1.0;
    let df = (first + second) * (first + second) / (first * first / rows(a) + second * second / rows(b));
    let (statistic, p_value) = if se == 0.0 && difference == 0.0 {
        (0.0, 1.0)
    } else {
        let t = difference / se;
        (t, t_two_sided(t, df))
    };
    let half = if se == 0.0 {
        0.0
    } else {
        t_quantile(0.5 + level / 2.0, df) * se
    };
    Ok(AucTest {
        auc: [a.auc, b.auc],
        difference,
        se,
        statistic,
        df: Some(df),
        p_value,
        ci_diff: Interval::around(difference, half, level),
        var: [first, second],
        cov: None,
    })
}
