//! The slice viewer: sections in equal millimetres with one or two masks' outlines, zoomed to the mask at first, in a bone
//! window. One plane, three side by side, or a montage of all slices that the mask reaches. A mask is
//! mended in one plane, under the crosshair.

mod draw;
mod facts;
mod mending;
mod work;

use self::work::Work;
pub use self::work::{Quick, Tool};
use crate::figure::section::{self, Aim, Plane, Viewing, Window};
use crate::figure::ticks::significant;
use crate::message::english::slices as words;
use crate::message::{Id, Message};
use crate::stats::base::number::share;
use crate::tui::screen::Scan;
use crate::tui::snapshot::{Picture, SecondMask};
use crate::tui::widgets::slice::Overlay;

/// The named windows, in the order of the key; the last is found from the section.
const WINDOWS: [(Id, Option<Window>); 4] = [
    (words::BONE, Some(Window::BONE)),
    (words::SOFT, Some(Window::SOFT)),
    (words::LUNG, Some(Window::LUNG)),
    (words::AUTO, None),
];

/// What is shown side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// One plane
    #[default]
    One,
    /// The three planes
    Three,
    /// All slices that the mask reaches
    Montage,
}

/// A movement of the viewer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// So many slices on, or back where negative
    Slices(isize),
    /// To the slice with the largest part of the mask, as at first
    Largest,
    /// To the whole image
    Whole,
    /// Another pitch, by this factor
    Zoom(f64),
    /// The picture or the crosshair, to the right and down
    Pan(isize, isize),
}

/// View state of the viewer.
pub struct Slices {
    /// The case that is looked at
    pub case: String,
    picture: Option<Scan>,
    plane: Plane,
    aims: [Option<Aim>; 3],
    window: usize,
    overlay: Overlay,
    arrangement: Arrangement,
    /// Which second mask lies over the first; none is hidden
    second: Option<usize>,
    cross: Option<(usize, usize)>,
    pixels: (usize, usize),
    custom: Option<Window>,
    start: Option<usize>,
    /// The mask that is being mended
    work: Option<Work>,
}

impl Slices {
    /// A viewer that waits for the scan of a case.
    pub fn new(case: &str) -> Self {
        Self {
            case: case.to_owned(),
            picture: None,
            plane: Plane::Axial,
            aims: [None; 3],
            window: 0,
            overlay: Overlay::Outline,
            arrangement: Arrangement::One,
            second: Some(0),
            cross: None,
            pixels: (78, 40),
            custom: None,
            start: None,
            work: None,
        }
    }

    /// A viewer for the next case that looks as this one does: plane, window and arrangement stay.
    pub fn next(&self, case: &str) -> Self {
        Self {
            plane: self.plane,
            window: self.window,
            overlay: self.overlay,
            arrangement: self.arrangement,
            second: self.second.map(|_| 0),
            custom: self.custom,
            pixels: self.pixels,
            ..Self::new(case)
        }
    }

    /// Takes the scan.
    pub fn receive(&mut self, picture: Scan) {
        self.picture = Some(picture);
        self.aims = [None; 3];
    }

    /// Where to begin: the plane, the slice, the window.
    pub fn begin(&mut self, viewing: &Viewing) {
        self.plane = viewing.plane;
        self.custom = viewing.window;
        self.start = viewing.slice;
    }

    /// Takes a window as a person writes it: width and level; gives what is wrong with it.
    pub fn set_window(&mut self, written: &str) -> Option<Message> {
        let numbers: Vec<f64> = written
            .split(|letter: char| letter.is_whitespace() || letter == ',')
            .filter(|word| !word.is_empty())
            .filter_map(|word| word.parse().ok())
            .collect();
        match numbers[..] {
            [width, level] if width > 0.0 && level.is_finite() && width.is_finite() => {
                self.custom = Some(Window { width, level });
                None
            }
            _ => Some(words::no_window(written)),
        }
    }

    /// The window in use as a person would write it.
    pub fn window_words(&self) -> String {
        let window = self.window().1.unwrap_or(Window::BONE);
        format!("{} {}", window.width, window.level)
    }

    /// The grey window in use and its name; the automatic one is found from the section.
    fn window(&self) -> (Id, Option<Window>) {
        match self.custom {
            Some(window) => (words::OWN, Some(window)),
            None => WINDOWS[self.window],
        }
    }

    /// Another plane.
    pub fn cut_along(&mut self, plane: Plane) {
        self.plane = plane;
    }

    /// The next window; an own one gives way to the one before it.
    pub fn next_window(&mut self) {
        if self.custom.take().is_none() {
            self.window = (self.window + 1) % WINDOWS.len();
        }
    }

    /// The mask as an outline, filled, or not at all.
    pub fn next_overlay(&mut self) {
        self.overlay = match self.overlay {
            Overlay::Outline => Overlay::Filled,
            Overlay::Filled => Overlay::Off,
            Overlay::Off => Overlay::Outline,
        }
    }

    /// The second reader's mask, or not; one after the other where a virtual reader drew several.
    pub fn turn_second_reader(&mut self) {
        let count = self.seconds().len();
        self.second = match self.second {
            Some(shown) => Some(shown + 1).filter(|&next| next < count),
            None => Some(0),
        };
    }

