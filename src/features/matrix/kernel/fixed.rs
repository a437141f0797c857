//! `c log2 c` of whole numbers as whole numbers, so that sums of them can be added to and taken from without loss.

/// Fractional bits; a kernel's sums of up to 2^12 pairs stay below 2^63.
const BITS: i32 = 44;

/// A table of `c log2 c`.
#[derive(Debug)]
pub struct Weights {
    table: Vec<i64>,
    scale: f64,
}

impl Weights {
    /// For counts up to `most`.
    pub fn new(most: usize) -> Self {
        let scale = 2f64.powi(BITS);
        Self {
            table: (0..=most)
                .map(|count| {
                    let count = count as f64;
                    if count < 2.0 {
                        0
                    } else {
                        (count * count.log2() * scale).round() as i64
                    }
                })
                .collect(),
            scale: 1.0 / scale,
        }
    }

    /// What a count that changes adds to the sum.
    #[inline]
    pub fn change(&self, before: u32, after: u32) -> i64 {
        self.table[after as usize] - self.table[before as usize]
    }

    /// `c log2 c` in fixed point.
    #[inline]
    pub fn of(&self, count: u32) -> i64 {
        self.table[count as usize]
    }

    /// A sum as a number.
    pub fn value(&self, sum: i64) -> f64 {
        sum as f64 * self.scale
    }
}
