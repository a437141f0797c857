//! The models in the groups that a study names: each number follows from the risks alone, and naming groups changes nothing else.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use radscore::study::Study;
use radscore::study::stages::evaluate::risks::CaseRisk;
use radscore::study::stages::evaluate::subgroups::SubgroupsResult;

use crate::workplace::{Workplace, artefacts, complaint, feature_table, run};

const CASES: usize = 160;

/// The features of [`feature_table`], a site (of which one has no event and one case has none), and a number.
fn table() -> String {
    let mut text = String::new();
    for (row, line) in feature_table(CASES).lines().enumerate() {
        let more = match row.checked_sub(1) {
            None => "site,dose,ward".to_owned(),
            Some(7) => ",3,A".to_owned(),
            Some(case) if case % 4 > 1 && case % 3 == 0 => format!("quiet,{},A", (case * 7) % 31),
            Some(case) => format!("{},{},A", ["north", "south"][case % 2], (case * 7) % 31),
        };
        text.push_str(&format!("{line},{more}\n"));
    }
    text
}

fn study(place: &Workplace, evaluate: &str) -> PathBuf {
    place.write("features.csv", table());
    place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv, exclude: [age, dose]}}\nclinical: {{columns: [age], rule: all}}\n\
             select: {{folds: 5}}\nevaluate: {{bootstrap: 10{evaluate}}}\nrobustness: {{resplits: 2, nested_folds: 2, bootstrap: 2}}\n"
        ),
    )
}

fn found(study: &Study) -> &SubgroupsResult {
    study.results().subgroups().unwrap()
}

/// Pairs of a case with the event and one without that the risks put in the right order; ties count one half.
fn area(cases: &[(bool, f64)]) -> f64 {
    let with = cases.iter().filter(|case| case.0);
    let pairs = with.flat_map(|one| cases.iter().filter(|other| !other.0).map(move |other| (one.1, other.1)));
    let (mut right, mut all) = (0.0, 0.0);
    for (with, without) in pairs {
        all += 1.0;
        right += if with > without {
            1.0
        } else if with == without {
            0.5
        } else {
            0.0
        };
    }
    right / all
}

#[test]
fn every_number_of_a_group_follows_from_the_risks_of_its_cases() {
    let place = Workplace::new();
    let (study, summary) = run(&study(&place, ", subgroups: [site, dose]")).unwrap();
    assert_eq!(summary.failed, None);
    let risks = &study.results().risks().unwrap().risks;
    let cells: HashMap<String, (String, f64)> = (table().lines().skip(1))
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let of = |back: usize| cells[cells.len() - back];
            (cells[0].to_owned(), (of(3).to_owned(), of(2).parse().unwrap()))
        })
        .collect();
    let mut doses: Vec<f64> = (risks.iter())
        .filter(|case| case.side.name() == "training")
        .map(|case| cells[&case.id].1)
        .collect();
    doses.sort_by(f64::total_cmp);
    let middle = doses.len() / 2;
    let half = if doses.len() % 2 == 1 {
        doses[middle]
    } else {
        f64::midpoint(doses[middle - 1], doses[middle])
    };
    let result = found(&study);
    let in_group = |case: &CaseRisk, column: &str, group: &str| match column {
        "site" => cells[&case.id].0 == group,
        _ => (cells[&case.id].1 > half) == group.starts_with('>'),
    };
    for one in &result.groups {
        let model = study.results().risks().unwrap().model(&one.model).unwrap();
        let cases: Vec<(bool, f64)> = (risks.iter())
            .filter(|case| case.side == one.side && in_group(case, &one.column, &one.group))
            .map(|case| (case.event, case.risks[model]))
            .collect();
        assert_eq!(one.cases, cases.len(), "{one:?}");
        assert_eq!(one.events, cases.iter().filter(|case| case.0).count());
        let brier = cases
            .iter()
            .map(|case| (case.1 - f64::from(u8::from(case.0))).powi(2))
            .sum::<f64>()
            / cases.len() as f64;
        assert!((one.brier - brier).abs() < 1e-15);
        if one.group == "quiet" {
            assert!(
                one.events == 0 && one.auc.is_nan() && one.at_cutoff.is_none(),
                "{one:?}"
            );
            continue;
        }
        assert!((one.auc - area(&cases)).abs() < 1e-14, "{one:?}");
        assert!(one.interval.lower < one.auc && one.auc < one.interval.upper);
        let cutoff = study.results().fit().unwrap().models[model]
            .model
            .cutoff
            .as_ref()
            .unwrap()
            .risk;
        let at = one.at_cutoff.as_ref().unwrap();
        assert_eq!(at.risk, cutoff);
        assert_eq!(at.tp, cases.iter().filter(|case| case.0 && case.1 >= cutoff).count());
        assert_eq!(at.fp, cases.iter().filter(|case| !case.0 && case.1 >= cutoff).count());
        assert_eq!(at.tp + at.fp + at.tn + at.fn_, one.cases);
    }
    let names: Vec<&str> = result.groups.iter().map(|one| one.group.as_str()).collect();
    for group in ["north", "south", "quiet", &format!("≤ {half}"), &format!("> {half}")] {
        assert_eq!(
            names.iter().filter(|name| **name == group).count(),
            4,
            "{group}: {names:?}"
        );
    }
    // The groups of a column are all cases but the one without a site.
    let cases = |column: &str| -> usize {
        let of = result
            .groups
            .iter()
            .filter(|one| one.column == column && one.model == result.groups[0].model);
        of.map(|one| one.cases).sum()
    };
    assert_eq!((cases("site"), cases("dose")), (CASES - 1, CASES));
    let remarks: Vec<String> = result.remarks.iter().map(ToString::to_string).collect();
    assert!(
        remarks
            .iter()
            .any(|words| words.contains("1 case has no value in site")),
        "{remarks:?}"
    );
    assert!(
        remarks
            .iter()
            .any(|words| words.contains("the median of the training cases")),
        "{remarks:?}"
    );
}

