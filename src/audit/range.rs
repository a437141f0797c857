//! Interval arithmetic: every value that printed digits can mean, carried through a formula.
//!
//! A range holds all values of a formula for all values of what goes into it, so that what lies outside of it is impossible
//! under every rounding. Where a quantity occurs twice the range may be wider than need be, never narrower: a check may miss a
//! fault by that, and never makes one up. Moore 1966.

use super::{Printed, Relation};

/// All numbers from `low` to `high`; the ends belong to it and may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The lowest value
    pub low: f64,
    /// The highest value
    pub high: f64,
}

impl Range {
    /// From one number to another, whichever is lower.
    pub fn new(one: f64, other: f64) -> Self {
        Self {
            low: one.min(other),
            high: one.max(other),
        }
    }

    /// A number that nothing was rounded of.
    pub fn exactly(value: f64) -> Self {
        Self::new(value, value)
    }

    /// What printed digits can mean; a bound is open on its other side.
    pub fn of(printed: &Printed) -> Self {
        match printed.relation {
            Relation::Equal => Self::new(printed.low(), printed.high()),
            Relation::Below => Self::new(f64::NEG_INFINITY, printed.value),
            Relation::Above => Self::new(printed.value, f64::INFINITY),
        }
    }

    /// What a printed share can mean: not below 0 and not above 1.
    pub fn of_share(printed: &Printed) -> Self {
        Self::of(printed).within(0.0, 1.0)
    }

    /// The part between two limits; the nearer limit where there is none.
    pub fn within(self, least: f64, most: f64) -> Self {
        Self::new(self.low.clamp(least, most), self.high.clamp(least, most))
    }

    /// The range of a function that only rises or only falls.
    pub fn map(self, monotone: impl Fn(f64) -> f64) -> Self {
        Self::new(monotone(self.low), monotone(self.high))
    }

    /// The range of a function of two numbers that only rises or only falls in each of them.
    pub fn with(self, other: Self, monotone: impl Fn(f64, f64) -> f64) -> Self {
        self.map_corners([other.low, other.high], monotone)
    }

    fn map_corners(self, others: [f64; 2], monotone: impl Fn(f64, f64) -> f64) -> Self {
        let mut found = Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
        };
        for one in [self.low, self.high] {
            for other in others {
                let value = monotone(one, other);
                found.low = found.low.min(value);
                found.high = found.high.max(value);
            }
        }
        found
    }

    /// Whether a number of one could be a number of the other. A hair forgives the binary image of decimals.
    pub fn meets(self, other: Self) -> bool {
        let hair = 1e-12 * (1.0 + self.low.abs().min(self.high.abs()).min(1e6));
        self.low <= other.high + hair && other.low <= self.high + hair
    }

    /// Whether every number of the one is below every number of the other.
    pub fn is_below(self, other: Self) -> bool {
        !self.meets(other) && self.high < other.low
    }
}

impl std::ops::Add for Range {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.low + other.low, self.high + other.high)
    }
}

impl std::ops::Sub for Range {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.low - other.high, self.high - other.low)
    }
}

impl std::ops::Mul for Range {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        // 0 · ∞ is 0 here: the infinite end is never reached.
        self.with(
            other,
            |one, other| if one == 0.0 || other == 0.0 { 0.0 } else { one * other },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_formula_lies_in_its_range() {
        let (a, b) = (Range::new(-1.0, 2.0), Range::new(-3.0, 0.5));
        let (sum, less, product) = (a + b, a - b, a * b);
        for i in 0..=20 {
            for j in 0..=20 {
                let (x, y) = (-1.0 + 0.15 * f64::from(i), -3.0 + 0.175 * f64::from(j));
                for (value, range) in [(x + y, sum), (x - y, less), (x * y, product)] {
                    assert!(Range::exactly(value).meets(range), "{value} {range:?}");
                }
            }
        }
        assert_eq!(product, Range::new(-6.0, 3.0));
    }

    #[test]
    fn digits_and_bounds_are_ranges() {
        let of = |text: &str| Range::of(&Printed::parse(text).unwrap());
        assert_eq!(of("0.5"), Range::new(0.45, 0.55));
        assert!(of("< 0.05").low.is_infinite() && of("< 0.05").high == 0.05);
        assert!(of("> 0.05").meets(of("0.2")) && !of("> 0.05").meets(of("0.020")));
        assert!(of("0.1").is_below(of("0.3")) && !of("0.1").is_below(of("0.2")));
        assert_eq!(Range::of_share(&Printed::parse("1.0").unwrap()).high, 1.0);
    }
}
