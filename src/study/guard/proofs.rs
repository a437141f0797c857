//! Studies that break a rule, one or more for each, run by the program itself: a sound study and one change to what a person
//! would write, its table, images or settings. Those of a rule may stand in its file too.
//!
//! Some rules (L03, L04, L08, L15, half of L06) look whether the program has done what its types and stages already hold. No
//! study can break them, so their proofs lay the program's results of two studies together, or change a word in one, as
//! a fault of the engine would.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use super::bench::{Bench, Images, Proof, changed, images, noise, run, split_by, with_result_of};
use crate::study::Study;

use crate::study::guard::{RULES, allow, in_the_way, judge, labels, looks};

/// L01: before the split the column says it, after it the folds do.
pub(super) fn patients() -> Vec<Proof> {
    vec![
        changed("split", |bench| {
            split_by(bench, |case| case % 3 != 0);
            bench.column("patient", |case| format!("p{:03}", case / 3));
        }),
        changed("select", |bench| {
            bench.column("patient", |case| format!("p{:03}", case / 2));
            bench.column("fold", |case| (case % 4).to_string());
            bench.setting("select: {fold_column: fold}");
        }),
    ]
}

/// L02: the same image, the same features, no patients.
pub(super) fn copies() -> Vec<Proof> {
    vec![
        images(|images| images.image = |case, at| (Images::sound().image)(case.min(10), at)),
        changed("split", copy_across),
        changed("split", |bench| bench.header[1] = "person".to_owned()),
    ]
}

/// The features of a training case stand in a row of the test set, too.
fn copy_across(bench: &mut Bench) {
    split_by(bench, |case| case < 100);
    for feature in ["f4", "f5"] {
        bench.column(feature, |case| format!("{:.6}", 2.0 + noise(case, feature.len() + 9)));
    }
    let copied = bench.rows[0][5..8].to_vec();
    bench.rows[150][5..8].clone_from_slice(&copied);
    for column in 9..11 {
        bench.rows[150][column] = bench.rows[0][column].clone();
    }
}

/// Two studies that differ in nothing but their sides, which are exchanged.
static SWAPPED: LazyLock<[Proof; 2]> = LazyLock::new(|| {
    [false, true].map(|swapped| changed("evaluate", |bench| split_by(bench, |case| (case % 4 < 2) != swapped)))
});

fn copy_of(proof: &Proof) -> Proof {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                fs::copy(&path, &target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(proof.folder.path(), folder.path());
    Proof {
        study: Study::open(&folder.path().join("study.yaml")).unwrap(),
        folder,
        stopped: None,
    }
}

/// A result of the program with something changed in it.
fn altered(file: &str, change: impl FnOnce(&mut Value)) -> Proof {
    let proof = copy_of(&SWAPPED[0]);
    let path = proof.study.out().join(file);
    let mut result = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut result);
    fs::write(&path, result.to_string()).unwrap();
    Proof {
        study: Study::open(&proof.folder.path().join("study.yaml")).unwrap(),
        ..proof
    }
}

/// L03: what was fitted on the other side.
pub(super) fn rows() -> Vec<Proof> {
    let [one, other] = &*SWAPPED;
    ["standardise/result.json", "select/result.json", "fit/result.json"]
        .map(|file| with_result_of(copy_of(one), other, file))
        .into()
}

/// L04: the agreement of the other side.
pub(super) fn agreement() -> Vec<Proof> {
    let [one, other] = ["training", "test"].map(|first| {
        let folder = tempfile::tempdir().unwrap();
        Images::sound().write(folder.path());
        if first == "test" {
            let path = folder.path().join("cohort.csv");
            let table = fs::read_to_string(&path).unwrap();
            let swapped = table
                .replace(",training,", ",?,")
                .replace(",test,", ",training,")
                .replace(",?,", ",test,");
            fs::write(&path, swapped).unwrap();
        }
        run(folder, "agreement", &[])
    });
    vec![with_result_of(one, &other, "agreement/result.json")]
}

