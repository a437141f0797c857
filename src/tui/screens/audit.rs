//! What an audit found, worst first, with the arithmetic.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::figure::Tone;
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Screen, View};
use crate::tui::snapshot::{Finding, Snapshot};
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

/// The screen.
#[derive(Default)]
pub struct Audit {
    cursor: Cursor,
    open: bool,
    scroll: usize,
}

fn word(finding: &Finding) -> (&'static str, Tone) {
    match finding.severity {
        3.. => ("wrong", Tone::Bad),
        2 => ("doubtful", Tone::Warn),
        1 => ("remark", Tone::Plain),
        0 => ("in order", Tone::Good),
    }
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

    fn ready(&self, snapshot: &Snapshot) -> bool {
        !snapshot.findings.is_empty()
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        if self.open && view.snapshot.findings.get(self.cursor.row).is_some() {
            match command {
                Command::Up => self.scroll = self.scroll.saturating_sub(1),
                Command::Down => self.scroll += 1,
                Command::Open => self.open = false,
                _ => {}
            }
            return Vec::new();
        }
        if self.cursor.obey(command, view.snapshot.findings.len()) {
            self.scroll = 0;
        } else if command == Command::Open {
            self.open = true;
        }
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let findings = &view.snapshot.findings;
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
            &[Column::text("", 9), Column::text("finding", 0)],
            findings.len(),
            &mut self.cursor,
            view,
            |row| {
                let finding = &findings[row];
                let (word, tone) = word(finding);
                vec![
                    (word.to_owned(), view.theme.tone(tone)),
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
        let count = |severity: u8| {
            view.snapshot
                .findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        format!(
            "{} wrong, {} doubtful, {} remarks   (Enter: the arithmetic)",
            count(3),
            count(2),
            count(1)
        )
    }
}
