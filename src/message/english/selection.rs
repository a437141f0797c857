//! The screen of the selection.

catalogue! { "selection";
    TITLE: "selection";
    SHORT: "sel";
    GO: "go to the selection of features";
    MEANING: "How the LASSO shrinks coefficients as its penalty grows, and the cross-validated error at each penalty. The least error chooses the penalty, or the largest one within one standard error of it.";
    lambda_features(lambda, count): "λ {lambda}  {count} {count|feature|features}";
    NONE_KEPT: "no feature is kept here";
    more(count): "… {count} more (t: all of them)";
    HOW_OFTEN: "How often each feature is chosen again";
    ROBUSTNESS_FIRST: "The stage robustness makes the whole selection anew on other splits and resamples. Press 2, go to robustness and press Enter; it takes a while.";
    HOW_OFTEN_READING: "how often each feature is chosen again   Tab the next part";
    CENTRES_READING: "the share of each feature's variance between centres, before and after harmonisation   Tab the next part";
    READING_KEYS: "←→ λ, Tab next part";
}
