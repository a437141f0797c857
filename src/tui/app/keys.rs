//! Keys: what a person types, as commands, as text, or as moves in what lies over the screen.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::overlay::Overlay;
use super::prompt::{Prompt, at_home, complete};
use super::state::{App, LOG_LINES};
use crate::figure::Tone;
use crate::message::english::program as words;
use crate::tui::command;
use crate::tui::effect::{Beginning, Effect, Question};
use crate::tui::source::Decision;

impl App {
    pub(super) fn press(&mut self, key: &KeyEvent) {
        self.dirty = true;
        // A key without a name may still mean something to what is being written.
        let name = command::key_name(key).unwrap_or_default();
        if name == "C-c" {
            self.end();
            return;
        }
        if self.prompt.is_some() {
            self.write(&name, key);
            return;
        }
        self.toast = None;
        if self.overlay.is_some() {
            self.press_over(&name, key);
            return;
        }
        self.obey_key(&name);
    }

    /// A key while a line is being written.
    pub(super) fn write(&mut self, name: &str, key: &KeyEvent) {
        match name {
            "Esc" => {
                if self.prompt.take().is_some_and(|prompt| prompt.question.is_none())
                    && let Some(filter) = self.screen_mut().filter()
                {
                    filter.clear();
                }
            }
            "Enter" => {
                if let Some(Prompt {
                    question: Some(question),
                    input,
                }) = self.prompt.take()
                {
                    self.answer(question, input.value().trim());
                }
            }
            "Tab" => {
                if let Some(prompt) = &mut self.prompt
                    && prompt.question.as_ref().is_some_and(Question::wants_path)
                    && let Some(longer) = complete(prompt.input.value())
                {
                    prompt.input = Input::new(longer);
                }
            }
            _ => {
                if let Some(prompt) = &mut self.prompt {
                    prompt.input.handle_event(&Event::Key(*key));
                }
                self.narrow();
            }
        }
    }

    /// Hands what is written to the list that it narrows.
    pub(super) fn narrow(&mut self) {
        if let Some(Prompt { question: None, input }) = &self.prompt {
            let words = input.value().to_owned();
            if let Some(filter) = self.screen_mut().filter() {
                *filter = words;
            }
        }
    }

    pub(super) fn answer(&mut self, question: Question, written: &str) {
        let written = if question.wants_path() {
            at_home(written)
        } else {
            written.to_owned()
        };
        let effect = match question {
            Question::Comment(cases) => Effect::Decide(cases, Decision::Comment(written)),
            Question::Setting(key) => Effect::Weigh(key, written),
            Question::Reason(rule) => Effect::Allow(rule, written),
            Question::OpenStudy => Effect::Begin(Beginning::Open(written)),
            Question::SampleFolder => Effect::Begin(Beginning::Sample(written)),
            Question::Edit(cases) => match written.split_once('=') {
                Some((column, value)) => Effect::Edit(cases, column.trim().to_owned(), value.trim().to_owned()),
                None => Effect::Say(Tone::Warn, words::HOW_TO_EDIT.into()),
            },
            Question::SaveCohort => Effect::SaveCohort(written),
            Question::ModelFile => Effect::Judge(written),
            Question::Window
            | Question::MendingStep
            | Question::Reporting(_)
            | Question::New(_)
            | Question::FormField(_)
            | Question::FormFile => {
                for effect in self.screen_mut().answer(&written) {
                    self.carry_out(effect);
                }
                return;
            }
        };
        self.carry_out(effect);
    }

    pub(super) fn press_over(&mut self, name: &str, key: &KeyEvent) {
        let count = match &self.overlay {
            Some(Overlay::Commands { input, all, .. }) => self.listed(input.value(), *all).len(),
            _ => 0,
        };
        match &mut self.overlay {
            Some(Overlay::Commands { input, row, all }) => match name {
                "Esc" => self.overlay = None,
                "Up" => *row = row.saturating_sub(1),
                "Down" => *row = (*row + 1).min(count.saturating_sub(1)),
                "PgUp" => *row = row.saturating_sub(10),
                "PgDn" => *row = (*row + 10).min(count.saturating_sub(1)),
                "Enter" => {
                    let (written, all, row) = (input.value().to_owned(), *all, *row);
                    let chosen = self.listed(&written, all).get(row).map(|offer| offer.chosen);
                    self.overlay = None;
                    if let Some(chosen) = chosen {
                        self.obey(chosen);
                    }
                }
                _ => {
                    input.handle_event(&Event::Key(*key));
                    *row = 0;
                }
            },
            Some(Overlay::Log { scroll }) => match name {
                "Esc" | "q" | "L" | "Enter" => self.overlay = None,
                "Up" | "k" => *scroll += 1,
                "PgUp" | "C-u" => *scroll += 10,
                "Down" | "j" => *scroll = scroll.saturating_sub(1),
                "PgDn" | "C-d" => *scroll = scroll.saturating_sub(10),
                "g" | "Home" => *scroll = LOG_LINES,
                "G" | "End" => *scroll = 0,
                _ => {}
            },
            Some(Overlay::Leave(_)) => match name {
                "y" | "Enter" | "q" => {
                    self.stop_job();
                    self.finished = true;
                }
                _ => self.overlay = None,
            },
            Some(Overlay::Confirm(_)) => match name {
                "y" | "Enter" => {
                    if let Some(Overlay::Confirm(question)) = self.overlay.take() {
                        self.carry_out(question.effect);
                    }
                }
                "n" | "q" | "Esc" => {
                    self.overlay = None;
                    self.say(Tone::Plain, words::LEFT_AS_IT_WAS);
                }
                _ => {}
            },
            None => {}
        }
    }
}
