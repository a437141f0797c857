//! Pieces that screens are drawn with. Nothing is ever drawn outside the area it is given.

pub mod plot;
pub mod sheet;
pub mod slice;
pub mod table;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::glyphs::Glyphs;
use crate::figure::cells::fit;
pub use crate::figure::cells::wrap;
use crate::message::foreign::shown;

/// Writes text into a row of an area, from a column on; what does not fit is cut with `…`. Gives the columns used.
pub fn text(buffer: &mut Buffer, area: Rect, column: u16, row: u16, text: &str, style: Style) -> u16 {
    if column >= area.width || row >= area.height {
        return 0;
    }
    let room = (area.width - column) as usize;
    let text = shown(text);
    let shown = fit(&text, room);
    let (end, _) = buffer.set_stringn(area.x + column, area.y + row, shown, room, style);
    end - area.x - column
}

/// Writes text with a set of signs.
pub fn signs(buffer: &mut Buffer, area: Rect, place: (u16, u16), words: &str, style: Style, glyphs: &Glyphs) -> u16 {
    text(buffer, area, place.0, place.1, &glyphs.text(words), style)
}

/// Gives a whole row the style of what is in hand. Colours of its cells go, or each would be reversed to a patch of its own.
pub fn paint_row(buffer: &mut Buffer, area: Rect, row: u16, style: Style) {
    if row < area.height {
        let place = Rect::new(area.x, area.y + row, area.width, 1);
        buffer.set_style(place, Style::new().fg(Color::Reset).bg(Color::Reset).patch(style));
    }
}

/// A frame around an area with a title; gives the room inside.
pub fn frame(buffer: &mut Buffer, area: Rect, title: &str, style: Style, glyphs: &Glyphs) -> Rect {
    if area.width < 4 || area.height < 3 {
        return area;
    }
    let across = glyphs.across.repeat(area.width as usize - 2);
    let [upper_left, upper_right, lower_left, lower_right] = glyphs.corners;
    text(buffer, area, 0, 0, &format!("{upper_left}{across}{upper_right}"), style);
    text(
        buffer,
        area,
        0,
        area.height - 1,
        &format!("{lower_left}{across}{lower_right}"),
        style,
    );
    for row in 1..area.height - 1 {
        text(buffer, area, 0, row, glyphs.down, style);
        text(buffer, area, area.width - 1, row, glyphs.down, style);
    }
    if !title.is_empty() {
        let inside = Rect::new(area.x + 2, area.y, area.width - 4, 1);
        text(buffer, inside, 0, 0, &format!(" {title} "), style);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// The part of an area right of a column.
pub fn right_of(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect::new(area.x + columns, area.y, area.width - columns, area.height)
}

/// The part of an area left of a column.
pub fn left_of(area: Rect, columns: u16) -> Rect {
    Rect::new(area.x, area.y, columns.min(area.width), area.height)
}

/// The part of an area below a row.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect::new(area.x, area.y + rows, area.width, area.height - rows)
}

/// The part of an area above a row.
pub fn above(area: Rect, rows: u16) -> Rect {
    Rect::new(area.x, area.y, area.width, rows.min(area.height))
}
