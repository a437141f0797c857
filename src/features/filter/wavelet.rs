//! The undecimated wavelet transform of PyRadiomics.
//!
//! Each level filters x, then y, then z with the low and the high pass of the wavelet: `y[n] = sum_t f[t] x[n + L/2 - t]`,
//! the image going on periodically. An axis of odd length first gets its own first sample appended, and loses the last one
//! again afterwards. The next level filters the low-low-low image with the **same** filters, not widened ones. In
//! single precision where the image is, else in double (PyWavelets 1.x `swtn`, PyRadiomics 3.1.0 `_swt3`).

use std::borrow::Cow;
use std::ops::{AddAssign, Mul};

use super::shared::{LEVEL, WAVELET};
use super::wavelet_family::{Wavelet as Family, wavelet};
use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::kind::{Count, Whole};
use crate::features::settings::{Row, Setting, Settings, setting};
use crate::volume::{Extent, IndexBox, Mask, Reach, Sample, Samples, Volume, each_type};

static START_LEVEL: Setting<Count> = setting(
    "start_level",
    Count(Whole { least: 0, most: 20 }),
    "0",
    "wavelet levels that are thrown away first",
);

static SETTINGS: &[&dyn Row] = &[&START_LEVEL, &LEVEL, &WAVELET];

/// Every combination of low and high passes along the axes.
pub struct Wavelet;

impl Filter for Wavelet {
    fn image_type(&self) -> &'static str {
        "Wavelet"
    }

    fn about(&self) -> &'static str {
        "undecimated wavelet transform, every combination of low and high passes along x, y and z"
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        SETTINGS
    }

    fn names(&self, settings: &Settings) -> Vec<String> {
        let axes = axes(settings).len();
        let low = "L".repeat(axes);
        let levels = settings.get(&LEVEL);
        let mut names = Vec::new();
        for level in 1..=levels {
            for letters in combinations(axes).into_iter().filter(|letters| *letters != low) {
                names.push(name(level, &letters));
            }
        }
        names.push(name(levels, &low));
        names
    }

    fn reach(&self, settings: &Settings) -> Extent {
        let taps = wavelet(&settings.get(&WAVELET)).map_or(0, |family| family.low.len());
        let passes = settings.get(&START_LEVEL).saturating_add(settings.get(&LEVEL));
        Extent::Within(Reach {
            voxels: (taps / 2).saturating_mul(passes).saturating_add(2),
            around_the_end: true,
            ..Reach::default()
        })
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        _: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let name = settings.get(&WAVELET);
        let family = wavelet(&name).ok_or_else(|| FeatureError::region(format!("there is no wavelet \"{name}\"")))?;
        if let Samples::F32(_) = image.samples {
            let family = Filters {
                low: family.low.iter().map(|&tap| single(&name, tap)).collect(),
                high: family.high.iter().map(|&tap| single(&name, tap)).collect(),
            };
            transform(image, needed, settings, &family, Samples::F32, each)
        } else {
            let Family { low, high } = family;
            transform(image, needed, settings, &Filters { low, high }, Samples::F64, each)
        }
    }
}

/// A tap in single precision. PyWavelets keeps coiflets without the factor of sqrt(2) and multiplies in that precision.
fn single(wavelet: &str, tap: f64) -> f32 {
    if wavelet.starts_with("coif") {
        (tap / std::f64::consts::SQRT_2) as f32 * std::f32::consts::SQRT_2
    } else {
        tap as f32
    }
}

/// The axes that are filtered, in order: x is 0.
fn axes(settings: &Settings) -> Vec<usize> {
    let axes = if settings.plane { 0..2 } else { 0..3 };
    axes.filter(|&axis| settings.slice_axis != Some(2 - axis)).collect()
}

/// `LLL`, `LLH`, `LHL` … with the first letter for the first axis.
fn combinations(axes: usize) -> Vec<String> {
    (0..1usize << axes)
        .map(|number| {
            (0..axes)
                .map(|axis| if number >> (axes - 1 - axis) & 1 == 1 { 'H' } else { 'L' })
                .collect()
        })
        .collect()
}

