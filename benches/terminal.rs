//! How quick the terminal program is, measured on the built binary in a pseudo-terminal: the first frame with 5,000 cases, a
//! key while all cores extract, and slices of a scan of 512 x 512 x 300. `cargo bench --bench terminal [-- frame|key|slices]`.

#![cfg_attr(
    not(unix),
    allow(unused, reason = "a pseudo-terminal of this kind is only there on unix")
)]
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ndarray::Array3;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use radscore::volume::geometry::IDENTITY;
use radscore::volume::{Geometry, Samples, Volume, write_nifti};

const ROUNDS: usize = 20;
const PATIENCE: Duration = Duration::from_mins(5);

/// What the program has sent so far, and the terminal that shows it.
struct Shown {
    parser: vt100::Parser,
    bytes: usize,
}

struct Session {
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    begun: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Session {
    fn start(arguments: &[&str], folder: &Path) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_radscore"));
        command.args(arguments);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env_remove("LC_ALL");
        command.env_remove("NO_COLOR");
        command.env_remove("COLORTERM");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(NonZeroU16::new(24).unwrap(), NonZeroU16::new(80).unwrap(), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, bytes: 0 }), Condvar::new()));
        let sink = Arc::clone(&shown);
        thread::spawn(move || {
            let mut part = vec![0u8; 65536];
            while let Ok(count) = reader.read(&mut part) {
                if count == 0 {
                    break;
                }
                let mut shown = sink.0.lock().unwrap();
                shown.parser.process(&part[..count]);
                shown.bytes += count;
                sink.1.notify_all();
            }
        });
        Self {
            writer: pair.master.take_writer().unwrap(),
            child,
            shown,
            begun,
            _master: pair.master,
        }
    }

    /// Waits until the screen is as wanted, and gives the moment.
    fn wait(&self, wanted: impl Fn(&vt100::Screen) -> bool) -> Instant {
        let until = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        loop {
            if wanted(shown.parser.screen()) {
                return Instant::now();
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it never came:\n{}", shown.parser.screen().contents());
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    fn wait_for(&self, words: &str) -> Instant {
        self.wait(|screen| screen.contents().contains(words))
    }

    fn text(&self) -> String {
        self.shown.0.lock().unwrap().parser.screen().contents()
    }

    fn bytes(&self) -> usize {
        self.shown.0.lock().unwrap().bytes
    }

    /// The number of the slice that is shown.
    fn slice(&self) -> usize {
        slice_number(self.shown.0.lock().unwrap().parser.screen())
    }

    fn press(&mut self, keys: &str) -> Instant {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        Instant::now()
    }

    /// Waits until nothing is sent for a while.
    fn settle(&self) {
        let mut before = self.bytes();
        loop {
            thread::sleep(Duration::from_millis(250));
            let now = self.bytes();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Memory of the process now and at its peak, in MB.
    fn memory(&self) -> (f64, f64) {
        let process = self.child.process_id().unwrap();
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let field = |name: &str| {
            status
                .lines()
                .find(|line| line.starts_with(name))
                .and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok())
                .map_or(f64::NAN, |kilobytes| kilobytes * 1024.0 / 1e6)
        };
        (field("VmRSS:"), field("VmHWM:"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spread(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[values.len() - 1])
}

fn say(what: &str, values: Vec<f64>, unit: &str) {
    let count = values.len();
    let (median, most) = spread(values);
    println!("{what:<58} median {median:8.1} {unit}   most {most:8.1} {unit}   of {count}");
}

/// 5,000 cases with a table of 107 features.
fn large_study(folder: &Path) {
    let mut cohort = "id,patient,outcome,age\n".to_owned();
    let mut features = "id".to_owned();
    for feature in 0..107 {
        let _ = write!(features, ",original_made_Feature{feature}");
    }
    features.push('\n');
    for case in 0..5000 {
        let _ = writeln!(
            cohort,
            "case-{case:04},p{:04},{},{}",
            case / 2,
            case % 2,
            40 + case % 40
        );
        let _ = write!(features, "case-{case:04}");
        for feature in 0..107 {
            let _ = write!(
                features,
                ",{}",
                ((case * 7919 + feature * 104_729) % 10_007) as f64 / 97.0
            );
        }
        features.push('\n');
    }
    fs::write(folder.join("cohort.csv"), cohort).unwrap();
    fs::write(folder.join("features.csv"), features).unwrap();
    fs::write(
        folder.join("study.yaml"),
        "title: Large\ncohort: cohort.csv\nfeatures: features.csv\n",
    )
    .unwrap();
}

fn first_frame() {
    let folder = tempfile::tempdir().unwrap();
    large_study(folder.path());
    let (mut frames, mut lists, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut session = Session::start(&["study.yaml"], folder.path());
        let frame = session.wait_for("radscore");
        session.press("1");
        let list = session.wait_for("case-0003");
        frames.push((frame - session.begun).as_secs_f64() * 1e3);
        lists.push((list - session.begun).as_secs_f64() * 1e3);
        bytes.push(session.bytes() as f64);
    }
    say("first frame, study of 5,000 cases", frames, "ms");
    say("its cases are listed", lists, "ms");
    say("bytes until then", bytes, "B ");
}

/// The sample study five times over, so that extraction lasts.
fn long_study(folder: &Path) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-cases");
    let text = fs::read_to_string(samples.join("cohort.csv")).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<&str> = lines.collect();
    let mut cohort = format!("{}\n", header.join(","));
    for round in 0..5 {
        for row in &rows {
            let cells: Vec<String> = row
                .split(',')
                .zip(&header)
                .map(|(cell, name)| match *name {
                    "id" | "patient" => format!("{cell}-{round}"),
                    "image" | "mask" | "mask_reader2" | "mask_repeat" if !cell.is_empty() => {
                        samples.join(cell).to_string_lossy().into_owned()
                    }
                    _ => cell.to_owned(),
                })
                .collect();
            let _ = writeln!(cohort, "{}", cells.join(","));
        }
    }
    fs::write(folder.join("cohort.csv"), cohort).unwrap();
    fs::write(
        folder.join("study.yaml"),
        "title: Long\ncohort: cohort.csv\nextraction: {imageType: {Original: {}, LoG: {sigma: [1.0, 2.0]}, Wavelet: {}}}\n",
    )
    .unwrap();
}

/// The row whose cells are reversed.
fn row_in_hand(screen: &vt100::Screen) -> Option<u16> {
    (2..22).find(|&row| {
        (0..60)
            .filter(|&column| screen.cell(row, column).is_some_and(vt100::Cell::inverse))
            .count()
            > 40
    })
}

fn key_while_extracting() {
    let folder = tempfile::tempdir().unwrap();
    long_study(folder.path());
    let mut session = Session::start(&["study.yaml"], folder.path());
    session.wait_for("600 cases");
    session.press("1R");
    session.wait_for("extract P");
    let mut answers = Vec::new();
    for round in 0..5 * ROUNDS {
        let before = row_in_hand(session.shown.0.lock().unwrap().parser.screen());
        let pressed = session.press(if round % 2 == 0 { "j" } else { "k" });
        let moved = session.wait(|screen| row_in_hand(screen) != before);
        answers.push((moved - pressed).as_secs_f64() * 1e3);
        thread::sleep(Duration::from_millis(37));
    }
    let status = session.text();
    assert!(
        status.contains("x cancels"),
        "the extraction ended too early:\n{status}"
    );
    say("a key's answer while all cores extract", answers, "ms");
}

/// A scan of 512 x 512 x 300 in whole numbers with noise, and a mask of a vertebra's size.
fn large_scan(folder: &Path) -> (PathBuf, PathBuf) {
    let size = [512usize, 512, 300];
    let geometry = Geometry {
        size,
        spacing: [0.8, 0.8, 1.0],
        origin: [0.0; 3],
        direction: IDENTITY,
    };
    let mut state = 1u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 25) as i16 - 64
    };
    let within = |x: usize, y: usize, z: usize, middle: [f64; 3], radius: [f64; 3]| {
        [x, y, z]
            .iter()
            .zip(middle)
            .zip(radius)
            .map(|((&at, middle), radius)| ((at as f64 - middle) / radius).powi(2))
            .sum::<f64>()
            < 1.0
    };
    let bone = |x, y, z| within(x, y, z, [256.0, 320.0, 150.0], [30.0, 24.0, 14.0]);
    let body = |x, y| within(x, y, 0, [256.0, 256.0, 0.0], [200.0, 150.0, 1.0]);
    let mut samples = Vec::with_capacity(size.iter().product());
    for z in 0..size[2] {
        for y in 0..size[1] {
            for x in 0..size[0] {
                let value = if bone(x, y, z) {
                    350 + ((x / 3 + y / 4 + z) % 7) as i16 * 60
                } else if body(x, y) {
                    30 + ((x / 40 + y / 30 + z / 9) % 5) as i16 * 40
                } else {
                    -1000
                };
                samples.push(value + noise());
            }
        }
    }
    let mask = Array3::from_shape_fn((size[2], size[1], size[0]), |(z, y, x)| u8::from(bone(x, y, z)));
    let paths = (folder.join("image.nii.gz"), folder.join("mask.nii.gz"));
    let volume = |samples| Volume { geometry, samples };
    write_nifti(&paths.0, &volume(Samples::I16(samples))).unwrap();
    write_nifti(&paths.1, &volume(Samples::U8(mask.into_iter().collect()))).unwrap();
    paths
}

fn slice_number(screen: &vt100::Screen) -> usize {
    let text = screen.contents();
    let line = text.lines().find(|line| line.contains("/300")).unwrap_or_default();
    let before = line.split("/300").next().unwrap_or_default();
    before
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn slices() {
    let folder = tempfile::tempdir().unwrap();
    large_scan(folder.path());
    let mut session = Session::start(&["view", "image.nii.gz", "mask.nii.gz"], folder.path());
    let opened = session.wait_for("/300");
    println!(
        "{:<58} {:.1} s",
        "the scan is shown after",
        (opened - session.begun).as_secs_f64()
    );
    for (what, key) in [("zoomed to the mask", ""), ("whole slice", "w")] {
        session.press(key);
        session.settle();
        let (mut bytes, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..3 * ROUNDS {
            let before = session.slice();
            let sent = session.bytes();
            let pressed = session.press("]");
            let moved = session.wait(|screen| slice_number(screen) == before + 1);
            answers.push((moved - pressed).as_secs_f64() * 1e3);
            thread::sleep(Duration::from_millis(60));
            bytes.push((session.bytes() - sent) as f64);
        }
        say(&format!("bytes a slice, {what}"), bytes, "B ");
        say(&format!("a slice's answer, {what}"), answers, "ms");
        // A held key repeats thirty times a second; after it is let go the last slice must stand there at once.
        let first = session.slice();
        let sent = session.bytes();
        let mut late = Duration::ZERO;
        for _ in 0..30 {
            session.press("[");
            thread::sleep(Duration::from_millis(33));
        }
        let last = Instant::now();
        let there = session.wait(|screen| slice_number(screen) + 30 == first);
        late += there.saturating_duration_since(last);
        println!(
            "{:<58} {:.1} ms behind, {:.1} kB for 30 slices",
            format!("held key, {what}"),
            late.as_secs_f64() * 1e3,
            (session.bytes() - sent) as f64 / 1e3
        );
    }
    session.settle();
    let (now, peak) = session.memory();
    let own = 512.0 * 512.0 * 300.0 * 2.0 / 1e6;
    println!(
        "{:<58} {now:.0} MB now ({:.2} times the volume of {own:.0} MB), {peak:.0} MB at the peak",
        "memory while viewing",
        now / own
    );
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if asked("frame") {
        first_frame();
    }
    if asked("key") {
        key_while_extracting();
    }
    if asked("slices") {
        slices();
    }
}
