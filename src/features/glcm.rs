//! Grey level co-occurrence matrix: how often a level stands beside another (Haralick 1973; IBSI section 3.6).
//!
//! `P(i, j)` counts the pairs of a voxel of level `i` and its neighbour of level `j` in one direction, in both orders
//! unless `symmetricalGLCM` is false; `p = P / sum P`. Features are computed for each direction and averaged over those
//! that have pairs (values that are NaN left out), or, with `weightingNorm`, from the sum of the directions, each weighted
//! with `exp(-d^2)` of its length `d` in that norm.
//!
//! `p_x`, `p_y` are the row and column sums, `q_s(k)` the probability of `i + j = k`, `q_d(k)` of `|i - j| = k`,
//! `eps` = 2^-52, `N_g` the highest grey level.
//!
//! PyRadiomics keeps a full matrix a direction; here it is a sorted list of the cells that occur, so that many grey levels
//! cost what the region has, not their square.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::directional::Counts;
use super::discretise::Levels;
use super::feature::{FeatureInfo, Offer, Row, infos, mean_values};
use super::neighbours::{Offset, length};
use super::{FeatureClass, FeatureError, Region};

/// The class `glcm`.
pub struct Glcm;

impl FeatureClass for Glcm {
    fn name(&self) -> &'static str {
        "glcm"
    }

    fn about(&self) -> &'static str {
        "pairs of neighbouring grey levels"
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        super::ibsi::catalogue::extended("glcm", infos(FEATURES))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let settings = region.settings();
        let levels = region.levels()?;
        let matrices: Vec<PairMatrix> = region
            .directional()?
            .iter()
            .filter(|direction| !direction.pairs.is_empty())
            .map(|direction| PairMatrix::new(direction.offset, &direction.pairs, levels, settings.symmetrical_glcm))
            .collect();
        let summaries: Vec<PairSummary> = match settings.weighting {
            None => matrices.iter().map(PairMatrix::summary).collect(),
            Some(norm) => {
                let spacing = region.spacing();
                PairMatrix::merge(matrices.iter().map(|matrix| {
                    let length = length(matrix.offset, spacing, norm);
                    // "no_weighting" is weight 1, not exp(-1).
                    let weight = match norm {
                        super::settings::Weighting::None => 1.0,
                        _ => (-length * length).exp(),
                    };
                    (matrix, weight)
                }))
                .iter()
                .map(PairMatrix::summary)
                .collect()
            }
        };
        mean_values(self.name(), FEATURES, chosen, &summaries)
    }
}

/// The co-occurrences in one direction, or in several merged.
#[derive(Debug, Clone, PartialEq)]
pub struct PairMatrix {
    /// The direction; of a merged matrix, the first
    pub offset: Offset,
    /// Rank of the voxel, rank of the neighbour, count or weight; ascending
    cells: Vec<(u32, u32, f64)>,
    /// The grey level of each rank
    values: Arc<[u32]>,
    highest: u32,
    /// How many grey levels the whole region has
    occurring: usize,
}

impl PairMatrix {
    /// From the counted pairs of one direction; in both orders if `symmetrical`.
    pub fn new(offset: Offset, pairs: &Counts, levels: &Levels, symmetrical: bool) -> Self {
        let mut cells: Vec<(u32, u32, f64)> = pairs
            .iter()
            .map(|&(rank, neighbour, count)| (rank, neighbour, f64::from(count)))
            .collect();
        if symmetrical {
            cells.extend(
                pairs
                    .iter()
                    .map(|&(rank, neighbour, count)| (neighbour, rank, f64::from(count))),
            );
            cells = add_equal(cells);
        }
        Self {
            offset,
            cells,
            values: levels.values().into(),
            highest: levels.highest(),
            occurring: levels.occurring(),
        }
    }

    /// The sum of several matrices of one region, each times its weight; `None` where there is none.
    pub fn merge<'a>(matrices: impl IntoIterator<Item = (&'a Self, f64)>) -> Option<Self> {
        let mut merged: Option<Self> = None;
        for (matrix, weight) in matrices {
            let weighted = matrix.cells.iter().map(|&(i, j, count)| (i, j, weight * count));
            match &mut merged {
                Some(merged) => merged.cells.extend(weighted),
                None => {
                    merged = Some(Self {
                        cells: weighted.collect(),
                        ..matrix.clone()
                    });
                }
            }
        }
        merged.map(|mut merged| {
            merged.cells = add_equal(std::mem::take(&mut merged.cells));
            merged
        })
    }

    /// What the features are made of.
    pub fn summary(&self) -> PairSummary {
        PairSummary::new(self)
    }

    /// Grey level of the voxel, grey level of the neighbour, count or weight; ascending.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        self.cells
            .iter()
            .map(|&(i, j, count)| (self.values[i as usize], self.values[j as usize], count))
    }
}

