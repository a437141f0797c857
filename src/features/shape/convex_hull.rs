//! The convex hull of the vertices of a region's surface, found exactly.
//!
//! The vertices of a mesh between voxels lie half-way between voxel centres, so in half voxels their coordinates are whole numbers,
//! every side of a plane is decided without rounding, and no tolerance is needed. The hull of the scaled points is the scaled hull.
//! Method: one point after the other; the faces that see it make way for faces from their outline to the point.

use std::collections::{BTreeSet, HashMap, HashSet};

use ndarray::Array3;

use super::diameter::corners;

/// A closed surface of triangles, outward by the right-hand rule.
#[derive(Debug, Clone)]
pub struct ConvexHull {
    /// The corners in millimetres, `x, y, z`; each is a vertex of the hull
    pub vertices: Vec<[f64; 3]>,
    /// Indices of corners
    pub triangles: Vec<[usize; 3]>,
}

type Point = [i64; 3];

/// The hull of the mesh vertices of a region `[z, y, x]`; `None` for an empty region.
pub fn hull_of_surface(mask: &Array3<bool>, spacing: [f64; 3]) -> Option<ConvexHull> {
    let (points, triangles) = hull(candidates(mask))?;
    let mut used: Vec<usize> = triangles
        .iter()
        .flatten()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    used.sort_unstable();
    let place: HashMap<usize, usize> = used.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    Some(ConvexHull {
        vertices: used
            .iter()
            .map(|&index| [0, 1, 2].map(|axis| points[index][axis] as f64 / 2.0 * spacing[axis]))
            .collect(),
        triangles: triangles
            .into_iter()
            .map(|corners| corners.map(|corner| place[&corner]))
            .collect(),
    })
}

impl ConvexHull {
    /// The enclosed volume in cubic millimetres.
    pub fn volume(&self) -> f64 {
        let centre = self.vertices.first().copied().unwrap_or_default();
        self.triangles
            .iter()
            .map(|corners| {
                let [a, b, c] = corners.map(|corner| minus(self.vertices[corner], centre));
                dot(a, cross(b, c)) / 6.0
            })
            .sum()
    }

    /// The surface in square millimetres.
    pub fn area(&self) -> f64 {
        self.triangles
            .iter()
            .map(|corners| {
                let [a, b, c] = corners.map(|corner| self.vertices[corner]);
                norm(cross(minus(b, a), minus(c, a))) / 2.0
            })
            .sum()
    }

    /// The unit normals of the faces, each once.
    pub fn normals(&self) -> Vec<[f64; 3]> {
        let mut seen = HashSet::new();
        let mut normals = Vec::new();
        for corners in &self.triangles {
            let [a, b, c] = corners.map(|corner| self.vertices[corner]);
            let normal = cross(minus(b, a), minus(c, a));
            let length = norm(normal);
            let unit = normal.map(|part| part / length);
            if seen.insert(unit.map(|part| (part * 1e9).round() as i64)) {
                normals.push(unit);
            }
        }
        normals
    }
}

/// The points of the surface that may be corners of the hull, in half voxels `x, y, z`.
fn candidates(mask: &Array3<bool>) -> Vec<Point> {
    corners(mask.view())
        .into_iter()
        .map(|[z, y, x]| [x, y, z].map(|index| i64::from(index) - 1))
        .collect()
}

/// Six times the signed volume of `a, b, c, d`; positive where `d` is outside the face `a, b, c`.
fn side(a: Point, b: Point, c: Point, d: Point) -> i64 {
    let sub = |p: Point| [p[0] - a[0], p[1] - a[1], p[2] - a[2]];
    let (u, v, w) = (sub(b), sub(c), sub(d));
    (u[1] * v[2] - u[2] * v[1]) * w[0] + (u[2] * v[0] - u[0] * v[2]) * w[1] + (u[0] * v[1] - u[1] * v[0]) * w[2]
}

