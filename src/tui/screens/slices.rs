//! The slice viewer: sections in equal millimetres with the mask's outline, zoomed to the mask at first, in a bone window.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::figure::section::{self, Aim, Plane, Viewing, Window};
use crate::figure::ticks::significant;
use crate::tui::command::Command;
use crate::tui::screen::View;
use crate::tui::snapshot::Picture;
use crate::tui::widgets::slice::{self, Overlay};
use crate::tui::widgets::{left_of, right_of, text, wrap};

/// The named windows, in the order of the key; the last is found from the section.
const WINDOWS: [(&str, Option<Window>); 4] = [
    ("bone", Some(Window::BONE)),
    ("soft", Some(Window::SOFT)),
    ("lung", Some(Window::LUNG)),
    ("auto", None),
];

/// View state of the viewer.
pub struct Slices {
    /// The case that is looked at
    pub case: String,
    picture: Option<Result<Picture, String>>,
    plane: Plane,
    aims: [Option<Aim>; 3],
    window: usize,
    overlay: Overlay,
    three: bool,
    cross: Option<(usize, usize)>,
    pixels: (usize, usize),
    custom: Option<Window>,
    start: Option<usize>,
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
            three: false,
            cross: None,
            pixels: (78, 40),
            custom: None,
            start: None,
        }
    }

    /// Takes the scan.
    pub fn receive(&mut self, picture: Result<Picture, String>) {
        self.picture = Some(picture);
        self.aims = [None; 3];
    }

    /// Where to begin: the plane, the slice, the window.
    pub fn begin(&mut self, viewing: &Viewing) {
        self.plane = viewing.plane;
        self.custom = viewing.window;
        self.start = viewing.slice;
    }

    /// The grey window in use and its name; the automatic one is found from the section.
    fn window(&self) -> (&'static str, Option<Window>) {
        match self.custom {
            Some(window) => ("own", Some(window)),
            None => WINDOWS[self.window],
        }
    }

    /// Obeys a command of the viewer.
    pub fn obey(&mut self, command: Command) {
        match command {
            Command::Axial => self.plane = Plane::Axial,
            Command::Sagittal => self.plane = Plane::Sagittal,
            Command::Coronal => self.plane = Plane::Coronal,
            Command::Three => self.three = !self.three,
            Command::Window => {
                if self.custom.take().is_none() {
                    self.window = (self.window + 1) % WINDOWS.len();
                }
            }
            Command::Outline => {
                self.overlay = match self.overlay {
                    Overlay::Outline => Overlay::Filled,
                    Overlay::Filled => Overlay::Off,
                    Overlay::Off => Overlay::Outline,
                }
            }
            Command::Crosshair => {
                self.cross = match self.cross {
                    Some(_) => None,
                    None => Some((self.pixels.1 / 2, self.pixels.0 / 2)),
                }
            }
            _ => self.move_aim(command),
        }
    }

    fn move_aim(&mut self, command: Command) {
        let Some(Ok(picture)) = &self.picture else { return };
        let slices = section::slices(&picture.volume, self.plane);
        let (columns, rows) = self.pixels;
        let start = || section::aim_at(&picture.volume, picture.mask.as_ref(), self.plane, columns, rows);
        let mut aim = self.aims[self.plane as usize].unwrap_or_else(start);
        if let (Some((row, column)), Command::Left | Command::Right | Command::Up | Command::Down) =
            (self.cross, command)
        {
            self.cross = Some(match command {
                Command::Left => (row, column.saturating_sub(1)),
                Command::Right => (row, (column + 1).min(columns.saturating_sub(1))),
                Command::Up => (row.saturating_sub(1), column),
                _ => ((row + 1).min(rows.saturating_sub(1)), column),
            });
            return;
        }
        let orientation = section::orientation(&picture.volume, self.plane);
        let spacing = picture.volume.geometry.spacing;
        let step = |axis: usize, reversed: bool| {
            let voxels = aim.pitch * 4.0 / spacing[axis];
            if reversed { -voxels } else { voxels }
        };
        let (right, down) = (
            step(orientation.right, orientation.right_reversed),
            step(orientation.down, orientation.down_reversed),
        );
        match command {
            Command::SliceNext => aim.slice = (aim.slice + 1).min(slices.saturating_sub(1)),
            Command::SliceBack => aim.slice = aim.slice.saturating_sub(1),
            Command::SliceJump => aim.slice = (aim.slice + 10).min(slices.saturating_sub(1)),
            Command::SliceJumpBack => aim.slice = aim.slice.saturating_sub(10),
            Command::SliceLargest => aim = start(),
            Command::Whole => aim = section::whole(&picture.volume, self.plane, aim.slice, columns, rows),
            Command::ZoomIn => aim.pitch = (aim.pitch / 1.25).max(0.01),
            Command::ZoomOut => aim.pitch = (aim.pitch * 1.25).min(100.0),
            Command::Left => aim.centre[0] -= right,
            Command::Right => aim.centre[0] += right,
            Command::Up => aim.centre[1] -= down,
            Command::Down => aim.centre[1] += down,
            _ => return,
        }
        self.aims[self.plane as usize] = Some(aim);
    }

    /// One step back inside the viewer.
    pub fn back(&mut self) -> bool {
        self.cross.take().is_some()
    }

    /// Draws the section and what is known about it.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        match &self.picture {
            None => {
                text(
                    buffer,
                    area,
                    1,
                    1,
                    &view.glyphs.text(&format!("reading the scan of {} …", self.case)),
                    view.theme.muted(),
                );
                return;
            }
            Some(Err(error)) => {
                for (order, line) in wrap(error, area.width as usize - 2).iter().enumerate() {
                    text(
                        buffer,
                        area,
                        1,
                        order as u16 + 1,
                        line,
                        view.theme.tone(crate::figure::Tone::Bad),
                    );
                }
                return;
            }
            Some(Ok(_)) => {}
        }
        let side = if area.width >= 76 { 24 } else { 0 };
        let room = left_of(area, area.width - side);
        if self.three && room.width >= 60 {
            let third = room.width / 3;
            for (order, plane) in [Plane::Axial, Plane::Sagittal, Plane::Coronal].into_iter().enumerate() {
                let part = Rect::new(room.x + third * order as u16, room.y, third - 1, room.height);
                self.draw_plane(buffer, part, plane, view);
            }
        } else {
            self.draw_plane(buffer, room, self.plane, view);
        }
        if side > 0 {
            self.draw_facts(buffer, right_of(area, area.width - side + 1), view);
        }
    }

    fn draw_plane(&mut self, buffer: &mut Buffer, area: Rect, plane: Plane, view: &View) {
        let Some(Ok(picture)) = &self.picture else { return };
        let (columns, rows) = (area.width as usize, area.height as usize * 2);
        if plane == self.plane {
            self.pixels = (columns, rows);
        }
        let aim = *self.aims[plane as usize].get_or_insert_with(|| {
            let mut aim = section::aim_at(&picture.volume, picture.mask.as_ref(), plane, columns, rows);
            if let Some(slice) = self.start.filter(|_| plane == self.plane) {
                aim.slice = slice.min(section::slices(&picture.volume, plane).saturating_sub(1));
            }
            aim
        });
        let found = section::cut(&picture.volume, picture.mask.as_ref(), &aim, columns, rows);
        let window = self.window().1.unwrap_or_else(|| found.automatic_window());
        let cross = self.cross.filter(|_| plane == self.plane);
        slice::draw(buffer, area, &found, window, self.overlay, cross, view);
        let [left, right, top, bottom] = found.letters;
        let style = view.theme.heading();
        let (middle_x, middle_y) = (area.width / 2, area.height / 2);
        text(buffer, area, 0, middle_y, &left.to_string(), style);
        text(
            buffer,
            area,
            area.width.saturating_sub(1),
            middle_y,
            &right.to_string(),
            style,
        );
        text(buffer, area, middle_x, 0, &top.to_string(), style);
        text(
            buffer,
            area,
            middle_x,
            area.height.saturating_sub(1),
            &bottom.to_string(),
            style,
        );
    }

    fn draw_facts(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(Ok(picture)) = &self.picture else { return };
        let mut lines = vec![self.case.clone(), String::new()];
        lines.push(self.slice_words(picture));
        lines.push(format!("window {}", self.window().0));
        let spacing = picture.volume.geometry.spacing.map(|value| significant(value, 3));
        lines.push(format!("{} mm", spacing.join(" × ")));
        lines.push(picture.volume.geometry.size.map(|size| size.to_string()).join(" × "));
        if let Some(mask) = &picture.mask {
            let count = mask.count();
            lines.push(String::new());
            lines.push(format!("mask {count} voxels"));
            lines.push(format!(
                "{} ml",
                significant(count as f64 * mask.geometry.voxel_volume() / 1000.0, 3)
            ));
        }
        lines.push(String::new());
        for warning in &picture.warnings {
            lines.extend(wrap(warning, area.width as usize));
        }
        for (order, line) in lines.iter().enumerate() {
            let style = if order == 0 {
                view.theme.heading()
            } else {
                ratatui::style::Style::new()
            };
            text(buffer, area, 0, order as u16, &view.glyphs.text(line), style);
        }
    }

    fn slice_words(&self, picture: &Picture) -> String {
        let slices = section::slices(&picture.volume, self.plane);
        let slice = self.aims[self.plane as usize].map_or(0, |aim| aim.slice);
        format!("{} {}/{}", self.plane.name(), slice + 1, slices)
    }

    /// The slice, and the value and the position under the crosshair.
    pub fn reading(&self) -> String {
        let Some(Ok(picture)) = &self.picture else {
            return String::new();
        };
        let mut words = self.slice_words(picture);
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
                words.push_str(&format!(
                    "   value {}   at {} mm (LPS)",
                    significant(value, 5),
                    at.join(", ")
                ));
            }
        }
        words
    }
}
