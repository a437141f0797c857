//! Making a study file: from a folder of scans whose masks are found by their names, from a table of cases, or the sample.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::cohort::Cohort;
use super::settings::Columns;
use crate::study::artefact::write_whole;
use crate::study::sample;
use crate::study::table::Table;

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
    let mut images: BTreeMap<Vec<String>, (String, PathBuf)> = BTreeMap::new();
    let mut masks: BTreeMap<Vec<String>, (String, PathBuf)> = BTreeMap::new();
    let mut lonely = Vec::new();
    for file in files {
        let Some(name) = name_of(folder, &file) else {
            continue;
        };
        let list = if name.mask { &mut masks } else { &mut images };
        match list.entry(name.parts) {
            Entry::Vacant(place) => {
                place.insert((name.id, file));
            }
            Entry::Occupied(_) => lonely.push(file),
        }
    }
    let mut found = Vec::new();
    for (parts, (id, image)) in images {
        match masks.remove(&parts) {
            Some((_, mask)) => found.push(Pair { id, image, mask }),
            None => lonely.push(image),
        }
    }
    lonely.extend(masks.into_values().map(|(_, mask)| mask));
    lonely.sort();
    Ok((found, lonely))
}

/// Images and masks below a folder whose paths, from that folder on, match two patterns: `images/{id}.nii.gz` and
/// `masks/{id}_*.nii.gz`, say. `{id}` is the case and the same in both, `*` any run of characters but `/`. The second list
/// names files that match one pattern and have no partner.
pub fn pairs_by_pattern(folder: &Path, image: &str, mask: &str) -> Result<(Vec<Pair>, Vec<PathBuf>), String> {
    for (what, pattern) in [("image", image), ("mask", mask)] {
        if !pattern.contains(ID) {
            return Err(format!(
                "the {what} pattern \"{pattern}\" lacks {ID}, which stands for the case: images/{ID}.nii.gz, say"
            ));
        }
    }
    let mut files = Vec::new();
    gather(folder, &mut files, 0).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.sort();
    let of = |pattern: &str| -> BTreeMap<String, PathBuf> {
        let pattern: Vec<char> = pattern.trim().replace(ID, "\u{1}").chars().collect();
        files
            .iter()
            .rev()
            .filter_map(|file| {
                let relative = file
                    .strip_prefix(folder)
                    .unwrap_or(file)
                    .to_string_lossy()
                    .replace('\\', "/");
                let text: Vec<char> = relative.chars().collect();
                Some((fits(&pattern, &text, None)?, file.clone()))
            })
            .collect()
    };
    let (images, mut masks) = (of(image), of(mask));
    let mut found = Vec::new();
    let mut lonely = Vec::new();
    for (id, image) in images {
        match masks.remove(&id) {
            Some(mask) if mask != image => found.push(Pair { id, image, mask }),
            _ => lonely.push(image),
        }
    }
    lonely.extend(masks.into_values());
    lonely.sort();
    Ok((found, lonely))
}

/// What stands for the case in a pattern.
const ID: &str = "{id}";

/// The case's name if a path fits a pattern, in which U+0001 stands for it.
fn fits(pattern: &[char], text: &[char], id: Option<&[char]>) -> Option<String> {
    let run = || text.iter().take_while(|letter| **letter != '/').count();
    match pattern.split_first() {
        None => text.is_empty().then(|| id.unwrap_or_default().iter().collect()),
        Some((&'\u{1}', rest)) => match id {
            Some(known) => fits(rest, text.strip_prefix(known)?, id),
            None => (1..=run())
                .rev()
                .find_map(|length| fits(rest, &text[length..], Some(&text[..length]))),
        },
        Some((&'*', rest)) => (0..=run()).rev().find_map(|length| fits(rest, &text[length..], id)),
        Some((letter, rest)) => fits(rest, text.strip_prefix(std::slice::from_ref(letter))?, id),
    }
}

/// What a file's name says.
struct Name {
    /// What image and mask share, whatever stands between the parts
    parts: Vec<String>,
    /// The case, as the name is written, so that a table of the same cases can be joined
    id: String,
    /// Whether it is a mask
    mask: bool,
}

/// Reads a file's name, from the folder on; `None` for a file that is no scan.
fn name_of(root: &Path, file: &Path) -> Option<Name> {
    let relative = file.strip_prefix(root).unwrap_or(file);
    let text = relative.to_string_lossy().replace('\\', "/");
    let lower = text.to_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(*ending))?;
    let stem = text.get(..text.len() - ending.len())?;
    let mut name = Name {
        parts: Vec::new(),
        id: String::new(),
        mask: *ending == ".seg.nrrd",
    };
    let mut before = "";
    let between = |letter: char| ['/', '_', '-', ' ', '.'].contains(&letter);
    for piece in stem.split_inclusive(between) {
        let part = piece.trim_end_matches(between);
        let word = part.to_lowercase();
        let singular = word.strip_suffix('s').unwrap_or(&word);
        if MASK_WORDS.contains(&word.as_str()) || MASK_WORDS.contains(&singular) {
            name.mask = true;
        } else if !["image", "images", "img", "ct", "scan", "volume"].contains(&word.as_str()) && !part.is_empty() {
            if !name.parts.is_empty() {
                name.id.push_str(if before == "/" { "-" } else { before });
            }
            name.id.push_str(part);
            name.parts.push(part.to_owned());
        }
        before = &piece[part.len()..];
    }
    // A folder a case, as case-01/image.nii and case-01/mask.nii, leaves the folder's name.
    if name.parts.is_empty() {
        stem.clone_into(&mut name.id);
        name.parts.push(stem.to_owned());
    }
    Some(name)
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

