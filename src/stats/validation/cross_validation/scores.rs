//! Mean losses over folds with their standard errors, and the penalties that they choose.

use ndarray::{Array2, ArrayView1, Axis};

use super::measure::{Measure, loss};
use crate::stats::base::logit::logistic;
use crate::stats::base::rank::Pairs;
use crate::stats::regression::lasso::Family;

/// What is needed to judge predictions of rows left out.
pub(crate) struct Scores<'a> {
    pub y: ArrayView1<'a, f64>,
    pub weights: Option<ArrayView1<'a, f64>>,
    pub folds: &'a [usize],
    pub count: usize,
    pub out_of_fold: &'a Array2<f64>,
    pub family: Family,
}

/// Mean losses and their standard errors.
pub(crate) struct Summary {
    pub measure: Measure,
    pub cvm: Vec<f64>,
    pub cvsd: Vec<f64>,
}

impl Scores<'_> {
    pub fn summarise(&self, measure: Measure, grouped: bool, warnings: &mut Vec<String>) -> Summary {
        let rows = self.y.len();
        let a_fold = rows as f64 / self.count as f64;
        let mut measure = measure;
        let mut grouped = grouped;
        if grouped && a_fold < 3.0 {
            warnings.push(format!(
                "{rows} rows in {} folds are fewer than 3 a fold: losses are averaged over rows, not over folds",
                self.count
            ));
            grouped = false;
        }
        if measure == Measure::Auc && a_fold < 10.0 {
            warnings.push(format!(
                "{rows} rows in {} folds are fewer than 10 a fold, too few for an AUC in each: deviance is used, as \
                 cv.glmnet does; take fewer folds for AUC",
                self.count
            ));
            measure = Measure::Deviance;
        }
        let weights: Vec<f64> = (0..rows)
            .map(|row| self.weights.map_or(1.0, |weights| weights[row]))
            .collect();
        let mut fold_weights = vec![0.0; self.count];
        for (fold, weight) in self.folds.iter().zip(&weights) {
            fold_weights[*fold] += weight;
        }
        let by_fold = grouped || measure == Measure::Auc;
        let lengths = self.out_of_fold.ncols();
        let (mut cvm, mut cvsd) = (Vec::with_capacity(lengths), Vec::with_capacity(lengths));
        let mut one_class = 0;
        for column in self.out_of_fold.axis_iter(Axis(1)) {
            let (losses, weights, count) = if measure == Measure::Auc {
                let areas = self.areas(column, &weights);
                one_class = areas.iter().filter(|area| area.is_nan()).count();
                (areas, &fold_weights, self.count)
            } else {
                let losses: Vec<f64> = column
                    .iter()
                    .zip(self.y)
                    .map(|(link, y)| loss(measure, self.family, *link, *y))
                    .collect();
                if by_fold {
                    let mut sums = vec![0.0; self.count];
                    for ((fold, loss), weight) in self.folds.iter().zip(&losses).zip(&weights) {
                        sums[*fold] += weight * loss;
                    }
                    let means = sums
                        .iter()
                        .zip(&fold_weights)
                        .map(|(sum, weight)| sum / weight)
                        .collect();
                    (means, &fold_weights, self.count)
                } else {
                    (losses, &weights, rows)
                }
            };
            let (mean, spread) = mean_and_spread(&losses, weights);
            cvm.push(mean);
            cvsd.push((spread / (count as f64 - 1.0)).sqrt());
        }
        if one_class > 0 {
            warnings.push(format!(
                "{one_class} of {} folds lack one of the outcomes and have no AUC; the mean is over the others",
                self.count
            ));
        }
        Summary { measure, cvm, cvsd }
    }

    fn areas(&self, link: ArrayView1<'_, f64>, weights: &[f64]) -> Vec<f64> {
        (0..self.count)
            .map(|fold| {
                let rows: Vec<usize> = (0..self.folds.len()).filter(|row| self.folds[*row] == fold).collect();
                // R ranks probabilities, and probabilities can tie where linear predictors do not.
                let score: Vec<f64> = rows.iter().map(|row| logistic(link[*row])).collect();
                let event: Vec<bool> = rows.iter().map(|row| self.y[*row] == 1.0).collect();
                let weights: Vec<f64> = rows.iter().map(|row| weights[*row]).collect();
                weighted_concordance(&score, &event, &weights)
            })
            .collect()
    }
}

/// Positions of lambda.min and lambda.1se in a sequence of descending penalties; `None` where every loss is NaN.
pub(crate) fn choose(cvm: &[f64], cvsd: &[f64], measure: Measure) -> Option<(usize, usize)> {
    let sign = match measure {
        Measure::Auc => -1.0,
        Measure::Mse | Measure::Mae | Measure::Deviance | Measure::Class => 1.0,
    };
    let least = cvm
        .iter()
        .map(|loss| sign * loss)
        .filter(|loss| !loss.is_nan())
        .reduce(f64::min)?;
    let first_within = |bound: f64| cvm.iter().position(|loss| sign * loss <= bound);
    let index_min = first_within(least)?;
    let index_1se = first_within(sign * cvm[index_min] + cvsd[index_min]).unwrap_or(index_min);
    Some((index_min, index_1se))
}

/// Weighted mean, and weighted mean of squared deviations from it; NaN losses are left out.
pub(crate) fn mean_and_spread(losses: &[f64], weights: &[f64]) -> (f64, f64) {
    let used = || losses.iter().zip(weights).filter(|(loss, _)| !loss.is_nan());
    let total: f64 = used().map(|(_, weight)| weight).sum();
    let mean = used().map(|(loss, weight)| weight * loss).sum::<f64>() / total;
    let spread = used()
        .map(|(loss, weight)| weight * (loss - mean) * (loss - mean))
        .sum::<f64>()
        / total;
    (mean, spread)
}

/// The probability that an event has the larger score, pairs weighted by the product of their weights, ties counting half;
/// NaN if an outcome is missing.
pub(crate) fn weighted_concordance(score: &[f64], event: &[bool], weights: &[f64]) -> f64 {
    let rows = score.iter().zip(event).zip(weights);
    Pairs::count(rows.map(|((score, event), weight)| (*score, *event, *weight))).concordance()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_take_the_largest_penalty_and_areas_are_maximised() {
        assert_eq!(
            choose(&[3.0, 1.0, 1.0, 2.0], &[0.5; 4], Measure::Deviance),
            Some((1, 1))
        );
        assert_eq!(choose(&[0.5, 0.72, 0.8, 0.8], &[0.1; 4], Measure::Auc), Some((2, 1)));
        assert_eq!(choose(&[f64::NAN], &[0.1], Measure::Class), None);
    }

    #[test]
    fn concordance_counts_pairs() {
        let score = [0.1, 0.4, 0.4, 0.9];
        let event = [false, true, false, true];
        assert!((weighted_concordance(&score, &event, &[1.0; 4]) - 3.5 / 4.0).abs() < 1e-15);
        // A weight of 2 is the row twice.
        let twice = weighted_concordance(&[0.1, 0.4, 0.4, 0.4, 0.9], &[false, true, true, false, true], &[1.0; 5]);
        assert!((weighted_concordance(&score, &event, &[1.0, 2.0, 1.0, 1.0]) - twice).abs() < 1e-15);
        assert!(weighted_concordance(&score, &[true; 4], &[1.0; 4]).is_nan());
    }
}
