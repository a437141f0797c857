//! The project's own random numbers: one documented stream for a seed and a purpose, stable across versions.
//!
//! The generator is ChaCha with 12 rounds. Its 256-bit key is four outputs of SplitMix64 started at the seed (Steele, Lea
//! and Flood 2014), little-endian; its 64-bit stream number is the purpose, so that a split, the folds and the resamples
//! of one study never share numbers. Doubles take the upper 53 bits of a 64-bit word. Nothing here depends on the number
//! of threads or on the platform. R's own generator is in [`crate::stats::base::r_random`].

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::stats::base::r_random::normal_quantile;

/// Whose random numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeedKind {
    /// The project's own stream
    #[default]
    Own,
    /// R's: `set.seed(n)` with Mersenne Twister, inversion and rejection sampling
    R,
}

/// What a stream is for; each purpose has numbers of its own under one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Division into training and test
    Split,
    /// Cross-validation folds
    Folds,
    /// Bootstrap resamples
    Bootstrap,
    /// Half-samples of stability selection
    Stability,
    /// Anything else, by a number of the caller's choice
    Other(u32),
}

impl Purpose {
    fn number(self) -> u64 {
        match self {
            Self::Split => 1,
            Self::Folds => 2,
            Self::Bootstrap => 3,
            Self::Stability => 4,
            Self::Other(number) => (1 << 32) + u64::from(number),
        }
    }
}

/// A seeded stream of random numbers.
#[derive(Debug, Clone)]
pub struct RandomStream {
    generator: ChaCha12Rng,
}

impl RandomStream {
    /// The stream of a seed and a purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self::with_number(seed, purpose.number())
    }

    /// The `repeat`-th stream (from 0) of a seed and a purpose: for repeats that run in parallel, each with its own numbers.
    pub fn repeated(seed: u64, purpose: Purpose, repeat: usize) -> Self {
        Self::with_number(seed, purpose.number() | ((repeat as u64 + 1) << 33))
    }

    fn with_number(seed: u64, number: u64) -> Self {
        let mut state = seed;
        let mut key = [0_u8; 32];
        for word in key.chunks_exact_mut(8) {
            word.copy_from_slice(&split_mix(&mut state).to_le_bytes());
        }
        let mut generator = ChaCha12Rng::from_seed(key);
        generator.set_stream(number);
        Self { generator }
    }

    /// A double in [0, 1), of 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A standard normal deviate, by inversion.
    pub fn normal(&mut self) -> f64 {
        loop {
            let uniform = self.uniform();
            if uniform > 0.0 {
                return normal_quantile(uniform);
            }
        }
    }

    /// An index in `0..count`, without bias; 0 if `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        if count < 2 {
            return 0;
        }
        let count = count as u64;
        // The largest multiple of `count` that fits: words above it are drawn again.
        let limit = u64::MAX - u64::MAX % count;
        loop {
            let word = self.generator.next_u64();
            if word < limit {
                return (word % count) as usize;
            }
        }
    }

    /// Shuffles in place (Fisher and Yates, from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }

    /// A random order of `0..count`.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }

    /// `count` indices drawn from `0..count` with replacement: a bootstrap resample.
    pub fn resample(&mut self, count: usize) -> Vec<usize> {
        (0..count).map(|_| self.below(count)).collect()
    }
}

/// A word for a place: what SplitMix64, started at the seed, gives after so many others. What stands at one place depends neither
/// on what is drawn elsewhere nor on the order in which it is.
pub fn word_at(seed: u64, place: u64) -> u64 {
    let mut state = seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    split_mix(&mut state)
}

/// A double within 0 and 1, never one of them, of 52 random bits that belong to a place.
pub fn uniform_at(seed: u64, place: u64) -> f64 {
    ((word_at(seed, place) >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// A standard normal deviate that belongs to a place, by inversion.
pub fn normal_at(seed: u64, place: u64) -> f64 {
    normal_quantile(uniform_at(seed, place))
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_mix_gives_the_published_sequence() {
        // First outputs of SplitMix64 from 1234567, as in the reference implementation's test vector.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
        assert_eq!(word_at(1_234_567, 0), 6_457_827_717_110_365_317);
        assert_eq!(word_at(1_234_567, 1), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_seed_gives_the_same_numbers_and_purposes_differ() {
        let draw = |seed, purpose| RandomStream::new(seed, purpose).permutation(50);
        assert_eq!(draw(7, Purpose::Folds), draw(7, Purpose::Folds));
        assert_ne!(draw(7, Purpose::Folds), draw(8, Purpose::Folds));
        assert_ne!(draw(7, Purpose::Folds), draw(7, Purpose::Split));
        let first = RandomStream::repeated(7, Purpose::Folds, 0).permutation(50);
        assert_ne!(first, RandomStream::repeated(7, Purpose::Folds, 1).permutation(50));
    }

    #[test]
    fn draws_are_even() {
        let mut stream = RandomStream::new(1, Purpose::Other(1));
        let mut counts = [0_usize; 7];
        for _ in 0..70_000 {
            counts[stream.below(7)] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
        let mean = (0..20_000).map(|_| stream.normal()).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
    }
}
