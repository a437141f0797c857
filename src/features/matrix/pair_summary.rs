//! What the features of a co-occurrence matrix are made of.
//!
//! `p = P / sum P`; `p_x`, `p_y` are its row and column sums, `q_s(k)` the probability of `i + j = k`, `q_d(k)` of
//! `|i - j| = k`, `eps` = 2^-52, `N_g` the highest grey level.

use std::collections::BTreeMap;

use super::pairs::PairMatrix;

/// What the GLCM features are made of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PairSummary {
    /// `N_g`
    pub highest: f64,
    /// `mu_x`
    pub mean: f64,
    /// `sum p i j`
    pub product: f64,
    /// `sum p (i + j - mu_x - mu_y)^n` for n = 2, 3, 4
    pub cluster: [f64; 3],
    /// `sum p (i - mu_x)^2`
    pub variance: f64,
    /// `cov(i, j) / (sigma_x sigma_y + eps)`
    pub correlation: f64,
    /// `sum p^2`
    pub energy: f64,
    /// `max p`
    pub maximum: f64,
    /// HXY: `-sum p log2(p + eps)`
    pub entropy: f64,
    /// HX and HY: entropies of `p_x` and `p_y`
    pub marginal_entropies: [f64; 2],
    /// HXY1: `-sum p log2(p_x p_y + eps)`
    pub cross_entropy: f64,
    /// HXY2: `-sum p_x p_y log2(p_x p_y + eps)` over all pairs of levels
    pub independent_entropy: f64,
    /// The second largest eigenvalue of `Q(i, j) = sum_k p(i, k) p(j, k) / (p_x(i) p_y(k) + eps)`; 1 if the whole region
    /// has one grey level, NaN where it was not wanted
    pub second_eigenvalue: f64,
    /// Of `q_s`
    pub sums: SumSummary,
    /// Of `q_d`
    pub differences: DifferenceSummary,
}

/// What the features of `i + j` are made of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SumSummary {
    /// `sum k q_s(k)`
    pub average: f64,
    /// `-sum q_s log2(q_s + eps)`
    pub entropy: f64,
}

/// What the features of `|i - j|` are made of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DifferenceSummary {
    /// `sum k q_d(k)`
    pub average: f64,
    /// `sum k^2 q_d(k)`
    pub square: f64,
    /// `sum q_d(k) (k - average)^2`
    pub variance: f64,
    /// `-sum q_d log2(q_d + eps)`
    pub entropy: f64,
    /// `sum q_d(k) / (1 + k)`
    pub inverse: f64,
    /// `sum q_d(k) / (1 + k^2)`
    pub inverse_square: f64,
    /// `sum q_d(k) / (1 + k / N_g)`
    pub inverse_share: f64,
    /// `sum q_d(k) / (1 + k^2 / N_g^2)`
    pub inverse_square_share: f64,
    /// `sum_(k >= 1) q_d(k) / k^2`
    pub inverse_variance: f64,
}

impl PairMatrix {
    /// What the features are made of; `correlated` says whether [`PairSummary::second_eigenvalue`] is wanted.
    pub fn summary(&self, correlated: bool) -> PairSummary {
        PairSummary::new(self, correlated)
    }
}

impl PairSummary {
    /// Of a region of one grey level without a pair of neighbours: nothing has a value, but the levels know of each other all
    /// that there is to know.
    pub fn of_one_level_without_pairs() -> Self {
        let nothing = f64::NAN;
        Self {
            highest: nothing,
            mean: nothing,
            product: nothing,
            cluster: [nothing; 3],
            variance: nothing,
            correlation: nothing,
            energy: nothing,
            maximum: nothing,
            entropy: nothing,
            marginal_entropies: [nothing; 2],
            cross_entropy: nothing,
            independent_entropy: nothing,
            second_eigenvalue: 1.0,
            sums: SumSummary {
                average: nothing,
                entropy: nothing,
            },
            differences: DifferenceSummary {
                average: nothing,
                square: nothing,
                variance: nothing,
                entropy: nothing,
                inverse: nothing,
                inverse_square: nothing,
                inverse_share: nothing,
                inverse_square_share: nothing,
                inverse_variance: nothing,
            },
        }
    }

