//! A confidence interval that carries its level, so that nobody can print another.

use serde::{Deserialize, Deserializer, Serialize};

use super::distributions::normal_quantile;

/// Lower and upper confidence limit, and the level that they were computed at. A limit is NaN where there is none and
/// may be infinite; the level lies between 0 and 1, and is NaN where a file of an earlier version does not say it.
///
/// As JSON: `lower`, `upper`, `level`; what is not finite is `null`, which reads back as NaN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower limit
    #[serde(deserialize_with = "null_is_nan")]
    pub lower: f64,
    /// Upper limit
    #[serde(deserialize_with = "null_is_nan")]
    pub upper: f64,
    /// Confidence level, for example 0.95
    #[serde(default = "unknown", deserialize_with = "null_is_nan")]
    pub level: f64,
}

impl Default for Interval {
    /// No interval, of no level.
    fn default() -> Self {
        Self::none(f64::NAN)
    }
}

impl Interval {
    /// The interval between two limits.
    pub fn new(lower: f64, upper: f64, level: f64) -> Self {
        Self { lower, upper, level }
    }

    /// `centre` ± `half`.
    pub fn around(centre: f64, half: f64, level: f64) -> Self {
        Self::new(centre - half, centre + half, level)
    }

    /// `centre` ± z · `standard_error`, z the normal quantile of the level.
    pub fn wald(centre: f64, standard_error: f64, level: f64) -> Self {
        Self::around(centre, normal_quantile(0.5 + level / 2.0) * standard_error, level)
    }

    /// No interval could be had.
    pub fn none(level: f64) -> Self {
        Self::new(f64::NAN, f64::NAN, level)
    }

    /// The interval on another scale: a rising function of both limits.
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self::new(rising(self.lower), rising(self.upper), self.level)
    }

    /// Cut off at the ends of what the quantity can be.
    pub fn clamp(self, low: f64, high: f64) -> Self {
        self.map(|limit| limit.clamp(low, high))
    }

    /// Both limits, for formulas that do not print them.
    pub fn limits(self) -> [f64; 2] {
        [self.lower, self.upper]
    }

    /// `95 % CI`, as a table's column is headed.
    pub fn name(self) -> String {
        interval_name(self.level)
    }
}

impl From<Interval> for (f64, f64) {
    fn from(interval: Interval) -> Self {
        (interval.lower, interval.upper)
    }
}

/// How intervals of a level are called: `95 % CI`, or `CI` where the level is not known.
pub fn interval_name(level: f64) -> String {
    match percent(level) {
        Some(percent) => format!("{percent} CI"),
        None => "CI".to_owned(),
    }
}

/// How the intervals of a table's column are called: by their common level, or `CI` where they have none or several.
pub fn common_name(intervals: impl IntoIterator<Item = Interval>) -> String {
    interval_name(common_level(intervals))
}

/// The level that all of the intervals have; NaN where there is none.
pub fn common_level(intervals: impl IntoIterator<Item = Interval>) -> f64 {
    let mut levels = intervals.into_iter().map(|interval| interval.level);
    match levels.next() {
        Some(first) if levels.all(|level| level == first) => first,
        _ => f64::NAN,
    }
}

/// A level in per cent, `95 %` or `99.9 %`; none where it is not known.
pub fn percent(level: f64) -> Option<String> {
    if !level.is_finite() {
        return None;
    }
    // The product has noise in its last digits: 0.57 times 100 is 56.99999999999999.
    let digits = format!("{:.9}", level * 100.0);
    Some(format!("{} %", digits.trim_end_matches('0').trim_end_matches('.')))
}

fn unknown() -> f64 {
    f64::NAN
}

fn null_is_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_said_as_it_is() {
        for (level, said) in [
            (0.95, "95 % CI"),
            (0.8, "80 % CI"),
            (0.57, "57 % CI"),
            (0.999, "99.9 % CI"),
            (0.9999, "99.99 % CI"),
            (f64::NAN, "CI"),
        ] {
            assert_eq!(interval_name(level), said);
        }
    }

    #[test]
    fn intervals_of_several_levels_have_no_common_name() {
        let at = |level| Interval::around(0.0, 1.0, level);
        assert_eq!(common_name([at(0.9), at(0.9)]), "90 % CI");
        assert_eq!(common_name([at(0.9), at(0.95)]), "CI");
        assert_eq!(common_name([]), "CI");
    }

    #[test]
    fn limits_and_level_go_through_json() {
        let text = serde_json::to_string(&Interval::new(0.25, f64::INFINITY, 0.8)).unwrap();
        assert_eq!(text, r#"{"lower":0.25,"upper":null,"level":0.8}"#);
        let read: Interval = serde_json::from_str(&text).unwrap();
        assert!(read.lower == 0.25 && read.upper.is_nan() && read.level == 0.8);
        let earlier: Interval = serde_json::from_str(r#"{"lower":0.25,"upper":1.0}"#).unwrap();
        assert!(earlier.level.is_nan());
    }
}
