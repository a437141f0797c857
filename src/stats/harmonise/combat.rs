//! ComBat: each centre's shift and scale of each feature, shrunk towards what is common to all features of the centre.
//!
//! The parametric empirical Bayes estimates of Johnson, Li and Rabinovic (Biostatistics 8, 2007) as R's `sva::ComBat` computes
//! them, its stopping rule included: it ends when no estimate grows by more than 1e-4 of itself. Covariates are kept: a centre's
//! shift is what they do not explain. With a reference centre that centre stays as it is and the others are brought to it. What is
//! learnt from some rows is applied to others; the outcome has no place here, since a test case's is not known.
//!
//! A feature that is constant in a centre of several cases is left as it is, for all centres. Where a centre has a single case,
//! shifts alone are taken out, in all centres.

use ndarray::{Array2, ArrayView2, Axis};

use super::adjustment::Adjustment;
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::require;

/// What is known of each row besides its features.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Its centre, numbered from 0
    pub centre: &'a [usize],
    /// What is kept: a column a covariate, categories as columns of 0 and 1 without the first; no columns where there is none
    pub covariates: ArrayView2<'a, f64>,
}

/// What was learnt of the centres.
#[derive(Debug, Clone, PartialEq)]
pub struct Combat {
    /// Whether each feature is harmonised
    pub harmonised: Vec<bool>,
    /// Whether scales are left alone, since a centre has a single case
    pub shifts_only: bool,
    /// Shift of each centre (down) and feature (across), in standard deviations; as it was estimated, and shrunk
    pub shift: [Array2<f64>; 2],
    /// Variance of each centre and feature, as a part of the common one; as it was estimated, and shrunk
    pub scale: [Array2<f64>; 2],
    /// The features' mean over centres, at the covariates' means
    mean: Vec<f64>,
    /// Their common standard deviation
    deviation: Vec<f64>,
    /// The covariates' slopes, a row a covariate
    slopes: Array2<f64>,
    covariate_means: Vec<f64>,
}

/// A relative growth that ends the shrinkage, as in `sva`.
const REST: f64 = 1e-4;

/// The last round of the shrinkage.
const ROUNDS: usize = 10_000;

