//! A [`Figure`] on the screen: its cells with the theme's colours.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::figure::Figure;
use crate::figure::cells::{Fill, Layout, fill_sign, paint};
use crate::tui::screen::View;

/// Draws a figure into an area, with a cursor where one is set.
pub fn draw(buffer: &mut Buffer, area: Rect, figure: &Figure, view: &View, cursor: Option<f64>, first_row: usize) {
    let layout = Layout {
        ink: view.ink,
        ascii: view.glyphs.ascii,
        title: true,
        cursor,
        first_row,
    };
    // What the study breaks, or has left behind, stands on every figure.
    let labelled;
    let labels = view.snapshot.results.labels_of(figure.stage);
    let figure = if labels.is_empty() {
        figure
    } else {
        let mut copy = figure.clone();
        copy.label(&labels);
        labelled = copy;
        &labelled
    };
    let cells = paint(figure, area.width as usize, area.height as usize, &layout);
    for y in 0..cells.height {
        for x in 0..cells.width {
            let cell = cells.get(x, y);
            if cell.symbol == '\0' {
                continue;
            }
            let Some(place) = buffer.cell_mut((area.x + x as u16, area.y + y as u16)) else {
                continue;
            };
            let mut style = view.theme.tone(cell.tone);
            let mut symbol = cell.symbol;
            match view.theme.fill(cell.fill) {
                Some(fill) => style = style.patch(fill),
                None if symbol == ' ' => symbol = fill_sign(cell.fill, view.glyphs.ascii),
                None => {}
            }
            if cell.strong {
                style = style.add_modifier(Modifier::BOLD);
            }
            if cell.fill == Fill::None && symbol == ' ' {
                place.set_symbol(" ");
            } else {
                place.set_char(symbol);
            }
            place.set_style(style);
        }
    }
}
