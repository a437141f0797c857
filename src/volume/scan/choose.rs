//! Which layer and label of a mask is the region that is asked for.

use super::options::LabelChoice;
use super::region::Wanted;
use crate::message::nearest::nearest;
use crate::volume::error::VolumeError;
use crate::volume::name_pattern::NamePattern;
use crate::volume::source::classes::classes;
use crate::volume::source::{ClassFolder, Header, Member, Segment};

/// How many segments a message lists.
const MOST_LISTED: usize = 30;

/// Layer and label of the region.
pub(super) fn choose(
    header: &Header,
    segments: &[Segment],
    label: &LabelChoice,
    channel: usize,
    warnings: &mut Vec<String>,
) -> Result<(usize, Wanted), VolumeError> {
    if channel >= header.components {
        return Err(VolumeError::Channel {
            path: header.path.clone(),
            asked: channel,
            found: header.components,
        });
    }
    match label {
        LabelChoice::Any => Ok((channel, Wanted::Any)),
        LabelChoice::Value(value) => {
            let label =
                u32::try_from(*value)
                    .ok()
                    .filter(|&label| label > 0)
                    .ok_or_else(|| VolumeError::LabelAbsent {
                        path: header.path.clone(),
                        asked: value.to_string(),
                        present: "labels are whole numbers from 1 on".to_string(),
                        hint: String::new(),
                    })?;
            let holders: Vec<&Segment> = segments.iter().filter(|segment| segment.label == *value).collect();
            if header.components > 1 && !holders.iter().any(|segment| segment.layer == channel) {
                // PyRadiomics would look in the one channel only; the file says where the label is.
                if let [only] = holders[..] {
                    return Ok((only.layer, Wanted::Label(label)));
                }
            }
            if holders.is_empty() && !segments.is_empty() && header.components > 1 {
                return Err(VolumeError::Segment {
                    path: header.path.clone(),
                    problem: format!("label {label} was asked for, and no segment has it"),
                    present: list_segments(segments),
                });
            }
            if holders.len() > 1 && header.components > 1 {
                warnings.push(format!(
                    "mask: label {label} occurs in several layers ({}); layer {channel} is used (`label_channel`), as \
                     PyRadiomics does; a segment's name would be unambiguous",
                    holders
                        .iter()
                        .map(|segment| format!("{} in layer {}", segment.name.escape_debug(), segment.layer))
                        .collect::<Vec<_>>()
                        .join(", ")
                ));
            }
            Ok((channel, Wanted::Label(label)))
        }
        LabelChoice::Segment(name) => {
            let segment = choose_segment(header, segments, name)?;
            if let Some(segment) = segment {
                let label = u32::try_from(segment.label).map_err(|_| VolumeError::Segment {
                    path: header.path.clone(),
                    problem: format!(
                        "the segment \"{}\" has label {}, but no label is above {}",
                        segment.name.escape_debug(),
                        segment.label,
                        u32::MAX
                    ),
                    present: list_segments(segments),
                })?;
                Ok((segment.layer, Wanted::Label(label)))
            } else {
                let label = name.trim().parse::<u32>().ok().filter(|&label| label > 0);
                let label = match label {
                    Some(label) => label,
                    None => choose_class(header, name, warnings)?,
                };
                Ok((channel, Wanted::Label(label)))
            }
        }
    }
}

/// The label of a class of TotalSegmentator, for a label map without names.
fn choose_class(header: &Header, name: &str, warnings: &mut Vec<String>) -> Result<u32, VolumeError> {
    let pattern = NamePattern::of(name.trim());
    let fitting: Vec<(u32, &str)> = classes()
        .filter(|(_, class)| *class == name || (NamePattern::is_one(name) && pattern.fits(class)))
        .collect();
    let problem = match fitting[..] {
        [(label, class)] => {
            warnings.push(format!(
                "mask: the file has no names; \"{class}\" is taken for label {label}, as TotalSegmentator numbers its classes \
                 (task total, version 2)"
            ));
            return Ok(label);
        }
        [] => {
            let meant = nearest(name, classes().map(|(_, class)| class))
                .map_or_else(String::new, |class| format!(" (did you mean {class}?)"));
            format!(
                "segment \"{}\" was asked for, but the file names no segments, and it is no class of TotalSegmentator{meant}; \
                 give a label number",
                name.escape_debug()
            )
        }
        _ => format!(
            "the file names no segments, and \"{}\" fits {} of TotalSegmentator's classes; one region is asked for here",
            name.escape_debug(),
            fitting.len()
        ),
    };
    Err(VolumeError::Segment {
        path: header.path.clone(),
        problem,
        present: "none".to_string(),
    })
}

