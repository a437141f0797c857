//! The tables as text: CSV, Markdown, LaTeX.

use super::printed::{Cell, Printed};
use crate::figure::{Datum, Sheet};
use crate::message::foreign::shown;
use crate::study::page::Page;

/// The table's cells as they are printed, one row a line.
pub fn csv(table: &Printed) -> String {
    let sheet = Sheet {
        columns: table.header.clone(),
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| Datum::from(cell.shown())).collect())
            .collect(),
    };
    sheet.to_csv()
}

/// What stands above and below the tables, which their CSV files have no place for: a row a title or a note.
pub fn notes_csv(tables: &[Printed]) -> String {
    let mut sheet = Sheet::new(&["table", "name", "kind", "text"]);
    for (order, table) in (1..).zip(tables) {
        let number = order.to_string();
        let title = std::iter::once(("title", &table.title));
        for (kind, text) in title.chain(table.notes.iter().map(|note| ("note", note))) {
            let row = [number.as_str(), table.name, kind, text.as_str()];
            sheet.rows.push(row.map(Datum::from).to_vec());
        }
    }
    sheet.to_csv()
}

/// All tables as a page of Markdown.
pub fn markdown(tables: &[Printed]) -> String {
    let mut page = Page::new(Vec::new(), Vec::new());
    for (order, table) in tables.iter().enumerate() {
        page.say(&format!("**Table {}. {}**\n\n", order + 1, table.title));
        let header: Vec<&str> = table.header.iter().map(String::as_str).collect();
        let row = |row: &Vec<Cell>| row.iter().map(|cell| cell.shown().to_owned()).collect();
        page.table(&header, table.rows.iter().map(row).collect());
        page.say(&format!("{}\n\n", table.notes.join(" ")));
    }
    page.into_text()
}

/// All tables for LaTeX, for documents that load `booktabs`: rules above and below the head and at the end.
pub fn latex(tables: &[Printed]) -> String {
    let mut text = String::from("% \\usepackage{booktabs} in the preamble\n");
    for table in tables {
        let columns: String = (0..table.header.len())
            .map(|column| if column == 0 { 'l' } else { 'r' })
            .collect();
        let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
        text.push_str(&format!(
            "\n\\begin{{table}}\n\\caption{{{}}}\n\\label{{tab:{}}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n",
            escaped(&table.title),
            table.name
        ));
        text.push_str(&line(table.header.iter().map(|name| escaped(name)).collect()));
        text.push_str("\\midrule\n");
        for row in &table.rows {
            text.push_str(&line(row.iter().map(|cell| escaped(cell.shown())).collect()));
        }
        let notes = escaped(&table.notes.join(" "));
        text.push_str(&format!("\\bottomrule\n\\end{{tabular}}\n\n{notes}\n\\end{{table}}\n"));
    }
    text
}

/// Text as LaTeX prints it, whatever stands in it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in shown(text).chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '±' => escaped.push_str("$\\pm$"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Printed {
        Printed {
            name: "models",
            title: "50 % of #1".to_owned(),
            header: vec!["term".to_owned(), "P".to_owned()],
            rows: vec![vec![Cell::text("a_b|c, {x} & \\y"), Cell::p(0.00001)]],
            notes: vec!["A note.".to_owned()],
        }
    }

    #[test]
    fn nothing_in_a_cell_is_taken_for_a_command() {
        let found = latex(&[table()]);
        assert!(
            found.contains("a\\_b|c, \\{x\\} \\& \\textbackslash{}y & $<$ 0.0001 \\\\\n"),
            "{found}"
        );
        assert!(found.contains("\\caption{50 \\% of \\#1}") && found.contains("{lr}"));
        assert_eq!(csv(&table()), "term,P\n\"a_b|c, {x} & \\y\",< 0.0001\n");
        assert_eq!(
            notes_csv(&[table()]),
            "table,name,kind,text\n1,models,title,50 % of #1\n1,models,note,A note.\n"
        );
        let page = markdown(&[table()]);
        assert!(
            page.contains("**Table 1. 50 % of #1**") && page.contains("| a_b\\|c, {x} & \\y | < 0.0001 |"),
            "{page}"
        );
    }
}
