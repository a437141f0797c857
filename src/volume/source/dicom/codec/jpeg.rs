//! JPEG by prediction (lossless, 2 to 16 bits) and by cosine transform (8 bits), through jpeg-decoder.

use std::path::Path;

use jpeg_decoder::{Decoder, PixelFormat};

use super::super::form::{Form, undecodable};
use super::raw::{check_size, raw_of};
use crate::volume::error::VolumeError;

/// Unpacks a frame.
pub(super) fn unpack(path: &Path, form: &Form, packed: &[u8]) -> Result<Vec<u8>, VolumeError> {
    let failed = |problem: String| undecodable(path, "JPEG", problem);
    let mut decoder = Decoder::new(packed);
    decoder.read_info().map_err(|error| failed(error.to_string()))?;
    let info = decoder
        .info()
        .ok_or_else(|| failed("there is no frame header".to_string()))?;
    // Before anything is decoded: a damaged header may claim gigabytes.
    check_size(path, form, "JPEG", usize::from(info.width), usize::from(info.height))?;
    let bytes = decoder.decode().map_err(|error| failed(error.to_string()))?;
    match info.pixel_format {
        PixelFormat::L8 => Ok(raw_of(form, bytes.iter().map(|&byte| i32::from(byte)))),
        PixelFormat::L16 => Ok(raw_of(
            form,
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|&pair| i32::from(u16::from_ne_bytes(pair))),
        )),
        PixelFormat::RGB24 | PixelFormat::CMYK32 => Err(failed(
            "a picture in colours where one value a pixel is announced".to_string(),
        )),
    }
}
