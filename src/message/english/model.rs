//! The screen of the model.

catalogue! { "model";
    TITLE: "model";
    SHORT: "model";
    GO: "go to the model";
    MEANING: "The Rad-score as a sum of features, and the models. An odds ratio above 1 raises the risk; from intercept and coefficients a risk can be computed again.";
    FORMULA: "formula";
    COEFFICIENTS: "coefficients";
    ONE_CASE: "one case";
    scores_of(set): "Rad-scores, {set}";
    TABLE_1: "table 1";
    NOTHING_KEPT: "The selection kept no feature: the features say less about the outcome than chance allows for here. Try lambda min instead of 1se, another measure, or more cases.";
    STANDARDISED_BY: "every feature standardised by the training cases:";
    mean_and_deviation(feature, mean, deviation): "{feature}: mean {mean}, SD {deviation}";
    NO_COMPLETE_CASE: "no case has all of the score's features";
    reading(part, place, of): "{part}, {place} of {of}   Tab the next part, n one case";
}