    /// Of a matrix; `correlated` says whether [`PairSummary::second_eigenvalue`] is wanted.
    fn new(matrix: &PairMatrix, correlated: bool) -> Self {
        let total: f64 = matrix.cells.iter().map(|&(_, _, count)| count).sum();
        let cells: Vec<(u32, u32, f64)> = matrix
            .cells
            .iter()
            .map(|&(i, j, count)| (i, j, count / total))
            .collect();
        let values = &matrix.values;
        let level = |rank: u32| f64::from(values[rank as usize]);
        let mut marginal_x = vec![0.0; values.len()];
        let mut marginal_y = vec![0.0; values.len()];
        for &(i, j, p) in &cells {
            marginal_x[i as usize] += p;
            marginal_y[j as usize] += p;
        }
        let mean = |marginal: &[f64]| -> f64 {
            marginal
                .iter()
                .zip(values.iter())
                .map(|(p, &value)| p * f64::from(value))
                .sum()
        };
        let (mean_x, mean_y) = (mean(&marginal_x), mean(&marginal_y));

        let (mut product, mut covariance, mut energy, mut joint_entropy) = (0.0, 0.0, 0.0, 0.0);
        let (mut variance_x, mut variance_y, mut maximum, mut cross_entropy) = (0.0, 0.0, 0.0f64, 0.0);
        let mut cluster = [0.0; 3];
        for &(i, j, p) in &cells {
            let (x, y) = (level(i), level(j));
            let (dx, dy) = (x - mean_x, y - mean_y);
            let sum = x + y - mean_x - mean_y;
            let square = sum * sum;
            product += p * x * y;
            covariance += p * dx * dy;
            variance_x += p * dx * dx;
            variance_y += p * dy * dy;
            cluster[0] += p * square;
            cluster[1] += p * square * sum;
            cluster[2] += p * square * square;
            energy += p * p;
            joint_entropy -= p * (p + f64::EPSILON).log2();
            cross_entropy -= p * (marginal_x[i as usize] * marginal_y[j as usize] + f64::EPSILON).log2();
            maximum = maximum.max(p);
        }
        let sums = distribution(
            cells
                .iter()
                .map(|&(i, j, p)| (u64::from(values[i as usize]) + u64::from(values[j as usize]), p)),
            2 * matrix.highest as usize + 1,
            cells.len(),
        );
        let differences = distribution(
            cells
                .iter()
                .map(|&(i, j, p)| (u64::from(values[i as usize].abs_diff(values[j as usize])), p)),
            matrix.highest as usize + 1,
            cells.len(),
        );
        let highest = f64::from(matrix.highest);
        Self {
            highest,
            mean: mean_x,
            product,
            cluster,
            variance: variance_x,
            correlation: correlation(covariance, variance_x, variance_y),
            energy,
            maximum,
            entropy: joint_entropy,
            marginal_entropies: [&marginal_x, &marginal_y].map(|marginal| entropy(marginal.iter().copied())),
            cross_entropy,
            independent_entropy: independent_entropy(&marginal_x, &marginal_y),
            second_eigenvalue: if !correlated {
                f64::NAN
            } else if matrix.occurring < 2 {
                1.0
            } else {
                super::maximal_correlation::second_eigenvalue(&cells, &marginal_x, &marginal_y)
            },
            sums: SumSummary {
                average: sums.iter().map(|&(k, p)| k * p).sum(),
                entropy: entropy(sums.iter().map(|&(_, p)| p)),
            },
            differences: DifferenceSummary::new(&differences, highest),
        }
    }

    /// `(HXY - HXY1) / max(HX, HY)`, 0 if that is 0.
    pub fn information_correlation_1(&self) -> f64 {
        let [x, y] = self.marginal_entropies;
        let largest = x.max(y);
        if largest == 0.0 {
            0.0
        } else {
            (self.entropy - self.cross_entropy) / largest
        }
    }

    /// The same with levels that know nothing of each other where rounding says that they know less than that.
    #[must_use]
    pub fn without_negative_information(mut self) -> Self {
        self.independent_entropy = self.independent_entropy.max(self.entropy);
        self
    }

    /// `sqrt(1 - exp(-2 (HXY2 - HXY)))`, 0 if both are equal.
    pub fn information_correlation_2(&self) -> f64 {
        if self.independent_entropy == self.entropy {
            0.0
        } else {
            // NaN where rounding makes the joint entropy the larger: such a direction is left out of the mean.
            (1.0 - (-2.0 * (self.independent_entropy - self.entropy)).exp()).sqrt()
        }
    }
}

impl DifferenceSummary {
    /// From the differences and their probabilities, ascending; `highest` is `N_g`.
    fn new(differences: &[(f64, f64)], highest: f64) -> Self {
        let over = |f: &dyn Fn(f64) -> f64| -> f64 { differences.iter().map(|&(k, p)| p * f(k)).sum() };
        let average = over(&|k| k);
        Self {
            average,
            square: over(&|k| k * k),
            variance: over(&|k| (k - average) * (k - average)),
            entropy: entropy(differences.iter().map(|&(_, p)| p)),
            inverse: over(&|k| 1.0 / (1.0 + k)),
            inverse_square: over(&|k| 1.0 / (1.0 + k * k)),
            inverse_share: over(&|k| 1.0 / (1.0 + k / highest)),
            inverse_square_share: over(&|k| 1.0 / (1.0 + k * k / (highest * highest))),
            inverse_variance: over(&|k| if k > 0.0 { 1.0 / (k * k) } else { 0.0 }),
        }
    }
}

