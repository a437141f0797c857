//! Coefficient paths of a LASSO (figure 2 of the published study): one line a feature, the count along the top, rules at
//! the penalties chosen by cross-validation.

use super::{Axis, Chart, Content, Dash, Figure, Place, Plot, Rule, Series, Sheet, Text, Tone, TopAxis, limits, ticks};
use crate::message::Id;
use crate::message::english::figure as words;

/// A fitted path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathInput {
    /// Names of all candidate features
    pub features: Vec<String>,
    /// Penalties, falling
    pub lambda: Vec<f64>,
    /// Intercepts, one a penalty
    pub intercept: Vec<f64>,
    /// Non-zero coefficients of each penalty: feature's number and value
    pub coefficients: Vec<Vec<(usize, f64)>>,
    /// The penalty with the least error, if one was chosen
    pub lambda_min: Option<f64>,
    /// The largest penalty within one standard error of it
    pub lambda_1se: Option<f64>,
    /// The penalty in use
    pub chosen: Option<f64>,
}

impl PathInput {
    /// Non-zero coefficients of each penalty.
    pub fn counts(&self) -> Vec<usize> {
        self.coefficients.iter().map(Vec::len).collect()
    }

    /// The index of the penalty nearest to `lambda` on the logarithmic axis.
    pub fn nearest(&self, lambda: f64) -> Option<usize> {
        (0..self.lambda.len()).min_by(|&left, &right| {
            let distance = |index: usize| (self.lambda[index].ln() - lambda.ln()).abs();
            distance(left).total_cmp(&distance(right))
        })
    }

    /// The coefficients of a penalty, largest first.
    pub fn at(&self, index: usize) -> Vec<(&str, f64)> {
        let mut found: Vec<(&str, f64)> = self
            .coefficients
            .get(index)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|&(feature, value)| (self.features.get(feature).map_or("?", String::as_str), value))
            .collect();
        found.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()));
        found
    }
}

/// Labels with the count of non-zero coefficients, one where it changes enough to be told apart.
pub(super) fn count_labels(lambda: &[f64], counts: &[usize]) -> TopAxis {
    TopAxis {
        label: words::FEATURES.to_string(),
        labels: lambda
            .iter()
            .zip(counts)
            .map(|(&lambda, count)| (lambda.ln(), count.to_string()))
            .collect(),
    }
}

/// Rules at the two penalties of a cross-validation.
pub(super) fn lambda_rules(lambda_min: Option<f64>, lambda_1se: Option<f64>, chosen: Option<f64>) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |value: Option<f64>, label: Id, tone| {
        if let Some(value) = value.filter(|value| *value > 0.0) {
            rules.push(Rule {
                place: Place::X(value.ln()),
                label: label.to_string(),
                tone,
            });
        }
    };
    let other = chosen.filter(|&chosen| Some(chosen) != lambda_min && Some(chosen) != lambda_1se);
    add(lambda_1se, words::LAMBDA_1SE_RULE, Tone::Muted);
    add(lambda_min, words::LAMBDA_MIN_RULE, Tone::Accent);
    add(other, words::CHOSEN, Tone::Warn);
    rules
}

