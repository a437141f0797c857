//! Calibration of each model on each set of cases, one at a time or two side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{CHART_WITH_PARTS, ChartState, turn};
use crate::figure::Figure;
use crate::figure::calibration::{self, CalibrationInput};
use crate::message::english::calibration as words;
use crate::tui::command::{Command, Group};
use crate::tui::effect::Effect;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{left_of, right_of};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("calibration"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("evaluate"),
};

/// The screen.
#[derive(Default)]
pub struct Calibration {
    chart: ChartState,
    part: usize,
}

impl Calibration {
    fn figure(&self, view: &View) -> Option<Figure> {
        view.snapshot.results.nth(self.part).and_then(calibration::figure)
    }
}

impl Screen for Calibration {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<CalibrationInput>().is_some()
    }

    fn groups(&self) -> &'static [&'static Group] {
        CHART_WITH_PARTS
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let parts = view.snapshot.results.count::<CalibrationInput>();
        if let Some(part) = self.chart.turned(self.part, parts, command) {
            self.part = part;
            return Vec::new();
        }
        self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let count = view.snapshot.results.count::<CalibrationInput>();
        self.part = self.part.min(count.saturating_sub(1));
        let Some(figure) = self.figure(view) else {
            return;
        };
        if area.width >= 140 && count > 1 && !self.chart.table {
            let half = area.width / 2;
            self.chart.draw(buffer, left_of(area, half - 1), &figure, view);
            let next = turn(self.part, count, true);
            if let Some(beside) = view.snapshot.results.nth(next).and_then(calibration::figure) {
                self.chart.draw(buffer, right_of(area, half + 1), &beside, view);
            }
        } else {
            self.chart.draw(buffer, area, &figure, view);
        }
    }

    fn back(&mut self) -> bool {
        self.chart.back()
    }

    fn reading(&self, view: &View) -> String {
        let parts = view.snapshot.results.count::<CalibrationInput>();
        let Some(figure) = self.figure(view) else {
            return String::new();
        };
        let reading = self.chart.reading(&figure);
        if reading.is_empty() {
            words::reading(self.part + 1, parts).to_string()
        } else {
            reading
        }
    }
}
