//! How a number is printed for people: the same on the command line, on the screens, in charts and in the report.
//!
//! A number has significant digits, not decimals, so that a small one does not become 0 and a large one not a line of
//! digits. A share between 0 and 1, such as an area under a curve, keeps a column's decimals as long as they say something.
//! A probability of a test is never 0. What is not a number is a word. A file for programs holds the number itself
//! ([`crate::study::artefact::number_text`]).

use super::interval::Interval;

/// What stands where a number could not be had.
pub const NOT_AVAILABLE: &str = "not available";

/// What stands where an interval has no limits.
pub const NOT_ESTIMABLE: &str = "not estimable";

/// The sign of what is missing, where a word has no room.
pub const MISSING: &str = "–";

/// Below this a probability is printed as less than it.
const LEAST_PROBABILITY: f64 = 0.0001;

/// A number with `digits` significant digits (at least 1), zeros at the end included: `0.09472`, `97.25`, `2.436e9`,
/// `1.107e-10`. From 1e7 on and below 1e-4 it has an exponent. NaN and infinity are words.
///
/// What is printed reads back to within half a unit of its last digit, and is at most `digits` + 7 characters long where it
/// is a number (7 and a sign for whole numbers below 1e7).
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return word(value);
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.*e}", digits.max(1) - 1);
    // The exponent after rounding: 9.9996 is 10.00.
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    if !(-4..7).contains(&exponent) {
        return scientific;
    }
    let decimals = (digits.max(1) as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

/// [`significant`] with its sign, also where it is positive: `+0.1234`.
pub fn signed(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    if value.is_finite() && value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// As [`significant`], without the zeros at the end, and with signs for words: `–` for what is missing, `∞`. For the labels of
/// charts and the narrow columns of screens.
pub fn short(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return MISSING.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let text = significant(value, digits);
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text.as_str(), None),
    };
    let mantissa = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    match exponent {
        Some(exponent) => format!("{mantissa}e{exponent}"),
        None => mantissa.to_owned(),
    }
}

/// A share, an area, a risk, a score of error: what lies about 0 to 1, with fixed decimals, `0.7500`. One too small for the
/// decimals has two significant digits instead: `3.2e-5`, not `0.0000`. A value of more than 1000 has as many digits as
/// decimals.
pub fn share(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return word(value);
    }
    if value.abs() >= 1000.0 {
        return significant(value, decimals);
    }
    let text = format!("{value:.decimals$}");
    if text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        text
    } else if value == 0.0 {
        // No -0.000.
        text.trim_start_matches('-').to_owned()
    } else {
        significant(value, 2)
    }
}

/// A difference of shares, such as a net benefit, where what is left of equal terms is rounding: that is 0.
pub fn settled(value: f64) -> f64 {
    if value.abs() < 1e-15 { 0.0 } else { value }
}

/// [`share`] with its sign, for differences.
pub fn signed_share(value: f64, decimals: usize) -> String {
    let text = share(value, decimals);
    if value.is_finite() && value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// A share as whole per cent, `12 %`; `< 1 %` and `> 99 %` where rounding would make it nothing or all.
pub fn percentage(share: f64) -> String {
    if !share.is_finite() {
        return word(share);
    }
    if share > 0.0 && share < 0.005 {
        "< 1 %".to_owned()
    } else if share > 0.995 && share < 1.0 {
        "> 99 %".to_owned()
    } else {
        format!("{:.0} %", 100.0 * share)
    }
}

/// A mean, a median, a spread of any scale: two decimals, `58.93`, or three significant digits where those would say
/// little (below 0.1) or too much (from 1e7).
pub fn measure(value: f64) -> String {
    if value == 0.0 || (0.1..1e7).contains(&value.abs()) {
        format!("{value:.2}")
    } else {
        significant(value, 3)
    }
}

/// Both limits of an interval of shares, `0.6852 to 0.8871`; one word where it has none.
pub fn share_limits(interval: Interval, decimals: usize) -> String {
    limits_by(interval, |limit| share(limit, decimals))
}

/// Both limits of an interval with significant digits, `1.203 to 8.814`, `0.512 to infinite`; one word where it has none.
pub fn limits(interval: Interval, digits: usize) -> String {
    limits_by(interval, |limit| significant(limit, digits))
}

fn limits_by(interval: Interval, print: impl Fn(f64) -> String) -> String {
    if interval.lower.is_nan() && interval.upper.is_nan() {
        NOT_ESTIMABLE.to_owned()
    } else {
        format!("{} to {}", print(interval.lower), print(interval.upper))
    }
}

/// A share with its interval, `0.7861 (0.6852 to 0.8871)`.
pub fn share_with_limits(value: f64, interval: Interval, decimals: usize) -> String {
    format!("{} ({})", share(value, decimals), share_limits(interval, decimals))
}

/// A number with its interval, `3.320 (1.203 to 8.814)`.
pub fn with_limits(value: f64, interval: Interval, digits: usize) -> String {
    format!("{} ({})", significant(value, digits), limits(interval, digits))
}

/// The probability of a test: four decimals, `0.0312`; `< 0.0001` below; a word where there is none.
pub fn probability(p: f64) -> String {
    if !p.is_finite() {
        NOT_AVAILABLE.to_owned()
    } else if p < LEAST_PROBABILITY {
        "< 0.0001".to_owned()
    } else {
        format!("{p:.4}")
    }
}

/// [`probability`] for a narrow column: `–` where there is none.
pub fn short_probability(p: f64) -> String {
    if p.is_nan() { MISSING.to_owned() } else { probability(p) }
}

/// [`share`] for a narrow column: `–` where there is none.
pub fn short_share(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        MISSING.to_owned()
    } else {
        share(value, decimals)
    }
}

