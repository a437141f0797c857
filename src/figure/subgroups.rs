//! A model's area under the ROC curve in the groups of the cohort, with intervals on one axis, a rule at one half.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{NOT_AVAILABLE, share_with_limits};

/// A model in the groups of one set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubgroupsInput {
    /// What is judged, such as "model 1, test"
    pub name: String,
    /// The groups, column by column
    pub lines: Vec<SubgroupLine>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubgroupLine {
    /// The column
    pub column: String,
    /// The group
    pub group: String,
    /// Its cases
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// The area; NaN where all cases have one outcome
    pub auc: f64,
    /// Its interval
    pub interval: Interval,
}

impl Chart for SubgroupsInput {
    const NAME: &'static str = "subgroups";
    const ABOUT: Id = words::SUBGROUPS_ABOUT;
    const NEEDS: &'static str = "subgroups";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a group.
pub fn figure(input: &SubgroupsInput) -> Option<Figure> {
    if input.lines.is_empty() {
        return None;
    }
    let mut sheet = Sheet::new(&[
        "column", "group", "cases", "events", "auc", "ci_low", "ci_high", "level",
    ]);
    let mut rows = Vec::new();
    for line in &input.lines {
        sheet.rows.push(vec![
            line.column.clone().into(),
            line.group.clone().into(),
            (line.cases as f64).into(),
            (line.events as f64).into(),
            line.auc.into(),
            line.interval.lower.into(),
            line.interval.upper.into(),
            line.interval.level.into(),
        ]);
        let area = if line.auc.is_nan() {
            NOT_AVAILABLE.to_owned()
        } else {
            share_with_limits(line.auc, line.interval, 2)
        };
        rows.push(Row {
            name: format!("{} {}", line.column, line.group),
            texts: vec![format!("{}/{}", line.events, line.cases), area],
            value: line.auc,
            // Without an interval the mark stands alone.
            interval: if line.interval.lower.is_finite() {
                Some(line.interval.into())
            } else {
                line.auc.is_finite().then_some((line.auc, line.auc))
            },
            tone: Tone::Plain,
        });
    }
    let level = common_name(input.lines.iter().map(|line| line.interval));
    let limits = input.lines.iter().flat_map(|line| [line.auc, line.interval.lower]);
    let low = limits.filter(|value| value.is_finite()).fold(0.5, f64::min);
    Some(Figure {
        name: format!("subgroups-{}", super::calibration::file_name(&input.name)),
        stage: Some(SubgroupsInput::NEEDS),
        title: words::subgroups_title(&input.name),
        content: Content::Rows(Rows {
            x: Axis::linear(words::AUC.text(), (low - 0.05).max(0.0), 1.0),
            centre: 0.5,
            headings: vec![
                String::new(),
                words::EVENTS_OF_CASES.to_string(),
                words::auc_interval(&level).to_string(),
            ],
            rows,
        }),
        notes: vec![words::SUBGROUPS_NOTE.into()],
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::cells::{Layout, paint};

    #[test]
    fn every_group_stands_with_its_counts_and_its_area() {
        let line = |group: &str, auc: f64, lower: f64| SubgroupLine {
            column: "sex".to_owned(),
            group: group.to_owned(),
            cases: 20,
            events: 7,
            auc,
            interval: Interval::new(lower, if auc.is_nan() { auc } else { 0.95 }, 0.95),
        };
        let input = SubgroupsInput {
            name: "model 1, test".to_owned(),
            lines: vec![line("f", 0.8, 0.6), line("m", f64::NAN, f64::NAN)],
        };
        let found = figure(&input).unwrap();
        let cells = paint(&found, 90, 16, &Layout::default());
        let text: String = (0..16).map(|row| cells.line(row, false) + "\n").collect();
        for says in ["sex f", "sex m", "7/20", "0.80", NOT_AVAILABLE] {
            assert!(text.contains(says), "{says}\n{text}");
        }
        assert_eq!(found.sheet.rows.len(), 2);
        assert!(figure(&SubgroupsInput::default()).is_none());
    }
}
