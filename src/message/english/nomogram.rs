//! The screen of the nomogram.

catalogue! { "nomogram";
    TITLE: "nomogram";
    SHORT: "nomo";
    GO: "go to the nomogram";
    MEANING: "The model as rulers: the points of all predictors add up to a risk. Arrows move the values.";
    NO_COMPLETE_CASE: "no case has all the predictors";
    sentence(values, points, risk): "{values}: {points} points, risk {risk}";
}