fn hull(mut points: Vec<Point>) -> Option<(Vec<Point>, Vec<[usize; 3]>)> {
    wide_first(&mut points);
    let first = *points.first()?;
    let collinear = |a: Point, b: Point, c: Point| {
        let (u, v) = (
            [0, 1, 2].map(|axis| b[axis] - a[axis]),
            [0, 1, 2].map(|axis| c[axis] - a[axis]),
        );
        u[1] * v[2] == u[2] * v[1] && u[2] * v[0] == u[0] * v[2] && u[0] * v[1] == u[1] * v[0]
    };
    let second = points.iter().position(|&point| point != first)?;
    let third = points
        .iter()
        .position(|&point| !collinear(first, points[second], point))?;
    let fourth = points
        .iter()
        .position(|&point| side(first, points[second], points[third], point) != 0)?;
    let (b, c) = if side(first, points[second], points[third], points[fourth]) < 0 {
        (second, third)
    } else {
        (third, second)
    };
    let mut faces = vec![[0, b, c], [0, c, fourth], [c, b, fourth], [b, 0, fourth]];
    for index in 0..points.len() {
        let point = points[index];
        let sees = |face: &[usize; 3]| side(points[face[0]], points[face[1]], points[face[2]], point) > 0;
        if !faces.iter().any(sees) {
            continue;
        }
        let (seen, mut kept): (Vec<_>, Vec<_>) = faces.into_iter().partition(|face| sees(face));
        let edges: Vec<(usize, usize)> = seen
            .iter()
            .flat_map(|face| [(face[0], face[1]), (face[1], face[2]), (face[2], face[0])])
            .collect();
        let inner: HashSet<(usize, usize)> = edges.iter().copied().collect();
        kept.extend(
            edges
                .into_iter()
                .filter(|&(from, to)| !inner.contains(&(to, from)))
                .map(|(from, to)| [from, to, index]),
        );
        faces = kept;
    }
    Some((points, faces))
}

/// Puts the extreme points of some directions first: the hull is then nearly complete early, and most points see no face.
fn wide_first(points: &mut [Point]) {
    let mut front = 0;
    let range = || -3..=3i64;
    let directions = range().flat_map(|z| range().flat_map(move |y| range().map(move |x| [z, y, x])));
    for direction in directions.filter(|direction| *direction != [0; 3]) {
        let along = |point: &Point| (0..3).map(|axis| direction[axis] * point[axis]).sum::<i64>();
        if let Some(best) = (front..points.len()).max_by_key(|&index| (along(&points[index]), std::cmp::Reverse(index)))
        {
            let found = along(&points[best]);
            if points[..front].iter().all(|point| along(point) < found) {
                points.swap(front, best);
                front += 1;
            }
        }
    }
}

pub(super) fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(super) fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The middles between a voxel of the region and one outside that share a face, in half voxels.
    fn surface_points(mask: &Array3<bool>) -> Vec<Point> {
        let mut points = Vec::new();
        for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
            for axis in 0..3 {
                for step in [-1, 1] {
                    let mut beside = [x, y, z];
                    // A negative index wraps to a huge one, which is outside as well.
                    beside[axis] = beside[axis].wrapping_add_signed(step as isize);
                    if mask.get([beside[2], beside[1], beside[0]]) != Some(&true) {
                        let mut point = [x, y, z].map(|index| 2 * index as i64);
                        point[axis] += step;
                        points.push(point);
                    }
                }
            }
        }
        points
    }

    #[test]
    fn the_hull_of_a_voxel_is_an_octahedron() {
        let hull = hull_of_surface(&Array3::from_elem((1, 1, 1), true), [2.0, 2.0, 2.0]).unwrap();
        assert_eq!((hull.vertices.len(), hull.triangles.len()), (6, 8));
        assert!((hull.volume() - 4.0 / 3.0).abs() < 1e-12);
        assert!((hull.area() - 4.0 * 3.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!(hull.normals().len(), 8);
    }

    #[test]
    fn no_point_is_outside_and_the_surface_is_closed() {
        let mask = Array3::from_shape_fn((9, 11, 10), |(z, y, x)| {
            let (z, y, x) = (z as f64 - 4.0, y as f64 - 5.2, x as f64 - 4.6);
            z * z / 12.0 + y * y / 20.0 + x * x / 18.0 < 1.0 && (x + y + z).abs() > 0.5
        });
        let (points, faces) = hull(candidates(&mask)).unwrap();
        for point in surface_points(&mask) {
            assert!(
                faces
                    .iter()
                    .all(|face| side(points[face[0]], points[face[1]], points[face[2]], point) <= 0)
            );
        }
        let edges: HashSet<(usize, usize)> = faces
            .iter()
            .flat_map(|face| [(face[0], face[1]), (face[1], face[2]), (face[2], face[0])])
            .collect();
        assert_eq!(edges.len(), 3 * faces.len());
        assert!(edges.iter().all(|&(from, to)| edges.contains(&(to, from))));
    }
}
