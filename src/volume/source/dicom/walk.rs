//! A walk over the elements of a data set before anything is made of them: how long they say they are, how deep they nest,
//! where the pixels lie.
//!
//! What reads objects trusts a length and calls itself for each sequence; a file that lies would cost memory or the stack. So
//! nothing is handed to it that this walk has not passed.
//!
//! Reference: DICOM PS3.5, section 7 (data set encoding) and annex A.4 (encapsulated pixels).

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};

/// How deep sequences may nest; real objects stay below ten.
const DEEPEST: usize = 32;

/// A length that says "until the delimiter".
const UNDEFINED: u32 = u32::MAX;

/// What stands before an item or a fragment, and what ends an item or a sequence without a length.
const ITEM: Tag = Tag(0xfffe, 0xe000);
const END_OF_ITEM: Tag = Tag(0xfffe, 0xe00d);
const END_OF_SEQUENCE: Tag = Tag(0xfffe, 0xe0dd);

/// How the elements of a data set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    /// Whether each element says its value representation
    pub explicit: bool,
    /// Whether the most significant byte comes first
    pub big_endian: bool,
}

/// What a walk has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walked {
    /// The bytes before the pixels, or of the whole data set
    pub header: usize,
    /// Where the pixels lie
    pub pixels: Option<Pixels>,
}

/// Where the value of the pixel data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pixels {
    /// Which of the elements for pixels it is
    pub tag: Tag,
    /// The first byte of the value, counted from the start of the data set
    pub offset: u64,
    /// How many bytes it has; `None` where it lies in fragments
    pub length: Option<u64>,
}

/// Why a walk has ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes given end before the element does: so many are needed
    More(u64),
    /// The data set makes no sense
    Bad {
        /// The element
        tag: Tag,
        /// What is wrong with it
        problem: String,
    },
}

/// What contains the elements that are being walked.
#[derive(Debug, Clone, Copy)]
struct Level {
    kind: Kind,
    /// Where it ends; `None` where a delimiter ends it
    end: Option<u64>,
    explicit: bool,
    tag: Tag,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Elements,
    Items,
    Fragments,
}

/// The head of an element.
struct Head {
    tag: Tag,
    vr: VR,
    length: u32,
    bytes: u64,
}

