//! Pairing an image with its mask.

use std::path::Path;

use super::error::VolumeError;
use super::reader::read_volume;
use super::scan::{LoadOptions, Scan};

pub(super) fn load(image: &Path, _mask: &Path, _options: &LoadOptions) -> Result<Scan, VolumeError> {
    read_volume(image)?;
    Err(VolumeError::Impossible("masks are not readable yet".to_string()))
}
