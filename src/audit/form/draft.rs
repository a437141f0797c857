//! What was typed so far, with its changes.

use serde_json::{Map, Value};

use super::judged::{self, Judged};
use super::lines::{self, Line};
use super::typed;
use super::yaml;
use crate::audit::place::{Place, Step};

/// What was typed so far. Names (of sets, of features) are fields of entries here and keys in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    typed: Value,
    before: Vec<Value>,
}

impl Form {
    /// What is typed at a field; empty where nothing is.
    pub fn text(&self, place: &Place) -> &str {
        typed::text_at(&self.typed, place)
    }

    /// How many entries a list has.
    pub fn entries(&self, list: &Place) -> usize {
        typed::entries_at(&self.typed, list)
    }

    /// Types a text into a field.
    pub fn set(&mut self, place: &Place, text: &str) {
        if self.text(place) == text {
            return;
        }
        self.change(|typed| *reach(typed, &place.steps) = Value::from(text));
    }

    /// Adds an entry to a list, and says which it is.
    pub fn add(&mut self, list: &Place) -> Place {
        self.change(|typed| {
            let entries = reach(typed, &list.steps);
            match entries {
                Value::Array(entries) => entries.push(Value::Object(Map::new())),
                other => *other = Value::Array(vec![Value::Object(Map::new())]),
            }
        });
        list.entry(self.entries(list).saturating_sub(1))
    }

    /// Takes an entry out of its list.
    pub fn remove(&mut self, entry: &Place) {
        let Some((Step::Entry(order), list)) = entry.steps.split_last() else {
            return;
        };
        self.change(|typed| {
            if let Value::Array(entries) = reach(typed, list)
                && *order < entries.len()
            {
                entries.remove(*order);
            }
        });
    }

    fn change(&mut self, work: impl FnOnce(&mut Value)) {
        self.before.push(self.typed.clone());
        work(&mut self.typed);
    }

    /// Takes the last change back; `false` where there is none.
    pub fn undo(&mut self) -> bool {
        self.before.pop().map(|before| self.typed = before).is_some()
    }

    /// How many changes can be taken back.
    pub fn changes(&self) -> usize {
        self.before.len()
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        typed::value(&self.typed).as_object().is_none_or(Map::is_empty)
    }

    /// What its file holds.
    pub fn value(&self) -> Value {
        typed::value(&self.typed)
    }

    /// Its lines on a screen.
    pub fn lines(&self) -> Vec<Line> {
        lines::lines(&self.typed)
    }

    /// What the checks find in it, and what cannot be read yet.
    pub fn judge(&self) -> Judged {
        judged::judge(self.value())
    }

    /// Its file: YAML with a comment for each key; what is not typed stands there as a comment.
    pub fn yaml(&self) -> String {
        yaml::yaml(&self.value())
    }
}

