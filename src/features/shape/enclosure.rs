//! Bodies around a region: its principal ellipsoid, its smallest ellipsoid, its smallest box.

use std::collections::HashMap;
use std::f64::consts::PI;

use super::convex_hull::{ConvexHull, cross, dot, minus, norm};

/// The surface of an ellipsoid with semi-axes `a >= b >= c`, by the series of the IBSI manual (20 Legendre polynomials).
///
/// The manual takes `alpha^2 = 1 - (b/a)^2` and `beta^2 = 1 - (c/a)^2`; the exact series (Tee, 2004) has `1 - (c/a)^2` and
/// `1 - (c/b)^2`. The consensus values follow the manual, which is exact for a sphere and off for others (where
/// one axis is half as long again as the two others by -12 %, where two are by +14 %).
pub fn ellipsoid_area(mut axes: [f64; 3]) -> f64 {
    axes.sort_by(|one, other| other.total_cmp(one));
    let [a, b, c] = axes;
    if b <= 0.0 {
        return 0.0;
    }
    let alpha = (1.0 - (b / a).powi(2)).max(0.0).sqrt();
    let beta = (1.0 - (c / a).powi(2)).max(0.0).sqrt();
    let product = alpha * beta;
    if product == 0.0 {
        // At least two equal axes at the long end: with alpha = 0 only the sums of the two highest powers are left.
        return 4.0 * PI * a * b * oblate_share(beta);
    }
    let x = (alpha * alpha + beta * beta) / (2.0 * product);
    // (alpha beta)^v P_v(x) by the recurrence of the Legendre polynomials, the power taken in so that nothing overflows.
    let (mut before, mut now) = (1.0, product * x);
    let mut sum = 1.0 + now / (1.0 - 4.0);
    for order in 2..=20 {
        let v = f64::from(order);
        let next = ((2.0 * v - 1.0) * x * product * now - (v - 1.0) * product * product * before) / v;
        (before, now) = (now, next);
        sum += now / (1.0 - 4.0 * v * v);
    }
    4.0 * PI * a * b * sum
}

/// The series for alpha = 0: `(alpha beta)^v P_v` tends to `(2v choose v) (beta^2 / 4)^v`.
fn oblate_share(beta: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for order in 1..=20 {
        let v = f64::from(order);
        term *= (2.0 * v - 1.0) / (2.0 * v) * beta * beta;
        sum += term / (1.0 - 4.0 * v * v);
    }
    sum
}

/// Volume and surface of a body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solid {
    /// Cubic millimetres
    pub volume: f64,
    /// Square millimetres
    pub area: f64,
}

/// The ellipsoid with these semi-axes.
pub fn ellipsoid(axes: [f64; 3]) -> Solid {
    Solid {
        volume: 4.0 / 3.0 * PI * axes[0] * axes[1] * axes[2],
        area: ellipsoid_area(axes),
    }
}

/// The box with these edges.
pub fn cuboid([a, b, c]: [f64; 3]) -> Solid {
    Solid {
        volume: a * b * c,
        area: 2.0 * (a * b + b * c + a * c),
    }
}

