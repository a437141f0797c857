//! The screen of the pipeline.

catalogue! { "pipeline";
    TITLE: "pipeline";
    SHORT: "run";
    GO: "go to the pipeline";
    MEANING: "The stages from scans to judged models, each made from those before it. A stale one was made from something that has changed since. Nothing runs by itself: R runs what is missing or stale.";
    NO_RULE_BROKEN: "no rule of the guard stops the study";
    rule_stops(rule, says): "{rule} stops the study: {says}. b gives a reason to go on; every table and figure then carries the label.";
    more_said(lines): "… {lines} more {lines|line|lines}: → and ←";
    NO_STAGE: "there is no stage in hand";
    STAGE: "stage";
    STATE: "state";
    FOUND: "found, or why not";
    NO_SETTINGS: "nothing can be set here";
    SETTING: "setting";
    VALUE: "value";
    ENTER_CHANGES: "Enter changes it; before anything is done you see what becomes stale";
    RUNNING: "running";
    DONE: "done";
    STALE: "stale";
    MISSING: "missing";
    FAILED: "failed";
    reading(fresh, stages): "{fresh} of {stages} stages done   R all, Enter up to here, o this alone, Tab settings";
}
