//! Roots of a function between two ends by Brent's method (1973), with the steps of R's `uniroot`.

/// The tolerance that R's `uniroot` has where none is given, the fourth root of the machine precision.
pub const R_TOLERANCE: f64 = 0.0001220703125;

/// A root of `function` between `low` and `high`, where it must change its sign; NaN where it does not.
///
/// With R's tolerance the digits are R's, wrong ones included: `fisher.test` and `wilcox.test` stop early.
pub fn root(function: impl Fn(f64) -> f64, low: f64, high: f64, tolerance: f64) -> f64 {
    let (mut a, mut b) = (low, high);
    let (mut at_a, mut at_b) = (function(a), function(b));
    if at_a == 0.0 {
        return a;
    }
    if at_b == 0.0 {
        return b;
    }
    if at_a.is_nan() || at_b.is_nan() || at_a.signum() == at_b.signum() {
        return f64::NAN;
    }
    let (mut c, mut at_c) = (a, at_a);
    for _ in 0..1000 {
        let last_step = b - a;
        // b is the best so far, c lies on the other side of the root.
        if at_c.abs() < at_b.abs() {
            (a, b, c) = (b, c, b);
            (at_a, at_b, at_c) = (at_b, at_c, at_b);
        }
        let enough = 2.0 * f64::EPSILON * b.abs() + tolerance / 2.0;
        let mut step = (c - b) / 2.0;
        if step.abs() <= enough || at_b == 0.0 {
            return b;
        }
        if last_step.abs() >= enough && at_a.abs() > at_b.abs() {
            let apart = c - b;
            let (mut p, mut q);
            if a == c {
                let ratio = at_b / at_a;
                p = apart * ratio;
                q = 1.0 - ratio;
            } else {
                let (to_c, over_c, over_a) = (at_a / at_c, at_b / at_c, at_b / at_a);
                p = over_a * (apart * to_c * (to_c - over_c) - (b - a) * (over_c - 1.0));
                q = (to_c - 1.0) * (over_c - 1.0) * (over_a - 1.0);
            }
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if p < 0.75 * apart * q - (enough * q).abs() / 2.0 && p < (last_step * q / 2.0).abs() {
                step = p / q;
            }
        }
        if step.abs() < enough {
            step = if step > 0.0 { enough } else { -enough };
        }
        (a, at_a) = (b, at_b);
        b += step;
        at_b = function(b);
        if (at_b > 0.0) == (at_c > 0.0) && at_b != 0.0 {
            (c, at_c) = (a, at_a);
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_found_to_the_tolerance() {
        let found = root(|x| x * x - 2.0, 0.0, 2.0, 1e-15);
        assert!((found - std::f64::consts::SQRT_2).abs() < 1e-15);
        assert!(root(|x| x * x + 1.0, 0.0, 2.0, 1e-15).is_nan());
    }
}
