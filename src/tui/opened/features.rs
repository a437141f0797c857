//! The features of a study as the screens list them: what is known of each on the training cases, and how they hang
//! together.

use std::collections::HashMap;
use std::sync::Arc;

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::figure::heatmap::HeatmapInput;
use crate::figure::path::short_name;
use crate::message::english::figure as words;
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::compare::{mann_whitney, pearson};
use crate::stats::selection::cluster::average_linkage;
use crate::study::Study;
use crate::study::feature_table::FeatureTable;
use crate::study::input::cohort::Side;
use crate::tui::snapshot::FeatureRow;

/// The features that the heat map shows at most; beyond that no cell could be told from its neighbours.
const HEAT_LIMIT: usize = 150;

/// Features whose mean correlation reaches this are one cluster.
const CLUSTER: f64 = 0.8;

/// The screens' features: rows, correlations, and the table of all values.
#[derive(Default)]
pub(super) struct Features {
    pub(super) rows: Vec<FeatureRow>,
    pub(super) correlation: Option<HeatmapInput>,
    pub(super) table: Option<Arc<FeatureTable>>,
}

/// What is known of each feature, on training cases where there is a split, and the correlations between those kept.
pub(super) fn features(study: &Study) -> Features {
    let found = study.results();
    if found.extract().is_none() && study.config().features.is_none() {
        return Features::default();
    }
    let Ok(table) = study.features() else {
        return Features::default();
    };
    let cohort = study.cohort();
    let split = found.split();
    let side_of: HashMap<&str, Side> = split
        .map(|split| split.cases.iter().map(|case| (case.id.as_str(), case.side)).collect())
        .unwrap_or_default();
    let outcome_of: HashMap<&str, bool> = cohort
        .cases
        .iter()
        .filter_map(|case| Some((case.id.as_str(), case.outcome?)))
        .collect();
    let rows: Vec<(usize, bool)> = table
        .ids
        .iter()
        .enumerate()
        .filter(|(_, id)| split.is_none() || side_of.get(id.as_str()) == Some(&Side::Training))
        .filter_map(|(row, id)| Some((row, *outcome_of.get(id.as_str())?)))
        .collect();
    let volume = ["original_shape_MeshVolume", "original_shape_VoxelVolume"]
        .into_iter()
        .find_map(|name| table.column(name))
        .map(|column| gather(column, &rows));
    let agreement = found.agreement();
    let standardise = found.standardise();
    let select = found.select();
    let row_of = |(column, name): (usize, &String)| {
        let all = table.values.column(column);
        let values = gather(all, &rows);
        let group = |wanted: bool| -> Vec<f64> {
            rows.iter()
                .filter(|(_, event)| *event == wanted)
                .map(|(row, _)| all[*row])
                .collect()
        };
        let (mean, standard_deviation) = moments(&values);
        let judged = agreement
            .filter(|agreement| agreement.assessed)
            .and_then(|agreement| agreement.features.iter().find(|feature| feature.feature == *name));
        let icc3 = agreement.is_some_and(|agreement| agreement.form.contains('3'));
        let dropped = judged
            .filter(|feature| !feature.kept)
            .map(|feature| feature.reason.clone().unwrap_or_else(|| "agreement".to_owned()))
            .or_else(|| {
                standardise
                    .and_then(|standardise| standardise.dropped.iter().find(|feature| feature.feature == *name))
                    .map(|feature| feature.reason.clone())
            })
            .unwrap_or_default();
        let values_by_event = [group(false), group(true)];
        let (auc, p) = separation(&values_by_event);
        FeatureRow {
            name: name.clone(),
            mean,
            standard_deviation,
            agreement: judged.map(|feature| {
                if icc3 {
                    (feature.icc3, feature.icc3_interval)
                } else {
                    (feature.icc2, feature.icc2_interval)
                }
            }),
            p,
            auc,
            volume_correlation: volume.as_ref().map_or(f64::NAN, |volume| correlation(&values, volume)),
            coefficient: select.map(|select| {
                select
                    .coefficients
                    .iter()
                    .find(|term| term.feature == *name)
                    .map_or_else(
                        || if select.keeps(name) { f64::NAN } else { 0.0 },
                        |term| term.coefficient,
                    )
            }),
            dropped,
            values: values_by_event,
        }
    };
    // The order is the table's, whatever the threads.
    let list: Vec<FeatureRow> = table.names.par_iter().enumerate().map(row_of).collect();
    let kept: Vec<(String, Vec<f64>)> = table
        .names
        .iter()
        .enumerate()
        .filter(|(column, _)| list[*column].dropped.is_empty() && list[*column].standard_deviation > 0.0)
        .map(|(column, name)| (name.clone(), gather(table.values.column(column), &rows)))
        .collect();
    let heat = (!kept.is_empty() && kept.len() <= HEAT_LIMIT && rows.len() > 2).then(|| heat_map(&kept));
    Features {
        rows: list,
        correlation: heat,
        table: Some(table),
    }
}

