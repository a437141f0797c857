//! The Mann-Whitney (Wilcoxon rank sum) test in all its dialects, and the Hodges-Lehmann shift.

use crate::stats::StatsError;
use crate::stats::base::distributions::{normal_quantile, normal_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile_of_sorted};
use crate::stats::base::rank::{mid_ranks, tie_sum};
use crate::stats::base::require;
use crate::stats::base::root::root;

/// A Mann-Whitney test.
#[derive(Debug, Clone, PartialEq)]
pub struct MannWhitney {
    /// R's W: pairs in which the first group is larger, ties one half
    pub w: f64,
    /// SPSS's U, the smaller of W and the rest
    pub u: f64,
    /// z without continuity correction (SPSS)
    pub z: f64,
    /// Its P value
    pub p: f64,
    /// z with continuity correction (R, where it is not exact)
    pub z_corrected: f64,
    /// Its P value
    pub p_corrected: f64,
    /// Exact P value; none where values tie, or the groups are too large to count (above 50,000 pairs)
    pub p_exact: Option<f64>,
    /// R's default: exact where both groups have fewer than 50 cases and nothing ties, else with correction
    pub p_r: f64,
    /// Whether that default is the exact one
    pub r_is_exact: bool,
}

/// The test of two groups. Where all values are equal, z is NaN and P is NaN.
///
/// # Errors
/// Where a group has no case, or a value is not finite.
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Result<MannWhitney, StatsError> {
    check(first, second)?;
    let pooled = [first, second].concat();
    let (n, m) = (first.len() as f64, second.len() as f64);
    let w = mid_ranks(&pooled)[..first.len()].iter().sum::<f64>() - n * (n + 1.0) / 2.0;
    let ties = tie_sum(&pooled);
    let excess = w - n * m / 2.0;
    let sigma = (n * m / 12.0 * ((n + m + 1.0) - ties / ((n + m) * (n + m - 1.0)))).sqrt();
    let correction = if excess == 0.0 { 0.0 } else { 0.5 * excess.signum() };
    let (z, z_corrected) = (excess / sigma, (excess - correction) / sigma);
    let test = |z: f64| if z.is_nan() { f64::NAN } else { normal_two_sided(z) };
    let p_exact = (ties == 0.0 && first.len() * second.len() <= 50_000).then(|| exact_p(w, first.len(), second.len()));
    let r_is_exact = p_exact.is_some() && first.len() < 50 && second.len() < 50;
    let p_corrected = test(z_corrected);
    Ok(MannWhitney {
        w,
        u: w.min(n * m - w),
        z,
        p: test(z),
        z_corrected,
        p_corrected,
        p_exact,
        p_r: p_exact.filter(|_| r_is_exact).unwrap_or(p_corrected),
        r_is_exact,
    })
}

/// How far the first group lies above the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The Hodges-Lehmann estimate
    pub estimate: f64,
    /// Its confidence limits
    pub ci: Interval,
}

impl Shift {
    /// The shift as R's `wilcox.test(conf.int = TRUE)`: from the ordered differences where the test is exact, else by
    /// moving the first group until the test statistic reaches its quantile (to 1e-4, R's tolerance).
    ///
    /// # Errors
    /// Where a group has no case, a value is not finite, or the level is not between 0 and 1.
    pub fn new(first: &[f64], second: &[f64], level: f64) -> Result<Self, StatsError> {
        check(first, second)?;
        require::level(level)?;
        let pooled = [first, second].concat();
        if tie_sum(&pooled) == 0.0 && first.len() < 50 && second.len() < 50 {
            return Ok(Self::exact(first, second, level));
        }
        let smallest = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = smallest(first) - largest(second);
        let high = largest(first) - smallest(second);
        if low == high {
            return Ok(Self {
                estimate: low,
                ci: Interval::new(low, low, level),
            });
        }
        let z = normal_quantile(0.5 + level / 2.0);
        let find = |quantile: f64, correct: bool| {
            let gap = |shift: f64| moved_z(first, second, shift, correct) - quantile;
            if gap(low) <= 0.0 {
                low
            } else if gap(high) >= 0.0 {
                high
            } else {
                root(gap, low, high, 1e-4)
            }
        };
        Ok(Self {
            estimate: root(|shift| moved_z(first, second, shift, false), low, high, 1e-4),
            ci: Interval::new(find(z, true), find(-z, true), level),
        })
    }

