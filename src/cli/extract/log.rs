//! Progress on standard error, and messages there and in a file.

use std::io::IsTerminal;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::Sayings;
use super::batch::Case;
use super::row::Row;
use crate::cli::Global;
use crate::cli::printer::tell;
use crate::file::irregular;
use crate::message::Message;
use crate::message::english::extraction as words;

/// Progress on standard error, and messages there and in a file.
pub(super) struct Log {
    bar: Option<ProgressBar>,
    pub(super) warnings: bool,
    errors: bool,
    file: Option<std::sync::Mutex<std::fs::File>>,
}

impl Log {
    pub(super) fn new(sayings: &Sayings, global: &Global) -> anyhow::Result<Self> {
        let file = sayings
            .log_file
            .as_ref()
            .map(|path| {
                // A pipe would wait for whoever reads it.
                if let Some(what) = std::fs::metadata(path).ok().and_then(|found| irregular(&found)) {
                    bail!("--log-file {}: it is {what}, not a file", path.display());
                }
                std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(path)
                    .with_context(|| format!("{} cannot be opened", path.display()))
            })
            .transpose()?
            .map(std::sync::Mutex::new);
        let bar = (!global.quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("extract {bar:30} {pos}/{len} {per_sec} {eta} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Ok(Self {
            bar,
            warnings: !global.quiet && sayings.verbosity >= 3,
            // Why a case failed is no chatter.
            errors: sayings.verbosity >= 2,
            file,
        })
    }

    pub(super) fn case(&self, case: &Case, row: &Row, done: usize, of: usize) {
        for warning in &row.warnings {
            self.say(self.warnings, &words::case_says(case.number, warning));
        }
        if let Some(error) = &row.error {
            self.say(self.errors, &words::case_failed(case.number, error));
        }
        if let Some(bar) = &self.bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }

    /// Aloud in the language that is spoken; a file speaks English.
    pub(super) fn say(&self, aloud: bool, text: &Message) {
        if aloud {
            match &self.bar {
                Some(bar) => bar.suspend(|| tell!("{text}")),
                None => tell!("{text}"),
            }
        }
        if let Some(Ok(mut file)) = self.file.as_ref().map(|file| file.lock()) {
            use std::io::Write;
            let _ = writeln!(file, "{}", text.english());
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
