//! Scans read for the viewer: the image, one or two masks on its grid, and what is measured of them.

use std::path::Path;
use std::sync::Arc;

use crate::figure::section::Footprint;
use crate::message::Message;
use crate::message::english::slices as words;
use crate::tui::snapshot::{INTENSITIES, Picture};
use crate::volume::overlap::{self, MaskAgreement};
use crate::volume::{Extent, IndexBox, LabelChoice, LoadOptions, Mask, Volume, load, read_volume};

/// An image alone.
pub(super) fn image_of(image: &Path) -> Result<Picture, Message> {
    Ok(Picture {
        volume: read_volume(image).map_err(|error| Message::verbatim(error.to_string()))?,
        mask: None,
        second: None,
        agreement: None,
        intensities: Vec::new(),
        voxels: 0,
        footprint: None,
        warnings: Vec::new(),
    })
}

/// The scan of an image and a mask, with the second reader's mask where there is one.
pub(super) fn picture_of(
    image: &Path,
    mask: &Path,
    second: Option<&Path>,
    label: &LabelChoice,
) -> Result<Picture, Message> {
    let options = LoadOptions {
        label: label.clone(),
        extent: Extent::Whole,
        facts: false,
        ..LoadOptions::default()
    };
    let scan = load(image, mask, &options).map_err(|error| Message::verbatim(error.to_string()))?;
    let mut warnings: Vec<Message> = scan.warnings.iter().map(Message::verbatim).collect();
    let second: Option<Mask> = second.and_then(|path| match load(image, path, &options) {
        Ok(scan) => Some(scan.mask),
        Err(error) => {
            warnings.push(words::second_mask(error.to_string()));
            None
        }
    });
    let voxels = scan.mask.count();
    Ok(Picture {
        agreement: second.as_ref().and_then(|second| agreement(&scan.mask, second)),
        intensities: intensities(&scan.image, &scan.mask, voxels),
        voxels,
        footprint: Some(Footprint::of(&scan.mask)),
        volume: Arc::unwrap_or_clone(scan.image),
        mask: Some(scan.mask),
        second,
        warnings,
    })
}

/// How far two masks agree, measured in the box around both: a whole scan of distances would be many times its size.
fn agreement(first: &Mask, second: &Mask) -> Option<MaskAgreement> {
    let size = first.geometry.size;
    if second.geometry.size != size {
        return None;
    }
    let (a, b) = (first.bounding_box()?, second.bounding_box()?);
    let start = [0, 1, 2].map(|axis| a.start[axis].min(b.start[axis]));
    let both = IndexBox {
        start,
        size: [0, 1, 2].map(|axis| a.end()[axis].max(b.end()[axis]) - start[axis]),
    };
    // One voxel of room, so that the box's faces are no surfaces.
    let part = both.widened(1, size);
    overlap::agreement(&first.crop(&part), &second.crop(&part)).ok()
}

/// The image's values inside the mask, evenly thinned where there are very many.
fn intensities(image: &Volume, mask: &Mask, voxels: usize) -> Vec<f64> {
    let step = voxels.div_ceil(INTENSITIES).max(1);
    mask.voxels
        .iter()
        .enumerate()
        .filter(|(_, inside)| **inside)
        .step_by(step)
        .map(|(place, _)| image.samples.get(place))
        .collect()
}
