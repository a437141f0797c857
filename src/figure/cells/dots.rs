//! The finer grid in which curves are drawn, and where it lies on the axes.

use super::grid::{Cells, Ink};
use crate::figure::text;
use crate::figure::{Axis, Dash, Tone};

/// The finer grid in which curves are drawn.
pub(super) struct Dots {
    pub(super) ink: Ink,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) bits: Vec<u8>,
    pub(super) tones: Vec<Tone>,
    pub(super) signs: Vec<char>,
}

impl Dots {
    pub(super) fn new(ink: Ink, columns: usize, rows: usize) -> Self {
        Self {
            ink,
            columns,
            rows,
            bits: vec![0; columns * rows],
            tones: vec![Tone::Plain; columns * rows],
            signs: vec!['*'; columns * rows],
        }
    }

    pub(super) fn across(&self) -> usize {
        self.columns * self.ink.grain().0
    }

    pub(super) fn up(&self) -> usize {
        self.rows * self.ink.grain().1
    }

    /// Sets a dot, counted from the upper left.
    pub(super) fn set(&mut self, x: usize, y: usize, tone: Tone, sign: char) {
        let (grain_x, grain_y) = self.ink.grain();
        let (column, row) = (x / grain_x, y / grain_y);
        if column >= self.columns || row >= self.rows {
            return;
        }
        let place = row * self.columns + column;
        let (inner_x, inner_y) = (x % grain_x, y % grain_y);
        self.bits[place] |= match self.ink {
            Ink::Braille => match (inner_x, inner_y) {
                (0, 3) => 0x40,
                (1, 3) => 0x80,
                (x, y) => 1 << (x * 3 + y),
            },
            Ink::Block => 1 << (inner_y * 2 + inner_x),
            Ink::Dot | Ink::Ascii => 1,
        };
        self.tones[place] = tone;
        self.signs[place] = sign;
    }

    pub(super) fn symbol(&self, place: usize) -> Option<char> {
        let bits = self.bits[place];
        if bits == 0 {
            return None;
        }
        Some(match self.ink {
            Ink::Braille => char::from_u32(0x2800 + u32::from(bits)).unwrap_or('*'),
            Ink::Block => [
                ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
            ][bits as usize & 15],
            Ink::Dot => '•',
            Ink::Ascii => self.signs[place],
        })
    }
}

/// Where the plot proper lies, and how values become dots.
pub(super) struct Frame<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) grain: (usize, usize),
}

impl Frame<'_> {
    /// The dot of a point, not rounded and not clipped; NaN where the scales cannot show it.
    pub(super) fn dot(&self, x: f64, y: f64) -> (f64, f64) {
        let across = (self.columns * self.grain.0) as f64 - 1.0;
        let up = (self.rows * self.grain.1) as f64 - 1.0;
        (self.x.position(x) * across, (1.0 - self.y.position(y)) * up)
    }

    /// The cell column of a value, where it lies inside.
    pub(super) fn column(&self, x: f64) -> Option<usize> {
        let position = self.x.position(x);
        if !(-1e-9..=1.0 + 1e-9).contains(&position) {
            return None;
        }
        let across = (self.columns * self.grain.0) as f64 - 1.0;
        Some((position.clamp(0.0, 1.0) * across).round() as usize / self.grain.0)
    }

    /// The cell row of a value, where it lies inside.
    pub(super) fn row(&self, y: f64) -> Option<usize> {
        let position = self.y.position(y);
        if !(-1e-9..=1.0 + 1e-9).contains(&position) {
            return None;
        }
        let up = (self.rows * self.grain.1) as f64 - 1.0;
        Some(((1.0 - position.clamp(0.0, 1.0)) * up).round() as usize / self.grain.1)
    }
}

const SIGNS: [char; 8] = ['*', '+', 'o', 'x', '#', '@', '%', '='];

/// The ASCII sign of a curve: of its tone where series have one each, else of its line.
pub(super) fn sign_of(tone: Tone, dash: Dash) -> char {
    match (tone, dash) {
        (Tone::Series(number), _) => SIGNS[number as usize % 8],
        (_, Dash::Solid) => '-',
        (_, Dash::Dashed) => '"',
        (_, Dash::Long) => '_',
        (_, Dash::DashDotted) => ',',
        (_, Dash::Dotted) => '.',
    }
}

/// Labels centred on their values; one that would touch the last is left out.
pub(super) fn centred_labels(cells: &mut Cells, frame: &Frame, row: usize, labels: &[(f64, String)]) {
    let mut placed: Vec<(usize, &String)> = labels
        .iter()
        .filter_map(|(value, label)| frame.column(*value).map(|column| (column, label)))
        .collect();
    placed.sort_by_key(|(column, _)| *column);
    let mut free = 0;
    for (column, label) in placed {
        let wide = text::width(label);
        let start = (frame.left + column).saturating_sub(wide / 2);
        if start < free || start + wide > cells.width {
            continue;
        }
        cells.text(start, row, wide, label, Tone::Plain);
        free = start + wide + 1;
    }
}
