//! How the pixels of an object are stored: how many there are, how wide, and which of their bits are the value.
//!
//! Reference: DICOM PS3.3, section C.7.6.3 (image pixel module); PS3.5, section 8.

use std::path::Path;

use dicom_dictionary_std::tags;

use super::fields::Fields;
use crate::volume::error::VolumeError;

/// How the pixels of an object are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Number of pixels along a column
    pub rows: usize,
    /// Number of pixels along a row
    pub columns: usize,
    /// Number of frames
    pub frames: usize,
    /// Bits that a pixel takes: 1, 8, 16 or 32
    pub allocated: u32,
    /// Bits of its value
    pub stored: u32,
    /// The highest bit of its value
    pub high: u32,
    /// Whether the value has a sign
    pub signed: bool,
}

impl Form {
    /// What an object says of its pixels; one value a pixel.
    pub fn of(fields: &Fields<'_>) -> Result<Self, VolumeError> {
        let samples = fields.count(tags::SAMPLES_PER_PIXEL)?.unwrap_or(1);
        let meaning = fields.text(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
        if samples != 1 || meaning.starts_with("PALETTE") {
            return Err(VolumeError::Unsupported {
                path: fields.path.to_path_buf(),
                what: format!("a picture in colours ({meaning}, {samples} values a pixel) is not supported"),
                advice: "give a series of one value a pixel (MONOCHROME2)".to_string(),
            });
        }
        let size = |tag| -> Result<usize, VolumeError> {
            let size = fields.needed_count(tag)?;
            if (1..=65_535).contains(&size) {
                Ok(size)
            } else {
                Err(fields.bad(tag, format!("{size} is no number of pixels")))
            }
        };
        let (rows, columns) = (size(tags::ROWS)?, size(tags::COLUMNS)?);
        let bits = |tag, otherwise: Option<u32>| -> Result<u32, VolumeError> {
            let given = fields.count(tag)?.and_then(|bits| u32::try_from(bits).ok());
            given.or(otherwise).ok_or_else(|| fields.missing(tag))
        };
        let allocated = bits(tags::BITS_ALLOCATED, None)?;
        if ![1, 8, 16, 32].contains(&allocated) {
            return Err(fields.bad(
                tags::BITS_ALLOCATED,
                format!("{allocated} bits a pixel are not supported, only 1, 8, 16 and 32"),
            ));
        }
        let stored = bits(tags::BITS_STORED, Some(allocated))?;
        if stored == 0 || stored > allocated {
            return Err(fields.bad(
                tags::BITS_STORED,
                format!("{stored} bits of a value do not fit into {allocated} bits a pixel"),
            ));
        }
        let high = bits(tags::HIGH_BIT, Some(stored.saturating_sub(1)))?;
        if high >= allocated || high.saturating_add(1) < stored {
            return Err(fields.bad(
                tags::HIGH_BIT,
                format!("bit {high} cannot be the highest of {stored} within {allocated}"),
            ));
        }
        let signed = match fields.count(tags::PIXEL_REPRESENTATION)?.unwrap_or(0) {
            0 => false,
            1 => true,
            other => return Err(fields.bad(tags::PIXEL_REPRESENTATION, format!("{other} is neither 0 nor 1"))),
        };
        let frames = fields.count(tags::NUMBER_OF_FRAMES)?.unwrap_or(1).max(1);
        let form = Self {
            rows,
            columns,
            frames,
            allocated,
            stored,
            high,
            signed,
        };
        if form.bits().is_none() {
            return Err(fields.bad(
                tags::NUMBER_OF_FRAMES,
                format!("{frames} frames of {columns} x {rows} pixels are more than any file can hold"),
            ));
        }
        Ok(form)
    }

    /// The pixels of a frame.
    pub fn area(&self) -> usize {
        self.rows.saturating_mul(self.columns)
    }

    /// The bytes of a frame, where a pixel has whole bytes.
    pub fn bytes(&self) -> usize {
        self.area().saturating_mul(self.allocated as usize / 8)
    }

    /// The bits of all frames, where they can be counted.
    pub fn bits(&self) -> Option<u64> {
        (self.area() as u64)
            .checked_mul(self.frames as u64)?
            .checked_mul(u64::from(self.allocated))
            .filter(|&bits| bits < 1 << 62)
    }

    /// The least and the greatest value that can be stored.
    pub fn range(&self) -> [i64; 2] {
        if self.signed {
            let most = 1i64 << (self.stored.saturating_sub(1));
            [most.wrapping_neg(), most.wrapping_sub(1)]
        } else {
            [0, (1i64 << self.stored).wrapping_sub(1)]
        }
    }

    /// The values of raw pixels, little-endian: only the bits that are a value, with their sign.
    pub fn values(&self, raw: &[u8], into: &mut Vec<i64>) {
        into.clear();
        let unused = 64u32.wrapping_sub(self.stored);
        let low = self.high.saturating_add(1).saturating_sub(self.stored);
        let signed = self.signed;
        let value = |bits: u64| {
            // Shifted to the top, so that the way down carries the sign or zeros in.
            let top = (bits >> low) << unused;
            if signed {
                top.cast_signed() >> unused
            } else {
                (top >> unused).cast_signed()
            }
        };
        match self.allocated {
            8 => into.extend(raw.iter().map(|&byte| value(u64::from(byte)))),
            16 => into.extend(
                raw.as_chunks()
                    .0
                    .iter()
                    .map(|&bytes| value(u64::from(u16::from_le_bytes(bytes)))),
            ),
            _ => into.extend(
                raw.as_chunks()
                    .0
                    .iter()
                    .map(|&bytes| value(u64::from(u32::from_le_bytes(bytes)))),
            ),
        }
    }
}

/// An error about the compressed pixels of a file.
pub(super) fn undecodable(path: &Path, how: &str, problem: impl std::fmt::Display) -> VolumeError {
    VolumeError::Corrupt {
        path: path.to_path_buf(),
        detail: format!("{how}: {problem}"),
    }
}
