//! Marks on paper: what a drawing is made of, in points from its upper left corner, whatever it is written as.

use crate::figure::Dash;

/// A drawing on paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paper {
    /// What it shows
    pub title: String,
    /// Width in points
    pub width: f64,
    /// Height in points
    pub height: f64,
    /// What is drawn, later over earlier
    pub marks: Vec<Mark>,
}

/// A colour: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Text and axes
    pub const BLACK: Self = Self(0, 0, 0);
    /// What is less important
    pub const GREY: Self = Self(0x7a, 0x7a, 0x7a);
    /// What stands out
    pub const VERMILION: Self = Self(0xd5, 0x5e, 0x00);
    /// The paper
    pub const WHITE: Self = Self(255, 255, 255);
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning
    Start,
    /// Its middle
    Middle,
    /// Its end
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Where its anchor stands, on the line that letters stand on
    pub at: (f64, f64),
    /// What of it stands there
    pub anchor: Anchor,
    /// The size of the letters
    pub size: f64,
    /// Whether it is a heading
    pub bold: bool,
    /// Whether it is read from below upwards
    pub turned: bool,
    /// The text
    pub text: String,
}

/// A line's colour, width and how it is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour
    pub colour: Colour,
    /// Its width
    pub width: f64,
    /// How it is broken
    pub dash: Dash,
}

/// A corner of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Here it begins anew
    To(f64, f64),
    /// Here a straight line goes
    Line(f64, f64),
    /// Here it goes back to where it began
    Close,
}

/// A mark.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// Text
    Text(Words),
    /// A straight line
    Line {
        /// Where it begins
        from: (f64, f64),
        /// Where it ends
        to: (f64, f64),
        /// How it looks
        stroke: Stroke,
    },
    /// An outline
    Path {
        /// Its corners
        steps: Vec<Step>,
        /// What fills it, and how opaque that is from 0 to 1
        fill: Option<(Colour, f64)>,
        /// How its edge looks
        stroke: Option<Stroke>,
    },
    /// A rectangle
    Rectangle {
        /// Its upper left corner
        at: (f64, f64),
        /// Width and height
        size: (f64, f64),
        /// What fills it
        fill: Option<Colour>,
        /// How its edge looks
        stroke: Option<Stroke>,
    },
    /// A disc
    Disc {
        /// Its centre
        at: (f64, f64),
        /// Its radius
        radius: f64,
        /// What fills it
        fill: Colour,
    },
    /// A picture of greys
    Greys {
        /// Its upper left corner
        at: (f64, f64),
        /// Width and height on paper
        size: (f64, f64),
        /// Its pixels in a row
        columns: usize,
        /// The pixels row by row, 0 for black and 255 for white
        values: Vec<u8>,
    },
    /// What follows shows only within this rectangle
    Clip {
        /// Its upper left corner
        at: (f64, f64),
        /// Width and height
        size: (f64, f64),
    },
    /// What follows shows everywhere again
    Unclip,
}

impl Stroke {
    /// An unbroken line.
    pub fn solid(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dash: Dash::Solid,
        }
    }
}

/// How long strokes and gaps are, in turn; empty for an unbroken line.
pub fn dashes(dash: Dash) -> &'static [f64] {
    match dash {
        Dash::Solid => &[],
        Dash::Dashed => &[6.0, 3.0],
        Dash::Long => &[12.0, 4.0],
        Dash::DashDotted => &[6.0, 3.0, 1.5, 3.0],
        Dash::Dotted => &[1.5, 3.0],
    }
}

impl Mark {
    /// The mark this far to the right and down.
    #[must_use]
    pub fn moved(mut self, right: f64, down: f64) -> Self {
        let shift = |place: &mut (f64, f64)| *place = (place.0 + right, place.1 + down);
        match &mut self {
            Self::Text(words) => shift(&mut words.at),
            Self::Line { from, to, .. } => {
                shift(from);
                shift(to);
            }
            Self::Path { steps, .. } => {
                for step in steps {
                    match step {
                        Step::To(x, y) | Step::Line(x, y) => (*x, *y) = (*x + right, *y + down),
                        Step::Close => {}
                    }
                }
            }
            Self::Rectangle { at, .. } | Self::Disc { at, .. } | Self::Greys { at, .. } | Self::Clip { at, .. } => {
                shift(at);
            }
            Self::Unclip => {}
        }
        self
    }
}
