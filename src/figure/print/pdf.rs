//! PDF: lines as lines and text as text that can be searched and copied, with the glyphs in use of each font embedded, and no
//! dates, so that the same drawing gives the same bytes.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use subsetter::GlyphRemapper;
use ttf_parser::{GlyphId, Tag, name_id};

use super::typeface::{Font, Glyph};
use super::{Print, PrintError, Typefaces};
use crate::figure::paper::{Colour, Mark, Paper, Step, Stroke, Words, dashes};

const IDENTITY: SystemInfo = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The drawing as a page of PDF.
///
/// # Errors
/// [`PrintError`] for signs without a glyph, and for a font that cannot be subset.
pub fn pdf(paper: &Paper, print: Print, typefaces: &Typefaces) -> Result<Vec<u8>, PrintError> {
    typefaces.check(paper)?;
    let mut used: Vec<Used> = typefaces.fonts().iter().map(|_| Used::default()).collect();
    let mut opacities = Vec::new();
    let content = content(paper, print.scale, typefaces, &mut used, &mut opacities);
    let greys: Vec<(usize, &[u8])> = (paper.marks.iter())
        .filter_map(|mark| match mark {
            Mark::Greys { columns, values, .. } => Some((*columns, values.as_slice())),
            _ => None,
        })
        .collect();

    let mut file = Pdf::new();
    let mut next = Ref::new(1);
    let (catalogue, tree, page, stream, about) = (next.bump(), next.bump(), next.bump(), next.bump(), next.bump());
    let fonts: Vec<(usize, Ref)> = (0..used.len())
        .filter(|font| !used[*font].signs.is_empty())
        .map(|font| (font, next.bump()))
        .collect();
    let pictures: Vec<Ref> = greys.iter().map(|_| next.bump()).collect();
    file.catalog(catalogue).pages(tree);
    file.pages(tree).kids([page]).count(1);
    file.document_info(about)
        .title(TextStr(&paper.title))
        .producer(TextStr(concat!("radscore ", env!("CARGO_PKG_VERSION"))));
    let mut sheet = file.page(page);
    let (width, height) = ((paper.width * print.scale) as f32, (paper.height * print.scale) as f32);
    sheet
        .media_box(Rect::new(0.0, 0.0, width, height))
        .parent(tree)
        .contents(stream);
    let mut resources = sheet.resources();
    let mut names = resources.fonts();
    for (font, reference) in &fonts {
        names.pair(Name(name_of(*font).as_bytes()), *reference);
    }
    names.finish();
    let mut states = resources.ext_g_states();
    for (order, opacity) in opacities.iter().enumerate() {
        let mut state = states
            .insert(Name(format!("G{order}").as_bytes()))
            .start::<pdf_writer::writers::ExtGraphicsState>();
        state.non_stroking_alpha(*opacity as f32);
    }
    states.finish();
    if !pictures.is_empty() {
        let mut names = resources.x_objects();
        for (order, reference) in pictures.iter().enumerate() {
            names.pair(Name(format!("P{order}").as_bytes()), *reference);
        }
        names.finish();
    }
    resources.finish();
    sheet.finish();
    let packed = pack(&content)?;
    file.stream(stream, &packed).filter(Filter::FlateDecode);
    for ((columns, values), reference) in greys.into_iter().zip(pictures) {
        let packed = pack(values)?;
        let mut picture = file.image_xobject(reference, &packed);
        picture.filter(Filter::FlateDecode);
        picture
            .width(columns as i32)
            .height((values.len() / columns.max(1)) as i32)
            .bits_per_component(8);
        picture.color_space().device_gray();
        picture.finish();
    }
    for (font, reference) in fonts {
        embed(&mut file, &mut next, reference, &typefaces.fonts()[font], &used[font])?;
    }
    Ok(file.finish())
}

/// What of a font a drawing uses.
#[derive(Default)]
struct Used {
    remapper: GlyphRemapper,
    /// The glyphs by their numbers in the subset, with the sign that each stands for
    signs: BTreeMap<u16, (GlyphId, char)>,
}

impl Used {
    fn take(&mut self, glyph: Glyph) -> u16 {
        let own = self.remapper.remap(glyph.id.0);
        self.signs.entry(own).or_insert((glyph.id, glyph.sign));
        own
    }
}

fn name_of(font: usize) -> String {
    format!("F{font}")
}

