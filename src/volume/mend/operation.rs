//! A step of mending as it is written: on the command line, by the screens, and in a mask's history.
//!
//! Voxels and slices are counted from 1, as everywhere that a person sees them, along the axes of the image's grid.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The farthest that a region is grown, shrunk or smoothed, and the widest brush, in millimetres.
const MOST_MILLIMETRES: f64 = 200.0;

/// The margin around the seeds where none is given, in millimetres.
const MARGIN: f64 = 5.0;

/// How each step is written.
pub const FORMS: &str = "largest, fill, fill=AXIS, smooth=MM, grow=MM, shrink=MM, cut=AXIS:FIRST-LAST, paint=MM@X,Y,Z;…, \
                         erase=MM@X,Y,Z;…, inside=MM@X,Y,Z;…, outside=MM@X,Y,Z;…, contour, contour=MM";

/// An axis of the image's grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// The first
    X,
    /// The second
    Y,
    /// The third, in most scans across the slices
    Z,
}

impl Axis {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::X, Self::Y, Self::Z];

    /// Its number, from 0.
    pub fn number(self) -> usize {
        match self {
            Self::X => 0,
            Self::Y => 1,
            Self::Z => 2,
        }
    }

    /// Its letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Z => "z",
        }
    }
}

/// Which slices along an axis are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The axis across the slices
    pub axis: Axis,
    /// The first slice that stays, from 0; the image's without one
    pub first: Option<usize>,
    /// The last slice that stays, from 0; the image's without one
    pub last: Option<usize>,
}

impl Cut {
    /// Whether a slice stays.
    pub fn keeps(&self, slice: usize) -> bool {
        self.first.is_none_or(|first| slice >= first) && self.last.is_none_or(|last| slice <= last)
    }
}

/// Where a brush of a radius has touched the image.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// The brush's radius in millimetres
    pub radius: f64,
    /// The voxels in its middle, x, y, z, from 0
    pub at: Vec<[usize; 3]>,
}

/// A step of mending.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Only the largest connected part stays
    Largest,
    /// Holes are filled; slice by slice along an axis where one is given
    Fill(Option<Axis>),
    /// The surface is smoothed by a Gaussian of so many millimetres
    Smooth(f64),
    /// The region grows by so many millimetres
    Grow(f64),
    /// The region shrinks by so many millimetres
    Shrink(f64),
    /// Only these slices stay
    Cut(Cut),
    /// The stroke joins the region
    Paint(Stroke),
    /// The stroke leaves the region
    Erase(Stroke),
    /// The stroke is a seed inside of what is to be contoured
    Inside(Stroke),
    /// The stroke is a seed outside of it
    Outside(Stroke),
    /// The region becomes what the seeds inside grow to, in their box and so many millimetres around it
    Contour(f64),
}

impl Operation {
    /// A contour from the seeds with the usual margin around them.
    pub const CONTOUR: Self = Self::Contour(MARGIN);

    /// The same with a further stroke in it, where both are strokes of one kind and one brush.
    #[must_use]
    pub fn joined(&self, next: &Self) -> Option<Self> {
        let join = |one: &Stroke, other: &Stroke| {
            (one.radius == other.radius).then(|| Stroke {
                radius: one.radius,
                at: one.at.iter().chain(&other.at).copied().collect(),
            })
        };
        match (self, next) {
            (Self::Paint(one), Self::Paint(other)) => join(one, other).map(Self::Paint),
            (Self::Erase(one), Self::Erase(other)) => join(one, other).map(Self::Erase),
            (Self::Inside(one), Self::Inside(other)) => join(one, other).map(Self::Inside),
            (Self::Outside(one), Self::Outside(other)) => join(one, other).map(Self::Outside),
            (
                Self::Largest
                | Self::Fill(_)
                | Self::Smooth(_)
                | Self::Grow(_)
                | Self::Shrink(_)
                | Self::Cut(_)
                | Self::Paint(_)
                | Self::Erase(_)
                | Self::Inside(_)
                | Self::Outside(_)
                | Self::Contour(_),
                _,
            ) => None,
        }
    }
}

impl Display for Stroke {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}@", self.radius)?;
        for (order, index) in self.at.iter().enumerate() {
            let [x, y, z] = index.map(|index| index + 1);
            write!(to, "{}{x},{y},{z}", if order > 0 { ";" } else { "" })?;
        }
        Ok(())
    }
}

impl Display for Cut {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |slice: Option<usize>| slice.map_or_else(String::new, |slice| (slice + 1).to_string());
        write!(
            to,
            "{}:{}-{}",
            self.axis.letter(),
            number(self.first),
            number(self.last)
        )
    }
}

impl Display for Operation {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Largest => to.write_str("largest"),
            Self::Fill(None) => to.write_str("fill"),
            Self::Fill(Some(axis)) => write!(to, "fill={}", axis.letter()),
            Self::Smooth(millimetres) => write!(to, "smooth={millimetres}"),
            Self::Grow(millimetres) => write!(to, "grow={millimetres}"),
            Self::Shrink(millimetres) => write!(to, "shrink={millimetres}"),
            Self::Cut(cut) => write!(to, "cut={cut}"),
            Self::Paint(stroke) => write!(to, "paint={stroke}"),
            Self::Erase(stroke) => write!(to, "erase={stroke}"),
            Self::Inside(stroke) => write!(to, "inside={stroke}"),
            Self::Outside(stroke) => write!(to, "outside={stroke}"),
            Self::Contour(margin) => write!(to, "contour={margin}"),
        }
    }
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (word, value) = match text.split_once('=') {
            Some((word, value)) => (word.trim(), Some(value.trim())),
            None => (text, None),
        };
        let given = || value.ok_or_else(|| format!("\"{word}\" needs a value, as in {}", form_of(word)));
        let parsed = match word {
            "largest" if value.is_none() => Self::Largest,
            "fill" => Self::Fill(value.map(axis).transpose()?),
            "smooth" => Self::Smooth(millimetres(given()?)?),
            "grow" => Self::Grow(millimetres(given()?)?),
            "shrink" => Self::Shrink(millimetres(given()?)?),
            "cut" => Self::Cut(cut(given()?)?),
            "paint" => Self::Paint(stroke(given()?)?),
            "erase" => Self::Erase(stroke(given()?)?),
            "inside" => Self::Inside(stroke(given()?)?),
            "outside" => Self::Outside(stroke(given()?)?),
            "contour" => Self::Contour(value.map_or(Ok(MARGIN), millimetres)?),
            _ => return Err(format!("\"{text}\" is no step; the steps are {FORMS}")),
        };
        Ok(parsed)
    }
}

