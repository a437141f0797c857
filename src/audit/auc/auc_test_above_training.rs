//! A test set that outdoes its training set.

use crate::audit::published::Performance;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;
use crate::stats::validation::sample_size::independent_difference;

pub(super) static CHECK: Check = Check {
    id: "auc-test-above-training",
    needs: words::NEEDS_BOTH_AUCS,
    formula: "z = (A_test - A_training) / √(SE² + SE²) ≤ 1.64",
    source: "normal approximation for independent sets",
    severity: Severity::Doubtful,
    words: words::A_LITTLE_WORSE,
    run: test_above_training,
};

fn test_above_training(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let standard_error = |row: &Performance| {
        let [low, high] = row.ci.as_ref()?;
        Some((high.value - low.value) / (2.0 * model.interval_quantile()))
    };
    for test in model.performance.iter().filter(|row| row.set != "training") {
        let training = model
            .performance
            .iter()
            .find(|row| row.model == test.model && row.set == "training");
        let Some(training) = training else { continue };
        let (Some(a_test), Some(a_training), Some(se_test), Some(se_training)) =
            (&test.auc, &training.auc, standard_error(test), standard_error(training))
        else {
            continue;
        };
        if se_test <= 0.0 || se_training <= 0.0 {
            continue;
        }
        let (z, _) = independent_difference((a_test.value, se_test), (a_training.value, se_training));
        let line = format!(
            "({} - {}) / √({}² + {}²) = {}",
            a_test.text,
            a_training.text,
            share(se_test, 4),
            share(se_training, 4),
            share(z, 2)
        );
        findings.push(if z > 1.64 {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                test.spot().key("auc"),
                words::CLEARLY_BETTER,
            )
            .line(line)
            .resolve(words::HOW_SETS_MADE)
        } else {
            Finding::new(CHECK.id, Severity::Passed, test.spot().key("auc"), words::GO_TOGETHER).line(line)
        });
    }
    findings
}
