//! Fisher's exact test, with the conditional odds ratio of a 2 × 2 table.

use ndarray::{Array2, ArrayView2};

use super::contingency::occupied;
use crate::stats::StatsError;
use crate::stats::base::distributions::ln_choose;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;
use crate::stats::base::root::{R_TOLERANCE, root};

/// Fisher's exact test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fisher {
    /// Two-sided P value: the probability of all tables no likelier than the one observed (R's rule, with its 1e-7)
    pub p: f64,
    /// The conditional maximum-likelihood odds ratio of a 2 × 2 table, to R's digits: R stops its search at 1.2e-4
    pub odds_ratio: Option<f64>,
    /// Its confidence limits, to R's digits
    pub ci: Option<Interval>,
    /// The odds ratio with the search run to its end
    pub exact_odds_ratio: Option<f64>,
    /// The limits with the search run to its end
    pub exact_ci: Option<Interval>,
}

/// The most tables that are counted; beyond, chi-squared is the test.
const MOST_TABLES: usize = 50_000_000;

/// The test of a table of counts; empty rows and columns are left out. A table with more than 50 million companions of
/// the same margins is refused.
///
/// # Errors
/// Where fewer than two rows or columns have a count, the table has too many companions, or the level is not between 0 and
/// 1.
pub fn fisher(counts: ArrayView2<'_, usize>, level: f64) -> Result<Fisher, StatsError> {
    require::level(level)?;
    let square = counts.dim() == (2, 2);
    let full = occupied(counts);
    if full.nrows() < 2 || full.ncols() < 2 {
        return Err(StatsError::Impossible(format!(
            "Fisher's test needs at least 2 rows and 2 columns that are not empty, but there are {} and {}",
            full.nrows(),
            full.ncols()
        )));
    }
    if !square {
        return Ok(Fisher {
            p: exact_p(&full)?,
            odds_ratio: None,
            ci: None,
            exact_odds_ratio: None,
            exact_ci: None,
        });
    }
    let table = Hypergeometric::new(&full);
    let tail = (1.0 - level) / 2.0;
    let limits = |tolerance| Interval::new(table.lower(tail, tolerance), table.upper(tail, tolerance), level);
    Ok(Fisher {
        p: table.p(),
        odds_ratio: Some(table.likeliest(R_TOLERANCE)),
        ci: Some(limits(R_TOLERANCE)),
        exact_odds_ratio: Some(table.likeliest(1e-15)),
        exact_ci: Some(limits(1e-15)),
    })
}

/// The top left count of a 2 × 2 table with its margins held.
struct Hypergeometric {
    x: usize,
    low: usize,
    high: usize,
    ln_density: Vec<f64>,
}

impl Hypergeometric {
    fn new(counts: &Array2<usize>) -> Self {
        let first_column = counts[[0, 0]] + counts[[1, 0]];
        let second_column = counts[[0, 1]] + counts[[1, 1]];
        let first_row = counts[[0, 0]] + counts[[0, 1]];
        let low = first_row.saturating_sub(second_column);
        let high = first_row.min(first_column);
        let ln_density = (low..=high)
            .map(|x| {
                ln_choose(first_column as f64, x as f64) + ln_choose(second_column as f64, (first_row - x) as f64)
                    - ln_choose((first_column + second_column) as f64, first_row as f64)
            })
            .collect();
        Self {
            x: counts[[0, 0]],
            low,
            high,
            ln_density,
        }
    }

    /// The probabilities at an odds ratio.
    fn density(&self, odds: f64) -> Vec<f64> {
        let ln: Vec<f64> = self
            .ln_density
            .iter()
            .enumerate()
            .map(|(at, ln)| ln + odds.ln() * (self.low + at) as f64)
            .collect();
        let top = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let parts: Vec<f64> = ln.iter().map(|ln| (ln - top).exp()).collect();
        let sum: f64 = parts.iter().sum();
        parts.iter().map(|part| part / sum).collect()
    }

    fn p(&self) -> f64 {
        let density = self.density(1.0);
        let observed = density[self.x - self.low] * (1.0 + 1e-7);
        density
            .iter()
            .filter(|density| **density <= observed)
            .sum::<f64>()
            .min(1.0)
    }

    fn mean(&self, odds: f64) -> f64 {
        if odds == 0.0 {
            return self.low as f64;
        }
        if odds.is_infinite() {
            return self.high as f64;
        }
        self.density(odds)
            .iter()
            .enumerate()
            .map(|(at, density)| density * (self.low + at) as f64)
            .sum()
    }

