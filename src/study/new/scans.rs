//! Which of an image's masks is whose: a row for each case, once somebody has said so where there is a choice.

use std::collections::BTreeMap;

use super::found::Found;
use super::names::tokens;
use super::pairing::{LeftOver, MaskOf, Paired, Pairing, pair};
use super::path::says;
use super::pattern::{fitting, is_pattern};
use crate::study::error::StudyError;

/// A case of the study: paths from the folder on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The case
    pub id: String,
    /// The patient, where the folders or the headers say so
    pub patient: Option<String>,
    /// The image
    pub image: String,
    /// The first reader's mask
    pub mask: String,
    /// The mask's region
    pub label: Option<String>,
    /// The second reader's mask
    pub second_reader: Option<String>,
    /// The first reader's second mask
    pub repeat: Option<String>,
}

/// Words or patterns that say which files are meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Of the images
    pub image: Option<&'a str>,
    /// Of the first reader's masks
    pub mask: Option<&'a str>,
    /// Of the second reader's
    pub second_reader: Option<&'a str>,
    /// Of the first reader's second ones
    pub repeat: Option<&'a str>,
}

/// Images with their masks: by two patterns where they are given, else by what the names say.
///
/// # Errors
/// If only one of image and mask is a pattern.
pub fn paired(found: &Found, wanted: Wanted, known: &[String]) -> Result<Pairing, StudyError> {
    let patterns = [wanted.image, wanted.mask].map(|word| word.filter(|word| is_pattern(word)));
    let mut pairing = match patterns {
        [Some(image), Some(mask)] => by_patterns(found, image, mask, wanted)?,
        [None, None] => pair(&found.candidates, wanted.image, known),
        _ => {
            return Err(StudyError::Cohort(
                "one of image and mask is a pattern with {id} and the other is not; give both, as --image 'images/{id}.nii.gz' --mask 'masks/{id}.nii.gz'".to_owned(),
            ));
        }
    };
    if patterns == [None, None] {
        let images = |case: &&Paired| wanted.image.is_none_or(|word| says(&case.image, word));
        pairing.cases.extend(found.linked.iter().filter(images).cloned());
        pairing.cases.sort_by(|a, b| (&a.id, &a.image).cmp(&(&b.id, &b.image)));
    }
    pairing.left_over.extend(found.faulty.iter().cloned());
    Ok(pairing)
}

fn by_patterns(found: &Found, image: &str, mask: &str, wanted: Wanted) -> Result<Pairing, StudyError> {
    let paths = || found.candidates.iter().map(|candidate| candidate.path.as_str());
    let (images, mut unused) = fitting(below(found, image), paths());
    if images.is_empty() {
        return Err(StudyError::Unanswered {
            question: format!(
                "--image \"{image}\" fits none of the {} scans below {}",
                found.candidates.len(),
                found.folder.display()
            ),
            choices: paths().take(3).map(str::to_owned).collect(),
            option: "a pattern begins below the folder, as these do".to_owned(),
        });
    }
    let mut masks: Vec<(&str, BTreeMap<String, &str>)> = Vec::new();
    let others = [wanted.second_reader, wanted.repeat]
        .into_iter()
        .flatten()
        .filter(|word| is_pattern(word));
    for pattern in std::iter::once(mask).chain(others) {
        let (fit, second) = fitting(
            below(found, pattern),
            paths().filter(|path| !images.values().any(|image| image == path)),
        );
        masks.push((pattern, fit));
        unused.extend(second);
    }
    let mut pairing = Pairing::default();
    let left = |path: &str, why: &str| LeftOver {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    for (id, image) in &images {
        let own: Vec<MaskOf> = masks
            .iter()
            .filter_map(|(pattern, fit)| {
                Some(MaskOf {
                    name: (*pattern).to_owned(),
                    path: (*fit.get(id)?).to_owned(),
                    label: None,
                })
            })
            .collect();
        if own.first().is_some_and(|mask| mask.name == masks[0].0) {
            pairing.cases.push(Paired {
                id: id.clone(),
                patient: None,
                image: (*image).to_owned(),
                masks: own,
            });
        } else {
            pairing.left_over.push(left(image, "no mask fits the pattern"));
        }
    }
    for (_, fit) in &masks {
        for (_, path) in fit.iter().filter(|(id, _)| !images.contains_key(*id)) {
            pairing.left_over.push(left(path, "no image fits the pattern"));
        }
    }
    let second = unused
        .iter()
        .map(|path| left(path, "another file fits the pattern for the same case"));
    pairing.left_over.extend(second);
    pairing.left_over.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pairing)
}

/// A pattern from the folder on: the folder itself may stand before it, as it was named or by its own name.
fn below<'p>(found: &Found, pattern: &'p str) -> &'p str {
    let pattern = pattern.trim();
    let own = found.folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let named = found.folder.to_string_lossy().into_owned();
    [Some(named), own]
        .into_iter()
        .flatten()
        .find_map(|folder| pattern.strip_prefix(folder.trim_end_matches('/'))?.strip_prefix('/'))
        .filter(|_| {
            fitting(pattern, found.candidates.iter().map(|one| one.path.as_str()))
                .0
                .is_empty()
        })
        .unwrap_or(pattern)
}

