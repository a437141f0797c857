//! The virtual second reader of a study: what the study file says of it, and that it stands in for no real one.

use std::path::PathBuf;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::cohort::{Case, Cohort};
use super::keys::{Form, Key, Row};
use super::settings::Config;
use super::yaml::words_of;
use crate::features::perturb::{STEPS, Step, StepInfo};
use crate::message::nearest::nearest;
use crate::study::artefact::digest;
use crate::study::error::StudyError;

/// Perturbations, one after the other; none of a study without a virtual reader.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chain(pub Vec<Step>);

static PERTURB: Key<Chain> = Key::form(
    "agreement.perturb",
    "virtual reader",
    "none",
    "none, or the perturbations by which a virtual reader draws every mask again, where no real one has: contour (by supervoxels), translate, rotate, volume, margin, noise; one, or a list of them that are done one after the other, each with its limit where it is not the usual one, as [contour, {translate: 2}]",
);
static PERTURBATIONS: Key<usize> = Key::count(
    "agreement.perturbations",
    "virtual readings",
    "1",
    1,
    "how often the virtual reader draws every mask",
);
static SEED: Key<u64> = Key::whole(
    "agreement.perturb_seed",
    "seed of the virtual reader",
    "1",
    "seed of the virtual reader; each case and reading has draws of its own",
);

/// The virtual reader of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct VirtualReader {
    /// What is done to a mask and its image, one after the other
    pub steps: Vec<Step>,
    /// How often
    pub readings: usize,
    /// The seed of the study file
    pub seed: u64,
}

impl VirtualReader {
    /// The keys of a study file that it obeys.
    pub fn keys() -> Vec<&'static Row> {
        vec![&PERTURB.row, &PERTURBATIONS.row, &SEED.row]
    }

    /// What a study file says; `None` if the study has no virtual reader.
    ///
    /// # Errors
    /// Where a setting is wrong.
    pub fn of(config: &Config) -> Result<Option<Self>, StudyError> {
        let Chain(steps) = config.get(&PERTURB)?;
        let reader = Self {
            steps,
            readings: config.get(&PERTURBATIONS)?,
            seed: config.get(&SEED)?,
        };
        Ok((!reader.steps.is_empty()).then_some(reader))
    }

    /// The seed of a case and a reading, counted from 1: it knows nothing of other cases.
    pub fn seed_of(&self, case: &str, reading: usize) -> u64 {
        let text = digest(format!("{}\n{reading}\n{case}", self.seed).as_bytes());
        text.get(..16)
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .unwrap_or(self.seed)
    }

    /// What is done, in words: "contour 500 mm3 a supervoxel, then translate 1 mm".
    pub fn words(&self) -> String {
        let words: Vec<String> = self.steps.iter().map(|step| step.words()).collect();
        words.join(", then ")
    }

    /// The perturbations as the study file would have them.
    pub fn written(&self) -> Value {
        serde_json::to_value(Chain(self.steps.clone())).unwrap_or_default()
    }
}

/// A virtual reader stands in where there is no real one, and needs images.
///
/// # Errors
/// Where a study has both, or has a table of features instead of images.
pub(super) fn refuse_beside_a_real_one(config: &Config, cohort: &Cohort) -> Result<(), StudyError> {
    if VirtualReader::of(config)?.is_none() {
        return Ok(());
    }
    if config.features.is_some() {
        return Err(config.fault(
            &PERTURB.row,
            "the study has a table of features and no images, so that no mask can be drawn again; leave this key out",
        ));
    }
    let columns = [
        (
            &config.columns.mask_reader2.name,
            masks(cohort, |case| &case.mask_reader2),
        ),
        (
            &config.columns.mask_repeat.name,
            masks(cohort, |case| &case.mask_repeat),
        ),
    ];
    for (column, count) in columns {
        if count > 0 {
            return Err(config.fault(
                &PERTURB.row,
                format!(
                    "{count} cases have a mask in the column {column}, which a person drew, and a virtual reader does not stand \
                     beside a real one; leave this key out to judge by the real masks, or take the column {column} out of the \
                     table to judge by the virtual ones"
                ),
            ));
        }
    }
    Ok(())
}

