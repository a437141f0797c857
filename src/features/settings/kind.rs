//! What a setting takes: how its value is read from a parameter file or a command line, and how its rule is said.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::python::python_text;

/// A kind of value. A word becomes what it means here, once; nothing behind it compares words.
pub trait Kind: Copy + Sync {
    /// What a value of this kind becomes.
    type Value: Default;

    /// The value, where it is of this kind.
    fn parse(&self, value: &Value) -> Option<Self::Value>;

    /// What belongs there, as it stands after "must be".
    fn expected(&self) -> String;

    /// The value in the text of a command line, of the type that PyRadiomics turns it into; text that is of another kind
    /// stays text, which [`Kind::parse`] then refuses.
    fn text_value(&self, text: &str) -> Value {
        json!(text)
    }
}

/// `true` or `false`.
#[derive(Debug, Clone, Copy)]
pub struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn parse(&self, value: &Value) -> Option<bool> {
        value.as_bool()
    }

    fn expected(&self) -> String {
        "true or false".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => json!(true),
            "false" | "0" | "no" => json!(false),
            _ => json!(text),
        }
    }
}

/// A whole number from `least` on, up to `most` where there is such a bound.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    /// the smallest value
    pub least: i64,
    /// the largest value; `i64::MAX` for none
    pub most: i64,
}

impl Whole {
    /// Any whole number.
    pub const ANY: Self = Self::at_least(i64::MIN);

    /// A whole number with a lower bound.
    pub const fn at_least(least: i64) -> Self {
        Self { least, most: i64::MAX }
    }
}

impl Kind for Whole {
    type Value = i64;

    fn parse(&self, value: &Value) -> Option<i64> {
        whole(value).filter(|number| (self.least..=self.most).contains(number))
    }

    fn expected(&self) -> String {
        if self.most < i64::MAX {
            format!("a whole number from {} to {}", self.least, self.most)
        } else if self.least > i64::MIN {
            format!("a whole number of at least {}", self.least)
        } else {
            "a whole number".to_owned()
        }
    }

    fn text_value(&self, text: &str) -> Value {
        whole_text(text)
    }
}

/// A number of things: a whole number that is no less than 0.
#[derive(Debug, Clone, Copy)]
pub struct Count(pub Whole);

impl Count {
    /// At least so many.
    pub const fn at_least(least: u32) -> Self {
        Self(Whole::at_least(least as i64))
    }
}

impl Kind for Count {
    type Value = usize;

    fn parse(&self, value: &Value) -> Option<usize> {
        self.0.parse(value).and_then(|number| usize::try_from(number).ok())
    }

    fn expected(&self) -> String {
        self.0.expected()
    }

    fn text_value(&self, text: &str) -> Value {
        whole_text(text)
    }
}

/// A finite number above a bound.
#[derive(Debug, Clone, Copy)]
pub struct Above(pub f64);

impl Kind for Above {
    type Value = f64;

    fn parse(&self, value: &Value) -> Option<f64> {
        number(value).filter(|number| *number > self.0 && number.is_finite())
    }

    fn expected(&self) -> String {
        format!("a number above {}", self.0)
    }

    fn text_value(&self, text: &str) -> Value {
        number_text(text)
    }
}

/// A share: above 0, and no more than the whole.
#[derive(Debug, Clone, Copy)]
pub struct Share;

impl Kind for Share {
    type Value = f64;

    fn parse(&self, value: &Value) -> Option<f64> {
        number(value).filter(|&number| number > 0.0 && number <= 1.0)
    }

    fn expected(&self) -> String {
        "a number above 0, at most 1".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        number_text(text)
    }
}

/// A number within bounds, both included.
#[derive(Debug, Clone, Copy)]
pub struct Between(pub f64, pub f64);

impl Kind for Between {
    type Value = f64;

    fn parse(&self, value: &Value) -> Option<f64> {
        number(value).filter(|number| (self.0..=self.1).contains(number))
    }

    fn expected(&self) -> String {
        format!("a number from {} to {}", self.0, self.1)
    }

    fn text_value(&self, text: &str) -> Value {
        number_text(text)
    }
}

