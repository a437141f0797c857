//! Grey slices in half blocks: a cell is two square pixels, the upper in the foreground, the lower in the background.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use crate::figure::section::{Section, Window};
use crate::tui::screen::View;
use crate::tui::theme::Depth;

/// How the mask is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlay {
    /// Its outline
    #[default]
    Outline,
    /// All of it
    Filled,
    /// Not at all
    Off,
}

/// Draws a section whose pixels are `area.width` x `2 area.height`; `levels` greys (12 while a key repeats).
pub fn draw(
    buffer: &mut Buffer,
    area: Rect,
    section: &Section,
    window: Window,
    overlay: Overlay,
    cross: Option<(usize, usize)>,
    view: &View,
) {
    let (rows, columns) = section.values.dim();
    let marked = |row: usize, column: usize| match overlay {
        Overlay::Outline => section.outline(row, column),
        Overlay::Filled => {
            section.inside[(row, column)] && ((row + column).is_multiple_of(2) || section.outline(row, column))
        }
        Overlay::Off => false,
    };
    if view.theme.mono() || view.glyphs.ascii {
        let shown = Section {
            inside: if overlay == Overlay::Off {
                ndarray::Array2::from_elem(section.inside.dim(), false)
            } else {
                section.inside.clone()
            },
            ..section.clone()
        };
        for (row, line) in shown.to_lines(window, view.glyphs.ascii).iter().enumerate() {
            super::text(buffer, area, 0, row as u16, line, Style::new());
        }
        if let Some((row, column)) = cross {
            super::text(
                buffer,
                area,
                column as u16,
                (row / 2) as u16,
                "+",
                view.theme.selection(),
            );
        }
        return;
    }
    let accent = view.theme.accent().fg.unwrap_or(Color::Cyan);
    let colour = |row: usize, column: usize| -> Color {
        if row >= rows || column >= columns {
            return Color::Reset;
        }
        if cross.is_some_and(|(y, x)| (y == row) != (x == column) && y.abs_diff(row) + x.abs_diff(column) < 6) {
            return view.theme.tone(crate::figure::Tone::Warn).fg.unwrap_or(Color::Yellow);
        }
        if marked(row, column) {
            return accent;
        }
        let share = window.share(section.values[(row, column)]);
        if share.is_nan() {
            return Color::Reset;
        }
        match view.theme.depth {
            Depth::True => {
                let grey = (share * 255.0).round() as u8;
                Color::Rgb(grey, grey, grey)
            }
            Depth::Indexed => Color::Indexed(232 + ((share * 24.0) as u8).min(23)),
            _ => {
                // Four greys with an ordered 2 x 2 pattern between them.
                const PATTERN: [[f64; 2]; 2] = [[0.125, 0.625], [0.875, 0.375]];
                let level = share * 3.0;
                let step = usize::from(level.fract() > PATTERN[row % 2][column % 2]);
                [Color::Black, Color::DarkGray, Color::Gray, Color::White][(level as usize + step).min(3)]
            }
        }
    };
    for y in 0..(area.height as usize).min(rows.div_ceil(2)) {
        for x in 0..(area.width as usize).min(columns) {
            if let Some(cell) = buffer.cell_mut((area.x + x as u16, area.y + y as u16)) {
                let (upper, lower) = (colour(2 * y, x), colour(2 * y + 1, x));
                if upper == lower {
                    // A cell of one colour is a space: half the bytes on the way to the terminal.
                    cell.set_char(' ').set_bg(lower);
                } else {
                    cell.set_char('▀').set_fg(upper).set_bg(lower);
                }
            }
        }
    }
}
