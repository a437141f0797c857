//! The score itself: are its features known, do the places that print it agree, can anybody compute it?

use crate::features::{CLASSES, Convention, Offer};

use super::published::{Formula, FormulaPlace};
use super::{Check, Finding, PublishedModel, Severity};

/// The family's checks.
pub static CHECKS: &[Check] = &[
    Check {
        id: "feature-names",
        needs: "the formula's terms",
        formula: "each name is one of PyRadiomics' features, in one class",
        source: "PyRadiomics 3.1.0; IBSI reference document",
        severity: Severity::Doubtful,
        words: "A feature that no program computes, or that two classes compute under one name, cannot be looked up.",
        run: names,
    },
    Check {
        id: "formula-conflict",
        needs: "the formula in two places",
        formula: "one model: one set of names, one sign and one size for each coefficient",
        source: "definition",
        severity: Severity::Impossible,
        words: "Where two places print the formula differently, at least one of them is wrong, and a reader cannot know which.",
        run: conflicts,
    },
    Check {
        id: "formula-scale",
        needs: "the formula's terms and what they apply to",
        formula: "score = b₀ + Σ b · (x - mean) / SD: intercept, means and SDs are part of the model",
        source: "TRIPOD+AI 2024, item 22 (full model)",
        severity: Severity::Missing,
        words: "Coefficients of standardised features are useless without the means and standard deviations they were \
                standardised with.",
        run: scale,
    },
    Check {
        id: "feature-dependence",
        needs: "the formula's terms",
        formula: "RootMeanSquared, Energy and TotalEnergy are computed after adding voxelArrayShift; sums over voxels grow with \
                  the volume",
        source: "PyRadiomics documentation of voxelArrayShift; Welch et al. 2019",
        severity: Severity::Doubtful,
        words: "Some features change when a constant is added to the image or when the region grows. Then the score depends on \
                a hidden setting, or on how large the patient is.",
        run: dependence,
    },
    Check {
        id: "regression-family",
        needs: "an intercept, standardised terms, and the training set's events",
        formula: "on centred columns a gaussian fit of 0/1 has the intercept π = events/cases; a logistic one lies near \
                  logit(π) = ln(π / (1 - π))",
        source: "normal equations; logistic score equations",
        severity: Severity::Doubtful,
        words: "The intercept tells which regression was fitted.",
        run: family,
    },
    Check {
        id: "number-of-terms",
        needs: "the formula's terms and the number of chosen features",
        formula: "terms = chosen features",
        source: "definition",
        severity: Severity::Impossible,
        words: "A formula of seven features has seven terms.",
        run: number,
    },
];

/// A known feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    class: &'static str,
    name: &'static str,
}

