//! Names by pattern: `*` stands for any letters, `?` for one, and upper and lower case are one.

/// A pattern that names fit or not, as `vertebrae_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    letters: Vec<char>,
}

impl NamePattern {
    /// A pattern as a person writes it; without `*` and `?` it is fitted by one name only.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            letters: text.to_lowercase().chars().collect(),
        }
    }

    /// Whether a text asks for more than one name.
    pub fn is_one(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a name fits.
    pub fn fits(&self, name: &str) -> bool {
        let (pattern, name) = (&self.letters, name.to_lowercase().chars().collect::<Vec<_>>());
        let (mut at, mut here) = (0, 0);
        // The last star, and the letter up to which it was tried.
        let mut star: Option<(usize, usize)> = None;
        while here < name.len() {
            if pattern.get(at) == Some(&'*') {
                star = Some((at, here));
                at += 1;
            } else if pattern
                .get(at)
                .is_some_and(|&letter| letter == '?' || letter == name[here])
            {
                (at, here) = (at + 1, here + 1);
            } else if let Some((place, tried)) = star {
                star = Some((place, tried + 1));
                (at, here) = (place + 1, tried + 1);
            } else {
                return false;
            }
        }
        pattern[at..].iter().all(|&letter| letter == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_any_letters() {
        let many = format!("{}b", "*a".repeat(200));
        for (pattern, text, fits) in [
            ("GTV*", "gtv-1", true),
            ("*b30?", "Thorax B30f", true),
            ("GTV", "GTV-1", false),
            ("GTV?", "GTV", false),
            ("vertebrae_*", "vertebrae_L1", true),
            ("*_l*1", "rib_left_11", true),
            ("*ab", "aab", true),
            ("***************x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            (&many, &"a".repeat(2000), false),
            ("*肿瘤?", "原发肿瘤1", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(NamePattern::of(pattern).fits(text), fits, "{pattern} {text}");
        }
    }
}
