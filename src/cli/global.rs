//! What every command takes, and how it ends.

use std::io::IsTerminal;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};

use crate::message::language::{self, LANGUAGES};

/// How a command ended, as an exit code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done: 0
    Done,
    /// A case or a stage failed: 1
    Failed,
    /// Interrupted: 130
    Interrupted,
    /// Shards of a run are missing: 3
    Incomplete,
    /// A shard has met a trouble that may pass, and is to be tried again: 75
    TryAgain,
    /// There is no room for a shard, and it is to wait until there is: 73
    Hold,
}

impl Outcome {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Interrupted => 130,
            Self::Incomplete => 3,
            Self::TryAgain => 75,
            Self::Hold => 73,
        }
    }
}

/// When colours are sent, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWord {
    /// As the environment says
    Auto,
    /// As many as the terminal knows
    Always,
    /// None
    Never,
    /// The sixteen named ones
    #[value(name = "16")]
    Sixteen,
    /// The 256 indexed ones
    #[value(name = "256")]
    Indexed,
    /// 24 bits
    True,
}

/// A theme of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeWord {
    /// The terminal's own colours
    Terminal,
    /// For dark backgrounds
    Dark,
    /// For light backgrounds
    Light,
    /// No colours
    Mono,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print one JSON document instead of text
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// No progress and no remarks on standard error; what failed is still said
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// More messages on standard error
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
    /// Colours of the screens
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        default_value = "auto",
        hide_default_value = true,
        value_name = "WHEN"
    )]
    pub color: ColorWord,
    /// Language of the screens, charts and the guard; the environment's (LC_ALL, LC_MESSAGES, LANG) if not given
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        value_name = "CODE",
        value_parser = PossibleValuesParser::new(LANGUAGES.iter().map(|language| PossibleValue::new(language.code).help(language.name)))
    )]
    pub lang: Option<String>,
    /// Worker threads, 1 to 1024; all cores if not given
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024)
    )]
    pub threads: Option<u16>,
}

impl Global {
    /// Refuses `--json` where what is printed is of another form.
    pub(super) fn refuse_json(&self, what: &str) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.json,
            "--json: {what}, which has no form in JSON; leave --json out"
        );
        Ok(())
    }

    /// Speaks the language that was asked for; JSON is for programs, and always in English.
    pub(super) fn choose_language(&self) {
        let asked = if self.json { Some("en") } else { self.lang.as_deref() };
        if let Some(language) = asked.and_then(language::find) {
            language::choose(language);
        }
    }
}

/// How the terminal program looks.
#[derive(Debug, Clone, Args)]
pub struct Look {
    /// Theme of the screens; by default the one that was chosen there last, else the terminal's own colours
    #[arg(long, value_name = "NAME")]
    pub theme: Option<ThemeWord>,
    /// Only ASCII signs
    #[arg(long)]
    pub ascii: bool,
    /// Let the screens take the mouse
    #[arg(long)]
    pub mouse: bool,
}

/// Whether a person sits at both ends.
pub fn at_a_terminal(global: &Global) -> bool {
    !global.json && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}
