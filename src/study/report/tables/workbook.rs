//! The tables as one workbook, a sheet a table: numbers are numbers that carry all their digits and show those of the paper.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::printed::{Cell, Printed};
use crate::message::foreign::shown;

/// The workbook's bytes; it says no date, so that the same tables give the same bytes.
///
/// # Errors
/// What the writer says.
pub fn workbook(tables: &[Printed]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&date));
    for (order, table) in tables.iter().enumerate() {
        let sheet = book.add_worksheet();
        // A sheet's name has at most 31 letters; ours are short.
        sheet.set_name(format!("{} {}", order + 1, table.name))?;
        write(sheet, order + 1, table)?;
    }
    book.save_to_buffer()
}

fn write(sheet: &mut Worksheet, number: usize, table: &Printed) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_border_top(FormatBorder::Thin)
        .set_border_bottom(FormatBorder::Thin);
    let title = format!("Table {number}. {}", table.title);
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold())?;
    for (column, name) in (0..).zip(&table.header) {
        sheet.write_string_with_format(1, column, shown(name), &head)?;
    }
    let last = table.rows.len();
    for (row, cells) in (2..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            let format = if (row - 1) as usize == last {
                Format::new().set_border_bottom(FormatBorder::Thin)
            } else {
                Format::new()
            };
            write_cell(sheet, (row, column), cell, format)?;
        }
    }
    for (row, note) in (last as u32 + 2..).zip(&table.notes) {
        sheet.write_string(row, 0, shown(note))?;
    }
    for (column, name) in (0..).zip(&table.header) {
        let cells = table.rows.iter().filter_map(|row| row.get(usize::from(column)));
        let widest = cells.map(|cell| cell.shown().chars().count()).max().unwrap_or(0);
        let width = widest.max(name.chars().count().min(14)).clamp(6, 44) + 2;
        sheet.set_column_width(column, width as f64)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, format: Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Number { value, shown } if plain(shown) && value.is_finite() => {
            let decimals = shown.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let digits = match decimals {
                0 => "0".to_owned(),
                count => format!("0.{}", "0".repeat(count)),
            };
            sheet.write_number_with_format(row, column, *value, &format.set_num_format(digits))?;
        }
        // Such as < 0.0001, which is no number.
        Cell::Number { shown, .. } => {
            sheet.write_string_with_format(row, column, shown, &format.set_align(FormatAlign::Right))?;
        }
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, shown(text), &format)?;
        }
    }
    Ok(())
}

/// Whether a number is printed with decimals alone, without exponent, sign of order or word.
fn plain(shown: &str) -> bool {
    shown
        .trim_start_matches('-')
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.')
}
