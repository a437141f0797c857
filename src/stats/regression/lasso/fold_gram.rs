//! The gaussian problems of a cross-validation from shared inner products.
//!
//! The inner products of all columns are summed once a fold; those of a fold's training rows are the whole less the fold's,
//! centred and scaled anew. So a cross-validation costs about one pass over the rows and small solves, not a pass a fold.
//! Columns are centred and scaled over all rows first, which keeps the differences free of cancellation; where a column's
//! variance nearly vanishes without a fold, the fold is fitted from its rows instead.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::duplicate_columns::{equal, later_duplicates};
use super::fit::{fit_problem, fit_rows};
use super::path::LassoPath;
use super::problem::{LARGEST_GRAM, Problem};
use super::settings::{Family, LassoSettings, penalty_factors};
use crate::stats::StatsError;

/// More folds than this would need more memory than it saves time.
const MOST_FOLDS: usize = 20;
/// Below this part of its variance over all rows, a column's variance without a fold is taken from the rows.
const LEAST_VARIANCE: f64 = 1e-3;
/// Columns a block of the products.
const BLOCK: usize = 256;

/// Sums over some rows of the columns as they are scaled over all rows.
struct Sums {
    weight: f64,
    columns: Vec<f64>,
    response: f64,
    response_square: f64,
    linear: Vec<f64>,
    /// Lower triangle of the inner products, row by row
    products: Vec<f64>,
}

/// The sums of each fold and of all rows.
pub(crate) struct FoldGram<'a> {
    x: ArrayView2<'a, f64>,
    y: ArrayView1<'a, f64>,
    weights: Option<ArrayView1<'a, f64>>,
    folds: &'a [usize],
    centre: Vec<f64>,
    scale: Vec<f64>,
    response: (f64, f64),
    whole: Sums,
    each: Vec<Sums>,
    /// Columns that equal an earlier one, each with that one
    duplicates: Vec<(usize, usize)>,
}

/// Whether the folds' problems are had cheaper from shared inner products.
pub(crate) fn pays(x: ArrayView2<'_, f64>, count: usize, settings: &LassoSettings) -> bool {
    settings.family == Family::Gaussian
        && settings.threshold.is_none()
        && settings.standardize
        && settings.intercept
        && settings.penalty_factors.is_none()
        && x.ncols() <= LARGEST_GRAM
        && x.nrows() >= 2 * x.ncols()
        && x.nrows() >= 200
        && count <= MOST_FOLDS
}

