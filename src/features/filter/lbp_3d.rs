//! The local binary pattern of a volume by spherical harmonics.
//!
//! Samples on an icosphere around each voxel of the region (cubic spline, places in voxels, rounded where the image is of
//! integers, 0 beyond the outermost voxel centres) are compared with the voxel; the pattern of ones is projected on the
//! spherical harmonics of each degree, and the norm of each projection is an image, as is the kurtosis of the samples.
//!
//! The numbers are those of PyRadiomics 3.1.0 (`getLBP3DImage`), whose quirks are kept: the polar angle of a vertex is passed
//! as the azimuth and the azimuth as the polar angle, the projection multiplies by the harmonic itself and not by its conjugate,
//! and the first component of a vertex is added to z. Samples that fall on a voxel differ from it by rounding, and whether they
//! are less decides a bit of the pattern: so vertices, spline and sums are those of trimesh and scipy in their order. Norms of
//! patterns that are rotations of each other differ by their sums' last bits, which percentiles cut in two: so harmonics,
//! products and norms are those of scipy and numpy, which fuses the products of complex numbers as nearly every processor can.
//! Method: Banerjee et al. (ACCV 2012).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Sub};

use ndarray::{Array3, Axis};

use super::spherical_harmonics::Harmonics;
use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::kind::{Above, Count, Whole};
use crate::features::settings::{Row, Setting, Settings, setting};
use crate::volume::{IndexBox, Mask, SampleType, Samples, Volume};

static LEVELS: Setting<Count> = setting(
    "lbp3DLevels",
    Count(Whole { least: 1, most: 50 }),
    "2",
    "degrees of spherical harmonics of the 3D local binary pattern",
);

static RADIUS: Setting<Above> = setting(
    "lbp3DIcosphereRadius",
    Above(0.0),
    "1",
    "radius of the 3D local binary pattern in voxels",
);

static SUBDIVISION: Setting<Count> = setting(
    "lbp3DIcosphereSubdivision",
    Count(Whole { least: 0, most: 5 }),
    "1",
    "subdivisions of the icosahedron of the 3D local binary pattern",
);

static SETTINGS: &[&dyn Row] = &[&LEVELS, &RADIUS, &SUBDIVISION];

/// The local binary pattern of a volume.
pub struct LocalBinaryPattern3d;

/// More samples than these on a sphere are a mistake (5 subdivisions have 10,242).
const MOST_SUBDIVISIONS: usize = 5;

/// How far around the region the spline's coefficients are computed: beyond, a voxel weighs less than 1e-24, so that the
/// coefficients are those of the whole image to the last bit.
const REACH: usize = 42;

impl Filter for LocalBinaryPattern3d {
    fn image_type(&self) -> &'static str {
        "LBP3D"
    }

    fn about(&self) -> &'static str {
        "local binary pattern on a sphere, by degree of spherical harmonics, and its kurtosis"
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        SETTINGS
    }

    fn names(&self, settings: &Settings) -> Vec<String> {
        (1..=settings.get(&LEVELS))
            .map(|level| format!("lbp-3D-m{level}"))
            .chain(["lbp-3D-k".to_owned()])
            .collect()
    }

    fn apply(
        &self,
        image: &Volume,
        mask: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        warnings: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        if settings.plane {
            warnings.push("LBP3D is left out, it codes volumes, and the image is a plane".to_owned());
            return Ok(());
        }
        if settings.slice_axis.is_some() {
            warnings.push("LBP3D codes the volume, but the features are those of slices (force2D is on)".to_owned());
        }
        let subdivisions = settings.get(&SUBDIVISION);
        if subdivisions > MOST_SUBDIVISIONS {
            return Err(FeatureError::region(format!(
                "lbp3DIcosphereSubdivision is {subdivisions}, but no more than {MOST_SUBDIVISIONS} are computed"
            )));
        }
        let (radius, degrees) = (settings.get(&RADIUS), settings.get(&LEVELS));
        let vertices = icosphere(subdivisions, radius);
        let mut harmonics = Harmonics::new(&vertices, radius, degrees);
        let sampler = Sampler::new(image, needed, radius);
        let single = image.samples.sample_type() == SampleType::F32;
        let mut samples = vec![0.0; vertices.len()];
        let count: usize = needed.size.iter().product();
        let mut levels = vec![vec![0.0; count]; degrees];
        let mut kurtoses = vec![0.0; count];
        let mut place = 0;
        for z in needed.start[2]..needed.end()[2] {
            for y in needed.start[1]..needed.end()[1] {
                for x in needed.start[0]..needed.end()[0] {
                    if mask.voxels[[z, y, x]] {
                        for (sample, vertex) in samples.iter_mut().zip(&vertices) {
                            let at = [z as f64 + vertex[0], y as f64 + vertex[1], x as f64 + vertex[2]];
                            *sample = sampler.sample(at);
                        }
                        kurtoses[place] = if single {
                            let narrow: Vec<f32> = samples.iter().map(|&sample| sample as f32).collect();
                            f64::from(kurtosis(&narrow))
                        } else {
                            kurtosis(&samples)
                        };
                        let centre = sampler.voxel([z, y, x]);
                        for (level, norm) in levels.iter_mut().zip(harmonics.norms(&samples, centre)) {
                            level[place] = *norm;
                        }
                    }
                    place += 1;
                }
            }
        }
        let names = self.names(settings);
        levels.push(kurtoses);
        for (name, values) in names.into_iter().zip(levels) {
            each(Filtered {
                name,
                image: Cow::Owned(Volume {
                    geometry: image.geometry.crop(needed),
                    samples: Samples::F64(values),
                }),
                start: needed.start,
            })?;
        }
        Ok(())
    }
}

