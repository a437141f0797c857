//! A virtual second reader: a region drawn again by chance, and an image with noise, to see which features hold.
//!
//! Perturbations of Zwanenburg et al. (Scientific Reports 2019;9:614): contour randomisation by supervoxels, translation,
//! rotation, growth and shrinkage, image noise, alone or one after the other. Translation and rotation move the region over its
//! image, as another reader would draw it elsewhere; there image and region are moved together, as another scan would show them.
//!
//! Every draw belongs to a seed and a place: it depends neither on threads, nor on other cases, nor on how much of the image is
//! kept in memory.

mod chain;
mod contour;
#[cfg(test)]
mod laws;
mod noise;
mod step;
mod supervoxels;

pub use chain::{Perturbed, perturbed, reaching, redrawn_mask};
pub use step::{STEPS, Step, StepInfo};