/// A row for each case that has the first reader's mask, and the cases that have none.
///
/// # Errors
/// If a case has several masks and nobody has said which is meant, or a word fits no mask.
pub fn rows(pairing: &Pairing, wanted: Wanted) -> Result<(Vec<ScanRow>, Vec<LeftOver>), StudyError> {
    let readers = pairing.readers();
    let of = |word: Option<&str>, option: &'static str| reader(&readers, word, option);
    let first = of(wanted.mask, "--mask")?;
    if first.is_none() && pairing.has_choice() {
        return Err(StudyError::Unanswered {
            question: "images have several masks, and nobody has said which is the first reader's".to_owned(),
            choices: readers
                .iter()
                .map(|(name, count)| format!("\"{name}\" ({count})"))
                .collect(),
            option: "say it as --mask NAME, and the second reader's as --second-reader NAME".to_owned(),
        });
    }
    let second = of(wanted.second_reader, "--second-reader")?;
    let repeat = of(wanted.repeat, "--repeat")?;
    let mut rows = Vec::new();
    let mut without = Vec::new();
    for case in &pairing.cases {
        let mask_of = |reader: Option<&str>| {
            case.masks
                .iter()
                .find(|mask| reader.is_some_and(|name| mask.name == name))
        };
        let mask = match first {
            Some(name) => mask_of(Some(name)),
            None => case.masks.first(),
        };
        let Some(mask) = mask else {
            without.push(LeftOver {
                path: case.image.clone(),
                why: format!("it has no mask \"{}\"", first.unwrap_or_default()),
            });
            continue;
        };
        rows.push(ScanRow {
            id: case.id.clone(),
            patient: case.patient.clone(),
            image: case.image.clone(),
            mask: mask.path.clone(),
            label: mask.label.clone(),
            second_reader: mask_of(second).map(|mask| mask.path.clone()),
            repeat: mask_of(repeat).map(|mask| mask.path.clone()),
        });
    }
    Ok((rows, without))
}

/// The reader that a word means.
fn reader<'r>(
    readers: &'r [(String, usize)],
    word: Option<&str>,
    option: &'static str,
) -> Result<Option<&'r str>, StudyError> {
    let Some(word) = word else { return Ok(None) };
    let equal = |name: &str| name.to_lowercase() == word.to_lowercase();
    let within = |name: &str| !tokens(name).is_empty() && says(name, word);
    let mut fitting: Vec<&str> = readers
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| equal(name))
        .collect();
    if fitting.is_empty() {
        fitting = readers
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| within(name))
            .collect();
    }
    match fitting[..] {
        [name] => Ok(Some(name)),
        _ => Err(StudyError::Unanswered {
            question: format!(
                "{option} \"{word}\" fits {} of the masks' names",
                if fitting.is_empty() { "none" } else { "several" }
            ),
            choices: readers
                .iter()
                .map(|(name, count)| format!("\"{name}\" ({count})"))
                .collect(),
            option: format!("say it as {option} NAME"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::new::path::Candidate;

    fn found(paths: &[&str]) -> Found {
        Found {
            candidates: paths
                .iter()
                .map(|path| Candidate {
                    path: (*path).to_owned(),
                    name: path.strip_suffix(".nii").unwrap().to_owned(),
                    role: None,
                })
                .collect(),
            ..Found::default()
        }
    }

    #[test]
    fn of_two_readers_nobody_guesses_the_first() {
        let found = found(&[
            "a/1.nii",
            "a/1_seg_zhang.nii",
            "a/1_seg_li.nii",
            "b/2.nii",
            "b/2_seg_zhang.nii",
            "b/2_seg_li.nii",
        ]);
        let pairing = paired(&found, Wanted::default(), &[]).unwrap();
        let error = rows(&pairing, Wanted::default()).unwrap_err().to_string();
        assert!(
            error.contains("\"zhang\" (2)") && error.contains("--mask NAME"),
            "{error}"
        );
        let wanted = Wanted {
            mask: Some("zhang"),
            second_reader: Some("LI"),
            ..Wanted::default()
        };
        let (rows, without) = rows(&pairing, wanted).unwrap();
        assert_eq!(rows[0].mask, "a/1_seg_zhang.nii");
        assert_eq!(rows[0].second_reader.as_deref(), Some("a/1_seg_li.nii"));
        assert!(without.is_empty());
        let wrong = Wanted {
            mask: Some("wang"),
            ..Wanted::default()
        };
        assert!(
            super::rows(&pairing, wrong)
                .unwrap_err()
                .to_string()
                .contains("fits none")
        );
    }

    #[test]
    fn patterns_pair_what_names_cannot() {
        let found = found(&[
            "a/P01/t1.nii",
            "a/P02/t1.nii",
            "b/P01-x-gold.nii",
            "b/P03-y-gold.nii",
            "c/other.nii",
        ]);
        let wanted = Wanted {
            image: Some("a/{id}/t1.nii"),
            mask: Some("b/{id}-*-gold.nii"),
            ..Wanted::default()
        };
        let pairing = paired(&found, wanted, &[]).unwrap();
        assert_eq!(pairing.cases.len(), 1);
        assert_eq!(pairing.cases[0].id, "P01");
        assert_eq!(pairing.left_over.len(), 2);
        let (rows, _) = rows(&pairing, wanted).unwrap();
        assert_eq!(rows[0].mask, "b/P01-x-gold.nii");
        let half = Wanted {
            image: Some("a/{id}/t1.nii"),
            ..Wanted::default()
        };
        assert!(paired(&found, half, &[]).unwrap_err().to_string().contains("give both"));
    }
}
