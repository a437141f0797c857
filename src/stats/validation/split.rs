//! Division of cases into training and test, stratified by outcome, all cases of a patient on one side.
//!
//! The unit is the patient, in order of first appearance; a row where there is no patient column. Patients with any event
//! form one stratum, those without the other. Halves are rounded to the even number.
//!
//! With our own generator the test part gets `round(test_fraction * rows)` of each stratum's rows, as nearly as whole
//! patients allow: the patients are shuffled, and each whose rows still fit is taken. With R's generator it gets
//! `round(test_fraction * patients)` patients, whatever their rows; this is, in R,
//! `set.seed(seed); for (p in list(with_event, without)) test <- c(test, sample(p, round(length(p) / 3)))`.

use std::collections::HashMap;
use std::hash::Hash;

use crate::stats::StatsError;
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};

/// How to divide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitSettings {
    /// The part of each stratum that becomes test; 1/3 gives 2:1
    pub test_fraction: f64,
    /// The seed
    pub seed: u64,
    /// Whose random numbers
    pub seed_kind: SeedKind,
}

impl Default for SplitSettings {
    fn default() -> Self {
        Self {
            test_fraction: 1.0 / 3.0,
            seed: 1,
            seed_kind: SeedKind::Own,
        }
    }
}

/// The number of each label in order of first appearance: the form in which functions here take patients.
///
/// `["b", "a", "b"]` gives `[0, 1, 0]`.
pub fn group_numbers<T: Eq + Hash>(labels: &[T]) -> Vec<usize> {
    let mut known: HashMap<&T, usize> = HashMap::new();
    labels
        .iter()
        .map(|label| {
            let next = known.len();
            *known.entry(label).or_insert(next)
        })
        .collect()
}

/// Which rows are test. `event` is each row's outcome, `groups` each row's patient as [`group_numbers`] gives it (`None`:
/// every row by itself). Both parts must get a patient of each outcome, otherwise an error says what is lacking.
///
/// # Errors
/// Where lengths differ, the part is no share, an outcome is missing, or one part would lack an outcome.
pub fn split(event: &[bool], groups: Option<&[usize]>, settings: &SplitSettings) -> Result<Vec<bool>, StatsError> {
    if !(settings.test_fraction > 0.0 && settings.test_fraction < 1.0) {
        return Err(StatsError::Setting {
            setting: "The test fraction".into(),
            value: settings.test_fraction.to_string(),
            allowed: "between 0 and 1".into(),
        });
    }
    let own_groups: Vec<usize> = (0..event.len()).collect();
    let groups = groups.unwrap_or(&own_groups);
    if groups.len() != event.len() {
        return Err(StatsError::LengthMismatch {
            what: "The split".into(),
            left: "outcomes".into(),
            right: "patients".into(),
            left_length: event.len(),
            right_length: groups.len(),
        });
    }
    let [with_event, without] = strata(event, groups);
    if event.iter().all(|&other| other) || !event.iter().any(|&other| other) {
        return Err(StatsError::OneClass {
            what: "A split stratified by outcome".into(),
            found: event.len(),
        });
    }
    let mut own = RandomStream::new(settings.seed, Purpose::Split);
    let mut r = RRandom::set_seed(settings.seed as i64);
    let mut test_groups = Vec::new();
    for (stratum, name) in [(with_event, "with the event"), (without, "without the event")] {
        // Where every patient has cases of both outcomes there is one stratum only.
        if stratum.is_empty() {
            continue;
        }
        let size = (stratum.len() as f64 * settings.test_fraction).round_ties_even() as usize;
        if size == 0 || size == stratum.len() {
            return Err(StatsError::Impossible(format!(
                "{} patients {name} cannot be divided so that training and test both get one; collect more, or give the split in a column",
                stratum.len()
            )));
        }
        match settings.seed_kind {
            SeedKind::R => test_groups.extend(r.sample(stratum.len(), size).into_iter().map(|at| stratum[at])),
            SeedKind::Own => {
                let mut order = stratum;
                own.shuffle(&mut order);
                test_groups.extend(fill(&order, groups, settings.test_fraction));
            }
        }
    }
    Ok(groups.iter().map(|group| test_groups.contains(group)).collect())
}