fn masks(cohort: &Cohort, of: fn(&Case) -> &Option<PathBuf>) -> usize {
    cohort.cases.iter().filter(|case| of(case).is_some()).count()
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.0.iter().map(|step| {
            let mut map = Map::new();
            map.insert(step.info().name.to_owned(), step.value().into());
            Value::Object(map)
        });
        steps.collect::<Vec<Value>>().serialize(serializer)
    }
}

impl Form for Chain {
    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) if text == "none" => Ok(Self::default()),
            Value::Array(steps) => steps.iter().map(step).collect::<Result<_, _>>().map(Self),
            one => Ok(Self(vec![step(one)?])),
        }
    }
}

/// A perturbation by its name, or `{name: value}`.
fn step(value: &Value) -> Result<Step, String> {
    match value {
        Value::String(name) => {
            let info = named(name)?;
            let value = info.default.ok_or_else(|| {
                format!("{name} has no usual value, for its unit is the image's; say it, as {{{name}: 10}}")
            })?;
            Ok((info.of)(value))
        }
        Value::Object(map) if map.len() == 1 => {
            let (name, value) = map.iter().next().ok_or("a perturbation has a name")?;
            let info = named(name)?;
            let (least, most) = info.limits;
            match value.as_f64() {
                Some(number) if number >= least && number <= most => Ok((info.of)(number)),
                _ => Err(format!(
                    "{name}: {} is not a number from {least} to {most} ({})",
                    words_of(value),
                    info.unit
                )),
            }
        }
        Value::Object(_) => {
            Err("perturbations are done one after the other: write a list, as [contour, {translate: 2}]".to_owned())
        }
        other => Err(format!(
            "{} stands where the name of a perturbation is expected, or {{name: value}}",
            words_of(other)
        )),
    }
}

fn named(name: &str) -> Result<&'static StepInfo, String> {
    STEPS.iter().find(|info| info.name == name).ok_or_else(|| {
        let known: Vec<&str> = STEPS.iter().map(|info| info.name).collect();
        let meant =
            nearest(name, known.iter().copied()).map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        format!("\"{name}\" is not one of {}{meant}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn perturbations_are_read_and_written_alike() {
        for (value, steps) in [
            (json!("none"), vec![]),
            (json!([]), vec![]),
            (json!("contour"), vec![Step::Contour(500.0)]),
            (json!({"noise": 10}), vec![Step::Noise(10.0)]),
            (
                json!(["contour", {"translate": 2}, "rotate"]),
                vec![Step::Contour(500.0), Step::Translate(2.0), Step::Rotate(10.0)],
            ),
        ] {
            let read = Chain::read(&value).unwrap();
            assert_eq!(read, Chain(steps));
            assert_eq!(Chain::read(&serde_json::to_value(&read).unwrap()).unwrap(), read);
        }
    }

    #[test]
    fn what_is_no_perturbation_is_said() {
        for (value, says) in [
            (json!("contur"), "did you mean contour?"),
            (json!("noise"), "{noise: 10}"),
            (json!({"volume": 1.5}), "volume: 1.5 is not a number from 0 to 0.9"),
            (json!({"volume": "much"}), "is not a number"),
            (json!({"volume": 0.1, "rotate": 5}), "write a list"),
            (json!([1]), "1 stands where the name"),
        ] {
            let error = Chain::read(&value).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn each_case_and_reading_has_a_seed_of_its_own() {
        let reader = VirtualReader {
            steps: vec![Step::Margin(1.0)],
            readings: 2,
            seed: 1,
        };
        let other = VirtualReader {
            seed: 2,
            ..reader.clone()
        };
        let seeds = [
            reader.seed_of("a", 1),
            reader.seed_of("a", 2),
            reader.seed_of("b", 1),
            other.seed_of("a", 1),
        ];
        for (place, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..place].contains(seed));
        }
        assert_eq!(seeds[0], reader.seed_of("a", 1));
    }
}
