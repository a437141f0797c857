//! The table of patients' characteristics: groups beside each other, each variable with its summary, test and
//! standardised difference.
//!
//! The test follows the data, as clinical papers choose it, and is named in each row:
//!
//! - a number that is normal in every group (normality test above α): mean ± SD. Two groups: t — SPSS's way takes
//!   Student's where Levene's test (mean) does not object, else Welch's; R's way always Welch's. More groups: analysis of
//!   variance (R: Welch's).
//! - any other number: median (quartiles). Two groups: Mann-Whitney — SPSS without continuity correction, R's default
//!   exact or corrected. More groups: Kruskal-Wallis. Quartiles by SPSS's rule (type 6) or R's (type 7).
//! - categories: counts. 2 × 2 by SPSS's way: Pearson's χ² if n ≥ 40 and every expected count ≥ 5, Yates' if n ≥ 40 and
//!   every one ≥ 1, else Fisher's; by R's way Yates', with an expected count below 5 Fisher's. Larger tables: Pearson's,
//!   or Fisher's if an expected count is below 1 or a fifth of them below 5.
//!
//! Missing values are left out of their row and counted. A P value between randomised or split groups says nothing of
//! balance; the standardised difference does.

use ndarray::Array2;

use super::{
    Contingency, LeveneCentre, Test, anova, anova_welch, fisher, kruskal_wallis, levene, lilliefors, mann_whitney,
    shapiro_wilk, standardised_difference, standardised_difference_of_shares, student_t, welch_t,
};
use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, standard_deviation};
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::require;

/// Whose defaults the table follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// SPSS, as most clinical papers
    #[default]
    Spss,
    /// R
    R,
}

/// The test of normality that chooses between mean and median.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NormalityTest {
    /// Shapiro-Wilk
    #[default]
    ShapiroWilk,
    /// Lilliefors (SPSS's "Kolmogorov-Smirnov")
    Lilliefors,
}

/// How the table is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table1Settings {
    /// Whose defaults
    pub dialect: Dialect,
    /// The test of normality
    pub normality: NormalityTest,
    /// Its α: a group with P at or below it is not normal
    pub alpha: f64,
}

impl Default for Table1Settings {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            normality: NormalityTest::default(),
            alpha: 0.05,
        }
    }
}

/// A variable's values, one a case; None is missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers
    Numbers(Vec<Option<f64>>),
    /// Categories: an index into the names
    Categories {
        /// One a case
        values: Vec<Option<usize>>,
        /// The categories' names
        names: Vec<String>,
    },
}

/// A variable of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name
    pub name: String,
    /// Its values
    pub values: Values,
}

/// What stands in a group's cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Summary {
    /// mean ± SD
    MeanSd {
        /// Mean
        mean: f64,
        /// Standard deviation
        sd: f64,
    },
    /// median (first, third quartile)
    MedianQuartiles {
        /// Median
        median: f64,
        /// First quartile
        q1: f64,
        /// Third quartile
        q3: f64,
    },
    /// Cases of each category
    Counts(Vec<usize>),
}

/// One variable's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The variable
    pub variable: String,
    /// Names of the categories; none for a number
    pub categories: Vec<String>,
    /// A cell for each group
    pub groups: Vec<Summary>,
    /// Missing values in each group
    pub missing: Vec<usize>,
    /// The test, or why there is none
    pub test: Result<Chosen, String>,
    /// Standardised difference of two groups
    pub smd: Option<f64>,
    /// P of the normality test in each group, for numbers
    pub normality_p: Vec<Option<f64>>,
}

/// The test that was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// Its name
    pub method: &'static str,
    /// Its statistic; NaN for Fisher's test
    pub statistic: f64,
    /// Two-sided P value
    pub p: f64,
}

