//! The Laplacian of Gaussian of PyRadiomics: ITK's recursive filter, scaled by sigma squared.
//!
//! For each axis, a pass of the second derivative along it and passes of smoothing along the other two; the three results,
//! each divided by the squared spacing of its axis, are added. A pass is Deriche's recursion of fourth order, forwards and
//! backwards, with the coefficients of Farneback and Westin (2006), double precision inside a line and single precision
//! between the passes (ITK 5 `LaplacianRecursiveGaussianImageFilter`, `RecursiveGaussianImageFilter`).
//!
//! Only what decides the box is computed: a line is cut where the filter's answer has fallen below single precision.

use std::borrow::Cow;

use super::shared::SIGMA;
use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::{Row, Settings};
use crate::volume::{Extent, IndexBox, Mask, Reach, Sample, Samples, Volume, each_type};

static SETTINGS: &[&dyn Row] = &[&SIGMA];

/// The recursive Laplacian of Gaussian.
pub struct LaplacianOfGaussian;

impl Filter for LaplacianOfGaussian {
    fn image_type(&self) -> &'static str {
        "LoG"
    }

    fn about(&self) -> &'static str {
        "Laplacian of Gaussian of each `sigma` in millimetres, by ITK's recursive filter"
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        SETTINGS
    }

    fn names(&self, settings: &Settings) -> Vec<String> {
        settings.get(&SIGMA).iter().map(|sigma| name(&sigma.text)).collect()
    }

    fn reach(&self, settings: &Settings) -> Extent {
        let widest = settings
            .get(&SIGMA)
            .iter()
            .fold(0.0, |widest: f64, sigma| widest.max(sigma.width));
        Extent::Within(Reach {
            voxels: 5,
            millimetres: REACH * widest,
            ..Reach::default()
        })
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        warnings: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let (size, spacing) = (image.geometry.size, image.geometry.spacing);
        let axes = if settings.plane { 2 } else { 3 };
        if size[..axes].iter().any(|&length| length < 4) {
            warnings.push(format!(
                "LoG needs at least 4 voxels along each axis, the image has {}: no LoG features",
                size[..axes]
                    .iter()
                    .map(usize::to_string)
                    .collect::<Vec<_>>()
                    .join(" x ")
            ));
            return Ok(());
        }
        for sigma in settings.get(&SIGMA) {
            let short = (0..axes).find(|&axis| (size[axis] as f64) < (sigma.width / spacing[axis]).ceil() + 1.0);
            if let Some(axis) = short {
                warnings.push(format!(
                    "LoG with sigma {} mm is left out: along {} the image has {} voxels of {} mm, fewer than sigma/spacing + 1",
                    sigma.text,
                    ["x", "y", "z"][axis],
                    size[axis],
                    spacing[axis]
                ));
                continue;
            }
            each(Filtered {
                name: name(&sigma.text),
                image: Cow::Owned(Volume {
                    geometry: image.geometry.crop(needed),
                    samples: Samples::F32(laplacian(image, needed, sigma.width, settings.plane)),
                }),
                start: needed.start,
            })?;
        }
        Ok(())
    }
}

fn name(sigma: &str) -> String {
    format!("log-sigma-{}-mm-3D", sigma.replace('.', "-"))
}

/// How many sigmas away a sample weighs less than 5e-9: the slowest pole decays by `exp(-1.3732)` a sigma.
const REACH: f64 = 14.0;

