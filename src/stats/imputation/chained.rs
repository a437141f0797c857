//! Multiple imputation by chained equations (fully conditional specification).
//!
//! Every gap is first filled by a value drawn from those there are. Then, several times over, each column with gaps is drawn anew
//! given all others: a number by predictive mean matching (five donors, nearest by the predicted mean, coefficients drawn from
//! their posterior), levels by logistic regressions of each level against those after it, their coefficients drawn from the
//! normal approximation of their posterior. Van Buuren and Groothuis-Oudshoorn, J Stat Softw 2011;45(3); Little, J Bus
//! Econ Stat 1988;6:287.
//!
//! Equations are learnt from some of the rows only (mice's `ignore`): a row that is not among them changes no other row's
//! values, nor the numbers drawn for them. The outcome is a predictor where it is given; whoever fills rows to be
//! predicted leaves it out.

use ndarray::{Array1, Array2};

use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::linalg::{dot, symmetric_eigen};
use crate::stats::base::logit::logistic;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::base::require;
use crate::stats::regression::newton::{Likelihood, Newton, Rest, Rules};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers
    Number,
    /// So many levels, written 0, 1, …
    Levels(usize),
}

/// A column with gaps (NaN), or without.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, for messages
    pub name: String,
    /// What it holds
    pub kind: ColumnKind,
    /// A value a row
    pub values: Vec<f64>,
}

/// How gaps are filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImputationSettings {
    /// How often each column is drawn anew before its values are taken
    pub iterations: usize,
    /// The seed of all that is drawn
    pub seed: u64,
}

/// The rows that equations are learnt from.
#[derive(Debug, Clone, Copy)]
pub struct LearntFrom<'a> {
    /// Whether a row is one of them
    pub rows: &'a [bool],
    /// Whether each row has the event, where that predicts too
    pub outcome: Option<&'a [bool]>,
}

/// The number of the imputations' random streams.
const STREAM: u32 = 0x1319;
/// How many of the nearest rows one is drawn from.
const DONORS: usize = 5;
/// What is added to the diagonal of a column's equations, as a part of it.
const RIDGE: f64 = 1e-5;
/// The precision of the coefficients' prior in equations of levels: standard deviation 2.5 a standard deviation of the
/// predictor, so that separated levels have a posterior.
const PRECISION: f64 = 1.0 / (2.5 * 2.5);

const RULES: Rules = Rules {
    rounding: 1e-12,
    rest: Rest::Promise(1e-10),
    singular: 1e-14,
    longest_step: 10.0,
    steps: 100,
};

/// Fills the gaps of all columns once: the `number`-th imputation. Columns come back without gaps, in order.
///
/// # Errors
/// Where lengths differ, no row is learnt from, or one of them has no value of a column.
pub fn impute(
    columns: &[Column],
    learnt_from: LearntFrom<'_>,
    settings: &ImputationSettings,
    number: usize,
) -> Result<Vec<Vec<f64>>, StatsError> {
    let what = "the imputation";
    let rows = learnt_from.rows.len();
    for column in columns {
        require::same_length(what, ("the rows", rows), (&column.name, column.values.len()))?;
        let there = |&(&learnt, value): &(&bool, &f64)| learnt && !value.is_nan();
        if !learnt_from.rows.iter().zip(&column.values).any(|pair| there(&pair)) {
            return Err(StatsError::Impossible(format!(
                "{what}: no row to learn from has a value of \"{}\"; leave it out",
                column.name
            )));
        }
    }
    let stream = |of: usize| RandomStream::repeated(settings.seed, Purpose::Other(STREAM), 2 * number + of);
    let mut chain = Chain {
        columns,
        learnt_from,
        now: columns.iter().map(|column| column.values.clone()).collect(),
        draws: [stream(0), stream(1)],
    };
    chain.start();
    let with_gaps: Vec<usize> = (0..columns.len())
        .filter(|&at| columns[at].values.iter().any(|value| value.is_nan()))
        .collect();
    for _ in 0..settings.iterations {
        for &at in &with_gaps {
            chain.draw(at)?;
        }
    }
    Ok(chain.now)
}

struct Chain<'a> {
    columns: &'a [Column],
    learnt_from: LearntFrom<'a>,
    now: Vec<Vec<f64>>,
    /// For the rows that are learnt from, and for the others: what is drawn for one kind does not move the other
    draws: [RandomStream; 2],
}

