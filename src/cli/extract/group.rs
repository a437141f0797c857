//! Cases that share an image are done together: it is decoded once, and so is each mask.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::batch::Case;
use super::resume;
use crate::study::input::stamp::Sighting;

/// How many masks of one image are open together; their regions are in memory until all are done.
const MOST_MASKS: usize = 16;

/// Which cases are done together: places in the table, group after group.
///
/// Of a table of many rows it holds a number for each, and one more for each group.
#[derive(Debug, Default)]
pub struct Groups {
    places: Vec<usize>,
    ends: Vec<usize>,
}

impl Groups {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The places of one group, ascending.
    pub fn get(&self, group: usize) -> &[usize] {
        let begin = group.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.places[begin..self.ends[group]]
    }
}

/// The cases by image, channel and volume, as places in `cases`, in the order in which each group's first case comes.
pub fn groups(cases: &[Case]) -> Groups {
    let key = |place: usize| (cases[place].image.as_path(), cases[place].channel, cases[place].volume);
    let mut by_image: Vec<usize> = (0..cases.len()).collect();
    by_image.sort_by(|&a, &b| key(a).cmp(&key(b)).then(a.cmp(&b)));
    // Where each group begins and ends among them.
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut masks: BTreeSet<&Path> = BTreeSet::new();
    for (at, &place) in by_image.iter().enumerate() {
        let mask = cases[place].mask.as_path();
        let together =
            at > 0 && key(by_image[at - 1]) == key(place) && (masks.contains(mask) || masks.len() < MOST_MASKS);
        match found.last_mut() {
            Some((_, end)) if together => *end = at + 1,
            _ => {
                masks.clear();
                found.push((at, at + 1));
            }
        }
        masks.insert(mask);
    }
    found.sort_by_key(|&(begin, _)| by_image[begin]);
    let mut groups = Groups {
        places: Vec::with_capacity(cases.len()),
        ends: Vec::with_capacity(found.len()),
    };
    for (begin, end) in found {
        groups.places.extend(&by_image[begin..end]);
        groups.ends.push(groups.places.len());
    }
    groups
}

/// What the file system says of the files of some cases, each looked at once.
#[derive(Default)]
pub struct Seen {
    files: HashMap<PathBuf, Option<Vec<Sighting>>>,
    holding: HashMap<Sighting, bool>,
}

impl Seen {
    /// Looks at an image or a mask, if that has not been done.
    pub fn look(&mut self, path: &Path) {
        self.files
            .entry(path.to_path_buf())
            .or_insert_with(|| resume::files(path));
    }

    /// Whether a file is still as it was seen, by whomever.
    pub fn holds(&mut self, sighting: &Sighting) -> bool {
        if let Some(&holds) = self.holding.get(sighting) {
            return holds;
        }
        let holds = sighting.holds();
        self.holding.insert(sighting.clone(), holds);
        holds
    }

    /// Forgets the files that are not as they were when they were looked at.
    pub fn look_again(&mut self) {
        for files in self.files.values_mut() {
            if files.as_ref().is_some_and(|files| !files.iter().all(Sighting::holds)) {
                *files = None;
            }
        }
    }

    /// The files of a case as they were before and after they were read; `None` where they changed or cannot be looked at.
    pub fn files_of(&self, case: &Case) -> Option<Vec<Sighting>> {
        let of = |path: &Path| self.files.get(path)?.clone();
        let mut files = of(&case.image)?;
        files.extend(of(&case.mask)?);
        Some(files)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::volume::LabelChoice;

    #[test]
    fn cases_of_one_image_are_together_and_not_too_many_of_its_masks() {
        let case = |number: usize, image: &str, mask: &str| Case {
            number,
            image: image.into(),
            mask: mask.into(),
            label: LabelChoice::Any,
            channel: None,
            volume: None,
            header: Arc::default(),
            cells: Vec::new(),
            fault: None,
        };
        let cases = [
            case(1, "a", "m"),
            case(2, "b", "m"),
            case(3, "a", "n"),
            case(4, "a", "m"),
        ];
        let places = |cases: &[Case]| -> Vec<Vec<usize>> {
            let groups = groups(cases);
            (0..groups.len()).map(|group| groups.get(group).to_vec()).collect()
        };
        assert_eq!(places(&cases), [vec![0, 2, 3], vec![1]]);
        assert!(places(&[]).is_empty());
        let many: Vec<Case> = (0..=MOST_MASKS)
            .map(|number| case(number, "a", &number.to_string()))
            .collect();
        assert_eq!(places(&many).iter().map(Vec::len).collect::<Vec<_>>(), [MOST_MASKS, 1]);
    }
}
