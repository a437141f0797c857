//! The labels of a mask: which there are, and how many voxels have each.

use std::path::Path;

use super::census::{Census, Contents};
use super::error::VolumeError;
use super::samples::each_type;
use super::source::open;

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

/// What the first layer of a file holds.
pub(super) fn first_contents(path: &Path) -> Result<Contents, VolumeError> {
    let mut census = Census::default();
    let mask = open(path)?.into_labels()?;
    mask.grid.voxels.each_chunk(&[0], &mut |_, chunk| {
        each_type!(chunk.samples, values => census.add(chunk.start, values, &mut |_, _, _| {}));
    })?;
    Ok(census.finish(&mut |_, _, _| {}))
}

/// Lists the labels of a mask, by layer, then ascending; 0 is left out.
pub fn labels(path: &Path) -> Result<Vec<LabelCount>, VolumeError> {
    let mask = open(path)?.into_labels()?;
    let layers: Vec<usize> = (0..mask.grid.header.components).collect();
    let mut censuses: Vec<Census> = layers.iter().map(|_| Census::default()).collect();
    mask.grid.voxels.each_chunk(&layers, &mut |layer, chunk| {
        each_type!(chunk.samples, values => censuses[layer].add(chunk.start, values, &mut |_, _, _| {}));
    })?;
    let mut found = Vec::new();
    for (layer, census) in censuses.into_iter().enumerate() {
        let contents = census.finish(&mut |_, _, _| {});
        contents.check(path)?;
        contents.check_number(path)?;
        found.extend(contents.counts.into_iter().map(|(label, voxels)| {
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
    }
    Ok(found)
}