/// The filter's answer over a box.
///
/// ITK begins each of the three terms with its second derivative. The passes of a term may be in any order up to the
/// rounding between them, so here all begin along y (where lines lie side by side) and share what they can; each pass shrinks
/// its axis to the box, so that only the first one sees all that matters.
fn laplacian(image: &Volume, needed: &IndexBox, sigma: f64, plane: bool) -> Vec<f32> {
    let spacing = image.geometry.spacing;
    let size = image.geometry.size;
    let around: [(usize, usize); 3] = std::array::from_fn(|axis| {
        let reach = (REACH * sigma / spacing[axis]).ceil() as usize + 4;
        (
            needed.start[axis].saturating_sub(reach),
            (needed.end()[axis] + reach).min(size[axis]),
        )
    });
    let kept = |axis: usize| (needed.start[axis], needed.end()[axis]);
    let smooth = spacing.map(|spacing| Recursion::smoothing(sigma, spacing));
    let curved = spacing.map(|spacing| Recursion::second_order(sigma, spacing));
    let whole = size.map(|length| (0, length));
    let after_y = [around[0], kept(1), around[2]];
    let after_x = [kept(0), kept(1), around[2]];
    let after_z = [kept(0), kept(1), kept(2)];
    let [curved_y, smooth_y] = each_type!(&image.samples, values => {
        run(values, whole, around, after_y, 1, [&curved[1], &smooth[1]])
    });
    let [mut term_y] = run(&curved_y, after_y, after_y, after_x, 0, [&smooth[0]]);
    drop(curved_y);
    let [mut term_x, term_z] = run(&smooth_y, after_y, after_y, after_x, 0, [&curved[0], &smooth[0]]);
    let mut terms = Vec::with_capacity(3);
    if plane {
        terms.extend([term_x, term_y]);
    } else {
        [term_x] = run(&term_x, after_x, after_x, after_z, 2, [&smooth[2]]);
        [term_y] = run(&term_y, after_x, after_x, after_z, 2, [&smooth[2]]);
        terms.extend([term_x, term_y]);
        terms.extend(run(&term_z, after_x, after_x, after_z, 2, [&curved[2]]));
    }
    let mut sum = vec![0f32; needed.size.iter().product()];
    for (term, spacing) in terms.into_iter().zip(spacing) {
        let square = spacing * spacing;
        for (sum, value) in sum.iter_mut().zip(term) {
            *sum = (f64::from(*sum) + f64::from(value) / square) as f32;
        }
    }
    sum
}

/// How many lines run at a time, so that the recursion is vector code.
const LINES: usize = 16;

/// One pass of some recursions: `values` lie over the ranges `held`; lines along `axis` are read over `used` and written over
/// `kept`.
fn run<T: Sample, const COUNT: usize>(
    values: &[T],
    held: [(usize, usize); 3],
    used: [(usize, usize); 3],
    kept: [(usize, usize); 3],
    axis: usize,
    recursions: [&Recursion; COUNT],
) -> [Vec<f32>; COUNT] {
    let length = |range: (usize, usize)| range.1 - range.0;
    let strides = |ranges: &[(usize, usize); 3]| [1, length(ranges[0]), length(ranges[0]) * length(ranges[1])];
    let (from, onto) = (strides(&held), strides(&kept));
    let total: usize = kept.iter().map(|&range| length(range)).product();
    let mut results = [(); COUNT].map(|()| vec![0f32; total]);
    let count = length(used[axis]);
    let mut data = vec![[0f64; LINES]; count];
    let mut answer = vec![[0f64; LINES]; count];
    let mut scratch = vec![[0f64; LINES]; count];
    // Lines are taken side by side along x where the axis is another, else along y.
    let (side, other) = match axis {
        0 => (1, 2),
        1 => (0, 2),
        _ => (0, 1),
    };
    for outer in kept[other].0..kept[other].1 {
        let mut first = kept[side].0;
        while first < kept[side].1 {
            let lines = LINES.min(kept[side].1 - first);
            let begin = (used[axis].0 - held[axis].0) * from[axis]
                + (first - held[side].0) * from[side]
                + (outer - held[other].0) * from[other];
            for (place, row) in data.iter_mut().enumerate() {
                let at = begin + place * from[axis];
                for line in 0..lines {
                    row[line] = values[at + line * from[side]].to_double();
                }
            }
            let begin = (first - kept[side].0) * onto[side] + (outer - kept[other].0) * onto[other];
            let skip = kept[axis].0 - used[axis].0;
            for (recursion, result) in recursions.iter().zip(&mut results) {
                recursion.filter(&data, &mut answer, &mut scratch);
                for (place, row) in answer[skip..skip + length(kept[axis])].iter().enumerate() {
                    let at = begin + place * onto[axis];
                    for line in 0..lines {
                        result[at + line * onto[side]] = row[line] as f32;
                    }
                }
            }
            first += lines;
        }
    }
    results
}

