//! Tables joined on the id: which column of each is the id, how many of its rows are a case's, and ids that are written in two
//! ways.

use std::collections::HashSet;

use super::material::{Material, unique_columns};
use crate::study::error::StudyError;
use crate::study::table::{Matching, Table, bare};

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
    /// Cases without a row whose id stands there in another way: as the table has it, as the case has it
    pub alike: Vec<(String, String)>,
    /// Those of them that were taken for the same
    pub same: Vec<(String, String)>,
}

impl Joint {
    /// How many cases have a row.
    pub fn matched(&self) -> usize {
        self.rows.iter().flatten().count()
    }

    /// Takes ids that differ in how they are written alone for the same.
    fn take_alike(&mut self, cases: &[String], cells: &[&str]) {
        for (here, case) in std::mem::take(&mut self.alike) {
            let row = cells.iter().position(|cell| *cell == here);
            for (place, _) in self.rows.iter_mut().zip(cases).filter(|(_, other)| **other == case) {
                *place = row;
            }
            self.extra = self.extra.saturating_sub(1);
            self.same.push((here, case));
        }
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
            let plain: HashSet<String> = cells.iter().map(|cell| bare(cell)).collect();
            (exact, cases.iter().filter(|case| plain.contains(&bare(case))).count())
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
                "{}: nobody can tell which column holds the ids of the cases{}",
                table.source.display(),
                cases.map_or_else(String::new, |cases| format!(
                    ": none holds those of the scans ({})",
                    some(cases)
                ))
            ),
            choices: if unique.is_empty() {
                table.header.clone()
            } else if cases.is_some() {
                let shown = |name: &String| {
                    let cells = table.texts(name).unwrap_or_default();
                    format!("{name} ({})", some(&cells))
                };
                unique.iter().map(shown).collect()
            } else {
                unique
            },
            option: if cases.is_some() {
                "write the scans' ids into a column of the table, or say which one holds them, as --id COLUMN"
                    .to_owned()
            } else {
                "say it as --id COLUMN".to_owned()
            },
        }),
    }
}

/// Joins the tables to the cases. Where the first table says which cases there are, it is `lead`. Ids that differ in how they are
/// written alone are taken for the same where somebody has said so (`same`).
///
/// # Errors
/// As [`id_column`]; if a table has no row of any case, or ids that look alike and nobody has said whether they are the same.
pub fn join(
    material: &Material,
    wanted: &[String],
    cases: &[String],
    lead: Option<(usize, &str)>,
    same: bool,
) -> Result<Vec<Joint>, StudyError> {
    let mut joints = Vec::new();
    if let Some((table, column)) = lead {
        joints.push(Joint {
            table,
            column: column.to_owned(),
            rows: (0..cases.len()).map(Some).collect(),
            extra: 0,
            alike: Vec::new(),
            same: Vec::new(),
        });
    }
    for (at, table) in material.tables.iter().enumerate() {
        if lead.is_some_and(|(lead, _)| lead == at) {
            continue;
        }
        let column = id_column(table, wanted, Some(cases))?;
        let cells = table.texts(&column)?;
        let ids: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        let matching = Matching::of(cases, &ids);
        let mut joint = Joint {
            table: at,
            extra: matching.left_over.len(),
            alike: matching.alike,
            rows: matching.rows,
            same: Vec::new(),
            column,
        };
        if same {
            joint.take_alike(cases, &cells);
        }
        if joint.matched() == 0 || !joint.alike.is_empty() {
            return Err(unsettled(table, &joint, cases));
        }
        joints.push(joint);
    }
    Ok(joints)
}

/// The first of some ids, for a person to see how they are written.
fn some<T: AsRef<str>>(ids: &[T]) -> String {
    const SHOWN: usize = 3;
    let mut text: Vec<&str> = ids.iter().take(SHOWN).map(AsRef::as_ref).collect();
    if ids.len() > SHOWN {
        text.push("…");
    }
    text.join(", ")
}

/// The question of a table whose rows belong to nobody, or may belong to somebody.
fn unsettled(table: &Table, joint: &Joint, cases: &[String]) -> StudyError {
    const SHOWN: usize = 5;
    let mut choices: Vec<String> = joint
        .alike
        .iter()
        .take(SHOWN)
        .map(|(here, case)| format!("{case} = {here}"))
        .collect();
    if joint.alike.len() > SHOWN {
        choices.push(format!("… {} in all", joint.alike.len()));
    }
    StudyError::Unanswered {
        question: format!(
            "{}: {} of {} cases have a row by the column \"{}\"{}",
            table.source.display(),
            joint.matched(),
            joint.rows.len(),
            joint.column,
            if joint.alike.is_empty() {
                let cells = table.texts(&joint.column).unwrap_or_default();
                format!(
                    "; the scans are called {}, and the column holds {}",
                    some(cases),
                    some(&cells)
                )
            } else {
                format!("; {} more differ in how they are written alone", joint.alike.len())
            }
        ),
        choices,
        option: if joint.alike.is_empty() {
            "write the scans' ids into a column of the table, or say which column holds them, as --id COLUMN".to_owned()
        } else {
            "if they are the same, say --same-ids; the study file then says which id stands for which".to_owned()
        },
    }
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
    fn the_column_with_the_cases_ids_is_the_id() {
        let material = material(&["number,name,age\n1,STS_001,50\n2,STS_002,60\n"]);
        let cases = ["STS_001".to_owned(), "STS_002".to_owned(), "STS_003".to_owned()];
        let joints = join(&material, &[], &cases, None, false).unwrap();
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
        let error = join(&material, &[], &cases, None, false).unwrap_err().to_string();
        assert!(
            error.contains("STS_001 = STS-001") && error.contains("1 of 3") && error.contains("2 more"),
            "{error}"
        );
        let joint = &join(&material, &[], &cases, None, true).unwrap()[0];
        assert_eq!((joint.matched(), joint.extra, joint.alike.len()), (3, 0, 0));
        assert_eq!(joint.rows, [Some(0), Some(1), Some(2)]);
        assert_eq!(joint.same[0], ("STS-001".to_owned(), "STS_001".to_owned()));
    }
}
