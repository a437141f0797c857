//! The legend of a plot in cells: each name behind the mark that is drawn for it, in the same ink.

use super::dots::{Dots, Frame, sign_of};
use super::grid::{Cells, Ink};
use crate::figure::text::{width, wrap};
use crate::figure::{Dash, Marks, Plot, Series, Tone};

/// Columns of a sample: two rounds of the longest kind of broken line in Braille.
const SAMPLE: usize = 4;

/// Columns of a sample with the gap behind it.
const INDENT: usize = SAMPLE + 1;

/// The named series of a plot.
pub(super) struct Legend<'a> {
    series: Vec<&'a Series>,
    ink: Ink,
}

impl<'a> Legend<'a> {
    /// The legend of a plot; `None` where it has none.
    pub(super) fn of(plot: &'a Plot, ink: Ink) -> Option<Self> {
        let series: Vec<&Series> = plot.series.iter().filter(|series| !series.name.is_empty()).collect();
        (plot.legend && !series.is_empty()).then_some(Self { series, ink })
    }

    /// Columns that it takes with each name in one line.
    pub(super) fn width(&self) -> usize {
        let longest = self.series.iter().map(|series| width(&series.name)).max();
        longest.unwrap_or(0) + INDENT
    }

    /// Its lines in a number of columns: the series where one begins, and the text.
    fn lines(&self, room: usize) -> Vec<(Option<&'a Series>, String)> {
        let room = room.saturating_sub(INDENT);
        let mut lines = Vec::new();
        for &series in &self.series {
            let mut begins = Some(series);
            for line in broken(&series.name, room) {
                lines.push((begins.take(), line));
            }
        }
        lines
    }

    /// Draws it right of the plot, or into the corner of the plot where it hides least.
    pub(super) fn paint(&self, cells: &mut Cells, frame: &Frame, beside: bool) {
        let right = frame.left + frame.columns;
        let wide = if beside {
            cells.width.saturating_sub(right + 2)
        } else {
            self.width().min(frame.columns)
        };
        let lines = self.lines(wide);
        let shown = lines.len().min(frame.rows);
        let (left, top) = if beside {
            (right + 2, frame.top + 1.min(frame.rows.saturating_sub(shown)))
        } else {
            emptiest_corner(cells, frame, wide, shown)
        };
        for (order, (series, line)) in lines.iter().take(shown).enumerate() {
            let row = top + order;
            if !beside {
                for x in left..(left + wide).min(right) {
                    cells.put(x, row, ' ', Tone::Plain);
                }
            }
            if let Some(series) = series {
                for (column, symbol) in self.sample(series).into_iter().enumerate() {
                    cells.put(left + column, row, symbol, series.tone);
                }
            }
            cells.text(left + INDENT, row, wide.saturating_sub(INDENT), line, Tone::Plain);
        }
    }

    /// The mark of a series.
    fn sample(&self, series: &Series) -> Vec<char> {
        match &series.marks {
            Marks::Points(_) => vec![' ', '●'],
            Marks::Bars(_) if series.dash == Dash::Solid => vec!['█'; SAMPLE],
            Marks::Bars(_) => vec!['▒'; SAMPLE],
            Marks::Band(_) => vec!['░'; SAMPLE],
            Marks::Line(_) | Marks::Steps(_) => {
                let mut dots = Dots::new(self.ink, SAMPLE, 1);
                let row = dots.up() / 2;
                let sign = sign_of(series.tone, series.dash);
                for x in 0..dots.across() {
                    if series.dash.drawn(x) {
                        dots.set(x, row, series.tone, sign);
                    }
                }
                (0..SAMPLE).map(|place| dots.symbol(place).unwrap_or(' ')).collect()
            }
        }
    }
}

/// The corner of the plot in which a legend of this size hides least.
fn emptiest_corner(cells: &Cells, frame: &Frame, wide: usize, shown: usize) -> (usize, usize) {
    let right = frame.left + frame.columns;
    let corners = [
        (right.saturating_sub(wide + 1), frame.top),
        (frame.left + 1, frame.top),
        (right.saturating_sub(wide + 1), frame.top + frame.rows - shown),
        (frame.left + 1, frame.top + frame.rows - shown),
    ];
    let taken = |&(left, top): &(usize, usize)| {
        (top..top + shown)
            .flat_map(|y| (left..left + wide).map(move |x| (x, y)))
            .filter(|&(x, y)| cells.get(x, y).symbol != ' ')
            .count()
    };
    corners.into_iter().min_by_key(taken).unwrap_or(corners[0])
}

/// A name in as few lines as its columns allow; it breaks at double blanks, which part its pieces, before it breaks elsewhere.
fn broken(name: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in name.split("  ") {
        if let Some(last) = lines.last_mut()
            && width(last) + 2 + width(piece) <= room
        {
            last.push_str("  ");
            last.push_str(piece);
            continue;
        }
        lines.extend(wrap(piece, room));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_between_its_pieces_first() {
        let name = "A  model 1, training  0.842 (0.755–0.929)";
        assert_eq!(broken(name, 60), [name]);
        assert_eq!(broken(name, 22), ["A  model 1, training", "0.842 (0.755–0.929)"]);
    }

    #[test]
    fn no_two_kinds_of_line_look_alike_in_any_ink() {
        for ink in [Ink::Braille, Ink::Block] {
            let legend = Legend {
                series: Vec::new(),
                ink,
            };
            let mut seen: Vec<Vec<char>> = Vec::new();
            for order in 0..5 {
                let series = Series::line("x", Tone::Muted, Dash::of(order), Vec::new());
                let sample = legend.sample(&series);
                assert!(!seen.contains(&sample), "{ink:?}: {sample:?} twice");
                seen.push(sample);
            }
        }
        let signs: std::collections::BTreeSet<char> =
            (0..5).map(|order| sign_of(Tone::Muted, Dash::of(order))).collect();
        assert_eq!(signs.len(), 5, "in ASCII curves of one tone differ by their signs");
    }
}
