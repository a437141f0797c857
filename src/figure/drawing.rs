//! The kinds of drawing: a plot, rows, scales, a matrix, boxes.

use super::axis::{Axis, TopAxis};
use super::marks::{Rule, Series, Text, Tone};

/// The kinds of drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Marks between two axes
    Plot(Plot),
    /// One row an item, with texts beside a mark on a shared axis: forest plot, coefficients
    Rows(Rows),
    /// One row a scale: a nomogram
    Scales(Scales),
    /// A square of shaded cells: a heat map
    Matrix(Matrix),
    /// Boxes of words: a flow of cases, a table of four
    Boxes(Boxes),
}

/// Marks between two axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plot {
    /// The horizontal axis
    pub x: Axis,
    /// The vertical axis
    pub y: Axis,
    /// Labels along the top, such as the count of non-zero coefficients
    pub top: Option<TopAxis>,
    /// What is drawn, later over earlier
    pub series: Vec<Series>,
    /// Straight lines across the plot
    pub rules: Vec<Rule>,
    /// Texts in the plot
    pub texts: Vec<Text>,
    /// A row of counts under the axis: where the cases lie
    pub rug: Option<Vec<f64>>,
    /// Rows of numbers under the axis, such as those at risk
    pub counts: Vec<CountRow>,
    /// Whether both axes show the same quantity, so that the plot should be about square
    pub square: bool,
    /// Whether a legend is wanted
    pub legend: bool,
}

/// A row of numbers under the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct CountRow {
    /// Whose numbers they are
    pub name: String,
    /// The colour of the name: that of its series
    pub tone: Tone,
    /// Where on the axis, and what stands there
    pub labels: Vec<(f64, String)>,
}

/// A chart of rows on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The shared axis
    pub x: Axis,
    /// The value at which a rule stands: 1 for odds ratios, 0 for coefficients
    pub centre: f64,
    /// Headings of the texts: the name first, then those at the right
    pub headings: Vec<String>,
    /// The rows
    pub rows: Vec<Row>,
}

/// A row of such a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name
    pub name: String,
    /// Texts at the right, one for each heading after the first
    pub texts: Vec<String>,
    /// The value
    pub value: f64,
    /// The ends of its interval; a row without one is drawn as a bar from the centre
    pub interval: Option<(f64, f64)>,
    /// Its colour
    pub tone: Tone,
}

/// Scales one below the other: a nomogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Scales {
    /// The scales from top to bottom
    pub scales: Vec<ScaleRow>,
}

/// A scale of a nomogram, laid out on a line from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleRow {
    /// What it measures
    pub name: String,
    /// Ticks: where (0 to 1) and what stands there
    pub ticks: Vec<(f64, String)>,
    /// Where short ticks stand between them, on paper
    pub minor: Vec<f64>,
    /// Where the mark stands (0 to 1), if one is set
    pub mark: Option<f64>,
    /// What the mark says, at the right
    pub reading: String,
    /// Whether this is the row in hand
    pub selected: bool,
}

/// A square of shaded cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Names of rows and columns
    pub names: Vec<String>,
    /// Values, row after row
    pub values: Vec<f64>,
    /// The values that stand for the darkest and the lightest shade
    pub limits: (f64, f64),
    /// What the values are
    pub label: String,
    /// The cluster of each name, numbered from 0; `None` for one that stands alone; empty where nothing was clustered
    pub clusters: Vec<Option<usize>>,
}

/// Boxes of words on a grid, with arrows between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Boxes {
    /// Columns of the grid
    pub columns: usize,
    /// The boxes
    pub boxes: Vec<WordBox>,
    /// Arrows from one box to another, by their places in `boxes`: to one below, or to one at the right
    pub arrows: Vec<(usize, usize)>,
}

/// A box of words.
#[derive(Debug, Clone, PartialEq)]
pub struct WordBox {
    /// Its row of the grid, from above
    pub row: usize,
    /// Its first column of the grid
    pub column: usize,
    /// How many columns it takes
    pub span: usize,
    /// What stands in it, a heading first
    pub lines: Vec<String>,
    /// The colour of its frame and heading; none has no frame
    pub tone: Option<Tone>,
}

impl Boxes {
    /// How many rows of boxes there are.
    pub fn rows(&self) -> usize {
        self.boxes.iter().map(|one| one.row + 1).max().unwrap_or(0)
    }

    /// The height of each row: that of its highest box.
    pub(super) fn heights<H: Copy>(&self, least: H, higher: impl Fn(H, H) -> H, of: impl Fn(&WordBox) -> H) -> Vec<H> {
        let mut heights = vec![least; self.rows()];
        for one in &self.boxes {
            heights[one.row] = higher(heights[one.row], of(one));
        }
        heights
    }
}

/// The letter of a cluster: a to z, then a2 and so on.
pub(crate) fn letter(cluster: usize) -> String {
    let first = char::from(b'a' + (cluster % 26) as u8);
    match cluster / 26 {
        0 => first.to_string(),
        round => format!("{first}{}", round + 1),
    }
}
