//! The specification curve of a multiverse: the resampled AUCs in order, with their intervals and the study's own among them, and
//! below it, a row a level, which choices each of them has made.
//!
//! Source: Simonsohn, Simmons & Nelson 2020.

use super::{
    Axis, Chart, Content, Dash, Figure, Marks, Place, Plot, Point, Rule, Series, Sheet, Tone, limits, text, ticks,
};
use crate::message::english::figure as words;
use crate::message::{Id, Message};
use crate::stats::base::interval::Interval;
use crate::stats::base::number::percentage;

/// What a multiverse has shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MultiverseInput {
    /// What was varied
    pub choices: Vec<VariedChoice>,
    /// The share of the variance that no sum of the choices explains
    pub rest: f64,
    /// The specifications that could be judged
    pub specifications: Vec<SpecifiedArea>,
    /// How many could not
    pub failed: usize,
    /// The share of them whose interval lies above 0.5 where the study's own does, or does not where that does not
    pub holds: f64,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VariedChoice {
    /// Its name
    pub name: String,
    /// Its levels
    pub levels: Vec<String>,
    /// The share of the variance that goes with it
    pub share: f64,
}

/// What a specification gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpecifiedArea {
    /// The level of each choice; none where it does not act
    pub levels: Vec<Option<usize>>,
    /// Whether it is the study itself
    pub own: bool,
    /// The AUC
    pub auc: f64,
    /// Its interval
    pub interval: Interval,
}

/// The rows of levels stand as far apart as a twelfth of the curve is high.
const ROWS_OF_CURVE: f64 = 12.0;

/// A choice of more levels has no rows.
const MOST_LEVELS: usize = 10;

/// A row's name has no more letters.
const LONGEST_NAME: usize = 26;

/// Half of the width of a mark in a row of levels, where the specifications are 1 apart.
const HALF_MARK: f64 = 0.4;

