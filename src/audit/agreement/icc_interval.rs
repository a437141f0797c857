//! An intraclass correlation against its interval and the number of cases that were read.
//!
//! For n cases read k times the ratio of mean squares is F = (1 + (k - 1) ρ) / (1 - ρ) for a single reading, 1 / (1 - ρ) for
//! the mean of k, and its limits are F over and times a quantile of F with n - 1 and n(k - 1) (one-way) or (n - 1)(k - 1)
//! (consistency) degrees of freedom (Shrout & Fleiss 1979; McGraw & Wong 1996). The interval of absolute agreement depends on the
//! readers' means too and is as wide or wider, as is the use of few readers; so only an interval that is narrower than all four
//! is doubtful.

use crate::audit::place::Spot;
use crate::audit::published::Agreement;
use crate::audit::{Check, Finding, Printed, PublishedModel, Range, Severity};
use crate::message::Id;
use crate::message::english::audit as words;
use crate::stats::base::distributions::f_quantile;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "icc-interval",
    needs: words::NEEDS_ICC,
    formula: "F = (1 + (k - 1) ρ)/(1 - ρ) or 1/(1 - ρ); limits from F / F(1 - α/2; n - 1, d) and F · F(1 - α/2; d, n - 1), \
              d = n(k - 1) or (n - 1)(k - 1); lower ≤ ρ ≤ upper ≤ 1",
    source: "Shrout & Fleiss 1979; McGraw & Wong 1996",
    severity: Severity::Impossible,
    words: words::ICC_WHY,
    run: icc_interval,
};

/// Narrower than this share of the narrowest interval is doubtful.
const FAR: f64 = 0.8;

/// Which F ratio a correlation stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    OneWaySingle,
    OneWayMean,
    ConsistencySingle,
    ConsistencyMean,
}

impl Form {
    const ALL: [Self; 4] = [
        Self::OneWaySingle,
        Self::OneWayMean,
        Self::ConsistencySingle,
        Self::ConsistencyMean,
    ];

    fn word(self) -> Id {
        match self {
            Self::OneWaySingle => words::ICC_1_1,
            Self::OneWayMean => words::ICC_1_K,
            Self::ConsistencySingle => words::ICC_3_1,
            Self::ConsistencyMean => words::ICC_3_K,
        }
    }

    /// The interval of a correlation below 1.
    fn interval(self, icc: f64, subjects: f64, readings: f64, level: f64) -> [f64; 2] {
        let numerator = subjects - 1.0;
        let (denominator, mean) = match self {
            Self::OneWaySingle => (subjects * (readings - 1.0), false),
            Self::OneWayMean => (subjects * (readings - 1.0), true),
            Self::ConsistencySingle => (numerator * (readings - 1.0), false),
            Self::ConsistencyMean => (numerator * (readings - 1.0), true),
        };
        let ratio = if mean {
            1.0 / (1.0 - icc)
        } else {
            (1.0 + (readings - 1.0) * icc) / (1.0 - icc)
        };
        let back = |ratio: f64| {
            if mean {
                1.0 - 1.0 / ratio
            } else {
                (ratio - 1.0) / (ratio + readings - 1.0)
            }
        };
        let upper_tail = 0.5 + level / 2.0;
        [
            back(ratio / f_quantile(upper_tail, numerator, denominator)),
            back(ratio * f_quantile(upper_tail, denominator, numerator)),
        ]
    }

    /// The intervals of all correlations that could have been printed so: lower limit, upper limit.
    fn intervals(self, icc: Range, row: (f64, f64), level: f64) -> [Range; 2] {
        let [one, other] = [icc.low, icc.high].map(|icc| self.interval(icc, row.0, row.1, level));
        [Range::new(one[0], other[0]), Range::new(one[1], other[1])]
    }
}

fn icc_interval(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.agreement {
        let finding =
            |severity, says: Id| Finding::new(CHECK.id, severity, Spot::new(row.name.clone(), &row.at).key("ci"), says);
        let icc = Range::of(&row.icc);
        if icc.low > 1.0 {
            findings.push(finding(Severity::Impossible, words::ICC_ABOVE_1).resolve(words::READINGS_BEHIND));
            continue;
        }
        let Some([lower, upper]) = &row.ci else { continue };
        let line = words::icc_with_interval(&row.icc.text, &lower.text, &upper.text);
        if icc.is_below(Range::of(lower)) || Range::of(upper).is_below(icc) || Range::of(upper).low > 1.0 {
            findings.push(
                finding(Severity::Impossible, words::ICC_OUTSIDE)
                    .line(line)
                    .resolve(words::READINGS_BEHIND),
            );
            continue;
        }
        findings.push(match row.subjects.filter(|subjects| *subjects >= 2) {
            None => finding(Severity::Passed, words::ICC_HOLDS).line(line),
            Some(subjects) => by_size(model, row, (subjects, lower, upper)).line(line),
        });
    }
    findings
}

