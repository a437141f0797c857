//! What screens ask for, carried out: jobs on workers, files, the clipboard.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tui_input::Input;

use super::overlay::Overlay;
use super::prompt::Prompt;
use super::state::{App, Job};
use crate::figure::cells::Ink;
use crate::figure::{Figure, Tone, svg};
use crate::message::Message;
use crate::message::english::audit_form;
use crate::message::english::new_study;
use crate::message::english::program as words;
use crate::study::artefact::write_whole;
use crate::study::new::draft::Draft;
use crate::tui::effect::{Beginning, Confirmation, Effect};
use crate::tui::incoming::{Ended, News};
use crate::tui::jobs::JobHandle;
use crate::tui::source::{Run, Source, Told};
use crate::volume::mend::Mending;

/// The longest text that is sent to a terminal's clipboard; many terminals drop more.
const CLIPBOARD_BYTES: usize = 74_000;

impl App {
    /// Does what a screen asks for.
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Say(tone, message) => self.say(tone, message),
            Effect::Run(run) => self.run(run),
            Effect::Fetch(index) => {
                // One scan is read at a time: whoever turns pages quickly waits for the last one only.
                self.wanted_scan = Some(index);
                self.fetch_scan();
            }
            Effect::Export(figures) => {
                for mut figure in figures {
                    figure.label(&self.snapshot.results.labels_of(figure.stage));
                    match export(&self.snapshot.results_folder.join("figures"), &figure) {
                        Ok(path) => self.say(Tone::Good, words::saved_figure(path.display().to_string())),
                        Err(error) => self.say(Tone::Bad, words::not_saved(error.to_string())),
                    }
                }
            }
            Effect::Copy(text) => {
                if text.len() > CLIPBOARD_BYTES {
                    self.say(Tone::Warn, words::TOO_LONG_TO_COPY);
                } else {
                    let bytes = text.len();
                    self.requests.copy = Some(text);
                    self.say(Tone::Good, words::copied(bytes));
                }
            }
            Effect::NextInk => self.ink = if self.glyphs.ascii { Ink::Ascii } else { self.ink.next() },
            Effect::Ask(question, start) => {
                self.prompt = Some(Prompt {
                    question: Some(question),
                    input: Input::new(start),
                });
            }
            Effect::Decide(cases, decision) => {
                self.change(move |source| source.decide(&cases, &decision));
            }
            Effect::Mend(case, mending) => self.mend(&case, mending),
            Effect::Set(key, value) => self.change(move |source| source.set(&key, &value)),
            Effect::Allow(rule, reason) => self.change(move |source| source.allow(&rule, &reason)),
            Effect::Weigh(key, value) => self.weigh(key, value),
            Effect::Edit(cases, column, value) => {
                self.change(move |source| source.edit(&cases, &column, &value));
            }
            Effect::SaveCohort(path) => self.change(move |source| source.save_cohort(Path::new(&path))),
            Effect::Judge(path) => self.change(move |source| source.judge(Path::new(&path))),
            Effect::TypeIn => self.in_form = true,
            Effect::WriteForm { file, text, replace } => self.write_form(file, text, replace),
            Effect::Begin(beginning) => self.begin(&beginning),
            Effect::NewStudy => self.in_dialogue = true,
            Effect::Gather(paths) => self.gather(paths),
            Effect::CheckDraft(draft) => self.check_draft(draft),
            Effect::WriteDraft(draft) => self.write_draft(draft),
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
                .unwrap_or_else(|_| Err(words::reader_broke_off(&case.id)));
            News::Picture(case.id, picture.map(Arc::new))
        });
    }

    /// Finds out what a new value would make stale, and asks before it is taken.
    fn weigh(&mut self, key: String, value: String) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::NOT_WHILE_BUSY);
            return;
        }
        let Some(source) = self.source.clone() else { return };
        self.start(words::WEIGHING, move |handle| {
            let lines = source.weigh(&key, &value)?;
            handle.tell(News::Asked(Box::new(Confirmation {
                title: words::set_to(&key, &value),
                lines,
                effect: Effect::Set(key, value),
            })));
            Ok(None)
        });
    }

    /// Changes the study and shows it anew; refused while a job runs, since both would write the study's files.
    pub(super) fn change(&mut self, work: impl FnOnce(&dyn Source) -> Told + Send + 'static) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::NOT_WHILE_BUSY);
            return;
        }
        let Some(source) = self.source.clone() else { return };
        self.start(words::ONE_MOMENT, move |handle| {
            let done = work(source.as_ref())?;
            handle.tell(News::Study(Box::new(source.snapshot()?)));
            Ok(Some(done))
        });
    }

    /// Keeps a mended mask; the screen leaves it only when it lies in its file.
    fn mend(&mut self, id: &str, mending: Box<Mending>) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::NOT_WHILE_BUSY);
            return;
        }
        let case = self.snapshot.cases.iter().find(|case| case.id == id).cloned();
        let (Some(source), Some(case)) = (self.source.clone(), case) else {
            return;
        };
        self.start(words::ONE_MOMENT, move |handle| {
            let done = source.mend(&case, &mending)?;
            handle.tell(News::Study(Box::new(source.snapshot()?)));
            handle.tell(News::Mended(case.id));
            Ok(Some(done))
        });
    }

    pub(super) fn run(&mut self, run: Run) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::BUSY);
            return;
        }
        let Some(source) = self.source.clone() else { return };
        let label = match run.only.as_ref().or(run.until.as_ref()) {
            Some(stage) => Message::verbatim(stage),
            None => words::ALL_STAGES.into(),
        };
        self.start(label, move |handle| {
            let result = source.run(&run, &handle.line(Some(Arc::clone(&source))));
            if let Ok(snapshot) = source.snapshot() {
                handle.tell(News::Study(Box::new(snapshot)));
            }
            result.map(Some)
        });
    }

    pub(super) fn begin(&mut self, beginning: &Beginning) {
        let opener = Arc::clone(&self.opener);
        let beginning = beginning.clone();
        let label = match &beginning {
            Beginning::Open(_) => words::OPENING,
            Beginning::Sample(_) => words::WRITING_SAMPLE,
        };
        self.start(label, move |handle| {
            let (path, made) = match &beginning {
                Beginning::Open(path) => (PathBuf::from(path), None),
                Beginning::Sample(folder) => {
                    let path = opener.sample(Path::new(folder))?;
                    let wrote = words::wrote_sample(path.display().to_string());
                    (path, Some(wrote))
                }
            };
            let source = opener.open(&path)?;
            let glance = source.glance()?;
            handle.tell(News::Opened(source, Box::new(glance)));
            Ok(made)
        });
    }

    /// Looks at folders and tables that a study is to be made of.
    pub(super) fn gather(&mut self, paths: Vec<PathBuf>) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::BUSY);
            return;
        }
        let opener = Arc::clone(&self.opener);
        self.start(new_study::READING, move |handle| {
            let material = opener.gather(&paths)?;
            handle.tell(News::Material(paths, Box::new(material)));
            Ok(None)
        });
    }

    /// Writes the form's file; asks before another file is replaced.
    fn write_form(&mut self, file: PathBuf, text: String, replace: bool) {
        let name = file.display().to_string();
        if !replace && file.exists() && !self.form.made(&file) {
            self.overlay = Some(Overlay::Confirm(Box::new(Confirmation {
                title: audit_form::replaces(name),
                lines: vec![audit_form::REPLACED.into()],
                effect: Effect::WriteForm {
                    file,
                    text,
                    replace: true,
                },
            })));
            return;
        }
        match write_whole(&file, text.as_bytes()) {
            Ok(()) => {
                self.form.wrote(&file, text);
                if self.source.is_some() && !self.scan_only && self.job.is_none() {
                    let judged = file.clone();
                    self.change(move |source| source.judge(&judged));
                }
                self.say(Tone::Good, audit_form::wrote(name));
            }
            Err(error) => self.say(Tone::Bad, audit_form::not_written(name, error.to_string())),
        }
    }

    fn check_draft(&mut self, draft: Box<Draft>) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::BUSY);
            return;
        }
        let opener = Arc::clone(&self.opener);
        self.start(new_study::CHECKING, move |handle| {
            let checked = opener.check(&draft, &handle.line(None))?;
            handle.tell(News::Checked(draft, Box::new(checked)));
            Ok(None)
        });
    }

    fn write_draft(&mut self, draft: Box<Draft>) {
        if self.job.is_some() {
            self.say(Tone::Warn, words::BUSY);
            return;
        }
        let opener = Arc::clone(&self.opener);
        self.start(new_study::WRITING, move |handle| {
            let path = opener.write(&draft)?;
            let source = opener.open(&path)?;
            let glance = source.glance()?;
            handle.tell(News::Opened(source, Box::new(glance)));
            Ok(Some(new_study::wrote(path.display().to_string())))
        });
    }

    pub(super) fn start(&mut self, label: impl Into<Message>, work: impl FnOnce(&JobHandle) -> Ended + Send + 'static) {
        let cancel = self.jobs.start(work);
        self.job = Some(Job {
            label: label.into(),
            stage: None,
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
