//! Compressed frames made raw: little-endian, as many bytes a pixel as the object allocates.

mod jpeg;
mod jpeg_2000;
mod jpeg_ls;
mod raw;
mod rle;

use std::path::Path;

use super::form::{Form, undecodable};
use super::syntax::Packing;
use crate::volume::error::VolumeError;

/// Unpacks one frame.
pub(super) fn unpack(path: &Path, packing: Packing, form: &Form, packed: &[u8]) -> Result<Vec<u8>, VolumeError> {
    let raw = match packing {
        Packing::Native => {
            let mut raw = packed.to_vec();
            raw.truncate(form.bytes());
            raw
        }
        Packing::Rle => rle::unpack(path, form, packed)?,
        Packing::JpegLossy | Packing::JpegLossless => jpeg::unpack(path, form, packed)?,
        Packing::Jpeg2000 => jpeg_2000::unpack(path, form, packed)?,
        Packing::JpegLs => jpeg_ls::unpack(path, form, packed)?,
    };
    if raw.len() == form.bytes() {
        return Ok(raw);
    }
    Err(undecodable(
        path,
        "compressed frame",
        format!("it gives {} bytes, where {} are announced", raw.len(), form.bytes()),
    ))
}
