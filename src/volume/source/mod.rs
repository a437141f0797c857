//! Where images and segmentations come from: the formats, each a [`Source`] in a folder of its own.
//!
//! What a file is, its content says and never its name. A source turns a [`Place`] into a header and a stream of stored
//! voxels; everything after that (decoding, statistics, cropping) is the same for all. Bytes from outside are never trusted:
//! sizes are checked where they are read, and the lints below refuse a cast, an index or a sum that a header could break.

#![warn(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing
)]

mod bytes;
mod checks;
mod class_folder;
pub(super) mod classes;
mod conversion;
#[cfg(feature = "dicom")]
pub(super) mod dicom;
mod header;
#[cfg_attr(
    not(feature = "dicom"),
    allow(dead_code, reason = "only DICOM files give these hints")
)]
pub(super) mod hints;
pub(super) mod metaimage;
pub(super) mod nifti;
pub(super) mod nrrd;
#[cfg(feature = "pictures")]
pub(super) mod picture;
mod place;
pub(super) mod stream;
mod unknown;

use std::path::{Path, PathBuf};

pub(super) use self::class_folder::{ClassFolder, Member};
pub use self::conversion::{Contours, Uptake};
pub use self::header::{Header, Segment};
use self::hints::{Hints, Volumes};
pub use self::place::Place;
use self::stream::Voxels;
use super::error::VolumeError;

/// A format.
pub trait Source: Sync {
    /// Its name, as "NIfTI".
    fn name(&self) -> &'static str;

    /// How its files usually end, for messages.
    fn endings(&self) -> &'static str;

    /// Whether a file or a folder is of this format.
    fn recognises(&self, place: &Place) -> bool;

    /// Opens a place of this format.
    fn open(&self, place: &Place) -> Result<Content, VolumeError>;

    /// The files that hold the voxels where this one does not hold them itself, in the order in which they are read; they
    /// need not be there.
    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError>;
}

/// Every format that is read.
///
/// A new one is a folder beside this file, its `mod` and a line here. One that needs a library of its own is a Cargo feature,
/// by which both lines are kept or left out.
pub static SOURCES: &[&dyn Source] = &[
    &nifti::Nifti,
    &nrrd::Nrrd,
    &metaimage::MetaImage,
    #[cfg(feature = "dicom")]
    &dicom::Dicom,
    #[cfg(feature = "pictures")]
    &picture::Png,
    #[cfg(feature = "pictures")]
    &picture::Tiff,
    &class_folder::ClassFolders,
];

/// What a source gives.
pub enum Content {
    /// Numbers on a grid: an image, or a mask whose labels are numbers
    Image(Grid),
    /// A segmentation, whose labels have names
    Labels(Labels),
    /// A segmentation that lies on the grid of the image that it was drawn on
    Drawn(Box<dyn Drawn>),
    /// Masks in files of their own, whose names are those of the regions
    Apart(ClassFolder),
}

/// A segmentation that lies in the patient and comes to a grid with an image.
pub trait Drawn: Send {
    /// Its segments.
    fn segments(&self) -> Vec<Segment>;

    /// On a grid of its own, where it has one.
    fn alone(self: Box<Self>) -> Result<Labels, VolumeError>;

    /// On the grid of an image, or one that goes with it; contours of one slice put together as asked.
    fn on(self: Box<Self>, image: &Grid, contours: Contours) -> Result<Labels, VolumeError>;

    /// Whether it is made of contours.
    fn is_of_contours(&self) -> bool {
        false
    }
}

/// Numbers on a grid: the header is read, the voxels wait.
pub struct Grid {
    pub(super) header: Header,
    pub(super) voxels: Voxels,
    pub(super) hints: Hints,
}

/// A mask: its labels on a grid, and the segments that they stand for; none where the file names none.
pub struct Labels {
    pub(super) grid: Grid,
    pub(super) segments: Vec<Segment>,
}

impl Content {
    /// As an image: the volume asked for, from 1, of a file of several; an error where there is more than one number a voxel.
    pub(super) fn into_image(self, volume: Option<usize>) -> Result<Grid, VolumeError> {
        let grid = match self {
            Self::Image(grid) | Self::Labels(Labels { grid, .. }) => grid,
            Self::Drawn(drawn) => drawn.alone()?.grid,
            Self::Apart(folder) => return Err(folder.is_no_grid()),
        };
        let grid = grid.volume(volume)?;
        if grid.header.components == 1 {
            return Ok(grid);
        }
        Err(VolumeError::Unsupported {
            path: grid.header.path,
            what: format!(
                "an image with {} components a voxel is not supported (4-D NRRD with a list axis)",
                grid.header.components
            ),
            advice: "such a file can only be a mask, its layers being segments; give one scalar image".to_string(),
        })
    }

    /// As a mask by itself; an error where it needs an image.
    pub(super) fn into_labels(self) -> Result<Labels, VolumeError> {
        self.into_labels_of(None)
    }

    /// The same of a volume, from 1, where the file holds several; one mask is that of every volume.
    fn into_labels_of(self, volume: Option<usize>) -> Result<Labels, VolumeError> {
        Ok(match self {
            Self::Image(grid) => Labels {
                grid: grid.volume_of_mask(volume)?,
                segments: Vec::new(),
            },
            Self::Labels(Labels { grid, segments }) => Labels {
                grid: grid.volume_of_mask(volume)?,
                segments,
            },
            Self::Drawn(drawn) => drawn.alone()?,
            Self::Apart(folder) => return Err(folder.is_no_grid()),
        })
    }

