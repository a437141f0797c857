//! The door to a real study: [`Source`] and [`Opener`] over [`Study`].

mod audits;
mod cases;
mod features;
mod picture;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use self::cases::{ACCEPTED, Edit};
use super::snapshot::{Case, Picture, Snapshot};
use super::source::{Decision, Opener, Report, Run, Source, Wire};
use crate::figure::nomogram::NomogramInput;
use crate::figure::section::Viewing;
use crate::study::artefact::write_whole;
use crate::study::figures::{event_name, results};
use crate::study::stage::{Plan, Standing};
use crate::study::watch::{Event, Watch};
use crate::study::{Study, StudyError, pairing};
use crate::volume::LabelChoice;

/// A study file that was opened.
pub struct Opened {
    study: Mutex<Study>,
    /// Changes of the cohort that are not saved yet
    edits: Mutex<Vec<Edit>>,
    /// Model files that were opened to be judged, the last one first
    models: Mutex<Vec<PathBuf>>,
}

/// Opens study files and tables of cases.
#[derive(Debug, Default)]
pub struct StudyOpener;

impl Opener for StudyOpener {
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, String> {
        if path.as_os_str().is_empty() {
            return Err("no file was named".to_owned());
        }
        let study = Study::open(path).map_err(|error| error.to_string())?;
        Ok(Arc::new(Opened {
            study: Mutex::new(study),
            edits: Mutex::default(),
            models: Mutex::default(),
        }))
    }

    fn make(&self, from: &Path, patterns: &str) -> Result<(PathBuf, String), String> {
        let made = pairing::make_study(from, patterns)?;
        Ok((made.path.clone(), made.words()))
    }

    fn sample(&self, folder: &Path) -> Result<PathBuf, String> {
        pairing::write_sample(folder).map_err(|error| format!("{}: {error}", folder.display()))
    }
}

/// A scan without a study.
pub struct OneScan {
    /// What is looked at
    pub viewing: Viewing,
    /// Its name
    pub name: String,
}

impl Source for OneScan {
    fn snapshot(&self) -> Result<Snapshot, String> {
        Ok(Snapshot {
            name: self.name.clone(),
            cases: vec![Case {
                id: self.name.clone(),
                image: Some(self.viewing.image.clone()),
                mask: self.viewing.mask.clone(),
                ..Case::default()
            }],
            ..Snapshot::default()
        })
    }

    fn picture(&self, case: &Case) -> Result<Picture, String> {
        let image = case.image.as_ref().ok_or("there is no image")?;
        match &case.mask {
            Some(mask) => picture::picture_of(image, mask, None, &LabelChoice::Any),
            None => picture::image_of(image),
        }
    }
}

/// What a lock holds; whoever broke off while holding it has left it whole, since jobs work on copies.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn outline(&self, study: &Study) -> Snapshot {
        let edits = hold(&self.edits).clone();
        let (columns, cases) = cases::cases(study, &edits);
        let mut remarks = Vec::new();
        if !study.cohort().patients_stated {
            remarks.push("No column names the patient: each case counts as its own patient.".to_owned());
        }
        remarks.extend(study.cohort().notes.iter().cloned());
        Snapshot {
            name: study.config().title.clone(),
            path: Some(study.config().document.path.clone()),
            results_folder: study.out().to_owned(),
            outcome: event_name(study),
            columns,
            unsaved: edits.len(),
            cases,
            settings: settings::settings(study),
            remarks,
            ..Snapshot::default()
        }
    }
}

impl Source for Opened {
    fn glance(&self) -> Result<Snapshot, String> {
        Ok(self.outline(&hold(&self.study)))
    }

