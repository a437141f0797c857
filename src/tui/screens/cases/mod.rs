//! The cases: a list to filter, sort and mark, the facts of one case, its slices, and the review of its mask.

mod commands;
mod detail;
mod list;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use self::commands::{LIST_COMMANDS, VIEWER_COMMANDS};
use super::slices::Slices;
use crate::figure::Tone;
use crate::figure::section::Viewing;
use crate::message::english::cases as words;
use crate::message::english::charts::sorted_by;
use crate::message::english::commands::{GROUP_CASES, GROUP_SLICES};
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE, Row, SORTED};
use crate::tui::effect::Effect;
use crate::tui::fuzzy;
use crate::tui::screen::{self, Identity, Own, Scan, Screen, ScreenName, View};
use crate::tui::snapshot::{Case, Snapshot};
use crate::tui::widgets::table::Cursor;
use crate::tui::widgets::{left_of, right_of};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("cases"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    needs: None,
};

/// By what the list is sorted: the word in the session file, and the one for a person.
const ORDERS: [(Order, &str, Id); 6] = [
    (Order::Cohort, "cohort", words::BY_COHORT),
    (Order::Id, "id", words::BY_ID),
    (Order::Patient, "patient", words::BY_PATIENT),
    (Order::Outcome, "outcome", words::BY_OUTCOME),
    (Order::Voxels, "voxels", words::BY_VOXELS),
    (Order::State, "state", words::BY_STATE),
];

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As the cohort has them
    Cohort,
    /// By the case's id
    Id,
    /// By patient
    Patient,
    /// Those without the event first
    Outcome,
    /// The smallest mask first
    Voxels,
    /// The worst first
    State,
}

/// The screen.
#[derive(Default)]
pub struct Cases {
    cursor: Cursor,
    filter: String,
    key: usize,
    reverse: bool,
    marked: BTreeSet<String>,
    open: bool,
    /// The case whose scan was read last, and the scan
    scan: Option<(String, Option<Scan>)>,
    slices: Option<Slices>,
    /// A word of the viewer for the status line
    complaint: Option<Message>,
}

impl Cases {
    /// A list of one case whose slices are open already.
    pub fn viewing(case: &str, viewing: &Viewing) -> Self {
        let mut slices = Slices::new(case);
        slices.begin(viewing);
        Self {
            slices: Some(slices),
            ..Self::default()
        }
    }

    /// The positions of the cases in the order of the list.
    fn order(&self, snapshot: &Snapshot) -> Vec<usize> {
        let mut order = if self.filter.is_empty() {
            (0..snapshot.cases.len()).collect()
        } else {
            let words: Vec<String> = snapshot
                .cases
                .iter()
                .map(|case| format!("{} {} {} {}", case.id, case.patient, case.split, case.state.word()))
                .collect();
            fuzzy::find(&self.filter, words.iter().map(String::as_str))
        };
        let case = |index: usize| &snapshot.cases[index];
        match ORDERS[self.key].0 {
            Order::Cohort => {}
            Order::Id => order.sort_by(|&left, &right| case(left).id.cmp(&case(right).id)),
            Order::Patient => order.sort_by(|&left, &right| case(left).patient.cmp(&case(right).patient)),
            Order::Outcome => order.sort_by_key(|&index| case(index).event),
            Order::Voxels => order.sort_by_key(|&index| case(index).voxels),
            Order::State => order.sort_by_key(|&index| std::cmp::Reverse(case(index).state)),
        }
        if self.reverse {
            order.reverse();
        }
        order
    }

    fn in_hand<'a>(&self, snapshot: &'a Snapshot) -> Option<(usize, &'a Case)> {
        let index = *self.order(snapshot).get(self.cursor.row)?;
        Some((index, &snapshot.cases[index]))
    }

    /// The marked cases, or the one in hand.
    fn chosen(&self, snapshot: &Snapshot) -> Vec<String> {
        if self.marked.is_empty() {
            self.in_hand(snapshot)
                .map(|(_, case)| case.id.clone())
                .into_iter()
                .collect()
        } else {
            self.marked.iter().cloned().collect()
        }
    }

    /// Opens the viewer on the case in hand; its scan may be here already.
    fn look(&mut self, view: &View) -> Vec<Effect> {
        let Some((_, case)) = self.in_hand(view.snapshot) else {
            return Vec::new();
        };
        let mut slices = match &self.slices {
            Some(slices) => slices.next(&case.id),
            None => Slices::new(&case.id),
        };
        if let Some((id, Some(picture))) = &self.scan
            && *id == case.id
        {
            slices.receive(picture.clone());
            self.slices = Some(slices);
            return Vec::new();
        }
        self.slices = Some(slices);
        self.read_scan(view)
    }

    /// Asks for the scan of the case in hand, unless it is here or on its way.
    fn read_scan(&mut self, view: &View) -> Vec<Effect> {
        let Some((index, case)) = self.in_hand(view.snapshot) else {
            return Vec::new();
        };
        if case.image.is_none() || self.scan.as_ref().is_some_and(|(id, _)| *id == case.id) {
            return Vec::new();
        }
        // The one before goes first: there is never more than one in memory.
        self.scan = Some((case.id.clone(), None));
        vec![Effect::Fetch(index)]
    }

    /// Goes to the next or previous case of the list with the viewer open.
    fn turn_page(&mut self, forward: bool, view: &View) -> Vec<Effect> {
        let last = self.order(view.snapshot).len().saturating_sub(1);
        let row = if forward {
            (self.cursor.row + 1).min(last)
        } else {
            self.cursor.row.saturating_sub(1)
        };
        if row == self.cursor.row {
            return vec![Effect::Say(Tone::Plain, words::LAST_CASE.into())];
        }
        self.cursor.row = row;
        self.look(view)
    }

    /// Its own commands now: the viewer's while it is open.
    fn own_commands(&self) -> &'static [Own<Self>] {
        if self.slices.is_some() {
            VIEWER_COMMANDS
        } else {
            LIST_COMMANDS
        }
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
        screen::rows(self.own_commands())
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![
            (GROUP_CASES, screen::rows(LIST_COMMANDS)),
            (GROUP_SLICES, screen::rows(VIEWER_COMMANDS)),
        ]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(self.own_commands(), order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        self.complaint = None;
        screen::act(self.own_commands(), order, self, view)
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
        if view.snapshot.unsaved > 0 {
            parts.push(words::unsaved(view.snapshot.unsaved));
        }
        if let Some((_, case)) = self.in_hand(view.snapshot)
            && let Some(remark) = case.remarks.first()
        {
            parts.push(remark.clone());
        }
        parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("  ")
    }

    fn receive(&mut self, case: &str, picture: &Scan) {
        if let Some((_, scan)) = self.scan.as_mut().filter(|(id, _)| id == case) {
            *scan = Some(picture.clone());
        }
        if let Some(slices) = self.slices.as_mut().filter(|slices| slices.case == case) {
            slices.receive(picture.clone());
        }
    }

    fn answer(&mut self, words: &str) {
        if let Some(slices) = &mut self.slices {
            self.complaint = slices.set_window(words);
        }
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
