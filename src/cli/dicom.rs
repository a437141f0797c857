//! `radscore dicom`: the series in a folder of DICOM files, and a table of cases made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::output_file::Overwriting;
use super::printer::tell;
use super::{Global, Outcome};
use crate::file::write_whole;
use crate::message::english::extraction as words;
use crate::study::table::Table;
use crate::volume::{DicomKind, DicomListing, DicomSeries, NamePattern, list_dicom};

/// Which folder, and what of it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore dicom export/\n  radscore dicom export/ --modality CT --series '*B30f*'\n  radscore dicom export/ --region 'GTV*' -o cohort.csv\n\nA series with its own folder is given to other commands by that folder, any other by one of its files. The table has a row for each region of each image: id, image, mask, label, patient, and what the headers say."
)]
pub struct DicomArguments {
    /// The folder, with folders in it as deep as they may be; files may have any name
    folder: PathBuf,
    /// Only images of this modality: CT, MR, PT
    #[arg(long)]
    modality: Option<String>,
    /// Only images whose description or UID fits: * stands for any letters, ? for one
    #[arg(long, value_name = "PATTERN")]
    series: Option<String>,
    /// Only regions whose name fits; * and ? as above
    #[arg(long, value_name = "PATTERN")]
    region: Option<String>,
    /// Only images with this many slices or more
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    slices: usize,
    /// Write a table of cases here
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
}

/// Lists the series; writes the table where one is asked for.
pub fn run(arguments: &DicomArguments, global: &Global) -> anyhow::Result<Outcome> {
    let listing = list_dicom(&arguments.folder)?;
    if listing.series.is_empty() && listing.unreadable.is_empty() {
        anyhow::bail!(
            "{}: none of its {} files is DICOM",
            arguments.folder.display(),
            listing.strangers
        );
    }
    if arguments.output.is_some() && !global.json {
        // The list would have shown them.
        for series in shown(arguments, &listing) {
            if let Some(fault) = &series.fault {
                tell!("{}: {fault}", series.path.display());
            }
        }
        for fault in &listing.unreadable {
            tell!("{fault}");
        }
    }
    if let Some(path) = &arguments.output {
        let files = listing.series.iter().map(|series| series.path.as_path());
        arguments.overwriting.judge(path, files.filter(|path| path.is_file()))?;
        let table = cohort(arguments, &listing, path)?;
        let rows = table.rows.len();
        write_whole(path, table.to_csv().as_bytes()).with_context(|| path.display().to_string())?;
        if !global.quiet {
            tell!("{}", words::wrote_cases(path.display(), rows));
        }
    }
    if global.json {
        super::print_json(&document(arguments, &listing))?;
    } else if arguments.output.is_none() {
        super::print(&text(arguments, &listing))?;
    }
    let faulty = !listing.unreadable.is_empty() || shown(arguments, &listing).any(|series| series.fault.is_some());
    Ok(if faulty { Outcome::Failed } else { Outcome::Done })
}

/// The series that are asked for.
fn shown<'a>(arguments: &'a DicomArguments, listing: &'a DicomListing) -> impl Iterator<Item = &'a DicomSeries> {
    listing.series.iter().filter(move |series| match series.kind {
        DicomKind::Image => wanted(arguments, series),
        DicomKind::Segmentation | DicomKind::Contours => arguments
            .region
            .as_ref()
            .is_none_or(|pattern| series.regions.iter().any(|region| like(pattern, region))),
        DicomKind::Other => arguments.modality.is_none() && arguments.series.is_none(),
    })
}

/// Whether an image is asked for.
fn wanted(arguments: &DicomArguments, series: &DicomSeries) -> bool {
    let modality = arguments
        .modality
        .as_ref()
        .is_none_or(|modality| modality.eq_ignore_ascii_case(series.value("Modality")));
    let named = arguments
        .series
        .as_ref()
        .is_none_or(|pattern| like(pattern, series.value("SeriesDescription")) || like(pattern, &series.uid));
    // What cannot be stacked has as many slices as files, as far as anybody knows.
    let slices = series.geometry.map_or(series.files, |geometry| geometry.size[2]);
    modality && named && slices >= arguments.slices
}

