//! A person at the keyboard of the whole program, whose terminal is a buffer and whose study keeps what it was asked.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use radscore::figure::section::Footprint;
use radscore::message::Message;
use radscore::study::new::draft::{Checked, Draft};
use radscore::study::new::material::Material;
use radscore::tui::app::{App, Look};
use radscore::tui::glyphs::{ASCII, UNICODE};
use radscore::tui::incoming::Incoming;
use radscore::tui::snapshot::{Case, Picture, SecondMask, Snapshot};
use radscore::tui::source::{Decision, JobLine, Opener, Report, Run, Source, Told};
use radscore::tui::theme::{Depth, ThemeName};
use radscore::volume::geometry::IDENTITY;
use radscore::volume::mend::Mending;
use radscore::volume::overlap;
use radscore::volume::{Geometry, Mask, Samples, Volume};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

/// The keys of the screens.
pub const DIGITS: [&str; 13] = ["H", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "=", "K"];

/// A source that keeps what it was asked.
pub struct Fake {
    snapshot: Snapshot,
    asked: Mutex<Vec<String>>,
}

impl Source for Fake {
    fn snapshot(&self) -> Result<Snapshot, Message> {
        Ok(self.snapshot.clone())
    }

    fn run(&self, run: &Run, line: &JobLine) -> Told {
        self.asked.lock().unwrap().push(match &run.only {
            Some(stage) => format!("only {stage}{}", if run.force { " anew" } else { "" }),
            None => format!("run {:?}", run.until),
        });
        (line.tell)(Report::Step {
            stage: "extract".to_owned(),
            label: "case-1".to_owned(),
            done: 1,
            of: 2,
        });
        (line.tell)(Report::Note(Message::verbatim("extract: a note")));
        assert_ne!(run.until.as_deref(), Some("split"), "the split breaks off");
        Ok(Message::verbatim("done: everything"))
    }

    fn picture(&self, case: &Case) -> Result<Picture, Message> {
        // A virtual reader has read one of the cases.
        let readings = match case.id.as_str() {
            "case-001" => vec![Some((1, 2)), Some((2, 2))],
            _ => vec![None],
        };
        let geometry = Geometry {
            size: [40, 40, 12],
            spacing: [0.7, 0.7, 1.25],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        let voxels = ndarray::Array3::from_shape_fn((12, 40, 40), |(z, y, x)| {
            let square = |value: usize, middle: f64| (value as f64 - middle).powi(2);
            square(x, 20.0) / 100.0 + square(y, 18.0) / 64.0 + square(z, 6.0) / 16.0 < 1.0
        });
        let second = Mask {
            geometry,
            voxels: ndarray::Array3::from_shape_fn((12, 40, 40), |(z, y, x)| x > 0 && voxels[(z, y, x - 1)]),
        };
        let samples = voxels
            .indexed_iter()
            .map(|((z, y, x), inside)| (if *inside { 300 } else { -50 }) + ((x * 7 + y * 13 + z * 29) % 60) as i16)
            .collect();
        let mask = Mask { geometry, voxels };
        Ok(Picture {
            volume: Volume {
                geometry,
                samples: Samples::I16(samples),
            },
            footprint: Some(Footprint::of(&mask)),
            voxels: mask.count(),
            intensities: (0..500).map(|value| f64::from(value % 90)).collect(),
            second: (readings.iter())
                .map(|&virtual_reading| SecondMask {
                    agreement: overlap::agreement(&mask, &second).ok(),
                    mask: second.clone(),
                    virtual_reading,
                })
                .collect(),
            mask: Some(mask),
            warnings: Vec::new(),
        })
    }

    fn decide(&self, cases: &[String], decision: &Decision) -> Told {
        self.asked
            .lock()
            .unwrap()
            .push(format!("{decision:?} {}", cases.join(",")));
        Ok(Message::verbatim("kept"))
    }

    fn mend(&self, case: &Case, mending: &Mending) -> Told {
        let steps: Vec<String> = mending.steps().iter().map(ToString::to_string).collect();
        let said = format!("mend {}: {}", case.id, steps.join(" "));
        self.asked.lock().unwrap().push(said);
        Ok(Message::verbatim("the mask is kept"))
    }

    fn weigh(&self, key: &str, value: &str) -> Result<Vec<Message>, Message> {
        assert_ne!(value, "broken", "the change breaks off");
        Ok(vec![Message::verbatim(format!(
            "fit becomes stale: {key} was min and is {value}"
        ))])
    }

    fn allow(&self, rule: &str, reason: &str) -> Told {
        self.asked.lock().unwrap().push(format!("allow {rule}: {reason}"));
        Ok(Message::verbatim("allowed"))
    }

    fn edit(&self, cases: &[String], column: &str, value: &str) -> Told {
        self.asked
            .lock()
            .unwrap()
            .push(format!("edit {column}={value} {}", cases.join(",")));
        Ok(Message::verbatim("edited"))
    }

    fn save_cohort(&self, path: &Path) -> Told {
        self.asked.lock().unwrap().push(format!("save {}", path.display()));
        Ok(Message::verbatim("saved"))
    }

    fn judge(&self, path: &Path) -> Told {
        self.asked.lock().unwrap().push(format!("judge {}", path.display()));
        Ok(Message::verbatim("opened"))
    }

    fn set(&self, key: &str, value: &str) -> Told {
        self.asked.lock().unwrap().push(format!("{key}={value}"));
        Ok(Message::verbatim("set"))
    }
}

pub struct NoOpener;

impl Opener for NoOpener {
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, Message> {
        Err(Message::verbatim(format!(
            "{}: cannot be read: there is no such file",
            path.display()
        )))
    }

