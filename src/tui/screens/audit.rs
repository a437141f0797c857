//! What an audit found, worst first, with the arithmetic.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::audit_form;
use super::chart::turn;
use crate::audit::Severity;
use crate::message::english::audit::counted;
use crate::message::english::audit_form::{TYPE_IN, TYPE_IN_ABOUT};
use crate::message::english::audit_screen as words;
use crate::message::english::commands::{GROUP_AUDIT, OPEN, OPEN_MODEL_ABOUT};
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE, PARTS, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::Finding;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("audit"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: Some("fit"),
};

/// What it has for itself.
static OWN: &[Own<Audit>] = &[
    Own::<Audit>::new(Row::new(&["o"], OPEN, OPEN_MODEL_ABOUT, 19), |screen, _| {
        // What is opened stands first.
        *screen = Audit::default();
        vec![Effect::Ask(Question::ModelFile, String::new())]
    })
    .unless(|_, view| view.scan_only.then(|| words::NO_STUDY.into())),
    Own::<Audit>::new(Row::new(&["n"], TYPE_IN, TYPE_IN_ABOUT, 18), |_, _| {
        vec![Effect::TypeIn]
    }),
];

/// The screen.
#[derive(Default)]
pub struct Audit {
    cursor: Cursor,
    open: bool,
    scroll: usize,
    model: usize,
}

fn findings<'a>(view: &'a View, model: usize) -> &'a [Finding] {
    view.snapshot
        .audits
        .get(model)
        .map(|audited| audited.findings.as_slice())
        .unwrap_or_default()
}

impl Audit {
    fn draw_detail(&mut self, buffer: &mut Buffer, area: Rect, finding: &Finding, view: &View) {
        let mut lines = wrap(&finding.title, area.width as usize);
        let heading = lines.len();
        lines.push(String::new());
        for line in &finding.detail {
            lines.extend(wrap(line, area.width as usize));
        }
        self.scroll = self.scroll.min(lines.len().saturating_sub(area.height as usize));
        for (order, line) in lines.iter().skip(self.scroll).take(area.height as usize).enumerate() {
            let style = if order + self.scroll < heading {
                view.theme.heading()
            } else {
                ratatui::style::Style::new()
            };
            text(buffer, area, 0, order as u16, &view.glyphs.text(line), style);
        }
    }
}

impl Screen for Audit {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, PARTS]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let findings = findings(view, self.model);
        if matches!(command, Command::NextPart | Command::PreviousPart) {
            self.model = turn(self.model, view.snapshot.audits.len(), command == Command::NextPart);
            self.cursor = Cursor::default();
            self.open = false;
            return Vec::new();
        }
        if self.open && findings.get(self.cursor.row).is_some() {
            match command {
                Command::Up => self.scroll = self.scroll.saturating_sub(1),
                Command::Down => self.scroll += 1,
                Command::Open => self.open = false,
                _ => {}
            }
            return Vec::new();
        }
        if self.cursor.obey(command, findings.len()) {
            self.scroll = 0;
        } else if command == Command::Open {
            self.open = true;
        }
        Vec::new()
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(GROUP_AUDIT, screen::rows(OWN)), audit_form::own_rows()]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        self.cursor.click(column, row);
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        self.model = self.model.min(view.snapshot.audits.len().saturating_sub(1));
        let Some(audited) = view.snapshot.audits.get(self.model) else {
            for (order, line) in wrap(words::NO_MODEL.text(), area.width as usize - 4).iter().enumerate() {
                text(buffer, area, 2, 2 + order as u16, line, view.theme.muted());
            }
            return;
        };
        let findings = &audited.findings;
        text(
            buffer,
            area,
            0,
            0,
            &view.glyphs.text(&audited.title),
            view.theme.heading(),
        );
        let area = below(area, 1);
        self.cursor.row = self.cursor.row.min(findings.len().saturating_sub(1));
        let list = if area.width >= 100 {
            left_of(area, area.width / 2 - 1)
        } else if self.open {
            if let Some(finding) = findings.get(self.cursor.row) {
                self.draw_detail(buffer, area, finding, view);
            }
            return;
        } else if area.height >= 16 {
            above(area, area.height - 6)
        } else {
            area
        };
        table::draw(
            buffer,
            list,
            &[Column::blank(10), Column::text(words::FINDING, 0)],
            findings.len(),
            &mut self.cursor,
            view,
            |row| {
                let finding = &findings[row];
                vec![
                    (finding.severity.word().to_string(), view.theme.tone(finding.tone())),
                    (finding.title.clone(), ratatui::style::Style::new()),
                ]
            },
        );
        if let Some(finding) = findings.get(self.cursor.row) {
            if area.width >= 100 {
                self.draw_detail(buffer, right_of(area, area.width / 2 + 1), finding, view);
            } else if area.height >= 16 {
                self.draw_detail(buffer, below(area, area.height - 5), finding, view);
            }
        }
    }

    fn back(&mut self) -> bool {
        std::mem::take(&mut self.open)
    }

    fn reading(&self, view: &View) -> String {
        let mut counts: Vec<(Severity, usize)> = Vec::new();
        for finding in findings(view, self.model) {
            match counts.iter_mut().find(|(severity, _)| *severity == finding.severity) {
                Some((_, count)) => *count += 1,
                None => counts.push((finding.severity, 1)),
            }
        }
        // What is in order needs no place in the line.
        let counts: Vec<Message> = counts
            .iter()
            .take(3)
            .map(|(severity, count)| counted(*count, severity.word()))
            .collect();
        words::reading(self.model + 1, view.snapshot.audits.len(), counts).to_string()
    }
}
