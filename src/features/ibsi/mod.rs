//! The program against the Image Biomarker Standardisation Initiative: its phantoms and reference values.
//!
//! - [`phantom`]: the digital phantom, built in; [`reference`](mod@reference): its consensus values, and when a value agrees with one.
//! - [`configurations`]: the filters of part 2 that have reference maps and values.
//! - [`selftest`]: every value, one check each; [`compliance`]: the table of how many agree.
//!
//! What is computed for it is what every extraction computes ([`super::convention`] says where the IBSI parts from
//! PyRadiomics).
//!
//! References: Zwanenburg et al., The image biomarker standardisation initiative, arXiv:1612.07003v11; Radiology
//! 2020;295:328. Whybra et al., IBSI 2, Radiology 2024;310:e231319.

pub mod compliance;
pub mod configurations;
pub mod phantom;
pub mod reference;
pub mod selftest;
