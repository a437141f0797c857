//! What a statistic requires of its input, each requirement with its error in words.

use super::number::short;
use crate::stats::StatsError;

/// Every value is a finite number.
///
/// # Errors
/// Where one is not; its row is said.
pub fn finite(what: &str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(row) => Err(StatsError::NotFinite {
            what: what.to_owned(),
            row,
        }),
    }
}

/// Two inputs have one length.
///
/// # Errors
/// Where they have not; both lengths are said.
pub fn same_length(what: &str, left: (&str, usize), right: (&str, usize)) -> Result<(), StatsError> {
    if left.1 == right.1 {
        return Ok(());
    }
    Err(StatsError::LengthMismatch {
        what: what.to_owned(),
        left: left.0.to_owned(),
        right: right.0.to_owned(),
        left_length: left.1,
        right_length: right.1,
    })
}

/// There are at least `needed` of `unit`.
///
/// # Errors
/// Where there are fewer.
pub fn at_least(what: &str, unit: &str, needed: usize, found: usize) -> Result<(), StatsError> {
    if found >= needed {
        return Ok(());
    }
    Err(StatsError::TooFew {
        what: what.to_owned(),
        unit: unit.to_owned(),
        needed,
        found,
    })
}

/// Both outcomes occur; gives the number of cases with the event and without it.
///
/// # Errors
/// Where one is missing.
pub fn both_outcomes(what: &str, outcome: &[bool]) -> Result<(usize, usize), StatsError> {
    at_least(what, "cases", 1, outcome.len())?;
    let events = outcome.iter().filter(|&&event| event).count();
    if events == 0 || events == outcome.len() {
        return Err(StatsError::OneClass {
            what: what.to_owned(),
            found: outcome.len(),
        });
    }
    Ok((events, outcome.len() - events))
}

/// Every value is a probability between 0 and 1, ends included.
///
/// # Errors
/// Where one is not; its row is said.
pub fn probabilities(what: &str, values: &[f64]) -> Result<(), StatsError> {
    finite(what, values)?;
    match values.iter().position(|value| !(0.0..=1.0).contains(value)) {
        None => Ok(()),
        Some(row) => Err(StatsError::Impossible(format!(
            "{what}: the value in row {} is {}, but a predicted risk lies between 0 and 1",
            row + 1,
            short(values[row], 6)
        ))),
    }
}

/// A confidence level lies strictly between 0 and 1.
///
/// # Errors
/// Where it does not.
pub fn level(level: f64) -> Result<(), StatsError> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(StatsError::Setting {
        setting: "the confidence level".to_owned(),
        value: short(level, 6),
        allowed: "between 0 and 1, for example 0.95".to_owned(),
    })
}
