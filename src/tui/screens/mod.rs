//! The screens, one a file.

pub mod audit;
pub mod calibration;
pub mod cases;
pub mod chart;
pub mod decision;
pub mod features;
pub mod model;
pub mod nomogram;
pub mod pipeline;
pub mod roc;
pub mod selection;
pub mod slices;
pub mod welcome;
