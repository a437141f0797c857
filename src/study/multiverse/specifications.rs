//! The specifications of a multiverse: the combinations of its levels, each once, or a seeded draw of them.

use std::collections::{BTreeMap, HashSet};

use super::choices::{Choices, Touches};
use crate::stats::base::random::{Purpose, RandomStream};
use crate::study::Study;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::learner;
use crate::study::stages::agreement::Agreement;
use crate::study::stages::candidates;
use crate::study::stages::harmonise::Harmonise;
use crate::study::stages::perturb::Perturb;
use crate::study::stages::split::Split;

/// So many combinations are taken without a draw.
const MOST: usize = 20_000;

/// So often as many draws as are wanted are made before those that were found have to do.
const DRAWS: usize = 50;

/// A combination of levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specification {
    /// The level of each choice; `None` where the choice does not act, as `select.lambda` under another learner
    pub levels: Vec<Option<usize>>,
    /// Whether it is the study as it is
    pub own: bool,
}

impl Specification {
    /// The levels, with the study's own where a choice does not act.
    pub fn filled(&self, choices: &Choices) -> Vec<usize> {
        let own = choices.choices.iter().map(|choice| choice.own);
        self.levels
            .iter()
            .zip(own)
            .map(|(level, own)| level.unwrap_or(own))
            .collect()
    }
}

/// The specifications of some choices, in the order of their levels. Combinations that differ only in choices which do not act are
/// one.
///
/// # Errors
/// Where there are too many and no draw is asked for, or a choice acts in none.
pub fn specifications(study: &Study, choices: &Choices) -> Result<Vec<Specification>, StudyError> {
    let combinations = choices.combinations();
    let wanted = match (choices.sample, combinations) {
        (Some(sample), Some(all)) if sample < all => sample,
        (Some(sample), None) => sample,
        (_, Some(all)) if all <= MOST => all,
        _ => {
            return Err(StudyError::Stage(format!(
                "the choices have {} combinations, more than {MOST}; draw some of them, with multiverse.sample and multiverse.seed",
                combinations.map_or_else(|| "countless".to_owned(), |all| all.to_string())
            )));
        }
    };
    let own = acting(study, choices, &choices.own());
    let mut found = HashSet::from([own.clone()]);
    if Some(wanted) == combinations {
        for number in 0..wanted {
            found.insert(acting(study, choices, &levels_of(choices, number)));
        }
    } else {
        let mut stream = RandomStream::new(choices.seed, Purpose::Other(17));
        for _ in 0..wanted.saturating_mul(DRAWS) {
            if found.len() >= wanted {
                break;
            }
            let drawn: Vec<usize> = (choices.choices.iter())
                .map(|choice| stream.below(choice.levels.len()))
                .collect();
            found.insert(acting(study, choices, &drawn));
        }
    }
    let mut specifications: Vec<Specification> = found
        .into_iter()
        .map(|levels| Specification {
            own: levels == own,
            levels,
        })
        .collect();
    specifications.sort_by(|left, right| left.levels.cmp(&right.levels));
    if let Some(idle) = (0..choices.choices.len()).find(|&at| specifications.iter().all(|one| one.levels[at].is_none()))
    {
        let name = &choices.choices[idle].name;
        return Err(study.config().document.fault(
            &["multiverse", "choices", name],
            "this choice changes nothing under any of the others; leave it out",
        ));
    }
    Ok(specifications)
}

/// The levels of a combination by its number, the last choice the fastest.
fn levels_of(choices: &Choices, mut number: usize) -> Vec<usize> {
    let mut levels = vec![0; choices.choices.len()];
    for (level, choice) in levels.iter_mut().zip(&choices.choices).rev() {
        *level = number % choice.levels.len();
        number /= choice.levels.len();
    }
    levels
}

/// The levels of the choices that act beside each other. Settings that do not go together are left as they are: the specification
/// will say why it failed.
fn acting(study: &Study, choices: &Choices, levels: &[usize]) -> Vec<Option<usize>> {
    let settings = choices.settings(levels, &[Touches::Split, Touches::Procedure]);
    let idle = study
        .under(&settings)
        .map(|study| idle(study.sources().input()))
        .unwrap_or_default();
    let pairs = choices.choices.iter().zip(levels);
    pairs
        .map(|(choice, &level)| (!idle.contains(&choice.name.as_str())).then_some(level))
        .collect()
}

/// The keys that have no effect on the Rad-score of a study.
pub fn idle(input: &StudyInput) -> Vec<&'static str> {
    let mut idle: Vec<&str> = candidates::idle(input)
        .chain(Harmonise::idle(input))
        .chain(learner::idle(input.config()))
        .chain(Split::idle(input))
        .collect();
    let second_masks =
        |case: &crate::study::input::cohort::Case| case.mask_reader2.is_some() || case.mask_repeat.is_some();
    let read_again = input.cohort().cases.iter().any(second_masks) || Perturb::applies(input);
    if input.config().features.is_some() || !read_again {
        idle.extend(Agreement::keys().iter().map(|row| row.name));
    }
    idle
}

/// What specifications share: the distinct settings of some of the choices, each with its place among them.
pub fn distinct(
    specifications: &[Specification],
    choices: &Choices,
    touching: Touches,
) -> BTreeMap<Vec<usize>, Vec<usize>> {
    let mut found: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (number, specification) in specifications.iter().enumerate() {
        found
            .entry(part(&specification.filled(choices), choices, touching))
            .or_default()
            .push(number);
    }
    found
}

/// The levels of the choices that touch something; of the others the study's own.
pub fn part(levels: &[usize], choices: &Choices, touching: Touches) -> Vec<usize> {
    (choices.choices.iter().zip(levels))
        .map(|(choice, &level)| if choice.touches == touching { level } else { choice.own })
        .collect()
}
