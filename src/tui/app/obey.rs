//! Commands: which cannot be obeyed now and why, and what the others do.

use tui_input::Input;

use super::App;
use super::overlay::Overlay;
use super::prompt::Prompt;
use crate::figure::Tone;
use crate::figure::cells::Ink;
use crate::tui::command::Command;
use crate::tui::screen::{Effect, Question};
use crate::tui::snapshot::Freshness;
use crate::tui::source::Run;
use crate::tui::theme::{Theme, ThemeName};

impl App {
    /// Why a command cannot be obeyed now.
    pub(super) fn refusal(&self, command: Command) -> Option<String> {
        let screen = self.screen();
        match command {
            Command::Accept
            | Command::Reject
            | Command::Comment
            | Command::Edit
            | Command::SaveCohort
            | Command::OpenStudy
            | Command::MakeStudy
                if self.scan_only =>
            {
                Some("there is no study here".to_owned())
            }
            Command::Cancel => self.job.is_none().then(|| "nothing runs".to_owned()),
            Command::Run | Command::RunAll if self.job.is_some() => Some("a job is running: x cancels it".to_owned()),
            Command::Run | Command::RunAll | Command::Go(_) if self.source.is_none() || self.scan_only => {
                Some("there is no study here".to_owned())
            }
            Command::Run if self.current != 1 => match screen.needs() {
                None => Some("this screen needs no stage; R runs all".to_owned()),
                Some(stage) if self.snapshot.stage(stage) == Freshness::Fresh => Some(format!("{stage} is up to date")),
                Some(_) => None,
            },
            Command::OpenStudy | Command::MakeStudy | Command::RunOnly | Command::RunAnew if self.job.is_some() => {
                Some("a job is running: x cancels it".to_owned())
            }
            Command::Open | Command::Run | Command::SetLambda if self.job.is_some() && self.current == 1 => {
                Some("a job is running: x cancels it".to_owned())
            }
            Command::Table | Command::Export | Command::Copy if !screen.ready(&self.snapshot) => {
                Some(match screen.needs() {
                    Some(stage) => format!("run {stage} first: r does it"),
                    None => "there is nothing yet".to_owned(),
                })
            }
            _ => screen.refusal(command, &self.snapshot),
        }
    }

    /// Obeys a command, or says why not.
    pub fn obey(&mut self, command: Command) {
        if let Some(reason) = self.refusal(command) {
            self.toast = Some((Tone::Warn, reason));
            return;
        }
        match command {
            Command::Interrupt => {
                self.stop_job();
                self.finished = true;
            }
            Command::Quit => {
                if !self.scan_only && self.screen_mut().back() {
                    return;
                }
                if self.job.is_some() {
                    self.overlay = Some(Overlay::Leave);
                } else {
                    self.finished = true;
                }
            }
            Command::Back => {
                if !self.screen_mut().back() {
                    self.toast = Some((Tone::Muted, "q leaves the program".to_owned()));
                }
            }
            Command::Help | Command::Palette => {
                self.overlay = Some(Overlay::Commands {
                    input: Input::default(),
                    row: 0,
                    all: command == Command::Palette,
                });
            }
            Command::Log => self.overlay = Some(Overlay::Log { scroll: 0 }),
            Command::Filter => match self.screen_mut().filter() {
                Some(filter) => {
                    let input = Input::new(filter.clone());
                    self.prompt = Some(Prompt { question: None, input });
                }
                None => self.toast = Some((Tone::Warn, "there is no list to narrow here".to_owned())),
            },
            Command::Redraw => self.wishes.redraw = true,
            Command::Suspend => self.wishes.suspend = true,
            Command::Cancel => {
                self.stop_job();
                self.say(Tone::Warn, "cancelling: what is finished stays");
            }
            Command::Ink => {
                self.ink = if self.glyphs.ascii { Ink::Ascii } else { self.ink.next() };
            }
            Command::Theme => {
                let all = ThemeName::ALL;
                let at = all.iter().position(|name| *name == self.theme.name).unwrap_or(0);
                self.theme = Theme::new(all[(at + 1) % all.len()], self.depth);
                let words = format!("theme {}", self.theme.name.name());
                self.say(Tone::Plain, &words);
            }
            Command::Go(number) => self.current = number.min(self.screens.len() - 1),
            Command::OpenStudy => self.carry_out(Effect::Ask(Question::OpenStudy, String::new())),
            Command::MakeStudy => self.carry_out(Effect::Ask(Question::MakeStudy, String::new())),
            Command::RunAll => self.run(Run::default()),
            Command::Run if self.current != 1 => {
                let until = self.screen().needs().map(str::to_owned);
                self.run(Run {
                    until,
                    ..Run::default()
                });
            }
            _ => {
                if !self.screen().ready(&self.snapshot) {
                    return;
                }
                let (screen, view) = self.front();
                let effects = screen.update(command, &view);
                for effect in effects {
                    self.carry_out(effect);
                }
            }
        }
    }
}
