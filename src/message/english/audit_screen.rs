//! The screen of the audit.

catalogue! { "audit_screen";
    TITLE: "audit";
    SHORT: "audit";
    GO: "go to the audit";
    MEANING: "What cannot be true, is doubtful or is missing in a model, each with its arithmetic and its source.";
    NO_STUDY: "there is no study here";
    NO_MODEL: "No model was fitted yet. o opens a model file and says what is wrong with it.";
    FINDING: "finding";
    would_resolve(what): "would resolve it: {what}";
    source(source): "source: {source}";
    reading(place, of, counts): "{place} of {of}: {counts}   Enter arithmetic, Tab next model, o opens a file";
    line(line): "line {line} of the file";
}
