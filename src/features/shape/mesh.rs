//! The surface of a region by marching cubes, as PyRadiomics does it: area and enclosed volume.
//!
//! A cube has voxel centres as its corners; a corner is in the region or not, and the surface cuts an edge of the cube at
//! its middle. Which triangles a pattern of corners has comes from Paul Bourke's public table ("Polygonising a scalar
//! field", 1994), of which only the half with corner 7 outside is used: the other patterns have the complement's
//! triangles, turned over.
//!
//! The area of a cube and its part of the volume depend on its pattern and its place only, and on the place linearly. So
//! one pass counts the patterns and adds up their indices as whole numbers, and the geometry is done once a pattern.

use ndarray::ArrayView3;

/// Area and volume of a triangle mesh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mesh {
    /// Square millimetres
    pub area: f64,
    /// Cubic millimetres
    pub volume: f64,
}

/// The corners of a cube, `z, y, x`.
const CORNERS: [[usize; 3]; 8] = [
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 1],
    [0, 1, 0],
    [1, 0, 0],
    [1, 0, 1],
    [1, 1, 1],
    [1, 1, 0],
];

/// The corners at the ends of each edge.
const EDGES: [[usize; 2]; 12] = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
    [4, 5],
    [5, 6],
    [6, 7],
    [7, 4],
    [0, 4],
    [1, 5],
    [2, 6],
    [3, 7],
];

/// For each pattern with corner 7 outside, the edges (hexadecimal) of its triangles, three by three.
#[rustfmt::skip]
const TRIANGLES: [&str; 128] = [
    "", "083", "190", "183198",
    "12a", "08312a", "92a029", "2832a8a98",
    "b23", "b2008b", "190b23", "b2119b98b",
    "3a1ba3", "a1008a8ba", "9033b9ba9", "98aba8",
    "478", "043473", "190478", "194147173",
    "12a478", "34730412a", "92a902478", "2a9297273479",
    "478b23", "b47b24204", "190478b23", "47b94bb29192",
    "3a1ba3478", "ba114b10447b", "4789033b9ba9", "47b4b99ba",
    "954", "954083", "054015", "854835315",
    "12a954", "08312a954", "2a5542240", "2a5325354834",
    "954b23", "b2008b954", "054015b23", "215258b28548",
    "3a1ba3954", "549a1008a8ba", "54050ba5bb03", "548a58ba8",
    "789579", "309539357", "780017715", "157173",
    "78957912a", "12a309395357", "0288258572a5", "2a5253357",
    "579789b23", "579972209b27", "b23018178157", "21b17b157",
    "7895793a1ba3", "5705097b0a10ba0", "ba003ba50078570", "ba557b",
    "65a", "08365a", "19065a", "18319865a",
    "165126", "165126083", "965906026", "598582526832",
    "b2365a", "b2008b65a", "190b2365a", "b2119b98b65a",
    "63b653513", "08b0b50515b6", "63b036065059", "65969bb98",
    "47865a", "04347365a", "19047865a", "19414717365a",
    "478165126", "043473165126", "478965906026", "739479329596269",
    "b2347865a", "b47b2420465a", "190b2347865a", "47b94bb2919265a",
    "47863b653513", "51b5b610b47b04b", "47863b036065059", "65969b4797b9",
    "a4964a", "a4964a083", "01aa60640", "18316886461a",
    "149124264", "149124264083", "024426", "832824426",
    "b23a4964a", "b2008ba4964a", "b2301aa60640", "64161a148b2118b",
    "964369139b63", "18b081b61149641", "63b036640", "86468b",
    "67a78a89a", "67a0a709a073", "67a1a7178018", "67a1a7173",
    "126168189678", "269129679309739", "078706602", "273267",
    "b2367a78a89a", "207b2709767a9a7", "67a1a7178018b23", "b2117ba61167",
    "896678169b63136", "09167b", "07870603bb60", "67b",
];

/// What a cube with a pattern of corners adds.
#[derive(Debug, Clone, Copy, Default)]
struct Pattern {
    area: f64,
    /// Signed volume for the cube at the origin
    volume: f64,
    /// What one step of the cube along `z, y, x` adds to the signed volume
    slope: [f64; 3],
}

/// The mesh of the region in an array `[z, y, x]`, whose spacing is given in that order; a border of one voxel outside is
/// understood.
pub fn mesh(mask: ArrayView3<'_, bool>, spacing: [f64; 3]) -> Mesh {
    let patterns: Vec<Pattern> = (0..256).map(|index| pattern(index, spacing)).collect();
    let tallies = count_patterns(mask);
    let (mut area, mut volume) = (0.0, 0.0);
    for (pattern, tally) in patterns.iter().zip(&tallies) {
        let count = tally.count as f64;
        area += count * pattern.area;
        volume += count * pattern.volume;
        for axis in 0..3 {
            volume += tally.places[axis] as f64 * pattern.slope[axis];
        }
    }
    Mesh { area, volume }
}

