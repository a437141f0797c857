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
    Feature::new("MaximumProbability", "cm_joint_max", "GYBY", "max p", |m| {
        m.cells.iter().map(|cell| cell.2).fold(f64::NAN, f64::max)
    })
    .twin("glcm_MaximumProbability"),
    Feature::new("JointAverage", "cm_joint_avg", "60VM", "sum i p", |m| m.mean).twin("glcm_JointAverage"),
    Feature::new("SumSquares", "cm_joint_var", "UR99", "sum (i - mu)^2 p", |m| m.variance).twin("glcm_SumSquares"),
    Feature::new(
        "JointEntropy",
        "cm_joint_entr",
        "TU9B",
        "H(p)",
        Cooccurrence::joint_entropy,
    )
    .twin("glcm_JointEntropy"),
    Feature::new("DifferenceAverage", "cm_diff_avg", "TF7R", "sum d p", |m| {
        first_moment(&m.differences)
    })
    .twin("glcm_DifferenceAverage"),
    Feature::new("DifferenceVariance", "cm_diff_var", "D3YU", "sum (d - mu_d)^2 p", |m| {
        spread(&m.differences)
    })
    .twin("glcm_DifferenceVariance"),
    Feature::new("DifferenceEntropy", "cm_diff_entr", "NTRS", "H(p_d)", |m| {
        entropy(&m.differences)
    })
    .twin("glcm_DifferenceEntropy"),
    Feature::new("SumAverage", "cm_sum_avg", "ZGXS", "sum k p", |m| first_moment(&m.sums)).twin("glcm_SumAverage"),
    Feature::new("SumVariance", "cm_sum_var", "OEEB", "sum (k - mu_k)^2 p", |m| {
        spread(&m.sums)
    }),
    Feature::new("SumEntropy", "cm_sum_entr", "P6QZ", "H(p_k)", |m| entropy(&m.sums)).twin("glcm_SumEntropy"),
    Feature::new("JointEnergy", "cm_energy", "8ZQL", "sum p^2", |m| {
        m.numbers(m.cells.iter().map(|cell| cell.2 * cell.2).sum())
    })
    .twin("glcm_JointEnergy"),
    Feature::new("Contrast", "cm_contrast", "ACUI", "sum d^2 p", |m| {
        m.expect(|i, j| (i - j).powi(2))
    })
    .twin("glcm_Contrast"),
    Feature::new("Dissimilarity", "cm_dissimilarity", "8S9J", "sum d p", |m| {
        m.expect(|i, j| (i - j).abs())
    }),
    Feature::new("Id", "cm_inv_diff", "IB1Z", "sum p / (1 + d)", |m| {
        m.expect(|i, j| 1.0 / (1.0 + (i - j).abs()))
    })
    .twin("glcm_Id"),
    Feature::new("Idn", "cm_inv_diff_norm", "NDRX", "sum p / (1 + d / G)", |m| {
        m.expect(|i, j| 1.0 / (1.0 + (i - j).abs() / m.level_count))
    })
    .twin("glcm_Idn"),
    Feature::new("Idm", "cm_inv_diff_mom", "WF0Z", "sum p / (1 + d^2)", |m| {
        m.expect(|i, j| 1.0 / (1.0 + (i - j).powi(2)))
    })
    .twin("glcm_Idm"),
    Feature::new("Idmn", "cm_inv_diff_mom_norm", "1QCO", "sum p / (1 + d^2 / G^2)", |m| {
        m.expect(|i, j| 1.0 / (1.0 + ((i - j) / m.level_count).powi(2)))
    })
    .twin("glcm_Idmn"),
    Feature::new(
        "InverseVariance",
        "cm_inv_var",
        "E8JP",
        "sum over i != j of p / d^2",
        |m| m.expect(|i, j| if i == j { 0.0 } else { 1.0 / (i - j).powi(2) }),
    )
    .twin("glcm_InverseVariance"),
    Feature::new(
        "Correlation",
        "cm_corr",
        "NI2N",
        "sum (i - mu)(j - mu) p / sigma^2; 1 for a single level",
        Cooccurrence::correlation,
    )
    .twin("glcm_Correlation"),
    Feature::new("Autocorrelation", "cm_auto_corr", "QWB0", "sum i j p", |m| {
        m.expect(|i, j| i * j)
    })
    .twin("glcm_Autocorrelation"),
    Feature::new("ClusterTendency", "cm_clust_tend", "DG8W", "sum (k - 2 mu)^2 p", |m| {
        m.expect(|i, j| (i + j - 2.0 * m.mean).powi(2))
    })
    .twin("glcm_ClusterTendency"),
    Feature::new("ClusterShade", "cm_clust_shade", "7NFM", "sum (k - 2 mu)^3 p", |m| {
        m.expect(|i, j| (i + j - 2.0 * m.mean).powi(3))
    })
    .twin("glcm_ClusterShade"),
    Feature::new(
        "ClusterProminence",
        "cm_clust_prom",
        "AE86",
        "sum (k - 2 mu)^4 p",
        |m| m.expect(|i, j| (i + j - 2.0 * m.mean).powi(4)),
    )
    .twin("glcm_ClusterProminence"),
    Feature::new(
        "Imc1",
        "cm_info_corr1",
        "R8DG",
        "(HXY - HXY1) / HX; 0 for a single level",
        Cooccurrence::information_correlation_1,
    )
    .twin("glcm_Imc1"),
    Feature::new(
        "Imc2",
        "cm_info_corr2",
        "JN9H",
        "sqrt(1 - exp(-2 (HXY2 - HXY)))",
        Cooccurrence::information_correlation_2,
    )
    .twin("glcm_Imc2"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn probabilities_add_up_and_a_pair_counts_both_ways() {
        let levels = array![[[1, 2, 2], [0, 1, 3]]];
        let parts = pairs(&levels.view(), 1, true);
        assert_eq!(parts.len(), 4);
        for part in &parts {
            let matrix = Cooccurrence::new(&part.matrix, 3);
            let sum: f64 = matrix.cells.iter().map(|cell| cell.2).sum();
            assert!((sum - 1.0).abs() < 1e-15);
            for ((i, j), count) in part.matrix.entries() {
                assert_eq!(part.matrix.pairs[&(j, i)], count);
            }
        }
    }

    #[test]
    fn a_single_level_has_correlation_1_and_no_information() {
        let matrix = Cooccurrence::new(&pairs(&array![[[2, 2]]].view(), 1, false).remove(12).matrix, 2);
        let value = |name: &str| (COOCCURRENCE.iter().find(|row| row.name == name).unwrap().value)(&matrix);
        if matrix.cells.is_empty() {
            assert!(value("Correlation").is_nan());
        } else {
            assert_eq!([value("Correlation"), value("Imc1"), value("Imc2")], [1.0, 0.0, 0.0]);
        }
    }
}
