//! The door to a real study: [`Source`] and [`Opener`] over [`Study`].

mod audits;
mod cases;
mod changes;
mod features;
mod home;
mod mending;
mod one_scan;
mod picture;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use self::cases::ACCEPTED;
pub use self::one_scan::OneScan;
use self::picture::Second;
use super::recent::Recent;
use super::snapshot::{Case, Picture, Snapshot};
use super::source::{Decision, JobLine, Opener, Report, Run, Source, Told};
use super::theme::ThemeName;
use crate::figure::nomogram::NomogramInput;
use crate::message::Message;
use crate::message::english::mending as mending_words;
use crate::message::english::opened as words;
use crate::study::artefact::write_whole;
use crate::study::checklist::{CHECKLISTS, judge};
use crate::study::engine::run::{Plan, StaleReason, Standing};
use crate::study::engine::watch::{Event, Watch};
use crate::study::figures::{event_name, results};
use crate::study::guard;
use crate::study::input::changes::Pick;
use crate::study::input::virtual_reader::VirtualReader;
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;
use crate::study::sample;
use crate::study::table::TableError;
use crate::study::{Study, StudyError};
use crate::volume::LabelChoice;
use crate::volume::mend::Mending;

/// A study file that was opened.
pub struct Opened {
    study: Mutex<Study>,
    /// Model files that were opened to be judged, the last one first
    models: Mutex<Vec<PathBuf>>,
}

/// Opens study files and tables of cases.
#[derive(Debug, Default)]
pub struct StudyOpener {
    /// Where the last ones are kept; they are forgotten without it
    pub recent: Option<Recent>,
}

impl Opener for StudyOpener {
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, Message> {
        if path.as_os_str().is_empty() {
            return Err(words::NO_FILE.into());
        }
        let study = Study::open(path).map_err(as_it_says)?;
        if let Some(recent) = &self.recent {
            recent.remember(path);
        }
        Ok(Arc::new(Opened {
            study: Mutex::new(study),
            models: Mutex::default(),
        }))
    }

    fn recent(&self) -> Vec<PathBuf> {
        self.recent.as_ref().map_or_else(Vec::new, Recent::list)
    }

    fn keep_theme(&self, theme: ThemeName) {
        if let Some(recent) = &self.recent {
            recent.keep_theme(theme);
        }
    }

    fn gather(&self, paths: &[PathBuf]) -> Result<Material, Message> {
        Material::read(paths).map_err(|error| match error {
            StudyError::Table(TableError::SeveralSheets { .. }) => words::sheet_behind(error.to_string()),
            other => as_it_says(other),
        })
    }

    fn check(&self, draft: &Draft, line: &JobLine) -> Result<Checked, Message> {
        match draft.check(&mut watch_of(line)) {
            Err(StudyError::Cancelled) => Err(words::CANCELLED.into()),
            other => other.map_err(as_it_says),
        }
    }

    fn write(&self, draft: &Draft) -> Result<PathBuf, Message> {
        draft.write().map_err(as_it_says)?;
        Ok(draft.path.clone())
    }

    fn sample(&self, folder: &Path) -> Result<PathBuf, Message> {
        let path = folder.join("study.yaml");
        if path.exists() && folder.join("cohort.csv").exists() {
            return Ok(path);
        }
        sample::write_study(folder).map_err(|error| at(folder, error))
    }
}

/// What a lock holds; whoever broke off while holding it has left it whole, since jobs work on copies.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the cohort keeps as the reason of a case that was left out here without a remark.
const DROPPED: &str = "dropped at the screen";

/// What a decision makes of a case as it is.
fn decided(before: &crate::study::input::cohort::Case, decision: &Decision) -> Pick {
    let (include, reason) = match decision {
        Decision::Accept if before.include && !before.reason.is_empty() => (true, before.reason.clone()),
        Decision::Accept => (true, ACCEPTED.to_owned()),
        Decision::Drop if !before.include && !before.reason.is_empty() => (false, before.reason.clone()),
        Decision::Drop if before.reason.is_empty() || before.reason == ACCEPTED => (false, DROPPED.to_owned()),
        Decision::Drop => (false, before.reason.clone()),
        Decision::Comment(words) => (before.include, words.clone()),
    };
    Pick { include, reason }
}

/// An error of a lower floor, which says where and how to mend it.
fn as_it_says(error: impl ToString) -> Message {
    Message::verbatim(error.to_string())
}

/// An error with the path that it is about.
fn at(path: &Path, error: impl std::fmt::Display) -> Message {
    Message::verbatim(format!("{}: {error}", path.display()))
}

/// A value as a person writes it: a number, a list, a truth, or else a text.
fn parsed(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| Value::from(value))
}

impl Opened {
    /// A copy that knows what lies in the results now.
    fn current(&self) -> Result<Study, StudyError> {
        let mut study = hold(&self.study).clone();
        study.refresh()?;
        Ok(study)
    }
}

