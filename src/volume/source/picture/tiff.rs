//! TIFF: whole numbers and floats of 8 bits and more, one grey a pixel; several pages are slices.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{PhotometricInterpretation, Tag};
use tiff::{ColorType, TiffError, TiffResult};

use super::{MOST, Sheet, broken, not_grey, read};
use crate::volume::error::VolumeError;
use crate::volume::samples::SampleType;
use crate::volume::source::place::Place;
use crate::volume::source::{Content, Source};

/// The TIFF format.
pub(in crate::volume) struct Tiff;

/// The sample format of floats
const FLOATS: u16 = 3;

type Pages = Decoder<Cursor<Vec<u8>>>;

impl Source for Tiff {
    fn name(&self) -> &'static str {
        "TIFF"
    }

    fn endings(&self) -> &'static str {
        ".tif, .tiff"
    }

    fn recognises(&self, place: &Place) -> bool {
        [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"]
            .iter()
            .any(|start| place.head().starts_with(start))
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        let fault = |error: TiffError| broken(path, &error);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = MOST;
        let mut pages = Decoder::new(read(place)?).map_err(fault)?.with_limits(limits);
        let (spacing, warning) = spacing(&mut pages).map_err(fault)?;
        let (width, height) = pages.dimensions().map_err(fault)?;
        let (stored, mut pixels) = page(path, &mut pages)?;
        let mut sheet = Sheet {
            format: "TIFF",
            fields: ["ImageWidth, ImageLength", "XResolution, YResolution", "0", "none"],
            size: [width as usize, height as usize, 1],
            spacing,
            stored,
            big_endian: false,
            warnings: vec![warning],
        };
        while pages.more_images() {
            pages.next_image().map_err(fault)?;
            let number = sheet.size[2].saturating_add(1);
            let found = pages.dimensions().map_err(fault)?;
            if found != (width, height) {
                let (x, y) = found;
                let problem = format!("page {number} has {x} x {y} pixels, the first one {width} x {height}");
                return Err(broken(path, &problem));
            }
            sheet.size[2] = number;
            sheet.bytes(path)?;
            let (kind, more) = page(path, &mut pages)?;
            if kind != stored {
                let problem = format!("page {number} holds numbers of another kind than the first one");
                return Err(broken(path, &problem));
            }
            pixels.extend(more);
        }
        if pixels.len() != sheet.bytes(path)? {
            return Err(broken(path, &"it holds more or fewer pixels than it says"));
        }
        if sheet.size[2] > 1 {
            sheet.warnings.push(format!(
                "its {} pages are taken for slices of 1 mm, as SimpleITK does",
                sheet.size[2]
            ));
        }
        Ok(sheet.with(place, pixels))
    }

    fn beside(&self, _place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        Ok(Vec::new())
    }
}

/// The distance of pixels in x and y by the resolution, and what is to be known of it. ITK keeps a resolution in single precision.
#[allow(clippy::cast_possible_truncation, reason = "single precision is what is meant")]
fn spacing(pages: &mut Pages) -> TiffResult<([f64; 2], String)> {
    let of = |value: Option<Value>| match value {
        Some(Value::Rational(above, below)) => f64::from((f64::from(above) / f64::from(below)) as f32),
        Some(Value::Float(value)) => f64::from(value),
        _ => f64::NAN,
    };
    let x = of(pages.find_tag(Tag::XResolution)?);
    let y = of(pages.find_tag(Tag::YResolution)?);
    let millimetres = match pages.find_tag_unsigned::<u16>(Tag::ResolutionUnit)? {
        Some(2) => Some(25.4),
        Some(3) => Some(10.0),
        _ => None,
    };
    Ok(match millimetres {
        Some(unit) if x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite() => (
            [unit / x, unit / y],
            "the size of a pixel is the picture's resolution, which programs set for paper: see that it is the patient's"
                .to_string(),
        ),
        _ => (
            [1.0, 1.0],
            "it says no resolution: a pixel is taken for 1 x 1 mm, as SimpleITK does".to_string(),
        ),
    })
}

/// The pixels of a page in the machine's order, and their type.
fn page(path: &Path, pages: &mut Pages) -> Result<(SampleType, Vec<u8>), VolumeError> {
    let fault = |error: TiffError| broken(path, &error);
    match pages.colortype().map_err(fault)? {
        ColorType::Gray(8 | 16 | 32 | 64) => {}
        ColorType::Gray(bits) => return Err(not_grey(path, &format!("of {bits} bits a pixel"))),
        ColorType::GrayA(_) => return Err(not_grey(path, "with an alpha channel")),
        _ => return Err(not_grey(path, "in colours")),
    }
    let photometric = pages
        .find_tag_unsigned::<u16>(Tag::PhotometricInterpretation)
        .map_err(fault)?;
    // The decoder turns such greys round; ITK takes the numbers as they are stored.
    let turned =
        photometric.and_then(PhotometricInterpretation::from_u16) == Some(PhotometricInterpretation::WhiteIsZero);
    let format = pages.find_tag_unsigned::<u16>(Tag::SampleFormat).map_err(fault)?;
    if turned && format == Some(FLOATS) {
        return Err(not_grey(path, "of floats of which 0 is white"));
    }
    macro_rules! pixels {
        ($($variant:ident $kind:ident $back:expr;)*) => {
            match pages.read_image().map_err(fault)? {
                $(DecodingResult::$variant(values) => {
                    let stored = |value| if turned { $back(value) } else { value };
                    let bytes = values.into_iter().flat_map(|value| stored(value).to_le_bytes());
                    Ok((SampleType::$kind, bytes.collect()))
                })*
                DecodingResult::F16(_) => Err(not_grey(path, "of half-precision floats")),
            }
        };
    }
    pixels! {
        U8 U8 |value: u8| u8::MAX.wrapping_sub(value);
        U16 U16 |value: u16| u16::MAX.wrapping_sub(value);
        U32 U32 |value: u32| u32::MAX.wrapping_sub(value);
        U64 U64 |value: u64| u64::MAX.wrapping_sub(value);
        I8 I8 |value: i8| value;
        I16 I16 |value: i16| value;
        I32 I32 |value: i32| value;
        I64 I64 |value: i64| value;
        F32 F32 |value: f32| value;
        F64 F64 |value: f64| value;
    }
}
