//! A figure as a sheet of its own: the drawing, its heading above it, its notes below.

use super::boxes::draw_boxes;
use super::mark::{Anchor, Colour, Paper};
use super::matrix::draw_matrix;
use super::pen::Pen;
use super::plot::draw_plot;
use super::rows::draw_rows;
use super::scales::draw_scales;
use crate::figure::text::wrap;
use crate::figure::{Content, Figure};

/// The figure at the width that suits it.
pub fn lay_out(figure: &Figure) -> Paper {
    lay_out_within(figure, None)
}

/// The smallest part of their usual size that letters take before a figure is laid out more narrowly instead: 7 points for 10.
pub(super) const SMALLEST: f64 = 0.7;

/// The figure in a column of a journal, this many points wide: letters shrink to seven tenths, then the drawing is set more
/// narrowly, its legend below it; only what cannot be set more narrowly shrinks further. Gives the factor by which all of it is
/// to be scaled so that it is as wide as was asked for.
pub fn lay_out_for(figure: &Figure, width: f64) -> (Paper, f64) {
    let natural = lay_out(figure);
    let factor = (width / natural.width).clamp(SMALLEST, 1.0);
    let paper = lay_out_within(figure, Some(width / factor));
    let factor = width / paper.width;
    (paper, factor)
}

/// The figure within a width, or at the one that suits it.
pub(super) fn lay_out_within(figure: &Figure, room: Option<f64>) -> Paper {
    let mut pen = Pen::default();
    let (width, height) = match &figure.content {
        Content::Plot(plot) => draw_plot(&mut pen, plot, room),
        Content::Rows(rows) => draw_rows(&mut pen, rows, room),
        Content::Scales(scales) => draw_scales(&mut pen, scales, room),
        Content::Matrix(matrix) => draw_matrix(&mut pen, matrix, room),
        Content::Boxes(boxes) => draw_boxes(&mut pen, boxes, room),
    };
    let mut y = height + 10.0;
    for note in &figure.notes {
        for line in wrap(&note.to_string(), (width / 5.2) as usize) {
            pen.text(width / 2.0, y, Anchor::Middle, 10.0, &line);
            y += 14.0;
        }
    }
    let title = figure.title.to_string();
    let heading = wrap(&title, ((width - 40.0) / 7.2) as usize);
    // A heading of one line has its room; each further line moves the drawing down.
    let down = (heading.len().saturating_sub(1)) as f64 * 16.0;
    let mut head = Pen::default();
    let height = y - 2.0 + down;
    head.rectangle((0.0, 0.0), (width, height), Colour::WHITE);
    for (order, line) in heading.iter().enumerate() {
        head.heading(width / 2.0, 20.0 + order as f64 * 16.0, Anchor::Middle, 13.0, line);
    }
    let mut marks = head.marks;
    marks.extend(pen.marks.into_iter().map(|mark| mark.moved(0.0, down)));
    Paper {
        title,
        width,
        height,
        marks,
    }
}
