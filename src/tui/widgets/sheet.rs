//! The numbers behind a chart, as a table that scrolls both ways.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{below, text};
use crate::figure::cells::{fit, width};
use crate::figure::{Label, Sheet, Tone};
use crate::tui::command::Command;
use crate::tui::screen::View;

/// Where in the sheet one looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    row: usize,
    column: usize,
    page: usize,
}

impl Place {
    /// Moves by a movement command; answers whether it was one.
    pub fn obey(&mut self, command: Command, sheet: &Sheet) -> bool {
        let last = sheet.rows.len().saturating_sub(self.page.max(1));
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(last),
            Command::PageUp => self.row = self.row.saturating_sub(self.page.max(1)),
            Command::PageDown => self.row = (self.row + self.page.max(1)).min(last),
            Command::First => self.row = 0,
            Command::Last => self.row = last,
            Command::Left => self.column = self.column.saturating_sub(1),
            Command::Right => self.column = (self.column + 1).min(sheet.columns.len().saturating_sub(1)),
            _ => return false,
        }
        true
    }
}

/// Draws the sheet from a place on, below the labels that it must carry.
pub fn draw(buffer: &mut Buffer, area: Rect, sheet: &Sheet, labels: &[Label], place: &mut Place, view: &View) {
    for (row, label) in labels.iter().enumerate().take(area.height as usize) {
        let line = view.glyphs.text(&label.to_string());
        text(buffer, area, 0, row as u16, &line, view.theme.tone(Tone::Warn));
    }
    let area = below(area, labels.len().min(area.height as usize) as u16);
    if area.height < 2 {
        return;
    }
    place.page = area.height as usize - 1;
    place.row = place.row.min(sheet.rows.len().saturating_sub(place.page));
    place.column = place.column.min(sheet.columns.len().saturating_sub(1));
    let rows: Vec<Vec<String>> = sheet
        .rows
        .iter()
        .skip(place.row)
        .take(place.page)
        .map(|row| row.iter().map(crate::figure::Datum::short).collect())
        .collect();
    let mut x = 0usize;
    for column in place.column..sheet.columns.len() {
        let heading = view.glyphs.text(&sheet.columns[column]);
        let widest = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| width(cell))
            .chain([width(&heading)])
            .max()
            .unwrap_or(0)
            .min(28);
        if x >= area.width as usize {
            break;
        }
        let right = sheet
            .rows
            .iter()
            .take(50)
            .any(|row| matches!(row.get(column), Some(crate::figure::Datum::Number(_))));
        let mut put = |y: u16, words: &str, style| {
            let shown = fit(words, widest);
            let gap = if right { widest - width(&shown) } else { 0 };
            text(buffer, area, (x + gap) as u16, y, &shown, style);
        };
        put(0, &heading, view.theme.heading());
        for (order, row) in rows.iter().enumerate() {
            if let Some(cell) = row.get(column) {
                put(order as u16 + 1, &view.glyphs.text(cell), ratatui::style::Style::new());
            }
        }
        x += widest + 2;
    }
}
