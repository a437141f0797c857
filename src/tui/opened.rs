//! The door to a real study: [`Source`] and [`Opener`] over [`Study`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use ndarray::ArrayView1;
use serde_json::Value;

use super::snapshot::{
    Audited, Case, CaseState, FeatureRow, Finding, Freshness, Picture, Setting, Snapshot, StageState,
};
use super::source::{Decision, Opener, Report, Run, Source, Wire};
use crate::audit::{self, PublishedModel, Severity};
use crate::figure::Tone;
use crate::figure::heatmap::HeatmapInput;
use crate::figure::path::short_name;
use crate::figure::section::Viewing;
use crate::study::cohort::Side;
use crate::study::config::read_value;
use crate::study::figures::{event_name, results};
use crate::study::stage::{Plan, STAGES, Standing};
use crate::study::stages::check::Verdict;
use crate::study::watch::{Event, Watch};
use crate::study::{Study, StudyError};
use crate::volume::{Extent, LabelChoice, LoadOptions, Mask, load, read_volume};

/// What a reviewer's "accept" leaves in the cohort.
const ACCEPTED: &str = "accepted";

/// The features that the heat map shows at most; beyond that no cell could be told from its neighbours.
const HEAT_LIMIT: usize = 150;

/// A study file that was opened.
pub struct Opened {
    study: Mutex<Study>,
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
        }))
    }

    fn make(&self, from: &Path) -> Result<PathBuf, String> {
        crate::study::pairing::make_study(from)
    }

    fn sample(&self, folder: &Path) -> Result<PathBuf, String> {
        crate::study::pairing::write_sample(folder).map_err(|error| format!("{}: {error}", folder.display()))
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

    fn run(&self, _run: &Run, _wire: &Wire) -> Result<String, String> {
        Err("there is no study here".to_owned())
    }

    fn picture(&self, case: &Case) -> Result<Picture, String> {
        let image = case.image.as_ref().ok_or("there is no image")?;
        picture_of(image, case.mask.as_deref(), None, &LabelChoice::Any)
    }

    fn decide(&self, _cases: &[String], _decision: &Decision) -> Result<String, String> {
        Err("there is no study here".to_owned())
    }

    fn set(&self, _key: &str, _value: &str) -> Result<String, String> {
        Err("there is no study here".to_owned())
    }
}

impl Opened {
    fn lock(&self) -> MutexGuard<'_, Study> {
        // A job that broke off leaves the study as it was: it works on a copy.
        self.study.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A copy that knows what lies in the results now.
    fn current(&self) -> Result<Study, StudyError> {
        let mut study = self.lock().clone();
        study.refresh()?;
        Ok(study)
    }
}

impl Source for Opened {
    fn snapshot(&self) -> Result<Snapshot, String> {
        let study = self.current().map_err(|error| error.to_string())?;
        let mut snapshot = Snapshot {
            name: study.config().title.clone(),
            path: Some(study.config().document.path.clone()),
            results_folder: study.out().to_owned(),
            outcome: event_name(&study),
            cases: cases(&study),
            stages: stages(&study),
            settings: settings(&study),
            results: results(&study),
            audits: audits(&study),
            ..Snapshot::default()
        };
        if !study.cohort().patients_stated {
            snapshot
                .remarks
                .push("No column names the patient: each case counts as its own patient.".to_owned());
        }
        snapshot.remarks.extend(study.cohort().notes.iter().cloned());
        (snapshot.features, snapshot.correlation) = features(&study);
        if let Some(nomogram) = &snapshot.results.nomogram {
            let names: Vec<String> = nomogram.terms.iter().map(|term| term.name.clone()).collect();
            let cohort = study.cohort();
            for (case, row) in snapshot.cases.iter_mut().zip(&cohort.cases) {
                case.predictors = names
                    .iter()
                    .map(|name| {
                        cohort
                            .clinical
                            .iter()
                            .position(|term| term.name == *name)
                            .and_then(|place| row.clinical.get(place).copied())
                            .or(case.score)
                            .unwrap_or(f64::NAN)
                    })
                    .collect();
            }
        }
        Ok(snapshot)
    }

