//! What lies over a screen, drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::commands::{Chosen, Offer};
use super::overlay::Overlay;
use super::state::App;
use crate::figure::Tone;
use crate::figure::cells::width;
use crate::message::english::program as words;
use crate::tui::command::MOVE;
use crate::tui::fuzzy;
use crate::tui::widgets::{below, frame, paint_row, text, wrap};

impl App {
    /// The commands of the help or the palette that match, best first.
    pub(super) fn listed(&self, written: &str, all: bool) -> Vec<Offer> {
        let mut offers = self.offers();
        offers.retain(|offer| all || !matches!(offer.chosen, Chosen::Go(_)));
        // What is this screen's own comes first, moving about and what works everywhere after it.
        let moves = |command| MOVE.rows.iter().any(|(other, _)| *other == command);
        offers.sort_by_key(|offer| match offer.chosen {
            Chosen::Program(_) | Chosen::Go(_) => 2,
            Chosen::Common(command) if moves(command) => 1,
            Chosen::Common(_) | Chosen::Own(_) => 0,
        });
        let texts: Vec<String> = offers
            .iter()
            .map(|offer| format!("{} {} {}", offer.row.name, offer.row.about, offer.row.keys.join(" ")))
            .collect();
        let found = fuzzy::find(written, texts.iter().map(String::as_str));
        let mut found: Vec<Offer> = found.into_iter().map(|order| offers[order]).collect();
        // Who writes a name in full means that command.
        found.sort_by_key(|offer| offer.row.name.text() != written.trim());
        found
    }

    pub(super) fn draw_overlay(&self, buffer: &mut Buffer, body: Rect) {
        match &self.overlay {
            None => {}
            Some(Overlay::Commands { input, row, all }) => {
                let room = self.clear_box(
                    buffer,
                    centred(body, 78, body.height),
                    if *all {
                        words::ALL_COMMANDS
                    } else {
                        words::KEYS_OF_SCREEN
                    }
                    .text(),
                );
                let offers = self.listed(input.value(), *all);
                // What is seen here stands above the keys; it makes way for what is looked for.
                let mut room = room;
                if !*all && input.value().is_empty() && *row == 0 {
                    let meaning = self.screen().identity().meaning;
                    let lines = wrap(meaning.text(), room.width as usize - 2);
                    for (order, line) in lines.iter().enumerate() {
                        text(buffer, room, 1, order as u16, &self.glyphs.text(line), Style::new());
                    }
                    room = below(room, lines.len() as u16 + 1);
                }
                let label = text(buffer, room, 1, 0, words::SEARCH.text(), self.theme.muted()) + 1;
                let used = text(buffer, room, label, 0, input.value(), Style::new());
                if let Some(cell) = buffer.cell_mut((room.x + (label + used).min(room.width - 1), room.y)) {
                    cell.set_style(self.theme.selection());
                }
                let page = room.height.saturating_sub(1) as usize;
                let first = (*row + 1).saturating_sub(page);
                for (order, offer) in offers.iter().enumerate().skip(first).take(page) {
                    let y = (order - first) as u16 + 1;
                    let refusal = self.refusal(offer.chosen);
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
                        &offer.row.keys.join(" "),
                        self.theme.accent().patch(style),
                    );
                    text(buffer, room, 12, y, offer.row.name.text(), style);
                    let about = match refusal {
                        Some(reason) => words::refused(offer.row.about, reason),
                        None => offer.row.about.into(),
                    };
                    text(buffer, room, 25, y, &self.glyphs.text(&about.to_string()), style);
                    if order == *row {
                        paint_row(buffer, room, y, self.theme.selection());
                    }
                }
                if offers.is_empty() {
                    text(buffer, room, 1, 2, words::NO_COMMAND_MATCHES.text(), self.theme.muted());
                }
            }
            Some(Overlay::Log { scroll }) => {
                let room = self.clear_box(buffer, centred(body, body.width, body.height), words::LOG_TITLE.text());
                let mut lines: Vec<(Tone, String)> = Vec::new();
                for (tone, message) in &self.log {
                    for line in wrap(&message.to_string(), room.width as usize - 2) {
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
                    text(buffer, room, 1, 0, words::NOTHING_DONE.text(), self.theme.muted());
                }
            }
            Some(Overlay::Confirm(question)) => {
                let wide = 70.min(body.width);
                let lines: Vec<String> = question
                    .lines
                    .iter()
                    .flat_map(|line| wrap(&line.to_string(), wide as usize - 4))
                    .collect();
                let title = question.title.to_string();
                let room = self.clear_box(buffer, centred(body, wide, lines.len() as u16 + 4), &title);
                let page = room.height.saturating_sub(2) as usize;
                for (order, line) in lines.iter().take(page).enumerate() {
                    text(buffer, room, 1, order as u16, &self.glyphs.text(line), Style::new());
                }
                let last = room.height.saturating_sub(1);
                text(buffer, room, 1, last, words::Y_TAKES_IT.text(), self.theme.accent());
            }
            Some(Overlay::Leave(about)) => {
                let wide = 70.min(body.width);
                let lines = about.iter().flat_map(|line| wrap(&line.to_string(), wide as usize - 4));
                let lines: Vec<String> = lines.collect();
                let room = self.clear_box(buffer, centred(body, wide, lines.len() as u16 + 4), words::LEAVE.text());
                let page = room.height.saturating_sub(2) as usize;
                for (order, line) in lines.iter().take(page).enumerate() {
                    text(buffer, room, 1, order as u16, &self.glyphs.text(line), Style::new());
                }
                let last = room.height.saturating_sub(1);
                text(buffer, room, 1, last, words::Y_LEAVES.text(), self.theme.accent());
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
