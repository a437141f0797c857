//! `radscore predict`: a fitted model applied to a new scan or to a table of features.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::columns::{TableArguments, id_column};
use super::columns::{left, right, width};
use super::output_file::{self, Overwriting};
use super::printer::tell;
use super::verify::read_checked;
use super::{Global, Outcome};
use crate::features::extract_files;
use crate::message::english::output as heads;
use crate::message::english::run as words;
use crate::message::foreign::shown_name;
use crate::message::language::in_english;
use crate::message::{Message, joined};
use crate::model::{Harmonisation, Model, ModelError, Outside, Prediction, TermSource};
use crate::stats::base::number::{share, short, significant};
use crate::stats::harmonise::harmoniser::Place;
use crate::study::artefact::{Exact, csv_of, number_text};
use crate::study::extraction_rules::parameters_of;
use crate::study::forecast::ForecastError;
use crate::study::input::cohort::some_of;
use crate::study::learner::Recalled;
use crate::study::table::{number, same_value};
use crate::volume::LabelChoice;

/// The model and what it is applied to.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore predict results/fit/model-2.json scan.nii.gz mask.nii.gz --set smoking=1 --set nerve_compression=0\n  radscore predict results/fit/model-1.json features.csv"
)]
pub struct PredictArguments {
    /// The model, as a study's fit/model-1.json
    model: PathBuf,
    /// An image and its mask, or a table with a row a case
    #[arg(required = true, num_args = 1..=2, value_name = "IMAGE MASK | FEATURES.csv")]
    input: Vec<PathBuf>,
    #[command(flatten)]
    table: TableArguments,
    /// The mask's label: a number, a region's name or a pattern that it alone fits; the extraction's label if not given
    #[arg(long, value_name = "N|NAME")]
    label: Option<String>,
    /// A clinical value, as smoking=1; it wins over the table's
    #[arg(long = "set", value_name = "NAME=VALUE")]
    values: Vec<String>,
    /// Write a row for each case as CSV
    #[arg(short = 'o', long = "output", value_name = "FILE.csv")]
    output: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
}

/// A case: its name, its numbers and its words.
struct Case {
    id: String,
    cells: HashMap<String, String>,
}

/// What the model says of a case.
struct Predicted {
    id: String,
    prediction: Result<Prediction, ModelError>,
    /// Its values that no training row reaches
    outside: Vec<Outside>,
    /// Whether its features were harmonised, or stayed as they are, its centre being none that the model knows; `None` for a
    /// model that harmonises nothing
    harmonised: Option<bool>,
}

