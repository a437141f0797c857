//! ROC curves (figure 4 of the published study): sensitivity against 1 - specificity, the area with its interval in the
//! legend, the chance diagonal, and the operating point of each curve.

use super::{Axis, Chart, Content, Dash, Figure, Marks, Place, Plot, Point, Rule, Series, Sheet, Tone, ticks};
use crate::message::english::figure as words;
use crate::message::{Id, Message};
use crate::stats::base::interval::{Interval, common_level, common_name, percent};
use crate::stats::base::number::{share_limits, short_share};

/// Several curves and the tests between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RocInput {
    /// The curves
    pub curves: Vec<RocCurve>,
    /// Pairwise tests
    pub tests: Vec<RocTest>,
    /// The curve whose band is drawn; all bands over each other could not be told apart
    pub band: Option<usize>,
}

/// One curve with its points from the strictest cut-off to the mildest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RocCurve {
    /// What it is, such as "model 1, training"
    pub name: String,
    /// Area under it
    pub auc: f64,
    /// The area's interval
    pub interval: Interval,
    /// Cut-offs, of the length of the next two
    pub thresholds: Vec<f64>,
    /// Sensitivities
    pub sensitivities: Vec<f64>,
    /// Specificities
    pub specificities: Vec<f64>,
    /// The cut-off in use
    pub cut_off: Option<f64>,
    /// Cases with and without the event
    pub events: (usize, usize),
    /// A confidence band: 1 - specificity and the interval of the sensitivity
    pub band: Vec<(f64, Interval)>,
}

/// A test between the areas of two curves.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RocTest {
    /// The first curve, by its place among the curves
    pub first: usize,
    /// The second curve
    pub second: usize,
    /// Difference of the areas
    pub difference: f64,
    /// Its interval
    pub interval: Interval,
    /// The statistic
    pub z: f64,
    /// Its probability
    pub p: f64,
}

impl RocInput {
    /// How the intervals are called: by their level, where they share one.
    fn interval_name(&self) -> String {
        let areas = self.curves.iter().map(|curve| curve.interval);
        common_name(areas.chain(self.tests.iter().map(|test| test.interval)))
    }

    /// Areas and tests as a table.
    pub fn tests_sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&["what", "AUC or difference", &self.interval_name(), "z", "P"]);
        for (order, curve) in self.curves.iter().enumerate() {
            sheet.rows.push(vec![
                format!("{}  {}", letter(order), curve.name).into(),
                curve.auc.into(),
                share_limits(curve.interval, 3).into(),
                f64::NAN.into(),
                f64::NAN.into(),
            ]);
        }
        for test in &self.tests {
            sheet.rows.push(vec![
                format!("{} - {}", letter(test.first), letter(test.second)).into(),
                test.difference.into(),
                share_limits(test.interval, 3).into(),
                test.z.into(),
                ticks::p_value(test.p).into(),
            ]);
        }
        sheet
    }
}

impl RocCurve {
    /// The curve's points, from (0, 0) to (1, 1).
    pub fn points(&self) -> Vec<[f64; 2]> {
        let mut points: Vec<[f64; 2]> = self
            .specificities
            .iter()
            .zip(&self.sensitivities)
            .map(|(specificity, &sensitivity)| [1.0 - specificity, sensitivity])
            .filter(|point| point.iter().all(|value| value.is_finite()))
            .collect();
        points.sort_by(|left, right| left[0].total_cmp(&right[0]).then(left[1].total_cmp(&right[1])));
        points
    }

    /// The position of the threshold nearest to `value`.
    pub fn nearest(&self, value: f64) -> Option<usize> {
        (0..self.thresholds.len())
            .filter(|&index| self.thresholds[index].is_finite())
            .min_by(|&left, &right| {
                (self.thresholds[left] - value)
                    .abs()
                    .total_cmp(&(self.thresholds[right] - value).abs())
            })
    }

    /// The curve's name, area and interval, as a legend has it.
    pub fn legend(&self) -> String {
        format!(
            "{}  {} ({}–{})",
            self.name,
            short_share(self.auc, 3),
            short_share(self.interval.lower, 3),
            short_share(self.interval.upper, 3)
        )
    }

