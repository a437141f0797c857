//! Mending in the viewer: tools and steps under the crosshair, in the plane that is shown.

use super::work::{Quick, Tool, Work, short};
use super::{Arrangement, Slices};
use crate::figure::section::{index_of, orientation};
use crate::message::Message;
use crate::message::english::mending as words;
use crate::volume::mend::{Axis, BoxedRegion, Cut, Mending, Operation, Stroke};

/// How far one key grows, shrinks or smooths the region, in millimetres; at least the shortest side of a voxel.
const STEP: f64 = 1.0;

impl Slices {
    /// Begins to mend the mask, or to make one where there is none; why not, where it cannot be.
    pub fn mend(&mut self) -> Option<Message> {
        let Some(Ok(picture)) = &self.picture else {
            return Some(words::NO_SCAN.into());
        };
        let region = match &picture.mask {
            None => BoxedRegion::empty(picture.volume.geometry),
            Some(mask) if mask.geometry.size == picture.volume.geometry.size => BoxedRegion::of(mask),
            Some(_) => return Some(words::OTHER_GRID.into()),
        };
        self.work = Some(Work::new(region, picture));
        self.arrangement = Arrangement::One;
        if self.cross.is_none() {
            self.turn_crosshair();
        }
        None
    }

    /// Whether a mask is being mended.
    pub fn is_mending(&self) -> bool {
        self.work.is_some()
    }

    /// How many steps can be taken back, and again; nothing where no mask is being mended.
    pub fn steps(&self) -> Option<(usize, usize)> {
        self.work.as_ref().map(|work| work.mending.depth())
    }

    /// The mask as it was mended.
    pub fn mended(&self) -> Option<&Mending> {
        self.work.as_ref().map(|work| &work.mending)
    }

    /// Takes another tool.
    pub fn take_tool(&mut self, tool: Tool) {
        if let Some(work) = &mut self.work {
            (work.tool, work.held, work.said) = (tool, false, None);
        }
    }

    /// A wider brush, or a narrower one.
    pub fn widen(&mut self, wider: bool) {
        if let Some(work) = &mut self.work {
            work.widen(wider);
        }
    }

    /// Holds the tool down while the crosshair moves, or lifts it.
    pub fn hold(&mut self) {
        if let Some(work) = &mut self.work {
            work.held = !work.held;
        }
        self.set_if_held();
    }

    /// Sets the tool where the crosshair is, if it is held down.
    pub(super) fn set_if_held(&mut self) {
        if self.work.as_ref().is_some_and(|work| work.held) {
            self.set();
        }
    }

    /// Sets the tool where the crosshair is.
    pub fn set(&mut self) {
        let Some(at) = self.voxel() else {
            if let Some(work) = &mut self.work {
                work.said = Some(words::BEYOND_IMAGE.into());
            }
            return;
        };
        if let Some(work) = &mut self.work {
            let stroke = Stroke {
                radius: work.radius,
                at: vec![at],
            };
            work.take(work.tool.step(stroke));
        }
    }

    /// What one key does.
    pub fn quick(&mut self, quick: Quick) {
        let (Some(Ok(picture)), Some(aim)) = (&self.picture, self.aims[self.plane as usize]) else {
            return;
        };
        let axis = Axis::ALL[orientation(&picture.volume, self.plane).across];
        let spacing = picture.volume.geometry.spacing;
        let far = spacing.into_iter().fold(f64::INFINITY, f64::min).max(STEP);
        let cut = |first, last| Operation::Cut(Cut { axis, first, last });
        let step = match quick {
            Quick::Largest => Operation::Largest,
            Quick::Fill => Operation::Fill(None),
            Quick::Smooth => Operation::Smooth(far),
            Quick::Grow => Operation::Grow(far),
            Quick::Shrink => Operation::Shrink(far),
            Quick::Contour => Operation::CONTOUR,
            Quick::CutBefore => cut(Some(aim.slice), None),
            Quick::CutAfter => cut(None, Some(aim.slice)),
        };
        if let Some(work) = &mut self.work {
            work.take(step);
        }
    }

    /// Takes a step as a person writes it.
    pub fn take_step(&mut self, written: &str) {
        if let Some(work) = &mut self.work {
            match written.parse() {
                Ok(step) => work.take(step),
                Err(wrong) => work.said = Some(Message::verbatim(wrong)),
            }
        }
    }

    /// Takes the last step back, or again.
    pub fn go_back(&mut self, again: bool) {
        if let Some(work) = &mut self.work {
            let step = if again {
                work.mending.redo()
            } else {
                work.mending.undo()
            };
            work.said = step.map(|step| {
                let step = short(&step);
                if again {
                    words::taken_again(step)
                } else {
                    words::taken_back(step)
                }
            });
        }
    }

    /// Leaves the mask as it was; steps are lost only when that was said once.
    pub(super) fn leave_mending(&mut self) -> bool {
        let Some(work) = &mut self.work else { return false };
        if work.mending.depth().0 > 0 && !work.leaving {
            work.leaving = true;
            work.said = Some(words::ESC_AGAIN.into());
        } else {
            self.work = None;
            self.cross = None;
        }
        true
    }

    /// The tool, the brush and what was said last, for the status line.
    pub(super) fn mending_reading(&self) -> Option<String> {
        let work = self.work.as_ref()?;
        Some(match &work.said {
            Some(said) => said.to_string(),
            None => words::tool_is(work.tool.name(), work.radius).to_string(),
        })
    }

    /// The voxel under the crosshair.
    fn voxel(&self) -> Option<[usize; 3]> {
        let Some(Ok(picture)) = &self.picture else { return None };
        let ((row, column), aim) = (self.cross?, self.aims[self.plane as usize]?);
        let index = index_of(&picture.volume, &aim, self.pixels.0, self.pixels.1, column, row).map(f64::round);
        let size = picture.volume.geometry.size;
        let inside = (0..3).all(|axis| index[axis] >= 0.0 && index[axis] < size[axis] as f64);
        inside.then(|| index.map(|place| place as usize))
    }
}
