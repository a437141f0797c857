//! `check`: every case read, its geometry and its mask judged, nothing extracted.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::case_files::{CaseFiles, CaseReading, Computed, Outcome, Work};
use crate::features::{self, FeatureError, Parameters, load_options};
use crate::message::Message;
use crate::message::english::stages as words;
use crate::study::artefact::{Exact, csv_of, digest, from_json, number_text};
use crate::study::engine::ingredients::{Ingredients, ManyDigest};
use crate::study::engine::journal::Journal;
use crate::study::engine::part::Part;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Case, Cohort};
use crate::study::input::settings::Config;
use crate::volume::{self, LabelChoice, LoadOptions};

/// Finished cases, in the cohort's order
const FINISHED: &str = "check/cases.jsonl";
/// Finished cases of a run that is under way
const RUNNING: &str = "check.jsonl";

/// The stage.
#[derive(Debug)]
pub struct Check;

/// How a case was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It can be extracted
    Good,
    /// It cannot; the problem says why
    Bad,
    /// It was left out by the cohort or by picking
    Excluded,
}

/// What reading a case has shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Voxels of the image along x, y, z
    pub size: [usize; 3],
    /// Spacing in millimetres along x, y, z
    pub spacing: [f64; 3],
    /// Voxels of the region
    pub voxels: usize,
    /// The region's volume in millilitres
    pub millilitres: f64,
    /// The region's parts, 26-connected
    pub parts: Option<usize>,
    /// Holes in it: background that it closes in
    #[serde(default)]
    pub holes: Option<usize>,
    /// Slices that the region reaches, along x, y, z
    pub extent: [usize; 3],
    /// Whether the region touches the image's border
    pub at_border: bool,
    /// Smallest value in the region; `None` where mask and image have grids of their own
    pub minimum: Option<f64>,
    /// Mean value in the region
    pub mean: Option<f64>,
    /// Largest value in the region
    pub maximum: Option<f64>,
    /// SHA-1 of the image's voxels
    pub image_hash: Option<String>,
}

/// One case's judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseCheck {
    /// The case
    pub id: String,
    /// How it was judged
    pub verdict: Verdict,
    /// Why it is bad, or why it was left out
    pub problem: Option<String>,
    /// What its reader should know
    pub warnings: Vec<String>,
    /// What reading it has shown
    pub facts: Option<Box<CaseFacts>>,
}

/// All cases' judgements, in the cohort's order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The cases
    pub cases: Vec<CaseCheck>,
    /// What a run leaves beside the result
    #[serde(skip)]
    left: Left,
}

/// What a run leaves beside the result.
#[derive(Debug, Clone, Default, PartialEq)]
struct Left {
    lines: String,
    passing: usize,
    notes: Vec<Message>,
}

/// The cases and the files that they name.
pub struct ReadCases<'s>(CaseReading<'s>);

impl<'s> Part<'s> for ReadCases<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let input = sources.input();
        let included = input.cohort().cases.iter().filter(|case| case.include).count();
        Ok(Ingredients::default()
            .with_digest("the cases", included, case_keys(input))
            .with_settings(&input.parameters().to_value()))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        CaseReading::take(sources).map(Self)
    }
}

/// What the journal keeps of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    problem: Option<String>,
    warnings: Vec<String>,
    facts: Option<Box<CaseFacts>>,
}

impl CheckResult {
    /// Judgements alone, in the cohort's order.
    pub fn of(cases: Vec<CaseCheck>) -> Self {
        Self {
            cases,
            left: Left::default(),
        }
    }

    /// The judgement of a case.
    ///
    /// To look up many, take [`CheckResult::by_id`].
    pub fn case(&self, id: &str) -> Option<&CaseCheck> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// Every case's judgement by its id.
    pub fn by_id(&self) -> HashMap<&str, &CaseCheck> {
        self.cases.iter().map(|case| (case.id.as_str(), case)).collect()
    }
}

