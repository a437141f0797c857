//! Grey level co-occurrence (LFYI): how often two levels are neighbours, symmetric.
//!
//! Symbols: `p(i, j)` probability of a pair, `mu` and `sigma` of its marginal, `d = |i - j|`, `k = i + j`, `G` the number of
//! levels, `H` entropies with log2. Reference: IBSI 1 manual, section 3.6.

use std::collections::BTreeMap;

use ndarray::{ArrayView3, Axis, s};

use super::aggregation::{Merge, Part, directions};
use super::{Row, cell};

/// Counts of ordered pairs of levels; symmetric.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pairs: BTreeMap<(u32, u32), f64>,
}

/// The probabilities of a matrix and what the features share.
#[derive(Debug, Clone)]
pub struct Cooccurrence {
    /// `(i, j, p)`, only where `p > 0`
    cells: Vec<(f64, f64, f64)>,
    /// Marginal probabilities of the levels that occur
    marginal: BTreeMap<u32, f64>,
    differences: BTreeMap<u32, f64>,
    sums: BTreeMap<u32, f64>,
    mean: f64,
    variance: f64,
    level_count: f64,
}

type Feature = Row<Cooccurrence>;

/// The co-occurrence features in the order of the manual.
pub static COOCCURRENCE: &[Row<Cooccurrence>] = &[
    Feature::new("MaximumProbability", "cm_joint_max", |m| {
        m.cells.iter().map(|cell| cell.2).fold(f64::NAN, f64::max)
    }),
    Feature::new("JointAverage", "cm_joint_avg", |m| m.mean),
    Feature::new("SumSquares", "cm_joint_var", |m| m.variance),
    Feature::new("JointEntropy", "cm_joint_entr", Cooccurrence::joint_entropy),
    Feature::new("DifferenceAverage", "cm_diff_avg", |m| first_moment(&m.differences)),
    Feature::new("DifferenceVariance", "cm_diff_var", |m| spread(&m.differences)),
    Feature::new("DifferenceEntropy", "cm_diff_entr", |m| entropy(&m.differences)),
    Feature::new("SumAverage", "cm_sum_avg", |m| first_moment(&m.sums)),
    Feature::new("SumVariance", "cm_sum_var", |m| spread(&m.sums)),
    Feature::new("SumEntropy", "cm_sum_entr", |m| entropy(&m.sums)),
    Feature::new("JointEnergy", "cm_energy", |m| {
        m.numbers(m.cells.iter().map(|cell| cell.2 * cell.2).sum())
    }),
    Feature::new("Contrast", "cm_contrast", |m| m.expect(|i, j| (i - j).powi(2))),
    Feature::new("Dissimilarity", "cm_dissimilarity", |m| m.expect(|i, j| (i - j).abs())),
    Feature::new("Id", "cm_inv_diff", |m| m.expect(|i, j| 1.0 / (1.0 + (i - j).abs()))),
    Feature::new("Idn", "cm_inv_diff_norm", |m| {
        m.expect(|i, j| 1.0 / (1.0 + (i - j).abs() / m.level_count))
    }),
    Feature::new("Idm", "cm_inv_diff_mom", |m| {
        m.expect(|i, j| 1.0 / (1.0 + (i - j).powi(2)))
    }),
    Feature::new("Idmn", "cm_inv_diff_mom_norm", |m| {
        m.expect(|i, j| 1.0 / (1.0 + ((i - j) / m.level_count).powi(2)))
    }),
    Feature::new("InverseVariance", "cm_inv_var", |m| {
        m.expect(|i, j| if i == j { 0.0 } else { 1.0 / (i - j).powi(2) })
    }),
    Feature::new("Correlation", "cm_corr", Cooccurrence::correlation),
    Feature::new("Autocorrelation", "cm_auto_corr", |m| m.expect(|i, j| i * j)),
    Feature::new("ClusterTendency", "cm_clust_tend", |m| {
        m.expect(|i, j| (i + j - 2.0 * m.mean).powi(2))
    }),
    Feature::new("ClusterShade", "cm_clust_shade", |m| {
        m.expect(|i, j| (i + j - 2.0 * m.mean).powi(3))
    }),
    Feature::new("ClusterProminence", "cm_clust_prom", |m| {
        m.expect(|i, j| (i + j - 2.0 * m.mean).powi(4))
    }),
    Feature::new("Imc1", "cm_info_corr1", Cooccurrence::information_correlation_1),
    Feature::new("Imc2", "cm_info_corr2", Cooccurrence::information_correlation_2),
];

