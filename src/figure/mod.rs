//! What a chart shows: scales, marks and a legend, without colours.
//!
//! A chart is described once, as a [`Figure`], and read by everyone: [`cells`] lays it out in character cells for the
//! terminal program and for `radscore show`, [`svg`] draws it for paper, and its [`Sheet`] is the table behind it. One
//! file a chart builds the figure from plain numbers; [`gallery`] is the register of them.

pub mod calibration;
pub mod cells;
pub mod coefficients;
pub mod contributions;
pub mod cv;
pub mod decision;
pub mod forest;
pub mod frequency;
pub mod gallery;
pub mod heatmap;
pub mod histogram;
pub mod nomogram;
pub mod path;
pub mod resplits;
pub mod roc;
pub mod section;
pub mod svg;
pub mod ticks;
pub mod waterfall;

pub use gallery::{GALLERY, Results};

/// A chart: what is plotted, what is said about it, and the numbers behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A short name for files, such as `roc`
    pub name: String,
    /// The heading
    pub title: String,
    /// What is drawn
    pub content: Content,
    /// Lines of text below the drawing, such as the area under a curve
    pub notes: Vec<String>,
    /// The numbers behind the drawing
    pub sheet: Sheet,
}

impl Figure {
    /// Puts labels where nobody can miss them: the rule in the heading, the whole text as the first notes.
    pub fn label(&mut self, labels: &[String]) {
        if labels.is_empty() {
            return;
        }
        let heads: Vec<&str> = labels
            .iter()
            .map(|label| label.split_once(':').map_or(label.as_str(), |(head, _)| head))
            .collect();
        self.title = format!("{} [{}]", self.title, heads.join(", "));
        self.notes.splice(0..0, labels.iter().cloned());
    }
}

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
    /// Whether both axes show the same quantity, so that the plot should be about square
    pub square: bool,
    /// Whether a legend is wanted
    pub legend: bool,
}

/// An axis: its label, its scale and its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit
    pub label: String,
    /// How values are spread
    pub scale: Scale,
    /// The lower and the upper limit
    pub limits: (f64, f64),
    /// Ticks with their labels where the nice ones do not do
    pub ticks: Option<Vec<(f64, String)>>,
}

impl Default for Axis {
    fn default() -> Self {
        Self {
            label: String::new(),
            scale: Scale::Linear,
            limits: (0.0, 1.0),
            ticks: None,
        }
    }
}

/// How an axis spreads its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly
    Linear,
    /// By logarithm; limits must be positive
    Log,
}

impl Axis {
    /// A linear axis; limits that are not finite or not apart are widened to something drawable.
    pub fn linear(label: &str, low: f64, high: f64) -> Self {
        Self {
            label: label.to_owned(),
            scale: Scale::Linear,
            limits: drawable(low, high),
            ticks: None,
        }
    }

    /// A logarithmic axis; limits are made positive.
    pub fn log(label: &str, low: f64, high: f64) -> Self {
        let (low, high) = (low.max(1e-300), high.max(1e-300));
        let (low, high) = if low.is_finite() && high.is_finite() && low < high {
            (low, high)
        } else {
            (0.1, 10.0)
        };
        Self {
            label: label.to_owned(),
            scale: Scale::Log,
            limits: (low, high),
            ticks: None,
        }
    }

    /// Where a value lies, 0 at the lower limit and 1 at the upper; NaN for a value that the scale cannot show.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear => (value - low) / (high - low),
            Scale::Log => (value.ln() - low.ln()) / (high.ln() - low.ln()),
        }
    }

    /// The value at a position: the inverse of [`Axis::position`].
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear => low + position * (high - low),
            Scale::Log => (low.ln() + position * (high.ln() - low.ln())).exp(),
        }
    }

    /// The ticks to draw, with their labels: the given ones, else about `wanted` nice ones.
    pub fn tick_labels(&self, wanted: usize) -> Vec<(f64, String)> {
        if let Some(ticks) = &self.ticks {
            return ticks.clone();
        }
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear => ticks::linear(low, high, wanted),
            Scale::Log => ticks::logarithmic(low, high, wanted),
        }
    }
}

