//! Run lengths: the bytes of one weight of all pixels, most significant first, each such plane packed on its own.
//!
//! Reference: DICOM PS3.5, annex G.

use std::path::Path;

use super::super::form::{Form, undecodable};
use crate::volume::error::VolumeError;

/// Bytes of the table of segments.
const TABLE: usize = 64;

/// Unpacks a frame.
pub(super) fn unpack(path: &Path, form: &Form, packed: &[u8]) -> Result<Vec<u8>, VolumeError> {
    let failed = |problem: String| undecodable(path, "run-length encoding", problem);
    let table: Vec<usize> = packed
        .get(..TABLE)
        .unwrap_or_default()
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX))
        .collect();
    let planes = form.allocated as usize / 8;
    let (Some(&count), true) = (table.first(), planes > 0) else {
        return Err(failed("the table of segments is cut off".to_string()));
    };
    if count != planes {
        return Err(failed(format!("{count} segments, where a pixel has {planes} bytes")));
    }
    let mut raw = vec![0; form.bytes()];
    for plane in 0..planes {
        let start = table.get(plane.saturating_add(1)).copied().unwrap_or(usize::MAX);
        let end = if plane.saturating_add(1) < planes {
            table.get(plane.saturating_add(2)).copied().unwrap_or(usize::MAX)
        } else {
            packed.len()
        };
        let segment = packed
            .get(start..end.min(packed.len()))
            .ok_or_else(|| failed(format!("segment {} lies beyond the frame", plane.saturating_add(1))))?;
        let bytes = runs(segment, form.area());
        if bytes.len() < form.area() {
            return Err(failed(format!(
                "segment {} gives {} bytes, where {} are needed",
                plane.saturating_add(1),
                bytes.len(),
                form.area()
            )));
        }
        // The first segment is the most significant byte.
        let low = planes.saturating_sub(plane).saturating_sub(1);
        for (pixel, byte) in raw.chunks_exact_mut(planes).zip(bytes) {
            if let Some(place) = pixel.get_mut(low) {
                *place = byte;
            }
        }
    }
    Ok(raw)
}

/// Literal runs and repeated bytes, up to so many.
fn runs(segment: &[u8], most: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(most);
    let mut rest = segment;
    while bytes.len() < most
        && let Some((&head, after)) = rest.split_first()
    {
        rest = after;
        match head.cast_signed() {
            -128 => {}
            length @ 0.. => {
                let count = usize::from(length.unsigned_abs()).saturating_add(1).min(rest.len());
                let (literal, after) = rest.split_at(count);
                bytes.extend_from_slice(literal);
                rest = after;
            }
            length => {
                let Some((&byte, after)) = rest.split_first() else {
                    break;
                };
                let count = usize::from(length.unsigned_abs()).saturating_add(1);
                bytes.resize(bytes.len().saturating_add(count), byte);
                rest = after;
            }
        }
    }
    bytes.truncate(most);
    bytes
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    #[test]
    fn the_most_significant_bytes_come_first() {
        let form = Form {
            rows: 1,
            columns: 5,
            frames: 1,
            allocated: 16,
            stored: 16,
            high: 15,
            signed: false,
        };
        let mut packed = vec![0; TABLE];
        packed[0] = 2;
        packed[4] = 64;
        packed[8] = 66;
        // 1 five times; then two literals, 9 three times, an idle byte.
        packed.extend([252, 1]);
        packed.extend([1, 7, 8, 128, 254, 9]);
        let raw = unpack(Path::new("x"), &form, &packed).unwrap();
        assert_eq!(raw, [7, 1, 8, 1, 9, 1, 9, 1, 9, 1]);
        assert!(unpack(Path::new("x"), &form, &packed[..66]).is_err());
        assert!(unpack(Path::new("x"), &form, &packed[..20]).is_err());
    }
}
