//! What all chart screens share: a cursor along x, the table behind the chart, export and copy.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::figure::Figure;
use crate::message::english::charts as words;
use crate::tui::command::{CHART, Command, Group, MOVE, PARTS};
use crate::tui::effect::Effect;
use crate::tui::screen::View;
use crate::tui::widgets::{plot, sheet};

/// View state of a chart.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ChartState {
    /// Where the cursor stands, as a share of the axis
    pub cursor: Option<f64>,
    /// Whether the table is shown instead of the chart
    pub table: bool,
    /// Where in the table
    pub place: sheet::Place,
    /// The first row of a chart of rows
    pub first_row: usize,
}

/// The common commands of a chart with several parts.
pub const CHART_WITH_PARTS: &[&Group] = &[MOVE, CHART, PARTS];

impl ChartState {
    /// The part that a command turns to; `None` for a command that turns to none.
    pub fn turned(&self, part: usize, parts: usize, command: Command) -> Option<usize> {
        let forward = match command {
            Command::NextPart => true,
            Command::PreviousPart => false,
            Command::Down if !self.table => true,
            Command::Up if !self.table => false,
            _ => return None,
        };
        Some(turn(part, parts, forward))
    }

    /// Obeys what concerns the chart as such; `None` for a command that is the screen's own.
    pub fn obey(&mut self, command: Command, figure: Option<&Figure>) -> Option<Vec<Effect>> {
        match command {
            Command::Table => {
                self.table = !self.table;
                Some(Vec::new())
            }
            Command::Export => Some(
                figure
                    .map(|figure| vec![Effect::Export(vec![figure.clone()])])
                    .unwrap_or_default(),
            ),
            Command::Copy => Some(
                figure
                    .map(|figure| vec![Effect::Copy(figure.sheet.to_csv())])
                    .unwrap_or_default(),
            ),
            Command::Ink => Some(vec![Effect::NextInk]),
            _ if self.table => {
                let moved = figure.is_some_and(|figure| self.place.obey(command, &figure.sheet));
                moved.then(Vec::new)
            }
            Command::Left | Command::Right => {
                let step = 1.0 / 64.0;
                let from = self
                    .cursor
                    .unwrap_or(if command == Command::Right { -step } else { 1.0 + step });
                let to = if command == Command::Right {
                    from + step
                } else {
                    from - step
                };
                self.cursor = Some(to.clamp(0.0, 1.0));
                Some(Vec::new())
            }
            Command::First => {
                self.cursor = Some(0.0);
                self.first_row = 0;
                Some(Vec::new())
            }
            Command::Last => {
                self.cursor = Some(1.0);
                Some(Vec::new())
            }
            Command::Up => {
                self.first_row = self.first_row.saturating_sub(1);
                Some(Vec::new())
            }
            Command::Down => {
                self.first_row += 1;
                Some(Vec::new())
            }
            _ => None,
        }
    }

    /// One step back: out of the table, then the cursor away.
    pub fn back(&mut self) -> bool {
        if self.table {
            self.table = false;
            true
        } else {
            self.cursor.take().is_some()
        }
    }

    /// The value under the cursor on the chart's x axis.
    pub fn x(&self, figure: &Figure) -> Option<f64> {
        Some(figure.x_axis()?.value(self.cursor?))
    }

    /// The chart, or its table.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect, figure: &Figure, view: &View) {
        if let crate::figure::Content::Rows(rows) = &figure.content {
            self.first_row = self.first_row.min(rows.rows.len().saturating_sub(1));
        }
        if self.table {
            let labels = view.snapshot.results.labels_of(figure.stage);
            sheet::draw(buffer, area, &figure.sheet, &labels, &mut self.place, view);
        } else {
            plot::draw(buffer, area, figure, view, self.x(figure), self.first_row);
        }
    }

    /// Every series' value under the cursor, in one line.
    pub fn reading(&self, figure: &Figure) -> String {
        if self.table {
            return words::rows(figure.sheet.rows.len()).to_string();
        }
        let Some(x) = self.x(figure) else {
            return String::new();
        };
        let label = figure.x_axis().map(|axis| axis.label.clone()).unwrap_or_default();
        let mut parts = vec![format!("{label} {}", crate::figure::ticks::significant(x, 3))];
        parts.extend(
            figure
                .readings(x)
                .into_iter()
                .map(|(name, y)| format!("{name} {}", crate::figure::ticks::significant(y, 3))),
        );
        parts.join("   ")
    }
}

/// The next or previous of several parts.
pub fn turn(part: usize, parts: usize, forward: bool) -> usize {
    let parts = parts.max(1);
    if forward {
        (part + 1) % parts
    } else {
        (part + parts - 1) % parts
    }
}
