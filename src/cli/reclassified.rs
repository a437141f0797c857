//! Net reclassification and integrated discrimination improvement for `radscore roc --reclassification`.

use serde_json::{Value, json};

use super::columns::{aligned, exact};
use super::missing::OneColumn;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::StatsError;
use crate::stats::base::number::{probability, share, short, significant};
use crate::stats::validation::reclassification::{Improvement, reclassification};

/// Each pair of risks, the first as the old and the second as the new one: as JSON, and as a table.
pub fn reclassified(risks: &[&OneColumn]) -> Result<(Vec<Value>, String), StatsError> {
    for one in risks {
        if let Some(at) = one.values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            return Err(StatsError::Impossible(format!(
                "--reclassification is of risks, but the column \"{}\" has {} in row {}, and a risk lies between 0 and 1; leave \
                 the column out of --score",
                one.name,
                short(one.values[at], 6),
                one.rows[at] + 1
            )));
        }
    }
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    for (old, from) in risks.iter().enumerate() {
        for to in &risks[old + 1..] {
            let both = from.together(to);
            let found = reclassification(&both.outcome, &both.first, &both.second)?;
            let pair = words::from_risk_to(&from.name, &to.name).to_string();
            for (what, one) in [
                ("NRI", &found.nri),
                (words::NRI_EVENTS.text(), &found.nri_events),
                (words::NRI_NON_EVENTS.text(), &found.nri_nonevents),
                ("IDI", &found.idi),
            ] {
                rows.push(vec![
                    pair.clone(),
                    what.to_owned(),
                    share(one.value, 4),
                    share(one.se, 4),
                    significant(one.z, 4),
                    probability(one.p),
                ]);
            }
            documents.push(json!({
                "from": from.name, "to": to.name, "n_pos": found.n_pos, "n_neg": found.n_neg,
                "up_events": exact(found.up_events), "down_events": exact(found.down_events),
                "up_nonevents": exact(found.up_nonevents), "down_nonevents": exact(found.down_nonevents),
                "nri": improvement(&found.nri), "nri_events": improvement(&found.nri_events),
                "nri_nonevents": improvement(&found.nri_nonevents), "idi": improvement(&found.idi),
                "improved_sensitivity": exact(found.improved_sensitivity),
                "improved_specificity": exact(found.improved_specificity),
            }));
        }
    }
    let mut text = format!("\n{}\n", words::RECLASSIFICATION);
    text.push_str(&aligned(
        &[heads::RISKS.text(), "", heads::VALUE.text(), "SE", "z", "P"],
        &rows,
    ));
    text.push_str(&format!("{}\n", words::NRI_REWARDS));
    Ok((documents, text))
}

fn improvement(one: &Improvement) -> Value {
    json!({"value": exact(one.value), "se": exact(one.se), "z": exact(one.z), "p": exact(one.p)})
}
