//! The labels of a mask: which there are, and how many voxels have each.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::VolumeError;
use super::samples::{Sample, each_type};
use super::source::open;

/// Voxels taken together: one word of bits.
pub(super) const WORD: usize = 64;

/// Distinct labels that are counted apart; an image taken for a mask has millions.
const MOST_LABELS: usize = 65_536;

/// How many voxels have which label.
#[derive(Debug, Default)]
pub(super) struct Census {
    counts: BTreeMap<u32, u64>,
    run: (u32, u64),
}

impl Census {
    /// Counts the labels of some voxels.
    pub fn add<T: Sample>(&mut self, values: &[T]) {
        for block in values.chunks(WORD) {
            if all_zero(block) {
                continue;
            }
            for value in block {
                self.add_label(value.to_label());
            }
        }
    }

    #[inline]
    pub fn add_label(&mut self, label: u32) {
        if label == self.run.0 {
            self.run.1 += 1;
        } else {
            self.close_run();
            self.run = (label, 1);
        }
    }

    fn close_run(&mut self) {
        let (label, length) = std::mem::take(&mut self.run);
        if length > 0 && label != 0 && (self.counts.len() < MOST_LABELS || self.counts.contains_key(&label)) {
            *self.counts.entry(label).or_default() += length;
        }
    }

    /// The labels but 0, ascending, each with its count.
    pub fn counts(mut self) -> Vec<(i64, u64)> {
        self.close_run();
        self.counts
            .into_iter()
            .map(|(label, count)| (i64::from(label), count))
            .collect()
    }
}

/// A label of a mask and how many voxels have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCount {
    /// The layer, 0 in all but segmentations with several
    pub layer: usize,
    /// The value
    pub label: i64,
    /// How many voxels have it
    pub voxels: u64,
    /// The segment's name, where the file names it
    pub name: Option<String>,
}

/// Lists the labels of a mask, by layer, then ascending; 0 is left out.
pub fn labels(path: &Path) -> Result<Vec<LabelCount>, VolumeError> {
    let mut found = Vec::new();
    let mut layer = 0;
    loop {
        let mask = open(path)?.into_labels();
        let layers = mask.grid.header.components;
        let mut census = Census::default();
        mask.grid.voxels.each_chunk(layer, &mut |chunk| {
            each_type!(chunk.samples, values => census.add(values));
        })?;
        found.extend(census.counts().into_iter().map(|(label, voxels)| {
            LabelCount {
                layer,
                label,
                voxels,
                name: mask
                    .segments
                    .iter()
                    .find(|segment| segment.layer == layer && segment.label == label)
                    .map(|segment| segment.name.clone()),
            }
        }));
        layer += 1;
        if layer >= layers {
            return Ok(found);
        }
    }
}

/// Whether all voxels of a block are label 0.
#[inline]
pub(super) fn all_zero<T: Sample>(block: &[T]) -> bool {
    block.iter().fold(0, |any, value| any | value.to_label()) == 0
}