    /// Counts at a point of the curve: true and false positives, true and false negatives.
    pub fn counts(&self, index: usize) -> Option<[usize; 4]> {
        let (with, without) = (self.events.0 as f64, self.events.1 as f64);
        let sensitivity = *self.sensitivities.get(index)?;
        let specificity = *self.specificities.get(index)?;
        let true_positive = (sensitivity * with).round();
        let true_negative = (specificity * without).round();
        (true_positive.is_finite() && true_negative.is_finite()).then_some([
            true_positive as usize,
            (without - true_negative).max(0.0) as usize,
            true_negative as usize,
            (with - true_positive).max(0.0) as usize,
        ])
    }
}

/// The letter by which tests name a curve.
pub fn letter(order: usize) -> char {
    char::from(b'A' + (order % 26) as u8)
}

impl Chart for RocInput {
    const NAME: &'static str = "roc";
    const ABOUT: Id = words::ROC_ABOUT;
    const NEEDS: &'static str = "discrimination";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a curve.
pub fn figure(input: &RocInput) -> Option<Figure> {
    if input.curves.is_empty() {
        return None;
    }
    let mut series = Vec::new();
    for (order, curve) in input.curves.iter().enumerate() {
        if !curve.band.is_empty() && input.band == Some(order) {
            series.push(Series {
                name: String::new(),
                tone: Tone::Series(order as u8),
                dash: Dash::Solid,
                marks: Marks::Band(curve.band.iter().map(|(x, at)| [*x, at.lower, at.upper]).collect()),
            });
        }
    }
    for (order, curve) in input.curves.iter().enumerate() {
        series.push(Series {
            name: format!("{}  {}", letter(order), curve.legend()),
            tone: Tone::Series(order as u8),
            dash: Dash::of(order),
            marks: Marks::Line(curve.points()),
        });
    }
    for (order, curve) in input.curves.iter().enumerate() {
        if let Some(index) = curve.cut_off.and_then(|value| curve.nearest(value)) {
            series.push(Series {
                name: String::new(),
                tone: Tone::Series(order as u8),
                dash: Dash::Solid,
                marks: Marks::Points(vec![Point {
                    x: 1.0 - curve.specificities[index],
                    y: curve.sensitivities[index],
                    bar: None,
                }]),
            });
        }
    }
    let mut sheet = Sheet::new(&["curve", "threshold", "sensitivity", "specificity", "youden"]);
    for curve in &input.curves {
        for index in 0..curve.thresholds.len() {
            let (sensitivity, specificity) = (
                curve.sensitivities.get(index).copied().unwrap_or(f64::NAN),
                curve.specificities.get(index).copied().unwrap_or(f64::NAN),
            );
            sheet.rows.push(vec![
                curve.name.clone().into(),
                curve.thresholds[index].into(),
                sensitivity.into(),
                specificity.into(),
                (sensitivity + specificity - 1.0).into(),
            ]);
        }
    }
    Some(Figure {
        name: "roc".to_owned(),
        stage: Some(RocInput::NEEDS),
        title: words::roc_title(common_name(input.curves.iter().map(|curve| curve.interval))),
        content: Content::Plot(Plot {
            x: Axis::linear(words::ONE_MINUS_SPECIFICITY.text(), 0.0, 1.0),
            y: Axis::linear(words::SENSITIVITY.text(), 0.0, 1.0),
            series,
            rules: vec![Rule {
                place: Place::Diagonal,
                label: String::new(),
                tone: Tone::Muted,
            }],
            square: true,
            legend: true,
            ..Plot::default()
        }),
        notes: notes(input),
        sheet,
    })
}

/// The cut-off of the curve in hand, and whose band is drawn.
fn notes(input: &RocInput) -> Vec<Message> {
    let in_hand = input.curves.get(input.band.unwrap_or(0));
    let cut_off = in_hand.and_then(|curve| {
        let index = curve.nearest(curve.cut_off?)?;
        Some(words::cut_off_of(
            &curve.name,
            ticks::significant(curve.thresholds[index], 4),
            short_share(curve.sensitivities[index], 3),
            short_share(curve.specificities[index], 3),
        ))
    });
    let band = in_hand
        .filter(|curve| input.band.is_some() && !curve.band.is_empty())
        .map(|curve| {
            let level = percent(common_level(curve.band.iter().map(|(_, interval)| *interval)));
            words::shaded_band(level.unwrap_or_else(|| "confidence".to_owned()), &curve.name)
        });
    cut_off.into_iter().chain(band).collect()
}
