//! The names of labels in a NIfTI header's extension, as TotalSegmentator and Connectome Workbench write them: XML with a
//! `LabelTable` of `<Label Key="31" …>vertebrae_L1</Label>`.
//!
//! Reference: the NIfTI-1.1 header extensions (nifti.nimh.nih.gov); Caret's volume extension.

use crate::volume::source::header::Segment;

/// How many bytes of extensions are looked at: a table of a thousand names is far smaller.
pub(super) const MOST: u64 = 4 << 20;

/// How many names are taken.
const MOST_NAMES: usize = 65_536;

/// The segments that the extensions of a header name; none where they name none. `extensions` begin behind the four bytes that
/// say whether there are any.
pub(super) fn segments(extensions: &[u8], big_endian: bool) -> Vec<Segment> {
    let mut rest = extensions;
    while let Some((head, behind)) = rest.split_first_chunk::<4>() {
        let size = if big_endian {
            i32::from_be_bytes(*head)
        } else {
            i32::from_le_bytes(*head)
        };
        // Size and code are eight bytes of an extension. What cannot be one ends them.
        let Some((content, next)) = usize::try_from(size)
            .ok()
            .and_then(|size| size.checked_sub(4))
            .filter(|&size| size >= 4 && size as u64 <= MOST)
            .map(|size| behind.split_at(size.min(behind.len())))
        else {
            break;
        };
        let text = String::from_utf8_lossy(content.get(4..).unwrap_or_default());
        let found = table(&text);
        if !found.is_empty() {
            return found;
        }
        rest = next;
    }
    Vec::new()
}

/// The labels of the first table in a text.
fn table(text: &str) -> Vec<Segment> {
    let Some((_, rest)) = text.split_once("<LabelTable") else {
        return Vec::new();
    };
    let (mut rest, _) = rest.split_once("</LabelTable>").unwrap_or((rest, ""));
    let mut found: Vec<Segment> = Vec::new();
    while let Some((_, label)) = rest.split_once("<Label ")
        && found.len() < MOST_NAMES
    {
        let Some((attributes, content)) = label.split_once('>') else {
            break;
        };
        let (name, behind) = content.split_once("</Label>").unwrap_or((content, ""));
        rest = behind;
        let name = plain(name);
        // The background is no region.
        if let Some(label) = key(attributes).filter(|&label| label != 0)
            && !name.is_empty()
        {
            found.push(Segment {
                number: found.len(),
                id: label.to_string(),
                name,
                label,
                layer: 0,
            });
        }
    }
    found
}

/// The number of a label among its attributes.
fn key(attributes: &str) -> Option<i64> {
    let (_, value) = attributes.split_once("Key=")?;
    let quote = value.chars().next().filter(|letter| ['"', '\''].contains(letter))?;
    value.split(quote).nth(1)?.trim().parse().ok()
}

/// A name without the marks of XML.
fn plain(text: &str) -> String {
    let text = text.trim();
    if let Some(name) = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")) {
        return name.trim().to_owned();
    }
    let mut name = text.to_owned();
    // The ampersand last, so that what it makes is not taken for another mark.
    for (mark, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        name = name.replace(mark, letter);
    }
    name
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    fn extension(code: i32, content: &str) -> Vec<u8> {
        let mut bytes = i32::try_from(8 + content.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(code.to_le_bytes());
        bytes.extend(content.as_bytes());
        bytes
    }

    const TABLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?> <CaretExtension><VolumeInformation Index="0"><LabelTable>
        <Label Key="0" Red="0"><![CDATA[background]]></Label>
        <Label Key="31" Red="0.2" Alpha="1"><![CDATA[vertebrae_L1]]></Label>
        <Label Red="0.2" Key='7'>left &amp; right</Label><Label Key="x">nothing</Label>
        </LabelTable></VolumeInformation></CaretExtension>"#;

    #[test]
    fn names_are_read_from_whichever_extension_holds_them() {
        let mut bytes = extension(6, "a comment  ");
        bytes.extend(extension(0, TABLE));
        let found: Vec<_> = segments(&bytes, false)
            .into_iter()
            .map(|segment| (segment.label, segment.name))
            .collect();
        assert_eq!(found, [(31, "vertebrae_L1".to_owned()), (7, "left & right".to_owned())]);
        // Cut anywhere it gives fewer names, never more and never a panic.
        for end in 0..bytes.len() {
            assert!(segments(&bytes[..end], false).len() <= 2);
        }
        assert!(segments(&bytes, true).is_empty());
    }

    #[test]
    fn sizes_that_lie_end_the_extensions() {
        for size in [i32::MIN, -1, 0, 4, 7, i32::MAX] {
            let mut bytes = size.to_le_bytes().to_vec();
            bytes.extend([0; 4]);
            bytes.extend(TABLE.as_bytes());
            assert!(segments(&bytes, false).is_empty(), "{size}");
        }
        // One that was cut off gives what is there.
        let mut bytes = 4096_i32.to_le_bytes().to_vec();
        bytes.extend([0; 4]);
        bytes.extend(TABLE.as_bytes());
        assert_eq!(segments(&bytes, false).len(), 2);
    }
}
