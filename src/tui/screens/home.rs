//! Where a study stands: what it is, what it means so far, what comes next with its key, how every stage stands, what has changed
//! since last time, and the studies that were opened before.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{audit, cases, pipeline, reporting, robustness};
use crate::figure::cv::CvInput;
use crate::figure::roc::RocInput;
use crate::figure::ticks::significant;
use crate::figure::{Chart, Tone};
use crate::message::Message;
use crate::message::english::home as words;
use crate::tui::command::{Command, Group, MOVE};
use crate::tui::effect::Effect;
use crate::tui::screen::{Identity, Screen, ScreenName, View};
use crate::tui::snapshot::{CaseState, Freshness, Snapshot};
use crate::tui::widgets::{text, wrap};

/// Who the screen is.
pub static IDENTITY: Identity = Identity {
    name: ScreenName("home"),
    title: words::TITLE,
    short: words::SHORT,
    about: words::GO,
    meaning: words::MEANING,
    needs: None,
};

/// The screen.
#[derive(Default)]
pub struct Home {
    /// Lines that lie above the area
    scroll: usize,
    /// As many as can lie there, by the last drawing
    most: usize,
    /// Lines of a page, by the last drawing
    page: usize,
}

/// A line of the screen: a sign or a key before it, and how it is written.
struct Line {
    sign: (String, Style),
    words: String,
    style: Style,
    /// How far what belongs to it is indented
    indent: usize,
}

/// The lines as they come together.
struct Page<'v> {
    view: &'v View<'v>,
    wide: usize,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn say(&mut self, sign: (&str, Style), indent: usize, said: &str, style: Style) {
        let room = self.wide.saturating_sub(indent + 1).max(8);
        for (order, line) in wrap(said, room).into_iter().enumerate() {
            self.lines.push(Line {
                sign: if order == 0 {
                    (sign.0.to_owned(), sign.1)
                } else {
                    (String::new(), sign.1)
                },
                words: line,
                style,
                indent,
            });
        }
    }

    fn heading(&mut self, said: &str) {
        if !self.lines.is_empty() {
            self.say(("", Style::new()), 0, " ", Style::new());
        }
        self.say(("", Style::new()), 0, said, self.view.theme.heading());
    }

    fn plain(&mut self, said: &Message, style: Style) {
        self.say(("", style), 1, &said.to_string(), style);
    }
}

