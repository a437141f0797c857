//! The cases: a list to filter, sort and mark, the facts of one case, its slices, and the review of its mask.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use super::slices::Slices;
use crate::figure::Tone;
use crate::figure::histogram::{self, HistogramInput};
use crate::figure::section::Viewing;
use crate::figure::ticks::significant;
use crate::tui::command::{Command, Scope};
use crate::tui::fuzzy;
use crate::tui::screen::{Effect, Question, Scan, Screen, View};
use crate::tui::snapshot::{Case, CaseState, Picture, Snapshot};
use crate::tui::source::Decision;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{below, left_of, plot, right_of, table, text, wrap};

/// By what the list is sorted.
const KEYS: [&str; 6] = ["cohort", "id", "patient", "outcome", "voxels", "state"];

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
    complaint: Option<String>,
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
        match KEYS[self.key] {
            "id" => order.sort_by(|&left, &right| case(left).id.cmp(&case(right).id)),
            "patient" => order.sort_by(|&left, &right| case(left).patient.cmp(&case(right).patient)),
            "outcome" => order.sort_by_key(|&index| case(index).event),
            "voxels" => order.sort_by_key(|&index| case(index).voxels),
            "state" => order.sort_by_key(|&index| std::cmp::Reverse(case(index).state)),
            _ => {}
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
            return vec![Effect::Say(Tone::Plain, "this is the last case of the list".to_owned())];
        }
        self.cursor.row = row;
        self.look(view)
    }

    /// Asks for a remark on what is chosen.
    fn ask_remark(&self, view: &View) -> Vec<Effect> {
        let before = self
            .in_hand(view.snapshot)
            .map(|(_, case)| case.comment.clone())
            .unwrap_or_default();
        vec![Effect::Ask(Question::Comment(self.chosen(view.snapshot)), before)]
    }

    fn draw_list(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let order = self.order(view.snapshot);
        let wide = area.width >= 78;
        let wider = area.width >= 96;
        let mut columns = vec![
            Column::text("", 1),
            Column::name("case", 0),
            Column::name("patient", if wider { 12 } else { 8 }),
            Column::text("event", 5),
        ];
        if wide {
            columns.extend([Column::text("set", 8), Column::number("voxels", 7)]);
        }
        if wider {
            columns.push(Column::number("spacing mm", 15));
        }
        columns.extend([
            Column::text("state", 8),
            Column::text("remark", if wide { 18 } else { 12 }),
        ]);
        let marked = &self.marked;
        table::draw(buffer, area, &columns, order.len(), &mut self.cursor, view, |row| {
            let case = &view.snapshot.cases[order[row]];
            let plain = Style::new();
            let mut cells = vec![
                (
                    if marked.contains(&case.id) {
                        view.glyphs.mark
                    } else {
                        " "
                    }
                    .to_owned(),
                    view.theme.accent(),
                ),
                (case.id.clone(), plain),
                (case.patient.clone(), plain),
                (event(case), plain),
            ];
            if wide {
                cells.extend([
                    (case.split.clone(), plain),
                    (case.voxels.map_or_else(String::new, |count| count.to_string()), plain),
                ]);
            }
            if wider {
                cells.push((spacing(case), plain));
            }
            cells.push((case.state.word().to_owned(), view.theme.tone(tone(case.state))));
            cells.push((case.remarks.first().cloned().unwrap_or_default(), view.theme.muted()));
            cells
        });
        if order.is_empty() {
            let words = if view.snapshot.cases.is_empty() {
                "the cohort has no cases"
            } else {
                "no case matches the filter (Esc takes it away)"
            };
            text(buffer, area, 2, 2, words, view.theme.muted());
        }
    }

    fn draw_detail(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some((_, case)) = self.in_hand(view.snapshot) else {
            return;
        };
        // Where the detail has the screen for itself, the histogram stands beside it; else below.
        let scan = self.scan.as_ref().filter(|(id, _)| *id == case.id);
        let figure = match scan {
            Some((_, Some(Ok(picture)))) => intensities(picture),
            _ => None,
        };
        let whole = area;
        let area = if whole.width >= 70 && figure.is_some() {
            left_of(whole, whole.width / 2)
        } else {
            whole
        };
        let outcome = match case.event {
            Some(true) if !view.snapshot.outcome.is_empty() => format!("yes ({})", view.snapshot.outcome),
            _ => event(case),
        };
        let name = |path: &Option<std::path::PathBuf>| {
            path.as_ref()
                .and_then(|path| path.file_name())
                .map_or_else(|| "–".to_owned(), |name| name.to_string_lossy().into_owned())
        };
        let mut lines: Vec<(String, String, Tone)> = vec![
            ("patient".to_owned(), case.patient.clone(), Tone::Plain),
            ("event".to_owned(), outcome, Tone::Plain),
            ("set".to_owned(), case.split.clone(), Tone::Plain),
            ("state".to_owned(), case.state.word().to_owned(), tone(case.state)),
            ("image".to_owned(), name(&case.image), Tone::Plain),
            ("mask".to_owned(), name(&case.mask), Tone::Plain),
            (
                "size".to_owned(),
                case.size.map_or_else(
                    || "–".to_owned(),
                    |size| size.map(|length| length.to_string()).join(" × "),
                ),
                Tone::Plain,
            ),
            ("spacing".to_owned(), format!("{} mm", spacing(case)), Tone::Plain),
            (
                "voxels".to_owned(),
                case.voxels.map_or_else(|| "–".to_owned(), |count| count.to_string()),
                Tone::Plain,
            ),
        ];
        if let Some(score) = case.score {
            lines.push(("Rad-score".to_owned(), significant(score, 5), Tone::Accent));
        }
        if !case.comment.is_empty() {
            lines.push(("remark".to_owned(), case.comment.clone(), Tone::Plain));
        }
        text(buffer, area, 0, 0, &case.id, view.theme.heading());
        let mut row = 2;
        for (label, value, tone) in &lines {
            text(buffer, area, 0, row, label, view.theme.muted());
            let room = right_of(area, 11);
            for line in wrap(value, room.width as usize) {
                text(buffer, room, 0, row, &view.glyphs.text(&line), view.theme.tone(*tone));
                row += 1;
            }
        }
        row += 1;
        for remark in &case.remarks {
            for line in wrap(remark, area.width as usize) {
                text(
                    buffer,
                    area,
                    0,
                    row,
                    &view.glyphs.text(&line),
                    view.theme.tone(tone(case.state)),
                );
                row += 1;
            }
        }
        row = Self::draw_cells(buffer, area, row, case, view);
        if let Some(figure) = &figure {
            let room = if whole.width >= 70 {
                right_of(whole, whole.width / 2 + 1)
            } else {
                below(area, row + 1)
            };
            if room.height >= 7 {
                let room = Rect::new(room.x, room.y, room.width, room.height.min(16));
                plot::draw(buffer, room, figure, view, None, 0);
                return;
            }
        }
        if let Some((_, Some(Err(error)))) = scan {
            for (order, line) in wrap(error, area.width as usize).iter().enumerate() {
                text(buffer, area, 0, row + order as u16, line, view.theme.tone(Tone::Bad));
            }
            return;
        }
        if case.image.is_some() {
            let words = "v: slices   Enter: histogram of the mask";
            text(buffer, area, 0, row + 1, words, view.theme.muted());
        }
    }

    /// The case's cells in the cohort that are not shown above; gives the next free row.
    fn draw_cells(buffer: &mut Buffer, area: Rect, mut row: u16, case: &Case, view: &View) -> u16 {
        const SHOWN: [&str; 10] = [
            "id",
            "patient",
            "image",
            "mask",
            "mask_reader2",
            "mask_repeat",
            "label",
            "include",
            "reason",
            "split",
        ];
        let cells: Vec<String> = view
            .snapshot
            .columns
            .iter()
            .zip(&case.cells)
            .filter(|(column, cell)| !SHOWN.contains(&column.as_str()) && !cell.is_empty())
            .map(|(column, cell)| format!("{column} {cell}"))
            .collect();
        if cells.is_empty() {
            return row;
        }
        let dot = format!(" {} ", view.glyphs.dot);
        for line in wrap(&cells.join(&dot), area.width as usize) {
            text(buffer, area, 0, row, &view.glyphs.text(&line), view.theme.muted());
            row += 1;
        }
        row
    }
}

