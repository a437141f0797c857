//! Net reclassification and integrated discrimination improvement for `radscore roc --reclassification`.

use serde_json::{Value, json};

use super::columns::{aligned, exact};
use super::missing::OneColumn;
use crate::stats::StatsError;
use crate::stats::base::number::{probability, share, significant};
use crate::stats::validation::reclassification::{Improvement, reclassification};

/// Each pair of risks, the first as the old and the second as the new one: as JSON, and as a table.
pub fn reclassified(risks: &[&OneColumn]) -> Result<(Vec<Value>, String), StatsError> {
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    for (old, from) in risks.iter().enumerate() {
        for to in &risks[old + 1..] {
            let both = from.together(to);
            let found = reclassification(&both.outcome, &both.first, &both.second)?;
            let pair = format!("{} to {}", from.name, to.name);
            for (what, one) in [
                ("NRI", &found.nri),
                ("NRI of events", &found.nri_events),
                ("NRI of non-events", &found.nri_nonevents),
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
    let mut text = "\nReclassification without categories\n".to_owned();
    text.push_str(&aligned(&["risks", "", "value", "SE", "z", "P"], &rows));
    text.push_str("A positive NRI rewards any rise of risk, however small; IDI and net benefit weigh by how much.\n");
    Ok((documents, text))
}

fn improvement(one: &Improvement) -> Value {
    json!({"value": exact(one.value), "se": exact(one.se), "z": exact(one.z), "p": exact(one.p)})
}