/// Walks over a data set of `total` bytes, of which `data` are the first.
pub(super) fn walk(data: &[u8], total: u64, encoding: Encoding) -> Result<Walked, Stop> {
    let mut walker = Walker {
        data,
        total,
        big_endian: encoding.big_endian,
        at: 0,
    };
    let mut levels = vec![Level {
        kind: Kind::Elements,
        end: Some(total),
        explicit: encoding.explicit,
        tag: Tag(0, 0),
    }];
    loop {
        while levels.len() > 1 && levels.last().is_some_and(|level| level.end == Some(walker.at)) {
            levels.pop();
        }
        let Some(&level) = levels.last() else {
            return Err(bad(Tag(0, 0), "the data set ends before it begins".to_string()));
        };
        // Fewer bytes than an element has at least are padding of the file where they are zeros.
        if levels.len() == 1 && total.saturating_sub(walker.at) < 8 && walker.only_zeros_follow()? {
            return Ok(walker.done(None));
        }
        let head = walker.head(&level)?;
        let from = walker.at;
        let value = from.saturating_add(head.bytes);
        let delimiter = head.tag.group() == 0xfffe;
        if levels.len() == 1 && !delimiter && is_pixels(head.tag) {
            return Ok(walker.done(Some(Pixels {
                tag: head.tag,
                offset: value,
                length: (head.length != UNDEFINED).then_some(u64::from(head.length)),
            })));
        }
        let end = (head.length != UNDEFINED).then(|| value.saturating_add(u64::from(head.length)));
        let room = levels.iter().filter_map(|level| level.end).min().unwrap_or(total);
        if let Some(end) = end
            && end > room
        {
            return Err(bad(
                head.tag,
                format!(
                    "it claims {} bytes, but only {} are left; the file is truncated or damaged",
                    head.length,
                    room.saturating_sub(value)
                ),
            ));
        }
        walker.at = value;
        match (level.kind, delimiter) {
            (Kind::Items | Kind::Fragments, true) if head.tag == END_OF_SEQUENCE && level.end.is_none() => {
                levels.pop();
            }
            (Kind::Fragments, true) if head.tag == ITEM && end.is_some() => {
                walker.at = end.unwrap_or(value);
            }
            (Kind::Items, true) if head.tag == ITEM => levels.push(Level {
                kind: Kind::Elements,
                end,
                explicit: level.explicit,
                tag: level.tag,
            }),
            (Kind::Elements, true) if head.tag == END_OF_ITEM && level.end.is_none() && levels.len() > 1 => {
                levels.pop();
            }
            (Kind::Elements, false) => {
                if let Some(kind) = inside(&head, &level)? {
                    levels.push(Level {
                        kind,
                        end,
                        // Within an unknown element lies implicit little-endian, whatever lies around it.
                        explicit: level.explicit && head.vr != VR::UN,
                        tag: head.tag,
                    });
                } else {
                    walker.at = end.unwrap_or(value);
                }
            }
            (Kind::Elements | Kind::Items | Kind::Fragments, _) => {
                return Err(bad(
                    level.tag,
                    format!(
                        "at byte {from} stands {}, which has no place there; the file is damaged",
                        head.tag
                    ),
                ));
            }
        }
        if levels.len() > DEEPEST {
            let tag = if delimiter { level.tag } else { head.tag };
            return Err(bad(tag, format!("sequences nest deeper than {DEEPEST} levels")));
        }
    }
}

/// What lies inside an element that is walked into.
fn inside(head: &Head, level: &Level) -> Result<Option<Kind>, Stop> {
    if head.vr == VR::SQ {
        return Ok(Some(Kind::Items));
    }
    if head.length != UNDEFINED {
        return Ok(None);
    }
    match head.vr {
        VR::OB | VR::OW if level.explicit => Ok(Some(Kind::Fragments)),
        VR::UN => Ok(Some(Kind::Items)),
        _ if !level.explicit => Ok(Some(Kind::Items)),
        vr => Err(bad(head.tag, format!("an element of kind {vr} has no length"))),
    }
}

fn bad(tag: Tag, problem: String) -> Stop {
    Stop::Bad { tag, problem }
}

/// Whether an element holds the pixels of the object.
fn is_pixels(tag: Tag) -> bool {
    [tags::PIXEL_DATA, tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA].contains(&tag)
}

struct Walker<'a> {
    data: &'a [u8],
    total: u64,
    big_endian: bool,
    at: u64,
}

