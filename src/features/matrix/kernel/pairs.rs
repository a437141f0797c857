//! The co-occurrence matrix of one direction in a sliding kernel, and what its features are made of.
//!
//! The matrix is symmetric, so each pair of neighbours is one count in its upper triangle. Every sum behind a feature is a
//! whole number (the parts of entropies, `c log2 c`, in fixed point), so adding and taking away pairs loses nothing: a
//! kernel's sums are the same however it came about.

use std::sync::Arc;

use super::band::Band;
use super::fixed::Weights;
use super::symmetric::Symmetric;
use crate::features::matrix::neighbours::Offset;
use crate::features::matrix::pair_summary::{DifferenceSummary, PairSummary, SumSummary, correlation};
use crate::features::matrix::pairs::PairMatrix;

/// Counts of the pairs along one direction.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Number of levels of the band
    levels: usize,
    /// `cells[low * levels + high]`, ranks from 0
    cells: Vec<u32>,
    /// How often each rank is part of a pair
    marginal: Vec<u32>,
    /// How many pairs have each sum and each difference of levels, both from the lowest on
    sums: Vec<u32>,
    differences: Vec<u32>,
    /// How many cells of the full matrix have each count
    cells_of: Vec<u32>,
    /// No cell counts more; it may be less
    top: usize,
    total: Totals,
}

/// Sums over the pairs; `a` and `b` are levels from the lowest of the band on.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Totals {
    pairs: i64,
    /// Cells of the full matrix that are not 0
    cells: i64,
    /// `sum (a + b)^n` for n = 1, 2, 3, 4
    sums: [i64; 4],
    /// `sum |a - b|`
    difference: i64,
    /// `sum a b`
    product: i64,
    /// `sum c^2` over the full matrix
    squares: i64,
    /// `sum c log2 c` of upper cells, marginals, sums and differences, in fixed point
    cell_logs: i64,
    marginal_logs: i64,
    sum_logs: i64,
    difference_logs: i64,
}

impl Pairs {
    /// Forgets all pairs; room for those of a band.
    pub fn start(&mut self, band: &Band, most: usize) {
        let (levels, span) = (band.levels(), band.span());
        self.levels = levels;
        for (counts, size) in [
            (&mut self.cells, levels * levels),
            (&mut self.marginal, levels),
            (&mut self.sums, 2 * span + 1),
            (&mut self.differences, span + 1),
            (&mut self.cells_of, 2 * most + 3),
        ] {
            counts.clear();
            counts.resize(size, 0);
        }
        self.top = 0;
        self.total = Totals::default();
    }

    /// A pair comes in (`ENTERS`) or leaves; ranks from 0, levels from the band's lowest on.
    #[inline]
    pub fn change<const ENTERS: bool>(&mut self, ranks: [usize; 2], levels: [i64; 2], weights: &Weights) {
        let (low, high) = if ranks[0] <= ranks[1] {
            (ranks[0], ranks[1])
        } else {
            (ranks[1], ranks[0])
        };
        let sign: i64 = if ENTERS { 1 } else { -1 };
        let total = &mut self.total;
        let cell = &mut self.cells[low * self.levels + high];
        let before = *cell;
        let after = stepped::<ENTERS>(cell);
        total.cell_logs += weights.change(before, after);
        // The count in the full matrix, where an equal pair counts twice, and in how many cells.
        let (times, places) = if low == high { (2, 1) } else { (1, 2) };
        total.squares +=
            places * times * times * (i64::from(after) * i64::from(after) - i64::from(before) * i64::from(before));
        let (old, new) = (
            (times * i64::from(before)) as usize,
            (times * i64::from(after)) as usize,
        );
        self.cells_of[old] = self.cells_of[old].wrapping_sub(places as u32);
        self.cells_of[new] = self.cells_of[new].wrapping_add(places as u32);
        self.top = self.top.max(new);
        if before == 0 {
            total.cells += places;
        }
        if after == 0 {
            total.cells -= places;
        }
        for rank in ranks {
            let count = &mut self.marginal[rank];
            let before = *count;
            total.marginal_logs += weights.change(before, stepped::<ENTERS>(count));
        }
        let [a, b] = levels;
        let (sum, difference) = (a + b, (a - b).abs());
        let count = &mut self.sums[sum as usize];
        let before = *count;
        total.sum_logs += weights.change(before, stepped::<ENTERS>(count));
        let count = &mut self.differences[difference as usize];
        let before = *count;
        total.difference_logs += weights.change(before, stepped::<ENTERS>(count));
        total.pairs += sign;
        let square = sum * sum;
        total.sums[0] += sign * sum;
        total.sums[1] += sign * square;
        total.sums[2] += sign * square * sum;
        total.sums[3] += sign * square * square;
        total.difference += sign * difference;
        total.product += sign * a * b;
    }

