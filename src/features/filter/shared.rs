//! The settings that several filters read. One that a single filter reads is declared in its file.

use super::convolution::{Boundary, Pooling};
use super::wavelet_family::WaveletName;
use crate::features::settings::kind::{Count, Sigmas, Switch, Whole, Word};
use crate::features::settings::{Setting, setting};

/// `sigma`
pub static SIGMA: Setting<Sigmas> = setting(
    "sigma",
    Sigmas,
    "[]",
    "widths of the Laplacian of Gaussian in millimetres",
);

/// `wavelet`
pub static WAVELET: Setting<WaveletName> = setting("wavelet", WaveletName, "coif1", "the wavelet's name");

/// `level`
pub static LEVEL: Setting<Count> = setting(
    "level",
    Count(Whole { least: 1, most: 20 }),
    "1",
    "number of wavelet levels",
);

/// `boundary`
pub static BOUNDARY: Setting<Word<Boundary>> = setting(
    "boundary",
    Word(Boundary::WORDS),
    "mirror",
    "what lies beyond the image for the IBSI's filters",
);

/// `rotationInvariance`
pub static ROTATION_INVARIANCE: Setting<Switch> = setting(
    "rotationInvariance",
    Switch,
    "true",
    "pool the responses over right-angle rotations (Laws, separable wavelet)",
);

/// `pooling`
pub static POOLING: Setting<Word<Pooling>> = setting(
    "pooling",
    Word(Pooling::WORDS),
    "mean",
    "how responses of several orientations become one",
);
