//! From the cells of a sheet to a header and rows: blank margins are skipped and said, everything that is unclear is refused
//! with its address.

use std::collections::{BTreeMap, BTreeSet};

use calamine::Dimensions;

use super::super::super::error::{SheetSize, TableError};
use super::super::super::position::Counted;
use super::super::super::sheet::{Place, Sheet};
use super::super::binary::MOST_CELLS;
use super::cell::{Content, address, letters};

/// How many addresses a message names.
const SHOWN: usize = 6;

/// The cells of a sheet that are not empty.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The name of the sheet
    pub name: String,
    /// Row and column, counted from 0, and what stands there
    pub cells: Vec<(u32, u32, Content)>,
    /// Regions of more than one cell that are shown as one
    pub merged: Vec<Dimensions>,
}

impl Grid {
    /// How large the table is: rows below the first one, columns.
    pub fn size(&self) -> SheetSize {
        let rows: BTreeSet<u32> = self.cells.iter().map(|(row, ..)| *row).collect();
        let columns: BTreeSet<u32> = self.cells.iter().map(|(_, column, _)| *column).collect();
        SheetSize {
            name: self.name.clone(),
            rows: rows.len().saturating_sub(1),
            columns: columns.len(),
        }
    }

    /// The table of the sheet: its first row that is not blank holds the names.
    ///
    /// # Errors
    /// If cells are merged, hold errors or formulas without values, or a column has values and no name.
    pub fn into_sheet(self, place: &Place) -> Result<Sheet, TableError> {
        self.refuse_merged(place)?;
        self.refuse_faults(place)?;
        let size = self.size();
        let rows: BTreeSet<u32> = self.cells.iter().map(|(row, ..)| *row).collect();
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else {
            return Ok(Sheet::default());
        };
        let columns: BTreeMap<u32, usize> = (self.cells.iter())
            .map(|(_, column, _)| *column)
            .collect::<BTreeSet<u32>>()
            .into_iter()
            .zip(0..)
            .collect();
        if rows.len().saturating_mul(columns.len()) > MOST_CELLS {
            return Err(self.fault(
                place,
                format!(
                    "{} rows and {} columns are in use, more than {MOST_CELLS} cells; delete what does not belong to the table",
                    rows.len(),
                    columns.len()
                ),
            ));
        }
        let mut places: BTreeMap<u32, usize> = rows.iter().skip(1).copied().zip(0..).collect();
        places.insert(first, usize::MAX);
        let mut sheet = Sheet {
            header: vec![String::new(); columns.len()],
            rows: vec![vec![String::new(); columns.len()]; rows.len() - 1],
            numbers: rows.iter().skip(1).map(|&row| u64::from(row) + 1).collect(),
            counted: Counted::Rows(self.name.clone()),
            ..Sheet::default()
        };
        let mut dated = BTreeSet::new();
        let mut example: BTreeMap<u32, (u32, String)> = BTreeMap::new();
        for (row, column, content) in self.cells {
            let text = match content {
                Content::Text(text) => text,
                Content::Date(text) => {
                    dated.insert(column);
                    text
                }
                Content::Fault(_) => continue,
            };
            let (Some(&down), Some(&right)) = (places.get(&row), columns.get(&column)) else {
                continue;
            };
            if row != first {
                example.entry(column).or_insert_with(|| (row, text.clone()));
            }
            match sheet.rows.get_mut(down) {
                Some(cells) => cells[right] = text,
                None => sheet.header[right] = text.split_whitespace().collect::<Vec<_>>().join(" "),
            }
        }
        for (&column, &right) in &columns {
            if let (true, Some((row, text))) = (sheet.header[right].is_empty(), example.get(&column)) {
                let name = &self.name;
                return Err(place.malformed(format!(
                    "sheet \"{name}\": {} holds \"{text}\", but its column has no name in {}; write one there, or delete \
                     the column, or the rows above the names if they are a title",
                    address(*row, column),
                    address(first, column)
                )));
            }
        }
        sheet.understood = understood(&size, first, last, &columns, &dated, &sheet.header);
        Ok(sheet)
    }

    fn refuse_merged(&self, place: &Place) -> Result<(), TableError> {
        let filled: BTreeSet<(u32, u32)> = self.cells.iter().map(|(row, column, _)| (*row, *column)).collect();
        let regions: Vec<String> = (self.merged.iter())
            .filter(|region| filled.contains(&region.start))
            .map(|region| {
                let from = address(region.start.0, region.start.1);
                format!("{from}:{}", address(region.end.0, region.end.1))
            })
            .collect();
        if regions.is_empty() {
            return Ok(());
        }
        Err(self.fault(
            place,
            format!(
                "merged cells ({}): which rows and columns they mean is not written. A table has one row of names, a name a \
                 column, and a value in every cell that has one: unmerge them, fill what is empty, delete titles",
                shortened(&regions)
            ),
        ))
    }

    fn refuse_faults(&self, place: &Place) -> Result<(), TableError> {
        let mut faults: Vec<(u32, u32, &String)> = (self.cells.iter())
            .filter_map(|(row, column, content)| match content {
                Content::Fault(why) => Some((*row, *column, why)),
                Content::Text(_) | Content::Date(_) => None,
            })
            .collect();
        faults.sort_unstable();
        if faults.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = (faults.iter())
            .map(|(row, column, why)| format!("{} holds {why}", address(*row, *column)))
            .collect();
        Err(self.fault(
            place,
            format!(
                "{}; mend it or empty the cell in Excel or LibreOffice, which compute formulas anew, and save the workbook",
                shortened(&words)
            ),
        ))
    }

    fn fault(&self, place: &Place, problem: String) -> TableError {
        place.malformed(format!("sheet \"{}\": {problem}", self.name))
    }
}

/// How the sheet was read: its name and size, what was skipped, which columns hold dates.
fn understood(
    size: &SheetSize,
    first: u32,
    last: u32,
    columns: &BTreeMap<u32, usize>,
    dated: &BTreeSet<u32>,
    header: &[String],
) -> Vec<String> {
    let mut said = vec![format!("sheet {size}")];
    match first {
        0 => {}
        1 => said.push("row 1 is blank".to_owned()),
        last => said.push(format!("rows 1 to {last} are blank")),
    }
    let below = (last - first) as usize - size.rows;
    if below > 0 {
        said.push(format!("blank rows between ({below})"));
    }
    let most = columns.keys().next_back().copied().unwrap_or_default();
    let blank: Vec<String> = (0..most)
        .filter(|column| !columns.contains_key(column))
        .map(letters)
        .collect();
    if !blank.is_empty() {
        said.push(format!("blank columns ({})", shortened(&blank)));
    }
    if !dated.is_empty() {
        let names: Vec<String> = (dated.iter())
            .filter_map(|column| header.get(*columns.get(column)?).cloned())
            .collect();
        said.push(format!("dates as ISO ({})", shortened(&names)));
    }
    said
}

fn shortened(words: &[String]) -> String {
    if words.len() <= SHOWN {
        return words.join(", ");
    }
    format!("{} … ({} in all)", words[..SHOWN].join(", "), words.len())
}
