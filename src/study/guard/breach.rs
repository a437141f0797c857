//! A rule that is broken, and how bad that is.

use serde::{Deserialize, Serialize};

/// How bad a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The study stops
    Error,
    /// The reader should know
    Warning,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The rule
    pub rule: String,
    /// How bad
    pub level: Level,
    /// What breaks it, with the figures
    pub says: String,
    /// What to do
    pub mend: String,
    /// The study's reason, if it breaks the rule knowingly
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

impl Breach {
    fn new(rule: &str, level: Level, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            rule: rule.to_owned(),
            level,
            says: says.into(),
            mend: mend.into(),
            allowed: None,
        }
    }

    pub(super) fn error(rule: &str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(rule, Level::Error, says, mend)
    }

    pub(super) fn warning(rule: &str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(rule, Level::Warning, says, mend)
    }

    /// Whether it stops the run.
    pub fn stops(&self) -> bool {
        self.level == Level::Error && self.allowed.is_none()
    }
}
