//! The cases: a list to filter, sort and mark, the facts of one case, its slices, and the review of its mask.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::slices::Slices;
use crate::figure::Tone;
use crate::figure::section::Viewing;
use crate::figure::ticks::significant;
use crate::tui::command::{Command, Scope};
use crate::tui::fuzzy;
use crate::tui::screen::{Effect, Question, Screen, View};
use crate::tui::snapshot::{Case, CaseState, Picture, Snapshot};
use crate::tui::source::Decision;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{left_of, right_of, table, text, wrap};

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
    slices: Option<Slices>,
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
        let words: Vec<String> = snapshot
            .cases
            .iter()
            .map(|case| format!("{} {} {} {}", case.id, case.patient, case.split, case.state.word()))
            .collect();
        let mut order = if self.filter.is_empty() {
            (0..snapshot.cases.len()).collect()
        } else {
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

    fn look(&mut self, view: &View) -> Vec<Effect> {
        match self.in_hand(view.snapshot) {
            Some((index, case)) => {
                self.slices = Some(Slices::new(&case.id));
                vec![Effect::Fetch(index)]
            }
            None => Vec::new(),
        }
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
        if case.image.is_some() {
            text(buffer, area, 0, row + 1, "v: look at the slices", view.theme.muted());
        }
    }
}

fn tone(state: CaseState) -> Tone {
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
            Command::Accept | Command::Reject | Command::Comment | Command::Mark | Command::Open => self
                .in_hand(snapshot)
                .is_none()
                .then(|| "there is no case in hand".to_owned()),
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
                self.cursor.row = (self.cursor.row + 1).min(rows.saturating_sub(1));
                effects.extend(self.look(view));
            } else {
                self.cursor.obey(Command::Down, rows);
            }
            return effects;
        }
        if let Some(slices) = &mut self.slices {
            slices.obey(command);
            return Vec::new();
        }
        if self.cursor.obey(command, rows) {
            return Vec::new();
        }
        match command {
            Command::Open => self.open = !self.open,
            Command::View => return self.look(view),
            Command::Comment => {
                let chosen = self.chosen(view.snapshot);
                let before = self
                    .in_hand(view.snapshot)
                    .map(|(_, case)| case.comment.clone())
                    .unwrap_or_default();
                return vec![Effect::Ask(Question::Comment(chosen), before)];
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
            return slices.reading();
        }
        let order = self.order(view.snapshot);
        let mut words = format!("{} of {}", (self.cursor.row + 1).min(order.len()), order.len());
        if !self.filter.is_empty() {
            words.push_str(&format!("  filter \"{}\"", self.filter));
        }
        if !self.marked.is_empty() {
            words.push_str(&format!("  {} marked", self.marked.len()));
        }
        if let Some((_, case)) = self.in_hand(view.snapshot)
            && let Some(remark) = case.remarks.first()
        {
            words.push_str(&format!("  {remark}"));
        }
        words
    }

    fn receive(&mut self, case: &str, picture: Result<Picture, String>) {
        if let Some(slices) = self.slices.as_mut().filter(|slices| slices.case == case) {
            slices.receive(picture);
        }
    }

    fn memory(&self) -> String {
        self.filter.clone()
    }
}
