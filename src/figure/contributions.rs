//! What each feature adds to one case's Rad-score: coefficient times the case's standardised value, largest first.

use super::coefficients::CoefficientsInput;
use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone, limits, ticks};
use crate::message::english::figure as words;
use crate::stats::base::number::signed_share;

/// The chart of a case; `values` are the features' plain values, one a term. `None` without a term or with another number
/// of values.
pub fn figure(score: &CoefficientsInput, case: &str, values: &[f64]) -> Option<Figure> {
    if score.terms.is_empty() || values.len() != score.terms.len() {
        return None;
    }
    let mut parts: Vec<(&str, f64, f64, f64)> = score
        .terms
        .iter()
        .zip(values)
        .map(|(term, &value)| {
            let standardised = (value - term.mean) / term.standard_deviation;
            (term.name.as_str(), value, standardised, term.coefficient * standardised)
        })
        .collect();
    parts.sort_by(|left, right| right.3.abs().total_cmp(&left.3.abs()));
    let total = score.intercept + parts.iter().map(|part| part.3).sum::<f64>();
    let (low, high) = limits(parts.iter().map(|part| part.3).chain([0.0]), 0.02);
    let mut sheet = Sheet::new(&["feature", "value", "standardised", "contribution"]);
    let rows = parts
        .iter()
        .map(|&(name, value, standardised, part)| {
            sheet
                .rows
                .push(vec![name.into(), value.into(), standardised.into(), part.into()]);
            Row {
                name: name.to_owned(),
                texts: vec![
                    ticks::significant(value, 4),
                    signed_share(standardised, 2),
                    signed_share(part, 4),
                ],
                value: part,
                interval: None,
                tone: if part < 0.0 { Tone::Series(0) } else { Tone::Series(1) },
            }
        })
        .collect();
    Some(Figure {
        name: format!("contributions-{}", super::calibration::file_name(case)),
        stage: Some(CoefficientsInput::NEEDS),
        title: words::contributions_title(case),
        content: Content::Rows(Rows {
            x: Axis::linear(words::CONTRIBUTION.text(), low, high),
            centre: 0.0,
            headings: vec![
                String::new(),
                words::VALUE.to_string(),
                words::IN_SD.to_string(),
                words::ADDS.to_string(),
            ],
            rows,
        }),
        notes: vec![words::intercept_and_score(
            ticks::significant(score.intercept, 6),
            ticks::significant(total, 6),
        )],
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::coefficients::ScoreTerm;

    #[test]
    fn the_parts_and_the_intercept_make_the_score() {
        let term = |name: &str, coefficient: f64| ScoreTerm {
            name: name.to_owned(),
            coefficient,
            mean: 2.0,
            standard_deviation: 0.5,
        };
        let score = CoefficientsInput {
            intercept: 0.25,
            terms: vec![term("small", 0.1), term("large", -0.4)],
        };
        let figure = figure(&score, "P01-T9", &[3.0, 1.0]).unwrap();
        let Content::Rows(rows) = &figure.content else {
            panic!("rows are drawn");
        };
        // -0.4 * -2 and 0.1 * 2, the larger first; with the intercept 1.25.
        assert_eq!(rows.rows[0].name, "large");
        assert!((rows.rows[0].value - 0.8).abs() < 1e-15 && (rows.rows[1].value - 0.2).abs() < 1e-15);
        assert_eq!(figure.notes, [words::intercept_and_score("0.25", "1.25")]);
        assert!(super::figure(&score, "P01-T9", &[3.0]).is_none());
    }
}