/// The features that PyRadiomics computes by default.
fn known() -> Vec<Known> {
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
fn plain(name: &str) -> String {
    name.to_lowercase()
        .replace("grey", "gray")
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// The features that a printed name may mean: by itself, or with its class before it (`original_glcm_Contrast`).
fn meanings(printed: &str, known: &[Known]) -> Vec<Known> {
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
fn nearest(printed: &str, known: &[Known]) -> Vec<String> {
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

fn places(model: &PublishedModel) -> &[FormulaPlace] {
    model.formula.as_ref().map_or(&[], |formula| formula.places.as_slice())
}

fn names(model: &PublishedModel) -> Vec<Finding> {
    let known = known();
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut clear = Vec::new();
    for place in places(model) {
        for (name, _) in &place.terms {
            if seen.contains(&name.as_str()) {
                continue;
            }
            seen.push(name);
            match meanings(name, &known).as_slice() {
                [] => findings.push(
                    Finding::new(
                        "feature-names",
                        Severity::Doubtful,
                        format!("{name} ({})", place.name),
                        "no feature of this name is known",
                    )
                    .line(format!("nearest: {}", nearest(name, &known).join(", ")))
                    .resolve("the feature's full name with its class, as the program wrote it"),
                ),
                [one] => clear.push(format!("{name} = {}_{}", one.class, one.name)),
                many => findings.push(
                    Finding::new(
                        "feature-names",
                        Severity::Doubtful,
                        format!("{name} ({})", place.name),
                        "several classes have a feature of this name",
                    )
                    .line(
                        many.iter()
                            .map(|feature| format!("{}_{}", feature.class, feature.name))
                            .collect::<Vec<_>>()
                            .join(", "),
                    )
                    .resolve("the feature's class"),
                ),
            }
        }
    }
    if !clear.is_empty() {
        findings.push(
            Finding::new(
                "feature-names",
                Severity::Passed,
                "formula",
                format!("{} names are features of one class each", clear.len()),
            )
            .lines(clear),
        );
    }
    findings
}

fn conflicts(model: &PublishedModel) -> Vec<Finding> {
    let places = places(model);
    let Some((first, others)) = places.split_first() else {
        return Vec::new();
    };
    let known = known();
    let full_name = |name: &str| match meanings(name, &known).as_slice() {
        [one] => format!("{name} ({}_{})", one.class, one.name),
        _ => name.to_owned(),
    };
    let mut findings = Vec::new();
    for other in others {
        let before = findings.len();
        let between = format!("{} and {}", first.name, other.name);
        if let (Some(a), Some(b)) = (&first.intercept, &other.intercept)
            && !a.meets(b.low(), b.high())
        {
            findings.push(
                Finding::new(
                    "formula-conflict",
                    Severity::Impossible,
                    format!("intercept: {between}"),
                    "the intercept differs between the two places",
                )
                .line(format!("{} against {}", a.text, b.text))
                .resolve("the model's own output"),
            );
        }
        let same = |left: &str, right: &str| plain(left) == plain(right);
        let mut alone: Vec<_> = other
            .terms
            .iter()
            .filter(|(name, _)| !first.terms.iter().any(|(own, _)| same(own, name)))
            .collect();
        for (name, coefficient) in &first.terms {
            let Some((_, twin)) = other.terms.iter().find(|(twin, _)| same(twin, name)) else {
                // Not there under this name: perhaps under another, with the same coefficient.
                let by_value = alone.iter().position(|(_, value)| {
                    coefficient.meets(value.low(), value.high()) || {
                        let (low, high) = (-value.high(), -value.low());
                        coefficient.meets(low, high)
                    }
                });
                if let Some(position) = by_value {
                    let (twin_name, twin) = alone.remove(position);
                    findings.push(
                        Finding::new(
                            "formula-conflict",
                            Severity::Impossible,
                            format!("{name}: {between}"),
                            "one coefficient, two features",
                        )
                        .line(format!("{}: {} {}", first.name, full_name(name), coefficient.text))
                        .line(format!("{}: {} {}", other.name, full_name(twin_name), twin.text))
                        .resolve("which of the two features the model uses"),
                    );
                } else {
                    findings.push(
                        Finding::new(
                            "formula-conflict",
                            Severity::Impossible,
                            format!("{name}: {between}"),
                            format!("the term is in {} only", first.name),
                        )
                        .line(format!("{} {}", full_name(name), coefficient.text))
                        .resolve("the model's own output"),
                    );
                }
                continue;
            };
            if coefficient.meets(twin.low(), twin.high()) {
                continue;
            }
            let opposite = coefficient.meets(-twin.high(), -twin.low());
            findings.push(
                Finding::new(
                    "formula-conflict",
                    Severity::Impossible,
                    format!("{name}: {between}"),
                    if opposite {
                        "the coefficient has opposite signs in the two places"
                    } else {
                        "the coefficient differs between the two places"
                    },
                )
                .line(format!("{}: {}", first.name, coefficient.text))
                .line(format!("{}: {}", other.name, twin.text))
                .resolve("the model's own output"),
            );
        }
        for (name, coefficient) in alone {
            findings.push(
                Finding::new(
                    "formula-conflict",
                    Severity::Impossible,
                    format!("{name}: {between}"),
                    format!("the term is in {} only", other.name),
                )
                .line(format!("{} {}", full_name(name), coefficient.text))
                .resolve("the model's own output"),
            );
        }
        if findings.len() == before {
            findings.push(Finding::new(
                "formula-conflict",
                Severity::Passed,
                between,
                "the two places print one formula",
            ));
        }
    }
    findings
}

fn scale(model: &PublishedModel) -> Vec<Finding> {
    let Some(formula) = &model.formula else {
        return Vec::new();
    };
    if formula.places.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if formula.places.iter().all(|place| place.intercept.is_none()) {
        findings.push(
            Finding::new(
                "formula-scale",
                Severity::Missing,
                "intercept",
                "the formula has no intercept",
            )
            .line("the score ranks cases, but no risk can be computed from it")
            .resolve("the intercept"),
        );
    }
    match formula.standardised {
        Some(true) => findings.push(standardised(formula)),
        Some(false) => findings.push(Finding::new(
            "formula-scale",
            Severity::Passed,
            "formula",
            "the coefficients apply to the features as computed",
        )),
        None => findings.push(
            Finding::new(
                "formula-scale",
                Severity::Missing,
                "formula",
                "it is not stated whether the coefficients apply to standardised features",
            )
            .line("raw features differ by many orders of magnitude; so would their coefficients")
            .resolve("what the coefficients multiply"),
        ),
    }
    findings
}

fn standardised(formula: &Formula) -> Finding {
    let terms = formula.places.first().map_or(&[][..], |place| place.terms.as_slice());
    let missing: Vec<&str> = terms
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !formula.scaler.iter().any(|(feature, _)| plain(feature) == plain(name)))
        .collect();
    if missing.is_empty() {
        return Finding::new(
            "formula-scale",
            Severity::Passed,
            "formula",
            "every standardised feature has its mean and standard deviation",
        );
    }
    let says = if missing.len() == terms.len() {
        "the coefficients apply to standardised features, but no means and standard deviations are printed: nobody else can compute the score"
    } else {
        "some standardised features have no mean and standard deviation"
    };
    Finding::new("formula-scale", Severity::Missing, "formula", says)
        .line(format!("without mean and SD: {}", missing.join(", ")))
        .resolve("mean and standard deviation of each feature in the training set")
}

/// Features that change when a constant is added to the image.
const OF_THE_SHIFT: &[&str] = &["Energy", "TotalEnergy", "RootMeanSquared"];

/// Features that are sums over voxels, or nearly so.
const OF_THE_VOLUME: &[&str] = &[
    "MeshVolume",
    "VoxelVolume",
    "SurfaceArea",
    "Maximum3DDiameter",
    "Energy",
    "TotalEnergy",
    "RunLengthNonUniformity",
    "SizeZoneNonUniformity",
    "DependenceNonUniformity",
    "GrayLevelNonUniformity",
    "Coarseness",
    "Busyness",
];

fn dependence(model: &PublishedModel) -> Vec<Finding> {
    let known = known();
    let mut findings = Vec::new();
    let mut of_volume = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in places(model).iter().flat_map(|place| &place.terms) {
        for feature in meanings(name, &known) {
            let full = format!("{}_{}", feature.class, feature.name);
            if seen.contains(&full) {
                continue;
            }
            if OF_THE_SHIFT.contains(&feature.name) {
                findings.push(
                    Finding::new(
                        "feature-dependence",
                        Severity::Doubtful,
                        name.clone(),
                        "the feature depends on the constant that is added to the intensities (voxelArrayShift)",
                    )
                    .line(if feature.name == "RootMeanSquared" {
                        "√(Σ (x + shift)² / N): 0 in PyRadiomics by default, 1000 in some recipes for CT"
                    } else {
                        "Σ (x + shift)²: 0 in PyRadiomics by default, 1000 in some recipes for CT"
                    })
                    .resolve("the shift that was used"),
                );
            }
            if OF_THE_VOLUME.contains(&feature.name) {
                of_volume.push(full.clone());
            }
            seen.push(full);
        }
    }
    if !of_volume.is_empty() {
        findings.push(
            Finding::new(
                "feature-dependence",
                Severity::Note,
                "formula",
                format!("{} of the features follow the size of the region", of_volume.len()),
            )
            .line(of_volume.join(", "))
            .resolve("the AUC of the volume alone, beside the model's"),
        );
    }
    findings
}

fn family(model: &PublishedModel) -> Vec<Finding> {
    let (Some(formula), Some(set)) = (&model.formula, model.training()) else {
        return Vec::new();
    };
    let Some((place, intercept)) = formula
        .places
        .iter()
        .find_map(|place| place.intercept.as_ref().map(|intercept| (place, intercept)))
    else {
        return Vec::new();
    };
    if formula.standardised != Some(true) || set.events == 0 || set.others() == 0 {
        return Vec::new();
    }
    let prevalence = set.events as f64 / set.cases as f64;
    let logit = (prevalence / (1.0 - prevalence)).ln();
    let gaussian = intercept.allows(prevalence);
    let lines = [
        format!("intercept {} ({})", intercept.text, place.name),
        format!(
            "gaussian on 0/1: {}/{} = {prevalence:.4}; logistic: near ln({}/{}) = {logit:.4}",
            set.events,
            set.cases,
            set.events,
            set.others()
        ),
    ];
    let nearer_logistic = (intercept.value - logit).abs() < (intercept.value - prevalence).abs();
    let stated = formula.family.as_deref().map(str::to_lowercase);
    vec![match stated.as_deref() {
        Some(stated) if stated.contains("gauss") || stated.contains("linear") => {
            if gaussian {
                Finding::new("regression-family", Severity::Passed, "intercept", "the intercept is that of a gaussian fit")
            } else {
                Finding::new(
                    "regression-family",
                    Severity::Doubtful,
                    "intercept",
                    "the intercept is not that of a gaussian fit on standardised training columns",
                )
                .resolve("the family, and the rows on which the features were standardised")
            }
        }
        Some(_) if gaussian && !nearer_logistic => Finding::new(
            "regression-family",
            Severity::Doubtful,
            "intercept",
            "the intercept is that of a gaussian fit on 0/1, not of a logistic one",
        )
        .resolve("the family"),
        Some(_) => Finding::new(
            "regression-family",
            Severity::Passed,
            "intercept",
            "the intercept fits the stated family",
        ),
        None if nearer_logistic => Finding::new(
            "regression-family",
            Severity::Note,
            "intercept",
            "the family is not stated; the intercept fits a binomial LASSO (which cross-validation may score by mean squared error), not a gaussian one",
        )
        .resolve("the family"),
        None => Finding::new(
            "regression-family",
            Severity::Note,
            "intercept",
            "the family is not stated; the intercept is near that of a gaussian fit on 0/1",
        )
        .resolve("the family"),
    }
    .lines(lines)]
}

fn number(model: &PublishedModel) -> Vec<Finding> {
    let Some(chosen) = model.chosen else { return Vec::new() };
    places(model)
        .iter()
        .filter(|place| !place.terms.is_empty())
        .map(|place| {
            let line = format!("{} terms, {chosen} features stated", place.terms.len());
            if place.terms.len() == chosen {
                Finding::new(
                    "number-of-terms",
                    Severity::Passed,
                    place.name.clone(),
                    "as many terms as features",
                )
                .line(line)
            } else {
                Finding::new(
                    "number-of-terms",
                    Severity::Impossible,
                    place.name.clone(),
                    "the number of terms is not the number of chosen features",
                )
                .line(line)
                .resolve("the model's own output")
            }
        })
        .collect()
}