impl Walker<'_> {
    /// The head of the element that stands here.
    fn head(&self, level: &Level) -> Result<Head, Stop> {
        let first: [u8; 8] = self.bytes(self.at)?;
        let [a, b, c, d, rest @ ..] = first;
        let tag = Tag(self.short([a, b]), self.short([c, d]));
        let (vr, length, bytes) = if tag.group() == 0xfffe {
            (VR::UN, self.long(rest), 8)
        } else if level.explicit {
            let [v, r, e, f] = rest;
            let Some(vr) = VR::from_binary([v, r]) else {
                return Err(bad(
                    tag,
                    format!(
                        "at byte {} stands no kind of value, so the file is damaged or no DICOM",
                        self.at
                    ),
                ));
            };
            match vr {
                VR::OB
                | VR::OD
                | VR::OF
                | VR::OL
                | VR::OV
                | VR::OW
                | VR::SQ
                | VR::SV
                | VR::UC
                | VR::UN
                | VR::UR
                | VR::UT
                | VR::UV => (vr, self.long(self.bytes(self.at.saturating_add(8))?), 12),
                _ => (vr, u32::from(self.short([e, f])), 8),
            }
        } else {
            let vr = StandardDataDictionary
                .by_tag(tag)
                .map_or(VR::UN, |entry| entry.vr().relaxed());
            (vr, self.long(rest), 8)
        };
        Ok(Head { tag, vr, length, bytes })
    }

    /// Some bytes from here on.
    fn bytes<const N: usize>(&self, from: u64) -> Result<[u8; N], Stop> {
        let end = from.saturating_add(N as u64);
        if end > self.total {
            return Err(bad(
                Tag(0, 0),
                format!(
                    "the data set ends within an element, at byte {}; the file is truncated",
                    self.total
                ),
            ));
        }
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        self.data
            .get(start..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .ok_or(Stop::More(end))
    }

    /// Whether all bytes from here on, which are few, are zeros.
    fn only_zeros_follow(&self) -> Result<bool, Stop> {
        (self.at..self.total).try_fold(true, |zeros, at| Ok(zeros && self.bytes::<1>(at)? == [0]))
    }

    fn short(&self, bytes: [u8; 2]) -> u16 {
        if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    }

    fn long(&self, bytes: [u8; 4]) -> u32 {
        if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    fn done(&self, pixels: Option<Pixels>) -> Walked {
        Walked {
            header: usize::try_from(self.at).unwrap_or(usize::MAX),
            pixels,
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    const IMPLICIT: Encoding = Encoding {
        explicit: false,
        big_endian: false,
    };

    fn element(tag: Tag, length: u32, value: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(tag.group().to_le_bytes());
        bytes.extend(tag.element().to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(value);
        bytes
    }

    fn walk_all(data: &[u8]) -> Result<Walked, Stop> {
        walk(data, data.len() as u64, IMPLICIT)
    }

    #[test]
    fn the_pixels_are_found_behind_sequences_of_either_kind() {
        let mut data = element(tags::MODALITY, 2, b"CT");
        let item = element(ITEM, 10, &element(tags::MODALITY, 2, b"CT"));
        data.extend(element(tags::REFERENCED_SERIES_SEQUENCE, 18, &item));
        data.extend(element(tags::REFERENCED_SERIES_SEQUENCE, UNDEFINED, &item));
        data.extend(element(END_OF_SEQUENCE, 0, b""));
        let header = data.len();
        data.extend(element(tags::PIXEL_DATA, 4, &[1, 2, 3, 4]));
        let walked = walk_all(&data).unwrap();
        assert_eq!(walked.header, header);
        assert_eq!(
            walked.pixels,
            Some(Pixels {
                tag: tags::PIXEL_DATA,
                offset: header as u64 + 8,
                length: Some(4)
            })
        );
        // With a part of the bytes only, more are asked for until they are there.
        let mut given = 4;
        loop {
            match walk(&data[..given], data.len() as u64, IMPLICIT) {
                Err(Stop::More(needed)) => {
                    assert!(needed as usize > given);
                    given = needed as usize;
                }
                found => {
                    assert_eq!(found, Ok(walked));
                    break;
                }
            }
        }
    }

    #[test]
    fn a_length_beyond_the_file_and_a_nest_without_end_are_refused() {
        let data = element(tags::PATIENT_NAME, 0xffff_fff0, b"A");
        assert!(
            matches!(walk_all(&data), Err(Stop::Bad { tag: tags::PATIENT_NAME, problem }) if problem.contains("4294967280"))
        );
        let mut nested = Vec::new();
        for _ in 0..50_000 {
            nested.extend(element(tags::REFERENCED_SERIES_SEQUENCE, UNDEFINED, b""));
            nested.extend(element(ITEM, UNDEFINED, b""));
        }
        assert!(matches!(walk_all(&nested), Err(Stop::Bad { problem, .. }) if problem.contains("deeper")));
        let cut = element(tags::REFERENCED_SERIES_SEQUENCE, UNDEFINED, b"");
        assert!(matches!(walk_all(&cut), Err(Stop::Bad { .. })));
    }
}
