//! Scans read for the viewer: the image, one or two masks on its grid, and what is measured of them.

use std::path::Path;
use std::sync::Arc;

use crate::features::perturb::redrawn_mask;
use crate::figure::section::Footprint;
use crate::message::Message;
use crate::message::english::slices as words;
use crate::study::input::virtual_reader::VirtualReader;
use crate::tui::snapshot::{INTENSITIES, Picture, SecondMask};
use crate::volume::overlap::{self, MaskAgreement};
use crate::volume::{Extent, IndexBox, LabelChoice, LoadOptions, Mask, Volume, load, read_volume};

/// An image alone.
pub(super) fn image_of(image: &Path) -> Result<Picture, Message> {
    Ok(Picture {
        volume: read_volume(image).map_err(|error| Message::verbatim(error.to_string()))?,
        mask: None,
        second: Vec::new(),
        intensities: Vec::new(),
        voxels: 0,
        footprint: None,
        warnings: Vec::new(),
    })
}

/// So many of a virtual reader's masks are made to be looked at.
const MOST: usize = 9;

/// A mask or why there is none, and which of how many readings of a virtual reader it is.
type Read = (Result<Mask, String>, Option<(usize, usize)>);

/// Who reads a case again.
pub(super) enum Second<'a> {
    /// Nobody
    None,
    /// A person, whose mask lies there
    Person(&'a Path),
    /// A virtual reader
    Virtual(&'a VirtualReader, &'a str),
}

/// The scan of an image and a mask, with the second reader's mask where there is one.
pub(super) fn picture_of(image: &Path, mask: &Path, second: &Second, label: &LabelChoice) -> Result<Picture, Message> {
    let options = LoadOptions {
        label: label.clone(),
        extent: Extent::Whole,
        facts: false,
        ..LoadOptions::default()
    };
    let scan = load(image, mask, &options).map_err(|error| Message::verbatim(error.to_string()))?;
    let mut warnings: Vec<Message> = scan.warnings.iter().map(Message::verbatim).collect();
    let masks: Vec<Read> = match second {
        Second::None => Vec::new(),
        Second::Person(path) => {
            let read = load(image, path, &options).map(|scan| scan.mask);
            vec![(read.map_err(|error| error.to_string()), None)]
        }
        Second::Virtual(reader, case) => (1..=reader.readings.min(MOST))
            .map(|number| {
                let drawn = redrawn_mask(&scan, &reader.steps, reader.seed_of(case, number));
                let drawn = drawn.map_err(|error| error.to_string());
                (drawn, Some((number, reader.readings)))
            })
            .collect(),
    };
    let mut seconds = Vec::new();
    for (read, virtual_reading) in masks {
        match read {
            Ok(second) => seconds.push(SecondMask {
                agreement: agreement(&scan.mask, &second),
                mask: second,
                virtual_reading,
            }),
            Err(error) => warnings.push(words::second_mask(error)),
        }
    }
    let voxels = scan.mask.count();
    Ok(Picture {
        intensities: intensities(&scan.image, &scan.mask, voxels),
        voxels,
        footprint: Some(Footprint::of(&scan.mask)),
        volume: Arc::unwrap_or_clone(scan.image),
        mask: Some(scan.mask),
        second: seconds,
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
