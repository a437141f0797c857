//! The program's state, and what reaches it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Instant;

use crossterm::event::{Event, KeyEventKind, MouseButton, MouseEventKind};
use ratatui::layout::Rect;

use super::left::Left;
use super::overlay::Overlay;
use super::prompt::Prompt;
use crate::figure::Tone;
use crate::figure::cells::Ink;
use crate::figure::section::Viewing;
use crate::message::Message;
use crate::message::english::program as words;
use crate::tui::effect::{Beginning, Effect};
use crate::tui::glyphs::Glyphs;
use crate::tui::incoming::{Incoming, News};
use crate::tui::jobs::Jobs;
use crate::tui::opened::OneScan;
use crate::tui::screen::{Screen, ScreenName, View};
use crate::tui::screens::audit_form::AuditForm;
use crate::tui::screens::cases::{self, Cases};
use crate::tui::screens::home;
use crate::tui::screens::new_study::NewStudy;
use crate::tui::screens::welcome::Welcome;
use crate::tui::screens::{SCREENS, key_of};
use crate::tui::snapshot::{Changed, Freshness, Snapshot};
use crate::tui::source::{Opener, Source};
use crate::tui::theme::{Depth, Theme, ThemeName};

/// Lines that the log keeps.
pub(super) const LOG_LINES: usize = 1000;

/// A running job.
pub(super) struct Job {
    /// What it is at
    pub(super) label: Message,
    /// The stage that it runs
    pub(super) stage: Option<String>,
    pub(super) done: usize,
    pub(super) of: usize,
    pub(super) started: Instant,
    pub(super) stage_started: Instant,
    pub(super) cancel: Arc<AtomicBool>,
    pub(super) tick: usize,
}

/// What the main loop must do for the program after a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requests {
    /// Send this to the clipboard
    pub copy: Option<String>,
    /// Stop as Ctrl-Z does
    pub suspend: bool,
    /// Draw everything anew
    pub redraw: bool,
}

