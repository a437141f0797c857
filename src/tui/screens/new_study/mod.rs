//! A study of one's own, step by step: scans and tables, pairing, ids, outcome and event, clinical columns, patient, the check, the
//! file. Every step can be gone back to; what is answered stays.

mod making;
mod steps;

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use self::making::Making;
use self::steps::{Act, Step};
use crate::figure::Tone;
use crate::message::Message;
use crate::message::english::new_study as words;
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;
use crate::tui::command::{Command, Group, LIST, MOVE, PARTS};
use crate::tui::effect::{Asked, Effect, Question};
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::widgets::{paint_row, right_of, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("new study"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// The screen.
#[derive(Default)]
pub struct NewStudy {
    making: Making,
    step: Step,
    row: usize,
    asked: Option<Asked>,
    /// Why the next step was refused
    complaint: Option<Message>,
}

impl NewStudy {
    /// Takes what folders and tables hold.
    pub fn take(&mut self, paths: Vec<PathBuf>, material: Material) {
        self.making.take(paths, material);
        self.row = 0;
        self.complaint = None;
    }

    /// Takes why something could not be done.
    pub fn complain(&mut self, why: Message) {
        self.complaint = Some(why);
    }

    /// Whether this is the study file that it writes.
    pub fn makes(&self, path: &Path) -> bool {
        self.making.out == path
    }

    /// Takes what the check has found.
    pub fn judge(&mut self, draft: Box<Draft>, checked: Box<Checked>) {
        // Who has gone on answering meanwhile has another study before him.
        if self.making.draft().ok().as_ref() == Some(&*draft) {
            self.making.checked = Some((draft, checked));
            self.row = 0;
        }
    }

    fn next(&mut self) {
        self.complaint = self.step.open(&self.making);
        if self.complaint.is_some() {
            return;
        }
        let steps = Step::all(&self.making);
        let at = steps.iter().position(|step| *step == self.step).unwrap_or(0);
        if let Some(step) = steps.get(at + 1) {
            self.step = *step;
            self.row = 0;
        }
    }

    fn before(&mut self) -> bool {
        self.complaint = None;
        let steps = Step::all(&self.making);
        let at = steps.iter().position(|step| *step == self.step).unwrap_or(0);
        match at.checked_sub(1).and_then(|at| steps.get(at)) {
            Some(step) => {
                self.step = *step;
                self.row = 0;
                true
            }
            None => false,
        }
    }

    /// What the line in hand does.
    fn act(&mut self) -> Vec<Effect> {
        let Some(act) = self
            .step
            .lines(&self.making)
            .into_iter()
            .nth(self.row)
            .and_then(|line| line.act)
        else {
            return Vec::new();
        };
        self.complaint = None;
        let making = &mut self.making;
        match act {
            Act::Add(path) => {
                let paths = making.paths.iter().cloned().chain([path]).collect();
                return vec![Effect::Gather(paths)];
            }
            Act::Drop(path) => {
                let paths = making.paths.iter().filter(|other| **other != path).cloned().collect();
                return vec![Effect::Gather(paths)];
            }
            Act::Ask(asked) => {
                self.asked = Some(asked);
                let start = match asked {
                    Asked::Path | Asked::Patterns => String::new(),
                    Asked::Word => making.answers.image.clone().unwrap_or_default(),
                    Asked::Out => making.out.display().to_string(),
                };
                return vec![Effect::Ask(Question::New(asked), start)];
            }
            Act::NextUse(name, uses) => making.next_use(&name, uses),
            Act::Identify(table, column) => making.identify(table, &column),
            Act::SameIds => {
                making.answers.same_ids = !making.answers.same_ids;
                making.refresh();
            }
            Act::Outcome(column) => {
                making.answers.without_outcome = column.is_none();
                if making.answers.outcome != column {
                    making.answers.event = None;
                }
                if let Some(column) = &column {
                    making.answers.clinical.retain(|clinical| clinical.column != *column);
                } else {
                    making.answers.clinical.clear();
                }
                making.answers.outcome = column;
                making.refresh();
            }
            Act::Event(value) => {
                making.answers.event = Some(value);
                making.refresh();
            }
            Act::NextKind(column) => making.next_kind(&column),
            Act::Missing(cells) => {
                making.answers.missing.extend(cells);
                making.refresh();
            }
            Act::Patient(column) => {
                making.answers.patient = column;
                making.refresh();
            }
            Act::Centre(column) => {
                if let Some(column) = &column {
                    making.answers.clinical.retain(|clinical| clinical.column != *column);
                }
                making.answers.centre = column;
                making.refresh();
            }
            Act::Features(table) => {
                making.answers.features = table;
                making.refresh();
            }
            Act::Check => match making.draft() {
                Ok(draft) => return vec![Effect::CheckDraft(Box::new(draft))],
                Err(why) => self.complaint = Some(Message::verbatim(why)),
            },
            Act::LeaveOut => {
                if let Some((_, checked)) = &mut making.checked {
                    checked.without_bad = true;
                    self.row = 0;
                }
            }
            Act::Write => {
                if let Some((draft, _)) = &making.checked {
                    return vec![Effect::WriteDraft(draft.clone())];
                }
            }
        }
        Vec::new()
    }
}

impl Screen for NewStudy {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, PARTS]
    }

    fn update(&mut self, command: Command, _view: &View) -> Vec<Effect> {
        let last = self.step.lines(&self.making).len().saturating_sub(1);
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(last),
            Command::PageUp => self.row = self.row.saturating_sub(10),
            Command::PageDown => self.row = (self.row + 10).min(last),
            Command::First => self.row = 0,
            Command::Last => self.row = last,
            Command::Right | Command::NextPart => self.next(),
            Command::Left | Command::PreviousPart => {
                self.before();
            }
            Command::Open => return self.act(),
            Command::Table
            | Command::Export
            | Command::Copy
            | Command::Ink
            | Command::Sort
            | Command::Reverse
            | Command::NextCase
            | Command::CaseBefore => {}
        }
        Vec::new()
    }

    fn back(&mut self) -> bool {
        self.before()
    }

    fn answer(&mut self, written: &str) -> Vec<Effect> {
        let making = &mut self.making;
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match self.asked.take() {
            Some(Asked::Path) if !written.is_empty() => {
                let path = PathBuf::from(written.trim_end_matches('/'));
                let paths = making.paths.iter().cloned().chain([path]).collect();
                return vec![Effect::Gather(paths)];
            }
            Some(Asked::Word) => {
                making.answers.image = word(written);
                making.refresh();
            }
            Some(Asked::Patterns) if written.is_empty() => {
                (making.answers.image, making.answers.mask) = (None, None);
                making.refresh();
            }
            Some(Asked::Patterns) => match written.split_once('|') {
                Some((image, mask)) => {
                    making.answers.image = word(image.trim());
                    making.answers.mask = word(mask.trim());
                    making.refresh();
                }
                None => self.complaint = Some(words::two_patterns("{id}")),
            },
            Some(Asked::Out) if !written.is_empty() => {
                making.out = PathBuf::from(written);
                making.checked = None;
            }
            Some(Asked::Path | Asked::Out) | None => {}
        }
        self.row = 0;
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let steps = Step::all(&self.making);
        let at = steps.iter().position(|step| *step == self.step).unwrap_or(0);
        let (name, about) = self.step.names();
        let area = right_of(area, 1);
        let title = words::step((at + 1).to_string(), steps.len().to_string(), name).to_string();
        text(buffer, area, 0, 0, &view.glyphs.text(&title), view.theme.heading());
        let mut top = 1;
        for line in wrap(about.text(), area.width as usize - 1) {
            text(buffer, area, 0, top, &line, view.theme.muted());
            top += 1;
        }
        top += 1;
        let mut below = Vec::new();
        let open = self.complaint.clone().map(|words| (words, Tone::Bad));
        let open = open.or_else(|| {
            let open = self
                .step
                .open(&self.making)
                .filter(|_| self.step != Step::Finish && self.step != Step::Given);
            open.map(|words| (words, Tone::Warn))
        });
        if let Some((words, tone)) = &open {
            below = wrap(&words.to_string(), area.width as usize - 1);
            below.truncate(4);
            let first = area.height.saturating_sub(below.len() as u16);
            for (order, line) in below.iter().enumerate() {
                text(
                    buffer,
                    area,
                    0,
                    first + order as u16,
                    &view.glyphs.text(line),
                    view.theme.tone(*tone),
                );
            }
        }
        let lines = self.step.lines(&self.making);
        self.row = self.row.min(lines.len().saturating_sub(1));
        let page =
            (area.height.saturating_sub(top) as usize).saturating_sub(below.len() + usize::from(!below.is_empty()));
        let first = (self.row + 1).saturating_sub(page);
        // The details stand in a column, as far as the names leave room.
        let names: Vec<String> = lines.iter().map(|line| line.text.to_string()).collect();
        let widest = (names.iter().zip(&lines))
            .filter(|(_, line)| !line.detail.to_string().is_empty())
            .map(|(name, _)| crate::figure::cells::width(name))
            .max();
        let column = widest.unwrap_or(0).min(area.width as usize / 2) as u16 + 6;
        for (order, (line, name)) in lines.iter().zip(&names).enumerate().skip(first).take(page) {
            let y = top + (order - first) as u16;
            let style = if line.act.is_some() {
                Style::new()
            } else {
                view.theme.muted()
            };
            let pointer = if order == self.row { view.glyphs.pointer } else { " " };
            text(buffer, area, 0, y, pointer, view.theme.accent());
            let sign = match line.chosen {
                Some(true) => view.glyphs.done,
                Some(false) => view.glyphs.missing,
                None => " ",
            };
            text(buffer, area, 2, y, sign, view.theme.accent());
            let detail = line.detail.to_string();
            let room = if detail.is_empty() {
                area.width
            } else {
                column.saturating_sub(1).min(area.width)
            };
            let place = Rect::new(area.x, area.y, room, area.height);
            text(buffer, place, 4, y, &view.glyphs.text(name), style);
            text(buffer, area, column, y, &view.glyphs.text(&detail), view.theme.muted());
            if order == self.row {
                paint_row(buffer, area, y, view.theme.selection());
            }
        }
    }
}
