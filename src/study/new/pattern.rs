//! Patterns by hand, for names that no rule reads: `images/{id}.nii.gz` and `masks/{id}_*.nii.gz`, say. `{id}` is the case and
//! the same in both, `*` any run of characters but `/`.

use std::collections::BTreeMap;

/// What stands for the case.
pub const ID: &str = "{id}";

/// Whether a word is a pattern.
pub fn is_pattern(word: &str) -> bool {
    word.contains(ID)
}

/// The paths that fit a pattern, by the case that each names. Where two fit for one case, the first in order is taken and the
/// others come second.
pub fn fitting<'a>(
    pattern: &str,
    paths: impl IntoIterator<Item = &'a str>,
) -> (BTreeMap<String, &'a str>, Vec<&'a str>) {
    let letters: Vec<char> = pattern.trim().replace(ID, "\u{1}").replace('\\', "/").chars().collect();
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    let mut second = Vec::new();
    for path in paths {
        let text: Vec<char> = path.chars().collect();
        let Some(id) = fits(&letters, &text, None) else {
            continue;
        };
        match found.get(&id) {
            Some(_) => second.push(path),
            None => {
                found.insert(id, path);
            }
        }
    }
    (found, second)
}

/// The case's name if a path fits a pattern, in which U+0001 stands for it.
fn fits(pattern: &[char], text: &[char], id: Option<&[char]>) -> Option<String> {
    let run = || text.iter().take_while(|letter| **letter != '/').count();
    match pattern.split_first() {
        None => text.is_empty().then(|| id.unwrap_or_default().iter().collect()),
        Some((&'\u{1}', rest)) => match id {
            Some(known) => fits(rest, text.strip_prefix(known)?, id),
            None => (1..=run())
                .rev()
                .find_map(|length| fits(rest, &text[length..], Some(&text[..length]))),
        },
        Some((&'*', rest)) => (0..=run()).rev().find_map(|length| fits(rest, &text[length..], id)),
        Some((letter, rest)) => fits(rest, text.strip_prefix(std::slice::from_ref(letter))?, id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_is_what_stands_at_its_place() {
        let paths = [
            "a/P01/t1.nii",
            "a/P02/t1.nii",
            "b/P01-x-gold.nii",
            "b/P01-y-gold.nii",
            "c/other.nii",
        ];
        let (found, second) = fitting("a/{id}/t1.nii ", paths);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["P01", "P02"]);
        assert!(second.is_empty());
        let (found, second) = fitting("b/{id}-*-gold.nii", paths);
        assert_eq!(found["P01"], "b/P01-x-gold.nii");
        assert_eq!(second, ["b/P01-y-gold.nii"]);
        assert!(fitting("{id}/{id}.nii", ["x/x.nii", "x/y.nii"]).0.contains_key("x"));
        assert!(is_pattern("{id}.nii") && !is_pattern("zhang"));
    }
}
