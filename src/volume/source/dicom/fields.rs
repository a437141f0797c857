//! The values of an object by tag, with the file and the tag in every complaint.

use std::path::Path;

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_object::InMemDicomObject;

use crate::volume::error::VolumeError;

/// A data set, or an item of a sequence, and the file that holds it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// The file
    pub path: &'a Path,
    dataset: &'a InMemDicomObject,
}

impl<'a> Fields<'a> {
    /// The values of a data set.
    pub fn new(path: &'a Path, dataset: &'a InMemDicomObject) -> Self {
        Self { path, dataset }
    }

    /// A value as text, without the blanks around it; `None` where it is missing or empty.
    pub fn text(&self, tag: Tag) -> Option<String> {
        let text = self.dataset.get(tag)?.to_str().ok()?;
        let text = text.trim_matches(['\0', ' ', '\t', '\r', '\n']);
        (!text.is_empty()).then(|| text.to_string())
    }

    /// A value as the text of its bytes, whatever its type is said to be: that of a private element is often unknown.
    pub fn plain(&self, tag: Tag) -> Option<String> {
        let element = self.dataset.get(tag)?;
        if !matches!(element.vr(), VR::UN | VR::OB) {
            return self.text(tag);
        }
        let bytes = element.to_bytes().ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_matches(['\0', ' ', '\t', '\r', '\n']);
        (!text.is_empty()).then(|| text.to_string())
    }

    /// A value as numbers; `None` where it is missing or empty.
    pub fn numbers(&self, tag: Tag) -> Result<Option<Vec<f64>>, VolumeError> {
        let Some(element) = self.dataset.get(tag) else {
            return Ok(None);
        };
        let value = element.value();
        if value.primitive().is_none_or(|value| value.calculate_byte_len() == 0) || self.text(tag).is_none() {
            return Ok(None);
        }
        match value.to_multi_float64() {
            Ok(numbers) if numbers.iter().all(|number| number.is_finite()) => Ok(Some(numbers)),
            Ok(_) | Err(_) => Err(self.bad(
                tag,
                format!(
                    "\"{}\" is not a number",
                    self.text(tag).unwrap_or_default().escape_debug()
                ),
            )),
        }
    }

    /// A value as one number; `None` where it is missing or empty.
    pub fn number(&self, tag: Tag) -> Result<Option<f64>, VolumeError> {
        Ok(self.numbers(tag)?.and_then(|numbers| numbers.first().copied()))
    }

    /// A value as so many numbers; `None` where it is missing or empty.
    pub fn vector<const N: usize>(&self, tag: Tag) -> Result<Option<[f64; N]>, VolumeError> {
        let Some(numbers) = self.numbers(tag)? else {
            return Ok(None);
        };
        let count = numbers.len();
        <[f64; N]>::try_from(numbers)
            .map(Some)
            .map_err(|_| self.bad(tag, format!("{count} numbers, where {N} are needed")))
    }

    /// A value as a whole number that is not negative; `None` where it is missing or empty.
    pub fn count(&self, tag: Tag) -> Result<Option<usize>, VolumeError> {
        let Some(number) = self.number(tag)? else {
            return Ok(None);
        };
        if number.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&number) {
            return Err(self.bad(tag, format!("{number} is not a whole number from 0 on")));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of 32 bits"
        )]
        Ok(Some(number as usize))
    }

    /// A whole number that must be there.
    pub fn needed_count(&self, tag: Tag) -> Result<usize, VolumeError> {
        self.count(tag)?.ok_or_else(|| self.missing(tag))
    }

    /// The items of a sequence; none where it is missing.
    pub fn items(&self, tag: Tag) -> impl Iterator<Item = Fields<'a>> + use<'a> {
        let path = self.path;
        self.dataset
            .get(tag)
            .and_then(|element| element.items())
            .unwrap_or_default()
            .iter()
            .map(move |dataset| Fields { path, dataset })
    }

    /// The first item of a sequence.
    pub fn item(&self, tag: Tag) -> Option<Fields<'a>> {
        self.items(tag).next()
    }

    /// Whether an element is there, be it empty.
    pub fn has(&self, tag: Tag) -> bool {
        self.dataset.get(tag).is_some()
    }

    /// An error about an element.
    pub fn bad(&self, tag: Tag, problem: String) -> VolumeError {
        bad(self.path, tag, problem)
    }

    /// The error for an element that is missing or empty.
    pub fn missing(&self, tag: Tag) -> VolumeError {
        self.bad(tag, "is missing or empty".to_string())
    }
}

/// An error about an element of a file.
pub(super) fn bad(path: &Path, tag: Tag, problem: String) -> VolumeError {
    VolumeError::Header {
        path: path.to_path_buf(),
        field: name_of(tag),
        problem,
    }
}

/// A tag and its name, as "(0028,0030) PixelSpacing".
pub(super) fn name_of(tag: Tag) -> String {
    if tag == Tag(0, 0) {
        return "data set".to_string();
    }
    match StandardDataDictionary.by_tag(tag) {
        Some(entry) => format!("{tag} {}", entry.alias()),
        None => tag.to_string(),
    }
}