impl From<Test> for Chosen {
    fn from(test: Test) -> Self {
        Self {
            method: test.method,
            statistic: test.statistic,
            p: test.p,
        }
    }
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table1 {
    /// Name and size of each group
    pub groups: Vec<(String, usize)>,
    /// One row a variable
    pub rows: Vec<Row>,
}

/// Makes the table. `group` gives each case's group as an index into `names`.
///
/// # Errors
/// Where there is no group, lengths differ, a group has no value of a variable, or a test refuses its values.
pub fn table1(
    names: &[String],
    group: &[usize],
    variables: &[Variable],
    settings: &Table1Settings,
) -> Result<Table1, StatsError> {
    let what = "the table of characteristics";
    require::at_least(what, "groups", 1, names.len())?;
    if let Some(found) = group.iter().find(|found| **found >= names.len()) {
        return Err(StatsError::Impossible(format!(
            "{what}: a case is in group {found} (counted from 0), but there are only {}",
            names.len()
        )));
    }
    let mut sizes = vec![0; names.len()];
    for &of in group {
        sizes[of] += 1;
    }
    let rows = variables
        .iter()
        .map(|variable| match &variable.values {
            Values::Numbers(values) => {
                require::same_length(
                    &variable.name,
                    ("the groups", group.len()),
                    ("the values", values.len()),
                )?;
                Ok(numbers(&variable.name, values, group, names.len(), settings))
            }
            Values::Categories {
                values,
                names: categories,
            } => {
                require::same_length(
                    &variable.name,
                    ("the groups", group.len()),
                    ("the values", values.len()),
                )?;
                categories_row(&variable.name, values, categories, group, names.len(), settings)
            }
        })
        .collect::<Result<Vec<Row>, StatsError>>()?;
    Ok(Table1 {
        groups: names.iter().cloned().zip(sizes).collect(),
        rows,
    })
}

fn numbers(name: &str, values: &[Option<f64>], group: &[usize], count: usize, settings: &Table1Settings) -> Row {
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); count];
    let mut missing = vec![0; count];
    for (value, &of) in values.iter().zip(group) {
        match value.filter(|value| value.is_finite()) {
            Some(value) => groups[of].push(value),
            None => missing[of] += 1,
        }
    }
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let normality_p: Vec<Option<f64>> = slices
        .iter()
        .map(|values| {
            match settings.normality {
                NormalityTest::ShapiroWilk => shapiro_wilk(values),
                NormalityTest::Lilliefors => lilliefors(values),
            }
            .ok()
            .map(|test| test.p)
        })
        .collect();
    let normal = normality_p.iter().all(|p| p.is_some_and(|p| p > settings.alpha));
    let rule = match settings.dialect {
        Dialect::Spss => QuantileRule::Weibull,
        Dialect::R => QuantileRule::Linear,
    };
    let summaries = slices
        .iter()
        .map(|values| {
            if normal {
                Summary::MeanSd {
                    mean: mean(values),
                    sd: standard_deviation(values),
                }
            } else {
                Summary::MedianQuartiles {
                    median: quantile(values, 0.5, rule),
                    q1: quantile(values, 0.25, rule),
                    q3: quantile(values, 0.75, rule),
                }
            }
        })
        .collect();
    Row {
        variable: name.to_owned(),
        categories: Vec::new(),
        groups: summaries,
        missing,
        test: number_test(&slices, normal, settings.dialect).map_err(|error| error.to_string()),
        smd: (count == 2).then(|| standardised_difference(slices[0], slices[1]).unwrap_or(f64::NAN)),
        normality_p,
    }
}

fn number_test(groups: &[&[f64]], normal: bool, dialect: Dialect) -> Result<Chosen, StatsError> {
    if groups.len() < 2 {
        return Err(one_group());
    }
    Ok(match (groups, normal) {
        ([first, second], true) => {
            let pooled = dialect == Dialect::Spss && levene(groups, LeveneCentre::Mean)?.p > 0.05;
            if pooled {
                student_t(first, second, 0.95)?
            } else {
                welch_t(first, second, 0.95)?
            }
            .into()
        }
        ([first, second], false) => {
            let test = mann_whitney(first, second)?;
            match dialect {
                Dialect::Spss => Chosen {
                    method: "Mann-Whitney U test (normal, no continuity correction)",
                    statistic: test.u,
                    p: test.p,
                },
                Dialect::R => Chosen {
                    method: if test.r_is_exact {
                        "Mann-Whitney U test (exact)"
                    } else {
                        "Mann-Whitney U test (normal, continuity correction)"
                    },
                    statistic: test.w,
                    p: test.p_r,
                },
            }
        }
        (_, true) => match dialect {
            Dialect::Spss => anova(groups)?,
            Dialect::R => anova_welch(groups)?,
        }
        .into(),
        (_, false) => kruskal_wallis(groups)?.into(),
    })
}

