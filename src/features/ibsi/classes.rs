//! The feature classes that the IBSI adds: `intensity`, `ivh`, `gldzm`, `localint`.

use super::catalogue::infos;
use super::extract::added_values;
use crate::features::{Convention, FeatureClass, FeatureError, FeatureInfo, Region};

/// A class whose features are all the IBSI's.
pub struct IbsiClass {
    name: &'static str,
    about: &'static str,
}

/// Intensity histogram.
pub static INTENSITY: IbsiClass = IbsiClass {
    name: "intensity",
    about: "histogram of the grey levels (IBSI)",
};

/// Intensity-volume histogram.
pub static INTENSITY_VOLUME: IbsiClass = IbsiClass {
    name: "ivh",
    about: "which share of the region has at least an intensity (IBSI)",
};

/// Grey level distance zone matrix.
pub static DISTANCE_ZONE: IbsiClass = IbsiClass {
    name: "gldzm",
    about: "zones of one grey level by their distance from the region's edge (IBSI)",
};

/// Local intensity.
pub static LOCAL: IbsiClass = IbsiClass {
    name: "localint",
    about: "peaks of the mean in a cubic centimetre (IBSI)",
};

impl FeatureClass for IbsiClass {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn features(&self) -> Vec<&'static FeatureInfo> {
        infos(self.name)
    }

    fn offered(&self, convention: Convention) -> bool {
        convention == Convention::Ibsi
    }

    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError> {
        added_values(self.name, region, chosen)
    }
}
