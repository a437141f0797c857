//! The terminal's state: entered once, left once, whatever happens.
//!
//! [`restore`] is the one way out. It is called when the [`Screen`] is dropped, by the panic hook, and by the thread that
//! waits for SIGTERM and SIGHUP; the first call does the work.

use std::io::{self, BufWriter, Stdout, Write};
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};

use super::backend::DiffBackend;

static ENTERED: AtomicBool = AtomicBool::new(false);
static MOUSE: AtomicBool = AtomicBool::new(false);

/// What a worker thread said as it panicked; its job reports it.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// The alternate screen of the terminal, in raw mode.
pub struct Screen {
    terminal: Terminal<DiffBackend<BufWriter<Stdout>>>,
}

impl Screen {
    /// Takes the terminal over; nothing is asked of it.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        MOUSE.store(mouse, Ordering::SeqCst);
        // The theme alone decides about colours: crossterm would turn colours into resets under NO_COLOR, and with them
        // take away the reversed row.
        crossterm::style::force_color_output(true);
        install_panic_hook();
        take()?;
        let backend = DiffBackend::new(BufWriter::with_capacity(64 * 1024, io::stdout()));
        let terminal = Terminal::new(backend).inspect_err(|_| restore())?;
        Ok(Self { terminal })
    }

    /// Draws one frame inside a synchronised update.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Forgets what stands on the screen, so that the next frame is drawn whole.
    pub fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where the cursor is, and wait for an answer that the keyboard's thread
        // gets.
        let area = self.size()?;
        self.terminal.resize(area)
    }

    /// The size in columns and rows.
    pub fn size(&self) -> io::Result<Rect> {
        self.terminal
            .size()
            .map(|size| Rect::new(0, 0, size.width, size.height))
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal again when it goes on.
    pub fn suspend(&mut self) -> io::Result<()> {
        restore();
        #[cfg(unix)]
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        take()?;
        self.clear()
    }

    /// Sends text to the terminal's clipboard (OSC 52).
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.terminal.backend_mut(),
            crossterm::clipboard::CopyToClipboard::to_clipboard_from(text)
        )
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Columns and rows of the terminal on standard output, where there is one.
pub fn size() -> Option<(usize, usize)> {
    io::IsTerminal::is_terminal(&io::stdout())
        .then(crossterm::terminal::size)?
        .ok()
        .map(|(columns, rows)| (columns as usize, rows as usize))
}

/// Waits until the line to the terminal is gone; false if it cannot be watched.
#[cfg(unix)]
pub fn wait_for_hang_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    /// Where a system does not wake who waits for nothing but the end, it is looked at this often.
    const LOOK: Timespec = Timespec { tv_sec: 10, tv_nsec: 0 };
    let input = io::stdin();
    if !io::IsTerminal::is_terminal(&input) {
        return false;
    }
    loop {
        // The end of the line is told unasked.
        let mut line = [PollFd::new(&input, PollFlags::empty())];
        match poll(&mut line, Some(&LOOK)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return line[0].revents().contains(PollFlags::HUP),
            Err(_) => return false,
        }
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut output = io::stdout();
    execute!(output, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if MOUSE.load(Ordering::SeqCst) {
        execute!(output, EnableMouseCapture)?;
    }
    Ok(())
}

/// Leaves the alternate screen and raw mode; only the first call after entering does anything, and nothing can fail it.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut output = io::stdout();
    if MOUSE.load(Ordering::SeqCst) {
        let _ = execute!(output, DisableMouseCapture);
    }
    let _ = execute!(
        output,
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// What the last panic of a worker said.
pub fn take_panic() -> Option<String> {
    LAST_PANIC.lock().ok().and_then(|mut last| last.take())
}

/// A panic of the screen's own thread restores the terminal before it is reported; one of a worker becomes a failed job.
fn install_panic_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.swap(true, Ordering::SeqCst) {
        return;
    }
    let before = panic::take_hook();
    let own = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == own || !ENTERED.load(Ordering::SeqCst) {
            restore();
            before(info);
        } else if let Ok(mut last) = LAST_PANIC.lock() {
            *last = Some(info.to_string());
        }
    }));
}