/// A study file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeStudy {
    /// The study file
    pub path: PathBuf,
    /// Pairs of images and masks that were found; none where a table named them
    pub pairs: Option<usize>,
    /// Files without a partner
    pub lonely: Vec<PathBuf>,
}

impl MadeStudy {
    /// What was done, and what is to be done next, in a line.
    pub fn words(&self) -> String {
        let mut words = format!("wrote {}", self.path.display());
        if let Some(pairs) = self.pairs {
            let _ = write!(words, ": {pairs} pairs");
            if let Some(first) = self.lonely.first() {
                let _ = write!(
                    words,
                    ", {} files without a partner ({} …)",
                    self.lonely.len(),
                    first.display()
                );
            }
            words.push_str("; now fill in the outcomes");
        }
        words
    }
}

/// Makes a study file from a folder of scans (with a cohort table whose outcomes are to be filled in), or from a table of
/// cases. `patterns` are those of [`pairs_by_pattern`], divided by `|`; where it is empty the files' names decide. Nothing
/// that is there is overwritten.
pub fn make_study(from: &Path, patterns: &str) -> Result<MadeStudy, String> {
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
        return Ok(MadeStudy {
            path,
            pairs: None,
            lonely: Vec::new(),
        });
    }
    let (found, lonely) = if patterns.trim().is_empty() {
        pairs(from).map_err(|error| say(from, &error))?
    } else {
        let (image, mask) = patterns.split_once('|').ok_or_else(|| {
            format!("\"{patterns}\" is one pattern; write two, as images/{ID}.nii.gz | masks/{ID}.nii.gz")
        })?;
        pairs_by_pattern(from, image, mask)?
    };
    if found.is_empty() {
        return Err(format!(
            "{}: no image with a mask was found; {}",
            from.display(),
            if patterns.trim().is_empty() {
                "the names of both must be equal but for a word such as mask, label or seg"
            } else {
                "compare the patterns with the files' paths below this folder"
            }
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
        rows,
        ..Table::default()
    };
    write_whole(&cohort, table.to_csv().as_bytes()).map_err(|error| say(&cohort, &error))?;
    write_whole(&path, study_text("cohort.csv", &[]).as_bytes()).map_err(|error| say(&path, &error))?;
    Ok(MadeStudy {
        path,
        pairs: Some(found.len()),
        lonely,
    })
}

/// The cohort of a study with some cells changed (case, column, value), as a table that can lie in any folder: its paths are
/// absolute.
pub fn cohort_table(cohort: &Cohort, columns: &Columns, edits: &[(String, String, String)]) -> Table {
    let mut table = cohort.to_table();
    let place = |table: &Table, name: &str| table.header.iter().position(|column| column == name);
    for (row, case) in table.rows.iter_mut().zip(&cohort.cases) {
        for (name, path) in [
            (&columns.image.name, &case.image),
            (&columns.mask.name, &case.mask),
            (&columns.mask_reader2.name, &case.mask_reader2),
            (&columns.mask_repeat.name, &case.mask_repeat),
        ] {
            if let (Some(column), Some(path)) = (table.header.iter().position(|column| column == name), path) {
                let full = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                row[column] = full.to_string_lossy().into_owned();
            }
        }
    }
    for (id, column, value) in edits {
        if let (Some(row), Some(column)) = (cohort.position(id), place(&table, column)) {
            table.rows[row][column].clone_from(value);
        }
    }
    table
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
    use crate::study::Study;

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
            "STS_001_CT.nii",
            "STS-001-mask.nii",
            "1.2.840.1_ct.nii",
            "1.2.840.1_seg.nii",
            "alone.nii",
            "notes.txt",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let (found, lonely) = pairs(folder.path()).unwrap();
        let ids: Vec<&str> = found.iter().map(|pair| pair.id.as_str()).collect();
        // As they are written, so that a table with the same ids can be joined.
        assert_eq!(ids, ["1.2.840.1", "STS_001", "b", "case-3", "甲"]);
        assert_eq!(lonely.len(), 1);
        let made = make_study(folder.path(), "").unwrap();
        assert!(made.path.ends_with("study.yaml"));
        assert!(
            made.words().contains("5 pairs, 1 files without a partner"),
            "{}",
            made.words()
        );
        assert!(make_study(folder.path(), "").unwrap_err().contains("there already"));
        // Its cases can be looked at before there is any outcome, and while they are being filled in.
        let study = Study::open(&made.path).unwrap();
        assert_eq!(study.cohort().cases.len(), 5);
        assert!(study.cohort().cases.iter().all(|case| case.outcome.is_none()));
        let table = folder.path().join("cohort.csv");
        let text = fs::read_to_string(&table).unwrap();
        let begun: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(row, line)| if row == 1 { format!("{line}1") } else { line.to_owned() })
            .collect();
        fs::write(&table, begun.join("\n")).unwrap();
        assert_eq!(Study::open(&made.path).unwrap().cohort().outcome_values, None);
    }

    #[test]
    fn patterns_pair_what_names_cannot() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "a/P01/t1.nii",
            "a/P02/t1.nii",
            "b/P01-x-gold.nii",
            "b/P03-y-gold.nii",
            "c/other.nii",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let (found, lonely) = pairs_by_pattern(folder.path(), "a/{id}/t1.nii ", " b/{id}-*-gold.nii").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, "P01");
        assert!(found[0].mask.ends_with("b/P01-x-gold.nii"));
        assert_eq!(lonely.len(), 2);
        assert!(
            pairs_by_pattern(folder.path(), "a/*.nii", "b/{id}.nii")
                .unwrap_err()
                .contains("{id}")
        );
        assert!(
            make_study(folder.path(), "a/{id}.nii")
                .unwrap_err()
                .contains("write two")
        );
    }
}