fn gather(column: ArrayView1<f64>, rows: &[(usize, bool)]) -> Vec<f64> {
    rows.iter().map(|(row, _)| column[*row]).collect()
}

/// Mean and standard deviation of the finite values.
fn moments(values: &[f64]) -> (f64, f64) {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    (mean(&finite), standard_deviation(&finite))
}

/// Pearson's correlation of the pairs that are complete; NaN where one side does not vary.
fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let (left, right): (Vec<f64>, Vec<f64>) = left
        .iter()
        .zip(right)
        .filter(|(left, right)| left.is_finite() && right.is_finite())
        .map(|(left, right)| (*left, *right))
        .unzip();
    pearson(&left, &right, 0.95)
        .ok()
        .and_then(|test| test.estimate.first().copied())
        .unwrap_or(f64::NAN)
}

/// The area under the feature's own ROC curve (larger values with the event), and P of R's `wilcox.test`. The area is U of
/// that test over the number of pairs.
fn separation(groups: &[Vec<f64>; 2]) -> (f64, f64) {
    let [without, with] = groups.each_ref().map(|group| {
        group
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect::<Vec<_>>()
    });
    match mann_whitney(&with, &without) {
        Ok(test) => (test.w / (with.len() * without.len()) as f64, test.p_r),
        Err(_) => (f64::NAN, f64::NAN),
    }
}

/// Correlations with like features side by side: in the order of the leaves of an average-linkage tree over 1 - |r|, cut
/// into clusters.
fn heat_map(kept: &[(String, Vec<f64>)]) -> HeatmapInput {
    let side = kept.len();
    let mut pairs = Array2::from_elem((side, side), 1.0);
    for row in 0..side {
        for column in 0..row {
            let value = correlation(&kept[row].1, &kept[column].1);
            pairs[(row, column)] = value;
            pairs[(column, row)] = value;
        }
    }
    let distances = pairs.mapv(|r: f64| if r.is_nan() { 1.0 } else { 1.0 - r.abs() });
    let tree = average_linkage(distances.view());
    let order = tree.order();
    let groups = tree.cut(1.0 - CLUSTER);
    HeatmapInput {
        title: words::CORRELATION_TITLE.into(),
        label: words::PEARSONS_R.to_string(),
        names: order
            .iter()
            .map(|&feature| short_name(&kept[feature].0).to_owned())
            .collect(),
        values: order
            .iter()
            .flat_map(|&row| order.iter().map(move |&column| (row, column)))
            .map(|place| pairs[place])
            .collect(),
        groups: order.iter().map(|&feature| groups[feature]).collect(),
        limits: (-1.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let groups = [vec![1.0, 2.0, 3.0], vec![2.0, 4.0, 5.0]];
        // Of the nine pairs seven are in order, one is tied and one is reversed.
        let (auc, p) = separation(&groups);
        assert!((auc - 7.5 / 9.0).abs() < 1e-12);
        // R 4.2: wilcox.test(c(2, 4, 5), c(1, 2, 3), exact = FALSE)$p.value
        assert!((p - 0.268_285_883_677_117_36).abs() < 1e-12, "{p}");
        assert!(separation(&[vec![1.0], vec![]]).0.is_nan());
    }

    #[test]
    fn correlation_of_a_constant_is_no_number() {
        assert!(correlation(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
        assert!((correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]) - 1.0).abs() < 1e-12);
    }
}