    fn gather(&self, _paths: &[PathBuf]) -> Result<Material, Message> {
        Err(Message::verbatim("nothing to make a study from"))
    }

    fn check(&self, _draft: &Draft, _line: &JobLine) -> Result<Checked, Message> {
        Err(Message::verbatim("nothing to check"))
    }

    fn write(&self, _draft: &Draft) -> Result<PathBuf, Message> {
        Err(Message::verbatim("nothing to write"))
    }

    fn sample(&self, _folder: &Path) -> Result<PathBuf, Message> {
        Err(Message::verbatim("the folder cannot be written"))
    }
}

pub struct Driver {
    pub app: App,
    messages: Receiver<Incoming>,
    fake: Option<Arc<Fake>>,
    size: (u16, u16),
}

#[derive(Clone, Copy)]
pub enum Kind {
    Terminal,
    Mono,
    Ascii,
}

impl Driver {
    pub fn new(size: (u16, u16), kind: Kind, snapshot: Option<Snapshot>) -> Self {
        Self::opening(size, kind, snapshot, Arc::new(NoOpener))
    }

    /// The same with a way to studies.
    pub fn opening(size: (u16, u16), kind: Kind, snapshot: Option<Snapshot>, opener: Arc<dyn Opener>) -> Self {
        let (sender, messages) = channel();
        let look = Look {
            theme: ThemeName::Terminal,
            depth: if matches!(kind, Kind::Terminal) {
                Depth::Indexed
            } else {
                Depth::None
            },
            glyphs: if matches!(kind, Kind::Ascii) { ASCII } else { UNICODE },
        };
        let mut app = App::new(&look, opener, sender, true);
        let fake = snapshot.map(|snapshot| {
            Arc::new(Fake {
                snapshot,
                asked: Mutex::default(),
            })
        });
        if let Some(fake) = &fake {
            app.adopt(Arc::clone(fake) as Arc<dyn Source>, fake.snapshot.clone());
        }
        Self {
            app,
            messages,
            fake,
            size,
        }
    }

    /// The program over a study that was really run.
    pub fn over(size: (u16, u16), kind: Kind, source: &Arc<dyn Source>, snapshot: &Snapshot) -> Self {
        let mut driver = Self::new(size, kind, None);
        driver.app.adopt(Arc::clone(source), snapshot.clone());
        driver
    }

