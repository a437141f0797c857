//! What the guard says.

catalogue! { "guard";
    STALE: "stale";
    stale_because(stage, reason): "stale: made before the study changed ({stage}: {reason})";
    broken(rule): "{rule} broken";
    broken_as(rule, says): "{rule} broken: {says}";
    broken_knowingly(rule): "{rule} broken knowingly";
    broken_knowingly_because(rule, reason): "{rule} broken knowingly: {reason}";
}