/// The groups, taken in the given order, whose rows together come to the fraction of all rows: each that still fits, and
/// at least the smallest one.
fn fill(order: &[usize], groups: &[usize], fraction: f64) -> Vec<usize> {
    let mut rows: HashMap<usize, usize> = order.iter().map(|&group| (group, 0)).collect();
    for group in groups {
        if let Some(count) = rows.get_mut(group) {
            *count += 1;
        }
    }
    let total: usize = rows.values().sum();
    let mut room = (total as f64 * fraction).round_ties_even() as usize;
    let mut taken = Vec::new();
    for &group in order {
        if rows[&group] <= room {
            room -= rows[&group];
            taken.push(group);
        }
    }
    if taken.is_empty() {
        taken.extend(order.iter().copied().min_by_key(|group| rows[group]));
    }
    taken
}

/// Groups with any event and groups without, each in order of first appearance.
pub(crate) fn strata(event: &[bool], groups: &[usize]) -> [Vec<usize>; 2] {
    let mut order: Vec<usize> = Vec::new();
    let mut any: HashMap<usize, bool> = HashMap::new();
    for (group, event) in groups.iter().zip(event) {
        any.entry(*group)
            .and_modify(|known| *known |= event)
            .or_insert_with(|| {
                order.push(*group);
                *event
            });
    }
    let (with, without) = order.into_iter().partition(|group| any[group]);
    [with, without]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_to_one_keeps_the_proportion_and_the_seed_decides() {
        let event: Vec<bool> = (0..120).map(|row| row % 2 == 0).collect();
        for seed_kind in [SeedKind::Own, SeedKind::R] {
            let settings = SplitSettings {
                seed_kind,
                seed: 5,
                ..SplitSettings::default()
            };
            let test = split(&event, None, &settings).unwrap();
            assert_eq!(test.iter().filter(|test| **test).count(), 40);
            assert_eq!(
                test.iter()
                    .zip(&event)
                    .filter(|(test, event)| **test && **event)
                    .count(),
                20
            );
            assert_eq!(test, split(&event, None, &settings).unwrap());
            assert_ne!(
                test,
                split(&event, None, &SplitSettings { seed: 6, ..settings }).unwrap()
            );
        }
    }

    #[test]
    fn patients_of_any_size_still_give_two_to_one_of_the_cases() {
        // 60 patients with one to four cases each, 150 in all; every third patient has the event.
        let groups: Vec<usize> = (0..60).flat_map(|patient| vec![patient; 1 + patient % 4]).collect();
        let event: Vec<bool> = groups.iter().map(|patient| patient % 3 == 0).collect();
        for seed in 0..20 {
            let settings = SplitSettings {
                seed,
                ..SplitSettings::default()
            };
            let test = split(&event, Some(&groups), &settings).unwrap();
            let of = |wanted: bool| (0..150).filter(|&row| test[row] && event[row] == wanted).count();
            assert!(of(true).abs_diff(17) <= 1 && of(false).abs_diff(33) <= 1, "seed {seed}");
        }
    }

    #[test]
    fn patients_who_all_have_both_outcomes_are_one_stratum() {
        let groups: Vec<usize> = (0..40).map(|row| row / 2).collect();
        let event: Vec<bool> = (0..40).map(|row| row % 2 == 0).collect();
        for seed_kind in [SeedKind::Own, SeedKind::R] {
            let settings = SplitSettings {
                seed_kind,
                ..SplitSettings::default()
            };
            let test = split(&event, Some(&groups), &settings).unwrap();
            let tested = test.iter().filter(|&&test| test).count();
            assert!((12..=14).contains(&tested), "{tested}");
            assert!((0..40).all(|row| test[row] == test[row ^ 1]));
        }
    }

    #[test]
    fn one_class_and_too_few_are_refused_in_words() {
        let settings = SplitSettings::default();
        assert!(
            split(&[true; 9], None, &settings)
                .unwrap_err()
                .to_string()
                .contains("same one")
        );
        let words = split(&[true, false, false, false], None, &settings)
            .unwrap_err()
            .to_string();
        assert!(words.starts_with("1 patients with the event"), "{words}");
    }

    proptest! {
        #[test]
        fn a_patient_is_never_on_both_sides(
            rows in proptest::collection::vec((0_usize..30, any::<bool>()), 60..120), seed in any::<u32>(), r in any::<bool>()
        ) {
            let groups = group_numbers(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
            let event: Vec<bool> = rows.iter().map(|row| row.1).collect();
            let settings = SplitSettings {
                seed: u64::from(seed), seed_kind: if r { SeedKind::R } else { SeedKind::Own }, ..SplitSettings::default()
            };
            if let Ok(test) = split(&event, Some(&groups), &settings) {
                for (a, group) in groups.iter().enumerate() {
                    let first = groups.iter().position(|other| other == group).unwrap();
                    prop_assert_eq!(test[a], test[first]);
                }
            }
        }
    }
}
