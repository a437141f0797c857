//! The events per variable that a paper states, against the set that the model was fitted on.
//!
//! What counts are the events of the training set (or its cases without the event, whichever are fewer) and all candidates that
//! the selection could choose from. Events of the whole sample, which holds the test set too, or a division by the few variables
//! that were kept, make the number look better (Peduzzi et al. 1996; Riley et al. 2020).

use crate::audit::published::CaseSet;
use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "events-per-variable",
    needs: words::NEEDS_EPV,
    formula: "events (or others, whichever are fewer) of the training set / variables; not those of the test set or of both",
    source: "Peduzzi et al. 1996; Riley et al. 2020 (BMJ 368:m441)",
    severity: Severity::Impossible,
    words: words::EPV_WHY,
    run: events_per_variable,
};

fn events_per_variable(model: &PublishedModel) -> Vec<Finding> {
    let (Some(printed), Some(training)) = (&model.events_per_variable, model.training()) else {
        return Vec::new();
    };
    let clinical = model.clinical.unwrap_or(0);
    let kept = model.chosen.map(|chosen| chosen + clinical);
    let mut variables: Vec<(usize, bool)> = Vec::new();
    for (count, all) in [
        (model.candidates.map(|count| count + clinical), true),
        (model.candidates, true),
        (kept, false),
        (model.chosen, false),
    ] {
        if let Some(count) = count.filter(|count| *count > 0)
            && !variables.iter().any(|known| known.0 == count)
        {
            variables.push((count, all));
        }
    }
    if variables.is_empty() {
        return Vec::new();
    }
    // The training set's first, so that a number which several give is taken as the right one.
    let mut events: Vec<(Message, usize, bool)> = vec![(words::set_named(&training.name), training.rarer(), true)];
    events.push((words::set_named(&training.name), training.events, true));
    for set in model.sample.sets.iter().filter(|set| set.name != training.name) {
        events.push((words::set_named(&set.name), set.rarer(), false));
        events.push((words::set_named(&set.name), set.events, false));
    }
    let whole = |of: fn(&CaseSet) -> usize| model.sample.sets.iter().map(of).sum::<usize>();
    let together = [
        whole(|set| set.events).min(whole(CaseSet::others)),
        whole(|set| set.events),
    ];
    let stated = model.sample.events;
    events.extend((together.into_iter().chain(stated)).map(|count| (words::WHOLE_SAMPLE.into(), count, false)));
    let range = Range::of(printed);
    let mut fits = Vec::new();
    let mut lines = Vec::new();
    for (name, count, is_training) in &events {
        for (variables, all) in &variables {
            let value = *count as f64 / *variables as f64;
            let line = words::epv_line(name.clone(), *count, *variables, share(value, 2));
            if Range::exactly(value).meets(range) {
                fits.push((*is_training, *all, line));
            } else if *is_training && !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let of = |training: bool, all: Option<bool>| {
        (fits.iter())
            .find(|fit| fit.0 == training && all.is_none_or(|all| fit.1 == all))
            .map(|fit| fit.2.clone())
    };
    let (severity, says, line): (_, Message, _) = if let Some(line) = of(true, Some(true)) {
        let passed = Finding::new(CHECK.id, Severity::Passed, words::EPV, words::EPV_FITS);
        return vec![passed.line(line)];
    } else if let Some(line) = of(true, Some(false)) {
        (Severity::Doubtful, words::EPV_OF_KEPT.into(), Some(line))
    } else if let Some(line) = of(false, None) {
        (Severity::Doubtful, words::EPV_OF_OTHERS.into(), Some(line))
    } else {
        (Severity::Impossible, words::not_epv(&printed.text), None)
    };
    vec![
        Finding::new(CHECK.id, severity, words::EPV, says)
            .lines(line)
            .lines(lines)
            .resolve(words::EPV_OF_TRAINING),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(stated: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, candidates: 10, chosen: 3, clinical: 1, events_per_variable: \"{stated}\", sample: {{sets: {{training: {{cases: 80, events: 41}}, test: {{cases: 40, events: 16}}}}}}}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn a_number_that_no_rounding_can_save_and_one_that_rounding_explains() {
        // Training: 39 others, 41 events; 11 or 10 candidates, 4 or 3 kept. All: 57 events, 63 others.
        assert_eq!(found("3.5"), Severity::Passed);
        assert_eq!(found("3.55"), Severity::Passed);
        assert_eq!(found("4"), Severity::Passed);
        assert_eq!(found("9.75"), Severity::Doubtful);
        assert_eq!(found("5.7"), Severity::Doubtful);
        assert_eq!(found("1.6"), Severity::Doubtful);
        assert_eq!(found("7.0"), Severity::Impossible);
    }
}
