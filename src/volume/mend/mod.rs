//! Mending a region: what a person does to a mask that is nearly right, and contours from seeds where there is none.
//!
//! An [`Operation`] is one step as it is written, read and kept in a mask's history; the command and the screens take the same
//! ones. A [`Mending`] takes them one by one, forwards and back. Nothing here depends on the number of threads.

mod boxed;
mod brush;
mod cut;
mod fill;
mod grow;
mod growcut;
mod island;
#[cfg(test)]
mod laws;
mod mending;
mod moved;
mod operation;
mod radix_heap;
mod resized;
mod smooth;

pub use self::boxed::BoxedRegion;
pub use self::growcut::{MOST_VOXELS, Seeds, grow_from_seeds};
pub use self::island::largest_island;
pub use self::mending::{Mended, Mending};
pub use self::operation::{Axis, Cut, Operation, Stroke};
pub use self::{
    fill::fill_holes,
    grow::{around, grown, shrunk},
    moved::{moved, turned},
    resized::resized,
    smooth::{averaged, smoothed},
};