    fn run(&self, run: &Run, wire: &Wire) -> Result<String, String> {
        let mut study = self.current().map_err(|error| error.to_string())?;
        let plan = Plan {
            until: run.until.clone(),
            only: None,
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
        let changed = self.lock().changed_settings().to_vec();
        if changed == study.changed_settings() {
            *self.lock() = study;
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
            let volume = read_volume(image).map_err(|error| error.to_string())?;
            return Ok(Picture {
                volume,
                mask: None,
                second: None,
                warnings: Vec::new(),
            });
        };
        let (label, second) = {
            let study = self.lock();
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
        picture_of(image, Some(mask), second.as_deref(), &label)
    }

    fn decide(&self, cases: &[String], decision: &Decision) -> Result<String, String> {
        let mut study = self.lock();
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

    fn set(&self, key: &str, value: &str) -> Result<String, String> {
        let mut study = self.lock();
        let parsed = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        let changed = study.with_setting(key, parsed).map_err(|error| error.to_string())?;
        let stale: Vec<&str> = changed
            .standings()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Stale(_)))
            .map(|(name, _)| name)
            .collect();
        *study = changed;
        Ok(if stale.is_empty() {
            format!("{key} = {value}; nothing becomes stale")
        } else {
            format!("{key} = {value}; stale now: {}", stale.join(", "))
        })
    }
}

/// The scan of an image and a mask, with the second reader's mask where there is one.
pub fn picture_of(
    image: &Path,
    mask: Option<&Path>,
    second: Option<&Path>,
    label: &LabelChoice,
) -> Result<Picture, String> {
    let options = LoadOptions {
        label: label.clone(),
        extent: Extent::Whole,
        facts: false,
        ..LoadOptions::default()
    };
    let Some(mask) = mask else {
        return Ok(Picture {
            volume: read_volume(image).map_err(|error| error.to_string())?,
            mask: None,
            second: None,
            warnings: Vec::new(),
        });
    };
    let scan = load(image, mask, &options).map_err(|error| error.to_string())?;
    let mut warnings = scan.warnings.clone();
    let second: Option<Mask> = second.and_then(|path| match load(image, path, &options) {
        Ok(scan) => Some(scan.mask),
        Err(error) => {
            warnings.push(format!("the second reader's mask: {error}"));
            None
        }
    });
    Ok(Picture {
        volume: scan.image,
        mask: Some(scan.mask),
        second,
        warnings,
    })
}

/// The fitted models, and the published ones whose files lie in `configs/models` here or in `models` beside the study file.
fn audits(study: &Study) -> Vec<Audited> {
    let mut files: Vec<PathBuf> = Vec::new();
    let beside = study
        .config()
        .document
        .path
        .parent()
        .map(|folder| folder.join("models"));
    let folders = [
        Some(study.out().join("fit")),
        beside,
        Some(PathBuf::from("configs/models")),
    ];
    for folder in folders.into_iter().flatten() {
        let mut here: Vec<PathBuf> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                let ending = path.extension().and_then(|ending| ending.to_str());
                let name = path
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                ending == Some("yaml") || (ending == Some("json") && name.starts_with("model-"))
            })
            .filter(|path| !files.iter().any(|known| known.file_name() == path.file_name()))
            .collect();
        here.sort();
        files.extend(here);
    }
    files
        .iter()
        .filter_map(|file| {
            let model = PublishedModel::from_value(&read_value(file).ok()?).ok()?;
            let report = audit::audit(&model);
            Some(Audited {
                title: report.title,
                findings: report
                    .findings
                    .into_iter()
                    .map(|finding| {
                        let mut detail = finding.arithmetic;
                        if !finding.resolve.is_empty() {
                            detail.push(format!("would resolve it: {}", finding.resolve));
                        }
                        if let Some(check) = audit::check(finding.check) {
                            detail.push(String::new());
                            detail.push(check.words.split_whitespace().collect::<Vec<_>>().join(" "));
                            detail.push(format!("source: {}", check.source));
                        }
                        Finding {
                            tone: match finding.severity {
                                Severity::Impossible => Tone::Bad,
                                Severity::Doubtful => Tone::Warn,
                                Severity::Missing => Tone::Accent,
                                Severity::Note => Tone::Plain,
                                Severity::Passed => Tone::Good,
                            },
                            word: finding.severity.word().to_owned(),
                            title: format!("{}: {}", finding.place, finding.says),
                            detail,
                        }
                    })
                    .collect(),
            })
        })
        .collect()
}

