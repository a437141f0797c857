//! Letters: the fonts that the program carries and one that a user may name, and where each glyph of a text stands.

use std::collections::BTreeSet;

use ttf_parser::{Face, GlyphId, Permissions};

use super::PrintError;
use crate::figure::paper::{Anchor, Mark, Paper, Words};

const REGULAR: &[u8] = include_bytes!("fonts/RadscoreSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/RadscoreSans-Bold.ttf");

/// The place of the bold font; the regular one is the first, one that a user names the last.
const HEADING: usize = 1;

/// Fonts, in the order in which a sign is looked for.
pub struct Typefaces<'a> {
    fonts: Vec<Font<'a>>,
}

/// A font and its bytes.
pub(super) struct Font<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) face: Face<'a>,
}

/// A glyph of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// Its font
    pub(super) font: usize,
    /// Its number there
    pub(super) id: GlyphId,
    /// The sign that it stands for
    pub(super) sign: char,
    /// How far from the place of the text it begins, along the text
    pub(super) x: f64,
}

impl<'a> Typefaces<'a> {
    /// The fonts that the program carries, and after them one that a user names.
    ///
    /// # Errors
    /// [`PrintError::Font`] for bytes that are no font, [`PrintError::Barred`] for one that must not be embedded.
    pub fn new(named: Option<&'a [u8]>) -> Result<Self, PrintError> {
        let mut fonts = Vec::new();
        for bytes in [REGULAR, BOLD].into_iter().chain(named) {
            let face = Face::parse(bytes, 0).map_err(|error| PrintError::Font(error.to_string()))?;
            if face.permissions() == Some(Permissions::Restricted) {
                return Err(PrintError::Barred);
            }
            fonts.push(Font { bytes, face });
        }
        Ok(Self { fonts })
    }

    pub(super) fn fonts(&self) -> &[Font<'a>] {
        &self.fonts
    }

    /// Holds a drawing to the fonts: each sign that it shows must be in one of them.
    pub(super) fn check(&self, paper: &Paper) -> Result<(), PrintError> {
        let mut signs = BTreeSet::new();
        let mut first = None;
        for mark in &paper.marks {
            if let Mark::Text(words) = mark {
                let before = signs.len();
                signs.extend(words.text.chars().filter(|sign| self.find(*sign, words.bold).is_none()));
                if signs.len() > before {
                    first.get_or_insert(&words.text);
                }
            }
        }
        match first {
            None => Ok(()),
            Some(text) => Err(PrintError::Signs {
                signs: signs.into_iter().map(String::from).collect::<Vec<_>>().join(" "),
                text: text.clone(),
            }),
        }
    }

    /// The glyphs of a text and where they stand; signs without a glyph are left out, which [`Self::check`] refuses beforehand.
    pub(super) fn set(&self, words: &Words) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        let mut x = 0.0;
        for sign in words.text.chars() {
            if let Some((font, id)) = self.find(sign, words.bold) {
                glyphs.push(Glyph { font, id, sign, x });
                let face = &self.fonts[font].face;
                x += f64::from(face.glyph_hor_advance(id).unwrap_or(0)) * words.size / f64::from(face.units_per_em());
            }
        }
        let back = match words.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => x / 2.0,
            Anchor::End => x,
        };
        for glyph in &mut glyphs {
            glyph.x -= back;
        }
        glyphs
    }

    fn find(&self, sign: char, bold: bool) -> Option<(usize, GlyphId)> {
        let preferred = if bold { HEADING } else { 0 };
        std::iter::once(preferred)
            .chain((0..self.fonts.len()).filter(|font| *font != preferred))
            .find_map(|font| Some((font, self.fonts.get(font)?.face.glyph_index(sign)?)))
    }
}
