//! Tables joined on the id: which column of each is the id, how many of its rows are a case's, and ids that are written in two
//! ways.

use std::collections::{HashMap, HashSet};

use super::material::{Material, unique_columns};
use crate::study::error::StudyError;
use crate::study::table::Table;

/// A table of the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// Its place among the tables that were given
    pub table: usize,
    /// The column of its ids
    pub column: String,
    /// For each case its row
    pub rows: Vec<Option<usize>>,
    /// How many rows are no case's
    pub extra: usize,
    /// Cases without a row whose id stands there in another way: as the case has it, as the table has it
    pub alike: Vec<(String, String)>,
}

impl Joint {
    /// How many cases have a row.
    pub fn matched(&self) -> usize {
        self.rows.iter().flatten().count()
    }
}

/// The column of a table's ids: the first of the `wanted` names that it has; else, where the cases are known, the column that
/// holds most of their ids; else `id`, or the only column whose cells are all different.
///
/// # Errors
/// If several columns may be meant, or none.
pub fn id_column(table: &Table, wanted: &[String], cases: Option<&[String]>) -> Result<String, StudyError> {
    if let Some(name) = wanted.iter().find(|name| table.find_column(name).is_some()) {
        return Ok(name.clone());
    }
    let unique = unique_columns(table);
    if let Some(cases) = cases {
        let found = |name: &String| {
            let cells: HashSet<String> = table
                .texts(name)
                .unwrap_or_default()
                .into_iter()
                .map(str::to_owned)
                .collect();
            let exact = cases.iter().filter(|case| cells.contains(*case)).count();
            let plain: HashSet<String> = cells.iter().map(|cell| normal(cell)).collect();
            (exact, cases.iter().filter(|case| plain.contains(&normal(case))).count())
        };
        let mut counts: Vec<((usize, usize), &String)> = table.header.iter().map(|name| (found(name), name)).collect();
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        match counts[..] {
            [(best, name), ..] if best.1 > 0 && counts.iter().filter(|(count, _)| *count == best).count() == 1 => {
                return Ok(name.clone());
            }
            _ => {}
        }
    } else if table.find_column("id").is_some() {
        return Ok("id".to_owned());
    }
    match &unique[..] {
        [only] if cases.is_none() && wanted.is_empty() => Ok(only.clone()),
        _ if !wanted.is_empty() && cases.is_none() => {
            table.column(&wanted[0])?;
            Ok(wanted[0].clone())
        }
        _ => Err(StudyError::Unanswered {
            question: format!(
                "{}: nobody can tell which column holds the ids of the cases",
                table.source.display()
            ),
            choices: if unique.is_empty() {
                table.header.clone()
            } else {
                unique
            },
            option: "say it as --id COLUMN".to_owned(),
        }),
    }
}

/// Joins the tables to the cases. Where the first table says which cases there are, it is `lead`.
///
/// # Errors
/// As [`id_column`].
pub fn join(
    material: &Material,
    wanted: &[String],
    cases: &[String],
    lead: Option<(usize, &str)>,
) -> Result<Vec<Joint>, StudyError> {
    let mut joints = Vec::new();
    if let Some((table, column)) = lead {
        joints.push(Joint {
            table,
            column: column.to_owned(),
            rows: (0..cases.len()).map(Some).collect(),
            extra: 0,
            alike: Vec::new(),
        });
    }
    for (at, table) in material.tables.iter().enumerate() {
        if lead.is_some_and(|(lead, _)| lead == at) {
            continue;
        }
        let column = id_column(table, wanted, Some(cases))?;
        let cells = table.texts(&column)?;
        let positions: HashMap<&str, usize> = cells.iter().enumerate().map(|(row, cell)| (*cell, row)).collect();
        let rows: Vec<Option<usize>> = cases.iter().map(|case| positions.get(case.as_str()).copied()).collect();
        let used: HashSet<usize> = rows.iter().flatten().copied().collect();
        joints.push(Joint {
            table: at,
            alike: alike(cases, &rows, &cells, &used),
            extra: cells.len() - used.len(),
            column,
            rows,
        });
    }
    Ok(joints)
}