fn cases(study: &Study) -> Vec<Case> {
    let found = study.results();
    let check = found.check();
    let split = found.split();
    let score = found.score();
    let side_of: std::collections::HashMap<&str, Side> = split
        .map(|split| split.cases.iter().map(|case| (case.id.as_str(), case.side)).collect())
        .unwrap_or_default();
    let score_of: std::collections::HashMap<&str, f64> = score
        .map(|score| {
            score
                .cases
                .iter()
                .map(|case| (case.id.as_str(), case.radscore))
                .collect()
        })
        .unwrap_or_default();
    let check_of: std::collections::HashMap<&str, &crate::study::stages::check::CaseCheck> = check
        .map(|check| check.cases.iter().map(|case| (case.id.as_str(), case)).collect())
        .unwrap_or_default();
    study
        .cohort()
        .cases
        .iter()
        .map(|case| {
            let judged = check_of.get(case.id.as_str()).copied();
            let facts = judged.and_then(|judged| judged.facts.as_ref());
            let mut remarks: Vec<String> = Vec::new();
            let state = if case.include {
                match judged {
                    None => CaseState::Unchecked,
                    Some(judged) if judged.verdict == Verdict::Bad => {
                        remarks.extend(judged.problem.clone());
                        CaseState::Failed
                    }
                    Some(_) if case.reason == ACCEPTED => CaseState::Accepted,
                    Some(judged) if !judged.warnings.is_empty() => CaseState::Doubtful,
                    Some(_) => CaseState::Good,
                }
            } else {
                remarks.push(case.reason.clone());
                CaseState::Dropped
            };
            if let Some(judged) = judged {
                remarks.extend(judged.warnings.iter().cloned());
            }
            Case {
                id: case.id.clone(),
                patient: case.patient.clone(),
                event: case.outcome,
                split: side_of
                    .get(case.id.as_str())
                    .map(|side| side.name().to_owned())
                    .unwrap_or_default(),
                voxels: facts.map(|facts| facts.voxels),
                spacing: facts.map(|facts| facts.spacing),
                size: facts.map(|facts| facts.size),
                state,
                remarks,
                comment: if case.reason == ACCEPTED {
                    String::new()
                } else {
                    case.reason.clone()
                },
                image: case.image.clone(),
                mask: case.mask.clone(),
                score: score_of.get(case.id.as_str()).copied(),
                predictors: Vec::new(),
            }
        })
        .collect()
}

fn stages(study: &Study) -> Vec<StageState> {
    study
        .standings()
        .into_iter()
        .zip(STAGES)
        .filter(|((_, standing), _)| *standing != Standing::NotApplicable)
        .map(|((name, standing), stage)| StageState {
            name: name.to_owned(),
            about: stage.about().to_owned(),
            state: match standing {
                Standing::Fresh => Freshness::Fresh,
                Standing::Stale(_) => Freshness::Stale,
                Standing::Failed(_) => Freshness::Failed,
                Standing::Missing | Standing::NotApplicable => Freshness::Missing,
            },
            reason: standing.reason().unwrap_or_default().to_owned(),
            summary: study
                .record(name)
                .map(|record| record.notes.join("; "))
                .unwrap_or_default(),
        })
        .collect()
}