/// The vertices of an icosahedron, its faces divided in four so many times, all on a sphere; in the order and to the last bit
/// of trimesh's `icosphere`, since a vertex that falls on a voxel samples the voxel's own value or just less.
fn icosphere(subdivisions: usize, radius: f64) -> Vec<[f64; 3]> {
    // Half an edge and half the longer side of the golden rectangle whose corners lie on the unit sphere.
    const SHORT: f64 = 0.525_731_112_119_133_6;
    const LONG: f64 = 0.850_650_808_352_04;
    let mut vertices: Vec<[f64; 3]> = Vec::new();
    for turn in 0..3 {
        for (a, b) in [(-SHORT, LONG), (SHORT, LONG), (-SHORT, -LONG), (SHORT, -LONG)] {
            let mut vertex = [0.0; 3];
            vertex[turn] = a;
            vertex[(turn + 1) % 3] = b;
            vertices.push(vertex);
        }
    }
    let mut faces = icosahedron(&vertices, 2.0 * SHORT);
    for _ in 0..subdivisions {
        // The middle of each edge once, by its later end and then by its earlier one.
        let edges = |[i, j, k]: [usize; 3]| [(i, j), (j, k), (k, i)].map(|(a, b)| (a.max(b), a.min(b)));
        let mut middles: BTreeMap<(usize, usize), usize> = faces
            .iter()
            .flat_map(|&face| edges(face))
            .map(|edge| (edge, 0))
            .collect();
        for (&(later, earlier), place) in &mut middles {
            *place = vertices.len();
            let half = [0, 1, 2].map(|axis| f64::midpoint(vertices[earlier][axis], vertices[later][axis]));
            vertices.push(half);
        }
        faces = faces
            .into_iter()
            .flat_map(|face| {
                let [i, j, k] = face;
                let [ij, jk, ki] = edges(face).map(|edge| middles[&edge]);
                [[i, ij, ki], [ij, j, jk], [ki, jk, k], [ij, jk, ki]]
            })
            .collect();
        move_to_sphere(&mut vertices, radius);
    }
    if subdivisions == 0 {
        move_to_sphere(&mut vertices, radius);
    }
    vertices
}

/// The faces of an icosahedron: the triples of vertices that are all neighbours of each other.
fn icosahedron(vertices: &[[f64; 3]], edge: f64) -> Vec<[usize; 3]> {
    let near = |i: usize, j: usize| {
        let square: f64 = (0..3).map(|k| (vertices[i][k] - vertices[j][k]).powi(2)).sum();
        (square.sqrt() - edge).abs() < 1e-6
    };
    let count = vertices.len();
    (0..count)
        .flat_map(|i| (i + 1..count).flat_map(move |j| (j + 1..count).map(move |k| [i, j, k])))
        .filter(|&[i, j, k]| near(i, j) && near(j, k) && near(i, k))
        .collect()
}

/// Moves points along their direction by what is missing to the radius.
fn move_to_sphere(points: &mut [[f64; 3]], radius: f64) {
    for point in points {
        let length = point.iter().map(|part| part * part).sum::<f64>().sqrt();
        *point = point.map(|part| part + part / length * (radius - length));
    }
}

/// The numbers whose precision numpy keeps.
trait Real:
    Copy + PartialOrd + Sum + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    const NAN: Self;
    /// The last decimal that it holds, as numpy counts
    const RESOLUTION: Self;

    fn of(number: u16) -> Self;
}

impl Real for f64 {
    const NAN: Self = Self::NAN;
    const RESOLUTION: Self = 1e-15;

    fn of(number: u16) -> Self {
        number.into()
    }
}

