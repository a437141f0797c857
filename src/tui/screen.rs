//! A screen: a function of the study's snapshot, its own view state, and a size. It says its own commands and obeys them.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;

use super::command::{Command, Group, Row};
use super::effect::Effect;
use super::glyphs::Glyphs;
use super::snapshot::{Picture, Snapshot};
use super::source::Run;
use super::theme::Theme;
use crate::figure::cells::Ink;
use crate::message::english::program as words;
use crate::message::{Id, Message};
use crate::tui::snapshot::Freshness;

/// A scan that was asked for, or why it cannot be shown.
pub type Scan = Result<Arc<Picture>, Message>;

/// What a screen is drawn with.
pub struct View<'a> {
    /// The study
    pub snapshot: &'a Snapshot,
    /// Colours
    pub theme: &'a Theme,
    /// Signs
    pub glyphs: &'a Glyphs,
    /// How curves are drawn
    pub ink: Ink,
    /// Whether a scan is looked at, without a study
    pub scan_only: bool,
    /// Whether a job runs
    pub busy: bool,
    /// The stage that runs
    pub running: Option<&'a str>,
    /// The studies that were opened last
    pub recent: &'a [PathBuf],
    /// What has changed since the study was left
    pub since: &'a [Message],
    /// The key that goes to a screen
    pub key_of: fn(ScreenName) -> &'static str,
}

/// The name of a screen: its identity, in the session file too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenName(pub &'static str);

/// Who a screen is: each screen's file has one, and the register names it.
#[derive(Debug, PartialEq)]
pub struct Identity {
    /// Its name
    pub name: ScreenName,
    /// What the tabs call it
    pub title: Id,
    /// The same where room is short, at most six letters
    pub short: Id,
    /// A line about going there
    pub about: Id,
    /// What it shows, for the help
    pub meaning: Id,
    /// The stage without which there is nothing to see
    pub needs: Option<&'static str>,
}

/// A command that a screen has for itself: keys and words, what it does, and why it cannot be done now.
pub struct Own<S: 'static> {
    row: Row,
    act: fn(&mut S, &View) -> Vec<Effect>,
    refusal: fn(&S, &View) -> Option<Message>,
}

impl<S> Own<S> {
    /// A command that can always be obeyed.
    pub const fn new(row: Row, act: fn(&mut S, &View) -> Vec<Effect>) -> Self {
        Self {
            row,
            act,
            refusal: |_, _| None,
        }
    }

    /// The same, refused where a reason is given.
    pub const fn unless(self, refusal: fn(&S, &View) -> Option<Message>) -> Self {
        Self { refusal, ..self }
    }
}

/// The rows of a screen's own commands.
pub fn rows<S>(own: &'static [Own<S>]) -> Vec<Row> {
    own.iter().map(|own| own.row).collect()
}

/// Obeys one of a screen's own commands.
pub fn act<S>(own: &'static [Own<S>], order: usize, screen: &mut S, view: &View) -> Vec<Effect> {
    own.get(order).map(|own| (own.act)(screen, view)).unwrap_or_default()
}

/// Why one of a screen's own commands cannot be obeyed now.
pub fn refused<S>(own: &'static [Own<S>], order: usize, screen: &S, view: &View) -> Option<Message> {
    own.get(order).and_then(|own| (own.refusal)(screen, view))
}

/// A screen of the program.
pub trait Screen {
    /// Who it is.
    fn identity(&self) -> &'static Identity;
    /// Whether there is something to see.
    fn ready(&self, _snapshot: &Snapshot) -> bool {
        true
    }
    /// The groups of common commands that it obeys now.
    fn groups(&self) -> &'static [&'static Group];
    /// Why a common command cannot be obeyed now; `None` where it can.
    fn refusal(&self, _command: Command, _view: &View) -> Option<Message> {
        None
    }
    /// Obeys a common command of its groups.
    fn update(&mut self, command: Command, view: &View) -> Vec<Effect>;
    /// The commands that it has for itself now.
    fn own(&self) -> Vec<Row> {
        Vec::new()
    }
    /// All commands that it may ever have for itself, by what they are for.
    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        Vec::new()
    }
    /// Why one of its own commands cannot be obeyed now.
    fn own_refusal(&self, _order: usize, _view: &View) -> Option<Message> {
        None
    }
    /// Obeys one of its own commands.
    fn own_update(&mut self, _order: usize, _view: &View) -> Vec<Effect> {
        Vec::new()
    }
    /// What is to be run for it, or why nothing is: up to the stage that it needs.
    fn run(&self, view: &View) -> Result<Run, Message> {
        match self.identity().needs {
            None => Err(words::NEEDS_NO_STAGE.into()),
            Some(stage) if view.snapshot.stage(stage) == Freshness::Fresh => Err(words::up_to_date(stage)),
            Some(stage) => Ok(Run {
                until: Some(stage.to_owned()),
                ..Run::default()
            }),
        }
    }
    /// Draws itself into an area; the area is at least 60 x 12.
    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View);
    /// One step back; `false` where there is none.
    fn back(&mut self) -> bool {
        false
    }
    /// Whether there is a list that can be narrowed.
    fn narrows(&self) -> bool {
        false
    }
    /// What the list is narrowed by, where there is a list.
    fn filter(&mut self) -> Option<&mut String> {
        None
    }
    /// What the status line says while nothing else is to be said: the value under the cursor.
    fn reading(&self, _view: &View) -> String {
        String::new()
    }
    /// A click on the screen, where it was drawn last.
    fn click(&mut self, _column: u16, _row: u16, _view: &View) -> Vec<Effect> {
        Vec::new()
    }
    /// Takes a scan that was asked for.
    fn receive(&mut self, _case: &str, _picture: &Scan) {}
    /// How many steps can be taken back and again of work that is not kept yet; nothing else is done while there is such.
    fn work(&self) -> Option<(usize, usize)> {
        None
    }
    /// Takes the last step of that work back, or again.
    fn go_back(&mut self, _again: bool) {}
    /// The mended mask of a case lies in its file.
    fn mended(&mut self, _case: &str, _view: &View) -> Vec<Effect> {
        Vec::new()
    }
    /// Takes a line of text that it has asked for.
    fn answer(&mut self, _words: &str) -> Vec<Effect> {
        Vec::new()
    }
    /// View state worth keeping until the next start; null where there is none.
    fn memory(&self) -> Value {
        Value::Null
    }
    /// Takes back what it kept; anything may stand there.
    fn recall(&mut self, _memory: &Value) {}
}
