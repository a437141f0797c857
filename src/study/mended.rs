//! A mended mask on its way into a file: written beside the original, never over it, with the history of what was done.
//!
//! The history is a JSON file beside the mask: the digests of image, original and new mask, and every step as it can be given
//! to `radscore mend` again. Where the original was mended itself, its own history is taken along.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::artefact::{digest, digest_file, json_bytes, write_whole};
use super::error::StudyError;
use crate::file::write_whole_by;
use crate::volume::mend::{BoxedRegion, Mending};
use crate::volume::{
    Extent, LabelChoice, LoadOptions, Mask, Samples, Volume, VolumeError, files, load, load_regions, read_volume,
    write_nifti, write_nrrd,
};

/// The form of a history.
const FORMAT: u32 = 1;

/// What the names of mended masks end with.
const MENDED: &str = ".mended";

/// The labels of a file of seeds: inside, outside.
pub const SEEDS: [i64; 2] = [1, 2];

/// What is mended: a region of an image, or an image alone.
#[derive(Debug, Clone)]
pub struct Original {
    /// The image
    pub image: PathBuf,
    /// The mask; without one, a contour is made from nothing
    pub mask: Option<PathBuf>,
    /// Which voxels of the mask are the region
    pub label: LabelChoice,
}

impl Original {
    /// The image and the region, which is empty without a mask.
    ///
    /// # Errors
    /// If one cannot be read, or they do not belong together.
    pub fn read(&self) -> Result<(Volume, BoxedRegion), VolumeError> {
        let Some(mask) = &self.mask else {
            let image = read_volume(&self.image)?;
            let region = BoxedRegion::empty(image.geometry);
            return Ok((image, region));
        };
        let scan = load(&self.image, mask, &options(self.label.clone()))?;
        let region = on(&scan.image, scan.mask);
        Ok((Arc::unwrap_or_clone(scan.image), region))
    }

    /// The seeds of a label map on the image's grid: 1 inside, 2 outside.
    ///
    /// # Errors
    /// If it cannot be read, lies on another grid, or one of the two is missing.
    pub fn seeds(&self, seeds: &Path, image: &Volume) -> Result<[BoxedRegion; 2], VolumeError> {
        let asked = SEEDS.map(|label| (seeds.to_owned(), LabelChoice::Value(label)));
        let found = load_regions(&self.image, &asked, &options(LabelChoice::Any));
        Ok([on(image, found.scan(0)?.mask), on(image, found.scan(1)?.mask)])
    }

    /// A name for the mended mask that no file has yet: in a folder, or beside the original one, or beside the image.
    fn free_name(&self, folder: Option<&Path>, ending: &str) -> PathBuf {
        let beside = self.mask.as_ref().unwrap_or(&self.image);
        // A folder stands for what lies in it: beside it, not in it.
        let folder = folder.or(beside.parent()).unwrap_or_else(|| Path::new(""));
        let stem = stem_of(beside);
        // Mended again, the name does not grow.
        let stem = stem.rfind(MENDED).map_or(stem.as_str(), |at| &stem[..at]);
        let name = |number: usize| match number {
            1 => folder.join(format!("{stem}{MENDED}{ending}")),
            _ => folder.join(format!("{stem}{MENDED}-{number}{ending}")),
        };
        let free = |path: &PathBuf| !path.exists() && !history_of(path).exists();
        (1..10_000).map(name).find(free).unwrap_or_else(|| name(10_000))
    }

    /// Writes a mended region beside the original under a name that is free, as [`keep`] does: as NIfTI, or as NRRD where
    /// that does not keep the grid. Where the folder takes no files, it goes into `otherwise`, if that is given.
    ///
    /// # Errors
    /// As [`keep`].
    pub fn keep_beside(&self, otherwise: Option<&Path>, mending: &Mending, value: u32) -> Result<Kept, StudyError> {
        let in_folder = |folder: Option<&Path>| {
            let first = keep(self, None, mending, value, &self.free_name(folder, ".nii.gz"));
            match first {
                Err(StudyError::Grid(_)) => keep(self, None, mending, value, &self.free_name(folder, ".nrrd")),
                other => other,
            }
        };
        match (in_folder(None), otherwise) {
            (Err(StudyError::Write { .. }), Some(folder)) => in_folder(Some(folder)),
            (other, _) => other,
        }
    }
}

/// Where the history of a mask lies.
pub fn history_of(mask: &Path) -> PathBuf {
    mask.with_file_name(format!("{}.history.json", stem_of(mask)))
}

/// A file's name without what says its format; of a mended one also without that.
fn stem_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut stem = name.as_str();
    for ending in [".gz", ".nii", ".seg.nrrd", ".nrrd", ".mha", ".mhd", ".dcm"] {
        let (at, all) = (stem.len().saturating_sub(ending.len()), stem.len());
        if at > 0 && stem.get(at..all).is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            stem = &stem[..at];
        }
    }
    stem.to_owned()
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The mask
    pub mask: PathBuf,
    /// Its history
    pub history: PathBuf,
    /// Its voxels
    pub voxels: usize,
}

#[derive(Serialize)]
struct History<'a> {
    format: u32,
    program: &'a str,
    image: File,
    mask: Option<Labelled>,
    seeds: Option<File>,
    steps: Vec<String>,
    result: Labelled,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<Value>,
}

#[derive(Serialize)]
struct Labelled {
    #[serde(flatten)]
    file: File,
    label: String,
    voxels: usize,
}

#[derive(Serialize)]
struct File {
    file: String,
    sha256: String,
}