/// L06: sets and folds with one outcome, sets with different shares.
pub(super) fn classes() -> Vec<Proof> {
    let without_events = |side: &'static str, fold: Option<u64>| {
        altered("split/result.json", move |split| {
            for case in split["cases"].as_array_mut().unwrap() {
                let number: u64 = case["id"].as_str().unwrap()[1..].parse().unwrap();
                if case["side"] == side && fold.is_none_or(|fold| number % 5 != fold) {
                    case["event"] = false.into();
                }
            }
        })
    };
    vec![
        changed("split", |bench| split_by(bench, |case| case < 80 || case % 4 == 0)),
        changed("select", |bench| {
            split_by(bench, |case| case < 100);
            bench.column("fold", |case| {
                if case < 20 { case % 2 } else { case / 2 % 2 + 2 }.to_string()
            });
            bench.setting("select: {fold_column: fold, lambda: 0.02}");
        }),
        without_events("test", None),
        without_events("training", None),
    ]
}

/// L08: a model fitted anew, judged as the one before.
pub(super) fn cutoff() -> Vec<Proof> {
    let proof = copy_of(&SWAPPED[0]);
    let other = changed("fit", |bench| {
        split_by(bench, |case| case % 4 < 2);
        bench.setting("select: {folds: 5, lambda: 0.1}");
    });
    vec![with_result_of(proof, &other, "fit/result.json")]
}

/// L09: a second model, tried on the same test cases.
pub(super) fn second_look() -> Vec<Proof> {
    let first = copy_of(&SWAPPED[0]);
    assert!(labels(&first.study).is_empty());
    let stages: Vec<String> = looks(&first.study).into_iter().map(|look| look.stage).collect();
    assert_eq!(stages, ["score", "evaluate"]);
    // The same model again is no second look.
    fs::remove_dir_all(first.study.out().join("evaluate")).unwrap();
    let again = run(first.folder, "evaluate", &[]);
    assert_eq!((again.stopped.as_deref(), looks(&again.study).len()), (None, 2));
    let other = [("select.lambda", "0.1")];
    let second = run(again.folder, "evaluate", &other);
    let said = second.stopped.as_deref().unwrap();
    assert!(
        said.starts_with("L09: ") && said.contains("--allow L09=REASON"),
        "{said}"
    );
    let standings = second.study.standings();
    let score = standings.iter().find(|(stage, _)| *stage == "score");
    assert!(
        score.is_some_and(|(_, standing)| standing.word() == "stale"),
        "the Rad-score of the test cases is a look, too"
    );
    assert!(labels(&second.study).is_empty());
    assert_eq!(looks(&second.study).len(), 2, "a look that is refused is none");
    assert_eq!(in_the_way(&second.study).unwrap().rule, "L09");
    // Nor does deleting its results make it a first one.
    let _ = fs::remove_dir_all(second.study.out().join("evaluate"));
    let mut refused = run(second.folder, "evaluate", &other);
    for (rule, reason, says) in [("L99", "why not", "there is no rule"), ("L09", " ", "without a reason")] {
        let message = allow(&mut refused.study, rule, reason).unwrap_err().to_string();
        assert!(message.contains(says), "{message}");
    }
    allow(&mut refused.study, "L09", "planned beforehand").unwrap();
    // The reason is kept with the results, and stands on every label.
    let knowingly = run(refused.folder, "evaluate", &other);
    assert_eq!((knowingly.stopped.as_deref(), looks(&knowingly.study).len()), (None, 4));
    let shown: Vec<String> = labels(&knowingly.study).iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["L09 broken knowingly: planned beforehand"]);
    vec![knowingly]
}

/// L18: the same study under another split, after the first was scored.
pub(super) fn other_splits() -> Vec<Proof> {
    let first = Bench::sound().run("evaluate");
    assert!(judge(&first.study).iter().all(|breach| breach.rule != "L18"));
    vec![run(first.folder, "evaluate", &[("split.seed", "77")])]
}

/// L20: a column that nobody had named when the test set was opened; naming it beforehand breaks nothing.
pub(super) fn groups_named_later() -> Vec<Proof> {
    let mut planned = Bench::sound();
    planned.setting("evaluate: {subgroups: [scanner]}");
    let planned = planned.run("evaluate");
    assert!(judge(&planned.study).iter().all(|breach| breach.rule != "L20"));
    let first = Bench::sound().run("evaluate");
    let later = run(first.folder, "evaluate", &[("evaluate.subgroups", "[\"scanner\"]")]);
    assert_eq!(later.stopped, None, "a reader is told; nobody is kept from looking");
    vec![later]
}

