//! Calibration: of stated risks on new data, of a model's own fit corrected for optimism, and by groups.

pub mod corrected;
pub mod curve;
pub mod frozen;
pub mod hosmer_lemeshow;
