//! A page of Markdown under work: prose, and tables that carry the study's labels.

use crate::figure::Label;
use crate::message::foreign::{shown, shown_lines};

/// Text that grows.
#[derive(Debug)]
pub struct Page {
    text: String,
    /// What stands below every table: the rules that the study breaks knowingly
    labels: Vec<Label>,
    /// Pictures that are not shown yet
    pictures: Vec<Picture>,
    /// The stage whose chapter is written
    stage: &'static str,
}

/// A picture, and the stage to whose chapter it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The stage
    pub stage: &'static str,
    /// What it shows
    pub title: String,
    /// The file, relative to the page
    pub file: String,
}

impl Page {
    /// An empty page; every table on it will carry the labels.
    pub fn new(labels: Vec<Label>, pictures: Vec<Picture>) -> Self {
        Self {
            text: String::new(),
            labels,
            pictures,
            stage: "",
        }
    }

    /// Adds text as it is.
    pub fn say(&mut self, text: &str) {
        self.text.push_str(&shown_lines(text));
    }

    /// Begins the chapter of a stage.
    pub fn begin(&mut self, stage: &'static str) {
        self.stage = stage;
    }

    /// Shows the pictures of the stage whose chapter is written, each once.
    pub fn pictures(&mut self) {
        let (own, others) = std::mem::take(&mut self.pictures)
            .into_iter()
            .partition(|picture| picture.stage == self.stage);
        self.pictures = others;
        let own: Vec<Picture> = own;
        for Picture { title, file, .. } in own {
            self.say(&format!("![{title}]({file})\n\n"));
        }
    }

    /// Adds a table with its labels; nothing where there are no rows.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        self.say(&line(&header.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()));
        self.say(&line(&vec!["---".to_owned(); header.len()]));
        for row in rows {
            let escaped: Vec<String> = row.iter().map(|cell| cell_text(cell)).collect();
            self.say(&line(&escaped));
        }
        self.say("\n");
        for label in self.labels.clone() {
            self.say(&format!("> {label}\n\n"));
        }
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A cell of a table: what a page of Markdown would take for a border, or for a tag of HTML, is only text here.
fn cell_text(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let shown = shown(cell);
    let mut letters = shown.chars().peekable();
    while let Some(letter) = letters.next() {
        let opens = letters
            .peek()
            .is_some_and(|next| next.is_alphabetic() || "/!?".contains(*next));
        match letter {
            '|' => text.push_str("\\|"),
            '<' if opens => text.push_str("&lt;"),
            other => text.push(other),
        }
    }
    text
}
