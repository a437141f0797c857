//! What ComBat does to one feature: out of its own units, without its centre's shift and scale, and back.

use serde::{Deserialize, Serialize};

/// A feature, and how it differs between centres.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Whether it is harmonised; one that is constant in a centre stays as it is
    pub harmonised: bool,
    /// Its mean over centres, at the covariates' means
    pub mean: f64,
    /// Its common standard deviation
    pub deviation: f64,
    /// The slope of each covariate
    pub slopes: Vec<f64>,
    /// The shift of each centre, in standard deviations, shrunk
    pub shift: Vec<f64>,
    /// The variance of each centre as a part of the common one, shrunk
    pub scale: Vec<f64>,
}

impl Adjustment {
    /// A value of a centre, made comparable; `covariates` are less their means.
    #[must_use]
    pub fn value(&self, raw: f64, centre: usize, covariates: &[f64]) -> f64 {
        if !self.harmonised {
            return raw;
        }
        let slopes = covariates
            .iter()
            .zip(&self.slopes)
            .map(|(covariate, slope)| covariate * slope);
        let fixed = self.mean + slopes.sum::<f64>();
        let clean = ((raw - fixed) / self.deviation - self.shift[centre]) / self.scale[centre].sqrt();
        clean * self.deviation + fixed
    }
}
