//! What a chart shows: scales, marks and a legend, without colours.
//!
//! A chart is described once, as a [`Figure`], and read by everyone: [`cells`] lays it out in character cells for the
//! terminal program and for `radscore show`, [`paper`] lays it out for pictures of every kind, and its [`Sheet`] is the table
//! behind it. One file a chart builds the figure from plain numbers; [`gallery`] is the register of them.

pub mod axis;
pub mod calibration;
pub mod cells;
pub mod centres;
pub mod coefficients;
pub mod confusion;
pub mod contributions;
pub mod controls;
pub mod cv;
pub mod decision;
pub mod drawing;
pub mod estimates;
pub mod flow;
pub mod forest;
pub mod frequency;
pub mod gallery;
pub mod heatmap;
pub mod histogram;
pub mod kaplan_meier;
pub mod marks;
pub mod multiverse;
pub mod nomogram;
pub mod paper;
pub mod path;
pub mod permutations;
mod png;
#[cfg(feature = "print")]
pub mod print;
pub mod resplits;
pub mod results;
pub mod roc;
pub mod section;
pub mod sheet;
pub mod subgroups;
pub mod svg;
pub mod text;
pub mod ticks;
pub mod waterfall;

pub use axis::{Axis, Scale, TopAxis, limits};
pub use drawing::{Boxes, Content, CountRow, Matrix, Plot, Row, Rows, ScaleRow, Scales, WordBox};
pub use gallery::GALLERY;
pub use marks::{Dash, Marks, Place, Point, Rule, Series, Text, Tone};
pub use results::{Chart, Results};
pub use sheet::{Datum, Sheet};

use crate::message::Message;
use crate::message::english::figure as words;

/// What every table and figure must say, such as a rule that the study breaks knowingly.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// In a few words, for headings
    pub head: Message,
    /// The whole
    pub text: Message,
}

impl std::fmt::Display for Label {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.text, formatter)
    }
}

impl serde::Serialize for Label {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(&self.text, serializer)
    }
}

/// A chart: what is plotted, what is said about it, and the numbers behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A short name for files, such as `roc`; a chart's of several figures with a part behind a hyphen
    pub name: String,
    /// The stage whose results it shows; none of a drawing of other data
    pub stage: Option<&'static str>,
    /// The heading
    pub title: Message,
    /// What is drawn
    pub content: Content,
    /// Lines of text below the drawing, such as the area under a curve
    pub notes: Vec<Message>,
    /// The numbers behind the drawing
    pub sheet: Sheet,
}

impl Figure {
    /// Puts labels where nobody can miss them: the rule in the heading, the whole text as the first notes.
    pub fn label(&mut self, labels: &[Label]) {
        if labels.is_empty() {
            return;
        }
        let heads: Vec<Message> = labels.iter().map(|label| label.head.clone()).collect();
        self.title = words::labelled(&self.title, heads);
        self.notes.splice(0..0, labels.iter().map(|label| label.text.clone()));
    }

    /// The horizontal axis, where the drawing has one that a cursor can move along.
    pub fn x_axis(&self) -> Option<&Axis> {
        match &self.content {
            Content::Plot(plot) => Some(&plot.x),
            Content::Rows(rows) => Some(&rows.x),
            Content::Scales(_) | Content::Matrix(_) | Content::Boxes(_) => None,
        }
    }

    /// The value of every named series at `x`.
    pub fn readings(&self, x: f64) -> Vec<(String, f64)> {
        match &self.content {
            Content::Plot(plot) => plot
                .series
                .iter()
                .filter(|series| !series.name.is_empty())
                .filter_map(|series| series.at(x).map(|y| (series.name.clone(), y)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Notes that stand in one line beside each other.
pub(crate) fn side_by_side(notes: Vec<Message>) -> Vec<Message> {
    notes.into_iter().reduce(words::beside).into_iter().collect()
}
