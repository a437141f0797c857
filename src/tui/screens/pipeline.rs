//! The pipeline: stages as a stepper with their state and its reason, and the settings that make them stale.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use crate::figure::Tone;
use crate::message::english::commands::{
    GIVE_REASON, GIVE_REASON_ABOUT, GROUP_PIPELINE, RUN_ANEW, RUN_ANEW_ABOUT, RUN_ONE, RUN_ONE_ABOUT,
};
use crate::message::english::pipeline as words;
use crate::message::english::program::BUSY;
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE, PARTS, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{self, Identity, Own, Screen, ScreenName, View};
use crate::tui::snapshot::{Freshness, StageState};
use crate::tui::source::Run;
use crate::tui::widgets::table::{Column, Cursor};
use crate::tui::widgets::{above, below, left_of, right_of, table, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("pipeline"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// What it has for itself.
static OWN: &[Own<Pipeline>] = &[
    Own::<Pipeline>::new(Row::new(&["o"], RUN_ONE, RUN_ONE_ABOUT, 30), |screen, view| {
        screen.run_alone(false, view)
    })
    .unless(|_, view| view.busy.then(|| BUSY.into())),
    Own::<Pipeline>::new(Row::new(&["f"], RUN_ANEW, RUN_ANEW_ABOUT, 31), |screen, view| {
        screen.run_alone(true, view)
    })
    .unless(|_, view| view.busy.then(|| BUSY.into())),
    Own::<Pipeline>::new(Row::new(&["b"], GIVE_REASON, GIVE_REASON_ABOUT, 0), |_, view| {
        let rule = view.snapshot.stopped_by.as_ref().map(|(rule, _)| rule.clone());
        rule.map(|rule| Effect::Ask(Question::Reason(rule), String::new()))
            .into_iter()
            .collect()
    })
    .unless(|_, view| match view.snapshot.stopped_by {
        None => Some(words::NO_RULE_BROKEN.into()),
        Some(_) => view.busy.then(|| BUSY.into()),
    }),
];

/// The screen.
#[derive(Default)]
pub struct Pipeline {
    stages: Cursor,
    settings: Cursor,
    in_settings: bool,
    /// Lines of what is said below that have gone by
    read: usize,
}

impl Pipeline {
    /// The stage in hand.
    fn in_hand(&self, view: &View) -> Option<String> {
        Some(view.snapshot.stages.get(self.stages.row)?.name.clone())
    }

    /// Runs the stage in hand alone; fresh results of its own are made anew by force, not those of all that it needs.
    fn run_alone(&self, force: bool, view: &View) -> Vec<Effect> {
        let only = self.in_hand(view);
        let run = only.is_some().then_some(Run {
            only,
            force,
            ..Run::default()
        });
        run.map(Effect::Run).into_iter().collect()
    }

    fn draw_stages(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let stages = &view.snapshot.stages;
        table::draw(
            buffer,
            area,
            &[
                Column::blank(1),
                Column::text(words::STAGE, 12),
                Column::text(words::STATE, 8),
                Column::text(words::FOUND, 0),
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
                    (word.to_string(), view.theme.tone(tone)),
                    (words.clone(), view.theme.muted()),
                ]
            },
        );
    }

    fn draw_settings(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let settings = &view.snapshot.settings;
        if settings.is_empty() {
            text(buffer, area, 0, 1, words::NO_SETTINGS.text(), view.theme.muted());
            return;
        }
        table::draw(
            buffer,
            area,
            &[Column::text(words::SETTING, 27), Column::text(words::VALUE, 0)],
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

    fn draw_about(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let mut lines = Vec::new();
        if let Some((rule, says)) = &view.snapshot.stopped_by {
            lines.extend(wrap(&words::rule_stops(rule, says).to_string(), area.width as usize));
        }
        if self.in_settings {
            if let Some(setting) = view.snapshot.settings.get(self.settings.row) {
                lines.extend(wrap(&setting.about, area.width as usize));
                lines.push(words::ENTER_CHANGES.to_string());
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
                .flat_map(|remark| wrap(&remark.to_string(), area.width as usize)),
        );
        let room = usize::from(area.height);
        if lines.len() > room && room > 1 {
            self.read = self.read.min(lines.len() + 1 - room);
            lines.drain(..self.read);
            if lines.len() > room {
                let more = words::more_said(lines.len() + 1 - room);
                lines.truncate(room - 1);
                lines.push(more.to_string());
            }
        }
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
pub fn state(stage: &StageState, view: &View) -> (&'static str, Id, Tone) {
    if view.running == Some(stage.name.as_str()) {
        return (view.glyphs.running, words::RUNNING, Tone::Accent);
    }
    match stage.state {
        Freshness::Fresh => (view.glyphs.done, words::DONE, Tone::Good),
        Freshness::Stale => (view.glyphs.stale, words::STALE, Tone::Warn),
        Freshness::Missing => (view.glyphs.missing, words::MISSING, Tone::Muted),
        Freshness::Failed => (view.glyphs.failed, words::FAILED, Tone::Bad),
    }
}

impl Screen for Pipeline {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST, PARTS]
    }

    fn refusal(&self, command: Command, view: &View) -> Option<Message> {
        (command == Command::Open && view.busy).then(|| BUSY.into())
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let snapshot = view.snapshot;
        let moved = if self.in_settings {
            self.settings.obey(command, snapshot.settings.len())
        } else {
            self.stages.obey(command, snapshot.stages.len())
        };
        if moved {
            self.read = 0;
            return Vec::new();
        }
        match command {
            Command::Right => {
                self.read += 1;
                Vec::new()
            }
            Command::Left => {
                self.read = self.read.saturating_sub(1);
                Vec::new()
            }
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
            Command::Open => self.run(view).map(Effect::Run).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn run(&self, view: &View) -> Result<Run, Message> {
        Ok(Run {
            until: Some(self.in_hand(view).ok_or(words::NO_STAGE)?),
            ..Run::default()
        })
    }

    fn own(&self) -> Vec<Row> {
        screen::rows(OWN)
    }

    fn all_own(&self) -> Vec<(Id, Vec<Row>)> {
        vec![(GROUP_PIPELINE, screen::rows(OWN))]
    }

    fn own_refusal(&self, order: usize, view: &View) -> Option<Message> {
        screen::refused(OWN, order, self, view)
    }

    fn own_update(&mut self, order: usize, view: &View) -> Vec<Effect> {
        screen::act(OWN, order, self, view)
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        // Rows that the stages do not need belong to what is said of the one in hand.
        let left_over = area.height.saturating_sub(view.snapshot.stages.len() as u16 + 2);
        let foot = if area.height >= 18 { left_over.clamp(5, 20) } else { 2 };
        let main = above(area, area.height - foot);
        (self.stages.place, self.settings.place) = (Rect::default(), Rect::default());
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

    fn click(&mut self, column: u16, row: u16, _view: &View) -> Vec<Effect> {
        if self.settings.click(column, row) {
            self.in_settings = true;
        } else if self.stages.click(column, row) {
            self.in_settings = false;
        }
        Vec::new()
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
        words::reading(fresh, view.snapshot.stages.len()).to_string()
    }

    fn memory(&self) -> Value {
        json!({ "stage": self.stages.row, "setting": self.settings.row })
    }

    fn recall(&mut self, memory: &Value) {
        self.stages.row = memory["stage"].as_u64().unwrap_or(0) as usize;
        self.settings.row = memory["setting"].as_u64().unwrap_or(0) as usize;
    }
}
