//! What a folder of DICOM files holds: its series, whatever the files are called and however deep they lie.
//!
//! Files are of one series where they say the same SeriesInstanceUID; where they say none, where they lie in one folder.

use std::fs;
use std::path::{Path, PathBuf};

use dicom_dictionary_std::{tags, uids};
use rayon::prelude::*;

use super::facts::Facts;
use super::object::Object;
use super::slice::{Slice, slices_of};
use crate::volume::error::VolumeError;

/// How deep folders are looked into, and how many files are read at most.
const DEEPEST: usize = 12;
const MOST_FILES: usize = 100_000;

/// What an object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An image
    Image,
    /// A segmentation
    Segmentation,
    /// A structure set with contours
    Contours,
    /// Something else: a report, a plan, a presentation
    Other,
}

/// A series: the files of one kind that belong together.
pub(super) struct Series {
    /// Its UID; empty where the files have none
    pub uid: String,
    /// What it is for
    pub kind: Kind,
    /// What its first object says of patient, scanner and acquisition
    pub facts: Facts,
    /// The files, in the order of their names
    pub files: Vec<PathBuf>,
    /// The slices of an image
    pub slices: Vec<Slice>,
    /// Every frame of reference that its objects name
    pub frames_of_reference: Vec<String>,
    /// Every patient that its objects name
    pub patients: Vec<String>,
    /// What is wrong with files of it
    pub faults: Vec<VolumeError>,
}

/// What a folder holds.
#[derive(Default)]
pub(super) struct Gathered {
    /// The series, images first, then by their numbers and UIDs
    pub series: Vec<Series>,
    /// What is wrong with files that cannot be told to belong to a series
    pub faults: Vec<VolumeError>,
    /// How many files are no DICOM
    pub strangers: usize,
}

/// Whether some file of a folder looks like DICOM; a few hundred are looked at.
pub(super) fn has_dicom(folder: &Path) -> bool {
    let mut looked = 0usize;
    let mut found = false;
    let _ = each_file(folder, 0, &mut |path| {
        looked = looked.saturating_add(1);
        found = first_bytes(path).is_some_and(|head| super::object::looks_like(&head));
        !found && looked < 500
    });
    found
}

fn first_bytes(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read;
    let mut head = Vec::new();
    fs::File::open(path).ok()?.take(256).read_to_end(&mut head).ok()?;
    Some(head)
}

