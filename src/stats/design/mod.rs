//! The terms of a regression and the columns that they make: numbers, factors, restricted cubic splines,
//! interactions.

pub mod spline;
pub mod standardise;

use std::ops::Range;

use ndarray::Array2;

use crate::stats::StatsError;
use crate::stats::base::require;
use crate::stats::design::spline::RestrictedCubicSpline;

/// What the intercept is called among the terms, as R calls it.
pub const INTERCEPT: &str = "(Intercept)";

/// What a term is.
#[derive(Debug, Clone, PartialEq)]
pub enum TermKind {
    /// A number as it stands
    Number,
    /// Categories, the reference first
    Factor {
        /// The levels; each but the first has a column of 0 and 1
        levels: Vec<String>,
    },
    /// A number bent at knots
    Spline(RestrictedCubicSpline),
    /// The products of two other terms' columns
    Interaction,
}

/// One term and its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignTerm {
    /// The term's name, as the reader gave it
    pub name: String,
    /// What it is
    pub kind: TermKind,
    /// Its columns in the design
    pub columns: Range<usize>,
}

/// Columns of a regression, without the one of the intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    rows: usize,
    terms: Vec<DesignTerm>,
    names: Vec<String>,
    values: Vec<Vec<f64>>,
}

impl Design {
    /// A design without terms (the intercept alone) for so many rows.
    pub fn new(rows: usize) -> Self {
        Self {
            rows,
            terms: Vec::new(),
            names: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Numeric columns, each a term.
    ///
    /// # Errors
    /// As [`Design::number`].
    pub fn numbers<'a>(
        rows: usize,
        columns: impl IntoIterator<Item = (&'a str, &'a [f64])>,
    ) -> Result<Self, StatsError> {
        let mut design = Self::new(rows);
        for (name, values) in columns {
            design.number(name, values)?;
        }
        Ok(design)
    }

    /// Adds a number. A value that is not finite is an error.
    ///
    /// # Errors
    /// Where the column has another length than the design or holds a value that is not finite.
    pub fn number(&mut self, name: &str, values: &[f64]) -> Result<&mut Self, StatsError> {
        self.push(name, TermKind::Number, vec![(name.to_owned(), values.to_vec())])
    }

    /// Adds a factor: a 0/1 column for each level but the first (levels sorted as numbers where all are, otherwise as
    /// text), named as R does: `name2`, `name3`. One level alone is an error.
    ///
    /// # Errors
    /// Where the labels are not as many as the rows, or there is one level alone.
    pub fn factor(&mut self, name: &str, labels: &[String]) -> Result<&mut Self, StatsError> {
        self.factor_from(name, labels, None)
    }

    /// Adds a factor whose levels are compared with `reference`, or with the first in order where none is named.
    ///
    /// # Errors
    /// As [`Design::factor`], and where no row has the reference.
    pub fn factor_from(
        &mut self,
        name: &str,
        labels: &[String],
        reference: Option<&str>,
    ) -> Result<&mut Self, StatsError> {
        let mut levels: Vec<&String> = labels.iter().collect();
        let numeric: Option<Vec<f64>> = levels.iter().map(|level| level.parse::<f64>().ok()).collect();
        if numeric.is_some() {
            let value = |label: &String| label.parse::<f64>().unwrap_or(f64::NAN);
            levels.sort_by(|a, b| value(a).total_cmp(&value(b)));
        } else {
            levels.sort();
        }
        levels.dedup();
        if levels.len() < 2 {
            return Err(StatsError::Impossible(format!(
                "The factor \"{name}\" has the same level in every row, so nothing can be estimated; leave it out"
            )));
        }
        if let Some(reference) = reference {
            let Some(at) = levels.iter().position(|level| *level == reference) else {
                let known: Vec<&str> = levels.iter().map(|level| level.as_str()).collect();
                return Err(StatsError::Setting {
                    setting: format!("the reference level of \"{name}\""),
                    value: reference.to_owned(),
                    allowed: format!("one of its levels: {}", known.join(", ")),
                });
            };
            levels[..=at].rotate_right(1);
        }
        let columns = levels[1..]
            .iter()
            .map(|level| {
                let indicator = labels
                    .iter()
                    .map(|label| f64::from(u8::from(label == *level)))
                    .collect();
                (format!("{name}{level}"), indicator)
            })
            .collect();
        let levels = levels.into_iter().cloned().collect();
        self.push(name, TermKind::Factor { levels }, columns)
    }

    /// Adds a factor whose columns are there: one of 0 and 1 with its name for each of `levels` but the first, the reference.
    ///
    /// # Errors
    /// Where a column has another length than the design, or holds a value that is not finite.
    pub fn indicators(
        &mut self,
        name: &str,
        levels: Vec<String>,
        columns: Vec<(String, Vec<f64>)>,
    ) -> Result<&mut Self, StatsError> {
        self.push(name, TermKind::Factor { levels }, columns)
    }

    /// Adds a restricted cubic spline: the number itself and the spline's further columns, named `name`, `name'`, `name''`.
    ///
    /// # Errors
    /// Where a value is not finite.
    pub fn spline(
        &mut self,
        name: &str,
        values: &[f64],
        spline: &RestrictedCubicSpline,
    ) -> Result<&mut Self, StatsError> {
        require::finite(name, values)?;
        let basis = spline.basis(values);
        let columns = basis
            .columns()
            .into_iter()
            .enumerate()
            .map(|(at, column)| (format!("{name}{}", "'".repeat(at)), column.to_vec()))
            .collect();
        self.push(name, TermKind::Spline(spline.clone()), columns)
    }

    /// Adds the interaction of two terms that are there: the products of their columns, those of the first running faster, named
    /// as R does: `a2:b`.
    ///
    /// # Errors
    /// Where one of the terms is not there: what an interaction without it means depends on how it is coded.
    pub fn interaction(&mut self, first: &str, second: &str) -> Result<&mut Self, StatsError> {
        let columns_of = |name: &str| {
            let found = self.terms.iter().find(|term| term.name == name);
            found.map(|term| term.columns.clone()).ok_or_else(|| {
                StatsError::Impossible(format!(
                    "The interaction {first}:{second} needs \"{name}\" among the terms too; write {first}*{second}"
                ))
            })
        };
        let (left, right) = (columns_of(first)?, columns_of(second)?);
        let columns = right
            .flat_map(|right| left.clone().map(move |left| (left, right)))
            .map(|(left, right)| {
                let pairs = self.values[left].iter().zip(&self.values[right]);
                let name = format!("{}:{}", self.names[left], self.names[right]);
                (name, pairs.map(|(left, right)| left * right).collect())
            })
            .collect();
        self.push(&format!("{first}:{second}"), TermKind::Interaction, columns)
    }

    fn push(&mut self, name: &str, kind: TermKind, columns: Vec<(String, Vec<f64>)>) -> Result<&mut Self, StatsError> {
        if self.terms.iter().any(|term| term.name == name) {
            return Err(StatsError::Impossible(format!("The term \"{name}\" is given twice")));
        }
        let first = self.values.len();
        for (column, values) in columns {
            require::same_length("A regression", ("rows", self.rows), (&column, values.len()))?;
            require::finite(&column, &values)?;
            self.names.push(column);
            self.values.push(values);
        }
        self.terms.push(DesignTerm {
            name: name.to_owned(),
            kind,
            columns: first..self.values.len(),
        });
        Ok(self)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The terms in order.
    pub fn terms(&self) -> &[DesignTerm] {
        &self.terms
    }

    /// The columns' names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.values
    }

    /// The design with some of the terms only, in the order asked for.
    pub fn select(&self, terms: &[usize]) -> Self {
        let mut selected = Self::new(self.rows);
        for term in terms {
            let term = &self.terms[*term];
            let first = selected.values.len();
            selected.names.extend_from_slice(&self.names[term.columns.clone()]);
            selected.values.extend_from_slice(&self.values[term.columns.clone()]);
            selected.terms.push(DesignTerm {
                name: term.name.clone(),
                kind: term.kind.clone(),
                columns: first..selected.values.len(),
            });
        }
        selected
    }

    /// Rows by columns.
    pub fn matrix(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.rows, self.values.len()), |(row, column)| self.values[column][row])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_sorts_its_levels_and_drops_the_first() {
        let labels: Vec<String> = ["10", "2", "1", "2"].map(String::from).to_vec();
        let mut design = Design::new(4);
        design.factor("grade", &labels).unwrap();
        assert_eq!(design.names(), ["grade2", "grade10"]);
        assert_eq!(design.columns(), [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]]);
        assert!(
            design
                .factor("one", &vec![String::from("a"); 4])
                .unwrap_err()
                .to_string()
                .contains("same level")
        );
    }

    #[test]
    fn a_reference_is_chosen_and_interactions_are_products() {
        let labels: Vec<String> = ["a", "b", "c", "b"].map(String::from).to_vec();
        let mut design = Design::new(4);
        design.number("x", &[1.0, 2.0, 3.0, 4.0]).unwrap();
        design.factor_from("g", &labels, Some("b")).unwrap();
        design.interaction("g", "x").unwrap();
        assert_eq!(design.names(), ["x", "ga", "gc", "ga:x", "gc:x"]);
        assert_eq!(design.columns()[4], [0.0, 0.0, 3.0, 0.0]);
        let TermKind::Factor { levels } = &design.terms()[1].kind else {
            panic!()
        };
        assert_eq!(levels, &["b", "a", "c"]);
        let mut other = Design::new(4);
        let error = other.factor_from("g", &labels, Some("d")).unwrap_err().to_string();
        assert!(error.contains("a, b, c"), "{error}");
        assert!(other.interaction("g", "x").unwrap_err().to_string().contains("g*x"));
    }

    #[test]
    fn terms_are_chosen_with_all_their_columns() {
        let mut design = Design::new(2);
        design.number("x", &[1.0, 2.0]).unwrap();
        design.factor("g", &["a".into(), "b".into()]).unwrap();
        let selected = design.select(&[1, 0]);
        assert_eq!(selected.names(), ["gb", "x"]);
        assert_eq!(selected.terms()[1].columns, 1..2);
        assert!(design.number("x", &[0.0, 0.0]).is_err());
        assert!(design.number("y", &[0.0]).is_err());
    }
}