/// The coefficients of one recursion.
#[derive(Debug, Clone, PartialEq)]
struct Recursion {
    /// Of the samples, forwards, from the one at hand back
    n: [f64; 4],
    /// Of the results before, either way
    d: [f64; 4],
    /// Of the samples, backwards, from the next one on
    m: [f64; 4],
    /// What the results before the first sample add
    forward_border: [f64; 4],
    /// What the results after the last sample add
    backward_border: [f64; 4],
}

/// Frequencies and decays of the two pairs of poles.
const W: [f64; 2] = [0.6681, 2.0787];
const L: [f64; 2] = [-1.3932, -1.3732];

/// Numerator coefficients with their sums of zeroth, first and second order.
struct Numerator {
    n: [f64; 4],
    sum: f64,
    first: f64,
    second: f64,
}

impl Recursion {
    /// Smoothing, of unit sum.
    fn smoothing(sigma: f64, spacing: f64) -> Self {
        let width = sigma / spacing;
        let numerator = numerator(width, [1.3530, -0.3531], [1.8151, 0.0902]);
        let d = denominator(width);
        let total = 1.0 + d.iter().sum::<f64>();
        let gain = 2.0 * numerator.sum / total - numerator.n[0];
        Self::complete(numerator.n.map(|value| value / gain), d)
    }

    /// The second derivative: nothing of a constant, unit second moment, times sigma squared.
    fn second_order(sigma: f64, spacing: f64) -> Self {
        let width = sigma / spacing;
        let smooth = numerator(width, [1.3530, -0.3531], [1.8151, 0.0902]);
        let curved = numerator(width, [-1.3563, 0.3446], [5.2318, -2.2355]);
        let d = denominator(width);
        let total = 1.0 + d.iter().sum::<f64>();
        let first = d[0] + 2.0 * d[1] + 3.0 * d[2] + 4.0 * d[3];
        let second = d[0] + 4.0 * d[1] + 9.0 * d[2] + 16.0 * d[3];
        let share = -(2.0 * curved.sum - total * curved.n[0]) / (2.0 * smooth.sum - total * smooth.n[0]);
        let n: [f64; 4] = std::array::from_fn(|k| curved.n[k] + share * smooth.n[k]);
        let sn = curved.sum + share * smooth.sum;
        let dn = curved.first + share * smooth.first;
        let en = curved.second + share * smooth.second;
        let moment = (en * total * total - second * sn * total - 2.0 * dn * first * total + 2.0 * first * first * sn)
            / (total * total * total);
        let scale = sigma * sigma / moment;
        Self::complete(n.map(|value| value * scale), d)
    }