/// How the step of a word is written.
fn form_of(word: &str) -> &'static str {
    let of_word = |form: &&str| form.split('=').next() == Some(word) && form.contains('=');
    FORMS.split(", ").map(str::trim).find(of_word).unwrap_or(FORMS)
}

fn millimetres(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=MOST_MILLIMETRES).contains(&value) => Ok(value),
        _ => Err(format!(
            "\"{text}\" are no millimetres: a number from 0 to {MOST_MILLIMETRES} is needed"
        )),
    }
}

fn axis(text: &str) -> Result<Axis, String> {
    let found = Axis::ALL.into_iter().find(|axis| axis.letter() == text);
    found.ok_or_else(|| format!("\"{text}\" is no axis of the image's grid: x, y or z"))
}

fn counted(text: &str) -> Result<usize, String> {
    let number = text
        .trim()
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    number.ok_or_else(|| format!("\"{text}\" is no place: slices and voxels are counted from 1"))
}

fn cut(text: &str) -> Result<Cut, String> {
    let wrong = || format!("\"{text}\" is no cut: cut=z:10-40 keeps the slices 10 to 40, cut=z:10- those from 10 on");
    let (letter, range) = text.split_once(':').ok_or_else(wrong)?;
    let (first, last) = range.split_once('-').ok_or_else(wrong)?;
    let end = |text: &str| -> Result<Option<usize>, String> {
        if text.trim().is_empty() {
            Ok(None)
        } else {
            counted(text).map(Some)
        }
    };
    let found = Cut {
        axis: axis(letter.trim())?,
        first: end(first)?,
        last: end(last)?,
    };
    match (found.first, found.last) {
        (None, None) => Err(wrong()),
        (Some(first), Some(last)) if first > last => Err(format!(
            "the cut would keep the slices {} to {}, which are none",
            first + 1,
            last + 1
        )),
        _ => Ok(found),
    }
}

fn stroke(text: &str) -> Result<Stroke, String> {
    let wrong = || format!("\"{text}\" is no stroke: 2.5@30,41,12;31,41,12 is a brush of 2.5 mm at two voxels");
    let (radius, at) = text.split_once('@').ok_or_else(wrong)?;
    let voxel = |text: &str| -> Result<[usize; 3], String> {
        let places = text.split(',').map(counted).collect::<Result<Vec<usize>, String>>()?;
        places.try_into().map_err(|_| wrong())
    };
    Ok(Stroke {
        radius: millimetres(radius.trim())?,
        at: at.split(';').map(voxel).collect::<Result<_, String>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for text in [
            "largest",
            "fill",
            "fill=z",
            "smooth=1.5",
            "grow=1",
            "shrink=0.25",
            "cut=z:10-40",
            "cut=x:-40",
            "cut=y:10-",
            "paint=2@1,2,3",
            "erase=2.5@1,2,3;4,5,6",
            "inside=0@7,7,7",
            "outside=3@1,1,1;2,2,2",
            "contour=12",
        ] {
            let operation: Operation = text.parse().unwrap();
            assert_eq!(operation.to_string(), text);
            assert_eq!(operation.to_string().parse(), Ok(operation));
        }
        assert_eq!("contour".parse(), Ok(Operation::CONTOUR));
        assert!(
            FORMS
                .split(", ")
                .all(|form| form.split('=').next().is_some_and(|word| !word.is_empty()))
        );
    }

    #[test]
    fn what_is_no_step_is_refused_with_the_way_to_write_it() {
        for (text, said) in [
            ("", "the steps are"),
            ("largest=3", "the steps are"),
            ("erode=1", "the steps are"),
            ("grow", "grow=MM"),
            ("grow=-1", "from 0 to 200"),
            ("grow=nan", "from 0 to 200"),
            ("grow=1e9", "from 0 to 200"),
            ("fill=w", "x, y or z"),
            ("cut=z", "cut=z:10-40"),
            ("cut=z:-", "cut=z:10-40"),
            ("cut=z:0-3", "counted from 1"),
            ("cut=z:9-3", "which are none"),
            ("paint=2", "a brush of 2.5 mm"),
            ("paint=2@1,2", "a brush of 2.5 mm"),
            ("paint=2@", "counted from 1"),
            ("inside=2@0,1,1", "counted from 1"),
        ] {
            let error = text.parse::<Operation>().unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn strokes_of_one_brush_are_one() {
        let step = |text: &str| text.parse::<Operation>().unwrap();
        let joined = step("inside=2@1,1,1").joined(&step("inside=2@2,1,1"));
        assert_eq!(joined, Some(step("inside=2@1,1,1;2,1,1")));
        for other in ["inside=3@2,1,1", "outside=2@2,1,1", "largest"] {
            assert_eq!(step("inside=2@1,1,1").joined(&step(other)), None);
        }
        assert_eq!(step("grow=1").joined(&step("grow=1")), None);
    }
}