impl Chain<'_> {
    fn is_learnt(&self, row: usize) -> bool {
        self.learnt_from.rows[row]
    }

    fn stream(&mut self, row: usize) -> &mut RandomStream {
        let of = usize::from(!self.is_learnt(row));
        &mut self.draws[of]
    }

    /// The rows with a value that are learnt from, and the rows without one.
    fn rows(&self, at: usize) -> (Vec<usize>, Vec<usize>) {
        let values = &self.columns[at].values;
        let there = (0..values.len()).filter(|&row| self.is_learnt(row) && !values[row].is_nan());
        let gaps = (0..values.len()).filter(|&row| values[row].is_nan());
        (there.collect(), gaps.collect())
    }

    fn start(&mut self) {
        for at in 0..self.columns.len() {
            let (there, gaps) = self.rows(at);
            for row in gaps {
                let donor = there[self.stream(row).below(there.len())];
                self.now[at][row] = self.columns[at].values[donor];
            }
        }
    }

    fn draw(&mut self, at: usize) -> Result<(), StatsError> {
        let design = self.predictors(at);
        let (there, gaps) = self.rows(at);
        match self.columns[at].kind {
            ColumnKind::Number => self.match_means(at, &design, &there, &gaps),
            ColumnKind::Levels(count) => self.draw_levels(at, count, &design, &there, &gaps),
        }
    }

    /// A one, and all other columns as they are filled now, scaled by the rows that are learnt from; rows by columns.
    fn predictors(&self, at: usize) -> Array2<f64> {
        let rows = self.learnt_from.rows.len();
        let mut columns = vec![vec![1.0; rows]];
        let scaled = |values: Vec<f64>| {
            let learnt: Vec<f64> = (0..rows)
                .filter(|&row| self.is_learnt(row))
                .map(|row| values[row])
                .collect();
            let (centre, spread) = (mean(&learnt), standard_deviation(&learnt));
            // A column that does not vary says nothing.
            (spread > 0.0).then(|| {
                values
                    .iter()
                    .map(|value| (value - centre) / spread)
                    .collect::<Vec<f64>>()
            })
        };
        for (other, column) in self.columns.iter().enumerate().filter(|(other, _)| *other != at) {
            let now = &self.now[other];
            match column.kind {
                ColumnKind::Number => columns.extend(scaled(now.clone())),
                ColumnKind::Levels(count) => {
                    for level in 1..count {
                        let is_level = |value: &f64| f64::from(u8::from(*value == level as f64));
                        columns.extend(scaled(now.iter().map(is_level).collect()));
                    }
                }
            }
        }
        if let Some(outcome) = self.learnt_from.outcome {
            columns.extend(scaled(
                outcome.iter().map(|&event| f64::from(u8::from(event))).collect(),
            ));
        }
        Array2::from_shape_fn((rows, columns.len()), |(row, column)| columns[column][row])
    }

    /// Predictive mean matching.
    fn match_means(
        &mut self,
        at: usize,
        design: &Array2<f64>,
        there: &[usize],
        gaps: &[usize],
    ) -> Result<(), StatsError> {
        let width = design.ncols();
        let (mut products, mut right) = (Array2::<f64>::zeros((width, width)), Array1::<f64>::zeros(width));
        let values = &self.columns[at].values;
        for &row in there {
            let x = design.row(row);
            for i in 0..width {
                right[i] += x[i] * values[row];
                for j in 0..width {
                    products[[i, j]] += x[i] * x[j];
                }
            }
        }
        for i in 0..width {
            products[[i, i]] *= 1.0 + RIDGE;
        }
        let factor = Cholesky::new(products.view(), 1e-14).map_err(|_| self.unsolvable(at))?;
        let coefficients = factor.solve(right.view());
        let predicted = |coefficients: &Array1<f64>, row: usize| design.row(row).dot(coefficients);
        let residual: f64 = there
            .iter()
            .map(|&row| (values[row] - predicted(&coefficients, row)).powi(2))
            .sum();
        let degrees = there.len().saturating_sub(width).max(1);
        let spread: f64 = (0..degrees).map(|_| self.draws[0].normal().powi(2)).sum();
        let sigma = (residual / spread).sqrt();
        let drawn = &coefficients + &(self.normal_of(&factor.inverse()) * sigma);
        let mut means: Vec<(f64, usize)> = there.iter().map(|&row| (predicted(&coefficients, row), row)).collect();
        means.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        for &row in gaps {
            let donors = nearest(&means, predicted(&drawn, row));
            let chosen = donors.start + self.stream(row).below(donors.len());
            self.now[at][row] = self.columns[at].values[means[chosen].1];
        }
        Ok(())
    }

    /// Each level against those after it.
    fn draw_levels(
        &mut self,
        at: usize,
        count: usize,
        design: &Array2<f64>,
        there: &[usize],
        gaps: &[usize],
    ) -> Result<(), StatsError> {
        let mut open: Vec<usize> = gaps.to_vec();
        for level in 0..count.saturating_sub(1) {
            let values = &self.columns[at].values;
            let rows: Vec<usize> = there
                .iter()
                .copied()
                .filter(|&row| values[row] >= level as f64)
                .collect();
            let is_level: Vec<bool> = rows.iter().map(|&row| values[row] == level as f64).collect();
            let with = is_level.iter().filter(|is| **is).count();
            let coefficients = if with == 0 || with == rows.len() {
                None
            } else {
                let (best, covariance) = posterior(design, &rows, &is_level).ok_or_else(|| self.unsolvable(at))?;
                Some(best + self.normal_of(&covariance))
            };
            let mut later = Vec::new();
            for row in open {
                let share = match &coefficients {
                    Some(coefficients) => logistic(design.row(row).dot(coefficients)),
                    None => (with as f64 + 0.5) / (rows.len() as f64 + 1.0),
                };
                if self.stream(row).uniform() < share {
                    self.now[at][row] = level as f64;
                } else {
                    later.push(row);
                }
            }
            open = later;
        }
        for row in open {
            self.now[at][row] = (count - 1) as f64;
        }
        Ok(())
    }

    /// A normal vector of this covariance.
    fn normal_of(&mut self, covariance: &Array2<f64>) -> Array1<f64> {
        let (values, vectors) = symmetric_eigen(covariance.view());
        let scaled: Array1<f64> = values
            .iter()
            .map(|value| value.max(0.0).sqrt() * self.draws[0].normal())
            .collect();
        vectors.dot(&scaled)
    }

    fn unsolvable(&self, at: usize) -> StatsError {
        StatsError::Impossible(format!(
            "the imputation: the other columns do not determine an equation for \"{}\"; leave a column out",
            self.columns[at].name
        ))
    }
}