/// Any number.
#[derive(Debug, Clone, Copy)]
pub struct Number;

impl Kind for Number {
    type Value = f64;

    fn parse(&self, value: &Value) -> Option<f64> {
        number(value)
    }

    fn expected(&self) -> String {
        "a number".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        number_text(text)
    }
}

/// Millimetres along x, y and z (x and y for planes), none below 0 and none that is next to nothing.
#[derive(Debug, Clone, Copy)]
pub struct Spacing;

impl Kind for Spacing {
    type Value = Vec<f64>;

    fn parse(&self, value: &Value) -> Option<Vec<f64>> {
        numbers(value).filter(|list| {
            let possible = |length: &f64| *length == 0.0 || (1e-6..=1e6).contains(length);
            (2..=3).contains(&list.len()) && list.iter().all(possible)
        })
    }

    fn expected(&self) -> String {
        "three numbers of 0 or from 1e-6 to 1e6, for x, y and z, such as [1, 1, 1] (two for a plane)".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        text.split(',').map(number_text).collect()
    }
}

/// A lower bound, and an upper one above it if given.
#[derive(Debug, Clone, Copy)]
pub struct Range;

impl Kind for Range {
    type Value = (f64, Option<f64>);

    fn parse(&self, value: &Value) -> Option<(f64, Option<f64>)> {
        match numbers(value)?[..] {
            [low] => Some((low, None)),
            [low, high] if low < high => Some((low, Some(high))),
            _ => None,
        }
        .filter(|(low, high)| !low.is_nan() && !high.is_some_and(f64::is_nan))
    }

    fn expected(&self) -> String {
        "one number, or a lower and an upper bound, such as [-100, 200]".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        text.split(',').map(number_text).collect()
    }
}

/// Distances in whole voxels.
#[derive(Debug, Clone, Copy)]
pub struct Steps;

impl Kind for Steps {
    type Value = Vec<usize>;

    fn parse(&self, value: &Value) -> Option<Vec<usize>> {
        let list: Option<Vec<usize>> = value
            .as_array()?
            .iter()
            .map(|one| {
                one.as_u64()
                    .filter(|number| (1..=1_000_000).contains(number))
                    .and_then(|number| usize::try_from(number).ok())
            })
            .collect();
        list.filter(|list| !list.is_empty())
    }

    fn expected(&self) -> String {
        "a list of whole numbers of at least 1, such as [1]".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        text.split(',').map(whole_text).collect()
    }
}

/// One width of the Laplacian of Gaussian, with the text that PyRadiomics puts into the image type's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Sigma {
    /// In millimetres
    pub width: f64,
    /// `str(sigma)` of Python: `1` stays `1`, `1.0` stays `1.0`
    pub text: String,
}

/// Widths of a Gaussian.
#[derive(Debug, Clone, Copy)]
pub struct Sigmas;

impl Kind for Sigmas {
    type Value = Vec<Sigma>;

    fn parse(&self, value: &Value) -> Option<Vec<Sigma>> {
        value
            .as_array()?
            .iter()
            .map(|one| {
                number(one)
                    .filter(|&width| width > 0.0 && width.is_finite())
                    .map(|width| Sigma {
                        width,
                        text: python_text(one),
                    })
            })
            .collect()
    }

    fn expected(&self) -> String {
        "a list of numbers above 0".to_owned()
    }

    fn text_value(&self, text: &str) -> Value {
        text.split(',').map(number_text).collect()
    }
}

