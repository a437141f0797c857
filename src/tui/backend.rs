//! What is sent to the terminal, in as few bytes as can be: ratatui's own backend sends both colours where one changes, which
//! makes a grey slice half as large again on a slow line.

use std::io::{self, Write};

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, Color as Sent, Print, SetAttribute, SetBackgroundColor, SetForegroundColor};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, IntoCrossterm, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// The attributes that cells may have.
const ATTRIBUTES: [(Modifier, Attribute); 6] = [
    (Modifier::BOLD, Attribute::Bold),
    (Modifier::DIM, Attribute::Dim),
    (Modifier::ITALIC, Attribute::Italic),
    (Modifier::UNDERLINED, Attribute::Underlined),
    (Modifier::REVERSED, Attribute::Reverse),
    (Modifier::CROSSED_OUT, Attribute::CrossedOut),
];

/// A crossterm backend that sends only what changes from cell to cell.
#[derive(Debug)]
pub struct DiffBackend<W: Write> {
    inner: CrosstermBackend<W>,
}

impl<W: Write> DiffBackend<W> {
    /// A backend that writes to `writer`.
    pub fn new(writer: W) -> Self {
        Self {
            inner: CrosstermBackend::new(writer),
        }
    }
}

impl<W: Write> Write for DiffBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for DiffBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (mut front, mut back, mut modifier) = (Color::Reset, Color::Reset, Modifier::empty());
        let mut next = None;
        let mut nothing = true;
        for (x, y, cell) in content {
            nothing = false;
            if next != Some((x, y)) {
                queue!(self.inner, MoveTo(x, y))?;
            }
            next = Some((x + 1, y));
            if cell.modifier != modifier {
                if !modifier.is_empty() {
                    queue!(self.inner, SetAttribute(Attribute::Reset))?;
                    (front, back) = (Color::Reset, Color::Reset);
                }
                modifier = cell.modifier;
                for (_, attribute) in ATTRIBUTES.iter().filter(|(one, _)| modifier.contains(*one)) {
                    queue!(self.inner, SetAttribute(*attribute))?;
                }
            }
            // The foreground of an empty cell is not seen.
            let unseen = cell.symbol() == " " && modifier.is_empty();
            if cell.fg != front && !unseen {
                queue!(self.inner, SetForegroundColor(cell.fg.into_crossterm()))?;
                front = cell.fg;
            }
            if cell.bg != back {
                queue!(self.inner, SetBackgroundColor(cell.bg.into_crossterm()))?;
                back = cell.bg;
            }
            queue!(self.inner, Print(cell.symbol()))?;
        }
        if nothing {
            return Ok(());
        }
        queue!(
            self.inner,
            SetForegroundColor(Sent::Reset),
            SetBackgroundColor(Sent::Reset),
            SetAttribute(Attribute::Reset)
        )
    }

    fn append_lines(&mut self, count: u16) -> io::Result<()> {
        self.inner.append_lines(count)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    /// Whoever drops a terminal complains of a failure on standard error, which is the same line: gone, that would be a panic.
    fn show_cursor(&mut self) -> io::Result<()> {
        let _ = self.inner.show_cursor();
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// What is sent for a row of cells.
    fn sent(cells: &[(&str, Style)]) -> Vec<u8> {
        crossterm::style::force_color_output(true);
        let mut buffer = Buffer::empty(Rect::new(0, 0, cells.len() as u16, 1));
        for (x, (symbol, style)) in cells.iter().enumerate() {
            buffer[(x as u16, 0)].set_symbol(symbol).set_style(*style);
        }
        let mut bytes = Vec::new();
        let content = (0..cells.len() as u16).map(|x| (x, 0, &buffer[(x, 0)]));
        DiffBackend::new(&mut bytes).draw(content).unwrap();
        bytes
    }

    #[test]
    fn a_terminal_shows_what_the_cells_say() {
        let grey = |front, back| Style::new().fg(Color::Indexed(front)).bg(Color::Indexed(back));
        let cells = [
            ("a", Style::new()),
            ("b", Style::new().add_modifier(Modifier::BOLD).fg(Color::Red)),
            ("c", Style::new().fg(Color::Red)),
            ("d", Style::new().add_modifier(Modifier::REVERSED)),
            (
                " ",
                Style::new()
                    .add_modifier(Modifier::REVERSED | Modifier::UNDERLINED)
                    .fg(Color::Blue),
            ),
            (" ", Style::new().fg(Color::Blue)),
            ("e", grey(240, 241)),
            (" ", grey(239, 241)),
            ("f", grey(240, 242)),
            ("g", Style::new()),
        ];
        let mut parser = vt100::Parser::new(
            std::num::NonZeroU16::new(2).unwrap(),
            std::num::NonZeroU16::new(20).unwrap(),
            0,
        );
        parser.process(&sent(&cells));
        let colour = |colour: Color| match colour {
            Color::Indexed(index) => vt100::Color::Idx(index),
            Color::Red => vt100::Color::Idx(1),
            Color::Blue => vt100::Color::Idx(4),
            _ => vt100::Color::Default,
        };
        for (x, (symbol, style)) in cells.iter().enumerate() {
            let cell = parser.screen().cell(0, x as u16).unwrap();
            let shown = if cell.contents().is_empty() {
                " "
            } else {
                cell.contents()
            };
            assert_eq!(shown, *symbol);
            assert_eq!(
                cell.bgcolor(),
                colour(style.bg.unwrap_or(Color::Reset)),
                "background of {x}"
            );
            if *symbol != " " || !style.add_modifier.is_empty() {
                assert_eq!(
                    cell.fgcolor(),
                    colour(style.fg.unwrap_or(Color::Reset)),
                    "foreground of {x}"
                );
            }
            assert_eq!(cell.bold(), style.add_modifier.contains(Modifier::BOLD));
            assert_eq!(cell.inverse(), style.add_modifier.contains(Modifier::REVERSED));
            assert_eq!(cell.underline(), style.add_modifier.contains(Modifier::UNDERLINED));
        }
    }

    #[test]
    fn what_does_not_change_is_not_sent() {
        let grey = |front, back| Style::new().fg(Color::Indexed(front)).bg(Color::Indexed(back));
        let text = |cells: &[(&str, Style)]| String::from_utf8(sent(cells)).unwrap();
        let changes = |text: &str, what: &str| text.matches(what).count();
        let row = text(&[
            ("▀", grey(240, 241)),
            ("▀", grey(240, 242)),
            (" ", grey(250, 242)),
            ("▀", grey(240, 242)),
        ]);
        assert_eq!(changes(&row, "38;5;"), 1, "{row:?}");
        assert_eq!(changes(&row, "48;5;"), 2, "{row:?}");
        assert!(text(&[]).is_empty());
    }
}
