//! Hash, mean, extremes and spread of an image in the one pass that reads it.

use sha1::{Digest, Sha1};

use super::facts::ImageFacts;
use super::hash::hexadecimal;
use crate::volume::Geometry;
use crate::volume::samples::{Sample, Samples, each_type};
use crate::volume::source::stream::Chunk;

/// Sums over an image in passing.
pub(super) struct Statistics {
    hash: Option<Sha1>,
    bytes: Vec<u8>,
    sums: Sums,
}

/// Mean and standard deviation (n - 1) of a whole image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The mean
    pub mean: f64,
    /// The standard deviation
    pub deviation: f64,
}

impl Statistics {
    /// With a hash where it is wanted.
    pub fn new(hashed: bool) -> Self {
        Self {
            hash: hashed.then(Sha1::new),
            bytes: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Takes a chunk; chunks come in file order.
    pub fn add(&mut self, chunk: &Chunk<'_>) {
        match (&mut self.hash, chunk.bytes) {
            (Some(hash), Some(bytes)) => hash.update(bytes),
            (Some(hash), None) => {
                self.bytes.clear();
                each_type!(chunk.samples, values => Sample::encode(values, &mut self.bytes));
                hash.update(&self.bytes);
            }
            (None, _) => {}
        }
        self.sums.add(chunk.samples);
    }

    /// The moments so far.
    pub fn moments(&self) -> Moments {
        let (mean, deviation) = self.sums.mean_and_deviation();
        Moments { mean, deviation }
    }

    /// The facts of an image on its grid, which may be a plane.
    pub fn finish(self, geometry: &Geometry, plane: bool) -> ImageFacts {
        let (mean, standard_deviation) = self.sums.mean_and_deviation();
        ImageFacts {
            hash: self.hash.map(|hash| hexadecimal(&hash.finalize())).unwrap_or_default(),
            dimensionality: if plane { "2D" } else { "3D" }.to_string(),
            spacing: geometry.spacing,
            size: geometry.size,
            mean,
            minimum: self.sums.minimum,
            maximum: self.sums.maximum,
            standard_deviation,
        }
    }
}

/// Count, extremes, sum and sum of squares.
#[derive(Debug)]
struct Sums {
    count: u64,
    minimum: f64,
    maximum: f64,
    /// Of small integers, exact
    whole: i128,
    whole_squares: i128,
    /// Of the other types, with Neumaier's correction
    sum: Corrected,
    squares: Corrected,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            count: 0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
            whole: 0,
            whole_squares: 0,
            sum: Corrected::default(),
            squares: Corrected::default(),
        }
    }
}

/// A running sum with the rounding that it lost.
#[derive(Debug, Default)]
struct Corrected {
    sum: f64,
    lost: f64,
}

impl Corrected {
    #[inline]
    fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - next) + value
        } else {
            (value - next) + self.sum
        };
        self.sum = next;
    }

    fn value(&self) -> f64 {
        if self.sum.is_finite() {
            self.sum + self.lost
        } else {
            self.sum
        }
    }
}

impl Sums {
    fn add(&mut self, samples: &Samples) {
        self.count += samples.len() as u64;
        match samples {
            Samples::U8(values) => self.add_small(values, i64::from),
            Samples::I8(values) => self.add_small(values, i64::from),
            Samples::U16(values) => self.add_small(values, i64::from),
            Samples::I16(values) => self.add_i16(values),
            Samples::U32(values) => self.add_other(values),
            Samples::I32(values) => self.add_other(values),
            Samples::U64(values) => self.add_other(values),
            Samples::I64(values) => self.add_other(values),
            Samples::F32(values) => self.add_other(values),
            Samples::F64(values) => self.add_other(values),
        }
    }

    /// Integers of up to 16 bits: exact, and in a form that the compiler turns into vector code.
    fn add_small<T: Sample + Ord>(&mut self, values: &[T], widen: impl Fn(T) -> i64 + Copy) {
        if let (Some(&low), Some(&high)) = (values.iter().min(), values.iter().max()) {
            self.minimum = self.minimum.min(low.to_double());
            self.maximum = self.maximum.max(high.to_double());
        }
        self.whole += i128::from(values.iter().map(|&value| widen(value)).sum::<i64>());
        let squares: i64 = values.iter().map(|&value| widen(value) * widen(value)).sum();
        self.whole_squares += i128::from(squares);
    }

    /// The usual type of CT: sums in 32 bits as long as they fit.
    fn add_i16(&mut self, values: &[i16]) {
        let (mut low, mut high) = (i16::MAX, i16::MIN);
        for &value in values {
            low = low.min(value);
            high = high.max(value);
        }
        if values.is_empty() {
            return;
        }
        self.minimum = self.minimum.min(f64::from(low));
        self.maximum = self.maximum.max(f64::from(high));
        for block in values.chunks(16_384) {
            let sum: i32 = block.iter().map(|&value| i32::from(value)).sum();
            self.whole += i128::from(sum);
            let squares: u64 = block
                .iter()
                .map(|&value| u64::from((i32::from(value) * i32::from(value)).unsigned_abs()))
                .sum();
            self.whole_squares += i128::from(squares);
        }
    }

    /// All other types, as doubles. A NaN anywhere makes every figure NaN, as numpy has it.
    fn add_other<T: Sample>(&mut self, values: &[T]) {
        for value in values {
            let value = value.to_double();
            if value.is_nan() {
                self.minimum = f64::NAN;
                self.maximum = f64::NAN;
            } else if !self.minimum.is_nan() {
                self.minimum = self.minimum.min(value);
                self.maximum = self.maximum.max(value);
            }
            self.sum.add(value);
            self.squares.add(value * value);
        }
    }

    /// Mean and standard deviation with n - 1; NaN where there are too few values.
    fn mean_and_deviation(&self) -> (f64, f64) {
        let count = self.count as f64;
        if self.count == 0 {
            return (f64::NAN, f64::NAN);
        }
        let sum = self.whole as f64 + self.sum.value();
        let squares = self.whole_squares as f64 + self.squares.value();
        let variance = (squares - sum * sum / count) / (count - 1.0);
        (sum / count, variance.sqrt())
    }
}

/// Mean and standard deviation (n - 1) of all samples, as ITK's normalisation takes them.
pub fn moments(samples: &Samples) -> Moments {
    let mut sums = Sums::default();
    sums.add(samples);
    let (mean, deviation) = sums.mean_and_deviation();
    Moments { mean, deviation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_integers_and_doubles_give_the_same_figures() {
        let values: Vec<i16> = (0..40_000).map(|k| ((k * 7919) % 4001 - 1500) as i16).collect();
        let doubles: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
        let (small, other) = (moments(&Samples::I16(values)), moments(&Samples::F64(doubles)));
        assert!((small.mean - other.mean).abs() < 1e-9, "{small:?} {other:?}");
        assert!((small.deviation - other.deviation).abs() < 1e-9);
    }

    #[test]
    fn a_nan_shows() {
        let mut sums = Sums::default();
        sums.add(&Samples::F32(vec![1.0, f32::NAN, 3.0]));
        assert!(sums.minimum.is_nan() && sums.maximum.is_nan() && sums.mean_and_deviation().0.is_nan());
    }
}
