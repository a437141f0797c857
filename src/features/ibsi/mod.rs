//! The Image Biomarker Standardisation Initiative's reference document, part 1, as it stands.
//!
//! - [`chain`]: the processing chain up to grey levels; [`interpolation`]: its grid and its interpolators.
//! - One file a family of features, each feature one [`Row`] with its code. Run length, size zone, distance zone and dependence
//!   share their formulas and their file, [`level_size`].
//! - [`aggregation`]: slices and directions, averaged or merged.
//! - [`phantom`]: the digital phantom and its consensus values, built in.
//!
//! Reference: Zwanenburg et al., The image biomarker standardisation initiative, arXiv:1612.07003v11; Radiology 2020;295:328.

pub mod aggregation;
pub mod catalogue;
pub mod chain;
pub mod classes;
pub mod compliance;
pub mod convex_hull;
pub mod cooccurrence;
pub mod enclosure;
pub mod extract;
pub mod filters;
pub mod fourier;
pub mod histogram;
pub mod interpolation;
pub mod level_size;
pub mod local_intensity;
pub mod measure;
pub mod morphology;
pub mod phantom;
pub mod reference;
pub mod selftest;
pub mod settings;
pub mod spatial;
pub mod statistics;
pub mod tone_difference;
pub mod volume_histogram;

use ndarray::ArrayView3;

/// One feature: what it is called, by whom, and the function that gives it from what its family makes of a region.
#[derive(Debug, Clone, Copy)]
pub struct Row<T: 'static> {
    /// The name in columns, PyRadiomics' where it has the feature
    pub name: &'static str,
    /// The tag in the IBSI's tables, without aggregation
    pub tag: &'static str,
    /// The IBSI's permanent code
    pub code: &'static str,
    /// The formula, in the symbols of its file
    pub formula: &'static str,
    /// `class_Name` of the same feature in PyRadiomics
    pub twin: Option<&'static str>,
    /// The value
    pub value: fn(&T) -> f64,
}

impl<T> Row<T> {
    /// A feature that PyRadiomics does not have.
    pub const fn new(
        name: &'static str,
        tag: &'static str,
        code: &'static str,
        formula: &'static str,
        value: fn(&T) -> f64,
    ) -> Self {
        Self {
            name,
            tag,
            code,
            formula,
            twin: None,
            value,
        }
    }

    /// The same feature with its counterpart in PyRadiomics.
    #[must_use]
    pub const fn twin(mut self, twin: &'static str) -> Self {
        self.twin = Some(twin);
        self
    }
}

/// The value at a place plus an offset `[z, y, x]`; `None` outside the array.
fn cell<T: Copy>(values: &ArrayView3<T>, (z, y, x): (usize, usize, usize), offset: [i64; 3]) -> Option<T> {
    // A negative index wraps to a huge one, which is outside as well.
    values
        .get([
            z.wrapping_add_signed(offset[0] as isize),
            y.wrapping_add_signed(offset[1] as isize),
            x.wrapping_add_signed(offset[2] as isize),
        ])
        .copied()
}
