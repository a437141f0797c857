//! The program's state: which screen is in front, what runs, what is asked. Messages change it, [`App::draw`] shows it.
//!
//! ```text
//! radscore · study · 120 cases            ✓ check ✓ extract ▸ select · score      header
//! 1 cases  2 run  3 feat  4 select  5 model  6 ROC  7 calib  8 decide …          tabs
//!                                                                                 body
//! ⠋ extract 34 of 120  3.2/s  27 s left                                           status: job, toast, or reading
//! Enter open  / filter  ? help  q quit                                            keys that work now
//! ```

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Instant;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::command::{self, COMMANDS, Command, Entry, Scope};
use super::fuzzy;
use super::glyphs::Glyphs;
use super::jobs::{Jobs, News};
use super::message::Message;
use super::opened::OneScan;
use super::screen::{Beginning, Effect, Question, SCREENS, Screen, View};
use super::screens::cases::Cases;
use super::screens::welcome::Welcome;
use super::snapshot::{Freshness, Snapshot};
use super::source::{Opener, Run, Source};
use super::theme::{Depth, Theme, ThemeName};
use super::widgets::{above, below, frame, paint_row, text, wrap};
use crate::figure::cells::{Ink, width};
use crate::figure::section::Viewing;
use crate::figure::{Figure, Tone, svg};
use crate::study::artefact::write_whole;

/// Lines that the log keeps.
const LOG_LINES: usize = 1000;

/// The longest text that is sent to a terminal's clipboard; many terminals drop more.
const CLIPBOARD_BYTES: usize = 74_000;

/// A running job.
struct Job {
    label: String,
    done: usize,
    of: usize,
    started: Instant,
    stage_started: Instant,
    cancel: Arc<AtomicBool>,
    tick: usize,
}

/// What lies over the screen.
enum Overlay {
    /// Commands to search: of this screen, or all of them
    Commands { input: Input, row: usize, all: bool },
    /// What was done so far
    Log { scroll: usize },
    /// A question before leaving
    Leave,
}

/// A line of text that is being written.
struct Prompt {
    question: Option<Question>,
    input: Input,
}

/// What the main loop must do for the program after a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Send this to the clipboard
    pub copy: Option<String>,
    /// Stop as Ctrl-Z does
    pub suspend: bool,
    /// Draw everything anew
    pub redraw: bool,
}

/// The program.
pub struct App {
    snapshot: Arc<Snapshot>,
    source: Option<Arc<dyn Source>>,
    opener: Arc<dyn Opener>,
    jobs: Jobs,
    job: Option<Job>,
    screens: Vec<Box<dyn Screen>>,
    welcome: Welcome,
    current: usize,
    overlay: Option<Overlay>,
    prompt: Option<Prompt>,
    toast: Option<(Tone, String)>,
    log: VecDeque<(Tone, String)>,
    theme: Theme,
    depth: Depth,
    glyphs: Glyphs,
    ink: Ink,
    wishes: Wishes,
    /// Whether a scan is looked at, and nothing else
    scan_only: bool,
    /// Whether something changed since the last drawing
    pub dirty: bool,
    /// Whether the program is to end
    pub finished: bool,
}

/// How the program looks.
#[derive(Debug, Clone)]
pub struct Look {
    /// The theme
    pub theme: ThemeName,
    /// How many colours may be sent
    pub depth: Depth,
    /// The signs
    pub glyphs: Glyphs,
}

impl App {
    /// A program without a study yet.
    pub fn new(look: &Look, opener: Arc<dyn Opener>, sender: Sender<Message>, at_once: bool) -> Self {
        Self {
            snapshot: Arc::new(Snapshot::default()),
            source: None,
            opener,
            jobs: Jobs::new(sender, at_once),
            job: None,
            screens: SCREENS.iter().map(|entry| (entry.make)()).collect(),
            welcome: Welcome::default(),
            current: 0,
            overlay: None,
            prompt: None,
            toast: None,
            log: VecDeque::new(),
            theme: Theme::new(look.theme, look.depth),
            depth: look.depth,
            glyphs: look.glyphs,
            ink: if look.glyphs.ascii { Ink::Ascii } else { Ink::Braille },
            wishes: Wishes::default(),
            scan_only: false,
            dirty: true,
            finished: false,
        }
    }

    /// Opens a study on a worker.
    pub fn open(&mut self, path: &Path) {
        self.begin(&Beginning::Open(path.to_string_lossy().into_owned()));
    }

    /// Takes a study that is open already.
    pub fn adopt(&mut self, source: Arc<dyn Source>, snapshot: Snapshot) {
        self.source = Some(source);
        self.snapshot = Arc::new(snapshot);
        self.dirty = true;
    }

    /// Shows one scan, without a study.
    pub fn look_at(&mut self, viewing: &Viewing) {
        let name = viewing
            .image
            .file_name()
            .map_or_else(|| "scan".to_owned(), |name| name.to_string_lossy().into_owned());
        let source = Arc::new(OneScan {
            viewing: viewing.clone(),
            name: name.clone(),
        });
        let snapshot = source.snapshot().unwrap_or_default();
        self.screens[0] = Box::new(Cases::viewing(&name, viewing));
        self.scan_only = true;
        self.adopt(source, snapshot);
        self.carry_out(Effect::Fetch(0));
    }

