//! The consensus values of the IBSI, and when a value agrees with one.
//!
//! The tables are those of the IBSI reference manual (CC BY 4.0), with the strength of the consensus for each value.

/// The values of the digital phantom, built in: `reference_digital.csv`.
pub const DIGITAL_PHANTOM: &str = include_str!("../../../tests/golden/ibsi/reference_digital.csv");

/// A consensus value.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The tag of the feature, with its aggregation; or of a diagnostic
    pub tag: String,
    /// The family in words, `diagnostics` for a diagnostic
    pub family: String,
    /// The aggregation in words; empty for a feature without
    pub aggregation: String,
    /// The value; `None` where there is no consensus
    pub value: Option<f64>,
    /// The significant digits that it is given with; at least 3
    pub digits: usize,
    /// How far a value may be from it
    pub tolerance: f64,
    /// The strength of the consensus
    pub consensus: String,
}

impl Reference {
    /// Whether a value is within the tolerance of the reference; true where there is no reference.
    ///
    /// The value is rounded to 3 significant digits, as the consensus values are, or to as many as a count is given with.
    pub fn agrees(&self, value: f64) -> bool {
        let Some(reference) = self.value else {
            return true;
        };
        let distance = (significant(value, self.digits) - reference).abs();
        // What is equal in decimals may differ in the last bit: 0.3 + 0.1.
        distance <= self.tolerance + 1e-9 * reference.abs()
    }
}

/// The rows of a table of reference values. Rows that are no table rows are left out.
pub fn parse(table: &str) -> Vec<Reference> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .map(|row| {
            let field = |index: usize| row.get(index).unwrap_or_default().to_owned();
            Reference {
                tag: field(1),
                family: field(4),
                aggregation: field(5),
                value: field(6).parse().ok(),
                digits: significant_digits(&field(6)),
                tolerance: field(7).parse().unwrap_or(0.0),
                consensus: field(8),
            }
        })
        .collect()
}

/// What the IBSI calls the feature with a tag (without aggregation); empty for an unknown one.
pub fn name(tag: &str) -> &'static str {
    DIGITAL_PHANTOM
        .lines()
        .find_map(|line| {
            let mut fields = line.split(',').skip(1);
            let rest = fields.next()?.strip_prefix(tag)?;
            (rest.is_empty() || rest.starts_with("_2") || rest.starts_with("_3")).then(|| fields.nth(1))?
        })
        .unwrap_or_default()
}

/// The significant digits of a decimal text, trailing zeros not counted; at least 3.
pub fn significant_digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').len().max(3)
}

/// A number rounded to some significant decimal digits, as its decimal text reads.
pub fn significant(value: f64, digits: usize) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.*e}", digits.saturating_sub(1))
        .parse()
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_decimal() {
        assert_eq!(significant(-0.035_547, 3), -0.0355);
        assert_eq!(significant(123_456.0, 3), 123_000.0);
        assert_eq!(significant(9.996, 3), 10.0);
        assert_eq!(significant(0.0, 3), 0.0);
        assert_eq!(
            ["4810000", "125256", "-0.0121", "6.98e-05"].map(significant_digits),
            [3, 6, 3, 3]
        );
    }

    #[test]
    fn a_value_agrees_within_its_tolerance_and_not_beyond() {
        let reference = Reference {
            tag: String::new(),
            family: String::new(),
            aggregation: String::new(),
            value: Some(0.698),
            digits: significant_digits("0.698"),
            tolerance: 0.004,
            consensus: String::new(),
        };
        assert!(reference.agrees(0.702_4) && !reference.agrees(0.702_6));
        assert!(!reference.agrees(f64::NAN));
    }

    #[test]
    fn the_table_of_the_phantom_has_482_values() {
        let table = parse(DIGITAL_PHANTOM);
        assert_eq!(table.iter().filter(|row| row.value.is_some()).count(), 482);
        assert_eq!(table.iter().filter(|row| row.value.is_none()).count(), 5);
    }
}
