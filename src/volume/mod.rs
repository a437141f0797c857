//! Images and masks: reading them, their geometry, and the region that a mask cuts out.
//!
//! Inside the crate there is one convention: world coordinates are LPS millimetres (as ITK and PyRadiomics have them),
//! geometry is in `x, y, z` order, and voxel arrays are indexed `[z, y, x]` with `x` fastest.

mod asked;
mod census;
mod distance;
mod error;
pub mod geometry;
mod image;
mod inverse;
mod kept;
mod labels;
mod mapping;
mod mask;
pub mod mend;
mod name_pattern;
pub mod overlap;
pub mod resample;
pub mod roi;
mod samples;
mod scan;
mod source;
pub mod window;

pub use asked::{Asked, Region, regions_of};
pub use error::VolumeError;
pub use geometry::{Geometry, IndexBox};
pub use image::Volume;
pub use kept::read_volume;
pub use labels::{LabelCount, labels};
pub use mask::{Mask, box_of};
pub use name_pattern::NamePattern;
pub(crate) use samples::each_type;
pub use samples::{Sample, SampleType, Samples};
pub use scan::{
    Extent, ImageFacts, LabelChoice, LoadOptions, MaskFacts, Moments, Reach, Regions, Scan, load, load_regions,
    moments, volume_of,
};
#[cfg(feature = "dicom")]
pub use source::dicom::{DicomListing, DicomSeries, Kind as DicomKind, list_dicom};
pub use source::nifti::write_nifti;
pub use source::nrrd::write_nrrd;
pub use source::{Contours, Header, SOURCES, Segment, Source, Uptake, files, read_header, segments};
