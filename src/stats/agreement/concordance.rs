//! Two methods that measure one quantity: Lin's concordance correlation and Bland & Altman's limits of agreement.

use crate::stats::StatsError;
use crate::stats::base::descriptive::{covariance, mean, standard_deviation, variance};
use crate::stats::base::distributions::{normal_quantile, t_quantile};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// Lin's concordance correlation coefficient (1989).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concordance {
    /// The coefficient with variances over n, as Lin wrote it
    pub ccc: f64,
    /// The same with variances over n - 1, as several programs have it
    pub ccc_n_minus_1: f64,
    /// Limits by Fisher's z with Lin's standard error (corrected 2000)
    pub ci: Interval,
    /// Pearson's correlation: precision
    pub precision: f64,
    /// Bias correction factor C_b: accuracy
    pub accuracy: f64,
    /// Pairs
    pub n: usize,
}

/// Lin's coefficient of two methods' values. Needs 3 pairs; methods without spread give NaN.
///
/// # Errors
/// Where the methods have different numbers of values, there are fewer than 3 pairs, a value is not finite, or the level is
/// not between 0 and 1.
pub fn concordance(first: &[f64], second: &[f64], level: f64) -> Result<Concordance, StatsError> {
    check("Lin's concordance", first, second, 3)?;
    require::level(level)?;
    let n = first.len() as f64;
    let shift = mean(first) - mean(second);
    let (var_first, var_second, shared) = (variance(first), variance(second), covariance(first, second));
    let coefficient = |scale: f64| 2.0 * shared * scale / ((var_first + var_second) * scale + shift * shift);
    let ccc = coefficient((n - 1.0) / n);
    let precision = shared / (var_first * var_second).sqrt();
    // Lin's u², squared shift over the product of the SDs (with n).
    let u2 = shift * shift / ((var_first * var_second).sqrt() * (n - 1.0) / n);
    let (c2, r2) = (ccc * ccc, precision * precision);
    let spread = ((1.0 - r2) * c2 / ((1.0 - c2) * r2)
        + 2.0 * ccc * c2 * (1.0 - ccc) * u2 / (precision * (1.0 - c2) * (1.0 - c2))
        - c2 * c2 * u2 * u2 / (2.0 * r2 * (1.0 - c2) * (1.0 - c2)))
        / (n - 2.0);
    Ok(Concordance {
        ccc,
        ccc_n_minus_1: coefficient(1.0),
        ci: Interval::wald(ccc.atanh(), spread.max(0.0).sqrt(), level).map(f64::tanh),
        precision,
        accuracy: ccc / precision,
        n: first.len(),
    })
}

/// Bland & Altman's limits of agreement (1986).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlandAltman {
    /// Mean difference, first - second
    pub bias: f64,
    /// SD of the differences
    pub sd: f64,
    /// bias ± z SD, z the normal quantile (1.959964 at 95 %)
    pub loa: Interval,
    /// Limits of the bias, by Student's t
    pub bias_ci: Interval,
    /// Limits of the lower limit of agreement
    pub lower_ci: Interval,
    /// Limits of the upper limit of agreement
    pub upper_ci: Interval,
    /// Pairs
    pub n: usize,
}

/// The limits of agreement of two methods' values. Needs 2 pairs.
///
/// # Errors
/// Where the methods have different numbers of values, there are fewer than 2 pairs, a value is not finite, or the level is
/// not between 0 and 1.
pub fn bland_altman(first: &[f64], second: &[f64], level: f64) -> Result<BlandAltman, StatsError> {
    check("Bland and Altman's limits", first, second, 2)?;
    require::level(level)?;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let n = differences.len() as f64;
    let (bias, sd) = (mean(&differences), standard_deviation(&differences));
    let z = normal_quantile(0.5 + level / 2.0);
    let t = t_quantile(0.5 + level / 2.0, n - 1.0);
    let about = |centre: f64, se: f64| Interval::around(centre, t * se, level);
    let limit_se = sd * (1.0 / n + z * z / (2.0 * (n - 1.0))).sqrt();
    let loa = Interval::around(bias, z * sd, level);
    Ok(BlandAltman {
        bias,
        sd,
        loa,
        bias_ci: about(bias, sd / n.sqrt()),
        lower_ci: about(loa.lower, limit_se),
        upper_ci: about(loa.upper, limit_se),
        n: differences.len(),
    })
}

fn check(what: &str, first: &[f64], second: &[f64], needed: usize) -> Result<(), StatsError> {
    require::same_length(what, ("the first method", first.len()), ("the second", second.len()))?;
    require::at_least(what, "pairs", needed, first.len())?;
    require::finite("the first method's values", first)?;
    require::finite("the second method's values", second)
}