fn pattern(index: usize, spacing: [f64; 3]) -> Pattern {
    let (row, sign) = if index >= 128 {
        (TRIANGLES[index ^ 255], -1.0)
    } else {
        (TRIANGLES[index], 1.0)
    };
    let vertices: Vec<[f64; 3]> = row
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|edge| {
            let [a, b] = EDGES[edge as usize].map(|corner| CORNERS[corner]);
            [0, 1, 2].map(|axis| 0.5 * (a[axis] + b[axis]) as f64 * spacing[axis])
        })
        .collect();
    let mut found = Pattern::default();
    for triangle in vertices.chunks_exact(3) {
        let [a, b, c] = [triangle[0], triangle[1], triangle[2]];
        let normal = cross(minus(a, c), minus(b, c));
        found.area += 0.5 * dot(normal, normal).sqrt();
        found.volume += sign * dot(a, cross(b, c)) / 6.0;
        for axis in 0..3 {
            // A shift by s adds s . (a x b + b x c + c x a) / 6, and that sum of products is the normal.
            found.slope[axis] += sign * spacing[axis] * normal[axis] / 6.0;
        }
    }
    found
}

#[derive(Debug, Clone, Copy, Default)]
struct PatternTally {
    count: u64,
    /// Sums of the indices along `z, y, x` of the cubes with the pattern
    places: [u64; 3],
}

/// Cube `(z, y, x)` has its corner 0 at voxel `(z - 1, y - 1, x - 1)`.
fn count_patterns(mask: ArrayView3<'_, bool>) -> [PatternTally; 256] {
    let (depth, height, width) = mask.dim();
    let columns = width + 2;
    let mut padded = vec![0u8; (depth + 2) * (height + 2) * columns];
    for ((z, y, x), _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
        padded[((z + 1) * (height + 2) + y + 1) * columns + x + 1] = 1;
    }
    let row = |z: usize, y: usize| {
        let start = (z * (height + 2) + y) * columns;
        &padded[start..start + columns]
    };
    let mut tallies = [PatternTally::default(); 256];
    for z in 0..=depth {
        for y in 0..=height {
            let (near, far, up, beyond) = (row(z, y), row(z, y + 1), row(z + 1, y), row(z + 1, y + 1));
            // Bits of the corners at one x: 0, 3, 4, 7; at the next they move to 1, 2, 5, 6.
            let column = |x: usize| near[x] | far[x] << 3 | up[x] << 4 | beyond[x] << 7;
            let mut left = column(0);
            for x in 0..=width {
                let right = column(x + 1);
                let moved = (right & 0b0001_0001) << 1 | (right & 0b1000_1000) >> 1;
                let index = left | moved;
                if index != 0 && index != 255 {
                    let tally = &mut tallies[usize::from(index)];
                    tally.count += 1;
                    tally.places[0] += z as u64;
                    tally.places[1] += y as u64;
                    tally.places[2] += x as u64;
                }
                left = right;
            }
        }
    }
    tallies
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn one_voxel_is_an_octahedron() {
        let mask = Array3::from_elem((1, 1, 1), true);
        let mesh = mesh(mask.view(), [1.0, 1.0, 1.0]);
        assert!((mesh.volume.abs() - 1.0 / 6.0).abs() < 1e-15);
        assert!((mesh.area - 3.0f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn the_surface_of_a_ball_is_closed_so_its_normals_cancel() {
        // Where two voxels touch at an edge only, PyRadiomics' surface has a gap, and its volume depends on the place.
        let mask = Array3::from_shape_fn((9, 12, 14), |(z, y, x)| {
            let [a, b, c] = [z as f64 - 4.1, y as f64 - 5.6, x as f64 - 6.7].map(|step| step * step);
            a / 17.0 + b / 31.0 + c / 40.0 < 1.0
        });
        let spacing = [2.5, 0.9, 0.7];
        let patterns: Vec<Pattern> = (0..256).map(|index| pattern(index, spacing)).collect();
        for axis in 0..3 {
            let (mut sum, mut size) = (0.0, 0.0);
            for (pattern, tally) in patterns.iter().zip(count_patterns(mask.view())) {
                sum += tally.count as f64 * pattern.slope[axis];
                size += (tally.count as f64 * pattern.slope[axis]).abs();
            }
            assert!(sum.abs() < 1e-12 * size, "{axis}: {sum}");
        }
    }
}
