//! What the viewer offers while a mask is being mended: a key is a row.

use super::state::Cases;
use crate::figure::section::Plane;
use crate::message::english::commands as words;
use crate::message::english::mending as said;
use crate::message::{Id, Message};
use crate::tui::command::Row;
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{Own, View};
use crate::tui::screens::slices::{Quick, Slices, Step, Tool};

/// How many pixels the crosshair goes with a letter; with an arrow it is one.
const STRIDE: isize = 5;

/// Commands while a mask is being mended.
pub(super) static MENDING_COMMANDS: &[Own<Cases>] = &[
    row(&["Space"], words::SET, words::SET_ABOUT, 10, |cases, _| {
        cases.on(Slices::set)
    }),
    row(&["s"], words::SEED_IN, words::SEED_IN_ABOUT, 11, |cases, _| {
        cases.on(|slices| slices.take_tool(Tool::Inside))
    }),
    row(&["t"], words::SEED_OUT, words::SEED_OUT_ABOUT, 12, |cases, _| {
        cases.on(|slices| slices.take_tool(Tool::Outside))
    }),
    row(&["g"], words::CONTOUR, words::CONTOUR_ABOUT, 13, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Contour))
    }),
    row(&["b"], words::BRUSH, words::BRUSH_ABOUT, 14, |cases, _| {
        cases.on(|slices| slices.take_tool(Tool::Brush))
    }),
    row(&["e"], words::ERASER, words::ERASER_ABOUT, 15, |cases, _| {
        cases.on(|slices| slices.take_tool(Tool::Eraser))
    }),
    row(&["."], words::WIDER, words::WIDER_ABOUT, 17, |cases, _| {
        cases.on(|slices| slices.widen(true))
    }),
    row(&[","], words::NARROWER, words::NARROWER_ABOUT, 18, |cases, _| {
        cases.on(|slices| slices.widen(false))
    }),
    row(&["v"], words::HOLD, words::HOLD_ABOUT, 0, |cases, _| {
        cases.on(Slices::hold)
    }),
    row(&["I"], words::LARGEST, words::LARGEST_ABOUT, 20, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Largest))
    }),
    row(&["F"], words::FILL, words::FILL_ABOUT, 21, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Fill))
    }),
    row(&["M"], words::SMOOTH, words::SMOOTH_ABOUT, 22, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Smooth))
    }),
    row(&["+"], words::GROW, words::GROW_ABOUT, 23, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Grow))
    }),
    row(&["-"], words::SHRINK, words::SHRINK_ABOUT, 24, |cases, _| {
        cases.on(|slices| slices.quick(Quick::Shrink))
    }),
    row(&["<"], words::CUT_BEFORE, words::CUT_BEFORE_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.quick(Quick::CutBefore))
    }),
    row(&[">"], words::CUT_AFTER, words::CUT_AFTER_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.quick(Quick::CutAfter))
    }),
    row(&["E"], words::ANY_STEP, words::ANY_STEP_ABOUT, 0, |_, _| {
        vec![Effect::Ask(Question::MendingStep, String::new())]
    }),
    row(&["a"], words::ACCEPT, words::MENDED_ABOUT, 16, Cases::keep_mended).unless(Cases::nothing_mended),
    row(
        &["]", "PgDn"],
        words::SLICE_NEXT,
        words::SLICE_NEXT_ABOUT,
        0,
        |cases, _| cases.on(|slices| slices.step(Step::Slices(1))),
    ),
    row(
        &["[", "PgUp"],
        words::SLICE_BACK,
        words::SLICE_BACK_ABOUT,
        0,
        |cases, _| cases.on(|slices| slices.step(Step::Slices(-1))),
    ),
    row(
        &["Home"],
        words::SLICE_LARGEST,
        words::SLICE_LARGEST_ABOUT,
        0,
        |cases, _| cases.on(|slices| slices.step(Step::Largest)),
    ),
    row(&["Left"], words::LEFT, words::CROSS_ABOUT, 0, |cases, _| {
        cases.pan(-1, 0)
    }),
    row(&["Right"], words::RIGHT, words::CROSS_ABOUT, 0, |cases, _| {
        cases.pan(1, 0)
    }),
    row(&["Up"], words::UP, words::CROSS_ABOUT, 0, |cases, _| cases.pan(0, -1)),
    row(&["Down"], words::DOWN, words::CROSS_ABOUT, 0, |cases, _| {
        cases.pan(0, 1)
    }),
    row(&["h"], words::LEFT, words::CROSS_FAR_ABOUT, 0, |cases, _| {
        cases.pan(-STRIDE, 0)
    }),
    row(&["l"], words::RIGHT, words::CROSS_FAR_ABOUT, 0, |cases, _| {
        cases.pan(STRIDE, 0)
    }),
    row(&["k"], words::UP, words::CROSS_FAR_ABOUT, 0, |cases, _| {
        cases.pan(0, -STRIDE)
    }),
    row(&["j"], words::DOWN, words::CROSS_FAR_ABOUT, 0, |cases, _| {
        cases.pan(0, STRIDE)
    }),
    row(&["A"], words::AXIAL, words::AXIAL_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.cut_along(Plane::Axial))
    }),
    row(&["S"], words::SAGITTAL, words::SAGITTAL_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.cut_along(Plane::Sagittal))
    }),
    row(&["C"], words::CORONAL, words::CORONAL_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.cut_along(Plane::Coronal))
    }),
    row(&["f"], words::WINDOW, words::WINDOW_ABOUT, 0, |cases, _| {
        cases.on(Slices::next_window)
    }),
    row(&["o"], words::OUTLINE, words::OUTLINE_ABOUT, 0, |cases, _| {
        cases.on(Slices::next_overlay)
    }),
    row(&["z"], words::ZOOM_IN, words::ZOOM_IN_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.step(Step::Zoom(1.0 / 1.25)))
    }),
    row(&["Z"], words::ZOOM_OUT, words::ZOOM_OUT_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.step(Step::Zoom(1.25)))
    }),
    row(&["w"], words::WHOLE, words::WHOLE_ABOUT, 0, |cases, _| {
        cases.on(|slices| slices.step(Step::Whole))
    }),
];

