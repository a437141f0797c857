//! What the guard has found, in lines.

use crate::study::guard::{Breach, Level};

/// What the guard says of the study's design and results so far.
pub fn text(breaches: &[Breach]) -> String {
    let mut text = String::new();
    for breach in breaches {
        let word = match (breach.level, &breach.allowed) {
            (_, Some(_)) => "allowed",
            (Level::Error, None) => "ERROR",
            (Level::Warning, None) => "warning",
        };
        text.push_str(&format!("{} {word}: {}; {}\n", breach.rule, breach.says, breach.mend));
        if let Some(reason) = &breach.allowed {
            text.push_str(&format!("    broken knowingly: {reason}\n"));
        }
    }
    text
}
