//! Tails and quantiles of the normal, chi-squared, Student, F, beta and hypergeometric distributions.
//!
//! The inverse error function and the incomplete gamma function are those of statrs. Four things are mended here, and
//! only here, because R's digits need them:
//!
//! - statrs' erfc is 4e-11 off (relative) at z = 1.96, and its ln Γ loses a digit; libm's are good to the last bit.
//! - statrs' distributions give an upper tail as 1 - lower, which is 0 below 1e-16; here each tail is computed by itself.
//! - its quantiles stop at about 1e-8 (bisection); here a safeguarded Newton iteration goes on to the last digits.
//! - its incomplete beta function makes at most 140 steps of the continued fraction, too few above some thousand degrees
//!   of freedom; here the fraction runs on until it has converged.
//!
//! NaN arguments give NaN. Degrees of freedom are real numbers above 0.

use libm::lgamma;
use statrs::function::{erf, gamma};

/// P(Z ≤ z) of the standard normal distribution.
pub fn normal_lower(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// P(Z > z) of the standard normal distribution, exact far into the tail.
pub fn normal_upper(z: f64) -> f64 {
    normal_lower(-z)
}

/// P(|Z| > |z|): the two-sided P value of a z statistic.
pub fn normal_two_sided(z: f64) -> f64 {
    2.0 * normal_lower(-z.abs())
}

/// The z below which a standard normal variable lies with probability `p`; infinite at 0 and 1.
pub fn normal_quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let mut z = -std::f64::consts::SQRT_2 * erf::erfc_inv(2.0 * p);
    for _ in 0..2 {
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        if density > 0.0 {
            let step = (normal_lower(z) - p) / density;
            z -= step / (1.0 + 0.5 * z * step);
        }
    }
    z
}

/// P(X > x) of the chi-squared distribution.
pub fn chi_squared_upper(x: f64, degrees: f64) -> f64 {
    if x.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    gamma::checked_gamma_ur(degrees / 2.0, x / 2.0).unwrap_or(f64::NAN)
}

/// The x below which a chi-squared variable lies with probability `p`.
pub fn chi_squared_quantile(p: f64, degrees: f64) -> f64 {
    if !(0.0..1.0).contains(&p) || degrees.is_nan() || degrees <= 0.0 {
        return if p == 1.0 { f64::INFINITY } else { f64::NAN };
    }
    if p == 0.0 {
        return 0.0;
    }
    let shape = degrees / 2.0;
    let mut high = degrees.max(1.0);
    while 1.0 - chi_squared_upper(high, degrees) < p {
        high *= 2.0;
    }
    let log_norm = shape * std::f64::consts::LN_2 + lgamma(shape);
    newton_between(0.0, high, |x| {
        let upper = chi_squared_upper(x, degrees);
        let excess = if p > 0.5 { (1.0 - p) - upper } else { (1.0 - upper) - p };
        (excess, ((shape - 1.0) * x.ln() - 0.5 * x - log_norm).exp())
    })
}

/// P(T > t) of Student's distribution.
pub fn t_upper(t: f64, degrees: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, degrees);
    if t >= 0.0 { half } else { 1.0 - half }
}

/// P(|T| > |t|) of Student's distribution: the two-sided P value of a t statistic.
pub fn t_two_sided(t: f64, degrees: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    if degrees.is_infinite() {
        return normal_two_sided(t);
    }
    let square = t * t;
    beta_lower(
        0.5 * degrees,
        0.5,
        degrees / (degrees + square),
        square / (degrees + square),
    )
}

/// The t below which Student's variable lies with probability `p`.
pub fn t_quantile(p: f64, degrees: f64) -> f64 {
    if p < 0.5 {
        return -t_quantile(1.0 - p, degrees);
    }
    if degrees.is_infinite() {
        return normal_quantile(p);
    }
    let (x, rest) = beta_quantile_pair(2.0 * (1.0 - p), 0.5 * degrees, 0.5);
    (degrees * rest / x).sqrt()
}

/// P(F ≤ f) of the F distribution.
pub fn f_lower(f: f64, numerator: f64, denominator: f64) -> f64 {
    if f <= 0.0 {
        return 0.0;
    }
    if f.is_infinite() {
        return 1.0;
    }
    let sum = numerator * f + denominator;
    beta_lower(
        0.5 * numerator,
        0.5 * denominator,
        numerator * f / sum,
        denominator / sum,
    )
}

/// P(F > f) of the F distribution, exact far into the tail.
pub fn f_upper(f: f64, numerator: f64, denominator: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    if f.is_infinite() {
        return 0.0;
    }
    let sum = numerator * f + denominator;
    beta_lower(
        0.5 * denominator,
        0.5 * numerator,
        denominator / sum,
        numerator * f / sum,
    )
}

/// The f below which an F variable lies with probability `p`.
pub fn f_quantile(p: f64, numerator: f64, denominator: f64) -> f64 {
    let (x, rest) = beta_quantile_pair(p, 0.5 * numerator, 0.5 * denominator);
    denominator * x / (numerator * rest)
}