/// The width against the number of cases.
fn by_size(model: &PublishedModel, row: &Agreement, (subjects, lower, upper): (usize, &Printed, &Printed)) -> Finding {
    let size = (subjects as f64, row.readings as f64);
    // A mean of readings has no correlation of 1 and less than -1 / (k - 1) only by slips; both ends stay finite.
    let icc = Range::of(&row.icc).within(-0.999 / (size.1 - 1.0), 1.0 - 1e-9);
    let printed = [Range::of(lower), Range::of(upper)];
    let finding =
        |severity, says: Id| Finding::new(CHECK.id, severity, Spot::new(row.name.clone(), &row.at).key("ci"), says);
    let mut narrowest = f64::INFINITY;
    let mut lines = Vec::new();
    for form in Form::ALL {
        let [low, high] = form.intervals(icc, size, model.level());
        let middle = form.interval(row.icc.value.clamp(icc.low, icc.high), size.0, size.1, model.level());
        let line = words::icc_interval_of(
            form.word(),
            subjects,
            row.readings,
            share(middle[0], 3),
            share(middle[1], 3),
        );
        if low.meets(printed[0]) && high.meets(printed[1]) {
            return finding(Severity::Passed, words::ICC_FITS).line(line);
        }
        // The narrowest that the rounding of the correlation leaves, for each form.
        let widths = [icc.low, icc.high].map(|icc| {
            let [low, high] = form.interval(icc, size.0, size.1, model.level());
            high - low
        });
        narrowest = narrowest.min(widths[0]).min(widths[1]);
        lines.push(line);
    }
    let widest_printed = printed[1].high - printed[0].low;
    let note = model.level_note().map(crate::message::Message::from);
    if widest_printed < FAR * narrowest {
        finding(Severity::Doubtful, words::ICC_TOO_NARROW)
            .lines(lines)
            .lines(note)
            .resolve(words::ICC_FORM_AND_CASES)
    } else {
        finding(Severity::Passed, words::ICC_OTHER_FORM)
            .lines(lines)
            .lines(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(figures: &str) -> Severity {
        let model = format!("{{model: m, confidence: 0.95, agreement: [{{name: readers, {figures}}}]}}");
        worst_of(&CHECK, &model).unwrap()
    }

    #[test]
    fn an_interval_that_no_rounding_can_save_and_one_that_rounding_explains() {
        assert_eq!(
            found("icc: \"0.82\", ci: [\"0.84\", \"0.91\"], subjects: 30"),
            Severity::Impossible
        );
        assert_eq!(found("icc: \"0.8\", ci: [\"0.83\", \"0.91\"]"), Severity::Passed);
        assert_eq!(found("icc: \"1.02\""), Severity::Impossible);
        // 30 cases read twice give 0.82 about 0.66 to 0.91; 300 cases would give 0.78 to 0.85.
        assert_eq!(
            found("icc: \"0.82\", ci: [\"0.66\", \"0.91\"], subjects: 30"),
            Severity::Passed
        );
        assert_eq!(
            found("icc: \"0.82\", ci: [\"0.78\", \"0.85\"], subjects: 30"),
            Severity::Doubtful
        );
        assert_eq!(
            found("icc: \"0.82\", ci: [\"0.78\", \"0.85\"], subjects: 300"),
            Severity::Passed
        );
        // With one digit the interval may be twice as wide.
        assert_eq!(
            found("icc: \"0.8\", ci: [\"0.7\", \"0.9\"], subjects: 30"),
            Severity::Passed
        );
    }

    /// Shrout and Fleiss' example: six cases, four judges. ICC(1,1) = 0.17 (-0.13 to 0.72), ICC(3,1) = 0.71 (0.34 to 0.95),
    /// ICC(1,k) = 0.44 (-0.88 to 0.91), ICC(3,k) = 0.91 (0.68 to 0.99), as R's psych prints them.
    #[test]
    fn the_intervals_are_those_of_shrout_and_fleiss() {
        let near = |form: Form, icc: f64, expected: [f64; 2]| {
            let [low, high] = form.interval(icc, 6.0, 4.0, 0.95);
            assert!(
                (low - expected[0]).abs() < 0.006 && (high - expected[1]).abs() < 0.006,
                "{form:?} {low} {high}"
            );
        };
        near(Form::OneWaySingle, 0.1657, [-0.133, 0.723]);
        near(Form::OneWayMean, 0.4428, [-0.884, 0.912]);
        near(Form::ConsistencySingle, 0.7148, [0.342, 0.946]);
        near(Form::ConsistencyMean, 0.9093, [0.676, 0.986]);
    }
}
