//! Grey level co-occurrence: how often a level stands beside another (Haralick 1973; IBSI section 3.6).
//!
//! `P(i, j)` counts the pairs of a voxel of level `i` and its neighbour of level `j` in one direction, in both orders
//! unless `symmetricalGLCM` is false. Features are computed for each direction and averaged over those that have pairs
//! (values that are NaN left out), or from the sum of the directions: those of an aggregation of the IBSI that merges them,
//! or, with `weightingNorm`, each weighted with `exp(-d^2)` of its length `d` in that norm. The symbols are those of
//! [`crate::features::matrix::pair_summary`].

use super::row::{FeatureInfo, Offer, Row, asks_for_costly, functions, infos, numbered};
use super::{FeatureClass, in_each_aggregation};
use crate::features::FeatureError;
use crate::features::convention::Independence;
use crate::features::matrix::Job;
use crate::features::matrix::aggregation::{Aggregation, DIRECTED};
use crate::features::matrix::neighbours::{Weighting, length};
use crate::features::matrix::pair_summary::PairSummary;
use crate::features::matrix::pairs::PairMatrix;
use crate::features::region::{Matrices, Region};

/// The class `glcm`.
pub struct Glcm;

impl FeatureClass for Glcm {
    fn name(&self) -> &'static str {
        "glcm"
    }

    fn about(&self) -> &'static str {
        "pairs of neighbouring grey levels"
    }

    fn section(&self) -> Option<u8> {
        Some(6)
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(FEATURES)
    }

    fn aggregations(&self) -> &'static [Aggregation] {
        &DIRECTED
    }

    fn matrices(&self) -> Matrices {
        Matrices {
            pairs: true,
            ..Matrices::default()
        }
    }

    fn reason_without_value(&self) -> Option<&'static str> {
        Some("no voxel of the region has a neighbour in any direction")
    }

    fn slide(&self, chosen: &[&'static FeatureInfo]) -> Option<Job> {
        Some(Job::Pairs(functions(FEATURES, chosen), asks_for_costly(chosen)))
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        let correlated = asks_for_costly(chosen);
        in_each_aggregation(self, region, &functions(FEATURES, chosen), |aggregation| {
            summaries(region, aggregation, correlated)
        })
    }
}

/// One summary for each matrix that is left after merging.
fn summaries(
    region: &Region<'_>,
    aggregation: Aggregation,
    correlated: bool,
) -> Result<Vec<PairSummary>, FeatureError> {
    let mut found = Vec::new();
    for (levels, directions) in region.directional(aggregation.extent())? {
        let matrices: Vec<PairMatrix> = directions
            .iter()
            .filter(|direction| !direction.pairs.is_empty())
            .map(|direction| PairMatrix::new(direction.offset, &direction.pairs, levels, region.symmetrical_pairs()))
            .collect();
        match region.weighting(aggregation) {
            None => found.extend(matrices.iter().map(|matrix| matrix.summary(correlated))),
            Some(norm) => {
                let merged = PairMatrix::merge(matrices.iter().map(|matrix| {
                    let length = length(matrix.offset, region.spacing(), norm);
                    let weight = match norm {
                        // "no_weighting" is weight 1, not exp(-1).
                        Weighting::None => 1.0,
                        Weighting::Euclidean | Weighting::Manhattan | Weighting::Infinity => (-length * length).exp(),
                    };
                    (matrix, weight)
                }));
                found.extend(merged.iter().map(|matrix| matrix.summary(correlated)));
            }
        }
    }
    if found.is_empty() && region.levels()?.occurring() == 1 {
        found.push(PairSummary::of_one_level_without_pairs());
    }
    Ok(match region.rules().independence {
        Independence::NoValue => found,
        Independence::Zero => found
            .into_iter()
            .map(PairSummary::without_negative_information)
            .collect(),
    })
}

type Feature = Row<PairSummary>;