#[test]
fn what_cannot_be_compared_and_how_much_is_compared_is_said() {
    let place = Workplace::new();
    let (study, _) = run(&study(&place, ", subgroups: [site, dose, ward]")).unwrap();
    let remarks: Vec<String> = found(&study).remarks.iter().map(ToString::to_string).collect();
    for says in [
        "ward has one group only, A",
        "8 tests of groups stand beside each other",
    ] {
        assert!(
            remarks.iter().any(|remark| remark.contains(says)),
            "{says}: {remarks:?}"
        );
    }
    let page = fs::read_to_string(place.path("results/evaluate/subgroup_tests.csv")).unwrap();
    assert!(page.lines().any(|line| line.starts_with("ward,")), "{page}");
}

/// Two groups differ by DeLong's unpaired z, whose square is Q.
#[test]
fn q_of_two_groups_is_the_square_of_delongs_unpaired_z() {
    let place = Workplace::new();
    let (study, _) = run(&study(&place, ", subgroups: [dose]")).unwrap();
    let result = found(&study);
    assert_eq!(result.tests.len(), 4);
    for test in &result.tests {
        let of: Vec<_> = (result.groups.iter())
            .filter(|one| one.model == test.model && one.side == test.side)
            .collect();
        let z = (of[0].auc - of[1].auc) / of[0].standard_error.hypot(of[1].standard_error);
        assert!((test.q - z * z).abs() <= 1e-12 * test.q.max(1.0), "{test:?}");
        assert!((0.0..=1.0).contains(&test.p));
    }
}

#[test]
fn naming_groups_changes_no_other_artefact() {
    let (plain, named) = (Workplace::new(), Workplace::new());
    run(&study(&plain, "")).unwrap();
    run(&study(&named, ", subgroups: site")).unwrap();
    let of_results = |place: &Workplace| -> HashMap<PathBuf, Vec<u8>> {
        let own = ["state", "study.yaml", "result.json"];
        let all = artefacts(&place.path("results")).into_iter();
        all.filter(|(path, _)| {
            let name = path.to_string_lossy();
            !own.contains(&name.as_ref()) && !name.contains("subgroup")
        })
        .collect()
    };
    let (plain, named) = (of_results(&plain), of_results(&named));
    assert!(plain.keys().all(|path| named.contains_key(path)));
    for (path, bytes) in &plain {
        let name = path.display().to_string();
        if name.starts_with("evaluate/") || name.starts_with("fit/") || name.starts_with("select/") {
            assert!(bytes == &named[path], "{name} differs");
        }
    }
}

#[test]
fn what_makes_no_groups_is_refused_by_name() {
    let place = Workplace::new();
    let path = place.write("study.yaml", "");
    place.write("features.csv", table());
    let written = |more: &str| {
        let text =
            format!("features: {{file: features.csv, exclude: [age]}}\nselect: {{folds: 5}}\nevaluate: {{{more}}}\n");
        fs::write(&path, text).unwrap();
        path.clone()
    };
    let names = |path: &PathBuf| Study::open(path).unwrap().features().unwrap().names.clone();
    assert!(names(&written("bootstrap: 10")).contains(&"dose".to_owned()));
    for (columns, says) in [
        ("siet", "did you mean \"site\""),
        ("outcome", "is the outcome"),
        // Naming groups must not make another model.
        ("dose", "is taken for a feature"),
        ("id", "160 different values"),
    ] {
        let study = written(&format!("bootstrap: 10, subgroups: [{columns}]"));
        // Before anything is computed, but for the values of a column.
        assert_eq!(Study::open(&study).is_err(), columns != "id", "{columns}");
        let said = complaint(&study);
        assert!(
            said.contains("evaluate.subgroups") && said.contains(says),
            "{columns}: {said}"
        );
    }
}