/// What comes next: the key, and what it does.
fn next(view: &View) -> Vec<(&'static str, Message)> {
    let snapshot = view.snapshot;
    let key = |identity: &Identity| (view.key_of)(identity.name);
    let mut next: Vec<(&'static str, Message)> = Vec::new();
    if let Some((rule, says)) = &snapshot.stopped_by {
        next.push((key(&pipeline::IDENTITY), words::next_rule(rule, says)));
    }
    if let Some(failed) = snapshot.stages.iter().find(|stage| stage.state == Freshness::Failed) {
        next.push((
            key(&pipeline::IDENTITY),
            words::next_failed(&failed.name, &failed.reason),
        ));
    }
    let doubtful = |case: &&crate::tui::snapshot::Case| matches!(case.state, CaseState::Doubtful | CaseState::Failed);
    let doubtful = snapshot.cases.iter().filter(doubtful).count();
    if doubtful > 0 {
        next.push((key(&cases::IDENTITY), words::next_doubtful(doubtful)));
    }
    let of = |state| snapshot.stages.iter().filter(move |stage| stage.state == state);
    let to_run: Vec<&str> = of(Freshness::Missing)
        .chain(of(Freshness::Stale))
        .map(|stage| stage.name.as_str())
        .collect();
    if !to_run.is_empty() {
        let count = to_run.len();
        next.push(("R", words::next_run(count, to_run)));
    } else if !snapshot.stages.is_empty() {
        next.push((key(&robustness::IDENTITY), words::NEXT_ROBUSTNESS.into()));
        next.push((key(&audit::IDENTITY), words::NEXT_AUDIT.into()));
        let waiting = reporting::waiting(snapshot);
        if waiting > 0 {
            next.push((key(&reporting::IDENTITY), words::next_reporting(waiting)));
        }
    }
    if snapshot.changes.settings > 0 {
        next.push(("C-s", words::next_save(snapshot.changes.settings)));
    }
    next
}

/// What the study means so far: its headline once the test set was opened, until then what resampling says of the training rows.
fn meaning(snapshot: &Snapshot) -> Vec<Message> {
    if !snapshot.meaning.is_empty() {
        return snapshot.meaning.clone();
    }
    let resampled = snapshot.results.first::<CvInput>().and_then(|cv| {
        let at = cv.lambda.iter().position(|&lambda| Some(lambda) == cv.chosen)?;
        Some(words::resampled(
            &cv.measure,
            significant(*cv.mean.get(at)?, 3),
            significant(*cv.standard_error.get(at)?, 2),
            *cv.counts.get(at)?,
        ))
    });
    vec![resampled.unwrap_or_else(|| words::NOTHING_YET.into())]
}

impl Home {
    fn lines(view: &View, wide: usize) -> Vec<Line> {
        let (snapshot, theme) = (view.snapshot, view.theme);
        let mut page = Page {
            view,
            wide,
            lines: Vec::new(),
        };
        page.heading(&snapshot.name);
        if let Some(about) = &snapshot.about {
            page.plain(about, Style::new());
        }
        for remark in &snapshot.remarks {
            page.plain(remark, theme.muted());
        }
        if snapshot.stages.is_empty() {
            page.plain(&words::BEING_READ.into(), theme.muted());
            return page.lines;
        }
        page.heading(words::MEANS.text());
        for line in meaning(snapshot) {
            page.plain(&line, Style::new());
        }
        for label in snapshot.results.labels_of(Some(RocInput::NEEDS)) {
            page.plain(&label.text, theme.tone(Tone::Warn));
        }
        page.heading(words::NEXT.text());
        for (key, said) in next(view) {
            page.say((key, theme.accent()), 5, &said.to_string(), Style::new());
        }
        if !view.since.is_empty() {
            page.heading(words::SINCE.text());
            for line in view.since {
                page.plain(line, Style::new());
            }
        }
        page.heading(words::STANDS.text());
        for stage in &snapshot.stages {
            let (sign, word, tone) = pipeline::state(stage, view);
            let found = if stage.reason.is_empty() {
                &stage.summary
            } else {
                &stage.reason
            };
            let found = if found.is_empty() { &stage.about } else { found };
            let said = words::stage(&stage.name, word, found).to_string();
            page.say((sign, theme.tone(tone)), 3, &said, Style::new());
        }
        let others = view.recent.iter().filter(|path| !is_this(snapshot, path));
        let others: Vec<String> = others.map(|path| path.display().to_string()).collect();
        if !others.is_empty() {
            page.heading(words::BEFORE.text());
            for path in others {
                page.plain(&Message::verbatim(path), theme.muted());
            }
        }
        page.lines
    }
}

/// Whether a path is the study's own.
fn is_this(snapshot: &Snapshot, path: &std::path::Path) -> bool {
    let own = snapshot.path.as_ref().and_then(|own| std::path::absolute(own).ok());
    own.as_deref() == Some(path)
}

impl Screen for Home {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn groups(&self) -> &'static [&'static Group] {
        &[MOVE]
    }

    fn update(&mut self, command: Command, _view: &View) -> Vec<Effect> {
        let to = match command {
            Command::Up => self.scroll.saturating_sub(1),
            Command::Down => self.scroll + 1,
            Command::PageUp => self.scroll.saturating_sub(self.page),
            Command::PageDown => self.scroll + self.page,
            Command::First => 0,
            Command::Last => self.most,
            _ => self.scroll,
        };
        self.scroll = to.min(self.most);
        Vec::new()
    }

    fn run(&self, _view: &View) -> Result<crate::tui::source::Run, Message> {
        Err(words::R_RUNS.into())
    }

    fn draw(&mut self, buffer: &mut Buffer, area: Rect, view: &View) {
        let area = Rect::new(area.x + 1, area.y, area.width - 2, area.height);
        let lines = Self::lines(view, area.width as usize);
        self.page = area.height as usize;
        self.most = lines.len().saturating_sub(self.page);
        self.scroll = self.scroll.min(self.most);
        for (row, line) in lines.iter().skip(self.scroll).take(self.page).enumerate() {
            let row = row as u16;
            text(buffer, area, 1, row, &line.sign.0, line.sign.1);
            let words = view.glyphs.text(&line.words);
            text(buffer, area, line.indent as u16, row, &words, line.style);
        }
    }

    fn reading(&self, view: &View) -> String {
        let mut said = Vec::new();
        if self.most > self.scroll {
            said.push(words::more_below(self.most - self.scroll).to_string());
        }
        if let Some(job) = view.running {
            said.push(job.to_owned());
        }
        said.join("  ")
    }
}