/// The correlation of the two levels of a pair; 1 where one of them does not vary.
pub(super) fn correlation(covariance: f64, variance_x: f64, variance_y: f64) -> f64 {
    let deviations = variance_x.sqrt() * variance_y.sqrt();
    if deviations == 0.0 {
        1.0
    } else {
        covariance / (deviations + f64::EPSILON)
    }
}

/// `-sum p_x p_y log2(p_x p_y + eps)` over all pairs of levels.
fn independent_entropy(marginal_x: &[f64], marginal_y: &[f64]) -> f64 {
    let present = |marginal: &[f64]| -> Vec<f64> { marginal.iter().copied().filter(|&p| p > 0.0).collect() };
    let (x, y) = (present(marginal_x), present(marginal_y));
    if x.len() * y.len() <= 4096 {
        let mut sum = 0.0;
        for p in &x {
            for q in &y {
                let both = p * q;
                sum -= both * (both + f64::EPSILON).log2();
            }
        }
        return sum;
    }
    // log2(pq + eps) = log2 p + log2 q + eps / (pq ln 2) up to terms of eps^2 / (pq), which is below 1e-20 here, so the
    // double sum falls into two single ones and a constant.
    let single = |marginal: &[f64]| -> f64 { marginal.iter().map(|p| p * p.log2()).sum() };
    let total = |marginal: &[f64]| -> f64 { marginal.iter().sum() };
    -single(&x) * total(&y)
        - single(&y) * total(&x)
        - (x.len() * y.len()) as f64 * f64::EPSILON / std::f64::consts::LN_2
}

/// `-sum p log2(p + eps)` over the values that are not 0 (a 0 adds nothing).
fn entropy(probabilities: impl Iterator<Item = f64>) -> f64 {
    -probabilities
        .filter(|&p| p > 0.0)
        .map(|p| p * (p + f64::EPSILON).log2())
        .sum::<f64>()
}

/// Adds up the probabilities of equal keys, ascending by key: in a table where keys are few, else by sorting.
fn distribution(pairs: impl Iterator<Item = (u64, f64)>, keys: usize, count: usize) -> Vec<(f64, f64)> {
    if keys <= 16 * count + 1024 {
        let mut table = vec![0.0; keys];
        for (key, p) in pairs {
            table[key as usize] += p;
        }
        table
            .into_iter()
            .enumerate()
            .filter(|&(_, p)| p > 0.0)
            .map(|(key, p)| (key as f64, p))
            .collect()
    } else {
        let mut sums: BTreeMap<u64, f64> = BTreeMap::new();
        for (key, p) in pairs {
            *sums.entry(key).or_default() += p;
        }
        sums.into_iter().map(|(key, p)| (key as f64, p)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two levels, `p = [[1/2, 1/8], [1/8, 1/4]]`.
    fn summary() -> PairSummary {
        let cells = vec![(1, 1, 4.0), (1, 2, 1.0), (2, 1, 1.0), (2, 2, 2.0)];
        let matrix = PairMatrix::of_cells([0, 0, 1], cells, [0, 1, 2].into(), 2, 2);
        matrix.summary(true)
    }

    #[test]
    fn a_matrix_that_can_be_done_by_hand() {
        let summary = summary();
        assert!((summary.mean - 1.375).abs() < 1e-15);
        assert!((summary.differences.average - 0.25).abs() < 1e-15);
        // For two levels the second eigenvalue is the square of the correlation.
        let correlation = (0.25 - 0.375 * 0.375) / (0.625 * 0.375);
        assert!((summary.correlation - correlation).abs() < 1e-12);
        assert!((summary.second_eigenvalue.sqrt() - correlation).abs() < 1e-12);
    }

    #[test]
    fn sums_and_differences_that_can_be_done_by_hand() {
        // q_s is 1/2 at 2 and 1/4 at 3 and 4; q_d is 3/4 at 0 and 1/4 at 1.
        let summary = summary();
        let entropy = 0.75 * (4.0f64 / 3.0).log2() + 0.5;
        for (found, expected) in [
            (summary.sums.average, 2.75),
            (summary.sums.entropy, 1.5),
            (summary.differences.square, 0.25),
            (summary.differences.variance, 0.1875),
            (summary.differences.entropy, entropy),
            (summary.differences.inverse, 0.875),
            (summary.differences.inverse_square_share, 0.95),
            (summary.differences.inverse_variance, 0.25),
        ] {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }

    #[test]
    fn many_levels_have_the_same_independent_entropy_either_way() {
        let counts = |step: u32| -> Vec<f64> {
            let counts: Vec<f64> = (0..80u32).map(|i| f64::from((i * step + 3) % 11)).collect();
            let total: f64 = counts.iter().sum();
            counts.into_iter().map(|count| count / total).collect()
        };
        let (x, y) = (counts(7), counts(13));
        let mut direct = 0.0;
        for p in &x {
            for q in &y {
                direct -= p * q * (p * q + f64::EPSILON).log2();
            }
        }
        assert!((independent_entropy(&x, &y) - direct).abs() < 1e-12);
    }
}
