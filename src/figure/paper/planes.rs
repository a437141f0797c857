//! Three planes of a scan through its region: greys at one scale, the region's outline, the patient's directions, a bar of so many
//! millimetres. It is no chart of numbers, so that it is laid out here and not described as a figure.

use std::collections::HashMap;

use super::mark::{Anchor, Colour, Mark, Paper, Step, Stroke};
use super::pen::Pen;
use crate::figure::cells::fit;
use crate::figure::section::{Aim, Footprint, Plane, Section, Window, aim_at, cut, slices};
use crate::message::english::slices as words;
use crate::volume::{Mask, Volume};

/// Pixels along each side of a panel: at 58 mm, a third of a page, 200 an inch.
const PIXELS: usize = 460;

/// A panel's side in points.
const SIDE: f64 = 160.0;

/// Points between panels, with room for the letters of the directions.
const GAP: f64 = 30.0;

/// What bars may be long, in millimetres.
const BARS: [f64; 9] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];

/// The axial, sagittal and coronal plane, each where the region is largest; through the middle without a region. All three have the
/// same scale, which shows the whole region with a margin.
pub fn planes(title: &str, volume: &Volume, mask: Option<&Mask>, window: Window) -> Paper {
    let footprint = mask.map(Footprint::of);
    let mut aims = [Plane::Axial, Plane::Sagittal, Plane::Coronal]
        .map(|plane| aim_at(volume, footprint.as_ref(), plane, PIXELS, PIXELS));
    let pitch = aims.iter().map(|aim| aim.pitch).fold(0.0, f64::max);
    let mut pen = Pen::default();
    let (width, top) = (3.0 * SIDE + 4.0 * GAP, 52.0);
    for (place, aim) in aims.iter_mut().enumerate() {
        aim.pitch = pitch;
        let section = cut(volume, mask, aim, PIXELS, PIXELS);
        let left = GAP + place as f64 * (SIDE + GAP);
        panel(&mut pen, &section, window, (left, top));
        caption(&mut pen, volume, aim, (left + SIDE / 2.0, top + SIDE + 34.0));
    }
    let below = top + SIDE + 56.0;
    bar(&mut pen, pitch, (GAP, below));
    let text = words::window_of(window.width.to_string(), window.level.to_string()).to_string();
    pen.text(width - GAP, below + 4.0, Anchor::End, 10.0, &text);
    let mut sheet = Pen::default();
    sheet.rectangle((0.0, 0.0), (width, below + 18.0), Colour::WHITE);
    // A name that is wider than the sheet would run off it on both sides.
    let room = (width / 7.5) as usize;
    sheet.heading(width / 2.0, 20.0, Anchor::Middle, 13.0, &fit(title, room));
    sheet.marks.extend(pen.marks);
    Paper {
        title: title.to_owned(),
        width,
        height: below + 18.0,
        marks: sheet.marks,
    }
}

/// The greys, the outline of the region, and the letters of the directions.
fn panel(pen: &mut Pen, section: &Section, window: Window, (left, top): (f64, f64)) {
    // What lies outside the image is paper.
    let grey = |value: &f64| match window.share(*value) {
        share if share.is_nan() => u8::MAX,
        share => (share * 255.0).round() as u8,
    };
    pen.marks.push(Mark::Greys {
        at: (left, top),
        size: (SIDE, SIDE),
        columns: section.values.ncols(),
        values: section.values.iter().map(grey).collect(),
    });
    let pixel = SIDE / section.values.ncols() as f64;
    let steps = outline(section, |column, row| {
        (left + column as f64 * pixel, top + row as f64 * pixel)
    });
    if !steps.is_empty() {
        pen.marks.push(Mark::Path {
            steps,
            fill: None,
            stroke: Some(Stroke::solid(Colour::VERMILION, 1.0)),
        });
    }
    pen.frame((left, top), (SIDE, SIDE));
    let [west, east, north, south] = section.letters.map(|letter| letter.to_string());
    let (middle, centre) = (left + SIDE / 2.0, top + SIDE / 2.0 + 3.5);
    pen.text(left - 4.0, centre, Anchor::End, 10.0, &west);
    pen.text(left + SIDE + 4.0, centre, Anchor::Start, 10.0, &east);
    pen.text(middle, top - 5.0, Anchor::Middle, 10.0, &north);
    pen.text(middle, top + SIDE + 13.0, Anchor::Middle, 10.0, &south);
}

