//! What lies in a folder: scans of every format that is read, DICOM series with the masks that name them, tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::names::Role;
use super::pairing::{LeftOver, Paired};
use super::path::Candidate;
use crate::study::error::StudyError;
use crate::study::table::is_named_as_table;

/// Endings of files that may hold a scan, the longer ones first; what an ending alone says of the use.
const ENDINGS: [(&str, Option<Role>); 10] = [
    (".seg.nrrd", Some(Role::Mask)),
    (".seg.nhdr", Some(Role::Mask)),
    (".nii.gz", None),
    (".nii", None),
    (".nrrd", None),
    (".nhdr", None),
    (".hdr", None),
    (".mha", None),
    (".mhd", None),
    (".nia", None),
];

/// Endings of files that go with others or are none of ours: they are no reason to look for DICOM.
const STRANGERS: [&str; 16] = [
    ".img", ".raw", ".zraw", ".gz", ".txt", ".md", ".json", ".yaml", ".yml", ".pdf", ".png", ".jpg", ".xml", ".zip",
    ".doc", ".docx",
];

/// How deep folders are looked into.
const DEEPEST: usize = 12;

/// How many files are looked at.
const MOST: usize = 500_000;

/// What lies in a folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The folder
    pub folder: PathBuf,
    /// Scans that have to be paired by their names
    pub candidates: Vec<Candidate>,
    /// DICOM images with the masks that were drawn on them, as their headers say
    pub linked: Vec<Paired>,
    /// What cannot be used
    pub faulty: Vec<LeftOver>,
    /// Tables
    pub tables: Vec<PathBuf>,
    /// How many other files there are
    pub others: usize,
}

/// Looks into a folder, however deep; what begins with a point is passed over.
///
/// # Errors
/// If a folder cannot be read, or there are more files than anybody's cases.
pub fn look(folder: &Path) -> Result<Found, StudyError> {
    let mut found = Found {
        folder: folder.to_owned(),
        ..Found::default()
    };
    let mut files = Vec::new();
    gather(folder, &mut files, &mut BTreeSet::new(), 0)?;
    files.sort();
    let mut perhaps_dicom = false;
    for file in files {
        let path = relative(folder, &file);
        let lower = path.to_lowercase();
        if let Some((ending, role)) = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending)) {
            found.candidates.push(Candidate {
                name: path[..path.len() - ending.len()].to_owned(),
                path,
                role: *role,
            });
        } else if is_named_as_table(&file) {
            found.tables.push(file);
        } else {
            found.others += 1;
            perhaps_dicom |= !STRANGERS.iter().any(|ending| lower.ends_with(ending));
        }
    }
    if perhaps_dicom {
        dicom::add(&mut found)?;
    }
    Ok(found)
}

/// Whether a path ends as the files of scans do.
pub fn is_named_as_scan(path: &str) -> bool {
    let lower = path.to_lowercase();
    ENDINGS
        .iter()
        .map(|(ending, _)| *ending)
        .chain([".dcm"])
        .any(|ending| lower.ends_with(ending))
}

fn gather(
    folder: &Path,
    files: &mut Vec<PathBuf>,
    seen: &mut BTreeSet<PathBuf>,
    depth: usize,
) -> Result<(), StudyError> {
    let fault = |error| StudyError::Read {
        path: folder.to_owned(),
        error,
    };
    // A link that leads back is followed once.
    if depth > DEEPEST || !seen.insert(fs::canonicalize(folder).map_err(fault)?) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        if entry.file_name().to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files, seen, depth + 1)?;
        } else {
            files.push(path);
            if files.len() > MOST {
                return Err(StudyError::Cohort(format!(
                    "{}: there are more than {MOST} files; name the folder of the study's own scans",
                    folder.display()
                )));
            }
        }
    }
    Ok(())
}

/// A path below a folder, with `/`.
fn relative(folder: &Path, file: &Path) -> String {
    let below = file.strip_prefix(folder).unwrap_or(file);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(feature = "dicom")]
mod dicom {
    //! DICOM series and what was drawn on them.

    use super::{Candidate, Found, LeftOver, Paired, Role, relative};
    use crate::study::error::StudyError;
    use crate::study::new::pairing::MaskOf;
    use crate::volume::{DicomKind, DicomListing, DicomSeries, list_dicom};

