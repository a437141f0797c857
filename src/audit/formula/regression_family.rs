//! The intercept against the family of the regression.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "regression-family",
    needs: "an intercept, standardised terms, and the training set's events",
    formula: "on centred columns a gaussian fit of 0/1 has the intercept π = events/cases; a logistic one lies near \
              logit(π) = ln(π / (1 - π))",
    source: "normal equations; logistic score equations",
    severity: Severity::Doubtful,
    words: "The intercept tells which regression was fitted.",
    run: family,
};

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
            "gaussian on 0/1: {}/{} = {}; logistic: near ln({}/{}) = {}",
            set.events,
            set.cases,
            share(prevalence, 4),
            set.events,
            set.others(),
            share(logit, 4)
        ),
    ];
    let nearer_logistic = (intercept.value - logit).abs() < (intercept.value - prevalence).abs();
    let stated = formula.family.as_deref().map(str::to_lowercase);
    vec![match stated.as_deref() {
        Some(stated) if stated.contains("gauss") || stated.contains("linear") => {
            if gaussian {
                Finding::new(CHECK.id, Severity::Passed, "intercept", "the intercept is that of a gaussian fit")
            } else {
                Finding::new(
                    CHECK.id,
                    Severity::Doubtful,
                    "intercept",
                    "the intercept is not that of a gaussian fit on standardised training columns",
                )
                .resolve("the family, and the rows on which the features were standardised")
            }
        }
        Some(_) if gaussian && !nearer_logistic => Finding::new(
            CHECK.id,
            Severity::Doubtful,
            "intercept",
            "the intercept is that of a gaussian fit on 0/1, not of a logistic one",
        )
        .resolve("the family"),
        Some(_) => Finding::new(
            CHECK.id,
            Severity::Passed,
            "intercept",
            "the intercept fits the stated family",
        ),
        None if nearer_logistic => Finding::new(
            CHECK.id,
            Severity::Note,
            "intercept",
            "the family is not stated; the intercept fits a binomial LASSO (which cross-validation may score by mean squared error), not a gaussian one",
        )
        .resolve("the family"),
        None => Finding::new(
            CHECK.id,
            Severity::Note,
            "intercept",
            "the family is not stated; the intercept is near that of a gaussian fit on 0/1",
        )
        .resolve("the family"),
    }
    .lines(lines)]
}
