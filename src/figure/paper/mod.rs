//! A [`Figure`](crate::figure::Figure) laid out on paper: marks in points, with text as text and colours that stay apart in grey and for colour
//! blindness (Okabe and Ito, "Color Universal Design", 2008). Whoever writes a picture writes these marks.

mod boxes;
mod compose;
mod layout;
mod mark;
mod matrix;
mod pen;
mod planes;
mod plot;
mod rows;
mod scales;

pub use self::compose::{Composed, compose};
pub use self::layout::{lay_out, lay_out_for};
pub use self::mark::{Anchor, Colour, Mark, Paper, Step, Stroke, Words, dashes};
pub use self::planes::planes;