    fn snapshot(&self) -> Result<Snapshot, String> {
        let study = self.current().map_err(|error| error.to_string())?;
        let mut snapshot = Snapshot {
            stages: settings::stages(&study),
            results: results(&study),
            audits: audits::audits(&study, &hold(&self.models)),
            ..self.outline(&study)
        };
        let found = features::features(&study);
        (snapshot.features, snapshot.correlation, snapshot.table) = (found.rows, found.correlation, found.table);
        if let Some(nomogram) = snapshot.results.first::<NomogramInput>() {
            cases::give_predictors(&mut snapshot.cases, &study, nomogram);
        }
        Ok(snapshot)
    }

    fn run(&self, run: &Run, wire: &Wire) -> Result<String, String> {
        let mut study = self.current().map_err(|error| error.to_string())?;
        let plan = Plan {
            until: run.until.clone(),
            only: run.only.clone(),
            force: run.force,
        };
        let tell = Arc::clone(&wire.tell);
        let mut watch = Watch::new(Arc::clone(&wire.cancel), move |event| match event {
            Event::Started { stage, .. } => tell(Report::Step(0, 0, stage.to_owned())),
            Event::Step {
                stage, done, of, label, ..
            } => tell(Report::Step(done, of, format!("{stage} {label}"))),
            Event::Note { stage, text } => tell(Report::Note(format!("{stage}: {text}"))),
            Event::Finished { stage, notes, .. } => {
                for note in notes {
                    tell(Report::Note(format!("{stage}: {note}")));
                }
                tell(Report::StageEnded);
            }
            Event::Failed { stage, message } => tell(Report::Note(format!("{stage} failed: {message}"))),
            Event::Fresh { .. } => {}
        });
        let done = study.run(&plan, &mut watch);
        let changed = hold(&self.study).changed_settings().to_vec();
        if changed == study.changed_settings() {
            *hold(&self.study) = study;
        }
        match done {
            Err(StudyError::Cancelled) => Err("cancelled; what was finished stays, r goes on from there".to_owned()),
            Err(error) => Err(error.to_string()),
            Ok(summary) => {
                if let Some((stage, message)) = summary.failed {
                    return Err(format!("{stage} failed: {message}"));
                }
                let mut words = if summary.ran.is_empty() {
                    "everything was up to date".to_owned()
                } else {
                    format!("done: {}", summary.ran.join(", "))
                };
                if summary.failed_cases > 0 {
                    words.push_str(&format!("; {} cases failed, see the cases", summary.failed_cases));
                }
                Ok(words)
            }
        }
    }

    fn picture(&self, case: &Case) -> Result<Picture, String> {
        let image = case.image.as_ref().ok_or("this case has no image")?;
        let Some(mask) = &case.mask else {
            return picture::image_of(image);
        };
        let (label, second) = {
            let study = hold(&self.study);
            let cohort = study.cohort();
            let row = cohort.position(&case.id).map(|place| &cohort.cases[place]);
            (
                row.and_then(|row| row.label.clone()),
                row.and_then(|row| row.mask_reader2.clone()),
            )
        };
        let label = label.map_or(LabelChoice::Value(1), |label| {
            label.parse().map_or(LabelChoice::Segment(label), LabelChoice::Value)
        });
        picture::picture_of(image, mask, second.as_deref(), &label)
    }

    fn decide(&self, cases: &[String], decision: &Decision) -> Result<String, String> {
        let mut study = hold(&self.study);
        for id in cases {
            let place = study
                .cohort()
                .position(id)
                .ok_or_else(|| format!("there is no case {id}"))?;
            let before = study.cohort().cases[place].clone();
            let (include, reason) = match decision {
                Decision::Accept if before.include && !before.reason.is_empty() => (true, before.reason),
                Decision::Accept => (true, ACCEPTED.to_owned()),
                Decision::Drop if !before.include && !before.reason.is_empty() => (false, before.reason),
                Decision::Drop if before.reason.is_empty() || before.reason == ACCEPTED => {
                    (false, "dropped at the screen".to_owned())
                }
                Decision::Drop => (false, before.reason),
                Decision::Comment(words) => (before.include, words.clone()),
            };
            study.pick(&[id], include, &reason).map_err(|error| error.to_string())?;
        }
        let what = match decision {
            Decision::Accept => "accepted",
            Decision::Drop => "left out",
            Decision::Comment(_) => "remark kept",
        };
        Ok(match cases {
            [one] => format!("{one}: {what}"),
            many => format!("{} cases: {what}", many.len()),
        })
    }

