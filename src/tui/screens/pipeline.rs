//! The pipeline: stages as a stepper with their state and its reason, and the settings that make them stale.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use crate::figure::Tone;
use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Question, Screen, View};
use crate::tui::snapshot::{Freshness, Snapshot, StageState};
use crate::tui::source::Run;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

/// The screen.
#[derive(Default)]
pub struct Pipeline {
    stages: Cursor,
    settings: Cursor,
    in_settings: bool,
}

impl Pipeline {
    fn draw_stages(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let stages = &view.snapshot.stages;
        table::draw(
            buffer,
            area,
            &[
                Column::text("", 1),
                Column::text("stage", 12),
                Column::text("state", 8),
                Column::text("found, or why not", 0),
            ],
            stages.len(),
            &mut self.stages,
            view,
            |row| {
                let stage = &stages[row];
                let (sign, word, tone) = state(stage, view);
                let words = if stage.reason.is_empty() {
                    &stage.summary
                } else {
                    &stage.reason
                };
                let words = if words.is_empty() { &stage.about } else { words };
                vec![
                    (sign.to_owned(), view.theme.tone(tone)),
                    (stage.name.clone(), Style::new()),
                    (word.to_owned(), view.theme.tone(tone)),
                    (words.clone(), view.theme.muted()),
                ]
            },
        );
    }

    fn draw_settings(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let settings = &view.snapshot.settings;
        if settings.is_empty() {
            text(buffer, area, 0, 1, "nothing can be set here", view.theme.muted());
            return;
        }
        table::draw(
            buffer,
            area,
            &[Column::text("setting", 27), Column::text("value", 0)],
            settings.len(),
            &mut self.settings,
            view,
            |row| {
                vec![
                    (settings[row].key.clone(), Style::new()),
                    (settings[row].value.clone(), view.theme.accent()),
                ]
            },
        );
    }

    fn draw_about(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let mut lines = Vec::new();
        if self.in_settings {
            if let Some(setting) = view.snapshot.settings.get(self.settings.row) {
                lines.extend(wrap(&setting.about, area.width as usize));
                lines.push("Enter changes it; before anything is done you see what becomes stale".to_owned());
            }
        } else if let Some(stage) = view.snapshot.stages.get(self.stages.row) {
            lines.extend(wrap(&format!("{}: {}", stage.name, stage.about), area.width as usize));
            for words in [&stage.summary, &stage.reason] {
                if !words.is_empty() {
                    lines.extend(wrap(words, area.width as usize));
                }
            }
        }
        lines.extend(
            view.snapshot
                .remarks
                .iter()
                .flat_map(|remark| wrap(remark, area.width as usize)),
        );
        for (order, line) in lines.iter().enumerate() {
            text(
                buffer,
                area,
                0,
                order as u16,
                &view.glyphs.text(line),
                view.theme.muted(),
            );
        }
    }
}

/// Sign, word and tone of a stage's state.
fn state(stage: &StageState, view: &View) -> (&'static str, &'static str, Tone) {
    if view
        .job
        .is_some_and(|job| job == stage.name || job.starts_with(&format!("{} ", stage.name)))
    {
        return (view.glyphs.running, "running", Tone::Accent);
    }
    match stage.state {
        Freshness::Fresh => (view.glyphs.done, "done", Tone::Good),
        Freshness::Stale => (view.glyphs.stale, "stale", Tone::Warn),
        Freshness::Missing => (view.glyphs.missing, "missing", Tone::Muted),
        Freshness::Failed => (view.glyphs.failed, "failed", Tone::Bad),
    }
}

impl Screen for Pipeline {
    fn title(&self) -> &'static str {
        "pipeline"
    }

    fn short(&self) -> &'static str {
        "run"
    }

    fn needs(&self) -> Option<&'static str> {
        None
    }

    fn ready(&self, _snapshot: &Snapshot) -> bool {
        true
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move, Scope::Parts, Scope::Pipeline]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let snapshot = view.snapshot;
        let moved = if self.in_settings {
            self.settings.obey(command, snapshot.settings.len())
        } else {
            self.stages.obey(command, snapshot.stages.len())
        };
        if moved {
            return Vec::new();
        }
        match command {
            Command::NextPart | Command::PreviousPart => {
                self.in_settings = !self.in_settings;
                Vec::new()
            }
            Command::Open if self.in_settings => snapshot
                .settings
                .get(self.settings.row)
                .map(|setting| {
                    vec![Effect::Ask(
                        Question::Setting(setting.key.clone()),
                        setting.value.clone(),
                    )]
                })
                .unwrap_or_default(),
            Command::Open | Command::Run | Command::RunOnly | Command::RunAnew => {
                let Some(stage) = snapshot.stages.get(self.stages.row) else {
                    return Vec::new();
                };
                let name = Some(stage.name.clone());
                vec![Effect::Run(match command {
                    Command::RunOnly => Run {
                        only: name,
                        ..Run::default()
                    },
                    // Fresh results of the stage alone are made anew, not those of all that it needs.
                    Command::RunAnew => Run {
                        only: name,
                        force: true,
                        ..Run::default()
                    },
                    _ => Run {
                        until: name,
                        ..Run::default()
                    },
                })]
            }
            _ => Vec::new(),
        }
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let foot = if area.height >= 18 { 5 } else { 2 };
        let main = above(area, area.height - foot);
        (self.stages.idle, self.settings.idle) = (self.in_settings, !self.in_settings);
        if area.width >= 100 {
            let half = area.width * 3 / 5;
            self.draw_stages(buffer, left_of(main, half - 1), view);
            self.draw_settings(buffer, right_of(main, half + 1), view);
        } else if self.in_settings {
            self.draw_settings(buffer, main, view);
        } else {
            self.draw_stages(buffer, main, view);
        }
        self.draw_about(buffer, below(area, area.height - foot + 1), view);
    }

    fn back(&mut self) -> bool {
        std::mem::take(&mut self.in_settings)
    }

    fn reading(&self, view: &View) -> String {
        let fresh = view
            .snapshot
            .stages
            .iter()
            .filter(|stage| stage.state == Freshness::Fresh)
            .count();
        format!(
            "{fresh} of {} stages done   R all, Enter up to here, o this alone, Tab settings",
            view.snapshot.stages.len()
        )
    }

    fn memory(&self) -> Value {
        json!({ "stage": self.stages.row, "setting": self.settings.row })
    }

    fn recall(&mut self, memory: &Value) {
        self.stages.row = memory["stage"].as_u64().unwrap_or(0) as usize;
        self.settings.row = memory["setting"].as_u64().unwrap_or(0) as usize;
    }
}
