//! What an audit found, worst first, with the arithmetic.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::turn;
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Question, Screen, View};
use crate::tui::snapshot::{Finding, Snapshot};
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

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
    fn title(&self) -> &'static str {
        "audit"
    }

    fn short(&self) -> &'static str {
        "audit"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("fit")
    }

    fn ready(&self, _snapshot: &Snapshot) -> bool {
        // Without a fitted model there is still a file to open.
        true
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Parts, Scope::Audit]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        if command == Command::OpenModel {
            // What is opened stands first.
            *self = Self::default();
            return vec![Effect::Ask(Question::ModelFile, String::new())];
        }
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

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        self.model = self.model.min(view.snapshot.audits.len().saturating_sub(1));
        let Some(audited) = view.snapshot.audits.get(self.model) else {
            let words = "No model was fitted yet. o opens a model file and says what is wrong with it.";
            for (order, line) in wrap(words, area.width as usize - 4).iter().enumerate() {
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
            &[Column::text("", 10), Column::text("finding", 0)],
            findings.len(),
            &mut self.cursor,
            view,
            |row| {
                let finding = &findings[row];
                vec![
                    (finding.word.clone(), view.theme.tone(finding.tone)),
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
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for finding in findings(view, self.model) {
            match counts.iter_mut().find(|(word, _)| *word == finding.word) {
                Some((_, count)) => *count += 1,
                None => counts.push((&finding.word, 1)),
            }
        }
        // What is in order needs no place in the line.
        let words: Vec<String> = counts
            .iter()
            .take(3)
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        format!(
            "{} of {}: {}   Enter arithmetic, Tab next model, o opens a file",
            self.model + 1,
            view.snapshot.audits.len(),
            words.join(", ")
        )
    }
}
