//! Where PyRadiomics and the Image Biomarker Standardisation Initiative part, each place once.
//!
//! Both conventions take one road through this room: the same regions, matrices and rows. What they do differently there
//! asks [`Rules`], which has a field a place, and [`PARTINGS`] names each field in words, so that one rule of PyRadiomics
//! can be taken by itself to see what it does to a value ([`super::difference`]).
//!
//! References: PyRadiomics 3.1.0; IBSI 1 manual (arXiv:1612.07003v11), chapters 2 and 3.

/// Whose rules are followed where PyRadiomics and the Image Biomarker Standardisation Initiative differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Convention {
    /// As PyRadiomics 3.1.0 computes it (the default)
    #[default]
    PyRadiomics,
    /// As the IBSI reference document defines it
    Ibsi,
}

impl Convention {
    /// The word in a parameter file.
    pub fn name(self) -> &'static str {
        match self {
            Self::PyRadiomics => "pyradiomics",
            Self::Ibsi => "ibsi",
        }
    }

    /// All its rules.
    pub const fn rules(self) -> Rules {
        match self {
            Self::PyRadiomics => Rules {
                convention: self,
                bin_origin: BinOrigin::Multiple,
                bin_number: BinNumber::Edges,
                grid: Alignment::Corners,
                mask: MaskRule::Nearest,
                rounding: Rounding::AsStored,
                kurtosis: Kurtosis::Plain,
                covariance: Covariance::Population,
                lines: Lines::OfTwoVoxels,
                lonely_voxels: LonelyVoxels::Count,
                neighbourhood: Neighbourhood::AtDistances,
                independence: Independence::NoValue,
            },
            Self::Ibsi => Rules {
                convention: self,
                bin_origin: BinOrigin::Range,
                bin_number: BinNumber::Shares,
                grid: Alignment::Centres,
                mask: MaskRule::Share,
                rounding: Rounding::AsSet,
                kurtosis: Kurtosis::Excess,
                covariance: Covariance::Sample,
                lines: Lines::All,
                lonely_voxels: LonelyVoxels::LeftOut,
                neighbourhood: Neighbourhood::UpToDistance,
                independence: Independence::Zero,
            },
        }
    }
}

/// What is done in each place where the conventions part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Whose pipeline, classes, columns and aggregations
    pub convention: Convention,
    /// Where bins of fixed width begin
    pub bin_origin: BinOrigin,
    /// How the range is divided into a fixed number of bins
    pub bin_number: BinNumber,
    /// Where the grid of a new spacing lies
    pub grid: Alignment,
    /// Which voxels of the new grid belong to the mask
    pub mask: MaskRule,
    /// What becomes of fractions that interpolation makes
    pub rounding: Rounding,
    /// What a normal distribution has
    pub kurtosis: Kurtosis,
    /// By what the covariance of the voxel centres is divided
    pub covariance: Covariance,
    /// Which directions have runs
    pub lines: Lines,
    /// Whether a voxel without neighbours is in the tone difference matrix
    pub lonely_voxels: LonelyVoxels,
    /// Which neighbours dependence and tone difference look at
    pub neighbourhood: Neighbourhood,
    /// The information of levels that know nothing of each other
    pub independence: Independence,
}

/// Where bins of fixed width begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinOrigin {
    /// At the largest multiple of the width that is not above the smallest intensity
    Multiple,
    /// At the lower end of the resegmentation range, without one at the smallest intensity
    Range,
}

/// How the range of the intensities is divided into a fixed number of bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinNumber {
    /// By edges as numpy has them; a flat region is in the middle bin
    Edges,
    /// By the share of the range below an intensity; a flat region is in the first bin
    Shares,
}

/// Which points of the old and the new grid coincide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// The centres, as the IBSI has it
    #[default]
    Centres,
    /// The outer corners of the first voxels, as PyRadiomics has it
    Corners,
}

/// Which voxels of a new grid belong to the mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskRule {
    /// Those whose nearest old voxel does
    Nearest,
    /// Those of which a share of at least `maskThreshold` lies in it
    Share,
}

