//! The built binary in a pseudo-terminal: what is sent, in which order, and how the terminal is left. Nothing here asserts
//! a time; waits are only bounded.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod audit_form;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a test waits for something before it fails.
const PATIENCE: Duration = Duration::from_mins(3);

struct Session {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Arc<Mutex<Vec<u8>>>,
    size: (u16, u16),
    /// The line's settings before the program was started
    line: String,
}

impl Session {
    fn start(arguments: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start_program(Path::new(env!("CARGO_BIN_EXE_radscore")), arguments, folder, variables)
    }

    fn start_program(program: &Path, arguments: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env_remove("LC_ALL");
        command.env_remove("NO_COLOR");
        // A back trace would scroll the message of a panic out of the small screen.
        command.env("RUST_BACKTRACE", "0");
        command.env_remove("COLORTERM");
        // The studies that were opened last are kept for the person, not for the tests.
        for name in ["XDG_CONFIG_HOME", "HOME", "APPDATA"] {
            command.env_remove(name);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let line = format!("{:?}", pair.master.get_termios());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&bytes);
        thread::spawn(move || {
            let mut part = [0u8; 4096];
            while let Ok(count) = reader.read(&mut part) {
                if count == 0 {
                    break;
                }
                sink.lock().unwrap().extend_from_slice(&part[..count]);
            }
        });
        Self {
            writer: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            bytes,
            size: (24, 80),
            line,
        }
    }

    fn sent(&self) -> usize {
        self.bytes.lock().unwrap().len()
    }

    /// The screen as a terminal would show it now.
    fn screen(&self) -> vt100::Parser {
        let mut parser = vt100::Parser::new(
            std::num::NonZeroU16::new(24).unwrap(),
            std::num::NonZeroU16::new(80).unwrap(),
            0,
        );
        parser.screen_mut().set_size(
            std::num::NonZeroU16::new(self.size.0).unwrap(),
            std::num::NonZeroU16::new(self.size.1).unwrap(),
        );
        parser.process(&self.bytes.lock().unwrap());
        parser
    }

    /// Waits until the study is there with its stages, which follow its cases.
    fn wait_for_stages(&self) {
        self.wait_for("90 cases");
        self.wait_for("missing");
    }

    fn wait_for(&self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let text = self.screen().screen().contents();
            if text.contains(words) {
                return text;
            }
            assert!(begun.elapsed() < PATIENCE, "\"{words}\" never came:\n{text}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until nothing more is sent for a while.
    fn settle(&self) {
        let begun = Instant::now();
        let mut before = self.sent();
        loop {
            thread::sleep(Duration::from_millis(400));
            let now = self.sent();
            if now == before {
                return;
            }
            before = now;
            assert!(begun.elapsed() < PATIENCE, "the screen never came to rest");
        }
    }

    fn wait_for_end(&mut self) -> portable_pty::ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                thread::sleep(Duration::from_millis(100));
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the program did not end");
            thread::sleep(Duration::from_millis(30));
        }
    }

    fn signal(&self, name: &str) {
        let process = self.child.process_id().unwrap().to_string();
        let done = std::process::Command::new("kill")
            .args([name, &process])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// The alternate screen is left, the cursor is shown, pasting and the mouse are as before, and so are the line's settings.
    fn assert_restored(&self) {
        assert_eq!(
            self.line,
            format!("{:?}", self.master.get_termios()),
            "the line is as before"
        );
        let parser = self.screen();
        let screen = parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "pasting is as before");
        let bytes = self.bytes.lock().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let entered = text.matches("\u{1b}[?1049h").count();
        assert_eq!(
            entered,
            text.matches("\u{1b}[?1049l").count(),
            "entered and left as often"
        );
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// A study from a table of features: 60 patients, one feature that tells the outcome, eleven that do not.
fn study(folder: &Path) -> PathBuf {
    let mut state = 11u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64) / f64::from(1u32 << 31) - 0.5
    };
    let mut cohort = "id,patient,outcome,smoking\n".to_owned();
    let mut features = "id".to_owned();
    for feature in 0..12 {
        features.push_str(&format!(",original_made_F{feature}"));
    }
    features.push('\n');
    for case in 0..90 {
        let event = case % 2;
        cohort.push_str(&format!(
            "c{case:02},p{case:02},{event},{}\n",
            u8::from(next() + 0.2 * f64::from(event) > 0.1)
        ));
        features.push_str(&format!("c{case:02}"));
        for feature in 0..12 {
            let shift = if feature == 0 { 0.45 * f64::from(event) } else { 0.0 };
            features.push_str(&format!(",{}", next() + shift));
        }
        features.push('\n');
    }
    fs::write(folder.join("cohort.csv"), cohort).unwrap();
    fs::write(folder.join("features.csv"), features).unwrap();
    let path = folder.join("study.yaml");
    fs::write(
        &path,
        "title: Pty\ncohort: cohort.csv\nfeatures: features.csv\nclinical:\n  columns: [smoking]\nevaluate:\n  bootstrap: 40\n",
    )
    .unwrap();
    path
}