    /// As a mask of an image, or of the volume asked for of a file of several; contours of one slice put together as asked.
    pub(super) fn into_labels_on(
        self,
        image: &Grid,
        contours: Contours,
        volume: Option<usize>,
    ) -> Result<Labels, VolumeError> {
        match self {
            Self::Drawn(drawn) => drawn.on(image, contours),
            Self::Image(_) | Self::Labels(_) | Self::Apart(_) => self.into_labels_of(volume),
        }
    }
}

impl Grid {
    /// The volume asked for, from 1, of a file of several; the only one where nobody asks.
    fn volume(mut self, asked: Option<usize>) -> Result<Self, VolumeError> {
        let volumes = self.hints.volumes.take();
        let found = volumes.as_ref().map_or(1, |volumes| volumes.count);
        let path = || self.header.path.clone();
        let before = match (asked, volumes) {
            (None, None) => return Ok(self),
            (None, Some(Volumes { count: found, said })) => {
                return Err(VolumeError::SeveralVolumes {
                    path: path(),
                    found,
                    said,
                });
            }
            (Some(number), _) => {
                number
                    .checked_sub(1)
                    .filter(|before| *before < found)
                    .ok_or_else(|| VolumeError::NoSuchVolume {
                        path: path(),
                        asked: number,
                        found,
                    })?
            }
        };
        if found > 1 {
            if self.voxels.layout.interleaved {
                self.hints.component = before;
            } else {
                self.voxels.only(before);
            }
            self.header.components = 1;
        }
        Ok(self)
    }

    /// The same of a mask. One volume goes with every volume of the image, and layers are chosen by label and channel.
    fn volume_of_mask(self, asked: Option<usize>) -> Result<Self, VolumeError> {
        if self.hints.volumes.is_some() && self.header.components == 1 {
            self.volume(asked)
        } else {
            Ok(self)
        }
    }

    /// A PET image in the units that are asked for, as it is stored where nobody asks; any other as it is.
    pub(super) fn in_units(mut self, uptake: Option<Uptake>) -> Result<Self, VolumeError> {
        match (&self.hints.tracer, uptake) {
            (Some(tracer), None | Some(Uptake::Stored)) => {
                let units = tracer.units();
                self.header.warnings.push(format!(
                    "values are those of the file ({units}), not standardised uptake values"
                ));
            }
            (Some(tracer), Some(uptake)) => {
                let (factor, said) = tracer.factor(uptake)?;
                let layout = &mut self.voxels.layout;
                let (slope, intercept) = layout.scale.unwrap_or((1.0, 0.0));
                layout.scale = Some((slope * factor, intercept * factor));
                self.header.sample_type = layout.sample_type();
                self.header.warnings.push(format!("values are {said}"));
                self.hints.padding = self.hints.padding.map(|padding| padding * factor);
            }
            (None, None | Some(Uptake::BodyWeight)) => {}
            (None, Some(_)) => self
                .header
                .warnings
                .push("suv: the image is no PET of DICOM, and its values are as they are".to_string()),
        }
        Ok(self)
    }
}

/// Opens a file or a folder with the source that recognises it.
pub(super) fn open(path: &Path) -> Result<Content, VolumeError> {
    let (place, source) = recognise(path)?;
    source.open(&place)
}

/// Every file that reading an image or a mask reads: itself first where it is a file, then those to which its header refers or
/// which belong to it, whether they are there or not. What is computed from the image is a function of the content of these files, in this order.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, VolumeError> {
    let (place, source) = recognise(path)?;
    let mut files = match &place {
        Place::Folder { .. } => Vec::new(),
        Place::File { .. } => vec![path.to_path_buf()],
    };
    if place.path() != path {
        files.push(place.path().to_path_buf());
    }
    files.extend(source.beside(&place)?.into_iter().filter(|file| file != path));
    Ok(files)
}

/// A path's place and source; the voxels of a pair stand for its header.
fn recognise(path: &Path) -> Result<(Place, &'static dyn Source), VolumeError> {
    let source_of = |place: &Place| SOURCES.iter().copied().find(|source| source.recognises(place));
    let place = Place::of(path)?;
    if let Some(source) = source_of(&place) {
        return Ok((place, source));
    }
    if let Some(header) = unknown::companion(path).filter(|header| header.is_file()) {
        let header = Place::of(&header)?;
        if let Some(source) = source_of(&header) {
            return Ok((header, source));
        }
    }
    let path = path.to_path_buf();
    Err(match place {
        Place::Folder { .. } => VolumeError::NotAFile {
            path,
            what: if cfg!(feature = "dicom") {
                "a folder without DICOM files and without masks"
            } else {
                "a folder without masks"
            },
        },
        Place::File { .. } => VolumeError::UnknownFormat {
            path,
            problem: unknown::guess(&place),
            known: SOURCES
                .iter()
                .map(|source| format!("{} ({})", source.name(), source.endings()))
                .collect::<Vec<_>>()
                .join(", "),
        },
    })
}

/// Reads what an image or a mask says of itself, without its voxels.
pub fn read_header(path: &Path) -> Result<Header, VolumeError> {
    Ok(open(path)?.into_labels()?.grid.header)
}

/// The segments that a file names, in its order; none where it names none.
pub fn segments(path: &Path) -> Result<Vec<Segment>, VolumeError> {
    match open(path)? {
        Content::Image(_) => Ok(Vec::new()),
        Content::Labels(labels) => Ok(labels.segments),
        Content::Drawn(drawn) => Ok(drawn.segments()),
        Content::Apart(folder) => Ok(folder.segments()),
    }
}
