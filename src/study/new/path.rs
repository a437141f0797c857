//! A scan's path in its parts: folders and file name, what they say of the file's use, and what is left.

use super::names::{Role, Token, tokens};

/// A file, or a folder that is one image, below the folder that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The path from that folder on, with `/`
    pub path: String,
    /// The same without the ending that says the format
    pub name: String,
    /// What it is for, where its format says so
    pub role: Option<Role>,
}

/// A path in its parts.
pub(super) struct Name {
    /// The whole path
    pub(super) path: String,
    /// The folders, below those that all paths share
    pub(super) folders: Vec<String>,
    /// The last folder that all paths share
    pub(super) root: Option<String>,
    /// The parts of the file's name
    pub(super) stem: Vec<Token>,
    /// Those of the folders
    above: Vec<Token>,
    /// What it is for
    pub(super) role: Role,
    /// Whether a word says that it is an image
    pub(super) says_image: bool,
}

impl Name {
    /// Reads a path of which the first `shared` folders are those of all.
    pub(super) fn of(candidate: &Candidate, shared: usize) -> Self {
        let mut folders: Vec<String> = candidate.name.split('/').map(str::to_owned).collect();
        let stem = tokens(&folders.pop().unwrap_or_default());
        let root = shared.checked_sub(1).and_then(|at| folders.get(at).cloned());
        folders.drain(..shared.min(folders.len()));
        let above: Vec<Token> = folders.iter().flat_map(|folder| tokens(folder)).collect();
        let says = |role| above.iter().chain(&stem).any(|token| token.role == Some(role));
        Self {
            path: candidate.path.clone(),
            role: candidate
                .role
                .unwrap_or(if says(Role::Mask) { Role::Mask } else { Role::Image }),
            says_image: stem.iter().any(|token| token.role == Some(Role::Image)),
            folders,
            root,
            stem,
            above,
        }
    }

    /// All parts, the folders' first.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Token> {
        self.above.iter().chain(&self.stem)
    }

    /// The parts that are no words for image or mask.
    pub(super) fn key(&self) -> Vec<String> {
        plain(self.parts())
    }

    /// The folder with its path.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// The parts that are no words for image or mask, in lower case.
pub(super) fn plain<'a>(tokens: impl Iterator<Item = &'a Token>) -> Vec<String> {
    tokens
        .filter(|token| token.role.is_none())
        .map(|token| token.text.to_lowercase())
        .collect()
}

/// Whether the parts of a path contain a word's parts, one after the other.
pub fn says(path: &str, word: &str) -> bool {
    let parts: Vec<Token> = path.split('/').flat_map(tokens).collect();
    let word = tokens(word);
    !word.is_empty()
        && parts
            .windows(word.len())
            .any(|window| window.iter().zip(&word).all(|(part, wanted)| part.is(&wanted.text)))
}