/// Sorts the cells and adds up those of one place, in the order in which they came.
fn add_equal(mut cells: Vec<(u32, u32, f64)>) -> Vec<(u32, u32, f64)> {
    cells.sort_by_key(|&(i, j, _)| (i, j));
    cells.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    cells
}

/// What the GLCM features are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSummary {
    /// Rank, rank, probability; ascending
    cells: Vec<(u32, u32, f64)>,
    values: Arc<[u32]>,
    highest: f64,
    occurring: usize,
    /// Probability of each rank as the first of a pair
    marginal_x: Vec<f64>,
    /// Probability of each rank as the second of a pair
    marginal_y: Vec<f64>,
    mean_x: f64,
    /// `sum p i j`
    product: f64,
    /// `sum p (i + j - mu_x - mu_y)^n` for n = 2, 3, 4
    cluster: [f64; 3],
    variance_x: f64,
    correlation: f64,
    energy: f64,
    maximum: f64,
    entropy: f64,
    /// `i + j` and its probability
    sums: Vec<(f64, f64)>,
    /// `|i - j|` and its probability
    differences: Vec<(f64, f64)>,
}

impl PairSummary {
    fn new(matrix: &PairMatrix) -> Self {
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

        let (mut product, mut covariance, mut energy, mut entropy) = (0.0, 0.0, 0.0, 0.0);
        let (mut variance_x, mut variance_y, mut maximum) = (0.0, 0.0, 0.0f64);
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
            entropy -= p * (p + f64::EPSILON).log2();
            maximum = maximum.max(p);
        }
        let deviations = variance_x.sqrt() * variance_y.sqrt();
        let correlation = if deviations == 0.0 {
            1.0
        } else {
            covariance / (deviations + f64::EPSILON)
        };
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
        Self {
            values: Arc::clone(values),
            highest: f64::from(matrix.highest),
            occurring: matrix.occurring,
            marginal_x,
            marginal_y,
            mean_x,
            product,
            cluster,
            variance_x,
            correlation,
            energy,
            maximum,
            entropy,
            sums,
            differences,
            cells,
        }
    }

    /// `sum q_d(k) f(k)`
    fn over_differences(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.differences.iter().map(|&(k, p)| p * f(k)).sum()
    }

    fn difference_average(&self) -> f64 {
        self.over_differences(|k| k)
    }

    fn difference_variance(&self) -> f64 {
        let mean = self.difference_average();
        self.over_differences(|k| (k - mean) * (k - mean))
    }

    /// Entropies of the marginals.
    fn marginal_entropies(&self) -> (f64, f64) {
        (
            entropy(self.marginal_x.iter().copied()),
            entropy(self.marginal_y.iter().copied()),
        )
    }

    /// `-sum p log2(p_x p_y + eps)`
    fn cross_entropy(&self) -> f64 {
        -self
            .cells
            .iter()
            .map(|&(i, j, p)| p * (self.marginal_x[i as usize] * self.marginal_y[j as usize] + f64::EPSILON).log2())
            .sum::<f64>()
    }

    /// `-sum p_x p_y log2(p_x p_y + eps)` over all pairs of levels.
    fn independent_entropy(&self) -> f64 {
        let present = |marginal: &[f64]| -> Vec<f64> { marginal.iter().copied().filter(|&p| p > 0.0).collect() };
        let (x, y) = (present(&self.marginal_x), present(&self.marginal_y));
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

    fn information_correlation_1(&self) -> f64 {
        let (x, y) = self.marginal_entropies();
        let largest = x.max(y);
        if largest == 0.0 {
            0.0
        } else {
            (self.entropy - self.cross_entropy()) / largest
        }
    }

    fn information_correlation_2(&self) -> f64 {
        let independent = self.independent_entropy();
        if independent == self.entropy {
            0.0
        } else {
            // NaN where rounding makes the joint entropy the larger: such a direction is left out of the mean.
            (1.0 - (-2.0 * (independent - self.entropy)).exp()).sqrt()
        }
    }

    /// The maximal correlation coefficient: the root of the second largest eigenvalue of
    /// `Q(i, j) = sum_k p(i, k) p(j, k) / (p_x(i) p_y(k) + eps)`; 1 if the region has one grey level.
    fn maximal_correlation(&self) -> f64 {
        if self.occurring < 2 {
            return 1.0;
        }
        super::maximal_correlation::second_eigenvalue(&self.cells, &self.marginal_x, &self.marginal_y).sqrt()
    }
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

static FEATURES: &[Row<PairSummary>] = &[
    Row::new(
        "Autocorrelation",
        "QWB0",
        "sum p i j",
        "coarseness of the texture",
        |s| s.product,
    ),
    Row::new(
        "ClusterProminence",
        "AE86",
        "sum p (i + j - mu_x - mu_y)^4",
        "skewness and asymmetry, heavy tails weighted most",
        |s| s.cluster[2],
    ),
    Row::new(
        "ClusterShade",
        "7NFM",
        "sum p (i + j - mu_x - mu_y)^3",
        "skewness of the pairs",
        |s| s.cluster[1],
    ),
    Row::new(
        "ClusterTendency",
        "DG8W",
        "sum p (i + j - mu_x - mu_y)^2",
        "groups of voxels of similar level",
        |s| s.cluster[0],
    ),
    Row::new(
        "Contrast",
        "ACUI",
        "sum p (i - j)^2",
        "local variation, large steps weighted most",
        |s| s.over_differences(|k| k * k),
    ),
    Row::new(
        "Correlation",
        "NI2N",
        "cov(i, j) / (sigma_x sigma_y + eps); 1 if a deviation is 0",
        "linear dependence of a level on its neighbour's",
        |s| s.correlation,
    ),
    Row::new(
        "DifferenceAverage",
        "TF7R",
        "sum k q_d(k)",
        "mean difference of neighbours",
        PairSummary::difference_average,
    ),
    Row::new(
        "DifferenceEntropy",
        "NTRS",
        "-sum q_d log2(q_d + eps)",
        "disorder of the differences",
        |s| entropy(s.differences.iter().map(|&(_, p)| p)),
    ),
    Row::new(
        "DifferenceVariance",
        "D3YU",
        "sum q_d(k) (k - DifferenceAverage)^2",
        "spread of the differences",
        PairSummary::difference_variance,
    ),
    Row::new("Id", "IB1Z", "sum q_d(k) / (1 + k)", "local homogeneity", |s| {
        s.over_differences(|k| 1.0 / (1.0 + k))
    }),
    Row::new(
        "Idm",
        "WF0Z",
        "sum q_d(k) / (1 + k^2)",
        "local homogeneity, steps weighted by their square",
        |s| s.over_differences(|k| 1.0 / (1.0 + k * k)),
    ),
    Row::new(
        "Idmn",
        "1QCO",
        "sum q_d(k) / (1 + k^2 / N_g^2)",
        "Idm with differences relative to the number of levels",
        |s| s.over_differences(|k| 1.0 / (1.0 + k * k / (s.highest * s.highest))),
    ),
    Row::new(
        "Idn",
        "NDRX",
        "sum q_d(k) / (1 + k / N_g)",
        "Id with differences relative to the number of levels",
        |s| s.over_differences(|k| 1.0 / (1.0 + k / s.highest)),
    ),
    Row::new(
        "Imc1",
        "R8DG",
        "(HXY - HXY1) / max(HX, HY); 0 if that is 0",
        "mutual information of neighbours, as a share of their entropy",
        PairSummary::information_correlation_1,
    ),
    Row::new(
        "Imc2",
        "JN9H",
        "sqrt(1 - exp(-2 (HXY2 - HXY))); 0 if HXY2 = HXY",
        "mutual information of neighbours",
        PairSummary::information_correlation_2,
    ),
    Row::new(
        "InverseVariance",
        "E8JP",
        "sum_(k >= 1) q_d(k) / k^2",
        "small differences, equal neighbours left out",
        |s| s.over_differences(|k| if k > 0.0 { 1.0 / (k * k) } else { 0.0 }),
    ),
    Row::new(
        "JointAverage",
        "60VM",
        "mu_x = sum p i",
        "mean level of the pairs",
        |s| s.mean_x,
    ),
    Row::new("JointEnergy", "8ZQL", "sum p^2", "homogeneous patterns", |s| s.energy),
    Row::new(
        "JointEntropy",
        "TU9B",
        "-sum p log2(p + eps)",
        "disorder of the pairs",
        |s| s.entropy,
    ),
    Row::new(
        "MCC",
        "",
        "sqrt(second largest eigenvalue of Q)",
        "maximal correlation coefficient",
        PairSummary::maximal_correlation,
    ),
    Row::new(
        "MaximumProbability",
        "GYBY",
        "max p",
        "share of the commonest pair",
        |s| s.maximum,
    ),
    Row::new("SumAverage", "ZGXS", "sum k q_s(k)", "mean sum of a pair", |s| {
        s.sums.iter().map(|&(k, p)| k * p).sum()
    }),
    Row::new(
        "SumEntropy",
        "P6QZ",
        "-sum q_s log2(q_s + eps)",
        "disorder of the sums",
        |s| entropy(s.sums.iter().map(|&(_, p)| p)),
    ),
    Row::new(
        "SumSquares",
        "UR99",
        "sum p (i - mu_x)^2",
        "variance of the levels of the pairs",
        |s| s.variance_x,
    ),
    Row::new(
        "Dissimilarity",
        "8S9J",
        "sum p |i - j|",
        "it is DifferenceAverage",
        |_| f64::NAN,
    )
    .offer(Offer::Retired),
    Row::new("Homogeneity1", "IB1Z", "sum p / (1 + |i - j|)", "it is Id", |_| {
        f64::NAN
    })
    .offer(Offer::Retired),
    Row::new("Homogeneity2", "WF0Z", "sum p / (1 + |i - j|^2)", "it is Idm", |_| {
        f64::NAN
    })
    .offer(Offer::Retired),
    Row::new(
        "SumVariance",
        "OEEB",
        "sum q_s(k) (k - SumAverage)^2",
        "it is ClusterTendency",
        |_| f64::NAN,
    )
    .offer(Offer::Retired),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Two levels, `p = [[1/2, 1/8], [1/8, 1/4]]`.
    fn summary() -> PairSummary {
        let matrix = PairMatrix {
            offset: [0, 0, 1],
            cells: vec![(1, 1, 4.0), (1, 2, 1.0), (2, 1, 1.0), (2, 2, 2.0)],
            values: [0, 1, 2].into(),
            highest: 2,
            occurring: 2,
        };
        matrix.summary()
    }

    #[test]
    fn a_matrix_that_can_be_done_by_hand() {
        let summary = summary();
        assert!((summary.mean_x - 1.375).abs() < 1e-15);
        assert!((summary.difference_average() - 0.25).abs() < 1e-15);
        // For two levels the second eigenvalue is the square of the correlation.
        let correlation = (0.25 - 0.375 * 0.375) / (0.625 * 0.375);
        assert!((summary.correlation - correlation).abs() < 1e-12);
        assert!((summary.maximal_correlation() - correlation).abs() < 1e-12);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let summary = summary();
        for total in [
            summary.cells.iter().map(|cell| cell.2).sum::<f64>(),
            summary.marginal_x.iter().sum(),
            summary.marginal_y.iter().sum(),
            summary.sums.iter().map(|pair| pair.1).sum(),
            summary.differences.iter().map(|pair| pair.1).sum(),
        ] {
            assert!((total - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn many_levels_have_the_same_independent_entropy_either_way() {
        let side = 80u32;
        let mut cells = Vec::new();
        for i in 1..=side {
            for j in 1..=side {
                let count = f64::from((i * 7 + j * 13) % 11);
                if count > 0.0 {
                    cells.push((i, j, count));
                }
            }
        }
        let matrix = PairMatrix {
            offset: [0, 0, 1],
            cells,
            values: (0..=side).collect(),
            highest: side,
            occurring: side as usize,
        };
        let summary = matrix.summary();
        let mut direct = 0.0;
        for p in &summary.marginal_x[1..] {
            for q in &summary.marginal_y[1..] {
                direct -= p * q * (p * q + f64::EPSILON).log2();
            }
        }
        assert!((summary.independent_entropy() - direct).abs() < 1e-12);
    }
}
