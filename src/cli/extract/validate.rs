//! `--validate`: what the parameters would compute, what in them has no effect, and whether the files are there.

use super::batch::Case;
use crate::cli::Outcome;
use crate::cli::printer::tell;
use crate::features::{Parameters, Road};

/// Says what would be done, without doing it.
pub(super) fn run(cases: &[Case], parameters: &Parameters, road: Road) -> anyhow::Result<Outcome> {
    let mut text = String::new();
    for line in parameters.summary() {
        text.push_str(&format!("{line}\n"));
    }
    for warning in parameters.warnings(road) {
        text.push_str(&format!("note: {warning}\n"));
    }
    let mut missing = 0;
    for case in cases {
        for path in [&case.image, &case.mask] {
            let said = match std::fs::metadata(path) {
                Err(error) => Some(error.to_string()),
                // The slices of a series.
                Ok(metadata) if metadata.is_dir() => None,
                Ok(metadata) => crate::file::irregular(&metadata).map(|what| format!("it is {what}, not a file")),
            };
            if let Some(said) = said {
                missing += 1;
                tell!("case {}: {}: {said}", case.number, path.display());
            }
        }
        if let Some(fault) = &case.fault {
            missing += 1;
            tell!("case {}: {fault}", case.number);
        }
    }
    text.push_str(&format!("{} cases, {missing} missing files\n", cases.len()));
    crate::cli::print(&text)?;
    Ok(if missing > 0 { Outcome::Failed } else { Outcome::Done })
}
