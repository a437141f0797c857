//! A [`Figure`] on paper: SVG 1.1 with text as text, fonts that print, and colours that stay apart in grey and for colour
//! blindness (Okabe and Ito, "Color Universal Design", 2008).

mod matrix;
mod pen;
mod plot;
mod rows;
mod scales;

use self::matrix::draw_matrix;
use self::pen::{Pen, escape};
use self::plot::draw_plot;
use self::rows::draw_rows;
use self::scales::draw_scales;
use super::{Content, Figure};

/// The figure as an SVG document.
pub fn render(figure: &Figure) -> String {
    let mut pen = Pen::default();
    let (width, height) = match &figure.content {
        Content::Plot(plot) => draw_plot(&mut pen, plot),
        Content::Rows(rows) => draw_rows(&mut pen, rows),
        Content::Scales(scales) => draw_scales(&mut pen, scales),
        Content::Matrix(matrix) => draw_matrix(&mut pen, matrix),
    };
    let notes = figure.notes.len() as f64 * 14.0;
    for (order, note) in figure.notes.iter().enumerate() {
        pen.text(
            width / 2.0,
            height + 10.0 + order as f64 * 14.0,
            "middle",
            10.0,
            &note.to_string(),
        );
    }
    let title = escape(&figure.title.to_string());
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}pt\" height=\"{h}pt\" viewBox=\"0 0 {w} {h}\" ",
            "font-family=\"Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', sans-serif\" fill=\"#000000\">\n",
            "<title>{title}</title>\n",
            "<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
            "<text x=\"{x}\" y=\"20\" text-anchor=\"middle\" font-size=\"13\" font-weight=\"bold\">{title}</text>\n",
            "{body}</svg>\n"
        ),
        w = width,
        h = height + notes + 8.0,
        title = title,
        x = width / 2.0,
        body = pen.body
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::forest::{ForestInput, ForestTerm};
    use crate::figure::roc::{RocCurve, RocInput};
    use crate::message::Message;
    use crate::stats::base::interval::Interval;

    #[test]
    fn names_are_escaped_and_nan_is_left_out() {
        let input = RocInput {
            curves: vec![RocCurve {
                name: "a < b & \"c\"".to_owned(),
                auc: 0.8,
                interval: Interval::new(0.7, f64::NAN, 0.95),
                thresholds: vec![0.1, f64::NAN],
                sensitivities: vec![1.0, f64::NAN],
                specificities: vec![0.0, 1.0],
                ..RocCurve::default()
            }],
            ..RocInput::default()
        };
        let text = render(&crate::figure::roc::figure(&input).unwrap());
        assert!(text.contains("a &lt; b &amp; &quot;c&quot;"));
        assert!(!text.contains("NaN\""), "no coordinate is NaN");
    }

    #[test]
    fn an_interval_without_end_is_cut_with_an_arrow() {
        let input = ForestInput {
            name: Message::verbatim("x"),
            terms: vec![ForestTerm {
                name: "smoking".to_owned(),
                odds_ratio: 1e9,
                interval: Interval::new(0.5, f64::INFINITY, 0.95),
                p: 0.9,
                ..ForestTerm::default()
            }],
            remark: None,
        };
        let text = render(&crate::figure::forest::figure(&input).unwrap());
        assert!(!text.contains("NaN") && !text.contains("inf"));
        assert!(text.contains("l-5 -3v6z"));
    }
}
