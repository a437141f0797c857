//! MetaImage: `.mha` with the voxels behind the header, `.mhd` with them in a file beside it, raw or compressed by zlib.
//!
//! Positions are LPS millimetres, as ITK has them; `AnatomicalOrientation` says the same in words and decides nothing.
//!
//! Reference: the MetaIO documentation of ITK.

mod header;

use std::io::Read;
use std::path::PathBuf;

use flate2::read::ZlibDecoder;

use self::header::Text;
use super::bytes::{self, Behind};
use super::checks::voxel_count;
use super::hints::{Hints, Volumes};
use super::place::Place;
use super::stream::{Layout, Voxels};
use super::{Content, Grid, Header, Source};
use crate::volume::error::VolumeError;

/// The MetaImage format.
pub struct MetaImage;

impl Source for MetaImage {
    fn name(&self) -> &'static str {
        "MetaImage"
    }

    fn endings(&self) -> &'static str {
        ".mha, .mhd"
    }

    fn recognises(&self, place: &Place) -> bool {
        [&b"ObjectType"[..], b"NDims"]
            .iter()
            .any(|start| place.head().starts_with(start))
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        let file = bytes::File::open(path)?;
        let (wrapped, length) = (file.gzip, file.length);
        let behind = Behind::default();
        let mut content = file.content(&behind);
        let text = Text::read(path, &mut content)?;
        let (axes, size, volumes) = text.size()?;
        let stored = text.sample_type()?;
        if text
            .value(&["ElementNumberOfChannels"])
            .is_some_and(|count| count != "1")
        {
            return Err(text.unsupported("several values a voxel".to_string()));
        }
        if text.value(&["BinaryData"]).is_some() && !text.flag(&["BinaryData"]) {
            return Err(text.unsupported("voxels written as text".to_string()));
        }
        let geometry = text.geometry(axes, size)?;
        let count = voxel_count(path, size, stored.bytes())?;
        let bytes = (count as u64)
            .saturating_mul(stored.bytes() as u64)
            .saturating_mul(volumes as u64);
        let compressed = text.flag(&["CompressedData"]);
        let (voxels_in, mut stream, left): (PathBuf, Box<dyn Read + Send>, u64) = match text.data_file()? {
            None if wrapped => (path.to_path_buf(), Box::new(content), u64::MAX),
            None => (
                path.to_path_buf(),
                Box::new(content),
                length.saturating_sub(text.length),
            ),
            Some(data) => {
                let file = bytes::File::open(&data)?;
                let left = file.length;
                (data, Box::new(file.reader), left)
            }
        };
        let skipped = match text.numbers(&["HeaderSize"], 1)?.as_deref() {
            // All that stands before the last voxel's bytes.
            Some([number]) if *number == -1.0 && !compressed => left.saturating_sub(bytes),
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative; what is beyond the file is refused below"
            )]
            Some([number]) if *number >= 0.0 => *number as u64,
            Some(_) => return Err(text.bad("HeaderSize", "it is neither -1 nor a number of bytes".to_string())),
            None => 0,
        };
        let left = left.saturating_sub(skipped);
        let most = if compressed { bytes::most_gunzipped(left) } else { left };
        if most < bytes {
            return Err(VolumeError::Truncated {
                path: voxels_in,
                expected: bytes,
                found: most,
            });
        }
        bytes::skip(&mut *stream, skipped).map_err(|error| VolumeError::open(&voxels_in, error))?;
        if compressed {
            stream = Box::new(ZlibDecoder::new(stream));
        }
        let layout = Layout {
            stored,
            big_endian: text.flag(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]),
            scale: None,
            components: volumes,
            interleaved: false,
        };
        Ok(Content::Image(Grid {
            header: Header {
                path: path.to_path_buf(),
                format: "MetaImage",
                fields: ["DimSize", "ElementSpacing", "Offset", "TransformMatrix"],
                geometry,
                sample_type: stored,
                components: 1,
                plane: axes == 2,
                warnings: Vec::new(),
            },
            voxels: Voxels {
                path: voxels_in,
                bytes: stream,
                layout,
                count,
                checked: compressed || wrapped,
                behind,
            },
            hints: Hints {
                volumes: Volumes::of(volumes, || format!("the fourth number of DimSize is {volumes}")),
                ..Hints::default()
            },
        }))
    }

    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        let path = place.path();
        let text = Text::read(path, &mut bytes::File::open(path)?.content(&Behind::default()))?;
        Ok(text.data_file()?.into_iter().collect())
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use std::io::Write;

    use crate::volume::{files, read_volume};

    const HEADER: &str = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
                          TransformMatrix = 0 1 0 -1 0 0 0 0 1\nOffset = 1 2 3\nElementSpacing = 0.5 0.75 2\nDimSize = 3 2 2\n\
                          ElementType = MET_SHORT\n";

    fn voxels() -> Vec<u8> {
        (0..12i16).flat_map(|value| (value * 100 - 500).to_le_bytes()).collect()
    }

    #[test]
    fn voxels_behind_the_header_and_beside_it_and_compressed_are_one_volume() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("a.mha");
        let mut bytes = format!("{HEADER}ElementDataFile = LOCAL\n").into_bytes();
        bytes.extend(voxels());
        std::fs::write(&local, &bytes).unwrap();
        let volume = read_volume(&local).unwrap();
        assert_eq!(volume.geometry.size, [3, 2, 2]);
        assert_eq!(volume.geometry.spacing, [0.5, 0.75, 2.0]);
        assert_eq!(volume.geometry.origin, [1.0, 2.0, 3.0]);
        // A row of the matrix is an axis: x of the grid runs along y of the world.
        assert_eq!(
            volume.geometry.direction,
            [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
        );
        assert_eq!(volume.all_values()[[1, 1, 2]], 600.0);
        let apart = folder.path().join("b.mhd");
        std::fs::write(&apart, format!("{HEADER}HeaderSize = -1\nElementDataFile = b.raw\n")).unwrap();
        std::fs::write(folder.path().join("b.raw"), [&[7; 9][..], &voxels()].concat()).unwrap();
        assert_eq!(read_volume(&apart).unwrap(), volume);
        assert_eq!(files(&apart).unwrap(), [apart.clone(), folder.path().join("b.raw")]);
        let packed = folder.path().join("c.mhd");
        std::fs::write(
            &packed,
            format!("{HEADER}CompressedData = True\nElementDataFile = c.zraw\n"),
        )
        .unwrap();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&voxels()).unwrap();
        std::fs::write(folder.path().join("c.zraw"), encoder.finish().unwrap()).unwrap();
        assert_eq!(read_volume(&packed).unwrap(), volume);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mha");
        for (from, to, part) in [
            ("DimSize = 3 2 2", "DimSize = 3 -2 2", "DimSize"),
            (
                "DimSize = 3 2 2",
                "DimSize = 4000000000 4000000000 4000000000",
                "more than any file",
            ),
            ("DimSize = 3 2 2", "DimSize = 30 20 20", "truncated"),
            ("MET_SHORT", "MET_OTHER", "MET_OTHER"),
            ("ElementSpacing = 0.5", "ElementSpacing = 0", "ElementSpacing"),
            ("0 1 0 -1 0 0", "0 1 0 0 1 0", "right angles"),
            (
                "ElementDataFile = LOCAL",
                "ElementDataFile = ../secret",
                "beside the header",
            ),
            ("ElementDataFile = LOCAL", "ElementDataFile = LIST", "each slice"),
        ] {
            let text = format!("{HEADER}ElementDataFile = LOCAL\n").replace(from, to);
            std::fs::write(&path, [text.as_bytes(), &voxels()].concat()).unwrap();
            let said = read_volume(&path).map(|_| ()).unwrap_err().to_string();
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
