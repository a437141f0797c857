//! Random-effects pooling of one quantity over several cohorts, as R's `metafor::rma`.
//!
//! Each cohort has an estimate yᵢ with variance vᵢ; true values differ between cohorts with variance τ². τ² is estimated by
//! restricted maximum likelihood or by DerSimonian and Laird's moments. The mean is Σ wᵢ yᵢ / Σ wᵢ with wᵢ = 1/(vᵢ + τ²); its
//! interval is that of Hartung and Knapp (t with k - 1 degrees of freedom), whose factor is not let below 1, since cohorts that
//! are alike by chance would otherwise look better known than their own errors allow (metafor's `test = "adhoc"`); Wald's stands
//! beside it. A new cohort's value lies, at the level, within mean ± t √(τ² + se²): the prediction interval, which is what a reader elsewhere needs.

use crate::stats::StatsError;
use crate::stats::base::distributions::{chi_squared_upper, t_quantile};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// How the variance between cohorts is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heterogeneity {
    /// Restricted maximum likelihood
    #[default]
    Reml,
    /// DerSimonian & Laird 1986
    DerSimonianLaird,
}

/// The pooled quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// Cohorts
    pub cohorts: usize,
    /// The mean over cohorts
    pub mean: f64,
    /// Its standard error by Hartung and Knapp
    pub se: f64,
    /// Its interval by Hartung and Knapp
    pub ci: Interval,
    /// Its standard error by the weights alone
    pub wald_se: f64,
    /// Its interval by the normal distribution
    pub wald_ci: Interval,
    /// Where the value of another cohort lies
    pub prediction: Interval,
    /// The variance between cohorts, τ²
    pub tau_squared: f64,
    /// The share of the variance that lies between cohorts, 0 to 1
    pub i_squared: f64,
    /// Cochran's Q
    pub q: f64,
    /// Its P value, k - 1 degrees of freedom
    pub q_p: f64,
}

/// Pools estimates with their variances.
///
/// # Errors
/// Where lengths differ, there are fewer than 2 cohorts, an estimate is not finite or a variance not above 0, or the level is
/// not between 0 and 1.
pub fn pool(
    estimates: &[f64],
    variances: &[f64],
    level: f64,
    heterogeneity: Heterogeneity,
) -> Result<Pooled, StatsError> {
    let what = "pooling";
    require::level(level)?;
    require::same_length(
        what,
        ("the estimates", estimates.len()),
        ("the variances", variances.len()),
    )?;
    require::at_least(what, "cohorts", 2, estimates.len())?;
    require::finite(what, estimates)?;
    require::finite(what, variances)?;
    if let Some(cohort) = variances.iter().position(|&variance| variance <= 0.0) {
        return Err(StatsError::Impossible(format!(
            "{what}: the variance of cohort {} is {}, but it must be above 0",
            cohort + 1,
            variances[cohort]
        )));
    }
    let free = estimates.len() as f64 - 1.0;
    let fixed = Weighted::new(estimates, variances, 0.0);
    let moments = ((fixed.q - free) / fixed.trace).max(0.0);
    let tau_squared = match heterogeneity {
        Heterogeneity::DerSimonianLaird => moments,
        Heterogeneity::Reml => reml(estimates, variances, moments),
    };
    let weighted = Weighted::new(estimates, variances, tau_squared);
    let wald_se = weighted.total.recip().sqrt();
    let se = wald_se * (weighted.q / free).max(1.0).sqrt();
    let t = t_quantile(0.5 + level / 2.0, free);
    let typical = free / fixed.trace;
    Ok(Pooled {
        cohorts: estimates.len(),
        mean: weighted.mean,
        se,
        ci: Interval::around(weighted.mean, t * se, level),
        wald_se,
        wald_ci: Interval::wald(weighted.mean, wald_se, level),
        prediction: Interval::around(weighted.mean, t * (tau_squared + se * se).sqrt(), level),
        tau_squared,
        i_squared: tau_squared / (tau_squared + typical),
        q: fixed.q,
        q_p: chi_squared_upper(fixed.q, free),
    })
}

/// Weighted sums at some variance between cohorts.
struct Weighted {
    total: f64,
    mean: f64,
    /// Σ w (y - mean)²
    q: f64,
    /// The trace of the projection P = W - W 1 1ᵀ W / Σ w
    trace: f64,
    /// The trace of P P
    square_trace: f64,
    /// yᵀ P P y
    square: f64,
}

impl Weighted {
    fn new(estimates: &[f64], variances: &[f64], tau_squared: f64) -> Self {
        let weights: Vec<f64> = variances
            .iter()
            .map(|variance| (variance + tau_squared).recip())
            .collect();
        let power = |exponent: i32| weights.iter().map(|weight| weight.powi(exponent)).sum::<f64>();
        let (total, squares, cubes) = (power(1), power(2), power(3));
        let mean = weights.iter().zip(estimates).map(|(w, y)| w * y).sum::<f64>() / total;
        let about = |exponent: i32| -> f64 {
            let terms = weights.iter().zip(estimates);
            terms.map(|(w, y)| w.powi(exponent) * (y - mean) * (y - mean)).sum()
        };
        Self {
            total,
            mean,
            q: about(1),
            trace: total - squares / total,
            square_trace: squares - 2.0 * cubes / total + (squares / total).powi(2),
            square: about(2),
        }
    }
}

/// τ² by restricted maximum likelihood: Fisher's scoring, kept at or above 0.
fn reml(estimates: &[f64], variances: &[f64], start: f64) -> f64 {
    const STEPS: usize = 10_000;
    let mut tau_squared = start;
    for _ in 0..STEPS {
        let at = Weighted::new(estimates, variances, tau_squared);
        let step = (at.square - at.trace) / at.square_trace;
        let next = (tau_squared + step).max(0.0);
        let settled = (next - tau_squared).abs() <= 1e-15 * next.max(f64::MIN_POSITIVE) || next == tau_squared;
        tau_squared = next;
        if settled {
            break;
        }
    }
    tau_squared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_cohorts_have_no_variance_between_them() {
        for heterogeneity in [Heterogeneity::Reml, Heterogeneity::DerSimonianLaird] {
            let found = pool(&[1.0, 1.1, 0.9], &[0.04, 0.04, 0.04], 0.95, heterogeneity).unwrap();
            assert_eq!(found.tau_squared, 0.0);
            assert!((found.mean - 1.0).abs() < 1e-15);
            assert!((found.wald_se - (0.04_f64 / 3.0).sqrt()).abs() < 1e-15);
        }
    }

    #[test]
    fn cohorts_of_one_variance_have_the_variance_of_their_values() {
        // With equal variances τ² is s² - v in closed form, by either rule.
        let (values, v) = ([0.2, 1.5, 0.9, 2.2], 0.05);
        let s2 = crate::stats::base::descriptive::variance(&values);
        for heterogeneity in [Heterogeneity::Reml, Heterogeneity::DerSimonianLaird] {
            let found = pool(&values, &[v; 4], 0.95, heterogeneity).unwrap();
            assert!((found.tau_squared - (s2 - v)).abs() < 1e-12, "{found:?}");
            assert!(found.prediction.lower < found.ci.lower);
        }
    }

    #[test]
    fn one_cohort_is_not_pooled() {
        assert!(pool(&[1.0], &[0.1], 0.95, Heterogeneity::Reml).is_err());
        assert!(pool(&[1.0, 2.0], &[0.1, 0.0], 0.95, Heterogeneity::Reml).is_err());
    }
}