#[test]
fn from_the_start_to_the_roc_chart_by_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    session.press("6");
    session.wait_for("Press r to run evaluate");
    session.press("r");
    let text = session.wait_for("AUC (95 % CI)");
    // The chart stands there before the job has ended; leaving while it runs would be asked about.
    session.wait_for("done: ");
    assert!(text.contains("sensitivity") && text.contains("model"), "{text}");
    session.press("t");
    session.wait_for("threshold");
    session.press("q");
    session.press("q");
    let status = session.wait_for_end();
    assert!(status.success(), "{status:?}");
    session.assert_restored();
    let text = session.screen().screen().contents();
    assert!(text.contains("90 cases"), "one line is left for the shell: {text}");
    assert!(folder.path().join("results/evaluate").is_dir());
}

#[test]
fn the_next_start_goes_on_where_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    fs::create_dir(folder.path().join("results")).unwrap();
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    session.press("1/c1\rj2");
    session.wait_for("stages done");
    session.press("q");
    assert!(session.wait_for_end().success());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("stages done");
    session.press("1");
    let text = session.wait_for("filter \"c1\"");
    assert!(text.contains("2 of 10"), "the cursor is where it was: {text}");
    session.press("q");
    session.press("q");
    assert!(session.wait_for_end().success());
    // A memory that is damaged is as none.
    fs::write(
        folder.path().join("results/.work/screen.json"),
        "{\"format\": 1, \"screens\": 7",
    )
    .unwrap();
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    session.press("1");
    session.wait_for("1 of 90");
    session.press("q");
    assert!(session.wait_for_end().success());
}

#[test]
fn a_setting_is_changed_only_after_its_consequences_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    session.press("5r");
    session.wait_for("Rad-score =");
    // The screen fills before the job's last stage has ended.
    session.wait_for("done: split");
    session.press("2\tj");
    for _ in 0..10 {
        session.press("k");
    }
    session.press("\r");
    session.wait_for("split.ratio = ");
    session.press("\u{15}3:1\r");
    let text = session.wait_for("split becomes stale");
    assert!(text.contains("y takes it"), "{text}");
    session.press("\u{1b}");
    session.wait_for("left as it was");
    session.press("\r\u{15}3:1\r");
    session.wait_for("split becomes stale");
    session.press("y");
    session.wait_for("stale now: split");
    // What is changed is kept, and leaving says where.
    session.press("qq");
    session.wait_for("changes.json");
    session.press("y");
    assert!(session.wait_for_end().success());
}

#[test]
fn the_first_frame_is_small_and_an_idle_screen_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for_stages();
    session.settle();
    assert!(
        session.sent() < 6000,
        "{} bytes until the first full frame",
        session.sent()
    );
    let before = session.sent();
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(session.sent(), before, "an idle screen sends nothing");
    session.press("1");
    session.wait_for("1 of 90");
    session.settle();
    let before = session.sent();
    session.press("j");
    session.settle();
    let moved = session.sent() - before;
    assert!(moved > 0 && moved < 1500, "{moved} bytes for one step down");
    let bytes = session.bytes.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert_eq!(
        text.matches("\u{1b}[?2026h").count(),
        text.matches("\u{1b}[?2026l").count(),
        "every drawing is one synchronised update"
    );
    for question in [
        "\u{1b}[c",
        "\u{1b}[6n",
        "\u{1b}]11;?",
        "\u{1b}[>c",
        "\u{1b}_G",
        "\u{1b}[?u",
    ] {
        assert!(!text.contains(question), "the terminal is asked {question:?}");
    }
    assert!(!text.contains("\u{1b}[?1000h"), "the mouse is not taken");
}

