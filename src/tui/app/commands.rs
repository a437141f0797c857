//! What works everywhere: a key is a row, with what it does and why it may be refused.

use tui_input::Input;

use super::overlay::Overlay;
use super::prompt::Prompt;
use super::state::App;
use crate::figure::Tone;
use crate::message::Message;
use crate::message::english::audit_form::{FORM_FIRST, LEAVE_UNSAVED};
use crate::message::english::commands as words;
use crate::message::english::mending::MEND_FIRST;
use crate::message::english::new_study::MAKE_FIRST;
use crate::message::english::opened;
use crate::message::english::program as said;
use crate::tui::command::{Command, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::ScreenName;
use crate::tui::screens::SCREENS;
use crate::tui::snapshot::{Freshness, StageState};
use crate::tui::source::Run;
use crate::tui::theme::{Theme, ThemeName};

/// A command of the program itself.
pub(super) struct ProgramCommand {
    pub(super) row: Row,
    pub(super) act: fn(&mut App),
    pub(super) refusal: fn(&App) -> Option<Message>,
    /// Whether it is worth a place in the keys line now
    pub(super) shown: fn(&App) -> bool,
    /// Where it stands in the keys line's end, which is never left out
    pub(super) stays: bool,
}

impl ProgramCommand {
    const fn new(row: Row, act: fn(&mut App)) -> Self {
        Self {
            row,
            act,
            refusal: |_| None,
            shown: |_| true,
            stays: false,
        }
    }

    const fn unless(self, refusal: fn(&App) -> Option<Message>) -> Self {
        Self { refusal, ..self }
    }

    const fn shown_if(self, shown: fn(&App) -> bool) -> Self {
        Self { shown, ..self }
    }

    const fn staying(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// What a key or a line of the help stands for.
#[derive(Clone, Copy)]
pub(super) enum Chosen {
    /// A command of the program
    Program(&'static ProgramCommand),
    /// Going to a screen
    Go(ScreenName),
    /// A command that screens have in common
    Common(Command),
    /// A command of the screen in front, by its place there
    Own(usize),
}

/// A command that is valid now, with its keys and words.
#[derive(Clone, Copy)]
pub(super) struct Offer {
    pub(super) row: Row,
    pub(super) chosen: Chosen,
}

/// All commands of the program.
pub(super) static PROGRAM: &[ProgramCommand] = &[
    ProgramCommand::new(Row::new(&["r"], words::RUN, words::RUN_ABOUT, 15), App::run_for_screen)
        .unless(|app| app.run_of_screen().err())
        .shown_if(|app| app.source.is_some() && app.run_of_screen().is_ok()),
    ProgramCommand::new(Row::new(&["R"], words::RUN_ALL, words::RUN_ALL_ABOUT, 14), |app| {
        app.run(Run::default());
    })
    .unless(App::cannot_run)
    .shown_if(App::something_to_run),
    ProgramCommand::new(Row::new(&["x"], words::CANCEL, words::CANCEL_ABOUT, 1), |app| {
        app.stop_job();
        app.say(Tone::Warn, said::CANCELLING);
    })
    .unless(|app| app.job.is_none().then(|| said::NOTHING_RUNS.into()))
    .shown_if(|app| app.job.is_some()),
    ProgramCommand::new(
        Row::new(&["/"], words::FILTER, words::FILTER_ABOUT, 19),
        App::begin_filter,
    )
    .unless(|app| (!app.screen().narrows()).then(|| said::NO_LIST.into()))
    .shown_if(|app| app.source.is_some() && app.screen().narrows()),
    ProgramCommand::new(
        Row::new(&["C-o"], words::OPEN_STUDY, words::OPEN_STUDY_ABOUT, 0),
        |app| app.carry_out(Effect::Ask(Question::OpenStudy, String::new())),
    )
    .unless(App::cannot_begin),
    ProgramCommand::new(Row::new(&["C-n"], words::NEW_STUDY, words::NEW_STUDY_ABOUT, 0), |app| {
        app.carry_out(Effect::NewStudy);
    })
    .unless(App::cannot_begin),
    ProgramCommand::new(Row::new(&["?"], words::HELP, words::HELP_ABOUT, 60), |app| {
        app.list_commands(false);
    })
    .staying(),
    ProgramCommand::new(Row::new(&[":"], words::PALETTE, words::PALETTE_ABOUT, 61), |app| {
        app.list_commands(true);
    })
    .staying(),
    ProgramCommand::new(Row::new(&["u"], words::UNDO, words::UNDO_ABOUT, 0), |app| {
        if app.screen().work().is_some() {
            app.screen_mut().go_back(false);
        } else {
            app.change(|source| source.undo());
        }
    })
    .unless(|app| (app.steps().0 == 0).then(|| opened::NOTHING_TO_UNDO.into())),
    ProgramCommand::new(Row::new(&["C-r"], words::REDO, words::REDO_ABOUT, 0), |app| {
        if app.screen().work().is_some() {
            app.screen_mut().go_back(true);
        } else {
            app.change(|source| source.redo());
        }
    })
    .unless(|app| (app.steps().1 == 0).then(|| opened::NOTHING_TO_REDO.into())),
    ProgramCommand::new(Row::new(&["C-s"], words::SAVE, words::SAVE_ABOUT, 0), |app| {
        app.change(|source| source.save());
    })
    .unless(App::cannot_run),
    ProgramCommand::new(Row::new(&["L"], words::LOG, words::LOG_ABOUT, 0), |app| {
        app.overlay = Some(Overlay::Log { scroll: 0 });
    }),
    ProgramCommand::new(Row::new(&[], words::THEME, words::THEME_ABOUT, 0), App::next_theme),
    ProgramCommand::new(
        Row::new(&["C-e"], words::SAVE_SCREEN, words::SAVE_SCREEN_ABOUT, 0),
        App::save_screen,
    ),
    ProgramCommand::new(Row::new(&["C-l"], words::REDRAW, words::REDRAW_ABOUT, 0), |app| {
        app.requests.redraw = true;
    }),
    ProgramCommand::new(Row::new(&["C-z"], words::SUSPEND, words::SUSPEND_ABOUT, 0), |app| {
        app.requests.suspend = true;
    }),
    ProgramCommand::new(Row::new(&["Esc"], words::BACK, words::BACK_ABOUT, 0), |app| {
        if !app.screen_mut().back() && !app.leave_form() && !std::mem::take(&mut app.in_dialogue) {
            app.toast = Some((Tone::Muted, said::Q_LEAVES.into()));
        }
    }),
    ProgramCommand::new(Row::new(&["q"], words::QUIT, words::QUIT_ABOUT, 62), App::quit).staying(),
    ProgramCommand::new(Row::new(&["C-c"], words::END, words::END_ABOUT, 0), App::end),
];

/// The rows of what works everywhere, the ways to the screens last.
pub fn program_rows() -> impl Iterator<Item = Row> {
    let own = PROGRAM.iter().map(|command| command.row);
    own.chain(SCREENS.iter().map(|entry| entry.row))
}

impl App {
    /// What can be asked for now: the screen's own first, then what it has in common with others, then what works
    /// everywhere.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let screen = self.screen();
        let own = screen.own().into_iter().enumerate().map(|(order, row)| Offer {
            row,
            chosen: Chosen::Own(order),
        });
        let common = screen.groups().iter().flat_map(|group| group.rows);
        let common = common.map(|&(command, row)| Offer {
            row,
            chosen: Chosen::Common(command),
        });
        let program = PROGRAM.iter().map(|command| Offer {
            row: command.row,
            chosen: Chosen::Program(command),
        });
        let screens = SCREENS.iter().map(|entry| Offer {
            row: entry.row,
            chosen: Chosen::Go(entry.identity.name),
        });
        own.chain(common).chain(program).chain(screens).collect()
    }

    /// Leaves at once.
    pub(super) fn end(&mut self) {
        self.stop_job();
        self.interrupted = true;
        self.finished = true;
    }

    fn quit(&mut self) {
        // What was answered of a study that is being made stays: C-n comes back to it; and what was typed into a form: n on the
        // audit's screen does.
        let back = !self.scan_only && !self.in_form;
        if self.leave_form() || std::mem::take(&mut self.in_dialogue) || (back && self.screen_mut().back()) {
            return;
        }
        let mut about = Vec::new();
        if self.job.is_some() {
            about.push(said::LEAVE_RUNNING.into());
        }
        about.extend(self.changed_here());
        if self.form.is_unsaved() {
            about.push(LEAVE_UNSAVED.into());
        }
        if about.is_empty() {
            self.finished = true;
        } else {
            self.overlay = Some(Overlay::Leave(about));
        }
    }

    /// Leaves the form that is in front, unless the program was started for it alone.
    fn leave_form(&mut self) -> bool {
        let leaves = self.in_form && !self.form_alone;
        self.in_form &= !leaves;
        leaves
    }

    /// Whether a stage is to be run, on a screen that needs none of its own.
    fn something_to_run(&self) -> bool {
        let fresh = |stage: &StageState| stage.state == Freshness::Fresh;
        self.source.is_some() && self.screen().identity().needs.is_none() && !self.snapshot.stages.iter().all(fresh)
    }

    /// What was changed since the study was opened and is not in its file, and where it is.
    fn changed_here(&self) -> Vec<Message> {
        let changes = &self.snapshot.changes;
        if *changes == self.changes_at_first || changes.settings + changes.cells + changes.picks == 0 {
            return Vec::new();
        }
        vec![
            said::changes_are_kept(
                changes.settings,
                changes.cells,
                changes.picks,
                changes.file.display().to_string(),
            ),
            said::CHANGES_HOLD.into(),
        ]
    }

    /// How many steps can be taken back and again: of what is being worked on, else of what is changed of the study.
    fn steps(&self) -> (usize, usize) {
        let changes = &self.snapshot.changes;
        self.screen().work().unwrap_or((changes.back, changes.again))
    }

    fn cannot_run(&self) -> Option<Message> {
        if self.screen().work().is_some() {
            return Some(MEND_FIRST.into());
        }
        if self.job.is_some() {
            return Some(said::BUSY.into());
        }
        if self.in_form {
            return Some(FORM_FIRST.into());
        }
        if self.in_dialogue {
            return Some(MAKE_FIRST.into());
        }
        (self.source.is_none() || self.scan_only).then(|| said::NO_STUDY.into())
    }

    fn cannot_begin(&self) -> Option<Message> {
        if self.screen().work().is_some() {
            return Some(MEND_FIRST.into());
        }
        if self.scan_only {
            return Some(said::NO_STUDY.into());
        }
        self.job.is_some().then(|| said::BUSY.into())
    }

    /// What the screen in front wants to be run, or why nothing can be.
    fn run_of_screen(&self) -> Result<Run, Message> {
        match self.cannot_run() {
            Some(reason) => Err(reason),
            None => self.screen().run(&self.view()),
        }
    }

    fn run_for_screen(&mut self) {
        if let Ok(run) = self.run_of_screen() {
            self.run(run);
        }
    }

    fn begin_filter(&mut self) {
        if let Some(filter) = self.screen_mut().filter() {
            let input = Input::new(filter.clone());
            self.prompt = Some(Prompt { question: None, input });
        }
    }

    fn list_commands(&mut self, all: bool) {
        self.overlay = Some(Overlay::Commands {
            input: Input::default(),
            row: 0,
            all,
        });
    }

    fn next_theme(&mut self) {
        let all = ThemeName::ALL;
        let at = all.iter().position(|name| *name == self.theme.name).unwrap_or(0);
        self.theme = Theme::new(all[(at + 1) % all.len()], self.depth);
        self.opener.keep_theme(self.theme.name);
        self.say(Tone::Plain, said::theme_is(self.theme.name.name()));
    }
}
