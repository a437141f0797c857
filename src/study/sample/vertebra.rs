//! One vertebra drawn as a CT would show it: a waisted body with endplates, pedicles, laminae and a spinous process around
//! a canal; a cortical shell, trabecular bone whose grain has a length and a strength, soft tissue and discs around it.
//!
//! The anatomy is a signed distance in millimetres (positive inside the bone), so that the shell, the partial volume at
//! every border and the readers' differing outlines all come from one function.

use ndarray::Array3;

use super::dice::Dice;
use crate::volume::geometry::IDENTITY;
use crate::volume::{Geometry, Mask, Samples, Volume};

/// What makes one vertebra different from another. Lengths are in millimetres, intensities in Hounsfield units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Anatomy {
    /// Half the width, half the depth and half the height of the body.
    pub half: [f64; 3],
    /// Depth of the canal.
    pub canal: f64,
    /// Distance between voxels along x, y, z.
    pub spacing: [f64; 3],
    /// The tangent of half the angle by which the vertebra leans forwards in the scan.
    pub lean: f64,
    /// Whether the grid is cut along the vertebra (an oblique direction matrix) and not along the table.
    pub oblique: bool,
    /// Mean density of the trabecular bone.
    pub density: f64,
    /// Strength of the trabecular grain.
    pub grain: f64,
    /// Correlation length (standard deviation of the blur) of the grain.
    pub grain_length: f64,
    /// Strength of the slow variation of density.
    pub patch: f64,
    /// Density and thickness of the cortical shell.
    pub shell: [f64; 2],
    /// Strength of the scanner's noise.
    pub noise: f64,
    /// Spots of another density: centre as a share of the half sizes, radius, difference.
    pub spots: Vec<([f64; 3], f64, f64)>,
}

/// Who draws the outline: each has a bias and a wavering hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reader {
    /// How far outside (positive) or inside the border the outline runs on average.
    pub bias: f64,
    /// Standard deviation of the outline's wavering.
    pub waver: f64,
}

/// The room around the bone that a scan keeps, in millimetres.
const MARGIN: f64 = 2.0;

impl Anatomy {
    /// The grid: the bone and a margin, centred on the body.
    fn geometry(&self) -> Geometry {
        // A vertebra that leans in the scan reaches further up and down.
        let rise = if self.oblique {
            0.0
        } else {
            1.6 * self.lean.max(-self.lean) * self.half[1]
        };
        let extent = [
            [-self.half[0] - MARGIN, self.half[0] + MARGIN],
            [-self.half[1] - MARGIN, self.half[1] + self.canal + 9.0 + MARGIN],
            [-self.half[2] - MARGIN - rise, self.half[2] + MARGIN + rise],
        ];
        let size = [0, 1, 2].map(|axis| ((extent[axis][1] - extent[axis][0]) / self.spacing[axis]) as usize + 2);
        let mut direction = IDENTITY;
        if self.oblique {
            let [cosine, sine] = turn(self.lean);
            direction = [[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]];
        }
        Geometry {
            size,
            spacing: self.spacing,
            origin: [0, 1, 2].map(|axis| extent[axis][0]),
            direction,
        }
    }

    /// The place of a voxel in the vertebra's own axes.
    fn place(&self, geometry: &Geometry, index: [usize; 3]) -> [f64; 3] {
        let scan = [0, 1, 2].map(|axis| geometry.origin[axis] + geometry.spacing[axis] * index[axis] as f64);
        if self.oblique {
            return scan;
        }
        let [cosine, sine] = turn(self.lean);
        [
            scan[0],
            cosine * scan[1] + sine * scan[2],
            cosine * scan[2] - sine * scan[1],
        ]
    }

