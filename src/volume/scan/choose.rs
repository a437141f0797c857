//! Which layer and label of a mask is the region that is asked for.

use super::options::LabelChoice;
use super::region::Wanted;
use crate::volume::error::VolumeError;
use crate::volume::source::{Header, Segment};

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
                label
                    .map(|label| (channel, Wanted::Label(label)))
                    .ok_or_else(|| VolumeError::Segment {
                        path: header.path.clone(),
                        problem: format!(
                            "segment \"{}\" was asked for, but the file names no segments; give a label number",
                            name.escape_debug()
                        ),
                        present: "none".to_string(),
                    })
            }
        }
    }
}

/// A segment by name, id, label value or number, in this order; `None` where the file has no segments.
fn choose_segment<'a>(
    header: &Header,
    segments: &'a [Segment],
    name: &str,
) -> Result<Option<&'a Segment>, VolumeError> {
    if segments.is_empty() {
        return Ok(None);
    }
    let number = name.trim().parse::<i64>().ok();
    let rules: [&dyn Fn(&Segment) -> bool; 4] = [
        &|segment| segment.name == name,
        &|segment| segment.id == name,
        &|segment| Some(segment.label) == number,
        &|segment| i64::try_from(segment.number).ok() == number,
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
        problem: format!("there is no segment \"{}\"", name.escape_debug()),
        present: list_segments(segments),
    })
}

fn list_segments(segments: &[Segment]) -> String {
    segments
        .iter()
        .map(|segment| {
            format!(
                "\"{}\" (id {}, label {}, layer {})",
                segment.name.escape_debug(),
                segment.id.escape_debug(),
                segment.label,
                segment.layer
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The labels found, with counts and names; the first thirty.
pub(super) fn list_labels(segments: &[Segment], layer: usize, counts: &[(i64, u64)]) -> String {
    let mut said: Vec<String> = counts
        .iter()
        .take(30)
        .map(|(label, count)| {
            let name = segments
                .iter()
                .find(|segment| segment.layer == layer && segment.label == *label)
                .map(|segment| format!(" \"{}\"", segment.name.escape_debug()))
                .unwrap_or_default();
            format!("{label}{name} ({count} voxels)")
        })
        .collect();
    if counts.len() > 30 {
        said.push(format!("and {} more", counts.len() - 30));
    }
    said.join(", ")
}
