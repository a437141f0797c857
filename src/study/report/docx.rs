//! The manuscript as a document for word processors: headings, prose, marked gaps, and the report's tables as tables.

use std::io::Cursor;

use docx_rs::{
    Docx, Paragraph, Run, RunFonts, Style, StyleType, Table, TableBorder, TableBorderPosition, TableBorders, TableCell,
    TableRow, WidthType,
};

use super::chapters::page;
use super::manuscript::{Part, manuscript};
use crate::message::foreign::shown;
use crate::message::language::in_english;
use crate::study::engine::Study;
use crate::study::error::StudyError;
use crate::study::page::{Block, Passage, passages};

/// The document.
///
/// # Errors
/// [`StudyError::Stage`] if it cannot be packed.
pub fn docx(study: &Study) -> Result<Vec<u8>, StudyError> {
    in_english(|| write(study))
}

fn write(study: &Study) -> Result<Vec<u8>, StudyError> {
    let mut document = Docx::new()
        .default_fonts(RunFonts::new().ascii("Liberation Serif").hi_ansi("Liberation Serif"))
        .default_size(22)
        .add_style(heading_style(1, 32))
        .add_style(heading_style(2, 26))
        .add_paragraph(heading(1, &shown(&study.config().title)));
    for part in manuscript(study) {
        document = document.add_paragraph(match &part {
            Part::Heading(level, words) => heading(*level, words),
            Part::Prose(told) => prose(&told.text),
            Part::Authors(words) | Part::Limit(words) => prose(&shown(words)),
            Part::Gap(asks) => Paragraph::new().add_run(
                Run::new()
                    .add_text(format!("[To be written by the authors: {asks}]"))
                    .highlight("yellow"),
            ),
        });
    }
    document = document.add_paragraph(heading(1, "Tables"));
    for (caption, header, rows) in tables(study) {
        document = document
            .add_paragraph(heading(2, &caption))
            .add_table(table(&header, &rows))
            .add_paragraph(Paragraph::new());
    }
    let mut bytes = Cursor::new(Vec::new());
    document
        .build()
        .pack(&mut bytes)
        .map_err(|error| StudyError::Stage(format!("the manuscript cannot be packed: {error}")))?;
    Ok(bytes.into_inner())
}

fn heading_style(level: usize, size: usize) -> Style {
    Style::new(format!("Heading{level}"), StyleType::Paragraph)
        .name(format!("heading {level}"))
        .size(size)
        .bold()
}

fn heading(level: usize, words: &str) -> Paragraph {
    Paragraph::new()
        .add_run(Run::new().add_text(words))
        .style(&format!("Heading{level}"))
}

fn prose(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(words))
}

/// The report's tables, each below the heading that it stands under there.
fn tables(study: &Study) -> Vec<(String, Vec<String>, Vec<Vec<String>>)> {
    let mut found = Vec::new();
    let mut under = String::new();
    for block in page(&study.without_stale_results(), Vec::new()).into_blocks() {
        match block {
            Block::Text(text) => {
                for passage in passages(&text) {
                    if let Passage::Heading(_, words) = passage {
                        words.clone_into(&mut under);
                    }
                }
            }
            Block::Table { header, rows } => found.push((under.clone(), header, rows)),
            Block::Picture(_) => {}
        }
    }
    found
}

/// A table as journals set it: lines above and below the head and at the end.
fn table(header: &[String], rows: &[Vec<String>]) -> Table {
    let cell = |words: &str, bold: bool| {
        let run = Run::new().add_text(shown(words)).size(18);
        let run = if bold { run.bold() } else { run };
        TableCell::new().add_paragraph(Paragraph::new().add_run(run))
    };
    let mut all = vec![TableRow::new(header.iter().map(|name| cell(name, true)).collect())];
    all.extend(
        rows.iter()
            .map(|row| TableRow::new(row.iter().map(|words| cell(words, false)).collect())),
    );
    let line = |position| TableBorder::new(position).size(8);
    Table::new(all).width(9000, WidthType::Dxa).set_borders(
        TableBorders::with_empty()
            .set(line(TableBorderPosition::Top))
            .set(line(TableBorderPosition::Bottom))
            .set(TableBorder::new(TableBorderPosition::InsideH).size(2)),
    )
}
