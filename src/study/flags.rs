//! What the program itself finds odd about a case's mask, for the person who reviews it.

use std::collections::HashMap;

use super::input::cohort::Case;
use super::stages::check::{CaseFacts, CheckResult, Verdict};
use crate::message::Message;
use crate::message::english::stages as words;

/// A region in fewer slices than this has hardly a shape.
const FEW_SLICES: usize = 3;

/// A region of fewer voxels has hardly a texture.
const FEW_VOXELS: usize = 64;

/// Hounsfield units of a CT with twelve bits: air outside of the scanner's field, and the densest value.
const HOUNSFIELD: (f64, f64) = (-1024.0, 3071.0);

/// What is odd about each case that was read, in the order of the cohort; nothing for the others.
pub fn flags(cases: &[Case], check: &CheckResult) -> Vec<Vec<Message>> {
    let judged: HashMap<&str, &CaseFacts> = check
        .cases
        .iter()
        .filter(|case| case.verdict == Verdict::Good)
        .filter_map(|case| Some((case.id.as_str(), case.facts.as_deref()?)))
        .collect();
    let mut by_image: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, case) in cases.iter().enumerate() {
        if let Some(hash) = judged
            .get(case.id.as_str())
            .and_then(|facts| facts.image_hash.as_deref())
        {
            by_image.entry(hash).or_default().push(place);
        }
    }
    cases
        .iter()
        .enumerate()
        .map(|(place, case)| {
            let Some(facts) = judged.get(case.id.as_str()) else {
                return Vec::new();
            };
            let mut found = of_region(facts);
            let same_image = facts.image_hash.as_deref().and_then(|hash| by_image.get(hash));
            for &other in same_image.into_iter().flatten().filter(|&&other| other != place) {
                let other = &cases[other];
                let as_many = judged
                    .get(other.id.as_str())
                    .is_some_and(|twin| twin.voxels == facts.voxels);
                if other.patient != case.patient {
                    found.push(words::same_image_of_patient(&other.id, &other.patient));
                } else if as_many {
                    // Several regions in one scan of one patient are common; the same region twice is not.
                    found.push(words::same_image_and_voxels(&other.id));
                }
            }
            found
        })
        .collect()
}

fn of_region(facts: &CaseFacts) -> Vec<Message> {
    let mut found = Vec::new();
    if let Some(parts) = facts.parts.filter(|&parts| parts > 1) {
        found.push(words::mask_in_pieces(parts));
    }
    if let Some(holes) = facts.holes.filter(|&holes| holes > 0) {
        found.push(words::mask_has_holes(
            holes,
            if holes == 1 { words::HOLE } else { words::HOLES },
        ));
    }
    if facts.at_border {
        found.push(words::MASK_AT_BORDER.into());
    }
    if let Some(slices) = facts.extent.into_iter().min().filter(|&slices| slices < FEW_SLICES) {
        found.push(words::few_slices(slices));
    }
    if facts.voxels < FEW_VOXELS {
        found.push(words::few_voxels(facts.voxels));
    }
    if let Some(value) = facts.minimum.filter(|&value| value < HOUNSFIELD.0) {
        found.push(words::below_hounsfield(value));
    }
    if let Some(value) = facts.maximum.filter(|&value| value > HOUNSFIELD.1) {
        found.push(words::above_hounsfield(value));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::stages::check::CaseCheck;

    fn case(id: &str, patient: &str) -> Case {
        Case {
            id: id.to_owned(),
            patient: patient.to_owned(),
            ..Case::default()
        }
    }

    fn judged(id: &str, facts: CaseFacts) -> CaseCheck {
        CaseCheck {
            id: id.to_owned(),
            verdict: Verdict::Good,
            problem: None,
            warnings: Vec::new(),
            facts: Some(Box::new(facts)),
        }
    }

    fn sound() -> CaseFacts {
        CaseFacts {
            voxels: 900,
            parts: Some(1),
            holes: Some(0),
            extent: [12, 12, 9],
            minimum: Some(-80.0),
            maximum: Some(900.0),
            image_hash: Some("one".to_owned()),
            ..CaseFacts::default()
        }
    }

    #[test]
    fn a_sound_mask_has_no_flag_and_each_fault_has_its_own() {
        let faults: [(CaseFacts, &str); 6] = [
            (
                CaseFacts {
                    parts: Some(3),
                    ..sound()
                },
                "3 pieces",
            ),
            (
                CaseFacts {
                    holes: Some(2),
                    ..sound()
                },
                "2 holes",
            ),
            (
                CaseFacts {
                    at_border: true,
                    ..sound()
                },
                "border",
            ),
            (
                CaseFacts {
                    extent: [12, 12, 2],
                    ..sound()
                },
                "2 slices",
            ),
            (
                CaseFacts {
                    minimum: Some(-2000.0),
                    ..sound()
                },
                "-2000",
            ),
            (
                CaseFacts {
                    maximum: Some(9000.0),
                    ..sound()
                },
                "9000",
            ),
        ];
        assert!(of_region(&sound()).is_empty());
        for (facts, words) in faults {
            let found = of_region(&facts);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].to_string().contains(words), "{found:?}");
        }
    }

    #[test]
    fn the_same_image_is_said_of_other_patients_and_of_the_same_region() {
        let cases = [case("a", "p1"), case("b", "p2"), case("c", "p1"), case("d", "p1")];
        let other_region = CaseFacts { voxels: 700, ..sound() };
        let check = CheckResult::of(vec![
            judged("a", sound()),
            judged("b", other_region.clone()),
            judged("c", sound()),
            judged(
                "d",
                CaseFacts {
                    voxels: 500,
                    image_hash: None,
                    ..sound()
                },
            ),
        ]);
        let found = flags(&cases, &check);
        let said: Vec<String> = found[0].iter().map(Message::to_string).collect();
        assert_eq!(
            said,
            [
                "the same image as b of patient p2",
                "the same image as c, and as many voxels"
            ]
        );
        assert_eq!(found[1].len(), 2);
        assert!(found[3].is_empty());
    }
}
