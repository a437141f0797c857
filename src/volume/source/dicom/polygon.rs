//! Polygons filled on a grid of pixels: even-odd at the centres, and a centre on the line is inside.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a straight loop over pixels; every index comes from a range that was cut to the grid"
)]

/// How near to the line a centre lies on it, in pixels.
const ON: f64 = 1e-6;

/// A polygon filled: the pixels inside, in a box of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filled {
    /// The box's first pixel; it may lie outside of the grid
    pub start: [i64; 2],
    /// The box's size
    pub size: [usize; 2],
    /// Where each pixel of the box lies, x fastest
    pub pixels: Vec<Side>,
}

/// Where a pixel's centre lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Outside,
    Inside,
    /// On the line itself
    On,
}

/// Fills a closed polygon whose points are given in pixels, x then y.
///
/// `None` where the box is beyond all grids or a point is no number.
pub(super) fn fill(points: &[[f64; 2]]) -> Option<Filled> {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let near = |value: f64| value.abs() < 1e6;
    if points.is_empty() || !low.into_iter().chain(high).all(near) || points.iter().flatten().any(|part| part.is_nan())
    {
        return None;
    }
    let start = low.map(|low| (low - ON).ceil() as i64);
    let end = high.map(|high| (high + ON).floor() as i64 + 1);
    let size = [0, 1].map(|axis| (end[axis] - start[axis]).max(0) as usize);
    // A box of more pixels than any slice has comes from points that are no outline.
    let count = size[0].checked_mul(size[1]).filter(|&count| count <= 1 << 30)?;
    let mut pixels = vec![Side::Outside; count];
    let mut crossings: Vec<f64> = Vec::new();
    for row in 0..size[1] {
        let y = (start[1] + row as i64) as f64;
        let line = &mut pixels[row * size[0]..(row + 1) * size[0]];
        let mut mark = |from: f64, to: f64, side: Side| {
            let first = ((from - ON).ceil() as i64 - start[0]).max(0);
            let last = ((to + ON).floor() as i64 - start[0]).min(size[0] as i64 - 1);
            for x in first..=last {
                let place = &mut line[x as usize];
                if *place != Side::On {
                    *place = side;
                }
            }
        };
        crossings.clear();
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            if (a[1] <= y) != (b[1] <= y) {
                crossings.push(a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
            }
            // What the line itself passes, whether it crosses the row or only touches it.
            if (a[1] - y).abs() <= ON && (b[1] - y).abs() <= ON {
                mark(a[0].min(b[0]), a[0].max(b[0]), Side::On);
            } else if (a[1] - y).abs() <= ON {
                mark(a[0], a[0], Side::On);
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            mark(pair[0], pair[0], Side::On);
            mark(pair[1], pair[1], Side::On);
            mark(pair[0], pair[1], Side::Inside);
        }
    }
    Some(Filled { start, size, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(points: &[[f64; 2]]) -> usize {
        let filled = fill(points).unwrap();
        filled.pixels.iter().filter(|&&side| side != Side::Outside).count()
    }

    #[test]
    fn centres_on_the_line_are_inside() {
        // On the centres themselves: 4 x 3 pixels.
        assert_eq!(count(&[[1.0, 1.0], [4.0, 1.0], [4.0, 3.0], [1.0, 3.0]]), 12);
        // Half-way between them: 3 x 2.
        assert_eq!(count(&[[0.5, 0.5], [3.5, 0.5], [3.5, 2.5], [0.5, 2.5]]), 6);
        // A diamond with its corners on centres.
        assert_eq!(count(&[[2.0, 0.0], [4.0, 2.0], [2.0, 4.0], [0.0, 2.0]]), 13);
        // The direction does not matter, nor does the first point.
        assert_eq!(count(&[[0.0, 2.0], [2.0, 4.0], [4.0, 2.0], [2.0, 0.0]]), 13);
    }

    #[test]
    fn a_keyhole_leaves_its_hole_open() {
        // An outer square with an inner one that is reached through a slit between centres.
        let points = [
            [0.4, 0.4],
            [8.6, 0.4],
            [8.6, 4.5],
            [5.5, 4.5],
            [5.5, 3.5],
            [3.5, 3.5],
            [3.5, 5.5],
            [5.5, 5.5],
            [5.5, 4.5],
            [8.6, 4.5],
            [8.6, 8.6],
            [0.4, 8.6],
        ];
        assert_eq!(count(&points), 64 - 4);
    }

    #[test]
    fn a_point_of_no_number_is_no_polygon() {
        assert_eq!(fill(&[[0.0, 0.0], [f64::NAN, 1.0], [2.0, 2.0]]), None);
        assert_eq!(fill(&[[0.0, 0.0], [1e300, 1.0], [2.0, 2.0]]), None);
        assert_eq!(fill(&[]), None);
        assert_eq!(count(&[[2.0, 2.0]]), 1);
    }
}