fn content(paper: &Paper, scale: f64, typefaces: &Typefaces, used: &mut [Used], opacities: &mut Vec<f64>) -> Vec<u8> {
    let mut content = Content::new();
    let scale = scale as f32;
    // From the upper left corner downwards, as the drawing is laid out.
    content.transform([scale, 0.0, 0.0, -scale, 0.0, paper.height as f32 * scale]);
    content.set_line_join(LineJoinStyle::RoundJoin);
    let mut pictures = 0;
    for mark in &paper.marks {
        match mark {
            Mark::Text(words) => write(&mut content, words, typefaces, used),
            Mark::Line { from, to, stroke } => {
                pencil(&mut content, stroke);
                content.move_to(from.0 as f32, from.1 as f32);
                content.line_to(to.0 as f32, to.1 as f32);
                content.stroke();
            }
            Mark::Path { steps, fill, stroke } => {
                if let Some((colour, opacity)) = fill {
                    content.save_state();
                    if *opacity < 1.0 {
                        let known = opacities.iter().position(|known| known == opacity);
                        let order = known.unwrap_or_else(|| {
                            opacities.push(*opacity);
                            opacities.len() - 1
                        });
                        content.set_parameters(Name(format!("G{order}").as_bytes()));
                    }
                    brush(&mut content, *colour);
                    outline(&mut content, steps);
                    content.fill_nonzero();
                    content.restore_state();
                }
                if let Some(stroke) = stroke {
                    pencil(&mut content, stroke);
                    outline(&mut content, steps);
                    content.stroke();
                }
            }
            Mark::Rectangle { at, size, fill, stroke } => {
                let rectangle = [at.0 as f32, at.1 as f32, size.0 as f32, size.1 as f32];
                let [x, y, width, height] = rectangle;
                if let Some(colour) = fill {
                    brush(&mut content, *colour);
                    content.rect(x, y, width, height).fill_nonzero();
                }
                if let Some(stroke) = stroke {
                    pencil(&mut content, stroke);
                    content.rect(x, y, width, height).stroke();
                }
            }
            Mark::Disc { at, radius, fill } => {
                brush(&mut content, *fill);
                disc(&mut content, *at, *radius);
            }
            Mark::Greys { at, size, .. } => {
                let [x, y, width, height] = [at.0, at.1, size.0, size.1].map(|length| length as f32);
                content.save_state();
                // A picture stands upright in a square of its own.
                content.transform([width, 0.0, 0.0, -height, x, y + height]);
                content.x_object(Name(format!("P{pictures}").as_bytes()));
                content.restore_state();
                pictures += 1;
            }
            Mark::Clip { at, size } => {
                content.save_state();
                content.rect(at.0 as f32, at.1 as f32, size.0 as f32, size.1 as f32);
                content.clip_nonzero().end_path();
            }
            Mark::Unclip => {
                content.restore_state();
            }
        }
    }
    content.finish().into_vec()
}

fn brush(content: &mut Content, colour: Colour) {
    let [red, green, blue] = shares(colour);
    content.set_fill_rgb(red, green, blue);
}

fn pencil(content: &mut Content, stroke: &Stroke) {
    let [red, green, blue] = shares(stroke.colour);
    content
        .set_stroke_rgb(red, green, blue)
        .set_line_width(stroke.width as f32);
    content.set_dash_pattern(dashes(stroke.dash).iter().map(|length| *length as f32), 0.0);
}

fn shares(Colour(red, green, blue): Colour) -> [f32; 3] {
    [red, green, blue].map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0)
}

fn outline(content: &mut Content, steps: &[Step]) {
    for step in steps {
        match *step {
            Step::To(x, y) => content.move_to(x as f32, y as f32),
            Step::Line(x, y) => content.line_to(x as f32, y as f32),
            Step::Close => content.close_path(),
        };
    }
}

/// A disc of four curves.
fn disc(content: &mut Content, at: (f64, f64), radius: f64) {
    let (x, y, r) = (at.0 as f32, at.1 as f32, radius as f32);
    // How far the handles of a quarter of a circle reach: 4/3 (sqrt 2 - 1).
    let k = 0.552_284_8 * r;
    content.move_to(x + r, y);
    content.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    content.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    content.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    content.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    content.close_path().fill_nonzero();
}