/// Predicts and prints.
pub fn run(arguments: &PredictArguments, global: &Global) -> anyhow::Result<Outcome> {
    if let Some(path) = &arguments.output {
        let read = arguments.input.iter().map(PathBuf::as_path);
        let read = read.chain(arguments.table.joined()).chain([arguments.model.as_path()]);
        arguments.overwriting.judge(path, read)?;
    }
    let (model, mut remarks) = read_checked(&arguments.model)?;
    let mut set = HashMap::new();
    for value in &arguments.values {
        let (name, value) = value
            .split_once('=')
            .with_context(|| format!("--set {value}: a value is NAME=VALUE, as smoking=1"))?;
        let known = model.terms.iter().any(|term| match &term.source {
            TermSource::Clinical { column, .. } => column == name.trim() || term.name == name.trim(),
            _ => term.name == name.trim(),
        });
        let besides = model
            .harmonisation
            .as_ref()
            .map_or_else(Vec::new, Harmonisation::columns);
        if !known && !besides.contains(&name.trim()) {
            let mut needed = model.needed();
            needed.extend(besides.into_iter().map(str::to_owned));
            anyhow::bail!(
                "--set {}: the model has no such predictor; it needs {}",
                name.trim(),
                needed.join(", ")
            );
        }
        set.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    let cases = match arguments.input.as_slice() {
        [image, mask] => vec![scan(&model, image, mask, arguments.label.as_deref())?],
        [table] => rows(&model, arguments, table, global)?,
        _ => anyhow::bail!("give an image and a mask, or one table of features"),
    };
    remarks.extend(overridden(&set, &cases));
    let radscore = Recalled::new(&model.radscore)?;
    let predictions: Vec<Predicted> = cases
        .into_iter()
        .map(|mut case| {
            case.cells.extend(set.clone());
            let value = |name: &str| {
                case.cells
                    .get(name)
                    .and_then(|cell| number(cell))
                    .filter(|value| !value.is_nan())
            };
            let word = |column: &str| word_of(&model, column, case.cells.get(column)?);
            let harmonisation = model.harmonisation.as_ref();
            let place = harmonisation.map(|found| place(found, &case.cells)).transpose();
            let harmonised = place
                .as_ref()
                .ok()
                .and_then(Option::as_ref)
                .map(|place| place.centre.is_some());
            let predicted = || {
                let place = place?;
                let comparable = |name: &str| {
                    let raw = value(name)?;
                    let how = harmonisation.zip(place.as_ref());
                    Some(how.map_or(raw, |(found, place)| found.value(place, name, raw)))
                };
                model.predict_scored(radscore.score(comparable)?, comparable, word)
            };
            Predicted {
                prediction: predicted(),
                outside: model.outside(value),
                id: case.id,
                harmonised,
            }
        })
        .collect();
    let strange: Vec<&str> = (predictions.iter().filter(|one| one.harmonised == Some(false)))
        .map(|one| one.id.as_str())
        .collect();
    if !strange.is_empty() {
        remarks.push(words::unharmonised(strange.len(), some_of(&strange)).to_string());
    }
    if let Some(path) = &arguments.output {
        let text = csv_of(predictions.iter().map(row));
        output_file::write(path, text.as_bytes(), global)?;
    }
    let failed = predictions.iter().any(|one| one.prediction.is_err());
    if global.json {
        super::print_json(&json!({
            "model": model.name,
            "cutoff": model.cutoff.as_ref().map(|cutoff| cutoff.risk),
            "remarks": remarks,
            "predictions": predictions.iter().map(document).collect::<Vec<_>>(),
        }))?;
    } else {
        let remarks = remarks.iter().fold(String::new(), |text, remark| text + remark + "\n");
        super::print(&(remarks + &table(&model, &predictions)))?;
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// What --set puts in the place of other values of the table.
fn overridden(set: &HashMap<String, String>, cases: &[Case]) -> Vec<String> {
    let mut names: Vec<&String> = set.keys().collect();
    names.sort();
    let replaced = |name: &&String| {
        let other = |case: &&Case| {
            let cell = case.cells.get(*name).map_or("", |cell| cell.trim());
            !cell.is_empty() && !same_value(cell, &set[*name])
        };
        cases.iter().filter(other).count()
    };
    (names.iter())
        .map(|name| (name, replaced(name)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| words::overridden(name, &set[*name], count).to_string())
        .collect()
}

/// Where a case stands among the centres whose features the model makes comparable.
fn place(harmonisation: &Harmonisation, cells: &HashMap<String, String>) -> Result<Place, ModelError> {
    let centre = cells.get(&harmonisation.column).map(String::as_str);
    harmonisation.place(centre, |covariate| {
        let word = |level: &String| {
            let cell = cells.get(&covariate.column).filter(|cell| !cell.trim().is_empty())?;
            Some(f64::from(u8::from(same_value(cell, level))))
        };
        let own = cells.get(&covariate.name).and_then(|cell| number(cell));
        own.or_else(|| covariate.level.as_ref().and_then(word))
    })
}

/// A cell as the model's terms have the word: case and blanks are no difference.
fn word_of(model: &Model, column: &str, cell: &str) -> Option<String> {
    let known = model.terms.iter().find_map(|term| match &term.source {
        TermSource::Clinical {
            column: own,
            level: Some(level),
            ..
        } if own == column && same_value(cell, level) => Some(level.clone()),
        TermSource::Radscore | TermSource::Feature { .. } | TermSource::Clinical { .. } => None,
    });
    known.or_else(|| (!cell.trim().is_empty()).then(|| cell.to_owned()))
}

fn scan(model: &Model, image: &Path, mask: &Path, label: Option<&str>) -> anyhow::Result<Case> {
    let parameters = parameters_of(model)?.with_context(|| {
        format!(
            "{} was fitted on a table of features: how they were extracted is not known, so it cannot be applied to a scan",
            model.name
        )
    })?;
    let label = match label {
        None => LabelChoice::Value(parameters.settings().label()),
        Some(text) => LabelChoice::of(text),
    };
    let extraction = extract_files(image, mask, label, &parameters)?;
    if let Some(doubt) = extraction.doubt {
        anyhow::bail!("{}: {doubt}", mask.display());
    }
    for warning in &extraction.warnings {
        tell!("{}: {warning}", image.display());
    }
    Ok(Case {
        id: image.display().to_string(),
        cells: extraction
            .features
            .into_iter()
            .map(|(name, value)| (name, number_text(value)))
            .collect(),
    })
}

fn rows(model: &Model, arguments: &PredictArguments, path: &Path, global: &Global) -> anyhow::Result<Vec<Case>> {
    let table = arguments.table.open(path, global)?;
    ForecastError::of_other_settings(model, &table)?;
    let id = id_column(&table, None)?;
    Ok(table
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| Case {
            id: id.map_or_else(|| format!("row{}", number + 1), |column| row[column].clone()),
            cells: table.header.iter().cloned().zip(row.iter().cloned()).collect(),
        })
        .collect())
}

fn document(
    Predicted {
        id,
        prediction,
        outside,
        harmonised,
    }: &Predicted,
) -> Value {
    match prediction {
        Err(error) => json!({ "id": id, "error": error.to_string() }),
        Ok(prediction) => {
            let contributions: serde_json::Map<String, Value> = prediction
                .contributions
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            json!({
                "id": id,
                "radscore": prediction.radscore,
                "linear_predictor": prediction.linear_predictor,
                "risk": prediction.risk,
                "positive": prediction.positive,
                "contributions": contributions,
                "outside_training": outside,
                "harmonised": harmonised,
            })
        }
    }
}

/// A case as a row of CSV.
#[derive(Default, Serialize)]
struct Row<'a> {
    id: &'a str,
    radscore: Option<Exact>,
    linear_predictor: Option<Exact>,
    risk: Option<Exact>,
    positive: Option<bool>,
    error: Option<String>,
    outside_training: Option<String>,
    harmonised: Option<bool>,
}

fn row(
    Predicted {
        id,
        prediction,
        outside,
        harmonised,
    }: &Predicted,
) -> Row<'_> {
    match prediction {
        Err(error) => Row {
            id,
            error: Some(error.to_string()),
            ..Row::default()
        },
        Ok(prediction) => Row {
            id,
            radscore: Some(Exact(prediction.radscore)),
            linear_predictor: Some(Exact(prediction.linear_predictor)),
            risk: Some(Exact(prediction.risk)),
            positive: prediction.positive,
            error: None,
            outside_training: (!outside.is_empty()).then(|| in_english(|| joined(&in_words(outside)))),
            harmonised: *harmonised,
        },
    }
}

/// Values outside the training rows, each with the range there.
fn in_words(outside: &[Outside]) -> Vec<Message> {
    outside
        .iter()
        .map(|one| words::outside_range(&one.name, short(one.value, 5), short(one.lower, 5), short(one.upper, 5)))
        .collect()
}

fn table(model: &Model, predictions: &[Predicted]) -> String {
    let ids: Vec<_> = predictions.iter().map(|one| shown_name(&one.id)).collect();
    let wide = ids.iter().map(|id| width(id)).max().unwrap_or(2).max(4);
    let mut text = format!(
        "{}  {}  {}  \n",
        left(heads::CASE, wide),
        right(heads::RAD_SCORE, 12),
        right(heads::RISK, 8)
    );
    for (one, id) in predictions.iter().zip(&ids) {
        match &one.prediction {
            Err(error) => text.push_str(&format!("{}  {error}\n", left(id, wide))),
            Ok(prediction) => {
                let word = match prediction.positive {
                    Some(true) => words::POSITIVE.text(),
                    Some(false) => words::NEGATIVE.text(),
                    None => "",
                };
                text.push_str(&format!(
                    "{}  {:>12}  {:>8}  {word}\n",
                    left(id, wide),
                    significant(prediction.radscore, 6),
                    share(prediction.risk, 4)
                ));
                if !one.outside.is_empty() {
                    text.push_str(&format!(
                        "  {}\n",
                        words::outside_training(joined(&in_words(&one.outside)))
                    ));
                }
            }
        }
    }
    let beyond = predictions.iter().filter(|one| !one.outside.is_empty()).count();
    if beyond > 0 {
        text.push_str(&format!("{}\n", words::beyond(beyond, predictions.len())));
    }
    if let Some(cutoff) = &model.cutoff {
        text.push_str(&format!(
            "{}\n",
            words::cut_off(significant(cutoff.risk, 4), &cutoff.rule)
        ));
    }
    text
}
