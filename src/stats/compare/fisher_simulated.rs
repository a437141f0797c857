//! Fisher's exact test of a table too large to count, by tables drawn with its margins: R's `fisher.test(simulate.p.value = TRUE)`.
//!
//! Tables are drawn entry by entry: given what its row and its column still have to give, an entry is hypergeometric, and
//! is found by going out from its expected value to both sides until the probabilities passed reach a uniform number
//! (Patefield, Applied Statistics 1981;30:91, algorithm AS 159). With R's uniform numbers the tables are those of R's
//! `r2dtable`, and P is R's.

use ndarray::{Array2, ArrayView2};

use super::contingency::occupied;
use crate::stats::StatsError;
use crate::stats::base::require;

/// Probabilities that differ by rounding alone count as equal, as in R.
const EQUAL: f64 = 1.0 + 64.0 * f64::EPSILON;

/// P of a table of counts from `draws` tables; empty rows and columns are left out. `uniform` gives numbers between 0 and 1.
///
/// # Errors
/// Where fewer than two rows or columns have a count, or no table is to be drawn.
pub fn fisher_simulated(
    counts: ArrayView2<'_, usize>,
    draws: usize,
    uniform: &mut dyn FnMut() -> f64,
) -> Result<f64, StatsError> {
    let what = "Fisher's test by simulation";
    require::at_least(what, "tables to draw", 1, draws)?;
    let full = occupied(counts);
    require::at_least(what, "rows that are not empty", 2, full.nrows())?;
    require::at_least(what, "columns that are not empty", 2, full.ncols())?;
    let margins = Margins::new(&full);
    let observed = margins.statistic(&full);
    let as_rare = (0..draws)
        .filter(|_| margins.statistic(&margins.draw(uniform)) <= observed / EQUAL)
        .count();
    Ok((as_rare + 1) as f64 / (draws + 1) as f64)
}

/// The sums of a table's rows and columns.
struct Margins {
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// Logarithms of factorials, up to the total
    ln_factorial: Vec<f64>,
}

impl Margins {
    fn new(table: &Array2<usize>) -> Self {
        let rows: Vec<usize> = table.rows().into_iter().map(|row| row.sum()).collect();
        let total: usize = rows.iter().sum();
        let mut ln_factorial = vec![0.0; total.max(1) + 1];
        for n in 2..=total {
            ln_factorial[n] = ln_factorial[n - 1] + (n as f64).ln();
        }
        Self {
            rows,
            columns: table.columns().into_iter().map(|column| column.sum()).collect(),
            ln_factorial,
        }
    }

    /// The logarithm of a table's probability, but for a constant.
    fn statistic(&self, table: &Array2<usize>) -> f64 {
        // Column by column, as R adds.
        let columns = table.columns();
        -(columns
            .into_iter()
            .flatten()
            .map(|&count| self.ln_factorial[count])
            .sum::<f64>())
    }

    /// A table with these margins.
    fn draw(&self, uniform: &mut dyn FnMut() -> f64) -> Array2<usize> {
        let (last_row, last_column) = (self.rows.len() - 1, self.columns.len() - 1);
        let mut table = Array2::zeros((self.rows.len(), self.columns.len()));
        let mut of_columns = self.columns.clone();
        let mut below: usize = self.rows.iter().sum();
        for (row, &in_row) in self.rows[..last_row].iter().enumerate() {
            let mut to_give = in_row;
            // What the columns from here on still have to give, this row's share among it.
            let mut open = below;
            below -= in_row;
            for column in 0..last_column {
                if open == 0 {
                    to_give = 0;
                    break;
                }
                let count = self.entry(to_give, of_columns[column], open, uniform);
                table[[row, column]] = count;
                open -= of_columns[column];
                to_give -= count;
                of_columns[column] -= count;
            }
            table[[row, last_column]] = to_give;
            of_columns[last_column] -= to_give;
        }
        for (column, count) in of_columns.into_iter().enumerate() {
            table[[last_row, column]] = count;
        }
        table
    }

    /// An entry whose row has `of_row` to give and whose column `of_column`, of `open` in all.
    fn entry(&self, of_row: usize, of_column: usize, open: usize, uniform: &mut dyn FnMut() -> f64) -> usize {
        let fact = |n: usize| self.ln_factorial[n];
        // What neither the row nor the column takes if the entry is 0; it may be negative.
        let rest = open as i64 - of_row as i64 - of_column as i64;
        let mut target = uniform();
        loop {
            let expected = (of_row as f64 * (of_column as f64 / open as f64) + 0.5) as usize;
            let (mut up, mut down) = (expected, expected);
            let left = (rest + expected as i64) as usize;
            let at_expected = (fact(of_row) + fact(open - of_row) + fact(open - of_column) + fact(of_column)
                - fact(open)
                - fact(expected)
                - fact(of_column - expected)
                - fact(of_row - expected)
                - fact(left))
            .exp();
            if at_expected >= target || at_expected <= 0.0 {
                return expected;
            }
            let mut passed = at_expected;
            let (mut above, mut under) = (at_expected, at_expected);
            let (mut top, mut bottom) = (false, false);
            while !(top && bottom) {
                if !top {
                    let ways = (of_column - up) as f64 * (of_row - up) as f64;
                    if ways == 0.0 {
                        top = true;
                    } else {
                        up += 1;
                        above *= ways / (up as f64 * (rest + up as i64) as f64);
                        passed += above;
                        if passed >= target {
                            return up;
                        }
                    }
                }
                if !bottom {
                    let ways = down as f64 * (rest + down as i64) as f64;
                    if ways == 0.0 {
                        bottom = true;
                    } else {
                        down -= 1;
                        under *= ways / ((of_column - down) as f64 * (of_row - down) as f64);
                        passed += under;
                        if passed >= target {
                            return down;
                        }
                    }
                }
            }
            // Rounding has kept the sum of all below the number: another one within it.
            target = passed * uniform();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};
    use crate::stats::compare::fisher;
    use ndarray::array;

    #[test]
    fn drawn_tables_keep_the_margins_and_p_comes_near_the_exact_one() {
        let table = array![[3, 1, 4], [1, 5, 2], [6, 0, 2]];
        let mut random = RandomStream::new(1, Purpose::Other(9));
        let margins = Margins::new(&table);
        for _ in 0..200 {
            let drawn = margins.draw(&mut || random.uniform());
            assert_eq!(drawn.sum_axis(ndarray::Axis(0)), table.sum_axis(ndarray::Axis(0)));
            assert_eq!(drawn.sum_axis(ndarray::Axis(1)), table.sum_axis(ndarray::Axis(1)));
        }
        let p = fisher_simulated(table.view(), 20_000, &mut || random.uniform()).unwrap();
        let exact = fisher(table.view(), 0.95).unwrap().p;
        assert!((p - exact).abs() < 0.01, "{p} is far from {exact}");
        assert!(fisher_simulated(array![[3, 0], [4, 0]].view(), 100, &mut || 0.5).is_err());
    }
}