#[test]
fn a_resize_draws_anew_and_a_small_terminal_gets_a_polite_word() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    for (rows, columns, words) in [(12, 50, "enlarge to 80"), (40, 120, "90 cases")] {
        session.size = (rows, columns);
        session
            .master
            .resize(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        session.wait_for(words);
    }
    session.press("q");
    assert!(session.wait_for_end().success());
}

#[test]
fn without_colour_the_selection_is_still_seen() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    for variables in [&[("NO_COLOR", "1")][..], &[][..]] {
        let mut session = Session::start(&["study.yaml"], folder.path(), variables);
        session.wait_for("90 cases");
        session.press("1j");
        session.settle();
        let parser = session.screen();
        let inverse = |row: u16| {
            (0..80)
                .filter(|&column| parser.screen().cell(row, column).is_some_and(vt100::Cell::inverse))
                .count()
        };
        assert!(
            (2..22).any(|row| inverse(row) > 60),
            "{variables:?}: the row in hand is reversed"
        );
        if !variables.is_empty() {
            let bytes = session.bytes.lock().unwrap().clone();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for colour in ["\u{1b}[38;5;", "\u{1b}[48;5;", "\u{1b}[38;2;"] {
                assert!(!text.contains(colour), "a colour is sent under NO_COLOR");
            }
        }
        session.press("q");
        assert!(session.wait_for_end().success());
    }
}

#[test]
fn signals_leave_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
        session.wait_for("90 cases");
        session.signal(signal);
        let status = session.wait_for_end();
        assert_eq!(status.exit_code(), 130, "{signal}: {status:?}");
        session.assert_restored();
    }
}

/// Set in the process that stands for a terminal: the folder in which it opens the program.
const WINDOW: &str = "RADSCORE_TEST_WINDOW";

