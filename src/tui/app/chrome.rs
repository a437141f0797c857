//! The frame around the screens: header, tabs, body, status line, keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::overlay::Overlay;
use super::prompt::skip_columns;
use super::{App, Job};
use crate::figure::Tone;
use crate::figure::cells::width;
use crate::tui::command::{self, Command, Entry, Scope};
use crate::tui::screen::Question;
use crate::tui::snapshot::{Freshness, StageState};
use crate::tui::widgets::{above, below, paint_row, text, wrap};

impl App {
    /// Draws the whole program.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect) {
        self.dirty = false;
        if area.width < 60 || area.height < 16 {
            let words = format!("enlarge to 80×24 (now {}×{})", area.width, area.height);
            let column = (area.width as usize).saturating_sub(width(&words)) / 2;
            text(
                buffer,
                area,
                column as u16,
                area.height / 2,
                &self.glyphs.text(&words),
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
        let name_room = (area.width as usize).saturating_sub(30 + stages.len()).max(8);
        let words = format!(
            " {dot} {} {dot} {} case{}",
            self.glyphs
                .text(&crate::figure::cells::fit(&snapshot.name, name_room.min(40))),
            snapshot.cases.len(),
            if snapshot.cases.len() == 1 { "" } else { "s" }
        );
        x += text(buffer, area, x, 0, &words, Style::new());
        let room = (area.width.saturating_sub(x + 2)) as usize;
        let names = long <= room;
        let wide = if names { long } else { stages.len() };
        if wide > room {
            return;
        }
        x = area.width - wide as u16;
        for stage in stages {
            let (sign, tone) = sign(stage);
            x += text(buffer, area, x, 0, sign, self.theme.tone(tone));
            if names {
                x += text(buffer, area, x, 0, &format!(" {} ", stage.name), self.theme.tone(tone));
            }
        }
    }

    pub(super) fn runs(&self, stage: &str) -> bool {
        self.job
            .as_ref()
            .is_some_and(|job| job.of > 0 && first_word(&job.label) == stage)
    }

    pub(super) fn draw_tabs(&self, buffer: &mut Buffer, area: Rect) {
        if self.source.is_none() || self.scan_only {
            return;
        }
        let titles: Vec<(&str, &str)> = self
            .screens
            .iter()
            .map(|screen| (screen.title(), screen.short()))
            .collect();
        let digit = |order: usize| (order + 1) % 10;
        let full: usize = titles.iter().map(|(title, _)| title.len() + 4).sum();
        let short: usize = titles.iter().map(|(_, short)| short.len() + 3).sum();
        let mut x = 0;
        for (order, (title, short_title)) in titles.iter().enumerate() {
            let words = if full <= area.width as usize {
                format!(" {} {title} ", digit(order))
            } else if short <= area.width as usize + 1 {
                format!("{} {short_title} ", digit(order))
            } else if order == self.current {
                format!("{} {title} ", digit(order))
            } else {
                format!("{} {} ", digit(order), &short_title[..short_title.len().min(2)])
            };
            let style = if order == self.current {
                self.theme.selection()
            } else if self.screens[order].ready(&self.snapshot) {
                Style::new()
            } else {
                self.theme.muted()
            };
            let words = if order + 1 == titles.len() {
                words.trim_end()
            } else {
                &words
            };
            x += text(buffer, area, x, 0, words, style);
        }
    }

    pub(super) fn draw_body(&mut self, buffer: &mut Buffer, area: Rect) {
        if self.source.is_none() && self.job.is_some() {
            let words = self.glyphs.text("opening the study …");
            text(buffer, area, 2, 1, &words, self.theme.muted());
            return;
        }
        let (screen, view) = self.front();
        if screen.ready(view.snapshot) {
            screen.draw(buffer, area, &view);
            return;
        }
        let (title, stage) = (screen.title(), screen.needs().unwrap_or("run"));
        self.draw_nothing_yet(buffer, area, title, stage);
    }

    /// What stands in place of a screen whose stage has not run.
    fn draw_nothing_yet(&self, buffer: &mut Buffer, area: Rect, title: &str, stage: &str) {
        let (snapshot, theme, glyphs) = (&self.snapshot, &self.theme, &self.glyphs);
        let running = self.job.as_ref().is_some_and(|job| job.of > 0);
        let failed = snapshot
            .stages
            .iter()
            .find(|known| known.state == Freshness::Failed)
            .map(|known| format!("{} failed: {}", known.name, known.reason));
        let mut lines: Vec<(String, Style)> = vec![
            (format!("{title}: nothing to see yet"), theme.heading()),
            (String::new(), Style::new()),
            (format!("This screen shows what the stage {stage} finds."), Style::new()),
        ];
        if running {
            lines.push((
                "The study is running; this screen fills by itself.".to_owned(),
                Style::new(),
            ));
        } else if snapshot.stage(stage) == Freshness::Fresh {
            lines.push((
                "The stage has run and found nothing to show here.".to_owned(),
                Style::new(),
            ));
        } else {
            lines.push((
                format!("Press r to run {stage} and all that it needs, or 2 to see the pipeline."),
                theme.accent(),
            ));
        }
        if let Some(failed) = failed {
            lines.push((String::new(), Style::new()));
            for line in wrap(&failed, area.width as usize - 4) {
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
            let label = prompt.question.as_ref().map_or_else(|| "/".to_owned(), Question::label);
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
        if let Some((tone, words)) = &self.toast {
            text(buffer, area, 0, 0, &self.glyphs.text(words), self.theme.tone(*tone));
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
        let spinner = self.glyphs.spinner[job.tick % 4];
        let mut words = format!("{spinner} {}", job.label);
        if job.of > 0 {
            let seconds = job.stage_started.elapsed().as_secs_f64();
            words.push_str(&format!("  {} of {}", job.done, job.of));
            if job.done > 0 && job.done < job.of && seconds > 1.0 {
                let rate = job.done as f64 / seconds;
                words.push_str(&format!(
                    "  {}/s  {} left",
                    crate::figure::ticks::significant(rate, 2),
                    duration((job.of - job.done) as f64 / rate)
                ));
            }
        } else if job.started.elapsed().as_secs() > 1 {
            words.push_str(&format!("  {}", duration(job.started.elapsed().as_secs_f64())));
        }
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
        let stop = "x cancels";
        let room = Rect::new(area.x + used, area.y, area.width - used - stop.len() as u16 - 1, 1);
        text(buffer, room, 0, 0, &self.glyphs.text(&words), Style::new());
        text(
            buffer,
            area,
            area.width - stop.len() as u16,
            0,
            stop,
            self.theme.muted(),
        );
    }

    /// The keys that work now; those that do not are muted.
    pub(super) fn draw_keys(&self, buffer: &mut Buffer, area: Rect) {
        if self.prompt.is_some() {
            text(
                buffer,
                area,
                0,
                0,
                "Enter takes it  Esc leaves it  Tab completes a path",
                self.theme.muted(),
            );
            return;
        }
        if let Some(overlay) = &self.overlay {
            let words = match overlay {
                Overlay::Commands { .. } => "type to search  Up Down choose  Enter does it  Esc closes",
                Overlay::Log { .. } => "Up Down scroll  Esc closes",
                Overlay::Leave => "y leaves  Esc stays",
                Overlay::Sure(_) => "y does it  Esc leaves it as it was",
            };
            text(buffer, area, 0, 0, words, self.theme.muted());
            return;
        }
        let mut entries: Vec<&Entry> = command::valid(self.screen().scopes())
            .filter(|entry| entry.rank > 0 && !entry.keys.is_empty() && self.worth_a_place(entry))
            .collect();
        entries.sort_by_key(|entry| entry.rank);
        let tail: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|entry| matches!(entry.command, Command::Help | Command::Palette | Command::Quit))
            .collect();
        let wide = |entry: &Entry| entry.keys[0].len() + entry.name.len() + 3;
        let reserved: usize = tail.iter().map(|entry| wide(entry)).sum();
        let mut room = (area.width as usize + 2).saturating_sub(reserved);
        let mut shown: Vec<&Entry> = Vec::new();
        for entry in entries
            .iter()
            .copied()
            .filter(|entry| !tail.iter().any(|other| other.command == entry.command))
        {
            if wide(entry) <= room {
                room -= wide(entry);
                shown.push(entry);
            }
        }
        shown.extend(tail);
        let mut x = 0;
        for (order, entry) in shown.into_iter().enumerate() {
            let able = self.refusal(entry.command).is_none();
            let key = if able {
                self.theme.accent().add_modifier(Modifier::BOLD)
            } else {
                self.theme.muted()
            };
            let words = if able { Style::new() } else { self.theme.muted() };
            x += if order > 0 { 2 } else { 0 };
            x += text(buffer, area, x, 0, entry.keys[0], key);
            x += 1 + text(buffer, area, x + 1, 0, entry.name, words);
        }
    }

    /// Whether a command of the keys line belongs there now.
    pub(super) fn worth_a_place(&self, entry: &Entry) -> bool {
        match entry.command {
            Command::Cancel => self.job.is_some(),
            Command::Run => self.refusal(Command::Run).is_none() && self.source.is_some(),
            Command::Filter => entry.scope == Scope::Global && matches!(self.current, 0 | 2) && self.source.is_some(),
            Command::Back => false,
            Command::Table | Command::Export | Command::Copy | Command::NextPart => self.screen().ready(&self.snapshot),
            Command::Open => {
                self.screen().ready(&self.snapshot) && !matches!(self.current, 5..=8) || self.source.is_none()
            }
            _ => true,
        }
    }
}

/// The stage in a job's label.
pub(super) fn first_word(label: &str) -> &str {
    label.split([' ', ':']).next().unwrap_or(label)
}

fn duration(seconds: f64) -> String {
    let seconds = seconds.clamp(0.0, 1e7) as u64;
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5999 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}
