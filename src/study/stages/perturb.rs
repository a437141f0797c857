//! `perturb`: the masks of every extracted case drawn again by a virtual reader, and their features, where a study asks for it.
//!
//! Each mask and reading is a piece of work by itself, as in `extract`: a pure function of the case's files, its id, the
//! perturbations, the seed and the parameters. Finished ones are journalled, so that a killed run loses only those that were
//! running.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::case_files::{CaseReading, Computed, Outcome, State, Work};
use super::check::options_of;
use super::extract::{Extract, files_of};
use super::measured::{Entry, feature_table, measured};
use crate::features::perturb::{Perturbed, perturbed, reaching};
use crate::features::{self, FeatureError};
use crate::message::Message;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::number::share;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::study::artefact::{Exact, csv_of, digest, from_json, number_text};
use crate::study::engine::journal::Journal;
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::input::StudyInput;
use crate::study::input::cohort::Case;
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;
use crate::study::input::virtual_reader::VirtualReader;
use crate::study::page::Page;
use crate::study::table::Table;
use crate::volume::{Scan, VolumeError, load};

/// Finished masks, in the cohort's order
const FINISHED: &str = "perturb/cases.jsonl";
/// Finished masks of a run that is under way
const RUNNING: &str = "perturb.jsonl";
/// The features, a row a case and reading
const FEATURES: &str = "perturb/features.csv";
/// The column of the reading
const READING: &str = "reading";

/// The stage.
#[derive(Debug)]
pub struct Perturb;

/// A mask that was drawn again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redrawn {
    /// The case
    pub id: String,
    /// Which reading, counted from 1
    pub reading: usize,
    /// Why it failed, if it did
    pub error: Option<String>,
    /// What was drawn, step by step
    pub drawn: String,
    /// Voxels of the case's own mask
    pub voxels_before: usize,
    /// Voxels of the mask that was drawn
    pub voxels: usize,
    /// How far both overlap: Dice
    pub dice: Option<f64>,
}

/// What a virtual reader drew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PerturbResult {
    /// The perturbations in words
    pub perturbations: String,
    /// How often every mask was drawn
    pub readings: usize,
    /// The seed
    pub seed: u64,
    /// How many masks have features that are those of the case's own mask, each and every one
    #[serde(default)]
    pub unchanged: usize,
    /// Each mask, case by case
    pub masks: Vec<Redrawn>,
    /// The features of each reading, which have an artefact of their own
    #[serde(skip)]
    pub tables: Vec<FeatureTable>,
    #[serde(skip)]
    left: Left,
}

/// What a run leaves beside the result.
#[derive(Debug, Clone, Default, PartialEq)]
struct Left {
    lines: String,
    passing: usize,
}

impl PerturbResult {
    /// What was done, a sentence.
    fn said(&self) -> Message {
        let overlaps: Vec<f64> = self.masks.iter().filter_map(|mask| mask.dice).collect();
        words::virtual_reader(
            overlaps.len(),
            &self.perturbations,
            self.readings,
            self.seed,
            share(quantile(&overlaps, 0.5, QuantileRule::Linear), 3),
        )
    }
}