/// Whether a text fits a pattern.
fn like(pattern: &str, text: &str) -> bool {
    NamePattern::of(pattern).fits(text)
}

fn kind(series: &DicomSeries) -> &'static str {
    match series.kind {
        DicomKind::Image => words::IMAGE.text(),
        DicomKind::Segmentation => words::SEGMENTATION.text(),
        DicomKind::Contours => words::CONTOURS.text(),
        DicomKind::Other => words::OTHER.text(),
    }
}

fn text(arguments: &DicomArguments, listing: &DicomListing) -> String {
    let mut text = String::new();
    let mut patient = None;
    let mut series: Vec<&DicomSeries> = shown(arguments, listing).collect();
    series.sort_by(|a, b| (&a.patient, a.kind, a.number).cmp(&(&b.patient, b.kind, b.number)));
    for series in series {
        if patient != Some(&series.patient) {
            patient = Some(&series.patient);
            let name = if series.patient.is_empty() {
                words::NO_ID.text()
            } else {
                &series.patient
            };
            text.push_str(&format!("{}\n", words::patient(name)));
        }
        let number = series.number.map(|number| format!(" {number}")).unwrap_or_default();
        text.push_str(&format!("  {}{number}", series.value("Modality")));
        let description = series.value("SeriesDescription");
        if !description.is_empty() {
            text.push_str(&format!(" \"{description}\""));
        }
        let mut said = Vec::new();
        if let Some(geometry) = series.geometry {
            let [x, y, z] = geometry.size;
            let [dx, dy, dz] = geometry.spacing;
            said.push(
                words::voxels_and_spacing(x, y, z, format!("{dx:.3}"), format!("{dy:.3}"), format!("{dz:.3}"))
                    .to_string(),
            );
        } else if series.kind == DicomKind::Image {
            said.push(words::files(series.files).to_string());
        }
        for (column, unit) in [
            ("KVP", " kV"),
            ("ConvolutionKernel", ""),
            ("MagneticFieldStrength", " T"),
            ("Manufacturer", ""),
            ("ManufacturerModelName", ""),
            ("StudyDate", ""),
        ] {
            let value = series.value(column);
            if !value.is_empty() {
                said.push(format!("{value}{unit}"));
            }
        }
        if !series.regions.is_empty() {
            said.push(words::regions(series.regions.join(", ")).to_string());
        }
        text.push_str(&format!(": {}\n      {}\n", said.join(", "), series.path.display()));
        for warning in &series.warnings {
            text.push_str(&format!("      {warning}\n"));
        }
        if let Some(fault) = &series.fault {
            text.push_str(&format!("      {}\n", words::bad(fault)));
        }
    }
    for fault in &listing.unreadable {
        text.push_str(&format!("{}\n", words::bad(fault)));
    }
    let count = |kind| listing.series.iter().filter(|series| series.kind == kind).count();
    text.push_str(&format!(
        "{}\n",
        words::dicom_counts(
            count(DicomKind::Image),
            count(DicomKind::Segmentation),
            count(DicomKind::Contours),
            count(DicomKind::Other),
            listing.strangers
        )
    ));
    text
}

fn document(arguments: &DicomArguments, listing: &DicomListing) -> serde_json::Value {
    let series: Vec<_> = shown(arguments, listing)
        .map(|series| {
            let header: serde_json::Map<_, _> = DicomSeries::columns()
                .zip(&series.values)
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect();
            json!({
                "kind": kind(series), "path": series.path, "files": series.files, "uid": series.uid,
                "study": series.study, "belongs_to": series.belongs_to, "patient": series.patient,
                "number": series.number, "size": series.geometry.map(|geometry| geometry.size),
                "spacing": series.geometry.map(|geometry| geometry.spacing), "regions": series.regions,
                "header": header, "warnings": series.warnings, "fault": series.fault,
            })
        })
        .collect();
    json!({ "series": series, "unreadable": listing.unreadable, "strangers": listing.strangers })
}

