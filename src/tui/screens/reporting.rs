//! What journals ask of a study: the questions that only its authors can answer, and each checklist as it stands, row by row. An
//! answer is given here, kept like any other change, and written into the study file with the settings.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::chart::turn;
use crate::figure::Tone;
use crate::message::english::home::BEING_READ;
use crate::message::english::reporting as words;
use crate::message::{Id, Message};
use crate::study::checklist::{JudgedItem, State, shown, summary};
use crate::study::input::reporting::{self, Answer, QUESTIONS};
use crate::tui::command::{Command, Group, LIST, MOVE, PARTS, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::fuzzy;
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("reporting"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// What it has for itself.
static OWN: &[Own<Reporting>] = &[
    Own::<Reporting>::new(
        Row::new(&["w"], words::WAITING, words::WAITING_ABOUT, 18),
        |screen, view| {
            screen.go_to_next_waiting(view.snapshot);
            Vec::new()
        },
    )
    .unless(|screen, view| {
        let waits = |row: &usize| screen.waits(view.snapshot, *row);
        let any = screen.order(view.snapshot).iter().any(waits);
        (!any).then(|| words::NONE_WAITS.into())
    }),
    Own::<Reporting>::new(Row::new(&["n"], words::NO, words::NO_ABOUT, 19), |screen, view| {
        let question = screen.question(view.snapshot);
        question.map_or_else(Vec::new, |question| vec![set(question, "no")])
    })
    .unless(unasked),
    Own::<Reporting>::new(
        Row::new(&["d"], words::CLEAR, words::CLEAR_ABOUT, 23),
        |screen, view| {
            let question = screen.question(view.snapshot);
            question.map_or_else(Vec::new, |question| vec![set(question, "")])
        },
    )
    .unless(|screen, view| {
        let question = screen.question(view.snapshot);
        let answered = question.is_some_and(|question| view.snapshot.answers.contains_key(question.key));
        (!answered).then(|| words::NOT_ANSWERED.into())
    }),
];

/// Why nothing can be answered in the row in hand.
fn unasked(screen: &Reporting, view: &View) -> Option<Message> {
    screen
        .question(view.snapshot)
        .is_none()
        .then(|| words::NOTHING_ASKED.into())
}

/// An answer as a change of the study: a text that could be read as something else is kept as a text, an empty one is none.
fn set(question: &reporting::Question, written: &str) -> Effect {
    let value = match written {
        "" => "null".to_owned(),
        text if serde_json::from_str::<serde_json::Value>(text).is_ok() => serde_json::Value::from(text).to_string(),
        text => text.to_owned(),
    };
    Effect::Set(format!("reporting.{}", question.key), value)
}

/// The screen.
#[derive(Default)]
pub struct Reporting {
    /// The questions, or one of the lists
    part: usize,
    cursor: Cursor,
    filter: String,
    /// Whether what is in hand has the screen, where there is no room beside
    open: bool,
    scroll: usize,
    /// What a line of text was asked for
    asked: Option<&'static reporting::Question>,
}

impl Reporting {
    /// The rows of a list; `None` where the questions are shown.
    fn items<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a [JudgedItem]> {
        let list = snapshot.checklists.get(self.part.checked_sub(1)?)?;
        Some(&list.items)
    }

    /// The rows that are not filtered away, in their order, or the best first.
    fn order(&self, snapshot: &Snapshot) -> Vec<usize> {
        let rows: Vec<String> = match self.items(snapshot) {
            None => (QUESTIONS.iter())
                .map(|question| format!("{} {}", question.key, question.asks))
                .collect(),
            Some(items) => (items.iter())
                .map(|item| format!("{} {} {}", item.item, item.state.word(), item.asks))
                .collect(),
        };
        if self.filter.is_empty() {
            (0..rows.len()).collect()
        } else {
            fuzzy::find(&self.filter, rows.iter().map(String::as_str))
        }
    }

    /// The question that a row takes an answer to.
    fn question_of(&self, snapshot: &Snapshot, row: usize) -> Option<&'static reporting::Question> {
        match self.items(snapshot) {
            None => QUESTIONS.get(row).copied(),
            Some(items) => {
                let key = items.get(row)?.question?;
                QUESTIONS.iter().find(|question| question.key == key).copied()
            }
        }
    }

    fn question(&self, snapshot: &Snapshot) -> Option<&'static reporting::Question> {
        self.question_of(snapshot, *self.order(snapshot).get(self.cursor.row)?)
    }

    /// Whether a row waits for an answer: of a list, only where one is needed.
    fn waits(&self, snapshot: &Snapshot, row: usize) -> bool {
        let unanswered = self
            .question_of(snapshot, row)
            .is_some_and(|question| !snapshot.answers.contains_key(question.key) && is_needed(snapshot, question));
        let applies = self.items(snapshot).and_then(|items| items.get(row));
        unanswered && applies.is_none_or(|item| item.state != State::NotApplicable)
    }

    fn go_to_next_waiting(&mut self, snapshot: &Snapshot) {
        let order = self.order(snapshot);
        let count = order.len();
        let next = (1..=count)
            .map(|step| (self.cursor.row + step) % count)
            .find(|&place| self.waits(snapshot, order[place]));
        self.cursor.row = next.unwrap_or(self.cursor.row);
        self.scroll = 0;
    }

    /// All that is known of the row in hand.
    fn detail(&self, view: &View, width: usize) -> Vec<(String, Style)> {
        let snapshot = view.snapshot;
        let mut lines: Vec<(String, Style)> = Vec::new();
        let Some(&row) = self.order(snapshot).get(self.cursor.row) else {
            return lines;
        };
        let mut say = |said: &str, style: Style| {
            lines.extend(wrap(said, width).into_iter().map(|line| (line, style)));
        };
        if let Some(item) = self.items(snapshot).and_then(|items| items.get(row)) {
            say(item.asks, view.theme.heading());
            let state = words::item_is(item.item, item.state.word()).to_string();
            say(&state, view.theme.tone(tone(item.state)));
            let shown = shown(item);
            if !shown.is_empty() {
                say(&shown, Style::new());
            }
            say(" ", Style::new());
        }
        if let Some(question) = self.question_of(snapshot, row) {
            say(question.asks, view.theme.heading());
            match snapshot.answers.get(question.key) {
                None => say(words::WAITS_FOR_AUTHORS.text(), view.theme.tone(Tone::Warn)),
                Some(Answer::No) => say(words::ANSWERED_NO.text(), view.theme.tone(Tone::Accent)),
                Some(Answer::Said(text)) => say(text, view.theme.tone(Tone::Good)),
            }
            say(" ", Style::new());
            for asking in asked_by(snapshot, question) {
                say(&asking, view.theme.muted());
            }
            say(&words::stands_under(question.key).to_string(), view.theme.muted());
        }
        lines
    }

    fn draw_detail(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let lines = self.detail(view, area.width as usize);
        let most = lines.len().saturating_sub(area.height as usize);
        self.scroll = self.scroll.min(most);
        for (row, (line, style)) in lines.iter().skip(self.scroll).take(area.height as usize).enumerate() {
            text(buffer, area, 0, row as u16, &view.glyphs.text(line), *style);
        }
        if most > self.scroll && area.height > 0 {
            let more = words::more(most - self.scroll).to_string();
            let last = area.height - 1;
            let room = below(area, last);
            text(buffer, room, 0, 0, &" ".repeat(room.width as usize), Style::new());
            text(buffer, room, 0, 0, &view.glyphs.text(&more), view.theme.muted());
        }
    }

    fn draw_rows(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let snapshot = view.snapshot;
        let order = self.order(snapshot);
        if order.is_empty() {
            text(buffer, area, 2, 2, words::NONE_MATCHES.text(), view.theme.muted());
            return;
        }
        let mut cursor = self.cursor;
        match self.items(snapshot) {
            None => {
                let columns = [Column::text(words::STATE, 9), Column::text(words::QUESTION, 0)];
                table::draw(buffer, area, &columns, order.len(), &mut cursor, view, |place| {
                    let question = QUESTIONS[order[place]];
                    let (word, tone) = match snapshot.answers.get(question.key) {
                        Some(Answer::Said(_)) => (words::ANSWERED, Tone::Good),
                        Some(Answer::No) => (words::NO, Tone::Accent),
                        None if is_needed(snapshot, question) => (words::WAITS, Tone::Warn),
                        None => (words::OPTIONAL, Tone::Muted),
                    };
                    vec![
                        (word.to_string(), view.theme.tone(tone)),
                        (question.asks.to_owned(), Style::new()),
                    ]
                });
            }
            Some(items) => {
                let columns = [
                    Column::text(words::ITEM, 6),
                    Column::text(words::STATE, 14),
                    Column::text(words::ASKS_FOR, 0),
                ];
                table::draw(buffer, area, &columns, order.len(), &mut cursor, view, |place| {
                    let item = &items[order[place]];
                    vec![
                        (item.item.to_owned(), Style::new()),
                        (item.state.word().to_owned(), view.theme.tone(tone(item.state))),
                        (item.asks.to_owned(), Style::new()),
                    ]
                });
            }
        }
        self.cursor = cursor;
    }

    /// What stands above the rows: which part it is, and how it stands.
    fn heading(&self, view: &View, width: usize) -> Vec<(String, Style)> {
        let snapshot = view.snapshot;
        let (title, standing) = match self.part.checked_sub(1).and_then(|list| snapshot.checklists.get(list)) {
            None => (
                words::QUESTIONS.to_string(),
                words::questions_stand(snapshot.answers.len(), waiting(snapshot)).to_string(),
            ),
            Some(list) => (list.title.to_owned(), summary(list)),
        };
        let mut lines = vec![(title, view.theme.heading())];
        let standing = wrap(&standing, width);
        lines.extend(standing.into_iter().map(|line| (line, view.theme.muted())));
        lines
    }
}

