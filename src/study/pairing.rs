//! Making a study file: from a folder of scans whose masks are found by their names, from a table of cases, or the sample.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::artefact::write_whole;
use super::sample;
use super::table::Table;

/// Words by which a file's name says that it is a mask.
const MASK_WORDS: [&str; 8] = ["mask", "label", "seg", "segmentation", "roi", "msk", "labels", "gt"];

/// File names' ends that may hold a scan.
const ENDINGS: [&str; 7] = [".seg.nrrd", ".nii.gz", ".nii", ".nrrd", ".nhdr", ".hdr", ".mha"];

/// An image and its mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The case's name: what both names have in common
    pub id: String,
    /// The image
    pub image: PathBuf,
    /// The mask
    pub mask: PathBuf,
}

/// Images and masks below a folder that belong together: names that are equal but for a word such as `mask` or `label`.
/// The second list names files without a partner.
pub fn pairs(folder: &Path) -> io::Result<(Vec<Pair>, Vec<PathBuf>)> {
    let mut files = Vec::new();
    gather(folder, &mut files, 0)?;
    files.sort();
    let mut images: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut masks: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut lonely = Vec::new();
    for file in files {
        let Some((key, mask)) = key_of(folder, &file) else {
            continue;
        };
        let list = if mask { &mut masks } else { &mut images };
        match list.entry(key) {
            Entry::Vacant(place) => {
                place.insert(file);
            }
            Entry::Occupied(_) => lonely.push(file),
        }
    }
    let mut found = Vec::new();
    for (key, image) in &images {
        match masks.remove(key) {
            Some(mask) => found.push(Pair {
                id: key.clone(),
                image: image.clone(),
                mask,
            }),
            None => lonely.push(image.clone()),
        }
    }
    lonely.extend(masks.into_values());
    lonely.sort();
    Ok((found, lonely))
}

/// The name that image and mask share, and whether the file is a mask; `None` for a file that is no scan.
fn key_of(root: &Path, file: &Path) -> Option<(String, bool)> {
    let relative = file.strip_prefix(root).unwrap_or(file);
    let text = relative.to_string_lossy().replace('\\', "/");
    let lower = text.to_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(*ending))?;
    let stem = text.get(..text.len() - ending.len())?;
    let mut mask = *ending == ".seg.nrrd";
    let mut parts = Vec::new();
    for part in stem.split(['/', '_', '-', ' ', '.']) {
        let word = part.to_lowercase();
        let singular = word.strip_suffix('s').unwrap_or(&word);
        if MASK_WORDS.contains(&word.as_str()) || MASK_WORDS.contains(&singular) {
            mask = true;
        } else if !["image", "images", "img", "ct", "scan", "volume"].contains(&word.as_str()) && !part.is_empty() {
            parts.push(part.to_owned());
        }
    }
    // A folder a case, as case-01/image.nii and case-01/mask.nii, leaves the folder's name.
    Some((
        if parts.is_empty() {
            stem.to_owned()
        } else {
            parts.join("-")
        },
        mask,
    ))
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth < 4 {
                gather(&path, files, depth + 1)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Makes a study file from a folder of scans (with a cohort table whose outcomes are to be filled in), or from a table of
/// cases, and gives its path. Nothing that is there is overwritten.
pub fn make_study(from: &Path) -> Result<PathBuf, String> {
    let say = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    if from.is_file() {
        let table = Table::read(from).map_err(|error| error.to_string())?;
        let folder = from.parent().unwrap_or(Path::new("."));
        let name = from
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for column in ["image", "mask"] {
            table.column(column).map_err(|error| error.to_string())?;
        }
        let path = free(&folder.join("study.yaml"))?;
        write_whole(&path, study_text(&name, &[]).as_bytes()).map_err(|error| say(&path, &error))?;
        return Ok(path);
    }
    let (found, _) = pairs(from).map_err(|error| say(from, &error))?;
    if found.is_empty() {
        return Err(format!(
            "{}: no image with a mask was found; the names of both must be equal but for a word such as mask, label or seg",
            from.display()
        ));
    }
    let path = free(&from.join("study.yaml"))?;
    let cohort = free(&from.join("cohort.csv"))?;
    let mut rows = Vec::new();
    for pair in &found {
        let relative = |file: &Path| {
            file.strip_prefix(from)
                .unwrap_or(file)
                .to_string_lossy()
                .replace('\\', "/")
        };
        rows.push(vec![
            pair.id.clone(),
            relative(&pair.image),
            relative(&pair.mask),
            pair.id.clone(),
            String::new(),
        ]);
    }
    let table = Table {
        source: cohort.clone(),
        header: ["id", "image", "mask", "patient", "outcome"]
            .map(str::to_owned)
            .to_vec(),
        lines: (2..rows.len() as u64 + 2).collect(),
        rows,
    };
    write_whole(&cohort, table.to_csv().as_bytes()).map_err(|error| say(&cohort, &error))?;
    write_whole(&path, study_text("cohort.csv", &[]).as_bytes()).map_err(|error| say(&path, &error))?;
    Ok(path)
}

/// Writes the sample study into a folder and gives the path of its study file.
pub fn write_sample(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("study.yaml");
    if folder.join("cohort.csv").exists() && path.exists() {
        return Ok(path);
    }
    sample::generate(folder)?;
    let clinical = [
        "age",
        "sex",
        "smoking",
        "family_history",
        "weight_loss",
        "bone_pain",
        "nerve_compression",
    ];
    write_whole(&path, study_text("cohort.csv", &clinical).as_bytes())?;
    Ok(path)
}

fn study_text(cohort: &str, clinical: &[&str]) -> String {
    let mut text = String::from("# A radscore study. Every key that is left out has its default.\n");
    let _ = writeln!(text, "cohort: {}", serde_json::Value::from(cohort));
    text.push_str("outcome:\n  column: outcome\n  event: 1\n");
    if !clinical.is_empty() {
        let _ = writeln!(text, "clinical:\n  columns: [{}]", clinical.join(", "));
    }
    text
}

/// A path where nothing is yet.
fn free(path: &Path) -> Result<PathBuf, String> {
    if path.exists() {
        Err(format!("{} is there already; open it instead", path.display()))
    } else {
        Ok(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_a_word_are_a_pair() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "images/甲.nii.gz",
            "masks/甲.nii.gz",
            "b_CT.nrrd",
            "b_label.nrrd",
            "case-3/image.nii",
            "case-3/mask.nii",
            "alone.nii",
            "notes.txt",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let (found, lonely) = pairs(folder.path()).unwrap();
        let ids: Vec<&str> = found.iter().map(|pair| pair.id.as_str()).collect();
        assert_eq!(ids, ["b", "case-3", "甲"]);
        assert_eq!(lonely.len(), 1);
        let path = make_study(folder.path()).unwrap();
        assert!(path.ends_with("study.yaml"));
        assert!(make_study(folder.path()).unwrap_err().contains("there already"));
    }
}
