//! NRRD: attached and detached headers, every encoding of the format, Slicer's segmentations (`.seg.nrrd`) included.
//!
//! `space directions` are the columns of the affine, spacing is their length (as ITK computes both), `space origin` is the
//! centre of the first voxel; RAS and LAS spaces are turned to LPS. `old min` and `old max` do not rescale. A data file is
//! looked for beside its header and nowhere else.
//!
//! Reference: the NRRD format definition (teem.sourceforge.net/nrrd/format.html); 3D Slicer's segmentation storage.

mod data;
mod files;
mod header;
mod orientation;
mod segmentation;
mod text;
mod write;

use std::io::Read;
use std::path::PathBuf;

use self::data::{Encoding, Parts};
use self::header::Several;
use self::text::{DATA_FILE, Text};
pub use self::write::write_nrrd;
use super::bytes::{self, Behind};
use super::hints::{Hints, Volumes};
use super::place::Place;
use super::stream::Voxels;
use super::{Content, Grid, Header, Labels, Source};
use crate::volume::error::VolumeError;

/// The NRRD format.
pub struct Nrrd;

impl Source for Nrrd {
    fn name(&self) -> &'static str {
        "NRRD"
    }

    fn endings(&self) -> &'static str {
        ".nrrd, .nhdr, .seg.nrrd"
    }

    fn recognises(&self, place: &Place) -> bool {
        place.head().starts_with(b"NRRD00")
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        let file = bytes::File::open(path)?;
        let wrapped = file.gzip;
        let length = file.length;
        let behind = Behind::default();
        let mut content = file.content(&behind);
        let text = Text::read(path, &mut content)?;
        let parsed = text.parse()?;
        let layout = parsed.layout;
        let bytes = (parsed.count as u64)
            .saturating_mul(layout.stored.bytes() as u64)
            .saturating_mul(layout.components as u64);
        let stream: Box<dyn Read + Send> = match &parsed.files {
            None => {
                let left = if wrapped {
                    u64::MAX
                } else {
                    length.saturating_sub(text.length as u64)
                };
                parsed.written.stream(path, content, left, bytes, &behind)?
            }
            Some(files) => {
                let each = bytes
                    .checked_div(files.len() as u64)
                    .filter(|_| bytes.is_multiple_of(files.len() as u64))
                    .ok_or_else(|| {
                        text.bad(
                            "data file",
                            format!("{} files cannot share {bytes} bytes evenly", files.len()),
                        )
                    })?;
                Box::new(Parts::new(files, each, parsed.written, behind.clone()))
            }
        };
        let checked = matches!(parsed.written.encoding, Encoding::Gzip | Encoding::Bzip2)
            && parsed.files.as_ref().is_none_or(|files| files.len() == 1);
        let grid = Grid {
            header: Header {
                path: path.to_path_buf(),
                format: "NRRD",
                fields: ["sizes", "space directions", "space origin", "space directions"],
                geometry: parsed.geometry,
                sample_type: layout.stored,
                components: match parsed.several {
                    Several::Volumes => 1,
                    Several::List | Several::Numbers => layout.components,
                },
                plane: parsed.plane,
                warnings: parsed.warnings,
            },
            voxels: Voxels {
                path: path.to_path_buf(),
                bytes: stream,
                layout,
                count: parsed.count,
                checked,
                behind,
            },
            hints: Hints {
                volumes: match parsed.several {
                    Several::Volumes => Volumes::of(layout.components, || {
                        format!("the fourth of the sizes is {}", layout.components)
                    }),
                    Several::List if parsed.segments.is_empty() => Volumes::of(layout.components, || {
                        format!("{} components a voxel along a list axis", layout.components)
                    }),
                    Several::List | Several::Numbers => None,
                },
                ..Hints::default()
            },
        };
        Ok(if parsed.segments.is_empty() {
            Content::Image(grid)
        } else {
            Content::Labels(Labels {
                grid,
                segments: parsed.segments,
            })
        })
    }

    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        let path = place.path();
        let text = Text::read(path, &mut bytes::File::open(path)?.content(&Behind::default()))?;
        if text.field(DATA_FILE).is_none() {
            return Ok(Vec::new());
        }
        Ok(text.parse()?.files.unwrap_or_default())
    }
}
