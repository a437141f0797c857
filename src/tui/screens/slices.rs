//! The slice viewer: sections in equal millimetres with one or two masks' outlines, zoomed to the mask at first, in a bone
//! window. One plane, three side by side, or a montage of all slices that the mask reaches.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::figure::Tone;
use crate::figure::section::{self, Aim, Plane, Section, Viewing, Window};
use crate::figure::ticks::significant;
use crate::tui::command::Command;
use crate::tui::screen::{Scan, View};
use crate::tui::snapshot::Picture;
use crate::tui::widgets::slice::{self, Drawing, Overlay};
use crate::tui::widgets::{left_of, right_of, text, wrap};

/// The named windows, in the order of the key; the last is found from the section.
const WINDOWS: [(&str, Option<Window>); 4] = [
    ("bone", Some(Window::BONE)),
    ("soft", Some(Window::SOFT)),
    ("lung", Some(Window::LUNG)),
    ("auto", None),
];

/// The least room of a montage's tile, in cells.
const TILE: (u16, u16) = (18, 8);

/// What is shown side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Arrangement {
    /// One plane
    #[default]
    One,
    /// The three planes
    Three,
    /// All slices that the mask reaches
    Montage,
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
    without_second: bool,
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
            arrangement: Arrangement::One,
            without_second: false,
            cross: None,
            pixels: (78, 40),
            custom: None,
            start: None,
        }
    }

    /// A viewer for the next case that looks as this one does: plane, window and arrangement stay.
    pub fn next(&self, case: &str) -> Self {
        Self {
            plane: self.plane,
            window: self.window,
            overlay: self.overlay,
            arrangement: self.arrangement,
            without_second: self.without_second,
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
    pub fn set_window(&mut self, words: &str) -> Option<String> {
        let numbers: Vec<f64> = words
            .split(|letter: char| letter.is_whitespace() || letter == ',')
            .filter(|word| !word.is_empty())
            .filter_map(|word| word.parse().ok())
            .collect();
        match numbers[..] {
            [width, level] if width > 0.0 && level.is_finite() && width.is_finite() => {
                self.custom = Some(Window { width, level });
                None
            }
            _ => Some(format!("\"{words}\" is no window: write width and level, as 1500 300")),
        }
    }

    /// The window in use as a person would write it.
    pub fn window_words(&self) -> String {
        let window = self.window().1.unwrap_or(Window::BONE);
        format!("{} {}", window.width, window.level)
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
            Command::Three => self.arrange(Arrangement::Three),
            Command::Montage => self.arrange(Arrangement::Montage),
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
            Command::SecondReader => self.without_second = !self.without_second,
            Command::Crosshair => {
                self.cross = match self.cross {
                    Some(_) => None,
                    None => Some((self.pixels.1 / 2, self.pixels.0 / 2)),
                }
            }
            _ => self.move_aim(command),
        }
    }

    fn arrange(&mut self, arrangement: Arrangement) {
        self.arrangement = if self.arrangement == arrangement {
            Arrangement::One
        } else {
            arrangement
        };
    }

    /// Whether there is a second reader's mask to show or hide.
    pub fn has_second(&self) -> bool {
        matches!(&self.picture, Some(Ok(picture)) if picture.second.is_some())
    }

    fn move_aim(&mut self, command: Command) {
        let Some(Ok(picture)) = &self.picture else { return };
        let slices = section::slices(&picture.volume, self.plane);
        let (columns, rows) = self.pixels;
        let start = || section::aim_at(&picture.volume, picture.footprint.as_ref(), self.plane, columns, rows);
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

    /// One step back inside the viewer: the crosshair away, then one plane again.
    pub fn back(&mut self) -> bool {
        self.cross.take().is_some() || std::mem::take(&mut self.arrangement) != Arrangement::One
    }

    /// Draws the section and what is known about it.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        match &self.picture {
            None => {
                let words = view.glyphs.text(&format!("reading the scan of {} …", self.case));
                text(buffer, area, 1, 1, &words, view.theme.muted());
                return;
            }
            Some(Err(error)) => {
                for (order, line) in wrap(error, area.width as usize - 2).iter().enumerate() {
                    text(buffer, area, 1, order as u16 + 1, line, view.theme.tone(Tone::Bad));
                }
                return;
            }
            Some(Ok(_)) => {}
        }
        let side = if area.width >= 76 { 24 } else { 0 };
        let room = left_of(area, area.width - side);
        match self.arrangement {
            Arrangement::Three if room.width >= 50 => {
                let third = room.width / 3;
                for (order, plane) in [Plane::Axial, Plane::Sagittal, Plane::Coronal].into_iter().enumerate() {
                    let part = Rect::new(room.x + third * order as u16, room.y, third - 1, room.height);
                    self.draw_plane(buffer, part, plane, view);
                }
            }
            Arrangement::Montage => self.draw_montage(buffer, room, view),
            _ => self.draw_plane(buffer, room, self.plane, view),
        }
        if side > 0 {
            self.draw_facts(buffer, right_of(area, area.width - side + 1), view);
        }
    }

    /// The section of an aim with both masks, drawn.
    fn draw_section(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        picture: &Picture,
        aim: &Aim,
        cross: Option<(usize, usize)>,
        view: &View,
    ) -> Section {
        let (columns, rows) = (area.width as usize, area.height as usize * 2);
        let found = section::cut(&picture.volume, picture.mask.as_ref(), aim, columns, rows);
        let second = picture
            .second
            .as_ref()
            .filter(|_| !self.without_second && self.overlay != Overlay::Off)
            .map(|mask| section::cut(&picture.volume, Some(mask), aim, columns, rows));
        let drawing = Drawing {
            section: &found,
            second: second.as_ref(),
            window: self.window().1.unwrap_or_else(|| found.automatic_window()),
            overlay: self.overlay,
            cross,
        };
        slice::draw(buffer, area, &drawing, view);
        found
    }

    fn draw_plane(&mut self, buffer: &mut Buffer, area: Rect, plane: Plane, view: &View) {
        let Some(Ok(picture)) = self.picture.clone() else {
            return;
        };
        let (columns, rows) = (area.width as usize, area.height as usize * 2);
        if plane == self.plane {
            self.pixels = (columns, rows);
        }
        let start = self.start.filter(|_| plane == self.plane);
        let aim = *self.aims[plane as usize].get_or_insert_with(|| {
            let mut aim = section::aim_at(&picture.volume, picture.footprint.as_ref(), plane, columns, rows);
            if let Some(slice) = start {
                aim.slice = slice.min(section::slices(&picture.volume, plane).saturating_sub(1));
            }
            aim
        });
        let cross = self.cross.filter(|_| plane == self.plane);
        let found = self.draw_section(buffer, area, &picture, &aim, cross, view);
        let [left, right, top, bottom] = found.letters;
        let style = view.theme.heading();
        let (middle_x, middle_y) = (area.width / 2, area.height / 2);
        let (last_x, last_y) = (area.width.saturating_sub(1), area.height.saturating_sub(1));
        for (letter, x, y) in [
            (left, 0, middle_y),
            (right, last_x, middle_y),
            (top, middle_x, 0),
            (bottom, middle_x, last_y),
        ] {
            text(buffer, area, x, y, &letter.to_string(), style);
        }
    }

    /// All slices that the mask reaches, evenly thinned where they are more than fit; the one in hand has its number
    /// reversed.
    fn draw_montage(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(Ok(picture)) = self.picture.clone() else {
            return;
        };
        let Some(footprint) = picture
            .footprint
            .as_ref()
            .filter(|footprint| footprint.bounds.is_some())
        else {
            text(
                buffer,
                area,
                1,
                1,
                "there is no mask whose slices could be shown",
                view.theme.muted(),
            );
            return;
        };
        let slices = footprint.slices(&picture.volume, self.plane);
        let most = (area.width / TILE.0).max(1) as usize * (area.height / TILE.1).max(1) as usize;
        let shown = slices.len().min(most);
        // Of the shapes of the grid that hold all tiles take the one with the largest tiles.
        let (across, down) = (1..=(area.width / TILE.0).max(1) as usize)
            .map(|across| (across, shown.div_ceil(across)))
            .filter(|&(_, down)| down <= (area.height / TILE.1).max(1) as usize)
            .max_by_key(|&(across, down)| (area.width as usize / across).min(2 * (area.height as usize / down)))
            .unwrap_or((1, 1));
        let (wide, high) = (area.width / across as u16, area.height / down as u16);
        let chosen: Vec<usize> = (0..shown)
            .map(|tile| {
                slices[if shown > 1 {
                    tile * (slices.len() - 1) / (shown - 1)
                } else {
                    slices.len() / 2
                }]
            })
            .collect();
        let (columns, rows) = (area.width as usize, area.height as usize * 2);
        let aim = self.aims[self.plane as usize]
            .get_or_insert_with(|| section::aim_at(&picture.volume, Some(footprint), self.plane, columns, rows));
        let slice = aim.slice;
        let nearest = chosen.iter().min_by_key(|other| other.abs_diff(slice));
        for (tile, &slice) in chosen.iter().enumerate() {
            let place = Rect::new(
                area.x + (tile % across) as u16 * wide,
                area.y + (tile / across) as u16 * high,
                wide.saturating_sub(1),
                high,
            );
            let mut aim = section::aim_at(
                &picture.volume,
                Some(footprint),
                self.plane,
                place.width as usize,
                place.height as usize * 2,
            );
            aim.slice = slice;
            self.draw_section(buffer, place, &picture, &aim, None, view);
            let style = if Some(&slice) == nearest {
                view.theme.selection()
            } else {
                view.theme.heading()
            };
            text(buffer, place, 0, 0, &(slice + 1).to_string(), style);
        }
    }

    fn draw_facts(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(Ok(picture)) = &self.picture else { return };
        let plain = Style::new();
        let mut lines = vec![(self.case.clone(), view.theme.heading()), (String::new(), plain)];
        let mut say = |words: String, style: Style| {
            for line in wrap(&words, area.width as usize) {
                lines.push((line, style));
            }
        };
        say(self.slice_words(picture), plain);
        let (name, window) = self.window();
        say(
            match window {
                Some(window) => format!("{name}: W {} L {}", window.width, window.level),
                None => format!("window {name}"),
            },
            plain,
        );
        let spacing = picture.volume.geometry.spacing.map(|value| significant(value, 3));
        say(format!("{} mm", spacing.join(" × ")), plain);
        let size = picture.volume.geometry.size.map(|size| size.to_string());
        say(size.join(" × "), plain);
        if let Some(mask) = &picture.mask {
            say(String::new(), plain);
            let own = view.theme.tone(Tone::Accent);
            say(format!("mask {} voxels", picture.voxels), own);
            let volume = picture.voxels as f64 * mask.geometry.voxel_volume() / 1000.0;
            say(format!("{} ml", significant(volume, 3)), plain);
        }
        if picture.second.is_some() {
            say(String::new(), plain);
            say(
                if self.without_second {
                    "second reader hidden (B)"
                } else {
                    "second reader"
                }
                .to_owned(),
                view.theme.tone(Tone::Warn),
            );
            if let Some(agreement) = &picture.agreement {
                say(format!("Dice {:.3}", agreement.dice), plain);
                say(format!("Hausdorff {} mm", significant(agreement.hausdorff, 3)), plain);
                say(
                    format!("95 % within {} mm", significant(agreement.hausdorff_95, 3)),
                    plain,
                );
                say(
                    format!("mean {} mm", significant(agreement.mean_surface_distance, 3)),
                    plain,
                );
            }
        }
        say(String::new(), plain);
        let case = view.snapshot.cases.iter().find(|case| case.id == self.case);
        if let Some(case) = case {
            if !case.state.word().is_empty() && case.state != crate::tui::snapshot::CaseState::Unchecked {
                say(
                    case.state.word().to_owned(),
                    view.theme.tone(super::cases::tone(case.state)),
                );
            }
            for remark in &case.remarks {
                say(remark.clone(), view.theme.tone(Tone::Warn));
            }
        }
        for warning in &picture.warnings {
            if case.is_none_or(|case| !case.remarks.contains(warning)) {
                say(warning.clone(), view.theme.tone(Tone::Warn));
            }
        }
        for (order, (line, style)) in lines.iter().enumerate() {
            text(buffer, area, 0, order as u16, &view.glyphs.text(line), *style);
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
        } else if let Some(agreement) = &picture.agreement {
            words.push_str(&format!(
                "   Dice {:.3}, Hausdorff {} mm",
                agreement.dice,
                significant(agreement.hausdorff, 3)
            ));
        }
        words
    }
}
