//! A number as it stands in print: its digits say how much rounding may have hidden.

use serde::Serialize;

use super::AuditError;
use super::place::Place;

/// A printed number. `0.620` was rounded to three decimals, so the value lies within 0.0005 of it; both rules for a half
/// (up, and to even) are allowed for by taking both ends in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Printed {
    /// As printed
    pub text: String,
    /// The number; a percentage is a share
    pub value: f64,
    /// Half a unit of the last printed digit
    pub half_unit: f64,
    /// Whether it is a bound and not a value
    pub relation: Relation,
}

/// What stands before a printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The number itself
    Equal,
    /// `<` or `≤`
    Below,
    /// `>` or `≥`
    Above,
}

impl Printed {
    /// Reads a number from a model file: text keeps its zeros (`"0.620"`), a bare number has the digits that are left.
    pub fn from_value(place: &Place, value: &serde_json::Value) -> Result<Self, AuditError> {
        let text = match value {
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::String(text) => text.trim().to_owned(),
            other => return Err(AuditError::wrong(place, "a number as printed", other)),
        };
        Self::parse(&text).ok_or_else(|| AuditError::wrong(place, "a number as printed, such as \"0.620\"", value))
    }

    /// Reads a printed number; `None` where there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut relation = Relation::Equal;
        for (sign, meaning) in [
            ("<", Relation::Below),
            ("≤", Relation::Below),
            (">", Relation::Above),
            ("≥", Relation::Above),
        ] {
            if let Some(after) = rest.strip_prefix(sign) {
                relation = meaning;
                rest = after.trim_start_matches('=').trim();
            }
        }
        let (rest, scale) = rest
            .strip_suffix('%')
            .map_or((rest, 1.0), |number| (number.trim(), 0.01));
        let digits = rest.replace('\u{2212}', "-");
        let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((&digits, "0"));
        let decimals = i32::try_from(mantissa.split_once('.').map_or(0, |(_, after)| after.len()))
            .ok()?
            .saturating_sub(exponent.parse::<i32>().ok()?);
        Some(Self {
            text: text.trim().to_owned(),
            value: value * scale,
            half_unit: 0.5 * 10f64.powi(decimals.saturating_neg()) * scale,
            relation,
        })
    }

    /// The lowest value that could have been printed so.
    pub fn low(&self) -> f64 {
        self.value - self.half_unit
    }

    /// The highest value that could have been printed so.
    pub fn high(&self) -> f64 {
        self.value + self.half_unit
    }

    /// Whether a value could have been printed so; bounds are taken at their word. A hair of 1e-12 forgives the binary
    /// image of a decimal.
    pub fn allows(&self, value: f64) -> bool {
        const HAIR: f64 = 1e-12;
        match self.relation {
            Relation::Equal => value >= self.low() - HAIR && value <= self.high() + HAIR,
            Relation::Below => value <= self.value + HAIR,
            Relation::Above => value >= self.value - HAIR,
        }
    }

    /// Whether the two could be one number.
    pub fn meets(&self, low: f64, high: f64) -> bool {
        const HAIR: f64 = 1e-12;
        low <= self.high() + HAIR && high >= self.low() - HAIR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_say_how_far_the_value_may_lie() {
        let printed = Printed::parse("0.620").unwrap();
        assert!(printed.allows(0.6195) && printed.allows(0.6205) && !printed.allows(0.6194));
        let coarse = Printed::parse("0.62").unwrap();
        assert!(coarse.allows(0.6151) && !coarse.allows(0.6149));
        assert!((Printed::parse("63.4%").unwrap().half_unit - 0.0005).abs() < 1e-15);
        assert_eq!(Printed::parse("57").unwrap().half_unit, 0.5);
        assert!((Printed::parse("1.5e-3").unwrap().half_unit - 0.00005).abs() < 1e-18);
    }

    #[test]
    fn bounds_are_read_as_bounds() {
        let p = Printed::parse("< 0.05").unwrap();
        assert_eq!(p.relation, Relation::Below);
        assert!(p.allows(0.01) && !p.allows(0.06));
        assert_eq!(Printed::parse("≥0.9").unwrap().relation, Relation::Above);
        assert_eq!(Printed::parse("\u{2212}0.19").unwrap().value, -0.19);
        assert!(Printed::parse("about 3").is_none());
    }
}