/// The mask of a folder that is asked for: by its name, by a pattern that it alone fits, or the only one.
pub(super) fn choose_member<'a>(folder: &'a ClassFolder, label: &LabelChoice) -> Result<&'a Member, VolumeError> {
    let members = &folder.members;
    let refused = |problem: String| VolumeError::Segment {
        path: folder.path.clone(),
        problem,
        present: list(
            members
                .iter()
                .map(|member| format!("\"{}\"", member.name.escape_debug())),
        ),
    };
    let name = match (label, &members[..]) {
        (_, [only]) => return Ok(only),
        (LabelChoice::Segment(name), _) => name,
        (LabelChoice::Any | LabelChoice::Value(_), _) => {
            return Err(refused(
                "it is a folder with a file for each region: say which by its name, as a label".to_string(),
            ));
        }
    };
    let exact: Vec<&Member> = members.iter().filter(|member| member.name == *name).collect();
    let pattern = NamePattern::of(name);
    let fitting = if exact.is_empty() && NamePattern::is_one(name) {
        members.iter().filter(|member| pattern.fits(&member.name)).collect()
    } else {
        exact
    };
    match fitting[..] {
        [only] => Ok(only),
        [] => {
            let meant = meant(name, members.iter().map(|member| member.name.as_str()));
            Err(refused(format!(
                "there is no mask \"{}\" in the folder{meant}",
                name.escape_debug()
            )))
        }
        _ => Err(refused(format!(
            "\"{}\" fits {} files, and one region is asked for here",
            name.escape_debug(),
            fitting.len()
        ))),
    }
}

/// What may have been meant, in brackets behind a blank; empty where nothing is near.
fn meant<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    nearest(name, names).map_or_else(String::new, |near| {
        format!(" (did you mean \"{}\"?)", near.escape_debug())
    })
}

/// A segment by name, id, label value or number, in this order, or the only one that fits a pattern; `None` where the file has
/// no segments.
fn choose_segment<'a>(
    header: &Header,
    segments: &'a [Segment],
    name: &str,
) -> Result<Option<&'a Segment>, VolumeError> {
    if segments.is_empty() {
        return Ok(None);
    }
    let number = name.trim().parse::<i64>().ok();
    let pattern = NamePattern::is_one(name).then(|| NamePattern::of(name));
    let rules: [&dyn Fn(&Segment) -> bool; 5] = [
        &|segment| segment.name == name,
        &|segment| segment.id == name,
        &|segment| Some(segment.label) == number,
        &|segment| i64::try_from(segment.number).ok() == number,
        &|segment| pattern.as_ref().is_some_and(|pattern| pattern.fits(&segment.name)),
    ];
    for rule in rules {
        let fitting: Vec<&Segment> = segments.iter().filter(|segment| rule(segment)).collect();
        match fitting[..] {
            [] => {}
            [only] => return Ok(Some(only)),
            _ => {
                return Err(VolumeError::Segment {
                    path: header.path.clone(),
                    problem: format!(
                        "\"{}\" fits {} segments; choose one by its id",
                        name.escape_debug(),
                        fitting.len()
                    ),
                    present: list_segments(segments),
                });
            }
        }
    }
    Err(VolumeError::Segment {
        path: header.path.clone(),
        problem: format!(
            "there is no segment \"{}\"{}",
            name.escape_debug(),
            meant(name, segments.iter().map(|segment| segment.name.as_str()))
        ),
        present: list_segments(segments),
    })
}

fn list_segments(segments: &[Segment]) -> String {
    list(segments.iter().map(|segment| {
        format!(
            "\"{}\" (id {}, label {}, layer {})",
            segment.name.escape_debug(),
            segment.id.escape_debug(),
            segment.label,
            segment.layer
        )
    }))
}

/// The first of many words, and how many more there are.
fn list(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    let more = words.len().saturating_sub(MOST_LISTED);
    words.truncate(MOST_LISTED);
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    words.join(", ")
}

/// The labels found, with counts and names; the first thirty.
pub(super) fn list_labels(segments: &[Segment], layer: usize, counts: &[(i64, u64)]) -> String {
    list(counts.iter().map(|(label, count)| {
        let name = segments
            .iter()
            .find(|segment| segment.layer == layer && segment.label == *label)
            .map(|segment| format!(" \"{}\"", segment.name.escape_debug()))
            .unwrap_or_default();
        format!("{label}{name} ({count} voxels)")
    }))
}
