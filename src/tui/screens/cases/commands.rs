//! What the list of cases and the slice viewer have for themselves: a key is a row.

use super::state::Cases;
use crate::figure::section::Plane;
use crate::message::Message;
use crate::message::english::cases as said;
use crate::message::english::commands as words;
use crate::tui::command::{Command, Row};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{Own, View};
use crate::tui::screens::slices::{Arrangement, Slices, Step};
use crate::tui::source::Decision;

/// Commands of the list.
pub(super) static LIST_COMMANDS: &[Own<Cases>] = &[
    Own::<Cases>::new(Row::new(&["v"], words::VIEW, words::VIEW_ABOUT, 16), Cases::look)
        .unless(Cases::nothing_to_look_at),
    Own::<Cases>::new(
        Row::new(&["a"], words::ACCEPT, words::ACCEPT_ABOUT, 17),
        |cases, view| cases.judge(Decision::Accept, view),
    )
    .unless(Cases::nothing_in_hand),
    Own::<Cases>::new(Row::new(&["d"], words::DROP, words::DROP_ABOUT, 18), |cases, view| {
        cases.judge(Decision::Drop, view)
    })
    .unless(Cases::nothing_in_hand),
    Own::<Cases>::new(
        Row::new(&["c"], words::COMMENT, words::COMMENT_ABOUT, 33),
        Cases::ask_remark,
    )
    .unless(Cases::nothing_in_hand),
    Own::<Cases>::new(Row::new(&["Space"], words::MARK, words::MARK_ABOUT, 34), Cases::mark)
        .unless(Cases::nothing_in_hand),
    Own::<Cases>::new(Row::new(&["E"], words::EDIT, words::EDIT_ABOUT, 36), Cases::ask_edit)
        .unless(Cases::nothing_to_edit),
    Own::<Cases>::new(
        Row::new(&["w"], words::SAVE_COHORT, words::SAVE_COHORT_ABOUT, 37),
        |_, _| vec![Effect::Ask(Question::SaveCohort, "cohort-edited.csv".to_owned())],
    )
    .unless(Cases::no_study),
];

/// Commands of the slice viewer.
pub(super) static VIEWER_COMMANDS: &[Own<Cases>] = &[
    step(
        &["]", "PgDn"],
        words::SLICE_NEXT,
        words::SLICE_NEXT_ABOUT,
        23,
        |cases, _| cases.step(Step::Slices(1)),
    ),
    step(
        &["[", "PgUp"],
        words::SLICE_BACK,
        words::SLICE_BACK_ABOUT,
        24,
        |cases, _| cases.step(Step::Slices(-1)),
    ),
    step(&["}"], words::SLICE_JUMP, words::SLICE_JUMP_ABOUT, 0, |cases, _| {
        cases.step(Step::Slices(10))
    }),
    step(
        &["{"],
        words::SLICE_JUMP_BACK,
        words::SLICE_JUMP_BACK_ABOUT,
        0,
        |cases, _| cases.step(Step::Slices(-10)),
    ),
    step(
        &["Home"],
        words::SLICE_LARGEST,
        words::SLICE_LARGEST_ABOUT,
        29,
        |cases, _| cases.step(Step::Largest),
    ),
    step(&["Left", "h"], words::LEFT, words::PAN_ABOUT, 0, |cases, _| {
        cases.step(Step::Pan(-1, 0))
    }),
    step(&["Right", "l"], words::RIGHT, words::PAN_ABOUT, 0, |cases, _| {
        cases.step(Step::Pan(1, 0))
    }),
    step(&["Up", "k"], words::UP, words::PAN_ABOUT, 0, |cases, _| {
        cases.step(Step::Pan(0, -1))
    }),
    step(&["Down", "j"], words::DOWN, words::PAN_ABOUT, 0, |cases, _| {
        cases.step(Step::Pan(0, 1))
    }),
    step(&["A"], words::AXIAL, words::AXIAL_ABOUT, 30, |cases, _| {
        cases.change(|slices| slices.cut_along(Plane::Axial))
    }),
    step(&["S"], words::SAGITTAL, words::SAGITTAL_ABOUT, 31, |cases, _| {
        cases.change(|slices| slices.cut_along(Plane::Sagittal))
    }),
    step(&["C"], words::CORONAL, words::CORONAL_ABOUT, 32, |cases, _| {
        cases.change(|slices| slices.cut_along(Plane::Coronal))
    }),
    step(&["T"], words::THREE, words::THREE_ABOUT, 25, |cases, _| {
        cases.change(|slices| slices.arrange(Arrangement::Three))
    }),
    step(&["M"], words::MONTAGE, words::MONTAGE_ABOUT, 26, |cases, _| {
        cases.change(|slices| slices.arrange(Arrangement::Montage))
    }),
    step(
        &["B"],
        words::SECOND_READER,
        words::SECOND_READER_ABOUT,
        22,
        |cases, _| cases.change(Slices::turn_second_reader),
    )
    .unless(Cases::one_mask),
    step(&["W"], words::OWN_WINDOW, words::OWN_WINDOW_ABOUT, 0, |cases, _| {
        cases.ask_window()
    }),
    step(&["f"], words::WINDOW, words::WINDOW_ABOUT, 27, |cases, _| {
        cases.change(Slices::next_window)
    }),
    step(&["o"], words::OUTLINE, words::OUTLINE_ABOUT, 28, |cases, _| {
        cases.change(Slices::next_overlay)
    }),
    step(&["c"], words::CROSSHAIR, words::CROSSHAIR_ABOUT, 29, |cases, _| {
        cases.change(Slices::turn_crosshair)
    }),
    step(&["z", "+"], words::ZOOM_IN, words::ZOOM_IN_ABOUT, 0, |cases, _| {
        cases.step(Step::Zoom(1.0 / 1.25))
    }),
    step(&["Z", "-"], words::ZOOM_OUT, words::ZOOM_OUT_ABOUT, 0, |cases, _| {
        cases.step(Step::Zoom(1.25))
    }),
    step(&["w"], words::WHOLE, words::WHOLE_ABOUT, 30, |cases, _| {
        cases.step(Step::Whole)
    }),
    step(&["a"], words::ACCEPT, words::ACCEPT_NEXT_ABOUT, 20, |cases, view| {
        cases.judge(Decision::Accept, view)
    })
    .unless(Cases::nothing_in_hand),
    step(&["d"], words::DROP, words::DROP_NEXT_ABOUT, 21, |cases, view| {
        cases.judge(Decision::Drop, view)
    })
    .unless(Cases::nothing_in_hand),
    step(&["i"], words::REMARK, words::COMMENT_ABOUT, 33, |cases, view| {
        cases.ask_remark(view)
    })
    .unless(Cases::nothing_in_hand),
    step(&["m"], words::MEND, words::MEND_ABOUT, 22, |cases, view| {
        cases.begin_mending(view)
    }),
    step(&["n"], words::NEXT_CASE, words::NEXT_CASE_ABOUT, 34, |cases, view| {
        cases.turn_page(true, view)
    }),
    step(
        &["p"],
        words::CASE_BEFORE,
        words::PREVIOUS_CASE_ABOUT,
        0,
        |cases, view| cases.turn_page(false, view),
    ),
];

