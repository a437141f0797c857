//! Which mask goes with which image, by the names of files and folders alone.
//!
//! From the surest reading to the least sure: equal names but for words as `mask`; a mask's name with up to two parts more than
//! the image's, or fewer; equal file names in other folders; the only image of a folder. What fits two images fits none: it is
//! left over, and why is said. Nothing is read here but names.

use std::collections::{BTreeSet, HashMap};

use super::identity::identify;
use super::names::{Role, Token};
use super::path::{Candidate, Name, plain, says};

/// How many parts one of two names may have more than the other.
const MOST_MORE: usize = 2;

/// A mask of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskOf {
    /// What tells it from other masks of the image: a reader's name, say
    pub name: String,
    /// Its path from the folder on
    pub path: String,
    /// Which of its regions is meant, where it has several
    pub label: Option<String>,
}

/// An image with its masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The case, in the letters of file or folder
    pub id: String,
    /// The patient, where the folders show that several cases are of one
    pub patient: Option<String>,
    /// The image's path from the folder on
    pub image: String,
    /// Its masks, in the order of their names
    pub masks: Vec<MaskOf>,
}

/// A file that is in no pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    /// Its path from the folder on
    pub path: String,
    /// Why
    pub why: String,
}

/// What names say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairing {
    /// Images with masks, in the order of their ids
    pub cases: Vec<Paired>,
    /// Everything else
    pub left_over: Vec<LeftOver>,
}

