//! A drawing as printers and journals take it: PNG and TIFF of a stated resolution, PDF with text as text. Letters come from fonts
//! that the program carries, so that every machine writes the same bytes; a sign that they lack is named and never drawn as an
//! empty box.
//!
//! References: PNG (Third Edition), W3C 2025; TIFF 6.0, Adobe 1992; PDF 1.7, ISO 32000-1:2008; for the fonts see
//! `fonts/OFL.txt`.

mod pdf;
mod pixels;
mod png;
mod tiff;
mod typeface;

pub use self::pdf::pdf;
pub use self::png::png;
pub use self::tiff::tiff;
pub use self::typeface::Typefaces;

/// Why a drawing cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Signs that no font at hand has
    #[error("the fonts at hand have no sign for {signs} in \"{text}\"; name a font that has: --font FILE (.ttf, .otf)")]
    Signs {
        /// The signs, each once
        signs: String,
        /// The first text that holds one
        text: String,
    },
    /// A file that is no font
    #[error("it is no font that can be read (TrueType or OpenType): {0}")]
    Font(String),
    /// A font that must not be put into documents
    #[error("its own licence bits forbid to embed it in documents; choose another font")]
    Barred,
    /// More pixels than a picture may have
    #[error(
        "{width} x {height} pixels are more than the {most} million that a picture may have; lower --dpi or --width"
    )]
    TooLarge {
        /// Across
        width: f64,
        /// Down
        height: f64,
        /// The limit in millions
        most: u32,
    },
    /// What the writer of a format says
    #[error("the picture cannot be written: {0}")]
    Write(String),
}

