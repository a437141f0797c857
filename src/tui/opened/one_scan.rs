//! A scan without a study.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::picture::{self, Second};
use crate::figure::section::Viewing;
use crate::message::Message;
use crate::message::english::mending as mending_words;
use crate::message::english::opened as words;
use crate::study::mended::Original;
use crate::tui::snapshot::{Case, Picture, Snapshot};
use crate::tui::source::{Source, Told};
use crate::volume::LabelChoice;
use crate::volume::mend::Mending;

/// A scan without a study.
pub struct OneScan {
    viewing: Viewing,
    name: String,
    /// The mask that was mended last, with its value
    mended: Mutex<Option<(PathBuf, u32)>>,
}

impl OneScan {
    /// What is looked at, and its name.
    pub fn new(viewing: Viewing, name: String) -> Self {
        Self {
            viewing,
            name,
            mended: Mutex::default(),
        }
    }

    fn mended(&self) -> MutexGuard<'_, Option<(PathBuf, u32)>> {
        self.mended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mask that is looked at now, and which of its voxels are the region.
    fn mask(&self) -> (Option<PathBuf>, LabelChoice) {
        match &*self.mended() {
            Some((mask, value)) => (Some(mask.clone()), LabelChoice::Value(i64::from(*value))),
            None => (self.viewing.mask.clone(), self.viewing.label.clone()),
        }
    }
}

impl Source for OneScan {
    fn snapshot(&self) -> Result<Snapshot, Message> {
        Ok(Snapshot {
            name: self.name.clone(),
            cases: vec![Case {
                id: self.name.clone(),
                image: Some(self.viewing.image.clone()),
                mask: self.mask().0,
                ..Case::default()
            }],
            ..Snapshot::default()
        })
    }

    fn picture(&self, case: &Case) -> Result<Picture, Message> {
        let image = case.image.as_ref().ok_or(words::NO_IMAGE)?;
        match self.mask() {
            (Some(mask), label) => picture::picture_of(image, &mask, &Second::None, &label),
            (None, _) => picture::image_of(image),
        }
    }

    fn mend(&self, _case: &Case, mending: &Mending) -> Told {
        let (mask, label) = self.mask();
        let value = match &label {
            LabelChoice::Value(label) => u32::try_from(*label).unwrap_or(1).max(1),
            LabelChoice::Segment(_) | LabelChoice::Any => 1,
        };
        let original = Original {
            image: self.viewing.image.clone(),
            mask,
            label,
        };
        let kept = original
            .keep_beside(None, mending, value)
            .map_err(|error| Message::verbatim(error.to_string()))?;
        let said = mending_words::kept(kept.mask.display().to_string(), kept.voxels);
        *self.mended() = Some((kept.mask, value));
        Ok(said)
    }
}
