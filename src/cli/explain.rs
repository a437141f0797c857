//! `radscore explain`: why the features of two extractions differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::columns::ReadingArguments;
use super::{Global, Outcome};
use crate::features::difference::{Comparison, compare, same};
use crate::features::{Parameters, extract_files};
use crate::message::english::extraction as words;
use crate::study::input::yaml::read_value;
use crate::study::table::{Table, is_named_as_table, number};
use crate::volume::LabelChoice;

/// Two tables of features, or a case; and the two parameter files.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore explain a.csv b.csv --param-a pyradiomics.yaml --param-b ibsi.yaml\n  \
    radscore explain scan.nii.gz mask.nii.gz --param-b configs/extraction/ibsi-c.yaml\n\n\
    The tables are those of radscore extract: columns Image and Mask say where the case is. One row is explained; --row chooses it."
)]
pub struct ExplainArguments {
    /// The first table of features, or an image
    first: PathBuf,
    /// The second table of features, or a mask
    second: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Parameter file of the first extraction; PyRadiomics' defaults if not given
    #[arg(long, value_name = "FILE")]
    param_a: Option<PathBuf>,
    /// Parameter file of the second extraction
    #[arg(long, value_name = "FILE")]
    param_b: Option<PathBuf>,
    /// The row of the tables, counted from 1
    #[arg(long, default_value_t = 1, value_name = "N")]
    row: usize,
    /// The region: a number or a name; the label of the first parameters if not given
    #[arg(long, value_name = "N|NAME")]
    label: Option<String>,
}

/// The case, and the values that tables hold of it.
struct Case {
    image: PathBuf,
    mask: PathBuf,
    tables: Option<[BTreeMap<String, f64>; 2]>,
}

/// Extracts again with one choice changed at a time, and says which explains each difference.
pub fn run(arguments: &ExplainArguments, global: &Global) -> anyhow::Result<Outcome> {
    let first = parameters(arguments.param_a.as_deref())?;
    let second = parameters(arguments.param_b.as_deref())?;
    let case = case(arguments, global)?;
    let label = match &arguments.label {
        None => LabelChoice::Value(first.settings().label()),
        Some(text) => LabelChoice::of(text),
    };
    let mut notes = Vec::new();
    if let Some([one, other]) = &case.tables {
        for (values, parameters, file) in [(one, &first, &arguments.first), (other, &second, &arguments.second)] {
            notes.extend(strangers(values, parameters, &case, &label, file)?);
        }
    }
    let comparison = compare(&case.image, &case.mask, &label, &first, &second)?;
    if global.json {
        super::print_json(&document(&comparison, &notes))?;
    } else {
        super::print(&text(&comparison, &notes))?;
    }
    Ok(Outcome::Done)
}

fn parameters(file: Option<&Path>) -> anyhow::Result<Parameters> {
    match file {
        None => Ok(Parameters::default()),
        Some(file) => Parameters::from_value(&read_value(file)?).with_context(|| format!("{}", file.display())),
    }
}

fn case(arguments: &ExplainArguments, global: &Global) -> anyhow::Result<Case> {
    if !is_named_as_table(&arguments.first) || !is_named_as_table(&arguments.second) {
        return Ok(Case {
            image: arguments.first.clone(),
            mask: arguments.second.clone(),
            tables: None,
        });
    }
    let (a, b) = (
        arguments.reading.open(&arguments.first, global)?,
        arguments.reading.open(&arguments.second, global)?,
    );
    let path = |column: &str| -> anyhow::Result<PathBuf> {
        let index = a.column(column)?;
        let row = a.rows.get(arguments.row.wrapping_sub(1)).with_context(|| {
            format!(
                "{}: has {} rows, --row asks for {}",
                arguments.first.display(),
                a.rows.len(),
                arguments.row
            )
        })?;
        let given = PathBuf::from(&row[index]);
        let beside = arguments.first.parent().unwrap_or(Path::new(".")).join(&given);
        Ok(if given.exists() { given } else { beside })
    };
    let (image, mask) = (path("Image")?, path("Mask")?);
    Ok(Case {
        tables: Some([
            numbers(&a, arguments.row, &arguments.first)?,
            numbers(&b, arguments.row, &arguments.second)?,
        ]),
        image,
        mask,
    })
}

