//! What a model's file keeps of the rows that it was made from, without saying whose they are: risks and outcomes for a
//! comparison with other patients, the range of each predictor, and a digest of each row, by which a copy is recognised.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::stats::base::descriptive::{mean, standard_deviation};

/// The rows that a model was made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Development {
    /// Whether each row had the event
    pub events: Vec<bool>,
    /// Each row's risk by the model
    pub risks: Vec<f64>,
    /// What was predicted from, in the order in which the model needs it
    pub predictors: Vec<TrainingRange>,
    /// A digest of what the model reads of each row; an empty one where that is too little to know a row by
    pub rows: Vec<String>,
}

/// A predictor in the rows that a model was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingRange {
    /// Its name
    pub name: String,
    /// Its mean
    pub mean: f64,
    /// Its standard deviation (n - 1)
    pub sd: f64,
    /// Its least value
    pub lower: f64,
    /// Its greatest value
    pub upper: f64,
}

impl Development {
    /// What is kept of rows with these outcomes, risks and predictors, column by column.
    pub fn new(events: Vec<bool>, risks: Vec<f64>, names: &[String], columns: &[Vec<f64>]) -> Self {
        let rows = (0..events.len())
            .map(|row| row_digest(columns.iter().map(|column| column[row])).unwrap_or_default())
            .collect();
        Self {
            events,
            risks,
            predictors: names
                .iter()
                .zip(columns)
                .map(|(name, values)| TrainingRange {
                    name: name.clone(),
                    mean: mean(values),
                    sd: standard_deviation(values),
                    lower: values.iter().copied().fold(f64::NAN, f64::min),
                    upper: values.iter().copied().fold(f64::NAN, f64::max),
                })
                .collect(),
            rows,
        }
    }

    /// Whether a row with these predictors is among them.
    pub fn has_row(&self, values: impl Iterator<Item = f64>) -> bool {
        row_digest(values).is_some_and(|digest| self.rows.contains(&digest))
    }
}

/// The digest of a row's values, each in six digits, so that a table that was rounded on its way is known again. `None` where
/// patients may well have the same: fewer than eight digits that are not those of whole numbers, as of ages and of yes and no.
/// A single feature is thus not enough: of a hundred patients here and there, one pair in ten cohorts has its six digits by chance.
fn row_digest(values: impl Iterator<Item = f64>) -> Option<String> {
    const TELLING: usize = 8;
    let mut telling = 0;
    let mut hash = Sha256::new();
    for value in values {
        let digits = format!("{value:.5e}");
        if value.fract() != 0.0 {
            let (mantissa, _) = digits.split_once('e')?;
            telling += mantissa
                .trim_end_matches('0')
                .bytes()
                .filter(u8::is_ascii_digit)
                .count();
        }
        hash.update(digits);
        hash.update([0]);
    }
    let hash = hash.finalize();
    let first = hash
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    (telling >= TELLING).then(|| format!("{first:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_known_again_and_tells_nobody_who_it_is() {
        let names = ["a", "b", "age"].map(str::to_owned);
        let columns = [vec![0.123_456_78, 17.25], vec![8.812_34, 0.5], vec![53.0, 61.0]];
        let kept = Development::new(vec![true, false], vec![0.4, 0.2], &names, &columns);
        assert!(
            kept.has_row([0.123_456_81, 8.812_34, 53.0].into_iter()),
            "rounded on its way"
        );
        assert!(!kept.has_row([0.123_466, 8.812_34, 53.0].into_iter()));
        // 17.25, a half and an age: many a patient may have them.
        assert!(!kept.has_row([17.25, 0.5, 61.0].into_iter()));
        let range = &kept.predictors[2];
        assert_eq!((range.lower, range.upper, range.mean), (53.0, 61.0, 57.0));
    }
}
