//! Cross-validation folds: stratified by outcome and grouped by patient, or exactly cv.glmnet's.
//!
//! Own folds: the patients of each stratum (with any event, without) are shuffled and dealt to the folds in turn, the
//! second stratum going on where the first ended, so that folds differ by at most one patient and events are spread evenly.
//! R's folds: `set.seed(seed); sample(rep(1:k, length.out = patients))`, patients in order of first appearance; with one
//! row a patient these are cv.glmnet's own, not stratified.

use crate::stats::StatsError;
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};
use crate::stats::validation::split::strata;

/// How to make folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldSettings {
    /// How many folds
    pub count: usize,
    /// The seed
    pub seed: u64,
    /// Whose random numbers
    pub seed_kind: SeedKind,
    /// Which repeat of a repeated cross-validation, from 0. With R's generator the seed of repeat i is `seed + i`.
    pub repeat: usize,
}

impl Default for FoldSettings {
    fn default() -> Self {
        Self {
            count: 10,
            seed: 1,
            seed_kind: SeedKind::Own,
            repeat: 0,
        }
    }
}

/// The fold of each row, from 0 to `count - 1`.
///
/// `event`: outcomes to stratify by (`None`: a numeric outcome, nothing to stratify). `groups`: each row's patient as
/// [`crate::stats::validation::split::group_numbers`] gives it (`None`: every row by itself). Fewer patients than folds is an error.
///
/// # Errors
/// Where lengths differ, the number of folds is out of its range, or there are fewer patients than folds.
pub fn folds(
    rows: usize,
    event: Option<&[bool]>,
    groups: Option<&[usize]>,
    settings: &FoldSettings,
) -> Result<Vec<usize>, StatsError> {
    let own_groups: Vec<usize> = (0..rows).collect();
    let groups = groups.unwrap_or(&own_groups);
    let no_event = vec![false; rows];
    let event = event.unwrap_or(&no_event);
    if groups.len() != rows || event.len() != rows {
        return Err(StatsError::LengthMismatch {
            what: "Folds".into(),
            left: "outcomes".into(),
            right: "patients".into(),
            left_length: event.len(),
            right_length: groups.len(),
        });
    }
    if settings.count < 2 {
        return Err(StatsError::Setting {
            setting: "The number of folds".into(),
            value: settings.count.to_string(),
            allowed: "at least 2 (cross-validation of the LASSO needs 3)".into(),
        });
    }
    let patients = groups.iter().max().map_or(0, |largest| largest + 1);
    let [with_event, without] = strata(event, groups);
    let present = with_event.len() + without.len();
    if present < settings.count {
        return Err(StatsError::TooFew {
            what: format!("Cross-validation with {} folds", settings.count),
            unit: "patients".into(),
            needed: settings.count,
            found: present,
        });
    }
    let mut fold_of = vec![0; patients];
    match settings.seed_kind {
        SeedKind::R => {
            let mut generator = RRandom::set_seed(settings.seed as i64 + settings.repeat as i64);
            let mut order: Vec<usize> = Vec::with_capacity(present);
            let mut seen = vec![false; patients];
            for group in groups {
                if !seen[*group] {
                    seen[*group] = true;
                    order.push(*group);
                }
            }
            for (group, fold) in order.into_iter().zip(generator.glmnet_folds(present, settings.count)) {
                fold_of[group] = fold;
            }
        }
        SeedKind::Own => {
            let mut stream = RandomStream::repeated(settings.seed, Purpose::Folds, settings.repeat);
            let mut dealt = 0;
            for mut stratum in [with_event, without] {
                stream.shuffle(&mut stratum);
                for group in stratum {
                    fold_of[group] = dealt % settings.count;
                    dealt += 1;
                }
            }
        }
    }
    Ok(groups.iter().map(|group| fold_of[*group]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::validation::split::group_numbers;

    #[test]
    fn own_folds_spread_events_and_keep_patients_together() {
        let groups = group_numbers(&(0..90).map(|row| row / 3).collect::<Vec<_>>());
        let event: Vec<bool> = groups.iter().map(|group| group % 3 == 0).collect();
        let fold = folds(
            90,
            Some(&event),
            Some(&groups),
            &FoldSettings {
                count: 5,
                ..FoldSettings::default()
            },
        )
        .unwrap();
        for number in 0..5 {
            let rows: Vec<usize> = (0..90).filter(|row| fold[*row] == number).collect();
            assert_eq!(rows.len(), 18);
            assert_eq!(rows.iter().filter(|row| event[**row]).count(), 6);
        }
        assert!((0..90).all(|row| fold[row] == fold[row - row % 3]));
    }

    #[test]
    fn rs_folds_are_those_of_sample() {
        let settings = FoldSettings {
            seed: 123,
            seed_kind: SeedKind::R,
            ..FoldSettings::default()
        };
        assert_eq!(
            folds(80, None, None, &settings).unwrap(),
            RRandom::set_seed(123).glmnet_folds(80, 10)
        );
    }

    #[test]
    fn too_few_patients_are_counted() {
        let groups = [0, 0, 0, 1, 1, 1];
        let error = folds(
            6,
            None,
            Some(&groups),
            &FoldSettings {
                count: 3,
                ..FoldSettings::default()
            },
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "Cross-validation with 3 folds needs at least 3 patients, but there are 2"
        );
    }
}
