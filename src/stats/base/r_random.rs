//! R's random numbers: what `set.seed(n)` makes `runif`, `rnorm` and `sample` draw.
//!
//! Mersenne Twister (Matsumoto and Nishimura 1998) seeded as R seeds it, normal deviates by inversion (Wichura's AS 241,
//! Applied Statistics 37, 1988), integers by rejection of surplus bits: `RNGkind("Mersenne-Twister", "Inversion",
//! "Rejection")`, R's default since 3.6. On top of them caret's `createDataPartition` and `createFolds`.
//! Checked against R in `r_rng.json`.

/// The state of R's generator.
#[derive(Debug, Clone)]
pub struct RRandom {
    state: Vec<u32>,
    position: usize,
}

const WORDS: usize = 624;
const SHIFT: usize = 397;

impl RRandom {
    /// `set.seed(seed)`. R takes a signed integer; larger seeds wrap.
    pub fn set_seed(seed: i64) -> Self {
        let mut word = seed as u32;
        let mut next = || {
            word = word.wrapping_mul(69_069).wrapping_add(1);
            word
        };
        for _ in 0..50 {
            next();
        }
        // The first word of R's seed is the position, which R then sets to "exhausted".
        next();
        let state = (0..WORDS).map(|_| next()).collect();
        Self { state, position: WORDS }
    }

    /// One uniform deviate in (0, 1): `runif(1)`.
    pub fn uniform(&mut self) -> f64 {
        const UNIT: f64 = 2.328_306_437_080_797e-10;
        let value = f64::from(self.word()) * 2.328_306_436_538_696_3e-10;
        if value <= 0.0 {
            0.5 * UNIT
        } else if 1.0 - value <= 0.0 {
            1.0 - 0.5 * UNIT
        } else {
            value
        }
    }

    /// One standard normal deviate: `rnorm(1)`.
    pub fn normal(&mut self) -> f64 {
        const BIG: f64 = 134_217_728.0;
        let high = (BIG * self.uniform()).trunc();
        normal_quantile((high + self.uniform()) / BIG)
    }

    /// An index in `0..count` by rejection, as R draws it inside `sample`.
    pub fn below(&mut self, count: usize) -> usize {
        if count == 0 {
            return 0;
        }
        let bits = bits_for(count);
        loop {
            let mut value: u64 = 0;
            let mut drawn = 0;
            while drawn <= bits {
                value = (value << 16) + (self.uniform() * 65_536.0).floor() as u64;
                drawn += 16;
            }
            value &= (1_u64 << bits) - 1;
            if (value as usize) < count {
                return value as usize;
            }
        }
    }

    /// `sample(count, size) - 1`: without replacement, so `size` is cut at `count`.
    pub fn sample(&mut self, count: usize, size: usize) -> Vec<usize> {
        let mut left: Vec<usize> = (0..count).collect();
        (0..size.min(count))
            .map(|_| {
                let at = self.below(left.len());
                left.swap_remove(at)
            })
            .collect()
    }

    /// `sample(count, replace = TRUE) - 1`: a bootstrap resample of size `size`.
    pub fn sample_with_replacement(&mut self, count: usize, size: usize) -> Vec<usize> {
        (0..size).map(|_| self.below(count)).collect()
    }

