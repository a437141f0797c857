//! The frame around the screens: header, tabs, body, status line, keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::commands::{Chosen, Offer};
use super::overlay::Overlay;
use super::prompt::skip_columns;
use super::state::{App, Job};
use crate::figure::Tone;
use crate::figure::cells::width;
use crate::figure::ticks::significant;
use crate::message::Message;
use crate::message::english::pipeline as pipeline_words;
use crate::message::english::program as words;
use crate::tui::effect::Question;
use crate::tui::screen::Identity;
use crate::tui::screens::{SCREENS, key_of, pipeline};
use crate::tui::snapshot::{Freshness, StageState};
use crate::tui::widgets::{above, below, paint_row, text, wrap};

/// Columns that the header keeps for how many stages stand how.
const COUNTS: usize = 22;

impl App {
    /// Draws the whole program.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect) {
        self.dirty = false;
        self.area = area;
        self.targets.clear();
        if area.width < 60 || area.height < 16 {
            let line = words::enlarge(area.width.to_string(), area.height.to_string()).to_string();
            let column = (area.width as usize).saturating_sub(width(&line)) / 2;
            text(
                buffer,
                area,
                column as u16,
                area.height / 2,
                &self.glyphs.text(&line),
                Style::new(),
            );
            self.keep_to_the_alphabet(buffer);
            return;
        }
        self.draw_header(buffer, above(area, 1));
        self.draw_tabs(buffer, above(below(area, 1), 1));
        let body = Rect::new(area.x, area.y + 2, area.width, area.height - 4);
        self.draw_body(buffer, body);
        self.draw_status(buffer, below(above(area, area.height - 1), area.height - 2));
        self.draw_keys(buffer, below(area, area.height - 1));
        self.draw_overlay(buffer, body);
        self.keep_to_the_alphabet(buffer);
    }

    /// Whatever was shortened on its way to the screen ends in a sign that an ASCII terminal lacks.
    pub(super) fn keep_to_the_alphabet(&self, buffer: &mut Buffer) {
        if !self.glyphs.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if cell.symbol() == "…" {
                cell.set_symbol("~");
            }
        }
    }

    pub(super) fn draw_header(&self, buffer: &mut Buffer, area: Rect) {
        paint_row(buffer, area, 0, Style::new());
        let dot = self.glyphs.dot;
        let snapshot = &self.snapshot;
        let mut x = text(buffer, area, 0, 0, "radscore", self.theme.heading());
        if self.source.is_none() {
            return;
        }
        let stages = &snapshot.stages;
        let sign = |stage: &StageState| {
            if self.runs(&stage.name) {
                return (self.glyphs.running, Tone::Accent);
            }
            match stage.state {
                Freshness::Fresh => (self.glyphs.done, Tone::Good),
                Freshness::Stale => (self.glyphs.stale, Tone::Warn),
                Freshness::Missing => (self.glyphs.missing, Tone::Muted),
                Freshness::Failed => (self.glyphs.failed, Tone::Bad),
            }
        };
        let long: usize = stages.iter().map(|stage| width(&stage.name) + 3).sum();
        let name_room = (area.width as usize).saturating_sub(30 + COUNTS).max(8);
        let line = format!(
            " {dot} {} {dot} {}",
            self.glyphs
                .text(&crate::figure::cells::fit(&snapshot.name, name_room.min(40))),
            words::cases(snapshot.cases.len())
        );
        x += text(buffer, area, x, 0, &line, Style::new());
        let room = (area.width.saturating_sub(x + 2)) as usize;
        let names = long <= room;
        if !names {
            self.draw_counts(buffer, area, room);
            return;
        }
        x = area.width - long as u16;
        for stage in stages {
            let (sign, tone) = sign(stage);
            x += text(buffer, area, x, 0, sign, self.theme.tone(tone));
            x += text(buffer, area, x, 0, &format!(" {} ", stage.name), self.theme.tone(tone));
        }
    }

    /// How many stages stand how, where their names have no room.
    fn draw_counts(&self, buffer: &mut Buffer, area: Rect, room: usize) {
        let glyphs = &self.glyphs;
        let kinds = [
            (Freshness::Fresh, glyphs.done, pipeline_words::DONE, Tone::Good),
            (Freshness::Stale, glyphs.stale, pipeline_words::STALE, Tone::Warn),
            (Freshness::Failed, glyphs.failed, pipeline_words::FAILED, Tone::Bad),
            (Freshness::Missing, glyphs.missing, pipeline_words::MISSING, Tone::Muted),
        ];
        let counts: Vec<(String, Tone)> = kinds
            .into_iter()
            .map(|(state, sign, word, tone)| {
                let count = self.snapshot.stages.iter().filter(|stage| stage.state == state).count();
                (count, format!(" {sign} {count} {word}"), tone)
            })
            .filter(|(count, ..)| *count > 0)
            .map(|(_, said, tone)| (said, tone))
            .collect();
        let wide: usize = counts.iter().map(|(said, _)| width(said)).sum();
        let mut x = area.width - wide.min(room) as u16;
        for (said, tone) in counts {
            x += text(buffer, area, x, 0, &said, self.theme.tone(tone));
        }
    }

    pub(super) fn runs(&self, stage: &str) -> bool {
        self.job
            .as_ref()
            .is_some_and(|job| job.of > 0 && job.stage.as_deref() == Some(stage))
    }

    pub(super) fn draw_tabs(&mut self, buffer: &mut Buffer, area: Rect) {
        if self.source.is_none() || self.scan_only || self.is_over_screens() {
            return;
        }
        let room = area.width as usize;
        let tabs: Vec<(&str, &str, &str)> = SCREENS
            .iter()
            .map(|entry| {
                let key = entry.row.keys.first().copied().unwrap_or_default();
                (key, entry.identity.title.text(), entry.identity.short.text())
            })
            .collect();
        let spacious: usize = tabs.iter().map(|(key, title, _)| width(key) + width(title) + 3).sum();
        let levels = shortened(&tabs, room);
        let mut targets = Vec::new();
        let mut x = 0;
        for (order, (screen, tab)) in self.screens.iter().zip(&tabs).enumerate() {
            let in_front = screen.identity().name == self.front;
            let tab = if spacious <= room {
                format!(" {} {} ", tab.0, tab.1)
            } else {
                let level = if in_front { levels[order].min(1) } else { levels[order] };
                tab_of(*tab, level)
            };
            let style = if in_front {
                self.theme.selection()
            } else if screen.ready(&self.snapshot) {
                Style::new()
            } else {
                self.theme.muted()
            };
            let tab = if order + 1 == tabs.len() { tab.trim_end() } else { &tab };
            let used = text(buffer, area, x, 0, tab, style);
            let place = Rect::new(area.x + x, area.y, used, 1);
            targets.push((place, key_of(screen.identity().name)));
            x += used;
        }
        self.targets.extend(targets);
    }

    pub(super) fn draw_body(&mut self, buffer: &mut Buffer, area: Rect) {
        if self.source.is_none() && self.job.is_some() && !self.is_over_screens() {
            let line = self.glyphs.text(words::OPENING_STUDY.text());
            text(buffer, area, 2, 1, &line, self.theme.muted());
            return;
        }
        let (screen, view) = self.front();
        if screen.ready(view.snapshot) {
            screen.draw(buffer, area, &view);
            return;
        }
        let identity = screen.identity();
        self.draw_nothing_yet(buffer, area, identity);
    }

    /// What stands in place of a screen whose stage has not run.
    fn draw_nothing_yet(&self, buffer: &mut Buffer, area: Rect, identity: &Identity) {
        let stage = identity.needs.unwrap_or_default();
        let (snapshot, theme, glyphs) = (&self.snapshot, &self.theme, &self.glyphs);
        let running = self.job.as_ref().is_some_and(|job| job.of > 0);
        let failed = snapshot
            .stages
            .iter()
            .find(|known| known.state == Freshness::Failed)
            .map(|known| words::stage_failed(&known.name, &known.reason));
        let mut lines: Vec<(String, Style)> = vec![
            (words::nothing_to_see(identity.title).to_string(), theme.heading()),
            (String::new(), Style::new()),
            (words::shows_stage(stage).to_string(), Style::new()),
        ];
        if running {
            lines.push((words::FILLS_BY_ITSELF.to_string(), Style::new()));
        } else if snapshot.stage(stage) == Freshness::Fresh {
            lines.push((words::NOTHING_FOUND.to_string(), Style::new()));
        } else {
            lines.push((
                words::press_to_run(stage, key_of(pipeline::IDENTITY.name)).to_string(),
                theme.accent(),
            ));
        }
        if let Some(failed) = failed {
            lines.push((String::new(), Style::new()));
            for line in wrap(&failed.to_string(), area.width as usize - 4) {
                lines.push((line, theme.tone(Tone::Bad)));
            }
        }
        let top = area.height.saturating_sub(lines.len() as u16) / 3;
        for (order, (line, style)) in lines.iter().enumerate() {
            text(buffer, area, 2, top + order as u16, &glyphs.text(line), *style);
        }
    }

    pub(super) fn draw_status(&self, buffer: &mut Buffer, area: Rect) {
        if let Some(prompt) = &self.prompt {
            let label = prompt.question.as_ref().map(Question::label);
            let label = label.map_or_else(|| "/".to_owned(), |label| label.to_string());
            let used = text(buffer, area, 0, 0, &label, self.theme.accent());
            let room = (area.width - used).saturating_sub(1) as usize;
            let scroll = prompt.input.visual_scroll(room.max(1));
            let shown: String = skip_columns(prompt.input.value(), scroll);
            text(buffer, area, used, 0, &shown, Style::new());
            let cursor = used + prompt.input.visual_cursor().saturating_sub(scroll) as u16;
            if let Some(cell) = buffer.cell_mut((area.x + cursor.min(area.width - 1), area.y)) {
                cell.set_style(self.theme.selection());
            }
            return;
        }
        if let Some((tone, message)) = &self.toast {
            let line = self.glyphs.text(&message.to_string());
            text(buffer, area, 0, 0, &line, self.theme.tone(*tone));
            return;
        }
        if let Some(job) = &self.job {
            self.draw_job(buffer, area, job);
            return;
        }
        let view = self.view();
        let screen = self.screen();
        if screen.ready(&self.snapshot) {
            let reading = screen.reading(&view);
            text(buffer, area, 0, 0, &self.glyphs.text(&reading), Style::new());
        }
    }

    pub(super) fn draw_job(&self, buffer: &mut Buffer, area: Rect, job: &Job) {
        let mut parts: Vec<Message> = vec![job.label.clone()];
        if job.of > 0 {
            let seconds = job.stage_started.elapsed().as_secs_f64();
            parts.push(words::done_of(job.done, job.of));
            if job.done > 0 && job.done < job.of && seconds > 1.0 {
                let rate = job.done as f64 / seconds;
                parts.push(words::rate(significant(rate, 2)));
                parts.push(words::left(duration((job.of - job.done) as f64 / rate)));
            }
        } else if job.started.elapsed().as_secs() > 1 {
            parts.push(duration(job.started.elapsed().as_secs_f64()));
        }
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let line = format!("{} {}", self.glyphs.spinner[job.tick % 4], parts.join("  "));
        let cells = 16.min(area.width as usize / 5);
        let full = (job.done * cells).checked_div(job.of).unwrap_or(0).min(cells);
        let bar = if job.of > 0 {
            format!(
                "{}{} ",
                self.glyphs.bar[0].repeat(full),
                self.glyphs.bar[1].repeat(cells - full)
            )
        } else {
            String::new()
        };
        let used = text(buffer, area, 0, 0, &bar, self.theme.accent());
        let stop = words::X_CANCELS.text();
        let side = (width(stop) as u16).min(area.width);
        let room = Rect::new(area.x + used, area.y, area.width.saturating_sub(used + side + 1), 1);
        text(buffer, room, 0, 0, &self.glyphs.text(&line), Style::new());
        text(buffer, area, area.width - side, 0, stop, self.theme.muted());
    }

    /// The keys that work now; those that do not are muted.
    pub(super) fn draw_keys(&mut self, buffer: &mut Buffer, area: Rect) {
        if let Some(prompt) = &self.prompt {
            let wants_path = prompt.question.as_ref().is_some_and(Question::wants_path);
            let keys = if wants_path {
                words::PROMPT_PATH_KEYS
            } else {
                words::PROMPT_KEYS
            };
            text(buffer, area, 0, 0, keys.text(), self.theme.muted());
            return;
        }
        if let Some(overlay) = &self.overlay {
            let keys = match overlay {
                Overlay::Commands { .. } => words::COMMANDS_KEYS,
                Overlay::Log { .. } => words::LOG_KEYS,
                Overlay::Leave(_) => words::LEAVE_KEYS,
                Overlay::Confirm(_) => words::CONFIRM_KEYS,
            };
            text(buffer, area, 0, 0, keys.text(), self.theme.muted());
            return;
        }
        let mut offers = self.offers();
        offers.retain(|offer| offer.row.rank > 0 && !offer.row.keys.is_empty() && self.worth_a_place(offer));
        offers.sort_by_key(|offer| offer.row.rank);
        let stays = |offer: &Offer| matches!(offer.chosen, Chosen::Program(command) if command.stays);
        let wide = |offer: &Offer| width(offer.row.keys[0]) + width(offer.row.name.text()) + 3;
        let reserved: usize = offers.iter().filter(|offer| stays(offer)).map(wide).sum();
        let mut room = (area.width as usize + 2).saturating_sub(reserved);
        offers.retain(|offer| {
            let fits = stays(offer) || wide(offer) <= room;
            if fits && !stays(offer) {
                room -= wide(offer);
            }
            fits
        });
        offers.sort_by_key(stays);
        let mut x = 0;
        for (order, offer) in offers.into_iter().enumerate() {
            let able = self.refusal(offer.chosen).is_none();
            let key = if able {
                self.theme.accent().add_modifier(Modifier::BOLD)
            } else {
                self.theme.muted()
            };
            let style = if able { Style::new() } else { self.theme.muted() };
            x += if order > 0 { 2 } else { 0 };
            let begun = x;
            x += text(buffer, area, x, 0, offer.row.keys[0], key);
            x += 1 + text(buffer, area, x + 1, 0, offer.row.name.text(), style);
            self.targets
                .push((Rect::new(area.x + begun, area.y, x - begun, 1), offer.row.keys[0]));
        }
    }
}

