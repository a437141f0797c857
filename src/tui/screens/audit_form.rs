//! A published model typed in field by field: fields by part on the left, what the checks find beside, what a field means below.

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::audit::form::{Form, Judged, Line, LineKind, explained};
use crate::audit::place::{Place, Step};
use crate::audit::{Finding, Severity};
use crate::figure::Tone;
use crate::message::english::audit as audit_words;
use crate::message::english::audit_form as words;
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE, PARTS, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::widgets::table::Cursor;
use crate::tui::widgets::{above, below, left_of, paint_row, right_of, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("audit form"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// What it has for itself.
static OWN: &[Own<AuditForm>] = &[
    Own::<AuditForm>::new(Row::new(&["a"], words::ADD, words::ADD_ABOUT, 21), |screen, _| {
        if let Some(list) = screen.list() {
            let entry = screen.form.add(&list);
            screen.changed();
            screen.go_to(&entry);
        }
        Vec::new()
    })
    .unless(|screen, _| screen.list().is_none().then(|| words::NO_LIST.into())),
    Own::<AuditForm>::new(Row::new(&["d"], words::REMOVE, words::REMOVE_ABOUT, 23), |screen, _| {
        if let Some(entry) = screen.entry() {
            screen.form.remove(&entry);
            screen.changed();
        }
        Vec::new()
    })
    .unless(|screen, _| screen.entry().is_none().then(|| words::NO_ENTRY.into())),
    Own::<AuditForm>::new(Row::new(&["w"], words::WRITE, words::WRITE_ABOUT, 18), |screen, _| {
        if let Some(file) = &screen.file {
            return vec![screen.save(file.clone())];
        }
        screen.asked = Asked::File;
        vec![Effect::Ask(Question::FormFile, String::new())]
    })
    .unless(|screen, _| screen.form.is_empty().then(|| words::NOTHING_TYPED.into())),
];

/// What the form has for itself, for the page of keys: one comes to it from the audit's screen.
pub fn own_rows() -> (Id, Vec<Row>) {
    (words::GROUP, screen::rows(OWN))
}

/// What a line of text was asked for.
#[derive(Debug, Default)]
enum Asked {
    #[default]
    Nothing,
    Field(Place),
    File,
}

/// The screen.
#[derive(Default)]
pub struct AuditForm {
    form: Form,
    judged: Judged,
    cursor: Cursor,
    file: Option<PathBuf>,
    /// What was written last, and where
    written: Option<(PathBuf, String)>,
    asked: Asked,
    /// Whether the findings have the screen
    reads: bool,
    scroll: usize,
}

impl AuditForm {
    /// Takes the file that is to be written.
    pub fn begin(&mut self, file: PathBuf) {
        self.file = Some(file);
    }

    /// Takes that the file was written.
    pub fn wrote(&mut self, file: &Path, text: String) {
        self.file = Some(file.to_owned());
        self.written = Some((file.to_owned(), text));
    }

    /// Whether the form itself wrote this file, so that writing it again asks nobody.
    pub fn made(&self, file: &Path) -> bool {
        self.written.as_ref().is_some_and(|(written, _)| written == file)
    }

    /// Whether something is typed that no file holds.
    pub fn is_unsaved(&self) -> bool {
        !self.form.is_empty() && self.written.as_ref().is_none_or(|(_, text)| *text != self.form.yaml())
    }

    fn save(&self, file: PathBuf) -> Effect {
        Effect::WriteForm {
            file,
            text: self.form.yaml(),
            replace: false,
        }
    }

    fn changed(&mut self) {
        self.judged = self.form.judge();
        self.scroll = 0;
        let rows = self.form.lines().len();
        self.cursor.row = self.cursor.row.min(rows.saturating_sub(1));
    }

    fn line(&self) -> Option<Line> {
        self.form.lines().into_iter().nth(self.cursor.row)
    }

    /// The list that an entry would be added to: that of the line in hand.
    fn list(&self) -> Option<Place> {
        let line = self.line()?;
        match line.kind {
            LineKind::Add => Some(line.place),
            LineKind::Entry | LineKind::Field => {
                let steps = entry_of(&line.place)?.steps;
                Some(Place {
                    steps: steps[..steps.len() - 1].to_vec(),
                })
            }
            LineKind::Heading => None,
        }
    }

    /// The entry of a list in which the line in hand stands.
    fn entry(&self) -> Option<Place> {
        let line = self.line()?;
        match line.kind {
            LineKind::Entry | LineKind::Field => entry_of(&line.place),
            LineKind::Heading | LineKind::Add => None,
        }
    }

    /// Puts the first field of an entry in hand.
    fn go_to(&mut self, entry: &Place) {
        let lines = self.form.lines();
        let first = lines
            .iter()
            .position(|line| line.kind == LineKind::Field && line.place.steps.starts_with(&entry.steps));
        self.cursor.row = first.unwrap_or(self.cursor.row);
    }

    /// The next field or place to add, from a row on.
    fn next_stop(&self, from: usize) -> usize {
        let lines = self.form.lines();
        let found = (from..lines.len()).find(|row| matches!(lines[*row].kind, LineKind::Field | LineKind::Add));
        found.unwrap_or(self.cursor.row)
    }

    /// Findings, those about what is in hand first.
    fn findings(&self) -> Vec<&Finding> {
        let near = self.line().map(|line| entry_of(&line.place).unwrap_or(line.place));
        let mut findings: Vec<&Finding> = (self.judged.findings.iter())
            .filter(|finding| finding.severity < Severity::Passed)
            .collect();
        findings.sort_by_key(|finding| {
            let about = near.as_ref().zip(finding.at.as_ref());
            let here = about.is_some_and(|(near, at)| !near.steps.is_empty() && at.steps.starts_with(&near.steps));
            (!here, finding.severity)
        });
        findings
    }

    /// What was found as lines of a width; with the arithmetic where there is room for all.
    fn found(&self, width: usize, whole: bool) -> Vec<(String, Tone)> {
        let mut lines = Vec::new();
        let mut push = |words: String, tone: Tone| {
            lines.extend(wrap(&words, width).into_iter().map(|line| (line, tone)));
        };
        for error in &self.judged.unread {
            push(words::not_read(error.to_string()).to_string(), Tone::Accent);
        }
        for finding in self.findings() {
            let tone = match finding.severity {
                Severity::Impossible => Tone::Bad,
                Severity::Doubtful => Tone::Warn,
                Severity::Missing => Tone::Accent,
                Severity::Note | Severity::Passed => Tone::Plain,
            };
            let says = words::found(finding.severity.word(), finding.place.clone(), finding.says.clone());
            push(says.to_string(), tone);
            if whole {
                for line in &finding.arithmetic {
                    push(format!("  {line}"), Tone::Plain);
                }
                if !finding.resolve.is_empty() {
                    push(
                        format!("  {}", audit_words::would_resolve(&finding.resolve)),
                        Tone::Muted,
                    );
                }
            }
        }
        if lines.is_empty() {
            lines.push((words::NOTHING_FOUND.text().to_owned(), Tone::Muted));
        }
        lines
    }

    fn counts(&self) -> String {
        let counted = [
            Severity::Impossible,
            Severity::Doubtful,
            Severity::Missing,
            Severity::Note,
        ];
        let counts: Vec<Message> = (counted.iter())
            .map(|severity| audit_words::counted(self.judged.count(*severity), severity.word()))
            .collect();
        audit_words::counts(counts).to_string()
    }

    fn draw_found(&mut self, buffer: &mut Buffer, area: Rect, view: &View, whole: bool) {
        let lines = self.found(area.width as usize, whole);
        self.scroll = self.scroll.min(lines.len().saturating_sub(area.height as usize));
        let from = if whole { self.scroll } else { 0 };
        for (row, (line, tone)) in lines.iter().skip(from).take(area.height as usize).enumerate() {
            text(
                buffer,
                area,
                0,
                row as u16,
                &view.glyphs.text(line),
                view.theme.tone(*tone),
            );
        }
    }

    fn draw_fields(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let lines = self.form.lines();
        self.cursor.show(lines.len(), area.height as usize);
        self.cursor.place = area;
        let column = (area.width * 2 / 5).clamp(24, 34);
        for (order, line) in lines
            .iter()
            .enumerate()
            .skip(self.cursor.first)
            .take(area.height as usize)
        {
            let y = (order - self.cursor.first) as u16;
            let style = match line.kind {
                LineKind::Heading => view.theme.heading(),
                LineKind::Field => Style::new(),
                LineKind::Entry => view.theme.accent(),
                LineKind::Add => view.theme.muted(),
            };
            let pointer = if order == self.cursor.row {
                view.glyphs.pointer
            } else {
                " "
            };
            text(buffer, area, 0, y, pointer, view.theme.accent());
            let sign = if line.kind == LineKind::Add { "+ " } else { "" };
            let name = view.glyphs.text(&format!("{sign}{}", line.name));
            let names = if line.kind == LineKind::Field {
                left_of(area, column - 1)
            } else {
                area
            };
            text(
                buffer,
                names,
                2 + 2 * line.depth.saturating_sub(1) as u16,
                y,
                &name,
                style,
            );
            if line.kind == LineKind::Field {
                if line.text.is_empty() {
                    text(buffer, area, column, y, view.glyphs.missing, view.theme.muted());
                } else {
                    text(buffer, area, column, y, &view.glyphs.text(&line.text), Style::new());
                }
            }
            if order == self.cursor.row {
                paint_row(buffer, area, y, view.theme.selection());
            }
        }
    }

    fn draw_meaning(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(line) = self.line() else { return };
        let meaning = match line.kind {
            LineKind::Heading => line.name.to_string(),
            LineKind::Field | LineKind::Entry | LineKind::Add => explained(&line.place),
        };
        let lines = meaning.lines().flat_map(|line| wrap(line, area.width as usize));
        for (row, line) in lines.take(area.height as usize).enumerate() {
            text(
                buffer,
                area,
                0,
                row as u16,
                &view.glyphs.text(&line),
                view.theme.muted(),
            );
        }
    }
}

/// The innermost entry of a list on the way to a place.
fn entry_of(place: &Place) -> Option<Place> {
    let last = place.steps.iter().rposition(|step| matches!(step, Step::Entry(_)))?;
    Some(Place {
        steps: place.steps[..=last].to_vec(),
    })
}

impl Screen for AuditForm {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, PARTS]
    }

    fn update(&mut self, command: Command, _view: &View) -> Vec<Effect> {
        if matches!(command, Command::NextPart | Command::PreviousPart) {
            self.reads = !self.reads;
            self.scroll = 0;
            return Vec::new();
        }
        if self.reads {
            match command {
                Command::Up => self.scroll = self.scroll.saturating_sub(1),
                Command::PageUp => self.scroll = self.scroll.saturating_sub(10),
                Command::Down => self.scroll += 1,
                Command::PageDown => self.scroll += 10,
                Command::First => self.scroll = 0,
                _ => {}
            }
            return Vec::new();
        }
        let lines = self.form.lines();
        if self.cursor.obey(command, lines.len()) || command != Command::Open {
            return Vec::new();
        }
        let Some(line) = lines.into_iter().nth(self.cursor.row) else {
            return Vec::new();
        };
        match line.kind {
            LineKind::Field => {
                self.asked = Asked::Field(line.place);
                let name = line.name.to_string();
                return vec![Effect::Ask(Question::FormField(name), line.text)];
            }
            LineKind::Add => {
                let entry = self.form.add(&line.place);
                self.changed();
                self.go_to(&entry);
            }
            LineKind::Heading | LineKind::Entry => self.cursor.row = self.next_stop(self.cursor.row),
        }
        Vec::new()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![own_rows()]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn answer(&mut self, written: &str) -> Vec<Effect> {
        match std::mem::take(&mut self.asked) {
            Asked::Field(place) => {
                self.form.set(&place, written);
                self.changed();
                self.cursor.row = self.next_stop(self.cursor.row + 1);
            }
            Asked::File if !written.is_empty() => return vec![self.save(PathBuf::from(written))],
            Asked::File | Asked::Nothing => {}
        }
        Vec::new()
    }

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        self.cursor.click(column, row);
        Vec::new()
    }

    /// One step back: from the findings to the fields, else the last change.
    fn back(&mut self) -> bool {
        if std::mem::take(&mut self.reads) {
            return true;
        }
        let undone = self.form.undo();
        if undone {
            self.changed();
        }
        undone
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let area = right_of(area, 1);
        let file = self
            .file
            .as_ref()
            .map_or_else(String::new, |file| file.display().to_string());
        let title = match (file.is_empty(), self.is_unsaved()) {
            (true, _) => words::TITLE.text().to_owned(),
            (false, true) => words::unsaved(file).to_string(),
            (false, false) => file,
        };
        text(buffer, area, 0, 0, &view.glyphs.text(&title), view.theme.heading());
        let body = below(area, 1);
        if self.reads {
            self.draw_found(buffer, body, view, true);
            return;
        }
        // What a field means stands at the bottom, findings beside the fields or, where that is too narrow, between the two.
        let meaning = if area.height >= 18 { 5 } else { 3 };
        let upper = above(body, body.height.saturating_sub(meaning + 1));
        self.draw_meaning(buffer, below(body, upper.height + 1), view);
        if area.width >= 100 {
            self.draw_fields(buffer, left_of(upper, upper.width / 2 - 1), view);
            let right = right_of(upper, upper.width / 2 + 1);
            text(
                buffer,
                right,
                0,
                0,
                &view.glyphs.text(&self.counts()),
                view.theme.heading(),
            );
            self.draw_found(buffer, below(right, 1), view, false);
        } else {
            let findings = (upper.height / 3).clamp(2, 5);
            let fields = above(upper, upper.height.saturating_sub(findings + 1));
            self.draw_fields(buffer, fields, view);
            let lower = below(upper, fields.height);
            text(
                buffer,
                lower,
                0,
                0,
                &view.glyphs.text(&self.counts()),
                view.theme.heading(),
            );
            self.draw_found(buffer, below(lower, 1), view, false);
        }
    }

    fn reading(&self, _view: &View) -> String {
        words::READING.text().to_owned()
    }
}