    /// `sample(items)`: the items in random order.
    pub fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        self.sample(items.len(), items.len())
            .into_iter()
            .map(|at| items[at].clone())
            .collect()
    }

    /// `sample(length(probability), size, replace = TRUE, prob = probability) - 1`, for fewer than 200 likely values
    /// (beyond that R changes to an alias table, which is not offered here).
    pub fn sample_by_probability(&mut self, probability: &[f64], size: usize) -> Vec<usize> {
        let total: f64 = probability.iter().sum();
        let mut ranked: Vec<(f64, usize)> = probability
            .iter()
            .enumerate()
            .map(|(index, value)| (value / total, index))
            .collect();
        sort_descending_as_r(&mut ranked);
        let mut cumulative = 0.0;
        for (value, _) in &mut ranked {
            cumulative += *value;
            *value = cumulative;
        }
        (0..size)
            .map(|_| {
                let uniform = self.uniform();
                let at = ranked
                    .iter()
                    .position(|(limit, _)| uniform <= *limit)
                    .unwrap_or(ranked.len() - 1);
                ranked[at].1
            })
            .collect()
    }

    /// cv.glmnet's folds: `sample(rep(1:folds, length.out = count)) - 1`.
    pub fn glmnet_folds(&mut self, count: usize, folds: usize) -> Vec<usize> {
        let repeated: Vec<usize> = (0..count).map(|index| index % folds.max(1)).collect();
        self.shuffled(&repeated)
    }

    /// caret's `createDataPartition(factor(class), p = fraction)`: sorted rows of the training part, counted from 0.
    /// Classes are taken in ascending order, each gives `ceiling(fraction * size)` rows.
    pub fn data_partition(&mut self, class: &[usize], fraction: f64) -> Vec<usize> {
        let mut chosen = Vec::new();
        for rows in rows_by_class(class) {
            let size = (rows.len() as f64 * fraction).ceil() as usize;
            if rows.len() == 1 {
                chosen.push(rows[0]);
            } else {
                chosen.extend(self.sample(rows.len(), size).into_iter().map(|at| rows[at]));
            }
        }
        chosen.sort_unstable();
        chosen
    }

    /// caret's `createFolds(factor(class), k = folds, list = FALSE) - 1`: folds stratified by class.
    pub fn caret_folds(&mut self, class: &[usize], folds: usize) -> Vec<usize> {
        if folds >= class.len() {
            return (0..class.len()).collect();
        }
        let mut fold = vec![0; class.len()];
        for rows in rows_by_class(class) {
            let repeats = rows.len() / folds;
            let drawn = if repeats > 0 {
                let mut sequence: Vec<usize> = (0..repeats * folds).map(|index| index % folds).collect();
                let spare = rows.len() % folds;
                if spare > 0 {
                    sequence.extend(self.sample(folds, spare));
                }
                self.shuffled(&sequence)
            } else {
                self.sample(folds, rows.len())
            };
            for (row, number) in rows.into_iter().zip(drawn) {
                fold[row] = number;
            }
        }
        fold
    }

    fn word(&mut self) -> u32 {
        if self.position >= WORDS {
            self.refill();
        }
        let mut word = self.state[self.position];
        self.position += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    fn refill(&mut self) {
        for at in 0..WORDS {
            let joined = (self.state[at] & 0x8000_0000) | (self.state[(at + 1) % WORDS] & 0x7fff_ffff);
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[at] = self.state[(at + SHIFT) % WORDS] ^ (joined >> 1) ^ twist;
        }
        self.position = 0;
    }
}

/// Bits to tell `count` values apart: ceiling of log2.
fn bits_for(count: usize) -> u32 {
    usize::BITS - (count - 1).leading_zeros()
}

fn rows_by_class(class: &[usize]) -> Vec<Vec<usize>> {
    let mut levels: Vec<usize> = class.to_vec();
    levels.sort_unstable();
    levels.dedup();
    levels
        .into_iter()
        .map(|level| (0..class.len()).filter(|row| class[*row] == level).collect())
        .collect()
}

/// R's `revsort`: a heapsort into descending order. Equal keys leave it in an order of its own, which decides what
/// `sample(prob =)` gives, so an ordinary sort would not do.
fn sort_descending_as_r(items: &mut [(f64, usize)]) {
    let sift = |items: &mut [(f64, usize)], mut hole: usize, end: usize, item: (f64, usize)| {
        loop {
            let mut child = 2 * hole + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && items[child].0 > items[child + 1].0 {
                child += 1;
            }
            if item.0 <= items[child].0 {
                break;
            }
            items[hole] = items[child];
            hole = child;
        }
        items[hole] = item;
    };
    let count = items.len();
    for start in (0..count / 2).rev() {
        let item = items[start];
        sift(items, start, count, item);
    }
    for end in (1..count).rev() {
        let item = items[end];
        items[end] = items[0];
        sift(items, 0, end, item);
    }
}

