//! Net benefits between the bounds that prevalence, threshold and area set.
//!
//! At the threshold t the net benefit is sens π - (1 - spec)(1 - π) w with w = t / (1 - t) (Vickers & Elkin 2006). It is at most
//! π and at least -(1 - π) w, and that of treating everybody is π - (1 - π) w. A curve of area A goes through no point with
//! sens · spec > A, and on sens · spec = A the net benefit is largest at an end, so it is at most
//! max(π - (1 - π)(1 - A) w, π A). The standardised one is divided by π.
//!
//! A threshold is chosen and not measured, so it is taken at its word; only where its digits may have been rounded and that
//! would mend the matter is the finding doubtful instead of impossible.

use crate::audit::published::{CaseSet, NetBenefit};
use crate::audit::{Check, Finding, Printed, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::message::{Id, Message};
use crate::stats::base::number::signed_share;

pub(super) static CHECK: Check = Check {
    id: "net-benefit",
    needs: words::NEEDS_NET_BENEFIT,
    formula: "w = t/(1 - t); all: π - (1 - π) w; -(1 - π) w ≤ net benefit ≤ π, and ≤ max(π - (1 - π)(1 - A) w, π A); standardised: \
              divided by π",
    source: "Vickers & Elkin 2006; Zhang & Mueller 2005",
    severity: Severity::Impossible,
    words: words::NET_BENEFIT_WHY,
    run: net_benefit,
};

fn net_benefit(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.net_benefit {
        let Some(set) = (model.set(&row.set)).filter(|set| set.events > 0 && set.others() > 0) else {
            continue;
        };
        let area = (model.performance.iter())
            .find(|other| other.model == row.model && other.set == row.set)
            .and_then(|row| row.auc.as_ref())
            .map(Range::of_share);
        let at_its_word = Range::exactly(row.threshold.value);
        let rounded = Range::of(&row.threshold).within(1e-9, 1.0 - 1e-9);
        let mut lines = Vec::new();
        let mut faults: Vec<(Severity, Id, Message)> = Vec::new();
        let mut judge = |printed: &Option<Printed>,
                         says: Id,
                         bounds: &dyn Fn(Range) -> Range,
                         line: &dyn Fn(Range, &str) -> Message| {
            let Some(printed) = printed else { return };
            let line = line(bounds(at_its_word), &printed.text);
            let allowed = |threshold: Range| bounds(threshold).meets(Range::of(printed));
            if allowed(at_its_word) {
                lines.push(line);
            } else if allowed(rounded) {
                faults.push((Severity::Doubtful, says, line));
            } else {
                faults.push((Severity::Impossible, says, line));
            }
        };
        judge(
            &row.treat_all,
            words::NOT_TREAT_ALL,
            &|threshold| treat_all(row, set, threshold),
            &|bounds, printed| {
                words::treat_all_is(
                    set.events,
                    set.cases,
                    &row.threshold.text,
                    signed_share(bounds.low, 4),
                    printed,
                )
            },
        );
        judge(
            &row.net_benefit,
            words::NO_SUCH_BENEFIT,
            &|threshold| possible(row, set, area, threshold),
            &|bounds, printed| words::benefit_lies(signed_share(bounds.low, 4), signed_share(bounds.high, 4), printed),
        );
        faults.sort_by_key(|fault| fault.0);
        if let Some((severity, says, line)) = faults.first().cloned() {
            findings.push(
                Finding::new(CHECK.id, severity, row.spot(), says)
                    .line(line)
                    .lines(faults.into_iter().skip(1).map(|fault| fault.2))
                    .resolve(words::THRESHOLD_AND_SCALE),
            );
        } else if !lines.is_empty() {
            findings.push(Finding::new(CHECK.id, Severity::Passed, row.spot(), words::BENEFIT_FITS).lines(lines));
        }
    }
    findings
}

fn weight(threshold: f64) -> f64 {
    threshold / (1.0 - threshold)
}

fn scale(row: &NetBenefit, set: &CaseSet) -> f64 {
    if row.standardised { 1.0 / set.prevalence() } else { 1.0 }
}

/// The net benefit of treating everybody; it falls with the threshold.
fn treat_all(row: &NetBenefit, set: &CaseSet, threshold: Range) -> Range {
    let prevalence = set.prevalence();
    threshold.map(|threshold| scale(row, set) * (prevalence - (1.0 - prevalence) * weight(threshold)))
}

/// The net benefits that any curve of the area can have; both ends fall with the threshold.
fn possible(row: &NetBenefit, set: &CaseSet, area: Option<Range>, threshold: Range) -> Range {
    let prevalence = set.prevalence();
    let area = area.map_or(1.0, |area| area.high);
    let least = -(1.0 - prevalence) * weight(threshold.high);
    let by_specificity = prevalence - (1.0 - prevalence) * (1.0 - area) * weight(threshold.low);
    let most = by_specificity.max(prevalence * area);
    Range::new(scale(row, set) * least, scale(row, set) * most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::place::Place;
    use crate::audit::worst_of;

    fn found(figures: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, sample: {{sets: {{test: {{cases: 100, events: 40}}}}}}, performance: [{{model: m, set: test, auc: \"0.750\"}}], net_benefit: [{{model: m, set: test, {figures}}}]}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_benefit_that_no_rounding_can_save_and_one_that_rounding_explains() {
        // At 40 of 100 and a threshold of 0.20 treating everybody gives 0.4 - 0.6 / 4 = 0.25; no model gives more than 0.3625.
        assert_eq!(
            found("threshold: \"0.20\", net_benefit: \"0.41\""),
            Severity::Impossible
        );
        assert_eq!(
            found("threshold: \"0.20\", net_benefit: \"0.37\""),
            Severity::Impossible
        );
        assert_eq!(found("threshold: \"0.20\", net_benefit: \"0.36\""), Severity::Passed);
        // 0.4 may be 0.35.
        assert_eq!(found("threshold: \"0.20\", net_benefit: \"0.4\""), Severity::Passed);
        assert_eq!(found("threshold: \"0.20\", treat_all: \"0.31\""), Severity::Impossible);
        assert_eq!(
            found("threshold: \"0.20\", treat_all: \"0.250\", net_benefit: \"-0.100\""),
            Severity::Passed
        );
        assert_eq!(
            found("threshold: \"0.20\", net_benefit: \"-0.16\""),
            Severity::Impossible
        );
        // A third, printed as 0.33, is a threshold of its own: 0.4 - 0.6 / 2 = 0.1 is not what 0.33 gives, 0.1045.
        assert_eq!(found("threshold: \"0.33\", treat_all: \"0.1000\""), Severity::Doubtful);
        // Standardised, everybody treated gives 0.625 and more than 1 cannot be.
        assert_eq!(
            found("threshold: \"0.20\", treat_all: \"0.625\", standardised: yes"),
            Severity::Passed
        );
        assert_eq!(
            found("threshold: \"0.20\", net_benefit: \"1.05\", standardised: yes"),
            Severity::Impossible
        );
    }

    /// No point of a curve breaks the bound that its area sets.
    #[test]
    fn the_bound_holds_for_every_point_under_the_hyperbola() {
        let set = CaseSet {
            at: Place::default(),
            name: "test".to_owned(),
            cases: 100,
            events: 30,
        };
        let row = NetBenefit {
            at: Place::default(),
            model: "m".to_owned(),
            set: "test".to_owned(),
            threshold: Printed::parse("0.3").unwrap(),
            net_benefit: None,
            treat_all: None,
            standardised: false,
        };
        for tenth in 1..10 {
            let threshold = f64::from(tenth) / 10.0;
            let bounds = possible(&row, &set, Some(Range::exactly(0.7)), Range::exactly(threshold));
            for i in 0..=50 {
                for j in 0..=50 {
                    let (sensitivity, specificity) = (f64::from(i) / 50.0, f64::from(j) / 50.0);
                    if sensitivity * specificity <= 0.7 {
                        let benefit = 0.3 * sensitivity - 0.7 * (1.0 - specificity) * weight(threshold);
                        assert!(Range::exactly(benefit).meets(bounds), "{benefit} {bounds:?}");
                    }
                }
            }
        }
    }
}
