//! What a calibration's mean squared error can be.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "calibration-error",
    needs: "a calibration MSE or MAE, a Brier score or an AUC",
    formula: "MAE ≤ √MSE; Brier of a calibrated model = π(1 - π) - Var(p), far above 0.02 unless it separates almost \
              perfectly",
    source: "Harrell, rms::calibrate; Brier 1950",
    severity: Severity::Impossible,
    words: "The \"mean squared error\" under a calibration curve is the squared distance between two smooth curves. It is \
            small for almost every model and is not the error of the predictions.",
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
                    row.place(),
                    "the mean absolute error is above the root of the mean squared error",
                )
                .line(format!(
                    "√{} = {}, but MAE = {}",
                    mse.text,
                    share(mse.value.sqrt(), 4),
                    mae.text
                ))
                .resolve("both errors, from the same predictions"),
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
                    row.place(),
                    format!(
                        "the \"MSE\" {} is the distance between two calibration curves, not the error of the predictions",
                        mse.text
                    ),
                )
                .line(format!("√{} = {}: the typical distance between the curves", mse.text, share(mse.value.sqrt(), 3)))
                .line(format!(
                    "a Brier score at prevalence {} starts from {} for a model that knows nothing",
                    share(prevalence, 2),
                    share(prevalence * (1.0 - prevalence), 2)
                ))
                .resolve("intercept and slope in the test set, and the Brier score"),
            );
        }
    }
    findings
}