/// The standard normal quantile, Wichura's AS 241 (about 16 digits), as R's `qnorm`. 0 and 1 give the infinities, values
/// outside NaN.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability == 1.0 {
        return f64::INFINITY;
    }
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * polynomial(&CENTRE_TOP, r) / polynomial(&CENTRE_BOTTOM, r);
    }
    let tail = if centred < 0.0 {
        probability
    } else {
        0.5 - probability + 0.5
    };
    let r = (-tail.ln()).sqrt();
    let magnitude = if r <= 5.0 {
        polynomial(&MIDDLE_TOP, r - 1.6) / polynomial(&MIDDLE_BOTTOM, r - 1.6)
    } else {
        polynomial(&FAR_TOP, r - 5.0) / polynomial(&FAR_BOTTOM, r - 5.0)
    };
    if centred < 0.0 { -magnitude } else { magnitude }
}

/// Horner's rule, the highest power first.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const CENTRE_TOP: [f64; 8] = [
    2_509.080_928_730_122_7,
    33_430.575_583_588_13,
    67_265.770_927_008_7,
    45_921.953_931_549_87,
    13_731.693_765_509_46,
    1_971.590_950_306_551_3,
    133.141_667_891_784_38,
    3.387_132_872_796_366_5,
];
const CENTRE_BOTTOM: [f64; 8] = [
    5_226.495_278_852_854,
    28_729.085_735_721_943,
    39_307.895_800_092_71,
    21_213.794_301_586_597,
    5_394.196_021_424_751,
    687.187_007_492_057_9,
    42.313_330_701_600_91,
    1.0,
];
const MIDDLE_TOP: [f64; 8] = [
    7.745_450_142_783_414e-4,
    0.022_723_844_989_269_184,
    0.241_780_725_177_450_6,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_545,
    1.423_437_110_749_683_5,
];
const MIDDLE_BOTTOM: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    0.015_198_666_563_616_457,
    0.148_103_976_427_480_08,
    0.689_767_334_985_1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];
const FAR_TOP: [f64; 8] = [
    2.010_334_399_292_288_1e-7,
    2.711_555_568_743_487_6e-5,
    0.001_242_660_947_388_078_4,
    0.026_532_189_526_576_124,
    0.296_560_571_828_504_87,
    1.784_826_539_917_291_3,
    5.463_784_911_164_114,
    6.657_904_643_501_103,
];
const FAR_BOTTOM: [f64; 8] = [
    2.044_263_103_389_939_8e-15,
    1.421_511_758_316_446e-7,
    1.846_318_317_510_054_8e-5,
    7.868_691_311_456_133e-4,
    0.014_875_361_290_850_615,
    0.136_929_880_922_735_8,
    0.599_832_206_555_887_9,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_is_the_tables() {
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
        assert_eq!(normal_quantile(0.5), 0.0);
        assert!((normal_quantile(1e-20) + 9.262_340_089_798_408).abs() < 1e-14);
        assert!(normal_quantile(-0.1).is_nan());
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn a_sample_without_replacement_is_a_permutation() {
        let mut drawn = RRandom::set_seed(3).sample(1_000, 1_000);
        drawn.sort_unstable();
        assert!(drawn.into_iter().eq(0..1_000));
    }

    #[test]
    fn one_value_needs_no_choice_but_takes_a_number_as_in_r() {
        // set.seed(1); sample(1); runif(1) gives R's second uniform.
        let mut generator = RRandom::set_seed(1);
        assert_eq!(generator.below(1), 0);
        assert!((generator.uniform() - 0.372_123_899_636_790_16).abs() < 1e-15);
    }

    #[test]
    fn ties_sort_in_heap_order() {
        let mut items: Vec<(f64, usize)> = [0.1, 0.3, 0.1, 0.3, 0.2].into_iter().zip(0..).collect();
        sort_descending_as_r(&mut items);
        let keys: Vec<f64> = items.iter().map(|item| item.0).collect();
        assert_eq!(keys, [0.3, 0.3, 0.2, 0.1, 0.1]);
    }
}
