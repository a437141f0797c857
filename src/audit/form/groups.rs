//! The parts of a model file in the order in which a paper prints them.

use crate::message::Id;
use crate::message::english::audit_form as words;

/// A part of the form.
pub struct Group {
    /// What it is called
    pub name: Id,
    /// The keys of the file that it holds
    pub keys: &'static [&'static str],
}

const fn group(name: Id, keys: &'static [&'static str]) -> Group {
    Group { name, keys }
}

/// All parts.
pub static GROUPS: &[Group] = &[
    group(words::PAPER, &["model", "kind", "source"]),
    group(words::PATIENTS, &["sample"]),
    group(words::CHARACTERISTICS, &["baseline"]),
    group(words::STATEMENTS, &["statements"]),
    group(words::READERS, &["agreement"]),
    group(
        words::SELECTION,
        &["candidates", "chosen", "clinical", "events_per_variable"],
    ),
    group(words::SCORE, &["formula"]),
    group(words::PREDICTORS, &["predictors"]),
    group(words::PERFORMANCE, &["confidence", "performance"]),
    group(words::COMPARISONS, &["comparisons"]),
    group(words::NET_BENEFIT, &["net_benefit"]),
    group(words::REPORTED, &["reported"]),
];

#[cfg(test)]
mod tests {
    use super::GROUPS;
    use crate::audit::published::keys::{Object, names};

    #[test]
    fn every_key_belongs_to_one_part() {
        let mut held: Vec<&str> = GROUPS.iter().flat_map(|group| group.keys).copied().collect();
        let mut known = names(Object::Top);
        held.sort_unstable();
        known.sort_unstable();
        assert_eq!(held, known);
    }
}
