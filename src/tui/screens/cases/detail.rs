//! The facts of one case.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::state::{Cases, event};
use crate::figure::cells::width;
use crate::figure::histogram::{self, HistogramInput};
use crate::figure::ticks::significant;
use crate::figure::{Figure, Tone};
use crate::message::Id;
use crate::message::english::cases as words;
use crate::tui::screen::View;
use crate::tui::snapshot::{Case, Picture};
use crate::tui::widgets::{below, left_of, plot, right_of, text, wrap};

impl Cases {
    pub(super) fn draw_detail(&self, buffer: &mut Buffer, area: Rect, view: &View) {
        let Some((_, case)) = self.in_hand(view.snapshot) else {
            return;
        };
        // Where the detail has the screen for itself, the histogram stands beside it; else below.
        let scan = self.scan.as_ref().filter(|(id, _)| *id == case.id);
        let figure = match scan {
            Some((_, Some(Ok(picture)))) => intensities(picture),
            _ => None,
        };
        let whole = area;
        let area = if whole.width >= 70 && figure.is_some() {
            left_of(whole, whole.width / 2)
        } else {
            whole
        };
        let outcome = match case.event {
            Some(true) if !view.snapshot.outcome.is_empty() => words::event_yes(&view.snapshot.outcome).to_string(),
            _ => event(case).to_owned(),
        };
        let name = |path: &Option<std::path::PathBuf>| {
            path.as_ref()
                .and_then(|path| path.file_name())
                .map_or_else(|| "–".to_owned(), |name| name.to_string_lossy().into_owned())
        };
        let mut lines: Vec<(Id, String, Tone)> = vec![
            (words::PATIENT, case.patient.clone(), Tone::Plain),
            (words::EVENT, outcome, Tone::Plain),
            (words::SET, case.split.clone(), Tone::Plain),
            (words::STATE, case.state.word().to_string(), case.state.tone()),
            (words::IMAGE, name(&case.image), Tone::Plain),
            (words::MASK, name(&case.mask), Tone::Plain),
            (
                words::SIZE,
                case.size.map_or_else(
                    || "–".to_owned(),
                    |size| size.map(|length| length.to_string()).join(" × "),
                ),
                Tone::Plain,
            ),
            (
                words::SPACING,
                words::millimetres(spacing(case)).to_string(),
                Tone::Plain,
            ),
            (
                words::VOXELS,
                case.voxels.map_or_else(|| "–".to_owned(), |count| count.to_string()),
                Tone::Plain,
            ),
        ];
        if let Some(score) = case.score {
            lines.push((words::RAD_SCORE, significant(score, 5), Tone::Accent));
        }
        if !case.comment.is_empty() {
            lines.push((words::REMARK, case.comment.clone(), Tone::Plain));
        }
        text(buffer, area, 0, 0, &case.id, view.theme.heading());
        let mut row = 2;
        let widest = lines.iter().map(|(label, ..)| width(label.text())).max().unwrap_or(0);
        let beside = (widest as u16 + 1).max(11);
        for (label, value, tone) in &lines {
            text(buffer, area, 0, row, label.text(), view.theme.muted());
            let room = right_of(area, beside);
            for line in wrap(value, room.width as usize) {
                text(buffer, room, 0, row, &view.glyphs.text(&line), view.theme.tone(*tone));
                row += 1;
            }
        }
        row += 1;
        for remark in &case.remarks {
            for line in wrap(&remark.to_string(), area.width as usize) {
                text(
                    buffer,
                    area,
                    0,
                    row,
                    &view.glyphs.text(&line),
                    view.theme.tone(case.state.tone()),
                );
                row += 1;
            }
        }
        row = Self::draw_cells(buffer, area, row, case, view);
        if let Some(figure) = &figure {
            let room = if whole.width >= 70 {
                right_of(whole, whole.width / 2 + 1)
            } else {
                below(area, row + 1)
            };
            if room.height >= 7 {
                let room = Rect::new(room.x, room.y, room.width, room.height.min(16));
                plot::draw(buffer, room, figure, view, None, 0);
                return;
            }
        }
        if let Some((_, Some(Err(error)))) = scan {
            for (order, line) in wrap(&error.to_string(), area.width as usize).iter().enumerate() {
                text(buffer, area, 0, row + order as u16, line, view.theme.tone(Tone::Bad));
            }
            return;
        }
        if case.image.is_some() {
            text(buffer, area, 0, row + 1, words::DETAIL_KEYS.text(), view.theme.muted());
        }
    }

    /// The case's cells in the cohort that are not shown above; gives the next free row.
    fn draw_cells(buffer: &mut Buffer, area: Rect, mut row: u16, case: &Case, view: &View) -> u16 {
        const SHOWN: [&str; 10] = [
            "id",
            "patient",
            "image",
            "mask",
            "mask_reader2",
            "mask_repeat",
            "label",
            "include",
            "reason",
            "split",
        ];
        let cells: Vec<String> = view
            .snapshot
            .columns
            .iter()
            .zip(&case.cells)
            .filter(|(column, cell)| !SHOWN.contains(&column.as_str()) && !cell.is_empty())
            .map(|(column, cell)| format!("{column} {cell}"))
            .collect();
        if cells.is_empty() {
            return row;
        }
        let dot = format!(" {} ", view.glyphs.dot);
        for line in wrap(&cells.join(&dot), area.width as usize) {
            text(buffer, area, 0, row, &view.glyphs.text(&line), view.theme.muted());
            row += 1;
        }
        row
    }
}

/// How often each value occurs in the mask.
fn intensities(picture: &Picture) -> Option<Figure> {
    histogram::figure(&HistogramInput {
        title: words::mask_values(picture.voxels),
        label: words::VALUE.to_string(),
        groups: vec![(words::MASK.into(), picture.intensities.clone())],
        bins: 32,
    })
}

pub(super) fn spacing(case: &Case) -> String {
    case.spacing.map_or_else(
        || "–".to_owned(),
        |spacing| spacing.map(|value| significant(value, 3)).join("×"),
    )
}
