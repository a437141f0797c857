//! `--validate`: what the parameters would compute, what in them has no effect, and whether the files are there.

use super::batch::Case;
use crate::cli::Outcome;
use crate::cli::printer::tell;
use crate::features::{Parameters, Road};
use crate::message::english::extraction as words;

/// Says what would be done, without doing it.
pub(super) fn run(cases: &[Case], parameters: &Parameters, road: Road) -> anyhow::Result<Outcome> {
    let mut text = String::new();
    for line in parameters.summary() {
        text.push_str(&format!("{line}\n"));
    }
    for warning in parameters.warnings(road) {
        text.push_str(&format!("{}\n", words::note(warning)));
    }
    let mut missing = 0usize;
    for case in cases {
        for path in [&case.image, &case.mask] {
            let said = match std::fs::metadata(path) {
                Err(error) => Some(error.to_string()),
                // The slices of a series.
                Ok(metadata) if metadata.is_dir() => None,
                Ok(metadata) => crate::file::irregular(&metadata).map(|what| words::not_a_file(what).to_string()),
            };
            if let Some(said) = said {
                missing += 1;
                tell!("{}", words::case_file(case.number, path.display(), said));
            }
        }
        if let Some(fault) = &case.fault {
            missing += 1;
            tell!("{}", words::case_says(case.number, fault));
        }
    }
    text.push_str(&format!("{}\n", words::missing_files(cases.len(), missing)));
    crate::cli::print(&text)?;
    Ok(if missing > 0 { Outcome::Failed } else { Outcome::Done })
}
