//! Pictures: PNG and TIFF of one grey a pixel, as scanners of films, ultrasound and microscopes write them. A picture is a plane, pages of
//! a TIFF are the slices of a volume, as SimpleITK reads both.
//!
//! What a picture says of distances is little or nothing; what is taken for them is a remark of the header.

mod png;
mod tiff;

use std::io::Cursor;
use std::path::Path;

pub(in crate::volume) use self::png::Png;
pub(in crate::volume) use self::tiff::Tiff;
use super::checks::voxel_count;
use super::hints::Hints;
use super::place::Place;
use super::stream::Voxels;
use super::{Content, Grid, Header};
use crate::volume::error::VolumeError;
use crate::volume::geometry::Geometry;
use crate::volume::samples::SampleType;

/// The most bytes that a picture may have once it is unpacked: it is unpacked as a whole.
const MOST: usize = 1 << 30;

/// What a picture says before its pixels are read.
struct Sheet {
    format: &'static str,
    fields: [&'static str; 4],
    size: [usize; 3],
    spacing: [f64; 2],
    stored: SampleType,
    big_endian: bool,
    warnings: Vec<String>,
}

impl Sheet {
    /// How many bytes its pixels take, unpacked.
    ///
    /// # Errors
    /// Where these are too many to be unpacked at once.
    fn bytes(&self, path: &Path) -> Result<usize, VolumeError> {
        let count = voxel_count(path, self.size, self.stored.bytes())?;
        let bytes = count.saturating_mul(self.stored.bytes());
        if bytes > MOST {
            return Err(VolumeError::Unsupported {
                path: path.to_path_buf(),
                what: format!(
                    "a picture of {} x {} pixels and {} pages takes {} MiB unpacked, and pictures are read up to {} MiB",
                    self.size[0],
                    self.size[1],
                    self.size[2],
                    bytes >> 20,
                    MOST >> 20
                ),
                advice: "cut out what is needed, or write it as NRRD or NIfTI".to_string(),
            });
        }
        Ok(bytes)
    }

    /// The picture as an image.
    fn with(self, place: &Place, pixels: Vec<u8>) -> Content {
        let path = place.path();
        let [x, y, z] = self.size;
        let count = x.saturating_mul(y).saturating_mul(z);
        let mut voxels = Voxels::decoded(path.to_path_buf(), Cursor::new(pixels), self.stored, 1, count);
        voxels.layout.big_endian = self.big_endian;
        Content::Image(Grid {
            header: Header {
                path: path.to_path_buf(),
                format: self.format,
                fields: self.fields,
                geometry: Geometry {
                    size: self.size,
                    spacing: [self.spacing[0], self.spacing[1], 1.0],
                    origin: [0.0; 3],
                    direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
                },
                sample_type: self.stored,
                components: 1,
                plane: z == 1,
                warnings: self.warnings,
            },
            voxels,
            hints: Hints::default(),
        })
    }
}

/// A picture that is not one grey a pixel.
fn not_grey(path: &Path, what: &str) -> VolumeError {
    VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: format!("a picture {what}"),
        advice: "features are of one number a pixel; write it as a picture of greys".to_string(),
    }
}

/// A picture that its decoder cannot read.
fn broken(path: &Path, error: &impl ToString) -> VolumeError {
    VolumeError::Header {
        path: path.to_path_buf(),
        field: "picture".to_string(),
        problem: error.to_string(),
    }
}

/// The bytes of a picture's file, which is read as a whole.
fn read(place: &Place) -> Result<Cursor<Vec<u8>>, VolumeError> {
    let path = place.path();
    let bytes = crate::file::read(path).map_err(|error| VolumeError::open(path, error))?;
    Ok(Cursor::new(bytes))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::Value;

    use super::*;
    use crate::volume::{Samples, read_header, read_volume};

    fn goldens() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures")
    }

    #[test]
    fn pictures_are_what_simpleitk_reads() {
        let expected: Value = serde_json::from_slice(&std::fs::read(goldens().join("expected.json")).unwrap()).unwrap();
        let expected = expected.as_object().unwrap();
        assert!(expected.len() > 10);
        let numbers = |value: &Value| -> Vec<f64> {
            let all = value.as_array().unwrap().iter();
            all.map(|number| number.as_f64().unwrap()).collect()
        };
        for (name, wanted) in expected {
            let path = goldens().join(name);
            let volume = read_volume(&path).unwrap();
            let (size, spacing) = (numbers(&wanted["size"]), numbers(&wanted["spacing"]));
            let found = volume.geometry.size.map(|length| length as f64);
            assert_eq!(found[..size.len()], size, "{name}");
            assert_eq!(volume.geometry.spacing[..spacing.len()], spacing, "{name}");
            assert_eq!(read_header(&path).unwrap().plane, size.len() == 2, "{name}");
            let values: Vec<f64> = volume.all_values().iter().copied().collect();
            assert_eq!(values, numbers(&wanted["values"]), "{name}");
            let stored = match &volume.samples {
                Samples::U8(_) => "8-bit unsigned integer",
                Samples::U16(_) => "16-bit unsigned integer",
                Samples::I16(_) => "16-bit signed integer",
                Samples::F32(_) => "32-bit float",
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(wanted["type"], stored, "{name}");
        }
    }

    #[test]
    fn what_is_no_grey_is_refused_by_what_it_is() {
        for (name, says) in [
            ("refused-colours.png", "in colours"),
            ("refused-palette.png", "palette"),
            ("refused-alpha.png", "alpha"),
            ("refused-colours.tif", "in colours"),
            ("refused-bits.tif", "1 bits a pixel"),
        ] {
            let said = read_volume(&goldens().join(name)).unwrap_err().to_string();
            assert!(said.contains(says) && said.contains("greys"), "{name}: {said}");
        }
    }

    #[test]
    fn damage_ends_in_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut errors = 0;
        for name in [
            "eight.png",
            "sixteen.png",
            "inch.tif",
            "lzw.tif",
            "signed-deflate.tif",
            "pages.tif",
        ] {
            let whole = std::fs::read(goldens().join(name)).unwrap();
            let path = folder.path().join(name);
            for at in 0..whole.len() {
                std::fs::write(&path, &whole[..at]).unwrap();
                errors += usize::from(read_volume(&path).is_err());
                let mut changed = whole.clone();
                changed[at] ^= 0xff;
                std::fs::write(&path, changed).unwrap();
                errors += usize::from(read_volume(&path).is_err());
            }
        }
        assert!(errors > 1000, "{errors}");
    }

    #[test]
    fn a_picture_that_claims_gigabytes_is_not_unpacked() {
        let sheet = Sheet {
            format: "PNG",
            fields: [""; 4],
            size: [40_000, 40_000, 1],
            spacing: [1.0; 2],
            stored: SampleType::U16,
            big_endian: true,
            warnings: Vec::new(),
        };
        let said = sheet.bytes(Path::new("a.png")).unwrap_err().to_string();
        assert!(said.contains("3051 MiB") && said.contains("1024 MiB"), "{said}");
    }
}
