//! What lies over a screen: commands to search, the log, questions.

use tui_input::Input;

use crate::message::Message;
use crate::tui::effect::Confirmation;

/// What lies over the screen.
pub(super) enum Overlay {
    /// Commands to search: of this screen, or all of them
    Commands { input: Input, row: usize, all: bool },
    /// What was done so far
    Log { scroll: usize },
    /// A question before leaving, with what it is about
    Leave(Vec<Message>),
    /// A question before something is done
    Confirm(Box<Confirmation>),
}
