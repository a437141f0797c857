//! The screen of the features.

catalogue! { "features";
    TITLE: "features";
    SHORT: "feat";
    GO: "go to the features";
    MEANING: "What is known of every feature on the training cases alone: how it differs between outcomes, agrees between readers, follows the volume, and why it was dropped.";
    NO_CORRELATIONS: "no correlations: too many features, or none judged yet";
    BY_ORDER: "order";
    BY_P: "P";
    BY_AUC: "AUC";
    BY_ICC: "ICC";
    BY_VOLUME: "volume";
    BY_COEFFICIENT: "coefficient";
    BY_NAME: "name";
    FEATURE: "feature";
    ICC_LOW: "ICC low";
    COEF: "coef";
    VALUE: "value";
    IN_SD: "in SD";
    MEAN: "mean";
    SD: "SD";
    R_VOLUME: "r vol";
    DROPPED: "dropped";
    EVENT: "event";
    no_event(event): "no {event}";
    VALUE_TRAINING: "value, training cases";
    NONE_MATCHES: "no feature matches the filter";
    count(count): "{count} {count|feature|features}";
    place(place, of, feature): "{place} of {of}  {feature}";
    of_case(case, feature, value, away): "{case}: {feature} {value}, {away} SD";
    dropped_because(reason): "dropped: {reason}";
}
