//! What a case is called: the part of names or folders that tells one case from the others, in the letters of the file, so that
//! a table of the same cases can be joined.

use std::collections::{BTreeSet, HashSet};

use super::names::{Token, text_of, tokens};
use super::path::Name;

/// The id of each pair of an image and its masks, and the patient where a folder holds several cases. Of several readings that
/// give every pair an id of its own, the one that finds the most of the `known` ids is taken, else the first.
pub(super) fn identify(pairs: &[(&Name, Vec<&Name>)], known: &[String]) -> Vec<(String, Option<String>)> {
    let stems: Vec<Vec<&Token>> = pairs.iter().map(|(image, masks)| shared_stem(image, masks)).collect();
    let folders = varying_folders(pairs);
    let mut readings: Vec<Vec<String>> = Vec::new();
    if stems.iter().all(|stem| !stem.is_empty()) {
        readings.push(trimmed(&stems));
        readings.push(stems.iter().map(|stem| text_of(stem.iter().copied())).collect());
    }
    readings.extend((0..folders.first().map_or(0, Vec::len)).map(|depth| {
        let column = folders.iter().map(|folders| folders[depth].clone());
        column.collect::<Vec<String>>()
    }));
    if readings.is_empty() {
        readings.push(
            pairs
                .iter()
                .map(|(image, _)| image.root.clone().unwrap_or_else(|| "case".to_owned()))
                .collect(),
        );
    }
    readings.retain(|ids| is_unique(ids));
    let known: HashSet<&str> = known.iter().map(String::as_str).collect();
    let found = |ids: &Vec<String>| ids.iter().filter(|id| known.contains(id.as_str())).count();
    // The first of the best: max_by_key gives the last.
    if let Some(ids) = readings.into_iter().rev().max_by_key(found) {
        let patients = patients(&ids, &folders);
        return ids.into_iter().zip(patients).collect();
    }
    let whole: Vec<String> = stems
        .iter()
        .enumerate()
        .map(|(at, stem)| {
            let mut parts = folders.get(at).cloned().unwrap_or_default();
            parts.extend((!stem.is_empty()).then(|| text_of(stem.iter().copied())));
            parts.dedup();
            parts.join(" ")
        })
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for id in &whole {
        let mut own = id.clone();
        let mut number = 2;
        while seen.contains(&own) {
            own = format!("{id} {number}");
            number += 1;
        }
        seen.push(own);
    }
    let patients = folders.iter().map(|folders| folders.first().cloned());
    seen.into_iter().zip(patients).collect()
}

/// What the names of an image and of its first mask share; nothing where they share nothing.
fn shared_stem<'n>(image: &'n Name, masks: &[&'n Name]) -> Vec<&'n Token> {
    let Some(mask) = masks.first() else { return Vec::new() };
    let shared = |token: &&Token| token.role.is_none() && mask.stem.iter().any(|other| other.is(&token.text));
    image.stem.iter().filter(shared).collect()
}

/// Stems without the parts at their ends that all have.
fn trimmed(stems: &[Vec<&Token>]) -> Vec<String> {
    let mut stems: Vec<&[&Token]> = stems.iter().map(Vec::as_slice).collect();
    let text = |stem: &&[&Token]| text_of(stem.iter().copied());
    while stems.len() > 1 {
        let last = stems[0].last().map(|token| token.text.as_str());
        let all =
            |stem: &&[&Token]| stem.len() > 1 && stem.last().is_some_and(|token| Some(token.text.as_str()) == last);
        if !stems.iter().all(all) {
            break;
        }
        let shorter: Vec<&[&Token]> = stems.iter().map(|stem| &stem[..stem.len() - 1]).collect();
        if !is_unique(&shorter.iter().map(text).collect::<Vec<_>>()) {
            break;
        }
        stems = shorter;
    }
    stems.iter().map(text).collect()
}

/// For each pair, its folders that are not the same for all and not only words for image or mask.
fn varying_folders(pairs: &[(&Name, Vec<&Name>)]) -> Vec<Vec<String>> {
    let depth = pairs.iter().map(|(image, _)| image.folders.len()).min().unwrap_or(0);
    let varies = |at: &usize| {
        let values: BTreeSet<&str> = pairs.iter().map(|(image, _)| image.folders[*at].as_str()).collect();
        let says_nothing = |folder: &&str| tokens(folder).iter().all(|token| token.role.is_some());
        values.len() > 1 && !values.iter().all(says_nothing)
    };
    let kept: Vec<usize> = (0..depth).filter(varies).collect();
    pairs
        .iter()
        .map(|(image, _)| kept.iter().map(|&at| image.folders[at].clone()).collect())
        .collect()
}

/// The first folder as the patient, where it holds several cases whose names begin with its own.
fn patients(ids: &[String], folders: &[Vec<String>]) -> Vec<Option<String>> {
    let first: Option<Vec<&String>> = folders.iter().map(|folders| folders.first()).collect();
    let Some(first) = first else {
        return vec![None; ids.len()];
    };
    let groups = first.iter().collect::<BTreeSet<_>>().len() < ids.len();
    let begins = ids
        .iter()
        .zip(&first)
        .all(|(id, folder)| id.starts_with(folder.as_str()));
    if groups && begins {
        first.into_iter().map(|folder| Some(folder.clone())).collect()
    } else {
        vec![None; ids.len()]
    }
}

fn is_unique(ids: &[String]) -> bool {
    ids.iter().collect::<HashSet<_>>().len() == ids.len() && ids.iter().all(|id| !id.is_empty())
}
