//! Inner products and scaled sums over contiguous slices, with the widest instructions that the processor has.
//!
//! The choice is made while the program runs, so one binary serves every machine. The order of the sums depends on the
//! processor, which moves results by their last bits, but never on the number of threads: each sum is one thread's.

mod products;
mod sums;
mod triangular;

pub(crate) use products::{all_products, dot, inner_products, product_and_weighted_square};
pub(crate) use sums::{add_columns, add_scaled, add_weighted, rotate};
pub(crate) use triangular::{solve_transposed, solve_upper};

/// Registers taken at once.
const UNROLL: usize = 4;

#[cfg(test)]
/// Small whole numbers: every sum is exact in whichever order.
fn numbers(length: usize, step: usize) -> Vec<f64> {
    (0..length).map(|i| (i * step % 11) as f64 - 5.0).collect()
}
