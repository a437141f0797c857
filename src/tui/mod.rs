//! The terminal program: screens over the study.
//!
//! One thread reads the keyboard, one thread a job works, one waits for signals; all of them send [`incoming::Incoming`]s to
//! the main loop, which takes everything that is queued and then draws at most once per 33 ms, and only if something
//! changed. While nothing happens nothing is sent. The terminal is never asked anything.

pub mod app;
pub mod backend;
pub mod command;
pub mod effect;
pub mod fuzzy;
pub mod glyphs;
pub mod incoming;
pub mod jobs;
pub mod opened;
pub mod recent;
pub mod screen;
pub mod screens;
pub mod screenshot;
pub mod snapshot;
pub mod source;
pub mod terminal;
pub mod theme;
pub mod widgets;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use app::{App, Look};
use glyphs::Glyphs;
use incoming::Incoming;
use source::Opener;
use theme::{Colours, Depth, ThemeName};

use crate::figure::section::Viewing;

/// The shortest time between two drawings.
const FRAME: Duration = Duration::from_millis(33);

/// The time between two steps of the spinner; there are none while nothing runs.
const TICK: Duration = Duration::from_millis(250);

/// How the terminal program is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The study to open
    pub study: Option<PathBuf>,
    /// Folders and tables to make a study of
    pub new: Option<Vec<PathBuf>>,
    /// The file of a published model that is to be typed in
    pub form: Option<PathBuf>,
    /// When colours are sent
    pub colours: Colours,
    /// The theme
    pub theme: ThemeName,
    /// ASCII only
    pub ascii: bool,
    /// Take the mouse
    pub mouse: bool,
}

/// Why the terminal program cannot start or go on.
#[derive(Debug, Error)]
pub enum TuiError {
    /// The terminal cannot be used.
    #[error("the terminal cannot be used")]
    Terminal(#[from] io::Error),
}

/// What the terminal program shows.
pub enum Start {
    /// A study, or the ways to one
    Study(Arc<dyn Opener>),
    /// One scan
    Scan(Viewing),
}

/// How the terminal program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// One line for the shell
    pub farewell: String,
    /// Whether a signal ended it, or the key that is one elsewhere
    pub interrupted: bool,
}

/// The look that the options and the environment ask for.
pub fn look(options: &Options) -> Look {
    let variable = |name: &str| std::env::var(name).ok();
    Look {
        theme: options.theme,
        depth: Depth::choose(options.colours, variable),
        glyphs: Glyphs::choose(options.ascii, variable),
    }
}

/// Runs the terminal program until the person leaves it or the system ends it.
pub fn open(options: &Options, start: Start) -> Result<Ended, TuiError> {
    let look = look(options);
    let (sender, messages) = mpsc::channel();
    let mut screen = terminal::Screen::enter(options.mouse)?;
    watch_signals(sender.clone())?;
    let mut app = match start {
        Start::Study(opener) => {
            let mut app = App::new(&look, opener, sender.clone(), false);
            if let Some(study) = &options.study {
                app.open(study);
            }
            if let Some(file) = &options.form {
                app.type_in(file.clone());
            }
            if let Some(paths) = &options.new {
                app.make(paths.clone());
            }
            app
        }
        Start::Scan(viewing) => {
            let mut app = App::new(&look, Arc::new(opened::StudyOpener::default()), sender.clone(), false);
            app.look_at(&viewing);
            app
        }
    };
    screen.draw(|frame| {
        let area = frame.area();
        app.draw(frame.buffer_mut(), area);
    })?;
    read_input(sender);
    let mut drawn = Instant::now();
    let mut ticked = Instant::now();
    let mut signalled = false;
    while !app.finished {
        // Sleep until something happens; while a job runs, or a drawing is due, only that long.
        let wait = match (app.dirty, app.busy()) {
            (true, _) => Some(FRAME.saturating_sub(drawn.elapsed())),
            (false, true) => Some(TICK.saturating_sub(ticked.elapsed())),
            (false, false) => None,
        };
        let first = match wait {
            None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wait) => messages.recv_timeout(wait),
        };
        match first {
            Ok(message) => {
                for message in std::iter::once(message).chain(messages.try_iter()) {
                    signalled |= matches!(message, Incoming::Signal(_));
                    app.take(message);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if app.busy() && ticked.elapsed() >= TICK {
            app.tick();
            ticked = Instant::now();
        }
        let requests = app.take_requests();
        if let Some(words) = requests.copy {
            screen.copy(&words)?;
        }
        if requests.suspend {
            screen.suspend()?;
            app.dirty = true;
        }
        if requests.redraw {
            screen.clear()?;
            app.dirty = true;
        }
        if app.dirty && drawn.elapsed() >= FRAME && !app.finished {
            screen.draw(|frame| {
                let area = frame.area();
                app.draw(frame.buffer_mut(), area);
            })?;
            drawn = Instant::now();
        }
    }
    drop(screen);
    app.remember();
    Ok(Ended {
        farewell: app.farewell(),
        interrupted: signalled || app.interrupted,
    })
}

/// Reads the keyboard on a thread of its own; it ends with the program.
fn read_input(sender: Sender<Incoming>) {
    let _ = thread::Builder::new().name("input".to_owned()).spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if sender.send(Incoming::Input(event)).is_err() {
                break;
            }
        }
    });
}

/// Waits for SIGINT (in raw mode Ctrl-C is a key, so another process sends it), SIGTERM and SIGHUP, and for the line to be gone:
/// SIGHUP goes to the leader of a session alone, and a shell that ignores it leaves the program without a terminal, whose end
/// the reader of keys takes for nothing to read, for ever.
fn watch_signals(sender: Sender<Incoming>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::iterator::Signals;
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let line = sender.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if let Some(signal) = signals.forever().next() {
                end(&sender, signal);
            }
        })?;
        thread::Builder::new().name("line".to_owned()).spawn(move || {
            if terminal::wait_for_hang_up() {
                end(&line, SIGHUP);
            }
        })?;
    }
    #[cfg(not(unix))]
    drop(sender);
    Ok(())
}

/// Ends the loop as a signal does; one that does not end, because the line is gone and writing blocks, is ended.
#[cfg(unix)]
fn end(sender: &Sender<Incoming>, signal: i32) {
    let _ = sender.send(Incoming::Signal(signal));
    thread::sleep(Duration::from_secs(2));
    terminal::restore();
    std::process::exit(128 + signal);
}
