//! PNG of 8 bits a sample. What no library promises is the same bytes whatever other parts of a build ask of its compression, so that
//! the few chunks are written here.
//!
//! Reference: PNG (Third Edition), W3C 2025.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// What the samples of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// One: from black to white
    Grey,
    /// Three: red, green, blue
    #[cfg(feature = "print")]
    Colour,
}

/// A picture as PNG: its pixels across and down, its samples row by row, and how many pixels there are in a metre where that is known.
///
/// # Errors
/// What the compression says.
pub fn encode(
    (width, height): (u32, u32),
    kind: Samples,
    samples: &[u8],
    per_metre: Option<u32>,
) -> std::io::Result<Vec<u8>> {
    let (colour, each) = match kind {
        Samples::Grey => (0, 1),
        #[cfg(feature = "print")]
        Samples::Colour => (2, 3),
    };
    let mut bytes = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // Depth, colour, the one compression, the one filter method, rows in order.
    header.extend([8, colour, 0, 0, 0]);
    chunk(&mut bytes, *b"IHDR", &header);
    if let Some(per_metre) = per_metre {
        let mut density = Vec::new();
        density.extend(per_metre.to_be_bytes());
        density.extend(per_metre.to_be_bytes());
        density.push(1);
        chunk(&mut bytes, *b"pHYs", &density);
    }
    chunk(&mut bytes, *b"IDAT", &pack(samples, width as usize * each)?);
    chunk(&mut bytes, *b"IEND", &[]);
    Ok(bytes)
}

/// The rows, each after the number of its filter: none, which suits even areas best.
fn pack(samples: &[u8], row: usize) -> std::io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(9));
    for row in samples.chunks_exact(row.max(1)) {
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

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn rows_of_greys_come_back_as_they_were() {
        let samples = [0, 128, 255, 7, 8, 9];
        let bytes = encode((3, 2), Samples::Grey, &samples, None).unwrap();
        assert_eq!(bytes[16..26], [0, 0, 0, 3, 0, 0, 0, 2, 8, 0]);
        let at = bytes.windows(4).position(|name| name == b"IDAT").unwrap();
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&bytes[at + 4..])
            .read_to_end(&mut rows)
            .unwrap();
        assert_eq!(rows, [0, 0, 128, 255, 0, 7, 8, 9]);
    }
}