    /// The second masks that there are.
    fn seconds(&self) -> &[SecondMask] {
        match &self.picture {
            Some(Ok(picture)) => &picture.second,
            Some(Err(_)) | None => &[],
        }
    }

    /// The crosshair in the middle, or none.
    pub fn turn_crosshair(&mut self) {
        self.cross = match self.cross {
            Some(_) => None,
            None => Some((self.pixels.1 / 2, self.pixels.0 / 2)),
        }
    }

    /// An arrangement, or one plane where it is there already.
    pub fn arrange(&mut self, arrangement: Arrangement) {
        self.arrangement = if self.arrangement == arrangement {
            Arrangement::One
        } else {
            arrangement
        };
    }

    /// The second mask that is spoken of: the one that is shown, else the first.
    fn second_of<'p>(&self, picture: &'p Picture) -> Option<&'p SecondMask> {
        picture.second.get(self.second.unwrap_or_default())
    }

    /// Whether there is a second reader's mask to show or hide.
    pub fn has_second(&self) -> bool {
        !self.seconds().is_empty()
    }

    /// Moves what is looked at.
    pub fn step(&mut self, step: Step) {
        let Some(Ok(picture)) = &self.picture else { return };
        let (columns, rows) = self.pixels;
        if let (Some((row, column)), Step::Pan(right, down)) = (self.cross, step) {
            self.cross = Some((moved(row, down, rows), moved(column, right, columns)));
            self.set_if_held();
            return;
        }
        let slices = section::slices(&picture.volume, self.plane);
        let start = || section::aim_at(&picture.volume, picture.footprint.as_ref(), self.plane, columns, rows);
        let mut aim = self.aims[self.plane as usize].unwrap_or_else(start);
        match step {
            Step::Slices(count) => aim.slice = moved(aim.slice, count, slices),
            Step::Largest => aim = start(),
            Step::Whole => aim = section::whole(&picture.volume, self.plane, aim.slice, columns, rows),
            Step::Zoom(factor) => aim.pitch = (aim.pitch * factor).clamp(0.01, 100.0),
            Step::Pan(right, down) => {
                let orientation = section::orientation(&picture.volume, self.plane);
                let spacing = picture.volume.geometry.spacing;
                let voxels = |axis: usize, reversed: bool, steps: isize| {
                    let voxels = steps as f64 * (aim.pitch * 4.0 / spacing[axis]);
                    if reversed { -voxels } else { voxels }
                };
                let right = voxels(orientation.right, orientation.right_reversed, right);
                let down = voxels(orientation.down, orientation.down_reversed, down);
                aim.centre[0] += right;
                aim.centre[1] += down;
            }
        }
        self.aims[self.plane as usize] = Some(aim);
    }

    /// One step back inside the viewer: the crosshair away, then one plane again.
    pub fn back(&mut self) -> bool {
        self.leave_mending() || self.cross.take().is_some() || std::mem::take(&mut self.arrangement) != Arrangement::One
    }

    fn slice_words(&self, picture: &Picture) -> String {
        let slices = section::slices(&picture.volume, self.plane);
        let slice = self.aims[self.plane as usize].map_or(0, |aim| aim.slice);
        words::slice_of(plane_word(self.plane), slice + 1, slices).to_string()
    }

    /// The slice, and the value and the position under the crosshair.
    pub fn reading(&self) -> String {
        let Some(Ok(picture)) = &self.picture else {
            return String::new();
        };
        let mut reading = self.slice_words(picture);
        if let Some(mending) = self.mending_reading() {
            return format!("{reading}   {mending}");
        }
        if let (Some((row, column)), Some(aim)) = (self.cross, self.aims[self.plane as usize]) {
            let index = section::index_of(&picture.volume, &aim, self.pixels.0, self.pixels.1, column, row);
            let size = picture.volume.geometry.size;
            let voxel = index.map(f64::round);
            if (0..3).all(|axis| voxel[axis] >= 0.0 && voxel[axis] < size[axis] as f64) {
                let [x, y, z] = voxel.map(|value| value as usize);
                let value = picture.volume.samples.get((z * size[1] + y) * size[0] + x);
                let at = picture
                    .volume
                    .geometry
                    .index_to_world(index)
                    .map(|value| format!("{value:.1}"));
                reading.push_str(&format!("   {}", words::value_at(significant(value, 5), at.join(", "))));
            }
        } else if let Some(agreement) = self.second_of(picture).and_then(|second| second.agreement) {
            let dice = share(agreement.dice, 3);
            let hausdorff = significant(agreement.hausdorff, 3);
            reading.push_str(&format!("   {}", words::dice_and_hausdorff(dice, hausdorff)));
        }
        reading
    }
}

/// A place so many steps on, within the first `count`.
fn moved(place: usize, steps: isize, count: usize) -> usize {
    place.saturating_add_signed(steps).min(count.saturating_sub(1))
}

/// A plane's name.
pub(super) fn plane_word(plane: Plane) -> Id {
    match plane {
        Plane::Axial => words::AXIAL,
        Plane::Sagittal => words::SAGITTAL,
        Plane::Coronal => words::CORONAL,
    }
}
