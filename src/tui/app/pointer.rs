//! What is pointed at, and the screen as a file.

use std::path::PathBuf;

use ratatui::buffer::Buffer;

use super::state::App;
use crate::figure::Tone;
use crate::message::english::program as words;
use crate::study::artefact::write_whole;
use crate::tui::screenshot;

impl App {
    /// A click: on a tab, on a command of the last line, or on a row of the screen.
    pub(super) fn click(&mut self, column: u16, row: u16) {
        if self.prompt.is_some() || self.overlay.is_some() {
            return;
        }
        self.toast = None;
        let at = |area: &ratatui::layout::Rect| area.contains((column, row).into());
        if let Some(key) = self.targets.iter().find(|(area, _)| at(area)).map(|(_, key)| *key) {
            self.obey_key(key);
            return;
        }
        let (screen, view) = self.front();
        if screen.ready(view.snapshot) {
            for effect in screen.click(column, row, &view) {
                self.carry_out(effect);
            }
        }
    }

    /// Saves the screen in front as text and as a picture, under a name that is free.
    pub(super) fn save_screen(&mut self) {
        let name = self.screen().identity().name.0;
        let folder = match &self.snapshot.results_folder {
            folder if folder.as_os_str().is_empty() => PathBuf::from("."),
            folder => folder.join("screens"),
        };
        let mut buffer = Buffer::empty(self.area);
        self.toast = None;
        self.draw(&mut buffer, self.area);
        let path = |number: usize, ending: &str| match number {
            1 => folder.join(format!("{name}.{ending}")),
            _ => folder.join(format!("{name}-{number}.{ending}")),
        };
        let free = |number: &usize| !path(*number, "svg").exists() && !path(*number, "txt").exists();
        let number = (1..10_000).find(free).unwrap_or(10_000);
        let svg = path(number, "svg");
        let written = write_whole(&svg, screenshot::svg(&buffer, self.theme.name).as_bytes())
            .and_then(|()| write_whole(&path(number, "txt"), screenshot::text(&buffer).as_bytes()));
        match written {
            Ok(()) => self.say(Tone::Good, words::saved_screen(svg.display().to_string())),
            Err(error) => self.say(Tone::Bad, words::not_saved(error.to_string())),
        }
    }
}
