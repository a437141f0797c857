//! JPEG 2000, reversible and irreversible, through hayro-jpeg2000.

use std::path::Path;

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::super::form::{Form, undecodable};
use super::raw::{check_size, raw_of};
use crate::volume::error::VolumeError;

/// The marker of the picture's size, behind the start of the codestream.
const START: [u8; 4] = [0xff, 0x4f, 0xff, 0x51];

/// Where the first component's precision stands, counted from the start of the codestream.
const PRECISION: usize = 42;

/// Unpacks a frame.
#[allow(
    clippy::cast_possible_truncation,
    reason = "samples are whole and have at most 24 bits"
)]
pub(super) fn unpack(path: &Path, form: &Form, packed: &[u8]) -> Result<Vec<u8>, VolumeError> {
    let failed = |problem: String| undecodable(path, "JPEG 2000", problem);
    let settings = DecodeSettings {
        resolve_palette_indices: false,
        // A code stream that ends early is an error, not a blurred slice.
        strict: true,
        target_resolution: None,
    };
    let image = Image::new(packed, &settings).map_err(|error| failed(error.to_string()))?;
    // Before anything is decoded: a damaged header may claim gigabytes.
    check_size(path, form, "JPEG 2000", image.width() as usize, image.height() as usize)?;
    let signed = packed
        .windows(START.len())
        .position(|window| window == START)
        .and_then(|start| packed.get(start.saturating_add(PRECISION)))
        .is_some_and(|&precision| precision & 0x80 != 0);
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| failed(error.to_string()))?;
    let [component] = decoded.components() else {
        return Err(failed(
            "several components where one value a pixel is announced".to_string(),
        ));
    };
    let depth = u32::from(component.bit_depth()).clamp(1, 24);
    let half = 1i32 << depth.saturating_sub(1);
    // The decoder lifts all values by half of the range, signed ones too; they are rounded without it, ties to even.
    #[allow(clippy::cast_precision_loss, reason = "a power of two")]
    let lift = half as f32;
    let back = if signed { 0 } else { half };
    let (low, high) = (back.saturating_sub(half), back.saturating_add(half).saturating_sub(1));
    Ok(raw_of(
        form,
        component.samples().iter().map(|&sample| {
            ((sample - lift).round_ties_even() as i32)
                .saturating_add(back)
                .clamp(low, high)
        }),
    ))
}
