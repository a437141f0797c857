//! The settings of an extraction: a row each, its value read from that row alone.
//!
//! A setting is declared once, with its name, what it takes, its default, what it does and who reads it: here those of the
//! extraction ([`SETTINGS`], [`VOXEL_SETTINGS`]), in its file those of a filter. Parameter files are checked, values read and
//! help printed from that row; a new setting is a row and the place that reads it (`Settings::get`).

pub mod choice;
mod ibsi;
pub mod kind;
pub mod python;
mod reading;
pub(in crate::features) mod rows;
mod setting;
mod values;

pub use ibsi::IbsiSettings;
pub(in crate::features) use rows::pyradiomics_defaults;
pub use rows::{SETTINGS, VOXEL_SETTINGS};
pub use setting::{Preset, ReadBy, Row, Setting};
pub(in crate::features) use setting::{optional, setting};
pub use values::Settings;
