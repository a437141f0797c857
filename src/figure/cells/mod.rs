//! A [`Figure`] laid out in character cells, each with a tone instead of a colour.
//!
//! The terminal program gives the tones colours from its theme; `radscore show` prints the cells as text. Curves are dots
//! of a finer grid (2 x 4 in a Braille cell), bands are the background of a cell, ticks stand exactly under their values:
//! both go through the same rounding.

mod dots;
mod matrix;
mod plot;
mod rows;
mod scales;

use unicode_width::UnicodeWidthChar;

use self::matrix::paint_matrix;
use self::plot::paint_plot;
use self::rows::paint_rows;
use self::scales::paint_scales;
use super::{Content, Figure, Tone};

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
    fn grain(self) -> (usize, usize) {
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
    grid: Vec<Cell>,
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

    fn strong_text(&mut self, x: usize, y: usize, room: usize, text: &str, tone: Tone) {
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

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|symbol| symbol.width().unwrap_or(0)).sum()
}

/// A text cut to a number of columns, `…` at its end where something was cut off.
pub fn fit(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    for symbol in text.chars() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept
}

/// A text cut at its beginning: feature names differ at their end.
pub fn fit_end(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for symbol in text.chars().rev() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room - 1 {
            break;
        }
        kept.push(symbol);
        used += wide;
    }
    kept.push('…');
    kept.iter().rev().collect()
}

/// A figure in cells.
pub fn paint(figure: &Figure, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    if width < 24 || height < 6 {
        cells.text(0, 0, width, "too small for the chart", Tone::Muted);
        return finish(cells, layout);
    }
    let mut top = 0;
    if layout.title {
        cells.strong_text(0, 0, width, &figure.title, Tone::Plain);
        top = 1;
    }
    let notes = if height >= 12 {
        figure.notes.len().min(height / 6)
    } else {
        0
    };
    for (order, note) in figure.notes.iter().take(notes).enumerate() {
        cells.text(1, height - notes + order, width - 1, note, Tone::Muted);
    }
    let room = height - top - notes;
    let drawn = match &figure.content {
        Content::Plot(plot) => paint_plot(plot, width, room, layout),
        Content::Rows(rows) => paint_rows(rows, width, room, layout),
        Content::Scales(scales) => paint_scales(scales, width, room),
        Content::Matrix(matrix) => paint_matrix(matrix, width, room),
    };
    cells.insert(0, top, &drawn);
    finish(cells, layout)
}

fn finish(mut cells: Cells, layout: &Layout) -> Cells {
    if layout.ascii {
        for cell in &mut cells.grid {
            cell.symbol = ascii(cell.symbol);
        }
    }
    cells
}

/// The nearest ASCII sign; letters of other scripts stay, since they are names.
pub fn ascii(symbol: char) -> char {
    match symbol {
        '─' | '┄' | '╌' | '–' | '—' | '▁' | '▔' => '-',
        '│' | '┊' | '┤' | '├' | '▏' | '▐' | '▌' => '|',
        '┼' | '┴' | '┬' | '└' | '┘' | '┌' | '┐' | '╭' | '╮' | '╰' | '╯' | '±' | '✓' => '+',
        '●' | '•' | '◆' => 'o',
        '■' | '█' | '▓' | '▇' | '▆' | '▅' | '▀' => '#',
        '▄' | '▃' | '▂' | '▒' => '=',
        '░' => ':',
        '◄' | '‹' | '≤' | '←' => '<',
        '►' | '▸' | '›' | '≥' | '→' => '>',
        '…' => '~',
        '×' | '✗' => 'x',
        'λ' => 'L',
        '²' => '2',
        '·' => '.',
        '↑' => '^',
        '↓' => 'v',
        '∞' => 'I',
        '√' => 'V',
        '\u{2801}'..='\u{28ff}' => '*',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Dash, Marks, Plot, Point, Series, Sheet};

    fn figure(plot: Plot) -> Figure {
        Figure {
            name: "test".to_owned(),
            title: "Test".to_owned(),
            content: Content::Plot(plot),
            notes: Vec::new(),
            sheet: Sheet::default(),
        }
    }

    #[test]
    fn ticks_stand_under_their_values() {
        let mut plot = Plot {
            x: Axis::linear("x", 0.0, 1.0),
            y: Axis::linear("y", 0.0, 1.0),
            ..Plot::default()
        };
        plot.series.push(Series {
            name: String::new(),
            tone: Tone::Series(0),
            dash: Dash::Solid,
            marks: Marks::Points(vec![Point {
                x: 0.2,
                y: 0.5,
                bar: None,
            }]),
        });
        let cells = paint(&figure(plot), 60, 16, &Layout::default());
        let lines: Vec<Vec<char>> = (0..16).map(|row| cells.line(row, false).chars().collect()).collect();
        let column = lines
            .iter()
            .find_map(|line| line.iter().position(|&c| c == '●'))
            .unwrap();
        let axis = lines.iter().find(|line| line.contains(&'└')).unwrap();
        assert_eq!(axis[column], '┴', "the mark at 0.2 stands over the tick of 0.2");
    }

    #[test]
    fn a_level_line_has_one_row_and_stays_in_the_frame() {
        let mut plot = Plot {
            x: Axis::linear("x", 0.0, 1.0),
            y: Axis::linear("y", 0.0, 1.0),
            ..Plot::default()
        };
        plot.series.push(Series::line(
            "far",
            Tone::Series(0),
            Dash::Solid,
            vec![[-5.0, 0.5], [7.0, 0.5], [f64::NAN, 1.0], [0.5, 1e300]],
        ));
        let cells = paint(
            &figure(plot),
            50,
            14,
            &Layout {
                ascii: true,
                ..Layout::default()
            },
        );
        let rows = (0..14).filter(|&row| cells.line(row, true).contains("*****")).count();
        assert_eq!(rows, 1);
    }

    #[test]
    fn texts_are_cut_by_columns_not_letters() {
        assert_eq!(fit("影像组学", 5), "影像…");
        assert_eq!(width(&fit("影像组学", 4)), 3);
        assert_eq!(fit_end("original_glcm_Idm", 6), "…m_Idm");
        let mut cells = Cells::new(4, 1);
        assert!(cells.text(0, 0, 4, "影像组", Tone::Plain) <= 4);
    }

    #[test]
    fn any_size_is_drawn_without_harm() {
        let mut plot = Plot {
            top: Some(super::super::TopAxis {
                label: "n".to_owned(),
                labels: vec![(0.5, "12".to_owned())],
            }),
            rug: Some(vec![0.1, 0.1, f64::NAN]),
            legend: true,
            square: true,
            ..Plot::default()
        };
        plot.series.push(Series::line(
            "名字很长的曲线",
            Tone::Series(3),
            Dash::Dashed,
            vec![[0.0, 0.0], [1.0, 1.0]],
        ));
        let figure = figure(plot);
        for width in 0..90 {
            for height in [0, 1, 5, 6, 9, 14, 30] {
                for ink in [Ink::Braille, Ink::Block, Ink::Dot, Ink::Ascii] {
                    let cells = paint(
                        &figure,
                        width,
                        height,
                        &Layout {
                            ink,
                            cursor: Some(0.3),
                            title: true,
                            ..Layout::default()
                        },
                    );
                    assert_eq!((cells.width, cells.height), (width, height));
                }
            }
        }
    }
}
