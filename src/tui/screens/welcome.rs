//! Where there is no study: open one, make one, or write the sample study here.

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::message::english::welcome as words;
use crate::message::{Id, Message};
use crate::tui::command::{Command, Group, LIST, MOVE};
use crate::tui::effect::{Beginning, Effect, Question};
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::widgets::{paint_row, right_of, text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("welcome"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// The screen.
#[derive(Default)]
pub struct Welcome {
    row: usize,
}

/// How many ways there are without a study that was opened before.
const ALWAYS: usize = 3;

/// A way to a study that can be chosen: words, what is said about it, and what Enter does.
struct Choice {
    name: Message,
    about: Option<Id>,
    effect: Effect,
}

/// The ways to a study: the three that there always are, then the studies that were opened last.
fn ways(recent: &[PathBuf]) -> Vec<Choice> {
    let ask = |question, start: &str| Effect::Ask(question, start.to_owned());
    let always = [
        (words::MAKE, words::MAKE_ABOUT, Effect::NewStudy),
        (words::OPEN, words::OPEN_ABOUT, ask(Question::OpenStudy, "")),
        (
            words::SAMPLE,
            words::SAMPLE_ABOUT,
            ask(Question::SampleFolder, "radscore-sample"),
        ),
    ];
    let always = always.into_iter().map(|(name, about, effect)| Choice {
        name: name.into(),
        about: Some(about),
        effect,
    });
    let before = recent.iter().map(|study| {
        let path = study.to_string_lossy().into_owned();
        Choice {
            name: Message::verbatim(&path),
            about: None,
            effect: Effect::Begin(Beginning::Open(path)),
        }
    });
    always.chain(before).collect()
}

impl Screen for Welcome {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE, LIST]
    }

    fn update(&mut self, command: Command, view: &View) -> Vec<Effect> {
        let ways = ways(view.recent);
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(ways.len().saturating_sub(1)),
            Command::Open => {
                return ways
                    .into_iter()
                    .nth(self.row)
                    .map(|way| way.effect)
                    .into_iter()
                    .collect();
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
        for (order, way) in ways(view.recent).iter().enumerate() {
            if order == ALWAYS {
                row += 1;
                text(buffer, area, 0, row, words::BEFORE.text(), view.theme.muted());
                row += 1;
            }
            let name = view.glyphs.text(&way.name.to_string());
            let line = format!(" {} {name}", if order == self.row { view.glyphs.pointer } else { " " });
            let wide = text(buffer, area, 0, row, &line, Style::new());
            if order == self.row {
                paint_row(
                    buffer,
                    Rect::new(area.x, area.y, wide + 1, area.height),
                    row,
                    view.theme.selection(),
                );
            }
            row += 1;
            if let Some(about) = way.about {
                text(buffer, area, 4, row, about.text(), view.theme.muted());
                row += 1;
            }
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