    fn weigh(&self, key: &str, value: &str) -> Result<Vec<String>, String> {
        let study = self.current().map_err(|error| error.to_string())?;
        let changed = study
            .with_setting(key, parsed(value))
            .map_err(|error| error.to_string())?;
        let mut lines = Vec::new();
        let mut with_it: Vec<&str> = Vec::new();
        for ((name, was), (_, is)) in study.standings().into_iter().zip(changed.standings()) {
            match is {
                // What is stale because an earlier stage is needs no reason of its own.
                Standing::Stale(reason) if was == Standing::Fresh && reason.ends_with("is stale") => with_it.push(name),
                Standing::Stale(reason) if was == Standing::Fresh => {
                    lines.push(format!("{name} becomes stale: {reason}"));
                }
                Standing::Fresh if was != Standing::Fresh => lines.push(format!("{name} is up to date again")),
                _ => {}
            }
        }
        if !with_it.is_empty() {
            lines.push(format!("and with it {}", with_it.join(", ")));
        }
        if lines.is_empty() {
            lines.push("No result becomes stale.".to_owned());
        } else {
            lines.push("Nothing runs by itself: R runs what is stale.".to_owned());
        }
        lines.push("The study file stays as it is.".to_owned());
        Ok(lines)
    }

    fn set(&self, key: &str, value: &str) -> Result<String, String> {
        let mut study = hold(&self.study);
        let changed = study
            .with_setting(key, parsed(value))
            .map_err(|error| error.to_string())?;
        let stale: Vec<&str> = changed
            .standings()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Stale(_)))
            .map(|(name, _)| name)
            .collect();
        *study = changed;
        Ok(if stale.is_empty() {
            format!("{key} = {value}; nothing is stale")
        } else {
            format!("{key} = {value}; stale now: {}", stale.join(", "))
        })
    }

    fn edit(&self, cases: &[String], column: &str, value: &str) -> Result<String, String> {
        let study = hold(&self.study);
        let columns = study.cohort().columns();
        if !columns.contains(&column) {
            return Err(format!(
                "the cohort has no column \"{column}\"; it has {}",
                columns.join(", ")
            ));
        }
        let mut edits = hold(&self.edits);
        for id in cases {
            let place = study
                .cohort()
                .position(id)
                .ok_or_else(|| format!("there is no case {id}"))?;
            edits.retain(|(other, name, _)| other != id || name != column);
            if study.cohort().cell(place, column) != value {
                edits.push((id.clone(), column.to_owned(), value.to_owned()));
            }
        }
        Ok(format!("{} changes of the cohort; w saves it as a table", edits.len()))
    }

    fn save_cohort(&self, path: &Path) -> Result<String, String> {
        let mut study = hold(&self.study);
        let edits = hold(&self.edits).clone();
        if path.exists() {
            return Err(format!("{} is there already: choose another name", path.display()));
        }
        let table = pairing::cohort_table(&study, &edits);
        write_whole(path, table.to_csv().as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
        let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let changed = study
            .with_setting("cohort", Value::from(full.to_string_lossy().into_owned()))
            .map_err(|error| format!("saved, but the study cannot go on with it: {error}"))?;
        *study = changed;
        hold(&self.edits).clear();
        Ok(format!(
            "saved {}; the study goes on with it until you leave: name it as cohort in the study file to keep it",
            path.display()
        ))
    }

    fn judge(&self, path: &Path) -> Result<String, String> {
        let judged = audits::judge(path)?;
        let mut models = hold(&self.models);
        models.retain(|other| other != path);
        models.insert(0, path.to_owned());
        Ok(format!("opened {}", judged.title))
    }
}
