//! What the file of a model says of how it came about, for its readers and its audit.

use serde_json::{Map, Value};

use crate::features::Parameters;
use crate::stats::base::interval::percent;
use crate::study::honest::gate::{AgreementResult, LEVEL};
use crate::study::honest::selected::SelectResult;
use crate::study::learner;

/// What a reader of the model needs, by the names of the audit's checks; what the study cannot know is left out.
/// `patients` train, if a column says who they are.
pub(super) fn reported(
    select: &SelectResult,
    agreement: &AgreementResult,
    parameters: Option<&Parameters>,
    patients: Option<usize>,
) -> Map<String, Value> {
    let mut found = Map::new();
    let mut say = |key: &str, text: String| found.insert(key.to_owned(), Value::from(text));
    if let Some(parameters) = parameters {
        let settings = parameters.dictionary();
        let given = |key: &str| settings.get(key).filter(|value| !value.is_null());
        let (bins, kind) = match (given("binCount"), given("binWidth")) {
            (Some(count), _) => (format!("{count} bins"), "fixed number of bins"),
            (None, Some(width)) => (format!("width {width}"), "fixed bin width"),
            (None, None) => ("width 25".to_owned(), "fixed bin width"),
        };
        say("bin_width", bins);
        say("discretisation", kind.to_owned());
        say(
            "resampling",
            given("resampledPixelSpacing").map_or_else(|| "none".to_owned(), |spacing| format!("{spacing} mm")),
        );
        say("software", format!("radscore {}", env!("CARGO_PKG_VERSION")));
    }
    if agreement.assessed {
        say("agreement_form", agreement.form.clone());
        say(
            "agreement_threshold",
            format!(
                "lower limit of the {} interval at least {}",
                percent(LEVEL).unwrap_or_default(),
                agreement.threshold
            ),
        );
        say(
            "agreement_result",
            format!(
                "{} features kept, judged on {} training cases",
                agreement.kept.len(),
                agreement.rows.len()
            ),
        );
    }
    say("ci_method", "AUC: DeLong; odds ratios: Wald; shares: Wilson".to_owned());
    if let Some(patients) = patients {
        say(
            "grouping",
            format!("all cases of a patient on one side and in one fold; {patients} patients in training"),
        );
    }
    for (key, text) in learner::of(select).map_or_else(Vec::new, |entry| entry.reported(select)) {
        say(key, text);
    }
    say("cutoff_origin", "largest Youden index in training".to_owned());
    say(
        "missing_values",
        "cases with a missing clinical value leave the clinical fits and are counted; nothing is imputed".to_owned(),
    );
    found
}