    /// P(X ≥ x) or P(X ≤ x) at an odds ratio.
    fn tail(&self, odds: f64, upper: bool) -> f64 {
        if odds == 0.0 {
            return f64::from(u8::from(if upper { self.x <= self.low } else { self.x >= self.low }));
        }
        if odds.is_infinite() {
            return f64::from(u8::from(if upper {
                self.x <= self.high
            } else {
                self.x >= self.high
            }));
        }
        let density = self.density(odds);
        let at = self.x - self.low;
        if upper {
            density[at..].iter().sum()
        } else {
            density[..=at].iter().sum()
        }
    }

    fn likeliest(&self, tolerance: f64) -> f64 {
        if self.x == self.low {
            return 0.0;
        }
        if self.x == self.high {
            return f64::INFINITY;
        }
        let x = self.x as f64;
        search(|odds| self.mean(odds) - x, tolerance)
    }

    fn lower(&self, tail: f64, tolerance: f64) -> f64 {
        if self.x == self.low {
            return 0.0;
        }
        search(|odds| self.tail(odds, true) - tail, tolerance)
    }

    fn upper(&self, tail: f64, tolerance: f64) -> f64 {
        if self.x == self.high {
            return f64::INFINITY;
        }
        search(|odds| tail - self.tail(odds, false), tolerance)
    }
}

/// The odds ratio at which a rising function passes 0: below 1 directly, above 1 through its inverse, as R searches.
fn search(rising: impl Fn(f64) -> f64, tolerance: f64) -> f64 {
    let at_one = rising(1.0);
    if at_one > 0.0 {
        root(&rising, 0.0, 1.0, tolerance)
    } else if at_one < 0.0 {
        1.0 / root(|inverse| rising(1.0 / inverse), f64::EPSILON, 1.0, tolerance)
    } else {
        1.0
    }
}

/// Walks through all tables with the margins of this one, column by column.
fn exact_p(counts: &Array2<usize>) -> Result<f64, StatsError> {
    // Few rows make short columns.
    let counts = if counts.nrows() > counts.ncols() {
        counts.t().to_owned()
    } else {
        counts.clone()
    };
    let rows: Vec<usize> = counts.rows().into_iter().map(|row| row.sum()).collect();
    let columns: Vec<usize> = counts.columns().into_iter().map(|column| column.sum()).collect();
    let total: usize = rows.iter().sum();
    let ln_factorial: Vec<f64> = (0..=total).map(|n| libm::lgamma(n as f64 + 1.0)).collect();
    let margins: f64 = rows.iter().chain(&columns).map(|&sum| ln_factorial[sum]).sum::<f64>() - ln_factorial[total];
    let observed = margins - counts.iter().map(|&count| ln_factorial[count]).sum::<f64>();
    let mut walk = Walk {
        columns: &columns,
        ln_factorial: &ln_factorial,
        limit: observed + 1e-7,
        left: rows,
        sum: 0.0,
        seen: 0,
    };
    walk.column(0, margins);
    if walk.seen > MOST_TABLES {
        return Err(StatsError::Impossible(format!(
            "Fisher's test of a {} x {} table with {total} cases would count more than {MOST_TABLES} tables; use the \
             chi-squared test",
            counts.nrows(),
            counts.ncols()
        )));
    }
    Ok(walk.sum.min(1.0))
}

struct Walk<'a> {
    columns: &'a [usize],
    ln_factorial: &'a [f64],
    limit: f64,
    left: Vec<usize>,
    sum: f64,
    seen: usize,
}

impl Walk<'_> {
    fn column(&mut self, column: usize, ln: f64) {
        if column + 1 == self.columns.len() {
            let ln = ln - self.left.iter().map(|&count| self.ln_factorial[count]).sum::<f64>();
            self.seen += 1;
            if ln <= self.limit {
                self.sum += ln.exp();
            }
            return;
        }
        self.cell(column, 0, self.columns[column], ln);
    }

    fn cell(&mut self, column: usize, row: usize, rest: usize, ln: f64) {
        if self.seen > MOST_TABLES {
            return;
        }
        if row + 1 == self.left.len() {
            if rest <= self.left[row] {
                self.left[row] -= rest;
                self.column(column + 1, ln - self.ln_factorial[rest]);
                self.left[row] += rest;
            }
            return;
        }
        for count in 0..=rest.min(self.left[row]) {
            self.left[row] -= count;
            self.cell(column, row + 1, rest - count, ln - self.ln_factorial[count]);
            self.left[row] += count;
        }
    }
}