    /// Whether a job runs: then the loop ticks.
    pub fn busy(&self) -> bool {
        self.job.is_some()
    }

    /// One step of the spinner.
    pub fn tick(&mut self) {
        if let Some(job) = &mut self.job {
            job.tick += 1;
            self.dirty = true;
        }
    }

    /// What is to be done for the program since the last call.
    pub fn take_wishes(&mut self) -> Wishes {
        std::mem::take(&mut self.wishes)
    }

    /// One line for the shell after the end.
    pub fn farewell(&self) -> String {
        if self.snapshot.stages.is_empty() {
            return String::new();
        }
        let fresh = self
            .snapshot
            .stages
            .iter()
            .filter(|stage| stage.state == Freshness::Fresh)
            .count();
        format!(
            "{}: {} cases, {fresh} of {} stages done; results in {}",
            self.snapshot.name,
            self.snapshot.cases.len(),
            self.snapshot.stages.len(),
            self.snapshot.results_folder.display()
        )
    }

    /// Takes a message.
    pub fn take(&mut self, message: Message) {
        match message {
            Message::Input(Event::Key(key)) if key.kind != KeyEventKind::Release => self.press(&key),
            Message::Input(Event::Paste(pasted)) => {
                if let Some(prompt) = &mut self.prompt {
                    for letter in pasted.chars().filter(|letter| !letter.is_control()) {
                        prompt.input.handle(tui_input::InputRequest::InsertChar(letter));
                    }
                    self.narrow();
                }
                self.dirty = true;
            }
            Message::Input(Event::Resize(..)) => self.dirty = true,
            Message::Input(Event::Mouse(mouse)) => {
                use crossterm::event::MouseEventKind;
                match mouse.kind {
                    MouseEventKind::ScrollDown => self.obey(Command::Down),
                    MouseEventKind::ScrollUp => self.obey(Command::Up),
                    _ => return,
                }
                self.dirty = true;
            }
            Message::Input(_) => {}
            Message::News(news) => self.hear(news),
            Message::Signal(_) => {
                self.stop_job();
                self.finished = true;
            }
        }
    }

    fn hear(&mut self, news: News) {
        self.dirty = true;
        match news {
            News::Progress(done, of, label) => {
                if let Some(job) = &mut self.job {
                    if first_word(&job.label) != first_word(&label) {
                        job.stage_started = Instant::now();
                    }
                    (job.done, job.of, job.label) = (done, of, label);
                }
            }
            News::Note(words) => self.note(Tone::Plain, &words),
            News::Study(snapshot) => self.snapshot = Arc::new(*snapshot),
            News::Opened(source, snapshot) => {
                self.source = Some(source);
                self.snapshot = Arc::new(*snapshot);
            }
            News::Picture(case, picture) => {
                for screen in &mut self.screens {
                    screen.receive(&case, (*picture).clone());
                }
            }
            News::Ended(result) => {
                self.job = None;
                match result {
                    Ok(words) if words.is_empty() => {}
                    Ok(words) => self.say(Tone::Good, &words),
                    Err(words) => {
                        if self.source.is_none() {
                            let mut snapshot = (*self.snapshot).clone();
                            snapshot.remarks = vec![words.clone()];
                            self.snapshot = Arc::new(snapshot);
                        }
                        self.say(Tone::Bad, &words);
                    }
                }
            }
        }
    }

    fn say(&mut self, tone: Tone, words: &str) {
        self.toast = Some((tone, words.to_owned()));
        self.note(tone, words);
    }

