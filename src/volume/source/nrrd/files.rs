//! The data files of a detached NRRD header: one, a list, or a numbered row, all beside the header.

use std::path::{Component, Path, PathBuf};

use super::text::{DATA_FILE, MOST_FILES, Text};
use crate::volume::error::VolumeError;

impl Text<'_> {
    /// The data files of a detached header.
    pub fn files(&self, dimension: usize, slowest: usize) -> Result<Option<Vec<PathBuf>>, VolumeError> {
        let Some(value) = self.field(DATA_FILE) else {
            return Ok(None);
        };
        let parts: Vec<&str> = value.split_whitespace().collect();
        let whole_slabs = |given: Option<&&str>| match given {
            None => Ok(()),
            Some(text) => match text.parse::<usize>() {
                Ok(count) if count == dimension || Some(count) == dimension.checked_sub(1) => Ok(()),
                _ => Err(self.bad(
                    "data file",
                    format!("files of {text} dimensions are not read, only whole slices or volumes"),
                )),
            },
        };
        let names: Vec<String> = match parts[..] {
            ["LIST", ref dimensions @ ..] => {
                whole_slabs(dimensions.first())?;
                self.list.clone()
            }
            [pattern, low, high, step, ref dimensions @ ..] if pattern.contains('%') => {
                whole_slabs(dimensions.first())?;
                let (Ok(low), Ok(high), Ok(step)) = (low.parse(), high.parse(), step.parse()) else {
                    return Err(self.bad(
                        "data file",
                        format!(
                            "\"{}\" is no pattern with minimum, maximum and step",
                            value.escape_debug()
                        ),
                    ));
                };
                self.numbered(pattern, low, high, step)?
            }
            _ => vec![value.to_string()],
        };
        if names.is_empty() {
            return Err(self.bad("data file", "no file is named".to_string()));
        }
        if names.len() > 1 && !slowest.is_multiple_of(names.len()) {
            return Err(self.bad(
                "data file",
                format!("{} files cannot share {slowest} slices evenly", names.len()),
            ));
        }
        names
            .iter()
            .map(|name| self.beside(name))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The names that a pattern as `slice%03d.raw` stands for.
    fn numbered(&self, pattern: &str, low: i64, high: i64, step: i64) -> Result<Vec<String>, VolumeError> {
        let unreadable = || {
            self.bad(
                "data file",
                format!("\"{}\" is not a pattern with one %d in it", pattern.escape_debug()),
            )
        };
        let (before, rest) = pattern.split_once('%').ok_or_else(unreadable)?;
        let (width, after) = rest.split_once('d').ok_or_else(unreadable)?;
        if after.contains('%') || !width.bytes().all(|byte| byte.is_ascii_digit()) || width.len() > 3 {
            return Err(unreadable());
        }
        let zeros = width.starts_with('0');
        let width: usize = width.parse().unwrap_or(0);
        let steps = i128::from(high)
            .checked_sub(i128::from(low))
            .and_then(|range| range.checked_div(i128::from(step)))
            .and_then(|steps| usize::try_from(steps).ok())
            .filter(|&steps| steps < MOST_FILES)
            .ok_or_else(|| self.bad("data file", format!("{low} to {high} by {step} is no range of files")))?;
        Ok(std::iter::successors(Some(low), |number| number.checked_add(step))
            .take(steps.saturating_add(1))
            .map(|number| {
                if zeros {
                    format!("{before}{number:0width$}{after}")
                } else {
                    format!("{before}{number:width$}{after}")
                }
            })
            .collect())
    }

    /// A data file's path; it must lie in the header's folder or below.
    fn beside(&self, name: &str) -> Result<PathBuf, VolumeError> {
        let relative = Path::new(name);
        let leaves = || {
            self.bad(
                "data file",
                format!(
                    "\"{}\" lies outside the header's folder; put it beside the header",
                    name.escape_debug()
                ),
            )
        };
        if !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        {
            return Err(leaves());
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let path = folder.join(relative);
        if let (Ok(path), Ok(folder)) = (path.canonicalize(), folder.canonicalize())
            && !path.starts_with(folder)
        {
            return Err(leaves());
        }
        Ok(path)
    }
}
