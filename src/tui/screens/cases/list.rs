//! The list of cases.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::detail::spacing;
use super::state::{Cases, event};
use crate::message::english::cases as words;
use crate::tui::screen::View;
use crate::tui::widgets::table::Column;
use crate::tui::widgets::{table, text};

impl Cases {
    pub(super) fn draw_list(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let order = self.order(view.snapshot);
        let wide = area.width >= 78;
        let wider = area.width >= 96;
        let mut columns = vec![
            Column::blank(1),
            Column::name(words::CASE, 0),
            Column::name(words::PATIENT, if wider { 12 } else { 8 }),
            Column::text(words::EVENT, 5),
        ];
        if wide {
            columns.extend([Column::text(words::SET, 8), Column::number(words::VOXELS, 7)]);
        }
        if wider {
            columns.push(Column::number(words::SPACING_MM, 15));
        }
        columns.extend([
            Column::text(words::STATE, 8),
            Column::text(words::REMARK, if wide { 18 } else { 12 }),
        ]);
        let marked = &self.marked;
        table::draw(buffer, area, &columns, order.len(), &mut self.cursor, view, |row| {
            let case = &view.snapshot.cases[order[row]];
            let plain = Style::new();
            let mut cells = vec![
                (
                    if marked.contains(&case.id) {
                        view.glyphs.mark
                    } else {
                        " "
                    }
                    .to_owned(),
                    view.theme.accent(),
                ),
                (case.id.clone(), plain),
                (case.patient.clone(), plain),
                (event(case).to_owned(), plain),
            ];
            if wide {
                cells.extend([
                    (case.split.clone(), plain),
                    (case.voxels.map_or_else(String::new, |count| count.to_string()), plain),
                ]);
            }
            if wider {
                cells.push((spacing(case), plain));
            }
            cells.push((case.state.word().to_string(), view.theme.tone(case.state.tone())));
            // What a person has said stands before what the program found.
            let found = || case.remarks.first().map_or_else(String::new, ToString::to_string);
            let remark = if case.comment.is_empty() {
                found()
            } else {
                case.comment.clone()
            };
            cells.push((remark, view.theme.muted()));
            cells
        });
        if order.is_empty() {
            let none = if view.snapshot.cases.is_empty() {
                words::NO_CASES
            } else {
                words::NO_CASE_MATCHES
            };
            text(buffer, area, 2, 2, none.text(), view.theme.muted());
        }
    }
}
