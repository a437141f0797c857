//! Grey slices in half blocks: a cell is two square pixels, the upper in the foreground, the lower in the background.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use crate::figure::Tone;
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

/// What a section is drawn with.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// The section of the image and the first mask
    pub section: &'a Section,
    /// The second reader's mask, by pixel
    pub second: Option<&'a Section>,
    /// Seeds inside and outside of what is contoured, by pixel
    pub seeds: [Option<&'a Section>; 2],
    /// The grey window
    pub window: Window,
    /// How the masks are shown
    pub overlay: Overlay,
    /// The crosshair: row and column
    pub cross: Option<(usize, usize)>,
}

/// Whose outline a pixel belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outline {
    First,
    Second,
    Both,
    SeedInside,
    SeedOutside,
}

impl Outline {
    fn tone(self) -> Tone {
        match self {
            Self::First => Tone::Accent,
            Self::Second => Tone::Warn,
            Self::Both | Self::SeedInside => Tone::Good,
            Self::SeedOutside => Tone::Bad,
        }
    }

    /// The sign where no colour tells them apart.
    fn sign(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::First, true) => "o",
            (Self::First, false) => "•",
            (Self::Second, _) => "x",
            (Self::Both, true) => "8",
            (Self::Both, false) => "◆",
            (Self::SeedInside, true) => "i",
            (Self::SeedInside, false) => "◉",
            (Self::SeedOutside, true) => "u",
            (Self::SeedOutside, false) => "×",
        }
    }
}

impl Drawing<'_> {
    fn marked(&self, row: usize, column: usize) -> Option<Outline> {
        let section = self.section;
        for (seeds, place) in self.seeds.iter().zip([Outline::SeedInside, Outline::SeedOutside]) {
            if seeds.is_some_and(|seeds| seeds.inside.get((row, column)).copied().unwrap_or(false)) {
                return Some(place);
            }
        }
        let first = match self.overlay {
            Overlay::Off => return None,
            Overlay::Outline => section.outline(row, column),
            Overlay::Filled => {
                let (rows, columns) = section.inside.dim();
                row < rows
                    && column < columns
                    && section.inside[(row, column)]
                    && ((row + column).is_multiple_of(2) || section.outline(row, column))
            }
        };
        let second = self.second.is_some_and(|second| second.outline(row, column));
        match (first, second) {
            (true, true) => Some(Outline::Both),
            (true, false) => Some(Outline::First),
            (false, true) => Some(Outline::Second),
            (false, false) => None,
        }
    }
}

/// Draws a section whose pixels are `area.width` x `2 area.height`.
pub fn draw(buffer: &mut Buffer, area: Rect, drawing: &Drawing, view: &View) {
    if view.theme.mono() || view.glyphs.ascii {
        draw_signs(buffer, area, drawing, view);
        return;
    }
    let (rows, columns) = drawing.section.values.dim();
    let colour_of = |tone: Tone| view.theme.tone(tone).fg.unwrap_or(Color::Reset);
    let colour = |row: usize, column: usize| -> Color {
        if row >= rows || column >= columns {
            return Color::Reset;
        }
        if drawing
            .cross
            .is_some_and(|(y, x)| (y == row) != (x == column) && y.abs_diff(row) + x.abs_diff(column) < 6)
        {
            return colour_of(Tone::Bad);
        }
        if let Some(outline) = drawing.marked(row, column) {
            return colour_of(outline.tone());
        }
        grey(
            drawing.window.share(drawing.section.values[(row, column)]),
            (row, column),
            view.theme.depth,
        )
    };
    for y in 0..(area.height as usize).min(rows.div_ceil(2)) {
        // What the terminal's colours are before a cell, if the row is sent whole.
        let mut before = (Color::Reset, Color::Reset);
        for x in 0..(area.width as usize).min(columns) {
            if let Some(cell) = buffer.cell_mut((area.x + x as u16, area.y + y as u16)) {
                let (sign, front, back) = halves(colour(2 * y, x), colour(2 * y + 1, x), before);
                cell.set_char(sign).set_fg(front).set_bg(back);
                before = (if sign == ' ' { before.0 } else { front }, back);
            }
        }
    }
}

/// The sign, foreground and background of a cell with these two pixels, with as few changes of colour from the cell before
/// it as can be: a change costs more bytes on the way to the terminal than all the rest.
fn halves(upper: Color, lower: Color, before: (Color, Color)) -> (char, Color, Color) {
    if upper == lower {
        return (' ', Color::Reset, lower);
    }
    let (above, below) = (('▀', upper, lower), ('▄', lower, upper));
    let changes = |(_, front, back): (char, Color, Color)| u8::from(front != before.0) + u8::from(back != before.1);
    match (upper, lower) {
        // What is outside of the image has the terminal's background, which no foreground can show.
        (Color::Reset, _) => below,
        (_, Color::Reset) => above,
        _ if changes(below) < changes(above) => below,
        _ => above,
    }
}

/// A share of white as a colour; the place decides how four greys are mixed where there are no more.
fn grey(share: f64, (row, column): (usize, usize), depth: Depth) -> Color {
    if share.is_nan() {
        return Color::Reset;
    }
    match depth {
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
}

/// The section as signs, two pixels a cell, where there are no colours or no half blocks.
fn draw_signs(buffer: &mut Buffer, area: Rect, drawing: &Drawing, view: &View) {
    let (rows, columns) = drawing.section.values.dim();
    for (row, line) in drawing
        .section
        .greys(drawing.window, view.glyphs.ascii)
        .iter()
        .enumerate()
        .take(area.height as usize)
    {
        super::text(buffer, area, 0, row as u16, line, Style::new());
        for column in 0..columns.min(area.width as usize) {
            let upper = drawing.marked(2 * row, column);
            let lower = (2 * row + 1 < rows)
                .then(|| drawing.marked(2 * row + 1, column))
                .flatten();
            let outline = match (upper, lower) {
                (Some(upper), Some(lower)) if upper != lower => Some(Outline::Both),
                (upper, lower) => upper.or(lower),
            };
            if let Some(outline) = outline {
                let style = view.theme.tone(outline.tone());
                super::text(
                    buffer,
                    area,
                    column as u16,
                    row as u16,
                    outline.sign(view.glyphs.ascii),
                    style,
                );
            }
        }
    }
    if let Some((row, column)) = drawing.cross {
        let style = view.theme.selection();
        super::text(buffer, area, column as u16, (row / 2) as u16, "+", style);
    }
}
