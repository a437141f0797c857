//! How much of what varies goes with each of several choices: an analysis of variance of main effects.

use crate::stats::StatsError;

/// A column that is a combination of others has this share of its length left, or less.
const ALIASED: f64 = 1e-9;

/// Values whose sum of squares about their mean is this share of that about 0, or less, are alike but for rounding.
const ALIKE: f64 = 1e-24;

/// What goes with each of some factors.
#[derive(Debug, Clone, PartialEq)]
pub struct VarianceShares {
    /// One a factor: what it explains beyond all others, as a share of the whole variance
    pub of_factors: Vec<f64>,
    /// What no sum of the factors' effects explains: what comes of their playing together
    pub rest: f64,
}

/// The share of each factor: the sum of squares that the main effects of all factors explain more than those of all others, over
/// the whole sum of squares. Where every combination of levels occurs once this is R's `aov(y ~ a + b + …)`, else R's `drop1` of
/// that model (sums of squares of type II).
///
/// `factors` hold each value's level; `None` where the factor does not act. Its levels are then compared among the values on
/// which it acts, so that a factor which acts under one level of another takes nothing from that other. NaN where all values are
/// alike.
///
/// # Errors
/// Where there are fewer than two values, a factor has another number of levels than there are values, or a value is not finite.
pub fn variance_shares(values: &[f64], factors: &[Vec<Option<usize>>]) -> Result<VarianceShares, StatsError> {
    const METHOD: &str = "The analysis of variance";
    if values.len() < 2 {
        return Err(StatsError::TooFew {
            what: METHOD.to_owned(),
            unit: "values".to_owned(),
            needed: 2,
            found: values.len(),
        });
    }
    if let Some(factor) = factors.iter().find(|factor| factor.len() != values.len()) {
        return Err(StatsError::LengthMismatch {
            what: METHOD.to_owned(),
            left: "the values".to_owned(),
            right: "a factor".to_owned(),
            left_length: values.len(),
            right_length: factor.len(),
        });
    }
    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
        return Err(StatsError::NotFinite {
            what: METHOD.to_owned(),
            row,
        });
    }
    let columns: Vec<Vec<Vec<f64>>> = factors.iter().map(|factor| contrasts(factor)).collect();
    let left_without = |without: Option<usize>| {
        let used = (0..columns.len()).filter(|&factor| Some(factor) != without);
        residual(values, used.flat_map(|factor| &columns[factor]))
    };
    let whole = residual(values, std::iter::empty());
    let all = left_without(None);
    let vary = whole > ALIKE * values.iter().map(|value| value * value).sum::<f64>();
    let share = |part: f64| if vary { (part / whole).max(0.0) } else { f64::NAN };
    Ok(VarianceShares {
        of_factors: (0..columns.len())
            .map(|factor| share(left_without(Some(factor)) - all))
            .collect(),
        rest: share(all),
    })
}

/// The columns of a factor: a level's own against the mean of those on which the factor acts, all levels but the first.
fn contrasts(factor: &[Option<usize>]) -> Vec<Vec<f64>> {
    let mut levels: Vec<usize> = factor.iter().copied().flatten().collect();
    let acting = levels.len() as f64;
    levels.sort_unstable();
    levels.dedup();
    let column = |level: usize| {
        let own = factor.iter().filter(|&&other| other == Some(level)).count() as f64;
        (factor.iter())
            .map(|at| match at {
                None => 0.0,
                Some(at) => f64::from(u8::from(*at == level)) - own / acting,
            })
            .collect()
    };
    levels.into_iter().skip(1).map(column).collect()
}

