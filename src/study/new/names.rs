//! What the path of a scan says: the words that make it an image or a mask, and what is left, which names the case.
//!
//! A name is read as it is written: in parts at `/ _ - . ` and blanks. Words for image and mask are known in English and
//! Chinese; everything else (patient, date, reader, series) is kept, in the letters of the file.

/// Words that say "mask", without a plural's s.
const MASK_WORDS: &[&str] = &[
    "mask",
    "msk",
    "label",
    "labelmap",
    "seg",
    "segm",
    "segmentation",
    "segmented",
    "roi",
    "voi",
    "gt",
    "contour",
    "annotation",
    "标注",
    "标签",
    "分割",
    "掩膜",
    "掩模",
    "掩码",
    "蒙版",
    "勾画",
    "靶区",
    "病灶",
    "轮廓",
    "感兴趣区",
];

/// Words that say "image", without a plural's s.
const IMAGE_WORDS: &[&str] = &[
    "image",
    "img",
    "ct",
    "cta",
    "mr",
    "mri",
    "pet",
    "scan",
    "volume",
    "vol",
    "图像",
    "影像",
    "图片",
    "原图",
    "平扫",
    "增强",
    "动脉期",
    "静脉期",
    "延迟期",
];

/// Endings of the parts of a data set, as in `imagesTr`.
const DATA_SETS: [&str; 3] = ["tr", "ts", "val"];

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// What was scanned
    Image,
    /// What was drawn on it
    Mask,
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is written
    pub text: String,
    /// What stands before it, within the same file's or folder's name
    pub before: String,
    /// What it says of the file's use
    pub role: Option<Role>,
}

impl Token {
    /// Whether two parts are one, in whatever case.
    pub fn is(&self, other: &str) -> bool {
        self.text.to_lowercase() == other.to_lowercase()
    }
}

/// The parts of a file's or folder's name.
pub fn tokens(name: &str) -> Vec<Token> {
    let between = |letter: char| ['_', '-', ' ', '.', '　'].contains(&letter);
    let mut tokens: Vec<Token> = Vec::new();
    let mut before = String::new();
    for piece in name.split_inclusive(between) {
        let part = piece.trim_end_matches(between);
        let behind = &piece[part.len()..];
        for text in split(part) {
            tokens.push(Token {
                text: text.to_owned(),
                before: std::mem::take(&mut before),
                role: role_of(text),
            });
        }
        before.push_str(behind);
    }
    tokens
}

/// A part with a word at its end or, before digits, at its beginning, divided from what it is written together with: `mask2`,
/// `张三平扫`.
fn split(part: &str) -> Vec<&str> {
    if part.is_empty() {
        return Vec::new();
    }
    let letters = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if letters.len() < part.len() && role_of(letters) == Some(Role::Mask) {
        return vec![letters, &part[letters.len()..]];
    }
    // Chinese is written without blanks. The longest word wins, so that none is taken for the end of another.
    let mut words: Vec<&str> = MASK_WORDS.iter().chain(IMAGE_WORDS).copied().collect();
    words.retain(|word| !word.is_ascii());
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        if let Some(rest) = part.strip_suffix(word).filter(|rest| !rest.is_empty()) {
            return vec![rest, &part[rest.len()..]];
        }
    }
    vec![part]
}

/// What a word says of the file's use.
fn role_of(text: &str) -> Option<Role> {
    let lower = text.to_lowercase();
    let singular = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let mut forms = vec![lower.clone(), singular(&lower)];
    for ending in DATA_SETS {
        if let Some(word) = lower.strip_suffix(ending).filter(|word| word.ends_with('s')) {
            forms.push(singular(word));
        }
    }
    let among = |words: &[&str]| forms.iter().any(|form| words.contains(&form.as_str()));
    if among(MASK_WORDS) {
        Some(Role::Mask)
    } else if among(IMAGE_WORDS) {
        Some(Role::Image)
    } else {
        None
    }
}

/// Parts put together again as they were written.
pub fn text_of<'a>(tokens: impl IntoIterator<Item = &'a Token>) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() {
            text.push_str(&token.before);
        }
        text.push_str(&token.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(name: &str) -> Vec<(String, Option<Role>)> {
        tokens(name).into_iter().map(|token| (token.text, token.role)).collect()
    }

    #[test]
    fn words_are_told_from_names() {
        let (image, mask) = (Some(Role::Image), Some(Role::Mask));
        for (name, expected) in [
            ("P_001-label", vec![("P", None), ("001", None), ("label", mask)]),
            ("imagesTr", vec![("imagesTr", image)]),
            ("labelsTs", vec![("labelsTs", mask)]),
            ("张三平扫", vec![("张三", None), ("平扫", image)]),
            ("标注", vec![("标注", mask)]),
            ("mask2", vec![("mask", mask), ("2", None)]),
            ("ROI_zhang", vec![("ROI", mask), ("zhang", None)]),
            ("lesions", vec![("lesions", None)]),
            ("P1  CT", vec![("P1", None), ("CT", image)]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(text, role)| (text.to_owned(), role))
                .collect();
            assert_eq!(roles(name), expected, "{name}");
        }
    }

    #[test]
    fn a_name_is_put_together_as_it_was_written() {
        for name in ["P_001", "2 Lung 1.25", "1.2.840.1", "张三"] {
            assert_eq!(text_of(&tokens(name)), name);
        }
    }
}