/// One of some words, each with what it means.
#[derive(Debug, Clone, Copy)]
pub struct Word<E: 'static>(pub &'static [(&'static str, E)]);

impl<E: Copy + Default + Sync> Kind for Word<E> {
    type Value = E;

    fn parse(&self, value: &Value) -> Option<E> {
        meaning(self.0, value.as_str()?)
    }

    fn expected(&self) -> String {
        format!("one of {}", listed(self.0))
    }
}

/// A list of some words.
#[derive(Debug, Clone, Copy)]
pub struct Words<E: 'static>(pub &'static [(&'static str, E)]);

impl<E: Copy + Sync> Kind for Words<E> {
    type Value = Vec<E>;

    fn parse(&self, value: &Value) -> Option<Vec<E>> {
        let list: Option<Vec<E>> = value
            .as_array()?
            .iter()
            .map(|one| meaning(self.0, one.as_str()?))
            .collect();
        list.filter(|list| !list.is_empty())
    }

    fn expected(&self) -> String {
        format!("a list of some of {}", listed(self.0))
    }
}

/// One of some words, or its number from 1 on.
#[derive(Debug, Clone, Copy)]
pub struct WordOrNumber<E: 'static>(pub &'static [(&'static str, E)]);

impl<E: Copy + Default + Sync> Kind for WordOrNumber<E> {
    type Value = E;

    fn parse(&self, value: &Value) -> Option<E> {
        match value {
            Value::String(word) => meaning(self.0, word),
            Value::Number(number) => {
                let index = usize::try_from(number.as_u64()?).ok()?.checked_sub(1)?;
                self.0.get(index).map(|&(_, meaning)| meaning)
            }
            _ => None,
        }
    }

    fn expected(&self) -> String {
        format!("one of {} or a number from 1 to {}", listed(self.0), self.0.len())
    }

    fn text_value(&self, text: &str) -> Value {
        whole_text(text)
    }
}

/// A value, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct Maybe<K>(pub K);

impl<K: Kind> Kind for Maybe<K> {
    type Value = Option<K::Value>;

    fn parse(&self, value: &Value) -> Option<Option<K::Value>> {
        if value.is_null() {
            Some(None)
        } else {
            self.0.parse(value).map(Some)
        }
    }

    fn expected(&self) -> String {
        self.0.expected()
    }

    fn text_value(&self, text: &str) -> Value {
        self.0.text_value(text)
    }
}

fn meaning<E: Copy>(words: &[(&str, E)], word: &str) -> Option<E> {
    words
        .iter()
        .find(|(known, _)| *known == word)
        .map(|&(_, meaning)| meaning)
}

fn listed<E>(words: &[(&str, E)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

/// A number, or text that reads as one (a YAML parser of version 1.1 takes `1e-6` for text).
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => without_separators(text.trim()).parse().ok(),
        _ => None,
    }
}

/// A whole number, or text that YAML 1.1 takes for one.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) if text.contains('_') => without_separators(text.trim()).parse().ok(),
        other => other.as_i64(),
    }
}

/// A number without the `_` that YAML 1.1 allows between its digits (`1_000`); other text as it is.
fn without_separators(text: &str) -> Cow<'_, str> {
    let begins = text
        .trim_start_matches(['+', '-'])
        .starts_with(|first: char| first.is_ascii_digit());
    if begins && text.contains('_') && text.chars().all(|one| one.is_ascii_digit() || "+-._eE".contains(one)) {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(number).collect()
}

fn number_text(text: &str) -> Value {
    text.trim()
        .parse::<f64>()
        .map_or_else(|_| json!(text), |number| json!(number))
}

fn whole_text(text: &str) -> Value {
    text.trim()
        .parse::<i64>()
        .map_or_else(|_| json!(text), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_yaml_1_1_has_them() {
        assert_eq!(Above(0.0).parse(&json!("1_0")), Some(10.0));
        assert_eq!(Above(0.0).parse(&json!("1_000.5")), Some(1000.5));
        assert_eq!(Count::at_least(1).parse(&json!("1_0")), Some(10));
        for text in ["_1", "1_x", "a_1", "__"] {
            assert_eq!(Above(0.0).parse(&json!(text)), None, "{text}");
        }
    }

    #[test]
    fn reversed_and_endless_values_are_refused() {
        assert_eq!(Range.parse(&json!([100, -100])), None);
        assert_eq!(Range.parse(&json!([5, 5])), None);
        assert_eq!(Range.parse(&json!([-100, 100])), Some((-100.0, Some(100.0))));
        assert_eq!(Spacing.parse(&json!([2, 2, 21e-320])), None);
        assert_eq!(Spacing.parse(&json!([0, 2, 2])), Some(vec![0.0, 2.0, 2.0]));
        assert_eq!(Between(0.1, 360.0).parse(&json!(1e-300)), None);
    }
}
