//! How much the other terms inflate the variance of one: `car::vif` and the VIFs of linear regression.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::LogisticFit;
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::linalg::dot;
use crate::stats::base::require;
use crate::stats::design::Design;

/// How much each term's variance is inflated by the others: generalised VIFs as `car::vif`, from the covariance matrix of
/// a fit. A term of one column has the ordinary VIF; of several, `GVIF^(1/(2 df))` compares with the root of a VIF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceInflation {
    /// The term
    pub term: String,
    /// (Generalised) variance inflation factor
    pub gvif: f64,
    /// Columns of the term
    pub df: usize,
    /// GVIF^(1/(2 df))
    pub adjusted: f64,
}

/// Generalised variance inflation factors of a fit's terms; needs at least two terms.
///
/// # Errors
/// Where there are fewer than 2 terms, or a column is a combination of others (named).
pub fn variance_inflation(design: &Design, fit: &LogisticFit) -> Result<Vec<VarianceInflation>, StatsError> {
    require::at_least("Variance inflation", "terms", 2, design.terms().len())?;
    let width = design.names().len();
    let correlation = Array2::from_shape_fn((width, width), |(i, j)| {
        fit.vcov[[i + 1, j + 1]] / (fit.vcov[[i + 1, i + 1]] * fit.vcov[[j + 1, j + 1]]).sqrt()
    });
    let log_determinant = |columns: &[usize]| -> Result<f64, StatsError> {
        let part = correlation
            .select(ndarray::Axis(0), columns)
            .select(ndarray::Axis(1), columns);
        Cholesky::new(part.view(), 1e-14)
            .map(|factor| factor.log_determinant())
            .map_err(|dependent| StatsError::Singular {
                what: "Variance inflation".into(),
                column: design.names()[dependent.column].clone(),
            })
    };
    let whole = log_determinant(&(0..width).collect::<Vec<_>>())?;
    design
        .terms()
        .iter()
        .map(|term| {
            let own: Vec<usize> = term.columns.clone().collect();
            let others: Vec<usize> = (0..width).filter(|column| !term.columns.contains(column)).collect();
            let gvif = (log_determinant(&own)? + log_determinant(&others)? - whole).exp();
            let df = own.len();
            Ok(VarianceInflation {
                term: term.name.clone(),
                gvif,
                df,
                adjusted: gvif.powf(0.5 / df as f64),
            })
        })
        .collect()
}

/// Variance inflation factors of the columns as in linear regression (SPSS): 1 / (1 - R²) of each on the others, which
/// does not depend on the outcome.
///
/// # Errors
/// Where there are fewer than 2 columns, or one is a combination of others (named).
pub fn linear_variance_inflation(design: &Design) -> Result<Vec<f64>, StatsError> {
    require::at_least("Variance inflation", "columns", 2, design.names().len())?;
    let width = design.names().len();
    let centred: Vec<Vec<f64>> = design
        .columns()
        .iter()
        .map(|column| {
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            column.iter().map(|value| value - mean).collect()
        })
        .collect();
    let correlation = Array2::from_shape_fn((width, width), |(i, j)| {
        dot(&centred[i], &centred[j]) / (dot(&centred[i], &centred[i]) * dot(&centred[j], &centred[j])).sqrt()
    });
    let factor = Cholesky::new(correlation.view(), 1e-14).map_err(|dependent| StatsError::Singular {
        what: "Variance inflation".into(),
        column: design.names()[dependent.column].clone(),
    })?;
    Ok(factor.inverse().diag().to_vec())
}
