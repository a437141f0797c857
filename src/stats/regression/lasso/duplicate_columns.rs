//! Which of several equal columns the LASSO takes: the one that stands first in the table.
//!
//! A column that is another times a constant (PyRadiomics' SumAverage is twice its JointAverage) is the same column once both
//! are standardised, and the LASSO has no reason to prefer one of them: any split of the coefficient is a solution, and what
//! enters would hang on the last bit of a sum. So the later of the two is left aside, whose condition holds where the
//! first's does; glmnet's order of work has mostly the same end. With a ridge part of the penalty the solution is unique and
//! shares the coefficient out, and with different penalty factors the smaller one decides: there nothing is left aside. A
//! column that is a combination of several others needs no rule: which of them enter follows from the penalties alone.

/// Columns that differ by no more than this part of their largest value are equal but for rounding.
const EQUAL: f64 = 1e-11;
/// Products with the outcome that differ by more than this part of the largest are not those of equal columns.
const SAME_PRODUCT: f64 = 1e-9;

/// The columns (of those included) that equal an earlier one, each with that one, given something that is the same for
/// equal columns.
pub(super) fn later_duplicates(
    included: &[bool],
    products: &[f64],
    equal: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let largest = products.iter().fold(0.0_f64, |largest, value| largest.max(*value));
    let mut order: Vec<usize> = (0..products.len()).filter(|j| included[*j]).collect();
    order.sort_by(|a, b| products[*a].total_cmp(&products[*b]).then(a.cmp(b)));
    let mut aside = vec![None; products.len()];
    for (at, first) in order.iter().enumerate() {
        for second in &order[at + 1..] {
            if products[*second] - products[*first] > SAME_PRODUCT * largest {
                break;
            }
            let (earlier, later) = (first.min(second), first.max(second));
            if aside[*earlier].is_none() && aside[*later].is_none() && equal(*earlier, *later) {
                aside[*later] = Some(*earlier);
            }
        }
    }
    let aside = aside.into_iter().enumerate();
    aside.filter_map(|(later, earlier)| Some((later, earlier?))).collect()
}

/// Whether two columns are the same, perhaps but for the sign.
pub(super) fn equal(a: &[f64], b: &[f64]) -> bool {
    let Some(most) = (0..a.len()).max_by(|i, j| a[*i].abs().total_cmp(&a[*j].abs())) else {
        return false;
    };
    let sign = if a[most] * b[most] < 0.0 { -1.0 } else { 1.0 };
    let bound = EQUAL * a[most].abs();
    a.iter().zip(b).all(|(a, b)| (a - sign * b).abs() <= bound)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis};

    use crate::stats::base::random::{Purpose, RandomStream};
    use crate::stats::regression::lasso::{Family, LassoSettings, fit};

    /// Column 4 is thrice column 1, column 6 minus a seventh of column 0, column 5 the sum of columns 2 and 3.
    fn table(rows: usize, family: Family) -> (Array2<f64>, Array1<f64>) {
        let mut stream = RandomStream::new(31, Purpose::Other(12));
        let mut x = Array2::from_shape_simple_fn((rows, 9), || 5.0 + stream.normal());
        for mut row in x.rows_mut() {
            row[4] = 3.0 * row[1];
            row[5] = row[2] + row[3];
            row[6] = 2.0 - row[0] / 7.0;
        }
        let y = x
            .rows()
            .into_iter()
            .map(|row| {
                let signal = row[1] - 1.5 * row[0] + 0.4 * row[2] + 1.1 * row[3] - 5.0 + 1.5 * stream.normal();
                match family {
                    Family::Gaussian => signal,
                    Family::Binomial => f64::from(u8::from(signal > 0.0)),
                }
            })
            .collect();
        (x, y)
    }

    #[test]
    fn the_first_of_equal_columns_enters_whatever_the_order_of_rows_and_the_scale() {
        for family in [Family::Gaussian, Family::Binomial] {
            let (x, y) = table(70, family);
            let settings = LassoSettings {
                family,
                lambda_count: 40,
                ..LassoSettings::default()
            };
            let path = fit(x.view(), y.view(), None, &settings).unwrap();
            let last = path.beta.last().unwrap();
            assert!(last.of(0) != 0.0 && last.of(1) != 0.0);
            assert!(path.beta.iter().all(|beta| beta.of(4) == 0.0 && beta.of(6) == 0.0));
            assert_eq!(path.duplicates, [(4, 1), (6, 0)]);
            assert!(path.largest_violation() < 1e-9);
            for (step, scale) in [(1, 0.1), (11, 1.0), (23, 7.0), (69, 1e-3)] {
                let rows: Vec<usize> = (0..70).map(|i| i * step % 70).collect();
                let mut turned = x.select(Axis(0), &rows);
                for (j, mut column) in turned.columns_mut().into_iter().enumerate() {
                    column *= scale * (j + 1) as f64;
                }
                let again = fit(turned.view(), y.select(Axis(0), &rows).view(), None, &settings).unwrap();
                assert_eq!(again.beta.len(), path.beta.len());
                for (again, once) in again.beta.iter().zip(&path.beta) {
                    assert_eq!(again.index, once.index, "rows by {step}, scale {scale}");
                }
            }
        }
    }

    #[test]
    fn the_order_of_columns_alone_decides() {
        let (x, y) = table(70, Family::Gaussian);
        let settings = LassoSettings {
            family: Family::Gaussian,
            ..LassoSettings::default()
        };
        let backwards: Vec<usize> = (0..9).rev().collect();
        let turned = x.select(Axis(1), &backwards);
        let path = fit(turned.view(), y.view(), None, &settings).unwrap();
        // Columns 4 and 6 now stand before columns 1 and 0.
        for beta in &path.beta {
            assert!(beta.of(8 - 1) == 0.0 && beta.of(8) == 0.0);
        }
        let last = path.beta.last().unwrap();
        assert!(last.of(8 - 4) != 0.0 && last.of(8 - 6) != 0.0);
    }

    #[test]
    fn a_ridge_part_shares_and_a_smaller_factor_decides() {
        let (x, y) = table(70, Family::Gaussian);
        let shared = LassoSettings {
            family: Family::Gaussian,
            alpha: 0.5,
            ..LassoSettings::default()
        };
        let path = fit(x.view(), y.view(), None, &shared).unwrap();
        let last = path.beta.last().unwrap();
        assert!((last.of(1) - 3.0 * last.of(4)).abs() < 1e-8 && last.of(4) != 0.0);
        let mut factors = vec![1.0; 9];
        factors[4] = 0.5;
        let decided = LassoSettings {
            alpha: 1.0,
            penalty_factors: Some(factors),
            ..shared
        };
        let path = fit(x.view(), y.view(), None, &decided).unwrap();
        assert!(path.beta.iter().all(|beta| beta.of(1) == 0.0));
        assert!(path.beta.last().unwrap().of(4) != 0.0);
    }
}
