//! `radscore show`: one figure or table of a study, as text at the terminal's width, as SVG, or as CSV.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::printer::tell;
use super::run::Opened;
use super::{Global, Outcome, Screens};
use crate::figure::cells::{Ink, Layout, note_lines, paint};
use crate::figure::gallery::{Entry, find};
use crate::figure::{Content, Datum, Figure, GALLERY, Label, Sheet, svg};
use crate::study::Study;
use crate::study::artefact::write_whole;
use crate::study::engine::run::Standing;
use crate::study::engine::stage::Stage;
use crate::study::figures::results;
use crate::study::r_script::r_script;
use crate::study::stages::table1::Table1;

/// Names that are no figures: what they are and who writes them.
const TEXTS: &[&str] = &["table1", "r-script"];

/// The width where there is no terminal.
const WIDTH: usize = 100;

/// The height where there is no terminal.
const ROWS: usize = 30;

/// What may be shown, as the help has it.
fn names() -> String {
    let figures: Vec<&str> = GALLERY.iter().map(|chart| chart.name).collect();
    format!(
        "The figure: {}, table1, or r-script (the study as an R script, which prints R's numbers beside the study's)",
        figures.join(", ")
    )
}

/// What to show.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore show roc configs/study.yaml --svg roc.svg\n  radscore show r-script configs/study.yaml > study.R"
)]
pub struct ShowArguments {
    #[arg(help = names())]
    name: String,
    /// The study file, or a table of cases
    study: PathBuf,
    /// Write the figure as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the numbers behind it as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print the numbers instead of the drawing
    #[arg(long)]
    table: bool,
    /// Only ASCII signs
    #[arg(long)]
    ascii: bool,
    /// Columns of the text; the terminal's by default
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    #[command(flatten)]
    opened: Opened,
}

/// Draws the figure, or writes it.
pub fn run(arguments: &ShowArguments, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    let name = arguments.name.as_str();
    if !TEXTS.contains(&name) && find(name).is_none() {
        let known: Vec<&str> = GALLERY
            .iter()
            .map(|chart| chart.name)
            .chain(TEXTS.iter().copied())
            .collect();
        let hint = crate::message::nearest::nearest(name, known.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean \"{near}\"?)"));
        anyhow::bail!("there is no figure \"{name}\"{hint}; there are {}", known.join(", "));
    }
    let study = arguments.opened.open(&arguments.study)?;
    if name == "r-script" {
        super::print_data(&r_script(&study)?)?;
        return Ok(Outcome::Done);
    }
    let found = results(&study);
    let Some(chart) = find(name) else {
        let labels = found.labels_of(Table1::NAME);
        let sheet = (found.table1.as_ref(), labels.as_slice());
        return table(arguments, global, sheet, columns(arguments, screens));
    };
    let figures = chart.figures(&found);
    let labels = found.labels_of(chart.needs);
    if figures.is_empty() {
        anyhow::bail!(nothing(chart, &study, &arguments.study));
    }
    if arguments.csv.is_some() {
        say(&labels);
    }
    for (order, figure) in figures.iter().enumerate() {
        if let Some(path) = &arguments.svg {
            write(
                &numbered(path, figure, order, figures.len()),
                &svg::render(figure),
                global,
            )?;
        }
        if let Some(path) = &arguments.csv {
            write(
                &numbered(path, figure, order, figures.len()),
                &figure.sheet.to_csv(),
                global,
            )?;
        }
    }
    if global.json {
        super::print_json(&Value::from(figures.iter().map(document).collect::<Vec<_>>()))?;
    } else if arguments.svg.is_none() && arguments.csv.is_none() {
        let rows = (screens.size)().map_or(ROWS, |(_, rows)| rows);
        let columns = columns(arguments, screens);
        for figure in &figures {
            super::print(&text(figure, &labels, arguments, columns, rows))?;
        }
    }
    Ok(Outcome::Done)
}

/// Says labels where a table for other programs has no room for words.
fn say(labels: &[Label]) {
    for label in labels {
        tell!("radscore: {label}");
    }
}

/// The columns of the text.
fn columns(arguments: &ShowArguments, screens: Screens) -> usize {
    let columns = (screens.size)().map_or(WIDTH, |(columns, _)| columns);
    arguments.width.unwrap_or(columns).clamp(40, 400)
}

