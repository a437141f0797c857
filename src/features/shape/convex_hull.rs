//! The convex hull of the vertices of a region's surface, found exactly.
//!
//! The vertices of a mesh between voxels lie half-way between voxel centres, so in half voxels their coordinates are whole numbers,
//! every side of a plane is decided without rounding, and no tolerance is needed. The hull of the scaled points is the scaled hull.
//! Method: each point waits at a face that sees it; of the points at a face the furthest becomes a corner, and the faces that
//! see it make way for faces from their outline to it. Source: Barber, Dobkin and Huhdanpaa, ACM Transactions on Mathematical
//! Software 1996;22:469 (quickhull).

use std::cmp::Reverse;
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

fn hull(points: Vec<Point>) -> Option<(Vec<Point>, Vec<[usize; 3]>)> {
    let [a, b, c, d] = tetrahedron(&points)?;
    let mut growing = Growing {
        points,
        faces: Vec::new(),
    };
    let corners = [[a, b, c], [a, c, d], [c, b, d], [b, a, d]];
    // Across an edge lies the face that has it the other way round.
    let beside = |from: usize, to: usize| {
        corners
            .iter()
            .position(|face| has_edge(face, to, from))
            .unwrap_or_default()
    };
    for face in corners {
        let neighbours = [0, 1, 2].map(|edge| beside(face[edge], face[(edge + 1) % 3]));
        growing.add(face, neighbours);
    }
    let all = (0..growing.points.len()).collect();
    growing.wait(all, 0);
    let mut next = 0;
    while next < growing.faces.len() {
        growing.reach_furthest(next);
        next += 1;
    }
    let faces = growing
        .faces
        .into_iter()
        .filter(|face| face.open)
        .map(|face| face.corners);
    Some((growing.points, faces.collect()))
}

fn has_edge(face: &[usize; 3], from: usize, to: usize) -> bool {
    (0..3).any(|edge| face[edge] == from && face[(edge + 1) % 3] == to)
}

/// Four points that are not in a plane, as far apart as one after the other can be chosen, the last one inside of the face
/// that the others make; `None` where all are in one.
fn tetrahedron(points: &[Point]) -> Option<[usize; 4]> {
    let furthest = |from: &dyn Fn(Point) -> i64| {
        let place = (0..points.len()).max_by_key(|&place| (from(points[place]), Reverse(place)))?;
        (from(points[place]) > 0).then_some(place)
    };
    let step = |from: Point, to: Point| [0, 1, 2].map(|axis| to[axis] - from[axis]);
    let square = |step: Point| step.iter().map(|part| part * part).sum::<i64>();
    let first = 0;
    let second = furthest(&|point| square(step(points[first], point)))?;
    let along = step(points[first], points[second]);
    let third = furthest(&|point| {
        let to = step(points[first], point);
        square([
            along[1] * to[2] - along[2] * to[1],
            along[2] * to[0] - along[0] * to[2],
            along[0] * to[1] - along[1] * to[0],
        ])
    })?;
    let height = |point| side(points[first], points[second], points[third], point);
    let fourth = furthest(&|point| height(point).abs())?;
    Some(if height(points[fourth]) < 0 {
        [first, second, third, fourth]
    } else {
        [first, third, second, fourth]
    })
}

/// A face of a hull that grows.
struct Facet {
    corners: [usize; 3],
    /// The face across the edge from each corner to the next
    neighbours: [usize; 3],
    /// Points that this face sees and no face before it
    waiting: Vec<usize>,
    /// Whether it is still a face
    open: bool,
}

/// A hull to which points are still to be added.
struct Growing {
    points: Vec<Point>,
    faces: Vec<Facet>,
}

impl Growing {
    fn add(&mut self, corners: [usize; 3], neighbours: [usize; 3]) {
        self.faces.push(Facet {
            corners,
            neighbours,
            waiting: Vec::new(),
            open: true,
        });
    }

    /// How far a face lies below a point, times its area; not positive where it does not see it.
    fn height(&self, face: usize, point: usize) -> i64 {
        let [a, b, c] = self.faces[face].corners.map(|corner| self.points[corner]);
        side(a, b, c, self.points[point])
    }

