//! `--mode voxel`: a map of each feature, one file each.

use std::path::Path;

use super::arguments::MapFormat;
use super::batch::Case;
use super::row::{Cell, Row};
use crate::features::maps::map_files;
use crate::features::{Extraction, Parameters};
use crate::volume::{write_nifti, write_nrrd};

/// Writes `Case-N_FEATURE.nrrd` (or `.nii.gz`) for each feature and puts the paths into the row.
pub fn write(
    row: &mut Row,
    case: &Case,
    parameters: &Parameters,
    folder: &Path,
    format: MapFormat,
) -> anyhow::Result<()> {
    let found = map_files(&case.image, &case.mask, case.label.clone(), parameters)?;
    let diagnostics = Extraction {
        diagnostics: found.diagnostics,
        warnings: found.warnings,
        ..Extraction::default()
    };
    row.add(diagnostics, parameters.settings().additional_info(), false);
    for (name, volume) in &found.maps {
        let path = match format {
            MapFormat::Nrrd => folder.join(format!("Case-{}_{name}.nrrd", case.number)),
            MapFormat::Nifti => folder.join(format!("Case-{}_{name}.nii.gz", case.number)),
        };
        match format {
            MapFormat::Nrrd => write_nrrd(&path, volume)?,
            MapFormat::Nifti => write_nifti(&path, volume)?,
        }
        row.cells.push((name.clone(), Cell::Text(path.display().to_string())));
    }
    Ok(())
}
