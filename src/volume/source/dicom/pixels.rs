//! The stored pixels of an object: how many there are, how wide, and one frame of them at a time.
//!
//! Reference: DICOM PS3.3, section C.7.6.3 (image pixel module); PS3.5, section 8 and annex A.4.

use std::path::PathBuf;
use std::sync::Arc;

use dicom_dictionary_std::tags;

use super::codec;
use super::fields::bad;
use super::form::Form;
use super::object::{Bytes, Object};
use super::syntax::Packing;
use super::walk::Pixels;
use crate::volume::error::VolumeError;

/// Where the fragments of each frame begin, and how many bytes they have.
type Fragments = Vec<Vec<(u64, u64)>>;

/// The pixels of an object, waiting to be read a frame at a time.
#[derive(Clone)]
pub(super) struct Store {
    /// The file
    pub path: PathBuf,
    /// How the pixels are stored
    pub form: Form,
    packing: Packing,
    big_endian: bool,
    pixels: Pixels,
    bytes: Bytes,
    /// Where each frame's fragments lie; looked for beforehand where there are several frames
    fragments: Option<Arc<Fragments>>,
}

impl Store {
    /// The pixels of an object. That all of them are there is seen here where they are stored as they are.
    pub fn of(object: &Object) -> Result<Self, VolumeError> {
        let fields = object.fields();
        let form = Form::of(&fields)?;
        let pixels = object.pixels.ok_or_else(|| fields.missing(tags::PIXEL_DATA))?;
        if pixels.tag != tags::PIXEL_DATA {
            return Err(VolumeError::Unsupported {
                path: object.path.clone(),
                what: "pixels as floating-point numbers are not supported".to_string(),
                advice: "convert the image to NIfTI or NRRD first".to_string(),
            });
        }
        let mut store = Self {
            path: object.path.clone(),
            form,
            packing: object.syntax.packing,
            big_endian: object.syntax.encoding.big_endian,
            pixels,
            bytes: object.bytes.clone(),
            fragments: None,
        };
        if let Some(length) = pixels.length {
            let expected = form.bits().unwrap_or(u64::MAX).div_ceil(8);
            let found = length.min(store.bytes.length().saturating_sub(pixels.offset));
            if found < expected {
                return Err(VolumeError::Truncated {
                    path: store.path,
                    expected,
                    found,
                });
            }
        } else if form.frames > 1 {
            store.fragments = Some(Arc::new(store.find_fragments()?));
        }
        Ok(store)
    }

    /// The raw pixels of a frame, little-endian.
    pub fn frame(&self, frame: usize) -> Result<Vec<u8>, VolumeError> {
        if self.pixels.length.is_none() {
            return self.unpacked(frame);
        }
        let size = self.form.bytes() as u64;
        let from = self.pixels.offset.saturating_add(size.saturating_mul(frame as u64));
        let mut raw = self.bytes.part(&self.path, from, size)?;
        if self.big_endian {
            match self.form.allocated {
                16 => raw.as_chunks_mut::<2>().0.iter_mut().for_each(|bytes| bytes.reverse()),
                32 => raw.as_chunks_mut::<4>().0.iter_mut().for_each(|bytes| bytes.reverse()),
                _ => {}
            }
        }
        Ok(raw)
    }

    /// All bits of an object whose pixels are bits, which run on over the borders of frames; the first is the lowest of the
    /// first byte.
    pub fn all_bits(&self) -> Result<Vec<u8>, VolumeError> {
        if self.pixels.length.is_none() || self.big_endian {
            return Err(VolumeError::Unsupported {
                path: self.path.clone(),
                what: "a mask of single bits in a compressed or big-endian transfer syntax is not supported"
                    .to_string(),
                advice: "write it in explicit little-endian first (dcmconv +te)".to_string(),
            });
        }
        let expected = self.form.bits().unwrap_or(u64::MAX).div_ceil(8);
        self.bytes.part(&self.path, self.pixels.offset, expected)
    }

    /// The raw pixels of a frame that is compressed.
    fn unpacked(&self, frame: usize) -> Result<Vec<u8>, VolumeError> {
        let fragments = match &self.fragments {
            Some(fragments) => Arc::clone(fragments),
            None => Arc::new(self.find_fragments()?),
        };
        let mut packed = Vec::new();
        for &(from, count) in fragments.get(frame).into_iter().flatten() {
            packed.extend(self.bytes.part(&self.path, from, count)?);
        }
        codec::unpack(&self.path, self.packing, &self.form, &packed)
    }

    /// Where the fragments of each frame lie.
    fn find_fragments(&self) -> Result<Fragments, VolumeError> {
        let damaged = |problem: String| bad(&self.path, tags::PIXEL_DATA, problem);
        let mut at = self.pixels.offset;
        let mut items: Vec<(u64, u64)> = Vec::new();
        loop {
            let head = self.bytes.part(&self.path, at, 8)?;
            let Some(&[g0, g1, e0, e1, l0, l1, l2, l3]) = head.first_chunk() else {
                return Err(damaged("the fragments end without a delimiter".to_string()));
            };
            let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
            at = at.saturating_add(8);
            match [g0, g1, e0, e1] {
                [0xfe, 0xff, 0x00, 0xe0] => items.push((at, length)),
                [0xfe, 0xff, 0xdd, 0xe0] => break,
                _ => return Err(damaged(format!("at byte {at} of the fragments stands no fragment"))),
            }
            at = at.saturating_add(length);
        }
        let Some((&(table, table_bytes), fragments)) = items.split_first() else {
            return Err(damaged("there is no fragment".to_string()));
        };
        let frames = self.form.frames;
        if frames == 1 {
            return Ok(vec![fragments.to_vec()]);
        }
        if fragments.len() == frames {
            return Ok(fragments.iter().map(|&fragment| vec![fragment]).collect());
        }
        let starts: Vec<u64> = self
            .bytes
            .part(&self.path, table, table_bytes)?
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| u64::from(u32::from_le_bytes(bytes)))
            .collect();
        let (Some(&(first, _)), true) = (fragments.first(), starts.len() == frames) else {
            return Err(damaged(format!(
                "{} fragments and no table of their frames, where {frames} frames are announced",
                fragments.len()
            )));
        };
        let mut found: Fragments = vec![Vec::new(); frames];
        for &(offset, length) in fragments {
            let place = offset.saturating_sub(first);
            let frame = starts.partition_point(|&start| start <= place).saturating_sub(1);
            if let Some(frame) = found.get_mut(frame) {
                frame.push((offset, length));
            }
        }
        Ok(found)
    }
}
