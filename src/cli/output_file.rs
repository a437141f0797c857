//! Files that a command is told to write: one rule for all of them.
//!
//! What the command reads is never written onto. Any other file that is there already is replaced only with `--overwrite`, for
//! nobody but its owner knows what it is worth. What a command writes by itself, among the results of a study or in the folder of
//! a run, is its own and is replaced. Devices and pipes are no files and are written through.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::Global;
use super::printer::tell;
use crate::file::{replaces, same, write_whole};
use crate::message::english::output as heads;
use crate::study::Study;

/// Whether existing files may be replaced.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Overwriting {
    /// Replace a file that is there already; what this command reads is never written onto
    #[arg(long)]
    pub overwrite: bool,
}

impl Overwriting {
    /// Whether a file may be written; `inputs` are what the command reads.
    ///
    /// # Errors
    /// If it is one of them, or is there and was not to be replaced.
    pub fn judge<'a>(self, path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> anyhow::Result<()> {
        if path.as_os_str() == "-" {
            bail!("- is no file: the numbers are on standard output already; name a file");
        }
        never_an_input(path, inputs)?;
        if replaces(path) && !self.overwrite {
            bail!("{} exists; --overwrite replaces it", path.display());
        }
        Ok(())
    }
}

impl Overwriting {
    /// Whether a file may be written beside a study, of which no file is written onto.
    ///
    /// # Errors
    /// As [`Overwriting::judge`].
    pub fn judge_beside(self, study: &Study, path: &Path) -> anyhow::Result<()> {
        let files = study.files();
        self.judge(path, files.iter().map(PathBuf::as_path))
    }
}

/// Refuses a file that is one of `inputs`, or a slice of one that is a folder.
pub fn never_an_input<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> anyhow::Result<()> {
    if !replaces(path) {
        return Ok(());
    }
    for input in inputs {
        if same(path, input) {
            bail!("{} is read by this command: write to another file", path.display());
        }
        if input.is_dir() && path.parent().is_some_and(|folder| same(folder, input)) {
            bail!(
                "{} lies in {}, which is read by this command: write to another file",
                path.display(),
                input.display()
            );
        }
    }
    Ok(())
}

/// Writes a file whole and says so.
pub fn write(path: &Path, bytes: &[u8], global: &Global) -> anyhow::Result<()> {
    write_whole(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    if !global.quiet {
        tell!("{}", heads::wrote(path.display()));
    }
    Ok(())
}