/// The ellipsoid of least volume around a hull, to a millionth of the volume.
///
/// Khachiyan's algorithm with steps away from points that are not on the ellipsoid: in each step the weight of the point that is
/// furthest out grows, or that of the one furthest in shrinks; the inverse of the scatter and all distances follow by a
/// correction of rank one, and are made anew now and then.
///
/// Source: Khachiyan, Mathematics of Operations Research 1996;21:307; Todd and Yildirim, Discrete Applied Mathematics 2007;155:1731.
pub fn smallest_ellipsoid(hull: &ConvexHull) -> Option<Solid> {
    const DIMENSIONS: f64 = 3.0;
    const RANK: f64 = DIMENSIONS + 1.0;
    let points = &hull.vertices;
    let n = points.len();
    if n < 4 {
        return None;
    }
    // Centred: the sums below then keep their digits.
    let centre = [0, 1, 2].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / n as f64);
    let lifted: Vec<[f64; 4]> = points
        .iter()
        .map(|point| [point[0] - centre[0], point[1] - centre[1], point[2] - centre[2], 1.0])
        .collect();
    let mut weights = vec![1.0 / n as f64; n];
    let (mut inverse, mut distances) = ([[0.0; 4]; 4], vec![0.0; n]);
    for step in 0..20_000 {
        if step % 50 == 0 {
            inverse = inverse4(scatter(&lifted, &weights))?;
            for (distance, q) in distances.iter_mut().zip(&lifted) {
                *distance = dot4(*q, times(&inverse, *q));
            }
        }
        let furthest = (0..n).max_by(|&a, &b| distances[a].total_cmp(&distances[b]))?;
        let weighed = (0..n).filter(|&index| weights[index] > 0.0);
        let nearest = weighed.min_by(|&a, &b| distances[a].total_cmp(&distances[b]))?;
        let (out, within) = (distances[furthest] / RANK - 1.0, 1.0 - distances[nearest] / RANK);
        if out.max(within) < 1e-6 {
            break;
        }
        let chosen = if out >= within { furthest } else { nearest };
        let distance = distances[chosen];
        let best = (distance - RANK) / (RANK * (distance - 1.0));
        // A weight does not fall below 0.
        let least = -weights[chosen] / (1.0 - weights[chosen]);
        let share = best.max(least);
        let rest = 1.0 - share;
        for weight in &mut weights {
            *weight *= rest;
        }
        weights[chosen] = if best > least { weights[chosen] + share } else { 0.0 };
        let along = times(&inverse, lifted[chosen]);
        let factor = share / (rest + share * distance);
        for (distance, q) in distances.iter_mut().zip(&lifted) {
            let part = dot4(*q, along);
            *distance = (*distance - factor * part * part) / rest;
        }
        for row in 0..4 {
            for column in 0..4 {
                inverse[row][column] = (inverse[row][column] - factor * along[row] * along[column]) / rest;
            }
        }
    }
    let middle = [0, 1, 2].map(|axis| {
        lifted
            .iter()
            .zip(&weights)
            .map(|(q, weight)| weight * q[axis])
            .sum::<f64>()
    });
    let mut shape = ndarray::Array2::zeros((3, 3));
    for (q, weight) in lifted.iter().zip(&weights) {
        for row in 0..3 {
            for column in 0..3 {
                shape[[row, column]] += weight * (q[row] - middle[row]) * (q[column] - middle[column]);
            }
        }
    }
    let (values, _) = crate::stats::base::linalg::symmetric_eigen(shape.view());
    Some(ellipsoid(
        [0, 1, 2].map(|axis| (DIMENSIONS * values[axis].max(0.0)).sqrt()),
    ))
}

/// `sum weight q q^T`
fn scatter(points: &[[f64; 4]], weights: &[f64]) -> [[f64; 4]; 4] {
    let mut scatter = [[0.0; 4]; 4];
    for (q, weight) in points.iter().zip(weights) {
        for row in 0..4 {
            for column in 0..4 {
                scatter[row][column] += weight * q[row] * q[column];
            }
        }
    }
    scatter
}

fn times(matrix: &[[f64; 4]; 4], vector: [f64; 4]) -> [f64; 4] {
    matrix.map(|row| dot4(row, vector))
}

fn dot4(a: [f64; 4], b: [f64; 4]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
}

fn inverse4(matrix: [[f64; 4]; 4]) -> Option<[[f64; 4]; 4]> {
    let mut left = matrix;
    let mut right = [0, 1, 2, 3].map(|row| [0, 1, 2, 3].map(|column| f64::from(u8::from(row == column))));
    for pivot in 0..4 {
        let best = (pivot..4).max_by(|&a, &b| left[a][pivot].abs().total_cmp(&left[b][pivot].abs()))?;
        left.swap(pivot, best);
        right.swap(pivot, best);
        let head = left[pivot][pivot];
        if head == 0.0 || !head.is_finite() {
            return None;
        }
        for column in 0..4 {
            left[pivot][column] /= head;
            right[pivot][column] /= head;
        }
        for row in 0..4 {
            if row != pivot {
                let factor = left[row][pivot];
                for column in 0..4 {
                    left[row][column] -= factor * left[pivot][column];
                    right[row][column] -= factor * right[pivot][column];
                }
            }
        }
    }
    Some(right)
}

