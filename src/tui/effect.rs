//! What a screen asks of the program, and what the program asks of the person.

use crate::figure::{Figure, Tone};
use crate::message::Message;
use crate::message::english::program as words;
use crate::tui::source::{Decision, Run};

/// What a screen asks of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say something in the status line
    Say(Tone, Message),
    /// Run stages
    Run(Run),
    /// Read the scan of a case
    Fetch(usize),
    /// Save figures
    Export(Vec<Figure>),
    /// Send text to the clipboard
    Copy(String),
    /// Draw curves in the next way
    NextInk,
    /// Keep a decision about cases
    Decide(Vec<String>, Decision),
    /// Ask for a line of text
    Ask(Question, String),
    /// Find out what a setting's new value would make stale, then ask
    Weigh(String, String),
    /// Change a setting
    Set(String, String),
    /// Break a rule of the guard knowingly: the rule and the reason
    Allow(String, String),
    /// Change a column of the cohort for some cases
    Edit(Vec<String>, String, String),
    /// Save the cohort as it is now under a path
    SaveCohort(String),
    /// Judge a model file
    Judge(String),
    /// Open, make or write a study
    Begin(Beginning),
}

/// What a line of text is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A remark on cases
    Comment(Vec<String>),
    /// A value of a setting
    Setting(String),
    /// The reason for which a rule of the guard is broken
    Reason(String),
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

impl Question {
    /// Whether the answer is a path, which Tab completes.
    pub fn wants_path(&self) -> bool {
        matches!(
            self,
            Self::OpenStudy | Self::MakeStudy | Self::SampleFolder | Self::SaveCohort | Self::ModelFile
        )
    }

    /// What stands before the text.
    pub fn label(&self) -> Message {
        match self {
            Self::Comment(cases) if cases.len() == 1 => words::ask_remark(&cases[0]),
            Self::Comment(cases) => words::ask_remarks(cases.len()),
            Self::Setting(key) => words::ask_setting(key),
            Self::Reason(rule) => words::ask_reason(rule),
            Self::OpenStudy => words::ASK_STUDY.into(),
            Self::MakeStudy => words::ASK_SCANS.into(),
            Self::Patterns(_) => words::ask_patterns("{id}"),
            Self::SampleFolder => words::ASK_SAMPLE.into(),
            Self::Edit(cases) if cases.len() == 1 => words::ask_edit(&cases[0]),
            Self::Edit(cases) => words::ask_edits(cases.len()),
            Self::SaveCohort => words::ASK_COHORT.into(),
            Self::ModelFile => words::ASK_MODEL.into(),
            Self::Window => words::ASK_WINDOW.into(),
        }
    }
}

/// A question before something is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// What is to be done
    pub title: Message,
    /// What it brings about
    pub lines: Vec<Message>,
    /// What is done on yes
    pub effect: Effect,
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
