//! The largest distances between points of a region's surface: over all pairs, and within planes across each axis.
//!
//! The points are the middles of the edges between a voxel inside and a neighbour outside, on a grid of half voxels. The
//! farthest pair of a set are vertices of its convex hull, and a vertex of the hull is one in each plane through it, so
//! only the points that are corners of the hull in all three of their planes are compared: the same number as from all
//! pairs, for a fraction of the work.

use std::collections::HashMap;

use ndarray::ArrayView3;

/// A point in half voxels, `z, y, x`.
pub type Point = [i32; 3];

/// The largest distances in millimetres; 0 where there are no two points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Diameters {
    /// Over all pairs
    pub whole: f64,
    /// Over pairs in one plane across `z`, `y`, `x`
    pub in_planes: [f64; 3],
}

/// The diameters of the region in an array `[z, y, x]`, whose spacing is given in that order.
pub fn diameters(mask: ArrayView3<'_, bool>, spacing: [f64; 3]) -> Diameters {
    let mut found = Diameters::default();
    let corners = corners_of(mask, |axis, hull| {
        found.in_planes[axis] = f64::max(found.in_planes[axis], largest_distance(hull, spacing));
    });
    found.whole = largest_distance(&corners, spacing);
    found
}

/// The points of the surface that may be corners of its convex hull, in half voxels `z, y, x`; every corner is among them.
pub fn corners(mask: ArrayView3<'_, bool>) -> Vec<Point> {
    corners_of(mask, |_, _| {})
}

/// The same; `each` is handed the hull in each plane across an axis.
fn corners_of(mask: ArrayView3<'_, bool>, mut each: impl FnMut(usize, &[Point])) -> Vec<Point> {
    let mut votes: HashMap<Point, u8> = HashMap::new();
    let planes = Planes::new(mask);
    for axis in 0..3 {
        for hull in planes.hulls(axis) {
            each(axis, &hull);
            for point in hull {
                *votes.entry(point).or_default() += 1;
            }
        }
    }
    let mut corners: Vec<Point> = votes
        .into_iter()
        .filter(|&(_, votes)| votes == 3)
        .map(|(point, _)| point)
        .collect();
    corners.sort_unstable();
    corners
}

/// The first and the last point on a line, if there is one.
type Line = Option<(i32, i32)>;

/// The first and last point on each line along an axis, in each plane across another one.
struct Planes {
    /// For each axis: planes across it, then lines in them
    lines: [Vec<Vec<Line>>; 3],
}

/// Across axis `k` the lines lie at `ALONG[k].0` and run along `ALONG[k].1`.
const ALONG: [(usize, usize); 3] = [(1, 2), (0, 2), (0, 1)];

impl Planes {
    fn new(mask: ArrayView3<'_, bool>) -> Self {
        let (depth, height, width) = mask.dim();
        let size = [depth, height, width];
        // Half-voxel indices are moved up by one, so that the lower face of the first voxel is at 0.
        let places = size.map(|size| 2 * size + 1);
        let mut lines = [0, 1, 2].map(|axis| vec![vec![None; places[ALONG[axis].0]]; places[axis]]);
        let mut add = |point: Point| {
            for axis in 0..3 {
                let (across, along) = ALONG[axis];
                let place = point[along];
                let line: &mut Line = &mut lines[axis][point[axis] as usize][point[across] as usize];
                *line = Some(match *line {
                    None => (place, place),
                    Some((first, last)) => (first.min(place), last.max(place)),
                });
            }
        };
        for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
            let at = [z, y, x];
            for axis in 0..3 {
                let mut neighbour = at;
                let below_outside = at[axis] == 0 || {
                    neighbour[axis] = at[axis] - 1;
                    !mask[neighbour]
                };
                let above_outside = at[axis] + 1 == size[axis] || {
                    neighbour[axis] = at[axis] + 1;
                    !mask[neighbour]
                };
                let mut point = at.map(|index| 2 * index as i32 + 1);
                if below_outside {
                    point[axis] -= 1;
                    add(point);
                    point[axis] += 1;
                }
                if above_outside {
                    point[axis] += 1;
                    add(point);
                }
            }
        }
        Self { lines }
    }

    /// The corners of the convex hull of the points in each plane across an axis.
    fn hulls(&self, axis: usize) -> impl Iterator<Item = Vec<Point>> + '_ {
        let (across, along) = ALONG[axis];
        self.lines[axis].iter().enumerate().filter_map(move |(plane, lines)| {
            let points: Vec<[i64; 2]> = lines
                .iter()
                .enumerate()
                .flat_map(|(line, ends)| {
                    ends.iter().flat_map(move |&(first, last)| {
                        let more = (last != first).then_some([line as i64, i64::from(last)]);
                        std::iter::once([line as i64, i64::from(first)]).chain(more)
                    })
                })
                .collect();
            (!points.is_empty()).then(|| {
                hull(&points)
                    .into_iter()
                    .map(|[line, place]| {
                        let mut point = [0; 3];
                        point[axis] = plane as i32;
                        point[across] = line as i32;
                        point[along] = place as i32;
                        point
                    })
                    .collect()
            })
        })
    }
}

