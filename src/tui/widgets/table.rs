//! A list with columns: only the rows in sight are made, so that five thousand cases cost no more than twenty.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{paint_row, text};
use crate::figure::cells::{fit, fit_end, width};
use crate::message::Id;
use crate::tui::command::Command;
use crate::tui::screen::View;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading
    pub heading: Option<Id>,
    /// Its width; 0 takes what is left
    pub width: u16,
    /// Whether its cells stand at the right
    pub right: bool,
    /// Whether a long cell loses its beginning instead of its end
    pub keep_end: bool,
}

impl Column {
    /// A column of text.
    pub const fn text(heading: Id, width: u16) -> Self {
        Self {
            heading: Some(heading),
            width,
            right: false,
            keep_end: false,
        }
    }

    /// A column of signs, without a heading.
    pub const fn blank(width: u16) -> Self {
        Self {
            heading: None,
            width,
            right: false,
            keep_end: false,
        }
    }

    /// A column of numbers.
    pub const fn number(heading: Id, width: u16) -> Self {
        Self {
            heading: Some(heading),
            width,
            right: true,
            keep_end: false,
        }
    }

    /// A column of names that differ at their end.
    pub const fn name(heading: Id, width: u16) -> Self {
        Self {
            heading: Some(heading),
            width,
            right: false,
            keep_end: true,
        }
    }
}

/// Which row is in hand, and which rows are in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The row in hand
    pub row: usize,
    /// The first row in sight
    pub first: usize,
    /// How many rows fit, as of the last drawing
    pub page: usize,
    /// Whether another list has the keys now: then no row is shown in hand
    pub idle: bool,
    /// Where the rows were drawn last
    pub place: Rect,
}

impl Cursor {
    /// Moves by a movement command; answers whether it was one.
    pub fn obey(&mut self, command: Command, rows: usize) -> bool {
        let last = rows.saturating_sub(1);
        let page = self.page.max(2) - 1;
        self.row = match command {
            Command::Up => self.row.saturating_sub(1),
            Command::Down => (self.row + 1).min(last),
            Command::PageUp => self.row.saturating_sub(page),
            Command::PageDown => (self.row + page).min(last),
            Command::First => 0,
            Command::Last => last,
            _ => return false,
        };
        true
    }

    /// Takes the row that is pointed at; whether one is.
    pub fn click(&mut self, column: u16, row: u16) -> bool {
        let there = self.place.contains((column, row).into());
        if there {
            self.row = self.first + usize::from(row - self.place.y);
        }
        there
    }

    /// Brings the row in hand into sight.
    pub fn show(&mut self, rows: usize, page: usize) {
        self.page = page;
        self.row = self.row.min(rows.saturating_sub(1));
        if self.row < self.first {
            self.first = self.row;
        } else if page > 0 && self.row >= self.first + page {
            self.first = self.row + 1 - page;
        }
        self.first = self.first.min(rows.saturating_sub(page.max(1)));
    }
}

/// A cell: its text and its style.
pub type CellText = (String, Style);

/// Draws headings and the rows in sight; `cells` makes the cells of a row.
pub fn draw(
    buffer: &mut Buffer,
    area: Rect,
    columns: &[Column],
    rows: usize,
    cursor: &mut Cursor,
    view: &View,
    cells: impl Fn(usize) -> Vec<CellText>,
) {
    if area.height < 2 || area.width < 4 {
        return;
    }
    let page = area.height as usize - 1;
    // The mark of a long list has the last column for itself.
    let whole = area;
    let area = if rows > page {
        super::left_of(area, area.width - 1)
    } else {
        area
    };
    let fixed: u16 = columns.iter().map(|column| column.width + 1).sum();
    let open = columns.iter().filter(|column| column.width == 0).count() as u16;
    let rest = area.width.saturating_sub(fixed) / open.max(1);
    let widths: Vec<u16> = columns
        .iter()
        .map(|column| if column.width == 0 { rest } else { column.width })
        .collect();
    let mut x = 0;
    for (column, &wide) in columns.iter().zip(&widths) {
        put(
            buffer,
            area,
            (x, 0, wide),
            column,
            &view.glyphs.text(column.heading.map_or("", Id::text)),
            view.theme.muted(),
        );
        x += wide + 1;
    }
    cursor.show(rows, page);
    let seen = rows.saturating_sub(cursor.first).min(page) as u16;
    cursor.place = Rect::new(area.x, area.y + 1, area.width, seen);
    for (order, row) in (cursor.first..rows).take(page).enumerate() {
        let y = order as u16 + 1;
        let mut x = 0;
        for ((column, &wide), (words, style)) in columns.iter().zip(&widths).zip(cells(row)) {
            put(buffer, area, (x, y, wide), column, &view.glyphs.text(&words), style);
            x += wide + 1;
        }
        if row == cursor.row && !cursor.idle {
            paint_row(buffer, area, y, view.theme.selection());
        }
    }
    if rows > page && area.width > 2 {
        // A mark at the right edge shows where in the list this is.
        let at = cursor.first * page.saturating_sub(1) / rows.saturating_sub(page).max(1);
        text(
            buffer,
            whole,
            whole.width - 1,
            1 + (at as u16).min(area.height - 2),
            if view.glyphs.ascii { "#" } else { "▐" },
            view.theme.muted(),
        );
    }
}

fn put(buffer: &mut Buffer, area: Rect, (x, y, wide): (u16, u16, u16), column: &Column, words: &str, style: Style) {
    if x >= area.width {
        return;
    }
    let wide = wide.min(area.width - x);
    let shown = if column.keep_end {
        fit_end(words, wide as usize)
    } else {
        fit(words, wide as usize)
    };
    let gap = if column.right {
        (wide as usize).saturating_sub(width(&shown)) as u16
    } else {
        0
    };
    text(buffer, area, x + gap, y, &shown, style);
}