fn caption(pen: &mut Pen, volume: &Volume, aim: &Aim, (x, y): (f64, f64)) {
    let plane = match aim.plane {
        Plane::Axial => words::AXIAL,
        Plane::Sagittal => words::SAGITTAL,
        Plane::Coronal => words::CORONAL,
    };
    let text = words::slice_of(plane, aim.slice + 1, slices(volume, aim.plane)).to_string();
    pen.text(x, y, Anchor::Middle, 10.0, &text);
}

/// A bar of a round length, at most a third of a panel.
fn bar(pen: &mut Pen, pitch: f64, (left, y): (f64, f64)) {
    let whole = pitch * PIXELS as f64;
    let length = BARS
        .iter()
        .copied()
        .rev()
        .find(|length| *length <= whole / 3.0)
        .unwrap_or(BARS[0]);
    let right = left + length / whole * SIDE;
    let black = Stroke::solid(Colour::BLACK, 1.2);
    for (from, to) in [
        ((left, y), (right, y)),
        ((left, y - 3.0), (left, y + 3.0)),
        ((right, y - 3.0), (right, y + 3.0)),
    ] {
        pen.marks.push(Mark::Line {
            from,
            to,
            stroke: black,
        });
    }
    pen.text(
        right + 6.0,
        y + 4.0,
        Anchor::Start,
        10.0,
        &words::millimetres(length.to_string()).to_string(),
    );
}

