//! Intensities to grey: window centre and width, as a viewer shows an image.

use super::samples::{Sample, Samples, each_type};

/// A window: intensities from `centre - width / 2` (black) to `centre + width / 2` (white).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The intensity that is shown as mid-grey
    pub centre: f64,
    /// The range from black to white, above 0
    pub width: f64,
}

/// The usual windows for CT, in Hounsfield units: name, window.
pub static CT_WINDOWS: &[(&str, Window)] = &[
    (
        "bone",
        Window {
            centre: 400.0,
            width: 1800.0,
        },
    ),
    (
        "soft tissue",
        Window {
            centre: 50.0,
            width: 400.0,
        },
    ),
    (
        "lung",
        Window {
            centre: -600.0,
            width: 1500.0,
        },
    ),
    (
        "brain",
        Window {
            centre: 40.0,
            width: 80.0,
        },
    ),
];

impl Window {
    /// The grey of an intensity: 0 is black, 1 white; NaN is black.
    pub fn grey(&self, value: f64) -> f64 {
        let grey = (value - self.centre) / self.width + 0.5;
        if grey.is_nan() { 0.0 } else { grey.clamp(0.0, 1.0) }
    }

    /// A window that shows what lies between two shares of all finite values (0.01 and 0.99 cut off one in a hundred at
    /// either end); `None` where there is no finite value. Of a large image every so many-th voxel is looked at.
    pub fn of(samples: &Samples, low: f64, high: f64) -> Option<Self> {
        let mut values = each_type!(samples, values => some_of(values));
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get(((values.len().checked_sub(1)?) as f64 * share.clamp(0.0, 1.0)) as usize);
        let (low, high) = (*at(low)?, *at(high)?);
        Some(Self {
            centre: f64::midpoint(low, high),
            width: if high > low { high - low } else { 1.0 },
        })
    }

    /// A window moved and widened: by shares of its width, the width never below a thousandth of what it was.
    pub fn adjusted(&self, centre: f64, width: f64) -> Self {
        Self {
            centre: self.centre + centre * self.width,
            width: self.width * (1.0 + width).max(1e-3),
        }
    }
}

fn some_of<T: Sample>(values: &[T]) -> Vec<f64> {
    let step = (values.len() / 100_000).max(1);
    values
        .iter()
        .step_by(step)
        .map(|value| value.to_double())
        .filter(|value| value.is_finite())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_black_and_white() {
        let (_, bone) = CT_WINDOWS[0];
        assert_eq!(
            [-500.0, -900.0, 1300.0, 400.0, f64::NAN].map(|value| bone.grey(value)),
            [0.0, 0.0, 1.0, 0.5, 0.0]
        );
    }

    #[test]
    fn a_window_fits_what_is_there() {
        let samples = Samples::F32((0..=100u8).map(f32::from).chain([f32::NAN]).collect());
        let window = Window::of(&samples, 0.0, 1.0).unwrap();
        assert_eq!((window.centre, window.width), (50.0, 100.0));
        assert_eq!(Window::of(&Samples::F32(vec![f32::NAN]), 0.0, 1.0), None);
        assert_eq!(Window::of(&Samples::U8(vec![7; 5]), 0.0, 1.0).unwrap().grey(7.0), 0.5);
    }
}
