//! Cohen's kappa, plain and weighted, of two readers' categories.

use std::collections::BTreeSet;

use crate::stats::StatsError;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// How much a disagreement by d of k - 1 steps counts as agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KappaWeights {
    /// Not at all: plain kappa
    #[default]
    Unweighted,
    /// 1 - d/(k - 1)
    Linear,
    /// 1 - (d/(k - 1))²
    Quadratic,
}

/// A kappa with its limits and test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// The estimate
    pub kappa: f64,
    /// Its standard error (Fleiss, Cohen & Everitt 1969)
    pub se: f64,
    /// Confidence limits, clipped to -1…1
    pub ci: Interval,
    /// z against chance, with the standard error that holds there
    pub z: f64,
    /// Its two-sided P value
    pub p: f64,
    /// Share of cases on which both agree (weighted)
    pub observed: f64,
    /// The share that chance gives
    pub expected: f64,
    /// Cases
    pub n: usize,
    /// Standard error as psych's `cohen.kappa` has it: its weighted form takes one margin's mean weight over the wrong
    /// index, so that it differs from `se` with unequal margins
    pub psych_se: f64,
}

/// Kappa of two readers; categories are numbers, in their order (weights go by rank among the categories that occur).
///
/// Where both readers give one and the same category throughout, chance agreement is 1 and kappa NaN.
///
/// # Errors
/// Where the readers have different numbers of cases or none, a category is not finite, or the level is not between 0 and
/// 1.
pub fn kappa(first: &[f64], second: &[f64], weights: KappaWeights, level: f64) -> Result<Kappa, StatsError> {
    let what = "kappa";
    require::same_length(what, ("the first reader", first.len()), ("the second", second.len()))?;
    require::at_least(what, "cases", 1, first.len())?;
    require::finite("the first reader's categories", first)?;
    require::finite("the second reader's categories", second)?;
    require::level(level)?;
    let table = Table::new(first, second);
    Ok(table.kappa(weights, level))
}

/// The shares of all pairs of categories.
struct Table {
    n: usize,
    shares: Vec<Vec<f64>>,
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Table {
    fn new(first: &[f64], second: &[f64]) -> Self {
        // Sorted bits of the numbers' order; -0 counts as 0.
        let key = |value: f64| {
            let bits = (value + 0.0).to_bits() as i64;
            bits ^ (((bits >> 63) as u64) >> 1) as i64
        };
        let categories: Vec<i64> = first
            .iter()
            .chain(second)
            .map(|&value| key(value))
            .collect::<BTreeSet<i64>>()
            .into_iter()
            .collect();
        let size = categories.len();
        let place = |value: f64| categories.partition_point(|&category| category < key(value));
        let mut shares = vec![vec![0.0; size]; size];
        let each = 1.0 / first.len() as f64;
        let mut counts = vec![vec![0_usize; size]; size];
        for (&a, &b) in first.iter().zip(second) {
            counts[place(a)][place(b)] += 1;
        }
        for (shares, counts) in shares.iter_mut().zip(&counts) {
            for (share, &count) in shares.iter_mut().zip(counts) {
                *share = count as f64 * each;
            }
        }
        let rows = shares.iter().map(|row| row.iter().sum()).collect();
        let columns = (0..size)
            .map(|column| shares.iter().map(|row| row[column]).sum())
            .collect();
        Self {
            n: first.len(),
            shares,
            rows,
            columns,
        }
    }

    fn kappa(&self, weights: KappaWeights, level: f64) -> Kappa {
        let size = self.rows.len();
        let steps = (size as f64 - 1.0).max(1.0);
        let weight = |i: usize, j: usize| {
            let apart = i.abs_diff(j) as f64 / steps;
            match weights {
                KappaWeights::Unweighted => f64::from(u8::from(i == j)),
                KappaWeights::Linear => 1.0 - apart,
                KappaWeights::Quadratic => 1.0 - apart * apart,
            }
        };
        let cells = || (0..size).flat_map(move |i| (0..size).map(move |j| (i, j)));
        let observed: f64 = cells().map(|(i, j)| weight(i, j) * self.shares[i][j]).sum();
        let expected: f64 = cells()
            .map(|(i, j)| weight(i, j) * self.rows[i] * self.columns[j])
            .sum();
        let kappa = (observed - expected) / (1.0 - expected);
        let n = self.n as f64;
        // The mean weight that a category of one reader meets in the other's margin.
        let met_by_row: Vec<f64> = (0..size)
            .map(|i| (0..size).map(|j| weight(i, j) * self.columns[j]).sum())
            .collect();
        let met_by_column: Vec<f64> = (0..size)
            .map(|j| (0..size).map(|i| weight(i, j) * self.rows[i]).sum())
            .collect();
        let chance = 1.0 - expected;
        let centre = observed * expected - 2.0 * expected + observed;
        let spread = |first: &dyn Fn(usize) -> f64, second: &dyn Fn(usize) -> f64| {
            let sum: f64 = cells()
                .map(|(i, j)| {
                    let term = weight(i, j) * chance - (first(i) + second(j)) * (1.0 - observed);
                    self.shares[i][j] * term * term
                })
                .sum();
            ((sum - centre * centre).max(0.0) / n).sqrt() / (chance * chance)
        };
        let se = spread(&|i| met_by_row[i], &|j| met_by_column[j]);
        let psych_se = if weights == KappaWeights::Unweighted {
            se
        } else {
            spread(&|i| met_by_row[i], &|j| {
                self.rows[j] * (0..size).map(|i| weight(i, j)).sum::<f64>()
            })
        };
        let null: f64 = cells()
            .map(|(i, j)| {
                let term = weight(i, j) - (met_by_row[i] + met_by_column[j]);
                self.rows[i] * self.columns[j] * term * term
            })
            .sum();
        let statistic = kappa / (((null - expected * expected).max(0.0) / n).sqrt() / chance);
        Kappa {
            kappa,
            se,
            ci: Interval::wald(kappa, se, level).clamp(-1.0, 1.0),
            z: statistic,
            p: normal_two_sided(statistic),
            observed,
            expected,
            n: self.n,
            psych_se,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_who_agree_have_kappa_1() {
        let categories = [1.0, 2.0, 3.0, 1.0, 2.0];
        for weights in [KappaWeights::Unweighted, KappaWeights::Linear, KappaWeights::Quadratic] {
            let found = kappa(&categories, &categories, weights, 0.95).unwrap();
            assert!((found.kappa - 1.0).abs() < 1e-12);
        }
        assert!(
            kappa(&[1.0, 1.0], &[1.0, 1.0], KappaWeights::Unweighted, 0.95)
                .unwrap()
                .kappa
                .is_nan()
        );
        let below = kappa(&[-1.0, 0.0], &[0.0, -1.0], KappaWeights::Unweighted, 0.95).unwrap();
        assert!((below.kappa + 1.0).abs() < 1e-12);
    }
}
