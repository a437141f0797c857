//! The intercept against the family of the regression.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "regression-family",
    needs: words::NEEDS_FAMILY,
    formula: "on centred columns a gaussian fit of 0/1 has the intercept π = events/cases; a logistic one lies near \
              logit(π) = ln(π / (1 - π))",
    source: "normal equations; logistic score equations",
    severity: Severity::Doubtful,
    words: words::INTERCEPT_TELLS,
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
        words::intercept_of(&intercept.text, &place.name),
        words::gaussian_logistic(
            set.events,
            set.cases,
            share(prevalence, 4),
            set.events,
            set.others(),
            share(logit, 4),
        ),
    ];
    let nearer_logistic = (intercept.value - logit).abs() < (intercept.value - prevalence).abs();
    let stated = formula.family.as_deref().map(str::to_lowercase);
    vec![
        match stated.as_deref() {
            Some(stated) if stated.contains("gauss") || stated.contains("linear") => {
                if gaussian {
                    Finding::new(CHECK.id, Severity::Passed, words::INTERCEPT, words::GAUSSIAN)
                } else {
                    Finding::new(CHECK.id, Severity::Doubtful, words::INTERCEPT, words::NOT_GAUSSIAN)
                        .resolve(words::FAMILY_AND_ROWS)
                }
            }
            Some(_) if gaussian && !nearer_logistic => Finding::new(
                CHECK.id,
                Severity::Doubtful,
                words::INTERCEPT,
                words::GAUSSIAN_NOT_LOGISTIC,
            )
            .resolve(words::THE_FAMILY),
            Some(_) => Finding::new(CHECK.id, Severity::Passed, words::INTERCEPT, words::FITS_FAMILY),
            None if nearer_logistic => Finding::new(CHECK.id, Severity::Note, words::INTERCEPT, words::BINOMIAL_LASSO)
                .resolve(words::THE_FAMILY),
            None => Finding::new(CHECK.id, Severity::Note, words::INTERCEPT, words::NEAR_GAUSSIAN)
                .resolve(words::THE_FAMILY),
        }
        .lines(lines),
    ]
}
