//! The cases: a list to filter, sort and mark, the facts of one case, its slices, and the review of its mask.

mod commands;
mod detail;
mod list;
mod mending;
mod state;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use self::commands::{LIST_COMMANDS, VIEWER_COMMANDS};
use self::mending::MENDING_COMMANDS;
pub use self::state::Cases;
use self::state::ORDERS;
use crate::figure::Tone;
use crate::message::english::cases as words;
use crate::message::english::charts::sorted_by;
use crate::message::english::commands::{GROUP_CASES, GROUP_MENDING, GROUP_SLICES};
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE, Row, SORTED};
use crate::tui::effect::Effect;
use crate::tui::screen::{self, Identity, Own, Scan, Screen, ScreenName, View};
use crate::tui::widgets::{left_of, right_of};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("cases"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// The own commands now: the viewer's while it is open.
fn own_commands(cases: &Cases) -> &'static [Own<Cases>] {
    match &cases.slices {
        Some(slices) if slices.is_mending() => MENDING_COMMANDS,
        Some(_) => VIEWER_COMMANDS,
        None => LIST_COMMANDS,
    }
}

impl Screen for Cases {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        if self.slices.is_some() {
            &[]
        } else {
            &[MOVE, LIST, SORTED]
        }
    }

    fn refusal(&self, command: Command, view: &View) -> Option<Message> {
        (command == Command::Open && self.in_hand(view.snapshot).is_none()).then(|| words::NO_CASE.into())
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let rows = self.order(view.snapshot).len();
        if self.cursor.obey(command, rows) {
            return Vec::new();
        }
        match command {
            // Where list and detail stand side by side, Enter reads the scan for the detail's histogram.
            Command::Open => {
                self.open = !self.open;
                return self.read_scan(view);
            }
            Command::Sort => {
                self.key = (self.key + 1) % ORDERS.len();
                return vec![Effect::Say(Tone::Plain, sorted_by(ORDERS[self.key].2))];
            }
            Command::Reverse => self.reverse = !self.reverse,
            _ => {}
        }
        Vec::new()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(own_commands(self))
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![
            (GROUP_CASES, screen::rows(LIST_COMMANDS)),
            (GROUP_SLICES, screen::rows(VIEWER_COMMANDS)),
            (GROUP_MENDING, screen::rows(MENDING_COMMANDS)),
        ]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(own_commands(self), order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        self.complaint = None;
        screen::act(own_commands(self), order, self, view)
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        if let Some(slices) = &mut self.slices {
            slices.draw(buffer, area, view);
            return;
        }
        if area.width >= 120 {
            let list = area.width - 42;
            self.draw_list(buffer, left_of(area, list), view);
            self.draw_detail(buffer, right_of(area, list + 2), view);
        } else if area.width >= 100 {
            let list = area.width - 36;
            self.draw_list(buffer, left_of(area, list), view);
            self.draw_detail(buffer, right_of(area, list + 2), view);
        } else if self.open {
            self.draw_detail(buffer, area, view);
        } else {
            self.draw_list(buffer, area, view);
        }
    }

    fn back(&mut self) -> bool {
        if let Some(slices) = &mut self.slices {
            if !slices.back() {
                self.slices = None;
            }
            return true;
        }
        if self.open {
            self.open = false;
            return true;
        }
        if !self.filter.is_empty() {
            self.filter.clear();
            return true;
        }
        if !self.marked.is_empty() {
            self.marked.clear();
            return true;
        }
        false
    }

    fn narrows(&self) -> bool {
        self.slices.is_none()
    }

    fn filter(&mut self) -> Option<&mut String> {
        self.slices.is_none().then_some(&mut self.filter)
    }

    fn reading(&self, view: &View) -> String {
        if let Some(slices) = &self.slices {
            return match &self.complaint {
                Some(complaint) => complaint.to_string(),
                None => slices.reading(),
            };
        }
        let order = self.order(view.snapshot);
        let mut parts = vec![words::place((self.cursor.row + 1).min(order.len()), order.len())];
        if !self.filter.is_empty() {
            parts.push(words::filtered(&self.filter));
        }
        if !self.marked.is_empty() {
            parts.push(words::marked(self.marked.len()));
        }
        if view.snapshot.changes.cells > 0 {
            parts.push(words::changed_cells(view.snapshot.changes.cells));
        }
        if let Some((_, case)) = self.in_hand(view.snapshot)
            && let Some(remark) = case.remarks.first()
        {
            parts.push(remark.clone());
        }
        parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("  ")
    }

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        if self.slices.is_none() {
            self.cursor.click(column, row);
        }
        Vec::new()
    }

    fn receive(&mut self, case: &str, picture: &Scan) {
        if let Some((_, scan)) = self.scan.as_mut().filter(|(id, _)| id == case) {
            *scan = Some(picture.clone());
        }
        if let Some(slices) = self.slices.as_mut().filter(|slices| slices.case == case) {
            slices.receive(picture.clone());
        }
    }

    fn answer(&mut self, words: &str) -> Vec<Effect> {
        if let Some(slices) = &mut self.slices {
            if slices.is_mending() {
                slices.take_step(words);
            } else {
                self.complaint = slices.set_window(words);
            }
        }
        Vec::new()
    }

    fn work(&self) -> Option<(usize, usize)> {
        self.slices.as_ref()?.steps()
    }

    fn go_back(&mut self, again: bool) {
        if let Some(slices) = &mut self.slices {
            slices.go_back(again);
        }
    }

    fn mended(&mut self, case: &str, view: &View) -> Vec<Effect> {
        self.look_anew(case, view)
    }

    fn memory(&self) -> Value {
        json!({
            "row": self.cursor.row,
            "filter": self.filter,
            "sort": ORDERS[self.key].1,
            "reverse": self.reverse,
            "marked": self.marked,
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
        self.marked = memory["marked"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| Some(id.as_str()?.to_owned()))
            .collect();
    }
}
