//! A drawing on paper as SVG 1.1, with text as text in the fonts of whoever looks at it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Figure;
use super::paper::{Anchor, Colour, Mark, Paper, Step, Stroke, Words, dashes, lay_out};
use super::png::{Samples, encode};
use crate::message::foreign::shown;

/// The figure as an SVG document.
pub fn render(figure: &Figure) -> String {
    write(&lay_out(figure), 1.0)
}

/// A drawing as an SVG document, so many times as large as it was laid out.
pub fn write(paper: &Paper, scale: f64) -> String {
    let mut clips = 0;
    let mut body = String::new();
    for mark in &paper.marks {
        write_mark(&mut body, mark, &mut clips);
        body.push('\n');
    }
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {} {}\" ",
            "font-family=\"Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', sans-serif\" fill=\"#000000\">\n",
            "<title>{}</title>\n{}</svg>\n"
        ),
        short(paper.width * scale),
        short(paper.height * scale),
        short(paper.width),
        short(paper.height),
        escape(&paper.title),
        body
    )
}

/// Writing to a string cannot fail: what `write!` gives is let go.
fn write_mark(body: &mut String, mark: &Mark, clips: &mut usize) {
    match mark {
        Mark::Text(words) => write_words(body, words),
        Mark::Line { from, to, stroke } => {
            let _ = write!(
                body,
                "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>",
                short(from.0),
                short(from.1),
                short(to.0),
                short(to.1),
                stroked(stroke)
            );
        }
        Mark::Path { steps, fill, stroke } => {
            let _ = write!(body, "<path d=\"{}\"", path(steps));
            let _ = match fill {
                Some((colour, opacity)) if *opacity < 1.0 => {
                    write!(body, " fill=\"{}\" fill-opacity=\"{opacity}\"", hex(*colour))
                }
                Some((colour, _)) => write!(body, " fill=\"{}\"", hex(*colour)),
                None => write!(body, " fill=\"none\""),
            };
            if let Some(stroke) = stroke {
                let _ = write!(body, "{} stroke-linejoin=\"round\"", stroked(stroke));
            }
            body.push_str("/>");
        }
        Mark::Rectangle { at, size, fill, stroke } => {
            let _ = write!(
                body,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{}/>",
                short(at.0),
                short(at.1),
                short(size.0),
                short(size.1),
                fill.map_or_else(|| "none".to_owned(), hex),
                stroke.as_ref().map_or_else(String::new, stroked)
            );
        }
        Mark::Disc { at, radius, fill } => {
            let _ = write!(
                body,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"{}\"/>",
                short(at.0),
                short(at.1),
                hex(*fill)
            );
        }
        Mark::Greys {
            at,
            size,
            columns,
            values,
        } => {
            let pixels = (*columns as u32, (values.len() / (*columns).max(1)) as u32);
            // Writing to memory cannot fail.
            let bytes = encode(pixels, Samples::Grey, values, None).unwrap_or_default();
            let _ = write!(
                body,
                concat!(
                    "<image xmlns:xlink=\"http://www.w3.org/1999/xlink\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" ",
                    "preserveAspectRatio=\"none\" xlink:href=\"data:image/png;base64,{}\"/>"
                ),
                short(at.0),
                short(at.1),
                short(size.0),
                short(size.1),
                STANDARD.encode(bytes)
            );
        }
        Mark::Clip { at, size } => {
            *clips += 1;
            // The first keeps the plain name; those of further panels are told apart.
            let name = match *clips {
                1 => "frame".to_owned(),
                more => format!("frame-{more}"),
            };
            let _ = write!(
                body,
                "<clipPath id=\"{name}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n<g clip-path=\"url(#{name})\">",
                short(at.0),
                short(at.1),
                short(size.0),
                short(size.1)
            );
        }
        Mark::Unclip => body.push_str("</g>"),
    }
}

fn write_words(body: &mut String, words: &Words) {
    let place = if words.turned {
        format!(
            "transform=\"translate({} {}) rotate(-90)\"",
            short(words.at.0),
            short(words.at.1)
        )
    } else {
        format!("x=\"{}\" y=\"{}\"", short(words.at.0), short(words.at.1))
    };
    let _ = write!(
        body,
        "<text {place} text-anchor=\"{}\" font-size=\"{}\"{}>{}</text>",
        match words.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        },
        words.size,
        if words.bold { " font-weight=\"bold\"" } else { "" },
        escape(&words.text)
    );
}

/// The corners; a line straight across or down names one coordinate.
fn path(steps: &[Step]) -> String {
    let mut text = String::new();
    let mut before = (String::new(), String::new());
    for step in steps {
        let (x, y) = match *step {
            Step::To(x, y) | Step::Line(x, y) => (short(x), short(y)),
            Step::Close => {
                text.push('z');
                continue;
            }
        };
        let _ = match step {
            Step::Line(..) if y == before.1 => write!(text, "H{x}"),
            Step::Line(..) if x == before.0 => write!(text, "V{y}"),
            Step::Line(..) => write!(text, "L{x} {y}"),
            Step::To(..) | Step::Close => write!(text, "M{x} {y}"),
        };
        before = (x, y);
    }
    text
}

fn stroked(stroke: &Stroke) -> String {
    let pattern: Vec<String> = dashes(stroke.dash).iter().map(ToString::to_string).collect();
    let pattern = match pattern.as_slice() {
        [] => String::new(),
        parts => format!(" stroke-dasharray=\"{}\"", parts.join(" ")),
    };
    format!(
        " stroke=\"{}\" stroke-width=\"{}\"{pattern}",
        hex(stroke.colour),
        stroke.width
    )
}

fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A coordinate to a hundredth of a point.
fn short(value: f64) -> String {
    // Adding zero makes 0 of -0.
    ((value * 100.0).round() / 100.0 + 0.0).to_string()
}

fn escape(text: &str) -> String {
    shown(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
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
        let arrows = text.matches("z\" fill=\"#000000\"/>").count();
        assert_eq!(arrows, 1, "one end lies outside: {text}");
    }
}