/// L19: the outcome in other numbers or words, as a clinical column and as a feature; a feature that parts the outcomes.
pub(super) fn copied_outcome() -> Vec<Proof> {
    let event = |case: usize| case % 2 == 1;
    vec![
        changed("split", |bench| {
            bench.column("age", |case| if event(case) { "4" } else { "1" }.to_owned());
        }),
        changed("extract", |bench| {
            bench.column("f3", |case| if event(case) { "9.5" } else { "7" }.to_owned());
        }),
        changed("extract", |bench| {
            bench.column("f3", |case| {
                format!("{:.6}", noise(case, 9) + if event(case) { 8.0 } else { 4.0 })
            });
        }),
    ]
}

/// L10: no resamples.
pub(super) fn calibration() -> Vec<Proof> {
    vec![changed("evaluate", |bench| bench.setting("evaluate: {bootstrap: 0}"))]
}

/// L11: slices thicker than pixels; resampled or taken slice by slice they are no breach.
pub(super) fn anisotropy() -> Vec<Proof> {
    for settings in [
        "extraction: {setting: {resampledPixelSpacing: [1, 1, 1]}}\n",
        "extraction: {setting: {force2D: true}}\n",
    ] {
        let sound = images(|images| {
            images.spacing = |_| 2.5;
            images.settings = settings;
        });
        assert!(
            judge(&sound.study).iter().all(|breach| breach.rule != "L11"),
            "{settings}"
        );
    }
    vec![images(|images| {
        images.spacing = |case| if case == 5 { 2.5 } else { 1.0 }
    })]
}

/// L12: small, in pieces, at the border, of one value, of values that are no tissue's, of too few or too many levels.
pub(super) fn regions() -> Vec<Proof> {
    let with_image = |image| images(|images| images.image = image);
    let with_mask = |mask| images(|images| images.mask = mask);
    vec![
        with_mask(|case, at| at.iter().all(|&at| (4..if case == 3 { 7 } else { 10 }).contains(&at))),
        with_mask(|case, [x, y, z]| (Images::sound().mask)(case, [x, y, z]) && !(case == 3 && (z == 5 || z == 6))),
        with_mask(|case, [x, y, z]| {
            (Images::sound().mask)(case, [x, y, z])
                || (case == 3 && x == 0 && y < 6 && z == 5)
                || (case == 3 && x < 3 && y == 5 && z == 5)
        }),
        with_image(|case, at| {
            if case == 3 {
                7
            } else {
                (Images::sound().image)(case, at)
            }
        }),
        with_image(|case, at| {
            if case == 3 && at == [5, 5, 5] {
                -3000
            } else {
                (Images::sound().image)(case, at)
            }
        }),
        with_image(|case, at| {
            if case == 3 {
                at[0] as i64 * 9
            } else {
                (Images::sound().image)(case, at)
            }
        }),
        with_image(|case, at| {
            if case == 3 {
                at[0] as i64 * 900
            } else {
                (Images::sound().image)(case, at)
            }
        }),
    ]
}

/// L13: a feature that is the volume in disguise, and a volume that does as well as the model.
pub(super) fn volume() -> Vec<Proof> {
    let with_volume = |volume: fn(usize) -> f64, more: &str| {
        let more = more.to_owned();
        changed(if more.is_empty() { "select" } else { "robustness" }, move |bench| {
            bench.column("original_shape_MeshVolume", |case| format!("{:.6}", volume(case)));
            bench.setting(&more);
        })
    };
    vec![
        with_volume(|case| (3.0 + (case % 2) as f64 + noise(case, 1)).powi(3), ""),
        with_volume(
            |case| 2.0 + (case % 2) as f64 + 0.55 * noise(case, 12),
            "controls: true",
        ),
    ]
}

/// L15: the program's own comparisons, each with its form turned.
pub(super) fn delong() -> Vec<Proof> {
    let turned = |form: bool| {
        altered("evaluate/discrimination.json", move |evaluate| {
            let comparisons = evaluate["comparisons"].as_array_mut().unwrap();
            let test = comparisons.iter_mut().find(|test| test["paired"] == form).unwrap();
            test["paired"] = (!form).into();
        })
    };
    vec![turned(true), turned(false)]
}

/// L16: features that know so little that half of the splits tell it.
pub(super) fn flips() -> Vec<Proof> {
    vec![changed("robustness", |bench| {
        for (column, feature) in ["f1", "f2", "f3"].iter().enumerate() {
            let signal = if column == 0 { 0.3 } else { 0.0 };
            bench.column(feature, |case| {
                format!("{:.6}", signal * (case % 2) as f64 + noise(case, column + 20))
            });
        }
        bench.setting("robustness: {resplits: 20, nested_folds: 3, bootstrap: 2}");
    })]
}

