//! How far the program complies with the IBSI: values that agree, by data set and family.

use super::selftest::Check;

/// How many values of a family agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The data set
    pub data: String,
    /// The family
    pub family: String,
    /// Values that agree
    pub agree: usize,
    /// Values that have a reference
    pub compared: usize,
    /// Values without a consensus
    pub without: usize,
}

/// The checks by data set and family, in their order.
pub fn by_family(checks: &[Check]) -> Vec<Family> {
    let mut found: Vec<Family> = Vec::new();
    for check in checks {
        let place = found
            .iter()
            .position(|family| family.data == check.data && family.family == check.family)
            .unwrap_or_else(|| {
                found.push(Family {
                    data: check.data.clone(),
                    family: check.family.clone(),
                    agree: 0,
                    compared: 0,
                    without: 0,
                });
                found.len() - 1
            });
        let family = &mut found[place];
        if check.reference.is_some() {
            family.compared += 1;
            family.agree += usize::from(check.pass);
        } else {
            family.without += 1;
        }
    }
    found
}

/// The figures of the last run over all data, held by a test: `data,family,agree,compared,without`.
const COMPLIANCE: &str = include_str!("compliance.csv");

/// How far the program complies with the IBSI: each data set and family with its figures.
pub fn compliance() -> Vec<Family> {
    COMPLIANCE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let count = |index: usize| fields.get(index)?.parse().ok();
            Some(Family {
                data: (*fields.first()?).to_owned(),
                family: (*fields.get(1)?).to_owned(),
                agree: count(2)?,
                compared: count(3)?,
                without: count(4)?,
            })
        })
        .collect()
}

/// Figures by family as a table in text.
pub fn table(families: &[Family]) -> String {
    let mut text = format!("{:<16} {:<28} {:>11}\n", "data", "family", "agree");
    for family in families {
        let without = if family.without > 0 {
            format!("  ({} without a consensus value)", family.without)
        } else {
            String::new()
        };
        text.push_str(&format!(
            "{:<16} {:<28} {:>4} of {:>3}{without}\n",
            family.data, family.family, family.agree, family.compared
        ));
    }
    text
}

/// What stands above each column of [`matrix`], and the data set that it holds.
const COLUMNS: [(&str, &str); 6] = [
    ("phantom", "digital"),
    ("A", "ct_configA"),
    ("B", "ct_configB"),
    ("C", "ct_configC"),
    ("D", "ct_configD"),
    ("E", "ct_configE"),
];

/// The rows of the table of compliance, heads first: part 1 by family and data set, then part 2 by filter.
///
/// A cell is `agreeing/compared`; empty where nothing is compared.
pub fn matrix(families: &[Family]) -> [Vec<Vec<String>>; 2] {
    let cell = |data: &str, family: &str| {
        families
            .iter()
            .find(|row| row.data == data && row.family == family)
            .map_or_else(String::new, |row| format!("{}/{}", row.agree, row.compared))
    };
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let mut names: Vec<&str> = Vec::new();
        for row in families.iter().filter(|row| wanted(&row.data)) {
            if !names.contains(&row.family.as_str()) {
                names.push(&row.family);
            }
        }
        names
    };
    let head = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut first = vec![head(&["IBSI 1", "phantom", "A", "B", "C", "D", "E"])];
    for family in of(&|data| COLUMNS.iter().any(|column| column.1 == data)) {
        let mut row = vec![family.to_owned()];
        row.extend(COLUMNS.iter().map(|column| cell(column.1, family)));
        first.push(row);
    }
    let mut total = vec!["all".to_owned()];
    total.extend(COLUMNS.iter().map(|column| {
        let rows = || families.iter().filter(|row| row.data == column.1);
        format!(
            "{}/{}",
            rows().map(|row| row.agree).sum::<usize>(),
            rows().map(|row| row.compared).sum::<usize>()
        )
    }));
    first.push(total);
    let mut second = vec![head(&["IBSI 2", "response maps", "features"])];
    for family in of(&|data| data.starts_with("ibsi2")) {
        second.push(vec![
            family.to_owned(),
            cell("ibsi2_maps", family),
            cell("ibsi2_features", family),
        ]);
    }
    [first, second]
}

/// How many features have no consensus value in any data set, so that nobody can be compared there.
pub fn without_consensus(families: &[Family]) -> usize {
    let of = |data: &str| {
        families
            .iter()
            .filter(|row| row.data == data)
            .map(|row| row.without)
            .sum()
    };
    COLUMNS.iter().map(|column| of(column.1)).max().unwrap_or(0)
}

/// The table of compliance as text, in columns.
pub fn matrix_text(families: &[Family]) -> String {
    let mut text = String::new();
    for rows in matrix(families) {
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        for row in rows {
            let line: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, &width))| {
                    if column == 0 {
                        format!("{cell:<width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                })
                .collect();
            text.push_str(line.join("  ").trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "Values that agree of those compared, within the published tolerances (response maps: within 1 % of the map's range).\n\
         phantom: the digital phantom, built in; A to E: the CT phantom's configurations. For {} features no consensus exists.\n",
        without_consensus(families)
    ));
    text
}

/// The table of compliance in Markdown.
pub fn matrix_markdown(families: &[Family]) -> String {
    let mut text = String::new();
    for rows in matrix(families) {
        for (number, row) in rows.iter().enumerate() {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
            if number == 0 {
                text.push_str(&format!("|{}\n", " --- |".repeat(row.len())));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_holds_the_table_of_compliance() {
        let readme = include_str!("../../../README.md");
        let table = matrix_markdown(&compliance());
        assert!(readme.contains(&table), "README.md must hold this table:\n\n{table}");
    }

    #[test]
    fn every_family_has_its_place_in_the_table() {
        let families = compliance();
        let cells: usize = matrix(&families)
            .iter()
            .flatten()
            .flatten()
            .filter(|cell| cell.contains('/'))
            .count();
        // The row of sums has one cell a data set of part 1.
        assert_eq!(cells, families.len() + COLUMNS.len());
    }
}