impl Combat {
    /// Learns from rows of `x`, a column a feature, from `centres` centres. `reference` is the centre that stays as it is.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, there are fewer than two centres or features, a centre has no row, the
    /// covariates say which centre a row is from, or the shrinkage comes to no rest.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        rows: Rows<'_>,
        centres: usize,
        reference: Option<usize>,
    ) -> Result<Self, StatsError> {
        let what = "ComBat";
        check(x, rows)?;
        require::at_least(what, "centres", 2, centres)?;
        let members: Vec<Vec<usize>> = (0..centres)
            .map(|centre| (0..x.nrows()).filter(|&row| rows.centre[row] == centre).collect())
            .collect();
        if let Some(empty) = members.iter().position(Vec::is_empty) {
            return Err(StatsError::Impossible(format!(
                "{what}: centre {} has no case",
                empty + 1
            )));
        }
        let shifts_only = members.iter().any(|rows| rows.len() == 1);
        let constant = |column: usize| {
            members
                .iter()
                .filter(|rows| rows.len() > 1)
                .any(|rows| rows.iter().all(|&row| x[[row, column]] == x[[rows[0], column]]))
        };
        let harmonised: Vec<bool> = (0..x.ncols()).map(|column| !constant(column)).collect();
        let kept: Vec<usize> = (0..x.ncols()).filter(|&column| harmonised[column]).collect();
        require::at_least(what, "features that vary in every centre", 2, kept.len())?;
        let regression = Regression::fit(x, rows, &members, reference)?;
        let mut found = Self {
            shifts_only,
            mean: regression.mean,
            deviation: regression.variance.iter().map(|variance| variance.sqrt()).collect(),
            slopes: regression.slopes,
            covariate_means: regression.covariate_means,
            shift: [Array2::zeros((centres, x.ncols())), Array2::zeros((centres, x.ncols()))],
            scale: [Array2::ones((centres, x.ncols())), Array2::ones((centres, x.ncols()))],
            harmonised,
        };
        let scaled = found.scaled(x, rows.covariates);
        for (centre, members) in members.iter().enumerate() {
            if reference == Some(centre) {
                continue;
            }
            found.shrink(centre, &scaled.select(Axis(0), members), &kept)?;
        }
        Ok(found)
    }

    /// The features of rows, made comparable.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, or a centre was not there to learn from.
    pub fn apply(&self, x: ArrayView2<'_, f64>, rows: Rows<'_>) -> Result<Array2<f64>, StatsError> {
        check(x, rows)?;
        require::same_length(
            "ComBat",
            ("the features", x.ncols()),
            ("those learnt from", self.mean.len()),
        )?;
        let known = self.shift[1].nrows();
        if let Some(row) = rows.centre.iter().position(|&centre| centre >= known) {
            return Err(StatsError::Impossible(format!(
                "ComBat: the centre of row {} was not there to learn from",
                row + 1
            )));
        }
        let means = &self.covariate_means;
        let covariates: Vec<Vec<f64>> = (rows.covariates.rows().into_iter())
            .map(|row| row.iter().zip(means).map(|(value, mean)| value - mean).collect())
            .collect();
        let adjustments: Vec<Adjustment> = (0..x.ncols()).map(|column| self.adjustment(column)).collect();
        Ok(Array2::from_shape_fn(x.dim(), |(row, column)| {
            adjustments[column].value(x[[row, column]], rows.centre[row], &covariates[row])
        }))
    }

    /// What is done to a feature.
    #[must_use]
    pub fn adjustment(&self, column: usize) -> Adjustment {
        let ([_, shift], [_, scale]) = (&self.shift, &self.scale);
        Adjustment {
            harmonised: self.harmonised[column],
            mean: self.mean[column],
            deviation: self.deviation[column],
            slopes: self.slopes.column(column).to_vec(),
            shift: shift.column(column).to_vec(),
            scale: scale.column(column).to_vec(),
        }
    }

    /// The covariates' means in the rows that it was learnt from.
    #[must_use]
    pub fn covariate_means(&self) -> &[f64] {
        &self.covariate_means
    }

    /// What mean and covariates say of each row and feature.
    fn fixed(&self, covariates: ArrayView2<'_, f64>) -> Array2<f64> {
        Array2::from_shape_fn((covariates.nrows(), self.mean.len()), |(row, column)| {
            let slopes = (0..covariates.ncols())
                .map(|at| (covariates[[row, at]] - self.covariate_means[at]) * self.slopes[[at, column]]);
            self.mean[column] + slopes.sum::<f64>()
        })
    }

    /// Features without mean and covariates, in standard deviations.
    fn scaled(&self, x: ArrayView2<'_, f64>, covariates: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut scaled = &x - &self.fixed(covariates);
        for (column, mut values) in scaled.columns_mut().into_iter().enumerate() {
            values /= self.deviation[column];
        }
        scaled
    }

    /// Estimates a centre's shifts and scales from its own rows, and shrinks them.
    fn shrink(&mut self, centre: usize, own: &Array2<f64>, kept: &[usize]) -> Result<(), StatsError> {
        let count = own.nrows() as f64;
        let columns: Vec<Vec<f64>> = kept.iter().map(|&column| own.column(column).to_vec()).collect();
        let shift: Vec<f64> = columns.iter().map(|values| mean(values)).collect();
        let scale: Vec<f64> = if self.shifts_only {
            vec![1.0; kept.len()]
        } else {
            columns.iter().map(|values| variance(values)).collect()
        };
        let (common, spread) = (mean(&shift), variance(&shift));
        let shrunk =
            |shift: f64, scale: f64, count: f64| (spread * count * shift + scale * common) / (spread * count + scale);
        let (mut shifts, mut scales) = (shift.clone(), scale.clone());
        if self.shifts_only {
            shifts = shift.iter().map(|&shift| shrunk(shift, 1.0, 1.0)).collect();
        } else {
            // The moments of an inverse gamma distribution.
            let (middle, squared) = (mean(&scale), variance(&scale));
            let shape = (2.0 * squared + middle * middle) / squared;
            let rate = (middle * squared + middle * middle * middle) / squared;
            let mut round = 0;
            loop {
                let mut growth = f64::NEG_INFINITY;
                for (at, values) in columns.iter().enumerate() {
                    let next = shrunk(shift[at], scales[at], count);
                    let squares: f64 = values.iter().map(|value| (value - next) * (value - next)).sum();
                    let wide = (0.5 * squares + rate) / (0.5 * count + shape - 1.0);
                    growth = growth
                        .max((next - shifts[at]).abs() / shifts[at])
                        .max((wide - scales[at]).abs() / scales[at]);
                    shifts[at] = next;
                    scales[at] = wide;
                }
                round += 1;
                if growth <= REST {
                    break;
                }
                if round == ROUNDS {
                    return Err(StatsError::NotConverged {
                        what: "ComBat".into(),
                        iterations: ROUNDS,
                        advice: "leave out features that hardly vary".into(),
                    });
                }
            }
        }
        for (at, &column) in kept.iter().enumerate() {
            let place = [centre, column];
            self.shift[0][place] = shift[at];
            self.shift[1][place] = shifts[at];
            self.scale[0][place] = scale[at];
            self.scale[1][place] = scales[at];
        }
        Ok(())
    }
}