/// The box of least volume that has a face in common with the hull.
///
/// For each face of the hull the box stands on it, turned so that its base is the smallest rectangle around the hull's
/// projection. A still smaller box may touch the hull with edges only; the difference is small, and no consensus value exists.
pub fn smallest_box(hull: &ConvexHull) -> Option<Solid> {
    let mut best: Option<Solid> = None;
    let outline = Outline::new(hull);
    for normal in hull.normals() {
        let helper = if normal[0].abs() < 0.9 {
            [1.0, 0.0, 0.0]
        } else {
            [0.0, 1.0, 0.0]
        };
        let first = cross(normal, helper);
        let length = norm(first);
        let first = first.map(|part| part / length);
        let second = cross(normal, first);
        let (low, high) = hull
            .vertices
            .iter()
            .map(|&vertex| dot(vertex, normal))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), along| {
                (low.min(along), high.max(along))
            });
        let shadow = outline
            .seen_along(normal)
            .into_iter()
            .map(|vertex| [dot(hull.vertices[vertex], first), dot(hull.vertices[vertex], second)])
            .collect();
        let Some([width, depth]) = smallest_rectangle(shadow) else {
            continue;
        };
        let found = cuboid([width, depth, high - low]);
        if best.is_none_or(|best| found.volume < best.volume) {
            best = Some(found);
        }
    }
    best
}

/// Finds the vertices of a hull that lie on the outline of its projection: those of edges between a face that is turned
/// towards the eye and one that is turned away.
struct Outline {
    /// Of each face
    normals: Vec<[f64; 3]>,
    /// The ends of an edge and the faces on its sides
    edges: Vec<([usize; 2], [usize; 2])>,
    vertices: usize,
}

impl Outline {
    fn new(hull: &ConvexHull) -> Self {
        let mut open: HashMap<[usize; 2], usize> = HashMap::new();
        let mut edges = Vec::new();
        for (face, &[a, b, c]) in hull.triangles.iter().enumerate() {
            for [from, to] in [[a, b], [b, c], [c, a]] {
                match open.remove(&[to, from]) {
                    Some(other) => edges.push(([from, to], [face, other])),
                    None => _ = open.insert([from, to], face),
                }
            }
        }
        let corners = |face: &[usize; 3]| face.map(|corner| hull.vertices[corner]);
        Self {
            normals: hull
                .triangles
                .iter()
                .map(|face| {
                    let [a, b, c] = corners(face);
                    cross(minus(b, a), minus(c, a))
                })
                .collect(),
            edges,
            vertices: hull.vertices.len(),
        }
    }

    fn seen_along(&self, direction: [f64; 3]) -> Vec<usize> {
        let towards: Vec<bool> = self
            .normals
            .iter()
            .map(|&normal| dot(normal, direction) >= 0.0)
            .collect();
        let mut seen = vec![false; self.vertices];
        let mut vertices = Vec::new();
        for (ends, faces) in &self.edges {
            if towards[faces[0]] != towards[faces[1]] {
                for &end in ends {
                    if !std::mem::replace(&mut seen[end], true) {
                        vertices.push(end);
                    }
                }
            }
        }
        vertices
    }
}

/// The edges of the smallest rectangle around points of a plane: one of its edges lies on an edge of their hull.
fn smallest_rectangle(points: Vec<[f64; 2]>) -> Option<[f64; 2]> {
    let outline = plane_hull(points);
    let count = outline.len();
    if count < 2 {
        return None;
    }
    let next = |index: usize| if index + 1 == count { 0 } else { index + 1 };
    let mut best: Option<[f64; 2]> = None;
    // The points furthest along an edge, furthest from it and furthest back: they turn with the edge.
    let (mut front, mut top, mut back) = (0, 0, 0);
    for index in 0..count {
        let (a, b) = (outline[index], outline[next(index)]);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if length == 0.0 {
            continue;
        }
        let (dx, dy) = (dx / length, dy / length);
        let along = |index: usize| outline[index][0] * dx + outline[index][1] * dy;
        let across = |index: usize| outline[index][1] * dx - outline[index][0] * dy;
        let turned = |from: usize, reach: &dyn Fn(usize) -> f64| {
            let mut at = from;
            for _ in 0..count {
                if reach(next(at)) <= reach(at) {
                    break;
                }
                at = next(at);
            }
            at
        };
        if index == 0 {
            front = next(0);
        }
        front = turned(front, &along);
        top = turned(if index == 0 { front } else { top }, &across);
        back = turned(if index == 0 { top } else { back }, &|index| -along(index));
        let edges = [along(front) - along(back), across(top) - across(index)];
        if best.is_none_or(|best| edges[0] * edges[1] < best[0] * best[1]) {
            best = Some(edges);
        }
    }
    best
}