    /// The backward coefficients of a symmetric filter, and the borders continued for ever.
    fn complete(n: [f64; 4], d: [f64; 4]) -> Self {
        let m = [n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]];
        let total = 1.0 + d.iter().sum::<f64>();
        let forwards = n.iter().sum::<f64>() / total;
        let backwards = m.iter().sum::<f64>() / total;
        Self {
            n,
            d,
            m,
            forward_border: d.map(|value| value * forwards),
            backward_border: d.map(|value| value * backwards),
        }
    }

    /// Filters lines side by side.
    fn filter(&self, data: &[[f64; LINES]], answer: &mut [[f64; LINES]], scratch: &mut [[f64; LINES]]) {
        let count = data.len();
        let Self { n, d, m, .. } = self;
        let (Some(first), Some(last)) = (data.first(), data.last()) else {
            return;
        };
        for place in 0..count {
            if place >= 4 {
                for line in 0..LINES {
                    answer[place][line] = (data[place][line] * n[0]
                        + data[place - 1][line] * n[1]
                        + data[place - 2][line] * n[2]
                        + data[place - 3][line] * n[3])
                        - (answer[place - 1][line] * d[0]
                            + answer[place - 2][line] * d[1]
                            + answer[place - 3][line] * d[2]
                            + answer[place - 4][line] * d[3]);
                }
                continue;
            }
            for line in 0..LINES {
                let sample = |back: usize| {
                    if place >= back {
                        data[place - back][line]
                    } else {
                        first[line]
                    }
                };
                let mut value = sample(0) * n[0] + sample(1) * n[1] + sample(2) * n[2] + sample(3) * n[3];
                for back in 1..=4 {
                    value -= if place >= back {
                        answer[place - back][line] * d[back - 1]
                    } else {
                        first[line] * self.forward_border[back - 1]
                    };
                }
                answer[place][line] = value;
            }
        }
        for place in (0..count).rev() {
            if place + 4 < count {
                for line in 0..LINES {
                    scratch[place][line] = (data[place + 1][line] * m[0]
                        + data[place + 2][line] * m[1]
                        + data[place + 3][line] * m[2]
                        + data[place + 4][line] * m[3])
                        - (scratch[place + 1][line] * d[0]
                            + scratch[place + 2][line] * d[1]
                            + scratch[place + 3][line] * d[2]
                            + scratch[place + 4][line] * d[3]);
                }
                continue;
            }
            for line in 0..LINES {
                let mut value = 0.0;
                for on in 1..=4 {
                    let sample = if place + on < count {
                        data[place + on][line]
                    } else {
                        last[line]
                    };
                    value += sample * m[on - 1];
                }
                for on in 1..=4 {
                    value -= if place + on < count {
                        scratch[place + on][line] * d[on - 1]
                    } else {
                        last[line] * self.backward_border[on - 1]
                    };
                }
                scratch[place][line] = value;
            }
        }
        for (answer, scratch) in answer.iter_mut().zip(scratch.iter()) {
            for line in 0..LINES {
                answer[line] += scratch[line];
            }
        }
    }
}

/// The numerator of a pair of damped oscillations.
fn numerator(width: f64, a: [f64; 2], b: [f64; 2]) -> Numerator {
    let (sin, cos) = (W.map(|w| (w / width).sin()), W.map(|w| (w / width).cos()));
    let decay = L.map(|l| (l / width).exp());
    let n0 = a[0] + a[1];
    let n1 = decay[1] * (b[1] * sin[1] - (a[1] + 2.0 * a[0]) * cos[1])
        + decay[0] * (b[0] * sin[0] - (a[0] + 2.0 * a[1]) * cos[0]);
    let n2 = ((a[0] + a[1]) * cos[1] * cos[0] - (b[0] * cos[1] * sin[0] + b[1] * cos[0] * sin[1]))
        * 2.0
        * decay[0]
        * decay[1]
        + a[1] * decay[0] * decay[0]
        + a[0] * decay[1] * decay[1];
    let n3 = decay[1] * decay[0] * decay[0] * (b[1] * sin[1] - a[1] * cos[1])
        + decay[0] * decay[1] * decay[1] * (b[0] * sin[0] - a[0] * cos[0]);
    Numerator {
        n: [n0, n1, n2, n3],
        sum: n0 + n1 + n2 + n3,
        first: n1 + 2.0 * n2 + 3.0 * n3,
        second: n1 + 4.0 * n2 + 9.0 * n3,
    }
}

/// The denominator, which all orders share.
fn denominator(width: f64) -> [f64; 4] {
    let cos = W.map(|w| (w / width).cos());
    let decay = L.map(|l| (l / width).exp());
    [
        -2.0 * (decay[1] * cos[1] + decay[0] * cos[0]),
        4.0 * cos[1] * cos[0] * decay[0] * decay[1] + decay[0] * decay[0] + decay[1] * decay[1],
        -2.0 * cos[0] * decay[0] * decay[1] * decay[1] - 2.0 * cos[1] * decay[1] * decay[0] * decay[0],
        decay[0] * decay[0] * decay[1] * decay[1],
    ]
}