impl Opened {
    /// The study's name, cases and settings: what needs no look at images and features.
    fn outline(study: &Study) -> Snapshot {
        let (columns, cases) = cases::cases(study);
        let mut remarks = Vec::new();
        if !study.cohort().patients_stated {
            remarks.push(words::NO_PATIENT_COLUMN.into());
        }
        remarks.extend(study.cohort().notes.iter().cloned());
        Snapshot {
            name: study.config().title.clone(),
            path: Some(study.config().document.path.clone()),
            results_folder: study.out().to_owned(),
            outcome: event_name(study),
            columns,
            changes: changes::counted(study),
            about: Some(home::about(study)),
            cases,
            settings: settings::settings(study),
            remarks,
            ..Snapshot::default()
        }
    }
}

/// A watch that reports on a job's line.
fn watch_of(line: &JobLine) -> Watch {
    let tell = Arc::clone(&line.tell);
    Watch::new(Arc::clone(&line.cancel), move |event| match event {
        Event::Started { stage, .. } => tell(Report::Step {
            stage: stage.to_owned(),
            label: String::new(),
            done: 0,
            of: 0,
        }),
        Event::Step {
            stage, done, of, label, ..
        } => tell(Report::Step {
            stage: stage.to_owned(),
            label: label.clone(),
            done,
            of,
        }),
        Event::Note { stage, text } => tell(Report::Note(words::stage_says(stage, text))),
        Event::Finished { stage, notes, .. } => {
            for note in notes {
                tell(Report::Note(words::stage_says(stage, note)));
            }
            tell(Report::StageEnded);
        }
        Event::Failed { stage, message } => tell(Report::Note(words::stage_failed(stage, message))),
        Event::Fresh { .. } => {}
    })
}

impl Source for Opened {
    fn glance(&self) -> Result<Snapshot, Message> {
        Ok(Self::outline(&hold(&self.study)))
    }

    fn snapshot(&self) -> Result<Snapshot, Message> {
        let study = self.current().map_err(as_it_says)?;
        let mut snapshot = Snapshot {
            stages: settings::stages(&study),
            stopped_by: guard::in_the_way(&study).map(|breach| (breach.rule.to_owned(), breach.says.to_string())),
            results: results(&study),
            meaning: home::meaning(&study),
            audits: audits::audits(&study, &hold(&self.models)),
            checklists: judge(&study, CHECKLISTS),
            answers: study.config().answers.clone(),
            ..Self::outline(&study)
        };
        let found = features::features(&study);
        (snapshot.features, snapshot.correlation, snapshot.table) = (found.rows, found.correlation, found.table);
        if let Some(nomogram) = snapshot.results.first::<NomogramInput>() {
            cases::give_predictors(&mut snapshot.cases, &study, nomogram);
        }
        Ok(snapshot)
    }

    fn run(&self, run: &Run, line: &JobLine) -> Told {
        let mut study = self.current().map_err(as_it_says)?;
        let plan = Plan {
            until: run.until.clone(),
            only: run.only.clone(),
            force: run.force,
            ..Plan::default()
        };
        let mut watch = watch_of(line);
        let done = study.run(&plan, &mut watch);
        {
            let mut held = hold(&self.study);
            if held.changes() == study.changes() {
                *held = study;
            }
        }
        match done {
            Err(StudyError::Cancelled) => Err(words::CANCELLED.into()),
            Err(error) => Err(as_it_says(error)),
            Ok(summary) => {
                if let Some((stage, message)) = summary.failed {
                    return Err(words::stage_failed(stage, message));
                }
                let done = if summary.ran.is_empty() {
                    words::ALL_UP_TO_DATE.into()
                } else {
                    words::done(summary.ran)
                };
                Ok(match summary.failed_cases {
                    0 => done,
                    failed => words::with_failed_cases(done, failed),
                })
            }
        }
    }

    fn picture(&self, case: &Case) -> Result<Picture, Message> {
        let image = case.image.as_ref().ok_or(words::CASE_WITHOUT_IMAGE)?;
        let Some(mask) = &case.mask else {
            return picture::image_of(image);
        };
        if !mask.exists() {
            // A contour can be made from nothing.
            let mut alone = picture::image_of(image)?;
            alone
                .warnings
                .push(mending_words::mask_is_not_there(mask.display().to_string()));
            return Ok(alone);
        }
        let (label, second, reader) = {
            let study = hold(&self.study);
            let cohort = study.cohort();
            let row = cohort.position(&case.id).map(|place| &cohort.cases[place]);
            (
                row.and_then(|row| row.label.clone()),
                row.and_then(|row| row.mask_reader2.clone()),
                VirtualReader::of(study.config()).ok().flatten(),
            )
        };
        let second = match (&second, &reader) {
            (Some(path), _) => Second::Person(path),
            (None, Some(reader)) => Second::Virtual(reader, &case.id),
            (None, None) => Second::None,
        };
        let label = label.as_deref().map_or(LabelChoice::Value(1), LabelChoice::of);
        picture::picture_of(image, mask, &second, &label)
    }

