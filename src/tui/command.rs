//! Every command of the terminal program in one table: its keys, its name, its words in the help. The keys line, the help
//! and the palette are read from here, so they cannot lie.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a person can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Leave the screen; at the root leave the program
    Quit,
    /// Leave at once
    Interrupt,
    /// One step back
    Back,
    /// The help
    Help,
    /// The palette of all commands
    Palette,
    /// Narrow the list
    Filter,
    /// Draw everything again
    Redraw,
    /// Stop the process, as job control does
    Suspend,
    /// Cancel the running job
    Cancel,
    /// Run what this screen needs
    Run,
    /// Run all stages
    RunAll,
    /// Another way of drawing curves
    Ink,
    /// Another theme
    Theme,
    /// The log
    Log,
    /// A screen by its number
    Go(usize),
    /// The next part of the screen
    NextPart,
    /// The part before
    PreviousPart,
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
    /// The numbers behind the chart
    Table,
    /// Save the chart as SVG and CSV
    Export,
    /// Send to the clipboard
    Copy,
    /// Mark the row
    Mark,
    /// Sort by the next column
    Sort,
    /// Turn the order round
    Reverse,
    /// The case's slices
    View,
    /// The case is good
    Accept,
    /// The case is left out
    Reject,
    /// A remark on the case
    Comment,
    /// The next slice
    SliceNext,
    /// The slice before
    SliceBack,
    /// Ten slices on
    SliceJump,
    /// Ten slices back
    SliceJumpBack,
    /// The slice with the largest part of the mask
    SliceLargest,
    /// The axial plane
    Axial,
    /// The sagittal plane
    Sagittal,
    /// The coronal plane
    Coronal,
    /// Three planes side by side
    Three,
    /// All slices of the mask
    Montage,
    /// The second reader's mask
    SecondReader,
    /// A grey window of one's own
    OwnWindow,
    /// The next window
    Window,
    /// How the mask is shown
    Outline,
    /// Crosshair with values
    Crosshair,
    /// Closer
    ZoomIn,
    /// Farther
    ZoomOut,
    /// The whole image
    Whole,
    /// Use the penalty under the cursor
    SetLambda,
    /// Standardised or plain
    Standardised,
    /// Back to the start values
    Reset,
    /// Take the values of the next case
    LoadCase,
    /// Take the values of the case before
    LoadCaseBefore,
    /// Change a cell of the cohort
    Edit,
    /// Save the cohort as a table
    SaveCohort,
    /// Run the stage in hand alone
    RunOnly,
    /// Run up to the stage in hand, what is fresh too
    RunAnew,
    /// Open a model file
    OpenModel,
    /// Open another study
    OpenStudy,
    /// Make a study of a folder or a table
    MakeStudy,
}

/// Where a command is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere
    Global,
    /// Lists and cursors
    Move,
    /// Charts
    Chart,
    /// The list of cases
    Cases,
    /// The slice viewer
    Slices,
    /// Lists that can be sorted
    Sorted,
    /// The selection of features
    Selection,
    /// Decision curves
    Decision,
    /// The nomogram
    Nomogram,
    /// Screens that show one case's values
    ByCase,
    /// The pipeline
    Pipeline,
    /// The audit
    Audit,
    /// Screens with several parts
    Parts,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it does
    pub command: Command,
    /// Keys, the first one is shown
    pub keys: &'static [&'static str],
    /// Its name, one or two words
    pub name: &'static str,
    /// One line about it
    pub doc: &'static str,
    /// Where it is valid
    pub scope: Scope,
    /// How early it stands in the keys line; 0 keeps it out
    pub rank: u8,
}

const fn entry(
    command: Command,
    keys: &'static [&'static str],
    name: &'static str,
    doc: &'static str,
    scope: Scope,
    rank: u8,
) -> Entry {
    Entry {
        command,
        keys,
        name,
        doc,
        scope,
        rank,
    }
}

