//! Calibration of each model on each set of cases, one at a time or two side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::{ChartState, SCOPES, turn};
use crate::figure::Figure;
use crate::figure::calibration::{self, CalibrationInput};
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{left_of, right_of};

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
    fn title(&self) -> &'static str {
        "calibration"
    }

    fn short(&self) -> &'static str {
        "calib"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("evaluate")
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        snapshot.results.first::<CalibrationInput>().is_some()
    }

    fn scopes(&self) -> &'static [Scope] {
        SCOPES
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let parts = view.snapshot.results.count::<CalibrationInput>();
        let turning = matches!(command, Command::NextPart | Command::PreviousPart)
            || (!self.chart.table && matches!(command, Command::Up | Command::Down));
        if turning {
            self.part = turn(self.part, parts, matches!(command, Command::NextPart | Command::Down));
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
            format!("{} of {parts}   ↑↓ the others, ←→ read values", self.part + 1)
        } else {
            reading
        }
    }
}
