//! `--mode voxel`: a map of each feature, one file each.

use std::path::Path;

use super::batch::Case;
use super::row::Row;
use crate::features::Parameters;

/// Writes `Case-N_FEATURE.nrrd` for each feature and puts the paths into the row.
pub fn write(_row: &mut Row, _case: &Case, _parameters: &Parameters, _folder: &Path) -> anyhow::Result<()> {
    anyhow::bail!("feature maps are not built yet")
}