fn drawable(low: f64, high: f64) -> (f64, f64) {
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low < high => (low, high),
        (true, true) => {
            let margin = if low == 0.0 { 1.0 } else { low.abs() * 0.5 };
            (low.min(high) - margin, low.max(high) + margin)
        }
        (true, false) => (low, low + 1.0),
        (false, true) => (high - 1.0, high),
        (false, false) => (0.0, 1.0),
    }
}

/// The limits that hold all finite values, with a share of the range added on both sides.
pub fn limits(values: impl IntoIterator<Item = f64>, margin: f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        if value.is_finite() {
            low = low.min(value);
            high = high.max(value);
        }
    }
    let (low, high) = drawable(low, high);
    let room = (high - low) * margin;
    (low - room, high + room)
}

/// Labels along the top of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct TopAxis {
    /// What the labels are
    pub label: String,
    /// Where on the horizontal axis, and what stands there
    pub labels: Vec<(f64, String)>,
}

/// What a mark means; the theme of the screen and of the paper gives each a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Plain text and axes
    #[default]
    Plain,
    /// Less important
    Muted,
    /// The thing in hand
    Accent,
    /// As it should be
    Good,
    /// To be looked at
    Warn,
    /// Wrong
    Bad,
    /// One of the eight colours of series; larger numbers go round
    Series(u8),
}

/// How a line is broken, so that series differ without colour too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Unbroken
    #[default]
    Solid,
    /// Three on, three off
    Dashed,
    /// One on, two off
    Dotted,
}

/// A set of marks with one meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it is; empty leaves it out of the legend
    pub name: String,
    /// Its colour
    pub tone: Tone,
    /// Its line
    pub dash: Dash,
    /// What is drawn
    pub marks: Marks,
}

/// The kinds of marks.
#[derive(Debug, Clone, PartialEq)]
pub enum Marks {
    /// A line through the points; a NaN breaks it
    Line(Vec<[f64; 2]>),
    /// A line that goes across first and up then, as a ROC curve does
    Steps(Vec<[f64; 2]>),
    /// Points, each with the low and high end of its bar where it has one
    Points(Vec<Point>),
    /// The room between two lines: `x`, low, high
    Band(Vec<[f64; 3]>),
    /// Bars from zero: left edge, right edge, height
    Bars(Vec<[f64; 3]>),
}

/// One point, with an error bar where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Across
    pub x: f64,
    /// Up
    pub y: f64,
    /// The ends of the error bar
    pub bar: Option<(f64, f64)>,
}

impl Series {
    /// A line.
    pub fn line(name: &str, tone: Tone, dash: Dash, points: Vec<[f64; 2]>) -> Self {
        Self {
            name: name.to_owned(),
            tone,
            dash,
            marks: Marks::Line(points),
        }
    }

    /// The value of the series at `x`: interpolated in a line or band, the nearest of points; `None` outside.
    pub fn at(&self, x: f64) -> Option<f64> {
        match &self.marks {
            Marks::Line(points) | Marks::Steps(points) => points.windows(2).find_map(|pair| {
                let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
                let (left, right) = (x0.min(x1), x0.max(x1));
                if !(left <= x && x <= right) {
                    return None;
                }
                Some(if x1 == x0 {
                    y1
                } else {
                    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
                })
            }),
            Marks::Points(points) => points
                .iter()
                .min_by(|left, right| (left.x - x).abs().total_cmp(&(right.x - x).abs()))
                .map(|point| point.y),
            Marks::Bars(bars) => bars.iter().find(|bar| bar[0] <= x && x < bar[1]).map(|bar| bar[2]),
            Marks::Band(_) => None,
        }
    }
}

/// A straight line across a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Where it runs
    pub place: Place,
    /// What stands beside it; may be empty
    pub label: String,
    /// Its colour
    pub tone: Tone,
}

