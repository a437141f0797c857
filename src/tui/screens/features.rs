//! The features: what is known about each, its distribution by outcome, and how they hang together.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use super::chart::ChartState;
use crate::figure::histogram::{self, HistogramInput};
use crate::figure::ticks::{p_value, significant};
use crate::figure::{Figure, Tone, heatmap};
use crate::tui::command::{Command, Scope};
use crate::tui::fuzzy;
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::{FeatureRow, Snapshot};
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{left_of, plot, right_of, table, text};

const KEYS: [&str; 7] = ["order", "P", "AUC", "ICC", "volume", "coefficient", "name"];

/// The screen.
#[derive(Default)]
pub struct Features {
    cursor: Cursor,
    filter: String,
    key: usize,
    reverse: bool,
    open: bool,
    heat: bool,
    /// The case whose values are shown
    case: Option<usize>,
    chart: ChartState,
}

impl Features {
    fn case_name<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a str> {
        snapshot.table.as_ref()?.ids.get(self.case?).map(String::as_str)
    }

    fn order(&self, snapshot: &Snapshot) -> Vec<usize> {
        let rows = &snapshot.features;
        let mut order = if self.filter.is_empty() {
            (0..rows.len()).collect()
        } else {
            fuzzy::find(&self.filter, rows.iter().map(|row| row.name.as_str()))
        };
        let last = |value: f64| if value.is_nan() { f64::INFINITY } else { value };
        let by = |order: &mut Vec<usize>, value: &dyn Fn(&FeatureRow) -> f64| {
            order.sort_by(|&left, &right| last(value(&rows[left])).total_cmp(&last(value(&rows[right]))));
        };
        match KEYS[self.key] {
            "P" => by(&mut order, &|row| row.p),
            "AUC" => by(&mut order, &|row| -(row.auc - 0.5).abs()),
            "ICC" => by(&mut order, &|row| {
                -row.agreement.map_or(f64::NAN, |agreement| agreement.0)
            }),
            "volume" => by(&mut order, &|row| -row.volume_correlation.abs()),
            "coefficient" => by(&mut order, &|row| -row.coefficient.unwrap_or(0.0).abs()),
            "name" => order.sort_by(|&left, &right| rows[left].name.cmp(&rows[right].name)),
            _ => {}
        }
        if self.reverse {
            order.reverse();
        }
        order
    }

    fn in_hand<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a FeatureRow> {
        let index = *self.order(snapshot).get(self.cursor.row)?;
        snapshot.features.get(index)
    }

    fn figure(&self, view: &View) -> Option<Figure> {
        if self.heat {
            return view.snapshot.correlation.as_ref().and_then(heatmap::figure);
        }
        let row = self.in_hand(view.snapshot)?;
        let event = if view.snapshot.outcome.is_empty() {
            "event"
        } else {
            &view.snapshot.outcome
        };
        let [without, with] = row.values.clone();
        histogram::figure(&HistogramInput {
            title: row.name.clone(),
            label: "value, training cases".to_owned(),
            groups: vec![(format!("no {event}"), without), (event.to_owned(), with)],
            bins: 0,
        })
    }

    fn draw_list(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let order = self.order(view.snapshot);
        let rows = &view.snapshot.features;
        let number = self.case;
        let mut columns = vec![
            Column::name("feature", 0),
            Column::number("P", 7),
            Column::number("AUC", 5),
            Column::number("ICC low", 7),
            Column::number("coef", 8),
        ];
        let case = self.case_name(view.snapshot).is_some();
        if case {
            columns.extend([Column::number("value", 9), Column::number("in SD", 6)]);
        }
        let wide = area.width >= 110;
        if wide {
            columns.extend([
                Column::number("mean", 9),
                Column::number("SD", 9),
                Column::number("r vol", 6),
                Column::text("dropped", 22),
            ]);
        }
        table::draw(buffer, area, &columns, order.len(), &mut self.cursor, view, |index| {
            let row = &rows[order[index]];
            let style = if row.dropped.is_empty() {
                Style::new()
            } else {
                view.theme.muted()
            };
            let kept = row.coefficient.filter(|value| *value != 0.0);
            let mut cells = vec![
                (
                    row.name.clone(),
                    if kept.is_some() { view.theme.accent() } else { style },
                ),
                (p_value(row.p), if row.p < 0.05 { view.theme.accent() } else { style }),
                (
                    if row.auc.is_nan() {
                        "–".to_owned()
                    } else {
                        format!("{:.3}", row.auc)
                    },
                    style,
                ),
                (
                    row.agreement
                        .map_or_else(|| "–".to_owned(), |(_, low, _)| format!("{low:.2}")),
                    match row.agreement {
                        Some((_, low, _)) if low < 0.75 => view.theme.tone(Tone::Warn),
                        _ => style,
                    },
                ),
                (
                    kept.map_or_else(String::new, |value| format!("{value:+.4}")),
                    view.theme.accent(),
                ),
            ];
            if case {
                let (value, away) = value_of(view.snapshot, number, row).unwrap_or((f64::NAN, f64::NAN));
                cells.extend([
                    (significant(value, 4), style),
                    (
                        if away.is_finite() {
                            format!("{away:+.1}")
                        } else {
                            "–".to_owned()
                        },
                        if away.abs() > 3.0 {
                            view.theme.tone(Tone::Warn)
                        } else {
                            style
                        },
                    ),
                ]);
            }
            if wide {
                cells.extend([
                    (significant(row.mean, 4), style),
                    (significant(row.standard_deviation, 4), style),
                    (
                        if row.volume_correlation.is_nan() {
                            "–".to_owned()
                        } else {
                            format!("{:+.2}", row.volume_correlation)
                        },
                        style,
                    ),
                    (row.dropped.clone(), view.theme.muted()),
                ]);
            }
            cells
        });
        if order.is_empty() {
            text(buffer, area, 2, 2, "no feature matches the filter", view.theme.muted());
        }
    }
}

