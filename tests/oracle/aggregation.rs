//! How texture matrices of slices and directions become one value: the aggregations of the IBSI.
//!
//! A family of texture features first makes a matrix for each *part*: a slice or the whole volume, and a direction where the
//! family has directions. An aggregation then merges the parts that share a key, and a feature is the mean over what is left,
//! parts without a value (an empty matrix) not counting. Reference: IBSI 1 manual, sections 3.6 and 3.7.

use std::collections::BTreeMap;

/// The aggregations, named by the tags that the reference values carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregation {
    /// `2D_avg` (BTW3): a matrix for each slice and direction, features averaged
    SliceAveraged,
    /// `2D_comb` (SUJT): the directions of a slice merged, features averaged over the slices
    SliceMerged,
    /// `2_5D_avg` (JJUI): the slices of a direction merged, features averaged over the directions
    DirectionMerged,
    /// `2_5D_comb` (ZW7Z): slices and directions merged
    SlicesMerged,
    /// `3D_avg` (ITBB): a matrix for each direction of the volume, features averaged
    VolumeAveraged,
    /// `3D_comb` (IAZD): the directions of the volume merged
    VolumeMerged,
    /// `2D` (8QNN): a matrix for each slice, features averaged (families without directions)
    Slices,
    /// `2_5D` (62GR): the matrices of the slices merged (families without directions)
    AllSlices,
    /// `3D` (KOBO): one matrix for the volume (families without directions)
    Volume,
}

/// The aggregations of the families with directions: GLCM and GLRLM.
pub const DIRECTED: [Aggregation; 6] = [
    Aggregation::SliceAveraged,
    Aggregation::SliceMerged,
    Aggregation::DirectionMerged,
    Aggregation::SlicesMerged,
    Aggregation::VolumeAveraged,
    Aggregation::VolumeMerged,
];

/// The aggregations of the families without directions: GLSZM, GLDZM, NGTDM and NGLDM.
pub const UNDIRECTED: [Aggregation; 3] = [Aggregation::Slices, Aggregation::AllSlices, Aggregation::Volume];

/// All aggregations.
pub const ALL: [Aggregation; 9] = [
    Aggregation::SliceAveraged,
    Aggregation::SliceMerged,
    Aggregation::DirectionMerged,
    Aggregation::SlicesMerged,
    Aggregation::VolumeAveraged,
    Aggregation::VolumeMerged,
    Aggregation::Slices,
    Aggregation::AllSlices,
    Aggregation::Volume,
];

impl Aggregation {
    /// The tag in column names and reference files.
    pub fn tag(self) -> &'static str {
        match self {
            Self::SliceAveraged => "2D_avg",
            Self::SliceMerged => "2D_comb",
            Self::DirectionMerged => "2_5D_avg",
            Self::SlicesMerged => "2_5D_comb",
            Self::VolumeAveraged => "3D_avg",
            Self::VolumeMerged => "3D_comb",
            Self::Slices => "2D",
            Self::AllSlices => "2_5D",
            Self::Volume => "3D",
        }
    }

    /// Whether matrices are made slice by slice.
    pub fn by_slice(self) -> bool {
        !matches!(self, Self::VolumeAveraged | Self::VolumeMerged | Self::Volume)
    }

    /// The parts with the same key are merged.
    fn key(self, slice: usize, direction: usize) -> (usize, usize) {
        match self {
            Self::SliceAveraged => (slice, direction),
            Self::SliceMerged | Self::Slices => (slice, 0),
            Self::DirectionMerged | Self::VolumeAveraged => (0, direction),
            Self::SlicesMerged | Self::VolumeMerged | Self::AllSlices | Self::Volume => (0, 0),
        }
    }
}

/// A matrix of one slice and direction (0 where there is only one).
#[derive(Debug, Clone)]
pub struct Part<M> {
    /// The slice, counted from 0
    pub slice: usize,
    /// The direction, counted from 0
    pub direction: usize,
    /// The matrix
    pub matrix: M,
}

/// A matrix that can take another one in.
pub trait Merge {
    /// Adds the counts of `other`.
    fn merge(&mut self, other: &Self);
}

/// Merges the parts as the aggregation has it; in the order of the keys.
pub fn merged<M: Merge + Clone>(parts: &[Part<M>], aggregation: Aggregation) -> Vec<M> {
    let mut groups: BTreeMap<(usize, usize), M> = BTreeMap::new();
    for part in parts {
        groups
            .entry(aggregation.key(part.slice, part.direction))
            .and_modify(|matrix| matrix.merge(&part.matrix))
            .or_insert_with(|| part.matrix.clone());
    }
    groups.into_values().collect()
}

/// The mean of the numbers among the values; NaN where there is none.
pub fn mean_of_numbers(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values.filter(|value| !value.is_nan()) {
        sum += value;
        count += 1.0;
    }
    sum / count
}

/// The neighbour offsets `[z, y, x]` at Chebyshev distance `distance`, one of each opposite pair: 13 in the volume, 4 in a slice
/// at distance 1.
pub fn directions(distance: i64, in_slice: bool) -> Vec<[i64; 3]> {
    neighbours(distance, distance, in_slice)
        .into_iter()
        .filter(|offset| offset.iter().find(|step| **step != 0).is_some_and(|step| *step > 0))
        .collect()
}

/// All neighbour offsets `[z, y, x]` with a Chebyshev distance from `nearest` (at least 1) to `furthest`.
pub fn neighbours(nearest: i64, furthest: i64, in_slice: bool) -> Vec<[i64; 3]> {
    let deep = if in_slice { 0 } else { furthest };
    let mut offsets = Vec::new();
    for z in -deep..=deep {
        for y in -furthest..=furthest {
            for x in -furthest..=furthest {
                if z.abs().max(y.abs()).max(x.abs()) >= nearest {
                    offsets.push([z, y, x]);
                }
            }
        }
    }
    offsets
}
