//! How a case is loaded.

use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::source::{Contours, Uptake};

/// How much of the image is kept in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// All of it: filters and resampling look beyond the region.
    Whole,
    /// The region's box and so many voxels around it, as far as the image goes.
    Margin(usize),
    /// The region's box and what lies within reach of it.
    Within(Reach),
}

impl Extent {
    /// The part of a grid that is kept around a box.
    pub(super) fn of(self, part: &IndexBox, grid: &Geometry) -> IndexBox {
        match self {
            Self::Whole => IndexBox {
                start: [0; 3],
                size: grid.size,
            },
            Self::Margin(margin) => part.widened(margin, grid.size),
            Self::Within(reach) => reach.of(part, grid),
        }
    }

    /// The same around whatever lies within reach of the region.
    #[must_use]
    pub fn beyond(self, reach: Reach) -> Self {
        match self {
            Self::Whole => Self::Whole,
            Self::Margin(voxels) => Self::Within(reach.beyond(Reach {
                voxels,
                ..Reach::default()
            })),
            Self::Within(own) => Self::Within(reach.beyond(own)),
        }
    }
}

/// How far around a region voxels are kept: so many voxels and millimetres along each axis, and a share of the region itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reach {
    /// Voxels of the image (or of the mask, whichever are larger)
    pub voxels: usize,
    /// Millimetres beyond those
    pub millimetres: f64,
    /// So many times the diagonal of the region's own box beyond those
    pub diagonals: f64,
    /// Whether an axis is kept whole where the reach goes beyond the image, whose other end comes in there
    pub around_the_end: bool,
}

impl Reach {
    /// The further of two, in each unit.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            voxels: self.voxels.max(other.voxels),
            millimetres: self.millimetres.max(other.millimetres),
            diagonals: self.diagonals.max(other.diagonals),
            around_the_end: self.around_the_end || other.around_the_end,
        }
    }

    /// As far as one reach, and from there as far as another.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self {
            voxels: self.voxels.saturating_add(other.voxels),
            millimetres: self.millimetres + other.millimetres,
            diagonals: self.diagonals + other.diagonals,
            around_the_end: self.around_the_end || other.around_the_end,
        }
    }

    /// The part of a grid within reach of a box.
    pub(super) fn of(self, part: &IndexBox, grid: &Geometry) -> IndexBox {
        let mut kept = *part;
        let square = |axis: usize| (part.size[axis] as f64 * grid.spacing[axis]).powi(2);
        let millimetres = self.millimetres + self.diagonals * (square(0) + square(1) + square(2)).sqrt();
        for axis in 0..3 {
            let length = self
                .voxels
                .saturating_add((millimetres / grid.spacing[axis]).ceil() as usize);
            let (start, end) = (part.start[axis], part.end()[axis]);
            let beyond = start < length || end.saturating_add(length) > grid.size[axis];
            let (start, end) = if self.around_the_end && beyond {
                (0, grid.size[axis])
            } else {
                (
                    start.saturating_sub(length),
                    end.saturating_add(length).min(grid.size[axis]),
                )
            };
            kept.start[axis] = start;
            kept.size[axis] = end - start;
        }
        kept
    }
}

/// Which voxels of a mask are the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelChoice {
    /// Those with this value. In a segmentation with several layers it is the segment's label value, which must be
    /// unique there.
    Value(i64),
    /// Those of the segment (of a `.seg.nrrd` file, a DICOM segmentation, a structure set, a label map with names, a folder
    /// of one mask a class) with this name, id, label value or number, looked for in that order; else the only one whose
    /// name fits this pattern (`*`, `?`). A label map without names has TotalSegmentator's classes.
    Segment(String),
    /// All that are not 0.
    Any,
}

impl LabelChoice {
    /// A label as a person writes it: a whole number (a spreadsheet's `1.0` too) is a value, all else the name of a segment or
    /// a pattern that one name fits.
    pub fn of(text: &str) -> Self {
        match text.trim().parse::<f64>() {
            #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => Self::Value(number as i64),
            _ => Self::Segment(text.to_owned()),
        }
    }
}

/// A volume as a person writes it: a whole number from 1 on (a spreadsheet's `2.0` too).
pub fn volume_of(text: &str) -> Option<usize> {
    match LabelChoice::of(text) {
        LabelChoice::Value(number) if number >= 1 => usize::try_from(number).ok(),
        LabelChoice::Value(_) | LabelChoice::Segment(_) | LabelChoice::Any => None,
    }
}

/// How a case is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// Which voxels of the mask are the region.
    pub label: LabelChoice,
    /// The channel of a mask with several values a voxel (PyRadiomics' `label_channel`).
    pub label_channel: usize,
    /// Which volume of a file of several is meant, from 1; a mask of one volume goes with each.
    pub volume: Option<usize>,
    /// PyRadiomics' `geometryTolerance`; `None` is ITK's own, 1e-6.
    pub geometry_tolerance: Option<f64>,
    /// Resample a mask on another grid onto the image's (PyRadiomics' `correctMask`).
    pub correct_mask: bool,
    /// Accept a mask on another grid as it is, because image and mask are to be resampled together: PyRadiomics compares
    /// the two only after that. `Scan::mask` then stays on its own grid.
    pub separate_grids: bool,
    /// How much of the image is kept.
    pub extent: Extent,
    /// Compute hashes and statistics of the whole files (PyRadiomics' `additionalInfo`).
    pub facts: bool,
    /// Compute the moments of the whole image, whatever part of it is kept.
    pub moments: bool,
    /// What the values of a PET image are given as; as they are stored, and nothing is said of other images, where nobody asks.
    pub uptake: Option<Uptake>,
    /// How the contours of one slice make a region.
    pub contours: Contours,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            label: LabelChoice::Value(1),
            label_channel: 0,
            volume: None,
            geometry_tolerance: None,
            correct_mask: false,
            separate_grids: false,
            extent: Extent::Margin(0),
            facts: true,
            moments: false,
            uptake: None,
            contours: Contours::default(),
        }
    }
}