impl<'a> FoldGram<'a> {
    /// Sums the folds of a checked table.
    pub fn new(
        x: ArrayView2<'a, f64>,
        y: ArrayView1<'a, f64>,
        weights: Option<ArrayView1<'a, f64>>,
        folds: &'a [usize],
        count: usize,
    ) -> Self {
        let spread = |values: ArrayView1<'_, f64>| {
            let mean = values.sum() / values.len() as f64;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let deviation = (squares / values.len() as f64).sqrt();
            (mean, if deviation > 0.0 { deviation } else { 1.0 })
        };
        let (centre, scale): (Vec<f64>, Vec<f64>) = x.columns().into_iter().map(spread).unzip();
        let response = spread(y);
        let each: Vec<Sums> = (0..count)
            .into_par_iter()
            .map(|fold| {
                let rows: Vec<usize> = (0..folds.len()).filter(|row| folds[*row] == fold).collect();
                Sums::of(x, y, weights, &rows, (&centre, &scale), response)
            })
            .collect();
        let mut whole = Sums::none(x.ncols());
        for sums in &each {
            whole.add(sums);
        }
        let scaled = |j: usize| -> Vec<f64> {
            let column = x.column(j);
            column.iter().map(|value| (value - centre[j]) / scale[j]).collect()
        };
        let products: Vec<f64> = whole.linear.iter().map(|value| value.abs()).collect();
        let varies: Vec<bool> = (0..x.ncols())
            .map(|j| x.column(j).iter().any(|value| *value != x[[0, j]]))
            .collect();
        let duplicates = later_duplicates(&varies, &products, |a, b| equal(&scaled(a), &scaled(b)));
        Self {
            x,
            y,
            weights,
            folds,
            centre,
            scale,
            response,
            whole,
            each,
            duplicates,
        }
    }

    /// The path of the rows outside a fold, or of all rows.
    pub fn fit(
        &self,
        left_out: Option<usize>,
        settings: &LassoSettings,
        exactness: f64,
    ) -> Result<LassoPath, StatsError> {
        if let Some(problem) = self.problem(left_out, settings)? {
            return fit_problem(&problem, settings, exactness);
        }
        let rows: Vec<usize> = (0..self.folds.len())
            .filter(|row| Some(self.folds[*row]) != left_out)
            .collect();
        fit_rows(self.x, self.y, self.weights, Some(&rows), settings, exactness)
    }

    /// `None` where the rows themselves must be taken.
    fn problem(&self, left_out: Option<usize>, settings: &LassoSettings) -> Result<Option<Problem>, StatsError> {
        let columns = self.x.ncols();
        let fold = left_out.map(|fold| &self.each[fold]);
        let rest = |whole: f64, part: &dyn Fn(&Sums) -> f64| whole - fold.map_or(0.0, part);
        let weight = rest(self.whole.weight, &|sums| sums.weight);
        let mean: Vec<f64> = (0..columns)
            .map(|j| rest(self.whole.columns[j], &|sums| sums.columns[j]) / weight)
            .collect();
        let response_mean = rest(self.whole.response, &|sums| sums.response) / weight;
        let response_variance =
            rest(self.whole.response_square, &|sums| sums.response_square) / weight - response_mean * response_mean;
        let mut penalty = penalty_factors(columns, settings.penalty_factors.as_deref())?;
        let mut included = vec![true; columns];
        let mut deviation = vec![1.0; columns];
        if settings.alpha == 1.0 {
            for (later, _) in &self.duplicates {
                included[*later] = false;
            }
        }
        for j in (0..columns).filter(|j| included[*j]).collect::<Vec<_>>() {
            if penalty[j].is_infinite() || self.constant(j, left_out) {
                included[j] = false;
                if penalty[j].is_infinite() {
                    penalty[j] = 1.0;
                }
                continue;
            }
            let diagonal = j * columns + j;
            let square = rest(self.whole.products[diagonal], &|sums| sums.products[diagonal]);
            let variance = square / weight - mean[j] * mean[j];
            if variance.is_nan() || variance < LEAST_VARIANCE {
                return Ok(None);
            }
            deviation[j] = variance.sqrt();
        }
        // A constant outcome, or nothing to choose from, is told where the rows are read.
        if response_variance.is_nan() || response_variance < LEAST_VARIANCE || !included.contains(&true) {
            return Ok(None);
        }
        let response_deviation = response_variance.sqrt();
        let mut gram = vec![0.0; columns * columns];
        for i in (0..columns).filter(|i| included[*i]) {
            let (row, factor) = (i * columns, 1.0 / (weight * deviation[i]));
            for j in (0..i).filter(|j| included[*j]) {
                let sum = rest(self.whole.products[row + j], &|sums| sums.products[row + j]);
                let value = (sum * factor - mean[i] * mean[j] / deviation[i]) / deviation[j];
                gram[row + j] = value;
                gram[j * columns + i] = value;
            }
            gram[row + i] = 1.0;
        }
        let linear = (0..columns)
            .map(|j| {
                if !included[j] {
                    return 0.0;
                }
                let sum = rest(self.whole.linear[j], &|sums| sums.linear[j]);
                (sum / weight - mean[j] * response_mean) / (deviation[j] * response_deviation)
            })
            .collect();
        let response_scale = self.response.1 * response_deviation;
        Ok(Some(Problem {
            rows: (0..self.folds.len())
                .filter(|row| Some(self.folds[*row]) != left_out)
                .count(),
            columns,
            matrix: Vec::new(),
            response: Vec::new(),
            weights: Vec::new(),
            centre: (0..columns).map(|j| self.centre[j] + self.scale[j] * mean[j]).collect(),
            scale: (0..columns).map(|j| self.scale[j] * deviation[j]).collect(),
            curvature: included.iter().map(|included| f64::from(u8::from(*included))).collect(),
            included,
            penalty,
            response_mean: self.response.0 + self.response.1 * response_mean,
            response_scale,
            null_deviance: response_scale * response_scale * weight,
            total_weight: weight,
            alpha: settings.alpha,
            intercept: true,
            gram: Some(gram),
            linear,
            duplicates: if settings.alpha == 1.0 {
                self.duplicates.clone()
            } else {
                Vec::new()
            },
        }))
    }

    fn constant(&self, column: usize, left_out: Option<usize>) -> bool {
        let mut values = self
            .x
            .column(column)
            .into_iter()
            .zip(self.folds)
            .filter(|(_, fold)| Some(**fold) != left_out)
            .map(|(value, _)| *value);
        let first = values.next();
        values.all(|value| Some(value) == first)
    }
}

impl Sums {
    fn none(columns: usize) -> Self {
        Self {
            weight: 0.0,
            columns: vec![0.0; columns],
            response: 0.0,
            response_square: 0.0,
            linear: vec![0.0; columns],
            products: vec![0.0; columns * columns],
        }
    }

