//! Why an image or a mask cannot be used, in words for the person who brought it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

/// Why an image or a mask cannot be read, paired or written. Every message names the file.
#[derive(Debug, Clone, Error)]
pub enum VolumeError {
    /// The file is missing or the system refuses it.
    #[error("{}: cannot be read: {error}", path.display())]
    Open {
        /// The file
        path: PathBuf,
        /// What the system said
        error: Arc<io::Error>,
    },
    /// The path is a folder, a pipe, a socket or a device.
    #[error("{}: is {what}, not a file with an image", path.display())]
    NotAFile {
        /// The path
        path: PathBuf,
        /// What it is, with its article
        what: &'static str,
    },
    /// The content is of no known format.
    #[error("{}: {problem}; radscore reads {known}", path.display())]
    UnknownFormat {
        /// The file
        path: PathBuf,
        /// What its first bytes say
        problem: String,
        /// The formats that are read
        known: String,
    },
    /// A header field is missing, unreadable or contradicts another one.
    #[error("{}: {field}: {problem}", path.display())]
    Header {
        /// The file
        path: PathBuf,
        /// The name of the header field
        field: String,
        /// What is wrong with it
        problem: String,
    },
    /// The file is sound, but of a kind that has no features.
    #[error("{}: {what}; {advice}", path.display())]
    Unsupported {
        /// The file
        path: PathBuf,
        /// What is not supported
        what: String,
        /// How to mend it
        advice: String,
    },
    /// The file ends before the voxels that its header announces.
    #[error("{}: the header announces {expected} bytes of voxels, but the file holds {found}: it is truncated, or its header is wrong", path.display())]
    Truncated {
        /// The file
        path: PathBuf,
        /// How many bytes of voxels it should hold
        expected: u64,
        /// How many it holds (at most, where it is compressed and was not read to its end)
        found: u64,
    },
    /// The compressed or written-out data are broken.
    #[error("{}: the voxel data are damaged: {detail}", path.display())]
    Corrupt {
        /// The file
        path: PathBuf,
        /// What broke
        detail: String,
    },
    /// The image needs more memory than there is.
    #[error("{}: {voxels} voxels need {bytes} bytes of memory, which cannot be had", path.display())]
    Memory {
        /// The file
        path: PathBuf,
        /// How many voxels were to be kept
        voxels: u64,
        /// How many bytes they take
        bytes: u64,
    },
    /// Image and mask are on different grids.
    #[error("image {} and mask {} are on different grids: {differences}; {mend}", image.display(), mask.display())]
    GridMismatch {
        /// The image
        image: PathBuf,
        /// The mask
        mask: PathBuf,
        /// Axis, header fields and both values of every difference
        differences: String,
        /// The settings that would accept the pair
        mend: String,
    },
    /// The region reaches beyond the image.
    #[error("mask {}: the region's box {bounds} reaches beyond the image {} ({size}, in the image's voxels); was the mask drawn on another scan?", mask.display(), image.display())]
    RegionOutside {
        /// The image
        image: PathBuf,
        /// The mask
        mask: PathBuf,
        /// The region's box in the image's continuous index
        bounds: String,
        /// The image's size
        size: String,
    },
    /// The mask holds nothing but zeros.
    #[error("mask {}: nothing is segmented, every voxel is 0", path.display())]
    EmptyMask {
        /// The mask
        path: PathBuf,
    },
    /// The mask holds values that are no labels.
    #[error("mask {}: {values}, and a label is a whole number; multiply or threshold the mask first{hint}", path.display())]
    NoLabels {
        /// The mask
        path: PathBuf,
        /// How many voxels hold which values
        values: String,
        /// What may have happened, behind a semicolon; empty where nothing is known
        hint: String,
    },
    /// The label asked for is not in the mask.
    #[error("mask {}: label {asked} is not there; present: {present}{hint}", path.display())]
    LabelAbsent {
        /// The mask
        path: PathBuf,
        /// The label asked for
        asked: String,
        /// The labels that are there, with their voxel counts
        present: String,
        /// What may have happened, behind a semicolon; empty where nothing is known
        hint: String,
    },
    /// The segment asked for is not in the segmentation, or its name fits several.
    #[error("mask {}: {problem}; its segments: {present}", path.display())]
    Segment {
        /// The mask
        path: PathBuf,
        /// What is wrong with the choice
        problem: String,
        /// The segments that are there
        present: String,
    },
    /// The mask has fewer channels than the one asked for.
    #[error("mask {}: channel {asked} was asked for (`label_channel`), but the file has {found}", path.display())]
    Channel {
        /// The mask
        path: PathBuf,
        /// The channel asked for
        asked: usize,
        /// How many there are
        found: usize,
    },
    /// The file holds several volumes, and nobody says which one is meant.
    #[error("{}: it holds {found} volumes ({said}), and nobody says which one is meant, from 1 to {found}: `extract` and a study take it from the setting `volume`, --volume N or a column image_volume of the cases; else save it as a 3-D file", path.display())]
    SeveralVolumes {
        /// The image or the mask
        path: PathBuf,
        /// How many there are
        found: usize,
        /// What in the file says so
        said: String,
    },
    /// The file has fewer volumes than the one asked for.
    #[error("{}: volume {asked} was asked for (`volume`, counted from 1), but the file has {found}", path.display())]
    NoSuchVolume {
        /// The image or the mask
        path: PathBuf,
        /// The volume asked for, from 1
        asked: usize,
        /// How many there are
        found: usize,
    },
    /// A region cannot be resampled or filtered.
    #[error("{0}")]
    Impossible(String),
    /// A step of mending cannot be taken.
    #[error("{operation}: {problem}")]
    Mend {
        /// The step as it is written
        operation: String,
        /// Why not
        problem: String,
    },
    /// The file cannot be written; nothing is left of the attempt.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file
        path: PathBuf,
        /// What the system said
        error: Arc<io::Error>,
    },
}

impl VolumeError {
    /// A file that cannot be read.
    pub(super) fn open(path: &Path, error: io::Error) -> Self {
        Self::Open {
            path: path.to_path_buf(),
            error: Arc::new(error),
        }
    }

    /// A file that cannot be written.
    pub(super) fn write(path: &Path, error: io::Error) -> Self {
        Self::Write {
            path: path.to_path_buf(),
            error: Arc::new(error),
        }
    }

    /// Whether the system refused to read (too many open files, a disk or network that fails, no permission, no memory), which
    /// may pass, rather than the files being unusable, which lies in their content. A file that is not there is no refusal.
    pub fn is_of_the_system(&self) -> bool {
        match self {
            Self::Open { error, .. } | Self::Write { error, .. } => {
                error.raw_os_error().is_some() && error.kind() != io::ErrorKind::NotFound
            }
            Self::Memory { .. } => true,
            Self::NotAFile { .. }
            | Self::UnknownFormat { .. }
            | Self::Header { .. }
            | Self::Unsupported { .. }
            | Self::Truncated { .. }
            | Self::Corrupt { .. }
            | Self::GridMismatch { .. }
            | Self::RegionOutside { .. }
            | Self::EmptyMask { .. }
            | Self::NoLabels { .. }
            | Self::LabelAbsent { .. }
            | Self::Segment { .. }
            | Self::Channel { .. }
            | Self::SeveralVolumes { .. }
            | Self::NoSuchVolume { .. }
            | Self::Mend { .. }
            | Self::Impossible(_) => false,
        }
    }
}
