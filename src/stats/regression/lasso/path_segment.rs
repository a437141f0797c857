//! A piece of the gaussian path between two of its bends.

/// A segment of the path, along which the bounds on the gradients fall at constant rates; by position in the working set.
#[derive(Debug, Clone)]
pub(super) struct PathSegment {
    /// Bounds at the point reached
    pub bound: Vec<f64>,
    /// How fast they fall
    pub fall: Vec<f64>,
    /// Signs of the coefficients in the model; 0 for a variable without a penalty
    pub sign: Vec<f64>,
    pub in_model: Vec<bool>,
    /// How fast the coefficients go, as the model is
    pub direction: Vec<f64>,
    /// How fast the gradients outside the model fall
    pub slope: Vec<f64>,
    /// Whether the two are those of the present model
    pub directed: bool,
}