    /// What the features are made of; `None` without pairs. `correlated` says whether MCC is wanted.
    pub fn summary(
        &mut self,
        offset: Offset,
        band: &Band,
        weights: &Weights,
        correlated: bool,
        symmetric: &mut Symmetric,
    ) -> Option<PairSummary> {
        let total = self.total;
        if total.pairs == 0 {
            return None;
        }
        while self.top > 0 && self.cells_of[self.top] == 0 {
            self.top -= 1;
        }
        let pairs = total.pairs as f64;
        let both = 2.0 * pairs;
        let lowest = band.lowest();
        let [s1, s2, s3, s4] = total.sums.map(i128::from);
        let n = i128::from(total.pairs);
        let product = i128::from(total.product);
        let power = |exponent: i32| pairs.powi(exponent);
        let cluster = [
            (n * s2 - s1 * s1) as f64 / power(2),
            (n * n * s3 - 3 * n * s1 * s2 + 2 * s1 * s1 * s1) as f64 / power(3),
            (n * n * n * s4 - 4 * n * n * s1 * s3 + 6 * n * s1 * s1 * s2 - 3 * s1 * s1 * s1 * s1) as f64 / power(4),
        ];
        // sum (a^2 + b^2) = sum (a + b)^2 - 2 sum a b
        let variance = (2 * n * (s2 - 2 * product) - s1 * s1) as f64 / (both * both);
        let covariance = (4 * n * product - s1 * s1) as f64 / (both * both);
        let mean = total.sums[0] as f64 / both;
        let equal = f64::from(self.differences[0]);
        let eps = f64::EPSILON / std::f64::consts::LN_2;
        // log2(p + eps) is log2 p + eps / (p ln 2) up to terms of eps^2, so each p adds eps / ln 2 to an entropy.
        let entropy = both.log2() - (weights.value(total.cell_logs) + equal) / pairs - eps * total.cells as f64;
        let present = self.marginal.iter().filter(|&&count| count > 0).count() as f64;
        let single = both.log2() - weights.value(total.marginal_logs) / both;
        let mut summary = PairSummary {
            highest: f64::from(band.highest()),
            mean: lowest + mean,
            product: product as f64 / pairs + 2.0 * lowest * mean + lowest * lowest,
            cluster,
            variance,
            correlation: correlation(covariance, variance, variance),
            energy: total.squares as f64 / (both * both),
            maximum: self.top as f64 / both,
            entropy,
            marginal_entropies: [single - eps * present; 2],
            cross_entropy: 2.0 * single,
            independent_entropy: 2.0 * single - eps * present * present,
            second_eigenvalue: f64::NAN,
            sums: SumSummary {
                average: 2.0 * (lowest + mean),
                entropy: pairs.log2()
                    - weights.value(total.sum_logs) / pairs
                    - eps * self.sums.iter().filter(|&&count| count > 0).count() as f64,
            },
            differences: self.difference_summary(band, weights, s2 - 4 * product),
        };
        let independent = summary.independent_entropy - summary.entropy < 1e-4;
        if independent || correlated && present > 40.0 {
            // Levels that know next to nothing of each other leave it to rounding what their information is: then all is
            // computed as it is for a region.
            let exact = self.matrix(offset, band).summary(correlated && present > 40.0);
            summary.entropy = exact.entropy;
            summary.marginal_entropies = exact.marginal_entropies;
            summary.cross_entropy = exact.cross_entropy;
            summary.independent_entropy = exact.independent_entropy;
            summary.second_eigenvalue = exact.second_eigenvalue;
        }
        if correlated && present <= 40.0 {
            summary.second_eigenvalue = if band.occurring() < 2 {
                1.0
            } else {
                self.second_eigenvalue(symmetric)
            };
        }
        Some(summary)
    }