/// All commands.
pub static COMMANDS: &[Entry] = &[
    entry(Command::Up, &["Up", "k"], "up", "one row up", Scope::Move, 0),
    entry(Command::Down, &["Down", "j"], "down", "one row down", Scope::Move, 0),
    entry(
        Command::Left,
        &["Left", "h"],
        "left",
        "one step to the left",
        Scope::Move,
        0,
    ),
    entry(
        Command::Right,
        &["Right", "l"],
        "right",
        "one step to the right",
        Scope::Move,
        0,
    ),
    entry(
        Command::PageUp,
        &["PgUp", "C-u"],
        "page up",
        "one page up",
        Scope::Move,
        0,
    ),
    entry(
        Command::PageDown,
        &["PgDn", "C-d"],
        "page down",
        "one page down",
        Scope::Move,
        0,
    ),
    entry(
        Command::First,
        &["Home", "g"],
        "first",
        "to the beginning",
        Scope::Move,
        0,
    ),
    entry(Command::Last, &["End", "G"], "last", "to the end", Scope::Move, 0),
    entry(
        Command::Open,
        &["Enter"],
        "open",
        "open what is in hand",
        Scope::Move,
        20,
    ),
    entry(
        Command::View,
        &["v"],
        "slices",
        "look at the scan and its mask",
        Scope::Cases,
        30,
    ),
    entry(Command::Accept, &["a"], "accept", "the mask is good", Scope::Cases, 31),
    entry(
        Command::Reject,
        &["d"],
        "drop",
        "leave the case out of the study",
        Scope::Cases,
        32,
    ),
    entry(
        Command::Comment,
        &["c"],
        "comment",
        "write a remark on the case",
        Scope::Cases,
        33,
    ),
    entry(
        Command::Mark,
        &["Space"],
        "mark",
        "mark the case; accept and drop take all marked",
        Scope::Cases,
        34,
    ),
    entry(
        Command::Edit,
        &["E"],
        "edit",
        "change a cohort column for the case, or all marked",
        Scope::Cases,
        36,
    ),
    entry(
        Command::SaveCohort,
        &["w"],
        "save",
        "save the cohort as a table of one's own",
        Scope::Cases,
        37,
    ),
    entry(
        Command::Sort,
        &["s"],
        "sort",
        "sort by the next column",
        Scope::Sorted,
        35,
    ),
    entry(
        Command::Reverse,
        &["S"],
        "turn",
        "turn the order round",
        Scope::Sorted,
        0,
    ),
    entry(
        Command::SliceNext,
        &["]", "PgDn"],
        "next",
        "the next slice",
        Scope::Slices,
        20,
    ),
    entry(
        Command::SliceBack,
        &["[", "PgUp"],
        "back",
        "the slice before",
        Scope::Slices,
        21,
    ),
    entry(Command::SliceJump, &["}"], "ten on", "ten slices on", Scope::Slices, 0),
    entry(
        Command::SliceJumpBack,
        &["{"],
        "ten back",
        "ten slices back",
        Scope::Slices,
        0,
    ),
    entry(
        Command::SliceLargest,
        &["Home"],
        "largest",
        "the slice with the largest part of the mask",
        Scope::Slices,
        26,
    ),
    entry(
        Command::Left,
        &["Left", "h"],
        "left",
        "move the picture or the crosshair",
        Scope::Slices,
        0,
    ),
    entry(
        Command::Right,
        &["Right", "l"],
        "right",
        "move the picture or the crosshair",
        Scope::Slices,
        0,
    ),
    entry(
        Command::Up,
        &["Up", "k"],
        "up",
        "move the picture or the crosshair",
        Scope::Slices,
        0,
    ),
    entry(
        Command::Down,
        &["Down", "j"],
        "down",
        "move the picture or the crosshair",
        Scope::Slices,
        0,
    ),
    entry(Command::Axial, &["A"], "axial", "the axial plane", Scope::Slices, 22),
    entry(
        Command::Sagittal,
        &["S"],
        "sagittal",
        "the sagittal plane",
        Scope::Slices,
        23,
    ),
    entry(
        Command::Coronal,
        &["C"],
        "coronal",
        "the coronal plane",
        Scope::Slices,
        24,
    ),
    entry(
        Command::Three,
        &["T"],
        "three",
        "three planes side by side",
        Scope::Slices,
        25,
    ),
    entry(
        Command::Montage,
        &["M"],
        "montage",
        "all slices that the mask reaches",
        Scope::Slices,
        26,
    ),
    entry(
        Command::SecondReader,
        &["B"],
        "both",
        "the second reader's mask over the first, or not",
        Scope::Slices,
        28,
    ),
    entry(
        Command::OwnWindow,
        &["W"],
        "own window",
        "a grey window of one's own: width and level",
        Scope::Slices,
        0,
    ),
    entry(
        Command::Window,
        &["f"],
        "window",
        "next grey window: bone, soft, lung, automatic",
        Scope::Slices,
        27,
    ),
    entry(
        Command::Outline,
        &["o"],
        "mask",
        "the mask as outline, filled, or off",
        Scope::Slices,
        28,
    ),
    entry(
        Command::Crosshair,
        &["c"],
        "cross",
        "a crosshair with value and position",
        Scope::Slices,
        29,
    ),
    entry(Command::ZoomIn, &["z", "+"], "closer", "zoom in", Scope::Slices, 0),
    entry(Command::ZoomOut, &["Z", "-"], "farther", "zoom out", Scope::Slices, 0),
    entry(Command::Whole, &["w"], "whole", "the whole image", Scope::Slices, 30),
    entry(
        Command::Accept,
        &["a"],
        "accept",
        "the mask is good; on to the next case",
        Scope::Slices,
        31,
    ),
    entry(
        Command::Reject,
        &["d"],
        "drop",
        "leave the case out; on to the next case",
        Scope::Slices,
        32,
    ),
    entry(
        Command::Comment,
        &["i"],
        "remark",
        "write a remark on the case",
        Scope::Slices,
        33,
    ),
    entry(
        Command::LoadCase,
        &["n"],
        "next case",
        "the next case, without a judgement",
        Scope::Slices,
        34,
    ),
    entry(
        Command::LoadCaseBefore,
        &["p"],
        "case before",
        "the case before",
        Scope::Slices,
        0,
    ),
    entry(
        Command::SetLambda,
        &["s"],
        "use it",
        "use the penalty under the cursor for the study",
        Scope::Selection,
        25,
    ),
    entry(
        Command::Standardised,
        &["s"],
        "standard",
        "net benefit standardised by prevalence, or plain",
        Scope::Decision,
        25,
    ),
    entry(
        Command::Reset,
        &["u"],
        "reset",
        "back to the start values",
        Scope::Nomogram,
        25,
    ),
    entry(
        Command::LoadCase,
        &["n"],
        "case",
        "the values of the next case",
        Scope::ByCase,
        26,
    ),
    entry(
        Command::LoadCaseBefore,
        &["p"],
        "case before",
        "the values of the case before",
        Scope::ByCase,
        0,
    ),
    entry(
        Command::RunOnly,
        &["o"],
        "run one",
        "run this stage alone, on what the others have left",
        Scope::Pipeline,
        30,
    ),
    entry(
        Command::RunAnew,
        &["f"],
        "run anew",
        "run this stage again though it is up to date",
        Scope::Pipeline,
        31,
    ),
    entry(
        Command::OpenModel,
        &["o"],
        "open",
        "open a model file and judge it",
        Scope::Audit,
        19,
    ),
    entry(
        Command::NextPart,
        &["Tab"],
        "next part",
        "the next part of this screen",
        Scope::Parts,
        22,
    ),
    entry(
        Command::PreviousPart,
        &["S-Tab"],
        "part before",
        "the part before",
        Scope::Parts,
        0,
    ),
    entry(
        Command::Table,
        &["t"],
        "table",
        "the numbers behind the chart",
        Scope::Chart,
        40,
    ),
    entry(
        Command::Export,
        &["e"],
        "export",
        "save the chart as SVG and CSV",
        Scope::Chart,
        41,
    ),
    entry(
        Command::Copy,
        &["y"],
        "copy",
        "send the numbers to the terminal's clipboard",
        Scope::Chart,
        42,
    ),
    entry(
        Command::Ink,
        &["m"],
        "ink",
        "draw curves with Braille, blocks, dots or letters",
        Scope::Chart,
        0,
    ),
    entry(
        Command::Run,
        &["r"],
        "run",
        "run what this screen needs",
        Scope::Global,
        15,
    ),
    entry(
        Command::RunAll,
        &["R"],
        "run all",
        "run every stage that is missing or stale",
        Scope::Global,
        0,
    ),
    entry(
        Command::Cancel,
        &["x"],
        "cancel",
        "cancel the running job",
        Scope::Global,
        1,
    ),
    entry(
        Command::Filter,
        &["/"],
        "filter",
        "narrow the list by letters in order",
        Scope::Global,
        50,
    ),
    entry(
        Command::OpenStudy,
        &["C-o"],
        "open study",
        "open another study, or a table of cases",
        Scope::Global,
        0,
    ),
    entry(
        Command::MakeStudy,
        &["C-n"],
        "new study",
        "make a study of a folder of scans or a table",
        Scope::Global,
        0,
    ),
    entry(
        Command::Help,
        &["?"],
        "help",
        "the keys of this screen",
        Scope::Global,
        60,
    ),
    entry(
        Command::Palette,
        &[":"],
        "commands",
        "all commands, by name",
        Scope::Global,
        61,
    ),
    entry(Command::Log, &["L"], "log", "what was done so far", Scope::Global, 0),
    entry(
        Command::Theme,
        &[],
        "theme",
        "the next theme: terminal, dark, light, mono",
        Scope::Global,
        0,
    ),
    entry(
        Command::Redraw,
        &["C-l"],
        "redraw",
        "draw everything again",
        Scope::Global,
        0,
    ),
    entry(
        Command::Suspend,
        &["C-z"],
        "suspend",
        "stop and go back to the shell",
        Scope::Global,
        0,
    ),
    entry(Command::Back, &["Esc"], "back", "one step back", Scope::Global, 55),
    entry(Command::Quit, &["q"], "quit", "leave the program", Scope::Global, 62),
    entry(Command::Interrupt, &["C-c"], "end", "leave at once", Scope::Global, 0),
    entry(Command::Go(0), &["1"], "cases", "go to the cases", Scope::Global, 0),
    entry(
        Command::Go(1),
        &["2"],
        "pipeline",
        "go to the pipeline",
        Scope::Global,
        0,
    ),
    entry(
        Command::Go(2),
        &["3"],
        "features",
        "go to the features",
        Scope::Global,
        0,
    ),
    entry(
        Command::Go(3),
        &["4"],
        "selection",
        "go to the selection of features",
        Scope::Global,
        0,
    ),
    entry(Command::Go(4), &["5"], "model", "go to the model", Scope::Global, 0),
    entry(Command::Go(5), &["6"], "ROC", "go to the ROC curves", Scope::Global, 0),
    entry(
        Command::Go(6),
        &["7"],
        "calibration",
        "go to the calibration",
        Scope::Global,
        0,
    ),
    entry(
        Command::Go(7),
        &["8"],
        "decision",
        "go to the decision curves",
        Scope::Global,
        0,
    ),
    entry(
        Command::Go(8),
        &["9"],
        "nomogram",
        "go to the nomogram",
        Scope::Global,
        0,
    ),
    entry(Command::Go(9), &["0"], "audit", "go to the audit", Scope::Global, 0),
];

/// The entries that are valid in these scopes and everywhere.
pub fn valid(scopes: &[Scope]) -> impl Iterator<Item = &'static Entry> {
    COMMANDS
        .iter()
        .filter(move |entry| entry.scope == Scope::Global || scopes.contains(&entry.scope))
}

/// The command of a key.
pub fn find(key: &str, scopes: &[Scope]) -> Option<&'static Entry> {
    valid(scopes).find(|entry| entry.keys.contains(&key))
}

/// The name of a pressed key, as the table has it.
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
    fn every_command_has_words_and_fits_the_help() {
        for entry in COMMANDS {
            assert!(!entry.name.is_empty() && !entry.doc.is_empty());
            let keys = entry.keys.join(" ");
            assert!(keys.len() <= 10, "{keys}");
            assert!(entry.name.len() <= 12, "{}", entry.name);
            assert!(4 + 11 + 13 + entry.doc.chars().count() + 2 <= 80, "{}", entry.doc);
        }
    }

    #[test]
    fn shift_is_in_the_letter() {
        let key = |code, modifiers| key_name(&KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::NONE).as_deref(), Some("?"));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL).as_deref(), Some("C-d"));
    }
}
