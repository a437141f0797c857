//! `radscore show`: one figure or table of a study, as text at the terminal's width, as a picture, or as CSV.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::output_file::{self, Overwriting};
use super::picture::{PictureArguments, Width, numbered};
use super::printer::tell;
use super::run::Opened;
use super::{Global, Outcome, Screens};
use crate::figure::cells::{Ink, Layout, note_lines, paint, rows_of_boxes};
use crate::figure::gallery::{Entry, find};
use crate::figure::{Content, Datum, Figure, GALLERY, Label, Plot, Sheet};
use crate::message::english::run as words;
use crate::study::Study;
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
    after_help = "Examples:\n  radscore show roc configs/study.yaml --svg roc.svg\n  radscore show roc configs/study.yaml --tiff roc.tiff --width 84mm --dpi 600\n  radscore show r-script configs/study.yaml > study.R"
)]
pub struct ShowArguments {
    #[arg(help = names())]
    name: String,
    /// The study file, or a table of cases
    study: PathBuf,
    #[command(flatten)]
    picture: PictureArguments,
    /// Write the numbers behind it as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
    /// Print the numbers instead of the drawing
    #[arg(long)]
    table: bool,
    /// Only ASCII signs
    #[arg(long)]
    ascii: bool,
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
    arguments.picture.check()?;
    if TEXTS.contains(&name) && !arguments.picture.is_empty() {
        anyhow::bail!("{name} is no chart and cannot be a picture; leave --svg, --png, --tiff and --pdf out");
    }
    let study = arguments.opened.open(&arguments.study)?;
    if name == "r-script" {
        global.refuse_json("r-script is a script in R")?;
        super::print_data(&r_script(&study)?)?;
        return Ok(Outcome::Done);
    }
    let found = results(&study);
    let Some(chart) = find(name) else {
        let labels = found.labels_of(Some(Table1::NAME));
        if let Some(path) = &arguments.csv {
            arguments.overwriting.judge_beside(&study, path)?;
        }
        let sheet = (found.table1.as_ref(), labels.as_slice());
        return table(arguments, global, sheet, columns(arguments, screens));
    };
    let figures = chart.figures(&found);
    let labels = found.labels_of(Some(chart.needs));
    if figures.is_empty() {
        anyhow::bail!(nothing(chart, &study, &arguments.study));
    }
    for (order, figure) in figures.iter().enumerate() {
        for path in arguments.picture.paths().into_iter().chain(arguments.csv.as_deref()) {
            let path = numbered(path, figure, order, figures.len());
            arguments.overwriting.judge_beside(&study, &path)?;
        }
    }
    if arguments.csv.is_some() {
        say(&labels);
    }
    let printer = arguments.picture.print.printer(global)?;
    for (order, figure) in figures.iter().enumerate() {
        let place = (order, figures.len());
        arguments.picture.write(&printer, figure, place, global)?;
        if let Some(path) = &arguments.csv {
            let path = numbered(path, figure, order, figures.len());
            output_file::write(&path, figure.sheet.to_csv().as_bytes(), global)?;
        }
    }
    if global.json {
        super::print_json(&Value::from(figures.iter().map(document).collect::<Vec<_>>()))?;
    } else if arguments.picture.is_empty() && arguments.csv.is_none() {
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
    let asked = match arguments.picture.print.width {
        Some(Width::Columns(asked)) => asked,
        Some(Width::Points(_)) | None => columns,
    };
    asked.clamp(40, 400)
}

fn nothing(chart: &Entry, found: &Study, study: &Path) -> String {
    if !chart.is_stage {
        return words::no_figure_of_command(chart.name, chart.needs, study.display()).to_string();
    }
    let standings = found.standings();
    if standings.contains(&(chart.needs, Standing::Fresh)) {
        return words::nothing_to_draw(chart.name, chart.needs).to_string();
    }
    if standings.contains(&(chart.needs, Standing::NotApplicable)) {
        return words::no_figure_here(chart.name, chart.needs).to_string();
    }
    words::no_figure_yet(chart.name, chart.needs, study.display()).to_string()
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
        Content::Plot(plot) => (rows.saturating_sub(2).clamp(20, 40)).max(rows_apart(plot) + 5 + notes),
        Content::Rows(chart) => chart.rows.len() + 5 + notes,
        Content::Scales(chart) => chart.scales.len() * 3 + 2 + notes,
        Content::Matrix(chart) => chart.names.len().min(60) + 3,
        Content::Boxes(boxes) => rows_of_boxes(boxes, columns) + 2 + notes,
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

/// The rows at which given names on the vertical axis stand apart.
fn rows_apart(plot: &Plot) -> usize {
    const MOST: f64 = 60.0;
    let ticks = plot.y.ticks.as_deref().unwrap_or_default();
    let gaps = ticks.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let least = gaps.filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
    ((plot.y.limits.1 - plot.y.limits.0) / least).ceil().min(MOST) as usize
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
        output_file::write(path, sheet.to_csv().as_bytes(), global)?;
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
