//! Choices among ways to do a step of the processing, as settings make them; the steps are told them.

/// The most bins of which a table is made.
pub const MOST_BINS: i64 = 1_000_000;

/// How intensities become grey levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Binning {
    /// Bins of one width; a positive number
    Width(f64),
    /// A fixed number of bins between the region's extremes
    Count(usize),
}

/// The steps of the intensity axis of the intensity-volume histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IntensityAxis {
    /// The intensities as they are, in steps of 1 unit
    Unit,
    /// Bins of this width; an intensity is the centre of its bin
    Width(f64),
    /// This many bins from the smallest to the largest intensity; an intensity is the number of its bin
    Number(u32),
}

/// What a resegmentation range is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResegmentMode {
    /// Intensities
    #[default]
    Absolute,
    /// Fractions of the region's maximum
    Relative,
    /// Standard deviations from the region's mean
    Sigma,
}

/// How values between voxel centres are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// The value of the nearest voxel; a half rounds up
    Nearest,
    /// Linear along every axis
    #[default]
    Linear,
    /// Cubic B-spline through the voxel values (with the recursive pre-filter)
    Cubic,
}