impl Pairing {
    /// The names that masks have, with the number of images that have each; the most frequent first.
    pub fn readers(&self) -> Vec<(String, usize)> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for mask in self.cases.iter().flat_map(|case| &case.masks) {
            match counts.iter_mut().find(|(name, _)| *name == mask.name) {
                Some((_, count)) => *count += 1,
                None => counts.push((mask.name.clone(), 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// Whether an image has several masks, so that somebody has to say which is whose.
    pub fn has_choice(&self) -> bool {
        self.cases.iter().any(|case| case.masks.len() > 1)
    }
}

/// Pairs images with masks. `image` is a word that the images' names have to contain, where a case has several; `known` are the
/// ids of a table, which decide what of a name is the case's.
pub fn pair(candidates: &[Candidate], image: Option<&str>, known: &[String]) -> Pairing {
    let folders = |candidate: &Candidate| -> Vec<String> {
        let mut parts: Vec<String> = candidate.name.split('/').map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let mut shared = candidates.first().map(&folders).unwrap_or_default();
    for candidate in candidates {
        let same = shared
            .iter()
            .zip(folders(candidate))
            .take_while(|(left, right)| *left == right)
            .count();
        shared.truncate(same);
    }
    let mut names: Vec<Name> = candidates.iter().map(|one| Name::of(one, shared.len())).collect();
    let mut left_over = Vec::new();
    if let Some(word) = image {
        names.retain(|name| {
            let kept = name.role == Role::Mask || says(&name.path, word);
            if !kept {
                left_over.push(LeftOver {
                    path: name.path.clone(),
                    why: format!("its name does not say \"{word}\""),
                });
            }
            kept
        });
    }
    masks_beside_images(&mut names);
    let mut links = Links::new(&names);
    links.by_names();
    links.by_longer_images();
    links.by_file_names();
    links.by_folders();
    links.result(known, left_over)
}

/// In a folder of two files of which one says that it is an image, and no word says what the other is, the other is its mask.
fn masks_beside_images(names: &mut [Name]) {
    let mut folders: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.folders.is_empty()) {
        folders.entry(name.folder().to_owned()).or_default().push(at);
    }
    for pair in folders.into_values() {
        let [first, second] = pair[..] else { continue };
        if names[first].role != Role::Image || names[second].role != Role::Image {
            continue;
        }
        match (names[first].says_image, names[second].says_image) {
            (true, false) => names[second].role = Role::Mask,
            (false, true) => names[first].role = Role::Mask,
            (true, true) | (false, false) => {}
        }
    }
}

/// What has been found so far.
struct Links<'n> {
    names: &'n [Name],
    images: Vec<usize>,
    masks: Vec<usize>,
    /// For each mask that has one, its image
    image_of: HashMap<usize, usize>,
    /// Images that have a mask
    taken: BTreeSet<usize>,
    /// For each mask that fits several images, those
    doubtful: HashMap<usize, Vec<usize>>,
}

impl<'n> Links<'n> {
    fn new(names: &'n [Name]) -> Self {
        let of = |role| (0..names.len()).filter(|&at| names[at].role == role).collect();
        Self {
            names,
            images: of(Role::Image),
            masks: of(Role::Mask),
            image_of: HashMap::new(),
            taken: BTreeSet::new(),
            doubtful: HashMap::new(),
        }
    }

    fn link(&mut self, mask: usize, image: usize) {
        self.image_of.insert(mask, image);
        self.taken.insert(image);
        self.doubtful.remove(&mask);
    }

    fn free_masks(&self) -> Vec<usize> {
        let free = |mask: &&usize| !self.image_of.contains_key(*mask) && !self.doubtful.contains_key(*mask);
        self.masks.iter().filter(free).copied().collect()
    }

    fn free_images(&self) -> Vec<usize> {
        self.images
            .iter()
            .filter(|image| !self.taken.contains(image))
            .copied()
            .collect()
    }

    /// Equal names; else the mask's has parts more, as few as can be.
    fn by_names(&mut self) {
        let images = index(self.images.iter().map(|&at| (self.names[at].key(), at)));
        for mask in self.masks.clone() {
            let key = self.names[mask].key();
            for more in 0..=MOST_MORE {
                let fitting: BTreeSet<usize> = without(&key, more)
                    .iter()
                    .filter(|shorter| more == 0 || !shorter.is_empty())
                    .filter_map(|shorter| images.get(shorter))
                    .flatten()
                    .copied()
                    .collect();
                match fitting.len() {
                    0 => continue,
                    1 => fitting.into_iter().for_each(|image| self.link(mask, image)),
                    _ => {
                        self.doubtful.insert(mask, fitting.into_iter().collect());
                    }
                }
                break;
            }
        }
    }

    /// The image's name has parts more.
    fn by_longer_images(&mut self) {
        let masks = index(self.free_masks().into_iter().map(|at| (self.names[at].key(), at)));
        let mut fitting: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for image in self.free_images() {
            let key = self.names[image].key();
            for more in 1..=MOST_MORE {
                let found: BTreeSet<usize> = without(&key, more)
                    .iter()
                    .filter(|shorter| !shorter.is_empty())
                    .filter_map(|shorter| masks.get(shorter))
                    .flatten()
                    .copied()
                    .collect();
                if !found.is_empty() {
                    for mask in found {
                        fitting.entry(mask).or_default().insert(image);
                    }
                    break;
                }
            }
        }
        self.take(fitting);
    }

    /// The files' names are equal, the folders are not.
    fn by_file_names(&mut self) {
        let stem = |at: usize| plain(self.names[at].stem.iter());
        let images = index(self.free_images().into_iter().map(|at| (stem(at), at)));
        let mut fitting: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for mask in self.free_masks() {
            let key = stem(mask);
            if let Some(found) = images.get(&key).filter(|_| !key.is_empty()) {
                fitting.insert(mask, found.iter().copied().collect());
            }
        }
        // Names that are everywhere the same, as 1.nii in every patient's folder, say nothing: the folders may.
        fitting.retain(|_, images| images.len() == 1);
        self.take(fitting);
    }

    /// The nearest folder that holds one image, however deep, and masks.
    fn by_folders(&mut self) {
        let mut images_below: HashMap<&str, usize> = HashMap::new();
        for &image in &self.images {
            for folder in ancestors(&self.names[image]) {
                *images_below.entry(folder).or_default() += 1;
            }
        }
        let mut masks_below: HashMap<&str, Vec<usize>> = HashMap::new();
        for mask in self.free_masks() {
            for folder in ancestors(&self.names[mask]) {
                masks_below.entry(folder).or_default().push(mask);
            }
        }
        let mut found = Vec::new();
        for image in self.free_images() {
            for folder in ancestors(&self.names[image]) {
                if images_below[folder] > 1 {
                    break;
                }
                if let Some(masks) = masks_below.get(folder) {
                    found.extend(masks.iter().map(|&mask| (mask, image)));
                    break;
                }
            }
        }
        for (mask, image) in found {
            self.link(mask, image);
        }
    }

    fn take(&mut self, fitting: HashMap<usize, BTreeSet<usize>>) {
        for (mask, images) in fitting {
            let images: Vec<usize> = images.into_iter().collect();
            match images[..] {
                [image] => self.link(mask, image),
                _ => {
                    self.doubtful.insert(mask, images);
                }
            }
        }
    }

    fn result(&self, known: &[String], mut left_over: Vec<LeftOver>) -> Pairing {
        let mut pairs: Vec<(&Name, Vec<&Name>)> = Vec::new();
        for &image in &self.taken {
            let masks = self.masks.iter().filter(|mask| self.image_of.get(mask) == Some(&image));
            pairs.push((&self.names[image], masks.map(|&mask| &self.names[mask]).collect()));
        }
        let identities = identify(&pairs, known);
        let mut cases: Vec<Paired> = pairs
            .iter()
            .zip(identities)
            .map(|((image, masks), (id, patient))| Paired {
                id,
                patient,
                image: image.path.clone(),
                masks: masks_of(image, masks),
            })
            .collect();
        cases.sort_by(|a, b| (&a.id, &a.image).cmp(&(&b.id, &b.image)));
        for image in self.free_images() {
            left_over.push(LeftOver {
                path: self.names[image].path.clone(),
                why: "no mask goes with it".to_owned(),
            });
        }
        for &mask in self.masks.iter().filter(|mask| !self.image_of.contains_key(mask)) {
            let why = match self.doubtful.get(&mask) {
                None => "no image goes with it".to_owned(),
                Some(images) => format!(
                    "it fits {} images ({}); a word in the names of the right ones tells them apart",
                    images.len(),
                    images
                        .iter()
                        .take(3)
                        .map(|&at| self.names[at].path.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            };
            left_over.push(LeftOver {
                path: self.names[mask].path.clone(),
                why,
            });
        }
        left_over.sort_by(|a, b| a.path.cmp(&b.path));
        Pairing { cases, left_over }
    }
}

/// The masks of an image, each with what tells it from the others.
fn masks_of(image: &Name, masks: &[&Name]) -> Vec<MaskOf> {
    let short = |mask: &Name| {
        let mut of_image: Vec<&Token> = image.parts().collect();
        let mut own: Vec<&str> = Vec::new();
        for token in mask.parts().filter(|token| token.role.is_none()) {
            match of_image.iter().position(|other| other.is(&token.text)) {
                Some(at) => {
                    of_image.remove(at);
                }
                None => own.push(&token.text),
            }
        }
        if own.is_empty() {
            own = mask
                .parts()
                .filter(|token| token.role == Some(Role::Mask))
                .map(|token| token.text.as_str())
                .collect();
        }
        own.join(" ")
    };
    let mut named: Vec<MaskOf> = masks
        .iter()
        .map(|mask| MaskOf {
            name: short(mask),
            path: mask.path.clone(),
            label: None,
        })
        .collect();
    let twice = |named: &[MaskOf], at: usize| named.iter().filter(|other| other.name == named[at].name).count() > 1;
    for at in (0..named.len()).filter(|&at| twice(&named, at)).collect::<Vec<_>>() {
        let mask = &mut named[at];
        let file = mask.path.rsplit('/').next().unwrap_or_default();
        file.clone_into(&mut mask.name);
    }
    named.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    named
}

/// The folders above a path, the nearest first, below what all paths share.
fn ancestors(name: &Name) -> impl Iterator<Item = &str> {
    let mut rest = name.folder();
    (0..name.folders.len()).map(move |_| {
        let folder = rest;
        rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
        folder
    })
}

fn index(entries: impl Iterator<Item = (Vec<String>, usize)>) -> HashMap<Vec<String>, Vec<usize>> {
    let mut index: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for (key, at) in entries {
        index.entry(key).or_default().push(at);
    }
    index
}

/// A key with so many of its parts left out, in every way.
fn without(key: &[String], fewer: usize) -> Vec<Vec<String>> {
    if fewer == 0 {
        return vec![key.to_vec()];
    }
    let mut found = BTreeSet::new();
    for at in 0..key.len() {
        let mut shorter = key.to_vec();
        shorter.remove(at);
        found.extend(without(&shorter, fewer - 1));
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