/// A process of its own stands for the terminal and is killed, as a window that is closed: the line is gone then.
#[test]
fn a_closed_window_ends_the_program_without_a_panic() {
    if let Some(folder) = std::env::var_os(WINDOW) {
        let folder = Path::new(&folder);
        let command = fs::read_to_string(folder.join("command")).unwrap();
        // The shell outlives the window, so that it can say how the program has ended.
        let script = format!("trap '' HUP; {command}; echo $? > code.part; mv code.part code");
        let _session = Session::start_program(Path::new("sh"), &["-c", &script], folder, &[]);
        thread::sleep(PATIENCE);
    }
    for arguments in [
        "study.yaml",
        "run study.yaml --until score",
        "run study.yaml --until score --json --verbose",
    ] {
        let folder = tempfile::tempdir().unwrap();
        study(folder.path());
        let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_radscore"));
        fs::write(folder.path().join("command"), command).unwrap();
        let mut window = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_closed_window_ends_the_program_without_a_panic"])
            .env(WINDOW, folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let wait_for = |there: &dyn Fn() -> bool, what: &str| {
            while !there() {
                assert!(begun.elapsed() < PATIENCE, "{arguments}: {what}");
                thread::sleep(Duration::from_millis(30));
            }
        };
        // The study is being run, or the program has had its time to draw.
        let running = folder.path().join("results/.work/lock");
        if arguments.starts_with("run") {
            wait_for(&|| running.exists(), "the run did not begin");
        } else {
            thread::sleep(Duration::from_secs(2));
        }
        window.kill().unwrap();
        window.wait().unwrap();
        let code = folder.path().join("code");
        wait_for(&|| code.exists(), "the program did not end");
        let code = fs::read_to_string(code).unwrap();
        assert_ne!(code.trim(), "101", "{arguments} ended with a panic");
    }
}

/// Set in the process that takes the terminal as the program does and breaks off while it draws: the program itself has no
/// key that does so.
const BREAK_OFF: &str = "RADSCORE_TEST_BREAKS_OFF";

#[test]
fn a_panic_leaves_the_terminal_as_it_was() {
    if std::env::var_os(BREAK_OFF).is_some() {
        let mut screen = radscore::tui::terminal::Screen::enter(false).unwrap();
        screen.draw(|_| panic!("a panic was asked for")).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--exact", "a_panic_leaves_the_terminal_as_it_was", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    let mut session = Session::start_program(&program, &arguments, folder.path(), &[(BREAK_OFF, "1")]);
    let status = session.wait_for_end();
    assert!(!status.success(), "{status:?}");
    session.assert_restored();
    let bytes = session.bytes.lock().unwrap().clone();
    let sent = String::from_utf8_lossy(&bytes).into_owned();
    assert!(sent.contains("\u{1b}[?1049h"), "the terminal was taken: {sent}");
    let text = session.screen().screen().contents();
    assert!(text.contains("a panic was asked for"), "the panic is readable: {text}");
}

#[test]
fn a_stopped_program_and_a_spoilt_screen_are_drawn_anew() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for_stages();
    session.settle();
    let contents = |session: &Session| -> Vec<String> {
        let text = session.screen().screen().contents();
        text.lines().map(|line| line.trim_end().to_owned()).collect()
    };
    let shown = contents(&session);
    let count = |session: &Session, sequence: &str| {
        String::from_utf8_lossy(&session.bytes.lock().unwrap())
            .matches(sequence)
            .count()
    };
    session.press("\u{1a}");
    while count(&session, "\u{1b}[?1049l") == 0 {
        thread::sleep(Duration::from_millis(30));
    }
    // The signal has no effect before the program has stopped, so it is sent until it had one.
    let begun = Instant::now();
    while count(&session, "\u{1b}[?1049h") == 1 {
        assert!(begun.elapsed() < PATIENCE, "the program does not go on");
        session.signal("-CONT");
        thread::sleep(Duration::from_millis(30));
    }
    session.wait_for("90 cases");
    session.settle();
    assert_eq!(contents(&session), shown);
    let before = session.sent();
    session.press("\u{c}");
    session.settle();
    assert!(session.sent() > before + 1000, "the whole screen is sent again");
    assert_eq!(contents(&session), shown);
    assert_eq!(
        count(&session, "\u{1b}[6n"),
        0,
        "the terminal is asked where its cursor is"
    );
    session.press("q");
    assert!(session.wait_for_end().success());
    session.assert_restored();
}

#[test]
fn a_running_stage_can_be_cancelled_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = study(folder.path());
    // So many resamples that the evaluation cannot end before the key is pressed.
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("bootstrap: 40", "bootstrap: 200000");
    fs::write(&path, text).unwrap();
    let mut session = Session::start(&["study.yaml"], folder.path(), &[]);
    session.wait_for("90 cases");
    session.press("2R");
    session.wait_for("x cancels");
    let begun = Instant::now();
    while !folder.path().join("results/fit").is_dir() {
        assert!(
            begun.elapsed() < PATIENCE,
            "the fit never came: {}",
            session.screen().screen().contents()
        );
        thread::sleep(Duration::from_millis(50));
    }
    session.press("x");
    session.wait_for("cancelled");
    assert!(!folder.path().join("results/evaluate/result.json").exists());
    session.press("1");
    session.wait_for("c00");
    session.press("q");
    assert!(session.wait_for_end().success());
    session.assert_restored();
}

#[test]
fn where_there_is_no_study_the_program_offers_ways_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();
    study(&inside);
    let mut session = Session::start(&[], folder.path(), &[]);
    session.wait_for("write the sample study");
    session.press("j\r");
    session.wait_for("study file:");
    session.press("inside/stud\t\r");
    session.wait_for("90 cases");
    session.press("q");
    assert!(session.wait_for_end().success());
    // Where one lies, it is opened.
    let mut session = Session::start(&[], &inside, &[]);
    session.wait_for("90 cases");
    session.press("q");
    assert!(session.wait_for_end().success());
}
