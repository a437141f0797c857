//! Several figures as the panels of one, each with its letter, all in one size of letters.

use super::layout::{SMALLEST, lay_out, lay_out_within};
use super::mark::{Anchor, Colour, Mark, Paper, Words};
use crate::figure::Figure;

/// The room between two panels, in points as they are laid out.
const GAP: f64 = 16.0;

/// Panels on one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// The sheet
    pub paper: Paper,
    /// The factor by which it is to be scaled so that it is as wide as was asked for
    pub scale: f64,
}

/// Figures beside and below each other, row after row, so many in a row, as wide as asked for in points. One figure alone gets no
/// letter.
pub fn compose(title: &str, figures: &[Figure], columns: usize, width: f64) -> Composed {
    let columns = columns.clamp(1, figures.len().max(1));
    let column = width / columns as f64;
    let shrink = figures
        .iter()
        .map(|figure| (column / lay_out(figure).width).clamp(SMALLEST, 1.0))
        .fold(1.0, f64::min);
    let gaps = (columns - 1) as f64 * GAP;
    let panels: Vec<Paper> = figures
        .iter()
        .map(|figure| lay_out_within(figure, Some((width / shrink - gaps) / columns as f64)))
        .collect();
    let column = panels.iter().map(|panel| panel.width).fold(0.0, f64::max);
    let mut marks = Vec::new();
    let mut top = 0.0;
    for (row, beside) in panels.chunks(columns).enumerate() {
        for (place, panel) in beside.iter().enumerate() {
            let left = place as f64 * (column + GAP);
            let centred = left + (column - panel.width) / 2.0;
            marks.extend(panel.marks.iter().cloned().map(|mark| mark.moved(centred, top)));
            if panels.len() > 1 {
                marks.push(letter(row * columns + place, (left + 2.0, top + 20.0)));
            }
        }
        top += beside.iter().map(|panel| panel.height).fold(0.0, f64::max) + GAP;
    }
    let (wide, high) = (column * columns as f64 + gaps, (top - GAP).max(0.0));
    let ground = Mark::Rectangle {
        at: (0.0, 0.0),
        size: (wide, high),
        fill: Some(Colour::WHITE),
        stroke: None,
    };
    marks.insert(0, ground);
    Composed {
        paper: Paper {
            title: title.to_owned(),
            width: wide,
            height: high,
            marks,
        },
        scale: width / wide,
    }
}

/// The letter of a panel: A, B, C.
fn letter(order: usize, at: (f64, f64)) -> Mark {
    Mark::Text(Words {
        at,
        anchor: Anchor::Start,
        size: 14.0,
        bold: true,
        turned: false,
        text: char::from(b'A' + (order % 26) as u8).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::roc::{RocCurve, RocInput};

    #[test]
    fn panels_stand_beside_and_below_each_other_at_the_width_asked_for() {
        let input = RocInput {
            curves: vec![RocCurve {
                name: "m".to_owned(),
                auc: 0.8,
                thresholds: vec![0.1, 0.5],
                sensitivities: vec![1.0, 0.5],
                specificities: vec![0.0, 1.0],
                ..RocCurve::default()
            }],
            ..RocInput::default()
        };
        let figure = crate::figure::roc::figure(&input).unwrap();
        let three = vec![figure.clone(), figure.clone(), figure.clone()];
        let found = compose("t", &three, 2, 480.0);
        assert!((found.paper.width * found.scale - 480.0).abs() < 1e-9);
        let letters: Vec<(&str, (f64, f64))> = found
            .paper
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text(words) if words.size == 14.0 => Some((words.text.as_str(), words.at)),
                _ => None,
            })
            .collect();
        let [("A", a), ("B", b), ("C", c)] = letters[..] else {
            panic!("{letters:?}");
        };
        assert!(a.1 == b.1 && b.0 > a.0 && c.0 == a.0 && c.1 > a.1);
        let edge = found.paper.width;
        let inside = found.paper.marks.iter().all(|mark| match mark {
            Mark::Text(words) => (0.0..=edge).contains(&words.at.0),
            _ => true,
        });
        assert!(inside);
        let alone = compose("t", &[figure], 2, 240.0);
        let lettered = |mark: &Mark| matches!(mark, Mark::Text(words) if words.size == 14.0);
        assert!(!alone.paper.marks.iter().any(lettered));
    }
}
