//! The report as Markdown, with its figures and their numbers beside it.

use std::path::PathBuf;

use super::chapters::{drawings, page};
use crate::study::artefact::write_whole;
use crate::study::engine::Study;
use crate::study::error::StudyError;

/// Writes `report.md` and `figures/` below the results, in the language of the study whatever that of the screens, and gives the files.
pub fn write(study: &Study) -> Result<Vec<PathBuf>, StudyError> {
    super::speaking(study, || write_files(study))
}

fn write_files(study: &Study) -> Result<Vec<PathBuf>, StudyError> {
    let study = &study.without_stale_results();
    let mut files = Vec::new();
    let mut pictures = Vec::new();
    for drawing in drawings(study) {
        files.push((drawing.picture.file.clone(), drawing.svg));
        files.push((drawing.picture.file.replace(".svg", ".csv"), drawing.csv));
        pictures.push(drawing.picture);
    }
    files.push(("report.md".to_owned(), page(study, pictures).into_text()));
    files
        .into_iter()
        .map(|(name, content)| {
            let path = study.out().join(name);
            write_whole(&path, content.as_bytes()).map_err(|error| StudyError::Write {
                path: path.clone(),
                error,
            })?;
            Ok(path)
        })
        .collect()
}
