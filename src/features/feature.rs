//! One row a feature: name, code, formula and the function that gives it, so that order, help page and tests come from
//! one place.

use super::FeatureError;

/// When a feature is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Whenever its class is
    Default,
    /// By name, or under `convention: ibsi`
    Named,
    /// By name only: PyRadiomics still computes it, and warns
    Deprecated,
    /// PyRadiomics knows the name, warns, and gives no value
    Retired,
}

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureInfo {
    /// PyRadiomics' name, or one in its manner
    pub name: &'static str,
    /// The code of the IBSI reference document, where it defines the feature
    pub ibsi: Option<&'static str>,
    /// The formula, in the symbols of the class
    pub formula: &'static str,
    /// What it tells
    pub about: &'static str,
    /// When it is computed
    pub offer: Offer,
}

/// A feature of a class whose values come from a summary `S`.
pub struct Row<S: ?Sized + 'static> {
    /// What it is
    pub info: FeatureInfo,
    /// Its value
    pub value: fn(&S) -> f64,
}

impl<S: ?Sized> Row<S> {
    /// A feature that is computed whenever its class is; an empty `ibsi` means that IBSI does not define it.
    pub const fn new(
        name: &'static str,
        ibsi: &'static str,
        formula: &'static str,
        about: &'static str,
        value: fn(&S) -> f64,
    ) -> Self {
        Self {
            info: FeatureInfo {
                name,
                ibsi: if ibsi.is_empty() { None } else { Some(ibsi) },
                formula,
                about,
                offer: Offer::Default,
            },
            value,
        }
    }

    /// The same, offered otherwise.
    pub const fn offer(mut self, offer: Offer) -> Self {
        self.info.offer = offer;
        self
    }
}

/// The descriptions of a class's rows, in their order.
pub fn infos<S: ?Sized>(rows: &'static [Row<S>]) -> Vec<&'static FeatureInfo> {
    rows.iter().map(|row| &row.info).collect()
}

/// What gives a feature's value from its class's summary.
pub type Function<S> = fn(&S) -> f64;

/// The functions of chosen features, in the order chosen.
pub fn functions<S: ?Sized>(
    class: &str,
    rows: &'static [Row<S>],
    chosen: &[&FeatureInfo],
) -> Result<Vec<Function<S>>, FeatureError> {
    chosen
        .iter()
        .map(|info| {
            rows.iter()
                .find(|row| row.info.name == info.name)
                .map(|row| row.value)
                .ok_or_else(|| FeatureError::Region {
                    message: format!("the class {class} has no feature {}", info.name),
                })
        })
        .collect()
}

/// The values of chosen features, in the order chosen.
pub fn values<S: ?Sized>(
    class: &str,
    rows: &'static [Row<S>],
    chosen: &[&FeatureInfo],
    summary: &S,
) -> Result<Vec<f64>, FeatureError> {
    Ok(functions(class, rows, chosen)?
        .into_iter()
        .map(|function| function(summary))
        .collect())
}

/// The mean over several summaries (directions, slices) of each chosen feature, leaving out those that are NaN;
/// NaN where there is no summary or every value is NaN.
pub fn mean_values<S>(
    class: &str,
    rows: &'static [Row<S>],
    chosen: &[&FeatureInfo],
    summaries: &[S],
) -> Result<Vec<f64>, FeatureError> {
    Ok(means(&functions(class, rows, chosen)?, summaries).collect())
}

/// [`mean_values`] of functions that were looked up before.
pub fn means<S>(functions: &[Function<S>], summaries: &[S]) -> impl Iterator<Item = f64> {
    functions.iter().map(|function| {
        let (mut sum, mut count) = (0.0, 0usize);
        for value in summaries.iter().map(function) {
            if !value.is_nan() {
                sum += value;
                count += 1;
            }
        }
        sum / count as f64
    })
}
