//! What a model's file takes along of its study as it travels: how the study has judged it.

use std::path::{Path, PathBuf};

use crate::file;
use crate::model::{Judgement, Model};
use crate::study::artefact::from_json;
use crate::study::engine::stage::Stage;
use crate::study::input::cohort::Side;
use crate::study::stages::evaluate::calibration::CalibrationResult;
use crate::study::stages::evaluate::discrimination::RocResult;
use crate::study::stages::evaluate::gathered::{Evaluate, EvaluateResult};

/// What lies beside a model's file.
#[derive(Debug)]
pub enum Beside {
    /// No judgement
    Nothing,
    /// A judgement of other coefficients than the model's; where it lies
    AnotherFit(PathBuf),
    /// How the study has judged the model
    Judged(Vec<Judgement>),
}

/// How the study has judged a model whose file lies among the study's results.
pub fn judged_beside(path: &Path, model: &Model) -> Beside {
    let Some(results) = path.parent().and_then(Path::parent) else {
        return Beside::Nothing;
    };
    let place = results.join(Evaluate::RESULT);
    let found: Option<EvaluateResult> = file::read(&place).ok().and_then(|bytes| from_json(&bytes));
    let Some(found) = found else {
        return Beside::Nothing;
    };
    if !judges(&found, model) {
        return Beside::AnotherFit(place);
    }
    Beside::Judged(
        found
            .roc
            .iter()
            .filter(|roc| roc.model == model.name)
            .map(|roc| {
                let same = |one: &&CalibrationResult| one.model == roc.model && one.side == roc.side;
                judgement(roc, found.calibration.iter().find(same))
            })
            .collect(),
    )
}

/// Whether the judgement's risks of the training cases are those that the model's file keeps.
fn judges(found: &EvaluateResult, model: &Model) -> bool {
    let Some(at) = found.models.iter().position(|name| *name == model.name) else {
        return false;
    };
    let Some(development) = &model.development else {
        return true;
    };
    let mut theirs: Vec<f64> = found
        .risks
        .iter()
        .filter(|case| case.side == Side::Training)
        .filter_map(|case| case.risks.get(at).copied())
        .filter(|risk| risk.is_finite())
        .collect();
    let mut ours = development.risks.clone();
    theirs.sort_by(f64::total_cmp);
    ours.sort_by(f64::total_cmp);
    theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(&ours)
            .all(|(left, right)| (left - right).abs() < 1e-12)
}

fn judgement(roc: &RocResult, calibration: Option<&CalibrationResult>) -> Judgement {
    let finite = |value: f64| value.is_finite().then_some(value);
    Judgement {
        set: roc.side.name().to_owned(),
        way: match roc.side {
            Side::Training => "apparent: the rows that it was fitted on",
            Side::Test => "frozen, on rows that it has not seen",
        }
        .to_owned(),
        cases: roc.cases,
        events: roc.events,
        auc: roc.auc,
        auc_limits: [finite(roc.interval.lower), finite(roc.interval.upper)],
        level: roc.interval.level,
        brier: roc.brier,
        calibration_intercept: calibration.and_then(|found| finite(found.intercept)),
        calibration_slope: calibration.and_then(|found| finite(found.slope)),
        observed_expected: calibration.and_then(|found| finite(found.observed_expected)),
    }
}