    /// A line for the log alone.
    fn note(&mut self, tone: Tone, words: &str) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back((tone, words.to_owned()));
        self.dirty = true;
    }

    fn stop_job(&mut self) {
        if let Some(job) = &self.job {
            job.cancel.store(true, Ordering::Relaxed);
        }
    }

    // ---- keys

    fn press(&mut self, key: &KeyEvent) {
        self.dirty = true;
        if key.code == KeyCode::F(12) && std::env::var_os("RADSCORE_TEST_PANIC").is_some() {
            break_off();
        }
        let Some(name) = command::key_name(key) else {
            return;
        };
        if name == "C-c" {
            self.obey(Command::Interrupt);
            return;
        }
        if self.prompt.is_some() {
            self.write(&name, key);
            return;
        }
        self.toast = None;
        if self.overlay.is_some() {
            self.press_over(&name, key);
            return;
        }
        if let Some(entry) = command::find(&name, self.screen().scopes()) {
            self.obey(entry.command);
        }
    }

    /// A key while a line is being written.
    fn write(&mut self, name: &str, key: &KeyEvent) {
        match name {
            "Esc" => {
                if self.prompt.take().is_some_and(|prompt| prompt.question.is_none())
                    && let Some(filter) = self.screen_mut().filter()
                {
                    filter.clear();
                }
            }
            "Enter" => {
                if let Some(Prompt {
                    question: Some(question),
                    input,
                }) = self.prompt.take()
                {
                    self.answer(question, input.value().trim());
                }
            }
            "Tab" => {
                if let Some(prompt) = &mut self.prompt
                    && matches!(
                        prompt.question,
                        Some(Question::OpenStudy | Question::MakeStudy | Question::SampleFolder)
                    )
                    && let Some(longer) = complete(prompt.input.value())
                {
                    prompt.input = Input::new(longer);
                }
            }
            _ => {
                if let Some(prompt) = &mut self.prompt {
                    prompt.input.handle_event(&Event::Key(*key));
                }
                self.narrow();
            }
        }
    }

    /// Hands what is written to the list that it narrows.
    fn narrow(&mut self) {
        if let Some(Prompt { question: None, input }) = &self.prompt {
            let words = input.value().to_owned();
            if let Some(filter) = self.screen_mut().filter() {
                *filter = words;
            }
        }
    }

    fn answer(&mut self, question: Question, words: &str) {
        let effect = match question {
            Question::Comment(cases) => Effect::Decide(cases, super::source::Decision::Comment(words.to_owned())),
            Question::Setting(key) => Effect::Set(key, words.to_owned()),
            Question::OpenStudy => Effect::Begin(Beginning::Open(words.to_owned())),
            Question::MakeStudy => Effect::Begin(Beginning::Make(words.to_owned())),
            Question::SampleFolder => Effect::Begin(Beginning::Sample(words.to_owned())),
        };
        self.carry_out(effect);
    }

    fn press_over(&mut self, name: &str, key: &KeyEvent) {
        let count = match &self.overlay {
            Some(Overlay::Commands { input, all, .. }) => self.listed(input.value(), *all).len(),
            _ => 0,
        };
        match &mut self.overlay {
            Some(Overlay::Commands { input, row, all }) => match name {
                "Esc" => self.overlay = None,
                "Up" => *row = row.saturating_sub(1),
                "Down" => *row = (*row + 1).min(count.saturating_sub(1)),
                "PgUp" => *row = row.saturating_sub(10),
                "PgDn" => *row = (*row + 10).min(count.saturating_sub(1)),
                "Enter" => {
                    let (words, all, row) = (input.value().to_owned(), *all, *row);
                    let chosen = self.listed(&words, all).get(row).map(|entry| entry.command);
                    self.overlay = None;
                    if let Some(command) = chosen {
                        self.obey(command);
                    }
                }
                _ => {
                    input.handle_event(&Event::Key(*key));
                    *row = 0;
                }
            },
            Some(Overlay::Log { scroll }) => match name {
                "Esc" | "q" | "L" | "Enter" => self.overlay = None,
                "Up" | "k" => *scroll += 1,
                "PgUp" | "C-u" => *scroll += 10,
                "Down" | "j" => *scroll = scroll.saturating_sub(1),
                "PgDn" | "C-d" => *scroll = scroll.saturating_sub(10),
                "g" | "Home" => *scroll = LOG_LINES,
                "G" | "End" => *scroll = 0,
                _ => {}
            },
            Some(Overlay::Leave) => match name {
                "y" | "Enter" | "q" => {
                    self.stop_job();
                    self.finished = true;
                }
                _ => self.overlay = None,
            },
            None => {}
        }
    }

    // ---- commands

    fn screen(&self) -> &dyn Screen {
        if self.source.is_none() {
            &self.welcome
        } else {
            self.screens[self.current].as_ref()
        }
    }

    fn screen_mut(&mut self) -> &mut dyn Screen {
        if self.source.is_none() {
            &mut self.welcome
        } else {
            self.screens[self.current].as_mut()
        }
    }

    /// Why a command cannot be obeyed now.
    fn refusal(&self, command: Command) -> Option<String> {
        let screen = self.screen();
        match command {
            Command::Accept | Command::Reject | Command::Comment if self.scan_only => {
                Some("there is no study here".to_owned())
            }
            Command::Cancel => self.job.is_none().then(|| "nothing runs".to_owned()),
            Command::Run | Command::RunAll if self.job.is_some() => Some("a job is running: x cancels it".to_owned()),
            Command::Run | Command::RunAll | Command::Go(_) if self.source.is_none() || self.scan_only => {
                Some("there is no study here".to_owned())
            }
            Command::Run if self.current != 1 => match screen.needs() {
                None => Some("this screen needs no stage; R runs all".to_owned()),
                Some(stage) if self.snapshot.stage(stage) == Freshness::Fresh => Some(format!("{stage} is up to date")),
                Some(_) => None,
            },
            Command::Open | Command::Run | Command::SetLambda if self.job.is_some() && self.current == 1 => {
                Some("a job is running: x cancels it".to_owned())
            }
            Command::Table | Command::Export | Command::Copy if !screen.ready(&self.snapshot) => {
                Some(match screen.needs() {
                    Some(stage) => format!("run {stage} first: r does it"),
                    None => "there is nothing yet".to_owned(),
                })
            }
            _ => screen.refusal(command, &self.snapshot),
        }
    }

    /// Obeys a command, or says why not.
    pub fn obey(&mut self, command: Command) {
        if let Some(reason) = self.refusal(command) {
            self.toast = Some((Tone::Warn, reason));
            return;
        }
        match command {
            Command::Interrupt => {
                self.stop_job();
                self.finished = true;
            }
            Command::Quit => {
                if !self.scan_only && self.screen_mut().back() {
                    return;
                }
                if self.job.is_some() {
                    self.overlay = Some(Overlay::Leave);
                } else {
                    self.finished = true;
                }
            }
            Command::Back => {
                if !self.screen_mut().back() {
                    self.toast = Some((Tone::Muted, "q leaves the program".to_owned()));
                }
            }
            Command::Help | Command::Palette => {
                self.overlay = Some(Overlay::Commands {
                    input: Input::default(),
                    row: 0,
                    all: command == Command::Palette,
                });
            }
            Command::Log => self.overlay = Some(Overlay::Log { scroll: 0 }),
            Command::Filter => match self.screen_mut().filter() {
                Some(filter) => {
                    let input = Input::new(filter.clone());
                    self.prompt = Some(Prompt { question: None, input });
                }
                None => self.toast = Some((Tone::Warn, "there is no list to narrow here".to_owned())),
            },
            Command::Redraw => self.wishes.redraw = true,
            Command::Suspend => self.wishes.suspend = true,
            Command::Cancel => {
                self.stop_job();
                self.say(Tone::Warn, "cancelling: what is finished stays");
            }
            Command::Ink => {
                self.ink = if self.glyphs.ascii { Ink::Ascii } else { self.ink.next() };
            }
            Command::Theme => {
                let all = ThemeName::ALL;
                let at = all.iter().position(|name| *name == self.theme.name).unwrap_or(0);
                self.theme = Theme::new(all[(at + 1) % all.len()], self.depth);
                let words = format!("theme {}", self.theme.name.name());
                self.say(Tone::Plain, &words);
            }
            Command::Go(number) => self.current = number.min(self.screens.len() - 1),
            Command::RunAll => self.run(Run::default()),
            Command::Run if self.current != 1 => {
                let until = self.screen().needs().map(str::to_owned);
                self.run(Run { until, force: false });
            }
            _ => {
                if !self.screen().ready(&self.snapshot) {
                    return;
                }
                let effects = {
                    let Self {
                        snapshot,
                        theme,
                        glyphs,
                        ink,
                        screens,
                        welcome,
                        current,
                        source,
                        job,
                        ..
                    } = self;
                    let view = View {
                        snapshot,
                        theme,
                        glyphs,
                        ink: *ink,
                        job: job.as_ref().map(|job| job.label.as_str()),
                    };
                    if source.is_none() {
                        welcome.update(command, &view)
                    } else {
                        screens[*current].update(command, &view)
                    }
                };
                for effect in effects {
                    self.carry_out(effect);
                }
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Say(tone, words) => self.say(tone, &words),
            Effect::Run(run) => self.run(run),
            Effect::Fetch(index) => {
                let (Some(source), Some(case)) = (self.source.clone(), self.snapshot.cases.get(index).cloned()) else {
                    return;
                };
                self.jobs.fetch(move || {
                    let picture = source.picture(&case);
                    News::Picture(case.id, Box::new(picture))
                });
            }
            Effect::Export(figures) => {
                for figure in &figures {
                    match export(&self.snapshot.results_folder.join("figures"), figure) {
                        Ok(path) => self.say(Tone::Good, &format!("saved {} and its .csv", path.display())),
                        Err(error) => self.say(Tone::Bad, &format!("not saved: {error}")),
                    }
                }
            }
            Effect::Copy(words) => {
                if words.len() > CLIPBOARD_BYTES {
                    self.say(
                        Tone::Warn,
                        "too long for a terminal's clipboard: e saves it as a file instead",
                    );
                } else {
                    let bytes = words.len();
                    self.wishes.copy = Some(words);
                    self.say(Tone::Good, &format!("sent to the terminal's clipboard ({bytes} bytes)"));
                }
            }
            Effect::Go(number) => self.obey(Command::Go(number)),
            Effect::Ask(question, start) => {
                self.prompt = Some(Prompt {
                    question: Some(question),
                    input: Input::new(start),
                });
            }
            Effect::Decide(cases, decision) => {
                self.change(move |source| source.decide(&cases, &decision));
            }
            Effect::Set(key, value) => self.change(move |source| source.set(&key, &value)),
            Effect::Begin(beginning) => self.begin(&beginning),
            Effect::Quit => self.finished = true,
        }
    }

    /// Changes the study and shows it anew; refused while a job runs, since both would write the study's files.
    fn change(&mut self, work: impl FnOnce(&dyn Source) -> Result<String, String> + Send + 'static) {
        if self.job.is_some() {
            self.say(Tone::Warn, "not while a job runs: x cancels it");
            return;
        }
        let Some(source) = self.source.clone() else { return };
        self.start("saving", move |desk| {
            let words = work(source.as_ref())?;
            desk.tell(News::Study(Box::new(source.snapshot()?)));
            Ok(words)
        });
    }

    fn run(&mut self, run: Run) {
        if self.job.is_some() {
            self.say(Tone::Warn, "a job is running: x cancels it");
            return;
        }
        let Some(source) = self.source.clone() else { return };
        let label = run.until.clone().unwrap_or_else(|| "all stages".to_owned());
        self.start(&label, move |desk| {
            let result = source.run(&run, &desk.wire(Arc::clone(&source)));
            if let Ok(snapshot) = source.snapshot() {
                desk.tell(News::Study(Box::new(snapshot)));
            }
            result
        });
    }

    fn begin(&mut self, beginning: &Beginning) {
        let opener = Arc::clone(&self.opener);
        let beginning = beginning.clone();
        let label = match &beginning {
            Beginning::Open(_) => "opening the study",
            Beginning::Make(_) => "making the study",
            Beginning::Sample(_) => "writing the sample study",
        };
        self.start(label, move |desk| {
            let path = match &beginning {
                Beginning::Open(path) => PathBuf::from(path),
                Beginning::Make(from) => opener.make(Path::new(from))?,
                Beginning::Sample(folder) => opener.sample(Path::new(folder))?,
            };
            let source = opener.open(&path)?;
            let snapshot = source.snapshot()?;
            desk.tell(News::Opened(source, Box::new(snapshot)));
            Ok(match beginning {
                Beginning::Open(_) => String::new(),
                _ => format!("wrote {}; R runs the whole study", path.display()),
            })
        });
    }

    fn start(&mut self, label: &str, work: impl FnOnce(&super::jobs::Desk) -> Result<String, String> + Send + 'static) {
        let cancel = self.jobs.start(work);
        self.job = Some(Job {
            label: label.to_owned(),
            done: 0,
            of: 0,
            started: Instant::now(),
            stage_started: Instant::now(),
            cancel,
            tick: 0,
        });
        self.dirty = true;
    }

    // ---- drawing

    /// Draws the whole program.
    pub fn draw(&mut self, buffer: &mut Buffer, area: Rect) {
        self.dirty = false;
        if area.width < 60 || area.height < 16 {
            let words = format!("enlarge to 80×24 (now {}×{})", area.width, area.height);
            let column = (area.width as usize).saturating_sub(width(&words)) / 2;
            text(
                buffer,
                area,
                column as u16,
                area.height / 2,
                &self.glyphs.text(&words),
                Style::new(),
            );
            self.keep_to_the_alphabet(buffer);
            return;
        }
        self.draw_header(buffer, above(area, 1));
        self.draw_tabs(buffer, above(below(area, 1), 1));
        let body = Rect::new(area.x, area.y + 2, area.width, area.height - 4);
        self.draw_body(buffer, body);
        self.draw_status(buffer, below(above(area, area.height - 1), area.height - 2));
        self.draw_keys(buffer, below(area, area.height - 1));
        self.draw_overlay(buffer, body);
        self.keep_to_the_alphabet(buffer);
    }

    /// Whatever was shortened on its way to the screen ends in a sign that an ASCII terminal lacks.
    fn keep_to_the_alphabet(&self, buffer: &mut Buffer) {
        if !self.glyphs.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if cell.symbol() == "…" {
                cell.set_symbol("~");
            }
        }
    }

    fn draw_header(&self, buffer: &mut Buffer, area: Rect) {
        paint_row(buffer, area, 0, Style::new());
        let dot = self.glyphs.dot;
        let snapshot = &self.snapshot;
        let mut x = text(buffer, area, 0, 0, "radscore", self.theme.heading());
        if self.source.is_none() {
            return;
        }
        let stages = &snapshot.stages;
        let sign = |stage: &super::snapshot::StageState| {
            if self.runs(&stage.name) {
                return (self.glyphs.running, Tone::Accent);
            }
            match stage.state {
                Freshness::Fresh => (self.glyphs.done, Tone::Good),
                Freshness::Stale => (self.glyphs.stale, Tone::Warn),
                Freshness::Missing => (self.glyphs.missing, Tone::Muted),
                Freshness::Failed => (self.glyphs.failed, Tone::Bad),
            }
        };
        let long: usize = stages.iter().map(|stage| width(&stage.name) + 3).sum();
        let name_room = (area.width as usize).saturating_sub(30 + stages.len()).max(8);
        let words = format!(
            " {dot} {} {dot} {} cases",
            self.glyphs
                .text(&crate::figure::cells::fit(&snapshot.name, name_room.min(40))),
            snapshot.cases.len()
        );
        x += text(buffer, area, x, 0, &words, Style::new());
        let room = (area.width.saturating_sub(x + 2)) as usize;
        let names = long <= room;
        let wide = if names { long } else { stages.len() };
        if wide > room {
            return;
        }
        x = area.width - wide as u16;
        for stage in stages {
            let (sign, tone) = sign(stage);
            x += text(buffer, area, x, 0, sign, self.theme.tone(tone));
            if names {
                x += text(buffer, area, x, 0, &format!(" {} ", stage.name), self.theme.tone(tone));
            }
        }
    }

    fn runs(&self, stage: &str) -> bool {
        self.job
            .as_ref()
            .is_some_and(|job| job.of > 0 && first_word(&job.label) == stage)
    }

    fn draw_tabs(&self, buffer: &mut Buffer, area: Rect) {
        if self.source.is_none() || self.scan_only {
            return;
        }
        let titles: Vec<(&str, &str)> = self
            .screens
            .iter()
            .map(|screen| (screen.title(), screen.short()))
            .collect();
        let digit = |order: usize| (order + 1) % 10;
        let full: usize = titles.iter().map(|(title, _)| title.len() + 4).sum();
        let short: usize = titles.iter().map(|(_, short)| short.len() + 3).sum();
        let mut x = 0;
        for (order, (title, short_title)) in titles.iter().enumerate() {
            let words = if full <= area.width as usize {
                format!(" {} {title} ", digit(order))
            } else if short <= area.width as usize + 1 {
                format!("{} {short_title} ", digit(order))
            } else if order == self.current {
                format!("{} {title} ", digit(order))
            } else {
                format!("{} {} ", digit(order), &short_title[..short_title.len().min(2)])
            };
            let style = if order == self.current {
                self.theme.selection()
            } else if self.screens[order].ready(&self.snapshot) {
                Style::new()
            } else {
                self.theme.muted()
            };
            let words = if order + 1 == titles.len() {
                words.trim_end()
            } else {
                &words
            };
            x += text(buffer, area, x, 0, words, style);
        }
    }

    fn draw_body(&mut self, buffer: &mut Buffer, area: Rect) {
        let Self {
            snapshot,
            theme,
            glyphs,
            ink,
            screens,
            welcome,
            current,
            source,
            job,
            ..
        } = self;
        let view = View {
            snapshot,
            theme,
            glyphs,
            ink: *ink,
            job: job.as_ref().map(|job| job.label.as_str()),
        };
        if source.is_none() {
            if job.is_none() {
                welcome.draw(buffer, area, &view);
            } else {
                text(
                    buffer,
                    area,
                    2,
                    1,
                    &view.glyphs.text("opening the study …"),
                    view.theme.muted(),
                );
            }
            return;
        }
        let screen = &mut screens[*current];
        if screen.ready(snapshot) {
            screen.draw(buffer, area, &view);
            return;
        }
        let stage = screen.needs().unwrap_or("run");
        let running = job.as_ref().is_some_and(|job| job.of > 0);
        let failed = snapshot
            .stages
            .iter()
            .find(|known| known.state == Freshness::Failed)
            .map(|known| format!("{} failed: {}", known.name, known.reason));
        let mut lines: Vec<(String, Style)> = vec![
            (format!("{}: nothing to see yet", screen.title()), theme.heading()),
            (String::new(), Style::new()),
            (format!("This screen shows what the stage {stage} finds."), Style::new()),
        ];
        if running {
            lines.push((
                "The study is running; this screen fills by itself.".to_owned(),
                Style::new(),
            ));
        } else if snapshot.stage(stage) == Freshness::Fresh {
            lines.push((
                "The stage has run and found nothing to show here.".to_owned(),
                Style::new(),
            ));
        } else {
            lines.push((
                format!("Press r to run {stage} and all that it needs, or 2 to see the pipeline."),
                theme.accent(),
            ));
        }
        if let Some(failed) = failed {
            lines.push((String::new(), Style::new()));
            for line in wrap(&failed, area.width as usize - 4) {
                lines.push((line, theme.tone(Tone::Bad)));
            }
        }
        let top = area.height.saturating_sub(lines.len() as u16) / 3;
        for (order, (line, style)) in lines.iter().enumerate() {
            text(buffer, area, 2, top + order as u16, &glyphs.text(line), *style);
        }
    }

    fn draw_status(&self, buffer: &mut Buffer, area: Rect) {
        if let Some(prompt) = &self.prompt {
            let label = prompt.question.as_ref().map_or_else(|| "/".to_owned(), Question::label);
            let used = text(buffer, area, 0, 0, &label, self.theme.accent());
            let room = (area.width - used).saturating_sub(1) as usize;
            let scroll = prompt.input.visual_scroll(room.max(1));
            let shown: String = skip_columns(prompt.input.value(), scroll);
            text(buffer, area, used, 0, &shown, Style::new());
            let cursor = used + prompt.input.visual_cursor().saturating_sub(scroll) as u16;
            if let Some(cell) = buffer.cell_mut((area.x + cursor.min(area.width - 1), area.y)) {
                cell.set_style(self.theme.selection());
            }
            return;
        }
        if let Some((tone, words)) = &self.toast {
            text(buffer, area, 0, 0, &self.glyphs.text(words), self.theme.tone(*tone));
            return;
        }
        if let Some(job) = &self.job {
            self.draw_job(buffer, area, job);
            return;
        }
        let view = View {
            snapshot: &self.snapshot,
            theme: &self.theme,
            glyphs: &self.glyphs,
            ink: self.ink,
            job: None,
        };
        let screen = self.screen();
        if screen.ready(&self.snapshot) {
            let reading = screen.reading(&view);
            text(buffer, area, 0, 0, &self.glyphs.text(&reading), Style::new());
        }
    }

    fn draw_job(&self, buffer: &mut Buffer, area: Rect, job: &Job) {
        let spinner = self.glyphs.spinner[job.tick % 4];
        let mut words = format!("{spinner} {}", job.label);
        if job.of > 0 {
            let seconds = job.stage_started.elapsed().as_secs_f64();
            words.push_str(&format!("  {} of {}", job.done, job.of));
            if job.done > 0 && job.done < job.of && seconds > 1.0 {
                let rate = job.done as f64 / seconds;
                words.push_str(&format!(
                    "  {}/s  {} left",
                    crate::figure::ticks::significant(rate, 2),
                    duration((job.of - job.done) as f64 / rate)
                ));
            }
        } else if job.started.elapsed().as_secs() > 1 {
            words.push_str(&format!("  {}", duration(job.started.elapsed().as_secs_f64())));
        }
        let cells = 16.min(area.width as usize / 5);
        let full = (job.done * cells).checked_div(job.of).unwrap_or(0).min(cells);
        let bar = if job.of > 0 {
            format!(
                "{}{} ",
                self.glyphs.bar[0].repeat(full),
                self.glyphs.bar[1].repeat(cells - full)
            )
        } else {
            String::new()
        };
        let used = text(buffer, area, 0, 0, &bar, self.theme.accent());
        let stop = "x cancels";
        let room = Rect::new(area.x + used, area.y, area.width - used - stop.len() as u16 - 1, 1);
        text(buffer, room, 0, 0, &self.glyphs.text(&words), Style::new());
        text(
            buffer,
            area,
            area.width - stop.len() as u16,
            0,
            stop,
            self.theme.muted(),
        );
    }

    /// The keys that work now; those that do not are muted.
    fn draw_keys(&self, buffer: &mut Buffer, area: Rect) {
        if self.prompt.is_some() {
            text(
                buffer,
                area,
                0,
                0,
                "Enter takes it  Esc leaves it  Tab completes a path",
                self.theme.muted(),
            );
            return;
        }
        if let Some(overlay) = &self.overlay {
            let words = match overlay {
                Overlay::Commands { .. } => "type to search  Up Down choose  Enter does it  Esc closes",
                Overlay::Log { .. } => "Up Down scroll  Esc closes",
                Overlay::Leave => "y leaves  Esc stays",
            };
            text(buffer, area, 0, 0, words, self.theme.muted());
            return;
        }
        let mut entries: Vec<&Entry> = command::valid(self.screen().scopes())
            .filter(|entry| entry.rank > 0 && !entry.keys.is_empty() && self.worth_a_place(entry))
            .collect();
        entries.sort_by_key(|entry| entry.rank);
        let tail: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|entry| matches!(entry.command, Command::Help | Command::Palette | Command::Quit))
            .collect();
        let wide = |entry: &Entry| entry.keys[0].len() + entry.name.len() + 3;
        let reserved: usize = tail.iter().map(|entry| wide(entry)).sum();
        let mut room = (area.width as usize + 2).saturating_sub(reserved);
        let mut shown: Vec<&Entry> = Vec::new();
        for entry in entries
            .iter()
            .copied()
            .filter(|entry| !tail.iter().any(|other| other.command == entry.command))
        {
            if wide(entry) <= room {
                room -= wide(entry);
                shown.push(entry);
            }
        }
        shown.extend(tail);
        let mut x = 0;
        for entry in shown {
            let able = self.refusal(entry.command).is_none();
            let key = if able {
                self.theme.accent().add_modifier(Modifier::BOLD)
            } else {
                self.theme.muted()
            };
            let words = if able { Style::new() } else { self.theme.muted() };
            x += text(buffer, area, x, 0, entry.keys[0], key);
            x += text(buffer, area, x, 0, &format!(" {}  ", entry.name), words);
        }
    }

    /// Whether a command of the keys line belongs there now.
    fn worth_a_place(&self, entry: &Entry) -> bool {
        match entry.command {
            Command::Cancel => self.job.is_some(),
            Command::Run => self.refusal(Command::Run).is_none() && self.source.is_some(),
            Command::Filter => entry.scope == Scope::Global && matches!(self.current, 0 | 2) && self.source.is_some(),
            Command::Back => false,
            Command::Table | Command::Export | Command::Copy | Command::NextPart => self.screen().ready(&self.snapshot),
            Command::Open => {
                self.screen().ready(&self.snapshot) && !matches!(self.current, 5..=8) || self.source.is_none()
            }
            _ => true,
        }
    }

    /// The commands of the help or the palette that match, best first.
    fn listed(&self, words: &str, all: bool) -> Vec<&'static Entry> {
        let scopes = self.screen().scopes();
        let mut entries: Vec<&'static Entry> = COMMANDS
            .iter()
            .filter(|entry| all || entry.scope != Scope::Global || !matches!(entry.command, Command::Go(_)))
            .filter(|entry| entry.scope == Scope::Global || scopes.contains(&entry.scope))
            .collect();
        // What is this screen's own comes first, moving about and what works everywhere after it.
        entries.sort_by_key(|entry| match entry.scope {
            Scope::Global => 2,
            Scope::Move => 1,
            _ => 0,
        });
        let texts: Vec<String> = entries
            .iter()
            .map(|entry| format!("{} {} {}", entry.name, entry.doc, entry.keys.join(" ")))
            .collect();
        fuzzy::find(words, texts.iter().map(String::as_str))
            .into_iter()
            .map(|order| entries[order])
            .collect()
    }

    fn draw_overlay(&self, buffer: &mut Buffer, body: Rect) {
        match &self.overlay {
            None => {}
            Some(Overlay::Commands { input, row, all }) => {
                let room = self.clear_box(
                    buffer,
                    centred(body, 78, body.height),
                    if *all { "commands" } else { "keys of this screen" },
                );
                let entries = self.listed(input.value(), *all);
                let label = text(buffer, room, 1, 0, "search: ", self.theme.muted()) + 1;
                let used = text(buffer, room, label, 0, input.value(), Style::new());
                if let Some(cell) = buffer.cell_mut((room.x + (label + used).min(room.width - 1), room.y)) {
                    cell.set_style(self.theme.selection());
                }
                let page = room.height.saturating_sub(1) as usize;
                let first = (*row + 1).saturating_sub(page);
                for (order, entry) in entries.iter().enumerate().skip(first).take(page) {
                    let y = (order - first) as u16 + 1;
                    let refusal = self.refusal(entry.command);
                    let style = if refusal.is_some() {
                        self.theme.muted()
                    } else {
                        Style::new()
                    };
                    text(
                        buffer,
                        room,
                        1,
                        y,
                        &entry.keys.join(" "),
                        self.theme.accent().patch(style),
                    );
                    text(buffer, room, 12, y, entry.name, style);
                    let doc = match refusal {
                        Some(reason) => format!("{} ({reason})", entry.doc),
                        None => entry.doc.to_owned(),
                    };
                    text(buffer, room, 25, y, &self.glyphs.text(&doc), style);
                    if order == *row {
                        paint_row(buffer, room, y, self.theme.selection());
                    }
                }
                if entries.is_empty() {
                    text(buffer, room, 1, 2, "no command matches", self.theme.muted());
                }
            }
            Some(Overlay::Log { scroll }) => {
                let room = self.clear_box(buffer, centred(body, body.width, body.height), "log");
                let mut lines: Vec<(Tone, String)> = Vec::new();
                for (tone, words) in &self.log {
                    for line in wrap(words, room.width as usize - 2) {
                        lines.push((*tone, line));
                    }
                }
                let page = room.height as usize;
                let scroll = (*scroll).min(lines.len().saturating_sub(page));
                let end = lines.len() - scroll;
                for (order, (tone, line)) in lines[end.saturating_sub(page)..end].iter().enumerate() {
                    text(
                        buffer,
                        room,
                        1,
                        order as u16,
                        &self.glyphs.text(line),
                        self.theme.tone(*tone),
                    );
                }
                if lines.is_empty() {
                    text(buffer, room, 1, 0, "nothing was done yet", self.theme.muted());
                }
            }
            Some(Overlay::Leave) => {
                let room = self.clear_box(buffer, centred(body, 56, 5), "leave?");
                text(
                    buffer,
                    room,
                    1,
                    0,
                    "A job is running. What it has finished stays;",
                    Style::new(),
                );
                text(buffer, room, 1, 1, "the rest is done by the next run.", Style::new());
                text(buffer, room, 1, 2, "y leaves, Esc stays", self.theme.accent());
            }
        }
    }

    fn clear_box(&self, buffer: &mut Buffer, area: Rect, title: &str) -> Rect {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        // A wide character that the box cuts in half must go as a whole.
        for y in area.y..area.y + area.height {
            if area.x > 0
                && let Some(cell) = buffer.cell_mut((area.x - 1, y))
                && width(cell.symbol()) > 1
            {
                cell.reset();
            }
        }
        frame(buffer, area, title, self.theme.muted(), &self.glyphs)
    }
}

