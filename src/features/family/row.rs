//! One row a feature: name, code, formula and the function that gives it, so that order, help page and tests come from
//! one place.

use crate::features::Convention;
use crate::features::matrix::mean::Function;

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
    /// The tag in the IBSI's tables, without aggregation, where it has values for the feature
    pub tag: Option<&'static str>,
    /// The formula, in the symbols of the class
    pub formula: &'static str,
    /// What it tells
    pub about: &'static str,
    /// When it is computed
    pub offer: Offer,
    /// Whether its value takes longer than all others of its class, so that it is computed only where it is asked for
    pub costly: bool,
    /// Its place among the rows of its class
    place: usize,
}

impl FeatureInfo {
    /// Whether the convention has a value for it.
    pub fn defined(&self, convention: Convention) -> bool {
        match convention {
            Convention::PyRadiomics => self.offer != Offer::Retired,
            Convention::Ibsi => self.tag.is_some(),
        }
    }

    /// Whether PyRadiomics and the IBSI both have it, so that their values can be compared.
    pub fn in_both_conventions(&self) -> bool {
        matches!(self.offer, Offer::Default | Offer::Deprecated) && self.tag.is_some()
    }
}

/// A feature of a class whose values come from a summary `S`.
pub struct Row<S: ?Sized + 'static> {
    /// What it is
    pub info: FeatureInfo,
    /// Its value
    pub value: fn(&S) -> f64,
}

impl<S: ?Sized> Row<S> {
    /// A feature that is computed whenever its class is; `ibsi` has its code and its tag, each empty where the IBSI has
    /// none.
    pub const fn new(
        name: &'static str,
        ibsi: [&'static str; 2],
        formula: &'static str,
        about: &'static str,
        value: fn(&S) -> f64,
    ) -> Self {
        Self {
            info: FeatureInfo {
                name,
                ibsi: some(ibsi[0]),
                tag: some(ibsi[1]),
                formula,
                about,
                offer: Offer::Default,
                costly: false,
                place: 0,
            },
            value,
        }
    }

    /// A feature that PyRadiomics does not have.
    pub const fn of_ibsi(
        name: &'static str,
        ibsi: [&'static str; 2],
        formula: &'static str,
        about: &'static str,
        value: fn(&S) -> f64,
    ) -> Self {
        Self::new(name, ibsi, formula, about, value).offer(Offer::Named)
    }

    /// The same, offered otherwise.
    pub const fn offer(mut self, offer: Offer) -> Self {
        self.info.offer = offer;
        self
    }

    /// The same, computed only where it is asked for.
    pub const fn costly(mut self) -> Self {
        self.info.costly = true;
        self
    }
}

const fn some(text: &'static str) -> Option<&'static str> {
    if text.is_empty() { None } else { Some(text) }
}

/// The rows of a class, each with its place.
pub const fn numbered<S: 'static, const N: usize>(mut rows: [Row<S>; N]) -> [Row<S>; N] {
    let mut place = 0;
    while place < N {
        rows[place].info.place = place;
        place += 1;
    }
    rows
}

/// The descriptions of a class's rows, in their order.
pub fn infos<S: ?Sized>(rows: &'static [Row<S>]) -> Vec<&'static FeatureInfo> {
    rows.iter().map(|row| &row.info).collect()
}

/// The functions of chosen features of a class, in the order chosen.
pub fn functions<S: ?Sized>(rows: &'static [Row<S>], chosen: &[&FeatureInfo]) -> Vec<Function<S>> {
    chosen
        .iter()
        .filter_map(|info| rows.get(info.place))
        .map(|row| row.value)
        .collect()
}

/// Whether some of the chosen features take longer than all others.
pub fn asks_for_costly(chosen: &[&FeatureInfo]) -> bool {
    chosen.iter().any(|info| info.costly)
}

/// The values of chosen features, in the order chosen.
pub fn values<S: ?Sized>(rows: &'static [Row<S>], chosen: &[&FeatureInfo], summary: &S) -> Vec<f64> {
    functions(rows, chosen)
        .into_iter()
        .map(|function| function(summary))
        .collect()
}
