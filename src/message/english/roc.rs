//! The screen of the ROC curves.

catalogue! { "roc";
    TITLE: "ROC";
    SHORT: "ROC";
    GO: "go to the ROC curves";
    MEANING: "Sensitivity against 1 - specificity at every cut-off. The area is the chance that a case with the event scores above one without it; 0.5 is guessing.";
    curve_at(curve, threshold): "{curve} at {threshold}";
    EVENT: "event";
    NO_EVENT: "no event";
    POSITIVE: "positive";
    NEGATIVE: "negative";
    sens_spec(sensitivity, specificity): "sens {sensitivity}   spec {specificity}";
    predictive(positive, negative, youden): "PPV {positive}  NPV {negative}  Youden {youden}";
    DELONG_TESTS: "DeLong's tests";
    AREAS_AND_TESTS: "Areas and DeLong's tests";
    reading(curve, threshold, sensitivity, specificity): "{curve}: {threshold}  sens {sensitivity} spec {specificity}   ←→ cut-off, ↑↓ curve";
}