fn name(level: usize, letters: &str) -> String {
    if level == 1 {
        format!("wavelet-{letters}")
    } else {
        format!("wavelet{level}-{letters}")
    }
}

/// Low and high pass in the precision of the transform.
struct Filters<T> {
    low: Vec<T>,
    high: Vec<T>,
}

/// A number of either precision.
trait Real: Copy + Default + Mul<Output = Self> + AddAssign {
    fn of(value: f64) -> Self;
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

/// All levels, of as much of the image as decides the box.
fn transform<T: Real>(
    image: &Volume,
    needed: &IndexBox,
    settings: &Settings,
    filters: &Filters<T>,
    wrap: fn(Vec<T>) -> Samples,
    each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
) -> Result<(), FeatureError> {
    let axes = axes(settings);
    let (start_level, levels) = (settings.get(&START_LEVEL), settings.get(&LEVEL));
    let passes = start_level.saturating_add(levels);
    let mut windows = [0, 1, 2].map(|axis| {
        let size = image.geometry.size[axis];
        Window {
            start: needed.start[axis] as i64,
            end: needed.end()[axis] as i64,
            period: (size + size % 2) as i64,
        }
    });
    let reach = filters.low.len() as i64 / 2;
    for &axis in &axes {
        let passes = i64::try_from(passes).unwrap_or(i64::MAX);
        windows[axis] = windows[axis].widened(reach.saturating_mul(passes));
    }
    let mut approximation = Field::gather(image, windows);
    let low = "L".repeat(axes.len());
    for pass in 0..passes {
        let detailed = pass >= start_level;
        let left = (passes - pass - 1) as i64;
        let mut parts = vec![(String::new(), approximation)];
        for &axis in &axes {
            let mut next = Vec::with_capacity(2 * parts.len());
            for (letters, field) in parts {
                let filtered = field.filtered(axis, &filters.low, reach, needed, left);
                if detailed {
                    let high = field.filtered(axis, &filters.high, reach, needed, left);
                    next.push((format!("{letters}L"), filtered));
                    next.push((format!("{letters}H"), high));
                } else {
                    next.push((format!("{letters}L"), filtered));
                }
            }
            parts = next;
        }
        let mut details = parts.into_iter();
        let Some((_, first)) = details.next() else {
            return Ok(());
        };
        approximation = first;
        let level = (pass + 1).saturating_sub(start_level);
        for (letters, field) in details {
            emit(image, needed, name(level, &letters), &field, wrap, each)?;
        }
    }
    emit(image, needed, name(levels, &low), &approximation, wrap, each)
}

/// Hands on the box of a field.
fn emit<T: Real>(
    image: &Volume,
    needed: &IndexBox,
    name: String,
    field: &Field<T>,
    wrap: fn(Vec<T>) -> Samples,
    each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
) -> Result<(), FeatureError> {
    each(Filtered {
        name,
        image: Cow::Owned(Volume {
            geometry: image.geometry.crop(needed),
            samples: wrap(field.part(needed)),
        }),
        start: needed.start,
    })
}

/// A range of an axis, in indices that may run beyond the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    start: i64,
    end: i64,
    /// The length after which the axis goes on from its beginning
    period: i64,
}

impl Window {
    /// So many more samples on both sides; the whole period where that is no more.
    fn widened(self, by: i64) -> Self {
        let (start, end) = (self.start.saturating_sub(by), self.end.saturating_add(by));
        if end.saturating_sub(start) >= self.period {
            return Self {
                start: 0,
                end: self.period,
                ..self
            };
        }
        Self { start, end, ..self }
    }

    fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the whole period is held, so that indices beyond it go on from its other end.
    fn is_whole(&self) -> bool {
        self.end - self.start == self.period
    }
}

/// How many taps, from the first on, fall on samples beyond the end of the period, where the sum runs up to the index `end`.
/// PyWavelets adds these first, the last of them before the others, and then the rest in order.
fn wrapped_taps(end: i64, period: i64, taps: usize) -> usize {
    let half = taps as i64 / 2;
    let end = (end - half).rem_euclid(period) + half;
    (end - period + 1).clamp(0, taps as i64) as usize
}

