//! The checklists, a file each. Their rows are in our own words; whoever fills one in for a journal reads the standard itself.

mod claim;
mod clear;
mod ibsi;
mod metrics;
mod probast;
mod rqs;
mod stard;
mod tripod;

use super::item::Checklist;

/// All checklists.
pub static CHECKLISTS: &[&Checklist] = &[
    &clear::CLEAR,
    &metrics::METRICS,
    &tripod::TRIPOD,
    &claim::CLAIM,
    &rqs::RQS,
    &probast::PROBAST,
    &stard::STARD,
    &ibsi::IBSI,
];

/// The list of a name.
pub fn named(name: &str) -> Option<&'static Checklist> {
    CHECKLISTS.iter().find(|list| list.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::checklist::item::Mark;

    /// The standards' own counts of items; STARD-AI counts numbers, the others every row.
    #[test]
    fn every_item_of_every_standard_is_there_once() {
        let rows: Vec<(&str, usize)> = CHECKLISTS.iter().map(|list| (list.name, list.items.len())).collect();
        assert_eq!(
            rows,
            [
                ("clear", 58),
                ("metrics", 30),
                ("tripod-ai", 52),
                ("claim", 44),
                ("rqs2", 42),
                ("probast-ai", 34),
                ("stard-ai", 48),
                ("ibsi", 104),
            ]
        );
        let number = |id: &str| {
            id.trim_end_matches(|letter: char| letter.is_ascii_lowercase())
                .to_owned()
        };
        let numbers = |list: &Checklist| {
            let mut found: Vec<String> = list.items.iter().map(|item| number(item.id)).collect();
            found.dedup();
            found.len()
        };
        assert_eq!((numbers(&stard::STARD), numbers(&ibsi::IBSI)), (40, 76));
        for list in CHECKLISTS {
            for (at, item) in list.items.iter().enumerate() {
                assert!(
                    list.items[..at].iter().all(|other| other.id != item.id),
                    "{} {}",
                    list.name,
                    item.id
                );
                assert!(item.words.len() > 3, "{} {}", list.name, item.id);
            }
        }
    }

    #[test]
    fn weights_and_points_are_the_standards_own() {
        let sum: f64 = metrics::METRICS.items.iter().map(|item| item.points.most).sum();
        assert!((sum - 1.0).abs() < 2e-3, "{sum}");
        let points: f64 = rqs::RQS.items.iter().map(|item| item.points.most).sum();
        assert!((points - 56.0).abs() < f64::EPSILON, "{points}");
    }

    /// How many rows of each list results alone prove.
    #[test]
    fn what_results_prove_is_counted() {
        let counts: Vec<(&str, usize)> = CHECKLISTS
            .iter()
            .map(|list| {
                let proved = list.items.iter().filter(|item| matches!(item.mark, Mark::Proved(_)));
                (list.name, proved.count())
            })
            .collect();
        assert_eq!(
            counts,
            [
                ("clear", 32),
                ("metrics", 18),
                ("tripod-ai", 19),
                ("claim", 21),
                ("rqs2", 14),
                ("probast-ai", 16),
                ("stard-ai", 12),
                ("ibsi", 34),
            ]
        );
    }
}