impl Chart for MultiverseInput {
    const NAME: &'static str = "multiverse";
    const ABOUT: Id = words::MULTIVERSE_ABOUT;
    const NEEDS: &'static str = "multiverse";
    const IS_STAGE: bool = false;

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a specification.
pub fn figure(input: &MultiverseInput) -> Option<Figure> {
    let mut sorted: Vec<&SpecifiedArea> = (input.specifications.iter())
        .filter(|one| one.auc.is_finite())
        .collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_by(|left, right| {
        left.auc
            .total_cmp(&right.auc)
            .then_with(|| left.levels.cmp(&right.levels))
    });
    let ends = sorted
        .iter()
        .flat_map(|one| [one.auc, one.interval.lower, one.interval.upper]);
    let (low, high) = limits(ends.chain([0.5]), 0.02);
    let (low, high) = (low.max(0.0), high.min(1.0));
    let step = (high - low) / ROWS_OF_CURVE;
    let mut series = curve(&sorted);
    let mut marks = ticks::linear(low, high, 5);
    let mut bottom = low;
    for (at, choice) in input
        .choices
        .iter()
        .enumerate()
        .filter(|(_, choice)| choice.levels.len() <= MOST_LEVELS)
    {
        bottom -= 0.5 * step;
        for (level, label) in choice.levels.iter().enumerate() {
            bottom -= step;
            let short = choice.name.rsplit('.').next().unwrap_or_default();
            marks.push((bottom, text::fit(&format!("{short} {label}"), LONGEST_NAME)));
            series.push(row(&sorted, (at, level), bottom));
        }
    }
    marks.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut y = Axis::linear(words::RESAMPLED_AUC.text(), bottom - 0.5 * step, high);
    y.ticks = Some(marks);
    let count = sorted.len() as f64;
    Some(Figure {
        name: MultiverseInput::NAME.to_owned(),
        stage: Some(MultiverseInput::NEEDS),
        title: words::multiverse_title(sorted.len()),
        content: Content::Plot(Plot {
            x: Axis::linear(words::SPECIFICATIONS_BY_AUC.text(), 0.0, count + 1.0),
            y,
            series,
            rules: vec![Rule {
                place: Place::Y(0.5),
                label: String::new(),
                tone: Tone::Muted,
            }],
            legend: true,
            ..Plot::default()
        }),
        notes: notes(input),
        sheet: sheet(input, &sorted),
    })
}

/// The AUCs in order, and the study's own among them.
fn curve(sorted: &[&SpecifiedArea]) -> Vec<Series> {
    let point = |(at, one): (usize, &&SpecifiedArea)| {
        let whole = one.interval.lower.is_finite() && one.interval.upper.is_finite();
        Point {
            x: at as f64 + 1.0,
            y: one.auc,
            bar: whole.then(|| one.interval.into()),
        }
    };
    let of = |name: Id, tone, points| Series {
        name: name.to_string(),
        tone,
        dash: Dash::Solid,
        marks: Marks::Points(points),
    };
    let own = sorted
        .iter()
        .enumerate()
        .filter(|(_, one)| one.own)
        .map(point)
        .collect();
    vec![
        of(
            words::SPECIFICATION,
            Tone::Plain,
            sorted.iter().enumerate().map(point).collect(),
        ),
        of(words::THE_STUDY_ITSELF, Tone::Accent, own),
    ]
}

/// A mark at each specification with a level.
fn row(sorted: &[&SpecifiedArea], (choice, level): (usize, usize), y: f64) -> Series {
    let mut points = Vec::new();
    for (at, one) in sorted.iter().enumerate() {
        if one.levels.get(choice) == Some(&Some(level)) {
            let x = at as f64 + 1.0;
            points.extend([[x - HALF_MARK, y], [x + HALF_MARK, y], [f64::NAN, f64::NAN]]);
        }
    }
    Series::line("", Tone::Series(choice as u8 % 8), Dash::Solid, points)
}

fn notes(input: &MultiverseInput) -> Vec<Message> {
    let mut notes = Vec::new();
    if let Some(own) = input.specifications.iter().find(|one| one.own) {
        let share = percentage(input.holds);
        notes.push(if own.interval.lower > 0.5 {
            words::headline_above(share)
        } else {
            words::headline_not_above(share)
        });
    }
    let shares: Vec<String> = (input.choices.iter())
        .map(|choice| format!("{} {}", choice.name, percentage(choice.share)))
        .chain([format!("{} {}", words::TOGETHER_ONLY, percentage(input.rest))])
        .collect();
    notes.push(words::variance_of_choices(shares.join(", ")));
    if input.failed > 0 {
        notes.push(words::specifications_failed(input.failed));
    }
    notes.push(words::NO_BEST_ONE.into());
    notes
}

fn sheet(input: &MultiverseInput, sorted: &[&SpecifiedArea]) -> Sheet {
    let mut sheet = Sheet::new(&["auc", "lower", "upper", "level", "own"]);
    sheet
        .columns
        .extend(input.choices.iter().map(|choice| choice.name.clone()));
    for one in sorted {
        let mut cells = vec![
            one.auc.into(),
            one.interval.lower.into(),
            one.interval.upper.into(),
            one.interval.level.into(),
            f64::from(u8::from(one.own)).into(),
        ];
        cells.extend((input.choices.iter().zip(&one.levels)).map(|(choice, level)| {
            let label = level.and_then(|level| choice.levels.get(level));
            label.cloned().unwrap_or_default().into()
        }));
        sheet.rows.push(cells);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> MultiverseInput {
        let area = |auc: f64, lambda, own| SpecifiedArea {
            levels: vec![Some(0), lambda],
            own,
            auc,
            interval: Interval::new(auc - 0.1, auc + 0.1, 0.95),
        };
        MultiverseInput {
            choices: vec![
                VariedChoice {
                    name: "select.learner".to_owned(),
                    levels: vec!["lasso".to_owned(), "random-forest".to_owned()],
                    share: 0.3,
                },
                VariedChoice {
                    name: "select.lambda".to_owned(),
                    levels: vec!["min".to_owned(), "1se".to_owned()],
                    share: 0.5,
                },
            ],
            rest: 0.2,
            specifications: vec![
                area(0.74, Some(1), false),
                area(0.66, Some(0), true),
                area(0.70, None, false),
                area(f64::NAN, None, false),
            ],
            failed: 1,
            holds: 1.0,
        }
    }

    #[test]
    fn the_curve_is_sorted_and_a_row_marks_who_has_its_level() {
        let figure = figure(&input()).unwrap();
        let Content::Plot(plot) = &figure.content else {
            panic!("no plot")
        };
        let Marks::Points(points) = &plot.series[0].marks else {
            panic!("no points")
        };
        assert_eq!(
            points.iter().map(|point| point.y).collect::<Vec<_>>(),
            [0.66, 0.70, 0.74]
        );
        let Marks::Points(own) = &plot.series[1].marks else {
            panic!("no points")
        };
        assert_eq!((own.len(), own[0].x), (1, 1.0));
        let marked = |series: &Series| match &series.marks {
            Marks::Line(points) => points.len() / 3,
            _ => panic!("no row"),
        };
        // The learner's two levels, then those of lambda, which one specification does not read.
        assert_eq!(plot.series[2..].iter().map(marked).collect::<Vec<_>>(), [3, 0, 1, 1]);
        let labels: Vec<&str> = plot.y.ticks.iter().flatten().map(|(_, label)| label.as_str()).collect();
        assert!(
            labels.contains(&"learner random-forest") && labels.contains(&"lambda 1se"),
            "{labels:?}"
        );
        assert_eq!(figure.sheet.rows.len(), 3);
        let notes: Vec<String> = figure.notes.iter().map(ToString::to_string).collect();
        assert!(notes[1].contains("select.lambda 50 %"), "{notes:?}");
        assert!(super::figure(&MultiverseInput::default()).is_none());
    }
}
