//! Marks: what is drawn between two axes, what each mark means, and how a line is broken.

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
    /// Six on, two off
    Long,
    /// Four on, two off, one on, two off
    DashDotted,
    /// One on, two off
    Dotted,
}

impl Dash {
    /// The line of the curve at a place among several: no two of the first five look alike.
    pub fn of(order: usize) -> Self {
        [Self::Solid, Self::Dashed, Self::Long, Self::DashDotted, Self::Dotted][order % 5]
    }

    /// Whether the line is drawn after this many dots of its way.
    pub fn drawn(self, travelled: usize) -> bool {
        match self {
            Self::Solid => true,
            Self::Dashed => travelled % 6 < 3,
            Self::Long => travelled % 8 < 6,
            Self::DashDotted => matches!(travelled % 9, 0..=3 | 6),
            Self::Dotted => travelled.is_multiple_of(3),
        }
    }
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