fn write(content: &mut Content, words: &Words, typefaces: &Typefaces, used: &mut [Used]) {
    let glyphs = typefaces.set(words);
    content.set_fill_rgb(0.0, 0.0, 0.0);
    content.begin_text();
    for run in glyphs.chunk_by(|left, right| left.font == right.font) {
        let Some(first) = run.first() else { continue };
        let (x, y) = words.at;
        let matrix = if words.turned {
            [0.0, -1.0, -1.0, 0.0, x as f32, (y - first.x) as f32]
        } else {
            [1.0, 0.0, 0.0, -1.0, (x + first.x) as f32, y as f32]
        };
        let bytes: Vec<u8> = run
            .iter()
            .flat_map(|glyph| used[first.font].take(*glyph).to_be_bytes())
            .collect();
        content.set_font(Name(name_of(first.font).as_bytes()), words.size as f32);
        content.set_text_matrix(matrix).show(Str(&bytes));
    }
    content.end_text();
}

/// Writes the glyphs in use of a font, their widths, and the signs that they stand for.
fn embed(file: &mut Pdf, next: &mut Ref, reference: Ref, font: &Font, used: &Used) -> Result<(), PrintError> {
    let (descendant, descriptor, data, signs) = (next.bump(), next.bump(), next.bump(), next.bump());
    let face = &font.face;
    let subset =
        subsetter::subset(font.bytes, 0, &used.remapper).map_err(|error| PrintError::Font(error.to_string()))?;
    let outlines = ttf_parser::RawFace::parse(&subset, 0)
        .ok()
        .and_then(|raw| raw.table(Tag::from_bytes(b"CFF ")));
    let name = format!("{}+{}", tag(used), post_script_name(font));
    let name = Name(name.as_bytes());
    let kind = if outlines.is_some() {
        CidFontType::Type0
    } else {
        CidFontType::Type2
    };
    file.type0_font(reference)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(descendant)
        .to_unicode(signs);
    let unit = 1000.0 / f32::from(face.units_per_em());
    let mut own = file.cid_font(descendant);
    own.subtype(kind)
        .base_font(name)
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(0.0);
    if outlines.is_none() {
        own.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = own.widths();
    for (glyph, (id, _)) in &used.signs {
        let width = f32::from(face.glyph_hor_advance(*id).unwrap_or(0)) * unit;
        widths.consecutive(*glyph, [width]);
    }
    widths.finish();
    own.finish();
    let bounds = face.global_bounding_box();
    let [left, bottom, right, top] =
        [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|value| f32::from(value) * unit);
    let mut about = file.font_descriptor(descriptor);
    about
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(face.italic_angle())
        .ascent(f32::from(face.ascender()) * unit)
        .descent(f32::from(face.descender()) * unit)
        .cap_height(f32::from(face.capital_height().unwrap_or_else(|| face.ascender())) * unit)
        .stem_v(if face.is_bold() { 140.0 } else { 80.0 });
    if outlines.is_some() {
        about.font_file3(data);
    } else {
        about.font_file2(data);
    }
    about.finish();
    let packed = pack(outlines.unwrap_or(&subset))?;
    let mut stream = file.stream(data, &packed);
    stream.filter(Filter::FlateDecode);
    if outlines.is_some() {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        stream.pair(Name(b"Length1"), subset.len() as i32);
    }
    stream.finish();
    let mut table = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
    for (glyph, (_, sign)) in &used.signs {
        table.pair(*glyph, *sign);
    }
    let table = table.finish();
    file.cmap(signs, table.as_slice());
    Ok(())
}

/// The six capitals that mark a subset, from the glyphs that it holds (FNV-1a).
fn tag(used: &Used) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (id, _) in used.signs.values() {
        for byte in id.0.to_be_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    (0..6)
        .map(|place| char::from(b'A' + (hash >> (8 * place)) as u8 % 26))
        .collect()
}

fn post_script_name(font: &Font) -> String {
    let name = font
        .face
        .names()
        .into_iter()
        .find(|name| name.name_id == name_id::POST_SCRIPT_NAME && name.is_unicode())
        .and_then(|name| name.to_string());
    let plain: String = name
        .unwrap_or_default()
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .collect();
    if plain.is_empty() { "Font".to_owned() } else { plain }
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, PrintError> {
    let pack = || {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(9));
        packer.write_all(bytes)?;
        packer.finish()
    };
    pack().map_err(|error: std::io::Error| PrintError::Write(error.to_string()))
}