/// The value at the end of the steps; what is not there is made.
fn reach<'a>(value: &'a mut Value, steps: &[Step]) -> &'a mut Value {
    steps.iter().fold(value, |value, step| match step {
        Step::Key(key) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            &mut value[key.as_str()]
        }
        Step::Entry(entry) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(entries) = value {
                while entries.len() <= *entry {
                    entries.push(Value::Null);
                }
            }
            &mut value[*entry]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::PublishedModel;
    use crate::audit::Severity;

    fn key(way: &str) -> Place {
        way.split('.').fold(Place::default(), |place, step| match step.parse() {
            Ok(entry) => place.entry(entry),
            Err(_) => place.key(step),
        })
    }

    fn filled() -> Form {
        let mut form = Form::default();
        for (place, text) in [
            ("model", "m"),
            ("sample.cases", "120"),
            ("sample.sets.0.name", "training"),
            ("sample.sets.0.cases", "80"),
            ("sample.sets.0.events", "41"),
            ("baseline.0.name", "age"),
            ("baseline.0.kind", "median"),
            ("baseline.0.training", "57 (55, 70)"),
            ("formula.places.0.place", "table 2"),
            ("formula.places.0.terms.0.feature", "Sphericity"),
            ("formula.places.0.terms.0.coefficient", "-0.192"),
            ("performance.0.model", "model 1"),
            ("performance.0.set", "training"),
            ("performance.0.auc", "0.786"),
            ("performance.0.ci", "0.685-0.887"),
            ("performance.0.youden", "0.620"),
            ("performance.0.sensitivity", "0.634"),
            ("performance.0.specificity", "0.821"),
            ("reported.bin_width", "not stated"),
        ] {
            form.set(&key(place), text);
        }
        form
    }

    #[test]
    fn what_is_typed_is_the_file_and_is_judged() {
        let form = filled();
        let model = PublishedModel::from_value(&form.value()).unwrap();
        assert_eq!(model.set("training").map(|set| (set.cases, set.events)), Some((80, 41)));
        let cells: Vec<&str> = model.baseline[0].values[0]
            .1
            .iter()
            .map(|cell| cell.text.as_str())
            .collect();
        assert_eq!(cells, ["57", "55", "70"]);
        let limits = model.performance[0].ci.as_ref().unwrap();
        assert_eq!((limits[0].text.as_str(), limits[1].text.as_str()), ("0.685", "0.887"));
        assert_eq!(model.formula.as_ref().unwrap().places[0].terms[0].0, "Sphericity");
        let judged = form.judge();
        assert!(judged.unread.is_empty());
        assert!(
            judged
                .findings
                .iter()
                .any(|found| found.check == "youden" && found.severity == Severity::Impossible)
        );
        // The file gives the same again, comments and all.
        let read: Value = serde_yaml::from_str(&form.yaml()).unwrap();
        assert_eq!(PublishedModel::from_value(&read).unwrap(), model);
    }

    #[test]
    fn what_cannot_be_read_yet_hides_nothing_else() {
        let mut form = filled();
        let list = key("performance");
        let entry = form.add(&list);
        form.set(&entry.key("auc"), "about 0.8");
        let judged = form.judge();
        assert_eq!(judged.unread.len(), 1, "{:?}", judged.unread);
        assert!(judged.findings.iter().any(|found| found.check == "youden"));
        form.remove(&entry);
        assert_eq!(form, {
            let mut other = filled();
            other.before = form.before.clone();
            other
        });
    }

    #[test]
    fn each_change_is_taken_back_by_itself() {
        let mut form = filled();
        let before = form.typed.clone();
        form.set(&key("performance.0.auc"), "0.9");
        form.add(&key("performance"));
        form.remove(&key("performance.0"));
        assert!(form.undo() && form.undo() && form.undo());
        assert_eq!(form.typed, before);
        while form.undo() {}
        assert!(form.is_empty() && !form.undo());
    }

    #[test]
    fn an_empty_form_is_a_template_of_all_keys() {
        let text = Form::default().yaml();
        for known in crate::audit::published::keys::KEYS {
            assert!(text.contains(&format!("{}:", known.name)), "{}", known.path());
        }
        // Without its signs of comment each key is written as its reader takes it.
        let value: Value = serde_yaml::from_str(&text).unwrap();
        assert!(
            PublishedModel::from_value(&value)
                .unwrap_err()
                .to_string()
                .contains("name")
        );
    }

    #[test]
    fn every_key_of_the_file_has_a_line() {
        let mut form = filled();
        for list in [
            "statements",
            "predictors",
            "comparisons",
            "net_benefit",
            "agreement",
            "formula.scaler",
        ] {
            form.add(&key(list));
        }
        let lines = form.lines();
        for known in crate::audit::published::keys::KEYS {
            // What holds keys stands for them.
            let there = lines.iter().any(|line| {
                let found = crate::audit::published::keys::of(&line.place);
                found.is_some_and(|found| found.path().starts_with(&known.path()))
            });
            assert!(there, "{}", known.path());
        }
    }
}
