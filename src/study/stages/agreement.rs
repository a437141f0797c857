//! `agreement`: which features two readers, or one reader twice, give alike; judged on training cases only.

use serde::{Deserialize, Serialize};

use crate::study::artefact::number_or_nan;

/// One feature's agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureAgreement {
    /// The feature
    pub feature: String,
    /// `reader2` or `repeat`
    pub against: String,
    /// Cases with both values
    pub cases: usize,
    /// ICC(2,1)
    #[serde(deserialize_with = "number_or_nan")]
    pub icc2: f64,
    /// Lower limit of its 95 % interval
    #[serde(deserialize_with = "number_or_nan")]
    pub icc2_lower: f64,
    /// Upper limit
    #[serde(deserialize_with = "number_or_nan")]
    pub icc2_upper: f64,
    /// ICC(3,1)
    #[serde(deserialize_with = "number_or_nan")]
    pub icc3: f64,
    /// Lower limit of its 95 % interval
    #[serde(deserialize_with = "number_or_nan")]
    pub icc3_lower: f64,
    /// Upper limit
    #[serde(deserialize_with = "number_or_nan")]
    pub icc3_upper: f64,
    /// Whether the lower limit of the study's form reaches the threshold
    pub kept: bool,
    /// Why it is dropped, if it is
    pub reason: Option<String>,
}

/// The gate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementResult {
    /// Whether there are second masks at all; without them every feature is kept, "agreement not assessed"
    pub assessed: bool,
    /// The form that gates
    pub form: String,
    /// What the lower limit must reach
    pub threshold: f64,
    /// Training cases with second masks
    pub rows: Vec<String>,
    /// Each feature against each kind of second mask
    pub features: Vec<FeatureAgreement>,
    /// The features that pass, in the order of the feature table
    pub kept: Vec<String>,
}