/// L17: a feature that changes with the offset.
pub(super) fn shift() -> Vec<Proof> {
    vec![changed("select", |bench| {
        bench.header[5] = "original_firstorder_RootMeanSquared".to_owned();
    })]
}

#[test]
fn a_sound_study_breaks_no_rule() {
    let sound = Bench::sound().run("robustness");
    assert_eq!(sound.stopped, None);
    assert_eq!(judge(&sound.study), []);
    let sound = images(|_| {});
    assert_eq!(judge(&sound.study), []);
}

#[test]
fn every_rule_is_broken_by_the_studies_that_are_meant_to() {
    let silent: Vec<String> = RULES
        .iter()
        .flat_map(|rule| {
            let proofs = (rule.proofs)();
            assert!(!proofs.is_empty(), "nothing breaks {}", rule.id);
            let silent = proofs.iter().enumerate().filter(|(_, proof)| {
                let stopped = proof
                    .stopped
                    .as_deref()
                    .is_some_and(|message| message.contains(rule.id));
                !stopped && (rule.judge)(&proof.study).is_empty()
            });
            silent
                .map(|(at, proof)| format!("{}, study {}: {:?}", rule.id, at + 1, proof.stopped))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn rules_are_numbered_and_explain_themselves() {
    for (number, rule) in RULES.iter().enumerate() {
        assert_eq!(rule.id, format!("L{:02}", number + 1));
        assert!(!rule.source.is_empty(), "{}", rule.id);
    }
}

#[test]
fn an_error_stops_the_run_unless_it_is_allowed_with_a_reason() {
    let copied = |more: &str| {
        changed("table1", |bench| {
            copy_across(bench);
            bench.setting(more);
        })
    };
    let stopped = copied("");
    let message = stopped.stopped.unwrap();
    assert!(
        message.starts_with("L02: ") && message.contains("c000 = c150"),
        "{message}"
    );
    assert!(
        message.contains("--allow L02=REASON, or guard: {allow: [{rule: L02, reason: …}]}"),
        "{message}"
    );
    // What was made stays, and says so wherever it is shown.
    assert!(labels(&stopped.study)[0].to_string().starts_with("L02 broken: "));
    assert!(stopped.study.results().table1().is_none());
    let knowingly = copied("guard: {allow: [{rule: L02, reason: to show what leaks}]}");
    assert_eq!(knowingly.stopped, None);
    let found: Vec<String> = labels(&knowingly.study).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["L02 broken knowingly: to show what leaks"]);
}

#[test]
fn the_model_that_was_looked_at_first_may_be_looked_at_again() {
    let first = copy_of(&SWAPPED[0]);
    let mut second = run(first.folder, "select", &[("select.lambda", "0.1")]);
    allow(&mut second.study, "L09", "to compare").unwrap();
    let second = run(second.folder, "evaluate", &[("select.lambda", "0.1")]);
    assert_eq!(looks(&second.study).len(), 4);
    let back = run(second.folder, "evaluate", &[]);
    assert_eq!((back.stopped.as_deref(), looks(&back.study).len()), (None, 4));
    assert_eq!(judge(&back.study), []);
}

/// Other clinical predictors make other models of the same Rad-score: the score may be seen again, the models may not.
#[test]
fn the_rad_score_and_the_models_are_looked_at_apart() {
    let first = copy_of(&SWAPPED[0]);
    let other = run(
        first.folder,
        "evaluate",
        &[("clinical.rule", "\"p\""), ("clinical.p", "1e-9")],
    );
    let said = other.stopped.as_deref().unwrap();
    assert!(said.starts_with("L09: "), "{said}");
    let standings = other.study.standings();
    let word = |name: &str| {
        standings
            .iter()
            .find(|(stage, _)| *stage == name)
            .map(|(_, standing)| standing.word())
    };
    assert_eq!(
        (word("score"), word("fit"), word("risks")),
        (Some("fresh"), Some("fresh"), Some("stale"))
    );
    assert_eq!(in_the_way(&other.study).unwrap().rule, "L09");
}

#[test]
fn an_allowance_of_a_rule_that_is_none_is_refused_as_the_study_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    bench.setting("guard: {allow: [{rule: L77, reason: none}]}");
    bench.write(folder.path());
    let message = Study::open(&folder.path().join("study.yaml")).unwrap_err().to_string();
    assert!(message.contains("there is no rule \"L77\""), "{message}");
}