fn check(x: ArrayView2<'_, f64>, rows: Rows<'_>) -> Result<(), StatsError> {
    let what = "ComBat";
    require::same_length(what, ("the centres", rows.centre.len()), ("the features", x.nrows()))?;
    require::same_length(
        what,
        ("the covariates", rows.covariates.nrows()),
        ("the features", x.nrows()),
    )?;
    for (name, values) in [("feature", x), ("covariate", rows.covariates)] {
        for (column, values) in values.columns().into_iter().enumerate() {
            require::finite(&format!("{what}, {name} {}", column + 1), &values.to_vec())?;
        }
    }
    Ok(())
}

/// Features on centres and covariates, by least squares.
struct Regression {
    mean: Vec<f64>,
    variance: Vec<f64>,
    slopes: Array2<f64>,
    covariate_means: Vec<f64>,
}

impl Regression {
    fn fit(
        x: ArrayView2<'_, f64>,
        rows: Rows<'_>,
        members: &[Vec<usize>],
        reference: Option<usize>,
    ) -> Result<Self, StatsError> {
        let (count, covariates) = (x.nrows() as f64, rows.covariates.ncols());
        let covariate_means: Vec<f64> = rows
            .covariates
            .columns()
            .into_iter()
            .map(|column| mean(&column.to_vec()))
            .collect();
        // Within centres: what is left of covariates and features when each centre's own mean is taken off. The slopes are
        // those of the regression on centres and covariates together.
        let within = |values: ArrayView2<'_, f64>| {
            let mut centred = values.to_owned();
            let mut means = Array2::zeros((members.len(), values.ncols()));
            for (centre, members) in members.iter().enumerate() {
                for column in 0..values.ncols() {
                    let own: Vec<f64> = members.iter().map(|&row| values[[row, column]]).collect();
                    means[[centre, column]] = mean(&own);
                    for &row in members {
                        centred[[row, column]] -= means[[centre, column]];
                    }
                }
            }
            (centred, means)
        };
        let (covariates_within, covariates_means) = within(rows.covariates);
        let (features_within, features_means) = within(x);
        let mut slopes = Array2::zeros((covariates, x.ncols()));
        if covariates > 0 {
            let products = covariates_within.t().dot(&covariates_within);
            let whole = products
                .diag()
                .iter()
                .zip(rows.covariates.columns())
                .position(|(left, column)| *left <= 1e-20 * column.iter().map(|value| value * value).sum::<f64>());
            let confounded = |column: usize| StatsError::Singular {
                what: "ComBat: covariates within centres".into(),
                column: format!("covariate {}", column + 1),
            };
            if let Some(column) = whole {
                return Err(confounded(column));
            }
            let factor = Cholesky::new(products.view(), 1e-10).map_err(|_| confounded(covariates - 1))?;
            for column in 0..x.ncols() {
                let right = covariates_within.t().dot(&features_within.column(column));
                slopes.column_mut(column).assign(&factor.solve(right.view()));
            }
        }
        // Each centre's mean at the covariates' means.
        let adjusted = |centre: usize, column: usize| {
            let off =
                (0..covariates).map(|at| (covariates_means[[centre, at]] - covariate_means[at]) * slopes[[at, column]]);
            features_means[[centre, column]] - off.sum::<f64>()
        };
        let residuals: Array2<f64> = &features_within - &covariates_within.dot(&slopes);
        let squares = |rows: &mut dyn Iterator<Item = usize>, column: usize| -> f64 {
            rows.map(|row| residuals[[row, column]] * residuals[[row, column]])
                .sum()
        };
        let (mean, variance): (Vec<f64>, Vec<f64>) = (0..x.ncols())
            .map(|column| match reference {
                Some(reference) => (
                    adjusted(reference, column),
                    squares(&mut members[reference].iter().copied(), column) / members[reference].len() as f64,
                ),
                None => (
                    (members.iter().enumerate())
                        .map(|(centre, members)| members.len() as f64 / count * adjusted(centre, column))
                        .sum(),
                    squares(&mut (0..x.nrows()), column) / count,
                ),
            })
            .unzip();
        Ok(Self {
            mean,
            variance,
            slopes,
            covariate_means,
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};
    use crate::stats::harmonise::explained::explained;

    /// Three centres, the second shifted and the third wider; the covariate moves every feature.
    fn made() -> (Array2<f64>, Vec<usize>, Array2<f64>) {
        let mut stream = RandomStream::new(3, Purpose::Other(60));
        let centre: Vec<usize> = (0..90).map(|row| row % 3).collect();
        let covariates = Array2::from_shape_simple_fn((90, 1), || stream.normal());
        let x = Array2::from_shape_fn((90, 30), |(row, column)| {
            let noise = stream.normal() * if centre[row] == 2 { 3.0 } else { 1.0 };
            noise + 2.0 * covariates[[row, 0]] + if centre[row] == 1 { 4.0 } else { 0.0 } + column as f64
        });
        (x, centre, covariates)
    }

    #[test]
    fn what_centres_explain_goes_and_what_covariates_explain_stays() {
        let (x, centre, covariates) = made();
        let rows = Rows {
            centre: &centre,
            covariates: covariates.view(),
        };
        let combat = Combat::fit(x.view(), rows, 3, None).unwrap();
        let clean = combat.apply(x.view(), rows).unwrap();
        let of = |x: &Array2<f64>| mean(&explained(x.view(), &centre).unwrap());
        assert!(of(&x) > 0.2 && of(&clean) < 0.02, "{} {}", of(&x), of(&clean));
        let with_covariate = |x: &Array2<f64>| {
            let column: Array1<f64> = x.column(0).to_owned();
            column.dot(&covariates.column(0)) / covariates.column(0).dot(&covariates.column(0))
        };
        assert!((with_covariate(&clean) - 2.0).abs() < 0.6);
        let wide = |x: &Array2<f64>| {
            let own: Vec<f64> = (0..90)
                .filter(|row| row % 3 == 2)
                .map(|row| x[[row, 4]] - 2.0 * covariates[[row, 0]])
                .collect();
            variance(&own)
        };
        assert!(wide(&x) > 5.0 && wide(&clean) < 5.0);
    }

    #[test]
    fn the_reference_stays_and_new_rows_are_treated_as_those_learnt_from() {
        let (x, centre, covariates) = made();
        let rows = Rows {
            centre: &centre,
            covariates: covariates.view(),
        };
        let combat = Combat::fit(x.view(), rows, 3, Some(1)).unwrap();
        let clean = combat.apply(x.view(), rows).unwrap();
        for row in (1..90).step_by(3) {
            assert!((clean[[row, 7]] - x[[row, 7]]).abs() < 1e-9);
        }
        let one = combat
            .apply(
                x.select(Axis(0), &[5]).view(),
                Rows {
                    centre: &centre[5..6],
                    covariates: covariates.select(Axis(0), &[5]).view(),
                },
            )
            .unwrap();
        assert_eq!(one.row(0), clean.row(5));
    }

    #[test]
    fn what_cannot_be_harmonised_is_told() {
        let (x, centre, _) = made();
        let told: Array2<f64> = Array2::from_shape_fn((90, 1), |(row, _)| f64::from(u8::from(centre[row] == 1)));
        let fit = |x: &Array2<f64>, centre: &[usize], covariates: &Array2<f64>, centres| {
            let rows = Rows {
                centre,
                covariates: covariates.view(),
            };
            Combat::fit(x.view(), rows, centres, None)
        };
        let none = Array2::zeros((90, 0));
        assert!(
            fit(&x, &centre, &told, 3)
                .unwrap_err()
                .to_string()
                .contains("covariate 1")
        );
        assert!(
            fit(&x, &[0; 90], &none, 1)
                .unwrap_err()
                .to_string()
                .contains("2 centres")
        );
        assert!(
            fit(&x, &centre, &none, 4)
                .unwrap_err()
                .to_string()
                .contains("centre 4 has no case")
        );
        let mut level = x.clone();
        (0..90).filter(|row| row % 3 == 0).for_each(|row| level[[row, 2]] = 1.0);
        let combat = fit(&level, &centre, &none, 3).unwrap();
        let rows = Rows {
            centre: &centre,
            covariates: none.view(),
        };
        assert_eq!(combat.apply(level.view(), rows).unwrap().column(2), level.column(2));
        let strange = Rows {
            centre: &[7; 90],
            covariates: none.view(),
        };
        assert!(
            combat
                .apply(level.view(), strange)
                .unwrap_err()
                .to_string()
                .contains("was not there")
        );
    }
}