/// Where a rule runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// Upright at an x
    X(f64),
    /// Level at a y
    Y(f64),
    /// From corner to corner, where y equals x
    Diagonal,
}

/// A text in a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where its left end stands
    pub x: f64,
    /// And at which height
    pub y: f64,
    /// What it says
    pub text: String,
    /// Its colour
    pub tone: Tone,
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

/// The numbers behind a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Column headings
    pub columns: Vec<String>,
    /// Rows of cells
    pub rows: Vec<Vec<Datum>>,
}

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Text
    Text(String),
    /// A number; NaN is an empty cell
    Number(f64),
}

impl From<f64> for Datum {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Datum {
    /// The cell for a person: four significant digits.
    pub fn short(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => ticks::significant(*value, 4),
        }
    }

    /// The cell for a program: all digits, empty for NaN.
    pub fn exact(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) if value.is_nan() => String::new(),
            Self::Number(value) => format!("{value}"),
        }
    }
}

impl Sheet {
    /// A sheet with these headings and no rows.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// The sheet as CSV with full precision.
    pub fn to_csv(&self) -> String {
        let line = |cells: Vec<String>| {
            cells
                .into_iter()
                .map(|cell| {
                    if cell.contains([',', '"', '\n', '\r']) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell
                    }
                })
                .collect::<Vec<_>>()
                .join(",")
        };
        let mut text = line(self.columns.clone());
        text.push('\n');
        for row in &self.rows {
            text.push_str(&line(row.iter().map(Datum::exact).collect()));
            text.push('\n');
        }
        text
    }

    /// The sheet as lines of text in columns, headings first; numbers are set to the right.
    pub fn to_lines(&self) -> Vec<String> {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(Datum::short).collect())
            .collect();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(column, heading)| {
                cells
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cells::width(cell))
                    .chain([cells::width(heading)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let right: Vec<bool> = (0..self.columns.len())
            .map(|column| {
                self.rows
                    .iter()
                    .any(|row| matches!(row.get(column), Some(Datum::Number(_))))
            })
            .collect();
        let line = |row: &[String]| {
            let mut text = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = " ".repeat(
                    widths
                        .get(column)
                        .copied()
                        .unwrap_or(0)
                        .saturating_sub(cells::width(cell)),
                );
                if column > 0 {
                    text.push_str("  ");
                }
                if right.get(column).copied().unwrap_or(false) {
                    text.push_str(&gap);
                    text.push_str(cell);
                } else {
                    text.push_str(cell);
                    text.push_str(&gap);
                }
            }
            text.trim_end().to_owned()
        };
        let mut lines = vec![line(&self.columns)];
        lines.extend(cells.iter().map(|row| line(row)));
        lines
    }
}

impl Figure {
    /// The horizontal axis, where the drawing has one that a cursor can move along.
    pub fn x_axis(&self) -> Option<&Axis> {
        match &self.content {
            Content::Plot(plot) => Some(&plot.x),
            Content::Rows(rows) => Some(&rows.x),
            Content::Scales(_) | Content::Matrix(_) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_and_its_inverse_agree() {
        for axis in [Axis::linear("x", -3.0, 7.0), Axis::log("x", 0.01, 20.0)] {
            for step in 0..=10 {
                let position = f64::from(step) / 10.0;
                assert!((axis.position(axis.value(position)) - position).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn limits_of_nothing_and_of_one_value_are_drawable() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![-2.5], vec![f64::INFINITY, 1.0]] {
            let (low, high) = limits(values, 0.05);
            assert!(low < high && low.is_finite() && high.is_finite());
        }
    }

    #[test]
    fn a_sheet_quotes_what_must_be_quoted() {
        let mut sheet = Sheet::new(&["name", "value"]);
        sheet.rows.push(vec!["a, \"b\"".into(), f64::NAN.into()]);
        assert_eq!(sheet.to_csv(), "name,value\n\"a, \"\"b\"\"\",\n");
    }
}
