//! A feature of the second opinion: its tag and the function that gives it.

use ndarray::ArrayView3;

/// One feature: what it is called, by whom, and the function that gives it from what its family makes of a region.
#[derive(Debug, Clone, Copy)]
pub struct Row<T: 'static> {
    /// The name in columns
    pub name: &'static str,
    /// The tag in the IBSI's tables, without aggregation
    pub tag: &'static str,
    /// The value
    pub value: fn(&T) -> f64,
}

impl<T> Row<T> {
    /// A feature.
    pub const fn new(name: &'static str, tag: &'static str, value: fn(&T) -> f64) -> Self {
        Self { name, tag, value }
    }
}

/// The value at a place plus an offset `[z, y, x]`; `None` outside the array.
pub fn cell<T: Copy>(values: &ArrayView3<T>, (z, y, x): (usize, usize, usize), offset: [i64; 3]) -> Option<T> {
    // A negative index wraps to a huge one, which is outside as well.
    values
        .get([
            z.wrapping_add_signed(offset[0] as isize),
            y.wrapping_add_signed(offset[1] as isize),
            x.wrapping_add_signed(offset[2] as isize),
        ])
        .copied()
}