/// The corners of the convex hull by Andrew's monotone chain; the points must be sorted. Points on an edge are left out.
fn hull(points: &[[i64; 2]]) -> Vec<[i64; 2]> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let turn = |a: [i64; 2], b: [i64; 2], c: [i64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let chain = |points: &mut dyn Iterator<Item = [i64; 2]>| {
        let mut kept: Vec<[i64; 2]> = Vec::new();
        for point in points {
            while kept.len() >= 2 && turn(kept[kept.len() - 2], kept[kept.len() - 1], point) <= 0 {
                kept.pop();
            }
            kept.push(point);
        }
        kept.pop();
        kept
    };
    let mut corners = chain(&mut points.iter().copied());
    corners.extend(chain(&mut points.iter().rev().copied()));
    corners
}

/// The largest distance between two of the points. Those far from the middle come first, and a pair whose distances from
/// the middle do not add up to the best so far is not looked at.
fn largest_distance(points: &[Point], spacing: [f64; 3]) -> f64 {
    let count = points.len() as f64;
    let scaled: Vec<[f64; 3]> = points
        .iter()
        .map(|point| [0, 1, 2].map(|axis| 0.5 * f64::from(point[axis]) * spacing[axis]))
        .collect();
    let middle = [0, 1, 2].map(|axis| scaled.iter().map(|point| point[axis]).sum::<f64>() / count);
    let square = |a: [f64; 3], b: [f64; 3]| -> f64 {
        let step = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        step[0] * step[0] + step[1] * step[1] + step[2] * step[2]
    };
    let mut order: Vec<(f64, [f64; 3])> = scaled
        .into_iter()
        .map(|point| (square(point, middle).sqrt(), point))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut best, mut best_length) = (0.0, 0.0);
    for (index, &(radius, point)) in order.iter().enumerate() {
        if 2.0 * radius < best_length * (1.0 - 1e-12) {
            break;
        }
        for &(other_radius, other) in &order[index + 1..] {
            if radius + other_radius < best_length * (1.0 - 1e-12) {
                break;
            }
            let distance = square(point, other);
            if distance > best {
                best = distance;
                best_length = best.sqrt();
            }
        }
    }
    best.sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use proptest::prelude::*;

    use super::*;

    fn brute(mask: &Array3<bool>, spacing: [f64; 3]) -> Diameters {
        let mut points = Vec::new();
        let inside = |at: [isize; 3]| {
            let at = at.map(|index| usize::try_from(index).unwrap_or(usize::MAX));
            mask.get(at).copied().unwrap_or(false)
        };
        for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
            for axis in 0..3 {
                for side in [-1, 1] {
                    let mut at = [z as isize, y as isize, x as isize];
                    at[axis] += side;
                    if !inside(at) {
                        let mut point = [z, y, x].map(|index| index as f64);
                        point[axis] += 0.5 * side as f64;
                        points.push(point);
                    }
                }
            }
        }
        let mut found = Diameters::default();
        for a in &points {
            for b in &points {
                let square: f64 = (0..3).map(|k| ((a[k] - b[k]) * spacing[k]).powi(2)).sum();
                found.whole = found.whole.max(square.sqrt());
                for axis in 0..3 {
                    if a[axis] == b[axis] {
                        found.in_planes[axis] = found.in_planes[axis].max(square.sqrt());
                    }
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_corners_of_hulls_give_what_all_pairs_give(
            bits in prop::collection::vec(prop::bool::weighted(0.3), 4 * 5 * 6),
            spacing in (0.5..3.0f64, 0.5..3.0f64, 0.5..3.0f64),
        ) {
            let mask = Array3::from_shape_vec((4, 5, 6), bits).unwrap();
            let spacing = [spacing.0, spacing.1, spacing.2];
            let (fast, slow) = (diameters(mask.view(), spacing), brute(&mask, spacing));
            prop_assert!((fast.whole - slow.whole).abs() < 1e-12);
            for axis in 0..3 {
                prop_assert!((fast.in_planes[axis] - slow.in_planes[axis]).abs() < 1e-12);
            }
        }
    }
}