impl Counts {
    /// `((i, j), count)`, ascending.
    pub fn entries(&self) -> impl Iterator<Item = ((u32, u32), f64)> {
        self.pairs.iter().map(|(key, count)| (*key, *count))
    }
}

impl Merge for Counts {
    fn merge(&mut self, other: &Self) {
        for (pair, count) in &other.pairs {
            *self.pairs.entry(*pair).or_insert(0.0) += count;
        }
    }
}

/// Pairs of voxels of the region (level > 0) at each direction of Chebyshev distance `distance`, counted both ways.
pub fn pairs(levels: &ArrayView3<u32>, distance: i64, in_slice: bool) -> Vec<Part<Counts>> {
    let mut parts = Vec::new();
    let slices = if in_slice { levels.len_of(Axis(0)) } else { 1 };
    for slice in 0..slices {
        let piece = if in_slice {
            levels.slice(s![slice..=slice, .., ..])
        } else {
            levels.view()
        };
        for (direction, step) in directions(distance, in_slice).into_iter().enumerate() {
            let mut counts = Counts::default();
            for (place, &level) in piece.indexed_iter() {
                if level == 0 {
                    continue;
                }
                if let Some(other) = cell(&piece, place, step)
                    && other > 0
                {
                    *counts.pairs.entry((level, other)).or_insert(0.0) += 1.0;
                    *counts.pairs.entry((other, level)).or_insert(0.0) += 1.0;
                }
            }
            parts.push(Part {
                slice,
                direction,
                matrix: counts,
            });
        }
    }
    parts
}

impl Cooccurrence {
    /// The probabilities of a matrix of a region with `level_count` levels. Without a pair all features are NaN.
    pub fn new(counts: &Counts, level_count: u32) -> Self {
        let total: f64 = counts.pairs.values().sum();
        let mut matrix = Self {
            cells: Vec::with_capacity(counts.pairs.len()),
            marginal: BTreeMap::new(),
            differences: BTreeMap::new(),
            sums: BTreeMap::new(),
            mean: f64::NAN,
            variance: f64::NAN,
            level_count: f64::from(level_count),
        };
        for (&(i, j), count) in &counts.pairs {
            let p = count / total;
            matrix.cells.push((f64::from(i), f64::from(j), p));
            *matrix.marginal.entry(i).or_insert(0.0) += p;
            *matrix.differences.entry(i.abs_diff(j)).or_insert(0.0) += p;
            *matrix.sums.entry(i + j).or_insert(0.0) += p;
        }
        matrix.mean = first_moment(&matrix.marginal);
        matrix.variance = spread(&matrix.marginal);
        matrix
    }

    /// A sum over an empty matrix is no number.
    fn numbers(&self, value: f64) -> f64 {
        if self.cells.is_empty() { f64::NAN } else { value }
    }

    fn expect(&self, term: impl Fn(f64, f64) -> f64) -> f64 {
        self.numbers(self.cells.iter().map(|&(i, j, p)| p * term(i, j)).sum())
    }

    fn joint_entropy(&self) -> f64 {
        self.numbers(self.cells.iter().map(|&(_, _, p)| -p * p.log2()).sum())
    }

    fn correlation(&self) -> f64 {
        if self.variance == 0.0 {
            return 1.0;
        }
        self.expect(|i, j| (i - self.mean) * (j - self.mean)) / self.variance
    }

    fn information_correlation_1(&self) -> f64 {
        let marginal = entropy(&self.marginal);
        if marginal == 0.0 {
            return 0.0;
        }
        // HXY1 = -sum p(i, j) log2(p(i) p(j)) = 2 HX, the matrix being symmetric.
        (self.joint_entropy() - 2.0 * marginal) / marginal
    }

    fn information_correlation_2(&self) -> f64 {
        if self.cells.is_empty() {
            return f64::NAN;
        }
        let gain = 2.0 * entropy(&self.marginal) - self.joint_entropy();
        (1.0 - (-2.0 * gain.max(0.0)).exp()).sqrt()
    }
}

fn first_moment(p: &BTreeMap<u32, f64>) -> f64 {
    if p.is_empty() {
        return f64::NAN;
    }
    p.iter().map(|(&k, p)| f64::from(k) * p).sum()
}

fn spread(p: &BTreeMap<u32, f64>) -> f64 {
    let mean = first_moment(p);
    if mean.is_nan() {
        return mean;
    }
    p.iter().map(|(&k, p)| (f64::from(k) - mean).powi(2) * p).sum()
}

fn entropy(p: &BTreeMap<u32, f64>) -> f64 {
    if p.is_empty() {
        return f64::NAN;
    }
    p.values().map(|p| -p * p.log2()).sum()
}
