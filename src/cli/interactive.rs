//! What the command line knows of the terminal program.

use std::path::PathBuf;

use super::global::{ColorWord, Global, Look, Outcome, ThemeWord};
use crate::figure::section::Viewing;

/// What the command line asks of the terminal program.
#[derive(Debug, Clone)]
pub struct Interactive {
    /// The study to open
    pub study: Option<PathBuf>,
    /// Folders and tables to make a study of
    pub new: Option<Vec<PathBuf>>,
    /// The file of a published model that is to be typed in
    pub form: Option<PathBuf>,
    /// The scan to look at, without a study
    pub scan: Option<Viewing>,
    /// The word of `--color`
    pub color: ColorWord,
    /// The word of `--theme`, where it is given
    pub theme: Option<ThemeWord>,
    /// Only ASCII signs
    pub ascii: bool,
    /// Take the mouse
    pub mouse: bool,
}

impl Interactive {
    /// Nothing but a look.
    pub fn plain(look: &Look, global: &Global) -> Self {
        Self {
            study: None,
            new: None,
            form: None,
            scan: None,
            color: global.color,
            theme: look.theme,
            ascii: look.ascii,
            mouse: look.mouse,
        }
    }
}

/// The terminal program, handed in by the binary: it stands on the same floor, and the command line does not know it.
#[derive(Clone, Copy)]
pub struct Screens {
    /// Runs it until the person leaves
    pub open: fn(&Interactive) -> anyhow::Result<Outcome>,
    /// Columns and rows of the terminal, where there is one
    pub size: fn() -> Option<(usize, usize)>,
}