/// The sum of squares that a mean and some columns leave of values, by Gram and Schmidt in the order given.
fn residual<'a>(values: &[f64], columns: impl Iterator<Item = &'a Vec<f64>>) -> f64 {
    let dot = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
    let without = |from: &mut Vec<f64>, unit: &[f64]| {
        let along = dot(from, unit);
        from.iter_mut()
            .zip(unit)
            .for_each(|(value, part)| *value -= along * part);
    };
    let count = values.len() as f64;
    let mut units = vec![vec![1.0 / count.sqrt(); values.len()]];
    for column in columns {
        let mut left = column.clone();
        let before = dot(&left, &left);
        // Twice is enough (Kahan, in Parlett 1980).
        for _ in 0..2 {
            for unit in &units {
                without(&mut left, unit);
            }
        }
        let after = dot(&left, &left);
        if after > ALIASED * before {
            let length = after.sqrt();
            for value in &mut left {
                *value /= length;
            }
            units.push(left);
        }
    }
    let mut left = values.to_vec();
    for _ in 0..2 {
        for unit in &units {
            without(&mut left, unit);
        }
    }
    dot(&left, &left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const Y: [f64; 12] = [0.71, 0.69, 0.74, 0.70, 0.66, 0.61, 0.78, 0.80, 0.77, 0.75, 0.70, 0.74];

    /// Of two, three and two levels, the last the fastest.
    fn crossed(keep: impl Fn(usize) -> bool) -> (Vec<f64>, Vec<Vec<Option<usize>>>) {
        let rows: Vec<usize> = (0..12).filter(|&row| keep(row)).collect();
        let factor = |level: fn(usize) -> usize| rows.iter().map(|&row| Some(level(row))).collect();
        (
            rows.iter().map(|&row| Y[row]).collect(),
            vec![factor(|row| row / 6), factor(|row| row / 2 % 3), factor(|row| row % 2)],
        )
    }

    fn assert_shares(found: &VarianceShares, of_factors: [f64; 3], rest: f64) {
        for (found, expected) in found.of_factors.iter().zip(of_factors) {
            assert!((found - expected).abs() < 1e-13, "{found} {expected}");
        }
        assert!((found.rest - rest).abs() < 1e-13, "{} {rest}", found.rest);
    }

    /// R 4: `s <- summary(aov(y ~ a + b + c))[[1]][["Sum Sq"]]; s / sum(s)`
    #[test]
    fn crossed_factors_have_the_shares_of_rs_aov() {
        let (values, factors) = crossed(|_| true);
        assert_shares(
            &variance_shares(&values, &factors).unwrap(),
            [
                0.486_195_109_124_374_2,
                0.357_086_510_649_488_3,
                0.012_884_564_817_249_84,
            ],
            0.143_833_815_408_887_65,
        );
    }

    /// R 4: `drop1(lm(y ~ a + b + c))[["Sum of Sq"]] / sum((y - mean(y))^2)` without the rows 2, 7 and 9
    #[test]
    fn factors_with_gaps_have_the_shares_of_rs_drop1() {
        let (values, factors) = crossed(|row| ![1, 6, 8].contains(&row));
        assert_shares(
            &variance_shares(&values, &factors).unwrap(),
            [
                0.429_905_880_687_848_5,
                0.464_218_738_942_749_3,
                0.017_196_235_227_513_7,
            ],
            0.162_488_500_459_981_7,
        );
    }

    /// R 4, with the second factor's column as `ifelse(is.na(r), 0, (r == 2) - 0.5)`
    #[test]
    fn a_factor_that_acts_in_part_takes_nothing_from_the_other() {
        let values = [0.70, 0.66, 0.72, 0.67, 0.75, 0.74];
        let factors = [
            vec![Some(0), Some(0), Some(0), Some(0), Some(1), Some(1)],
            vec![Some(0), Some(1), Some(0), Some(1), None, None],
            vec![Some(0), Some(0), Some(1), Some(1), Some(0), Some(1)],
        ];
        assert_shares(
            &variance_shares(&values, &factors).unwrap(),
            [
                0.654_702_970_297_028_6,
                0.300_742_574_257_426_8,
                0.009_900_990_099_009_7,
            ],
            0.034_653_465_346_534_3,
        );
    }

    #[test]
    fn values_that_are_alike_have_no_shares_and_wrong_ones_are_refused() {
        let alike = variance_shares(&[0.7; 4], &[vec![Some(0), Some(0), Some(1), Some(1)]]).unwrap();
        assert!(alike.of_factors[0].is_nan() && alike.rest.is_nan());
        assert!(variance_shares(&[0.7], &[]).is_err());
        assert!(variance_shares(&[0.7, f64::NAN], &[]).is_err());
        assert!(variance_shares(&[0.7, 0.8], &[vec![Some(0)]]).is_err());
    }
}