/// Values over three windows, x fastest.
struct Field<T> {
    windows: [Window; 3],
    values: Vec<T>,
}

impl<T: Real> Field<T> {
    /// The image over the windows: periodic, an odd axis with its first sample once more at the end.
    fn gather(image: &Volume, windows: [Window; 3]) -> Self {
        let size = image.geometry.size;
        let places: [Vec<usize>; 3] = std::array::from_fn(|axis| {
            let length = size[axis];
            (windows[axis].start..windows[axis].end)
                .map(|index| {
                    let place = index.rem_euclid(windows[axis].period) as usize;
                    if place == length { 0 } else { place }
                })
                .collect()
        });
        let mut values = Vec::with_capacity(windows.iter().map(Window::len).product());
        each_type!(&image.samples, samples => {
            for &z in &places[2] {
                for &y in &places[1] {
                    let row = (z * size[1] + y) * size[0];
                    values.extend(places[0].iter().map(|&x| T::of(Sample::to_double(samples[row + x]))));
                }
            }
        });
        Self { windows, values }
    }

    /// One pass along an axis; the window shrinks to what `left` further passes need.
    fn filtered(&self, axis: usize, taps: &[T], reach: i64, needed: &IndexBox, left: i64) -> Self {
        let window = self.windows[axis];
        let mut windows = self.windows;
        if !window.is_whole() {
            let margin = reach.saturating_mul(left);
            windows[axis] = Window {
                start: needed.start[axis] as i64 - margin,
                end: needed.end()[axis] as i64 + margin,
                ..window
            };
        }
        let out = windows[axis];
        let inner: usize = self.windows[..axis].iter().map(Window::len).product();
        let outer: usize = self.windows[axis + 1..].iter().map(Window::len).product();
        let (length, new_length) = (window.len(), out.len());
        let mut values = vec![T::default(); inner * new_length * outer];
        // Where a tap's sample lies in the window held, of the first output; whether all of them lie side by side.
        let half = taps.len() as i64 / 2;
        let first = out.start - window.start + half;
        let contiguous = axis == 0 && !window.is_whole();
        let wrapped = |place: usize| wrapped_taps(out.start + place as i64 + half, window.period, taps.len());
        for block in 0..outer {
            let from = &self.values[block * inner * length..(block + 1) * inner * length];
            let onto = &mut values[block * inner * new_length..(block + 1) * inner * new_length];
            if contiguous {
                for (tap_place, &tap) in taps.iter().enumerate() {
                    let begin = first as usize - tap_place;
                    for (sum, &value) in onto.iter_mut().zip(&from[begin..begin + new_length]) {
                        *sum += tap * value;
                    }
                }
            }
            for place in 0..new_length {
                let wrapped = wrapped(place);
                if contiguous && wrapped < 2 {
                    continue;
                }
                let row = &mut onto[place * inner..(place + 1) * inner];
                row.fill(T::default());
                for tap_place in (0..wrapped).rev().chain(wrapped..taps.len()) {
                    let mut source = place as i64 + first - tap_place as i64;
                    if window.is_whole() {
                        source = source.rem_euclid(window.period);
                    }
                    let source = source as usize * inner;
                    for (sum, &value) in row.iter_mut().zip(&from[source..source + inner]) {
                        *sum += taps[tap_place] * value;
                    }
                }
            }
        }
        Self { windows, values }
    }

    /// The values of a box of the image.
    fn part(&self, needed: &IndexBox) -> Vec<T> {
        let [length_x, length_y, _] = [0, 1, 2].map(|axis| self.windows[axis].len());
        let offset = [0, 1, 2].map(|axis| (needed.start[axis] as i64 - self.windows[axis].start) as usize);
        let mut values = Vec::with_capacity(needed.size.iter().product());
        for z in 0..needed.size[2] {
            for y in 0..needed.size[1] {
                let row = ((z + offset[2]) * length_y + y + offset[1]) * length_x + offset[0];
                values.extend_from_slice(&self.values[row..row + needed.size[0]]);
            }
        }
        values
    }
}
