//! Scales: an axis with its limits and ticks, and where a value lies on it.

use super::ticks;

/// An axis: its label, its scale and its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit
    pub label: String,
    /// How values are spread
    pub scale: Scale,
    /// The lower and the upper limit
    pub limits: (f64, f64),
    /// Ticks with their labels where the nice ones do not do
    pub ticks: Option<Vec<(f64, String)>>,
}

impl Default for Axis {
    fn default() -> Self {
        Self {
            label: String::new(),
            scale: Scale::Linear,
            limits: (0.0, 1.0),
            ticks: None,
        }
    }
}

/// How an axis spreads its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly
    Linear,
    /// Evenly, with ticks at whole numbers only: of cases there is no half
    Counts,
    /// By logarithm; limits must be positive
    Log,
}

impl Axis {
    /// A linear axis; limits that are not finite or not apart are widened to something drawable.
    pub fn linear(label: &str, low: f64, high: f64) -> Self {
        Self {
            label: label.to_owned(),
            scale: Scale::Linear,
            limits: drawable(low, high),
            ticks: None,
        }
    }

    /// An axis of counts, from 0.
    pub fn counts(label: &str, most: f64) -> Self {
        Self {
            scale: Scale::Counts,
            ..Self::linear(label, 0.0, most)
        }
    }

    /// A logarithmic axis; limits are made positive.
    pub fn log(label: &str, low: f64, high: f64) -> Self {
        let (low, high) = (low.max(1e-300), high.max(1e-300));
        let (low, high) = if low.is_finite() && high.is_finite() && low < high {
            (low, high)
        } else {
            (0.1, 10.0)
        };
        Self {
            label: label.to_owned(),
            scale: Scale::Log,
            limits: (low, high),
            ticks: None,
        }
    }

    /// Where a value lies, 0 at the lower limit and 1 at the upper; NaN for a value that the scale cannot show.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear | Scale::Counts => (value - low) / (high - low),
            Scale::Log => (value.ln() - low.ln()) / (high.ln() - low.ln()),
        }
    }

    /// The value at a position: the inverse of [`Axis::position`].
    pub fn value(&self, position: f64) -> f64 {
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear | Scale::Counts => low + position * (high - low),
            Scale::Log => (low.ln() + position * (high.ln() - low.ln())).exp(),
        }
    }

    /// The ticks to draw, with their labels: the given ones, else about `wanted` nice ones.
    pub fn tick_labels(&self, wanted: usize) -> Vec<(f64, String)> {
        if let Some(ticks) = &self.ticks {
            return ticks.clone();
        }
        let (low, high) = self.limits;
        match self.scale {
            Scale::Linear => ticks::linear(low, high, wanted),
            Scale::Counts => (1..=wanted)
                .rev()
                .map(|wanted| ticks::linear(low, high, wanted))
                .find(|ticks| ticks.iter().all(|(value, _)| value.fract() == 0.0))
                .unwrap_or_default(),
            Scale::Log => ticks::logarithmic(low, high, wanted),
        }
    }
}

/// Labels along the top of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct TopAxis {
    /// What the labels are
    pub label: String,
    /// Where on the horizontal axis, and what stands there
    pub labels: Vec<(f64, String)>,
}

/// The limits that hold all finite values, with a share of the range added on both sides.
pub fn limits(values: impl IntoIterator<Item = f64>, margin: f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        if value.is_finite() {
            low = low.min(value);
            high = high.max(value);
        }
    }
    let (low, high) = drawable(low, high);
    let room = (high - low) * margin;
    (low - room, high + room)
}

fn drawable(low: f64, high: f64) -> (f64, f64) {
    match (low.is_finite(), high.is_finite()) {
        (true, true) if low < high => (low, high),
        (true, true) => {
            let margin = if low == 0.0 { 1.0 } else { low.abs() * 0.5 };
            (low.min(high) - margin, low.max(high) + margin)
        }
        (true, false) => (low, low + 1.0),
        (false, true) => (high - 1.0, high),
        (false, false) => (0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_and_its_inverse_agree() {
        for axis in [Axis::linear("x", -3.0, 7.0), Axis::log("x", 0.01, 20.0)] {
            for step in 0..=10 {
                let position = f64::from(step) / 10.0;
                assert!((axis.position(axis.value(position)) - position).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn limits_of_nothing_and_of_one_value_are_drawable() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![-2.5], vec![f64::INFINITY, 1.0]] {
            let (low, high) = limits(values, 0.05);
            assert!(low < high && low.is_finite() && high.is_finite());
        }
    }
}
