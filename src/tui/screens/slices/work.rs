//! A mask in hand in the viewer: the region and the seeds as they are now, the tool and its brush, and what was said last.

use std::sync::Arc;

use crate::message::english::mending as words;
use crate::message::{Id, Message};
use crate::tui::snapshot::Picture;
use crate::volume::mend::{BoxedRegion, Mending, Operation, Stroke};

/// The brush's radius at first, in millimetres.
const RADIUS: f64 = 3.0;

/// The widest and the narrowest brush, in millimetres.
const RADII: (f64, f64) = (0.5, 100.0);

/// What the crosshair sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Seeds inside of the region
    Inside,
    /// Seeds outside of it
    Outside,
    /// The region itself
    Brush,
    /// What leaves it
    Eraser,
}

impl Tool {
    pub(super) fn name(self) -> Id {
        match self {
            Self::Inside => words::SEEDS_INSIDE,
            Self::Outside => words::SEEDS_OUTSIDE,
            Self::Brush => words::BRUSH,
            Self::Eraser => words::ERASER,
        }
    }

    pub(super) fn step(self, stroke: Stroke) -> Operation {
        match self {
            Self::Inside => Operation::Inside(stroke),
            Self::Outside => Operation::Outside(stroke),
            Self::Brush => Operation::Paint(stroke),
            Self::Eraser => Operation::Erase(stroke),
        }
    }
}

/// What one key does to the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quick {
    /// Keep the largest part
    Largest,
    /// Fill holes
    Fill,
    /// Smooth
    Smooth,
    /// Grow
    Grow,
    /// Shrink
    Shrink,
    /// Grow from the seeds
    Contour,
    /// Take away the slices before this one
    CutBefore,
    /// Take away the slices after this one
    CutAfter,
}

/// A mask that is being mended.
pub(super) struct Work {
    pub(super) mending: Mending,
    pub(super) image: Arc<Picture>,
    pub(super) tool: Tool,
    pub(super) radius: f64,
    pub(super) held: bool,
    /// What was done or refused last
    pub(super) said: Option<Message>,
    /// Whether Esc was pressed once, though steps would be lost
    pub(super) leaving: bool,
}

impl Work {
    /// A region on an image in hand, with seeds inside as the first tool.
    pub(super) fn new(region: BoxedRegion, image: &Arc<Picture>) -> Self {
        Self {
            mending: Mending::new(region),
            image: Arc::clone(image),
            tool: Tool::Inside,
            radius: RADIUS,
            held: false,
            said: None,
            leaving: false,
        }
    }

    /// A wider brush, or a narrower one.
    pub(super) fn widen(&mut self, wider: bool) {
        let step = if self.radius < RADIUS || (self.radius == RADIUS && !wider) {
            0.5
        } else {
            1.0
        };
        let radius = if wider { self.radius + step } else { self.radius - step };
        (self.radius, self.said) = (radius.clamp(RADII.0, RADII.1), None);
    }

    /// Takes a step, and keeps what is to be said of it.
    pub(super) fn take(&mut self, step: Operation) {
        self.leaving = false;
        let name = short(&step);
        self.said = Some(match self.mending.take(step, &self.image.volume) {
            Ok(done) if done.tied > 0 => words::tied(done.tied),
            Ok(done) => words::step_done(name, done.before, done.after),
            Err(error) => Message::verbatim(error.to_string()),
        });
    }

    /// The facts of it, in lines.
    pub(super) fn facts(&self) -> Vec<Message> {
        let [inside, outside] = self.mending.seeds().map(BoxedRegion::count);
        let mut facts = vec![
            words::MENDING.into(),
            words::tool_is(self.tool.name(), self.radius),
            words::seeds_are(inside, outside),
            words::steps_taken(self.mending.depth().0),
        ];
        if self.held {
            facts.push(words::HELD.into());
        }
        facts
    }
}

/// A step without the voxels of its stroke, which fill no line.
pub(super) fn short(step: &Operation) -> String {
    let text = step.to_string();
    match text.split_once('@') {
        Some((tool, _)) => tool.to_owned(),
        None => text,
    }
}
