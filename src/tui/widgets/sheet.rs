//! The numbers behind a chart, as a table that scrolls both ways.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{below, text, wrap};
use crate::figure::cells::{fit, width};
use crate::figure::{Datum, Label, Sheet, Tone};
use crate::message::english::charts as words;
use crate::tui::command::Command;
use crate::tui::screen::View;

/// Rows by which a column's width is measured: the same on every page, so that nothing jumps.
const MEASURED: usize = 1000;

/// The widest that a column may be.
const WIDEST: usize = 28;

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
            Command::Right => self.column = (self.column + 1).min(sheet.columns.len().saturating_sub(2)),
            _ => return false,
        }
        true
    }
}

/// Draws the sheet from a place on, below the labels that it must carry. The first column says whose row it is and stays; where
/// not all columns fit, a line below says which are shown.
pub fn draw(buffer: &mut Buffer, area: Rect, sheet: &Sheet, labels: &[Label], place: &mut Place, view: &View) {
    let lines: Vec<String> = labels
        .iter()
        .flat_map(|label| wrap(&label.to_string(), area.width as usize))
        .take(area.height as usize)
        .collect();
    for (row, line) in lines.iter().enumerate() {
        text(
            buffer,
            area,
            0,
            row as u16,
            &view.glyphs.text(line),
            view.theme.tone(Tone::Warn),
        );
    }
    let area = below(area, lines.len() as u16);
    if area.height < 2 {
        return;
    }
    let count = sheet.columns.len();
    let whole: usize = (0..count).map(|column| columns_of(sheet, column, view) + 2).sum();
    let scrolls = whole > area.width as usize + 2 && area.height > 3;
    place.page = area.height as usize - 1 - usize::from(scrolls);
    place.row = place.row.min(sheet.rows.len().saturating_sub(place.page));
    place.column = place.column.min(count.saturating_sub(2));
    let mut x = 0usize;
    let mut last = 0;
    for column in std::iter::once(0).chain(place.column + 1..count) {
        let wide = columns_of(sheet, column, view);
        let room = (area.width as usize).saturating_sub(x);
        if room == 0 || (column > place.column + 1 && room < wide) {
            break;
        }
        last = column;
        let right = sheet
            .rows
            .iter()
            .take(50)
            .any(|row| matches!(row.get(column), Some(Datum::Number(_))));
        let mut put = |y: u16, words: &str, style| {
            let shown = fit(words, wide);
            let gap = if right { wide - width(&shown) } else { 0 };
            text(buffer, area, (x + gap) as u16, y, &shown, style);
        };
        put(0, &view.glyphs.text(&sheet.columns[column]), view.theme.heading());
        for (order, row) in sheet.rows.iter().skip(place.row).take(place.page).enumerate() {
            if let Some(cell) = row.get(column) {
                put(order as u16 + 1, &view.glyphs.text(&cell.short()), Style::new());
            }
        }
        x += wide + 2;
    }
    if scrolls {
        let said = words::columns_shown(place.column + 2, last + 1, count).to_string();
        text(
            buffer,
            area,
            0,
            area.height - 1,
            &view.glyphs.text(&said),
            view.theme.muted(),
        );
    }
}

/// The columns that a column of the sheet takes, by its first rows.
fn columns_of(sheet: &Sheet, column: usize, view: &View) -> usize {
    let cells = sheet.rows.iter().take(MEASURED).filter_map(|row| row.get(column));
    cells
        .map(|cell| width(&view.glyphs.text(&cell.short())))
        .chain([width(&view.glyphs.text(&sheet.columns[column]))])
        .max()
        .unwrap_or(0)
        .min(WIDEST)
}