/// The places of the rows whose means, rising, lie nearest to one.
fn nearest(means: &[(f64, usize)], to: f64) -> std::ops::Range<usize> {
    let wanted = DONORS.min(means.len());
    let mut start = means.partition_point(|(mean, _)| *mean < to);
    let mut end = start;
    while end - start < wanted {
        let below = start.checked_sub(1).map(|at| to - means[at].0);
        let above = means.get(end).map(|(mean, _)| mean - to);
        match (below, above) {
            (Some(below), Some(above)) if below <= above => start -= 1,
            (Some(_), None) => start -= 1,
            (_, Some(_)) => end += 1,
            (None, None) => break,
        }
    }
    start..end
}

/// The mode and the covariance of a logistic regression's coefficients under a weak prior.
fn posterior(design: &Array2<f64>, rows: &[usize], event: &[bool]) -> Option<(Array1<f64>, Array2<f64>)> {
    let width = design.ncols();
    let mut likelihood = Posterior {
        rows: rows.iter().map(|&row| design.row(row).to_vec()).collect(),
        event: event.to_vec(),
        gradient: vec![0.0; width],
        information: vec![0.0; width * width],
    };
    let mut at = vec![0.0; width];
    Newton::default().maximise(&mut likelihood, &mut at, &RULES);
    likelihood.deviance(&at);
    let information = Array2::from_shape_vec((width, width), likelihood.information).ok()?;
    let full = Array2::from_shape_fn((width, width), |(i, j)| information[[i.max(j), i.min(j)]]);
    let covariance = Cholesky::new(full.view(), 1e-14).ok()?.inverse();
    Some((Array1::from_vec(at), covariance))
}