    fn exact(first: &[f64], second: &[f64], level: f64) -> Self {
        let mut differences: Vec<f64> = first.iter().flat_map(|a| second.iter().map(move |b| a - b)).collect();
        differences.sort_by(f64::total_cmp);
        let share = frequencies(first.len(), second.len());
        // The first w whose lower tail reaches half the error, as R's qwilcox; at least 1.
        let tail = (1.0 - level) / 2.0;
        let mut sum = 0.0;
        let mut from = 0;
        for (w, share) in share.iter().enumerate() {
            sum += share;
            if sum >= tail {
                from = w.max(1);
                break;
            }
        }
        Self {
            estimate: quantile_of_sorted(&differences, 0.5, QuantileRule::Averaged),
            ci: Interval::new(differences[from - 1], differences[differences.len() - from], level),
        }
    }
}

fn check(first: &[f64], second: &[f64]) -> Result<(), StatsError> {
    let what = "the Mann-Whitney test";
    require::at_least(what, "cases in the first group", 1, first.len())?;
    require::at_least(what, "cases in the second group", 1, second.len())?;
    require::finite(what, first)?;
    require::finite(what, second)
}

fn moved_z(first: &[f64], second: &[f64], shift: f64, correct: bool) -> f64 {
    let mut pooled: Vec<f64> = first.iter().map(|value| value - shift).collect();
    pooled.extend(second);
    let (n, m) = (first.len() as f64, second.len() as f64);
    let excess = mid_ranks(&pooled)[..first.len()].iter().sum::<f64>() - n * (n + 1.0) / 2.0 - n * m / 2.0;
    let sigma = (n * m / 12.0 * ((n + m + 1.0) - tie_sum(&pooled) / ((n + m) * (n + m - 1.0)))).sqrt();
    let correction = if correct && excess != 0.0 {
        0.5 * excess.signum()
    } else {
        0.0
    };
    (excess - correction) / sigma
}

/// Two-sided P value by counting all arrangements.
fn exact_p(w: f64, n: usize, m: usize) -> f64 {
    let share = frequencies(n, m);
    let w = w as usize;
    let tail: f64 = if 2 * w > n * m {
        share[w..].iter().rev().sum()
    } else {
        share[..=w].iter().sum()
    };
    (2.0 * tail).min(1.0)
}

/// The share of arrangements with each W, from 0 to n m. Built reader by reader as a product of
/// (1 - q^(m + i)) / (1 - q^i), scaled on the way so that large groups do not overflow.
fn frequencies(n: usize, m: usize) -> Vec<f64> {
    let (n, m) = (n.min(m), n.max(m));
    let size = n * m;
    let mut share = vec![0.0; size + 1];
    share[0] = 1.0;
    // counts(n, m) = counts(n - 1, m) shifted by m + counts(n, m - 1): by rows of n.
    let mut rows: Vec<Vec<f64>> = vec![share.clone(); n + 1];
    for done in 1..=m {
        for taken in 1..=n {
            let (before, from) = rows.split_at_mut(taken);
            let (less, row) = (&before[taken - 1], &mut from[0]);
            // P(taken, done) = done/(taken + done) P(taken, done - 1) + taken/(taken + done) P(taken - 1, done) moved by done.
            let whole = (taken + done) as f64;
            let (stay, add) = (done as f64 / whole, taken as f64 / whole);
            for w in (0..=taken * done).rev() {
                let moved = if w >= done { less[w - done] } else { 0.0 };
                row[w] = stay * row[w] + add * moved;
            }
        }
    }
    rows.swap_remove(n)
}