    /// Signed distance to the border of the bone, roughly in millimetres, positive inside.
    fn depth(&self, place: [f64; 3]) -> f64 {
        let [half_x, half_y, half_z] = self.half;
        let [x, y, z] = place;
        let mut depth = self.body(place);
        // Pedicles, laminae and the spinous process are capsules; the canal is the room that they leave.
        let side = if x < 0.0 { -1.0 } else { 1.0 };
        let pedicle = [side * 0.55 * half_x, 0.6 * half_y, 0.30 * half_z];
        let joint = [side * 0.62 * half_x, half_y + 0.75 * self.canal, 0.05 * half_z];
        let roof = [0.0, half_y + self.canal + 1.5, -0.15 * half_z];
        let tip = [0.0, half_y + self.canal + 7.0, -0.55 * half_z];
        for (from, to, radius) in [(pedicle, joint, 2.9), (joint, roof, 2.5), (roof, tip, 2.3)] {
            depth = depth.max(radius - distance_to_segment([x, y, z], from, to));
        }
        depth
    }

    /// Signed distance to the border of the body alone.
    fn body(&self, [x, y, z]: [f64; 3]) -> f64 {
        let [half_x, half_y, half_z] = self.half;
        let level = (z / half_z).clamp(-1.0, 1.0);
        let waist = 1.0 - 0.10 * (1.0 - level * level);
        // The back wall is flatter than the front.
        let back = if y > 0.0 { 0.92 } else { 1.0 };
        let (u, v) = (x / (half_x * waist), y / (half_y * back * waist));
        let radius = (u * u + v * v).sqrt();
        let endplate = half_z * (1.0 - 0.10 * (1.0 - (radius * radius).min(1.0)));
        ((1.0 - radius) * half_x.min(half_y) * waist).min(endplate - z.abs())
    }

    /// The scan: whole Hounsfield units.
    pub(super) fn scan(&self, dice: &mut Dice) -> Volume {
        let geometry = self.geometry();
        let size = geometry.size;
        let grain = smooth_field(dice, size, self.spacing, self.grain_length);
        let patch = smooth_field(dice, size, self.spacing, 3.0);
        let tissue = smooth_field(dice, size, self.spacing, 2.0);
        let mut values = Vec::with_capacity(geometry.voxels());
        for z in 0..size[2] {
            for y in 0..size[1] {
                for x in 0..size[0] {
                    let at = values.len();
                    let place = self.place(&geometry, [x, y, z]);
                    let depth = self.depth(place);
                    let mut marrow = self.density + self.grain * grain[at] + self.patch * patch[at];
                    for (centre, radius, difference) in &self.spots {
                        marrow += difference * self.spot(place, *centre, *radius);
                    }
                    let shell = ramp(self.shell[1] - depth);
                    let bone = shell * self.shell[0] + (1.0 - shell) * marrow;
                    let around = self.surroundings(place) + 12.0 * tissue[at];
                    let share = ramp(depth);
                    values.push(share * bone + (1.0 - share) * around);
                }
            }
        }
        // The scanner blurs, then adds noise that its kernel has correlated a little.
        blur(&mut values, size, [0.45, 0.45, 0.30]);
        let noise = smooth_field(dice, size, self.spacing, 0.45);
        let samples = values
            .iter()
            .zip(&noise)
            .map(|(value, noise)| (value + self.noise * noise + 0.5).floor().clamp(-1024.0, 3071.0) as i16)
            .collect();
        Volume {
            geometry,
            samples: Samples::I16(samples),
        }
    }

    /// The outline of the bone as a reader draws it.
    pub(super) fn outline(&self, reader: Reader, dice: &mut Dice) -> Mask {
        let geometry = self.geometry();
        let [size_x, size_y, size_z] = geometry.size;
        let waver = smooth_field(dice, geometry.size, self.spacing, 2.5);
        Mask {
            geometry,
            voxels: Array3::from_shape_fn((size_z, size_y, size_x), |(z, y, x)| {
                let at = (z * size_y + y) * size_x + x;
                let depth = self.depth(self.place(&geometry, [x, y, z]));
                depth + reader.bias + reader.waver * waver[at] > 0.0
            }),
        }
    }

    /// How much of a spot is at a place: 1 in its centre, falling smoothly to 0 at its radius.
    fn spot(&self, place: [f64; 3], centre: [f64; 3], radius: f64) -> f64 {
        let mut square = 0.0;
        for axis in 0..3 {
            let offset = place[axis] - centre[axis] * self.half[axis];
            square += offset * offset;
        }
        let rest = (1.0 - square / (radius * radius)).max(0.0);
        rest * rest
    }

