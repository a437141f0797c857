//! What screens ask for, carried out: jobs on workers, files, the clipboard.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tui_input::Input;

use super::prompt::Prompt;
use super::{App, Job};
use crate::figure::{Figure, Tone, svg};
use crate::study::artefact::write_whole;
use crate::tui::command::Command;
use crate::tui::jobs::{Desk, News};
use crate::tui::screen::{Beginning, Effect, Sure};
use crate::tui::source::{Run, Source};

/// The longest text that is sent to a terminal's clipboard; many terminals drop more.
const CLIPBOARD_BYTES: usize = 74_000;

impl App {
    /// Does what a screen asks for.
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Say(tone, words) => self.say(tone, &words),
            Effect::Run(run) => self.run(run),
            Effect::Fetch(index) => {
                // One scan is read at a time: whoever turns pages quickly waits for the last one only.
                self.wanted_scan = Some(index);
                self.fetch_scan();
            }
            Effect::Export(figures) => {
                for mut figure in figures {
                    figure.label(&self.snapshot.results.labels);
                    match export(&self.snapshot.results_folder.join("figures"), &figure) {
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
            Effect::Weigh(key, value) => self.weigh(key, value),
            Effect::Edit(cases, column, value) => {
                self.change(move |source| source.edit(&cases, &column, &value));
            }
            Effect::SaveCohort(path) => self.change(move |source| source.save_cohort(Path::new(&path))),
            Effect::Judge(path) => self.change(move |source| source.judge(Path::new(&path))),
            Effect::Begin(beginning) => self.begin(&beginning),
            Effect::Quit => self.finished = true,
        }
    }

    /// Reads the scan that is wanted, unless another one is being read.
    pub(super) fn fetch_scan(&mut self) {
        if self.reading_scan {
            return;
        }
        let Some(case) = self
            .wanted_scan
            .take()
            .and_then(|index| self.snapshot.cases.get(index).cloned())
        else {
            return;
        };
        let Some(source) = self.source.clone() else { return };
        self.reading_scan = true;
        self.jobs.fetch(move || {
            // A scan that breaks its reader is told as any other that cannot be read.
            let picture = catch_unwind(AssertUnwindSafe(|| source.picture(&case)))
                .unwrap_or_else(|_| Err(format!("the scan of {} cannot be read: its reader broke off", case.id)));
            News::Picture(case.id, picture.map(Arc::new))
        });
    }

    /// Finds out what a new value would make stale, and asks before it is taken.
    fn weigh(&mut self, key: String, value: String) {
        if self.job.is_some() {
            self.say(Tone::Warn, "not while a job runs: x cancels it");
            return;
        }
        let Some(source) = self.source.clone() else { return };
        self.start("weighing the change", move |desk| {
            let lines = source.weigh(&key, &value)?;
            desk.tell(News::Asked(Box::new(Sure {
                title: format!("{key} = {value}"),
                lines,
                effect: Effect::Set(key, value),
            })));
            Ok(String::new())
        });
    }

    /// Changes the study and shows it anew; refused while a job runs, since both would write the study's files.
    pub(super) fn change(&mut self, work: impl FnOnce(&dyn Source) -> Result<String, String> + Send + 'static) {
        if self.job.is_some() {
            self.say(Tone::Warn, "not while a job runs: x cancels it");
            return;
        }
        let Some(source) = self.source.clone() else { return };
        self.start("one moment", move |desk| {
            let words = work(source.as_ref())?;
            desk.tell(News::Study(Box::new(source.snapshot()?)));
            Ok(words)
        });
    }

    pub(super) fn run(&mut self, run: Run) {
        if self.job.is_some() {
            self.say(Tone::Warn, "a job is running: x cancels it");
            return;
        }
        let Some(source) = self.source.clone() else { return };
        let label = run
            .only
            .clone()
            .or_else(|| run.until.clone())
            .unwrap_or_else(|| "all stages".to_owned());
        self.start(&label, move |desk| {
            let result = source.run(&run, &desk.wire(Arc::clone(&source)));
            if let Ok(snapshot) = source.snapshot() {
                desk.tell(News::Study(Box::new(snapshot)));
            }
            result
        });
    }

    pub(super) fn begin(&mut self, beginning: &Beginning) {
        let opener = Arc::clone(&self.opener);
        let beginning = beginning.clone();
        let label = match &beginning {
            Beginning::Open(_) => "opening the study",
            Beginning::Make(..) => "making the study",
            Beginning::Sample(_) => "writing the sample study",
        };
        self.start(label, move |desk| {
            let (path, made) = match &beginning {
                Beginning::Open(path) => (PathBuf::from(path), String::new()),
                Beginning::Make(from, patterns) => opener.make(Path::new(from), patterns)?,
                Beginning::Sample(folder) => {
                    let path = opener.sample(Path::new(folder))?;
                    let words = format!("wrote {}; R runs the whole study", path.display());
                    (path, words)
                }
            };
            let source = opener.open(&path)?;
            let glance = source.glance()?;
            desk.tell(News::Opened(source, Box::new(glance)));
            Ok(made)
        });
    }

    pub(super) fn start(&mut self, label: &str, work: impl FnOnce(&Desk) -> Result<String, String> + Send + 'static) {
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