    /// Adds the series of a folder: those that name each other as pairs, the others to be paired by name.
    pub(super) fn add(found: &mut Found) -> Result<(), StudyError> {
        let listing = list_dicom(&found.folder).map_err(|error| StudyError::Cohort(error.to_string()))?;
        let files: usize = listing.series.iter().map(|series| series.files).sum();
        found.others = found.others.saturating_sub(files);
        let folder = found.folder.clone();
        let path = |series: &DicomSeries| relative(&folder, &series.path);
        for why in &listing.unreadable {
            found.faulty.push(LeftOver {
                path: String::new(),
                why: why.clone(),
            });
        }
        for series in &listing.series {
            if let Some(why) = &series.fault {
                found.faulty.push(LeftOver {
                    path: path(series),
                    why: why.clone(),
                });
                continue;
            }
            let role = match series.kind {
                DicomKind::Image => Role::Image,
                DicomKind::Segmentation | DicomKind::Contours => Role::Mask,
                DicomKind::Other => continue,
            };
            let drawn: Vec<(&DicomSeries, &String)> = drawn_on(series, &listing)
                .flat_map(|mask| mask.regions.iter().map(move |region| (mask, region)))
                .collect();
            let masks: Vec<MaskOf> = drawn
                .iter()
                .map(|&(mask, region)| MaskOf {
                    name: name_among(&drawn, mask, region),
                    path: path(mask),
                    label: Some(region.clone()),
                })
                .collect();
            if !masks.is_empty() {
                found.linked.push(Paired {
                    id: series.patient.clone(),
                    patient: Some(series.patient.clone()).filter(|patient| !patient.is_empty()),
                    image: path(series),
                    masks,
                });
                continue;
            }
            let linked = role == Role::Mask
                && listing
                    .series
                    .iter()
                    .any(|image| drawn_on(image, &listing).any(|mask| mask == series));
            if !linked {
                let path = path(series);
                found.candidates.push(Candidate {
                    name: path.strip_suffix(".dcm").unwrap_or(&path).to_owned(),
                    path,
                    role: Some(role),
                });
            }
        }
        name_cases(&mut found.linked);
        found.candidates.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    /// The masks of an image: those that name its series, else those of its study and frame of reference.
    fn drawn_on<'a>(image: &'a DicomSeries, listing: &'a DicomListing) -> impl Iterator<Item = &'a DicomSeries> {
        listing.masks_of(image).filter(|mask| mask.fault.is_none())
    }

    /// What a region is called: by its name; where several segmentations of the image have it, with their kind, and with what
    /// describes them where that is not enough.
    fn name_among(drawn: &[(&DicomSeries, &String)], mask: &DicomSeries, region: &String) -> String {
        let longer = |mask: &DicomSeries, how: usize| match how {
            0 => region.clone(),
            1 => format!("{region} {}", mask.value("Modality")),
            2 => format!(
                "{region} {} {}",
                mask.value("Modality"),
                mask.value("SeriesDescription")
            ),
            _ => format!("{region} {}", mask.path.display()),
        };
        let alone = |how: &usize| {
            let name = longer(mask, *how);
            let same = drawn
                .iter()
                .filter(|(other, named)| *named == region && longer(other, *how) == name);
            same.count() <= 1
        };
        longer(mask, (0..3).find(alone).unwrap_or(3)).trim().to_owned()
    }

    /// Several images of one patient are told apart by their paths.
    fn name_cases(cases: &mut [Paired]) {
        let ids: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
        for case in cases.iter_mut() {
            let several = ids.iter().filter(|id| **id == case.id).count() > 1;
            if several || case.id.is_empty() {
                let id = format!("{} {}", case.id, case.image);
                id.trim().clone_into(&mut case.id);
            }
        }
    }
}

#[cfg(not(feature = "dicom"))]
mod dicom {
    //! Without DICOM, files of other kinds are others.

    use super::Found;
    use crate::study::error::StudyError;

    #[allow(clippy::unnecessary_wraps, reason = "with DICOM it can fail")]
    pub(super) fn add(_found: &mut Found) -> Result<(), StudyError> {
        Ok(())
    }
}