/// Andrew's monotone chain, against the clock.
fn plane_hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let mut outline: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    let mut chain = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let start = outline.len();
        for point in points {
            while outline.len() >= start + 2
                && turn(outline[outline.len() - 2], outline[outline.len() - 1], point) <= 0.0
            {
                outline.pop();
            }
            outline.push(point);
        }
        outline.pop();
    };
    chain(&mut points.iter().copied());
    chain(&mut points.iter().rev().copied());
    outline
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::shape::convex_hull::hull_of_surface;
    use ndarray::Array3;

    #[test]
    fn the_series_is_exact_for_a_sphere_near_for_others_and_continuous() {
        assert!((ellipsoid_area([2.0; 3]) - 16.0 * PI).abs() < 1e-9);
        let (a, b) = (3.0_f64, 2.0_f64);
        let e = (1.0 - (b / a).powi(2)).sqrt();
        let prolate = 2.0 * PI * b * b * (1.0 + a / (b * e) * e.asin());
        // The manual's series is 12 % low here; see the function.
        assert!((ellipsoid_area([b, a, b]) / prolate - 0.877).abs() < 0.005);
        let oblate = 2.0 * PI * a * a * (1.0 + (1.0 - e * e) / e * e.atanh());
        assert!((ellipsoid_area([a, b, a]) / oblate - 1.141).abs() < 0.005);
        assert!((ellipsoid_area([a, a - 1e-9, b]) - ellipsoid_area([a, a, b])).abs() < 1e-6);
    }

    #[test]
    fn a_turned_box_is_found_and_the_ellipsoid_of_a_box_has_its_known_volume() {
        let turned = |point: [f64; 3]| {
            let (s, c) = (0.3_f64.sin(), 0.3_f64.cos());
            [c * point[0] - s * point[1], s * point[0] + c * point[1], point[2]]
        };
        let corners: Vec<[f64; 3]> = (0..8)
            .map(|bits| {
                turned([
                    4.0 * f64::from(bits & 1),
                    3.0 * f64::from(bits >> 1 & 1),
                    2.0 * f64::from(bits >> 2),
                ])
            })
            .collect();
        let hull = ConvexHull {
            vertices: corners,
            triangles: vec![
                [0, 2, 1],
                [1, 2, 3],
                [4, 5, 6],
                [5, 7, 6],
                [0, 1, 4],
                [1, 5, 4],
                [2, 6, 3],
                [3, 6, 7],
                [0, 4, 2],
                [2, 4, 6],
                [1, 3, 5],
                [3, 7, 5],
            ],
        };
        let found = smallest_box(&hull).unwrap();
        assert!((found.volume - 24.0).abs() < 1e-9 && (found.area - 52.0).abs() < 1e-9);
        // Semi-axes of the ellipsoid through the corners of a box: half edges times sqrt(3).
        let around = smallest_ellipsoid(&hull).unwrap();
        let expected = 4.0 / 3.0 * PI * 3.0_f64.sqrt().powi(3) * 2.0 * 1.5;
        assert!((around.volume / expected - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_ball_of_voxels_fills_its_ellipsoid() {
        let mask = Array3::from_shape_fn((21, 21, 21), |(z, y, x)| {
            let square = |n: usize| (n as f64 - 10.0).powi(2);
            square(z) + square(y) + square(x) <= 100.0
        });
        let hull = hull_of_surface(&mask, [1.0; 3]).unwrap();
        let around = smallest_ellipsoid(&hull).unwrap();
        assert!(around.volume > hull.volume() && around.volume < 1.2 * hull.volume());
    }
}
