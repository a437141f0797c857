//! What an audit says.

catalogue! { "audit";
    IMPOSSIBLE: "impossible";
    DOUBTFUL: "doubtful";
    MISSING: "missing";
    NOTE: "note";
    PASSED: "in order";
}