    /// How the cells are styled: a letter a style, and what the letters stand for.
    pub fn styles(&mut self) -> String {
        let buffer = self.buffer();
        let mut known: Vec<(Color, Color, Modifier)> = vec![(Color::Reset, Color::Reset, Modifier::empty())];
        let mut map = String::new();
        for y in 0..self.size.1 {
            let mut line = String::new();
            for x in 0..self.size.0 {
                let cell = &buffer[(x, y)];
                let style = (cell.fg, cell.bg, cell.modifier);
                let number = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                    known.push(style);
                    known.len() - 1
                });
                line.push(match number {
                    0 => ' ',
                    number => char::from_u32('a' as u32 + number as u32 - 1).unwrap_or('?'),
                });
            }
            map.push_str(line.trim_end());
            map.push('\n');
        }
        for (number, (front, back, modifier)) in known.iter().enumerate().skip(1) {
            let letter = char::from_u32('a' as u32 + number as u32 - 1).unwrap_or('?');
            map.push_str(&format!("{letter}: {front:?} on {back:?} {modifier:?}\n"));
        }
        map
    }

    /// Presses keys: letters as they are, others as <Name>.
    pub fn keys(mut self, keys: &str) -> Self {
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let (name, after) = if first == '<' && rest.contains('>') {
                let end = rest.find('>').unwrap();
                (&rest[1..end], &rest[end + 1..])
            } else {
                rest.split_at(first.len_utf8())
            };
            rest = after;
            let key = match name {
                "Enter" => KeyEvent::from(KeyCode::Enter),
                "Esc" => KeyEvent::from(KeyCode::Esc),
                "Tab" => KeyEvent::from(KeyCode::Tab),
                "S-Tab" => KeyEvent::from(KeyCode::BackTab),
                "Backspace" => KeyEvent::from(KeyCode::Backspace),
                "Del" => KeyEvent::from(KeyCode::Delete),
                "Up" => KeyEvent::from(KeyCode::Up),
                "Down" => KeyEvent::from(KeyCode::Down),
                "Left" => KeyEvent::from(KeyCode::Left),
                "Right" => KeyEvent::from(KeyCode::Right),
                "PgUp" => KeyEvent::from(KeyCode::PageUp),
                "PgDn" => KeyEvent::from(KeyCode::PageDown),
                "Home" => KeyEvent::from(KeyCode::Home),
                "End" => KeyEvent::from(KeyCode::End),
                "Space" => KeyEvent::from(KeyCode::Char(' ')),
                _ if name.starts_with("C-") => {
                    KeyEvent::new(KeyCode::Char(name.chars().nth(2).unwrap()), KeyModifiers::CONTROL)
                }
                _ => KeyEvent::from(KeyCode::Char(name.chars().next().unwrap())),
            };
            self.app.take(Incoming::Input(Event::Key(key)));
            while let Ok(message) = self.messages.try_recv() {
                self.app.take(message);
            }
        }
        self
    }

    /// Draws into the middle of a larger buffer and sees that nothing around it was touched.
    pub fn buffer(&mut self) -> Buffer {
        let (wide, high) = self.size;
        let whole = Rect::new(0, 0, wide + 4, high + 4);
        let area = Rect::new(2, 2, wide, high);
        let mut buffer = Buffer::filled(whole, ratatui::buffer::Cell::new("@"));
        for y in area.y..area.y + high {
            for x in area.x..area.x + wide {
                buffer[(x, y)].set_symbol(" ");
            }
        }
        self.app.draw(&mut buffer, area);
        for y in 0..whole.height {
            for x in 0..whole.width {
                if !area.contains((x, y).into()) {
                    assert_eq!(buffer[(x, y)].symbol(), "@", "drawn outside at {x} {y}");
                    assert_eq!(buffer[(x, y)].modifier, Modifier::empty(), "styled outside at {x} {y}");
                }
            }
        }
        // The right half of a letter of two columns is nobody else's.
        for y in area.y..area.y + high {
            for x in area.x..area.x + wide - 1 {
                let letter = buffer[(x, y)].symbol();
                let next = buffer[(x + 1, y)].symbol();
                let double = unicode_width::UnicodeWidthStr::width(letter) > 1;
                assert!(
                    !double || next.trim().is_empty(),
                    "{next} is written over {letter} at {x} {y}"
                );
            }
        }
        let mut inner = Buffer::empty(Rect::new(0, 0, wide, high));
        for y in 0..high {
            for x in 0..wide {
                inner[(x, y)] = buffer[(x + 2, y + 2)].clone();
            }
        }
        inner
    }

    pub fn text(&mut self) -> String {
        let buffer = self.buffer();
        let mut text = String::new();
        for y in 0..self.size.1 {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..self.size.0 {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    pub fn asked(&self) -> Vec<String> {
        self.fake.as_ref().unwrap().asked.lock().unwrap().clone()
    }
}
