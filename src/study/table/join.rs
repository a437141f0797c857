//! Rows of two tables that belong together: found by their ids, which stay as they are written. Ids that differ in zeros,
//! case or signs alone are proposed, and never taken for each other.

use std::collections::{HashMap, HashSet};

use super::cells::Table;
use super::error::TableError;

/// How many ids a message names.
const SHOWN: usize = 5;

/// Which rows of a table belong to the ids of another.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// For each id of the first table, its row in the second
    pub rows: Vec<Option<usize>>,
    /// Ids of the first table without a row in the second
    pub without: Vec<String>,
    /// Ids of the second table that the first does not have
    pub left_over: Vec<String>,
    /// Of those, pairs that seem to mean one case: as the second table has it, as the first has it
    pub alike: Vec<(String, String)>,
}

impl Matching {
    /// Finds the rows; the ids of the second table occur once each.
    pub fn of(first: &[String], second: &[String]) -> Self {
        let positions: HashMap<&str, usize> = second.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
        let rows: Vec<Option<usize>> = first.iter().map(|id| positions.get(id.as_str()).copied()).collect();
        let mut without: Vec<String> = (first.iter().zip(&rows))
            .filter(|(_, row)| row.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        let mut seen = HashSet::new();
        without.retain(|id| seen.insert(id.clone()));
        let known: HashSet<&str> = first.iter().map(String::as_str).collect();
        let left_over: Vec<String> = (second.iter().filter(|id| !known.contains(id.as_str())))
            .cloned()
            .collect();
        Self {
            alike: alike(&without, &left_over),
            rows,
            without,
            left_over,
        }
    }

    /// How many ids of the first table have a row.
    pub fn matched(&self) -> usize {
        self.rows.iter().flatten().count()
    }

    /// What was found, and what is left over on either side.
    pub fn words(&self) -> String {
        let (matched, all) = (self.matched(), self.rows.len());
        let mut words = if matched == all {
            format!("all {all} rows have theirs")
        } else {
            format!(
                "{matched} of {all} rows have theirs, none for {}",
                some_of(&self.without)
            )
        };
        if !self.left_over.is_empty() {
            words.push_str(&format!(
                "; {} of no row left out ({})",
                self.left_over.len(),
                some_of(&self.left_over)
            ));
        }
        if let Some(proposal) = self.proposal() {
            words.push_str("; ");
            words.push_str(&proposal);
        }
        words
    }

    /// Which ids may mean one case, and how to say so.
    pub fn proposal(&self) -> Option<String> {
        let pairs: Vec<String> = (self.alike.iter())
            .map(|(second, first)| format!("\"{second}\" may be \"{first}\""))
            .collect();
        let (example, other) = self.alike.first()?;
        Some(format!(
            "{}: ids are taken as they are written; write them alike in one of the tables, or say beside that table in the \
             study file what they stand for, as cohort: {{file: …, ids: {{\"{example}\": \"{other}\"}}}}",
            some_of(&pairs)
        ))
    }
}

/// Pairs of ids that are equal but for zeros before a number, case, width and what is neither letter nor digit; none where
/// two ids of a table would be one.
fn alike(first: &[String], second: &[String]) -> Vec<(String, String)> {
    let by_key = |ids: &[String]| {
        let mut found: HashMap<String, Option<usize>> = HashMap::new();
        for (row, id) in ids.iter().enumerate() {
            found.entry(bare(id)).and_modify(|row| *row = None).or_insert(Some(row));
        }
        found
    };
    let (in_first, in_second) = (by_key(first), by_key(second));
    (second.iter())
        .filter_map(|id| {
            let key = bare(id);
            let row = (*in_first.get(&key)?)?;
            (*in_second.get(&key)?)?;
            Some((id.clone(), first.get(row)?.clone()))
        })
        .filter(|(second, _)| !bare(second).is_empty())
        .collect()
}

/// An id without what is often written in two ways: case, width, signs between its parts, zeros before a number.
pub fn bare(id: &str) -> String {
    let mut bare = String::with_capacity(id.len());
    let mut in_number = false;
    let mut characters = id.chars().map(super::numbers::halfwidth).peekable();
    while let Some(character) = characters.next() {
        let next_is_digit = characters.peek().is_some_and(char::is_ascii_digit);
        if character == '0' && !in_number && next_is_digit {
            continue;
        }
        in_number = character.is_ascii_digit();
        if character.is_alphanumeric() {
            bare.extend(character.to_lowercase());
        } else {
            // A sign parts numbers, so that 1-12 and 11-2 stay two.
            bare.push(' ');
        }
    }
    bare.split_whitespace().fold(String::new(), |mut joined, part| {
        let digits = |text: Option<char>| text.is_some_and(|character| character.is_ascii_digit());
        if digits(joined.chars().next_back()) && digits(part.chars().next()) {
            joined.push(' ');
        }
        joined.push_str(part);
        joined
    })
}

/// The ids of a table, each of which occurs once.
///
/// # Errors
/// If the column is not there, an id is missing or stands in two rows.
pub fn identifiers(table: &Table, column: &str) -> Result<Vec<String>, TableError> {
    let ids = present(table, column)?;
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (row, id) in ids.iter().enumerate() {
        if let Some(earlier) = first.insert(id, row) {
            return Err(table.malformed(format!(
                "the id \"{id}\" stands in {} and in {}; every case needs an id of its own",
                table.position(earlier),
                table.position(row)
            )));
        }
    }
    Ok(ids)
}

/// The ids of a table, none of which is missing.
fn present(table: &Table, column: &str) -> Result<Vec<String>, TableError> {
    let ids: Vec<String> = table.texts(column)?.into_iter().map(str::to_owned).collect();
    match ids.iter().position(String::is_empty) {
        None => Ok(ids),
        Some(row) => Err(table.malformed(format!(
            "{}, column \"{column}\": the id is missing",
            table.position(row)
        ))),
    }
}

impl Table {
    /// Appends the columns of another table, each row's found by its id; several rows may have one id here, but not there.
    /// Says what was found.
    ///
    /// # Errors
    /// If ids are missing, occur twice there or have none in common; if both tables have a column and disagree in it.
    pub fn join(&mut self, other: &Self, id: &str) -> Result<String, TableError> {
        let matching = Matching::of(&present(self, id)?, &identifiers(other, id)?);
        if matching.matched() == 0 {
            return Err(nothing_matches(&matching, other, self));
        }
        for (column, name) in other.header.iter().enumerate().filter(|(_, name)| *name != id) {
            let cell = |row: Option<usize>| row.map_or("", |row| other.rows[row][column].as_str());
            if let Some(here) = self.find_column(name) {
                let differs = (matching.rows.iter().enumerate())
                    .find(|(row, found)| found.is_some() && self.rows[*row][here] != cell(**found));
                if let Some((row, found)) = differs {
                    return Err(self.malformed(format!(
                        "{}: the column \"{name}\" is also in {}, and they disagree (\"{}\", \"{}\"); rename or remove one",
                        self.position(row),
                        other.source.display(),
                        self.rows[row][here],
                        cell(*found),
                    )));
                }
                continue;
            }
            self.header.push(name.clone());
            if let Some(labels) = other.labels.get(name) {
                self.labels.insert(name.clone(), labels.clone());
            }
            for (row, found) in self.rows.iter_mut().zip(&matching.rows) {
                row.push(cell(*found).to_owned());
            }
        }
        Ok(format!(
            "{}: joined on \"{id}\": {}",
            other.source.display(),
            matching.words()
        ))
    }
}

/// The error of two tables that have no id in common.
pub fn nothing_matches(matching: &Matching, table: &Table, first: &Table) -> TableError {
    let proposal = matching
        .proposal()
        .map_or_else(String::new, |words| format!("; {words}"));
    table.malformed(format!(
        "none of its {} ids is an id of {}; \"{}\" there, \"{}\" here{proposal}",
        matching.left_over.len(),
        first.source.display(),
        matching.without.first().map_or("", String::as_str),
        matching.left_over.first().map_or("", String::as_str),
    ))
}

/// The first few of many names, and how many there are.
pub fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    if names.len() <= SHOWN {
        shown.join(", ")
    } else {
        format!("{} … ({} in all)", shown.join(", "), names.len())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn table(name: &str, text: &str) -> Table {
        Table::parse(Path::new(name), text.as_bytes()).unwrap()
    }

    #[test]
    fn ids_that_are_written_in_two_ways_are_proposed_and_not_joined() {
        let ids = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let found = Matching::of(&ids("P01 STS_001 X-1-12 same Ａ7"), &ids("P1 STS-001 X-11-2 same a7"));
        assert_eq!(found.matched(), 1);
        let pairs: Vec<(&str, &str)> = (found.alike.iter())
            .map(|(second, first)| (second.as_str(), first.as_str()))
            .collect();
        assert_eq!(pairs, [("P1", "P01"), ("STS-001", "STS_001"), ("a7", "Ａ7")]);
        assert!(found.words().contains("\"P1\" may be \"P01\""), "{}", found.words());
        let unclear = Matching::of(&ids("P01 P001"), &ids("P1"));
        assert!(unclear.alike.is_empty(), "which of the two is meant, nobody can know");
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
                bare(left) == bare(right),
                same,
                "{left} {right}: {} {}",
                bare(left),
                bare(right)
            );
        }
    }

    #[test]
    fn a_second_table_gives_its_columns_and_says_what_is_left_over() {
        let mut first = table("a.csv", "id,lesion\nP1,1\nP1,2\nP2,1\n");
        let said = first.join(&table("b.csv", "id,age\nP1,50\nP9,70\n"), "id").unwrap();
        assert_eq!(first.header, ["id", "lesion", "age"]);
        assert_eq!(first.texts("age").unwrap(), ["50", "50", ""]);
        assert_eq!(
            said,
            "b.csv: joined on \"id\": 2 of 3 rows have theirs, none for P2; 1 of no row left out (P9)"
        );
    }

    #[test]
    fn what_cannot_be_joined_says_why() {
        for (second, words) in [
            ("id,age\nP1,50\nP1,60\n", "line 2 and in line 3"),
            ("id,age\nP01,50\n", "\"P01\" may be \"P1\""),
            ("id,lesion\nP1,3\n", "they disagree (\"1\", \"3\")"),
            ("subject,age\nP1,50\n", "no column \"id\""),
        ] {
            let mut first = table("a.csv", "id,lesion\nP1,1\nP2,1\n");
            let error = first.join(&table("b.csv", second), "id").unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
