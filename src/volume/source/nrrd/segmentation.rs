//! The segments of 3D Slicer's `.seg.nrrd`, told by the keys of its header.
//!
//! Reference: 3D Slicer's segmentation storage.

use super::text::Text;
use crate::volume::error::VolumeError;
use crate::volume::source::header::Segment;

impl Text<'_> {
    /// The segments that Slicer's keys describe.
    pub fn segments(&self, components: usize) -> Result<Vec<Segment>, VolumeError> {
        let mut segments = Vec::new();
        let mut numbers: Vec<usize> = self
            .key_names()
            .filter_map(|key| {
                let (number, _) = key.strip_prefix("Segment")?.split_once('_')?;
                number.parse().ok()
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let labelled = numbers
            .iter()
            .any(|number| self.key(&format!("Segment{number}_LabelValue")).is_some());
        for number in numbers {
            let key = |name: &str| self.key(&format!("Segment{number}_{name}"));
            let Some(id) = key("ID").or_else(|| key("Name")) else {
                continue;
            };
            let whole = |name: &str, otherwise: i64| match key(name) {
                None => Ok(otherwise),
                Some(value) => value
                    .trim()
                    .parse::<i64>()
                    .ok()
                    .filter(|&value| value >= 0)
                    .ok_or_else(|| {
                        self.bad(
                            &format!("Segment{number}_{name}"),
                            format!("\"{}\" is not a whole number from 0 on", value.escape_debug()),
                        )
                    }),
            };
            // Files before 2020 have neither key: component N is segment N, its value 1.
            let legacy_layer = if components > 1 && !labelled { number } else { 0 };
            let given = whole("Layer", i64::try_from(legacy_layer).unwrap_or(i64::MAX))?;
            let layer = usize::try_from(given)
                .ok()
                .filter(|&layer| layer < components)
                .ok_or_else(|| {
                    self.bad(
                        &format!("Segment{number}_Layer"),
                        format!("layer {given}, but the file has {components} (counted from 0)"),
                    )
                })?;
            segments.push(Segment {
                number,
                id: id.to_string(),
                name: key("Name").unwrap_or(id).to_string(),
                label: whole("LabelValue", 1)?,
                layer,
            });
        }
        let representation = self
            .key("Segmentation_SourceRepresentation")
            .or_else(|| self.key("Segmentation_MasterRepresentation"));
        if let Some(representation) = representation
            && !segments.is_empty()
            && !representation.trim().eq_ignore_ascii_case("binary labelmap")
        {
            return Err(VolumeError::Unsupported {
                path: self.path.to_path_buf(),
                what: format!(
                    "the segmentation's source is \"{}\", not a binary label map",
                    representation.escape_debug()
                ),
                advice: "make the binary label map the source representation in 3D Slicer and save again".to_string(),
            });
        }
        Ok(segments)
    }
}
