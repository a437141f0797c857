//! Every setting that is not a filter's own, a row each. Names and rules are those of PyRadiomics 3.1.0's parameter schema;
//! those that it does not know are read by `convention: ibsi`.

use serde_json::{Map, Value};

use super::choice::{Interpolation, MOST_BINS, ResegmentMode};
use super::kind::{
    Above, Count, Maybe, Number, Range, Share, Spacing, Steps, Switch, Whole, Word, WordOrNumber, Words,
};
use super::setting::{ReadBy, Row, Setting, optional, setting};
use crate::features::matrix::aggregation::{ALL, Aggregation};
use crate::features::matrix::neighbours::Weighting;
use crate::volume::resample::Interpolator;
use crate::volume::{Contours, Uptake};

/// Declares settings and the list of them: a setting is one line.
macro_rules! settings {
    ($(#[$list_doc:meta])* $list:ident: $($(#[$doc:meta])* $name:ident: $kind:ty = $row:expr;)*) => {
        $($(#[$doc])* pub(in crate::features) static $name: Setting<$kind> = $row;)*
        $(#[$list_doc])*
        pub static $list: &[&dyn Row] = &[$(&$name),*];
    };
}

settings! {
    /// The keys of `setting`, those of filters aside; an image type may override them.
    SETTINGS:
    MINIMUM_ROI_DIMENSIONS: Count = setting("minimumROIDimensions", Count(Whole { least: 1, most: 3 }), "2",
        "how many axes of the region must be longer than one voxel");
    MINIMUM_ROI_SIZE: Maybe<Count> = optional("minimumROISize", Count::at_least(1),
        "a region of this many voxels or fewer is refused");
    GEOMETRY_TOLERANCE: Maybe<Above> = setting("geometryTolerance", Maybe(Above(0.0)), "1e-6",
        "how far the grids of image and mask may lie apart, in voxels");
    CORRECT_MASK: Switch = setting("correctMask", Switch, "false",
        "resample a mask of another grid onto the image's");
    ADDITIONAL_INFO: Switch = setting("additionalInfo", Switch, "true", "give the diagnostics_* columns");
    LABEL: Whole = setting("label", Whole::at_least(1), "1", "the mask value of the region");
    LABEL_CHANNEL: Count = setting("label_channel", Count::at_least(0), "0",
        "the channel of a mask with several values a voxel");
    VOLUME: Maybe<Count> = optional("volume", Count::at_least(1),
        "which volume of a file of several (4D) is meant, counted from 1");
    SUV: Word<Uptake> = setting("suv", Word(UPTAKES), "bodyWeight",
        "what the values of a PET image of DICOM are given as; off takes them as they are stored");
    CONTOURS: Word<Contours> = setting("contours", Word(&[("xor", Contours::Xor), ("or", Contours::Or)]), "xor",
        "how the contours of one slice of a structure set (RTSTRUCT) make a region: one within another is a hole, or adds");
    BIN_WIDTH: Above = setting("binWidth", Above(0.0), "25", "width of a grey-level bin, in units of intensity");
    BIN_COUNT: Maybe<Count> = optional("binCount", BINS,
        "number of grey-level bins; wins over binWidth");
    NORMALIZE: Switch = setting("normalize", Switch, "false",
        "centre the image at its mean and divide by its standard deviation");
    NORMALIZE_SCALE: Above = setting("normalizeScale", Above(0.0), "1", "factor after normalisation");
    REMOVE_OUTLIERS: Maybe<Above> = optional("removeOutliers", Above(0.0),
        "clip the normalised image to this many standard deviations");
    RESAMPLED_PIXEL_SPACING: Maybe<Spacing> = optional("resampledPixelSpacing", Spacing,
        "new spacing in x, y, z; 0 keeps the mask's");
    INTERPOLATOR: WordOrNumber<Interpolator> = setting("interpolator",
        WordOrNumber(Interpolator::NAMES), "sitkBSpline",
        "how the image is resampled; null turns resampling off");
    PAD_DISTANCE: Count = setting("padDistance", Count::at_least(0), "5",
        "voxels kept around the region by resampling and preCrop")
        .read_by(ReadBy::PyRadiomics);
    DISTANCES: Steps = setting("distances", Steps, "[1]", "neighbour distances in voxels");
    FORCE_2D: Switch = setting("force2D", Switch, "false", "neighbours within slices only");
    FORCE_2D_DIMENSION: Count = setting("force2Ddimension", Count(Whole { least: 0, most: 2 }), "0",
        "the axis across the slices: 0 is z, 1 is y, 2 is x");
    RESEGMENT_RANGE: Maybe<Range> = optional("resegmentRange", Range,
        "intensities that stay in the region: one lower bound, or both");
    RESEGMENT_MODE: Word<ResegmentMode> = setting("resegmentMode", Word(RESEGMENT_MODES), "absolute",
        "what resegmentRange is measured in");
    RESEGMENT_SHAPE: Switch = setting("resegmentShape", Switch, "false",
        "shape features of the resegmented region too");
    PRE_CROP: Switch = setting("preCrop", Switch, "false", "crop to the region and padDistance before filtering")
        .read_by(ReadBy::PyRadiomics);
    VOXEL_ARRAY_SHIFT: Whole = setting("voxelArrayShift", Whole::ANY, "0",
        "added to the intensities for Energy, TotalEnergy and RootMeanSquared")
        .read_by(ReadBy::PyRadiomics);
    SYMMETRICAL_GLCM: Switch = setting("symmetricalGLCM", Switch, "true", "count each pair of voxels in both orders")
        .read_by(ReadBy::PyRadiomics);
    WEIGHTING_NORM: Maybe<Word<Weighting>> = optional("weightingNorm", Word(WEIGHTINGS),
        "merge the directions of GLCM and GLRLM, weighted by distance")
        .read_by(ReadBy::PyRadiomics);
    GLDM_A: Count = setting("gldm_a", Count::at_least(0), "0",
        "level difference up to which a neighbour is dependent");
    AGGREGATION: Words<Aggregation> = setting("aggregation", Words(AGGREGATIONS), r#"["3D_avg", "3D_comb", "3D"]"#,
        "how slices and directions are put together")
        .in_slices(r#"["2D_avg", "2D_comb", "2_5D_avg", "2_5D_comb", "2D", "2_5D"]"#)
        .read_by(ReadBy::Ibsi);
    ROUND_INTENSITIES: Switch = setting("roundIntensities", Switch, "false",
        "intensities are whole numbers, as read and after interpolation")
        .read_by(ReadBy::Ibsi);
    MASK_INTERPOLATOR: Word<Interpolation> = setting("maskInterpolator",
        Word(&[("linear", Interpolation::Linear), ("nearest", Interpolation::Nearest)]), "linear",
        "how the mask is interpolated")
        .read_by(ReadBy::Ibsi);
    MASK_THRESHOLD: Share = setting("maskThreshold", Share, "0.5",
        "share of a voxel from which on it is in the interpolated mask")
        .read_by(ReadBy::Ibsi);
    OUTLIER_SIGMA: Maybe<Above> = optional("outlierSigma", Above(0.0),
        "leave out voxels further than so many standard deviations from the mean")
        .read_by(ReadBy::Ibsi);
    IVH_BIN_WIDTH: Maybe<Above> = optional("ivhBinWidth", Above(0.0),
        "width of the bins of the intensity-volume histogram; without bins, steps of 1 with roundIntensities, else 1000 \
         bins");
    IVH_BIN_COUNT: Maybe<Count> = optional("ivhBinCount", BINS,
        "number of bins of the intensity-volume histogram");
}

settings! {
    /// The keys of `voxelSetting`.
    VOXEL_SETTINGS:
    KERNEL_RADIUS: Count = setting("kernelRadius", Count(Whole { least: 1, most: 100 }), "1",
        "half the width of the box around a voxel");
    MASKED_KERNEL: Switch = setting("maskedKernel", Switch, "true", "only voxels of the region count in the box");
    INIT_VALUE: Number = setting("initValue", Number, "0", "the map's value outside the region");
    VOXEL_BATCH: Maybe<Count> = optional("voxelBatch", Count::at_least(1),
        "voxels at a time in PyRadiomics")
        .read_by(ReadBy::Nobody);
}

/// A number of bins.
const BINS: Count = Count(Whole {
    least: 1,
    most: MOST_BINS,
});

const RESEGMENT_MODES: &[(&str, ResegmentMode)] = &[
    ("absolute", ResegmentMode::Absolute),
    ("relative", ResegmentMode::Relative),
    ("sigma", ResegmentMode::Sigma),
];

const UPTAKES: &[(&str, Uptake)] = &[
    ("bodyWeight", Uptake::BodyWeight),
    ("leanBodyMass", Uptake::LeanBodyMass),
    ("leanBodyMassJanmahasatian", Uptake::LeanBodyMassJanmahasatian),
    ("bodySurfaceArea", Uptake::BodySurfaceArea),
    ("idealBodyWeight", Uptake::IdealBodyWeight),
    ("off", Uptake::Stored),
];

const WEIGHTINGS: &[(&str, Weighting)] = &[
    ("euclidean", Weighting::Euclidean),
    ("manhattan", Weighting::Manhattan),
    ("infinity", Weighting::Infinity),
    ("no_weighting", Weighting::None),
];

/// Aggregations by their tags.
const AGGREGATIONS: &[(&str, Aggregation)] = &{
    let mut words = [("", Aggregation::Volume); ALL.len()];
    let mut place = 0;
    while place < ALL.len() {
        words[place] = (ALL[place].tag(), ALL[place]);
        place += 1;
    }
    words
};

/// The settings that PyRadiomics' extractor starts from, in its order, for its diagnostics.
pub(in crate::features) fn pyradiomics_defaults() -> Map<String, Value> {
    const ORDER: &[&dyn Row] = &[
        &MINIMUM_ROI_DIMENSIONS,
        &MINIMUM_ROI_SIZE,
        &NORMALIZE,
        &NORMALIZE_SCALE,
        &REMOVE_OUTLIERS,
        &RESAMPLED_PIXEL_SPACING,
        &INTERPOLATOR,
        &PRE_CROP,
        &PAD_DISTANCE,
        &DISTANCES,
        &FORCE_2D,
        &FORCE_2D_DIMENSION,
        &RESEGMENT_RANGE,
        &LABEL,
        &ADDITIONAL_INFO,
    ];
    ORDER
        .iter()
        .map(|row| (row.name().to_owned(), row.default().value(false)))
        .collect()
}
