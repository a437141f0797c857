//! A table as a paper prints it: a title, a head, cells, and what stands below it.

use crate::stats::base::interval::Interval;
use crate::stats::base::number::{limits, probability, share, share_limits, significant};

/// A table of a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// A short name for its file or sheet
    pub name: &'static str,
    /// What it shows
    pub title: String,
    /// The names of its columns
    pub header: Vec<String>,
    /// Its rows
    pub rows: Vec<Vec<Cell>>,
    /// Methods and remarks below it
    pub notes: Vec<String>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words, or several numbers in one
    Text(String),
    /// A number, with the digits that are printed
    Number {
        /// In full
        value: f64,
        /// As it is printed
        shown: String,
    },
}

/// How many digits are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Decimals of areas, rates and errors; coefficients and ratios have one more significant digit
    pub decimals: usize,
}

impl Cell {
    /// As it is printed.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Number { shown, .. } => shown,
        }
    }

    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// A count.
    pub fn count(count: usize) -> Self {
        Self::Number {
            value: count as f64,
            shown: count.to_string(),
        }
    }

    /// The P value of a test.
    pub fn p(p: f64) -> Self {
        Self::number(p, probability(p))
    }

    /// A number; an empty cell for what is none.
    fn number(value: f64, shown: String) -> Self {
        if value.is_nan() {
            Self::text("")
        } else {
            Self::Number { value, shown }
        }
    }
}

impl Style {
    /// The same, or with as many decimals as tell two numbers apart.
    pub fn apart(self, one: f64, other: f64) -> Self {
        (self.decimals..=12)
            .map(|decimals| Self { decimals })
            .find(|style| style.share(one).shown() != style.share(other).shown())
            .unwrap_or(self)
    }

    /// An area, a rate, an error.
    pub fn share(self, value: f64) -> Cell {
        Cell::number(value, share(value, self.decimals))
    }

    /// A coefficient, a ratio, a statistic.
    pub fn significant(self, value: f64) -> Cell {
        Cell::number(value, significant(value, self.decimals + 1))
    }

    /// An area or a rate with its interval.
    pub fn share_within(self, value: f64, interval: Interval) -> Cell {
        let decimals = self.decimals;
        Cell::text(format!(
            "{} ({})",
            share(value, decimals),
            share_limits(interval, decimals)
        ))
    }

    /// A ratio with its interval.
    pub fn ratio_within(self, value: f64, interval: Interval) -> Cell {
        let digits = self.decimals + 1;
        Cell::text(format!("{} ({})", significant(value, digits), limits(interval, digits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_get_as_many_decimals_as_tell_them_apart() {
        let style = Style { decimals: 3 };
        assert_eq!(style.apart(0.2, 0.3), style);
        assert_eq!(style.apart(0.62112, 0.62114), Style { decimals: 5 });
        assert_eq!(style.apart(0.5, 0.5), style);
    }
}
