//! What breaks a rule, as a rule finds it and as it is said of a study.

use serde::Serialize;

use crate::message::Message;

/// How bad a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The study stops
    Error,
    /// The reader should know
    Warning,
}

/// What breaks a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub(super) level: Level,
    pub(super) says: Message,
    pub(super) mend: Message,
}

impl Found {
    pub(super) fn error(says: impl Into<Message>, mend: impl Into<Message>) -> Self {
        Self {
            level: Level::Error,
            says: says.into(),
            mend: mend.into(),
        }
    }

    pub(super) fn warning(says: impl Into<Message>, mend: impl Into<Message>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(says, mend)
        }
    }
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breach {
    /// The rule
    pub rule: &'static str,
    /// How bad
    pub level: Level,
    /// What breaks it, with the figures
    pub says: Message,
    /// What to do
    pub mend: Message,
    /// The study's reason, if it breaks the rule knowingly
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}

impl Breach {
    /// Whether it stops the run.
    pub fn stops(&self) -> bool {
        self.level == Level::Error && self.allowed.is_none()
    }
}
