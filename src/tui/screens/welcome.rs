//! Where there is no study: open one, make one, or write the sample study here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::message::Id;
use crate::message::english::welcome as words;
use crate::tui::command::{Command, Group, LIST, MOVE};
use crate::tui::effect::{Effect, Question};
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::widgets::{paint_row, right_of, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("welcome"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    needs: None,
};

/// The screen.
#[derive(Default)]
pub struct Welcome {
    row: usize,
}

/// The ways to a study: words, and what Enter does.
fn ways() -> [(Id, Id, Effect); 3] {
    let ask = |question, start: &str| Effect::Ask(question, start.to_owned());
    [
        (words::MAKE, words::MAKE_ABOUT, Effect::NewStudy),
        (words::OPEN, words::OPEN_ABOUT, ask(Question::OpenStudy, "")),
        (
            words::SAMPLE,
            words::SAMPLE_ABOUT,
            ask(Question::SampleFolder, "radscore-sample"),
        ),
    ]
}

impl Screen for Welcome {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST]
    }

    fn update(&mut self, command: Command, _view: &View) -> Vec<Effect> {
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(2),
            Command::Open => {
                let [.., (_, _, last)] = ways();
                return vec![ways().into_iter().nth(self.row).map_or(last, |(_, _, effect)| effect)];
            }
            _ => {}
        }
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let area = right_of(area, area.width.saturating_sub(76) / 2 + 1);
        let mut row = 1;
        text(buffer, area, 0, row, words::HEADING.text(), view.theme.heading());
        row += 1;
        for line in wrap(words::WHAT_A_STUDY_IS.text(), area.width as usize - 2) {
            text(buffer, area, 0, row, &line, Style::new());
            row += 1;
        }
        row += 1;
        for (order, (way, about, _)) in ways().iter().enumerate() {
            let line = format!(" {} {way}", if order == self.row { view.glyphs.pointer } else { " " });
            let wide = text(buffer, area, 0, row, &line, Style::new());
            if order == self.row {
                paint_row(
                    buffer,
                    Rect::new(area.x, area.y, wide + 1, area.height),
                    row,
                    view.theme.selection(),
                );
            }
            text(buffer, area, 4, row + 1, about.text(), view.theme.muted());
            row += 2;
        }
        text(buffer, area, 0, row + 1, words::KEYS.text(), view.theme.muted());
        if let Some(remark) = view.snapshot.remarks.first() {
            for (order, line) in wrap(&remark.to_string(), area.width as usize - 2).iter().enumerate() {
                text(
                    buffer,
                    area,
                    0,
                    row + 3 + order as u16,
                    line,
                    view.theme.tone(crate::figure::Tone::Bad),
                );
            }
        }
    }
}
