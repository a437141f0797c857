//! The chance behind the sample study: a ChaCha stream turned into numbers by `+ - * /` and `sqrt` alone, which IEEE 754
//! rounds the same everywhere, so that every machine makes the same voxels. No `exp`, `ln`, `sin`: their last bit is the
//! system library's affair.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The seed of all streams. Changing it makes another sample study.
const SEED: &[u8; 32] = b"radscore sample vertebrae seed 6";

/// One stream of chance.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream with this number; streams are independent of one another.
    pub(super) fn stream(number: u64) -> Self {
        let mut generator = ChaCha8Rng::from_seed(*SEED);
        generator.set_stream(number);
        Self(generator)
    }

    /// Uniform in [0, 1), a multiple of 2^-32.
    pub(super) fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number in 0..count.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.uniform() * count as f64) as usize
    }

    /// Yes with the given probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Nearly normal with mean 0 and standard deviation 1: the sum of twelve uniforms less 6 (Irwin-Hall).
    pub(super) fn normal(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            sum += self.uniform();
        }
        sum - 6.0
    }

    /// As [`Dice::normal`] from four draws of 16 bits; rougher in the tails and three times as fast, for whole images.
    pub(super) fn rough_normal(&mut self) -> f64 {
        // Four uniforms on 0..65536 have the variance 4 (65536^2 - 1) / 12, so 37837.2 is their standard deviation.
        let (first, second) = (self.0.next_u32(), self.0.next_u32());
        let sum = (first & 0xffff) + (first >> 16) + (second & 0xffff) + (second >> 16);
        (f64::from(sum) - 131_070.0) / 37_837.2
    }

    /// A random order of 0..count (Fisher and Yates).
    pub(super) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            let other = self.below(last + 1);
            order.swap(last, other);
        }
        order
    }
}
