//! Where a person was and how the study stood: the screen in front and each screen's cursor and filter, kept with the study's
//! results, so that the next start goes on from there and says what has changed.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::left::{Left, taking_part, word};
use super::state::App;
use crate::figure::Tone;
use crate::message::english::program as words;
use crate::study::artefact::write_whole;
use crate::tui::screens::{SCREENS, home, key_of};

/// The form of the file; another one is not read.
const FORMAT: u64 = 1;

impl App {
    /// The file, where there is a study whose results have a folder already: merely looking makes none.
    fn session_file(&self) -> Option<PathBuf> {
        let folder = &self.snapshot.results_folder;
        (self.source.is_some() && !self.scan_only && !folder.as_os_str().is_empty() && folder.is_dir())
            .then(|| folder.join(".work/screen.json"))
    }

    /// Keeps where the person is. A file that cannot be written is no reason to trouble anyone at the end.
    pub fn remember(&self) {
        let Some(path) = self.session_file() else { return };
        let screens: Map<String, Value> = SCREENS
            .iter()
            .zip(&self.screens)
            .map(|(entry, screen)| (entry.identity.name.0.to_owned(), screen.memory()))
            .filter(|(_, memory)| !memory.is_null())
            .collect();
        let stages = self.snapshot.stages.iter();
        let stages: Map<String, Value> = stages
            .map(|stage| (stage.name.clone(), json!([word(stage.state), stage.summary])))
            .collect();
        let session = json!({
            "format": FORMAT,
            "stages": stages,
            "cases": taking_part(&self.snapshot),
            "screen": self.front.0,
            "screens": screens,
        });
        let _ = write_whole(&path, format!("{session:#}\n").as_bytes());
    }

    /// Goes back to where the person was; a file that is damaged or of another form is as none.
    pub(super) fn recall(&mut self) {
        let Some(session) = self
            .session_file()
            .and_then(|path| std::fs::read(path).ok())
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
            .filter(|session| session["format"] == FORMAT)
        else {
            return;
        };
        self.left = Some(Left::of(&session));
        for (entry, screen) in SCREENS.iter().zip(&mut self.screens) {
            screen.recall(&session["screens"][entry.identity.name.0]);
        }
        if let Some(entry) = SCREENS.iter().find(|entry| session["screen"] == entry.identity.name.0) {
            self.front = entry.identity.name;
        }
    }

    /// Compares the study with how it was left, once its stages are known, and says that there is something to see.
    pub(super) fn compare_with_last_time(&mut self) {
        if self.snapshot.stages.is_empty() {
            return;
        }
        let Some(left) = self.left.take() else { return };
        self.since = left.changed(&self.snapshot);
        if !self.since.is_empty() && self.toast.is_none() {
            self.say(
                Tone::Warn,
                words::since_last_time(self.since.len(), key_of(home::IDENTITY.name)),
            );
        }
    }
}
