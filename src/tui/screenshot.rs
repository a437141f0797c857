//! A screen as a file: its text, and a picture of its cells in SVG.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::theme::ThemeName;

/// Width and height of a cell, in units of the picture.
const CELL: (f64, f64) = (8.4, 18.0);

/// The sixteen named colours as most terminals have them.
const NAMED: [&str; 16] = [
    "#1e1e1e", "#cd3131", "#0b8a4b", "#a68a0d", "#2472c8", "#a63fa6", "#0f8f9f", "#c8c8c8", "#707070", "#f14c4c",
    "#23b36b", "#d7ba35", "#4b9be8", "#d670d6", "#29b8c8", "#ffffff",
];

/// The rows of a screen, without spaces at their ends.
pub fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        for (_, symbol, _) in row(buffer, y) {
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The cells of a row: the column, the sign, and its width; what a wide sign covers is left out.
fn row(buffer: &Buffer, y: u16) -> Vec<(u16, &str, u16)> {
    let mut cells = Vec::new();
    let mut x = buffer.area.left();
    while x < buffer.area.right() {
        let symbol = buffer[(x, y)].symbol();
        let wide = (symbol.width() as u16).max(1);
        cells.push((x, symbol, wide));
        x += wide;
    }
    cells
}

/// A picture of the screen's cells.
pub fn svg(buffer: &Buffer, theme: ThemeName) -> String {
    let (paper, ink) = match theme {
        ThemeName::Light => ("#ffffff", "#1e1e1e"),
        ThemeName::Terminal | ThemeName::Dark | ThemeName::Mono => ("#1e1e1e", "#d4d4d4"),
    };
    let area = buffer.area;
    let (wide, high) = (f64::from(area.width) * CELL.0, f64::from(area.height) * CELL.1);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.1} {high:.1}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" fill=\"{paper}\"/>"
    );
    for y in area.top()..area.bottom() {
        for (x, symbol, cells) in row(buffer, y) {
            let cell = &buffer[(x, y)];
            let mut colours = (hex(cell.fg, ink), hex(cell.bg, paper));
            if cell.modifier.contains(Modifier::REVERSED) {
                colours = (colours.1, colours.0);
            }
            let (left, top) = (f64::from(x - area.left()) * CELL.0, f64::from(y - area.top()) * CELL.1);
            if colours.1 != paper {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                    f64::from(cells) * CELL.0 + 0.2,
                    CELL.1 + 0.2,
                    colours.1
                );
            }
            if symbol.trim().is_empty() {
                continue;
            }
            let weight = if cell.modifier.contains(Modifier::BOLD) {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let faint = if cell.modifier.contains(Modifier::DIM) {
                " fill-opacity=\"0.6\""
            } else {
                ""
            };
            let _ = writeln!(
                svg,
                "<text x=\"{left:.1}\" y=\"{:.1}\" fill=\"{}\"{weight}{faint}>{}</text>",
                top + CELL.1 * 0.76,
                colours.0,
                escaped(symbol)
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A colour as six digits; `otherwise` is the terminal's own.
fn hex(colour: Color, otherwise: &str) -> String {
    let named = |at: usize| NAMED[at].to_owned();
    match colour {
        Color::Reset => otherwise.to_owned(),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(at @ 0..=15) => named(usize::from(at)),
        Color::Indexed(at @ 16..=231) => {
            let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
            let cube = at - 16;
            format!(
                "#{:02x}{:02x}{:02x}",
                step(cube / 36),
                step(cube / 6 % 6),
                step(cube % 6)
            )
        }
        Color::Indexed(at) => {
            let grey = 8 + 10 * (at - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn signs_stand_where_they_are_seen_and_nothing_is_markup() {
        let mut buffer = Buffer::empty(Rect::new(2, 1, 8, 2));
        buffer.set_string(2, 1, "a<病", Style::new().fg(Color::Indexed(196)));
        buffer.set_string(2, 2, "b", Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(text(&buffer), "a<病\nb\n");
        let svg = svg(&buffer, ThemeName::Terminal);
        assert!(svg.contains(">&lt;<") && svg.contains("fill=\"#ff0000\">病"), "{svg}");
        assert!(
            svg.contains("fill=\"#1e1e1e\">b") && svg.matches("<rect").count() == 2,
            "{svg}"
        );
    }
}
