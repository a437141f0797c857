//! A page under work: prose in a little Markdown, tables that carry the study's labels, pictures. It is written as Markdown, or
//! block by block by whoever writes another format.

use crate::figure::Label;
use crate::message::foreign::{shown, shown_lines};

/// Text that grows.
#[derive(Debug)]
pub struct Page {
    blocks: Vec<Block>,
    /// What stands below every table: the rules that the study breaks knowingly
    labels: Vec<Label>,
    /// Pictures that are not shown yet
    pictures: Vec<Picture>,
    /// The stage whose chapter is written
    stage: &'static str,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Passages of Markdown
    Text(String),
    /// A table
    Table {
        /// The names of its columns
        header: Vec<String>,
        /// Its rows
        rows: Vec<Vec<String>>,
    },
    /// A picture
    Picture(Picture),
}

/// A passage of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage<'a> {
    /// A heading and its level, 1 for the page's own
    Heading(usize, &'a str),
    /// A remark
    Remark(&'a str),
    /// Lines as they are
    Lines(&'a str),
    /// Prose
    Prose(&'a str),
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
            blocks: Vec::new(),
            labels,
            pictures,
            stage: "",
        }
    }

    /// Adds text as it is.
    pub fn say(&mut self, text: &str) {
        let text = shown_lines(text);
        match self.blocks.last_mut() {
            Some(Block::Text(before)) => before.push_str(&text),
            Some(Block::Table { .. } | Block::Picture(_)) | None => self.blocks.push(Block::Text(text.into_owned())),
        }
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
        self.blocks.extend(own.into_iter().map(Block::Picture));
    }

    /// Adds a table with its labels; nothing where there are no rows.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        self.blocks.push(Block::Table {
            header: header.iter().map(|&name| name.to_owned()).collect(),
            rows,
        });
        for label in self.labels.clone() {
            self.say(&format!("> {label}\n\n"));
        }
    }

    /// The parts, in order.
    pub fn into_blocks(self) -> Vec<Block> {
        self.blocks
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.blocks.iter().map(Block::markdown).collect()
    }
}

impl Block {
    fn markdown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Picture(Picture { title, file, .. }) => shown_lines(&format!("![{title}]({file})\n\n")).into_owned(),
            Self::Table { header, rows } => {
                let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
                let mut text = shown_lines(&line(header)).into_owned();
                text.push_str(&line(&vec!["---".to_owned(); header.len()]));
                for row in rows {
                    let escaped: Vec<String> = row.iter().map(|cell| cell_text(cell)).collect();
                    text.push_str(&shown_lines(&line(&escaped)));
                }
                text.push('\n');
                text
            }
        }
    }
}

/// The passages of a text: they are parted by empty lines.
pub fn passages(text: &str) -> Vec<Passage<'_>> {
    text.split("\n\n")
        .map(|passage| passage.trim_matches('\n'))
        .filter(|passage| !passage.trim().is_empty())
        .map(|passage| {
            if let Some(rest) = passage.strip_prefix("> ") {
                return Passage::Remark(rest);
            }
            if let Some(rest) = passage.strip_prefix("```\n") {
                return Passage::Lines(rest.strip_suffix("```").unwrap_or(rest).trim_end_matches('\n'));
            }
            let level = passage.bytes().take_while(|byte| *byte == b'#').count();
            match passage.get(level..).and_then(|rest| rest.strip_prefix(' ')) {
                Some(rest) if (1..=4).contains(&level) && !rest.contains('\n') => Passage::Heading(level, rest),
                Some(_) | None => Passage::Prose(passage),
            }
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_same_in_parts_and_as_a_whole() {
        let mut page = Page::new(Vec::new(), Vec::new());
        page.say("# Title\n\nProse of `code`.\n\n");
        page.table(&["a", "b"], vec![vec!["x|y".to_owned(), "<b>".to_owned()]]);
        page.say("> A remark.\n\n```\nscore = 1\n  + 2\n```\n\n");
        let blocks = page.into_blocks();
        let text: String = blocks.iter().map(Block::markdown).collect();
        assert_eq!(
            text,
            "# Title\n\nProse of `code`.\n\n| a | b |\n| --- | --- |\n| x\\|y | &lt;b> |\n\n> A remark.\n\n```\nscore = 1\n  + 2\n```\n\n"
        );
        let Block::Text(last) = &blocks[2] else {
            panic!("{blocks:?}");
        };
        assert_eq!(
            passages(last),
            [Passage::Remark("A remark."), Passage::Lines("score = 1\n  + 2")]
        );
    }
}
