//! Every feature of the IBSI with its class and name here: what is measured, in which columns it stands, and what the help says.
//!
//! A feature that PyRadiomics has too stands in its class under its name. New classes hold the others: `intensity` (the
//! histogram of grey levels), `ivh`, `gldzm`, `localint`.

use std::sync::LazyLock;

use super::Row;
use super::aggregation::{Aggregation, DIRECTED, UNDIRECTED};
use super::cooccurrence::COOCCURRENCE;
use super::histogram::{DISCRETISED, HISTOGRAM};
use super::level_size::{DEPENDENCE, DISTANCE_ZONE, RUN_LENGTH, SIZE_ZONE};
use super::local_intensity::LOCAL_INTENSITY;
use super::morphology::MORPHOLOGY;
use super::reference;
use super::statistics::STATISTICS;
use super::tone_difference::TONE_DIFFERENCE;
use super::volume_histogram::VOLUME_HISTOGRAM;
use crate::features::{FeatureInfo, Offer};

/// A feature of the IBSI.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The class of its columns
    pub class: &'static str,
    /// The tag of the IBSI's tables, without aggregation
    pub tag: &'static str,
    /// `class_Name` in PyRadiomics
    pub twin: Option<&'static str>,
    /// The aggregations that it has; none for a feature that is no texture
    pub aggregations: &'static [Aggregation],
    /// Name, code, formula
    pub info: FeatureInfo,
}

/// All features, in the order of classes and columns.
pub static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut all = Vec::new();
    add(&mut all, "shape", MORPHOLOGY, &[]);
    add(&mut all, "localint", LOCAL_INTENSITY, &[]);
    add(&mut all, "firstorder", STATISTICS, &[]);
    for row in HISTOGRAM {
        let class = if row.twin.is_some() { "firstorder" } else { "intensity" };
        add(&mut all, class, std::slice::from_ref(row), &[]);
    }
    for (name, tag, code) in DISCRETISED {
        all.extend(STATISTICS.iter().filter(|row| row.name == *name).map(|row| Entry {
            class: "intensity",
            tag,
            twin: None,
            aggregations: &[],
            info: info(name, tag, code, row.formula),
        }));
    }
    add(&mut all, "ivh", VOLUME_HISTOGRAM, &[]);
    add(&mut all, "glcm", COOCCURRENCE, &DIRECTED);
    add(&mut all, "glrlm", RUN_LENGTH, &DIRECTED);
    add(&mut all, "glszm", SIZE_ZONE, &UNDIRECTED);
    add(&mut all, "gldzm", DISTANCE_ZONE, &UNDIRECTED);
    add(&mut all, "ngtdm", TONE_DIFFERENCE, &UNDIRECTED);
    add(&mut all, "gldm", DEPENDENCE, &UNDIRECTED);
    all
});

fn add<T>(all: &mut Vec<Entry>, class: &'static str, rows: &'static [Row<T>], aggregations: &'static [Aggregation]) {
    all.extend(rows.iter().map(|row| Entry {
        class,
        tag: row.tag,
        twin: row.twin,
        aggregations,
        info: info(row.name, row.tag, row.code, row.formula),
    }));
}

fn info(name: &'static str, tag: &str, code: &'static str, formula: &'static str) -> FeatureInfo {
    FeatureInfo {
        name,
        ibsi: Some(code),
        formula,
        about: reference::name(tag),
        offer: Offer::Named,
    }
}

/// The descriptions of a class's features.
pub fn infos(class: &str) -> Vec<&'static FeatureInfo> {
    ENTRIES
        .iter()
        .filter(|entry| entry.class == class)
        .map(|entry| &entry.info)
        .collect()
}

/// A class's features with those that the IBSI adds to it.
pub fn extended(class: &str, own: Vec<&'static FeatureInfo>) -> Vec<&'static FeatureInfo> {
    let added = infos(class)
        .into_iter()
        .filter(|info| !own.iter().any(|known| known.name == info.name))
        .collect::<Vec<_>>();
    own.into_iter().chain(added).collect()
}

/// Whether a feature is one that the IBSI adds to a class of PyRadiomics.
pub fn is_added(info: &FeatureInfo) -> bool {
    ENTRIES.iter().any(|entry| std::ptr::eq(&raw const entry.info, info))
}

impl Entry {
    /// The end of each of its columns (`<Name>[_<aggregation>]`), with the tag of its value.
    pub fn columns(&self, wanted: &[Aggregation]) -> Vec<(String, String)> {
        if self.aggregations.is_empty() {
            return vec![(self.info.name.to_owned(), self.tag.to_owned())];
        }
        self.aggregations
            .iter()
            .filter(|one| wanted.contains(one))
            .map(|one| {
                (
                    format!("{}_{}", self.info.name, one.tag()),
                    format!("{}_{}", self.tag, one.tag()),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_tag_and_every_name_of_a_class_is_there_once() {
        let tags: HashSet<&str> = ENTRIES.iter().map(|entry| entry.tag).collect();
        assert_eq!(tags.len(), ENTRIES.len());
        let names: HashSet<(&str, &str)> = ENTRIES.iter().map(|entry| (entry.class, entry.info.name)).collect();
        assert_eq!(names.len(), ENTRIES.len());
        assert!(ENTRIES.iter().all(|entry| !entry.info.about.is_empty()));
        // 169 tags have a consensus value, 5 have none.
        assert_eq!(ENTRIES.len(), 174);
    }

    #[test]
    fn a_twin_stands_under_its_own_name() {
        for entry in ENTRIES.iter() {
            if let Some(twin) = entry.twin {
                assert_eq!(twin, format!("{}_{}", entry.class, entry.info.name));
            }
        }
    }
}