    fn mend(&self, case: &Case, mending: &Mending) -> Told {
        mending::keep(&mut hold(&self.study), case, mending)
    }

    fn decide(&self, cases: &[String], decision: &Decision) -> Told {
        let mut study = hold(&self.study);
        study.refresh().map_err(as_it_says)?;
        let picks: Vec<(&str, Pick)> = cases
            .iter()
            .map(|id| {
                let place = study.cohort().position(id).ok_or_else(|| words::no_case(id))?;
                Ok((id.as_str(), decided(&study.cohort().cases[place], decision)))
            })
            .collect::<Result<_, Message>>()?;
        study.pick(&picks).map_err(as_it_says)?;
        let what = match decision {
            Decision::Accept => words::ACCEPTED,
            Decision::Drop => words::LEFT_OUT,
            Decision::Comment(_) => words::REMARK_KEPT,
        };
        Ok(match cases {
            [one] => words::done_to_case(one, what),
            many => words::done_to_cases(many.len(), what),
        })
    }

    fn weigh(&self, key: &str, value: &str) -> Result<Vec<Message>, Message> {
        let study = self.current().map_err(as_it_says)?;
        let changed = study.with_setting(key, parsed(value)).map_err(as_it_says)?;
        let mut lines: Vec<Message> = Vec::new();
        let mut with_it: Vec<&str> = Vec::new();
        for ((name, was), (_, is)) in study.standings().into_iter().zip(changed.standings()) {
            match is {
                // What is stale because an earlier stage is needs no reason of its own.
                Standing::Stale(StaleReason::Needs(..)) if was == Standing::Fresh => with_it.push(name),
                Standing::Stale(reason) if was == Standing::Fresh => {
                    lines.push(words::becomes_stale(name, reason.to_string()));
                }
                Standing::Fresh if was != Standing::Fresh => lines.push(words::up_to_date_again(name)),
                _ => {}
            }
        }
        if !with_it.is_empty() {
            lines.push(words::and_with_it(with_it));
        }
        if lines.is_empty() {
            lines.push(words::NOTHING_STALE.into());
        } else {
            lines.push(words::NOTHING_RUNS.into());
        }
        lines.push(words::file_stays(changes::kept_in(&study)));
        Ok(lines)
    }

    fn set(&self, key: &str, value: &str) -> Told {
        let mut study = hold(&self.study);
        study.set(key, parsed(value)).map_err(as_it_says)?;
        let stale: Vec<&str> = study
            .standings()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Stale(_)))
            .map(|(name, _)| name)
            .collect();
        Ok(if stale.is_empty() {
            words::set_nothing_stale(key, value)
        } else {
            words::set_stale(key, value, stale)
        })
    }

    fn allow(&self, rule: &str, reason: &str) -> Told {
        guard::allow(&mut hold(&self.study), rule, reason).map_err(as_it_says)?;
        Ok(words::goes_on(rule, reason.trim()))
    }

    fn edit(&self, cases: &[String], column: &str, value: &str) -> Told {
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let mut study = hold(&self.study);
        study.edit(&cases, column, value).map_err(as_it_says)?;
        Ok(words::edited(column, value, cases.len()))
    }

    fn undo(&self) -> Told {
        match hold(&self.study).undo().map_err(as_it_says)? {
            Some(step) => Ok(words::undone(changes::said(&step))),
            None => Err(words::NOTHING_TO_UNDO.into()),
        }
    }

    fn redo(&self) -> Told {
        match hold(&self.study).redo().map_err(as_it_says)? {
            Some(step) => Ok(words::done_again(changes::said(&step))),
            None => Err(words::NOTHING_TO_REDO.into()),
        }
    }

    fn save(&self) -> Told {
        let mut study = hold(&self.study);
        let saved = study.save_settings().map_err(as_it_says)?;
        Ok(changes::saved(&study, &saved))
    }

    fn save_cohort(&self, path: &Path) -> Told {
        let mut study = hold(&self.study);
        study.refresh().map_err(as_it_says)?;
        if path.exists() {
            return Err(words::there_already(path.display().to_string()));
        }
        let table = study.cohort().portable(&study.config().columns);
        write_whole(path, table.to_csv().as_bytes()).map_err(|error| at(path, error))?;
        let table = changes::beside(&study, path);
        study
            .go_on_with(Value::from(table))
            .map_err(|error| words::saved_but(error.to_string()))?;
        Ok(words::saved_cohort(path.display().to_string()))
    }

    fn judge(&self, path: &Path) -> Told {
        let judged = audits::judge(path)?;
        let mut models = hold(&self.models);
        models.retain(|other| other != path);
        models.insert(0, path.to_owned());
        Ok(words::opened(judged.title))
    }
}
