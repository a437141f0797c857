//! A [`Figure`] laid out in character cells, each with a tone instead of a colour.
//!
//! The terminal program gives the tones colours from its theme; `radscore show` prints the cells as text. Curves are dots
//! of a finer grid (2 x 4 in a Braille cell), bands are the background of a cell, ticks stand exactly under their values:
//! both go through the same rounding.

mod boxes;
mod dots;
mod grid;
mod legend;
mod matrix;
mod plot;
mod rows;
mod scales;

use self::boxes::paint_boxes;
pub use self::boxes::rows_of_boxes;
pub use self::grid::{Cell, Cells, Fill, Ink, Layout, fill_sign};
use self::matrix::paint_matrix;
use self::plot::paint_plot;
use self::rows::paint_rows;
use self::scales::paint_scales;
pub use super::text::{ascii, fit, fit_end, width, wrap};
use super::{Content, Figure, Tone};
use crate::message::english::figure as words;

/// A figure in cells.
pub fn paint(figure: &Figure, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    if width < 24 || height < 6 {
        cells.text(0, 0, width, words::TOO_SMALL.text(), Tone::Muted);
        return finish(cells, layout);
    }
    let mut top = 0;
    if layout.title {
        cells.strong_text(0, 0, width, &figure.title.to_string(), Tone::Plain);
        top = 1;
    }
    let notes = note_lines(figure, width, height);
    for (order, note) in notes.iter().enumerate() {
        cells.text(1, height - notes.len() + order, width - 1, note, Tone::Muted);
    }
    let room = height - top - notes.len();
    let drawn = match &figure.content {
        Content::Plot(plot) => paint_plot(plot, width, room, layout),
        Content::Rows(rows) => paint_rows(rows, width, room, layout),
        Content::Scales(scales) => paint_scales(scales, width, room),
        Content::Matrix(matrix) => paint_matrix(matrix, width, room),
        Content::Boxes(boxes) => paint_boxes(boxes, width, room),
    };
    cells.insert(0, top, &drawn);
    finish(cells, layout)
}

/// The figure's notes as they stand below the drawing: broken into lines, in at most a third of the height. Where even
/// that is too little the last line ends in `…`.
pub fn note_lines(figure: &Figure, width: usize, height: usize) -> Vec<String> {
    let most = if height >= 12 { height / 3 } else { 0 };
    let mut lines: Vec<String> = figure
        .notes
        .iter()
        .flat_map(|note| wrap(&note.to_string(), width.saturating_sub(2)))
        .collect();
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last} …"), width.saturating_sub(2));
        }
    }
    lines
}

fn finish(mut cells: Cells, layout: &Layout) -> Cells {
    if layout.ascii {
        for cell in &mut cells.grid {
            cell.symbol = ascii(cell.symbol);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Dash, Marks, Plot, Point, Series, Sheet};

    fn figure(plot: Plot) -> Figure {
        Figure {
            name: "test".to_owned(),
            stage: None,
            title: crate::message::Message::verbatim("Test"),
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