/// Its features, in the order of the IBSI's manual; those that it does not define come last.
pub(in crate::features) static FEATURES: &[Row<PairSummary>] = &numbered([
    Feature::new(
        "MaximumProbability",
        ["GYBY", "cm_joint_max"],
        "max p",
        "share of the commonest pair",
        |s| s.maximum,
    ),
    Feature::new(
        "JointAverage",
        ["60VM", "cm_joint_avg"],
        "mu_x = sum p i",
        "mean level of the pairs",
        |s| s.mean,
    ),
    Feature::new(
        "SumSquares",
        ["UR99", "cm_joint_var"],
        "sum p (i - mu_x)^2",
        "variance of the levels of the pairs",
        |s| s.variance,
    ),
    Feature::new(
        "JointEntropy",
        ["TU9B", "cm_joint_entr"],
        "-sum p log2(p + eps)",
        "disorder of the pairs",
        |s| s.entropy,
    ),
    Feature::new(
        "DifferenceAverage",
        ["TF7R", "cm_diff_avg"],
        "sum k q_d(k)",
        "mean difference of neighbours",
        |s| s.differences.average,
    ),
    Feature::new(
        "DifferenceVariance",
        ["D3YU", "cm_diff_var"],
        "sum q_d(k) (k - DifferenceAverage)^2",
        "spread of the differences",
        |s| s.differences.variance,
    ),
    Feature::new(
        "DifferenceEntropy",
        ["NTRS", "cm_diff_entr"],
        "-sum q_d log2(q_d + eps)",
        "disorder of the differences",
        |s| s.differences.entropy,
    ),
    Feature::new(
        "SumAverage",
        ["ZGXS", "cm_sum_avg"],
        "sum k q_s(k)",
        "mean sum of a pair",
        |s| s.sums.average,
    ),
    Feature::new(
        "SumVariance",
        ["OEEB", "cm_sum_var"],
        "sum q_s(k) (k - SumAverage)^2",
        "it is ClusterTendency",
        |s| s.cluster[0],
    )
    .offer(Offer::Retired),
    Feature::new(
        "SumEntropy",
        ["P6QZ", "cm_sum_entr"],
        "-sum q_s log2(q_s + eps)",
        "disorder of the sums",
        |s| s.sums.entropy,
    ),
    Feature::new(
        "JointEnergy",
        ["8ZQL", "cm_energy"],
        "sum p^2",
        "homogeneous patterns",
        |s| s.energy,
    ),
    Feature::new(
        "Contrast",
        ["ACUI", "cm_contrast"],
        "sum p (i - j)^2",
        "local variation, large steps weighted most",
        |s| s.differences.square,
    ),
    Feature::new(
        "Dissimilarity",
        ["8S9J", "cm_dissimilarity"],
        "sum p |i - j|",
        "it is DifferenceAverage",
        |s| s.differences.average,
    )
    .offer(Offer::Retired),
    Feature::new(
        "Id",
        ["IB1Z", "cm_inv_diff"],
        "sum q_d(k) / (1 + k)",
        "local homogeneity",
        |s| s.differences.inverse,
    ),
    Feature::new(
        "Idn",
        ["NDRX", "cm_inv_diff_norm"],
        "sum q_d(k) / (1 + k / N_g)",
        "Id with differences relative to the number of levels",
        |s| s.differences.inverse_share,
    ),
    Feature::new(
        "Idm",
        ["WF0Z", "cm_inv_diff_mom"],
        "sum q_d(k) / (1 + k^2)",
        "local homogeneity, steps weighted by their square",
        |s| s.differences.inverse_square,
    ),
    Feature::new(
        "Idmn",
        ["1QCO", "cm_inv_diff_mom_norm"],
        "sum q_d(k) / (1 + k^2 / N_g^2)",
        "Idm with differences relative to the number of levels",
        |s| s.differences.inverse_square_share,
    ),
    Feature::new(
        "InverseVariance",
        ["E8JP", "cm_inv_var"],
        "sum_(k >= 1) q_d(k) / k^2",
        "small differences, equal neighbours left out",
        |s| s.differences.inverse_variance,
    ),
    Feature::new(
        "Correlation",
        ["NI2N", "cm_corr"],
        "cov(i, j) / (sigma_x sigma_y + eps); 1 if a deviation is 0",
        "linear dependence of a level on its neighbour's",
        |s| s.correlation,
    ),
    Feature::new(
        "Autocorrelation",
        ["QWB0", "cm_auto_corr"],
        "sum p i j",
        "coarseness of the texture",
        |s| s.product,
    ),
    Feature::new(
        "ClusterTendency",
        ["DG8W", "cm_clust_tend"],
        "sum p (i + j - mu_x - mu_y)^2",
        "groups of voxels of similar level",
        |s| s.cluster[0],
    ),
    Feature::new(
        "ClusterShade",
        ["7NFM", "cm_clust_shade"],
        "sum p (i + j - mu_x - mu_y)^3",
        "skewness of the pairs",
        |s| s.cluster[1],
    ),
    Feature::new(
        "ClusterProminence",
        ["AE86", "cm_clust_prom"],
        "sum p (i + j - mu_x - mu_y)^4",
        "skewness and asymmetry, heavy tails weighted most",
        |s| s.cluster[2],
    ),
    Feature::new(
        "Imc1",
        ["R8DG", "cm_info_corr1"],
        "(HXY - HXY1) / max(HX, HY); 0 if that is 0",
        "mutual information of neighbours, as a share of their entropy",
        PairSummary::information_correlation_1,
    ),
    Feature::new(
        "Imc2",
        ["JN9H", "cm_info_corr2"],
        "sqrt(1 - exp(-2 (HXY2 - HXY))); 0 if HXY2 = HXY",
        "mutual information of neighbours",
        PairSummary::information_correlation_2,
    ),
    Feature::new(
        "MCC",
        ["", ""],
        "sqrt(second largest eigenvalue of Q)",
        "maximal correlation coefficient",
        |s| s.second_eigenvalue.sqrt(),
    )
    .costly(),
    Feature::new("Homogeneity1", ["IB1Z", ""], "sum p / (1 + |i - j|)", "it is Id", |s| {
        s.differences.inverse
    })
    .offer(Offer::Retired),
    Feature::new(
        "Homogeneity2",
        ["WF0Z", ""],
        "sum p / (1 + |i - j|^2)",
        "it is Idm",
        |s| s.differences.inverse_square,
    )
    .offer(Offer::Retired),
]);

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::features::Parameters;

    #[test]
    fn one_grey_level_without_neighbours_has_a_maximal_correlation_and_nothing_else() {
        let parameters = Parameters::default();
        let mask = Array3::from_shape_fn((3, 1, 3), |(z, _, x)| z % 2 == 0 && x % 2 == 0);
        let region = Region::new(
            parameters.settings(),
            [1.0; 3],
            Array3::from_elem((3, 1, 3), 7.0),
            mask,
            false,
        );
        let chosen: Vec<_> = Glcm.features();
        let values = Glcm.compute(&region, &chosen).unwrap();
        for (info, value) in chosen.iter().zip(values) {
            if info.name == "MCC" {
                assert_eq!(value, 1.0);
            } else {
                assert!(value.is_nan(), "{} {value}", info.name);
            }
        }
    }
}
