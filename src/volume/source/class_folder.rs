//! A folder of masks, one file a class, as TotalSegmentator writes it: the files' names are the names of the regions.

use std::fs;
use std::path::{Path, PathBuf};

use super::header::Segment;
use super::place::Place;
use super::{Content, SOURCES, Source};
use crate::volume::error::VolumeError;

/// Endings of the files that hold masks, the longer first.
const ENDINGS: [&str; 6] = [".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd"];

/// Masks that lie in files of their own, in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassFolder {
    /// The folder
    pub path: PathBuf,
    /// The masks, by name
    pub members: Vec<Member>,
}

/// A mask whose file gives it its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The file's name without its ending
    pub name: String,
    /// The file
    pub path: PathBuf,
}

impl ClassFolder {
    /// The masks as segments, each a layer of its own.
    pub fn segments(&self) -> Vec<Segment> {
        let numbered = self.members.iter().enumerate();
        numbered
            .map(|(number, member)| Segment {
                number,
                id: member.name.clone(),
                name: member.name.clone(),
                label: 1,
                layer: number,
            })
            .collect()
    }

    /// The error where one image is meant, or one mask.
    pub(super) fn is_no_grid(&self) -> VolumeError {
        VolumeError::Unsupported {
            path: self.path.clone(),
            what: format!("is a folder with {} files of images or masks", self.members.len()),
            advice: "give one of the files; as a mask, the folder has a region for each file's name".to_string(),
        }
    }
}

/// The format of such folders.
pub struct ClassFolders;

impl Source for ClassFolders {
    fn name(&self) -> &'static str {
        "a folder of one mask a class"
    }

    fn endings(&self) -> &'static str {
        "folders of .nii.gz or .nrrd files"
    }

    fn recognises(&self, place: &Place) -> bool {
        match place {
            Place::File { .. } => false,
            Place::Folder { path } => members(path).is_ok_and(|members| !members.is_empty()),
        }
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        Ok(Content::Apart(ClassFolder {
            path: path.to_path_buf(),
            members: members(path)?,
        }))
    }

    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        let mut files = Vec::new();
        for member in members(place.path())? {
            let place = Place::of(&member.path)?;
            if let Some(source) = SOURCES.iter().find(|source| source.recognises(&place)) {
                files.extend(source.beside(&place)?);
            }
            files.push(member.path);
        }
        Ok(files)
    }
}

/// The masks of a folder, by name; what begins with a point is passed over.
fn members(folder: &Path) -> Result<Vec<Member>, VolumeError> {
    let fault = |error| VolumeError::open(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if file.starts_with('.') || path.is_dir() {
            continue;
        }
        let lower = file.to_lowercase();
        // Endings are ASCII, so that the name in lower case ends where the name does.
        if let Some(ending) = ENDINGS.iter().find(|ending| lower.ends_with(**ending))
            && let Some(name) = file.len().checked_sub(ending.len()).and_then(|end| file.get(..end))
            && !name.is_empty()
        {
            found.push(Member {
                name: name.to_owned(),
                path,
            });
        }
    }
    found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    Ok(found)
}
