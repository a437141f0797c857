//! The view state of the list: what is in hand, marked and sorted, and the viewer over it.

use std::collections::BTreeSet;

use crate::figure::Tone;
use crate::figure::section::Viewing;
use crate::message::english::cases as words;
use crate::message::{Id, Message};
use crate::tui::effect::Effect;
use crate::tui::fuzzy;
use crate::tui::screen::{Scan, View};
use crate::tui::screens::slices::Slices;
use crate::tui::snapshot::{Case, Snapshot};
use crate::tui::widgets::table::Cursor;

/// By what the list is sorted: the word in the session file, and the one for a person.
pub(super) const ORDERS: [(Order, &str, Id); 6] = [
    (Order::Cohort, "cohort", words::BY_COHORT),
    (Order::Id, "id", words::BY_ID),
    (Order::Patient, "patient", words::BY_PATIENT),
    (Order::Outcome, "outcome", words::BY_OUTCOME),
    (Order::Voxels, "voxels", words::BY_VOXELS),
    (Order::State, "state", words::BY_STATE),
];

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
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
    pub(super) cursor: Cursor,
    pub(super) filter: String,
    pub(super) key: usize,
    pub(super) reverse: bool,
    pub(super) marked: BTreeSet<String>,
    pub(super) open: bool,
    /// The case whose scan was read last, and the scan
    pub(super) scan: Option<(String, Option<Scan>)>,
    pub(super) slices: Option<Slices>,
    /// A word of the viewer for the status line
    pub(super) complaint: Option<Message>,
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
    pub(super) fn order(&self, snapshot: &Snapshot) -> Vec<usize> {
        let mut order: Vec<usize> = if self.filter.is_empty() {
            (0..snapshot.cases.len()).collect()
        } else {
            let remarks: Vec<String> = snapshot
                .cases
                .iter()
                .map(|case| case.remarks.first().map_or_else(String::new, ToString::to_string))
                .collect();
            let rows = snapshot.cases.iter().zip(&remarks).map(|(case, remark)| {
                let names = vec![case.id.as_str(), &case.patient, &case.split, case.state.word().text()];
                let mut cells = vec![event(case), case.comment.as_str(), remark];
                cells.extend(case.cells.iter().map(String::as_str));
                (names, cells)
            });
            fuzzy::find_rows(&self.filter, rows)
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

    pub(super) fn in_hand<'a>(&self, snapshot: &'a Snapshot) -> Option<(usize, &'a Case)> {
        let index = *self.order(snapshot).get(self.cursor.row)?;
        Some((index, &snapshot.cases[index]))
    }

    /// The marked cases, or the one in hand.
    pub(super) fn chosen(&self, snapshot: &Snapshot) -> Vec<String> {
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
    pub(super) fn look(&mut self, view: &View) -> Vec<Effect> {
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
    pub(super) fn read_scan(&mut self, view: &View) -> Vec<Effect> {
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
    pub(super) fn turn_page(&mut self, forward: bool, view: &View) -> Vec<Effect> {
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
}

/// Whether the event happened, in a word.
pub(super) fn event(case: &Case) -> &'static str {
    match case.event {
        Some(true) => words::YES.text(),
        Some(false) => words::NO.text(),
        None => "–",
    }
}
