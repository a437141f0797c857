//! One perturbation, and how far it may go.

use crate::volume::Reach;

/// So far around the region the image is cut into supervoxels, in millimetres.
pub(super) const AROUND: f64 = 25.0;

/// A perturbation. What is drawn is drawn evenly between the value and its negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The contour drawn again along supervoxels of so many cubic millimetres
    Contour(f64),
    /// The region moved along each axis by at most so many millimetres
    Translate(f64),
    /// The region turned in the plane of the slices by at most so many degrees
    Rotate(f64),
    /// The region's volume changed by at most this share
    Volume(f64),
    /// The region grown or shrunk by at most so many millimetres; less than the way to the next voxel changes nothing
    Margin(f64),
    /// Gaussian noise of this standard deviation added to the image
    Noise(f64),
}

/// What is to be known of a perturbation.
#[derive(Debug)]
pub struct StepInfo {
    /// Its name
    pub name: &'static str,
    /// Its value where none is given; there is none of the noise, whose unit is the image's
    pub default: Option<f64>,
    /// The least and the greatest value
    pub limits: (f64, f64),
    /// What the value says
    pub unit: &'static str,
    /// The perturbation of a value
    pub of: fn(f64) -> Step,
}

/// All perturbations.
pub static STEPS: &[StepInfo] = &[
    StepInfo {
        name: "contour",
        default: Some(500.0),
        limits: (1.0, 1e6),
        unit: "mm3 a supervoxel",
        of: Step::Contour,
    },
    StepInfo {
        name: "translate",
        default: Some(1.0),
        limits: (0.0, 100.0),
        unit: "mm",
        of: Step::Translate,
    },
    StepInfo {
        name: "rotate",
        default: Some(10.0),
        limits: (0.0, 180.0),
        unit: "degrees",
        of: Step::Rotate,
    },
    StepInfo {
        name: "volume",
        default: Some(0.15),
        limits: (0.0, 0.9),
        unit: "share of the volume",
        of: Step::Volume,
    },
    StepInfo {
        name: "margin",
        default: Some(1.0),
        limits: (0.0, 50.0),
        unit: "mm",
        of: Step::Margin,
    },
    StepInfo {
        name: "noise",
        default: None,
        limits: (0.0, 1e9),
        unit: "standard deviation in the image's unit",
        of: Step::Noise,
    },
];

impl Step {
    /// Its value.
    pub fn value(self) -> f64 {
        match self {
            Self::Contour(value)
            | Self::Translate(value)
            | Self::Rotate(value)
            | Self::Volume(value)
            | Self::Margin(value)
            | Self::Noise(value) => value,
        }
    }

    /// What is to be known of it.
    pub fn info(self) -> &'static StepInfo {
        let place = match self {
            Self::Contour(_) => 0,
            Self::Translate(_) => 1,
            Self::Rotate(_) => 2,
            Self::Volume(_) => 3,
            Self::Margin(_) => 4,
            Self::Noise(_) => 5,
        };
        &STEPS[place]
    }

    /// In words, as "translate 1 mm".
    pub fn words(self) -> String {
        format!("{} {} {}", self.info().name, self.value(), self.info().unit)
    }

    /// How far beyond the region, and beyond what steps before it have made of it, it may go.
    fn reach(self, before: Reach) -> Reach {
        // What is far from the region's middle moves the farthest: no farther than the diagonal of all that it may be by now.
        let of_diagonal = |share: f64| {
            let grown = 2.0 * 3.0_f64.sqrt();
            Reach {
                voxels: 1,
                millimetres: share * grown * before.millimetres,
                diagonals: share * (1.0 + grown * before.diagonals),
                ..Reach::default()
            }
        };
        let of_millimetres = |millimetres: f64| Reach {
            voxels: 1,
            millimetres,
            ..Reach::default()
        };
        match self {
            Self::Contour(_) => of_millimetres(AROUND),
            Self::Translate(millimetres) | Self::Margin(millimetres) => of_millimetres(millimetres),
            Self::Rotate(degrees) => of_diagonal(2.0 * (degrees / 2.0).to_radians().sin()),
            // A region that fills its image but for one side grows there by the share of its length.
            Self::Volume(share) => of_diagonal(share),
            Self::Noise(_) => Reach::default(),
        }
    }

    /// How far steps one after the other may go.
    pub(super) fn reach_of(steps: &[Self]) -> Reach {
        let spare = Reach {
            voxels: 1,
            ..Reach::default()
        };
        steps
            .iter()
            .fold(spare, |before, step| before.beyond(step.reach(before)))
    }
}