/// The edges between pixels inside and outside the region, as closed outlines: the region lies on the right of each.
fn outline(section: &Section, at: impl Fn(usize, usize) -> (f64, f64)) -> Vec<Step> {
    let (rows, columns) = section.inside.dim();
    let inside = |row: usize, column: usize| row < rows && column < columns && section.inside[(row, column)];
    // Corners are (column, row). From a corner where two outlines touch two edges lead on.
    let mut edges: HashMap<(usize, usize), Vec<(usize, usize)>> = HashMap::new();
    let mut starts = Vec::new();
    let mut edge = |from: (usize, usize), to: (usize, usize)| {
        edges.entry(from).or_default().push(to);
        starts.push(from);
    };
    for row in 0..rows {
        for column in 0..columns {
            if !inside(row, column) {
                continue;
            }
            if !inside(row.wrapping_sub(1), column) {
                edge((column, row), (column + 1, row));
            }
            if !inside(row, column + 1) {
                edge((column + 1, row), (column + 1, row + 1));
            }
            if !inside(row + 1, column) {
                edge((column + 1, row + 1), (column, row + 1));
            }
            if !inside(row, column.wrapping_sub(1)) {
                edge((column, row + 1), (column, row));
            }
        }
    }
    let mut steps = Vec::new();
    for start in starts {
        let mut corners = Vec::new();
        let mut here = start;
        while let Some(next) = edges.get_mut(&here).and_then(Vec::pop) {
            corners.push(here);
            here = next;
        }
        // Corners on a straight line say nothing.
        let count = corners.len();
        let turns = (0..count).filter(|&place| {
            let [before, own, after] = [(place + count - 1) % count, place, (place + 1) % count].map(|at| corners[at]);
            !(before.0 == own.0 && own.0 == after.0 || before.1 == own.1 && own.1 == after.1)
        });
        for (order, place) in turns.enumerate() {
            let (x, y) = at(corners[place].0, corners[place].1);
            steps.push(if order == 0 { Step::To(x, y) } else { Step::Line(x, y) });
        }
        if count > 0 {
            steps.push(Step::Close);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3};

    use super::*;
    use crate::volume::{Geometry, Samples};

    fn section(inside: &[&str]) -> Section {
        let rows: Vec<Vec<bool>> = (inside.iter())
            .map(|row| row.chars().map(|sign| sign == '#').collect())
            .collect();
        let inside = Array2::from_shape_fn((rows.len(), rows[0].len()), |(row, column)| rows[row][column]);
        Section {
            values: inside.map(|_| 0.0),
            inside,
            letters: ['R', 'L', 'A', 'P'],
        }
    }

    fn corners(steps: &[Step]) -> (usize, usize) {
        let closed = steps.iter().filter(|step| matches!(step, Step::Close)).count();
        (closed, steps.len() - closed)
    }

    #[test]
    fn each_part_and_each_hole_has_a_closed_outline() {
        let at = |column: usize, row: usize| (column as f64, row as f64);
        assert!(outline(&section(&["..", ".."]), at).is_empty());
        let square = outline(&section(&["....", ".##.", ".##.", "...."]), at);
        assert_eq!(corners(&square), (1, 4), "{square:?}");
        let to_the_border = outline(&section(&["##", "##"]), at);
        assert_eq!(corners(&to_the_border), (1, 4));
        let ring = outline(&section(&["###", "#.#", "###"]), at);
        assert_eq!(corners(&ring), (2, 8), "{ring:?}");
        let touching = outline(&section(&["#.", ".#"]), at);
        assert_eq!(corners(&touching).1, 8, "{touching:?}");
    }

    #[test]
    fn the_bar_is_as_long_as_it_says_and_all_panels_have_its_scale() {
        let volume = Volume {
            geometry: Geometry {
                size: [40, 30, 20],
                spacing: [1.0, 1.0, 2.0],
                origin: [0.0; 3],
                direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            },
            samples: Samples::F64((0..24_000).map(|value| f64::from(value % 500)).collect()),
        };
        let mut voxels = Array3::from_elem((20, 30, 40), false);
        voxels.slice_mut(ndarray::s![5..15, 10..20, 10..30]).fill(true);
        let mask = Mask {
            geometry: volume.geometry,
            voxels,
        };
        let paper = planes("a scan", &volume, Some(&mask), Window::BONE);
        // The region is 20 x 10 x 20 mm; with its margin of four tenths a panel shows 28 mm.
        let lengths: Vec<f64> = (paper.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Line { from, to, .. } if from.1 == to.1 => Some(to.0 - from.0),
                _ => None,
            })
            .collect();
        assert_eq!(lengths.len(), 1);
        assert!((lengths[0] - 5.0 / 28.0 * SIDE).abs() < 1e-9, "{lengths:?}");
        let texts: Vec<&str> = (paper.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Text(words) => Some(words.text.as_str()),
                _ => None,
            })
            .collect();
        assert!(
            texts.contains(&"5 mm") && texts.iter().any(|text| text.starts_with("sagittal ")),
            "{texts:?}"
        );
        let outlines: Vec<&Vec<Step>> = (paper.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Path { steps, .. } => Some(steps),
                _ => None,
            })
            .collect();
        assert_eq!(outlines.len(), 3);
        // Axial: 20 mm across, 10 mm down.
        let extent = |steps: &[Step], of: fn(f64, f64) -> f64| {
            let values = steps.iter().filter_map(|step| match *step {
                Step::To(x, y) | Step::Line(x, y) => Some(of(x, y)),
                Step::Close => None,
            });
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            (high - low) / SIDE * 28.0
        };
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 0.2, "{found} mm for {wanted}");
        near(extent(outlines[0], |x, _| x), 20.0);
        near(extent(outlines[0], |_, y| y), 10.0);
        near(extent(outlines[1], |_, y| y), 20.0);
    }
}
