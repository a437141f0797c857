//! The cases of an extraction: one from the command line, or the rows of a table.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use rayon::prelude::*;
use serde_json::json;

use super::arguments::{CaseArguments, PathForm};
use crate::cli::Global;
use crate::cli::printer::tell;
use crate::features::Parameters;
use crate::file::{Spelling, path_in};
use crate::message::english::extraction as words;
use crate::message::english::stages::drive_paths;
use crate::study::table::{Table, is_named_as_table};
use crate::volume::{Asked, LabelChoice, regions_of, volume_of};

/// Rows whose masks are looked into side by side: few enough that a table of many rows takes no more memory.
const AT_ONCE: usize = 1024;

/// The column of the label.
const LABEL: &str = "Label";

/// One extraction.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its row of the results, from 1
    pub number: usize,
    /// The image's file
    pub image: PathBuf,
    /// The mask's file
    pub mask: PathBuf,
    /// Which voxels of the mask are the region
    pub label: LabelChoice,
    /// The mask's channel, where the row names one
    pub channel: Option<i64>,
    /// The volume of an image file of several, from 1, where the row names one
    pub volume: Option<usize>,
    /// The names of the columns that stand before the results
    pub header: Arc<Vec<String>>,
    /// Their cells
    pub cells: Vec<String>,
    /// Why it cannot even be begun
    pub fault: Option<String>,
}

impl Case {
    /// The columns that stand before the results, name and text.
    pub fn columns(&self) -> impl Iterator<Item = (&String, &String)> {
        self.header.iter().zip(&self.cells)
    }

    /// Its file in a folder for results by case.
    pub fn file_in(&self, folder: &Path) -> PathBuf {
        folder.join(format!("features_{}.csv", self.number))
    }

    /// The parameters with what the row says of label, channel and volume.
    pub fn parameters(&self, parameters: &Parameters) -> anyhow::Result<Parameters> {
        let mut parameters = parameters.clone();
        if let LabelChoice::Value(label) = self.label
            && label != parameters.settings().label()
        {
            parameters = parameters.with_setting("label", &json!(label))?;
        }
        if let Some(channel) = self.channel {
            parameters = parameters.with_setting("label_channel", &json!(channel))?;
        }
        if let Some(volume) = self.volume {
            parameters = parameters.with_setting("volume", &json!(volume))?;
        }
        Ok(parameters)
    }
}

/// Every case, in the order of the rows; several labels make several rows of one.
pub fn cases(
    input: &Path,
    mask: Option<&Path>,
    given: &CaseArguments,
    parameters: &Parameters,
    global: &Global,
) -> anyhow::Result<Vec<Case>> {
    let asked = match &given.label {
        Some(text) => asked_for(text)?,
        None => vec![Asked::One(LabelChoice::Value(parameters.settings().label()))],
    };
    let mut found = Vec::new();
    let mut waiting: Vec<Row> = Vec::new();
    let named = given.label.is_some();
    match mask {
        Some(mask) => {
            let here = std::env::current_dir().context("the current folder cannot be found")?;
            let (image, mask) = (absolute(&here, input), absolute(&here, mask));
            waiting.push(Row {
                header: Headers::new(vec!["Image".to_owned(), "Mask".to_owned()], None),
                cells: vec![shown(&image, &here, given), shown(&mask, &here, given)],
                image,
                mask,
                label: None,
                channel: None,
                volume: None,
                fault: None,
            });
        }
        None => rows(input, given, global, &mut |row| {
            waiting.push(row);
            if waiting.len() == AT_ONCE {
                expand(&mut waiting, &asked, named, &mut found);
            }
        })?,
    }
    expand(&mut waiting, &asked, named, &mut found);
    found.shrink_to_fit();
    Ok(found)
}

/// Takes the rows that wait and adds the cases of each, in their order. A pattern has to look into the mask, so the masks are looked
/// into side by side.
fn expand(waiting: &mut Vec<Row>, asked: &[Asked], named: bool, found: &mut Vec<Case>) {
    let regions: Vec<Vec<Asking>> = waiting.par_iter().map(|row| row.regions(asked, named)).collect();
    for (row, regions) in waiting.drain(..).zip(regions) {
        for region in regions {
            row.push(region, found);
        }
    }
}

/// The labels of the command line.
fn asked_for(text: &str) -> anyhow::Result<Vec<Asked>> {
    let asked: Vec<Asked> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(Asked::of)
        .collect();
    if asked.is_empty() {
        bail!("--label: give a number or a region's name, several with commas, a pattern as 'vertebrae_*', or all");
    }
    Ok(asked)
}

