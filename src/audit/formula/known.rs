//! The features that a printed name may mean, and the places that print the formula.

use crate::audit::PublishedModel;
use crate::audit::published::FormulaPlace;
use crate::features::{CLASSES, Convention, Offer};

/// A known feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub class: &'static str,
    pub name: &'static str,
}

/// The features that PyRadiomics computes by default.
pub(super) fn known() -> Vec<Known> {
    CLASSES
        .iter()
        .filter(|class| class.offered(Convention::PyRadiomics))
        .flat_map(|class| {
            class
                .features()
                .into_iter()
                .filter(|info| info.offer == Offer::Default)
                .map(|info| Known {
                    class: class.name(),
                    name: info.name,
                })
        })
        .collect()
}

/// Letters and digits only, in small letters, British or American.
pub(super) fn plain(name: &str) -> String {
    name.to_lowercase()
        .replace("grey", "gray")
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// The features that a printed name may mean: by itself, or with its class before it (`original_glcm_Contrast`).
pub(super) fn meanings(printed: &str, known: &[Known]) -> Vec<Known> {
    let wanted = plain(printed);
    let mut found: Vec<Known> = known
        .iter()
        .copied()
        .filter(|feature| plain(feature.name) == wanted)
        .collect();
    if found.is_empty() {
        found = known
            .iter()
            .copied()
            .filter(|feature| wanted.ends_with(&plain(&format!("{}{}", feature.class, feature.name))))
            .collect();
    }
    // A slice-wise shape is a feature of its own class under the same name; a volume's score means the volume's.
    if found.iter().any(|feature| feature.class == "shape") {
        found.retain(|feature| feature.class != "shape2D");
    }
    found
}

/// The known names most like a printed one, best first.
pub(super) fn nearest(printed: &str, known: &[Known]) -> Vec<String> {
    let wanted = plain(printed);
    let mut scored: Vec<(f64, String)> = known
        .iter()
        .map(|feature| {
            (
                strsim::normalized_damerau_levenshtein(&wanted, &plain(feature.name)),
                format!("{}_{}", feature.class, feature.name),
            )
        })
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

pub(super) fn places(model: &PublishedModel) -> &[FormulaPlace] {
    model.formula.as_ref().map_or(&[], |formula| formula.places.as_slice())
}
