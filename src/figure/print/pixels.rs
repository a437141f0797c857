//! A drawing as pixels: outlines and letters filled with smooth edges on white, without instructions that only some processors
//! have, so that the pixels are the same everywhere.

use tiny_skia::{
    FillRule, FilterQuality, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Rect, Stroke as Pencil,
    StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use super::{Print, PrintError, Typefaces};
use crate::figure::paper::{Colour, Mark, Paper, Step, Stroke, Words, dashes};

/// The most pixels of a picture, in millions: 174 mm square at 1200 dots per inch have 68.
const MOST: u32 = 120;

/// A picture: rows of red, green and blue.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgb: Vec<u8>,
}

/// Draws.
pub(super) fn pixels(paper: &Paper, print: Print, typefaces: &Typefaces) -> Result<Pixels, PrintError> {
    typefaces.check(paper)?;
    let scale = print.scale * f64::from(print.dpi) / 72.0;
    let (width, height) = ((paper.width * scale).round(), (paper.height * scale).round());
    let too_large = || PrintError::TooLarge {
        width,
        height,
        most: MOST,
    };
    if !(width >= 1.0 && height >= 1.0 && width * height <= f64::from(MOST) * 1e6) {
        return Err(too_large());
    }
    let mut canvas = Canvas {
        pixmap: Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?,
        clip: None,
        transform: Transform::from_scale(scale as f32, scale as f32),
    };
    canvas.pixmap.fill(tiny_skia::Color::WHITE);
    for mark in &paper.marks {
        canvas.draw(mark, typefaces);
    }
    let rgba = canvas.pixmap.take();
    Ok(Pixels {
        width: width as u32,
        height: height as u32,
        rgb: rgba
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect(),
    })
}

struct Canvas {
    pixmap: Pixmap,
    clip: Option<Mask>,
    transform: Transform,
}

impl Canvas {
    fn draw(&mut self, mark: &Mark, typefaces: &Typefaces) {
        match mark {
            Mark::Text(words) => self.fill(letters(words, typefaces).as_ref(), Colour::BLACK, 1.0),
            Mark::Line { from, to, stroke } => {
                let mut path = PathBuilder::new();
                path.move_to(from.0 as f32, from.1 as f32);
                path.line_to(to.0 as f32, to.1 as f32);
                self.stroke(path.finish().as_ref(), stroke);
            }
            Mark::Path { steps, fill, stroke } => {
                let path = outline(steps);
                if let Some((colour, opacity)) = fill {
                    self.fill(path.as_ref(), *colour, *opacity);
                }
                if let Some(stroke) = stroke {
                    self.stroke(path.as_ref(), stroke);
                }
            }
            Mark::Rectangle { at, size, fill, stroke } => {
                let path = rectangle(*at, *size).map(PathBuilder::from_rect);
                if let Some(colour) = fill {
                    self.fill(path.as_ref(), *colour, 1.0);
                }
                if let Some(stroke) = stroke {
                    self.stroke(path.as_ref(), stroke);
                }
            }
            Mark::Disc { at, radius, fill } => {
                let path = PathBuilder::from_circle(at.0 as f32, at.1 as f32, *radius as f32);
                self.fill(path.as_ref(), *fill, 1.0);
            }
            Mark::Greys {
                at,
                size,
                columns,
                values,
            } => self.greys(*at, *size, *columns, values),
            Mark::Clip { at, size } => {
                self.clip = rectangle(*at, *size).map(PathBuilder::from_rect).and_then(|path| {
                    let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
                    mask.fill_path(&path, FillRule::Winding, true, self.transform);
                    Some(mask)
                });
            }
            Mark::Unclip => self.clip = None,
        }
    }

    fn greys(&mut self, at: (f64, f64), size: (f64, f64), columns: usize, values: &[u8]) {
        let rows = values.len() / columns.max(1);
        let Some(mut picture) = Pixmap::new(columns as u32, rows as u32) else {
            return;
        };
        for (pixel, &value) in picture.pixels_mut().iter_mut().zip(values) {
            *pixel = tiny_skia::ColorU8::from_rgba(value, value, value, 255).premultiply();
        }
        let scale = ((size.0 / columns as f64) as f32, (size.1 / rows as f64) as f32);
        let place = self
            .transform
            .pre_translate(at.0 as f32, at.1 as f32)
            .pre_scale(scale.0, scale.1);
        let paint = PixmapPaint {
            quality: FilterQuality::Bilinear,
            ..PixmapPaint::default()
        };
        self.pixmap
            .draw_pixmap(0, 0, picture.as_ref(), &paint, place, self.clip.as_ref());
    }

    fn fill(&mut self, path: Option<&Path>, colour: Colour, opacity: f64) {
        let Some(path) = path else { return };
        let paint = paint(colour, opacity);
        let clip = self.clip.as_ref();
        self.pixmap
            .fill_path(path, &paint, FillRule::Winding, self.transform, clip);
    }

    fn stroke(&mut self, path: Option<&Path>, stroke: &Stroke) {
        let Some(path) = path else { return };
        let pattern: Vec<f32> = dashes(stroke.dash).iter().map(|length| *length as f32).collect();
        let pencil = Pencil {
            width: stroke.width as f32,
            line_join: LineJoin::Round,
            // None for an unbroken line
            dash: StrokeDash::new(pattern, 0.0),
            ..Pencil::default()
        };
        let paint = paint(stroke.colour, 1.0);
        let clip = self.clip.as_ref();
        self.pixmap.stroke_path(path, &paint, &pencil, self.transform, clip);
    }
}

fn paint(Colour(red, green, blue): Colour, opacity: f64) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, (opacity * 255.0).round() as u8);
    paint.anti_alias = true;
    paint
}

fn rectangle(at: (f64, f64), size: (f64, f64)) -> Option<Rect> {
    Rect::from_xywh(at.0 as f32, at.1 as f32, size.0 as f32, size.1 as f32)
}

fn outline(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match *step {
            Step::To(x, y) => path.move_to(x as f32, y as f32),
            Step::Line(x, y) => path.line_to(x as f32, y as f32),
            Step::Close => path.close(),
        }
    }
    path.finish()
}

/// The outlines of a text's letters, in points on the paper.
fn letters(words: &Words, typefaces: &Typefaces) -> Option<Path> {
    let mut path = PathBuilder::new();
    for glyph in typefaces.set(words) {
        let face = &typefaces.fonts()[glyph.font].face;
        let mut tracer = Tracer {
            path: &mut path,
            size: words.size / f64::from(face.units_per_em()),
            x: glyph.x,
            words,
        };
        face.outline_glyph(glyph.id, &mut tracer);
    }
    path.finish()
}

/// Takes a glyph's outline in the units of its font, upwards, and puts it on the paper.
struct Tracer<'a> {
    path: &'a mut PathBuilder,
    size: f64,
    x: f64,
    words: &'a Words,
}

impl Tracer<'_> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (along, up) = (self.x + f64::from(x) * self.size, f64::from(y) * self.size);
        let (left, top) = self.words.at;
        if self.words.turned {
            ((left - up) as f32, (top - along) as f32)
        } else {
            ((left + along) as f32, (top - up) as f32)
        }
    }
}

impl OutlineBuilder for Tracer<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
