//! The number in a cell, and what a column of cells holds.

/// The number in a cell: NaN for an empty cell or `NA`/`NaN`, `None` for other text. Digits may be full-width. An infinite number
/// is none: nothing can be computed with it, and that it means a missing value is for people to say.
pub fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if cell.is_empty() || cell.eq_ignore_ascii_case("na") || cell.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    let parsed: Option<f64> = match cell.parse() {
        Ok(number) => Some(number),
        Err(_) if cell.is_ascii() => None,
        Err(_) => cell.chars().map(halfwidth).collect::<String>().parse().ok(),
    };
    parsed.filter(|number| !number.is_infinite())
}

/// A number as it would be written by hand: a whole one without a point, so that an id of 12 stays 12.
pub fn written(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e17).contains(&size) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// A character that East Asian keyboards write as wide as a Chinese one, in its usual width.
pub(super) fn halfwidth(wide: char) -> char {
    match wide {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(wide) - 0xfee0).unwrap_or(wide),
        other => other,
    }
}

/// Whether a cell holds nothing that can be computed with: it is empty, or `NA` or `NaN` in whatever case.
pub fn is_missing(cell: &str) -> bool {
    number(cell).is_some_and(f64::is_nan)
}

/// Whether two cells mean one value: equal as numbers, or as text in whatever case.
pub fn same_value(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim(), right.trim());
    match (number(left), number(right)) {
        (Some(left), Some(right)) if !left.is_nan() && !right.is_nan() => left == right,
        _ => left.to_lowercase() == right.to_lowercase(),
    }
}

/// What a column holds besides missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing
    Empty,
    /// Numbers alone
    Numbers,
    /// More numbers than words
    MostlyNumbers,
    /// At least as many words as numbers
    MostlyWords,
    /// Words alone
    Words,
}

impl Kind {
    /// The kind of some cells.
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let (mut numbers, mut words) = (0, 0);
        for cell in cells {
            match number(cell) {
                None => words += 1,
                Some(value) if value.is_nan() => {}
                Some(_) => numbers += 1,
            }
        }
        match (numbers, words) {
            (0, 0) => Self::Empty,
            (_, 0) => Self::Numbers,
            (0, _) => Self::Words,
            _ if numbers > words => Self::MostlyNumbers,
            _ => Self::MostlyWords,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_are_numbers() {
        assert_eq!(number("５３"), Some(53.0));
        assert_eq!(number("－１．５"), Some(-1.5));
        assert_eq!(number("岁"), None);
        for infinite in ["inf", "-Infinity", "1e999"] {
            assert_eq!(number(infinite), None, "{infinite}");
        }
        assert_eq!(Kind::of(["５３", "4", ""].into_iter()), Kind::Numbers);
    }
}
