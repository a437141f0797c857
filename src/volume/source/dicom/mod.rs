//! DICOM: series of images (CT, MR, PET), single and enhanced multi-frame objects, segmentations (SEG) and contours (RTSTRUCT).
//!
//! An image is a folder with one series, or any file of a series: the file says which one is meant. The files' names mean
//! nothing. dicom-object reads the elements after a walk over them has shown that lengths and nesting can be trusted; what
//! makes a volume of them is here.

mod codec;
mod contours;
mod facts;
mod fields;
mod folder;
mod form;
mod image;
mod listing;
mod object;
mod pixels;
mod polygon;
mod segmentation;
mod series;
mod slabs;
mod slice;
mod stack;
mod syntax;
mod uptake;
mod walk;

use std::path::PathBuf;

use self::contours::Structures;
pub use self::folder::Kind;
pub use self::listing::{DicomListing, DicomSeries, list_dicom};
use self::segmentation::Segmentation;
use self::series::{chosen, image_of, only_file};
use super::place::Place;
use super::{Content, Source};
use crate::volume::error::VolumeError;

/// The DICOM format.
pub struct Dicom;

impl Source for Dicom {
    fn name(&self) -> &'static str {
        "DICOM"
    }

    fn endings(&self) -> &'static str {
        "folders and files of any name"
    }

    fn recognises(&self, place: &Place) -> bool {
        match place {
            Place::File { head, .. } => object::looks_like(head),
            Place::Folder { path } => folder::has_dicom(path),
        }
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let (path, series) = chosen(place)?;
        match series.kind {
            Kind::Image | Kind::Other => Ok(Content::Image(image_of(&path, series)?)),
            Kind::Segmentation => Ok(Content::Drawn(Box::new(Segmentation::of(&only_file(&path, &series)?)?))),
            Kind::Contours => Ok(Content::Drawn(Box::new(Structures::of(&only_file(&path, &series)?)?))),
        }
    }

    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        let (path, series) = chosen(place)?;
        Ok(series.files.into_iter().filter(|file| *file != path).collect())
    }
}