impl Real for f32 {
    const NAN: Self = Self::NAN;
    const RESOLUTION: Self = 1e-6;

    fn of(number: u16) -> Self {
        number.into()
    }
}

/// The excess kurtosis, as scipy has it, in the samples' precision: NaN of samples that are all (nearly) one.
fn kurtosis<T: Real>(samples: &[T]) -> T {
    // A sphere has 10,242 samples at most.
    let count = T::of(samples.len() as u16);
    let mean = pairwise_sum(samples) / count;
    let square = |value: T| value * value;
    let squares: Vec<T> = samples.iter().map(|&sample| square(sample - mean)).collect();
    let fourths: Vec<T> = squares.iter().map(|&value| square(value)).collect();
    let (second, fourth) = (pairwise_sum(&squares) / count, pairwise_sum(&fourths) / count);
    if second <= square(T::RESOLUTION * mean) {
        return T::NAN;
    }
    fourth / square(second) - T::of(3)
}

/// A sum in numpy's order: eight sums side by side of at most 128 numbers, halves of more.
fn pairwise_sum<T: Real>(values: &[T]) -> T {
    if values.len() > 128 {
        let half = values.len() / 2;
        let (front, back) = values.split_at(half - half % 8);
        return pairwise_sum(front) + pairwise_sum(back);
    }
    let mut blocks = values.chunks_exact(8);
    let Some(first) = blocks.next() else {
        return values.iter().copied().sum();
    };
    let mut sums: [T; 8] = std::array::from_fn(|place| first[place]);
    for block in &mut blocks {
        for (sum, value) in sums.iter_mut().zip(block) {
            *sum = *sum + *value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let whole = ((a + b) + (c + d)) + ((e + f) + (g + h));
    blocks.remainder().iter().fold(whole, |sum, value| sum + *value)
}

/// Cubic spline values of an image, as scipy's `map_coordinates` gives them with order 3 and zeros outside.
struct Sampler {
    coefficients: Array3<f64>,
    values: Array3<f64>,
    /// Where both begin in the image, z, y, x
    start: [usize; 3],
    /// The size of the image, z, y, x
    size: [usize; 3],
    sample_type: SampleType,
}

impl Sampler {
    fn new(image: &Volume, needed: &IndexBox, radius: f64) -> Self {
        let part = needed.widened(REACH + radius.ceil() as usize, image.geometry.size);
        let values = image.values(&part);
        let mut coefficients = values.clone();
        let mut line = Vec::new();
        for axis in 0..3 {
            for mut lane in coefficients.lanes_mut(Axis(axis)) {
                line.clear();
                line.extend(lane.iter().copied());
                spline_coefficients(&mut line);
                for (value, &coefficient) in lane.iter_mut().zip(&line) {
                    *value = coefficient;
                }
            }
        }
        let turned = |xyz: [usize; 3]| [xyz[2], xyz[1], xyz[0]];
        Self {
            coefficients,
            values,
            start: turned(part.start),
            size: turned(image.geometry.size),
            sample_type: image.samples.sample_type(),
        }
    }

    fn voxel(&self, index: [usize; 3]) -> f64 {
        self.values[[0, 1, 2].map(|axis| index[axis] - self.start[axis])]
    }

    /// The value at a place in voxels, z, y, x, in the image's type.
    fn sample(&self, at: [f64; 3]) -> f64 {
        let mut index = [[0usize; 4]; 3];
        let mut weights = [[0.0; 4]; 3];
        for axis in 0..3 {
            let last = self.size[axis] as f64 - 1.0;
            if at[axis] < 0.0 || at[axis] > last {
                return 0.0;
            }
            let base = at[axis].floor();
            weights[axis] = spline_weights(at[axis] - base);
            for k in 0..4 {
                let place = mirrored(base as i64 - 1 + k as i64, self.size[axis]);
                let length = self.coefficients.shape()[axis];
                index[axis][k] = place.saturating_sub(self.start[axis]).min(length - 1);
            }
        }
        let mut sum = 0.0;
        for (z, weight_z) in index[0].iter().zip(weights[0]) {
            for (y, weight_y) in index[1].iter().zip(weights[1]) {
                for (x, weight_x) in index[2].iter().zip(weights[2]) {
                    sum += self.coefficients[[*z, *y, *x]] * weight_z * weight_y * weight_x;
                }
            }
        }
        match self.sample_type {
            SampleType::F64 => sum,
            SampleType::F32 => f64::from(sum as f32),
            integer => {
                let rounded = if sum > 0.0 { sum + 0.5 } else { sum - 0.5 };
                Samples::from_doubles(integer, &[rounded]).get(0)
            }
        }
    }
}

/// The four weights of the cubic B-spline.
fn spline_weights(share: f64) -> [f64; 4] {
    let rest = 1.0 - share;
    let second = (share * share * (share - 2.0) * 3.0 + 4.0) / 6.0;
    let third = (rest * rest * (rest - 2.0) * 3.0 + 4.0) / 6.0;
    let first = rest * rest * rest / 6.0;
    [first, second, third, 1.0 - first - second - third]
}

/// An index mirrored at the first and the last voxel.
fn mirrored(index: i64, size: usize) -> usize {
    if size == 1 {
        return 0;
    }
    let period = 2 * (size as i64 - 1);
    let folded = index.rem_euclid(period);
    (if folded >= size as i64 { period - folded } else { folded }) as usize
}

/// The cubic B-spline coefficients of a line, mirrored ends, the first sum taken over the whole line, as scipy has them.
fn spline_coefficients(line: &mut [f64]) {
    let count = line.len();
    if count < 2 {
        return;
    }
    // sqrt(3) - 2 to the last bit, which the difference of two rounded numbers is not.
    const POLE: f64 = -0.267_949_192_431_122_7;
    let gain = (1.0 - POLE) * (1.0 - 1.0 / POLE);
    for value in line.iter_mut() {
        *value *= gain;
    }
    let far = POLE.powf(count as f64 - 1.0);
    let mut power = POLE;
    let mut sum = line[0] + far * line[count - 1];
    for k in 1..count - 1 {
        sum += power * (line[k] + far * line[count - 1 - k]);
        power *= POLE;
    }
    line[0] = sum / (1.0 - far * far);
    for k in 1..count {
        line[k] += POLE * line[k - 1];
    }
    line[count - 1] = (POLE * line[count - 2] + line[count - 1]) * POLE / (POLE * POLE - 1.0);
    for k in (0..count - 1).rev() {
        line[k] = POLE * (line[k + 1] - line[k]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sphere_has_all_its_points_at_its_radius() {
        for (subdivisions, count) in [(0, 12), (1, 42), (2, 162)] {
            let vertices = icosphere(subdivisions, 1.5);
            assert_eq!(vertices.len(), count);
            for vertex in vertices {
                let length = vertex.iter().map(|part| part * part).sum::<f64>().sqrt();
                assert!((length - 1.5).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_vertices_are_those_of_trimesh() {
        let vertices = icosphere(1, 1.0);
        assert_eq!(vertices[12], [0.0, 1.0, 0.0]);
        assert_eq!(vertices[14], [-0.3090169943749474, -0.8090169943749473, 0.5]);
        assert_eq!(
            vertices[24],
            [0.8090169943749475, 0.5000000000000001, -0.30901699437494745]
        );
        assert_eq!(vertices[41], [-1.0, 0.0, 0.0]);
        let vertices = icosphere(1, 2.0);
        assert_eq!(vertices[1], [1.0514622242382672, 1.70130161670408, 0.0]);
        assert_eq!(
            vertices[31],
            [1.0000000000000002, 0.6180339887498949, 1.618033988749895]
        );
    }

    /// Numbers of trimesh 4.12.2, scipy 1.13.1 and numpy 1.26.4, for the degrees 0 to 3.
    #[test]
    fn norms_of_patterns_are_those_of_the_reference_to_the_last_bit() {
        let mut harmonics = Harmonics::new(&icosphere(1, 1.0), 1.0, 4);
        for (k, norms) in [
            [
                13.408744921629642,
                11.191441347264787,
                11.041000800140615,
                8.62960714518263,
            ],
            [
                13.408744921629642,
                11.816390758971943,
                8.685039654386486,
                6.352685824162702,
            ],
            [0.0; 4],
        ]
        .into_iter()
        .enumerate()
        {
            let pattern: Vec<f64> = (0..42)
                .map(|i| f64::from(u8::from((i * i + 3 * i * k + k) % 5 < 2)))
                .collect();
            assert_eq!(harmonics.norms(&pattern, 0.5), norms, "{k}");
        }
    }

    /// Numbers of scipy 1.13.1.
    #[test]
    fn a_kurtosis_has_the_precision_of_its_samples() {
        let samples: Vec<f32> = (0..42).map(|i| ((i * i % 37) as f64 / 7.0) as f32).collect();
        assert_eq!(kurtosis(&samples), -1.398_545_6);
        let wide: Vec<f64> = samples.iter().map(|&sample| f64::from(sample)).collect();
        assert_eq!(kurtosis(&wide), -1.3985458648046685);
        let mut nearly_one = vec![0.1_f32; 42];
        assert!(kurtosis(&nearly_one).is_nan());
        nearly_one[3] += 1e-6;
        assert_eq!(kurtosis(&nearly_one), 38.220_47);
    }
}
