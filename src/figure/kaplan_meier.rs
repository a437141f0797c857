//! Kaplan-Meier curves: the share without the event over time, one step line a group, with the numbers at risk below the
//! axis. A single curve has its interval as a band; bands of several would hide each other.

use super::{Axis, Content, CountRow, Dash, Figure, Marks, Place, Plot, Rule, Series, Sheet, Tone, ticks};
use crate::message::Message;
use crate::message::english::figure as words;
use crate::stats::base::number::{p_equals, short};
use crate::stats::survival::kaplan_meier::KaplanMeier;

/// Curves of groups, and whether they differ.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KaplanMeierInput {
    /// What time is called, with its unit
    pub time: String,
    /// Each group's name and curve
    pub curves: Vec<(String, KaplanMeier)>,
    /// P of the log-rank test
    pub p: Option<f64>,
}

/// Ticks of the axis of time, under which the numbers at risk stand.
const TICKS: usize = 6;

/// The chart; `None` without a curve.
pub fn figure(input: &KaplanMeierInput) -> Option<Figure> {
    if input.curves.is_empty() {
        return None;
    }
    let last = input
        .curves
        .iter()
        .map(|(_, curve)| curve.last_time())
        .fold(0.0, f64::max);
    let mut x = Axis::linear(&input.time, 0.0, if last > 0.0 { last } else { 1.0 });
    x.ticks = Some(ticks::linear(x.limits.0, x.limits.1, TICKS));
    let alone = input.curves.len() == 1;
    let mut series = Vec::new();
    if alone {
        series.extend(input.curves.iter().map(|(_, curve)| band(curve)));
    }
    for (order, (name, curve)) in input.curves.iter().enumerate() {
        let steps = std::iter::once([0.0, 1.0]).chain(curve.points.iter().map(|point| [point.time, point.survival]));
        series.push(Series {
            name: if alone { String::new() } else { legend(name, curve) },
            tone: Tone::Series((order % 8) as u8),
            dash: Dash::of(order),
            marks: Marks::Steps(steps.collect()),
        });
    }
    let at = x.ticks.iter().flatten();
    let counts = input.curves.iter().enumerate().map(|(order, (name, curve))| CountRow {
        name: if alone {
            words::AT_RISK.to_string()
        } else {
            name.clone()
        },
        tone: Tone::Series((order % 8) as u8),
        labels: at
            .clone()
            .map(|(time, _)| (*time, curve.at_risk(*time).to_string()))
            .collect(),
    });
    Some(Figure {
        name: "kaplan-meier".to_owned(),
        stage: None,
        title: words::KAPLAN_MEIER_TITLE.into(),
        content: Content::Plot(Plot {
            counts: counts.collect(),
            y: Axis::linear(words::WITHOUT_EVENT.text(), 0.0, 1.0),
            x,
            series,
            rules: vec![Rule {
                place: Place::Y(0.5),
                label: String::new(),
                tone: Tone::Muted,
            }],
            legend: !alone,
            ..Plot::default()
        }),
        notes: notes(input, alone),
        sheet: sheet(input),
    })
}

/// A group's name with its events and cases.
fn legend(name: &str, curve: &KaplanMeier) -> String {
    format!("{name}  {}/{}", curve.events, curve.cases)
}

fn band(curve: &KaplanMeier) -> Series {
    let mut edges: Vec<[f64; 3]> = vec![[0.0, 1.0, 1.0]];
    for point in &curve.points {
        if let Some(last) = edges.last().copied() {
            edges.push([point.time, last[1], last[2]]);
        }
        if !point.interval.lower.is_nan() {
            edges.push([point.time, point.interval.lower, point.interval.upper]);
        }
    }
    Series {
        name: String::new(),
        tone: Tone::Series(0),
        dash: Dash::Solid,
        marks: Marks::Band(edges),
    }
}

fn notes(input: &KaplanMeierInput, alone: bool) -> Vec<Message> {
    let mut notes: Vec<Message> = Vec::new();
    if !alone {
        notes.push(words::AT_RISK_BELOW.into());
    }
    notes.extend(input.curves.iter().map(|(name, curve)| {
        let (median, interval) = curve.median();
        let [lower, upper] = interval.limits().map(|limit| short(limit, 4));
        words::median_time(name, short(median, 4), interval.name(), lower, upper)
    }));
    notes.extend(input.p.map(|p| words::log_rank(p_equals(p))));
    notes
}

fn sheet(input: &KaplanMeierInput) -> Sheet {
    let mut sheet = Sheet::new(&[
        "group", "time", "at_risk", "events", "censored", "survival", "se", "lower", "upper",
    ]);
    for (name, curve) in &input.curves {
        for point in &curve.points {
            sheet.rows.push(vec![
                name.clone().into(),
                point.time.into(),
                (point.at_risk as f64).into(),
                (point.events as f64).into(),
                (point.censored as f64).into(),
                point.survival.into(),
                point.se().into(),
                point.interval.lower.into(),
                point.interval.upper.into(),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::cells::{Ink, Layout, paint};
    use crate::figure::svg;
    use crate::stats::survival::FollowUp;
    use crate::stats::survival::kaplan_meier::SurvivalScale;

    fn curve(times: std::ops::Range<u8>) -> KaplanMeier {
        let time: Vec<f64> = times.map(f64::from).collect();
        let event = time.iter().map(|time| time % 3.0 != 0.0).collect();
        KaplanMeier::new(&FollowUp::new(time, event).unwrap(), SurvivalScale::Log, 0.95).unwrap()
    }

    #[test]
    fn numbers_at_risk_stand_under_the_ticks_in_every_ink_and_on_paper() {
        let input = KaplanMeierInput {
            time: "days".to_owned(),
            curves: vec![("one".to_owned(), curve(1..41)), ("two".to_owned(), curve(20..60))],
            p: Some(0.0123),
        };
        let drawn = figure(&input).unwrap();
        for ink in [Ink::Braille, Ink::Ascii] {
            let layout = Layout {
                ink,
                ascii: ink == Ink::Ascii,
                title: true,
                ..Layout::default()
            };
            let cells = paint(&drawn, 78, 26, &layout);
            let lines: Vec<String> = (0..26).map(|row| cells.line(row, false)).collect();
            let label = lines.iter().position(|line| line.trim() == "days").unwrap();
            let ticks = &lines[label - 1];
            let first = lines.iter().find(|line| line.trim_start().starts_with("one ")).unwrap();
            let second = lines.iter().find(|line| line.trim_start().starts_with("two ")).unwrap();
            let column = |line: &str, text: &str| line.find(text).map(|at| line[..at].chars().count()).unwrap();
            // At 20 days 21 of the first group are at risk and all 40 of the second.
            assert_eq!(column(ticks, "20"), column(first, "21"), "{lines:#?}");
            let below: String = second.chars().skip(column(ticks, "20")).take(2).collect();
            assert_eq!(below, "40", "{lines:#?}");
            assert!(lines.iter().any(|line| line.contains("P = 0.0123")));
            if ink == Ink::Ascii {
                assert!(lines.iter().all(|line| line.is_ascii()), "{lines:#?}");
            }
        }
        let paper = svg::render(&drawn);
        assert!(paper.contains(">21<") && paper.contains(">40<"));
        assert!(figure(&KaplanMeierInput::default()).is_none());
    }
}
