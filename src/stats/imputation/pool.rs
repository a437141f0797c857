//! Rubin's rules: estimates of several imputed tables as one, as mice's `pool` has them.
//!
//! Rubin, Multiple Imputation for Nonresponse in Surveys, 1987; the degrees of freedom are those of Barnard and Rubin,
//! Biometrika 1999;86:948. Quantities whose sampling distribution is not near normal are pooled on another scale by whoever asks: areas
//! under the curve on the logit, ratios on the logarithm.

use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::{normal_quantile, normal_two_sided, t_quantile, t_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// One quantity over all imputations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// Mean of the estimates
    pub estimate: f64,
    /// Mean of their variances
    pub within: f64,
    /// Variance of the estimates
    pub between: f64,
    /// Standard error of the mean: √(within + (1 + 1/m) between)
    pub se: f64,
    /// Degrees of freedom
    pub df: f64,
    /// estimate / se
    pub statistic: f64,
    /// Its two-sided P
    pub p: f64,
    /// Interval of the estimate
    pub ci: Interval,
    /// Relative increase of the variance because values are missing
    pub riv: f64,
    /// Share of the variance that missing values cause
    pub lambda: f64,
    /// Fraction of information that is missing
    pub fmi: f64,
}

/// Pools a quantity's estimates and their variances, one of each an imputation. `complete_df` are the degrees of freedom that
/// a table without gaps would have, infinite for a quantity judged by the normal distribution.
///
/// # Errors
/// Where there are fewer than 2 imputations, lengths differ, or a number is not finite.
pub fn pool(estimates: &[f64], variances: &[f64], complete_df: f64, level: f64) -> Result<Pooled, StatsError> {
    let what = "Rubin's rules";
    require::level(level)?;
    require::at_least(what, "imputations", 2, estimates.len())?;
    require::same_length(
        what,
        ("the estimates", estimates.len()),
        ("their variances", variances.len()),
    )?;
    require::finite("the estimates of the imputed tables", estimates)?;
    require::finite("the variances of the imputed tables", variances)?;
    let m = estimates.len() as f64;
    let (estimate, within, between) = (mean(estimates), mean(variances), variance(estimates));
    let added = (1.0 + 1.0 / m) * between;
    let total = within + added;
    let (riv, lambda) = (added / within, added / total);
    let df = degrees(m, lambda, complete_df);
    let se = total.sqrt();
    let statistic = estimate / se;
    let (p, quantile) = if df.is_finite() {
        (t_two_sided(statistic, df), t_quantile(0.5 + level / 2.0, df))
    } else {
        (normal_two_sided(statistic), normal_quantile(0.5 + level / 2.0))
    };
    Ok(Pooled {
        estimate,
        within,
        between,
        se,
        df,
        statistic,
        p,
        ci: Interval::new(estimate - quantile * se, estimate + quantile * se, level),
        riv,
        lambda,
        fmi: (riv + 2.0 / (df + 3.0)) / (riv + 1.0),
    })
}

/// The degrees of freedom of Barnard and Rubin.
fn degrees(m: f64, lambda: f64, complete: f64) -> f64 {
    let lambda = lambda.max(1e-4);
    let old = (m - 1.0) / (lambda * lambda);
    if complete.is_infinite() {
        return old;
    }
    let observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - lambda);
    old * observed / (old + observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_without_gaps_give_back_the_estimate() {
        let pooled = pool(&[0.5; 5], &[0.04; 5], 100.0, 0.95).unwrap();
        assert!((pooled.se - 0.2).abs() < 1e-15 && pooled.between == 0.0);
        assert!(pooled.df > 97.0 && pooled.df < 100.0, "{}", pooled.df);
        assert!(pool(&[0.5], &[0.04], 10.0, 0.95).is_err());
        assert!(pool(&[0.5, f64::NAN], &[0.04; 2], 10.0, 0.95).is_err());
    }
}