    /// `square` is `sum (a - b)^2`.
    fn difference_summary(&self, band: &Band, weights: &Weights, square: i128) -> DifferenceSummary {
        let total = &self.total;
        let (n, pairs) = (i128::from(total.pairs), total.pairs as f64);
        let difference = i128::from(total.difference);
        let mut summary = DifferenceSummary {
            average: total.difference as f64 / pairs,
            square: square as f64 / pairs,
            variance: (n * square - difference * difference) as f64 / (pairs * pairs),
            ..DifferenceSummary::default()
        };
        let mut present = 0.0;
        for (&count, [inverse, inverse_square, share, square_share, variance]) in self
            .differences
            .iter()
            .zip(band.inverses())
            .filter(|(count, _)| **count > 0)
        {
            let p = f64::from(count) / pairs;
            summary.inverse += p * inverse;
            summary.inverse_square += p * inverse_square;
            summary.inverse_share += p * share;
            summary.inverse_square_share += p * square_share;
            summary.inverse_variance += p * variance;
            present += 1.0;
        }
        summary.entropy = pairs.log2()
            - weights.value(total.difference_logs) / pairs
            - present * f64::EPSILON / std::f64::consts::LN_2;
        summary
    }

    /// The matrix as it is made for a region.
    fn matrix(&self, offset: Offset, band: &Band) -> PairMatrix {
        let mut cells = Vec::new();
        for i in 0..self.levels {
            for j in 0..self.levels {
                let count = self.cells[i.min(j) * self.levels + i.max(j)];
                if count > 0 {
                    let times = if i == j { 2.0 } else { 1.0 };
                    cells.push((i as u32 + 1, j as u32 + 1, times * f64::from(count)));
                }
            }
        }
        PairMatrix::of_cells(
            offset,
            cells,
            Arc::from(band.values()),
            band.highest(),
            band.occurring(),
        )
    }

    /// See [`crate::features::matrix::maximal_correlation`]; `eps` is taken to first order.
    fn second_eigenvalue(&self, symmetric: &mut Symmetric) -> f64 {
        let both = 2.0 * self.total.pairs as f64;
        let mut place = [0usize; 40];
        let mut root = [0f64; 40];
        let mut size = 0;
        for (rank, &count) in self.marginal.iter().enumerate().filter(|&(_, &count)| count > 0) {
            place[size] = rank;
            root[size] = (f64::from(count) / both).sqrt();
            size += 1;
        }
        if size < 2 {
            return 0.0;
        }
        symmetric.start(size);
        for i in 0..size {
            for j in 0..=i {
                let count = f64::from(self.cells[place[j] * self.levels + place[i]]);
                let expected = root[i] * root[j];
                let entry = symmetric.entry(i, j);
                *entry = -expected;
                if count > 0.0 {
                    let p = if i == j { 2.0 * count } else { count } / both;
                    *entry += p / expected * (1.0 - 0.5 * f64::EPSILON / (expected * expected));
                }
            }
        }
        let value = symmetric.largest_absolute_eigenvalue();
        value * value
    }
}

/// One more, or one fewer.
#[inline]
fn stepped<const ENTERS: bool>(count: &mut u32) -> u32 {
    *count = if ENTERS { *count + 1 } else { *count - 1 };
    *count
}
