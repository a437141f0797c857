//! Decimal commas and separators of thousands: what the cells of a text mean by them, column by column, decided only where
//! they can mean one thing.

use super::super::super::sheet::Sheet;

/// What the commas of a cell can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comma {
    /// There is none, and the cell is a number or holds nothing
    Absent,
    /// The decimal separator, as in `50,5` or `1.234,5`
    Decimal,
    /// A separator of thousands, as in `1,234.5` or `1,234,567`
    Thousands,
    /// Either, as in `1,234`
    Either,
    /// No number
    Word,
}

/// Writes numbers with commas as others are written; says what was done. `semicolon` is whether cells are separated by
/// semicolons, as programs do where the comma is the decimal separator.
pub fn settle(sheet: &mut Sheet, semicolon: bool) -> Option<String> {
    let columns: Vec<Comma> = (0..sheet.header.len())
        .map(|column| meaning(sheet.rows.iter().filter_map(|row| row.get(column)).map(String::as_str)))
        .collect();
    // A comma that may be either is what it is elsewhere in the table.
    let either = match (
        columns.contains(&Comma::Decimal) || semicolon,
        columns.contains(&Comma::Thousands),
    ) {
        (true, false) => Comma::Decimal,
        (false, true) => Comma::Thousands,
        _ => Comma::Word,
    };
    let mut said = [Vec::new(), Vec::new()];
    for (column, &found) in columns.iter().enumerate() {
        let meant = if found == Comma::Either { either } else { found };
        let (words, rewrite): (_, fn(&str) -> String) = match meant {
            Comma::Decimal => (&mut said[0], |cell| cell.replace('.', "").replace(',', ".")),
            Comma::Thousands => (&mut said[1], |cell| cell.replace(',', "")),
            Comma::Absent | Comma::Either | Comma::Word => continue,
        };
        words.push(sheet.header[column].clone());
        for cell in sheet.rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            if cell.contains(',') {
                *cell = rewrite(cell);
            }
        }
    }
    let [decimal, thousands] = said;
    let parts: Vec<String> = [("decimal comma", decimal), ("comma between thousands", thousands)]
        .into_iter()
        .filter(|(_, columns)| !columns.is_empty())
        .map(|(words, columns)| format!("{words} ({})", columns.join(", ")))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What the commas of a column mean.
fn meaning<'a>(cells: impl Iterator<Item = &'a str>) -> Comma {
    let mut found = Comma::Absent;
    // A point among decimal commas is a slip: it may be a decimal point, or one between thousands.
    let mut point = false;
    for cell in cells {
        point |= cell.contains('.') && !cell.contains(',');
        found = match (found, of(cell)) {
            (_, Comma::Word) => return Comma::Word,
            (found, Comma::Absent) => found,
            (Comma::Absent | Comma::Either, new) => new,
            (found, Comma::Either) => found,
            (found, new) if found == new => found,
            _ => return Comma::Word,
        };
    }
    match found {
        Comma::Decimal | Comma::Either if point => Comma::Word,
        found => found,
    }
}

fn of(cell: &str) -> Comma {
    if !cell.contains(',') {
        return match super::super::super::numbers::number(cell) {
            Some(_) => Comma::Absent,
            None => Comma::Word,
        };
    }
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if whole.contains(',') => (whole, Some(fraction)),
        _ => (digits, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let groups = |text: &str, separator: char| {
        let mut parts = text.split(separator);
        let first = parts.next().unwrap_or_default();
        all_digits(first) && first.len() <= 3 && first != "0" && parts.all(|part| part.len() == 3 && all_digits(part))
    };
    if let Some(fraction) = fraction {
        return if groups(whole, ',') && all_digits(fraction) {
            Comma::Thousands
        } else {
            Comma::Word
        };
    }
    if groups(digits, ',') {
        return if digits.matches(',').count() > 1 {
            Comma::Thousands
        } else {
            Comma::Either
        };
    }
    let Some((whole, fraction)) = digits.split_once(',') else {
        return Comma::Word;
    };
    let (fraction, exponent) = fraction.split_once(['e', 'E']).unwrap_or((fraction, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let whole_is_one = whole.is_empty() || all_digits(whole) || whole.contains('.') && groups(whole, '.');
    if whole_is_one && all_digits(fraction) && all_digits(exponent) {
        Comma::Decimal
    } else {
        Comma::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_read_where_it_can_mean_one_thing() {
        for (cell, meant) in [
            ("50,5", Comma::Decimal),
            ("-0,265", Comma::Decimal),
            (",5", Comma::Decimal),
            ("1,5e-3", Comma::Decimal),
            ("1.234,5", Comma::Decimal),
            ("1,234", Comma::Either),
            ("1,234.5", Comma::Thousands),
            ("1,234,567", Comma::Thousands),
            ("12", Comma::Absent),
            ("NA", Comma::Absent),
            ("", Comma::Absent),
            ("a,b", Comma::Word),
            ("1,2,3", Comma::Word),
            ("1.2,3", Comma::Word),
            ("1,", Comma::Word),
            ("old", Comma::Word),
        ] {
            assert_eq!(of(cell), meant, "{cell}");
        }
    }

    #[test]
    fn a_column_is_rewritten_whole_or_not_at_all() {
        assert_eq!(meaning(["1,5", "2", "", "1,234"].into_iter()), Comma::Decimal);
        assert_eq!(meaning(["1,234", "2"].into_iter()), Comma::Either);
        assert_eq!(
            meaning(["1,5", "2.5"].into_iter()),
            Comma::Word,
            "which of the two is the slip?"
        );
        assert_eq!(meaning(["1,5", "1,234.5"].into_iter()), Comma::Word);
        assert_eq!(meaning(["1,5", "high"].into_iter()), Comma::Word);
    }
}
