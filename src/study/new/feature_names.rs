//! Which columns are features by their names.

use crate::features::CLASSES;
use crate::study::table::Table;

/// Whether a column is called as a feature is, as original_glcm_Contrast, or is a diagnostic beside them.
pub fn is_feature(name: &str) -> bool {
    let parts: Vec<&str> = name.split('_').collect();
    let classed = |at: usize| CLASSES.iter().any(|class| class.name() == parts[at]);
    name.starts_with("diagnostics_") || (parts.len() >= 3 && (1..parts.len() - 1).any(classed))
}

/// Whether a table holds features by the names of its columns.
pub fn holds_features(table: &Table) -> bool {
    const ENOUGH: usize = 5;
    table.header.iter().filter(|name| is_feature(name)).count() >= ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_known_by_image_type_and_class() {
        for (name, feature) in [
            ("original_glcm_Contrast", true),
            ("wavelet-LLH_firstorder_Mean", true),
            ("log-sigma-1-0-mm-3D_shape2D_Area", true),
            ("diagnostics_Mask-original_VoxelNum", true),
            ("glcm_score", false),
            ("age", false),
            ("smoking_shape", false),
        ] {
            assert_eq!(is_feature(name), feature, "{name}");
        }
    }
}
