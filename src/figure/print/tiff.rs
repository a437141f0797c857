//! TIFF: 8 bits each of red, green and blue, packed with LZW, which publishers read, with the resolution in its tags.

use std::io::Cursor;

use tiff::encoder::{Compression, Rational, TiffEncoder, colortype};
use tiff::tags::ResolutionUnit;

use super::pixels::pixels;
use super::{Print, PrintError, Typefaces};
use crate::figure::paper::Paper;

/// The drawing as TIFF.
///
/// # Errors
/// [`PrintError`] for signs without a glyph, and for too many pixels.
pub fn tiff(paper: &Paper, print: Print, typefaces: &Typefaces) -> Result<Vec<u8>, PrintError> {
    let picture = pixels(paper, print, typefaces)?;
    let mut bytes = Cursor::new(Vec::new());
    write(&mut bytes, &picture, print.dpi).map_err(|error| PrintError::Write(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn write(bytes: &mut Cursor<Vec<u8>>, picture: &super::pixels::Pixels, dpi: u32) -> tiff::TiffResult<()> {
    let mut file = TiffEncoder::new(bytes)?.with_compression(Compression::Lzw);
    let mut image = file.new_image::<colortype::RGB8>(picture.width, picture.height)?;
    image.resolution(ResolutionUnit::Inch, Rational { n: dpi, d: 1 });
    image.write_data(&picture.rgb)
}
