//! What lies over a screen: commands to search, the log, questions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use tui_input::Input;

use super::App;
use crate::figure::Tone;
use crate::figure::cells::width;
use crate::tui::command::{COMMANDS, Command, Entry, Scope};
use crate::tui::fuzzy;
use crate::tui::screen::Sure;
use crate::tui::widgets::{frame, paint_row, text, wrap};

/// What lies over the screen.
pub(super) enum Overlay {
    /// Commands to search: of this screen, or all of them
    Commands { input: Input, row: usize, all: bool },
    /// What was done so far
    Log { scroll: usize },
    /// A question before leaving
    Leave,
    /// A question before something is done
    Sure(Box<Sure>),
}

impl App {
    /// The commands of the help or the palette that match, best first.
    pub(super) fn listed(&self, words: &str, all: bool) -> Vec<&'static Entry> {
        let scopes = self.screen().scopes();
        let mut entries: Vec<&'static Entry> = COMMANDS
            .iter()
            .filter(|entry| all || entry.scope != Scope::Global || !matches!(entry.command, Command::Go(_)))
            .filter(|entry| entry.scope == Scope::Global || scopes.contains(&entry.scope))
            .collect();
        // What is this screen's own comes first, moving about and what works everywhere after it.
        entries.sort_by_key(|entry| match entry.scope {
            Scope::Global => 2,
            Scope::Move => 1,
            _ => 0,
        });
        let texts: Vec<String> = entries
            .iter()
            .map(|entry| format!("{} {} {}", entry.name, entry.doc, entry.keys.join(" ")))
            .collect();
        fuzzy::find(words, texts.iter().map(String::as_str))
            .into_iter()
            .map(|order| entries[order])
            .collect()
    }

    pub(super) fn draw_overlay(&self, buffer: &mut Buffer, body: Rect) {
        match &self.overlay {
            None => {}
            Some(Overlay::Commands { input, row, all }) => {
                let room = self.clear_box(
                    buffer,
                    centred(body, 78, body.height),
                    if *all { "commands" } else { "keys of this screen" },
                );
                let entries = self.listed(input.value(), *all);
                let label = text(buffer, room, 1, 0, "search: ", self.theme.muted()) + 1;
                let used = text(buffer, room, label, 0, input.value(), Style::new());
                if let Some(cell) = buffer.cell_mut((room.x + (label + used).min(room.width - 1), room.y)) {
                    cell.set_style(self.theme.selection());
                }
                let page = room.height.saturating_sub(1) as usize;
                let first = (*row + 1).saturating_sub(page);
                for (order, entry) in entries.iter().enumerate().skip(first).take(page) {
                    let y = (order - first) as u16 + 1;
                    let refusal = self.refusal(entry.command);
                    let style = if refusal.is_some() {
                        self.theme.muted()
                    } else {
                        Style::new()
                    };
                    text(
                        buffer,
                        room,
                        1,
                        y,
                        &entry.keys.join(" "),
                        self.theme.accent().patch(style),
                    );
                    text(buffer, room, 12, y, entry.name, style);
                    let doc = match refusal {
                        Some(reason) => format!("{} ({reason})", entry.doc),
                        None => entry.doc.to_owned(),
                    };
                    text(buffer, room, 25, y, &self.glyphs.text(&doc), style);
                    if order == *row {
                        paint_row(buffer, room, y, self.theme.selection());
                    }
                }
                if entries.is_empty() {
                    text(buffer, room, 1, 2, "no command matches", self.theme.muted());
                }
            }
            Some(Overlay::Log { scroll }) => {
                let room = self.clear_box(buffer, centred(body, body.width, body.height), "log");
                let mut lines: Vec<(Tone, String)> = Vec::new();
                for (tone, words) in &self.log {
                    for line in wrap(words, room.width as usize - 2) {
                        lines.push((*tone, line));
                    }
                }
                let page = room.height as usize;
                let scroll = (*scroll).min(lines.len().saturating_sub(page));
                let end = lines.len() - scroll;
                for (order, (tone, line)) in lines[end.saturating_sub(page)..end].iter().enumerate() {
                    text(
                        buffer,
                        room,
                        1,
                        order as u16,
                        &self.glyphs.text(line),
                        self.theme.tone(*tone),
                    );
                }
                if lines.is_empty() {
                    text(buffer, room, 1, 0, "nothing was done yet", self.theme.muted());
                }
            }
            Some(Overlay::Sure(question)) => {
                let wide = 70.min(body.width);
                let lines: Vec<String> = question
                    .lines
                    .iter()
                    .flat_map(|line| wrap(line, wide as usize - 4))
                    .collect();
                let room = self.clear_box(buffer, centred(body, wide, lines.len() as u16 + 4), &question.title);
                let page = room.height.saturating_sub(2) as usize;
                for (order, line) in lines.iter().take(page).enumerate() {
                    text(buffer, room, 1, order as u16, &self.glyphs.text(line), Style::new());
                }
                let last = room.height.saturating_sub(1);
                text(
                    buffer,
                    room,
                    1,
                    last,
                    "y takes it, Esc leaves it as it was",
                    self.theme.accent(),
                );
            }
            Some(Overlay::Leave) => {
                let room = self.clear_box(buffer, centred(body, 56, 5), "leave?");
                text(
                    buffer,
                    room,
                    1,
                    0,
                    "A job is running. What it has finished stays;",
                    Style::new(),
                );
                text(buffer, room, 1, 1, "the rest is done by the next run.", Style::new());
                text(buffer, room, 1, 2, "y leaves, Esc stays", self.theme.accent());
            }
        }
    }

    pub(super) fn clear_box(&self, buffer: &mut Buffer, area: Rect, title: &str) -> Rect {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        // A wide character that the box cuts in half must go as a whole.
        for y in area.y..area.y + area.height {
            if area.x > 0
                && let Some(cell) = buffer.cell_mut((area.x - 1, y))
                && width(cell.symbol()) > 1
            {
                cell.reset();
            }
        }
        frame(buffer, area, title, self.theme.muted(), &self.glyphs)
    }
}

fn centred(area: Rect, wide: u16, high: u16) -> Rect {
    let (wide, high) = (wide.min(area.width), high.min(area.height));
    Rect::new(
        area.x + (area.width - wide) / 2,
        area.y + (area.height - high) / 2,
        wide,
        high,
    )
}
