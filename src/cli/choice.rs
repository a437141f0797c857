//! Words of options that choose between rules of statistics, as types: read once by the argument parser, which refuses others
//! and names those there are.

use std::fmt;

use clap::ValueEnum;

use crate::figure::section::Plane;
use crate::stats::agreement::{IccDialect, IccForm};
use crate::stats::base::random::SeedKind;
use crate::stats::compare::table1::{Dialect, NormalityTest};
use crate::stats::harmonise::harmoniser::Unseen;
use crate::stats::validation::decision_curve::{Convention, Policy};
use crate::stats::validation::pooled::Heterogeneity;
use crate::stats::validation::refitting::Separated;
use crate::stats::validation::roc::{AucInterval, Direction, DirectionChoice};

/// Declares an enum of words, each with the value that it stands for, and prints it as its word.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident -> $target:ty { $($variant:ident = $word:literal => $value:expr;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub(super) enum $name {
            $(#[value(name = $word)] $variant,)*
        }

        impl $name {
            /// What the word stands for.
            pub fn value(self) -> $target {
                match self {
                    $(Self::$variant => $value,)*
                }
            }

        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self {
                    $(Self::$variant => $word,)*
                })
            }
        }
    };
}

choice! {
    /// Whose random numbers
    Seeds -> SeedKind {
        Own = "own" => SeedKind::Own;
        R = "r" => SeedKind::R;
    }
}

choice! {
    /// What happens to rows of a centre that was not there to learn from
    UnseenRows -> Unseen {
        Refuse = "refuse" => Unseen::Refuse;
        Keep = "keep" => Unseen::Keep;
    }
}

choice! {
    /// What becomes of a resample in which the outcome is separated
    SeparatedResamples -> Separated {
        LeftOut = "left-out" => Separated::LeftOut;
        Rms = "rms" => Separated::AsRms;
        Firth = "firth" => Separated::Firth;
    }
}

choice! {
    /// Which end of a score speaks for the event
    ScoreDirection -> DirectionChoice {
        Auto = "auto" => DirectionChoice::Auto;
        Higher = "<" => DirectionChoice::Fixed(Direction::Higher);
        Lower = ">" => DirectionChoice::Fixed(Direction::Lower);
    }
}

choice! {
    /// The rule of an area's interval
    AreaInterval -> AucInterval {
        DeLong = "delong" => AucInterval::DeLong;
        Logit = "logit" => AucInterval::Logit;
        HanleyMcNeil = "hanley-mcneil" => AucInterval::HanleyMcNeil;
        Spss = "spss" => AucInterval::Counted;
    }
}

choice! {
    /// Whose rule for ties and ends of decision curves
    CurveConvention -> Convention {
        Rmda = "rmda" => Convention::Rmda;
        Dcurves = "dcurves" => Convention::Dcurves;
    }
}

choice! {
    /// The question that a decision curve answers
    CurvePolicy -> Policy {
        OptIn = "opt-in" => Policy::OptIn;
        OptOut = "opt-out" => Policy::OptOut;
    }
}

choice! {
    /// How the variance between centres is estimated
    Pooling -> Heterogeneity {
        Reml = "reml" => Heterogeneity::Reml;
        DerSimonianLaird = "dl" => Heterogeneity::DerSimonianLaird;
    }
}

choice! {
    /// A form of the intraclass correlation
    CorrelationForm -> IccForm {
        Icc1 = "icc1" => IccForm::Icc1;
        Icc2 = "icc2" => IccForm::Icc2;
        Icc3 = "icc3" => IccForm::Icc3;
        Icc1k = "icc1k" => IccForm::Icc1k;
        Icc2k = "icc2k" => IccForm::Icc2k;
        Icc3k = "icc3k" => IccForm::Icc3k;
    }
}

choice! {
    /// Whose F test and limits the agreement forms have
    CorrelationDialect -> IccDialect {
        Psych = "psych" => IccDialect::Psych;
        Irr = "irr" => IccDialect::Irr;
    }
}

choice! {
    /// Whose defaults a table of characteristics has
    TableDialect -> Dialect {
        Spss = "spss" => Dialect::Spss;
        R = "r" => Dialect::R;
    }
}

choice! {
    /// A plane through a scan
    PlaneName -> Plane {
        Axial = "axial" => Plane::Axial;
        Coronal = "coronal" => Plane::Coronal;
        Sagittal = "sagittal" => Plane::Sagittal;
    }
}

choice! {
    /// The test of normality that chooses between mean and median
    Normality -> NormalityTest {
        Shapiro = "shapiro" => NormalityTest::ShapiroWilk;
        Lilliefors = "lilliefors" => NormalityTest::Lilliefors;
    }
}

impl AreaInterval {
    /// The rule's name, as a table's heading has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DeLong => "DeLong",
            Self::Logit => "DeLong, logit scale",
            Self::HanleyMcNeil => "Hanley-McNeil",
            Self::Spss => "SPSS nonparametric",
        }
    }
}

impl Pooling {
    /// The estimator's name, as a line says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Reml => "REML",
            Self::DerSimonianLaird => "DerSimonian-Laird",
        }
    }
}

impl Normality {
    /// The test's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shapiro => "Shapiro-Wilk",
            Self::Lilliefors => "Lilliefors",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_printed_as_it_is_read() {
        for rule in AreaInterval::value_variants() {
            assert_eq!(AreaInterval::from_str(&rule.to_string(), false).as_ref(), Ok(rule));
        }
        for direction in ["auto", "<", ">"] {
            assert_eq!(
                ScoreDirection::from_str(direction, false).map(|found| found.to_string()),
                Ok(direction.to_owned())
            );
        }
        assert!(CorrelationForm::from_str("icc4", false).is_err());
    }
}