/// The x below which a beta variable lies with probability `p`.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    beta_quantile_pair(p, a, b).0
}

/// ln of the binomial coefficient "`n` choose `k`", for 0 ≤ k ≤ n.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)
}

/// The regularised incomplete beta function of x, where `rest` is 1 - x without rounding.
fn beta_lower(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if x.is_nan() || rest.is_nan() || !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    // Whichever of x and 1 - x is the smaller has all its digits; the logarithm of the other comes from it.
    let ln_x = if x < 0.5 { x.ln() } else { (-rest).ln_1p() };
    let ln_rest = if rest < 0.5 { rest.ln() } else { (-x).ln_1p() };
    let ln_norm = lgamma(a + b) - lgamma(a) - lgamma(b);
    let front = (ln_norm + a * ln_x + b * ln_rest).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, rest) / b
    }
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..20_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() <= 1e-16 {
            break;
        }
    }
    value
}

/// The beta quantile x and 1 - x, the smaller of the two with all its digits.
fn beta_quantile_pair(p: f64, a: f64, b: f64) -> (f64, f64) {
    if p.is_nan() || !(0.0..=1.0).contains(&p) || !(a > 0.0 && b > 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if p == 0.0 {
        return (0.0, 1.0);
    }
    if p == 1.0 {
        return (1.0, 0.0);
    }
    let ln_norm = lgamma(a + b) - lgamma(a) - lgamma(b);
    let solve = |p: f64, upper: f64, a: f64, b: f64| {
        newton_between(0.0, 0.5, |x| {
            let excess = if p <= upper {
                beta_lower(a, b, x, 1.0 - x) - p
            } else {
                upper - beta_lower(b, a, 1.0 - x, x)
            };
            let density = (ln_norm + (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p()).exp();
            (excess, density)
        })
    };
    if beta_lower(a, b, 0.5, 0.5) >= p {
        let x = solve(p, 1.0 - p, a, b);
        (x, 1.0 - x)
    } else {
        let rest = solve(1.0 - p, p, b, a);
        (1.0 - rest, rest)
    }
}

/// The root of a rising function between two ends: Newton steps where they stay inside, halving elsewhere.
/// `value` gives the function and its slope.
fn newton_between(mut low: f64, mut high: f64, value: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut x = 0.5 * (low + high);
    for _ in 0..400 {
        let (excess, slope) = value(x);
        if excess == 0.0 {
            return x;
        }
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - excess / slope;
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x.abs() || next == low && next == high {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    // Reference values: R 4.2.2 pnorm, qnorm, pchisq, qchisq, pt, qt, pf, qf, qbeta.
    #[test]
    fn tails_and_quantiles_have_rs_digits() {
        assert_relative_eq!(normal_quantile(0.975), 1.959963984540054, max_relative = 1e-15);
        assert_relative_eq!(normal_two_sided(7.5), 6.381783345821793e-14, max_relative = 1e-12);
        assert_relative_eq!(
            chi_squared_upper(80.0, 3.0),
            3.0692774861724176e-17,
            max_relative = 1e-12
        );
        assert_relative_eq!(chi_squared_quantile(0.95, 1.0), 3.841458820694124, max_relative = 1e-13);
        assert_relative_eq!(t_quantile(0.975, 10.0), 2.228138851986274, max_relative = 1e-13);
        assert_relative_eq!(f_quantile(0.975, 5.0, 18.0), 3.381967805875243, max_relative = 1e-12);
        assert_relative_eq!(f_quantile(0.975, 11.05, 11.0), 3.4713237383695756, max_relative = 1e-12);
        assert_relative_eq!(t_two_sided(12.0, 3.3), 0.0007785921216933888, max_relative = 1e-12);
        assert_relative_eq!(t_two_sided(3.0, 1e5), 0.0027004608840647203, max_relative = 1e-9);
        assert_relative_eq!(f_upper(35.7, 29.0, 8.03), 8.28535121275237e-6, max_relative = 1e-12);
        assert_relative_eq!(
            beta_quantile(0.025, 26.0, 16.0),
            0.46936254803283345,
            max_relative = 1e-12
        );
    }

    #[test]
    fn quantiles_invert_tails() {
        for degrees in [0.7, 1.0, 3.4, 29.0, 400.0, 100_000.0] {
            for p in [1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999] {
                assert_relative_eq!(1.0 - t_upper(t_quantile(p, degrees), degrees), p, max_relative = 1e-10);
                assert_relative_eq!(
                    f_lower(f_quantile(p, degrees, 7.5), degrees, 7.5),
                    p,
                    max_relative = 1e-10
                );
                assert_relative_eq!(
                    1.0 - chi_squared_upper(chi_squared_quantile(p, degrees), degrees),
                    p,
                    max_relative = 1e-7
                );
            }
        }
    }
}
