//! What stands beside a section.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Slices;
use crate::figure::Tone;
use crate::figure::ticks::significant;
use crate::message::english::slices as words;
use crate::stats::base::number::share;
use crate::tui::screen::View;
use crate::tui::snapshot::CaseState;
use crate::tui::widgets::{text, wrap};

impl Slices {
    /// What is known about the scan, its masks and the case.
    pub(super) fn draw_facts(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some(Ok(picture)) = &self.picture else { return };
        let plain = Style::new();
        let mut lines = vec![(self.case.clone(), view.theme.heading()), (String::new(), plain)];
        let mut say = |fact: String, style: Style| {
            for line in wrap(&fact, area.width as usize) {
                lines.push((line, style));
            }
        };
        say(self.slice_words(picture), plain);
        let (name, window) = self.window();
        say(
            match window {
                Some(window) => words::window_is(name, window.width.to_string(), window.level.to_string()).to_string(),
                None => words::window_named(name).to_string(),
            },
            plain,
        );
        let spacing = picture.volume.geometry.spacing.map(|value| significant(value, 3));
        say(words::millimetres(spacing.join(" × ")).to_string(), plain);
        let size = picture.volume.geometry.size.map(|size| size.to_string());
        say(size.join(" × "), plain);
        let voxels = match self.mended() {
            Some(mending) => Some(mending.region().count()),
            None => picture.mask.as_ref().map(|_| picture.voxels),
        };
        if let Some(voxels) = voxels {
            say(String::new(), plain);
            let own = view.theme.tone(Tone::Accent);
            say(words::mask_voxels(voxels).to_string(), own);
            let volume = voxels as f64 * picture.volume.geometry.voxel_volume() / 1000.0;
            say(words::millilitres(significant(volume, 3)).to_string(), plain);
        }
        // What is known of the case besides its image is not shown to whoever draws its region.
        if let Some(work) = &self.work {
            say(String::new(), plain);
            for fact in work.facts() {
                say(fact.to_string(), plain);
            }
            for (order, (line, style)) in lines.iter().enumerate() {
                text(buffer, area, 0, order as u16, &view.glyphs.text(line), *style);
            }
            return;
        }
        if let Some(second) = self.second_of(picture) {
            say(String::new(), plain);
            let who = match (self.second, second.virtual_reading) {
                (None, _) => words::SECOND_HIDDEN.to_string(),
                (Some(_), None) => words::SECOND_READER.to_string(),
                (Some(_), Some((number, of))) => words::virtual_reading(number, of).to_string(),
            };
            say(who, view.theme.tone(Tone::Warn));
            if let Some(agreement) = &second.agreement {
                say(words::dice(share(agreement.dice, 3)).to_string(), plain);
                say(words::hausdorff(significant(agreement.hausdorff, 3)).to_string(), plain);
                let within = significant(agreement.hausdorff_95, 3);
                say(words::within(within).to_string(), plain);
                let mean = significant(agreement.mean_surface_distance, 3);
                say(words::mean_distance(mean).to_string(), plain);
            }
        }
        say(String::new(), plain);
        let case = view.snapshot.cases.iter().find(|case| case.id == self.case);
        if let Some(case) = case {
            if case.state != CaseState::Unchecked {
                say(case.state.word().to_string(), view.theme.tone(case.state.tone()));
            }
            for remark in &case.remarks {
                say(remark.to_string(), view.theme.tone(Tone::Warn));
            }
        }
        for warning in &picture.warnings {
            if case.is_none_or(|case| !case.remarks.contains(warning)) {
                say(warning.to_string(), view.theme.tone(Tone::Warn));
            }
        }
        for (order, (line, style)) in lines.iter().enumerate() {
            text(buffer, area, 0, order as u16, &view.glyphs.text(line), *style);
        }
    }
}
