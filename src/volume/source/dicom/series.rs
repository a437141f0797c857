//! Which series a path stands for, and its slices as an image.

use std::path::{Path, PathBuf};

use dicom_dictionary_std::tags;

use super::fields::bad;
use super::folder::{Gathered, Kind, Series, alone, gather, is_directory, kind_of};
use super::image::grid_of;
use super::object::Object;
use super::stack::Stack;
use crate::volume::error::VolumeError;
use crate::volume::source::Grid;
use crate::volume::source::place::Place;

/// The series that a place stands for: that of a file, or the only one with an image of a folder.
pub(super) fn chosen(place: &Place) -> Result<(PathBuf, Series), VolumeError> {
    let path = place.path().to_path_buf();
    let gathered = match place {
        Place::Folder { .. } => gather(&path, true)?,
        Place::File { .. } => {
            let object = Object::read(&path)?.ok_or_else(|| no_image(&path))?;
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let around = parent.unwrap_or(Path::new("."));
            if is_directory(&object) {
                gather(around, true)?
            } else {
                // A frame among others says where it lies; a picture without a place stands for itself.
                let fields = object.fields();
                let placed = fields.has(tags::IMAGE_POSITION_PATIENT) && !fields.has(tags::NUMBER_OF_FRAMES);
                let gathered = if kind_of(&object) == Kind::Image && placed {
                    gather(around, false)?
                } else {
                    alone(&object)
                };
                // Paths of a listing begin as the folder's does.
                let listed = match (parent, path.file_name()) {
                    (None, Some(name)) if placed => around.join(name),
                    _ => path.clone(),
                };
                let mut series = gathered.series_of(&listed).ok_or_else(|| no_image(&path))?;
                for file in &mut series.files {
                    if *file == listed {
                        file.clone_from(&path);
                    }
                }
                return Ok((path, series));
            }
        }
    };
    only_one(&path, gathered).map(|series| (path, series))
}

/// The object of a series that is one file: a segmentation, a structure set.
pub(super) fn only_file(path: &Path, series: &Series) -> Result<Object, VolumeError> {
    match &series.files[..] {
        [only] => Object::read(only)?.ok_or_else(|| no_image(only)),
        several => Err(VolumeError::Unsupported {
            path: path.to_path_buf(),
            what: format!(
                "there are {} segmentations or structure sets in it: {}",
                several.len(),
                several
                    .iter()
                    .map(|file| file.display().to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            advice: "give the one that is meant".to_string(),
        }),
    }
}

/// The only series with an image; where there is none, the only one with a mask.
fn only_one(path: &Path, gathered: Gathered) -> Result<Series, VolumeError> {
    // A file that cannot be read may be the slice that would be missing.
    if let Some(fault) = gathered.faults.into_iter().next() {
        return Err(fault);
    }
    let mut series = gathered.series;
    for kinds in [&[Kind::Image][..], &[Kind::Segmentation, Kind::Contours]] {
        let count = series.iter().filter(|series| kinds.contains(&series.kind)).count();
        if count == 1
            && let Some(at) = series.iter().position(|series| kinds.contains(&series.kind))
        {
            return Ok(series.swap_remove(at));
        }
        if count > 1 {
            series.retain(|series| kinds.contains(&series.kind));
            return Err(several(path, &series));
        }
    }
    Err(no_image(path))
}

/// The error for a folder with several series.
fn several(path: &Path, series: &[Series]) -> VolumeError {
    let mut patients: Vec<&String> = series.iter().flat_map(|series| &series.patients).collect();
    patients.sort();
    patients.dedup();
    let of = if patients.len() > 1 {
        format!(" of {} patients", patients.len())
    } else {
        String::new()
    };
    let said: Vec<String> = series
        .iter()
        .map(|series| {
            let description = series.facts.value(tags::SERIES_DESCRIPTION);
            let first = series.files.first();
            format!(
                "{} {} (\"{}\", {} files, as {})",
                series.facts.value(tags::MODALITY),
                if series.uid.is_empty() {
                    "without UID"
                } else {
                    &series.uid
                },
                description.escape_debug(),
                series.files.len(),
                first
                    .map(|file| file.strip_prefix(path).unwrap_or(file).display().to_string())
                    .unwrap_or_default()
            )
        })
        .collect();
    VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: format!("the folder holds {} series{of}: {}", series.len(), said.join("; ")),
        advice:
            "give a file of the series that is meant (any of them stands for its whole series), or a folder with it \
                 alone; `radscore dicom` lists them"
                .to_string(),
    }
}

fn no_image(path: &Path) -> VolumeError {
    VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: "it holds no DICOM image".to_string(),
        advice: "give the folder that holds the slices of a series, or one of its files".to_string(),
    }
}

/// A series as an image.
pub(super) fn image_of(path: &Path, series: Series) -> Result<Grid, VolumeError> {
    let Series {
        uid,
        facts: _,
        files: _,
        slices,
        frames_of_reference,
        patients,
        faults,
        kind: _,
    } = series;
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    if patients.len() > 1 {
        return Err(bad(
            path,
            tags::PATIENT_ID,
            format!(
                "the series {uid} holds slices of {} patients ({})",
                patients.len(),
                patients
                    .iter()
                    .map(|patient| format!("\"{}\"", patient.escape_debug()))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ));
    }
    let mut stack = Stack::of(path, slices)?;
    if uid.is_empty() {
        stack
            .warnings
            .push("the files have no SeriesInstanceUID; all of this folder were taken for one series".to_string());
    }
    let frame = match &frames_of_reference[..] {
        [only] => Some(only.clone()),
        _ => None,
    };
    Ok(grid_of(path, stack, frame))
}
