//! What a paper takes from a study: its figures, composed, and its tables, as files.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::output_file::{Overwriting, write};
use super::picture::{Kind, PrintArguments, Width};
use super::{Global, Outcome};
use crate::figure::paper::{Composed, Paper, planes};
use crate::figure::section::Window;
use crate::message::foreign::shown_name;
use crate::message::language::in_english;
use crate::message::nearest::nearest;
use crate::study::report::Plate;
use crate::study::report::tables::{self, Printed, Style};
use crate::study::stages::check::options_of;
use crate::study::{Study, report};
use crate::volume::{Extent, LoadOptions, load};

/// What of a report is asked for that sizes and fonts have to do with.
pub struct Asked<'a> {
    /// Whether figures are
    pub figures: bool,
    /// Whether the manuscript is
    pub manuscript: bool,
    /// The case whose scan is a figure, and the grey window
    pub case: Option<(&'a str, Window)>,
    /// What figures are written as
    pub kinds: &'a [Kind],
    /// How large, and in which letters
    pub print: &'a PrintArguments,
    /// Whether files may be replaced
    pub overwriting: Overwriting,
}

/// The width of two columns of most journals, in points.
const TWO_COLUMNS: f64 = 174.0 * 72.0 / 25.4;

/// Refuses sizes that what is asked for does not obey.
pub fn obeyed(asked: &Asked) -> anyhow::Result<()> {
    let print = asked.print;
    if let Some(Width::Columns(columns)) = print.width {
        anyhow::bail!("--width {columns} has no unit: how wide is a figure? Write for instance --width {columns}mm");
    }
    if asked.figures {
        return print.check(asked.kinds);
    }
    if print.width.is_some() || print.dpi.is_some() {
        anyhow::bail!("--width and --dpi are for figures of a paper: add --figures DIR");
    }
    if print.font.is_some() && !asked.manuscript {
        anyhow::bail!("--font is put into figures and the manuscript: add --figures DIR or --format docx");
    }
    Ok(())
}

/// The figures of the paper, composed, and their captions.
pub fn figures(study: &Study, folder: &Path, asked: &Asked, global: &Global) -> anyhow::Result<Outcome> {
    let printer = asked.print.printer(global)?;
    let width = match asked.print.width {
        Some(Width::Points(points)) => points,
        Some(Width::Columns(_)) | None => TWO_COLUMNS,
    };
    let plates = in_english(|| report::plates(&study.without_stale_results()));
    let mut sheets: Vec<(String, Composed)> = (plates.iter())
        .map(|plate: &Plate| (plate.name.clone(), in_english(|| plate.sheet(width))))
        .collect();
    let mut captions = report::captions(&plates);
    if let Some((case, window)) = asked.case {
        let number = sheets.len() + 1;
        let paper = in_english(|| scan_of(study, case, window))?;
        let scale = width / paper.width;
        sheets.push((format!("figure-{number}-planes"), Composed { paper, scale }));
        captions.push_str(&format!(
            "Figure {number}. Three planes of the case {case}. Each is where the region is largest; the line is its outline.\n\n"
        ));
    }
    let place = |name: &str, kind: &Kind| folder.join(format!("{name}.{}", kind.ending()));
    let told = folder.join("captions.md");
    let mut files: Vec<PathBuf> = (sheets.iter())
        .flat_map(|(name, _)| asked.kinds.iter().map(move |kind| place(name, kind)))
        .collect();
    files.push(told.clone());
    for path in &files {
        asked.overwriting.judge_beside(study, path)?;
    }
    for (name, sheet) in &sheets {
        for kind in asked.kinds {
            let path = place(name, kind);
            let bytes = printer
                .bytes(&sheet.paper, sheet.scale, *kind)
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            write(&path, &bytes, global)?;
        }
    }
    write(&told, captions.as_bytes(), global)?;
    written(&files, &told, global)
}

/// Three planes of a case's scan.
fn scan_of(study: &Study, id: &str, window: Window) -> anyhow::Result<Paper> {
    let cases = &study.cohort().cases;
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        let meant = nearest(id, cases.iter().map(|case| case.id.as_str()))
            .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        anyhow::bail!("--case {}: the cohort has no such case{meant}", shown_name(id));
    };
    let (Some(image), Some(mask)) = (&case.image, &case.mask) else {
        anyhow::bail!("--case {}: the cohort names no image and mask of it", shown_name(id));
    };
    let options = LoadOptions {
        extent: Extent::Whole,
        facts: false,
        ..options_of(case, study.parameters())
    };
    let scan = load(image, mask, &options)?;
    Ok(planes(&shown_name(id), &scan.image, Some(&scan.mask), window))
}

/// The tables of the paper, in one file or a folder.
pub fn tables(
    study: &Study,
    path: &Path,
    decimals: usize,
    overwriting: Overwriting,
    global: &Global,
) -> anyhow::Result<Outcome> {
    let found = in_english(|| tables::tables(&study.without_stale_results(), Style { decimals }));
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let bytes = match ending.as_deref() {
        Some("xlsx") => workbook(&found)?,
        Some("docx") => document(&found)?,
        Some("tex") => tables::latex(&found).into_bytes(),
        Some("md") => tables::markdown(&found).into_bytes(),
        Some(other) => anyhow::bail!(
            "--tables {}: tables are not written as .{other}; there are .xlsx, .docx, .tex and .md, and a folder for CSV",
            path.display()
        ),
        None => {
            let place = |order: usize, name: &str| path.join(format!("table-{}-{name}.csv", order + 1));
            let mut files: Vec<PathBuf> = found
                .iter()
                .enumerate()
                .map(|(order, table)| place(order, table.name))
                .collect();
            let notes = path.join("notes.csv");
            files.push(notes.clone());
            for file in &files {
                overwriting.judge_beside(study, file)?;
            }
            for (file, table) in files.iter().zip(&found) {
                write(file, tables::csv(table).as_bytes(), global)?;
            }
            write(&notes, tables::notes_csv(&found).as_bytes(), global)?;
            return written(&files, path, global);
        }
    };
    overwriting.judge_beside(study, path)?;
    write(path, &bytes, global)?;
    let path = path.to_owned();
    written(std::slice::from_ref(&path), &path, global)
}

#[cfg(feature = "excel")]
fn workbook(found: &[Printed]) -> anyhow::Result<Vec<u8>> {
    Ok(tables::workbook(found)?)
}

#[cfg(not(feature = "excel"))]
fn workbook(_found: &[Printed]) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("this radscore was built without workbooks; build it with the Cargo feature excel")
}

#[cfg(feature = "docx")]
fn document(found: &[Printed]) -> anyhow::Result<Vec<u8>> {
    Ok(report::docx::tables_document(found)?)
}

#[cfg(not(feature = "docx"))]
fn document(_found: &[Printed]) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("this radscore was built without word processing; build it with the Cargo feature docx")
}

/// Says what was written.
pub fn written(files: &[PathBuf], main: &Path, global: &Global) -> anyhow::Result<Outcome> {
    if global.json {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        super::print_json(&json!({ "files": files }))?;
    } else {
        super::print(&format!("{}\n", main.display()))?;
    }
    Ok(Outcome::Done)
}
