//! The screen of the selection.

catalogue! { "selection";
    TITLE: "selection";
    SHORT: "sel";
    GO: "go to the selection of features";
    lambda_features(lambda, count): "λ {lambda}  {count} {count|feature|features}";
    NONE_KEPT: "no feature is kept here";
    more(count): "… {count} more (t: all of them)";
    HOW_OFTEN: "How often each feature is chosen again";
    ROBUSTNESS_FIRST: "The stage robustness makes the whole selection anew on other splits and resamples. Press 2, go to robustness and press Enter; it takes a while.";
    HOW_OFTEN_READING: "how often each feature is chosen again   Tab the next part";
    READING_KEYS: "←→ λ, Tab next part";
}
