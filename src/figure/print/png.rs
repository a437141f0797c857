//! PNG: 8 bits each of red, green and blue, with the resolution in `pHYs`. What no library promises is the same bytes whatever
//! other parts of a build ask of its compression, so that the few chunks are written here.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::pixels::pixels;
use super::{Print, PrintError, Typefaces};
use crate::figure::paper::Paper;

/// Inches in a metre.
const INCHES: f64 = 1000.0 / 25.4;

/// The drawing as PNG.
///
/// # Errors
/// [`PrintError`] for signs without a glyph, and for too many pixels.
pub fn png(paper: &Paper, print: Print, typefaces: &Typefaces) -> Result<Vec<u8>, PrintError> {
    let picture = pixels(paper, print, typefaces)?;
    let mut bytes = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let mut header = Vec::new();
    header.extend(picture.width.to_be_bytes());
    header.extend(picture.height.to_be_bytes());
    // Depth, true colour, the one compression, the one filter method, rows in order.
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut bytes, *b"IHDR", &header);
    let per_metre = (f64::from(print.dpi) * INCHES).round() as u32;
    let mut density = Vec::new();
    density.extend(per_metre.to_be_bytes());
    density.extend(per_metre.to_be_bytes());
    density.push(1);
    chunk(&mut bytes, *b"pHYs", &density);
    let packed =
        pack(&picture.rgb, picture.width as usize * 3).map_err(|error| PrintError::Write(error.to_string()))?;
    chunk(&mut bytes, *b"IDAT", &packed);
    chunk(&mut bytes, *b"IEND", &[]);
    Ok(bytes)
}

/// The rows, each after the number of its filter: none, which suits even areas best.
fn pack(rgb: &[u8], row: usize) -> std::io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(9));
    for row in rgb.chunks_exact(row) {
        packer.write_all(&[0])?;
        packer.write_all(row)?;
    }
    packer.finish()
}

fn chunk(bytes: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    // A chunk of more than 2^31 bytes would need more pixels than a picture may have.
    bytes.extend((data.len() as u32).to_be_bytes());
    let mut sum = Crc::new();
    for part in [&name[..], data] {
        sum.update(part);
        bytes.extend(part);
    }
    bytes.extend(sum.sum().to_be_bytes());
}