impl Screen for Features {
    fn title(&self) -> &'static str {
        "features"
    }

    fn short(&self) -> &'static str {
        "feat"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("standardise")
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        !snapshot.features.is_empty()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Sorted, Scope::Parts, Scope::Chart, Scope::ByCase]
    }

    fn refusal(&self, command: Command, snapshot: &Snapshot) -> Option<String> {
        (matches!(command, Command::NextPart) && snapshot.correlation.is_none() && !self.heat)
            .then(|| "no correlations: too many features, or none judged yet".to_owned())
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let rows = self.order(view.snapshot).len();
        if !self.heat && !self.chart.table && self.cursor.obey(command, rows) {
            return Vec::new();
        }
        match command {
            Command::Open => self.open = !self.open,
            Command::NextPart | Command::PreviousPart => {
                self.heat = !self.heat && view.snapshot.correlation.is_some();
            }
            Command::Sort => {
                self.key = (self.key + 1) % KEYS.len();
                return vec![Effect::Say(Tone::Plain, format!("sorted by {}", KEYS[self.key]))];
            }
            Command::Reverse => self.reverse = !self.reverse,
            Command::LoadCase | Command::LoadCaseBefore => {
                let count = view.snapshot.table.as_ref().map_or(0, |table| table.ids.len());
                self.case = next_case(self.case, count, command == Command::LoadCase);
                self.heat = false;
            }
            _ => return self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default(),
        }
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        if self.chart.table || self.heat {
            if let Some(figure) = self.figure(view) {
                self.chart.draw(buffer, area, &figure, view);
            }
            return;
        }
        if area.width >= 100 {
            let list = if area.width >= 180 {
                area.width - 64
            } else {
                area.width - 46
            };
            self.draw_list(buffer, left_of(area, list), view);
            if let Some(figure) = self.figure(view) {
                let mut room = right_of(area, list + 2);
                room.height = room.height.min(26);
                plot::draw(buffer, room, &figure, view, None, 0);
            }
        } else if self.open {
            if let Some(figure) = self.figure(view) {
                plot::draw(buffer, area, &figure, view, None, 0);
            }
        } else {
            self.draw_list(buffer, area, view);
        }
    }

    fn back(&mut self) -> bool {
        if self.chart.table {
            self.chart.table = false;
            return true;
        }
        if self.heat || self.open {
            self.heat = false;
            self.open = false;
            return true;
        }
        if self.case.take().is_some() {
            return true;
        }
        if self.filter.is_empty() {
            return false;
        }
        self.filter.clear();
        true
    }

    fn filter(&mut self) -> Option<&mut String> {
        (!self.heat).then_some(&mut self.filter)
    }

    fn reading(&self, view: &View) -> String {
        let order = self.order(view.snapshot);
        let Some(row) = self.in_hand(view.snapshot) else {
            return format!("{} features", order.len());
        };
        let mut words = format!("{} of {}  {}", self.cursor.row + 1, order.len(), row.name);
        if let (Some(case), Some((value, away))) =
            (self.case_name(view.snapshot), value_of(view.snapshot, self.case, row))
        {
            words = format!("{case}: {} {}, {away:+.2} SD", row.name, significant(value, 5));
        }
        if let Some((value, low, high)) = row.agreement {
            words.push_str(&format!("  ICC {value:.2} ({low:.2}–{high:.2})"));
        }
        if !row.dropped.is_empty() {
            words.push_str(&format!("  dropped: {}", row.dropped));
        }
        words
    }

    fn memory(&self) -> Value {
        json!({
            "row": self.cursor.row,
            "filter": self.filter,
            "sort": KEYS[self.key],
            "reverse": self.reverse,
        })
    }

    fn recall(&mut self, memory: &Value) {
        self.cursor.row = memory["row"].as_u64().unwrap_or(0) as usize;
        memory["filter"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut self.filter);
        self.key = KEYS.iter().position(|key| memory["sort"] == *key).unwrap_or(0);
        self.reverse = memory["reverse"].as_bool().unwrap_or(false);
    }
}

/// A feature's value of a case, and how many training SDs it lies from the training mean.
fn value_of(snapshot: &Snapshot, case: Option<usize>, row: &FeatureRow) -> Option<(f64, f64)> {
    let value = snapshot.table.as_ref()?.column(&row.name)?.get(case?).copied()?;
    Some((value, (value - row.mean) / row.standard_deviation))
}

/// The next or previous of `count` cases; beyond the ends there is none.
pub(super) fn next_case(case: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    match (case, forward) {
        (_, _) if count == 0 => None,
        (None, true) => Some(0),
        (None, false) => Some(count - 1),
        (Some(case), true) => Some((case + 1) % count),
        (Some(case), false) => Some((case + count - 1) % count),
    }
}
