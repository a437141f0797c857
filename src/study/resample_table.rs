//! A table of resamples, for those who draw them elsewhere: one resample a row, each cell a row of the data counted from 0.
//! A first line of names is passed over.

use std::path::Path;

use super::table::TableError;

/// The resamples of a file; each names `rows` rows, all below `rows`.
///
/// # Errors
/// If the file cannot be read, or a line is no such resample; the error names the line.
pub fn read_resamples(path: &Path, rows: usize) -> Result<Vec<Vec<usize>>, TableError> {
    let text = crate::file::read_text(path).map_err(|error| TableError::Read {
        path: path.to_owned(),
        error,
    })?;
    parse(&text, rows).map_err(|message| TableError::Malformed {
        path: path.to_owned(),
        message,
    })
}

fn parse(text: &str, rows: usize) -> Result<Vec<Vec<usize>>, String> {
    let mut resamples = Vec::new();
    let mut first = true;
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let cells: Vec<&str> = line
            .split([',', ';', '\t'])
            .map(|cell| cell.trim().trim_matches('"'))
            .collect();
        let header = first && cells.iter().all(|cell| cell.parse::<f64>().is_err());
        first = false;
        if header {
            continue;
        }
        let line = number + 1;
        let resample = cells
            .iter()
            .map(|cell| match cell.parse::<usize>() {
                Ok(row) if row < rows => Ok(row),
                _ => Err(format!(
                    "line {line}: \"{cell}\" is no row of the data; rows are whole numbers from 0 to {}",
                    rows.saturating_sub(1)
                )),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if resample.len() != rows {
            return Err(format!(
                "line {line}: a resample has {rows} numbers, as many as the data have rows; this line has {}",
                resample.len()
            ));
        }
        resamples.push(resample);
    }
    Ok(resamples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_passed_over_and_need_not_be_there() {
        for text in [
            "r1,r2,r3\n0,1,1\n2,2,0\n",
            "0,1,1\n2,2,0\n",
            "\u{feff}0;1;1\r\n\r\n2;2;0\r\n",
        ] {
            assert_eq!(parse(text, 3).unwrap(), [[0, 1, 1], [2, 2, 0]], "{text:?}");
        }
    }

    #[test]
    fn what_is_no_resample_is_named_with_its_line() {
        for (text, said) in [
            ("0,1\n0,2\n", "line 2"),
            ("a,b\n0\n", "line 2"),
            ("0,x\n", "\"x\""),
            ("0,-1\n", "\"-1\""),
        ] {
            let error = parse(text, 2).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