impl Stage for Check {
    const NAME: &'static str = "check";
    const ABOUT: &'static str = "reads every case and judges its geometry and its mask";
    const MAKES: &'static [&'static str] = &["check/check.csv", FINISHED];
    const RESULT: &'static str = "check/result.json";
    type Settings = ();
    type Input<'s> = (ReadCases<'s>,);
    type Output = CheckResult;

    fn applies(input: &StudyInput) -> bool {
        input.config().features.is_none()
    }

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run((ReadCases(reading),): Self::Input<'_>, (): &(), watch: &Watch) -> Result<CheckResult, StudyError> {
        let input = reading.input();
        let journal: Journal<Entry> = reading.journal(FINISHED, RUNNING, watch);
        let settings = digest(input.parameters().to_value().to_string().as_bytes());
        let cases = &input.cohort().cases;
        let of = cases.iter().filter(|case| case.include).count();
        let done = AtomicUsize::new(0);
        let entries: Vec<Option<Work<Entry>>> = cases
            .par_iter()
            .map(|case| {
                if !case.include {
                    return Ok(None);
                }
                watch.check()?;
                let work = files_of(case).recall_or_compute(input, &journal, &settings, || judge(input, case))?;
                watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, of, &case.id)?;
                Ok(Some(work))
            })
            .collect::<Result<_, StudyError>>()?;
        input.files().save();

        let mut result = CheckResult::default();
        for (case, entry) in cases.iter().zip(entries) {
            result.cases.push(match entry {
                None => CaseCheck {
                    id: case.id.clone(),
                    verdict: Verdict::Excluded,
                    problem: (!case.reason.is_empty()).then(|| case.reason.clone()),
                    warnings: Vec::new(),
                    facts: None,
                },
                Some(Work { entry, line, passing }) => {
                    result.left.lines.extend(line);
                    result.left.passing += usize::from(passing);
                    CaseCheck {
                        id: case.id.clone(),
                        verdict: if entry.problem.is_some() {
                            Verdict::Bad
                        } else {
                            Verdict::Good
                        },
                        problem: entry.problem,
                        warnings: entry.warnings,
                        facts: entry.facts,
                    }
                }
            });
        }
        result.left.notes = notes(input.cohort(), &result);
        Ok(result)
    }

    fn read(out: &Path) -> Option<CheckResult> {
        let bytes = crate::file::read(&out.join(Self::RESULT)).ok()?;
        // As it stands, without a document of it all beside it; only a number that is none needs the other way.
        serde_json::from_slice(&bytes).ok().or_else(|| from_json(&bytes))
    }

    fn present(result: &CheckResult, made: &mut Made) {
        made.failed_cases = result.cases.iter().filter(|case| case.verdict == Verdict::Bad).count();
        made.passing = result.left.passing;
        made.notes.clone_from(&result.left.notes);
        made.file("check/check.csv", csv_of(result.cases.iter().map(case_row)));
        made.file(FINISHED, result.left.lines.as_str());
        made.leftovers.push(RUNNING.to_owned());
    }
}

/// The label of a case's mask: its own, or the parameters'.
fn label_of(case: &Case, parameters: &Parameters) -> LabelChoice {
    match &case.label {
        None => LabelChoice::Value(parameters.settings().label()),
        Some(text) => LabelChoice::of(text),
    }
}

/// How a case is loaded: with its own label and volume, else the parameters'.
pub fn options_of(case: &Case, parameters: &Parameters) -> LoadOptions {
    let options = load_options(label_of(case, parameters), parameters);
    LoadOptions {
        volume: case.volume.or(options.volume),
        ..options
    }
}

fn files_of(case: &Case) -> CaseFiles<'_> {
    CaseFiles {
        image: case.image.as_deref(),
        mask: case.mask.as_deref(),
        label: case.label.as_deref(),
        volume: case.volume,
    }
}

/// A digest of what tells each case from another, taken in pieces, so that a table of many rows takes no more memory.
fn case_keys(input: &StudyInput) -> String {
    let mut keys = ManyDigest::default();
    for cases in input.cohort().cases.chunks(1024) {
        let some: Vec<_> = cases
            .par_iter()
            .map(|case| {
                // What a reviewer says of a case that stays in is read by nobody here; of one left out it is the problem that is
                // told.
                let (reason, key) = if case.include {
                    ("", files_of(case).ingredient(input))
                } else {
                    (case.reason.as_str(), String::new())
                };
                (&case.id, case.include, reason, key)
            })
            .collect();
        for key in &some {
            keys.add(key);
        }
    }
    input.files().save();
    keys.finish()
}

