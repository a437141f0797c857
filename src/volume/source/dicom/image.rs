//! An image from a stack: the type of its values, and the stream that makes them.
//!
//! Values are rescaled slice by slice. Whole slopes and intercepts keep whole numbers, in the smallest type that holds all
//! that could be stored, as ITK (GDCM) has it; others give double precision.

use std::sync::Arc;

use super::form::Form;
use super::slabs::{SlabStream, Slabs};
use super::slice::Slice;
use super::stack::Stack;
use super::uptake::{self, Pet};
use crate::volume::error::VolumeError;
use crate::volume::samples::SampleType;
use crate::volume::source::conversion::Tracer;
use crate::volume::source::hints::Hints;
use crate::volume::source::stream::Voxels;
use crate::volume::source::{Grid, Header};

/// The name of the format, and the elements that hold size, spacing, origin and direction.
pub(super) const FORMAT: &str = "DICOM";
pub(super) const FIELDS: [&str; 4] = [
    "(0028,0010) Rows and (0028,0011) Columns",
    "(0028,0030) PixelSpacing and (0020,0032) ImagePositionPatient",
    "(0020,0032) ImagePositionPatient",
    "(0020,0037) ImageOrientationPatient",
];

/// A stack as an image.
pub(super) fn grid_of(path: &std::path::Path, stack: Stack, frame_of_reference: Option<String>) -> Grid {
    let Stack {
        slices,
        geometry,
        mut warnings,
    } = stack;
    let pets: Option<Vec<Pet>> = slices.iter().map(|slice| slice.pet.clone()).collect();
    let tracer = pets.filter(|pets| !pets.is_empty());
    // Uptake values are no whole numbers.
    let sample_type = match tracer {
        Some(_) => SampleType::F64,
        None => sample_type_of(&slices),
    };
    // A radiograph, say, has no place in the patient and two axes only.
    let plane = slices.iter().all(|slice| slice.plane.is_none());
    let padding = slices.first().and_then(|slice| {
        #[allow(clippy::cast_precision_loss, reason = "at most 32 bits")]
        let stored = slice.padding? as f64;
        Some(stored * slice.slope + slice.intercept)
    });
    if slices.iter().any(|slice| {
        (slice.slope, slice.intercept)
            != slices
                .first()
                .map_or((1.0, 0.0), |first| (first.slope, first.intercept))
    }) {
        warnings.push("slope or intercept differs between the slices; each is rescaled by its own".to_string());
    }
    let hints = Hints {
        frame_of_reference,
        padding,
        tracer: tracer.map(|slices| Arc::new(uptake::Series { slices }) as Arc<dyn Tracer>),
        ..Hints::default()
    };
    let area = slices.first().map_or(0, |slice| slice.store.form.area());
    let count = area.saturating_mul(slices.len());
    let depth = slices.len();
    let stream = SlabStream::new(
        Values { slices, sample_type },
        area.saturating_mul(sample_type.bytes()),
        depth,
        1,
        hints.needed.clone(),
    );
    Grid {
        header: Header {
            path: path.to_path_buf(),
            format: FORMAT,
            fields: FIELDS,
            geometry,
            sample_type,
            components: 1,
            plane,
            warnings,
        },
        voxels: Voxels::decoded(path.to_path_buf(), stream, sample_type, 1, count),
        hints,
    }
}

/// The type that holds every value that the slices could store.
fn sample_type_of(slices: &[Slice]) -> SampleType {
    let whole = |number: f64| number.fract() == 0.0 && number.abs() < f64::from(i32::MAX);
    if !slices.iter().all(|slice| whole(slice.slope) && whole(slice.intercept)) {
        return SampleType::F64;
    }
    if slices.iter().all(|slice| slice.slope == 1.0 && slice.intercept == 0.0) {
        return as_stored(slices.iter().map(|slice| slice.store.form));
    }
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for slice in slices {
        for stored in slice.store.form.range() {
            #[allow(clippy::cast_precision_loss, reason = "at most 32 bits")]
            let value = stored as f64 * slice.slope + slice.intercept;
            low = low.min(value);
            high = high.max(value);
        }
    }
    smallest(low, high)
}

