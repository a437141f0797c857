//! The manuscript as a document for word processors: headings, prose, marked gaps, and the report's tables as tables.

use std::io::Cursor;

#[cfg(feature = "print")]
use docx_rs::Pic;
use docx_rs::{
    Docx, Paragraph, Run, RunFonts, Style as ParagraphStyle, StyleType, Table, TableBorder, TableBorderPosition,
    TableBorders, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

use super::manuscript::{Part, manuscript};
use super::tables::{Cell, Printed, Style, tables};
use crate::figure::text::width;
use crate::message::foreign::shown;
use crate::message::language::in_english;
use crate::study::engine::Study;
use crate::study::error::StudyError;

/// The document; signs that the built-in letters lack are taken from the font that is given.
///
/// # Errors
/// [`StudyError::Stage`] if it cannot be packed.
pub fn docx(study: &Study, font: Option<&[u8]>) -> Result<Vec<u8>, StudyError> {
    in_english(|| write(study, font))
}

fn write(study: &Study, font: Option<&[u8]>) -> Result<Vec<u8>, StudyError> {
    let mut document = empty().add_paragraph(heading(1, &shown(&study.config().title)));
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
    document = with_tables(document, &tables(&study.without_stale_results(), Style { decimals: 3 }));
    packed(with_figures(document, study, font))
}

/// Tables of a paper as a document, each with its number above it and its notes below.
///
/// # Errors
/// [`StudyError::Stage`] if it cannot be packed.
pub fn tables_document(tables: &[Printed]) -> Result<Vec<u8>, StudyError> {
    packed(with_tables(empty(), tables))
}

fn with_tables(mut document: Docx, tables: &[Printed]) -> Docx {
    for (order, printed) in tables.iter().enumerate() {
        let row = |row: &Vec<Cell>| row.iter().map(|cell| cell.shown().to_owned()).collect();
        let rows: Vec<Vec<String>> = printed.rows.iter().map(row).collect();
        let title = Run::new()
            .add_text(format!("Table {}. {}", order + 1, printed.title))
            .bold();
        document = document
            .add_paragraph(Paragraph::new().add_run(title).keep_next(true))
            .add_table(table(&printed.header, &rows))
            .add_paragraph(Paragraph::new().add_run(Run::new().add_text(shown(&printed.notes.join(" "))).size(16)))
            .add_paragraph(Paragraph::new());
    }
    document
}

fn empty() -> Docx {
    Docx::new()
        .default_fonts(RunFonts::new().ascii("Liberation Serif").hi_ansi("Liberation Serif"))
        .default_size(22)
        .add_style(heading_style(1, 32))
        .add_style(heading_style(2, 26))
}

fn packed(document: Docx) -> Result<Vec<u8>, StudyError> {
    let mut bytes = Cursor::new(Vec::new());
    document
        .build()
        .pack(&mut bytes)
        .map_err(|error| StudyError::Stage(format!("the document cannot be packed: {error}")))?;
    Ok(bytes.into_inner())
}

/// The width and height of a figure: what the margins and the caption leave of a sheet of A4, in points.
#[cfg(feature = "print")]
const ROOM: (f64, f64) = (450.0, 560.0);

/// The paper's figures as pictures of 300 dots per inch, each above its caption.
#[cfg(feature = "print")]
fn with_figures(mut document: Docx, study: &Study, font: Option<&[u8]>) -> Docx {
    use super::plates::plates;
    use crate::figure::print::{Print, Typefaces, png};

    /// A point in the units of the format.
    const UNITS: f64 = 12_700.0;
    let plates = plates(&study.without_stale_results());
    if !plates.is_empty() {
        document = document.add_paragraph(heading(1, "Figures"));
    }
    for plate in plates {
        let sheet = plate.sheet_within(ROOM);
        let print = Print {
            scale: sheet.scale,
            dpi: 300,
        };
        let drawn = Typefaces::new(font).and_then(|typefaces| png(&sheet.paper, print, &typefaces));
        document = document.add_paragraph(match drawn {
            Ok(bytes) => {
                let size = [sheet.paper.width, sheet.paper.height].map(|side| (side * sheet.scale * UNITS) as u32);
                let picture = Pic::new_with_dimensions(bytes, 1, 1).size(size[0], size[1]);
                Paragraph::new().add_run(Run::new().add_image(picture)).keep_next(true)
            }
            Err(error) => Paragraph::new().add_run(
                Run::new()
                    .add_text(format!("[This figure could not be drawn: {error}]"))
                    .highlight("yellow"),
            ),
        });
        document = document.add_paragraph(prose(&shown(&plate.caption)));
    }
    document
}

#[cfg(not(feature = "print"))]
fn with_figures(document: Docx, _study: &Study, _font: Option<&[u8]>) -> Docx {
    document
}

fn heading_style(level: usize, size: usize) -> ParagraphStyle {
    ParagraphStyle::new(format!("Heading{level}"), StyleType::Paragraph)
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

/// How wide a table is, in twentieths of a point: what the margins leave of a sheet of A4.
const TABLE: usize = 9000;

/// What a letter of a cell takes of it on average.
const LETTER: usize = 94;

/// What a cell leaves free on each side.
const MARGIN: usize = 70;

/// Cells of so few letters are not broken.
const SHORT: usize = 10;

/// The columns' widths: as wide as their cells where all of these have room; else each holds its longest word, and the rest goes
/// to those whose cells are longest.
fn column_widths(header: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let column = |order: usize| {
        std::iter::once(header)
            .chain(rows.iter().map(Vec::as_slice))
            .filter_map(move |row| row.get(order))
    };
    let room = |letters: usize| letters * LETTER + 2 * MARGIN;
    let wants: Vec<(usize, usize)> = (0..header.len())
        .map(|order| {
            let word = |cell: &String| match width(cell) {
                whole if whole <= SHORT => whole,
                _ => cell.split(' ').map(width).max().unwrap_or(0),
            };
            let words = column(order).map(word).max().unwrap_or(0);
            let whole = column(order).map(|cell| width(cell)).max().unwrap_or(0);
            (room(words), room(whole))
        })
        .collect();
    let least: usize = wants.iter().map(|want| want.0).sum();
    let whole: usize = wants.iter().map(|want| want.1).sum();
    let share = |(words, cells): (usize, usize)| {
        if whole <= TABLE {
            cells * TABLE / whole.max(1)
        } else if least <= TABLE {
            words + (cells - words) * (TABLE - least) / (whole - least).max(1)
        } else {
            words * TABLE / least
        }
    };
    wants.into_iter().map(share).collect()
}

/// A table as journals set it: lines above and below the head and at the end.
fn table(header: &[String], rows: &[Vec<String>]) -> Table {
    let widths = column_widths(header, rows);
    let row = |words: &[String], bold: bool| {
        let cells = words.iter().zip(&widths).map(|(words, width)| {
            let run = Run::new().add_text(shown(words)).size(18);
            let run = if bold { run.bold() } else { run };
            TableCell::new()
                .width(*width, WidthType::Dxa)
                .add_paragraph(Paragraph::new().add_run(run).keep_next(bold))
        });
        TableRow::new(cells.collect()).cant_split()
    };
    let all = std::iter::once(row(header, true)).chain(rows.iter().map(|words| row(words, false)));
    let line = |position| TableBorder::new(position).size(8);
    Table::new(all.collect())
        .set_grid(widths.clone())
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(0, MARGIN, 0, MARGIN))
        .width(TABLE, WidthType::Dxa)
        .set_borders(
            TableBorders::with_empty()
                .set(line(TableBorderPosition::Top))
                .set(line(TableBorderPosition::Bottom))
                .set(TableBorder::new(TableBorderPosition::InsideH).size(2)),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(rows: &[&[&str]]) -> Vec<usize> {
        let rows: Vec<Vec<String>> = (rows.iter())
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        column_widths(&rows[0], &rows[1..])
    }

    #[test]
    fn a_column_holds_its_longest_word_and_long_cells_take_what_is_left() {
        let found = widths(&[
            &["model", "sensitivity (95 % CI)", "what it says"],
            &[
                "model 1",
                "0.806 (0.650 to 0.902)",
                &"a sentence of many words ".repeat(9),
            ],
        ]);
        assert!(found[1] >= "sensitivity".len() * LETTER + 2 * MARGIN);
        assert!(found[2] > found[1] && found[1] > found[0], "{found:?}");
        let whole: usize = found.iter().sum();
        assert!((TABLE - 3..=TABLE).contains(&whole), "{found:?}");
    }

    #[test]
    fn a_table_of_words_that_do_not_fit_is_as_wide_as_the_page() {
        let long = "original_glrlm_LongRunLowGrayLevelEmphasis";
        let found = widths(&[&[long, long, "n"], &["", "", ""]]);
        assert!(found.iter().sum::<usize>() <= TABLE);
        assert!(found[0] == found[1] && found[2] > 0, "{found:?}");
        assert_eq!(widths(&[&["n"], &["1"]]), [TABLE]);
    }
}
