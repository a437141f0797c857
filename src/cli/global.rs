//! What every command takes, and how it ends.

use std::io::IsTerminal;

use clap::Args;

/// How a command ended, as an exit code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done: 0
    Done,
    /// A case or a stage failed: 1
    Failed,
    /// Interrupted: 130
    Interrupted,
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
    /// Colours: auto, always, never, 16, 256 or true
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        default_value = "auto",
        value_name = "WHEN"
    )]
    pub color: String,
    /// Worker threads; all cores if not given
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "N")]
    pub threads: Option<usize>,
}

/// How the terminal program looks.
#[derive(Debug, Clone, Args)]
pub struct Look {
    /// Colours of the screens: terminal, dark, light or mono
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME")]
    pub theme: String,
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
