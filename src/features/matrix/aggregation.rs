//! How texture matrices of slices and directions become one value: the aggregations of the IBSI.
//!
//! A matrix is made over an [`Extent`], for each direction where the family has directions. An aggregation then merges the
//! directions or averages the features over them. PyRadiomics averages over the directions of the volume, with `force2D`
//! over those of the slices as one. Reference: IBSI 1 manual, sections 3.6 and 3.7.

/// What a matrix is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Each slice by itself
    Slices,
    /// All slices, with neighbours in the slice only
    Stack,
    /// The volume
    Volume,
}

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

/// All aggregations, in the order of the columns.
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

impl Aggregation {
    /// The tag in column names and reference files.
    pub const fn tag(self) -> &'static str {
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

    /// What its matrices are made of.
    pub fn extent(self) -> Extent {
        match self {
            Self::SliceAveraged | Self::SliceMerged | Self::Slices => Extent::Slices,
            Self::DirectionMerged | Self::SlicesMerged | Self::AllSlices => Extent::Stack,
            Self::VolumeAveraged | Self::VolumeMerged | Self::Volume => Extent::Volume,
        }
    }

    /// Whether matrices look at slices only.
    pub fn by_slice(self) -> bool {
        self.extent() != Extent::Volume
    }

    /// Whether the directions of an extent are merged into one matrix.
    pub fn merges_directions(self) -> bool {
        matches!(self, Self::SliceMerged | Self::SlicesMerged | Self::VolumeMerged)
    }
}
