//! The slices of an object: where each lies in the patient and what its stored values mean.
//!
//! A plain object is one slice; an enhanced one says position, orientation, spacing and rescaling of each frame in its
//! functional groups.
//!
//! Reference: DICOM PS3.3, sections C.7.6.2 (image plane), C.7.6.16 (functional groups), C.11.1 (modality look-up table).

use std::path::PathBuf;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::fields::Fields;
use super::form::Form;
use super::object::Object;
use super::pixels::Store;
use super::uptake::Pet;
use crate::volume::error::VolumeError;

/// A slice of an image.
#[derive(Clone)]
pub(super) struct Slice {
    /// The object that holds it
    pub store: Store,
    /// Its frame there, from 0
    pub frame: usize,
    /// Where it lies; `None` where the object does not say (radiographs, screen shots)
    pub plane: Option<Plane>,
    /// Distance of pixel centres in millimetres: down a column, along a row
    pub spacing: Option<[f64; 2]>,
    /// Its thickness in millimetres
    pub thickness: Option<f64>,
    /// `value = stored * slope + intercept`
    pub slope: f64,
    /// See `slope`
    pub intercept: f64,
    /// The stored value of pixels that are no image
    pub padding: Option<i64>,
    /// The place in a series of volumes (phases, echoes, weightings), where the object says one
    pub volume: Option<String>,
    /// What it says of its tracer, where it is PET
    pub pet: Option<Pet>,
}

/// Where a slice lies, LPS millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plane {
    /// The centre of the first pixel
    pub position: [f64; 3],
    /// The direction along a row
    pub row: [f64; 3],
    /// The direction down a column
    pub column: [f64; 3],
}

impl Plane {
    /// The direction at right angles to both.
    pub fn normal(&self) -> [f64; 3] {
        let ([a, b, c], [d, e, f]) = (self.row, self.column);
        unit([b * f - c * e, c * d - a * f, a * e - b * d]).unwrap_or([0.0, 0.0, 1.0])
    }
}

/// The scalar product.
pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The difference of two positions.
pub(super) fn minus([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> [f64; 3] {
    [a - d, b - e, c - f]
}

/// A direction brought to length 1; `None` where it has none.
pub(super) fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let norm = dot(vector, vector).sqrt();
    // A length of 1 as far as its digits go is left as it is written.
    if (norm - 1.0).abs() < 1e-15 {
        return Some(vector);
    }
    (norm > 1e-6 && norm.is_finite()).then(|| vector.map(|part| part / norm))
}

/// Where a functional group of a frame stands: the frame's own first, then that of all frames, then the object itself.
pub(super) struct Groups<'a> {
    /// That of the frame
    pub own: Option<Fields<'a>>,
    /// That of all frames
    pub shared: Option<Fields<'a>>,
    /// The object
    pub root: Fields<'a>,
}

impl<'a> Groups<'a> {
    /// The item of a group that says one of its values.
    pub fn of(&self, sequence: Tag, value: Tag) -> Option<Fields<'a>> {
        [self.own, self.shared]
            .into_iter()
            .flatten()
            .filter_map(|group| group.item(sequence))
            .find(|item| item.has(value))
            .or_else(|| self.root.has(value).then_some(self.root))
    }
}

/// The frames' own functional groups, one a frame.
pub(super) fn frame_groups(fields: Fields<'_>) -> Vec<Fields<'_>> {
    fields.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).collect()
}

/// All slices of an object that holds an image.
pub(super) fn slices_of(object: &Object) -> Result<Vec<Slice>, VolumeError> {
    let fields = object.fields();
    let store = Store::of(object)?;
    if store.form.allocated == 1 {
        return Err(fields.bad(
            tags::BITS_ALLOCATED,
            "an image of single bits has no intensities".to_string(),
        ));
    }
    let own = frame_groups(fields);
    let frames = store.form.frames;
    if !own.is_empty() && own.len() != frames {
        return Err(fields.bad(
            tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            format!("{} items, where {frames} frames are announced", own.len()),
        ));
    }
    let shared = fields.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    if own.is_empty() && shared.is_none() && frames > 1 {
        return Err(VolumeError::Unsupported {
            path: object.path.clone(),
            what: format!("{frames} frames without functional groups, so that nobody knows where each lies"),
            advice: "give the series as single slices or as an enhanced multi-frame object".to_string(),
        });
    }
    (0..frames)
        .map(|frame| {
            let groups = Groups {
                own: own.get(frame).copied(),
                shared,
                root: fields,
            };
            slice_of(&groups, &store, frame)
        })
        .collect()
}

