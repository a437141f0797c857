//! What a calibration's mean squared error can be.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "calibration-error",
    needs: words::NEEDS_CALIBRATION,
    formula: "MAE ≤ √MSE; Brier of a calibrated model = π(1 - π) - Var(p), far above 0.02 unless it separates almost \
              perfectly",
    source: "Harrell, rms::calibrate; Brier 1950",
    severity: Severity::Impossible,
    words: words::MSE_UNDER_CURVE,
    run: calibration_error,
};

fn calibration_error(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        if let (Some(mse), Some(mae)) = (&row.calibration_mse, &row.calibration_mae)
            && mae.low() > mse.high().sqrt() + 1e-12
        {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    row.spot().key("calibration_mse"),
                    words::MAE_ABOVE_ROOT,
                )
                .line(words::root_but_mae(&mse.text, share(mse.value.sqrt(), 4), &mae.text))
                .resolve(words::BOTH_ERRORS),
            );
        }
        let Some(mse) = &row.calibration_mse else { continue };
        let (Some(auc), Some(set)) = (&row.auc, model.set(&row.set)) else {
            continue;
        };
        let prevalence = set.events as f64 / set.cases as f64;
        if mse.high() < 0.02 && auc.high() < 0.95 && (0.2..=0.8).contains(&prevalence) {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Note,
                    row.spot().key("calibration_mse"),
                    words::mse_is_distance(&mse.text),
                )
                .line(words::typical_distance(&mse.text, share(mse.value.sqrt(), 3)))
                .line(words::brier_starts(
                    share(prevalence, 2),
                    share(prevalence * (1.0 - prevalence), 2),
                ))
                .resolve(words::CALIBRATION_IN_TEST),
            );
        }
    }
    findings
}