/// The program.
pub struct App {
    pub(super) snapshot: Arc<Snapshot>,
    /// How the study stood as it was left, until that is compared
    pub(super) left: Option<Left>,
    /// What has changed since then
    pub(super) since: Vec<Message>,
    pub(super) source: Option<Arc<dyn Source>>,
    /// What was changed of the study as it was opened
    pub(super) changes_at_first: Changed,
    pub(super) opener: Arc<dyn Opener>,
    /// The studies that were opened last
    pub(super) recent: Vec<PathBuf>,
    pub(super) jobs: Jobs,
    pub(super) job: Option<Job>,
    /// The screens in the order of the register
    pub(super) screens: Vec<Box<dyn Screen>>,
    pub(super) welcome: Welcome,
    /// A study that is being made
    pub(super) dialogue: NewStudy,
    /// Whether its steps are in front
    pub(super) in_dialogue: bool,
    /// A published model that is being typed in
    pub(super) form: AuditForm,
    /// Whether that form is in front
    pub(super) in_form: bool,
    /// Whether the program was started for that form alone
    pub(super) form_alone: bool,
    /// The screen in front
    pub(super) front: ScreenName,
    pub(super) overlay: Option<Overlay>,
    pub(super) prompt: Option<Prompt>,
    pub(super) toast: Option<(Tone, Message)>,
    pub(super) log: VecDeque<(Tone, Message)>,
    pub(super) theme: Theme,
    pub(super) depth: Depth,
    pub(super) glyphs: Glyphs,
    pub(super) ink: Ink,
    pub(super) requests: Requests,
    /// Where the program was drawn last
    pub(super) area: Rect,
    /// The key that a click there stands for
    pub(super) targets: Vec<(Rect, &'static str)>,
    /// The case whose scan is to be read next
    pub(super) wanted_scan: Option<usize>,
    /// Whether a scan is being read
    pub(super) reading_scan: bool,
    /// Whether a scan is looked at, and nothing else
    pub(super) scan_only: bool,
    /// Whether something changed since the last drawing
    pub dirty: bool,
    /// Whether it is left by the key that elsewhere is SIGINT
    pub interrupted: bool,
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
    pub fn new(look: &Look, opener: Arc<dyn Opener>, sender: Sender<Incoming>, at_once: bool) -> Self {
        Self {
            snapshot: Arc::new(Snapshot::default()),
            left: None,
            since: Vec::new(),
            source: None,
            changes_at_first: Changed::default(),
            recent: opener.recent(),
            opener,
            jobs: Jobs::new(sender, at_once),
            job: None,
            screens: SCREENS.iter().map(|entry| (entry.make)()).collect(),
            welcome: Welcome::default(),
            dialogue: NewStudy::default(),
            in_dialogue: false,
            form: AuditForm::default(),
            in_form: false,
            form_alone: false,
            front: cases::IDENTITY.name,
            overlay: None,
            prompt: None,
            toast: None,
            log: VecDeque::new(),
            theme: Theme::new(look.theme, look.depth),
            depth: look.depth,
            glyphs: look.glyphs,
            ink: if look.glyphs.ascii { Ink::Ascii } else { Ink::Braille },
            requests: Requests::default(),
            area: Rect::default(),
            targets: Vec::new(),
            wanted_scan: None,
            reading_scan: false,
            scan_only: false,
            dirty: true,
            interrupted: false,
            finished: false,
        }
    }

    /// Opens a study on a worker.
    pub fn open(&mut self, path: &Path) {
        self.begin(&Beginning::Open(path.to_string_lossy().into_owned()));
    }

    /// Goes to the steps by which a study is made, of these folders and tables.
    pub fn make(&mut self, paths: Vec<PathBuf>) {
        self.in_dialogue = true;
        if !paths.is_empty() {
            self.gather(paths);
        }
    }

    /// Goes to the form in which a published model is typed in, to be written to a file.
    pub fn type_in(&mut self, file: PathBuf) {
        self.form.begin(file);
        self.in_form = true;
        self.form_alone = true;
    }

    /// Whether steps or a form are in front, over the screens.
    pub(super) fn is_over_screens(&self) -> bool {
        self.in_dialogue || self.in_form
    }

    /// Takes a study that is open already.
    pub fn adopt(&mut self, source: Arc<dyn Source>, snapshot: Snapshot) {
        self.source = Some(source);
        self.changes_at_first = snapshot.changes.clone();
        self.snapshot = Arc::new(snapshot);
        self.dirty = true;
    }

    /// Shows one scan, without a study.
    pub fn look_at(&mut self, viewing: &Viewing) {
        let name = viewing
            .image
            .file_name()
            .map_or_else(|| words::SCAN.to_string(), |name| name.to_string_lossy().into_owned());
        let source = Arc::new(OneScan::new(viewing.clone(), name.clone()));
        let snapshot = source.snapshot().unwrap_or_default();
        if let Some(place) = self.place_of(cases::IDENTITY.name) {
            self.screens[place] = Box::new(Cases::viewing(&name, viewing));
        }
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
    pub fn take_requests(&mut self) -> Requests {
        std::mem::take(&mut self.requests)
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
        let changes = &self.snapshot.changes;
        let farewell = words::farewell(
            &self.snapshot.name,
            self.snapshot.cases.len(),
            fresh,
            self.snapshot.stages.len(),
            self.snapshot.results_folder.display().to_string(),
        );
        if changes.settings + changes.cells + changes.picks == 0 {
            return farewell.to_string();
        }
        let kept = words::changes_are_kept(
            changes.settings,
            changes.cells,
            changes.picks,
            changes.file.display().to_string(),
        );
        format!("{farewell}\n{kept}")
    }

    /// Takes what has come.
    pub fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Input(Event::Key(key)) if key.kind != KeyEventKind::Release => self.press(&key),
            Incoming::Input(Event::Paste(pasted)) => {
                if let Some(prompt) = &mut self.prompt {
                    for letter in pasted.chars().filter(|letter| !letter.is_control()) {
                        prompt.input.handle(tui_input::InputRequest::InsertChar(letter));
                    }
                    self.narrow();
                }
                self.dirty = true;
            }
            Incoming::Input(Event::Resize(..)) => self.dirty = true,
            Incoming::Input(Event::Mouse(mouse)) => {
                match mouse.kind {
                    MouseEventKind::ScrollDown => self.obey_key("Down"),
                    MouseEventKind::ScrollUp => self.obey_key("Up"),
                    MouseEventKind::Down(MouseButton::Left) => self.click(mouse.column, mouse.row),
                    _ => return,
                }
                self.dirty = true;
            }
            Incoming::Input(_) => {}
            Incoming::News(news) => self.hear(news),
            Incoming::Signal(_) => {
                self.stop_job();
                self.finished = true;
            }
        }
    }