/// How a state is coloured.
fn tone(state: State) -> Tone {
    match state {
        State::Proved => Tone::Good,
        State::Partly => Tone::Accent,
        State::Refuted => Tone::Bad,
        State::Authors => Tone::Plain,
        State::Open => Tone::Warn,
        State::NotApplicable => Tone::Muted,
    }
}

/// Whether some list needs an answer that is not there.
fn is_needed(snapshot: &Snapshot, question: &reporting::Question) -> bool {
    let mut items = snapshot.checklists.iter().flat_map(|list| &list.items);
    items.any(|item| item.question == Some(question.key) && item.state != State::NotApplicable)
}

/// How many questions wait for the authors.
pub fn waiting(snapshot: &Snapshot) -> usize {
    QUESTIONS
        .iter()
        .filter(|question| !snapshot.answers.contains_key(question.key) && is_needed(snapshot, question))
        .count()
}

/// The lists that ask a question, each with its rows.
fn asked_by(snapshot: &Snapshot, question: &reporting::Question) -> Vec<String> {
    let lists = snapshot.checklists.iter().filter_map(|list| {
        let asking = list.items.iter().filter(|item| item.question == Some(question.key));
        let rows: Vec<&str> = asking.map(|item| item.item).collect();
        (!rows.is_empty()).then(|| words::asked_by(list.checklist, rows).to_string())
    });
    lists.collect()
}

