//! The identity of a message.

/// The identity of a message, with its English words.
#[derive(Debug, Clone, Copy)]
pub struct Id {
    pub(super) name: &'static str,
    pub(super) english: &'static str,
}

impl Id {
    pub(crate) const fn new(name: &'static str, english: &'static str) -> Self {
        Self { name, english }
    }

    /// Its name: the room, a dot, and what it is about.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Id {}

/// A row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The message's name
    pub name: &'static str,
    /// Its English words
    pub english: &'static str,
    /// Its placeholders
    pub values: &'static [&'static str],
}