/// What becomes of fractions that interpolation makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// They are cut off in an image of whole numbers and kept in another one
    AsStored,
    /// They are rounded where `roundIntensities` is set
    AsSet,
}

/// Which kurtosis is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kurtosis {
    /// 3 for a normal distribution
    Plain,
    /// 0 for a normal distribution
    Excess,
}

impl Kurtosis {
    /// What is taken off the fourth standardised moment.
    pub fn taken_off(self) -> f64 {
        match self {
            Self::Plain => 0.0,
            Self::Excess => 3.0,
        }
    }
}

/// By what the covariance of `n` voxel centres is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    /// `n`
    Population,
    /// `n - 1`
    Sample,
}

/// Which directions have runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Those in which some line meets the region twice
    OfTwoVoxels,
    /// All
    All,
}

/// Whether a voxel without neighbours is in the tone difference matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LonelyVoxels {
    /// It counts, with a difference of 0
    Count,
    /// It does not
    LeftOut,
}

/// Which neighbours dependence and tone difference look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbourhood {
    /// Those at the `distances`; that there are none is an error
    AtDistances,
    /// Those up to the first of the `distances`
    UpToDistance,
}

/// The information (Imc2) of levels that know nothing of each other, where rounding makes it negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Independence {
    /// It has no value, and the direction is left out of the mean
    NoValue,
    /// It is 0
    Zero,
}

/// One place where the conventions part.
pub struct Parting {
    /// What PyRadiomics does instead of the IBSI, after a name for it
    pub choice: &'static str,
    /// Makes the choice as the other rules have it
    pub take: fn(&mut Rules, &Rules),
}

/// Every place that can be chosen by itself.
pub static PARTINGS: &[Parting] = &[
    Parting {
        choice: "bin origin: a multiple of the bin width instead of the range's lower end",
        take: |rules, other| rules.bin_origin = other.bin_origin,
    },
    Parting {
        choice: "bin number: bins divided by edges instead of shares of the range",
        take: |rules, other| rules.bin_number = other.bin_number,
    },
    Parting {
        choice: "grid: corners aligned instead of centres",
        take: |rules, other| rules.grid = other.grid,
    },
    Parting {
        choice: "mask: nearest voxel instead of a share of at least one half",
        take: |rules, other| rules.mask = other.mask,
    },
    Parting {
        choice: "rounding: interpolated intensities not rounded",
        take: |rules, other| rules.rounding = other.rounding,
    },
    Parting {
        choice: "kurtosis: without 3 taken off",
        take: |rules, other| rules.kurtosis = other.kurtosis,
    },
    Parting {
        choice: "covariance: over n instead of n - 1",
        take: |rules, other| rules.covariance = other.covariance,
    },
    Parting {
        choice: "lines: directions left out in which no line meets the region twice",
        take: |rules, other| rules.lines = other.lines,
    },
    Parting {
        choice: "lonely voxels: counted in the tone difference matrix",
        take: |rules, other| rules.lonely_voxels = other.lonely_voxels,
    },
    Parting {
        choice: "neighbourhood: at the distances instead of up to the first of them",
        take: |rules, other| rules.neighbourhood = other.neighbourhood,
    },
    Parting {
        choice: "independence: no value instead of 0 for levels that know nothing of each other",
        take: |rules, other| rules.independence = other.independence,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parting_moves_one_rule_and_all_of_them_all_rules() {
        let (pyradiomics, ibsi) = (Convention::PyRadiomics.rules(), Convention::Ibsi.rules());
        let mut all = ibsi;
        for parting in PARTINGS {
            let mut one = ibsi;
            (parting.take)(&mut one, &pyradiomics);
            assert_ne!(one, ibsi, "{}", parting.choice);
            (parting.take)(&mut all, &pyradiomics);
        }
        let convention = Convention::PyRadiomics;
        assert_eq!(Rules { convention, ..all }, pyradiomics);
    }
}
