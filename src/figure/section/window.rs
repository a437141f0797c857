//! Grey windows.

/// A grey window: what is black and what is white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Range of values
    pub width: f64,
    /// The middle
    pub level: f64,
}

impl Window {
    /// Bone: width 1000, level 400, the published study's window.
    pub const BONE: Self = Self {
        width: 1000.0,
        level: 400.0,
    };
    /// Soft tissue.
    pub const SOFT: Self = Self {
        width: 400.0,
        level: 40.0,
    };
    /// Lung.
    pub const LUNG: Self = Self {
        width: 1500.0,
        level: -600.0,
    };

    /// A value as a share of white, 0 to 1; NaN stays NaN.
    pub fn share(&self, value: f64) -> f64 {
        let low = self.level - self.width / 2.0;
        if value.is_nan() {
            value
        } else {
            ((value - low) / self.width.max(1e-12)).clamp(0.0, 1.0)
        }
    }
}