impl Stage for Perturb {
    const NAME: &'static str = "perturb";
    const ABOUT: &'static str =
        "draws every mask again as a virtual reader, where the study asks for one, and computes its features";
    const MAKES: &'static [&'static str] = &[FEATURES, "perturb/masks.csv", FINISHED];
    const RESULT: &'static str = "perturb/result.json";
    type Settings = Option<VirtualReader>;
    type Input<'s> = (Of<'s, Extract>, CaseReading<'s>);
    type Output = PerturbResult;

    fn keys() -> Vec<&'static Row> {
        VirtualReader::keys()
    }

    /// Only of a study that asks for it; a wrong setting is one that asks.
    fn applies(input: &StudyInput) -> bool {
        let asked = VirtualReader::of(input.config()).map_or(true, |reader| reader.is_some());
        asked && input.config().features.is_none()
    }

    fn settings(config: &Config) -> Result<Option<VirtualReader>, StudyError> {
        VirtualReader::of(config)
    }

    fn run(
        (extract, reading): Self::Input<'_>,
        reader: &Option<VirtualReader>,
        watch: &Watch,
    ) -> Result<PerturbResult, StudyError> {
        let reader = reader
            .as_ref()
            .ok_or_else(|| StudyError::Stage("the study asks for no virtual reader".to_owned()))?;
        let input = reading.input();
        let columns = features::column_names(input.parameters());
        let asked = format!(
            "{}\n{}\n{}",
            reader.written(),
            reader.seed,
            digest(input.parameters().to_value().to_string().as_bytes())
        );
        let journal: Journal<Entry> = reading.journal(FINISHED, RUNNING, watch);
        let extracted = extract.extracted();
        let cases: Vec<(&Case, &Path)> = (input.cohort().cases.iter())
            .filter(|case| extracted.contains(case.id.as_str()))
            .filter_map(|case| Some((case, case.mask.as_deref()?)))
            .collect();
        let done = AtomicUsize::new(0);
        let of = cases.len() * reader.readings;
        let drawn: Vec<Vec<Work<Entry>>> = cases
            .par_iter()
            .map(|&(case, mask)| {
                let files = files_of(case, mask);
                let states: Vec<State> = (0..reader.readings).map(|_| files.state(input)).collect();
                let scan = OnceCell::new();
                let of_reading = |(number, state): (usize, State)| {
                    watch.check()?;
                    let number = number + 1;
                    let asked = format!("virtual {number}\n{}\n{asked}", case.id);
                    let work = files.recall_or_compute_from(state, input, &journal, &asked, || {
                        let scan = || scan.get_or_init(|| read(input, case, mask, reader)).as_ref();
                        redraw(input, case, mask, &columns, reader, number, scan)
                    })?;
                    let label = format!("{} ({number})", case.id);
                    watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, of, &label)?;
                    Ok(work)
                };
                states.into_iter().enumerate().map(of_reading).collect()
            })
            .collect::<Result<_, StudyError>>()?;
        input.files().save();

        let kept: Vec<usize> = (columns.iter().enumerate())
            .filter(|(_, name)| extract.features.contains(name))
            .map(|(number, _)| number)
            .collect();
        let names: Vec<String> = kept.iter().map(|&column| columns[column].clone()).collect();
        let tables = (0..reader.readings).map(|reading| {
            let whole: Vec<(&str, &Entry)> = (cases.iter().zip(&drawn))
                .map(|((case, _), works)| (case.id.as_str(), &works[reading].entry))
                .filter(|(_, entry)| entry.error.is_none())
                .collect();
            feature_table(&whole, &kept, &names)
        });
        let tables: Vec<FeatureTable> = tables.collect();
        let masks: Vec<Redrawn> = (cases.iter().zip(&drawn))
            .flat_map(|((case, _), works)| {
                let of_case = works.iter().enumerate();
                of_case.map(|(number, work)| redrawn(&case.id, number + 1, &work.entry))
            })
            .collect();
        let unchanged = unchanged(&extract.tables.mask, &tables);
        judge_drawn(reader, &masks, unchanged)?;
        let works = || drawn.iter().flatten();
        Ok(PerturbResult {
            perturbations: reader.words(),
            readings: reader.readings,
            seed: reader.seed,
            unchanged,
            masks,
            tables,
            left: Left {
                lines: works().filter_map(|work| work.line.as_deref()).collect(),
                passing: works().filter(|work| work.passing).count(),
            },
        })
    }

    fn present(result: &PerturbResult, made: &mut Made) {
        made.passing = result.left.passing;
        made.file(FINISHED, result.left.lines.as_str());
        made.leftovers.push(RUNNING.to_owned());
        made.file(FEATURES, to_table(&result.tables).to_csv());
        made.file("perturb/masks.csv", csv_of(result.masks.iter().map(mask_row)));
        made.note(result.said());
        if result.unchanged > 0 {
            made.note(words::masks_unchanged(result.unchanged, result.masks.len()));
        }
        let failed: Vec<&Redrawn> = result.masks.iter().filter(|mask| mask.error.is_some()).collect();
        if !failed.is_empty() {
            made.note(words::masks_failed(failed.len(), result.masks.len()));
        }
        for mask in failed.iter().take(NAMED) {
            let error = mask.error.as_deref().unwrap_or_default();
            made.note(format!("{} ({}): {error}", mask.id, mask.reading));
        }
        if failed.len() > NAMED {
            made.note(words::more_failed(failed.len() - NAMED, Self::RESULT));
        }
    }

    fn read(out: &Path) -> Option<PerturbResult> {
        let mut result: PerturbResult = from_json(&crate::file::read(&out.join(Self::RESULT)).ok()?)?;
        let table = Table::read(&out.join(FEATURES)).ok()?;
        result.tables = of_table(&table, result.readings)?;
        Some(result)
    }

    fn chapter(result: &PerturbResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", page_words::VIRTUAL_READER));
        page.say(&format!(
            "{}\n\n{}\n\n",
            result.said(),
            page_words::VIRTUAL_READER_IS_NONE
        ));
    }
}