impl Chart for PathInput {
    const NAME: &'static str = "path";
    const ABOUT: Id = words::PATH_ABOUT;
    const NEEDS: &'static str = "select";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` for an empty path.
pub fn figure(input: &PathInput) -> Option<Figure> {
    if input.lambda.is_empty() {
        return None;
    }
    let log: Vec<f64> = input.lambda.iter().map(|lambda| lambda.ln()).collect();
    let mut lines: Vec<(usize, Vec<[f64; 2]>)> = Vec::new();
    let mut place = vec![usize::MAX; input.features.len()];
    for (index, coefficients) in input.coefficients.iter().enumerate() {
        for &(feature, value) in coefficients {
            let Some(slot) = place.get_mut(feature) else { continue };
            if *slot == usize::MAX {
                *slot = lines.len();
                let mut points: Vec<[f64; 2]> = Vec::new();
                if index > 0 {
                    points.push([log[index - 1], 0.0]);
                }
                lines.push((feature, points));
            }
            let points = &mut lines[*slot].1;
            // A coefficient that came back after being zero goes through zero in between.
            if let (Some(last), true) = (points.last().copied(), index > 0)
                && last[0] > log[index - 1] + 1e-12
                && last[1] != 0.0
            {
                points.push([log[index - 1], 0.0]);
            }
            points.push([log[index], value]);
        }
    }
    lines.sort_by(|left, right| {
        let end = |line: &(usize, Vec<[f64; 2]>)| line.1.last().map_or(0.0, |point| point[1].abs());
        end(right).total_cmp(&end(left))
    });
    let (low, high) = limits(
        lines
            .iter()
            .flat_map(|(_, points)| points.iter().map(|point| point[1]))
            .chain([0.0]),
        0.06,
    );
    let texts = lines
        .iter()
        .take(10)
        .filter_map(|(feature, points)| {
            let last = points.last()?;
            Some(Text {
                x: last[0],
                y: last[1],
                text: short_name(&input.features[*feature]).to_owned(),
                tone: Tone::Muted,
            })
        })
        .collect();
    let series = lines
        .iter()
        .enumerate()
        .map(|(order, (feature, points))| {
            let dash = if (order / 8).is_multiple_of(2) {
                Dash::Solid
            } else {
                Dash::Dashed
            };
            Series::line(
                &input.features[*feature],
                Tone::Series((order % 8) as u8),
                dash,
                points.clone(),
            )
        })
        .collect();
    let mut rules = lambda_rules(input.lambda_min, input.lambda_1se, input.chosen);
    rules.push(Rule {
        place: Place::Y(0.0),
        label: String::new(),
        tone: Tone::Muted,
    });
    let mut sheet = Sheet::new(&["lambda", "log_lambda", "nonzero", "intercept"]);
    let mut shown: Vec<usize> = lines.iter().map(|(feature, _)| *feature).collect();
    shown.sort_unstable();
    sheet
        .columns
        .extend(shown.iter().map(|&feature| input.features[feature].clone()));
    for (index, &lambda) in input.lambda.iter().enumerate() {
        let mut row = vec![
            lambda.into(),
            log[index].into(),
            (input.coefficients[index].len() as f64).into(),
            input.intercept.get(index).copied().unwrap_or(f64::NAN).into(),
        ];
        for feature in &shown {
            let value = input.coefficients[index]
                .iter()
                .find(|(number, _)| number == feature)
                .map_or(0.0, |(_, value)| *value);
            row.push(value.into());
        }
        sheet.rows.push(row);
    }
    let mut notes = Vec::new();
    if let Some(lambda) = input.lambda_min {
        notes.push(words::lambda_min(ticks::significant(lambda, 6)));
    }
    if let Some(lambda) = input.lambda_1se {
        notes.push(words::lambda_1se(ticks::significant(lambda, 6)));
    }
    let (left, right) = limits(log.iter().copied(), 0.0);
    Some(Figure {
        name: "path".to_owned(),
        stage: Some(PathInput::NEEDS),
        title: words::PATH_TITLE.into(),
        content: Content::Plot(Plot {
            x: Axis::linear("log(λ)", left, right),
            y: Axis::linear(words::COEFFICIENT.text(), low, high),
            top: Some(count_labels(&input.lambda, &input.counts())),
            series,
            rules,
            texts,
            ..Plot::default()
        }),
        notes: super::side_by_side(notes),
        sheet,
    })
}

/// The last part of a feature's column name: `Busyness` of `original_ngtdm_Busyness`.
pub fn short_name(name: &str) -> &str {
    name.rsplit('_').next().filter(|part| !part.is_empty()).unwrap_or(name)
}
