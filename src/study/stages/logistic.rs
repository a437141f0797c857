//! The table of a logistic model as a page of the report and a forest plot show it.

use crate::figure::forest::{ForestInput, ForestTerm};
use crate::message::Message;
use crate::message::english::report as page_words;
use crate::stats::base::interval::common_name;
use crate::stats::base::number::{probability, significant, with_limits};
use crate::study::honest::regression::{LogisticRow, Term};
use crate::study::page::Page;

/// The plot of a model's terms without its intercept; `None` where it has none. `inflation` are the terms' variance inflation
/// factors, if they are known.
pub(super) fn forest(name: Message, rows: &[LogisticRow], inflation: &[f64], remark: Message) -> Option<ForestInput> {
    let input = ForestInput {
        name,
        terms: rows
            .iter()
            .filter(|row| row.term != Term::Intercept)
            .enumerate()
            .map(|(order, row)| ForestTerm {
                name: row.term.to_string(),
                coefficient: row.coefficient,
                standard_error: row.standard_error,
                odds_ratio: row.odds_ratio,
                interval: row.interval,
                p: row.p,
                inflation: inflation.get(order).copied(),
            })
            .collect(),
        remark: Some(remark),
    };
    (!input.terms.is_empty()).then_some(input)
}

/// Writes the table on a page.
pub(super) fn write_logistic_table(page: &mut Page, rows: &[LogisticRow]) {
    let odds_ratio = page_words::odds_ratio(common_name(rows.iter().map(|row| row.interval))).to_string();
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.term.to_string(),
                significant(row.coefficient, 5),
                significant(row.standard_error, 4),
                with_limits(row.odds_ratio, row.interval, 5),
                probability(row.p),
            ]
        })
        .collect();
    page.table(
        &[
            page_words::TERM.text(),
            page_words::COEFFICIENT.text(),
            "SE",
            &odds_ratio,
            "P",
        ],
        rows,
    );
}