fn settings(study: &Study) -> Vec<Setting> {
    let config = study.config();
    let changed = |key: &str| {
        study
            .changed_settings()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let stated = |key: &str| {
        let mut value = &config.document.value;
        for part in key.split('.') {
            value = value.get(part)?;
        }
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let bin_width = config
        .parameters
        .get("setting")
        .and_then(|setting| setting.get("binWidth"))
        .map_or_else(|| "25".to_owned(), ToString::to_string);
    let rows: [(&str, String, &str, &str); 11] = [
        (
            "extraction.setting.binWidth",
            bin_width,
            "width of a grey level in units of the image",
            "extract",
        ),
        (
            "split.ratio",
            format!("{}:{}", config.split.training_parts, config.split.test_parts),
            "training to test",
            "split",
        ),
        (
            "split.seed",
            config.split.seed.to_string(),
            "seed of the split",
            "split",
        ),
        (
            "agreement.threshold",
            config.agreement.threshold.to_string(),
            "what the lower bound of a feature's ICC must reach",
            "agreement",
        ),
        (
            "select.measure",
            config.select.measure.clone(),
            "what cross-validation minimises: mse, mae, deviance, class or auc",
            "select",
        ),
        (
            "select.lambda",
            "min".to_owned(),
            "the penalty: min, 1se, or a number (s in the selection sets it)",
            "select",
        ),
        (
            "select.folds",
            config.select.folds.to_string(),
            "parts of the cross-validation",
            "select",
        ),
        (
            "select.fold_seed",
            config.select.fold_seed.to_string(),
            "seed of the parts",
            "select",
        ),
        (
            "select.alpha",
            config.select.alpha.to_string(),
            "1 is the LASSO, 0 ridge, between them the elastic net",
            "select",
        ),
        (
            "clinical.rule",
            "p".to_owned(),
            "which clinical predictors model 2 takes: p, stepwise, all, or names",
            "clinical",
        ),
        (
            "evaluate.bootstrap",
            config.evaluate.bootstrap.to_string(),
            "resamples for the corrected calibration",
            "evaluate",
        ),
    ];
    rows.into_iter()
        .filter(|(_, _, _, stage)| config.features.is_none() || *stage != "extract")
        .map(|(key, default, about, stage)| Setting {
            key: key.to_owned(),
            value: changed(key).or_else(|| stated(key)).unwrap_or(default),
            about: about.to_owned(),
            stage: stage.to_owned(),
        })
        .collect()
}

/// What is known of each feature, on training cases where there is a split, and the correlations between those kept.
fn features(study: &Study) -> (Vec<FeatureRow>, Option<HeatmapInput>) {
    let found = study.results();
    if found.extract().is_none() && study.config().features.is_none() {
        return (Vec::new(), None);
    }
    let Ok(table) = study.features() else {
        return (Vec::new(), None);
    };
    let cohort = study.cohort();
    let split = found.split();
    let side_of: std::collections::HashMap<&str, Side> = split
        .map(|split| split.cases.iter().map(|case| (case.id.as_str(), case.side)).collect())
        .unwrap_or_default();
    let rows: Vec<(usize, bool)> = table
        .ids
        .iter()
        .enumerate()
        .filter(|(_, id)| split.is_none() || side_of.get(id.as_str()) == Some(&Side::Training))
        .filter_map(|(row, id)| {
            let case = &cohort.cases[cohort.position(id)?];
            Some((row, case.outcome?))
        })
        .collect();
    let volume = ["original_shape_MeshVolume", "original_shape_VoxelVolume"]
        .into_iter()
        .find_map(|name| table.column(name))
        .map(|column| gather(column, &rows));
    let agreement = found.agreement();
    let standardise = found.standardise();
    let select = found.select();
    let mut list = Vec::with_capacity(table.names.len());
    for (column, name) in table.names.iter().enumerate() {
        let all = table.values.column(column);
        let values = gather(all, &rows);
        let group = |wanted: bool| -> Vec<f64> {
            rows.iter()
                .filter(|(_, event)| *event == wanted)
                .map(|(row, _)| all[*row])
                .collect()
        };
        let (mean, standard_deviation) = moments(&values);
        let judged = agreement
            .filter(|agreement| agreement.assessed)
            .and_then(|agreement| agreement.features.iter().find(|feature| feature.feature == *name));
        let icc3 = agreement.is_some_and(|agreement| agreement.form.contains('3'));
        let dropped = judged
            .filter(|feature| !feature.kept)
            .map(|feature| feature.reason.clone().unwrap_or_else(|| "agreement".to_owned()))
            .or_else(|| {
                standardise
                    .and_then(|standardise| standardise.dropped.iter().find(|feature| feature.feature == *name))
                    .map(|feature| feature.reason.clone())
            })
            .unwrap_or_default();
        let values_by_event = [group(false), group(true)];
        let (auc, p) = separation(&values_by_event);
        list.push(FeatureRow {
            name: name.clone(),
            mean,
            standard_deviation,
            agreement: judged.map(|feature| {
                if icc3 {
                    (feature.icc3, feature.icc3_lower, feature.icc3_upper)
                } else {
                    (feature.icc2, feature.icc2_lower, feature.icc2_upper)
                }
            }),
            p,
            auc,
            volume_correlation: volume.as_ref().map_or(f64::NAN, |volume| correlation(&values, volume)),
            coefficient: select.map(|select| {
                select
                    .coefficients
                    .iter()
                    .find(|term| term.feature == *name)
                    .map_or(0.0, |term| term.coefficient)
            }),
            dropped,
            values: values_by_event,
        });
    }
    let kept: Vec<(String, Vec<f64>)> = table
        .names
        .iter()
        .enumerate()
        .filter(|(column, _)| list[*column].dropped.is_empty() && list[*column].standard_deviation > 0.0)
        .map(|(column, name)| (name.clone(), gather(table.values.column(column), &rows)))
        .collect();
    let heat = (!kept.is_empty() && kept.len() <= HEAT_LIMIT && rows.len() > 2).then(|| heat_map(&kept));
    (list, heat)
}

fn gather(column: ArrayView1<f64>, rows: &[(usize, bool)]) -> Vec<f64> {
    rows.iter().map(|(row, _)| column[*row]).collect()
}

/// Mean and standard deviation (n - 1) of the finite values.
fn moments(values: &[f64]) -> (f64, f64) {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let count = finite.len() as f64;
    if finite.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mean = finite.iter().sum::<f64>() / count;
    let squares: f64 = finite.iter().map(|value| (value - mean).powi(2)).sum();
    (
        mean,
        if count > 1.0 {
            (squares / (count - 1.0)).sqrt()
        } else {
            f64::NAN
        },
    )
}

/// Pearson's correlation; NaN where one side does not vary.
fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> = left
        .iter()
        .zip(right)
        .filter(|(left, right)| left.is_finite() && right.is_finite())
        .map(|(left, right)| (*left, *right))
        .collect();
    let count = pairs.len() as f64;
    let mean_left = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let mean_right = pairs.iter().map(|pair| pair.1).sum::<f64>() / count;
    let (mut both, mut square_left, mut square_right) = (0.0, 0.0, 0.0);
    for (left, right) in pairs {
        both += (left - mean_left) * (right - mean_right);
        square_left += (left - mean_left).powi(2);
        square_right += (right - mean_right).powi(2);
    }
    both / (square_left * square_right).sqrt()
}

/// The area under the feature's own ROC curve (larger values with the event) and P of the Mann-Whitney test by the normal
/// approximation with ties and continuity corrected: R's `wilcox.test(exact = FALSE)`.
fn separation(groups: &[Vec<f64>; 2]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> = groups[0]
        .iter()
        .map(|&value| (value, false))
        .chain(groups[1].iter().map(|&value| (value, true)))
        .filter(|(value, _)| value.is_finite())
        .collect();
    let with = all.iter().filter(|(_, event)| *event).count() as f64;
    let without = all.len() as f64 - with;
    if with == 0.0 || without == 0.0 {
        return (f64::NAN, f64::NAN);
    }
    all.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut ranks, mut ties) = (0.0, 0.0);
    let mut first = 0;
    while first < all.len() {
        let mut end = first + 1;
        while end < all.len() && all[end].0 == all[first].0 {
            end += 1;
        }
        let rank = (first + end + 1) as f64 / 2.0;
        ranks += rank * all[first..end].iter().filter(|(_, event)| *event).count() as f64;
        let tied = (end - first) as f64;
        ties += tied.powi(3) - tied;
        first = end;
    }
    let statistic = ranks - with * (with + 1.0) / 2.0;
    let count = with + without;
    let centred = statistic - with * without / 2.0;
    let sigma = (with * without / 12.0 * (count + 1.0 - ties / (count * (count - 1.0)))).sqrt();
    let z = (centred - 0.5 * centred.signum() * f64::from(u8::from(centred != 0.0))) / sigma;
    let p = crate::stats::distributions::normal_two_sided(z).min(1.0);
    (statistic / (with * without), if sigma > 0.0 { p } else { f64::NAN })
}

