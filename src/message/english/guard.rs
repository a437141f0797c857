//! What the guard says.

catalogue! { "guard";
    broken_knowingly(rule): "{rule} broken knowingly";
    broken_knowingly_because(rule, reason): "{rule} broken knowingly: {reason}";
}