impl File {
    /// A file, or a folder or header with all files to which it leads: the digest of theirs.
    fn of(path: &Path) -> Result<Self, StudyError> {
        let digests: Vec<String> = files(path)?
            .iter()
            .map(|path| digest_file(path).map_err(|error| unread(path, error)))
            .collect::<Result<_, _>>()?;
        let sha256 = match &digests[..] {
            [one] => one.clone(),
            many => digest(many.concat().as_bytes()),
        };
        Ok(Self {
            file: named(path),
            sha256,
        })
    }
}

/// Writes a mended region as a mask of the image with one value, and its history beside it. The new mask is read again with
/// the image before it is put in its place, so that what lies there is the region that was seen.
///
/// # Errors
/// If the region has no voxels, the name says no format that is written, the grid cannot be kept by the format, or a file
/// cannot be read or written.
pub fn keep(
    original: &Original,
    seeds: Option<&Path>,
    mending: &Mending,
    value: u32,
    path: &Path,
) -> Result<Kept, StudyError> {
    let region = mending.region();
    let voxels = region.count();
    if voxels == 0 {
        return Err(StudyError::Stage(format!(
            "{}: not written, since the mended region has no voxels; a mask needs some",
            path.display()
        )));
    }
    let failed = |error: io::Error| StudyError::Write {
        path: path.to_owned(),
        error,
    };
    let name = path.file_name().unwrap_or_default();
    let place = tempfile::tempdir().map_err(failed)?;
    let first = place.path().join(name);
    write(&first, &of_value(region, value), path)?;
    let read = load(&original.image, &first, &options(LabelChoice::Value(i64::from(value))));
    let same = read
        .as_ref()
        .is_ok_and(|scan| on(&scan.image, scan.mask.clone()) == *region);
    if !same {
        let why = read.err().map_or_else(
            || "the region that is read back is another one".to_owned(),
            |error| {
                error
                    .to_string()
                    .replace(&first.display().to_string(), &path.display().to_string())
            },
        );
        return Err(StudyError::Grid(format!(
            "{}: not written, since the format does not keep the image's grid: {why}; a name that ends with .nrrd keeps it",
            path.display()
        )));
    }
    let history = History {
        format: FORMAT,
        program: concat!("radscore ", env!("CARGO_PKG_VERSION")),
        image: File::of(&original.image)?,
        mask: match &original.mask {
            None => None,
            Some(mask) => Some(Labelled {
                file: File::of(mask)?,
                label: match &original.label {
                    LabelChoice::Value(label) => label.to_string(),
                    LabelChoice::Segment(name) => name.clone(),
                    LabelChoice::Any => "any".to_owned(),
                },
                voxels: mending.original().count(),
            }),
        },
        seeds: seeds.map(File::of).transpose()?,
        steps: mending.steps().iter().map(ToString::to_string).collect(),
        result: Labelled {
            file: File {
                file: named(path),
                sha256: digest_file(&first).map_err(failed)?,
            },
            label: value.to_string(),
            voxels,
        },
        earlier: earlier(original.mask.as_deref()),
    };
    let kept = Kept {
        mask: path.to_owned(),
        history: history_of(path),
        voxels,
    };
    write_whole(&kept.history, &json_bytes(&history)).map_err(|error| StudyError::Write {
        path: kept.history.clone(),
        error,
    })?;
    let (mut made, _) = crate::file::open(&first).map_err(failed)?;
    write_whole_by(path, |file| io::copy(&mut made, file).map(|_| ())).map_err(failed)?;
    Ok(kept)
}

/// The history of the original, where it was mended itself.
fn earlier(mask: Option<&Path>) -> Option<Value> {
    let bytes = crate::file::read(&history_of(mask?)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A file's name alone: where it lies is nobody's business who gets the mask.
fn named(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The whole of image and mask.
fn options(label: LabelChoice) -> LoadOptions {
    LoadOptions {
        label,
        extent: Extent::Whole,
        facts: false,
        ..LoadOptions::default()
    }
}

/// A region on the grid of its image: those of the two files may differ within the tolerance.
fn on(image: &Volume, mask: Mask) -> BoxedRegion {
    BoxedRegion::of(&Mask {
        geometry: image.geometry,
        voxels: mask.voxels,
    })
}

/// The whole grid with a value inside of the region and 0 elsewhere, in the smallest type that holds the value.
fn of_value(region: &BoxedRegion, value: u32) -> Volume {
    let mask = region.to_mask();
    let inside = mask.voxels.iter();
    let samples = if let Ok(value) = u8::try_from(value) {
        Samples::U8(inside.map(|&inside| if inside { value } else { 0 }).collect())
    } else if let Ok(value) = u16::try_from(value) {
        Samples::U16(inside.map(|&inside| if inside { value } else { 0 }).collect())
    } else {
        Samples::U32(inside.map(|&inside| if inside { value } else { 0 }).collect())
    };
    Volume {
        geometry: mask.geometry,
        samples,
    }
}

/// Writes a mask in the format that the name asks for.
fn write(place: &Path, mask: &Volume, path: &Path) -> Result<(), StudyError> {
    let name = path.to_string_lossy().to_lowercase();
    let ends = |ending: &str| name.strip_suffix(ending).is_some();
    if ends(".nrrd") {
        write_nrrd(place, mask)?;
    } else if ends(".nii") || ends(".nii.gz") {
        write_nifti(place, mask)?;
    } else {
        return Err(StudyError::Stage(format!(
            "{}: the name says no format that masks are written in; it ends with .nii.gz, .nii or .nrrd",
            path.display()
        )));
    }
    Ok(())
}

fn unread(path: &Path, error: io::Error) -> StudyError {
    StudyError::Read {
        path: path.to_owned(),
        error,
    }
}
