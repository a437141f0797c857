//! Commands obeyed, or refused with the reason.

use super::commands::{Chosen, Offer};
use super::state::App;
use crate::figure::Tone;
use crate::message::Message;
use crate::message::english::audit_form::FORM_FIRST;
use crate::message::english::mending::MEND_FIRST;
use crate::message::english::new_study::MAKE_FIRST;
use crate::message::english::program as words;
use crate::tui::command::Command;

impl App {
    /// Why a command cannot be obeyed now.
    pub(super) fn refusal(&self, chosen: Chosen) -> Option<Message> {
        let screen = self.screen();
        match chosen {
            Chosen::Program(command) => (command.refusal)(self),
            Chosen::Go(_) if self.in_form => Some(FORM_FIRST.into()),
            Chosen::Go(_) if self.in_dialogue => Some(MAKE_FIRST.into()),
            // The outcome and what is predicted are not shown to whoever draws a region.
            Chosen::Go(_) if screen.work().is_some() => Some(MEND_FIRST.into()),
            Chosen::Go(_) => (self.source.is_none() || self.scan_only).then(|| words::NO_STUDY.into()),
            Chosen::Common(Command::Table | Command::Export | Command::Copy) if !screen.ready(&self.snapshot) => {
                Some(match screen.identity().needs {
                    Some(stage) => words::run_first(stage),
                    None => words::NOTHING_YET.into(),
                })
            }
            Chosen::Common(command) => screen.refusal(command, &self.view()),
            Chosen::Own(order) => screen.own_refusal(order, &self.view()),
        }
    }

    /// Whether a command belongs in the keys line now.
    pub(super) fn worth_a_place(&self, offer: &Offer) -> bool {
        let ready = self.screen().ready(&self.snapshot);
        match offer.chosen {
            Chosen::Program(command) => (command.shown)(self),
            Chosen::Common(Command::Table | Command::Export | Command::Copy | Command::NextPart | Command::Open) => {
                ready
            }
            Chosen::Go(_) | Chosen::Common(_) | Chosen::Own(_) => true,
        }
    }

    /// Obeys the command of a key, where it has one now.
    pub(super) fn obey_key(&mut self, key: &str) {
        let found = self.offers().into_iter().find(|offer| offer.row.keys.contains(&key));
        if let Some(offer) = found {
            self.obey(offer.chosen);
        }
    }

    /// Obeys a command, or says why not.
    pub(super) fn obey(&mut self, chosen: Chosen) {
        if let Some(reason) = self.refusal(chosen) {
            self.toast = Some((Tone::Warn, reason));
            return;
        }
        let ready = self.screen().ready(&self.snapshot);
        let (screen, view) = self.front();
        let effects = match chosen {
            Chosen::Program(command) => {
                (command.act)(self);
                return;
            }
            Chosen::Go(name) => {
                self.front = name;
                return;
            }
            Chosen::Common(_) | Chosen::Own(_) if !ready => return,
            Chosen::Common(command) => screen.update(command, &view),
            Chosen::Own(order) => screen.own_update(order, &view),
        };
        for effect in effects {
            self.carry_out(effect);
        }
    }
}