/// How far each tab's title is shortened so that all of them fit: the last ones first, by as little as does.
fn shortened(tabs: &[(&str, &str, &str)], room: usize) -> Vec<usize> {
    let mut levels = vec![0; tabs.len()];
    let total = |levels: &[usize]| -> usize {
        tabs.iter()
            .zip(levels)
            .map(|(tab, level)| width(&tab_of(*tab, *level)))
            .sum()
    };
    for level in 1..=2 {
        // The title in front is never left out.
        let spare = if level > 1 { 7 } else { 0 };
        for at in (0..tabs.len()).rev() {
            if total(&levels) + spare <= room + 1 {
                return levels;
            }
            levels[at] = level;
        }
    }
    levels
}

/// A tab: its key, and its title in full, short, or left out.
fn tab_of(tab: (&str, &str, &str), level: usize) -> String {
    match level {
        0 => format!("{} {} ", tab.0, tab.1),
        1 => format!("{} {} ", tab.0, tab.2),
        _ => format!("{} ", tab.0),
    }
}

fn duration(seconds: f64) -> Message {
    let seconds = seconds.clamp(0.0, 1e7) as u64;
    match seconds {
        0..=99 => words::seconds(seconds.to_string()),
        100..=5999 => words::minutes(seconds.div_ceil(60).to_string()),
        _ => words::hours((seconds / 3600).to_string(), (seconds % 3600 / 60).to_string()),
    }
}
