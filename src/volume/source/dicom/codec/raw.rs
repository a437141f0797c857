//! What every decoder ends with: whole numbers as raw pixels, and the size that they must have.

use std::path::Path;

use super::super::form::{Form, undecodable};
use crate::volume::error::VolumeError;

/// Whole numbers as raw pixels: the lowest bits of each.
pub(super) fn raw_of(form: &Form, values: impl Iterator<Item = i32>) -> Vec<u8> {
    let mut raw = Vec::with_capacity(form.bytes());
    match form.allocated {
        8 => raw.extend(values.filter_map(|value| value.to_le_bytes().first().copied())),
        16 => values.for_each(|value| {
            let [a, b, _, _] = value.to_le_bytes();
            raw.extend([a, b]);
        }),
        _ => values.for_each(|value| raw.extend(value.to_le_bytes())),
    }
    raw
}

/// Refuses a compressed picture of another size than the object's.
pub(super) fn check_size(path: &Path, form: &Form, how: &str, width: usize, height: usize) -> Result<(), VolumeError> {
    if (width, height) == (form.columns, form.rows) {
        return Ok(());
    }
    Err(undecodable(
        path,
        how,
        format!(
            "the compressed picture has {width} x {height} pixels, the object {} x {}",
            form.columns, form.rows
        ),
    ))
}