/// The numbers of a row under columns that have the form of a feature's.
fn numbers(table: &Table, row: usize, file: &Path) -> anyhow::Result<BTreeMap<String, f64>> {
    let cells = table.rows.get(row.wrapping_sub(1)).with_context(|| {
        format!(
            "{}: has {} rows, --row asks for {row}",
            file.display(),
            table.rows.len()
        )
    })?;
    Ok(table
        .header
        .iter()
        .zip(cells)
        .filter(|(name, _)| name.matches('_').count() >= 2 && !name.starts_with("diagnostics_"))
        .filter_map(|(name, cell)| Some((name.clone(), number(cell)?)))
        .collect())
}

/// Says so where a table does not hold what its parameters give: then the explanation is not of that table.
fn strangers(
    values: &BTreeMap<String, f64>,
    parameters: &Parameters,
    case: &Case,
    label: &LabelChoice,
    file: &Path,
) -> anyhow::Result<Option<String>> {
    let extraction = extract_files(&case.image, &case.mask, label.clone(), parameters)?;
    let known: Vec<(&String, f64, f64)> = extraction
        .features
        .iter()
        .filter_map(|(name, value)| values.get_key_value(name).map(|(name, given)| (name, *given, *value)))
        .collect();
    let other: Vec<&(&String, f64, f64)> = known.iter().filter(|(_, given, value)| !same(*given, *value)).collect();
    Ok(other.first().map(|(name, given, value)| {
        format!(
            "{}: {} of its {} features are not what its parameters give ({name}: {given} in the table, {value} now); were they extracted \
             with other parameters?",
            file.display(),
            other.len(),
            known.len()
        )
    }))
}

fn document(comparison: &Comparison, notes: &[String]) -> serde_json::Value {
    let finite = |value: f64| value.is_finite().then_some(value);
    let differences: Vec<_> = comparison
        .differences
        .iter()
        .map(|difference| {
            let causes: Vec<_> = difference
                .causes
                .iter()
                .map(|cause| json!({"choice": cause.choice, "value": finite(cause.value), "alone": cause.alone}))
                .collect();
            json!({
                "feature": difference.feature,
                "first": finite(difference.first),
                "second": finite(difference.second),
                "causes": causes,
                "together": difference.together,
            })
        })
        .collect();
    json!({
        "shared": comparison.shared,
        "unmatched": comparison.unmatched,
        "choices": comparison.choices,
        "ties": comparison.ties,
        "differences": differences,
        "notes": notes,
    })
}

fn text(comparison: &Comparison, notes: &[String]) -> String {
    let mut text = String::new();
    for note in notes {
        text.push_str(&format!("{}\n", words::note(note)));
    }
    text.push_str(&format!(
        "{}\n",
        words::differ(comparison.differences.len(), comparison.shared, comparison.unmatched)
    ));
    for tie in &comparison.ties {
        text.push_str(&format!("{}\n", words::tied(tie)));
    }
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in &comparison.differences {
        text.push_str(&format!(
            "\n{}\n",
            words::against(&difference.feature, difference.first, difference.second)
        ));
        for cause in &difference.causes {
            let verdict = if cause.alone {
                *explained.entry(&cause.choice).or_default() += 1;
                words::EXPLAINS_ALONE.text().to_owned()
            } else {
                words::moves_to(cause.value).to_string()
            };
            text.push_str(&format!("  {}: {verdict}\n", cause.choice));
        }
        if !difference.causes.iter().any(|cause| cause.alone) {
            text.push_str(&if difference.together {
                format!("  {}\n", words::ALL_TOGETHER)
            } else {
                format!("  {}\n", words::NOT_EXPLAINED)
            });
        }
    }
    if !explained.is_empty() {
        text.push_str(&format!("\n{}\n", words::BY_ONE_ALONE));
        for (choice, count) in explained {
            text.push_str(&format!("  {count:>4}  {choice}\n"));
        }
    }
    text
}
