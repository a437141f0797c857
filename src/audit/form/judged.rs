//! What the checks find in a form that is still being filled in.

use serde_json::Value;

use crate::audit::place::{Place, Step};
use crate::audit::{AuditError, Finding, PublishedModel, Severity, audit};

/// Findings, and what cannot be read yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judged {
    /// What cannot be read yet, and where
    pub unread: Vec<AuditError>,
    /// The findings in the rest, the worst first
    pub findings: Vec<Finding>,
}

impl Judged {
    /// How many findings have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// As many faults are listed before the rest is given up.
const MOST_FAULTS: usize = 200;

pub(super) fn judge(mut value: Value) -> Judged {
    let mut unread = Vec::new();
    for _ in 0..MOST_FAULTS {
        match PublishedModel::from_value(&value) {
            Ok(model) => {
                return Judged {
                    unread,
                    findings: audit(&model).findings,
                };
            }
            Err(error) => {
                let place = error.place();
                unread.push(error);
                if !without(&mut value, &place) {
                    break;
                }
            }
        }
    }
    Judged {
        unread,
        findings: Vec::new(),
    }
}

/// Takes out what cannot be read: the entry of the innermost list in which it stands, or the key. A model without a name gets
/// one, for everything else can be judged without it.
fn without(value: &mut Value, place: &Place) -> bool {
    if matches!(place.steps.as_slice(), [Step::Key(key)] if key == "model") {
        value["model"] = Value::from("–");
        return true;
    }
    // An entry of a list of numbers takes its list's entry with it.
    let entries = (0..place.steps.len()).filter(|at| matches!(place.steps[*at], Step::Entry(_)));
    let mut ends: Vec<usize> = entries.collect();
    ends.reverse();
    ends.extend([place.steps.len().saturating_sub(1)]);
    ends.into_iter()
        .any(|end| remove(value, &place.steps[..=end.min(place.steps.len().saturating_sub(1))]))
}

fn remove(value: &mut Value, way: &[Step]) -> bool {
    let Some((last, before)) = way.split_last() else {
        return false;
    };
    let mut inside = value;
    for step in before {
        let next = match step {
            Step::Key(key) => inside.get_mut(key),
            Step::Entry(entry) => inside.get_mut(*entry),
        };
        let Some(next) = next else { return false };
        inside = next;
    }
    match (last, inside) {
        (Step::Entry(entry), Value::Array(list)) if *entry < list.len() && list[*entry].is_object() => {
            list.remove(*entry);
            true
        }
        (Step::Key(key), Value::Object(object)) => object.shift_remove(key).is_some(),
        (Step::Entry(_) | Step::Key(_), _) => false,
    }
}