/// A row of the mending.
const fn row(keys: &'static [&'static str], name: Id, about: Id, rank: u8, act: Act) -> Own<Cases> {
    Own::new(Row::new(keys, name, about, rank), act)
}

/// What a row does.
type Act = fn(&mut Cases, &View) -> Vec<Effect>;

impl Cases {
    /// Begins to mend the mask of the case that is looked at.
    pub(super) fn begin_mending(&mut self, _view: &View) -> Vec<Effect> {
        self.complaint = self.slices.as_mut().and_then(Slices::mend);
        Vec::new()
    }

    fn on(&mut self, change: impl FnOnce(&mut Slices)) -> Vec<Effect> {
        if let Some(slices) = &mut self.slices {
            change(slices);
        }
        Vec::new()
    }

    fn pan(&mut self, right: isize, down: isize) -> Vec<Effect> {
        self.on(|slices| slices.step(Step::Pan(right, down)))
    }

    fn nothing_mended(&self, _view: &View) -> Option<Message> {
        let steps = self.slices.as_ref().and_then(Slices::steps);
        steps
            .is_none_or(|(back, _)| back == 0)
            .then(|| said::NOTHING_DONE.into())
    }

    fn keep_mended(&mut self, _view: &View) -> Vec<Effect> {
        let Some((slices, mending)) = self.slices.as_ref().and_then(|slices| Some((slices, slices.mended()?))) else {
            return Vec::new();
        };
        vec![Effect::Mend(slices.case.clone(), Box::new(mending.clone()))]
    }

    /// The mended mask lies in its file: looks at the case anew.
    pub(super) fn look_anew(&mut self, case: &str, view: &View) -> Vec<Effect> {
        if self.slices.as_ref().is_none_or(|slices| slices.case != case) {
            return Vec::new();
        }
        self.slices = self.slices.as_ref().map(|slices| slices.next(case));
        self.scan = None;
        self.read_scan(view)
    }
}
