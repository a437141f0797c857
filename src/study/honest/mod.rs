//! What keeps a result honest: rows that may be learnt from, and the whole way made again inside every resample.

pub mod controls;
pub mod partition;
pub mod resample;
pub mod way;
