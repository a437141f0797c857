//! What a screen asks of the program, and what the program asks of the person.

use std::path::PathBuf;

use crate::figure::{Figure, Tone};
use crate::message::Message;
use crate::message::english::audit_form;
use crate::message::english::mending;
use crate::message::english::new_study;
use crate::message::english::program as words;
use crate::message::english::reporting;
use crate::study::new::draft::Draft;
use crate::tui::source::{Decision, Run};
use crate::volume::mend::Mending;

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
    /// Keep the mended mask of a case
    Mend(String, Box<Mending>),
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
    /// Go to the form in which a published model is typed in
    TypeIn,
    /// Write that form's file; a file that is there already is replaced only if that is said
    WriteForm {
        /// The file
        file: PathBuf,
        /// What it is to hold
        text: String,
        /// Whether a file that is there already is replaced
        replace: bool,
    },
    /// Open a study, or write the sample
    Begin(Beginning),
    /// Go to the steps by which a study is made
    NewStudy,
    /// Look at folders and tables that a study is to be made of
    Gather(Vec<PathBuf>),
    /// Check a study that is being made
    CheckDraft(Box<Draft>),
    /// Write a study that was checked, and open it
    WriteDraft(Box<Draft>),
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
    /// Something about a study that is being made; the screen in front takes it
    New(Asked),
    /// A folder to write the sample study into
    SampleFolder,
    /// A column of the cohort and its value for some cases
    Edit(Vec<String>),
    /// A path for the cohort
    SaveCohort,
    /// A model file to judge
    ModelFile,
    /// A field of a form; the screen in front takes it
    FormField(String),
    /// The file that a form is written to; the screen in front takes it
    FormFile,
    /// Width and level of a grey window; the screen in front takes it
    Window,
    /// A step of mending a mask; the screen in front takes it
    MendingStep,
    /// What only the authors know, by its name; the screen in front takes it
    Reporting(&'static str),
}

/// What the steps by which a study is made ask for in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A folder or a table
    Path,
    /// A word in the names of the images
    Word,
    /// Patterns of images and masks
    Patterns,
    /// The study file to write
    Out,
}

impl Question {
    /// Whether the answer is a path, which Tab completes.
    pub fn wants_path(&self) -> bool {
        matches!(
            self,
            Self::OpenStudy
                | Self::New(Asked::Path | Asked::Out)
                | Self::SampleFolder
                | Self::SaveCohort
                | Self::ModelFile
                | Self::FormFile
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
            Self::New(Asked::Path) => new_study::ASK_PATH.into(),
            Self::New(Asked::Word) => new_study::ASK_WORD.into(),
            Self::New(Asked::Patterns) => new_study::ask_patterns("{id}"),
            Self::New(Asked::Out) => new_study::ASK_OUT.into(),
            Self::SampleFolder => words::ASK_SAMPLE.into(),
            Self::Edit(cases) if cases.len() == 1 => words::ask_edit(&cases[0]),
            Self::Edit(cases) => words::ask_edits(cases.len()),
            Self::SaveCohort => words::ASK_COHORT.into(),
            Self::ModelFile => words::ASK_MODEL.into(),
            Self::FormField(name) => audit_form::ask_field(name),
            Self::FormFile => audit_form::ASK_FILE.into(),
            Self::Window => words::ASK_WINDOW.into(),
            Self::MendingStep => mending::ASK_STEP.into(),
            Self::Reporting(key) => reporting::ask_answer(*key),
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
    /// Write the sample study
    Sample(String),
}