fn slice_of(groups: &Groups<'_>, store: &Store, frame: usize) -> Result<Slice, VolumeError> {
    let root = groups.root;
    let plane = plane_of(groups)?;
    let measures = groups
        .of(tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING)
        .unwrap_or(root);
    let spacing = spacing_of(&measures)?;
    let transformation = groups
        .of(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tags::RESCALE_SLOPE)
        .unwrap_or(root);
    if root.has(tags::MODALITY_LUT_SEQUENCE) {
        return Err(VolumeError::Unsupported {
            path: root.path.to_path_buf(),
            what: "values behind a look-up table (ModalityLUTSequence) are not supported".to_string(),
            advice: "convert the image to NIfTI or NRRD first".to_string(),
        });
    }
    let slope = transformation.number(tags::RESCALE_SLOPE)?.unwrap_or(1.0);
    if slope == 0.0 {
        return Err(transformation.bad(tags::RESCALE_SLOPE, "0 would make all values one".to_string()));
    }
    Ok(Slice {
        store: store.clone(),
        frame,
        plane,
        spacing,
        thickness: groups
            .of(tags::PIXEL_MEASURES_SEQUENCE, tags::SLICE_THICKNESS)
            .unwrap_or(root)
            .number(tags::SLICE_THICKNESS)?
            .filter(|&thickness| thickness > 0.0),
        slope,
        intercept: transformation.number(tags::RESCALE_INTERCEPT)?.unwrap_or(0.0),
        padding: padding_of(&root, &store.form)?,
        volume: volume_of(groups),
        pet: Pet::of(&root),
    })
}

/// Where a slice lies; `None` where position or orientation is missing.
pub(super) fn plane_of(groups: &Groups<'_>) -> Result<Option<Plane>, VolumeError> {
    let position = groups
        .of(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT)
        .unwrap_or(groups.root);
    let orientation = groups
        .of(tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT)
        .unwrap_or(groups.root);
    let (Some(position), Some(cosines)) = (
        position.vector::<3>(tags::IMAGE_POSITION_PATIENT)?,
        orientation.vector::<6>(tags::IMAGE_ORIENTATION_PATIENT)?,
    ) else {
        return Ok(None);
    };
    let [a, b, c, d, e, f] = cosines;
    let (Some(row), Some(column)) = (unit([a, b, c]), unit([d, e, f])) else {
        return Err(orientation.bad(
            tags::IMAGE_ORIENTATION_PATIENT,
            format!(
                "{} are no directions",
                cosines.map(|cosine| cosine.to_string()).join("\\")
            ),
        ));
    };
    Ok(Some(Plane { position, row, column }))
}

/// Distance of pixel centres: down a column first, as the standard has it.
pub(super) fn spacing_of(measures: &Fields<'_>) -> Result<Option<[f64; 2]>, VolumeError> {
    for tag in [tags::PIXEL_SPACING, tags::IMAGER_PIXEL_SPACING] {
        if let Some(spacing) = measures.vector::<2>(tag)? {
            if spacing.iter().all(|&step| step > 0.0) {
                return Ok(Some(spacing));
            }
            return Err(measures.bad(
                tag,
                format!("{} are no lengths", spacing.map(|step| step.to_string()).join("\\")),
            ));
        }
    }
    Ok(None)
}

/// The stored value of pixels that are no image, with the sign that the pixels have.
fn padding_of(fields: &Fields<'_>, form: &Form) -> Result<Option<i64>, VolumeError> {
    let Some(value) = fields.number(tags::PIXEL_PADDING_VALUE)? else {
        return Ok(None);
    };
    #[allow(clippy::cast_possible_truncation, reason = "a whole number of 16 bits")]
    let value = value as i64;
    let [low, high] = form.range();
    let turn = 1i64 << form.allocated;
    Ok([value, value.saturating_sub(turn), value.saturating_add(turn)]
        .into_iter()
        .find(|value| (low..=high).contains(value)))
}

/// What tells volumes of one series apart that lie in one place.
fn volume_of(groups: &Groups<'_>) -> Option<String> {
    let said: Vec<String> = [
        tags::TEMPORAL_POSITION_IDENTIFIER,
        tags::TEMPORAL_POSITION_INDEX,
        tags::ECHO_NUMBERS,
        tags::ACQUISITION_NUMBER,
    ]
    .into_iter()
    .filter_map(|tag| {
        let text = groups.root.text(tag)?;
        Some(format!("{} {text}", super::fields::name_of(tag)))
    })
    .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

impl Slice {
    /// The file that holds it.
    pub fn path(&self) -> &PathBuf {
        &self.store.path
    }

    /// How it is called in messages: the file, and its frame where it has several.
    pub fn name(&self) -> String {
        let file = self
            .path()
            .file_name()
            .unwrap_or(self.path().as_os_str())
            .to_string_lossy();
        if self.store.form.frames > 1 {
            format!("{file} frame {}", self.frame.saturating_add(1))
        } else {
            file.into_owned()
        }
    }
}
