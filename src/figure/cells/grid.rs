//! Cells in rows, and how a figure is laid out in them.

use unicode_width::UnicodeWidthChar;

use crate::figure::marks::Tone;
use crate::figure::text::fit;

/// What curves are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ink {
    /// Braille, 2 x 4 dots a cell
    #[default]
    Braille,
    /// Quadrant blocks, 2 x 2
    Block,
    /// A dot a cell
    Dot,
    /// ASCII letters, one sign a series
    Ascii,
}

impl Ink {
    /// The next of the cycle.
    pub fn next(self) -> Self {
        match self {
            Self::Braille => Self::Block,
            Self::Block => Self::Dot,
            Self::Dot => Self::Ascii,
            Self::Ascii => Self::Braille,
        }
    }

    /// Dots across and up a cell.
    pub(super) fn grain(self) -> (usize, usize) {
        match self {
            Self::Braille => (2, 4),
            Self::Block => (2, 2),
            Self::Dot | Self::Ascii => (1, 1),
        }
    }
}

/// How a figure is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Layout {
    /// What curves are drawn with
    pub ink: Ink,
    /// Whether only ASCII may be used, for frames and marks too
    pub ascii: bool,
    /// Whether the title stands above
    pub title: bool,
    /// Where a cursor stands on the horizontal axis
    pub cursor: Option<f64>,
    /// The first row shown of a chart of rows
    pub first_row: usize,
}

/// The background of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fill {
    /// None
    #[default]
    None,
    /// Inside a band of this tone
    Band(Tone),
    /// A shade from 0 to 23 of a heat map
    Shade(u8),
    /// The row in hand
    Selected,
}

/// A character cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it; `\0` in the right half of a wide character
    pub symbol: char,
    /// Its meaning
    pub tone: Tone,
    /// Its background
    pub fill: Fill,
    /// Whether it is to be strong
    pub strong: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            symbol: ' ',
            tone: Tone::Plain,
            fill: Fill::None,
            strong: false,
        }
    }
}

/// A block of cells, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Columns
    pub width: usize,
    /// Rows
    pub height: usize,
    pub(super) grid: Vec<Cell>,
}

impl Cells {
    /// An empty block.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            grid: vec![Cell::default(); width * height],
        }
    }

    /// The cell at a column and row; an empty one outside.
    pub fn get(&self, x: usize, y: usize) -> Cell {
        if x < self.width && y < self.height {
            self.grid[y * self.width + x]
        } else {
            Cell::default()
        }
    }

    /// The cell at a column and row, to be changed.
    pub fn at(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        (x < self.width && y < self.height).then(|| &mut self.grid[y * self.width + x])
    }

    /// Puts a character; outside nothing happens.
    pub fn put(&mut self, x: usize, y: usize, symbol: char, tone: Tone) {
        if let Some(cell) = self.at(x, y) {
            cell.symbol = symbol;
            cell.tone = tone;
        }
    }

    /// Writes text of at most `room` columns and gives the columns used; a text that does not fit ends in `…`.
    pub fn text(&mut self, x: usize, y: usize, room: usize, text: &str, tone: Tone) -> usize {
        let room = room.min(self.width.saturating_sub(x));
        let text = fit(text, room);
        let mut column = x;
        for symbol in text.chars() {
            let wide = symbol.width().unwrap_or(0);
            if wide == 0 {
                continue;
            }
            self.put(column, y, symbol, tone);
            if wide == 2 {
                self.put(column + 1, y, '\0', tone);
            }
            column += wide;
        }
        column - x
    }

    pub(super) fn strong_text(&mut self, x: usize, y: usize, room: usize, text: &str, tone: Tone) {
        let used = self.text(x, y, room, text, tone);
        for column in x..x + used {
            if let Some(cell) = self.at(column, y) {
                cell.strong = true;
            }
        }
    }

    /// Copies another block into this one.
    pub fn insert(&mut self, x: usize, y: usize, other: &Cells) {
        for row in 0..other.height {
            for column in 0..other.width {
                if let Some(cell) = self.at(x + column, y + row) {
                    *cell = other.get(column, row);
                }
            }
        }
    }

    /// One row as text, without spaces at its end; bands and shades without a sign of their own get one.
    pub fn line(&self, y: usize, ascii: bool) -> String {
        let mut text = String::new();
        for x in 0..self.width {
            let cell = self.get(x, y);
            match cell.symbol {
                '\0' => {}
                ' ' => text.push(fill_sign(cell.fill, ascii)),
                symbol => text.push(symbol),
            }
        }
        text.trim_end().to_owned()
    }
}

/// The sign for a background where there are no colours.
pub fn fill_sign(fill: Fill, ascii: bool) -> char {
    match (fill, ascii) {
        (Fill::None | Fill::Selected, _) => ' ',
        (Fill::Band(_), false) => '░',
        (Fill::Band(_), true) => ':',
        (Fill::Shade(shade), false) => [' ', '░', '▒', '▓', '█'][(shade as usize * 5 / 24).min(4)],
        (Fill::Shade(shade), true) => {
            [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'][(shade as usize * 10 / 24).min(9)]
        }
    }
}