/// The type of stored values, where nothing rescales them.
fn as_stored(forms: impl Iterator<Item = Form>) -> SampleType {
    let (mut allocated, mut signed, mut unsigned) = (8, false, false);
    for form in forms {
        allocated = allocated.max(form.allocated);
        signed |= form.signed;
        unsigned |= !form.signed;
    }
    match (allocated, signed, unsigned) {
        (8, false, _) => SampleType::U8,
        (8, true, false) => SampleType::I8,
        (8, true, true) | (16, true, false) => SampleType::I16,
        (16, false, _) => SampleType::U16,
        (16, true, true) | (_, true, false) => SampleType::I32,
        (_, false, _) => SampleType::U32,
        (_, true, true) => SampleType::F64,
    }
}

/// The smallest whole type that holds a range.
fn smallest(low: f64, high: f64) -> SampleType {
    let unsigned = [
        (f64::from(u8::MAX), SampleType::U8),
        (f64::from(u16::MAX), SampleType::U16),
        (f64::from(u32::MAX), SampleType::U32),
    ];
    let signed = [
        (f64::from(i8::MAX), SampleType::I8),
        (f64::from(i16::MAX), SampleType::I16),
        (f64::from(i32::MAX), SampleType::I32),
    ];
    let fitting = if low >= 0.0 {
        unsigned.into_iter().find(|(most, _)| high <= *most)
    } else {
        signed.into_iter().find(|(most, _)| high <= *most && low >= -most - 1.0)
    };
    fitting.map_or(SampleType::F64, |(_, sample_type)| sample_type)
}

/// What makes the values of each slice.
struct Values {
    slices: Vec<Slice>,
    sample_type: SampleType,
}

impl Slabs for Values {
    fn make(&self, _: usize, slice: usize) -> Result<Vec<u8>, VolumeError> {
        let Some(slice) = self.slices.get(slice) else {
            return Ok(Vec::new());
        };
        let raw = slice.store.frame(slice.frame)?;
        let form = slice.store.form;
        let plain = slice.slope == 1.0 && form.high.saturating_add(1) == form.stored;
        // Most slices: 16 bits to 16 bits, an intercept added.
        if plain && form.allocated == 16 && matches!(self.sample_type, SampleType::I16 | SampleType::U16) {
            return Ok(shifted(raw, form, slice.intercept));
        }
        let mut stored = Vec::new();
        form.values(&raw, &mut stored);
        Ok(self.rescaled(&stored, slice))
    }
}

/// 16-bit values with an intercept, in place.
#[allow(
    clippy::cast_possible_truncation,
    reason = "whole and within 32 bits; the lowest 16 are kept, of which it is known that they hold the value"
)]
fn shifted(mut raw: Vec<u8>, form: Form, intercept: f64) -> Vec<u8> {
    let unused = 16u32.saturating_sub(form.stored);
    let intercept = intercept as i32 as i16;
    for bytes in raw.as_chunks_mut::<2>().0 {
        let top = u16::from_le_bytes(*bytes) << unused;
        let stored = if form.signed {
            top.cast_signed() >> unused
        } else {
            (top >> unused).cast_signed()
        };
        *bytes = stored.wrapping_add(intercept).to_le_bytes();
    }
    raw
}

impl Values {
    /// Values rescaled, little-endian in the image's type.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "stored values have at most 32 bits, and the type was chosen to hold what they become"
    )]
    fn rescaled(&self, stored: &[i64], slice: &Slice) -> Vec<u8> {
        let (slope, intercept) = (slice.slope, slice.intercept);
        let mut bytes = Vec::with_capacity(stored.len().saturating_mul(self.sample_type.bytes()));
        let values = stored.iter().map(|&value| value as f64 * slope + intercept);
        match self.sample_type {
            SampleType::U8 => bytes.extend(values.map(|value| value as u8)),
            SampleType::I8 => bytes.extend(values.map(|value| (value as i8).cast_unsigned())),
            SampleType::U16 => values.for_each(|value| bytes.extend((value as u16).to_le_bytes())),
            SampleType::I16 => values.for_each(|value| bytes.extend((value as i16).to_le_bytes())),
            SampleType::U32 => values.for_each(|value| bytes.extend((value as u32).to_le_bytes())),
            SampleType::I32 => values.for_each(|value| bytes.extend((value as i32).to_le_bytes())),
            SampleType::U64 | SampleType::I64 | SampleType::F32 | SampleType::F64 => {
                values.for_each(|value| bytes.extend(value.to_le_bytes()));
            }
        }
        bytes
    }
}
