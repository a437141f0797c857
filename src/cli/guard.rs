//! What the guard has found, in lines.

use crate::message::english::run as words;
use crate::study::guard::{Breach, Level};

/// What the guard says of the study's design and results so far.
pub fn text(breaches: &[Breach]) -> String {
    let mut text = String::new();
    for breach in breaches {
        let word = match (breach.level, &breach.allowed) {
            (_, Some(_)) => words::ALLOWED.text(),
            (Level::Error, None) => words::ERROR.text(),
            (Level::Warning, None) => words::WARNING.text(),
        };
        text.push_str(&format!("{} {word}: {}; {}\n", breach.rule, breach.says, breach.mend));
        if let Some(reason) = &breach.allowed {
            text.push_str(&format!("    {}\n", words::broken_knowingly(reason)));
        }
    }
    text
}