/// The names of the columns of all rows, without and with one for the label.
#[derive(Clone)]
struct Headers {
    given: Arc<Vec<String>>,
    labelled: Arc<Vec<String>>,
    /// Where the label stands in the second
    label: usize,
}

impl Headers {
    fn new(given: Vec<String>, label: Option<usize>) -> Self {
        let mut labelled = given.clone();
        if label.is_none() {
            labelled.push(LABEL.to_owned());
        }
        Self {
            label: label.unwrap_or(given.len()),
            given: Arc::new(given),
            labelled: Arc::new(labelled),
        }
    }
}

/// A region of a row.
struct Asking {
    label: LabelChoice,
    /// What stands in its column
    text: Option<String>,
    /// Why there is none
    fault: Option<String>,
}

/// A row of the table.
struct Row {
    header: Headers,
    cells: Vec<String>,
    image: PathBuf,
    mask: PathBuf,
    label: Option<Asked>,
    channel: Option<i64>,
    volume: Option<usize>,
    fault: Option<String>,
}

impl Row {
    /// The regions that are asked for, each with the text of its column where it is worth one, or why there are none. `named`
    /// says that the labels come from the command line and are worth a column.
    fn regions(&self, asked: &[Asked], named: bool) -> Vec<Asking> {
        let own = self.label.as_slice();
        let mut found: Vec<Asking> = Vec::new();
        for asked in if own.is_empty() { asked } else { own } {
            let worth = match asked {
                Asked::One(_) => named && own.is_empty(),
                Asked::Like(_) | Asked::All => true,
            };
            match regions_of(&self.mask, asked) {
                Ok(regions) => {
                    for region in regions {
                        // What two patterns fit is one region.
                        if !found.iter().any(|other| other.label == region.choice) {
                            found.push(Asking {
                                label: region.choice,
                                text: worth.then_some(region.text),
                                fault: None,
                            });
                        }
                    }
                }
                Err(error) => found.push(Asking {
                    label: LabelChoice::Any,
                    text: Some(asked.text()),
                    fault: Some(error.to_string()),
                }),
            }
        }
        found
    }

    /// Adds a case; with a label's text in its column where one is given.
    fn push(&self, Asking { label, text, fault }: Asking, found: &mut Vec<Case>) {
        let mut cells = self.cells.clone();
        let header = match text {
            Some(text) => {
                match cells.get_mut(self.header.label) {
                    Some(cell) => *cell = text,
                    None => cells.push(text),
                }
                &self.header.labelled
            }
            None => &self.header.given,
        };
        found.push(Case {
            number: found.len() + 1,
            image: self.image.clone(),
            mask: self.mask.clone(),
            label,
            channel: self.channel,
            volume: self.volume,
            header: Arc::clone(header),
            cells,
            fault: fault.or_else(|| self.fault.clone()),
        });
    }
}

