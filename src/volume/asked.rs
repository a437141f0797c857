//! Which regions of a mask are asked for: one, those whose names fit a pattern, or all.

use std::collections::HashMap;
use std::path::Path;

use super::error::VolumeError;
use super::labels::{LabelCount, labels};
use super::name_pattern::NamePattern;
use super::scan::LabelChoice;
use super::source::classes::classes;
use super::source::{Content, Segment, open};

/// How many names a message lists.
const MOST_LISTED: usize = 30;

/// What is asked of a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// One region
    One(LabelChoice),
    /// Every region whose name fits
    Like(NamePattern),
    /// Every region
    All,
}

/// A region that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// How it is chosen
    pub choice: LabelChoice,
    /// How it is called: its name where names were asked for, else its number
    pub text: String,
}

impl Asked {
    /// What a person writes: `all`, a pattern as `vertebrae_*`, a number or a name.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text.eq_ignore_ascii_case("all") {
            Self::All
        } else if NamePattern::is_one(text) {
            Self::Like(NamePattern::of(text))
        } else {
            Self::One(LabelChoice::of(text))
        }
    }

    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Self::One(LabelChoice::Value(value)) => value.to_string(),
            Self::One(LabelChoice::Segment(name)) => name.clone(),
            Self::One(LabelChoice::Any) => String::new(),
            Self::Like(pattern) => pattern.text().to_owned(),
            Self::All => "all".to_owned(),
        }
    }
}

/// A region that a mask holds.
struct Held {
    label: i64,
    name: Option<String>,
    id: Option<String>,
}

/// The regions of a mask that are asked for, in its order. Of a label map those that have voxels count; segmentations that lie
/// in the patient are counted only on an image's grid and are taken by what their files say. One region is taken as it is
/// asked for, unlooked at.
///
/// # Errors
/// If the mask cannot be read, or none of its regions fits.
pub fn regions_of(mask: &Path, asked: &Asked) -> Result<Vec<Region>, VolumeError> {
    let fits = |name: Option<&str>| match asked {
        Asked::One(_) | Asked::All => true,
        Asked::Like(pattern) => name.is_some_and(|name| pattern.fits(name)),
    };
    if let Asked::One(choice) = asked {
        return Ok(vec![Region {
            choice: choice.clone(),
            text: asked.text(),
        }]);
    }
    let by_name = matches!(asked, Asked::Like(_));
    let held = held(mask, &|name| fits(Some(name)))?;
    let mut holders: HashMap<i64, usize> = HashMap::new();
    let mut bearers: HashMap<String, usize> = HashMap::new();
    for one in &held {
        *holders.entry(one.label).or_default() += 1;
        if let Some(name) = &one.name {
            *bearers.entry(name.clone()).or_default() += 1;
        }
    }
    let found: Vec<Region> = held
        .iter()
        .filter(|one| one.label != 0 && fits(one.name.as_deref()))
        .map(|one| {
            // In a segmentation with layers a value may stand for several segments: then the name says which, and where two
            // have one name, the id.
            let several = holders.get(&one.label).is_some_and(|&holders| holders > 1);
            let choice = match &one.name {
                Some(name) if by_name || several => {
                    let alone = bearers.get(name).is_none_or(|&bearers| bearers == 1);
                    let id = one.id.as_ref().filter(|_| !alone);
                    LabelChoice::Segment(id.unwrap_or(name).clone())
                }
                _ => LabelChoice::Value(one.label),
            };
            Region {
                text: Asked::One(choice.clone()).text(),
                choice,
            }
        })
        .collect();
    if found.is_empty() && by_name {
        let names: Vec<String> = held.iter().filter_map(|one| one.name.clone()).collect();
        return Err(VolumeError::Segment {
            path: mask.to_path_buf(),
            problem: format!("no region's name fits \"{}\"", asked.text().escape_debug()),
            present: if names.is_empty() {
                let numbers = held.iter().map(|one| one.label.to_string());
                format!("labels without names {}", listed(numbers.collect()))
            } else {
                listed(
                    names
                        .iter()
                        .map(|name| format!("\"{}\"", name.escape_debug()))
                        .collect(),
                )
            },
        });
    }
    Ok(found)
}

/// What a mask holds. Masks in files of their own are looked into where their names are `wanted`, and left out where they are
/// empty: most of them are.
fn held(mask: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Held>, VolumeError> {
    let of_segment = |segment: Segment| Held {
        label: segment.label,
        name: Some(segment.name),
        id: Some(segment.id),
    };
    match open(mask)? {
        Content::Drawn(drawn) => Ok(drawn.segments().into_iter().map(of_segment).collect()),
        Content::Apart(folder) => {
            let mut held = Vec::new();
            for (segment, member) in folder.segments().into_iter().zip(&folder.members) {
                if !wanted(&segment.name) || !labels(&member.path)?.is_empty() {
                    held.push(of_segment(segment));
                }
            }
            Ok(held)
        }
        Content::Labels(named) => {
            let counted = labels(mask)?;
            let held = counted.into_iter().map(|count| {
                let id = named.segments.iter();
                let id = id.filter(|segment| segment.layer == count.layer && segment.label == count.label);
                Held {
                    id: id.map(|segment| segment.id.clone()).next(),
                    label: count.label,
                    name: count.name,
                }
            });
            Ok(held.collect())
        }
        Content::Image(_) => Ok(labels(mask)?.into_iter().map(of_class).collect()),
    }
}

/// A label of a map without names.
fn of_class(count: LabelCount) -> Held {
    let class = classes().find(|(label, _)| i64::from(*label) == count.label);
    Held {
        label: count.label,
        name: class.map(|(_, name)| name.to_owned()),
        id: None,
    }
}

/// Words with commas; the first of many.
fn listed(words: Vec<String>) -> String {
    let more = words.len().saturating_sub(MOST_LISTED);
    let mut text = words.into_iter().take(MOST_LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    if text.is_empty() { "none".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_asks_by_number_name_pattern_or_for_all() {
        for (text, asked) in [
            ("7", Asked::One(LabelChoice::Value(7))),
            (" 7.0 ", Asked::One(LabelChoice::Value(7))),
            ("liver", Asked::One(LabelChoice::Segment("liver".to_owned()))),
            ("ALL", Asked::All),
            ("rib_*_1?", Asked::Like(NamePattern::of("rib_*_1?"))),
        ] {
            assert_eq!(Asked::of(text), asked);
        }
        assert_eq!(Asked::of("rib_*").text(), "rib_*");
    }
}