    /// What lies around the bone: disc above and below the body, the fluid of the canal, muscle and fat.
    fn surroundings(&self, [x, y, z]: [f64; 3]) -> f64 {
        let [half_x, half_y, half_z] = self.half;
        let radius = ((x / half_x) * (x / half_x) + (y / half_y) * (y / half_y)).sqrt();
        if z.abs() > 0.85 * half_z && radius < 1.0 {
            return 85.0;
        }
        let from_canal = (x * x + (y - half_y - 0.5 * self.canal) * (y - half_y - 0.5 * self.canal)).sqrt();
        if from_canal < 0.5 * self.canal {
            return 20.0;
        }
        if y > half_y { 50.0 } else { 15.0 }
    }
}

/// Cosine and sine of the angle whose half has this tangent.
fn turn(half_tangent: f64) -> [f64; 2] {
    let square = half_tangent * half_tangent;
    [(1.0 - square) / (1.0 + square), 2.0 * half_tangent / (1.0 + square)]
}

/// 0 outside, 1 inside, and a straight line over 0.8 mm between them: the partial volume of a border.
fn ramp(depth: f64) -> f64 {
    (depth / 0.8 + 0.5).clamp(0.0, 1.0)
}

fn distance_to_segment(place: [f64; 3], from: [f64; 3], to: [f64; 3]) -> f64 {
    let (mut along, mut length) = (0.0, 0.0);
    for axis in 0..3 {
        along += (place[axis] - from[axis]) * (to[axis] - from[axis]);
        length += (to[axis] - from[axis]) * (to[axis] - from[axis]);
    }
    let share = (along / length).clamp(0.0, 1.0);
    let mut square = 0.0;
    for axis in 0..3 {
        let offset = place[axis] - from[axis] - share * (to[axis] - from[axis]);
        square += offset * offset;
    }
    square.sqrt()
}

/// Noise with a correlation length: white noise blurred to the given standard deviation in millimetres along every axis,
/// then scaled to mean 0 and variance 1. Coarse slices are less correlated than fine rows, as in a scan.
fn smooth_field(dice: &mut Dice, size: [usize; 3], spacing: [f64; 3], length: f64) -> Vec<f64> {
    let count: usize = size.iter().product();
    let mut field: Vec<f64> = (0..count).map(|_| dice.rough_normal()).collect();
    blur(&mut field, size, spacing.map(|spacing| length / spacing));
    let (mut sum, mut squares) = (0.0, 0.0);
    for value in &field {
        sum += value;
    }
    let mean = sum / count as f64;
    for value in &field {
        squares += (value - mean) * (value - mean);
    }
    let deviation = (squares / count as f64).sqrt();
    for value in &mut field {
        *value = (*value - mean) / deviation;
    }
    field
}

/// Blurs by the given standard deviations in voxels along x, y, z: twice forwards and backwards through the recursion
/// y <- p y + (1 - p) x, whose two directions have the variance 2 p / (1 - p)^2 together. The border repeats itself.
fn blur(values: &mut [f64], size: [usize; 3], deviation: [f64; 3]) {
    const ROUNDS: usize = 2;
    let strides = [1, size[0], size[0] * size[1]];
    for axis in 0..3 {
        let (stride, length) = (strides[axis], size[axis]);
        let share = deviation[axis] * deviation[axis] / (2.0 * ROUNDS as f64);
        let pole = (2.0 * share + 1.0 - (4.0 * share + 1.0).sqrt()) / (2.0 * share);
        for block in (0..values.len()).step_by(stride * length) {
            for start in block..block + stride {
                for _ in 0..ROUNDS {
                    let mut smooth = values[start];
                    for step in 0..length {
                        let at = start + step * stride;
                        smooth = pole * smooth + (1.0 - pole) * values[at];
                        values[at] = smooth;
                    }
                    for step in (0..length).rev() {
                        let at = start + step * stride;
                        smooth = pole * smooth + (1.0 - pole) * values[at];
                        values[at] = smooth;
                    }
                }
            }
        }
    }
}