impl Screen for Reporting {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, PARTS]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let snapshot = view.snapshot;
        if matches!(command, Command::NextPart | Command::PreviousPart) {
            self.part = turn(self.part, snapshot.checklists.len() + 1, command == Command::NextPart);
            self.cursor = Cursor::default();
            self.filter.clear();
            (self.open, self.scroll) = (false, 0);
            return Vec::new();
        }
        if self.open {
            match command {
                Command::Up => self.scroll = self.scroll.saturating_sub(1),
                Command::Down => self.scroll += 1,
                Command::PageUp => self.scroll = self.scroll.saturating_sub(10),
                Command::PageDown => self.scroll += 10,
                Command::First => self.scroll = 0,
                _ => {}
            }
        }
        if !self.open && self.cursor.obey(command, self.order(snapshot).len()) {
            self.scroll = 0;
            return Vec::new();
        }
        match command {
            // Where a row is too narrow for what belongs to it, that has the screen.
            Command::Right => self.open = true,
            Command::Left => self.open = false,
            Command::Open => {
                let Some(question) = self.question(snapshot) else {
                    return vec![Effect::Say(Tone::Warn, words::NOTHING_ASKED.into())];
                };
                self.asked = Some(question);
                let said = match snapshot.answers.get(question.key) {
                    None => String::new(),
                    Some(Answer::No) => "no".to_owned(),
                    Some(Answer::Said(text)) => text.clone(),
                };
                return vec![Effect::Ask(Question::Reporting(question.key), said)];
            }
            _ => {}
        }
        Vec::new()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(words::GROUP, screen::rows(OWN))]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn answer(&mut self, written: &str) -> Vec<Effect> {
        let asked = self.asked.take();
        asked.map_or_else(Vec::new, |question| vec![set(question, written)])
    }

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        if self.cursor.click(column, row) {
            self.scroll = 0;
        }
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let area = right_of(area, 1);
        if view.snapshot.checklists.is_empty() {
            text(
                buffer,
                area,
                0,
                1,
                &view.glyphs.text(BEING_READ.text()),
                view.theme.muted(),
            );
            return;
        }
        self.part = self.part.min(view.snapshot.checklists.len());
        let heading = self.heading(view, area.width as usize);
        for (row, (line, style)) in heading.iter().enumerate() {
            text(buffer, area, 0, row as u16, &view.glyphs.text(line), *style);
        }
        let body = below(area, heading.len() as u16);
        if area.width >= 100 {
            self.draw_rows(buffer, left_of(body, body.width / 2 - 1), view);
            self.draw_detail(buffer, right_of(body, body.width / 2 + 1), view);
        } else if self.open {
            self.draw_detail(buffer, body, view);
        } else if body.height >= 16 {
            let detail = 7;
            self.draw_rows(buffer, above(body, body.height - detail - 1), view);
            self.draw_detail(buffer, below(body, body.height - detail), view);
        } else {
            self.draw_rows(buffer, body, view);
        }
    }

    fn back(&mut self) -> bool {
        if std::mem::take(&mut self.open) {
            return true;
        }
        let filtered = !self.filter.is_empty();
        self.filter.clear();
        filtered
    }

    fn narrows(&self) -> bool {
        !self.open
    }

    fn filter(&mut self) -> Option<&mut String> {
        (!self.open).then_some(&mut self.filter)
    }

    fn reading(&self, view: &View) -> String {
        words::reading(
            self.part + 1,
            view.snapshot.checklists.len() + 1,
            waiting(view.snapshot),
        )
        .to_string()
    }
}
