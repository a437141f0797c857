//! Sections drawn: one plane, three side by side, or a montage.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Arrangement, Slices};
use crate::figure::Tone;
use crate::figure::section::{self, Aim, Plane, Section};
use crate::message::english::slices as words;
use crate::tui::screen::View;
use crate::tui::snapshot::Picture;
use crate::tui::widgets::slice::{self, Drawing, Overlay};
use crate::tui::widgets::{left_of, right_of, text, wrap};
use crate::volume::mend::BoxedRegion;

/// The least room of a montage's tile, in cells.
const TILE: (u16, u16) = (18, 8);

impl Slices {
    /// Draws the section and what is known about it.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        match &self.picture {
            None => {
                let line = view.glyphs.text(&words::reading_scan(&self.case).to_string());
                text(buffer, area, 1, 1, &line, view.theme.muted());
                return;
            }
            Some(Err(error)) => {
                for (order, line) in wrap(&error.to_string(), area.width as usize - 2).iter().enumerate() {
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
        let cut =
            |region: &BoxedRegion| section::cut_by(&picture.volume, &|index| region.holds(index), aim, columns, rows);
        let mended = self.mended();
        let found = match mended {
            Some(mending) => cut(mending.region()),
            None => section::cut(&picture.volume, picture.mask.as_ref(), aim, columns, rows),
        };
        let seeds = mended.map(|mending| mending.seeds().map(|seeds| (!seeds.is_empty()).then(|| cut(seeds))));
        let seeds = seeds.unwrap_or_default();
        let second = self
            .second
            .and_then(|shown| picture.second.get(shown))
            .filter(|_| mended.is_none() && self.overlay != Overlay::Off)
            .map(|second| section::cut(&picture.volume, Some(&second.mask), aim, columns, rows));
        let drawing = Drawing {
            section: &found,
            second: second.as_ref(),
            seeds: seeds.each_ref().map(Option::as_ref),
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
            text(buffer, area, 1, 1, words::NO_MASK.text(), view.theme.muted());
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
}
