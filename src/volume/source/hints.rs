//! What passes between whoever reads a grid and the source that makes its voxels, beyond the voxels.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::conversion::Tracer;

/// What a source knows of a grid beside its header.
#[derive(Debug, Clone, Default)]
pub(in crate::volume) struct Hints {
    /// What will be looked at
    pub needed: Needed,
    /// The frame of reference in which positions are meant, where the format names one
    pub frame_of_reference: Option<String>,
    /// The value of voxels that are no image, where the format names one
    pub padding: Option<f64>,
    /// What turns the values of a PET image into uptake values
    pub tracer: Option<Arc<dyn Tracer>>,
    /// What is found as the voxels are made
    pub remarks: Remarks,
    /// The volumes of which one is to be chosen, where the file holds several
    pub volumes: Option<Volumes>,
    /// Which number of each voxel is the image, where several lie side by side
    pub component: usize,
}

/// Several volumes in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::volume) struct Volumes {
    /// How many, from 2
    pub count: usize,
    /// What in the file says so
    pub said: String,
}

impl Volumes {
    /// So many; `None` where that is one. `said` tells what in the file says so.
    pub fn of(count: usize, said: impl FnOnce() -> String) -> Option<Self> {
        (count > 1).then(|| Self { count, said: said() })
    }
}

/// What the reader should know of a component and only the making of its voxels shows, in words.
#[derive(Debug, Clone, Default)]
pub(in crate::volume) struct Remarks(Arc<Mutex<Vec<(usize, String)>>>);

impl Remarks {
    /// Adds one about a component.
    pub fn add(&self, component: usize, remark: String) {
        let mut remarks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remarks.push((component, remark));
    }

    /// All so far with their components, in the order of these and of their words, whatever thread was first.
    pub fn take(&self) -> Vec<(usize, String)> {
        let mut remarks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        remarks.sort();
        remarks
    }
}

/// Which slices of which components will be looked at; all until it is said. A source that has to work for a slice does so
/// for these only and gives zeros for the rest.
#[derive(Debug, Clone, Default)]
pub(in crate::volume) struct Needed(Arc<OnceLock<Part>>);

#[derive(Debug)]
struct Part {
    components: Vec<usize>,
    slices: Range<usize>,
}

impl Needed {
    /// Says what will be looked at; once.
    pub fn only(&self, components: &[usize], slices: Range<usize>) {
        let part = Part {
            components: components.to_vec(),
            slices,
        };
        // What was said first has been counted on.
        let _ = self.0.set(part);
    }

    /// Whether a slice will be looked at.
    pub fn has(&self, component: usize, slice: usize) -> bool {
        self.0
            .get()
            .is_none_or(|part| part.components.contains(&component) && part.slices.contains(&slice))
    }
}