/// How large a drawing is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Print {
    /// Its size on paper, as a multiple of the size that it was laid out for
    pub scale: f64,
    /// Pixels per inch, for what is made of pixels
    pub dpi: u32,
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::io::Read;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::figure::Dash;
    use crate::figure::paper::{Anchor, Colour, Mark, Paper, Step, Stroke, Words};

    fn words(text: &str, bold: bool, turned: bool) -> Mark {
        Mark::Text(Words {
            at: (60.0, 30.0),
            anchor: Anchor::Middle,
            size: 10.0,
            bold,
            turned,
            text: text.to_owned(),
        })
    }

    /// A mark of every kind.
    fn drawing() -> Paper {
        let blue = Colour(0, 0x72, 0xb2);
        let steps = vec![
            Step::To(10.0, 50.0),
            Step::Line(40.0, 8.0),
            Step::Line(110.0, 55.0),
            Step::Close,
        ];
        let corner = (20.0, 10.0);
        Paper {
            title: "Ação".to_owned(),
            width: 120.0,
            height: 60.0,
            marks: vec![
                words("λ ≤ 0.05 ± α²", false, false),
                words("Ação", true, false),
                words("turned", false, true),
                Mark::Clip {
                    at: corner,
                    size: (80.0, 40.0),
                },
                Mark::Path {
                    steps,
                    fill: Some((blue, 0.15)),
                    stroke: Some(Stroke {
                        colour: blue,
                        width: 1.4,
                        dash: Dash::DashDotted,
                    }),
                },
                Mark::Unclip,
                Mark::Rectangle {
                    at: corner,
                    size: (80.0, 40.0),
                    fill: None,
                    stroke: Some(Stroke::solid(Colour::BLACK, 0.8)),
                },
                Mark::Line {
                    from: corner,
                    to: (100.0, 50.0),
                    stroke: Stroke::solid(Colour::GREY, 0.8),
                },
                Mark::Disc {
                    at: (90.0, 20.0),
                    radius: 3.0,
                    fill: Colour::VERMILION,
                },
            ],
        }
    }

    const PRINT: Print = Print { scale: 1.0, dpi: 600 };

    #[test]
    fn pictures_have_the_same_bytes_twice_and_say_their_resolution() {
        let typefaces = Typefaces::new(None).unwrap();
        let paper = drawing();
        let (first, second) = (
            png(&paper, PRINT, &typefaces).unwrap(),
            png(&paper, PRINT, &typefaces).unwrap(),
        );
        assert_eq!(first, second);
        // 120 points at 600 dots per inch; 600 dots per inch are 23622 per metre.
        assert_eq!(first[16..24], [0, 0, 3, 232, 0, 0, 1, 244]);
        let density = first.windows(4).position(|name| name == b"pHYs").unwrap();
        assert_eq!(first[density + 4..density + 13], [0, 0, 92, 70, 0, 0, 92, 70, 1]);

        let bytes = tiff(&paper, PRINT, &typefaces).unwrap();
        assert_eq!(bytes, tiff(&paper, PRINT, &typefaces).unwrap());
        let mut file = ::tiff::decoder::Decoder::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(file.dimensions().unwrap(), (1000, 500));
        let resolution = file.get_tag(::tiff::tags::Tag::XResolution).unwrap();
        assert_eq!(resolution, ::tiff::decoder::ifd::Value::Rational(600, 1));
        let ::tiff::decoder::DecodingResult::U8(rgb) = file.read_image().unwrap() else {
            panic!("8 bits a colour");
        };
        assert_eq!(rgb, pixels::pixels(&paper, PRINT, &typefaces).unwrap().rgb);
    }

    #[test]
    fn pixels_are_the_same_on_every_machine() {
        let drawn = pixels::pixels(&drawing(), PRINT, &Typefaces::new(None).unwrap()).unwrap();
        let mut digest = String::new();
        for byte in Sha256::digest(&drawn.rgb) {
            let _ = write!(digest, "{byte:02x}");
        }
        assert_eq!(
            digest,
            "a51789db6343849e9cd5d70613edb8ad4f4a205185754f44f42bad5441f48fac"
        );
    }

    #[test]
    fn letters_are_scaled_and_not_the_pixels() {
        let typefaces = Typefaces::new(None).unwrap();
        let small = pixels::pixels(&drawing(), PRINT, &typefaces).unwrap();
        let large = pixels::pixels(&drawing(), Print { scale: 2.0, dpi: 300 }, &typefaces).unwrap();
        assert_eq!((small.width, small.height), (large.width, large.height));
        assert_eq!(small.rgb, large.rgb, "twice the size at half the resolution");
    }

    /// The streams of a PDF, unpacked.
    fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.windows(7).position(|part| part == b"stream\n") {
            let body = &rest[at + 7..];
            let end = body.windows(9).position(|part| part == b"endstream").unwrap();
            let mut unpacked = Vec::new();
            if flate2::read::ZlibDecoder::new(&body[..end])
                .read_to_end(&mut unpacked)
                .is_ok()
            {
                found.push(unpacked);
            }
            rest = &body[end + 9..];
        }
        found
    }

    #[test]
    fn a_picture_of_greys_stands_upright_in_pixels_and_on_a_page() {
        let typefaces = Typefaces::new(None).unwrap();
        let values: Vec<u8> = vec![10, 200, 90, 160];
        let paper = Paper {
            marks: vec![Mark::Greys {
                at: (20.0, 10.0),
                size: (40.0, 20.0),
                columns: 2,
                values: values.clone(),
            }],
            ..drawing()
        };
        let print = Print { scale: 1.0, dpi: 72 };
        let drawn = pixels::pixels(&paper, print, &typefaces).unwrap();
        let at = |x: usize, y: usize| drawn.rgb[(y * drawn.width as usize + x) * 3];
        // The corners hold their own grey; beside the picture is paper.
        assert_eq!([at(21, 11), at(58, 11), at(21, 28), at(58, 28)], [10, 200, 90, 160]);
        assert_eq!([at(18, 11), at(62, 11)], [255, 255]);
        let bytes = pdf(&paper, print, &typefaces).unwrap();
        assert!(streams(&bytes).contains(&values));
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.contains("/Subtype /Image") && text.contains("/DeviceGray"),
            "{text}"
        );
        let drawing = crate::figure::svg::write(&paper, 1.0);
        assert!(
            drawing.contains("x=\"20\" y=\"10\" width=\"40\" height=\"20\"")
                && drawing.contains("data:image/png;base64,iVBOR")
        );
    }

    #[test]
    fn a_page_embeds_the_letters_that_it_uses_and_no_more() {
        let typefaces = Typefaces::new(None).unwrap();
        let bytes = pdf(&drawing(), PRINT, &typefaces).unwrap();
        assert_eq!(bytes, pdf(&drawing(), PRINT, &typefaces).unwrap());
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("+RadscoreSans-Regular") && text.contains("+RadscoreSans-Bold"));
        assert!(!text.contains("CreationDate"));
        let fonts: Vec<usize> = streams(&bytes)
            .iter()
            .filter_map(|stream| ttf_parser::RawFace::parse(stream, 0).ok())
            .filter_map(|raw| Some(raw.table(ttf_parser::Tag::from_bytes(b"maxp"))?[4..6].to_vec()))
            .map(|count| usize::from(count[0]) << 8 | usize::from(count[1]))
            .collect();
        // The empty glyph, and each sign once: "λ ≤0.5±α²turned" and "Ação", whose signs with accents bring parts of their own.
        assert_eq!(fonts.len(), 2);
        assert_eq!(fonts[0], 1 + 15);
        assert!((5..10).contains(&fonts[1]), "{fonts:?}");
        // Text can be searched: the table from glyphs to signs names lambda.
        assert!(text.contains("03BB"), "{text}");
    }

    #[test]
    fn a_sign_without_a_glyph_is_named_and_not_drawn_as_a_box() {
        let typefaces = Typefaces::new(None).unwrap();
        let paper = Paper {
            marks: vec![words("plain", false, false), words("患者 者", true, false)],
            ..drawing()
        };
        for found in [
            png(&paper, PRINT, &typefaces),
            tiff(&paper, PRINT, &typefaces),
            pdf(&paper, PRINT, &typefaces),
        ] {
            let said = found.unwrap_err().to_string();
            assert!(said.contains("患 者") && said.contains("--font"), "{said}");
        }
    }

    #[test]
    fn what_is_no_font_or_no_size_is_refused() {
        assert!(matches!(Typefaces::new(Some(b"no font")), Err(PrintError::Font(_))));
        let typefaces = Typefaces::new(None).unwrap();
        let huge = Print {
            scale: 1000.0,
            dpi: 2400,
        };
        let said = png(&drawing(), huge, &typefaces).unwrap_err().to_string();
        assert!(said.contains("4000000 x 2000000 pixels"), "{said}");
        let nothing = Paper {
            width: 0.0,
            ..drawing()
        };
        assert!(png(&nothing, PRINT, &typefaces).is_err());
    }
}