/// How often each value occurs in the mask.
fn intensities(picture: &Picture) -> Option<crate::figure::Figure> {
    histogram::figure(&HistogramInput {
        title: format!("Values in the mask, {} voxels", picture.voxels),
        label: "value".to_owned(),
        groups: vec![("mask".to_owned(), picture.intensities.clone())],
        bins: 32,
    })
}

/// How a state is coloured.
pub(super) fn tone(state: CaseState) -> Tone {
    match state {
        CaseState::Unchecked | CaseState::Dropped => Tone::Muted,
        CaseState::Good | CaseState::Accepted => Tone::Good,
        CaseState::Doubtful => Tone::Warn,
        CaseState::Failed => Tone::Bad,
    }
}

fn event(case: &Case) -> String {
    match case.event {
        Some(true) => "yes",
        Some(false) => "no",
        None => "–",
    }
    .to_owned()
}

fn spacing(case: &Case) -> String {
    case.spacing.map_or_else(
        || "–".to_owned(),
        |spacing| spacing.map(|value| significant(value, 3)).join("×"),
    )
}

impl Screen for Cases {
    fn title(&self) -> &'static str {
        "cases"
    }

    fn short(&self) -> &'static str {
        "cases"
    }

    fn needs(&self) -> Option<&'static str> {
        None
    }

    fn ready(&self, _snapshot: &Snapshot) -> bool {
        true
    }

    fn scopes(&self) -> &'static [Scope] {
        if self.slices.is_some() {
            &[Scope::Slices]
        } else {
            &[Scope::Move, Scope::Cases, Scope::Sorted]
        }
    }

    fn refusal(&self, command: Command, snapshot: &Snapshot) -> Option<String> {
        match command {
            Command::View => match self.in_hand(snapshot) {
                None => Some("there is no case in hand".to_owned()),
                Some((_, case)) if case.image.is_none() => {
                    Some("this study starts from a table of features: it has no images".to_owned())
                }
                Some(_) => None,
            },
            Command::SecondReader => self
                .slices
                .as_ref()
                .is_some_and(|slices| !slices.has_second())
                .then(|| "this case has one mask: no column mask_reader2".to_owned()),
            Command::Edit if snapshot.columns.is_empty() => Some("there is no cohort table".to_owned()),
            Command::Accept | Command::Reject | Command::Comment | Command::Mark | Command::Open | Command::Edit => {
                self.in_hand(snapshot)
                    .is_none()
                    .then(|| "there is no case in hand".to_owned())
            }
            _ => None,
        }
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let rows = self.order(view.snapshot).len();
        if matches!(command, Command::Accept | Command::Reject) {
            let chosen = self.chosen(view.snapshot);
            if chosen.is_empty() {
                return Vec::new();
            }
            let decision = if command == Command::Accept {
                Decision::Accept
            } else {
                Decision::Drop
            };
            let mut effects = vec![Effect::Decide(chosen, decision)];
            self.marked.clear();
            if self.slices.is_some() {
                effects.extend(self.turn_page(true, view));
            } else {
                self.cursor.obey(Command::Down, rows);
            }
            return effects;
        }
        self.complaint = None;
        if let Some(slices) = &mut self.slices {
            match command {
                Command::Comment => return self.ask_remark(view),
                Command::LoadCase => return self.turn_page(true, view),
                Command::LoadCaseBefore => return self.turn_page(false, view),
                Command::OwnWindow => return vec![Effect::Ask(Question::Window, slices.window_words())],
                _ => slices.obey(command),
            }
            return Vec::new();
        }
        if self.cursor.obey(command, rows) {
            return Vec::new();
        }
        match command {
            // Where list and detail stand side by side, Enter reads the scan for the detail's histogram.
            Command::Open => {
                self.open = !self.open;
                return self.read_scan(view);
            }
            Command::View => return self.look(view),
            Command::Comment => return self.ask_remark(view),
            Command::Edit => {
                let start = view
                    .snapshot
                    .columns
                    .iter()
                    .position(|column| column == "outcome")
                    .and_then(|place| {
                        let (_, case) = self.in_hand(view.snapshot)?;
                        Some(format!("outcome = {}", case.cells.get(place)?))
                    });
                let cases = self.chosen(view.snapshot);
                return vec![Effect::Ask(Question::Edit(cases), start.unwrap_or_default())];
            }
            Command::SaveCohort => {
                return vec![Effect::Ask(Question::SaveCohort, "cohort-edited.csv".to_owned())];
            }
            Command::Mark => {
                if let Some((_, case)) = self.in_hand(view.snapshot) {
                    if !self.marked.remove(&case.id) {
                        self.marked.insert(case.id.clone());
                    }
                    self.cursor.obey(Command::Down, rows);
                }
            }
            Command::Sort => {
                self.key = (self.key + 1) % KEYS.len();
                return vec![Effect::Say(Tone::Plain, format!("sorted by {}", KEYS[self.key]))];
            }
            Command::Reverse => self.reverse = !self.reverse,
            _ => {}
        }
        Vec::new()
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

    fn filter(&mut self) -> Option<&mut String> {
        self.slices.is_none().then_some(&mut self.filter)
    }

    fn reading(&self, view: &View) -> String {
        if let Some(slices) = &self.slices {
            return self.complaint.clone().unwrap_or_else(|| slices.reading());
        }
        let order = self.order(view.snapshot);
        let mut words = format!("{} of {}", (self.cursor.row + 1).min(order.len()), order.len());
        if !self.filter.is_empty() {
            words.push_str(&format!("  filter \"{}\"", self.filter));
        }
        if !self.marked.is_empty() {
            words.push_str(&format!("  {} marked", self.marked.len()));
        }
        if view.snapshot.unsaved > 0 {
            words.push_str(&format!("  {} changes not saved (w)", view.snapshot.unsaved));
        }
        if let Some((_, case)) = self.in_hand(view.snapshot)
            && let Some(remark) = case.remarks.first()
        {
            words.push_str(&format!("  {remark}"));
        }
        words
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
            "sort": KEYS[self.key],
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
        self.key = KEYS.iter().position(|key| memory["sort"] == *key).unwrap_or(0);
        self.reverse = memory["reverse"].as_bool().unwrap_or(false);
        self.marked = memory["marked"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| Some(id.as_str()?.to_owned()))
            .collect();
    }
}