struct Posterior {
    rows: Vec<Vec<f64>>,
    event: Vec<bool>,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl Likelihood for Posterior {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        let width = at.len();
        self.information.fill(0.0);
        let mut deviance = 0.0;
        for i in 0..width {
            // The intercept has a flat prior, but for what keeps it finite.
            let precision = if i == 0 { 1e-6 } else { PRECISION };
            self.gradient[i] = -precision * at[i];
            self.information[i * width + i] = precision;
            deviance += precision * at[i] * at[i];
        }
        for (x, &event) in self.rows.iter().zip(&self.event) {
            let linear = dot(x, at);
            let risk = logistic(linear);
            let towards = if event { linear } else { -linear };
            deviance += 2.0 * ((-towards.abs()).exp().ln_1p() + (-towards).max(0.0));
            let (residual, weight) = (f64::from(u8::from(event)) - risk, risk * (1.0 - risk));
            for i in 0..width {
                self.gradient[i] += residual * x[i];
                for j in 0..=i {
                    self.information[i * width + j] += weight * x[i] * x[j];
                }
            }
        }
        deviance
    }

    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        (&self.gradient, &self.information)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two numbers that go together and a column of three levels that follows them, with gaps; and an outcome.
    fn columns(rows: usize) -> (Vec<Column>, Vec<bool>) {
        let mut random = RandomStream::new(7, Purpose::Other(1));
        let mut table = vec![Vec::new(); 3];
        let mut outcome = Vec::new();
        for row in 0..rows {
            let a = random.normal();
            let b = 2.0 * a + 0.5 * random.normal();
            let level = f64::midpoint(b, 3.0).floor().clamp(0.0, 2.0);
            outcome.push(random.uniform() < logistic(a));
            let there = |value: f64, every: usize| if row % every == 0 { f64::NAN } else { value };
            table[0].push(a);
            table[1].push(there(b, 5));
            table[2].push(there(level, 7));
        }
        let kinds = [ColumnKind::Number, ColumnKind::Number, ColumnKind::Levels(3)];
        let columns = table
            .into_iter()
            .zip(kinds)
            .zip(["a", "b", "c"])
            .map(|((values, kind), name)| Column {
                name: name.to_owned(),
                kind,
                values,
            });
        (columns.collect(), outcome)
    }

    const SETTINGS: ImputationSettings = ImputationSettings { iterations: 5, seed: 3 };

    fn filled(columns: &[Column], rows: &[bool], outcome: Option<&[bool]>, number: usize) -> Vec<Vec<f64>> {
        impute(columns, LearntFrom { rows, outcome }, &SETTINGS, number).unwrap()
    }

    #[test]
    fn what_is_there_stays_and_gaps_follow_the_other_columns() {
        let (columns, outcome) = columns(400);
        let all = vec![true; 400];
        let first = filled(&columns, &all, Some(&outcome), 0);
        assert_eq!(first, filled(&columns, &all, Some(&outcome), 0));
        assert_ne!(first, filled(&columns, &all, Some(&outcome), 1));
        let mut errors = 0.0;
        for (column, values) in columns.iter().zip(&first) {
            for (row, value) in column.values.iter().enumerate() {
                assert!(!values[row].is_nan());
                assert!(value.is_nan() || *value == values[row]);
                if value.is_nan() && column.name == "b" {
                    errors += (values[row] - 2.0 * columns[0].values[row]).abs() / 80.0;
                }
            }
        }
        assert!(errors < 1.0, "a gap of b lies {errors} from what a says of it");
    }

    #[test]
    fn rows_that_are_not_learnt_from_never_enter_an_equation() {
        let (columns, outcome) = columns(200);
        let rows: Vec<bool> = (0..200).map(|row| row < 140).collect();
        let before = filled(&columns, &rows, Some(&outcome), 2);
        // Other values, other gaps and other outcomes of the rows that are only to be filled.
        let (mut other, mut turned) = (columns.clone(), outcome.clone());
        for row in 140..200 {
            other[0].values[row] = -40.0;
            other[1].values[row] = if row % 2 == 0 { f64::NAN } else { 99.0 };
            other[2].values[row] = 2.0;
            turned[row] = !turned[row];
        }
        let after = filled(&other, &rows, Some(&turned), 2);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before[..140], after[..140]);
        }
        // Without the outcome, a row to be predicted is filled as if nobody had one.
        assert_eq!(
            filled(&columns, &rows, None, 2),
            impute(
                &columns,
                LearntFrom {
                    rows: &rows,
                    outcome: None
                },
                &SETTINGS,
                2
            )
            .unwrap()
        );
    }

    #[test]
    fn a_column_without_any_value_is_refused() {
        let (mut columns, _) = columns(20);
        columns[1].values.fill(f64::NAN);
        let rows = vec![true; 20];
        let learnt_from = LearntFrom {
            rows: &rows,
            outcome: None,
        };
        let error = impute(&columns, learnt_from, &SETTINGS, 0).unwrap_err().to_string();
        assert!(error.contains("\"b\""), "{error}");
    }
}
