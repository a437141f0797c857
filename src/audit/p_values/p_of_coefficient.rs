//! Coefficient, standard error, z, P and odds ratio against each other.

use crate::audit::place::Spot;
use crate::audit::{Check, Finding, Printed, PublishedModel, Relation, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "p-of-coefficient",
    needs: words::NEEDS_TWO_OF,
    formula: "z = b / SE; P = 2 Φ(-|z|); OR = exp(b); SE = ln(upper / lower) / (2 z), z = 1.96 at 95 %",
    source: "Wald 1943",
    severity: Severity::Doubtful,
    words: words::FOUR_WAYS,
    run: of_coefficient,
};

fn of_coefficient(model: &PublishedModel) -> Vec<Finding> {
    let quantile = model.interval_quantile();
    let mut findings = Vec::new();
    for row in &model.predictors {
        let mut lines: Vec<Message> = Vec::new();
        let mut wrong: Vec<Message> = Vec::new();
        let mut compare = |what: Message, low: f64, high: f64, printed: &Printed| {
            let fits = match printed.relation {
                Relation::Equal => printed.meets(low, high),
                Relation::Below => low <= printed.value,
                Relation::Above => high >= printed.value,
            };
            let text = words::range_printed(what, share(low, 4), share(high, 4), &printed.text);
            if fits { lines.push(text) } else { wrong.push(text) }
        };
        // The range of |z| that the printed numbers leave, from whatever is there.
        let mut z_range = None;
        if let (Some(b), Some(se)) = (&row.coefficient, &row.se)
            && se.low() > 0.0
        {
            let (low, high) = quotient(b, se);
            z_range = Some((low, high));
            if let Some(z) = &row.z {
                compare("z = b / SE".into(), low, high, z);
            }
        } else if let Some(z) = &row.z {
            z_range = Some((z.low(), z.high()));
        } else if let (Some(or), Some([lower, upper])) = (&row.odds_ratio, &row.ci)
            && lower.low() > 0.0
            && or.low() > 0.0
        {
            let widest = (upper.high() / lower.low()).ln() / (2.0 * quantile);
            let narrowest = (upper.low() / lower.high()).ln() / (2.0 * quantile);
            if narrowest > 0.0 {
                let (low, high) = (or.low().ln(), or.high().ln());
                z_range = Some((
                    (low / widest).min(low / narrowest),
                    (high / widest).max(high / narrowest),
                ));
            }
        }
        let taken = row.ci.is_some() && row.coefficient.is_none() && row.z.is_none();
        if let (Some((low, high)), Some(p)) = (z_range, &row.p) {
            let (least, most) = if low <= 0.0 && high >= 0.0 {
                (0.0, low.abs().max(high.abs()))
            } else {
                (low.abs().min(high.abs()), low.abs().max(high.abs()))
            };
            compare(
                "P = 2 Φ(-|z|)".into(),
                normal_two_sided(most),
                normal_two_sided(least),
                p,
            );
        }
        if let (Some(b), Some(or)) = (&row.coefficient, &row.odds_ratio) {
            compare("OR = exp(b)".into(), b.low().exp(), b.high().exp(), or);
        }
        if lines.is_empty() && wrong.is_empty() {
            continue;
        }
        let name = Spot::new(row.name.clone(), &row.at);
        let note = model.level_note().filter(|_| taken);
        findings.push(if wrong.is_empty() {
            Finding::new(CHECK.id, Severity::Passed, name, words::WALD_AGREE)
                .lines(lines)
                .lines(note)
        } else {
            Finding::new(CHECK.id, Severity::Doubtful, name, words::WALD_DISAGREE)
                .lines(wrong)
                .lines(note)
                .line(words::PROFILE_MAY_DIFFER)
                .resolve(words::REGRESSION_OUTPUT)
        });
    }
    findings
}

/// The range of a quotient of two printed numbers, the second above 0.
fn quotient(numerator: &Printed, denominator: &Printed) -> (f64, f64) {
    let corners = [
        numerator.low() / denominator.low(),
        numerator.low() / denominator.high(),
        numerator.high() / denominator.low(),
        numerator.high() / denominator.high(),
    ];
    (
        corners.iter().copied().fold(f64::INFINITY, f64::min),
        corners.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    )
}