/// Correlations with like features side by side: each next feature is the one most like the last.
fn heat_map(kept: &[(String, Vec<f64>)]) -> HeatmapInput {
    let side = kept.len();
    let mut pairs = vec![1.0; side * side];
    for row in 0..side {
        for column in 0..row {
            let value = correlation(&kept[row].1, &kept[column].1);
            pairs[row * side + column] = value;
            pairs[column * side + row] = value;
        }
    }
    let mut order = vec![0];
    let mut left: Vec<usize> = (1..side).collect();
    while let Some(&last) = order.last() {
        let next = left
            .iter()
            .enumerate()
            .max_by(|a, b| pairs[last * side + *a.1].total_cmp(&pairs[last * side + *b.1]));
        match next {
            Some((place, _)) => order.push(left.remove(place)),
            None => break,
        }
    }
    HeatmapInput {
        title: "Correlation between features (training cases)".to_owned(),
        label: "Pearson's r".to_owned(),
        names: order
            .iter()
            .map(|&feature| short_name(&kept[feature].0).to_owned())
            .collect(),
        values: order
            .iter()
            .flat_map(|&row| order.iter().map(move |&column| (row, column)))
            .map(|(row, column)| pairs[row * side + column])
            .collect(),
        limits: (-1.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let groups = [vec![1.0, 2.0, 3.0], vec![2.0, 4.0, 5.0]];
        // Of the nine pairs seven are in order, one is tied and one is reversed.
        let (auc, p) = separation(&groups);
        assert!((auc - 7.5 / 9.0).abs() < 1e-12);
        // R: wilcox.test(c(2,4,5), c(1,2,3), exact = FALSE)$p.value
        assert!((p - 0.2683).abs() < 2e-3, "{p}");
        assert!(separation(&[vec![1.0], vec![]]).0.is_nan());
    }

    #[test]
    fn correlation_of_a_constant_is_no_number() {
        assert!(correlation(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
        assert!((correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]) - 1.0).abs() < 1e-12);
    }
}
