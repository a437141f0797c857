//! The program's state: which screen is in front, what runs, what is asked. Messages change it, [`App::draw`] shows it.
//!
//! ```text
//! radscore · study · 120 cases            ✓ check ✓ extract ▸ select · score      header
//! 1 cases  2 run  3 feat  4 select  5 model  6 ROC  7 calib  8 decide …          tabs
//!                                                                                 body
//! ⠋ extract 34 of 120  3.2/s  27 s left                                           status: job, toast, or reading
//! Enter open  / filter  ? help  q quit                                            keys that work now
//! ```

mod chrome;
mod effects;
mod keys;
mod obey;
mod overlay;
mod prompt;
mod session;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Instant;

use crossterm::event::{Event, KeyEventKind, MouseEventKind};

use self::chrome::first_word;
use self::overlay::Overlay;
use self::prompt::Prompt;
use super::command::Command;
use super::glyphs::Glyphs;
use super::jobs::{Jobs, News};
use super::message::Message;
use super::opened::OneScan;
use super::screen::{Beginning, Effect, SCREENS, Screen, View};
use super::screens::cases::Cases;
use super::screens::welcome::Welcome;
use super::snapshot::{Freshness, Snapshot};
use super::source::{Opener, Source};
use super::theme::{Depth, Theme, ThemeName};
use crate::figure::Tone;
use crate::figure::cells::Ink;
use crate::figure::section::Viewing;

/// Lines that the log keeps.
const LOG_LINES: usize = 1000;

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
    /// The case whose scan is to be read next
    wanted_scan: Option<usize>,
    /// Whether a scan is being read
    reading_scan: bool,
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
            wanted_scan: None,
            reading_scan: false,
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
                if self.source.is_some() {
                    // Another study has other cases: no cursor of the one before means anything there.
                    self.remember();
                    self.screens = SCREENS.iter().map(|entry| (entry.make)()).collect();
                    self.current = 0;
                }
                self.source = Some(Arc::clone(&source));
                self.snapshot = Arc::new(*snapshot);
                self.recall();
                // The cases stand there already; stages, features and results follow without keeping anyone waiting.
                self.jobs.fetch(move || match source.snapshot() {
                    Ok(snapshot) => News::Study(Box::new(snapshot)),
                    Err(words) => News::Trouble(words),
                });
            }
            News::Picture(case, picture) => {
                for screen in &mut self.screens {
                    screen.receive(&case, &picture);
                }
                drop(picture);
                self.reading_scan = false;
                self.fetch_scan();
            }
            News::Trouble(words) => self.say(Tone::Bad, &words),
            News::Asked(question) => self.overlay = Some(Overlay::Sure(question)),
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

    /// The screen in front.
    fn screen(&self) -> &dyn Screen {
        if self.source.is_none() {
            &self.welcome
        } else {
            self.screens[self.current].as_ref()
        }
    }

    /// The screen in front, to be changed.
    fn screen_mut(&mut self) -> &mut dyn Screen {
        self.front().0
    }

    /// What screens are drawn with.
    fn view(&self) -> View<'_> {
        View {
            snapshot: &self.snapshot,
            theme: &self.theme,
            glyphs: &self.glyphs,
            ink: self.ink,
            job: self.job.as_ref().map(|job| job.label.as_str()),
        }
    }

    /// The screen in front together with what it is drawn with.
    fn front(&mut self) -> (&mut dyn Screen, View<'_>) {
        let screen: &mut dyn Screen = if self.source.is_none() {
            &mut self.welcome
        } else {
            self.screens[self.current].as_mut()
        };
        let view = View {
            snapshot: &self.snapshot,
            theme: &self.theme,
            glyphs: &self.glyphs,
            ink: self.ink,
            job: self.job.as_ref().map(|job| job.label.as_str()),
        };
        (screen, view)
    }
}
