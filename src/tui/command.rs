//! Commands: a row says keys and words. What many screens have in common stands here in groups, so that a key means the
//! same everywhere; what a screen has for itself stands in its own file, what works everywhere in the program's. The keys
//! line, the help and the palette are read from the rows, so they cannot lie.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::message::Id;
use crate::message::english::commands as words;

/// Keys and words of a command.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Keys, the first one is shown
    pub keys: &'static [&'static str],
    /// Its name, one or two words
    pub name: Id,
    /// One line about it
    pub about: Id,
    /// How early it stands in the keys line; 0 keeps it out
    pub rank: u8,
}

impl Row {
    /// A row.
    pub const fn new(keys: &'static [&'static str], name: Id, about: Id, rank: u8) -> Self {
        Self {
            keys,
            name,
            about,
            rank,
        }
    }
}

/// What several screens can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// One up
    Up,
    /// One down
    Down,
    /// One to the left
    Left,
    /// One to the right
    Right,
    /// A page up
    PageUp,
    /// A page down
    PageDown,
    /// The first
    First,
    /// The last
    Last,
    /// Open what is in hand
    Open,
    /// The next part of the screen
    NextPart,
    /// The part before
    PreviousPart,
    /// The numbers behind the chart
    Table,
    /// Save the chart as SVG and CSV
    Export,
    /// Send to the clipboard
    Copy,
    /// Another way of drawing curves
    Ink,
    /// Sort by the next column
    Sort,
    /// Turn the order round
    Reverse,
    /// Take the values of the next case
    NextCase,
    /// Take the values of the case before
    CaseBefore,
}

/// Commands that belong together; a screen says which groups it obeys.
#[derive(Debug)]
pub struct Group {
    /// What they are for, as the page of keys has it
    pub title: Id,
    /// The commands with their rows
    pub rows: &'static [(Command, Row)],
}

/// Moving about.
pub const MOVE: &Group = &Group {
    title: words::GROUP_MOVE,
    rows: &[
        (Command::Up, Row::new(&["Up", "k"], words::UP, words::UP_ABOUT, 0)),
        (
            Command::Down,
            Row::new(&["Down", "j"], words::DOWN, words::DOWN_ABOUT, 0),
        ),
        (
            Command::Left,
            Row::new(&["Left", "h"], words::LEFT, words::LEFT_ABOUT, 0),
        ),
        (
            Command::Right,
            Row::new(&["Right", "l"], words::RIGHT, words::RIGHT_ABOUT, 0),
        ),
        (
            Command::PageUp,
            Row::new(&["PgUp", "C-u"], words::PAGE_UP, words::PAGE_UP_ABOUT, 0),
        ),
        (
            Command::PageDown,
            Row::new(&["PgDn", "C-d"], words::PAGE_DOWN, words::PAGE_DOWN_ABOUT, 0),
        ),
        (
            Command::First,
            Row::new(&["Home", "g"], words::FIRST, words::FIRST_ABOUT, 0),
        ),
        (
            Command::Last,
            Row::new(&["End", "G"], words::LAST, words::LAST_ABOUT, 0),
        ),
    ],
};

/// Lists whose rows can be opened.
pub const LIST: &Group = &Group {
    title: words::GROUP_LIST,
    rows: &[(Command::Open, Row::new(&["Enter"], words::OPEN, words::OPEN_ABOUT, 20))],
};

/// Charts.
pub const CHART: &Group = &Group {
    title: words::GROUP_CHART,
    rows: &[
        (Command::Table, Row::new(&["t"], words::TABLE, words::TABLE_ABOUT, 40)),
        (
            Command::Export,
            Row::new(&["e"], words::EXPORT, words::EXPORT_ABOUT, 41),
        ),
        (Command::Copy, Row::new(&["y"], words::COPY, words::COPY_ABOUT, 42)),
        (Command::Ink, Row::new(&["m"], words::INK, words::INK_ABOUT, 0)),
    ],
};

/// Screens with several parts.
pub const PARTS: &Group = &Group {
    title: words::GROUP_PARTS,
    rows: &[
        (
            Command::NextPart,
            Row::new(&["Tab"], words::NEXT_PART, words::NEXT_PART_ABOUT, 22),
        ),
        (
            Command::PreviousPart,
            Row::new(&["S-Tab"], words::PART_BEFORE, words::PART_BEFORE_ABOUT, 0),
        ),
    ],
};

/// Lists that can be sorted.
pub const SORTED: &Group = &Group {
    title: words::GROUP_SORTED,
    rows: &[
        (Command::Sort, Row::new(&["s"], words::SORT, words::SORT_ABOUT, 35)),
        (
            Command::Reverse,
            Row::new(&["S"], words::REVERSE, words::REVERSE_ABOUT, 0),
        ),
    ],
};

/// Screens that show one case's values.
pub const BY_CASE: &Group = &Group {
    title: words::GROUP_BY_CASE,
    rows: &[
        (Command::NextCase, Row::new(&["n"], words::CASE, words::CASE_ABOUT, 26)),
        (
            Command::CaseBefore,
            Row::new(&["p"], words::CASE_BEFORE, words::CASE_BEFORE_ABOUT, 0),
        ),
    ],
};

/// All groups.
pub static GROUPS: &[&Group] = &[MOVE, LIST, CHART, PARTS, SORTED, BY_CASE];

/// The name of a pressed key, as the rows have it.
pub fn key_name(event: &KeyEvent) -> Option<String> {
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    if event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER) {
        return None;
    }
    let name = match event.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(letter) if control => format!("C-{}", letter.to_ascii_lowercase()),
        KeyCode::Char(letter) if event.modifiers.contains(KeyModifiers::SHIFT) => letter.to_uppercase().collect(),
        KeyCode::Char(letter) => letter.to_string(),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => "S-Tab".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Del".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_is_in_the_letter() {
        let key = |code, modifiers| key_name(&KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::NONE).as_deref(), Some("?"));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL).as_deref(), Some("C-d"));
    }
}