/// Gives the rows of the table one after the other, with paths relative to its folder.
fn rows(path: &Path, given: &CaseArguments, global: &Global, each: &mut dyn FnMut(Row)) -> anyhow::Result<()> {
    if !is_named_as_table(path) && path != Path::new("-") {
        bail!(
            "{}: a single image needs a mask (radscore extract IMAGE MASK); a batch is a table, as cases.csv",
            path.display()
        );
    }
    let table = given.reading.open(path, global)?;
    let find = |name: &str| find_column(&table, name);
    let column = |name: &str| {
        find(name)?.with_context(|| {
            format!(
                "{}: there is no column \"{name}\"; a batch needs Image and Mask, this table has {}",
                path.display(),
                table.header.join(", ")
            )
        })
    };
    let (image, mask) = (column("Image")?, column("Mask")?);
    let labels = find(LABEL)?;
    let channels = find("Label_channel")?;
    let volumes = find("Image_volume")?;
    let header = Headers::new(table.header, labels);
    let here = std::env::current_dir().context("the current folder cannot be found")?;
    let folder = absolute(&here, path.parent().unwrap_or(Path::new("")));
    let (mut turned, mut of_drives) = (0_usize, 0_usize);
    let mut written = |text: &str| {
        let (path, spelling) = path_in(&folder, text);
        match spelling {
            Spelling::Kept => {}
            Spelling::Turned => turned += 1,
            Spelling::OfDrive => of_drives += 1,
        }
        absolute(&folder, &path)
    };
    for mut cells in table.rows {
        let (image_path, mask_path) = (written(&cells[image]), written(&cells[mask]));
        let mut fault = None;
        for (name, at) in [("Image", image), ("Mask", mask)] {
            if cells[at].trim().is_empty() {
                fault = Some(format!("the column {name} is empty"));
            }
        }
        let text = |at: Option<usize>| at.map(|at| cells[at].trim()).filter(|text| !text.is_empty());
        let channel = text(channels).and_then(|text| match text.parse::<f64>() {
            Ok(number) if number >= 0.0 && number.fract() == 0.0 => Some(number as i64),
            _ => {
                fault = Some(format!("Label_channel is \"{text}\", not a whole number"));
                None
            }
        });
        let volume = text(volumes).and_then(|text| {
            let volume = volume_of(text);
            if volume.is_none() {
                fault = Some(format!("Image_volume is \"{text}\", not a whole number from 1 on"));
            }
            volume
        });
        let label = text(labels).map(Asked::of);
        cells[image] = shown(&image_path, &folder, given);
        cells[mask] = shown(&mask_path, &folder, given);
        each(Row {
            header: header.clone(),
            cells,
            label,
            channel,
            volume,
            fault,
            image: image_path,
            mask: mask_path,
        });
    }
    if turned > 0 && !global.quiet {
        tell!("{}", words::turned_paths(path.display(), turned));
    }
    if of_drives > 0 && !global.quiet {
        tell!("{}: {}", path.display(), drive_paths(of_drives));
    }
    Ok(())
}

/// A column by its name, in whatever case it is written; PyRadiomics' own spelling wins.
fn find_column(table: &Table, name: &str) -> anyhow::Result<Option<usize>> {
    if let Some(at) = table.find_column(name) {
        return Ok(Some(at));
    }
    let mut alike = (0..)
        .zip(&table.header)
        .filter(|(_, column)| column.eq_ignore_ascii_case(name));
    match (alike.next(), alike.next()) {
        (Some((_, one)), Some((_, other))) => {
            bail!("the columns \"{one}\" and \"{other}\" are both {name}; rename one")
        }
        (first, _) => Ok(first.map(|(at, _)| at)),
    }
}

/// A path from the root, with `.` and `..` resolved by their text.
fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

/// A path as the results show it.
fn shown(path: &Path, folder: &Path, given: &CaseArguments) -> String {
    let text = match given.format_path {
        PathForm::Absolute => path.display().to_string(),
        PathForm::Relative => relative(path, folder).display().to_string(),
        PathForm::Basename => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    if given.unix_path && std::path::MAIN_SEPARATOR != '/' {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    } else {
        text
    }
}

fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (path, folder): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let shared = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let mut found = PathBuf::new();
    for _ in shared..folder.len() {
        found.push("..");
    }
    for part in &path[shared..] {
        found.push(part);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_against_a_folder_and_shown_relative_to_it() {
        let folder = Path::new("/data/cohort");
        let path = absolute(folder, Path::new("../images/./a.nii"));
        assert_eq!(path, Path::new("/data/images/a.nii"));
        assert_eq!(relative(&path, folder), Path::new("../images/a.nii"));
        assert_eq!(absolute(folder, Path::new("/x/y")), Path::new("/x/y"));
    }

    #[test]
    fn a_column_is_found_in_whatever_case_it_is_written() {
        let table = |header: &str| Table::parse(Path::new("a.csv"), format!("{header}\n1,2,3\n").as_bytes()).unwrap();
        assert_eq!(find_column(&table("image,MASK,label"), LABEL).unwrap(), Some(2));
        assert_eq!(find_column(&table("label,Label,x"), LABEL).unwrap(), Some(1));
        assert_eq!(find_column(&table("a,b,c"), LABEL).unwrap(), None);
        let error = find_column(&table("label,LABEL,x"), LABEL).unwrap_err();
        assert!(error.to_string().contains("LABEL"), "{error}");
    }

    #[test]
    fn several_labels_are_asked_for_with_commas() {
        let name = |text: &str| Asked::One(LabelChoice::Segment(text.to_owned()));
        let asked = asked_for("7, liver,rib_*,").unwrap();
        assert_eq!(asked[..2], [Asked::One(LabelChoice::Value(7)), name("liver")]);
        assert_eq!((asked.len(), asked[2].text()), (3, "rib_*".to_owned()));
        assert!(asked_for(" , ").is_err());
    }
}