/// Calls for every regular file in a folder and in those within, in the order of their names, while told to go on.
fn each_file(folder: &Path, depth: usize, visit: &mut dyn FnMut(&Path) -> bool) -> Result<bool, VolumeError> {
    let failed = |error| VolumeError::open(folder, error);
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    entries.sort();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.into_iter().partition(|path| path.is_dir());
    for file in files {
        // A pipe or a device may wait for ever.
        if file.is_file() && !visit(&file) {
            return Ok(false);
        }
    }
    for inner in folders {
        let link = fs::symlink_metadata(&inner).is_ok_and(|facts| facts.is_symlink());
        if !link && depth < DEEPEST && !each_file(&inner, depth.saturating_add(1), visit)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files of a folder, and of those within where `deep`.
fn files_in(folder: &Path, deep: bool) -> Result<Vec<PathBuf>, VolumeError> {
    let mut files = Vec::new();
    let mut too_many = false;
    // Beyond the deepest level no folder is looked into.
    let depth = if deep { 0 } else { DEEPEST };
    each_file(folder, depth, &mut |path| {
        too_many = files.len() >= MOST_FILES;
        if !too_many {
            files.push(path.to_path_buf());
        }
        !too_many
    })?;
    if too_many {
        return Err(VolumeError::Unsupported {
            path: folder.to_path_buf(),
            what: format!("the folder holds more than {MOST_FILES} files"),
            advice: "give the folder of one patient or of one series".to_string(),
        });
    }
    Ok(files)
}

/// Reads the headers of all files in a folder, and of those within where `deep`.
pub(super) fn gather(folder: &Path, deep: bool) -> Result<Gathered, VolumeError> {
    let files = files_in(folder, deep)?;
    let read: Vec<Result<Option<Member>, VolumeError>> = files.par_iter().map(|path| Member::read(path)).collect();
    let mut gathered = Gathered::default();
    for member in read {
        match member {
            Ok(Some(member)) => gathered.add(member),
            Ok(None) => gathered.strangers = gathered.strangers.saturating_add(1),
            Err(error) => gathered.faults.push(error),
        }
    }
    gathered
        .series
        .sort_by(|a, b| (a.kind, a.facts.number, &a.uid).cmp(&(b.kind, b.facts.number, &b.uid)));
    Ok(gathered)
}

/// What one object holds.
pub(super) fn alone(object: &Object) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.add(Member::of(object));
    gathered
}

/// One file's part of a series.
struct Member {
    path: PathBuf,
    uid: String,
    kind: Kind,
    facts: Facts,
    frame_of_reference: Option<String>,
    slices: Result<Vec<Slice>, VolumeError>,
}

impl Member {
    /// Reads a file's header; `None` where it is no DICOM or only a directory of others.
    fn read(path: &Path) -> Result<Option<Self>, VolumeError> {
        let Some(object) = Object::read(path)? else {
            return Ok(None);
        };
        Ok((!is_directory(&object)).then(|| Self::of(&object)))
    }

    fn of(object: &Object) -> Self {
        let fields = object.fields();
        let kind = kind_of(object);
        Self {
            path: object.path.clone(),
            uid: fields.text(tags::SERIES_INSTANCE_UID).unwrap_or_default(),
            kind,
            facts: Facts::of(&fields),
            frame_of_reference: fields.text(tags::FRAME_OF_REFERENCE_UID),
            slices: if kind == Kind::Image {
                slices_of(object)
            } else {
                Ok(Vec::new())
            },
        }
    }
}

/// Whether an object is a directory of other files (DICOMDIR).
pub(super) fn is_directory(object: &Object) -> bool {
    object.fields().has(tags::DIRECTORY_RECORD_SEQUENCE)
}

/// What an object is for.
pub(super) fn kind_of(object: &Object) -> Kind {
    let fields = object.fields();
    let class = fields.text(tags::SOP_CLASS_UID).unwrap_or_default();
    if class == uids::RT_STRUCTURE_SET_STORAGE || fields.has(tags::ROI_CONTOUR_SEQUENCE) {
        Kind::Contours
    } else if [uids::SEGMENTATION_STORAGE, uids::LABEL_MAP_SEGMENTATION_STORAGE].contains(&class.as_str())
        || fields.has(tags::SEGMENT_SEQUENCE)
    {
        Kind::Segmentation
    } else if object.pixels.is_some() || fields.has(tags::ROWS) {
        // An image whose pixels are missing is a fault of an image, not something else.
        Kind::Image
    } else {
        Kind::Other
    }
}

impl Gathered {
    fn add(&mut self, member: Member) {
        let folder = member.path.parent().map(Path::to_path_buf);
        let known = self.series.iter().position(|series| {
            let beside = || series.files.first().and_then(|file| file.parent()) == folder.as_deref();
            series.kind == member.kind && series.uid == member.uid && (!member.uid.is_empty() || beside())
        });
        let at = known.unwrap_or(self.series.len());
        if known.is_none() {
            self.series.push(Series {
                uid: member.uid,
                kind: member.kind,
                facts: member.facts.clone(),
                files: Vec::new(),
                slices: Vec::new(),
                frames_of_reference: Vec::new(),
                patients: Vec::new(),
                faults: Vec::new(),
            });
        }
        let Some(series) = self.series.get_mut(at) else {
            return;
        };
        series.files.push(member.path);
        let patient = member.facts.patient;
        if !series.patients.contains(&patient) {
            series.patients.push(patient);
        }
        if let Some(frame) = member.frame_of_reference
            && !series.frames_of_reference.contains(&frame)
        {
            series.frames_of_reference.push(frame);
        }
        match member.slices {
            Ok(slices) => series.slices.extend(slices),
            Err(error) => series.faults.push(error),
        }
    }

    /// The series to which a file belongs.
    pub fn series_of(self, file: &Path) -> Option<Series> {
        self.series
            .into_iter()
            .find(|series| series.files.iter().any(|other| other == file))
    }
}
