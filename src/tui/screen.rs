//! A screen: a function of the study's snapshot, its own view state, and a size.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;

use super::command::{Command, Scope};
use super::glyphs::Glyphs;
use super::screens;
use super::snapshot::{Picture, Snapshot};
use super::source::{Decision, Run};
use super::theme::Theme;
use crate::figure::cells::Ink;
use crate::figure::{Figure, Tone};

/// A scan that was asked for, or why it cannot be shown.
pub type Scan = Result<Arc<Picture>, String>;

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
    /// What the running job says, if one runs
    pub job: Option<&'a str>,
}

/// What a screen asks of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say something in the status line
    Say(Tone, String),
    /// Run stages
    Run(Run),
    /// Read the scan of a case
    Fetch(usize),
    /// Save figures
    Export(Vec<Figure>),
    /// Send text to the clipboard
    Copy(String),
    /// Go to a screen
    Go(usize),
    /// Keep a decision about cases
    Decide(Vec<String>, Decision),
    /// Ask for a line of text
    Ask(Question, String),
    /// Find out what a setting's new value would make stale, then ask
    Weigh(String, String),
    /// Change a setting
    Set(String, String),
    /// Change a column of the cohort for some cases
    Edit(Vec<String>, String, String),
    /// Save the cohort as it is now under a path
    SaveCohort(String),
    /// Judge a model file
    Judge(String),
    /// Open, make or write a study
    Begin(Beginning),
    /// Leave the program
    Quit,
}

/// What a line of text is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A remark on cases
    Comment(Vec<String>),
    /// A value of a setting
    Setting(String),
    /// A study file to open
    OpenStudy,
    /// A folder or table to make a study from
    MakeStudy,
    /// Patterns of images and masks in a folder
    Patterns(String),
    /// A folder to write the sample study into
    SampleFolder,
    /// A column of the cohort and its value for some cases
    Edit(Vec<String>),
    /// A path for the cohort
    SaveCohort,
    /// A model file to judge
    ModelFile,
    /// Width and level of a grey window; the screen in front takes it
    Window,
}

/// A question before something is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Sure {
    /// What is to be done
    pub title: String,
    /// What it brings about
    pub lines: Vec<String>,
    /// What is done on yes
    pub effect: Effect,
}

impl Question {
    /// Whether the answer is a path, which Tab completes.
    pub fn wants_path(&self) -> bool {
        matches!(
            self,
            Self::OpenStudy | Self::MakeStudy | Self::SampleFolder | Self::SaveCohort | Self::ModelFile
        )
    }

    /// What stands before the text.
    pub fn label(&self) -> String {
        match self {
            Self::Comment(cases) if cases.len() == 1 => format!("remark on {}: ", cases[0]),
            Self::Comment(cases) => format!("remark on {} cases: ", cases.len()),
            Self::Setting(key) => format!("{key} = "),
            Self::OpenStudy => "study file: ".to_owned(),
            Self::MakeStudy => "folder of scans, or cohort CSV: ".to_owned(),
            Self::Patterns(_) => "image pattern | mask pattern, {id} is the case; empty: by names: ".to_owned(),
            Self::SampleFolder => "write the sample study into: ".to_owned(),
            Self::Edit(cases) if cases.len() == 1 => format!("{}: column = value: ", cases[0]),
            Self::Edit(cases) => format!("{} cases: column = value: ", cases.len()),
            Self::SaveCohort => "save the cohort as: ".to_owned(),
            Self::ModelFile => "model file: ".to_owned(),
            Self::Window => "window width level: ".to_owned(),
        }
    }
}

/// How to come by a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// Open a study file
    Open(String),
    /// Make one from a folder or a table; with patterns of images and masks, or by their names where those are empty
    Make(String, String),
    /// Write the sample study
    Sample(String),
}

/// A screen of the program.
pub trait Screen {
    /// Its name in the tabs.
    fn title(&self) -> &'static str;
    /// Its name where room is short, at most six letters.
    fn short(&self) -> &'static str;
    /// The stage without which there is nothing to see.
    fn needs(&self) -> Option<&'static str>;
    /// Whether there is something to see.
    fn ready(&self, snapshot: &Snapshot) -> bool;
    /// The scopes whose commands are valid now.
    fn scopes(&self) -> &'static [Scope];
    /// Why a command cannot be obeyed now; `None` where it can.
    fn refusal(&self, _command: Command, _snapshot: &Snapshot) -> Option<String> {
        None
    }
    /// Obeys a command.
    fn update(&mut self, command: Command, view: &View) -> Vec<Effect>;
    /// Draws itself into an area; the area is at least 60 x 12.
    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View);
    /// One step back; `false` where there is none.
    fn back(&mut self) -> bool {
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
    /// Takes a scan that was asked for.
    fn receive(&mut self, _case: &str, _picture: &Scan) {}
    /// Takes a line of text that it has asked for.
    fn answer(&mut self, _words: &str) {}
    /// View state worth keeping until the next start; null where there is none.
    fn memory(&self) -> Value {
        Value::Null
    }
    /// Takes back what it kept; anything may stand there.
    fn recall(&mut self, _memory: &Value) {}
}

/// A row of the register.
pub struct Entry {
    /// The name, as in the help
    pub name: &'static str,
    /// Makes the screen in its first state
    pub make: fn() -> Box<dyn Screen>,
}

/// All screens in the order of their digits: 1 to 9, then 0.
pub static SCREENS: &[Entry] = &[
    Entry {
        name: "cases",
        make: || Box::<screens::cases::Cases>::default(),
    },
    Entry {
        name: "pipeline",
        make: || Box::<screens::pipeline::Pipeline>::default(),
    },
    Entry {
        name: "features",
        make: || Box::<screens::features::Features>::default(),
    },
    Entry {
        name: "selection",
        make: || Box::<screens::selection::Selection>::default(),
    },
    Entry {
        name: "model",
        make: || Box::<screens::model::Model>::default(),
    },
    Entry {
        name: "ROC",
        make: || Box::<screens::roc::Roc>::default(),
    },
    Entry {
        name: "calibration",
        make: || Box::<screens::calibration::Calibration>::default(),
    },
    Entry {
        name: "decision",
        make: || Box::<screens::decision::Decision>::default(),
    },
    Entry {
        name: "nomogram",
        make: || Box::<screens::nomogram::Nomogram>::default(),
    },
    Entry {
        name: "audit",
        make: || Box::<screens::audit::Audit>::default(),
    },
];
