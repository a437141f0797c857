//! A list of what a folder of DICOM files holds: a row a series, with its grid, its scanner and what is wrong with it.

use std::path::{Path, PathBuf};

use dicom_dictionary_std::tags;

use super::contours::Structures;
use super::facts::COLUMNS;
use super::folder::{Gathered, Kind, Series, gather};
use super::object::Object;
use super::segmentation::Segmentation;
use super::series::image_of;
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::source::Drawn;

/// What a folder of DICOM files holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DicomListing {
    /// Its series: images first, then segmentations and structure sets, then the rest; each kind by number and UID
    pub series: Vec<DicomSeries>,
    /// Files that look like DICOM and cannot be read, in words
    pub unreadable: Vec<String>,
    /// How many files are no DICOM
    pub strangers: usize,
}

/// A series of a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct DicomSeries {
    /// What it is for
    pub kind: Kind,
    /// The path that stands for it as an image or a mask: its folder where it lies there alone, else its first file
    pub path: PathBuf,
    /// How many files it has
    pub files: usize,
    /// Its UID; empty where the files have none
    pub uid: String,
    /// The UID of its study
    pub study: String,
    /// The UID of the series to which a mask belongs, where it says so
    pub belongs_to: Option<String>,
    /// The frame of reference of its positions, where there is one
    pub frame_of_reference: Option<String>,
    /// The patient's id
    pub patient: String,
    /// Its number within the study
    pub number: Option<usize>,
    /// The grid of an image
    pub geometry: Option<Geometry>,
    /// The names of the regions of a mask
    pub regions: Vec<String>,
    /// What the headers say, in the order of [`DicomSeries::columns`]
    pub values: Vec<String>,
    /// What the reader should know
    pub warnings: Vec<String>,
    /// Why it cannot be used
    pub fault: Option<String>,
}

impl DicomListing {
    /// The masks of an image: those that name its series, else those of its study and frame of reference.
    pub fn masks_of<'a>(&'a self, image: &'a DicomSeries) -> impl Iterator<Item = &'a DicomSeries> {
        self.series
            .iter()
            .filter(|mask| matches!(mask.kind, Kind::Segmentation | Kind::Contours))
            .filter(|mask| match &mask.belongs_to {
                Some(uid) => *uid == image.uid,
                None => {
                    mask.frame_of_reference.is_some()
                        && mask.frame_of_reference == image.frame_of_reference
                        && mask.study == image.study
                }
            })
    }
}

impl DicomSeries {
    /// The names of [`DicomSeries::values`].
    pub fn columns() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|(name, _)| *name)
    }

    /// One of the values by its column; empty where there is none.
    pub fn value(&self, column: &str) -> &str {
        Self::columns()
            .position(|name| name == column)
            .and_then(|at| self.values.get(at))
            .map_or("", String::as_str)
    }
}

/// Lists what a folder holds, however deep it lies; no pixel is decoded.
///
/// # Errors
/// Where the folder cannot be read or holds too many files. What is wrong with a file or a series stands in the list.
pub fn list_dicom(folder: &Path) -> Result<DicomListing, VolumeError> {
    let Gathered {
        series,
        faults,
        strangers,
    } = gather(folder, true)?;
    let places: Vec<PathBuf> = series.iter().map(|one| place_of(one, &series)).collect();
    Ok(DicomListing {
        series: series
            .into_iter()
            .zip(places)
            .map(|(series, place)| listed(series, place))
            .collect(),
        unreadable: faults.iter().map(ToString::to_string).collect(),
        strangers,
    })
}

/// The path that stands for a series.
fn place_of(one: &Series, all: &[Series]) -> PathBuf {
    let first = one.files.first().cloned().unwrap_or_default();
    let Some(folder) = first.parent() else {
        return first;
    };
    let inside = |series: &Series| series.files.iter().any(|file| file.starts_with(folder));
    let together = one.files.iter().all(|file| file.parent() == Some(folder));
    let alone = all
        .iter()
        .filter(|other| other.kind == Kind::Image && inside(other))
        .count()
        == 1;
    if one.kind == Kind::Image && one.files.len() > 1 && together && alone {
        folder.to_path_buf()
    } else {
        first
    }
}

fn listed(series: Series, path: PathBuf) -> DicomSeries {
    let mut listed = DicomSeries {
        kind: series.kind,
        files: series.files.len(),
        uid: series.uid.clone(),
        study: series.facts.study.clone(),
        belongs_to: None,
        frame_of_reference: series.frames_of_reference.first().cloned(),
        patient: series.facts.patient.clone(),
        number: series.facts.number,
        geometry: None,
        regions: Vec::new(),
        values: series.facts.values.clone(),
        warnings: Vec::new(),
        fault: None,
        path,
    };
    let judged = match series.kind {
        Kind::Image => image_of(&listed.path, series).map(|grid| {
            listed.geometry = Some(grid.header.geometry);
            listed.warnings = grid.header.warnings;
        }),
        Kind::Segmentation | Kind::Contours => mask_of(series, &mut listed),
        Kind::Other => Ok(()),
    };
    listed.fault = judged.err().map(|error| error.to_string());
    listed
}

/// The regions of a mask, and the series that it says it was drawn on.
fn mask_of(series: Series, listed: &mut DicomSeries) -> Result<(), VolumeError> {
    let mut series = series;
    if let Some(fault) = series.faults.pop() {
        return Err(fault);
    }
    for file in &series.files {
        let Some(object) = Object::read(file)? else {
            continue;
        };
        let segments = match series.kind {
            Kind::Contours => Structures::of(&object)?.segments(),
            Kind::Image | Kind::Segmentation | Kind::Other => Segmentation::of(&object)?.segments(),
        };
        listed.regions.extend(segments.into_iter().map(|segment| segment.name));
        listed.belongs_to = listed.belongs_to.take().or_else(|| referenced(&object));
        let frame = object
            .fields()
            .item(tags::STRUCTURE_SET_ROI_SEQUENCE)
            .and_then(|roi| roi.text(tags::REFERENCED_FRAME_OF_REFERENCE_UID));
        listed.frame_of_reference = frame.or(listed.frame_of_reference.take());
    }
    Ok(())
}

/// The series on which a mask was drawn.
fn referenced(object: &Object) -> Option<String> {
    let fields = object.fields();
    fields
        .item(tags::REFERENCED_SERIES_SEQUENCE)
        .or_else(|| {
            fields
                .item(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE)?
                .item(tags::RT_REFERENCED_STUDY_SEQUENCE)?
                .item(tags::RT_REFERENCED_SERIES_SEQUENCE)
        })?
        .text(tags::SERIES_INSTANCE_UID)
}