fn categories_row(
    name: &str,
    values: &[Option<usize>],
    categories: &[String],
    group: &[usize],
    count: usize,
    settings: &Table1Settings,
) -> Result<Row, StatsError> {
    let mut counts = Array2::zeros((count, categories.len()));
    let mut missing = vec![0; count];
    for (value, &of) in values.iter().zip(group) {
        match value {
            Some(category) if *category < categories.len() => counts[[of, *category]] += 1,
            Some(category) => {
                return Err(StatsError::Impossible(format!(
                    "{name}: a case has category {category} (counted from 0), but there are only {}",
                    categories.len()
                )));
            }
            None => missing[of] += 1,
        }
    }
    let of_group = |group: usize| counts.row(group).to_vec();
    Ok(Row {
        variable: name.to_owned(),
        categories: categories.to_vec(),
        groups: (0..count).map(|group| Summary::Counts(of_group(group))).collect(),
        missing,
        test: count_test(&counts, settings.dialect).map_err(|error| error.to_string()),
        smd: (count == 2).then(|| standardised_difference_of_shares(&of_group(0), &of_group(1)).unwrap_or(f64::NAN)),
        normality_p: Vec::new(),
    })
}

fn one_group() -> StatsError {
    StatsError::Impossible("there is one group only".to_owned())
}

/// The test of a table of counts by the rules at the head of this file.
fn count_test(counts: &Array2<usize>, dialect: Dialect) -> Result<Chosen, StatsError> {
    if counts.nrows() < 2 {
        return Err(one_group());
    }
    let tests = Contingency::new(counts.view())?;
    let small = tests.expected.iter().filter(|expected| **expected < 5.0).count();
    let pearson = Chosen {
        method: "Pearson chi-squared test",
        statistic: tests.chi_squared,
        p: tests.p,
    };
    let exact = || {
        // A table too large to count has a chi-squared test at least.
        fisher(counts.view(), 0.95).map_or(pearson, |test| Chosen {
            method: "Fisher's exact test",
            statistic: f64::NAN,
            p: test.p,
        })
    };
    let yates = tests.chi_squared_yates.zip(tests.p_yates).map(|(statistic, p)| Chosen {
        method: "chi-squared test with Yates' correction",
        statistic,
        p,
    });
    Ok(match (yates, dialect) {
        (Some(yates), Dialect::Spss) => {
            if tests.n >= 40 && small == 0 {
                pearson
            } else if tests.n >= 40 && tests.min_expected >= 1.0 {
                yates
            } else {
                exact()
            }
        }
        (Some(yates), Dialect::R) => {
            if small == 0 {
                yates
            } else {
                exact()
            }
        }
        (None, _) => {
            if tests.min_expected < 1.0 || 5 * small > tests.expected.len() {
                exact()
            } else {
                pearson
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_follows_the_data_and_missing_values_are_counted() {
        let group: Vec<usize> = (0..60).map(|case| case % 2).collect();
        let normal: Vec<Option<f64>> = (0..60)
            .map(|case| {
                let place = (f64::from(case / 2) + 0.5) / 30.0;
                Some(crate::stats::base::distributions::normal_quantile(place) + f64::from(case % 2))
            })
            .collect();
        let mut skewed: Vec<Option<f64>> = normal
            .iter()
            .map(|value| value.map(|value| (3.0 * value).exp()))
            .collect();
        skewed[1] = None;
        let categories = (0..60).map(|case| Some(usize::from(case % 3 == 0))).collect();
        let variables = [
            Variable {
                name: "normal".to_owned(),
                values: Values::Numbers(normal),
            },
            Variable {
                name: "skewed".to_owned(),
                values: Values::Numbers(skewed),
            },
            Variable {
                name: "sex".to_owned(),
                values: Values::Categories {
                    values: categories,
                    names: vec!["f".to_owned(), "m".to_owned()],
                },
            },
        ];
        let names = ["a".to_owned(), "b".to_owned()];
        let table = table1(&names, &group, &variables, &Table1Settings::default()).unwrap();
        let methods: Vec<&str> = table.rows.iter().map(|row| row.test.as_ref().unwrap().method).collect();
        assert_eq!(
            methods,
            [
                "Student's t test",
                "Mann-Whitney U test (normal, no continuity correction)",
                "Pearson chi-squared test"
            ]
        );
        assert_eq!(table.rows[1].missing, [0, 1]);
        assert!((table.rows[0].smd.unwrap() + 1.0).abs() < 0.1);
        assert_eq!(table.rows[2].smd, Some(0.0));
    }
}