/// Cases without a row and rows without a case whose ids differ in how they are written alone, one to one.
fn alike(cases: &[String], rows: &[Option<usize>], cells: &[&str], used: &HashSet<usize>) -> Vec<(String, String)> {
    let mut free: HashMap<String, Vec<&str>> = HashMap::new();
    for (_, cell) in cells.iter().enumerate().filter(|(row, _)| !used.contains(row)) {
        free.entry(normal(cell)).or_default().push(cell);
    }
    let mut lonely: HashMap<String, usize> = HashMap::new();
    for (case, _) in cases.iter().zip(rows).filter(|(_, row)| row.is_none()) {
        *lonely.entry(normal(case)).or_default() += 1;
    }
    let pairs = cases.iter().zip(rows).filter(|(_, row)| row.is_none());
    pairs
        .filter_map(|(case, _)| match free.get(&normal(case)).map(Vec::as_slice) {
            Some([cell]) if lonely[&normal(case)] == 1 => Some((case.clone(), (*cell).to_owned())),
            _ => None,
        })
        .collect()
}

/// An id without what people write in two ways: case, what stands between its parts, zeros before a number.
fn normal(id: &str) -> String {
    let mut runs: Vec<(bool, String)> = Vec::new();
    let mut apart = true;
    for letter in id.to_lowercase().chars() {
        if !letter.is_alphanumeric() {
            apart = true;
            continue;
        }
        let digit = letter.is_ascii_digit();
        match runs.last_mut() {
            Some((same, run)) if *same == digit && !apart => run.push(letter),
            _ => runs.push((digit, letter.to_string())),
        }
        apart = false;
    }
    let plain = |(digit, run): &(bool, String)| match run.trim_start_matches('0') {
        _ if !digit => run.clone(),
        "" => "0".to_owned(),
        number => number.to_owned(),
    };
    runs.iter().map(plain).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn material(texts: &[&str]) -> Material {
        Material {
            tables: texts
                .iter()
                .map(|text| Table::parse(Path::new("t.csv"), text.as_bytes()).unwrap())
                .collect(),
            ..Material::default()
        }
    }

    #[test]
    fn ids_that_are_written_in_two_ways_are_one() {
        for (left, right, same) in [
            ("P01", "P1", true),
            ("STS_001", "STS-001", true),
            ("P10", "P1", false),
            ("P100", "P10", false),
            ("a0", "a", false),
            ("P_001-2", "p1 2", true),
            ("001", "1", true),
            ("张三", "李四", false),
        ] {
            assert_eq!(
                normal(left) == normal(right),
                same,
                "{left} {right}: {} {}",
                normal(left),
                normal(right)
            );
        }
    }

    #[test]
    fn the_column_with_the_cases_ids_is_the_id() {
        let material = material(&["number,name,age\n1,STS_001,50\n2,STS_002,60\n"]);
        let cases = ["STS_001".to_owned(), "STS_002".to_owned(), "STS_003".to_owned()];
        let joints = join(&material, &[], &cases, None).unwrap();
        assert_eq!(joints[0].column, "name");
        assert_eq!((joints[0].matched(), joints[0].extra), (2, 0));
        let error = id_column(&material.tables[0], &[], None).unwrap_err().to_string();
        assert!(error.contains("number, name, age") && error.contains("--id"), "{error}");
        let error = id_column(&material.tables[0], &["nam".to_owned()], None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("did you mean \"name\""), "{error}");
    }

    #[test]
    fn other_ways_of_writing_are_proposed_where_they_are_one_to_one() {
        let material = material(&["who,y\nSTS-001,0\nSTS-002,1\nSTS_003,1\n"]);
        let cases = ["STS_001".to_owned(), "STS_002".to_owned(), "STS_003".to_owned()];
        let joint = &join(&material, &[], &cases, None).unwrap()[0];
        assert_eq!(joint.matched(), 1);
        assert_eq!(joint.alike[0], ("STS_001".to_owned(), "STS-001".to_owned()));
        assert_eq!(joint.alike.len(), 2);
    }
}
