//! Where there is no study: open one, make one, or write the sample study here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::command::{Command, Scope};
use crate::tui::screen::{Effect, Question, Screen, View};
use crate::tui::snapshot::Snapshot;
use crate::tui::widgets::{paint_row, right_of, text, wrap};

/// The screen.
#[derive(Default)]
pub struct Welcome {
    row: usize,
}

/// The ways to a study: words, and what Enter then asks.
fn ways() -> [(&'static str, &'static str, Question, String); 3] {
    [
        (
            "write the sample study",
            "120 synthetic vertebrae of 60 patients, to see everything work",
            Question::SampleFolder,
            "radscore-sample".to_owned(),
        ),
        (
            "open a study",
            "a study.yaml that is already there",
            Question::OpenStudy,
            String::new(),
        ),
        (
            "make a study",
            "from a folder of images and masks, or a cohort table (CSV)",
            Question::MakeStudy,
            String::new(),
        ),
    ]
}

impl Screen for Welcome {
    fn title(&self) -> &'static str {
        "welcome"
    }

    fn short(&self) -> &'static str {
        "start"
    }

    fn needs(&self) -> Option<&'static str> {
        None
    }

    fn ready(&self, _snapshot: &Snapshot) -> bool {
        true
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Move]
    }

    fn update(&mut self, command: Command, _view: &View) -> Vec<Effect> {
        match command {
            Command::Up => self.row = self.row.saturating_sub(1),
            Command::Down => self.row = (self.row + 1).min(2),
            Command::Open => {
                let (_, _, question, start) = ways()[self.row].clone();
                return vec![Effect::Ask(question, start)];
            }
            _ => {}
        }
        Vec::new()
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let area = right_of(area, area.width.saturating_sub(76) / 2 + 1);
        let mut row = 1;
        text(
            buffer,
            area,
            0,
            row,
            "radscore: from scans to a judged model",
            view.theme.heading(),
        );
        row += 1;
        for line in wrap(
            "There is no study here yet. A study is one file that says where the cases are and what is to be done with them.",
            area.width as usize - 2,
        ) {
            text(buffer, area, 0, row, &line, Style::new());
            row += 1;
        }
        row += 1;
        for (order, (words, about, _, _)) in ways().iter().enumerate() {
            let line = format!(" {} {words}", if order == self.row { view.glyphs.pointer } else { " " });
            let wide = text(buffer, area, 0, row, &line, Style::new());
            if order == self.row {
                paint_row(
                    buffer,
                    Rect::new(area.x, area.y, wide + 1, area.height),
                    row,
                    view.theme.selection(),
                );
            }
            text(buffer, area, 4, row + 1, about, view.theme.muted());
            row += 2;
        }
        text(
            buffer,
            area,
            0,
            row + 1,
            "up and down choose, Enter goes on, q leaves",
            view.theme.muted(),
        );
        if let Some(remark) = view.snapshot.remarks.first() {
            for (order, line) in wrap(remark, area.width as usize - 2).iter().enumerate() {
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