/// A row for each region of each image; an image without a mask has one with that cell empty.
fn cohort(arguments: &DicomArguments, listing: &DicomListing, path: &Path) -> anyhow::Result<Table> {
    let from = path.parent().unwrap_or(Path::new(""));
    let place = |file: &Path| -> anyhow::Result<String> {
        let (file, from) = (std::path::absolute(file)?, std::path::absolute(from.join("."))?);
        Ok(file.strip_prefix(&from).unwrap_or(&file).to_string_lossy().into_owned())
    };
    let mut rows: Vec<(Vec<String>, String)> = Vec::new();
    for image in shown(arguments, listing).filter(|series| series.kind == DicomKind::Image) {
        let row = |mask: String, label: &str| -> anyhow::Result<(Vec<String>, String)> {
            let grid = image.geometry.map_or_else(
                || vec![String::new(); 6],
                |geometry| {
                    let size = geometry.size.iter().map(ToString::to_string);
                    size.chain(geometry.spacing.iter().map(ToString::to_string)).collect()
                },
            );
            let mut cells = vec![
                image.patient.clone(),
                place(&image.path)?,
                mask,
                label.to_owned(),
                image.patient.clone(),
                image.uid.clone(),
                image.number.map(|number| number.to_string()).unwrap_or_default(),
            ];
            cells.extend(grid);
            cells.extend(image.values.iter().cloned());
            let said = image.fault.iter().chain(&image.warnings);
            cells.push(said.cloned().collect::<Vec<_>>().join("; "));
            Ok((cells, label.to_owned()))
        };
        let before = rows.len();
        for mask in listing.masks_of(image) {
            let fits = |region: &&String| arguments.region.as_ref().is_none_or(|pattern| like(pattern, region));
            for region in mask.regions.iter().filter(fits) {
                rows.push(row(place(&mask.path)?, region)?);
            }
        }
        if before == rows.len() && arguments.region.is_none() {
            rows.push(row(String::new(), "")?);
        }
    }
    if rows.is_empty() {
        anyhow::bail!(
            "{}: no series and no region fits; list them with `radscore dicom` alone",
            arguments.folder.display()
        );
    }
    name_cases(&mut rows);
    let mut header: Vec<String> = [
        "id",
        "image",
        "mask",
        "label",
        "patient",
        "SeriesInstanceUID",
        "SeriesNumber",
        "size_x",
        "size_y",
        "size_z",
        "spacing_x",
        "spacing_y",
        "spacing_z",
    ]
    .map(str::to_owned)
    .to_vec();
    header.extend(DicomSeries::columns().map(str::to_owned));
    header.push("warnings".to_owned());
    Ok(Table {
        source: path.to_owned(),
        header,
        lines: (2..rows.len() as u64 + 2).collect(),
        rows: rows.into_iter().map(|(cells, _)| cells).collect(),
        ..Table::default()
    })
}

/// Gives each row an id of its own: the patient's as it is written; where a patient has several rows, with the region's name;
/// where that is not enough, with a number.
fn name_cases(rows: &mut [(Vec<String>, String)]) {
    fn count(rows: &[(Vec<String>, String)]) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (cells, _) in rows {
            *counts.entry(cells[0].clone()).or_insert(0) += 1;
        }
        counts
    }
    let counts = count(rows);
    for (cells, region) in rows.iter_mut() {
        if counts[&cells[0]] > 1 && !region.is_empty() {
            cells[0] = format!("{} {region}", cells[0]);
        }
    }
    let counts = count(rows);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (cells, _) in rows.iter_mut() {
        if counts[&cells[0]] > 1 {
            let number = seen.entry(cells[0].clone()).or_insert(0);
            *number += 1;
            cells[0] = format!("{} {number}", cells[0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_of_one_row_keeps_the_id() {
        let row = |id: &str, region: &str| (vec![id.to_owned()], region.to_owned());
        let mut rows = vec![
            row("P01", "GTV"),
            row("P2", "GTV"),
            row("P2", "lung"),
            row("P3", ""),
            row("P3", ""),
        ];
        name_cases(&mut rows);
        let ids: Vec<&str> = rows.iter().map(|(cells, _)| cells[0].as_str()).collect();
        assert_eq!(ids, ["P01", "P2 GTV", "P2 lung", "P3 1", "P3 2"]);
    }
}