    fn add(&mut self, other: &Self) {
        self.weight += other.weight;
        self.response += other.response;
        self.response_square += other.response_square;
        for (target, source) in [
            (&mut self.columns, &other.columns),
            (&mut self.linear, &other.linear),
            (&mut self.products, &other.products),
        ] {
            for (target, source) in target.iter_mut().zip(source) {
                *target += source;
            }
        }
    }

    fn of(
        x: ArrayView2<'_, f64>,
        y: ArrayView1<'_, f64>,
        weights: Option<ArrayView1<'_, f64>>,
        rows: &[usize],
        (centre, scale): (&[f64], &[f64]),
        response: (f64, f64),
    ) -> Self {
        let columns = x.ncols();
        let mut sums = Self::none(columns);
        // Rows times the roots of their weights: inner products are then weighted.
        let mut scaled = x.select(Axis(0), rows);
        let mut outcome = Vec::with_capacity(rows.len());
        let mut roots = Vec::with_capacity(rows.len());
        for (mut values, row) in scaled.rows_mut().into_iter().zip(rows) {
            let weight = weights.map_or(1.0, |weights| weights[*row]);
            let root = weight.sqrt();
            for ((value, centre), scale) in values.iter_mut().zip(centre).zip(scale) {
                *value = root * ((*value - centre) / scale);
            }
            let v = root * ((y[*row] - response.0) / response.1);
            sums.weight += weight;
            sums.response += root * v;
            sums.response_square += v * v;
            outcome.push(v);
            roots.push(root);
        }
        let across = scaled.t();
        sums.columns = across.dot(&ArrayView1::from(&roots)).to_vec();
        sums.linear = across.dot(&ArrayView1::from(&outcome)).to_vec();
        let mut products = Array2::zeros((columns, columns));
        for top in (0..columns).step_by(BLOCK) {
            let bottom = (top + BLOCK).min(columns);
            let block = across.slice(s![top..bottom, ..]);
            for left in (0..=top).step_by(BLOCK) {
                let right = (left + BLOCK).min(columns);
                let other = scaled.slice(s![.., left..right]);
                products
                    .slice_mut(s![top..bottom, left..right])
                    .assign(&block.dot(&other));
            }
        }
        sums.products = products.into_raw_vec_and_offset().0;
        sums
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};
    use crate::stats::regression::lasso::EXACT;

    #[test]
    fn shared_products_give_the_paths_of_the_rows() {
        let mut stream = RandomStream::new(9, Purpose::Other(2));
        let mut x = Array2::from_shape_fn((220, 13), |(_, j)| {
            10_f64.powi(j as i32 % 4 - 1) * (stream.normal() + j as f64)
        });
        x.column_mut(5).fill(2.5);
        let y: Array1<f64> = (0..220)
            .map(|i| x[[i, 0]] - 2.0 * x[[i, 1]] + stream.normal())
            .collect();
        let weights: Array1<f64> = (0..220).map(|i| 1.0 + f64::from(i % 3)).collect();
        let folds: Vec<usize> = (0..220).map(|row| row * 7 % 5).collect();
        let settings = LassoSettings {
            family: Family::Gaussian,
            alpha: 0.7,
            ..LassoSettings::default()
        };
        assert!(pays(x.view(), 5, &settings));
        for weights in [None, Some(weights.view())] {
            let shared = FoldGram::new(x.view(), y.view(), weights, &folds, 5);
            for left_out in [None, Some(0), Some(4)] {
                let rows: Vec<usize> = (0..220).filter(|row| Some(folds[*row]) != left_out).collect();
                assert!(shared.problem(left_out, &settings).unwrap().is_some());
                let found = shared.fit(left_out, &settings, EXACT).unwrap();
                let expected = fit_rows(x.view(), y.view(), weights, Some(&rows), &settings, EXACT).unwrap();
                assert_eq!(found.lambda.len(), expected.lambda.len());
                assert!((found.nulldev / expected.nulldev - 1.0).abs() < 1e-12);
                for (at, beta) in expected.beta.iter().enumerate() {
                    assert!((found.lambda[at] / expected.lambda[at] - 1.0).abs() < 1e-11);
                    assert!((found.dev_ratio[at] - expected.dev_ratio[at]).abs() < 1e-11);
                    assert_eq!(found.beta[at].of(5), 0.0);
                    for j in 0..13 {
                        assert!((found.beta[at].of(j) - beta.of(j)).abs() < 1e-9 * (1.0 + beta.of(j).abs()));
                    }
                }
            }
        }
    }
}