/// A row of the viewer.
const fn step(
    keys: &'static [&'static str],
    name: crate::message::Id,
    about: crate::message::Id,
    rank: u8,
    act: fn(&mut Cases, &View) -> Vec<Effect>,
) -> Own<Cases> {
    Own::new(Row::new(keys, name, about, rank), act)
}

impl Cases {
    #[allow(
        clippy::unused_self,
        reason = "a row asks its screen whether a command can be obeyed"
    )]
    fn no_study(&self, view: &View) -> Option<Message> {
        view.scan_only.then(|| said::NO_STUDY.into())
    }

    fn nothing_in_hand(&self, view: &View) -> Option<Message> {
        self.no_study(view)
            .or_else(|| self.in_hand(view.snapshot).is_none().then(|| said::NO_CASE.into()))
    }

    fn nothing_to_look_at(&self, view: &View) -> Option<Message> {
        match self.in_hand(view.snapshot) {
            None => Some(said::NO_CASE.into()),
            Some((_, case)) if case.image.is_none() => Some(said::NO_IMAGES.into()),
            Some(_) => None,
        }
    }

    fn nothing_to_edit(&self, view: &View) -> Option<Message> {
        self.no_study(view)
            .or_else(|| view.snapshot.columns.is_empty().then(|| said::NO_COHORT.into()))
            .or_else(|| self.nothing_in_hand(view))
    }

    fn one_mask(&self, _view: &View) -> Option<Message> {
        let one = self.slices.as_ref().is_some_and(|slices| !slices.has_second());
        one.then(|| said::ONE_MASK.into())
    }

    /// Keeps a decision about what is chosen, and goes on.
    fn judge(&mut self, decision: Decision, view: &View) -> Vec<Effect> {
        let chosen = self.chosen(view.snapshot);
        if chosen.is_empty() {
            return Vec::new();
        }
        let mut effects = vec![Effect::Decide(chosen, decision)];
        self.marked.clear();
        if self.slices.is_some() {
            effects.extend(self.turn_page(true, view));
        } else {
            self.cursor.obey(Command::Down, self.order(view.snapshot).len());
        }
        effects
    }

    fn mark(&mut self, view: &View) -> Vec<Effect> {
        if let Some((_, case)) = self.in_hand(view.snapshot) {
            if !self.marked.remove(&case.id) {
                self.marked.insert(case.id.clone());
            }
            self.cursor.obey(Command::Down, self.order(view.snapshot).len());
        }
        Vec::new()
    }

    /// Asks for a remark on what is chosen.
    fn ask_remark(&mut self, view: &View) -> Vec<Effect> {
        let before = self
            .in_hand(view.snapshot)
            .map(|(_, case)| case.comment.clone())
            .unwrap_or_default();
        vec![Effect::Ask(Question::Comment(self.chosen(view.snapshot)), before)]
    }

    /// Asks for a column and its value, the outcome's as they are at first.
    fn ask_edit(&mut self, view: &View) -> Vec<Effect> {
        let columns = &view.snapshot.columns;
        let start = columns.iter().position(|column| column == "outcome").and_then(|place| {
            let (_, case) = self.in_hand(view.snapshot)?;
            Some(format!("outcome = {}", case.cells.get(place)?))
        });
        let cases = self.chosen(view.snapshot);
        vec![Effect::Ask(Question::Edit(cases), start.unwrap_or_default())]
    }

    fn ask_window(&mut self) -> Vec<Effect> {
        let words = self.slices.as_ref().map(Slices::window_words);
        vec![Effect::Ask(Question::Window, words.unwrap_or_default())]
    }

    fn step(&mut self, step: Step) -> Vec<Effect> {
        self.change(|slices| slices.step(step))
    }

    /// Changes the viewer.
    fn change(&mut self, change: impl FnOnce(&mut Slices)) -> Vec<Effect> {
        if let Some(slices) = &mut self.slices {
            change(slices);
        }
        Vec::new()
    }
}
