//! L19: whether a predictor is the outcome in other words. The outcome's own column is refused as a predictor where a study is
//! opened; a recoded copy, or what was written down because of the outcome, is not known by its name.

use std::collections::{BTreeMap, BTreeSet};

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::english::guard as words;
use crate::study::engine::Study;
use crate::study::table::is_missing;

/// Fewer cases, or fewer of either outcome, may agree by chance.
const CASES: usize = 20;
const OF_EACH: usize = 5;
/// A copy has few values.
const VALUES: usize = 4;

/// L19
pub(super) const COPIED_OUTCOME: Rule = Rule {
    id: "L19",
    name: words::NOT_THE_OUTCOME,
    words: words::NOT_THE_OUTCOME_WHY,
    source: "Kapoor & Narayanan 2023",
    judge: copied_outcome,
    #[cfg(test)]
    proofs: super::proofs::copied_outcome,
};

/// How a predictor tells the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// Each of few values stands with one outcome
    InWords,
    /// All its numbers of one outcome lie above all of the other
    Parts,
}

fn copied_outcome(study: &Study) -> Vec<Found> {
    let cohort = study.cohort();
    let outcome: BTreeMap<&str, bool> = (cohort.cases.iter())
        .filter(|case| case.include)
        .filter_map(|case| Some((case.id.as_str(), case.outcome?)))
        .collect();
    let mut found: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    let mut note = |name: &str, tells: Option<Tells>| {
        if let Some(tells) = tells {
            found.entry(tells == Tells::InWords).or_default().push(name.to_owned());
        }
    };
    let columns = cohort.columns();
    for name in &study.config().clinical_columns {
        if columns.contains(&name.as_str()) {
            let cells = (cohort.cases.iter().enumerate()).filter_map(|(at, case)| {
                let cell = cohort.cell(at, name);
                Some((cell, *outcome.get(case.id.as_str())?)).filter(|(cell, _)| !is_missing(cell))
            });
            note(name, of_cells(&cells.collect::<Vec<_>>()));
        }
    }
    // Numbers of a table may be a copy; those of images are made here, and may part few cases by chance.
    let of_table = study.config().features.is_some();
    if let Ok(table) = study.features() {
        for (column, name) in table.names.iter().enumerate() {
            let values = table.ids.iter().enumerate().filter_map(|(row, id)| {
                let value = table.values[[row, column]];
                Some((value, *outcome.get(id.as_str())?)).filter(|(value, _)| value.is_finite())
            });
            let tells = of_numbers(&values.collect::<Vec<_>>());
            note(name, tells.map(|tells| if of_table { tells } else { Tells::Parts }));
        }
    }
    let said = |(in_words, names): (bool, Vec<String>)| {
        if in_words {
            Found::error(words::is_the_outcome(some(&names)), words::LEAVE_IT_OUT)
        } else {
            Found::warning(words::parts_the_outcomes(some(&names)), words::KNOWN_BEFORE)
        }
    };
    found.into_iter().map(said).collect()
}

fn enough(outcomes: impl Iterator<Item = bool>) -> bool {
    let (with, without): (Vec<bool>, Vec<bool>) = outcomes.partition(|event| *event);
    with.len() + without.len() >= CASES && with.len().min(without.len()) >= OF_EACH
}

/// Of cells as they are written.
fn of_cells(cells: &[(&str, bool)]) -> Option<Tells> {
    let numbers: Option<Vec<(f64, bool)>> = (cells.iter())
        .map(|(cell, event)| Some((crate::study::table::number(cell)?, *event)))
        .collect();
    if let Some(numbers) = numbers {
        return of_numbers(&numbers);
    }
    let values: BTreeSet<&str> = cells.iter().map(|(cell, _)| *cell).collect();
    let pairs: BTreeSet<&(&str, bool)> = cells.iter().collect();
    let is_copy = values.len() <= VALUES && pairs.len() == values.len();
    (is_copy && enough(cells.iter().map(|cell| cell.1))).then_some(Tells::InWords)
}

fn of_numbers(values: &[(f64, bool)]) -> Option<Tells> {
    if !enough(values.iter().map(|value| value.1)) {
        return None;
    }
    let few: BTreeSet<u64> = values.iter().map(|(value, _)| (value + 0.0).to_bits()).collect();
    let pairs: BTreeSet<(u64, bool)> = (values.iter())
        .map(|(value, event)| ((value + 0.0).to_bits(), *event))
        .collect();
    if few.len() <= VALUES {
        return (pairs.len() == few.len()).then_some(Tells::InWords);
    }
    let limits = |wanted: bool| {
        let of = values
            .iter()
            .filter(|(_, event)| *event == wanted)
            .map(|(value, _)| *value);
        of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let ((low, high), (other_low, other_high)) = (limits(true), limits(false));
    (low > other_high || other_low > high).then_some(Tells::Parts)
}
