//! Real scans with a real outcome, where they lie beside the repository: an honest weak result is a good result.

use std::path::Path;

use radscore::study::table::Table;

use crate::workplace::{Workplace, run};

pub fn the_sarcoma_cohort_runs_as_a_study_of_two_tables(folder: &Path) {
    let folder = folder.canonicalize().unwrap();
    let place = Workplace::new();
    let study = place.write(
        "study.yaml",
        format!(
            "cohort: [{folder}/manifest.csv, {folder}/clinical.csv]\n\
             columns: {{id: case_id}}\n\
             outcome: {{column: lung_metastasis, event: 1}}\n\
             extraction: {folder}/params.yaml\n\
             evaluate: {{bootstrap: 100}}\n\
             robustness: {{resplits: 4, nested_folds: 3, bootstrap: 4}}\n",
            folder = folder.display()
        ),
    );
    let (study, summary) = run(&study).unwrap();
    assert_eq!(summary.failed, None);
    assert_eq!(summary.failed_cases, 0);
    let split = study.results().split().unwrap();
    assert_eq!(split.cases.len(), 33);
    assert!(!split.patients_stated);

    let expected = Table::read(&folder.join("pyradiomics_features.csv")).unwrap();
    let found = study.features().unwrap();
    let ids = expected.texts("case_id").unwrap();
    assert_eq!(found.ids, ids);
    for name in &found.names {
        let column = found.column(name).unwrap();
        for ((id, found), expected) in ids.iter().zip(column).zip(expected.numbers(name).unwrap()) {
            let tolerance = 1e-9 * expected.abs().max(1e-300);
            assert!(
                (found - expected).abs() <= tolerance,
                "{id} {name}: {found} instead of {expected}"
            );
        }
    }
    assert_eq!(found.names.len(), 107);
    let features = expected.header.iter().filter(|name| name.starts_with("original_"));
    assert_eq!(features.count(), 107);

    // Whatever the LASSO keeps of so few cases, the study goes on to the end and says how it is.
    let select = study.results().select().unwrap();
    assert_eq!(select.kept_nothing(), !select.advice.is_empty());
    let evaluate = study.results().evaluate().unwrap();
    assert_eq!(evaluate.roc.len(), 2);
    if select.kept_nothing() {
        assert!(evaluate.roc.iter().all(|roc| roc.auc == 0.5));
    }
}