    /// Lets points wait at the first face, from one on, that sees them; those that none sees are inside.
    fn wait(&mut self, points: Vec<usize>, from: usize) {
        for point in points {
            if let Some(face) = (from..self.faces.len()).find(|&face| self.height(face, point) > 0) {
                self.faces[face].waiting.push(point);
            }
        }
    }

    /// Makes the furthest point that waits at a face a corner, if one does.
    fn reach_furthest(&mut self, face: usize) {
        let waiting = &self.faces[face].waiting;
        let Some(&point) = waiting
            .iter()
            .max_by_key(|&&point| (self.height(face, point), Reverse(point)))
        else {
            return;
        };
        // Faces that see the point, found from neighbour to neighbour, and the edges around them.
        let (mut seeing, mut outline) = (vec![face], Vec::new());
        self.faces[face].open = false;
        let mut at = 0;
        while at < seeing.len() {
            let Facet {
                corners, neighbours, ..
            } = self.faces[seeing[at]];
            for edge in 0..3 {
                let beyond = neighbours[edge];
                if !self.faces[beyond].open {
                    continue;
                }
                if self.height(beyond, point) > 0 {
                    self.faces[beyond].open = false;
                    seeing.push(beyond);
                } else {
                    outline.push(([corners[edge], corners[(edge + 1) % 3]], beyond));
                }
            }
            at += 1;
        }
        let first = self.faces.len();
        let by_start: HashMap<usize, usize> = outline
            .iter()
            .enumerate()
            .map(|(place, (edge, _))| (edge[0], first + place))
            .collect();
        let by_end: HashMap<usize, usize> = outline
            .iter()
            .enumerate()
            .map(|(place, (edge, _))| (edge[1], first + place))
            .collect();
        for ([from, to], beyond) in outline {
            let (next, before) = (by_start.get(&to), by_end.get(&from));
            let new = self.faces.len();
            self.add(
                [from, to, point],
                [
                    beyond,
                    next.copied().unwrap_or_default(),
                    before.copied().unwrap_or_default(),
                ],
            );
            let across = &mut self.faces[beyond];
            for edge in 0..3 {
                if across.corners[edge] == to && across.corners[(edge + 1) % 3] == from {
                    across.neighbours[edge] = new;
                }
            }
        }
        for old in seeing {
            let points = std::mem::take(&mut self.faces[old].waiting);
            self.wait(points, first);
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
    use proptest::prelude::*;

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

    fn check(mask: &Array3<bool>) {
        let (points, faces) = hull(candidates(mask)).unwrap();
        let corners = |face: &[usize; 3]| face.map(|corner| points[corner]);
        for point in surface_points(mask) {
            for face in &faces {
                let [a, b, c] = corners(face);
                assert!(side(a, b, c, point) <= 0);
            }
        }
        let edges: HashSet<(usize, usize)> = faces
            .iter()
            .flat_map(|face| [(face[0], face[1]), (face[1], face[2]), (face[2], face[0])])
            .collect();
        assert_eq!(edges.len(), 3 * faces.len());
        assert!(edges.iter().all(|&(from, to)| edges.contains(&(to, from))));
    }

    #[test]
    fn no_point_is_outside_of_the_hull_of_a_rounded_body() {
        check(&Array3::from_shape_fn((9, 11, 10), |(z, y, x)| {
            let (z, y, x) = (z as f64 - 4.0, y as f64 - 5.2, x as f64 - 4.6);
            z * z / 12.0 + y * y / 20.0 + x * x / 18.0 < 1.0 && (x + y + z).abs() > 0.5
        }));
    }

    proptest! {
        #[test]
        fn no_point_is_outside_and_the_surface_is_closed(
            bits in prop::collection::vec(prop::bool::weighted(0.2), 3 * 4 * 5),
        ) {
            let mask = Array3::from_shape_vec((3, 4, 5), bits).unwrap();
            prop_assume!(mask.iter().any(|&inside| inside));
            check(&mask);
        }
    }
}
