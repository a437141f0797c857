//! PNG: 1 to 16 bits of grey.

use std::path::PathBuf;

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use super::{MOST, Sheet, broken, not_grey, read};
use crate::volume::error::VolumeError;
use crate::volume::samples::SampleType;
use crate::volume::source::place::Place;
use crate::volume::source::{Content, Source};

/// The PNG format.
pub(in crate::volume) struct Png;

impl Source for Png {
    fn name(&self) -> &'static str {
        "PNG"
    }

    fn endings(&self) -> &'static str {
        ".png"
    }

    fn recognises(&self, place: &Place) -> bool {
        place.head().starts_with(b"\x89PNG\r\n\x1a\n")
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        let mut decoder = Decoder::new_with_limits(read(place)?, Limits { bytes: MOST });
        // Fewer than eight bits are spread over the whole range, as ITK has them.
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().map_err(|error| broken(path, &error))?;
        if reader.info().color_type == ColorType::Indexed {
            return Err(not_grey(path, "in colours of a palette"));
        }
        let (colour, depth) = reader.output_color_type();
        let what = match colour {
            ColorType::Grayscale => None,
            ColorType::GrayscaleAlpha => Some("with an alpha channel"),
            ColorType::Rgb | ColorType::Rgba | ColorType::Indexed => Some("in colours"),
        };
        if let Some(what) = what {
            return Err(not_grey(path, what));
        }
        let info = reader.info();
        let sheet = Sheet {
            format: "PNG",
            fields: ["IHDR", "pixels of 1 mm", "0", "none"],
            size: [info.width as usize, info.height as usize, 1],
            spacing: [1.0, 1.0],
            stored: if depth == BitDepth::Sixteen {
                SampleType::U16
            } else {
                SampleType::U8
            },
            big_endian: true,
            warnings: vec!["a PNG knows no millimetres: a pixel is taken for 1 x 1 mm, as SimpleITK does".to_string()],
        };
        let mut pixels = vec![0; sheet.bytes(path)?];
        if reader.output_buffer_size() != Some(pixels.len()) {
            return Err(broken(path, &"its rows are of another length than its header says"));
        }
        reader.next_frame(&mut pixels).map_err(|error| broken(path, &error))?;
        Ok(sheet.with(place, pixels))
    }

    fn beside(&self, _place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        Ok(Vec::new())
    }
}