/// Panics, for the test that sees the terminal restored.
#[expect(clippy::panic, reason = "a test asks for it through the environment")]
fn break_off() {
    panic!("a panic was asked for by the test");
}

fn first_word(label: &str) -> &str {
    label.split([' ', ':']).next().unwrap_or(label)
}

fn centred(area: Rect, wide: u16, high: u16) -> Rect {
    let (wide, high) = (wide.min(area.width), high.min(area.height));
    Rect::new(
        area.x + (area.width - wide) / 2,
        area.y + (area.height - high) / 2,
        wide,
        high,
    )
}

fn duration(seconds: f64) -> String {
    let seconds = seconds.clamp(0.0, 1e7) as u64;
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5999 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A text without its first columns.
fn skip_columns(words: &str, columns: usize) -> String {
    let mut skipped = 0;
    words
        .chars()
        .skip_while(|letter| {
            let go = skipped < columns;
            skipped += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
            go
        })
        .collect()
}

/// A path made longer by what is there, as a shell does; `None` where nothing fits.
fn complete(written: &str) -> Option<String> {
    let (folder, start) = match written.rfind('/') {
        Some(at) => (&written[..=at], &written[at + 1..]),
        None => ("", written),
    };
    let looked_in = if folder.is_empty() { "." } else { folder };
    let mut names: Vec<String> = std::fs::read_dir(looked_in)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| {
            let slash = if entry.path().is_dir() { "/" } else { "" };
            format!("{}{slash}", entry.file_name().to_string_lossy())
        })
        .filter(|name| name.starts_with(start) && (start.starts_with('.') || !name.starts_with('.')))
        .collect();
    names.sort();
    let first = names.first()?;
    let common = names.iter().fold(first.chars().count(), |common, name| {
        first
            .chars()
            .zip(name.chars())
            .take_while(|(left, right)| left == right)
            .count()
            .min(common)
    });
    let common: String = first.chars().take(common).collect();
    Some(format!("{folder}{common}"))
}

/// Saves a figure as SVG and CSV under a name that is free, and gives the SVG's path.
fn export(folder: &Path, figure: &Figure) -> std::io::Result<PathBuf> {
    let name = (1..10_000)
        .map(|number| {
            if number == 1 {
                figure.name.clone()
            } else {
                format!("{}-{number}", figure.name)
            }
        })
        .find(|name| !folder.join(format!("{name}.svg")).exists() && !folder.join(format!("{name}.csv")).exists())
        .unwrap_or_default();
    let path = folder.join(format!("{name}.svg"));
    write_whole(&path, svg::render(figure).as_bytes())?;
    write_whole(&folder.join(format!("{name}.csv")), figure.sheet.to_csv().as_bytes())?;
    Ok(path)
}
