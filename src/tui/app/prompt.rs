//! A line of text that is being written, and paths that complete themselves.

use tui_input::Input;

use crate::tui::effect::Question;

/// A line of text that is being written.
pub(super) struct Prompt {
    /// What is asked; nothing while a list is narrowed
    pub question: Option<Question>,
    /// What is written
    pub input: Input,
}

/// A text without its first columns.
pub(super) fn skip_columns(words: &str, columns: usize) -> String {
    let mut skipped = 0;
    words
        .chars()
        .skip_while(|letter| {
            let go = skipped < columns;
            skipped += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
            go
        })
        .collect()
}

/// A path as a person writes it: `~` is the home folder, as in a shell.
pub(super) fn at_home(written: &str) -> String {
    match (written.strip_prefix('~'), std::env::var("HOME")) {
        (Some(rest), Ok(home)) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => written.to_owned(),
    }
}

/// A path made longer by what is there, as a shell does; `None` where nothing fits.
pub(super) fn complete(written: &str) -> Option<String> {
    let written = at_home(written);
    let written = written.as_str();
    let (folder, start) = match written.rfind('/') {
        Some(at) => (&written[..=at], &written[at + 1..]),
        None => ("", written),
    };
    let looked_in = if folder.is_empty() { "." } else { folder };
    let mut names: Vec<String> = std::fs::read_dir(looked_in)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| {
            let slash = if entry.path().is_dir() { "/" } else { "" };
            format!("{}{slash}", entry.file_name().to_string_lossy())
        })
        .filter(|name| name.starts_with(start) && (start.starts_with('.') || !name.starts_with('.')))
        .collect();
    names.sort();
    let first = names.first()?;
    let common = names.iter().fold(first.chars().count(), |common, name| {
        first
            .chars()
            .zip(name.chars())
            .take_while(|(left, right)| left == right)
            .count()
            .min(common)
    });
    let common: String = first.chars().take(common).collect();
    Some(format!("{folder}{common}"))
}
