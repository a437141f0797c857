//! What an audit says.

catalogue! { "audit";
    IMPOSSIBLE: "impossible";
    DOUBTFUL: "doubtful";
    MISSING: "missing";
    NOTE: "note";
    PASSED: "in order";
    LEVEL_TAKEN: "the level of the intervals is not stated; 95 % is taken";
}
