//! PNG: 8 bits each of red, green and blue, with the resolution in `pHYs`.

use super::pixels::pixels;
use super::{Print, PrintError, Typefaces};
use crate::figure::paper::Paper;
use crate::figure::png::{Samples, encode};

/// Inches in a metre.
const INCHES: f64 = 1000.0 / 25.4;

/// The drawing as PNG.
///
/// # Errors
/// [`PrintError`] for signs without a glyph, and for too many pixels.
pub fn png(paper: &Paper, print: Print, typefaces: &Typefaces) -> Result<Vec<u8>, PrintError> {
    let picture = pixels(paper, print, typefaces)?;
    let per_metre = (f64::from(print.dpi) * INCHES).round() as u32;
    let size = (picture.width, picture.height);
    encode(size, Samples::Colour, &picture.rgb, Some(per_metre)).map_err(|error| PrintError::Write(error.to_string()))
}