fn nothing(chart: &Entry, found: &Study, study: &Path) -> String {
    let standings = found.standings();
    if standings.contains(&(chart.needs, Standing::Fresh)) {
        return format!(
            "this study has no {}: its stage {} has run and left nothing to draw",
            chart.name, chart.needs
        );
    }
    format!(
        "there is no {} yet: it comes from the stage {}; run: radscore run {} --until {}",
        chart.name,
        chart.needs,
        study.display(),
        chart.needs
    )
}

fn text(figure: &Figure, labels: &[Label], arguments: &ShowArguments, columns: usize, rows: usize) -> String {
    if arguments.table {
        let labels = labels
            .iter()
            .fold(String::new(), |text, label| text + &label.to_string() + "\n");
        return format!(
            "{}\n{labels}{}\n\n",
            figure.title,
            figure.sheet.to_lines_within(columns).join("\n")
        );
    }
    let notes = note_lines(figure, columns, usize::MAX).len();
    let height = match &figure.content {
        Content::Plot(_) => rows.saturating_sub(2).clamp(20, 40),
        Content::Rows(chart) => chart.rows.len() + 5 + notes,
        Content::Scales(chart) => chart.scales.len() * 3 + 2 + notes,
        Content::Matrix(chart) => chart.names.len().min(60) + 3,
    }
    // Notes have a third of the height.
    .max(12)
    .max(notes * 3);
    let layout = Layout {
        ink: Ink::Braille,
        ascii: arguments.ascii,
        title: true,
        ..Layout::default()
    };
    let cells = paint(figure, columns, height, &layout);
    let lines: Vec<String> = (0..height).map(|row| cells.line(row, arguments.ascii)).collect();
    format!("{}\n\n", lines.join("\n").trim_end())
}

fn table(
    arguments: &ShowArguments,
    global: &Global,
    (sheet, labels): (Option<&Sheet>, &[Label]),
    columns: usize,
) -> anyhow::Result<Outcome> {
    let Some(sheet) = sheet else {
        anyhow::bail!(
            "there is no table1 yet: it comes from the stage table1; run: radscore run {} --until table1",
            arguments.study.display()
        );
    };
    if arguments.csv.is_some() || global.json {
        say(labels);
    }
    if let Some(path) = &arguments.csv {
        write(path, &sheet.to_csv(), global)?;
    } else if global.json {
        super::print_json(&sheet_document(sheet))?;
    } else {
        let lines: Vec<String> = labels
            .iter()
            .map(ToString::to_string)
            .chain(sheet.to_lines_within(columns))
            .collect();
        super::print(&format!("{}\n", lines.join("\n")))?;
    }
    Ok(Outcome::Done)
}

fn document(figure: &Figure) -> Value {
    json!({
        "name": figure.name,
        "title": figure.title,
        "notes": figure.notes,
        "data": sheet_document(&figure.sheet),
    })
}

fn sheet_document(sheet: &Sheet) -> Value {
    let rows: Vec<Value> = sheet
        .rows
        .iter()
        .map(|row| {
            let mut object = serde_json::Map::new();
            for (column, cell) in sheet.columns.iter().zip(row) {
                let value = match cell {
                    Datum::Text(text) => Value::from(text.as_str()),
                    // JSON has no NaN and no infinity: null.
                    Datum::Number(number) => Value::from(*number),
                };
                object.insert(column.clone(), value);
            }
            Value::from(object)
        })
        .collect();
    Value::from(rows)
}

/// The file itself for one figure; for several, the figure's name goes before the ending.
fn numbered(path: &Path, figure: &Figure, order: usize, of: usize) -> PathBuf {
    if of == 1 {
        return path.to_owned();
    }
    let stem = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let ending = path
        .extension()
        .map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    let part = figure
        .name
        .split_once('-')
        .map_or_else(|| (order + 1).to_string(), |(_, part)| part.to_owned());
    path.with_file_name(format!("{stem}-{part}{ending}"))
}

fn write(path: &Path, text: &str, global: &Global) -> anyhow::Result<()> {
    write_whole(path, text.as_bytes()).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    if !global.quiet {
        tell!("wrote {}", path.display());
    }
    Ok(())
}
