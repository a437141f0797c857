//! The screen of what the result is worth on other splits, folds and resamples.

catalogue! { "robustness";
    TITLE: "robustness";
    SHORT: "rob";
    GO: "go to how far the result may be trusted";
    MEANING: "How far the result may be trusted: on other splits, in nested cross-validation, against controls, and with outcomes dealt at random.";
    reading(part, parts): "{part} of {parts}   Tab the next part, ←→ read values, ↑↓ rows";
}