/// How many of the redrawn masks have the features of the case's own mask.
fn unchanged(own: &FeatureTable, readings: &[FeatureTable]) -> usize {
    let row_of: HashMap<&str, usize> = own.ids.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
    let same = |reading: &FeatureTable| {
        let rows = reading.ids.iter().enumerate();
        rows.filter(|(row, id)| {
            let own_row = row_of.get(id.as_str());
            own_row.is_some_and(|&own_row| reading.values.row(*row) == own.values.row(own_row))
        })
        .count()
    };
    readings.iter().map(same).sum()
}

/// Whether what was drawn says anything of the features.
///
/// # Errors
/// Where no mask could be used, or none differs from the case's own.
fn judge_drawn(reader: &VirtualReader, masks: &[Redrawn], unchanged: usize) -> Result<(), StudyError> {
    let usable = masks.iter().filter(|mask| mask.error.is_none()).count();
    let perturbations = reader.words();
    match masks
        .iter()
        .find_map(|mask| mask.error.as_ref().map(|error| (mask, error)))
    {
        Some((mask, error)) if usable == 0 => Err(StudyError::Stage(format!(
            "none of the {} masks that the virtual reader drew ({perturbations}) could be used; {} ({}): {error}; draw closer to the regions in agreement.perturb",
            masks.len(),
            mask.id,
            mask.reading,
        ))),
        _ if usable > 0 && unchanged == usable => Err(StudyError::Stage(format!(
            "the virtual reader changed nothing: with {perturbations} all {usable} masks have the features of the cases' own, and every intraclass correlation would be 1; take larger steps in agreement.perturb, of a voxel at least"
        ))),
        _ => Ok(()),
    }
}

/// So many failures are named in words.
const NAMED: usize = 20;

/// Reads a case and as much around its region as the perturbations reach.
fn read(input: &StudyInput, case: &Case, mask: &Path, reader: &VirtualReader) -> Result<Scan, VolumeError> {
    let options = options_of(case, input.parameters());
    let image = case.image.as_deref().unwrap_or(Path::new(""));
    load(image, mask, &reaching(options, &reader.steps))
}

