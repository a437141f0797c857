//! Cases that share an image are done together: it is decoded once, and so is each mask.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::batch::Case;
use super::resume;
use crate::study::input::stamp::Sighting;

/// How many masks of one image are open together; their regions are in memory until all are done.
const MOST_MASKS: usize = 16;

/// The cases by image and channel, as places in `cases`, in the order in which each image comes first.
pub fn groups(cases: &[Case]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(BTreeSet<&Path>, Vec<usize>)> = Vec::new();
    let mut open: HashMap<(&Path, Option<i64>), usize> = HashMap::new();
    for (place, case) in cases.iter().enumerate() {
        let key = (case.image.as_path(), case.channel);
        let mask = case.mask.as_path();
        let group = open.get(&key).copied().filter(|&group| {
            let masks = &groups[group].0;
            masks.contains(mask) || masks.len() < MOST_MASKS
        });
        let group = group.unwrap_or_else(|| {
            groups.push((BTreeSet::new(), Vec::new()));
            open.insert(key, groups.len() - 1);
            groups.len() - 1
        });
        groups[group].0.insert(mask);
        groups[group].1.push(place);
    }
    groups.into_iter().map(|(_, places)| places).collect()
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
        assert_eq!(groups(&cases), [vec![0, 2, 3], vec![1]]);
        let many: Vec<Case> = (0..=MOST_MASKS)
            .map(|number| case(number, "a", &number.to_string()))
            .collect();
        assert_eq!(groups(&many).iter().map(Vec::len).collect::<Vec<_>>(), [MOST_MASKS, 1]);
    }
}