fn judge(input: &StudyInput, case: &Case) -> Computed<Entry> {
    let bad = |problem: String, outcome| Computed {
        entry: Entry {
            problem: Some(problem),
            warnings: Vec::new(),
            facts: None,
        },
        outcome,
    };
    let (Some(image), Some(mask)) = (&case.image, &case.mask) else {
        let what = if case.image.is_none() { "image" } else { "mask" };
        return bad(format!("the cohort names no {what}"), Outcome::Unusable);
    };
    let mut options = options_of(case, input.parameters());
    options.facts = true;
    let failed = |error: FeatureError| {
        let outcome = if error.is_of_the_system() {
            Outcome::Refused
        } else {
            Outcome::Unusable
        };
        bad(input.without_folders(&error.to_string()), outcome)
    };
    let scan = match volume::load(image, mask, &options) {
        Err(error) => return failed(error.into()),
        Ok(scan) => scan,
    };
    if let Some(doubt) = scan.doubt {
        return bad(
            format!("{doubt} If not, write its region into a mask of its own"),
            Outcome::Unusable,
        );
    }
    if let Err(error) = features::judge(&scan, input.parameters()) {
        return failed(error.of_files(image, mask));
    }
    let Some(region) = scan.mask.bounding_box() else {
        return bad("the region has no voxel".to_owned(), Outcome::Unusable);
    };
    let inside_box = scan.mask.crop(&region);
    let one_grid = scan.mask.geometry.size == scan.image.geometry.size && !options.separate_grids;
    let voxels = inside_box.count();
    let (mut minimum, mut maximum, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    if one_grid {
        for (inside, value) in inside_box.voxels.iter().zip(scan.image.values(&region).iter()) {
            if *inside {
                minimum = minimum.min(*value);
                maximum = maximum.max(*value);
                sum += value;
            }
        }
    }
    let inside = |value: f64| (one_grid && voxels > 0).then_some(value);
    let at_border = (0..3).any(|axis| {
        let begin = region.start[axis] + scan.mask_start[axis];
        begin == 0 || begin + region.size[axis] == scan.mask_full.size[axis]
    });
    let entry = Entry {
        problem: None,
        warnings: scan
            .warnings
            .iter()
            .map(|warning| input.without_folders(warning))
            .collect(),
        facts: Some(Box::new(CaseFacts {
            size: scan.full.size,
            spacing: scan.full.spacing,
            voxels,
            millilitres: voxels as f64 * scan.mask.geometry.voxel_volume() / 1000.0,
            parts: scan.mask_facts.as_ref().map(|facts| facts.volume_count),
            holes: Some(volume::roi::holes(inside_box.voxels.view())),
            extent: region.size,
            at_border,
            minimum: inside(minimum),
            mean: inside(sum / voxels as f64),
            maximum: inside(maximum),
            image_hash: scan.image_facts.as_ref().map(|facts| facts.hash.clone()),
        })),
    };
    Computed {
        entry,
        outcome: Outcome::Done,
    }
}

/// So many bad cases are named in words; their table names all.
const NAMED: usize = 20;

/// What was found, in words.
fn notes(cohort: &Cohort, result: &CheckResult) -> Vec<Message> {
    let mut notes = Vec::new();
    let count = |verdict| result.cases.iter().filter(|case| case.verdict == verdict).count();
    notes.push(words::cases_judged(
        result.cases.len(),
        count(Verdict::Good),
        count(Verdict::Bad),
        count(Verdict::Excluded),
    ));
    for note in &cohort.notes {
        notes.push(note.clone());
    }
    let bad = || result.cases.iter().filter(|case| case.verdict == Verdict::Bad);
    for case in bad().take(NAMED) {
        let problem = case.problem.as_deref().unwrap_or_default();
        notes.push(words::case_says(&case.id, problem));
    }
    let more = bad().count().saturating_sub(NAMED);
    if more > 0 {
        notes.push(words::more_are_bad(more));
    }
    if !cohort.patients_stated {
        return notes;
    }
    // One image under two patients is most likely a copy.
    let mut first: HashMap<&str, (&str, &str)> = HashMap::new();
    for (case, found) in cohort.cases.iter().zip(&result.cases) {
        if let Some(hash) = found.facts.as_ref().and_then(|facts| facts.image_hash.as_deref()) {
            let (id, patient) = *first.entry(hash).or_insert((&case.id, &case.patient));
            if patient != case.patient {
                notes.push(words::same_image_other_patient(id, &case.id));
            }
        }
    }
    notes
}

/// A row of `check/check.csv`; what is not known of a case is empty.
#[derive(Default, Serialize)]
struct CaseRow<'a> {
    id: &'a str,
    verdict: &'static str,
    problem: &'a str,
    warnings: String,
    size: Option<String>,
    spacing: Option<String>,
    voxels: Option<usize>,
    millilitres: Option<Exact>,
    parts: Option<usize>,
    at_border: Option<u8>,
    minimum: Option<Exact>,
    mean: Option<Exact>,
    maximum: Option<Exact>,
}

fn case_row(case: &CaseCheck) -> CaseRow<'_> {
    let facts = case.facts.as_deref();
    let number = |value: fn(&CaseFacts) -> Option<f64>| facts.and_then(value).map(Exact);
    CaseRow {
        id: &case.id,
        verdict: match case.verdict {
            Verdict::Good => "good",
            Verdict::Bad => "bad",
            Verdict::Excluded => "excluded",
        },
        problem: case.problem.as_deref().unwrap_or_default(),
        warnings: case.warnings.join("; "),
        size: facts.map(|facts| facts.size.map(|size| size.to_string()).join(" x ")),
        spacing: facts.map(|facts| facts.spacing.map(number_text).join(" x ")),
        voxels: facts.map(|facts| facts.voxels),
        millilitres: number(|facts| Some(facts.millilitres)),
        parts: facts.and_then(|facts| facts.parts),
        at_border: facts.map(|facts| facts.at_border.into()),
        minimum: number(|facts| facts.minimum),
        mean: number(|facts| facts.mean),
        maximum: number(|facts| facts.maximum),
    }
}