/// Draws one mask and computes its features.
fn redraw<'r>(
    input: &StudyInput,
    case: &Case,
    mask: &Path,
    columns: &[String],
    reader: &VirtualReader,
    number: usize,
    scan: impl FnOnce() -> Result<&'r Scan, &'r VolumeError>,
) -> Computed<Entry> {
    let Some(image) = &case.image else {
        return Entry::failed("the cohort names no image".to_owned(), Outcome::Unusable);
    };
    let extent = options_of(case, input.parameters()).extent;
    let drawn = scan()
        .map_err(|error| FeatureError::from(error.clone()))
        .and_then(|scan| perturbed(scan, &reader.steps, reader.seed_of(&case.id, number), extent));
    let (extracted, drawn) = match drawn {
        Err(error) => (Err(error), None),
        Ok(drawn) => (features::extract(&drawn.scan, input.parameters()), Some(drawn)),
    };
    let extracted = extracted.map_err(|error| error.of_files(image, mask));
    let mut computed = measured(input, columns, extracted);
    computed.entry.diagnostics = drawn.as_ref().map(facts).unwrap_or_default();
    computed
}

/// What the journal keeps of a mask that was drawn.
fn facts(drawn: &Perturbed) -> Vec<(String, String)> {
    [
        ("drawn", drawn.drawn.join("; ")),
        ("before", drawn.before.to_string()),
        ("voxels", drawn.voxels.to_string()),
        ("dice", number_text(drawn.dice)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn redrawn(id: &str, reading: usize, entry: &Entry) -> Redrawn {
    let fact = |name: &str| {
        let found = entry.diagnostics.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    Redrawn {
        id: id.to_owned(),
        reading,
        error: entry.error.clone(),
        drawn: fact("drawn").to_owned(),
        voxels_before: fact("before").parse().unwrap_or_default(),
        voxels: fact("voxels").parse().unwrap_or_default(),
        dice: fact("dice").parse().ok(),
    }
}

/// A row of `perturb/masks.csv`.
#[derive(Default, Serialize)]
struct MaskRow<'a> {
    id: &'a str,
    reading: usize,
    drawn: &'a str,
    voxels_before: usize,
    voxels: usize,
    dice: Exact,
    error: &'a str,
}

fn mask_row(mask: &Redrawn) -> MaskRow<'_> {
    MaskRow {
        id: &mask.id,
        reading: mask.reading,
        drawn: &mask.drawn,
        voxels_before: mask.voxels_before,
        voxels: mask.voxels,
        dice: Exact(mask.dice.unwrap_or(f64::NAN)),
        error: mask.error.as_deref().unwrap_or_default(),
    }
}

/// The features of all readings: `id`, `reading`, then the features.
fn to_table(tables: &[FeatureTable]) -> Table {
    let mut all = Table::default();
    for (number, table) in tables.iter().enumerate() {
        let mut table = table.to_table();
        table.header.insert(1, READING.to_owned());
        for row in &mut table.rows {
            row.insert(1, (number + 1).to_string());
        }
        all.header = table.header;
        all.rows.append(&mut table.rows);
    }
    all
}

/// Reads the table that [`to_table`] made.
fn of_table(table: &Table, readings: usize) -> Option<Vec<FeatureTable>> {
    let names = table.header.get(2..)?.to_vec();
    let all = FeatureTable::from_table(table, "id", &names).ok()?;
    let of_row = table.texts(READING).ok()?;
    let tables = (1..=readings).map(|reading| {
        let reading = reading.to_string();
        let rows: Vec<usize> = (0..of_row.len()).filter(|&row| of_row[row] == reading).collect();
        all.select_rows(&rows)
    });
    Some(tables.collect())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn tables_of_readings_come_back_from_one() {
        let table = |ids: &[&str], values| FeatureTable {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            names: vec!["a".to_owned(), "b".to_owned()],
            values,
        };
        let tables = vec![
            table(&["x", "y"], array![[1.5, -0.25], [1e-9, 2.0]]),
            table(&["y"], array![[3.0, 0.1]]),
        ];
        assert_eq!(of_table(&to_table(&tables), 2).unwrap(), tables);
    }
}
