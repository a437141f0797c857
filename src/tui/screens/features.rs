//! The features: what is known about each, its distribution by outcome, and how they hang together.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use super::chart::ChartState;
use crate::figure::histogram::{self, HistogramInput};
use crate::figure::ticks::{p_value, significant};
use crate::figure::{Figure, Tone, heatmap};
use crate::message::english::charts::sorted_by;
use crate::message::english::features as words;
use crate::message::{Id, Message};
use crate::stats::base::number::{short_share, signed_share};
use crate::tui::command::{BY_CASE, CHART, Command, Group, LIST, MOVE, PARTS, SORTED};
use crate::tui::effect::Effect;
use crate::tui::fuzzy;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::{FeatureRow, Snapshot};
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{left_of, plot, right_of, table, text};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("features"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("standardise"),
};

/// By what the list is sorted: the word in the session file, and the one for a person.
const ORDERS: [(Order, &str, Id); 7] = [
    (Order::Table, "order", words::BY_ORDER),
    (Order::P, "P", words::BY_P),
    (Order::Auc, "AUC", words::BY_AUC),
    (Order::Icc, "ICC", words::BY_ICC),
    (Order::Volume, "volume", words::BY_VOLUME),
    (Order::Coefficient, "coefficient", words::BY_COEFFICIENT),
    (Order::Name, "name", words::BY_NAME),
];

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As the table has them
    Table,
    /// The smallest P first
    P,
    /// The area farthest from one half first
    Auc,
    /// The best agreement first
    Icc,
    /// The closest to the volume first
    Volume,
    /// The largest coefficient first
    Coefficient,
    /// By name
    Name,
}

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
        match ORDERS[self.key].0 {
            Order::Table => {}
            Order::P => by(&mut order, &|row| row.p),
            Order::Auc => by(&mut order, &|row| -(row.auc - 0.5).abs()),
            Order::Icc => by(&mut order, &|row| {
                -row.agreement.map_or(f64::NAN, |agreement| agreement.0)
            }),
            Order::Volume => by(&mut order, &|row| -row.volume_correlation.abs()),
            Order::Coefficient => by(&mut order, &|row| -row.coefficient.unwrap_or(0.0).abs()),
            Order::Name => order.sort_by(|&left, &right| rows[left].name.cmp(&rows[right].name)),
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
            words::EVENT.text()
        } else {
            &view.snapshot.outcome
        };
        let [without, with] = row.values.clone();
        histogram::figure(&HistogramInput {
            title: Message::verbatim(&row.name),
            label: words::VALUE_TRAINING.to_string(),
            groups: vec![(words::no_event(event), without), (Message::verbatim(event), with)],
            bins: 0,
        })
    }

    fn draw_list(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let order = self.order(view.snapshot);
        let rows = &view.snapshot.features;
        let number = self.case;
        let mut columns = vec![
            Column::name(words::FEATURE, 0),
            Column::number(words::BY_P, 8),
            Column::number(words::BY_AUC, 5),
            Column::number(words::ICC_LOW, 7),
            Column::number(words::COEF, 8),
        ];
        let case = self.case_name(view.snapshot).is_some();
        if case {
            columns.extend([Column::number(words::VALUE, 9), Column::number(words::IN_SD, 6)]);
        }
        let wide = area.width >= 110;
        if wide {
            columns.extend([
                Column::number(words::MEAN, 9),
                Column::number(words::SD, 9),
                Column::number(words::R_VOLUME, 6),
                Column::text(words::DROPPED, 22),
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
                (short_share(row.auc, 3), style),
                (
                    row.agreement
                        .map_or_else(|| "–".to_owned(), |(_, limits)| short_share(limits.lower, 2)),
                    match row.agreement {
                        Some((_, limits)) if limits.lower < 0.75 => view.theme.tone(Tone::Warn),
                        _ => style,
                    },
                ),
                (
                    kept.map_or_else(String::new, |value| signed_share(value, 4)),
                    view.theme.accent(),
                ),
            ];
            if case {
                let (value, away) = value_of(view.snapshot, number, row).unwrap_or((f64::NAN, f64::NAN));
                cells.extend([
                    (significant(value, 4), style),
                    (
                        if away.is_finite() {
                            signed_share(away, 1)
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
            text(buffer, area, 2, 2, words::NONE_MATCHES.text(), view.theme.muted());
        }
    }
}

impl Screen for Features {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn ready(&self, snapshot: &Snapshot) -> bool {
        !snapshot.features.is_empty()
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, SORTED, PARTS, CHART, BY_CASE]
    }

    fn refusal(&self, command: Command, view: &View) -> Option<Message> {
        (matches!(command, Command::NextPart) && view.snapshot.correlation.is_none() && !self.heat)
            .then(|| words::NO_CORRELATIONS.into())
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
                self.key = (self.key + 1) % ORDERS.len();
                return vec![Effect::Say(Tone::Plain, sorted_by(ORDERS[self.key].2))];
            }
            Command::Reverse => self.reverse = !self.reverse,
            Command::NextCase | Command::CaseBefore => {
                let count = view.snapshot.table.as_ref().map_or(0, |table| table.ids.len());
                self.case = next_case(self.case, count, command == Command::NextCase);
                self.heat = false;
            }
            _ => return self.chart.obey(command, self.figure(view).as_ref()).unwrap_or_default(),
        }
        Vec::new()
    }

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        self.cursor.click(column, row);
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

    fn narrows(&self) -> bool {
        !self.heat
    }

    fn filter(&mut self) -> Option<&mut String> {
        (!self.heat).then_some(&mut self.filter)
    }

    fn reading(&self, view: &View) -> String {
        let order = self.order(view.snapshot);
        let Some(row) = self.in_hand(view.snapshot) else {
            return words::count(order.len()).to_string();
        };
        let mut reading = words::place(self.cursor.row + 1, order.len(), &row.name).to_string();
        if let (Some(case), Some((value, away))) =
            (self.case_name(view.snapshot), value_of(view.snapshot, self.case, row))
        {
            let away = signed_share(away, 2);
            reading = words::of_case(case, &row.name, significant(value, 5), away).to_string();
        }
        if let Some((value, limits)) = row.agreement {
            reading.push_str(&format!(
                "  ICC {} ({} {}–{})",
                short_share(value, 2),
                limits.name(),
                short_share(limits.lower, 2),
                short_share(limits.upper, 2)
            ));
        }
        if !row.dropped.is_empty() {
            reading.push_str(&format!("  {}", words::dropped_because(&row.dropped)));
        }
        reading
    }

    fn memory(&self) -> Value {
        json!({
            "row": self.cursor.row,
            "filter": self.filter,
            "sort": ORDERS[self.key].1,
            "reverse": self.reverse,
        })
    }

    fn recall(&mut self, memory: &Value) {
        self.cursor.row = memory["row"].as_u64().unwrap_or(0) as usize;
        memory["filter"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut self.filter);
        self.key = ORDERS.iter().position(|order| memory["sort"] == order.1).unwrap_or(0);
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
