//! The matrices of texture, and what features are made of.
//!
//! - [`neighbours`]: who is a neighbour of whom; [`aggregation`]: how slices and directions become one value.
//! - [`levels`]: the padded array of grey levels that they are counted from.
//! - Each kind of matrix has one form and one set of sums, whatever fills it: [`pairs`] and [`pair_summary`] (GLCM),
//!   [`level_size`] (GLRLM, GLSZM, GLDZM, GLDM), [`tone_difference`] (NGTDM), [`intensities`] (the distribution itself).
//! - A whole region fills them in few passes over its voxels: [`directional`] counts pairs and runs, [`surroundings`] looks
//!   around each voxel, [`zones`] joins what is connected; [`tally`] counts; [`mean`] is that over directions and slices.
//! - [`kernel`] fills them around each voxel of a row: from one voxel to the next a plane of the kernel leaves and another
//!   comes in.

pub mod aggregation;
pub mod directional;
pub mod intensities;
pub mod kernel;
pub mod level_size;
pub mod levels;
pub mod maximal_correlation;
pub mod mean;
pub mod neighbours;
pub mod pair_summary;
pub mod pairs;
pub mod surroundings;
pub mod tally;
pub mod tone_difference;
pub mod zones;

use self::intensities::Intensities;
use self::level_size::LevelSizeSummary;
use self::mean::Function;
use self::pair_summary::PairSummary;
use self::tone_difference::ToneSummary;

/// What a class asks of a sliding kernel: the functions of its features, for what they are computed from.
pub enum Job {
    /// Of the distribution of the intensities
    FirstOrder(Vec<Function<Intensities>>),
    /// Of the pairs along each direction; and whether the second eigenvalue is wanted
    Pairs(Vec<Function<PairSummary>>, bool),
    /// Of the runs along each direction
    Runs(Vec<Function<LevelSizeSummary>>),
    /// Of the zones
    Zones(Vec<Function<LevelSizeSummary>>),
    /// Of the dependences
    Dependences(Vec<Function<LevelSizeSummary>>),
    /// Of the tone differences
    Tones(Vec<Function<ToneSummary>>),
}