/// A probability of a test after its letter: `P = 0.0312`, `P < 0.0001`, `P not available`.
pub fn p_equals(p: f64) -> String {
    let text = probability(p);
    if p.is_finite() && p >= LEAST_PROBABILITY {
        format!("P = {text}")
    } else {
        format!("P {text}")
    }
}

fn word(value: f64) -> String {
    if value.is_nan() {
        NOT_AVAILABLE
    } else if value > 0.0 {
        "infinite"
    } else {
        "minus infinite"
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_significant_digits() {
        for (value, said) in [
            (0.094_720_86, "0.09472"),
            (1.106_93e-10, "1.107e-10"),
            (2.435_55e9, "2.436e9"),
            (-97.254, "-97.25"),
            (9.999_96, "10.00"),
            (2.0, "2.000"),
            (1_234_567.0, "1234567"),
            (0.0, "0"),
            (-0.0, "0"),
            (f64::NAN, "not available"),
            (f64::INFINITY, "infinite"),
            (f64::NEG_INFINITY, "minus infinite"),
            (f64::MAX, "1.798e308"),
        ] {
            assert_eq!(significant(value, 4), said);
        }
        assert_eq!(signed(0.5, 2), "+0.50");
        assert_eq!(short(0.5, 4), "0.5");
        assert_eq!(short(1.5e-9, 4), "1.5e-9");
        assert_eq!(short(-1234.0, 4), "-1234");
        assert_eq!(short(f64::NAN, 4), "–");
    }

    #[test]
    fn a_share_keeps_its_decimals_while_they_say_something() {
        for (value, said) in [
            (0.75, "0.7500"),
            (1.0, "1.0000"),
            (0.0, "0.0000"),
            (-0.0, "0.0000"),
            (0.000_032, "3.2e-5"),
            (-0.000_01, "-1.0e-5"),
            (123_456.0, "123456"),
        ] {
            assert_eq!(share(value, 4), said);
        }
        for (share, said) in [
            (0.0, "0 %"),
            (0.001, "< 1 %"),
            (0.35, "35 %"),
            (0.999, "> 99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percentage(share), said);
        }
        assert_eq!(percentage(f64::NAN), "not available");
        assert_eq!(measure(58.934), "58.93");
        assert_eq!(measure(0.0000209), "2.09e-5");
        assert_eq!(measure(0.0), "0.00");
        assert_eq!(signed_share(0.1, 3), "+0.100");
        assert_eq!(signed_share(-0.1, 3), "-0.100");
    }

    #[test]
    fn no_probability_is_printed_as_nothing() {
        assert_eq!(probability(0.00004), "< 0.0001");
        assert_eq!(probability(0.0), "< 0.0001");
        assert_eq!(probability(0.0312), "0.0312");
        assert_eq!(probability(f64::NAN), "not available");
        assert_eq!(p_equals(1e-9), "P < 0.0001");
        assert_eq!(p_equals(0.25), "P = 0.2500");
        assert_eq!(p_equals(f64::NAN), "P not available");
    }

    #[test]
    fn limits_are_words_where_there_are_none() {
        let at = |lower, upper| Interval::new(lower, upper, 0.95);
        assert_eq!(limits(at(1.2, 3.4), 3), "1.20 to 3.40");
        assert_eq!(limits(at(0.5, f64::INFINITY), 3), "0.500 to infinite");
        assert_eq!(limits(at(f64::NAN, f64::NAN), 3), "not estimable");
        assert_eq!(limits(at(0.0, 1.5e296), 3), "0 to 1.50e296");
        assert_eq!(share_with_limits(0.5, at(0.25, 0.75), 2), "0.50 (0.25 to 0.75)");
    }

    /// Numbers of every size, as bits have them.
    fn any_finite() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
            -1e9..1e9,
            -1.0..1.0
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_to_the_digits_shown(value in any_finite(), digits in 1_usize..10) {
            for text in [significant(value, digits), short(value, digits)] {
                let read: f64 = text.parse().unwrap();
                // A number that rounds beyond the largest reads back as infinite.
                if read.is_finite() {
                    let unit = value.abs() * 10_f64.powi(1 - digits as i32);
                    prop_assert!((read - value).abs() <= 0.5 * unit * (1.0 + 1e-12) + f64::MIN_POSITIVE, "{text} for {value}");
                }
            }
        }

        #[test]
        fn what_is_printed_is_never_long(value in any_finite(), digits in 1_usize..10) {
            prop_assert!(significant(value, digits).len() <= digits.max(4) + 7);
            prop_assert!(share(value, digits).len() <= digits.max(4) + 7);
        }

        #[test]
        fn what_is_not_zero_is_not_printed_as_zero(value in any_finite(), digits in 1_usize..10) {
            prop_assume!(value != 0.0);
            for text in [significant(value, digits), short(value, digits), share(value, digits)] {
                prop_assert!(text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)), "{text} for {value}");
            }
        }

        #[test]
        fn a_sign_is_said_once(value in any_finite()) {
            prop_assume!(value != 0.0);
            let text = signed(value, 3);
            let sign = if value > 0.0 { '+' } else { '-' };
            prop_assert!(text.starts_with(sign));
            prop_assert_eq!(text.matches(['+']).count(), usize::from(value > 0.0));
        }
    }
}