    fn hear(&mut self, news: News) {
        self.dirty = true;
        match news {
            News::Progress { stage, label, done, of } => {
                if let Some(job) = &mut self.job {
                    if job.stage.as_ref() != Some(&stage) {
                        job.stage_started = Instant::now();
                    }
                    job.label = words::stage_at(&stage, label);
                    (job.done, job.of, job.stage) = (done, of, Some(stage));
                }
            }
            News::Note(note) => self.note(Tone::Plain, note),
            News::Study(snapshot) => {
                self.snapshot = Arc::new(*snapshot);
                self.compare_with_last_time();
            }
            News::Material(paths, material) => self.dialogue.take(paths, *material),
            News::Checked(draft, checked) => self.dialogue.judge(draft, checked),
            News::Opened(source, snapshot) => {
                // What was being made is done if it is this study, else laid aside: C-n comes back to it.
                self.in_dialogue = false;
                if snapshot.path.as_ref().is_some_and(|path| self.dialogue.makes(path)) {
                    self.dialogue = NewStudy::default();
                }
                if self.source.is_some() {
                    // Another study has other cases: no cursor of the one before means anything there.
                    self.remember();
                    self.screens = SCREENS.iter().map(|entry| (entry.make)()).collect();
                }
                self.front = home::IDENTITY.name;
                self.source = Some(Arc::clone(&source));
                self.changes_at_first = snapshot.changes.clone();
                self.snapshot = Arc::new(*snapshot);
                self.recall();
                // The cases stand there already; stages, features and results follow without keeping anyone waiting.
                self.jobs.fetch(move || match source.snapshot() {
                    Ok(snapshot) => News::Study(Box::new(snapshot)),
                    Err(why) => News::Trouble(why),
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
            News::Mended(case) => {
                let (screen, view) = self.front();
                for effect in screen.mended(&case, &view) {
                    self.carry_out(effect);
                }
            }
            News::Trouble(why) => self.say(Tone::Bad, why),
            News::Asked(question) => self.overlay = Some(Overlay::Confirm(question)),
            News::Ended(result) => {
                self.job = None;
                match result {
                    Ok(None) => {}
                    Ok(Some(done)) => self.say(Tone::Good, done),
                    Err(why) => {
                        if self.in_dialogue {
                            // The status line may be too short for it.
                            self.dialogue.complain(why.clone());
                        } else if self.source.is_none() {
                            let mut snapshot = (*self.snapshot).clone();
                            snapshot.remarks = vec![why.clone()];
                            self.snapshot = Arc::new(snapshot);
                        }
                        self.say(Tone::Bad, why);
                    }
                }
            }
        }
    }

    pub(super) fn say(&mut self, tone: Tone, message: impl Into<Message>) {
        let message = message.into();
        self.toast = Some((tone, message.clone()));
        self.note(tone, message);
    }

    /// A line for the log alone.
    pub(super) fn note(&mut self, tone: Tone, message: Message) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back((tone, message));
        self.dirty = true;
    }

    pub(super) fn stop_job(&mut self) {
        if let Some(job) = &self.job {
            job.cancel.store(true, Ordering::Relaxed);
        }
    }

    /// Where a screen stands in the register.
    pub(super) fn place_of(&self, name: ScreenName) -> Option<usize> {
        self.screens.iter().position(|screen| screen.identity().name == name)
    }

    /// The screen in front.
    pub(super) fn screen(&self) -> &dyn Screen {
        match self.place_of(self.front) {
            _ if self.in_form => &self.form,
            _ if self.in_dialogue => &self.dialogue,
            Some(place) if self.source.is_some() => self.screens[place].as_ref(),
            _ => &self.welcome,
        }
    }

    /// The screen in front, to be changed.
    pub(super) fn screen_mut(&mut self) -> &mut dyn Screen {
        self.front().0
    }

    /// What screens are drawn with.
    pub(super) fn view(&self) -> View<'_> {
        View {
            snapshot: &self.snapshot,
            theme: &self.theme,
            glyphs: &self.glyphs,
            ink: self.ink,
            scan_only: self.scan_only,
            busy: self.job.is_some(),
            running: self.job.as_ref().and_then(|job| job.stage.as_deref()),
            recent: &self.recent,
            since: &self.since,
            key_of,
        }
    }

    /// The screen in front together with what it is drawn with.
    pub(super) fn front(&mut self) -> (&mut dyn Screen, View<'_>) {
        let place = self.place_of(self.front).filter(|_| self.source.is_some());
        let view = View {
            snapshot: &self.snapshot,
            theme: &self.theme,
            glyphs: &self.glyphs,
            ink: self.ink,
            scan_only: self.scan_only,
            busy: self.job.is_some(),
            running: self.job.as_ref().and_then(|job| job.stage.as_deref()),
            recent: &self.recent,
            since: &self.since,
            key_of,
        };
        let screen: &mut dyn Screen = match place {
            _ if self.in_form => &mut self.form,
            _ if self.in_dialogue => &mut self.dialogue,
            Some(place) => self.screens[place].as_mut(),
            None => &mut self.welcome,
        };
        (screen, view)
    }
}
